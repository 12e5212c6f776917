"""When a promise will be there, and how surely: the forecast (forecast.py) asked for each kind of measure. Rules S-4 to
S-6 of docs/rules/slippage.md. Pure.

Without a reference class the answer is plain earned schedule (performance factor 1): one day, no range.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES
from projects.verdicts.facts.curve import PlanCurve, forecast, stage_curve
from projects.verdicts.facts.facts import DatedFigure, Observation, ProjectFacts, TargetFacts
from projects.verdicts.facts.works import DONE_GATES, latest_overall, overall_in
from projects.verdicts.forecast.forecast import Forecast, Span, look_ahead


@dataclass(frozen=True)
class Outlook:
    """The day it is expected (even odds), one chance in ten earlier than `p10` and later than `p90`, and the chance in
    percent that it is there by its due day.
    """

    day: dt.date
    p10: dt.date | None = None
    p90: dt.date | None = None
    probability: float | None = None


def whole_ahead(facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date) -> Forecast | None:
    """The forecast of the whole; None without plan, report or reference class."""
    if facts.worked_curve is None or facts.reference is None:
        return None
    return look_ahead(
        facts.worked_curve,
        [(one.on, one.value) for one in overall_in(seen)],
        as_of,
        facts.reference,
        facts.pauses,
    )


def outlook(target: TargetFacts, facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date) -> Outlook | None:
    """When an open promise on a project will be met; None where there is no plan or nothing reported."""
    if target.measure in GATE_MEASURES:
        return _gate(GATE_MEASURES[target.measure], facts, seen, target.due, as_of)
    stage, fixed = STAGE_MEASURES.get(target.measure, (None, None))
    needed = fixed if fixed is not None else target.threshold
    if needed is None:
        return None
    if stage:
        return _stage(stage, needed, facts, seen, target.due, as_of)
    share = _works_for(needed, seen) if target.measure == "investment" else needed
    return None if share is None else _whole(share, facts, seen, target.due, as_of)


def earned_day(curve: PlanCurve, latest: DatedFigure) -> dt.date:
    """Earned schedule of the whole: the planned day of what is reported; before anything is earned, the plan's start or
    the report's day.
    """
    return curve.day_at(latest.value) if latest.value > 0 else min(latest.on, curve.start)


def forecast_gate(facts: ProjectFacts, planned: dt.date, latest: DatedFigure, as_of: dt.date) -> dt.date:
    """The planned day of a gate, moved by as much as the whole is ahead or behind; not earlier than `as_of` (S-5)."""
    return _plain(facts, facts.pauses.worked(planned), latest, as_of) if facts.worked_curve else as_of


def _plain(facts: ProjectFacts, planned: dt.date, latest: DatedFigure, as_of: dt.date) -> dt.date:
    """Earned schedule (S-4) for what is planned for a day, both in days of work."""
    curve, at = facts.worked_curve, facts.pauses.worked(latest.on)
    day = at + (planned - earned_day(curve, DatedFigure(at, latest.value))) if curve else at
    return max(as_of, day + dt.timedelta(days=facts.pauses.before(as_of)))


def planned_gate(facts: ProjectFacts, key: str) -> dt.date | None:
    """The planned day of a gate: its own, else the plan's start for 开工 and its finish for what comes at the end
    (S-5).
    """
    if key in facts.gate_plans or facts.curve is None:
        return facts.gate_plans.get(key)
    return facts.curve.start if key == "start" else facts.curve.finish if key in DONE_GATES else None


def _gate(
    key: str, facts: ProjectFacts, seen: Sequence[Observation], due: dt.date | None, as_of: dt.date
) -> Outlook | None:
    planned, latest = planned_gate(facts, key), latest_overall(seen)
    if planned is None or facts.curve is None or latest is None:
        return None
    ahead = whole_ahead(facts, seen, as_of)
    if ahead is None:
        return Outlook(forecast_gate(facts, planned, latest, as_of))
    return _outlook_of(ahead.event(planned), ahead.probability_of(planned, due) if due else None)


def _whole(
    percent: float, facts: ProjectFacts, seen: Sequence[Observation], due: dt.date | None, as_of: dt.date
) -> Outlook | None:
    latest = latest_overall(seen)
    if facts.curve is None or latest is None:
        return None
    ahead = whole_ahead(facts, seen, as_of)
    if ahead is None:
        curve = facts.worked_curve or facts.curve
        return Outlook(_plain(facts, curve.day_at(percent), latest, as_of))
    return _outlook_of(ahead.reached(percent), ahead.probability(percent, due) if due else None)


def _stage(
    key: str, percent: float, facts: ProjectFacts, seen: Sequence[Observation], due: dt.date | None, as_of: dt.date
) -> Outlook | None:
    """S-4 on the stage's own curve; before it has begun it stands where the whole stands, at most at its own planned
    start (S-6).
    """
    pauses = facts.pauses
    own = tuple(
        replace(one, start=one.start and pauses.worked(one.start), finish=one.finish and pauses.worked(one.finish))
        for one in facts.stages
    )
    curve = stage_curve(facts.worked_curve, own, key)
    points = [(one.on, one.stages[key]) for one in seen if key in one.stages]
    if curve is None or not points:
        return None
    begun, overall = points[-1][1] > 0, latest_overall(seen)
    at = pauses.worked(points[-1][0])
    whole = (
        earned_day(facts.worked_curve, DatedFigure(pauses.worked(overall.on), overall.value))
        if facts.worked_curve and overall
        else at
    )
    if facts.reference is None:
        earned = curve.day_at(points[-1][1]) if begun else min(whole, curve.start)
        return Outlook(max(as_of, forecast(curve, percent, earned, at) + dt.timedelta(days=pauses.before(as_of))))
    ahead = None if begun or whole > curve.start else whole_ahead(facts, seen, as_of)
    if ahead:
        planned = pauses.moved(curve.day_at(percent))
        return _outlook_of(ahead.event(planned), ahead.probability_of(planned, due) if due else None)
    ahead = look_ahead(curve, points, as_of, facts.reference, pauses)
    return _outlook_of(ahead.reached(percent), ahead.probability(percent, due) if due else None) if ahead else None


def _works_for(fen: float, seen: Sequence[Observation]) -> float | None:
    """The overall percent at which so much will have been invested, at as much a point as reported so far, at most 100;
    None before both are known.
    """
    newest = next((one for one in reversed(seen) if one.overall and one.investment_fen), None)
    if newest is None or not newest.overall or not newest.investment_fen:
        return None
    return min(100.0, newest.overall * fen / newest.investment_fen)


def _outlook_of(span: Span, chance: float | None) -> Outlook:
    return Outlook(span.p50, span.p10, span.p90, None if chance is None else 100 * chance)
