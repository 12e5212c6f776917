"""The three charts of a project: S-curve, slip over time, probability over time. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from projects.core.text import N_, Text
from projects.pictures.curves.facts import Band, CurveFigure, CurveLine, CurveSubject, Flag, Moment, Point
from projects.verdicts.facts.facts import ProjectFacts
from projects.verdicts.forecast.forecast import Forecast
from projects.verdicts.forecast.outlook import whole_ahead

PERCENT = Text(N_("形象进度, %%"))
DAYS = Text(N_("偏差, 天 (正数为晚)"))
CHANCE = Text(N_("按期可能性, %%"))
FINISH = Text(N_("按计划完工"))
SUBJECT_STYLES = ("first", "second", "third", "fourth")
MOST_SUBJECTS = len(SUBJECT_STYLES)
BAND_POINTS = 24


def s_curve(name: str, facts: ProjectFacts, flags: Sequence[Flag], as_of: dt.date) -> CurveFigure:
    """Plan, what was reported, the forecast with its range, and the promises' due days."""
    seen = [one for one in facts.observations if one.on <= as_of]
    actual = tuple((one.on, one.overall) for one in seen if one.overall is not None)
    lines = [CurveLine(Text(N_("计划")), facts.curve.points, "plan")] if facts.curve else []
    lines += [CurveLine(Text(N_("实际 (月报)")), actual, "actual")] if actual else []
    band = None
    ahead = whole_ahead(facts, seen, as_of)
    if ahead and actual and actual[-1][1] < 100:
        middle, band = _ahead(ahead, actual[-1], as_of)
        lines.append(CurveLine(Text(N_("推算 (中位)")), middle, "forecast"))
    title = Text(N_("%(name)s: 计划、实际与推算进度"), {"name": name})
    sample = facts.plan_is_sample or any(one.is_sample for one in seen)
    return CurveFigure("curve", title, PERCENT, tuple(lines), as_of, 0, 100, 25, band, tuple(flags), sample)


def _ahead(ahead: Forecast, newest: Point, as_of: dt.date) -> tuple[tuple[Point, ...], Band]:
    """From the newest report to where nine chances in ten have it done: the median, and P10 to P90 between."""
    first, last = max(newest[0], as_of), ahead.finish.p90
    days = sorted(
        {
            first + dt.timedelta(days=round((last - first).days * index / BAND_POINTS))
            for index in range(BAND_POINTS + 1)
        }
    )
    spans = [(day, ahead.percent_on(day)) for day in days]
    middle = [newest, *((day, span.p50) for day, span in spans if day > newest[0])]
    limits = [(newest[0], newest[1], newest[1]), *((day, span.p10, span.p90) for day, span in spans if day > newest[0])]
    return tuple(_until_done(middle)), Band(Text(N_("八成可能的范围 (P10–P90)")), tuple(limits))


def _until_done(points: Sequence[Point]) -> list[Point]:
    done = next((index for index, point in enumerate(points) if point[1] >= 99.995), len(points))
    return list(points[: done + 1])


def subjects(facts: ProjectFacts, labels: Sequence[CurveSubject], moments: Sequence[Moment]) -> list[CurveSubject]:
    """What lines are drawn of: the dated promises that were ever judged, at most three, and the plan's own finish."""
    told = {key for one in moments for key in (*one.slips, *one.chances)}
    kept = [one for one in labels if one.key in told][: MOST_SUBJECTS - 1]
    return [*kept, CurveSubject("", FINISH)] if facts.curve and "" in told else kept


def slip_chart(
    name: str, chosen: Sequence[CurveSubject], moments: Sequence[Moment], as_of: dt.date, *, is_sample: bool
) -> CurveFigure:
    """By how many days each would be late, as it was known at each month's end."""
    lines = _lines(chosen, [(one.on, {key: float(value) for key, value in one.slips.items()}) for one in moments])
    values = [value for line in lines for _, value in line.points]
    low, high, step = nice(min([0.0, *values]), max([0.0, *values]))
    return CurveFigure(
        "slip",
        Text(N_("%(name)s: 推算偏差的变化"), {"name": name}),
        DAYS,
        lines,
        as_of,
        low,
        high,
        step,
        is_sample=is_sample,
    )


def chance_chart(
    name: str, chosen: Sequence[CurveSubject], moments: Sequence[Moment], as_of: dt.date, *, is_sample: bool
) -> CurveFigure:
    """How probable each was to be kept, as it was known at each month's end."""
    lines = _lines(chosen, [(one.on, one.chances) for one in moments])
    return CurveFigure(
        "chance",
        Text(N_("%(name)s: 按期可能性的变化"), {"name": name}),
        CHANCE,
        lines,
        as_of,
        0,
        100,
        25,
        is_sample=is_sample,
    )


def _lines(chosen: Sequence[CurveSubject], values: Sequence[tuple[dt.date, dict[str, float]]]) -> tuple[CurveLine, ...]:
    found = []
    for subject, style in zip(chosen, SUBJECT_STYLES, strict=False):
        points = tuple((day, known[subject.key]) for day, known in values if subject.key in known)
        if points:
            found.append(CurveLine(subject.label, points, style))
    return tuple(found)


def nice(low: float, high: float) -> tuple[float, float, float]:
    """Round bounds and a round step for four to eight parts."""
    spread = max(high - low, 10.0)
    rough = spread / 5
    base = 10 ** math.floor(math.log10(rough))
    step = next(base * factor for factor in (1, 2, 5, 10) if base * factor >= rough)
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    return float(first), float(last if last > first else first + step), float(step)
