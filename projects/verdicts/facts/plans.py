"""What was planned on a day, from everything that ever was. Rule P-5 of docs/rules/plan.md. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from projects.verdicts.facts.curve import PlanCurve, StagePlan, plan_curve
from projects.verdicts.facts.pauses import Pauses, Spans


class PlanPoint(NamedTuple):
    """What a milestone is planned for (None: not planned), of a percent of the whole or of a gate, counting `since` a
    day (None: always).

    Former plans were entered before the present one (`is_present`), each kind in the order of their rows.
    """

    project_id: int
    milestone_id: int
    percent: float | None
    gate_key: str | None
    plan_on: dt.date | None
    since: dt.date | None
    is_sample: bool
    is_present: int = 1
    row_id: int = 0


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


def planned(points: Iterable[PlanPoint], on: dt.date, stops: Spans = ()) -> Planned:
    """The plan of one project as it stood on a day; `points` in the order in which they were entered, a later one of
    the same milestone wins.

    Days are those before suspensions (`stops`) move them: a day that was moved while or after the works stood still is
    told without what it reckons with already, so that nothing moves it twice (S-14).
    """
    standing: dict[int, PlanPoint] = {}
    before: set[int] = set()
    for one in points:
        if one.since is None or one.since <= on:
            again = bool(stops) and one.milestone_id in before
            standing[one.milestone_id] = (
                _without(one, Pauses.of(stops, one.since)) if again and one.plan_on and one.since else one
            )
            before |= {one.milestone_id} if one.plan_on else set()
    known = [one for one in standing.values() if one.plan_on]
    days = tuple((one.percent, one.plan_on) for one in known if one.percent is not None and one.plan_on)
    gates = {one.gate_key: one.plan_on for one in known if one.gate_key and one.plan_on}
    return Planned(days, gates, any(one.is_sample for one in known))


def _without(point: PlanPoint, known: Pauses) -> PlanPoint:
    """A point planned anew, less the days that were known to be lost when it was."""
    return point._replace(plan_on=point.plan_on and known.worked(point.plan_on))


def curves(
    points: Sequence[PlanPoint], stages: Sequence[StagePlan], stops: Spans = ()
) -> tuple[tuple[dt.date, PlanCurve | None], ...]:
    """The plan curve since each day on which the plan changed, in order of days; the first has always been.

    Suspensions (`stops`) have not moved them yet.
    """
    days = sorted({dt.date.min} | {one.since for one in points if one.since})
    return tuple((day, planned(points, day, stops).curve(stages)) for day in days)
