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
from dataclasses import dataclass, replace
from functools import cached_property

from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.facts.facts import RuleSet
from projects.verdicts.facts.pauses import NEVER, Pauses
from projects.verdicts.facts.works import stalled_days
from projects.verdicts.forecast.reference import Axis, Reference, Stand, stand_of

STALE_DAYS = RuleSet().stale_days
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

    A day may lie before `as_of`: then it should have come by now, and nobody has recorded it (S-10). Reports that stood
    still for long (`stalled`, in days) are taken to do so as long again.
    """

    curve: PlanCurve
    axis: Axis
    stand: Stand
    as_of: dt.date
    reference: Reference
    reported_on: dt.date
    pauses: Pauses = NEVER
    stalled: int = 0

    @cached_property
    def lost(self) -> int:
        """How many days the works have stood still by the day spoken on, or will have by the day on which they go on,
        and how many more a stall will cost: what lies ahead comes as much later.
        """
        return self.pauses.lost(self.as_of) + self.stalled

    def standing_at(self, earned: float, stalled: int) -> Forecast:
        """The same for a part of the works that has earned another day of the plan (its day number)."""
        return replace(self, stand=replace(self.stand, earned=self.axis.expected(earned)), stalled=stalled)

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
        target = self.reference.target(self.stand, self.pauses.worked(day).toordinal() - self.stalled, level)
        return max(self.stand.percent, self.curve.planned_at(self.axis.planned(target)))

    def _span(self, target: float) -> Span:
        return Span(*(self._day(self.reference.day(self.stand, target, level)) for level in RANGE))

    def _chance(self, target: float, due: dt.date) -> float:
        return 0.0 if due < self.as_of else self.reference.chance(self.stand, target, due.toordinal() - self.lost)

    def _day(self, number: float) -> dt.date:
        return dt.date.fromordinal(min(math.ceil(number - 1e-6) + self.lost, LAST))


def look_ahead(
    curve: PlanCurve,
    reports: Sequence[tuple[dt.date, float]],
    as_of: dt.date,
    reference: Reference,
    pauses: Pauses = NEVER,
    longest: int = STALE_DAYS,
) -> Forecast | None:
    """The forecast as of a day from `reports` (day, percent) in order of days; None where none is known by then.

    Reports without progress for longer than `longest` days are a stall (S-10).

    `curve` is the plan before `pauses` moved it: days on which the works stood still are taken out on the way in and
    put back on the way out, so that a suspension costs as many days as it lasted wherever the project stood on its plan
    (S-14).
    """
    known = [report for report in reports if report[0] <= as_of]
    if not known:
        return None
    day, percent = known[-1]
    worked = [(pauses.worked(on), value) for on, value in known]
    axis = Axis.of(curve)
    stand = stand_of(curve, axis, worked[-1][0], percent)
    return Forecast(curve, axis, stand, as_of, reference, day, pauses, stalled_days(worked, curve, longest))
