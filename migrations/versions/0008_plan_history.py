"""plan history

What stands in milestone and funding_composition counts from always (`since` empty), as it did before; history is kept from here on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SINCE = ("milestone", "funding_composition", "composition_revision")


def upgrade() -> None:
    """Columns added in place, so that the triggers of 0004 stay."""
    op.create_table(
        "former_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("plan_on", sa.Date(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_former_plan_project_id_project"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_former_plan_milestone_id_milestone"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_plan")),
        sqlite_autoincrement=True,
    )
    for column in ("project_id", "milestone_id"):
        op.create_index(op.f(f"ix_former_plan_{column}"), "former_plan", [column], unique=False)
    for table in SINCE:
        op.add_column(table, sa.Column("since", sa.Date(), nullable=True))


def downgrade() -> None:
    for table in SINCE:
        op.drop_column(table, "since")
    op.drop_table("former_plan")
