"""The reference class: how finished projects went on from where they stood. Rules S-15 to S-18 of
docs/rules/slippage.md. Pure.

The class that ships is made from real projects of the DSLIB database (Batselier & Vanhoucke, "Construction and
evaluation framework for a real-life project database", International Journal of Project Management 33(3), 2015). It
holds residuals only; `projects fit-reference` makes it.

Days are day numbers (`date.toordinal`) with parts of days, on the plan's expected axis (`Axis`). Shares are shares of
the planned duration.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from projects.verdicts.facts.curve import STEPS, PlanCurve
from projects.verdicts.forecast.residuals import (
    FINISH,
    LEVELS,
    TYPICAL_TAIL,
    WAY,
    Figures,
    at_level,
    centre,
    pooled,
    unproven,
)

TAIL = 95.0  # the last five percent: handing over, accepting, clearing up
ON_THE_WAY = (10.0, 25.0, 40.0, 50.0, 60.0, 75.0, 90.0)  # percents whose days are compared


@dataclass(frozen=True, slots=True)
class Axis:
    """The plan's days as they are expected (S-15): as planned up to 95 %, the tail halfway (by ratio) between the
    plan's and the typical one.
    """

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
    """Where a project stands: day and percent of the newest report, its earned day (expected axis); of its
    plan the duration in days, the axis' tail, by how much S-15 moves its end (share of the duration), and how coarse
    it is.
    """

    at: float
    percent: float
    earned: float
    duration: float
    tail_from: float
    end: float
    moved: float
    step: int


def stand_of(curve: PlanCurve, axis: Axis, day: dt.date, percent: float) -> Stand:
    """Where `percent` reported on `day` puts a project; before anything is earned it stands at the plan's start, or at
    the day if that is earlier.
    """
    earned = axis.expected(curve.earned(percent)) if percent > 0 else float(min(day, curve.start).toordinal())
    duration = float(max(1, (curve.finish - curve.start).days))
    moved = abs(axis.end - axis.finish) / duration
    return Stand(
        day.toordinal(),
        percent,
        earned,
        duration,
        axis.tail_from,
        axis.end,
        moved,
        curve.step,
    )


@dataclass(frozen=True)
class Finished:
    """A finished project: plan, reports in order of days, the day it was done."""

    key: str
    curve: PlanCurve
    reports: tuple[tuple[dt.date, float], ...]
    finish: dt.date


@dataclass(frozen=True)
class Member:
    """A finished project's residuals, rising, of percents on the way and of the finish, on a plan with a dated point
    every `step` percent (one of STEPS).
    """

    key: str
    way: tuple[float, ...]
    finish: tuple[float, ...]
    step: int = STEPS[0]


@dataclass(frozen=True, slots=True)
class QuantileTable:
    """The residuals at LEVELS of all members of one step, and what of their median may be taken off (all of a small
    class's).
    """

    residuals: list[float]
    habit: float

    @classmethod
    def of(cls, samples: Sequence[Sequence[float]], figures: Figures) -> QuantileTable:
        """The table of the members' residuals."""
        residuals = pooled(samples, figures)
        return cls(residuals, at_level(residuals, 0.5) * unproven(len(samples)))


@dataclass(frozen=True)
class Reference:
    """A class of finished projects, each weighing the same; its residuals turn a stand into the distribution
    of days.
    """

    members: tuple[Member, ...]
    name: str

    def day(self, stand: Stand, target: float, level: float) -> float:
        """The day number by which what is expected for `target` has happened, with probability `level`.

        A finish that is not reported lies ahead of the newest report, by what residuals say of no way at all.
        """
        way, finish = self._tables(stand.step)
        edge = max(stand.tail_from, stand.earned)
        end = max(edge, stand.end)
        residual, grain = at_level(finish.residuals, level) - finish.habit * FINISH.most, FINISH.grain + stand.moved
        at_end = max(
            stand.at + _ahead(stand, end, residual, FINISH, grain),
            stand.at + stand.duration * max(0.0, residual * grain),
        )
        if target >= end:
            return at_end + target - end
        near = min(target, edge)
        residual = at_level(way.residuals, level) - way.habit * WAY.off((near - stand.earned) / stand.duration)
        at_target = stand.at + _ahead(stand, near, residual, WAY, WAY.grain)
        if target > edge:
            at_target += (at_end - at_target) * (target - edge) / (end - edge)
        return min(at_target, at_end)

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
        """How far along the expected axis the project is by a day number, with probability `level` not further: `day`
        the other way round.
        """
        low, high = stand.earned, stand.end + 4 * stand.duration + max(0.0, day - stand.at)
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self.day(stand, middle, 1 - level) <= day else (low, middle)
        return low

    def blended(self, own: Iterable[Finished]) -> Reference:
        """The class with the portfolio's own finished projects among it."""
        return self.joined(member for project in own for member in members_of(project) if member.finish)

    def joined(self, own: Iterable[Member]) -> Reference:
        """The class with more members, each weighing as much as one of its own."""
        extra = tuple(own)
        return (
            replace(self, members=(*self.members, *extra), name=f"{self.name}+{len({one.key for one in extra})}")
            if extra
            else self
        )

    def without(self, key: str) -> Reference:
        """The class with one project left out, for scoring that project."""
        return replace(self, members=tuple(member for member in self.members if member.key != key))

    def apart_from(self, project: Finished) -> Reference:
        """The class without a finished project, known by its name or, where it bears another one, by its residuals."""
        own = replace(member_of(project), key="")
        alike = {one.key for one in self.members if own.finish and replace(one, key="") == own}
        return replace(self, members=tuple(one for one in self.members if one.key not in alike | {project.key}))

    def _tables(self, step: int) -> tuple[QuantileTable, QuantileTable]:
        """The tables (way, finish) for plans so coarse; where the class knows none, those of the next coarser ones,
        else of the coarsest.
        """
        made = self._made.get(step)
        if made is None:
            steps = sorted({member.step for member in self.members})
            nearest = next((one for one in steps if one >= step), steps[-1] if steps else step)
            alike = [member for member in self.members if member.step == nearest]
            made = self._made[step] = (
                QuantileTable.of([one.way for one in alike], WAY),
                QuantileTable.of([one.finish for one in alike], FINISH),
            )
        return made

    @cached_property
    def _made(self) -> dict[int, tuple[QuantileTable, QuantileTable]]:
        return {}


def _ahead(stand: Stand, target: float, residual: float, figures: Figures, grain: float) -> float:
    """Days to `target`: the way ahead, less what is made up again, plus the residual (S-16, S-17)."""
    way = max(0.0, target - stand.earned) / stand.duration
    return max(
        0.0,
        stand.duration * (centre(way, (stand.at - stand.earned) / stand.duration, figures) + residual * (way + grain)),
    )


def member_of(project: Finished) -> Member:
    """What a finished project teaches: at each of its reports, for percents on the way and the finish, how much more or
    less than S-16 it took.
    """
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
            took = (
                crossing(known, start, project.finish, level) if level < 100 else project.finish.toordinal()
            ) - stand.at
            ahead = max(0.0, axis.expected(project.curve.earned(level)) - stand.earned) / stand.duration
            figures = WAY if level < 100 else FINISH
            scale = ahead + figures.grain + (0.0 if level < 100 else stand.moved)
            residual = (
                took / stand.duration - centre(ahead, (stand.at - stand.earned) / stand.duration, figures)
            ) / scale
            (way if level < 100 else finish).append(round(residual, 3))
    return Member(project.key, tuple(sorted(way)), tuple(sorted(finish)), project.curve.step)


def members_of(project: Finished) -> tuple[Member, ...]:
    """The same for the project's own plan and for what is left of it with fewer dated points: a coarse plan is judged
    by coarse plans (S-18).
    """
    coarser = (replace(project, curve=project.curve.coarser(step)) for step in STEPS if step > project.curve.step)
    return tuple(map(member_of, (project, *coarser)))


def crossing(reports: Sequence[tuple[dt.date, float]], start: dt.date, finish: dt.date, level: float) -> float:
    """The day number on which `level` (above 0) was reached, by straight lines between start, reports and finish."""
    points = [(start, 0.0), *((day, percent) for day, percent in reports if start < day < finish), (finish, 100.0)]
    for (left, low), (right, high) in pairwise(points):
        if high >= level:
            return left.toordinal() + (level - low) / (high - low) * (right - left).days
    return float(finish.toordinal())
