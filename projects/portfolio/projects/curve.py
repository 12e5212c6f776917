"""From a project's facts to its S-curve: actual points, forecast by earned schedule, flags of the promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from projects.core.vocabulary import STAGE_MEASURES
from projects.pictures.curves.progress import Flag, SCurve
from projects.portfolio.projects.rows import TargetRow
from projects.verdicts.facts.curve import StagePlan, whole_days
from projects.verdicts.facts.facts import DatedFigure, ProjectFacts, StatusRow
from projects.verdicts.facts.works import DONE, DONE_MEASURES, latest_overall
from projects.verdicts.forecast.outlook import earned_day


def s_curve(
    facts: ProjectFacts,
    targets: Sequence[TargetRow],
    as_of: dt.date,
    words: dict[str, str],
    status: StatusRow | None = None,
) -> SCurve:
    """What the chart of one project shows as of a day; the forecast finish and its range are those of its `status`."""
    seen = [one for one in facts.observations if one.on <= as_of]
    actual = [(one.on, one.overall) for one in seen if one.overall is not None]
    latest = latest_overall(seen)
    finish = status.forecast_finish if status else None
    ahead = _forecast(facts, latest, finish) if latest and latest.value < 100 else []
    likely = (
        (status.forecast_p10, status.forecast_p90)
        if status and ahead and status.forecast_p10 and status.forecast_p90
        else None
    )
    flags = [Flag(row.due, level_of(row, facts.stages), row.wording) for row in targets if row.due and row.project_slug]
    return SCurve(facts.curve, actual, ahead, flags, as_of, words, likely)


def _forecast(facts: ProjectFacts, latest: DatedFigure, finish: dt.date | None) -> list[tuple[dt.date, float]]:
    """The rest of the plan in days of work, moved by as much as the whole is ahead or behind, and stretched so that it
    ends on the forecast finish.
    """
    curve = facts.worked_curve
    if curve is None:
        return []
    earned = earned_day(curve, latest)
    left = (curve.finish - earned).days
    pace = (finish - latest.on).days / left if finish and finish > latest.on and left > 0 else 1.0
    rest = [
        (latest.on + whole_days(pace * (day - earned).days), percent)
        for day, percent in curve.points
        if percent > latest.value
    ]
    return [(latest.on, latest.value), *rest]


def level_of(row: TargetRow, stages: Sequence[StagePlan]) -> float | None:
    """Where on the whole's axis a promise stands: 50 % of a main structure that spans 20 to 50 % stands at 35 %."""
    if row.measure == "progress_pct":
        return (row.threshold or 0) / 100
    if row.measure in DONE_MEASURES:
        return DONE
    key, fixed = STAGE_MEASURES.get(row.measure, (None, None))
    before = 0.0
    total = sum(stage.weight for stage in stages)
    for stage in stages:
        if stage.key == key:
            reached = fixed if fixed is not None else (row.threshold or 0) / 100
            return 100 * (before + stage.weight * reached / 100) / total if total else None
        before += stage.weight
    return None
