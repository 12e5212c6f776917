"""The charts of a project over its history: slip and probability, as they were known. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from projects.core.text import N_, Text
from projects.pictures.curves.facts import CurveFigure, CurveLine, CurveSubject, Moment
from projects.verdicts.facts.facts import ProjectFacts

DAYS = Text(N_("偏差, 天 (正数为晚)"))
CHANCE = Text(N_("按期可能性, %%"))
FINISH = Text(N_("按计划完工"))
SUBJECT_STYLES = ("first", "second", "third", "fourth")
MOST_SUBJECTS = len(SUBJECT_STYLES)


def subjects(facts: ProjectFacts, labels: Sequence[CurveSubject], moments: Sequence[Moment]) -> list[CurveSubject]:
    """What lines are drawn of: the dated promises that were ever judged, at most three, and the plan's own finish."""
    judged = {key for one in moments for key in (*one.slips, *one.chances)}
    kept = [one for one in labels if one.key in judged][: MOST_SUBJECTS - 1]
    return [*kept, CurveSubject("", FINISH)] if facts.curve and "" in judged else kept


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
