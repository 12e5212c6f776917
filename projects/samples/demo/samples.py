"""Sample plans and monthly reports (示例) for the projects of the five plans: plain values, the same on every run."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from projects.core.month import add_months
from projects.core.text import N_
from projects.samples.demo.progress import WINDOWS, first_day, overall, share_on, stage_reached, stages_at, way
from projects.samples.demo.scenarios import (
    FIRST_MONTH,
    LAST_MONTH,
    RENOVATION,
    SCENARIOS,
    SECOND_ROUND,
    STATUS_DATE,
    UNAPPROVED,
    Scenario,
)
from projects.works.reports.content import percent_of_floors

PERCENTS = (0, 25, 50, 75, 100)
FEN_A_WAN = 1_000_000


@dataclass(frozen=True)
class SampleMilestone:
    """A dated plan point: of the whole where `percent` is given, else of a gate."""

    project: str
    name: str
    percent: float | None
    gate: str | None
    baseline_on: dt.date
    plan_on: dt.date


@dataclass(frozen=True)
class SampleStage:
    """What the samples plan for a work stage, where it differs from the template: weight, floors to count, baseline and
    planned days.
    """

    project: str
    key: str
    weight: float | None
    floors: int | None
    baseline: tuple[dt.date, dt.date] | None
    plan: tuple[dt.date, dt.date] | None


@dataclass(frozen=True)
class SampleStep:
    """A step in a report's life."""

    action: str
    on: dt.date
    round: int
    comment: str = ""


@dataclass(frozen=True)
class SampleReport:
    """A month's report: percents by stage, floors done of the structure, cumulative investment in fen."""

    project: str
    month: dt.date
    state: str
    overall: float
    percents: Mapping[str, float]
    floors_done: int | None
    investment_fen: int
    narrative: str
    problems: str
    next_plan: str
    data_on: dt.date
    approved_on: dt.date | None
    steps: tuple[SampleStep, ...]


def milestones(weights: Mapping[str, float]) -> Iterator[SampleMilestone]:
    """Dated percentages (or only both ends) and planned gates, each project's in order of days; `weights` are the
    stages' in percent.
    """
    for one in SCENARIOS:
        found = []
        for percent in (0, 100) if one.plan == "ends" else PERCENTS:
            day = first_day(one.begins, one.ends, {"": percent}, _weights(one, weights))
            found.append(
                SampleMilestone(
                    one.slug, f"完成 {percent}%" if percent else N_("开始"), percent, None, day, _rebased(one, day)
                )
            )
        for gate, name, stage in (("start", "开工", {"foundation": 1}), ("in_use", "投入使用", {"handover": 100})):
            day = first_day(one.begins, one.ends, stage)
            if not (one.renovation and gate == "start"):
                found.append(SampleMilestone(one.slug, name, None, gate, day, _rebased(one, day)))
        yield from sorted(found, key=lambda point: point.baseline_on)


def stage_plans() -> Iterator[SampleStage]:
    """Floors of the structure, the stages' days where a project plans them, and the weights of a renovation."""
    for one in SCENARIOS:
        for key in WINDOWS:
            floors = one.floors if key == "structure" else None
            weight = RENOVATION[key] if one.renovation else None
            baseline = plan = None
            if one.plan == "stages":
                baseline = (first_day(one.begins, one.ends, {key: 1}), first_day(one.begins, one.ends, {key: 100}))
                plan = (_rebased(one, baseline[0]), _rebased(one, baseline[1]))
            if floors or baseline or weight is not None:
                yield SampleStage(one.slug, key, weight, floors, baseline, plan)


def reports(weights: Mapping[str, float]) -> Iterator[SampleReport]:
    """Nine months of reports for each scenario; percents never fall."""
    for one in SCENARIOS:
        known: dict[str, float] = dict.fromkeys(WINDOWS, 0.0)
        for position in range(LAST_MONTH - FIRST_MONTH + 1):
            month = add_months(dt.date(one.year, FIRST_MONTH, 1), position)
            data_on = month.replace(day=24 + zlib.crc32(one.slug.encode()) % 3)
            percents, floors = percents_on(one, position, data_on)
            known = {key: max(known[key], percent) for key, percent in percents.items()}
            if month == STATUS_DATE.replace(day=1) and one.slug in UNAPPROVED:
                waiting = UNAPPROVED[one.slug]
                if waiting is None:
                    continue
                yield _report(one, month, data_on, known, floors, weights, *waiting)
            else:
                yield _report(one, month, data_on, known, floors, weights)


def percents_on(one: Scenario, position: int, day: dt.date) -> tuple[dict[str, float], int | None]:
    """Each stage's percent on a day, and the floors done; where floors are counted the structure's percent follows from
    them.
    """
    if one.prep:
        return {**dict.fromkeys(WINDOWS, 0.0), "preparation": float(one.prep[position])}, 0 if one.floors else None
    done = one.in_use and not one.phased and day >= one.in_use
    percents = dict.fromkeys(WINDOWS, 100.0) if done else stages_at(way(share_on(one, day)))
    percents["preparation"] = max(percents["preparation"], 40.0)  # approvals were in hand before the baseline begins
    if one.renovation:
        percents |= {"foundation": 0.0, "structure": 0.0}
    if one.floors is None:
        return percents, None
    floors = int(one.floors * percents["structure"] / 100)
    return {**percents, "structure": percent_of_floors(floors, one.floors)}, floors


def started_on(one: Scenario) -> dt.date | None:
    """The day the start gate was passed, None where works have not begun."""
    if one.begun or one.prep:
        return one.begun
    begun = stage_reached(one, "foundation", 1)
    return begun - dt.timedelta(days=max(0, begun.weekday() - 4))


def _rebased(one: Scenario, day: dt.date) -> dt.date:
    if one.rebased is None or day <= one.rebased[0]:
        return day
    return day + dt.timedelta(days=one.rebased[1])


def _report(
    one: Scenario, month: dt.date, data_on: dt.date, known: Mapping[str, float], floors: int | None,
    weights: Mapping[str, float],
    state: str = "approved", comment: str = "",
) -> SampleReport:  # fmt: skip
    whole = overall(known, _weights(one, weights))
    approved_on = month.replace(day=28) if state == "approved" else None
    earned = 0.92 if one.money != "ahead" else 0.85
    return SampleReport(
        one.slug, month, state, whole, dict(known), floors, round(one.total * whole * earned / 100) * FEN_A_WAN,
        _narrative(one, known, floors),
        one.problem, _next_plan(known), data_on, approved_on, tuple(_steps(one, month, data_on, state, comment)),
    )  # fmt: skip


def _steps(one: Scenario, month: dt.date, data_on: dt.date, state: str, comment: str) -> Iterator[SampleStep]:
    if state == "draft":
        return
    yield SampleStep("submitted", data_on, 1)
    again = SECOND_ROUND.get((one.slug, month))
    if again:
        yield SampleStep("returned", data_on, 1, again)
        yield SampleStep("submitted", data_on + dt.timedelta(days=1), 2)
    if state == "returned":
        yield SampleStep("returned", month.replace(day=28), 1, comment)
    if state == "approved":
        yield SampleStep("approved", month.replace(day=28), 2 if again else 1)


NAMES = {
    "preparation": "前期手续", "foundation": "基础施工", "structure": "主体结构", "secondary": "二次结构",
    "mep": "机电安装", "fit_out": "装饰装修",
    "external": "室外工程", "handover": "验收移交",
}  # fmt: skip


def _under_way(percents: Mapping[str, float]) -> list[str]:
    return [key for key, percent in percents.items() if 0 < percent < 100][:2]


def _weights(one: Scenario, weights: Mapping[str, float]) -> Mapping[str, float]:
    return RENOVATION if one.renovation else weights


def _narrative(one: Scenario, percents: Mapping[str, float], floors: int | None) -> str:
    done = [key for key, percent in percents.items() if percent >= 100]
    if percents["handover"] >= 100:
        return "示例: 各项工程已完成, 项目已投入使用"
    if not _under_way(percents):
        return f"示例: {NAMES[done[-1]]}已完成"
    parts = [f"{NAMES[key]}完成{percents[key]:g}%" for key in _under_way(percents)]
    if floors and floors < (one.floors or 0):
        parts.append(f"主体施工至{floors}层(共{one.floors}层)")
    return "示例: " + "; ".join(parts)


def _next_plan(percents: Mapping[str, float]) -> str:
    begun = [position for position, percent in enumerate(percents.values()) if percent > 0]
    if percents["handover"] >= 100:
        return "示例: 办理财务决算"
    if _under_way(percents):
        return "示例: 继续" + "和".join(NAMES[key] for key in _under_way(percents))
    return f"示例: 开始{NAMES[list(percents)[begun[-1] + 1 if begun else 0]]}"
