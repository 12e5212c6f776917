"""Tables of the verdicts as stored: of projects, and of promises; of the present day, and of days kept beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, PrimaryKeyConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import Fen, Percent, UTCDateTime, one_of
from projects.core import vocabulary as vocab
from projects.extensions import Model


class OfProject:
    """What a project's verdict says."""

    place_code: Mapped[str] = mapped_column(String(6))
    programme_id: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(20))
    works_state: Mapped[str] = mapped_column(String(20), default="no_plan", server_default="no_plan")
    works_days: Mapped[int | None] = mapped_column()
    data_state: Mapped[str] = mapped_column(String(20), default="none", server_default="none")
    data_on: Mapped[dt.date | None] = mapped_column()
    severity: Mapped[int] = mapped_column()
    lag_days: Mapped[int | None] = mapped_column()
    slip_days: Mapped[int | None] = mapped_column()
    percent: Mapped[float | None] = mapped_column(Percent)
    plan_percent: Mapped[float | None] = mapped_column(Percent)
    plan_kind: Mapped[str] = mapped_column(String(20))
    plan_start: Mapped[dt.date | None] = mapped_column()
    plan_finish: Mapped[dt.date | None] = mapped_column()
    actual_start: Mapped[dt.date | None] = mapped_column()
    actual_finish: Mapped[dt.date | None] = mapped_column()
    forecast_finish: Mapped[dt.date | None] = mapped_column()
    forecast_p10: Mapped[dt.date | None] = mapped_column()
    forecast_p90: Mapped[dt.date | None] = mapped_column()
    probability: Mapped[float | None] = mapped_column(Percent)
    light: Mapped[str] = mapped_column(String(10), default="grey", server_default="grey")
    lights: Mapped[str] = mapped_column(String(4), default="----", server_default="----")
    light_reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    report_id: Mapped[int | None] = mapped_column(ForeignKey("monthly_report.id", ondelete="SET NULL"), index=True)
    report_month: Mapped[dt.date | None] = mapped_column()
    investment_fen: Mapped[int | None] = mapped_column(Fen)
    target_id: Mapped[int | None] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), index=True)
    finding_count: Mapped[int] = mapped_column(default=0)
    rests_on_sample: Mapped[bool] = mapped_column(default=False)
    rule_set: Mapped[str] = mapped_column(String(30))


class OfTarget:
    """What a promise's verdict says, with its reasons as translatable texts."""

    state: Mapped[str] = mapped_column(String(20))
    slip_days: Mapped[int | None] = mapped_column()
    forecast_on: Mapped[dt.date | None] = mapped_column()
    forecast_p10: Mapped[dt.date | None] = mapped_column()
    forecast_p90: Mapped[dt.date | None] = mapped_column()
    probability: Mapped[float | None] = mapped_column(Percent)
    met_on: Mapped[dt.date | None] = mapped_column()
    met_by: Mapped[dt.date | None] = mapped_column()
    current: Mapped[int | None] = mapped_column(Fen)
    required_pace: Mapped[float | None] = mapped_column(Percent)
    actual_pace: Mapped[float | None] = mapped_column(Percent)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    rests_on_sample: Mapped[bool] = mapped_column(default=False)
    rule_set: Mapped[str] = mapped_column(String(30))


class ProjectStatus(OfProject, Model):
    """A project's verdict as of a day: what the portfolio and the Gantt read.

    Rebuilt by one command, identical to the incremental rows.
    """

    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    as_of: Mapped[dt.date] = mapped_column(index=True, sort_order=-1)
    __table_args__ = (
        one_of("state", vocab.STATES),
        one_of("works_state", vocab.WORKS_STATES),
        one_of("data_state", vocab.DATA_STATES),
        Index("ix_project_status_slip", "slip_days", "project_id"),
        Index("ix_project_status_place", "place_code", "slip_days", "project_id"),
        Index("ix_project_status_state", "state", "slip_days", "project_id"),
        Index("ix_project_status_light", "light"),
        Index("ix_project_status_severity", "severity", text("lag_days DESC NULLS LAST"), "project_id"),
    )


class TargetStatus(OfTarget, Model):
    """A promise's verdict as of a day."""

    target_id: Mapped[int] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), primary_key=True, sort_order=-2)
    as_of: Mapped[dt.date] = mapped_column(index=True, sort_order=-1)
    __table_args__ = (one_of("state", vocab.STATES),)


class KeptDay(Model):
    """A day whose verdicts are kept beside the present day's: since when somebody asked for it (None: only while the
    next one is worked out), when it was whole, and when somebody last worked at it.
    """

    as_of: Mapped[dt.date] = mapped_column(primary_key=True)
    asked_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    whole_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    claimed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class KeptProjectStatus(OfProject, Model):
    """A project's verdict as of a kept day; where one is missing, it waits to be worked out again."""

    as_of: Mapped[dt.date] = mapped_column(sort_order=-2)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True, sort_order=-1)
    __table_args__ = (PrimaryKeyConstraint("as_of", "project_id"),)


class KeptTargetStatus(OfTarget, Model):
    """A promise's verdict as of a kept day."""

    as_of: Mapped[dt.date] = mapped_column(sort_order=-2)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), index=True, sort_order=-1)
    __table_args__ = (PrimaryKeyConstraint("as_of", "target_id"),)
