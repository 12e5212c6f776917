"""The S-curve of a project: plan, what was reported, the forecast with its range, the promises. Pure.

The project's page and its forecast page draw this one; its forecast is that of S-15 to S-18 of docs/rules/slippage.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from projects.core.text import N_, Text, cut
from projects.core.vocabulary import STAGE_MEASURES
from projects.pictures.curves.facts import Band, CurveFigure, CurveLine, Flag, Point
from projects.verdicts.facts.curve import StagePlan
from projects.verdicts.facts.facts import ProjectFacts, RuleSet, TargetFacts
from projects.verdicts.facts.works import DONE, DONE_MEASURES, done_on, overall_in
from projects.verdicts.forecast.forecast import Forecast
from projects.verdicts.forecast.outlook import told_ahead

PERCENT = Text(N_("形象进度, %%"))
BAND_POINTS = 16
RULES = RuleSet()


def s_curve(
    name: str, facts: ProjectFacts, flags: Sequence[Flag], as_of: dt.date, rules: RuleSet = RULES
) -> CurveFigure:
    """Plan, what was reported, the forecast with its range, and the promises' due days."""
    seen = facts.seen(as_of)
    reported = overall_in(seen)
    actual = tuple((one.on, one.value) for one in reported)
    lines = [CurveLine(_named(N_("计划"), facts.plan_is_sample), facts.curve.points, "plan")] if facts.curve else []
    lines += (
        [CurveLine(_named(N_("实际 (月报)"), any(one.is_sample for one in reported)), actual, "actual")]
        if actual
        else []
    )
    band = None
    ahead = None if done_on(facts.passed(as_of), reported) else told_ahead(facts, seen, as_of, rules)
    if ahead and actual:
        middle, band = _ahead(ahead, actual[-1], as_of)
        band = None if facts.pauses.open_since else band  # a day alone, no chances (S-14)
        lines.append(CurveLine(Text(N_("推算 (中位)")), middle, "forecast"))
    title = Text(N_("%(name)s: 计划、实际与推算进度"), {"name": name})
    sample = facts.plan_is_sample or any(one.is_sample for one in seen)
    return CurveFigure("curve", title, PERCENT, tuple(lines), as_of, 0, 100, 25, band, tuple(flags), sample)


def _named(name: str, is_sample: bool) -> Text:
    """A line's name, with the mark of a sample where it rests on one."""
    return Text(N_("%(name)s [示例]"), {"name": Text(name)}) if is_sample else Text(name)


def flags_of(promises: Iterable[tuple[TargetFacts, str]], stages: Sequence[StagePlan]) -> list[Flag]:
    """The dated promises (with their words), each at its due day and where it stands on the whole's axis."""
    return [Flag(target.due, level_of(target, stages), words) for target, words in promises if target.due]


def level_of(target: TargetFacts, stages: Sequence[StagePlan]) -> float | None:
    """Where on the whole's axis a promise stands: 50 % of a main structure that spans 20 to 50 % stands at 35 %."""
    if target.measure == "progress_pct":
        return target.threshold or 0.0
    if target.measure in DONE_MEASURES:
        return DONE
    key, fixed = STAGE_MEASURES.get(target.measure, (None, None))
    before = 0.0
    total = sum(stage.weight for stage in stages)
    for stage in stages:
        if stage.key == key:
            reached = fixed if fixed is not None else target.threshold or 0.0
            return 100 * (before + stage.weight * reached / 100) / total if total else None
        before += stage.weight
    return None


def _ahead(ahead: Forecast, newest: Point, as_of: dt.date) -> tuple[tuple[Point, ...], Band]:
    """From the newest report to where nine chances in ten have it done: the median, and P10 to P90 between."""
    first, finish = max(newest[0], as_of), ahead.finish
    long = (finish.p90 - first).days
    evenly = {first + dt.timedelta(days=round(long * index / BAND_POINTS)) for index in range(BAND_POINTS + 1)}
    told = {finish.p10, finish.p50}  # so that lines end on the days that words tell, and are level while works stand
    days = sorted(evenly | told | ({ahead.pauses.resumes_on} if ahead.pauses.resumes_on else set()))
    spans = [(day, ahead.percent_on(day)) for day in days]
    middle = [newest, *((day, span.p50) for day, span in spans if day > newest[0])]
    limits = [(newest[0], newest[1], newest[1]), *((day, span.p10, span.p90) for day, span in spans if day > newest[0])]
    return tuple(_until_done(middle)), Band(Text(N_("八成可能的范围 (P10–P90)")), tuple(limits))


def _until_done(points: Sequence[Point]) -> list[Point]:
    done = next((index for index, point in enumerate(points) if cut(point[1], 2) >= DONE), len(points))
    return list(points[: done + 1])
