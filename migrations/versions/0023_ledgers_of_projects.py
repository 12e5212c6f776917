"""ledgers of projects

Uploads of ledgers with what they did to each project, what headings mean, and where past months were taken from.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PEOPLE = ("by_id", "months_by_id", "undone_by_id")


def key(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name), **more)


def upgrade() -> None:
    table = "ledger_upload"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("parsed", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("options", "columns", "choices", "counts")),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("months", sa.String(length=20), nullable=False),
        sa.Column("place_code", sa.String(length=6), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=True),
        sa.Column("months_by_id", sa.Integer(), nullable=True),
        sa.Column("months_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('previewed', 'posted', 'undone')", name=op.f(f"ck_{table}_state_known")),
        sa.CheckConstraint("months IN ('', 'waiting', 'approved', 'refused')", name=op.f(f"ck_{table}_months_known")),
        key(table, "place_code", "place.code"),
        *(key(table, name, "user.id") for name in PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )
    for column in ("sha256", "place_code", *PEOPLE):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_table(
        "ledger_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("row_key", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("before", "after", "months")),
        key("ledger_item", "upload_id", "ledger_upload.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_item")),
        sa.UniqueConstraint("upload_id", "row_key", name=op.f("uq_ledger_item_upload_id_row_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ledger_item_project_id"), "ledger_item", ["project_id"])
    op.create_table(
        "ledger_layout",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_ledger_layout")),
    )
    op.add_column("monthly_report", sa.Column("taken_from", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("monthly_report", "taken_from")
    for table in ("ledger_layout", "ledger_item", "ledger_upload"):
        op.drop_table(table)
