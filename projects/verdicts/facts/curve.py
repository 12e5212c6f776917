"""The plan curve: planned cumulative percent over days, and earned schedule on it. Rules S-1 to S-3 of
docs/rules/slippage.md.

Days are dates; percents run from 0 to 100. Source of earned schedule: Lipke; Vandevoorde & Vanhoucke (2006).
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

ONE_DAY = dt.timedelta(days=1)
STEPS = (
    5,
    10,
    25,
    100,
)  # percent from one dated point to the next: a full curve, tenths, quarters, only start and finish
BETWEEN = tuple(math.sqrt(low * high) for low, high in pairwise(STEPS))  # nearer by ratio to the one below or above


@dataclass(frozen=True)
class PlanCurve:
    """A non-decreasing curve through `points` of (day, percent), the first at 0 and the last at 100; `kind` says what
    it was made from.
    """

    points: tuple[tuple[dt.date, float], ...]
    kind: str

    @property
    def start(self) -> dt.date:
        """The day on which the plan leaves 0 %."""
        return self.points[0][0]

    @property
    def finish(self) -> dt.date:
        """The day on which the plan reaches 100 %."""
        return self.points[-1][0]

    def planned(self, day: dt.date) -> float:
        """Planned percent on `day` (PV), linear between the points."""
        return self.planned_at(day.toordinal())

    def planned_at(self, day: float) -> float:
        """Planned percent at a day number (`date.toordinal`), parts of days counted."""
        after = bisect_right(self._days, day)
        if after == 0:
            return 0.0
        if after == len(self._days):
            return 100.0
        left, low, high = self._days[after - 1], self._levels[after - 1], self._levels[after]
        return low + (high - low) * (day - left) / (self._days[after] - left)

    def day_at(self, percent: float) -> dt.date:
        """The first planned day with at least `percent` (rounded up to a whole day); earned schedule where `percent` is
        what was earned.
        """
        return dt.date.fromordinal(math.ceil(self.earned(percent) - 1e-6))

    def earned(self, percent: float) -> float:
        """Earned schedule as a day number (`date.toordinal`), parts of days counted: where the plan first has
        `percent`.
        """
        after = bisect_left(self._levels, percent)
        if after == 0:
            return float(self._days[0])
        if after == len(self._levels):
            return float(self._days[-1])
        left, low, high = self._days[after - 1], self._levels[after - 1], self._levels[after]
        return left + (self._days[after] - left) * (percent - low) / (high - low)

    def leaves(self, percent: float) -> dt.date:
        """The last planned day with no more than `percent`."""
        after = bisect_right(self._levels, percent)
        if after == 0:
            return self.start
        if after == len(self._levels):
            return self.finish
        left, low, high = self._days[after - 1], self._levels[after - 1], self._levels[after]
        return dt.date.fromordinal(
            math.floor(left + (self._days[after] - left) * (percent - low) / (high - low) + 1e-6)
        )

    @cached_property
    def step(self) -> int:
        """How coarse the plan is, as the nearest of STEPS (by ratio): its longest stretch without a dated point, in
        percent of the work or of the time, whichever is less.
        """
        days, levels = self._days, self._levels
        scale = 100 / max(1, days[-1] - days[0])
        longest = max(
            min(levels[place] - levels[place - 1], scale * (days[place] - days[place - 1]))
            for place in range(1, len(days))
        )
        return next((step for step, most in zip(STEPS, BETWEEN, strict=False) if longest < most), STEPS[-1])

    def coarser(self, step: int) -> PlanCurve:
        """The plan as it would be with a dated point only every `step` percent."""
        inner = [(self.day_at(level), float(level)) for level in range(step, 100, step)]
        return PlanCurve((self.points[0], *inner, self.points[-1]), self.kind)

    @cached_property
    def _days(self) -> list[int]:
        return [day.toordinal() for day, _ in self.points]

    @cached_property
    def _levels(self) -> list[float]:
        return [percent for _, percent in self.points]


def whole_days(days: float) -> dt.timedelta:
    """`days` rounded up: a percent counts as reached on the first whole day that has it."""
    return dt.timedelta(days=math.ceil(days - 1e-6))


@dataclass(frozen=True)
class StagePlan:
    """A work stage as planned: weight in percent of the whole, dates where they were planned."""

    key: str
    weight: float
    start: dt.date | None = None
    finish: dt.date | None = None


def from_dated_percents(dated: Iterable[tuple[dt.date, float]], kind: str = "dated_percentages") -> PlanCurve | None:
    """A curve through dated percentages; missing ends follow from the nearest slope.

    None where fewer than two different days are known (S-1).
    """
    points = _rising(sorted(dated))
    if len(points) < 2:
        return None
    if points[0][1] > 0:
        points.insert(0, (_extend(points[0], points[1], 0.0), 0.0))
    if points[-1][1] < 100:
        points.append((_extend(points[-1], points[-2], 100.0), 100.0))
    return PlanCurve(tuple(points), kind)


def suspended(curve: PlanCurve, spans: Iterable[tuple[dt.date, dt.date | None]], as_of: dt.date) -> PlanCurve:
    """The curve with what was planned after each suspension (from, until) moved by its length, as known on a day;
    promises stay where they are (S-14).

    An open suspension counts up to `as_of`; one that begins later is not seen.
    """
    for begun, until in sorted(spans, key=lambda span: span[0]):
        first, last = max(begun, curve.start), min(until or as_of, as_of)
        if first >= curve.finish or last <= first:
            continue
        level = curve.planned(first)
        before = [(day, percent) for day, percent in curve.points if day < first]
        after = [(day + (last - first), percent) for day, percent in curve.points if day > first]
        curve = PlanCurve((*before, (first, level), (last, level), *after), curve.kind)
    return curve


def _rising(points: Sequence[tuple[dt.date, float]]) -> list[tuple[dt.date, float]]:
    """The points without those that fall back or stand on the same day."""
    kept: list[tuple[dt.date, float]] = []
    for day, percent in points:
        if kept and day == kept[-1][0]:
            kept[-1] = (day, max(percent, kept[-1][1]))
        elif not kept or percent > kept[-1][1]:
            kept.append((day, percent))
    return kept


def _extend(near: tuple[dt.date, float], far: tuple[dt.date, float], level: float) -> dt.date:
    per_percent = (far[0] - near[0]).days / (far[1] - near[1])
    step = round((level - near[1]) * per_percent)
    return near[0] + dt.timedelta(days=step or (1 if level == 100 else -1))


def from_stages(stages: Sequence[StagePlan]) -> PlanCurve | None:
    """The weighted sum of dated stages, each linear between its dates; None unless every weighted stage is
    dated (S-2).
    """
    dated = [stage for stage in stages if stage.weight > 0]
    if not dated or any(stage.start is None or stage.finish is None for stage in dated):
        return None
    spans = [
        (stage.start.toordinal(), max(stage.finish, stage.start + ONE_DAY).toordinal(), stage.weight)
        for stage in dated
        if stage.start and stage.finish
    ]
    total = sum(weight for _, _, weight in spans)
    days = sorted({day for start, finish, _ in spans for day in (start, finish)})
    return from_dated_percents(
        [(dt.date.fromordinal(day), round(_done(spans, day) * 100 / total, 6)) for day in days], "stages"
    )


def _done(spans: Sequence[tuple[int, int, float]], day: int) -> float:
    """The weight done by `day`; a plain loop, as it runs for each day of each project's plan."""
    done = 0.0
    for start, finish, weight in spans:
        if day >= finish:
            done += weight
        elif day > start:
            done += weight * ((day - start) / (finish - start))
    return done


def plan_curve(
    dated: Mapping[dt.date, float], stages: Sequence[StagePlan], start: dt.date | None, finish: dt.date | None
) -> PlanCurve | None:
    """The most trusted curve there is: a full monthly plan, dated percentages, dated stages, only start and finish
    (S-1).
    """
    inner = [percent for percent in dated.values() if 0 < percent < 100]
    if inner:
        return from_dated_percents(dated.items(), "monthly_plan" if _is_monthly(dated, inner) else "dated_percentages")
    by_stages = from_stages(stages)
    if by_stages:
        return by_stages
    if start and finish and start < finish:
        return PlanCurve(((start, 0.0), (finish, 100.0)), "start_finish")
    return None


def _is_monthly(dated: Mapping[dt.date, float], inner: Sequence[float]) -> bool:
    """Whether dated percentages are a full monthly plan: more than three on the way, and never more than two months (62
    days) without one.
    """
    days = sorted(dated)
    return len(inner) > 3 and all((later - day).days <= 62 for day, later in pairwise(days))


def stage_curve(whole: PlanCurve | None, stages: Sequence[StagePlan], key: str) -> PlanCurve | None:
    """The plan curve of one stage: its own dates, else its share of the whole's curve, stages taken in order of their
    weights (S-3).

    Main structure with weights 5, 15, 30 … spans 20 % to 50 % of the whole, so 50 % of it is planned where the whole is
    planned at 35 %.
    """
    before = 0.0
    total = sum(stage.weight for stage in stages)
    for stage in stages:
        if stage.key != key:
            before += stage.weight
            continue
        if stage.start and stage.finish:
            return PlanCurve(((stage.start, 0.0), (max(stage.finish, stage.start + ONE_DAY), 100.0)), "stages")
        if whole is None or stage.weight <= 0:
            return None
        low, high = 100 * before / total, 100 * (before + stage.weight) / total
        inner = [(day, 100 * (percent - low) / (high - low)) for day, percent in whole.points if low < percent < high]
        return from_dated_percents([(whole.day_at(low), 0.0), *inner, (whole.day_at(high), 100.0)], whole.kind)
    return None


def forecast(curve: PlanCurve, threshold: float, earned: dt.date, reported: dt.date) -> dt.date:
    """The day `threshold` percent will be reached, by earned schedule with performance factor 1: AT + (planned day -
    ES) (S-4).
    """
    return reported + (curve.day_at(threshold) - earned)
