"""Tables of monthly reports: each revision, its stages, and what was done with it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, Percent, UTCDateTime, one_of, percent_range, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model


class MonthlyReport(Model):
    """One revision of a project's report for a month: draft → submitted → approved | returned; approved is frozen, a
    correction is the next revision. `taken_from` names the file that a past month was taken over from (LG-10); "" for
    what was filed here.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", index=False)
    month: Mapped[dt.date] = mapped_column()
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    round: Mapped[int] = mapped_column(default=1)
    overall_percent: Mapped[float] = mapped_column(Percent)
    investment_fen: Mapped[int | None] = mapped_column(Fen)
    narrative: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    next_plan: Mapped[str] = mapped_column(Text, default="")
    decrease_reason: Mapped[str] = mapped_column(Text, default="")
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    in_statistics: Mapped[bool | None] = mapped_column()
    statistics_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    author_id: Mapped[int] = refers("user.id")
    data_on: Mapped[dt.date] = mapped_column()
    approved_on: Mapped[dt.date | None] = mapped_column()
    taken_from: Mapped[str] = mapped_column(String(200), default="", server_default="")
    updated_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    __table_args__ = (
        UniqueConstraint("project_id", "month", "revision"),
        Index("ix_monthly_report_state_month", "state", "month"),
        one_of("state", vocab.REPORT_STATES),
        percent_range("overall_percent"),
        CheckConstraint("(state = 'approved') = (approved_on IS NOT NULL)", name="approved_dated"),
        CheckConstraint("investment_fen >= 0", name="investment_positive"),
        AUTOINCREMENT,
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class StageProgress(Model):
    """A work stage's cumulative percent in a report; where floors are counted the percent follows from them."""

    report_id: Mapped[int] = mapped_column(ForeignKey("monthly_report.id", ondelete="CASCADE"), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("work_stage.id", ondelete="CASCADE"), primary_key=True, index=True)
    percent: Mapped[float] = mapped_column(Percent)
    floors_done: Mapped[int | None] = mapped_column()
    __table_args__ = (percent_range("percent"),)


class ReportStep(Model):
    """A step in a report's life, kept for good: submitted, returned or approved, by whom, with which comment, in which
    round.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = refers("monthly_report.id", cascade=True)
    round: Mapped[int] = mapped_column()
    action: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = refers("user.id")
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    comment: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (one_of("action", ("submitted", "returned", "approved")), AUTOINCREMENT)
