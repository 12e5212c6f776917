"""proved sessions

When the person of a session last proved who they are. Sessions from before have not, and are asked at the next
sensitive act (A-19).
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_session", sa.Column("proved_at", sa.DateTime(), nullable=True))  # in place


def downgrade() -> None:
    op.drop_column("login_session", "proved_at")
