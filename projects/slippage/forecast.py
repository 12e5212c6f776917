"""How late, and how sure: finish, the day of any percent, the percent on any day, and the probability of a promise. Rules S-14 ff. of docs/rules/slippage.md.

Pure. `look_ahead` sees nothing later than `as_of`; the reference class of finished projects (reference.py) turns where the project stands on its own plan
into a distribution of days. Every answer is read from that one distribution, so that they never contradict each other.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from projects.slippage.curve import PlanCurve
from projects.slippage.reference import Reference, Stand


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
    """What the newest report, the plan and the reference class say. Days before `as_of` are never answered: nothing unreported is taken as done."""

    curve: PlanCurve
    stand: Stand
    as_of: dt.date
    reference: Reference

    @property
    def finish(self) -> Span:
        """When the whole is done."""
        return self.event(self.curve.finish)

    def event(self, planned: dt.date) -> Span:
        """When something planned for `planned` happens (a gate, a stage that follows the whole)."""
        low, middle, high = self.reference.days(self.stand, self._lead(float(planned.toordinal())))
        return Span(*(self._day(value) for value in (low, middle, high)))

    def reached(self, percent: float) -> Span:
        """When `percent` of the whole is reached."""
        low, middle, high = self.reference.days(self.stand, self._lead(self.curve.earned(percent)))
        return Span(*(self._day(value) for value in (low, middle, high)))

    def probability(self, percent: float, due: dt.date) -> float:
        """The chance that `percent` is reached on or before `due`; 1 where it is reported already, 0 where `due` is past and it is not."""
        if percent <= self.stand.percent:
            return 1.0
        return self._chance(self.curve.earned(percent), due)

    def probability_of(self, planned: dt.date, due: dt.date) -> float:
        """The chance that something planned for `planned` and not seen yet has happened by `due`."""
        return self._chance(float(planned.toordinal()), due)

    def percent_on(self, day: dt.date) -> PercentSpan:
        """The percent on a later day: on an earlier one the newest report's."""
        elapsed = max(0.0, day.toordinal() - self.stand.at)
        leads = self.reference.leads(self.stand, elapsed)
        low, middle, high = (max(self.stand.percent, self.curve.planned_at(self.stand.earned + lead)) for lead in leads)
        return PercentSpan(low, middle, high)

    def _chance(self, planned: float, due: dt.date) -> float:
        if due < self.as_of:
            return 0.0
        return self.reference.chance(self.stand, self._lead(planned), due.toordinal() - self.stand.at)

    def _lead(self, planned: float) -> float:
        return max(0.0, planned - self.stand.earned)

    def _day(self, elapsed: float) -> dt.date:
        return max(self.as_of, dt.date.fromordinal(math.ceil(self.stand.at + elapsed - 1e-6)))


def look_ahead(curve: PlanCurve, reports: Sequence[tuple[dt.date, float]], as_of: dt.date, reference: Reference) -> Forecast | None:
    """The forecast as of a day from `reports` (day, percent) in order of days; None where none is known by then."""
    newest = next((report for report in reversed(reports) if report[0] <= as_of), None)
    if newest is None:
        return None
    day, percent = newest
    earned = curve.earned(percent) if percent > 0 else float(min(day, curve.start).toordinal())
    return Forecast(curve, Stand(day.toordinal(), percent, earned, max(1, (curve.finish - curve.start).days)), as_of, reference)
