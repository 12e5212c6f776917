"""three answers

The states of promises, of works and of data, and the day on which works that stopped are expected to go on. Stored
verdicts are made again by the next rebuild, so none is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("project_status", "target_status")
FORMER = ("overdue", "behind", "at_risk", "no_data", "undated", "on_track", "met_late", "met_on_time", "met_early")
STATES = ("overdue", "overdue_no_evidence", "contradicted", "behind", "unknown", "at_risk", "undated", "on_track", "met_late",
          "met_on_time", "met_early")
WORKS_STATES = ("stopped", "behind", "not_begun", "no_plan", "on_plan", "ahead", "finished")
DATA_STATES = ("none", "silent", "late", "fresh")


def known(column: str, keys: tuple[str, ...]) -> str:
    """The column holds one of some keys."""
    return f"{column} IN ({', '.join(map(repr, keys))})"


def forget_states() -> None:
    """Empty the tables and let go of which states there are."""
    for table in TABLES:
        op.execute(f"DELETE FROM {table}")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_state_known"), type_="check")


def upgrade() -> None:
    forget_states()
    with op.batch_alter_table("project_status") as batch:
        batch.add_column(sa.Column("works_state", sa.String(length=20), server_default="no_plan", nullable=False))
        batch.add_column(sa.Column("works_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("data_state", sa.String(length=20), server_default="none", nullable=False))
        batch.add_column(sa.Column("data_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("lag_days", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_project_status_state_known"), known("state", STATES))
        batch.create_check_constraint(op.f("ck_project_status_works_state_known"), known("works_state", WORKS_STATES))
        batch.create_check_constraint(op.f("ck_project_status_data_state_known"), known("data_state", DATA_STATES))
        batch.create_index("ix_project_status_severity", ["severity", "lag_days", "project_id"])
    with op.batch_alter_table("target_status") as batch:
        batch.add_column(sa.Column("met_by", sa.Date(), nullable=True))
        batch.create_check_constraint(op.f("ck_target_status_state_known"), known("state", STATES))
    op.add_column("event", sa.Column("expected_on", sa.Date(), nullable=True))  # in place: the table is not rebuilt


def downgrade() -> None:
    op.drop_column("event", "expected_on")
    forget_states()
    with op.batch_alter_table("project_status") as batch:
        batch.drop_index("ix_project_status_severity")
        batch.drop_constraint(op.f("ck_project_status_works_state_known"), type_="check")
        batch.drop_constraint(op.f("ck_project_status_data_state_known"), type_="check")
        for column in ("works_state", "works_days", "data_state", "data_on", "lag_days"):
            batch.drop_column(column)
        batch.create_check_constraint(op.f("ck_project_status_state_known"), known("state", FORMER))
    with op.batch_alter_table("target_status") as batch:
        batch.drop_column("met_by")
        batch.create_check_constraint(op.f("ck_target_status_state_known"), known("state", FORMER))
