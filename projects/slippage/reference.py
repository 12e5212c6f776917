"""The reference class: how finished projects went on from where they stood. Rules S-15 to S-18 of docs/rules/slippage.md. Pure.

The class that ships is made from real projects of the DSLIB database (Batselier & Vanhoucke, "Construction and evaluation framework for a real-life project
database", International Journal of Project Management 33(3), 2015). It holds residuals only; `projects fit-reference` makes it.

Days are day numbers (`date.toordinal`) with parts of days, on the plan's expected axis (`Axis`). Shares are shares of the planned duration.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from projects.slippage.curve import PlanCurve

TAIL = 95.0  # the last five percent: handing over, accepting, clearing up
TYPICAL_TAIL = 0.08  # share of the planned duration that finished projects took for it
REACH = 0.3  # share of the planned duration: of what is behind at most so much is made up from, half of it over so long a way
FADE = 0.5  # what a small class needs more by habit is believed in full for a short way, by so much less for a way of half the planned duration or more
SMALL = 14  # projects; of a larger class the habit is known better, and fades less
ON_THE_WAY = (10.0, 25.0, 40.0, 50.0, 60.0, 75.0, 90.0)  # percents whose days are compared
LEVELS = tuple((3 + 2 * step) / 100 for step in range(48))  # 0.03 … 0.97: so few projects can't speak of rarer things


@dataclass(frozen=True)
class Figures:
    """How much of what is behind is made up over a long way, and what residuals scale with beside the way ahead (share of the planned duration)."""

    catch_up: float
    grain: float


WAY = Figures(0.8, 0.02)  # percents on the way: work is shifted, reports are no finer than two percent
FINISH = Figures(0.3, 0.1)  # the finish: less is made up, and the tail is the least certain part


@dataclass(frozen=True, slots=True)
class Axis:
    """The plan's days as they are expected (S-15): as planned up to 95 %, the tail halfway (by ratio) between the plan's and the typical one."""

    tail_from: float
    finish: float
    stretch: float

    @classmethod
    def of(cls, curve: PlanCurve) -> Axis:
        """The axis of a plan curve."""
        first, last = float(curve.start.toordinal()), float(curve.finish.toordinal())
        begins = curve.earned(TAIL)
        return cls(begins, last, math.sqrt(TYPICAL_TAIL * (last - first) / max(0.5, last - begins)))

    @property
    def end(self) -> float:
        """The expected day of the finish."""
        return self.tail_from + (self.finish - self.tail_from) * self.stretch

    def expected(self, planned: float) -> float:
        """The expected day of what is planned for a day."""
        if planned <= self.tail_from:
            return planned
        if planned <= self.finish:
            return self.tail_from + (planned - self.tail_from) * self.stretch
        return self.end + planned - self.finish

    def planned(self, expected: float) -> float:
        """The planned day that `expected` was made from."""
        if expected <= self.tail_from:
            return expected
        if expected <= self.end:
            return self.tail_from + (expected - self.tail_from) / self.stretch
        return self.finish + expected - self.end


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a project stands: day of the newest report, its percent, its earned day (expected axis), planned duration in days, and the axis' tail."""

    at: float
    percent: float
    earned: float
    duration: float
    tail_from: float
    end: float


def stand_of(curve: PlanCurve, axis: Axis, day: dt.date, percent: float) -> Stand:
    """Where `percent` reported on `day` puts a project; before anything is earned it stands at the plan's start, or at the day if that is earlier."""
    earned = axis.expected(curve.earned(percent)) if percent > 0 else float(min(day, curve.start).toordinal())
    return Stand(day.toordinal(), percent, earned, max(1, (curve.finish - curve.start).days), axis.tail_from, axis.end)


@dataclass(frozen=True)
class Finished:
    """A finished project: plan, reports in order of days, the day it was done."""

    key: str
    curve: PlanCurve
    reports: tuple[tuple[dt.date, float], ...]
    finish: dt.date


@dataclass(frozen=True)
class Member:
    """A finished project's residuals, rising: of percents on the way, and of the finish."""

    key: str
    way: tuple[float, ...]
    finish: tuple[float, ...]


@dataclass(frozen=True)
class Reference:
    """A class of finished projects, each weighing the same; its residuals turn a stand into the distribution of days."""

    members: tuple[Member, ...]
    name: str

    def day(self, stand: Stand, target: float, level: float) -> float:
        """The day number by which what is expected for `target` has happened, with probability `level`."""
        edge = max(stand.tail_from, stand.earned)
        end = max(edge, stand.end)
        at_end = _ahead(stand, end, self._finish, level, FINISH, self.fade)
        if target >= end:
            return stand.at + at_end + target - end
        at_target = _ahead(stand, min(target, edge), self._way, level, WAY, self.fade)
        if target > edge:
            at_target += (at_end - at_target) * (target - edge) / (end - edge)
        return stand.at + min(at_target, at_end)

    def chance(self, stand: Stand, target: float, day: float) -> float:
        """The probability that what is expected for `target` has happened by a day number; between 0.03 and 0.97."""
        low, high = 0, len(LEVELS) - 1
        first, last = self.day(stand, target, LEVELS[low]), self.day(stand, target, LEVELS[high])
        if day < first:
            return LEVELS[0]
        if day >= last:
            return LEVELS[-1]
        while high - low > 1:
            middle = (low + high) // 2
            found = self.day(stand, target, LEVELS[middle])
            if found <= day:
                low, first = middle, found
            else:
                high, last = middle, found
        return LEVELS[low] + (LEVELS[high] - LEVELS[low]) * (day - first) / (last - first)

    def target(self, stand: Stand, day: float, level: float) -> float:
        """How far along the expected axis the project is by a day number, with probability `level` not further: `day` the other way round."""
        low, high = stand.earned, stand.end + 4 * stand.duration + max(0.0, day - stand.at)
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self.day(stand, middle, 1 - level) <= day else (low, middle)
        return low

    def blended(self, own: Iterable[Finished]) -> Reference:
        """The class with the portfolio's own finished projects among it."""
        extra = tuple(member for member in map(member_of, own) if member.finish)
        return replace(self, members=(*self.members, *extra), name=f"{self.name}+{len(extra)}") if extra else self

    def without(self, key: str) -> Reference:
        """The class with one project left out, for scoring that project."""
        return replace(self, members=tuple(member for member in self.members if member.key != key))

    @cached_property
    def fade(self) -> float:
        """How much of the class's habit fades over a long way."""
        return FADE * SMALL / max(SMALL, len(self.members))

    @cached_property
    def _way(self) -> list[float]:
        return pooled([member.way for member in self.members], WAY, self.fade)

    @cached_property
    def _finish(self) -> list[float]:
        return pooled([member.finish for member in self.members], FINISH, self.fade)


def _ahead(stand: Stand, target: float, table: Sequence[float], level: float, figures: Figures, fade: float) -> float:
    """Days from the newest report to `target`: the way ahead, less what is made up again, plus the residual at `level` (S-16, S-17)."""
    way = max(0.0, target - stand.earned) / stand.duration
    residual = _at(table, level) - _at(table, 0.5) * min(way, fade)
    return max(0.0, stand.duration * (centre(way, (stand.at - stand.earned) / stand.duration, figures) + residual * (way + figures.grain)))


def _at(table: Sequence[float], level: float) -> float:
    place = min(max((level - LEVELS[0]) / 0.02, 0.0), len(LEVELS) - 1.0)
    low = min(int(place), len(LEVELS) - 2)
    return table[low] + (place - low) * (table[low + 1] - table[low])


def centre(way: float, behind: float, figures: Figures) -> float:
    """The way ahead after catching up: at most REACH of what is behind counts, and the shorter the way the less of it is made up (S-16)."""
    return way - figures.catch_up * min(behind, REACH) * way / (way + REACH) if way > 0 else 0.0


def lowest(drift: float, figures: Figures, fade: float = FADE) -> float:
    """The least residual with which more progress can't worsen a forecast, where the class's median is `drift`.

    A day sooner on the plan shortens the way by a day; that must outweigh what is no longer made up and what of the drift no longer fades.
    """
    steps = [step / 50 for step in range(60)]
    slopes = [1 - figures.catch_up + figures.catch_up * way * REACH / (way + REACH) ** 2 for way in steps]
    fading = [drift * (2 * way + figures.grain if way <= fade else fade) for way in steps]
    return max(lost - slope for lost, slope in zip(fading, slopes, strict=True))


def pooled(samples: Sequence[Sequence[float]], figures: Figures, fade: float = FADE) -> list[float]:
    """The residuals at LEVELS, every project weighing the same, none lower than `lowest`; all zero where there is none."""
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
    least = lowest(max(0.0, _at(table, 0.5)), figures, fade)
    return [max(least, value) for value in table]


def _between(places: Sequence[float], values: Sequence[float], level: float) -> float:
    after = bisect_right(places, level)
    if after == 0:
        return values[0]
    if after == len(places):
        return values[-1]
    low, high = places[after - 1], places[after]
    return values[after - 1] + (values[after] - values[after - 1]) * (level - low) / (high - low)


def member_of(project: Finished) -> Member:
    """The residuals of a finished project: from each of its reports to each later percent, in shares of the way ahead."""
    axis, start = Axis.of(project.curve), project.curve.start
    known = [(day, percent) for day, percent in project.reports if day < project.finish]
    way: list[float] = []
    finish: list[float] = []
    for day, percent in known:
        if not 0 < percent < 99.9 or day <= start:
            continue
        stand = stand_of(project.curve, axis, day, percent)
        for level in (*ON_THE_WAY, 100.0):
            if level <= percent:
                continue
            took = (crossing(known, start, project.finish, level) if level < 100 else project.finish.toordinal()) - stand.at
            ahead = max(0.0, axis.expected(project.curve.earned(level)) - stand.earned) / stand.duration
            figures = WAY if level < 100 else FINISH
            residual = (took / stand.duration - centre(ahead, (stand.at - stand.earned) / stand.duration, figures)) / (ahead + figures.grain)
            (way if level < 100 else finish).append(round(residual, 3))
    return Member(project.key, tuple(sorted(way)), tuple(sorted(finish)))


def crossing(reports: Sequence[tuple[dt.date, float]], start: dt.date, finish: dt.date, level: float) -> float:
    """The day number on which `level` was reached, by straight lines between start, reports and finish."""
    points = [(start, 0.0), *((day, percent) for day, percent in reports if start < day < finish), (finish, 100.0)]
    for (left, low), (right, high) in pairwise(points):
        if high >= level:
            return left.toordinal() + (level - low) / (high - low) * (right - left).days if high > low else float(right.toordinal())
    return float(finish.toordinal())
