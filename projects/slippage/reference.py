"""The reference class: how finished projects went on from where they stood. Pure.

Figures fitted on real projects of the DSLIB database (Batselier & Vanhoucke, International Journal of Project Management 33(3), 2015).
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from projects.slippage.curve import PlanCurve


@dataclass(frozen=True)
class Stand:
    """Where a project stands: day of the newest report, its percent, the planned day of that percent (earned schedule), the planned duration in days."""

    at: int
    percent: float
    earned: float
    duration: int


@dataclass(frozen=True)
class Finished:
    """A finished project: plan, reports in order of days, the day it was done."""

    key: str
    curve: PlanCurve
    reports: tuple[tuple[dt.date, float], ...]
    finish: dt.date


@dataclass(frozen=True)
class Reference:
    """Residuals of finished projects, as levels of the standard distribution of the delay still to come; see `days`, `leads` and `chance`."""

    levels: tuple[float, ...]  # evenly spaced quantiles of the scaled residual, rising
    spread: float
    name: str = "DSLIB-14"

    def days(self, stand: Stand, lead: float) -> tuple[float, float, float]:
        """P10, P50 and P90 of the days from the newest report until what is planned `lead` days after the earned day happens."""
        return self._at(stand, lead, 0.1), self._at(stand, lead, 0.5), self._at(stand, lead, 0.9)

    def chance(self, stand: Stand, lead: float, elapsed: float) -> float:
        """The chance that it has happened `elapsed` days after the newest report."""
        residual = (elapsed - lead) / (stand.duration * self._width(stand, lead))
        count = len(self.levels) - 1
        if residual <= self.levels[0]:
            return 0.01
        if residual >= self.levels[-1]:
            return 0.99
        after = bisect_right(self.levels, residual)
        low, high = self.levels[after - 1], self.levels[after]
        return min(0.99, max(0.01, (after - 1 + (residual - low) / (high - low)) / count))

    def leads(self, stand: Stand, elapsed: float) -> tuple[float, float, float]:
        """P10, P50 and P90 of how far along its plan the project is `elapsed` days after the newest report, in planned days after the earned day."""
        return self._lead(stand, elapsed, 0.9), self._lead(stand, elapsed, 0.5), self._lead(stand, elapsed, 0.1)

    def blended(self, own: Sequence[Finished]) -> Reference:
        """The class with the portfolio's own finished projects among it."""
        return replace(self, name=f"{self.name}+{len(own)}") if own else self

    def without(self, key: str) -> Reference:
        """The class as it is when one of its projects is left out."""
        return replace(self, name=f"{self.name} without {key}")

    def _at(self, stand: Stand, lead: float, share: float) -> float:
        return max(0.0, lead + stand.duration * self._width(stand, lead) * self._level(share))

    def _lead(self, stand: Stand, elapsed: float, share: float) -> float:
        """The greatest lead whose day at `share` is not later than `elapsed`: halving, as the day rises with the lead."""
        low, high = 0.0, float(4 * stand.duration)
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if self._at(stand, middle, share) <= elapsed else (low, middle)
        return low

    def _width(self, stand: Stand, lead: float) -> float:
        return self.spread * math.sqrt(lead / stand.duration + 0.05)

    def _level(self, share: float) -> float:
        place = share * (len(self.levels) - 1)
        low = min(int(place), len(self.levels) - 2)
        return self.levels[low] + (place - low) * (self.levels[low + 1] - self.levels[low])


def packaged() -> Reference:
    """The class that ships with the tracker. A first, plain version: median 0, 80 % within ±0.2 of the planned duration when all of it lies ahead."""
    return Reference((-2.0, -1.0, -0.5, -0.25, 0.0, 0.0, 0.25, 0.5, 0.75, 1.25, 2.5), 0.2)
