"""What was planned on a day, from everything that ever was. Rule P-5 of docs/rules/plan.md. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from projects.slippage.curve import PlanCurve, StagePlan, plan_curve


class PlanPoint(NamedTuple):
    """What a milestone is planned for (None: not planned), of a percent of the whole or of a gate, counting `since` a day (None: always)."""

    project_id: int
    milestone_id: int
    percent: float | None
    gate_key: str | None
    plan_on: dt.date | None
    since: dt.date | None
    is_sample: bool


@dataclass(frozen=True)
class Planned:
    """A plan as it stood on a day: dated percentages, the planned days of gates, and whether any of it is a sample."""

    days: tuple[tuple[float, dt.date], ...]
    gates: dict[str, dt.date]
    is_sample: bool

    def curve(self, stages: Sequence[StagePlan]) -> PlanCurve | None:
        """The plan curve, of the most trusted kind there is."""
        dated: dict[dt.date, float] = {}
        ends: dict[float, dt.date] = {}
        for percent, day in self.days:
            dated[day] = max(percent, dated.get(day, 0.0))
            ends[percent] = day
        return plan_curve(dated, tuple(stages), ends.get(0.0), ends.get(100.0))


def planned(points: Iterable[PlanPoint], on: dt.date) -> Planned:
    """The plan of one project as it stood on a day; `points` in the order in which they were entered, a later one of the same milestone wins."""
    standing = {one.milestone_id: one for one in points if one.since is None or one.since <= on}
    known = [one for one in standing.values() if one.plan_on]
    days = tuple((one.percent, one.plan_on) for one in known if one.percent is not None and one.plan_on)
    gates = {one.gate_key: one.plan_on for one in known if one.gate_key and one.plan_on}
    return Planned(days, gates, any(one.is_sample for one in known))


def curves(points: Sequence[PlanPoint], stages: Sequence[StagePlan]) -> tuple[tuple[dt.date, PlanCurve | None], ...]:
    """The plan curve since each day on which the plan changed, in order of days; the first has always been."""
    days = sorted({dt.date.min} | {one.since for one in points if one.since})
    return tuple((day, planned(points, day).curve(stages)) for day in days)
