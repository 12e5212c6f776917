"""files read once

What a file that was imported was read into is kept beside its bytes. `projects init` reads those of former versions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("parsed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("import_batch", "parsed")
