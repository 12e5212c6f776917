"""all places

Whoever answered for no place answered for all of them. That is written down now: who has such a role and no place gets
"all places", to be confirmed by the security office one by one (A-18); from here on no place is no place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PLACELESS = (
    "role IN ('finance', 'dispatcher', 'leader') AND NOT EXISTS "
    "(SELECT 1 FROM user_place WHERE user_place.user_id = \"user\".id)"
)


def upgrade() -> None:
    """Columns added in place, so that no table is rebuilt."""
    for name in ("all_places", "places_to_confirm"):
        op.add_column("user", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(f'UPDATE "user" SET all_places = true, places_to_confirm = true WHERE {PLACELESS}')


def downgrade() -> None:
    """Before, no place meant all: who has none and was not given all of them is stopped, lest they see everything."""
    op.execute(f'UPDATE "user" SET is_active = false WHERE NOT all_places AND {PLACELESS}')
    for name in ("places_to_confirm", "all_places"):
        op.drop_column("user", name)
