"""Tables of a project's plan: work stages, dated plan points, and what was planned before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Percent, one_of, percent_range, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model


class WorkStage(Model):
    """A work stage (施工阶段) with its weight, and its dates where they were planned.

    `key` names a stage of the template or is the project's own. The weight counts `weight_since` a day (None: always
    did); what it was before stands in `FormerWeight`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True, index=False)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column()
    weight: Mapped[float] = mapped_column(Percent)
    weight_since: Mapped[dt.date | None] = mapped_column()
    basis: Mapped[str] = mapped_column(String(20), default="judgement")
    floors_planned: Mapped[int | None] = mapped_column()
    baseline_start: Mapped[dt.date | None] = mapped_column()
    baseline_finish: Mapped[dt.date | None] = mapped_column()
    plan_start: Mapped[dt.date | None] = mapped_column()
    plan_finish: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        percent_range("weight"),
        one_of("basis", vocab.BASES),
        CheckConstraint("floors_planned > 0", name="floors_positive"),
        AUTOINCREMENT,
    )


class Milestone(Model):
    """A dated plan point: of the whole (`percent`, 0 start … 100 finish), of a gate (`gate_key`), or just named.
    Baseline, current plan, actual.

    `plan_on` counts `since` a day (None: always did); what was planned before it stands in `FormerPlan`. So does the
    baseline since `baseline_since`, and the one before it stands in `FormerBaseline`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column()
    percent: Mapped[float | None] = mapped_column(Percent)
    gate_key: Mapped[str | None] = mapped_column(String(40))
    baseline_on: Mapped[dt.date | None] = mapped_column()
    baseline_since: Mapped[dt.date | None] = mapped_column()
    plan_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    actual_on: Mapped[dt.date | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (percent_range("percent"), AUTOINCREMENT)


class FormerPlan(Model):
    """What a milestone was planned for (None: not planned) before it was changed, counting `since` a day (None: always
    did). Never edited; a later row wins.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    milestone_id: Mapped[int] = refers("milestone.id", cascade=True)
    plan_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (AUTOINCREMENT,)


class FormerBaseline(Model):
    """What a milestone's baseline was (None: it had none) before another was set, counting `since` a day (None: always
    did). Never edited; a later row wins.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    milestone_id: Mapped[int] = refers("milestone.id", cascade=True)
    baseline_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (AUTOINCREMENT,)


class FormerWeight(Model):
    """What a stage's weight was before it was changed, counting `since` a day (None: always did). Never edited; a later
    row wins.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    stage_id: Mapped[int] = refers("work_stage.id", cascade=True)
    weight: Mapped[float] = mapped_column(Percent)
    since: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (percent_range("weight"), AUTOINCREMENT)
