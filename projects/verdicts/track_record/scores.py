"""How well forecasts came true: error, coverage of the 80 % range, Brier score, reliability. Rules S-19 of
docs/rules/slippage.md.

Pure, and the same for the portfolio's own closed months and for any set of finished projects. Every project weighs the
same, however often it was reported on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

STAGES = (
    ("early", 0.0, 30.0),
    ("mid", 30.0, 70.0),
    ("late", 70.0, 100.0),
)  # by percent reported when the forecast was made
LEADS = (
    ("<10%", 0.0, 0.1),
    ("10-25%", 0.1, 0.25),
    ("25-60%", 0.25, 0.6),
)  # by days ahead, as a share of the planned duration
BINS = 10


@dataclass(frozen=True)
class FinishForecast:
    """A finish forecast on a day at a reported percent: the range given, earned schedule's own day (`plain`), the
    plan's; the actual one once it is known.
    """

    project: str
    on: dt.date
    percent: float
    start: dt.date
    planned: dt.date
    p10: dt.date
    p50: dt.date
    p90: dt.date
    plain: dt.date
    actual: dt.date | None


@dataclass(frozen=True)
class TargetForecast:
    """A probability given on a day; `lead` to the due day in shares of the planned duration; whether it came true, None
    where that isn't known yet.
    """

    project: str
    on: dt.date
    percent: float
    due: dt.date
    probability: float
    lead: float
    was_met: bool | None


@dataclass(frozen=True)
class Bin:
    """Forecasts of similar probability: how many, the mean of what was said, the share that came true."""

    low: float
    high: float
    count: int
    said: float
    came: float


@dataclass(frozen=True)
class TrackRecord:
    """Errors in percent of the actual total duration by stage (with `all`), coverage in percent, width in shares of the
    planned duration, Brier by lead.

    `finishes` forecasts of `finished` projects' finishes, and `targets` probabilities, were scored, of `projects` in
    all.
    """

    finishes: int
    finished: int
    targets: int
    projects: int
    error: Mapping[str, float]
    plain_error: Mapping[str, float]
    plan_error: Mapping[str, float]
    coverage: Mapping[str, float]
    width: float | None
    brier: Mapping[str, float]
    base: Mapping[str, float]
    bins: tuple[Bin, ...]


def track_record(finishes: Iterable[FinishForecast], targets: Iterable[TargetForecast]) -> TrackRecord:
    """The record of those forecasts whose outcome is known."""
    known = [Ended(one, one.actual) for one in finishes if one.actual is not None and one.start < one.actual]
    scored = [one for one in targets if one.was_met is not None and 0 < one.lead <= LEADS[-1][2]]
    rate = sum(map(_met, scored)) / len(scored) if scored else 0.0
    return TrackRecord(
        len(known),
        len({one.forecast.project for one in known}),
        len(scored),
        len({one.forecast.project for one in known} | {one.project for one in scored}),
        _by_stage(known, lambda one: one.off(one.forecast.p50)),
        _by_stage(known, lambda one: one.off(one.forecast.plain)),
        _by_stage(known, lambda one: one.off(one.forecast.planned)),
        _by_stage(known, lambda one: 100.0 * (one.forecast.p10 <= one.actual <= one.forecast.p90)),
        per_project((one.forecast.project, one.width) for one in known),
        _by_lead(scored, lambda one: (one.probability - _met(one)) ** 2),
        _by_lead(scored, lambda one: (rate - _met(one)) ** 2),
        reliability(scored),
    )


@dataclass(frozen=True)
class Ended:
    """A forecast of a finish that has come."""

    forecast: FinishForecast
    actual: dt.date

    def off(self, day: dt.date) -> float:
        """How far a forecast day is from the actual finish, in percent of the actual total duration from the planned
        start.
        """
        return 100 * abs((day - self.actual).days) / (self.actual - self.forecast.start).days

    @property
    def width(self) -> float:
        """The width of the range in shares of the planned duration."""
        return (self.forecast.p90 - self.forecast.p10).days / max(1, (self.forecast.planned - self.forecast.start).days)


def _met(one: TargetForecast) -> float:
    return float(bool(one.was_met))


def reliability(targets: Iterable[TargetForecast], bins: int = BINS) -> tuple[Bin, ...]:
    """What was said against what came true, in bins of probability; empty bins are left out."""
    found: dict[int, list[TargetForecast]] = defaultdict(list)
    for one in targets:
        found[min(bins - 1, int(one.probability * bins))].append(one)
    return tuple(
        Bin(
            index / bins,
            (index + 1) / bins,
            len(ones),
            sum(one.probability for one in ones) / len(ones),
            sum(map(_met, ones)) / len(ones),
        )
        for index, ones in sorted(found.items())
    )


def per_project(values: Iterable[tuple[str, float]]) -> float | None:
    """The mean of the projects' means; None without any."""
    found: dict[str, list[float]] = defaultdict(list)
    for project, value in values:
        found[project].append(value)
    return sum(sum(one) / len(one) for one in found.values()) / len(found) if found else None


def _by_stage(ones: Sequence[Ended], value: Callable[[Ended], float]) -> dict[str, float]:
    parts = {name: [one for one in ones if low <= one.forecast.percent < high] for name, low, high in STAGES}
    means = {
        name: per_project((one.forecast.project, value(one)) for one in part)
        for name, part in (*parts.items(), ("all", ones))
    }
    return {name: mean for name, mean in means.items() if mean is not None}


def _by_lead(ones: Sequence[TargetForecast], value: Callable[[TargetForecast], float]) -> dict[str, float]:
    parts = {
        name: [one for one in ones if low <= one.lead < high or high == one.lead == LEADS[-1][2]]
        for name, low, high in LEADS
    }
    means = {name: per_project((one.project, value(one)) for one in part) for name, part in parts.items()}
    return {name: mean for name, mean in means.items() if mean is not None}
