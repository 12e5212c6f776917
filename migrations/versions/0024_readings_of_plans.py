"""readings of plans

A plan document as it was sent, its text, and what was read in it: proposals that people accept, change or reject.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATES = ("open", "accepted", "rejected")
PARTS = ("plan", "review")


def points(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [to], name=name, ondelete=ondelete)


def known(table: str, column: str, keys: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(map(repr, keys))})", name=op.f(f"ck_{table}_{column}_known"))


def upgrade() -> None:
    table = "plan_reading"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("unread", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("place_code", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        known(table, "state", ("open", "done")),
        points(table, "place_code", "place.code"),
        points(table, "document_id", "plan_document.id", "SET NULL"),
        points(table, "by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reading")),
        sqlite_autoincrement=True,
    )
    for column in ("place_code", "document_id", "by_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    table = "plan_proposal"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("quantifier", sa.String(length=10), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("commitment", sa.String(length=10), nullable=False),
        sa.Column("quote", sa.String(length=400), nullable=False),
        sa.Column("locator", sa.String(length=40), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("likely", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("made_project", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        known(table, "state", STATES),
        known(table, "part", PARTS),
        points(table, "reading_id", "plan_reading.id", "CASCADE"),
        points(table, "project_id", "project.id", "SET NULL"),
        points(table, "target_id", "target.id", "SET NULL"),
        points(table, "event_id", "event.id", "SET NULL"),
        points(table, "by_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_proposal")),
        sqlite_autoincrement=True,
    )
    for column in ("reading_id", "project_id", "target_id", "event_id", "by_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("plan_proposal", "plan_reading"):
        op.drop_table(table)
