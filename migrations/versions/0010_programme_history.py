"""programme history

What projects belong to counts from always (`programme_since` empty), as it did before; history is kept from here on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column added in place, so that no table is rebuilt."""
    op.create_table(
        "former_programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_former_programme_project_id_project"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_former_programme_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_programme")),
        sqlite_autoincrement=True,
    )
    for column in ("project_id", "programme_id"):
        op.create_index(op.f(f"ix_former_programme_{column}"), "former_programme", [column], unique=False)
    op.add_column("project", sa.Column("programme_since", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("project", "programme_since")
    op.drop_table("former_programme")
