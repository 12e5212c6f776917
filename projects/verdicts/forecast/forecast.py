"""How late, and how sure: finish, the day of any percent, the percent on any day, and the probability of a promise.
Rules S-14 to S-18 of docs/rules/slippage.md.

Pure. `look_ahead` sees nothing later than `as_of`; the reference class of finished projects (reference.py) turns where
the project stands on its own plan into a distribution of days. Every answer is read from that one distribution, so that
they never contradict each other.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.facts.pauses import NEVER, Pauses
from projects.verdicts.forecast.reference import Axis, Reference, Stand, stand_of

RANGE = (0.1, 0.5, 0.9)
LAST = dt.date.max.toordinal()


@dataclass(frozen=True)
class Span:
    """Days: one chance in ten to be earlier than `p10`, even odds at `p50`, nine in ten by `p90`."""

    p10: dt.date
    p50: dt.date
    p90: dt.date


@dataclass(frozen=True)
class PercentSpan:
    """Percents: one chance in ten to have less than `p10`, even odds at `p50`, nine in ten to have less than `p90`."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Forecast:
    """What the newest report, the plan and the reference class say.

    Days before `as_of` are never answered: nothing unreported is taken as done.
    """

    curve: PlanCurve
    axis: Axis
    stand: Stand
    as_of: dt.date
    reference: Reference
    reported_on: dt.date
    pauses: Pauses = NEVER

    @cached_property
    def lost(self) -> int:
        """How many days the works had stood still by the day spoken on: what lies ahead comes as much later."""
        return self.pauses.before(self.as_of)

    @cached_property
    def finish(self) -> Span:
        """When the whole is done."""
        return self._span(self.axis.end)

    def event(self, planned: dt.date) -> Span:
        """When something planned for `planned` happens (a gate, a stage that follows the whole)."""
        return self._span(self.axis.expected(self.pauses.worked(planned).toordinal()))

    def reached(self, percent: float) -> Span:
        """When `percent` of the whole is reached; the day of the newest report where it has it already."""
        if percent <= self.stand.percent:
            return Span(self.reported_on, self.reported_on, self.reported_on)
        return self._span(self.axis.expected(self.curve.earned(percent)))

    def probability(self, percent: float, due: dt.date) -> float:
        """The chance that `percent` is reached on or before `due`; 1 where it is reported already, 0 where `due` is
        past and it is not.
        """
        if percent <= self.stand.percent:
            return 1.0
        return self._chance(self.axis.expected(self.curve.earned(percent)), due)

    def probability_of(self, planned: dt.date, due: dt.date) -> float:
        """The chance that something planned for `planned` and not seen yet has happened by `due`."""
        return self._chance(self.axis.expected(self.pauses.worked(planned).toordinal()), due)

    def percent_on(self, day: dt.date) -> PercentSpan:
        """The percent on a later day; on the newest report's day or before, what that says."""
        if day <= self.reported_on:
            return PercentSpan(self.stand.percent, self.stand.percent, self.stand.percent)
        return PercentSpan(*(self._percent(day, level) for level in RANGE))

    def _percent(self, day: dt.date, level: float) -> float:
        target = self.reference.target(self.stand, self.pauses.worked(day).toordinal(), level)
        return max(self.stand.percent, self.curve.planned_at(self.axis.planned(target)))

    def _span(self, target: float) -> Span:
        return Span(*(self._day(self.reference.day(self.stand, target, level)) for level in RANGE))

    def _chance(self, target: float, due: dt.date) -> float:
        return 0.0 if due < self.as_of else self.reference.chance(self.stand, target, due.toordinal() - self.lost)

    def _day(self, number: float) -> dt.date:
        return max(self.as_of, dt.date.fromordinal(min(math.ceil(number - 1e-6) + self.lost, LAST)))


def look_ahead(
    curve: PlanCurve,
    reports: Sequence[tuple[dt.date, float]],
    as_of: dt.date,
    reference: Reference,
    pauses: Pauses = NEVER,
) -> Forecast | None:
    """The forecast as of a day from `reports` (day, percent) in order of days; None where none is known by then.

    `curve` is the plan before `pauses` moved it: days on which the works stood still are taken out on the way in and
    put back on the way out, so that a suspension costs as many days as it lasted wherever the project stood on its plan
    (S-14).
    """
    newest = next((report for report in reversed(reports) if report[0] <= as_of), None)
    if newest is None:
        return None
    axis = Axis.of(curve)
    stand = stand_of(curve, axis, pauses.worked(newest[0]), newest[1], pauses.worked(as_of))
    return Forecast(curve, axis, stand, as_of, reference, newest[0], pauses)
