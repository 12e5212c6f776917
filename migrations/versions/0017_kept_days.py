"""kept days

The verdicts of days that somebody asked for, beside the present day's. Both tables say what those of the present day
say; they are worked out again at any time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _int(name, *, nullable=False):
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _day(name):
    return sa.Column(name, sa.Date(), nullable=True)


def _text(name, length, **options):
    return sa.Column(name, sa.String(length=length), nullable=False, **options)


def upgrade() -> None:
    op.create_table(
        "kept_day",
        sa.Column("as_of", sa.Date(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("asked_at", "whole_at", "claimed_at")),
        sa.PrimaryKeyConstraint("as_of", name=op.f("pk_kept_day")),
    )
    op.create_table(
        "kept_project_status",
        sa.Column("as_of", sa.Date(), nullable=False),
        _int("project_id"),
        _text("place_code", 6),
        _int("programme_id", nullable=True),
        _text("state", 20),
        _text("works_state", 20, server_default="no_plan"),
        _int("works_days", nullable=True),
        _text("data_state", 20, server_default="none"),
        _day("data_on"),
        _int("severity"),
        *(_int(name, nullable=True) for name in ("lag_days", "slip_days", "percent", "plan_percent")),
        _text("plan_kind", 20),
        *(
            _day(name)
            for name in (
                "plan_start",
                "plan_finish",
                "actual_start",
                "actual_finish",
                "forecast_finish",
                "forecast_p10",
                "forecast_p90",
            )
        ),
        _int("probability", nullable=True),
        _text("light", 10, server_default="grey"),
        _text("lights", 4, server_default="----"),
        sa.Column("light_reasons", sa.JSON(), server_default="[]", nullable=False),
        _int("report_id", nullable=True),
        _day("report_month"),
        sa.Column("investment_fen", sa.BigInteger(), nullable=True),
        _int("target_id", nullable=True),
        _int("finding_count"),
        sa.Column("rests_on_sample", sa.Boolean(), nullable=False),
        _text("rule_set", 30),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_kept_project_status_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["monthly_report.id"],
            name=op.f("fk_kept_project_status_report_id_monthly_report"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_kept_project_status_target_id_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("as_of", "project_id", name=op.f("pk_kept_project_status")),
    )
    for column in ("project_id", "report_id", "target_id"):
        op.create_index(op.f(f"ix_kept_project_status_{column}"), "kept_project_status", [column])
    op.create_table(
        "kept_target_status",
        sa.Column("as_of", sa.Date(), nullable=False),
        _int("target_id"),
        _text("state", 20),
        _int("slip_days", nullable=True),
        *(_day(name) for name in ("forecast_on", "forecast_p10", "forecast_p90")),
        _int("probability", nullable=True),
        *(_day(name) for name in ("met_on", "met_by")),
        sa.Column("current", sa.BigInteger(), nullable=True),
        *(_int(name, nullable=True) for name in ("required_pace", "actual_pace")),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("rests_on_sample", sa.Boolean(), nullable=False),
        _text("rule_set", 30),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_kept_target_status_target_id_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("as_of", "target_id", name=op.f("pk_kept_target_status")),
    )
    op.create_index(op.f("ix_kept_target_status_target_id"), "kept_target_status", ["target_id"])


def downgrade() -> None:
    for table in ("kept_target_status", "kept_project_status", "kept_day"):
        op.drop_table(table)
