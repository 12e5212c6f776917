"""When a promise will be there, and how surely: the forecast (forecast.py) asked for each kind of measure. Rules S-4 to
S-6 and S-10 of docs/rules/slippage.md. Pure.

Without a reference class the answer is plain earned schedule (performance factor 1): one day, no range. A day may lie
before the day spoken on: nothing is moved to today for want of news.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES
from projects.verdicts.facts.curve import PlanCurve, forecast, stage_curve
from projects.verdicts.facts.facts import DatedFigure, Observation, ProjectFacts, RuleSet, TargetFacts
from projects.verdicts.facts.works import (
    DONE_GATES,
    contradicted,
    freshness,
    is_done,
    latest_overall,
    overall_in,
    stalled_days,
)
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


def is_told(facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date, rules: RuleSet) -> bool:
    """Whether a day and a chance may be told: not from old news (S-22), while works stand still and nobody says until
    when (S-14), or from facts that contradict each other (S-21).
    """
    return (
        freshness(seen, as_of, rules).is_usable
        and not facts.pauses.is_endless
        and contradicted(facts.passed(as_of), seen, rules.leap_points) is None
    )


def earliest(facts: ProjectFacts, as_of: dt.date) -> dt.date:
    """The first day that a forecast may tell: after the day spoken on, and not before works that stand still go on."""
    return max(as_of + dt.timedelta(days=1), facts.pauses.resumes_on or as_of)


def told_ahead(facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date, rules: RuleSet) -> Forecast | None:
    """The forecast of the whole, where it may be told and isn't past."""
    ahead = whole_ahead(facts, seen, as_of, rules) if is_told(facts, seen, as_of, rules) else None
    return ahead if ahead and ahead.finish.p50 >= earliest(facts, as_of) else None


def whole_ahead(facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date, rules: RuleSet) -> Forecast | None:
    """The forecast of the whole; None without plan, report or reference class, and of what was dropped (S-27)."""
    if facts.worked_curve is None or facts.reference is None or facts.dropped_on:
        return None
    return look_ahead(
        facts.worked_curve,
        [(one.on, one.value) for one in overall_in(seen)],
        as_of,
        facts.reference,
        facts.pauses,
        rules.stale_days,
    )


def outlook(
    target: TargetFacts, facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date, rules: RuleSet
) -> Outlook | None:
    """When an open promise on a project will be met; None where there is no plan or nothing reported."""
    if target.measure in GATE_MEASURES:
        return _gate(GATE_MEASURES[target.measure], facts, seen, target.due, as_of, rules)
    stage, fixed = STAGE_MEASURES.get(target.measure, (None, None))
    needed = fixed if fixed is not None else target.threshold
    if needed is None:
        return None
    if stage:
        return _stage(stage, needed, facts, seen, target.due, as_of, rules)
    share = _works_for(needed, seen) if target.measure == "investment" else needed
    return None if share is None else _whole(share, facts, seen, target.due, as_of, rules)


def stall_of(facts: ProjectFacts, seen: Sequence[Observation], rules: RuleSet) -> tuple[dt.date, float, dt.date] | None:
    """S-10: since when reports have brought no progress, at which percent, and the day of the newest; None where there
    is no stall.
    """
    reported = overall_in(seen)
    worked = [(facts.pauses.worked(one.on), one.value) for one in reported]
    if facts.worked_curve is None or not stalled_days(worked, facts.worked_curve, rules.stale_days):
        return None
    newest = reported[-1]
    return next(one.on for one in reported if one.value >= newest.value), newest.value, newest.on


def earned_day(curve: PlanCurve, latest: DatedFigure) -> dt.date:
    """Earned schedule of the whole: the planned day of what is reported; before anything is earned, the plan's start or
    the report's day.
    """
    return curve.day_at(latest.value) if latest.value > 0 else min(latest.on, curve.start)


def forecast_gate(
    facts: ProjectFacts, curve: PlanCurve, planned: dt.date, latest: DatedFigure, as_of: dt.date
) -> dt.date:
    """The planned day of a gate, moved by as much as the whole is ahead or behind (S-5)."""
    return _plain(facts, curve, facts.pauses.worked(planned), latest, as_of)


def _plain(facts: ProjectFacts, curve: PlanCurve, planned: dt.date, latest: DatedFigure, as_of: dt.date) -> dt.date:
    """Earned schedule (S-4) on the plan in days of work (`curve`) for what is planned for a day of it."""
    at = facts.pauses.worked(latest.on)
    day = at + (planned - earned_day(curve, DatedFigure(at, latest.value)))
    return day + dt.timedelta(days=facts.pauses.lost(as_of))


def planned_gate(facts: ProjectFacts, key: str) -> dt.date | None:
    """The planned day of a gate: its own, else the plan's start for 开工 and its finish for what comes at the end
    (S-5).
    """
    if key in facts.gate_plans or facts.curve is None:
        return facts.gate_plans.get(key)
    return facts.curve.start if key == "start" else facts.curve.finish if key in DONE_GATES else None


def _gate(
    key: str, facts: ProjectFacts, seen: Sequence[Observation], due: dt.date | None, as_of: dt.date, rules: RuleSet
) -> Outlook | None:
    planned, latest, curve = planned_gate(facts, key), latest_overall(seen), facts.worked_curve
    if planned is None or curve is None or latest is None:
        return None
    ahead = whole_ahead(facts, seen, as_of, rules)
    if ahead is None:
        return Outlook(forecast_gate(facts, curve, planned, latest, as_of))
    return _outlook_of(ahead.event(planned), ahead.probability_of(planned, due) if due else None)


def _whole(
    percent: float,
    facts: ProjectFacts,
    seen: Sequence[Observation],
    due: dt.date | None,
    as_of: dt.date,
    rules: RuleSet,
) -> Outlook | None:
    latest, curve = latest_overall(seen), facts.worked_curve
    if curve is None or latest is None:
        return None
    ahead = whole_ahead(facts, seen, as_of, rules)
    if ahead is None:
        return Outlook(_plain(facts, curve, curve.day_at(percent), latest, as_of))
    return _outlook_of(ahead.reached(percent), ahead.probability(percent, due) if due else None)


def _stage(
    key: str,
    percent: float,
    facts: ProjectFacts,
    seen: Sequence[Observation],
    due: dt.date | None,
    as_of: dt.date,
    rules: RuleSet,
) -> Outlook | None:
    """S-4 on the stage's own curve; before it has begun it stands where the whole stands, at most at its own planned
    start (S-6).

    What lies ahead is told by the whole's plan and class, from the day that the stage has earned: so more of the stage,
    or of the whole, is never worse, also where the stage begins.
    """
    pauses, whole = facts.pauses, facts.worked_curve
    own = tuple(
        replace(one, start=one.start and pauses.worked(one.start), finish=one.finish and pauses.worked(one.finish))
        for one in facts.stages
    )
    curve = stage_curve(whole, own, key)
    points = [(one.on, one.stages[key]) for one in seen if key in one.stages]
    if curve is None or not points:
        return None
    on, reached = points[-1]
    at, overall = pauses.worked(on), latest_overall(seen)
    stands = earned_day(whole, DatedFigure(pauses.worked(overall.on), overall.value)) if whole and overall else at
    earned = curve.earned(reached) if reached > 0 else float(min(stands, curve.start).toordinal())
    if facts.reference is None:
        day = forecast(curve, percent, dt.date.fromordinal(math.ceil(earned - 1e-6)), at)
        return Outlook(day + dt.timedelta(days=pauses.lost(as_of)))
    ahead = look_ahead(whole or curve, points, as_of, facts.reference, pauses)
    if ahead is None:
        return None
    moving = points if reached > 0 else [(one.on, one.value) for one in overall_in(seen)]
    stall = stalled_days(
        [(pauses.worked(day), value) for day, value in moving],
        curve if reached > 0 else whole or curve,
        rules.stale_days,
    )
    ahead, planned = ahead.standing_at(earned, stall), pauses.moved(curve.day_at(percent))
    return _outlook_of(ahead.event(planned), ahead.probability_of(planned, due) if due else None)


def _works_for(fen: float, seen: Sequence[Observation]) -> float | None:
    """The overall percent at which so much will have been invested, at as much a point as reported so far, at most 100;
    None before both are known, and once the works are done: no more works bring more money.
    """
    newest = next((one for one in reversed(seen) if one.overall and one.investment_fen), None)
    if newest is None or not newest.overall or not newest.investment_fen or is_done(newest.overall):
        return None
    return min(100.0, newest.overall * fen / newest.investment_fen)


def _outlook_of(span: Span, chance: float | None) -> Outlook:
    return Outlook(span.p50, span.p10, span.p90, None if chance is None else 100 * chance)
