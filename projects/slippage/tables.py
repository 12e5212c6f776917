"""Tables of verdicts and their rules: versions of rule sets, which programme follows which, exemptions of lights, and the verdicts as stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, one_of, refers
from projects.core import vocabulary as vocab
from projects.database import Fen, Percent, UTCDateTime
from projects.extensions import Model


class RuleSetVersion(Model):
    """One version of a rule set: its figures, in force from a day on. Never edited; other figures are the next version."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(60))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    adopted_on: Mapped[dt.date] = mapped_column()
    adopted_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = refers("user.id", nullable=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("key", "number"), CheckConstraint("number > 0", name="number_positive"), AUTOINCREMENT)


class RuleChoice(Model):
    """From a day on a programme (None: everything without a choice of its own) follows a rule set. Never edited; the newest counts."""

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int | None] = refers("programme.id", nullable=True)
    key: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    chosen_on: Mapped[dt.date] = mapped_column()
    chosen_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = refers("user.id", nullable=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (AUTOINCREMENT,)


class Exemption(Model):
    """A project's light taken out of the count for a time, asked for by the unit and approved by a dispatcher; ended early, it keeps its row."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    light: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(String(120))
    approver_id: Mapped[int] = refers("user.id")
    since: Mapped[dt.date] = mapped_column()
    until: Mapped[dt.date] = mapped_column()
    approved_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ended_on: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (one_of("light", vocab.PROJECT_LIGHTS), CheckConstraint("until >= since", name="days_in_order"), AUTOINCREMENT)


class ReferenceVersion(Model):
    """The portfolio's own finished projects that forecasts lean on from a day on, beside the packaged class; one a month at most, never edited.

    `members` are plain values (projects/slippage/own.py packs and unpacks them), so that a forecast made on them can be made again.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    made_on: Mapped[dt.date] = mapped_column(unique=True)
    made_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    __table_args__ = (AUTOINCREMENT,)


class ProjectStatus(Model):
    """A project's verdict as of a day: what the portfolio and the Gantt read. Rebuilt by one command, identical to the incremental rows."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    as_of: Mapped[dt.date] = mapped_column(index=True)
    place_code: Mapped[str] = mapped_column(String(6))
    programme_id: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(20))
    severity: Mapped[int] = mapped_column()
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
    __table_args__ = (
        one_of("state", vocab.STATES),
        Index("ix_project_status_slip", "slip_days", "project_id"),
        Index("ix_project_status_place", "place_code", "slip_days", "project_id"),
        Index("ix_project_status_state", "state", "slip_days", "project_id"),
        Index("ix_project_status_light", "light"),
    )


class TargetStatus(Model):
    """A target's verdict as of a day, with its reasons as translatable texts."""

    target_id: Mapped[int] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), primary_key=True)
    as_of: Mapped[dt.date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(20))
    slip_days: Mapped[int | None] = mapped_column()
    forecast_on: Mapped[dt.date | None] = mapped_column()
    forecast_p10: Mapped[dt.date | None] = mapped_column()
    forecast_p90: Mapped[dt.date | None] = mapped_column()
    probability: Mapped[float | None] = mapped_column(Percent)
    met_on: Mapped[dt.date | None] = mapped_column()
    current: Mapped[int | None] = mapped_column(Fen)
    required_pace: Mapped[float | None] = mapped_column(Percent)
    actual_pace: Mapped[float | None] = mapped_column(Percent)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    rests_on_sample: Mapped[bool] = mapped_column(default=False)
    rule_set: Mapped[str] = mapped_column(String(30))
    __table_args__ = (one_of("state", vocab.STATES),)
