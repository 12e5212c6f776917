"""days of waivers

A gate waived before counts as waived from always (`waived_on` empty), as it did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gate", sa.Column("waived_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("gate", "waived_on")
