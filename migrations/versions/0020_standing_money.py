"""standing money

The ladder, the findings and the completion of years of each project as they stand on the installation's day; an index
for the sums of months.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SOURCES = (
    "cbi", "central_special", "treasury_ultra_long", "treasury_covid", "provincial_budget", "provincial",
    "municipal", "county", "general_bond", "special_bond", "bank_loan", "world_bank", "self", "private",
    "donation", "other",
)  # fmt: skip


def keys(table: str, *names: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f(f"fk_{table}_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "money_status",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("law", sa.String(length=40), nullable=False),
        sa.Column("ladder_count", sa.Integer(), nullable=False),
        sa.Column("ladder_fen", sa.BigInteger(), nullable=False),
        sa.Column("rests_on_sample", sa.Boolean(), nullable=False),
        *keys("money_status", "project_id"),
    )
    op.create_index("ix_money_status_day", "money_status", ["as_of", "law"])
    op.create_table(
        "ladder_status",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("approved_fen", sa.BigInteger(), nullable=True),
        *(
            sa.Column(f"{step}_fen", sa.BigInteger(), nullable=False)
            for step in ("planned", "allocated", "received", "contracted", "paid")
        ),
        sa.CheckConstraint(
            f"source IN ({', '.join(map(repr, SOURCES))})", name=op.f("ck_ladder_status_source_known")
        ),
        *keys("ladder_status", "project_id", "source"),
    )
    op.create_table(
        "finding_status",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=True),
        *keys("finding_status", "project_id", "position"),
    )
    op.create_index("ix_finding_status_rule", "finding_status", ["rule", "amount_fen"])

    op.create_table(
        "completion_status",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("allocated_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("since_fen", sa.BigInteger(), nullable=False),
        sa.Column("rests_on_sample", sa.Boolean(), nullable=False),
        *keys("completion_status", "project_id", "year"),
    )
    op.create_index("ix_completion_status_year", "completion_status", ["year"])

    op.create_index("ix_ledger_entry_step_day", "ledger_entry", ["step", "entry_on", "project_id", "amount_fen"])


def downgrade() -> None:
    op.drop_index("ix_ledger_entry_step_day", "ledger_entry")
    for table in ("completion_status", "finding_status", "ladder_status", "money_status"):
        op.drop_table(table)
