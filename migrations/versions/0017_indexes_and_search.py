"""indexes and search

Indexes in the direction of what is sorted, of what entries of the history speak of, and of the few promises that were
superseded only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SUPERSEDED = sa.text("superseded_by_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_type", "object_id"])
    op.drop_index("ix_target_superseded_by_id", "target")
    op.create_index(
        "ix_target_superseded_by_id",
        "target",
        ["superseded_by_id"],
        sqlite_where=SUPERSEDED,
        postgresql_where=SUPERSEDED,
    )
    op.drop_index("ix_project_status_severity", "project_status")
    last = " NULLS LAST" if op.get_bind().dialect.name == "postgresql" else ""  # where SQLite puts them in any case
    columns = ["severity", sa.text(f"lag_days DESC{last}"), "project_id"]
    op.create_index("ix_project_status_severity", "project_status", columns)


def downgrade() -> None:
    op.drop_index("ix_project_status_severity", "project_status")
    op.create_index("ix_project_status_severity", "project_status", ["severity", "lag_days", "project_id"])
    op.drop_index("ix_target_superseded_by_id", "target")
    op.create_index("ix_target_superseded_by_id", "target", ["superseded_by_id"])
    op.drop_index("ix_audit_entry_object", "audit_entry")
