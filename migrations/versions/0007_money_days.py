"""money days"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = {"match_decision": "decided_on", "finding_step": "taken_on"}


def upgrade() -> None:
    """Added in place, so that the triggers of 0004 stay."""
    for table, column in COLUMNS.items():
        op.add_column(table, sa.Column(column, sa.Date(), nullable=True))


def downgrade() -> None:
    for table, column in COLUMNS.items():
        op.drop_column(table, column)
