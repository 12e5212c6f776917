"""indexes and search

Indexes in the direction of what is sorted, of what entries of the history speak of, and of the few promises that were
superseded only; and what projects are searched by, worked out for those that are there.
"""

import sqlalchemy as sa
from alembic import op

from projects.core.places import upper
from projects.register.selection.extract import searched

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STEP = 1000  # projects whose texts are stored at once
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
    op.create_table(
        "project_search",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_search_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_search")),
    )
    _fill()


def _fill() -> None:
    connection = op.get_bind()
    places = {code: name for code, name in connection.execute(sa.text("SELECT code, name FROM place"))}  # noqa: C416
    projects = connection.execute(
        sa.text(
            "SELECT project.id, project.name, project.slug, project.national_code, unit.name, project.place_code "
            "FROM project LEFT JOIN unit ON unit.id = project.unit_id"
        )
    ).all()
    for first in range(0, len(projects), STEP):
        texts = [
            {"id": key, "text": searched([*names, *(places.get(one) for one in (code, *upper(code)))])}
            for key, *names, code in projects[first : first + STEP]
        ]
        connection.execute(sa.text("INSERT INTO project_search (project_id, text) VALUES (:id, :text)"), texts)


def downgrade() -> None:
    op.drop_table("project_search")
    op.drop_index("ix_project_status_severity", "project_status")
    op.create_index("ix_project_status_severity", "project_status", ["severity", "lag_days", "project_id"])
    op.drop_index("ix_target_superseded_by_id", "target")
    op.create_index("ix_target_superseded_by_id", "target", ["superseded_by_id"])
    op.drop_index("ix_audit_entry_object", "audit_entry")
