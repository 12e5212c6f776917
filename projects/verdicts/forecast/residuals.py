"""Residuals of finished projects: what they are measured from, what they scale with, and the table read from them.
Rules S-16 and S-17 of docs/rules/slippage.md. Pure.

*Way* is what lies ahead on the plan's expected axis; way, behind and residuals' scale are shares of the planned
duration.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

TYPICAL_TAIL = 0.08  # share of the planned duration that finished projects took for the last five percent
REACH = 0.3  # of what is behind at most so much is made up from, half of it over so long a way
SMALL = 14  # projects; of a larger class the habit is known better, and less of it is taken off
LEVELS = tuple((3 + 2 * step) / 100 for step in range(48))  # 0.03 … 0.97: so few projects can't speak of rarer things


@dataclass(frozen=True)
class Figures:
    """How much of what is behind is made up over a long way; what residuals scale with beside the way; how much of the
    habit is taken off, least and most.
    """

    catch_up: float
    grain: float
    least: float
    most: float

    def off(self, way: float) -> float:
        """How much of a small class's habit (its median) is taken off over a way."""
        return min(max(self.least, way), self.most)

    def off_rises(self, way: float) -> bool:
        """Whether more of it is taken off a little further on."""
        return self.least <= way <= self.most and self.least < self.most


WAY = Figures(
    0.8, 0.02, 0.0, 0.5
)  # percents on the way: work is shifted, reports are no finer than two percent; the habit holds for a short way
FINISH = Figures(
    0.0, TYPICAL_TAIL, 1.0, 1.0
)  # the finish: nothing is made up, the tail is the least certain part; fourteen projects prove no habit


def centre(way: float, behind: float, figures: Figures) -> float:
    """The way ahead after catching up: at most REACH of what is behind counts, and the shorter the way the less of it
    is made up (S-16).
    """
    return way - figures.catch_up * min(behind, REACH) * way / (way + REACH) if way > 0 else 0.0


def unproven(count: int) -> float:
    """How much less of the habit is taken off in a class of so many projects: 1 up to SMALL, then falling."""
    return SMALL / max(SMALL, count)


def lowest(drift: float, figures: Figures, share: float = 1.0) -> float:
    """The least residual with which more progress can't worsen a forecast, where the class's median is `drift`.

    A day sooner on the plan shortens the way by a day; that must outweigh what is no longer made up and what of the
    drift is no longer taken off.
    """
    steps = [step / 50 for step in range(60)]
    slopes = [1 - figures.catch_up + figures.catch_up * way * REACH / (way + REACH) ** 2 for way in steps]
    fading = [
        drift * share * (figures.off(way) + (way + figures.grain if figures.off_rises(way) else 0.0)) for way in steps
    ]
    return max(lost - slope for lost, slope in zip(fading, slopes, strict=True))


def pooled(samples: Sequence[Sequence[float]], figures: Figures) -> list[float]:
    """The residuals at LEVELS, every project weighing the same, none lower than `lowest`; all zero where there
    is none.
    """
    weighed = sorted((value, 1 / len(values)) for values in samples for value in values)
    if not weighed:
        return [0.0] * len(LEVELS)
    total = sum(weight for _, weight in weighed)
    places, below = [], 0.0
    for _, weight in weighed:
        places.append((below + weight / 2) / total)
        below += weight
    values = [value for value, _ in weighed]
    table = [_between(places, values, level) for level in LEVELS]
    least = lowest(max(0.0, at_level(table, 0.5)), figures, unproven(len(samples)))
    return [max(least, value) for value in table]


def at_level(table: Sequence[float], level: float) -> float:
    """The residual at a level, straight between LEVELS."""
    place = min(max((level - LEVELS[0]) / 0.02, 0.0), len(LEVELS) - 1.0)
    low = min(int(place), len(LEVELS) - 2)
    return table[low] + (place - low) * (table[low + 1] - table[low])


def _between(places: Sequence[float], values: Sequence[float], level: float) -> float:
    after = bisect_right(places, level)
    if after == 0:
        return values[0]
    if after == len(places):
        return values[-1]
    low, high = places[after - 1], places[after]
    return values[after - 1] + (values[after] - values[after - 1]) * (level - low) / (high - low)
