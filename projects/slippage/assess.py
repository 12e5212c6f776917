"""The verdict on one promise as of a day. Rules S-4 to S-10 of docs/rules/slippage.md.

`assess` sees nothing later than `as_of`. It never draws a straight line from the start: the forecast is earned schedule on the project's own plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dateutil.relativedelta import relativedelta

from projects.core.text import N_, Text
from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES, UNTESTABLE
from projects.slippage import words
from projects.slippage.curve import PlanCurve, forecast, stage_curve, whole_days
from projects.slippage.facts import GateFact, Observation, ProjectFacts, RuleSet, TargetFacts, Verdict

DAYS_A_MONTH = 30.4375
RULES = RuleSet()
# Gates that can only be passed once every work stage is done, and stages that only move once the works have started.
DONE_GATES = ("works_complete", "completion_acceptance", "in_use", "full_operation")
STARTED_STAGES = ("foundation", "structure")


@dataclass(frozen=True)
class Point:
    """A figure on a day."""

    on: dt.date
    value: float
    is_sample: bool = False


def assess(target: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet = RULES) -> Verdict:
    """The verdict on `target` as of `as_of`, from what `facts` hold up to that day."""
    if target.measure in UNTESTABLE:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("原文没有可检验的节点, 只展示, 不计误期"))))
    seen = tuple(one for one in facts.observations if one.on <= as_of)
    gates = {key: gate for key, gate in facts.gates.items() if gate.on <= as_of}
    if target.measure in GATE_MEASURES:
        return _assess_gate(target, facts, seen, gates, as_of, rules)
    return _assess_amount(target, facts, seen, gates, as_of, rules)


# --- gates -------------------------------------------------------------------------------------------------------------------


def _assess_gate(target: TargetFacts, facts: ProjectFacts, seen: Sequence[Observation], gates: dict[str, GateFact], as_of: dt.date, rules: RuleSet) -> Verdict:
    key = GATE_MEASURES[target.measure]
    passed = gates.get(key) or (_implied_start(seen) if key == "start" else None)
    if passed:
        note = words.gate_passed(target, passed)
        return _met(target, passed.on, (note,), passed.is_sample, rules)
    if not seen and not gates:
        return _unknown(target, as_of)
    sample = any(one.is_sample for one in seen[-1:])
    planned = facts.gate_plans.get(key) or _planned_gate(facts.curve, key)
    latest = latest_overall(seen)
    day = None
    if planned and facts.curve and latest:
        day = forecast_gate(facts.curve, planned, latest, as_of)
    so_far = Verdict("no_data", reasons=(words.promise(target), words.not_passed(target, gates, seen, as_of)), rests_on_sample=sample)
    return _open(target, day, so_far, seen[-1].on if seen else None, as_of, rules)


def _implied_start(seen: Sequence[Observation]) -> GateFact | None:
    first = next((one for one in seen if any(one.stages.get(key, 0) > 0 for key in STARTED_STAGES)), None)
    return GateFact(first.on, "month", first.is_sample) if first else None


def _planned_gate(curve: PlanCurve | None, key: str) -> dt.date | None:
    if curve is None:
        return None
    return curve.start if key == "start" else curve.finish if key in DONE_GATES else None


def forecast_gate(curve: PlanCurve, planned: dt.date, latest: Point, as_of: dt.date) -> dt.date:
    """The planned day of a gate, moved by as much as the whole is ahead or behind; not earlier than `as_of` (S-5)."""
    return max(as_of, latest.on + (planned - earned_day(curve, latest)))


def earned_day(curve: PlanCurve, latest: Point) -> dt.date:
    """Earned schedule of the whole: the planned day of what is reported; before anything is earned, the plan's start or the report's day."""
    return curve.day_at(latest.value) if latest.value > 0 else min(latest.on, curve.start)


def latest_overall(seen: Sequence[Observation]) -> Point | None:
    """The newest overall percent, None where there is none."""
    return next((Point(one.on, one.overall, one.is_sample) for one in reversed(seen) if one.overall is not None), None)


# --- percents and investment ---------------------------------------------------------------------------------------------------


def _assess_amount(
    target: TargetFacts, facts: ProjectFacts, seen: Sequence[Observation], gates: dict[str, GateFact], as_of: dt.date, rules: RuleSet
) -> Verdict:
    stage, fixed = STAGE_MEASURES.get(target.measure, (None, None))
    needed = fixed if fixed is not None else target.threshold
    if needed is None:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("原文没有给出数量, 只展示, 不计误期"))))
    points = _series(target.measure, stage, seen, gates)
    reached = next((index for index, point in enumerate(points) if point.value >= needed), None)
    if reached is not None:
        met_on, note = _crossing(target, points, reached, needed)
        return _met(target, met_on, (note,), points[reached].is_sample, rules)
    if not points:
        return _unknown(target, as_of)
    curve = stage_curve(facts.curve, facts.stages, stage) if stage else facts.curve if target.measure == "progress_pct" else None
    day = _forecast_amount(facts, curve, stage, points[-1], latest_overall(seen), needed)
    required = _required_pace(points[-1], needed, as_of, target.due)
    actual = _actual_pace(points, rules)
    reasons = [words.promise(target), words.reported(target, points[-1].on, points[-1].value, as_of)]
    if required is not None:
        reasons.append(words.pace(target, required, actual, rules))
    if curve is None and target.due is not None:
        reasons.append(Text(N_("没有计划曲线, 无法推算; 填入 25%%、50%%、75%% 的计划日期即可")))
    latest = points[-1]
    so_far = Verdict("no_data", None, None, None, latest.value, required, actual, tuple(reasons), latest.is_sample)
    return _open(target, max(day, as_of) if day else None, so_far, latest.on, as_of, rules)


def _series(measure: str, stage: str | None, seen: Sequence[Observation], gates: dict[str, GateFact]) -> list[Point]:
    if stage:
        points = [Point(one.on, one.stages[stage], one.is_sample) for one in seen if stage in one.stages]
        points += [Point(gates[key].on, 100.0, gates[key].is_sample) for key in DONE_GATES if key in gates]
    elif measure == "investment":
        points = [Point(one.on, float(one.investment_fen), one.is_sample) for one in seen if one.investment_fen is not None]
    else:
        points = [Point(one.on, one.overall, one.is_sample) for one in seen if one.overall is not None]
    return sorted(points, key=lambda point: point.on)


def _forecast_amount(facts: ProjectFacts, curve: PlanCurve | None, stage: str | None, latest: Point, overall: Point | None, needed: float) -> dt.date | None:
    """S-4; before a stage has begun it stands where the whole stands, at most at its own planned start (S-6)."""
    if curve is None:
        return None
    if latest.value > 0:
        return forecast(curve, needed, curve.day_at(latest.value), latest.on)
    if stage and facts.curve and overall:
        return forecast(curve, needed, min(earned_day(facts.curve, overall), curve.start), latest.on)
    return forecast(curve, needed, min(latest.on, curve.start), latest.on)


def _crossing(target: TargetFacts, points: Sequence[Point], index: int, needed: float) -> tuple[dt.date, Text]:
    """The day `needed` was crossed, interpolated between the two points round it (S-7), and the note that says so."""
    here = points[index]
    if index == 0:
        return here.on, words.crossed_first(target, here.on, here.value)
    before = points[index - 1]
    share = (needed - before.value) / (here.value - before.value)
    day = before.on + whole_days(share * (here.on - before.on).days)
    return day, words.crossed_between(target, day, (before.on, before.value), (here.on, here.value))


def _required_pace(latest: Point, needed: float, as_of: dt.date, due: dt.date | None) -> float | None:
    """Points a month from the newest figure to the due day; None once the due day is past."""
    if due is None or due <= as_of:
        return None
    return (needed - latest.value) / ((due - latest.on).days / DAYS_A_MONTH)


def _actual_pace(points: Sequence[Point], rules: RuleSet) -> float | None:
    latest = points[-1]
    since = latest.on - relativedelta(months=rules.pace_months)
    earlier = [point for point in points if point.on < latest.on]
    base = next((point for point in reversed(earlier) if point.on <= since + dt.timedelta(days=7)), earlier[0] if earlier else None)
    return None if base is None else (latest.value - base.value) / ((latest.on - base.on).days / DAYS_A_MONTH)


# --- states ----------------------------------------------------------------------------------------------------------------------


def _met(target: TargetFacts, day: dt.date, notes: tuple[Text, ...], sample: bool, rules: RuleSet) -> Verdict:
    """S-8: early by at least `early_days`, late after the due day, else on time; without a due day there is no slip."""
    promise = words.promise(target)
    if target.due is None:
        return Verdict("met_on_time", met_on=day, reasons=(promise, *notes), rests_on_sample=sample)
    slip = (day - target.due).days
    state = "met_late" if slip > 0 else "met_early" if slip <= -rules.early_days else "met_on_time"
    return Verdict(state, slip, None, day, reasons=(promise, *notes, words.against_due(slip)), rests_on_sample=sample)


def _unknown(target: TargetFacts, as_of: dt.date) -> Verdict:
    if target.due is None:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("没有期限, 只展示, 不计误期"))))
    late = (as_of - target.due).days
    note = Text(N_("期限已过 %(days)s 天, 但没有任何月报或审批记录, 无法判断"), {"days": late}) if late > 0 else Text(N_("还没有已通过的月报, 无法判断"))
    return Verdict("no_data", reasons=(words.promise(target), note))


def _open(target: TargetFacts, day: dt.date | None, so_far: Verdict, newest: dt.date | None, as_of: dt.date, rules: RuleSet) -> Verdict:
    """S-9: not met yet. `so_far` carries figures and reasons, `day` is the forecast, `newest` the day of the newest report."""
    reasons = [*so_far.reasons, *([words.forecast(day, target.due)] if day else [])]
    if target.due is None:
        reasons.append(Text(N_("没有期限, 只展示, 不计误期")))
        return replace(so_far, state="undated", forecast_on=day, reasons=tuple(reasons))
    if as_of > target.due:
        reasons.append(Text(N_("期限已过 %(days)s 天, 尚未达到"), {"days": (as_of - target.due).days}))
        return replace(so_far, state="overdue", slip_days=((day or as_of) - target.due).days, forecast_on=day, reasons=tuple(reasons))
    if day is None:
        return replace(so_far, state="no_data", reasons=tuple(reasons))
    slip = (day - target.due).days
    state = "behind" if slip > rules.behind_days else "at_risk" if slip > 0 else "on_track"
    age = (as_of - newest).days if newest else 0
    if age > rules.stale_days:
        reasons.append(Text(N_("最近的月报已是 %(days)s 天前, 判断的把握降低"), {"days": age}))
        state = "at_risk" if state == "on_track" else state
    return replace(so_far, state=state, slip_days=slip, forecast_on=day, reasons=tuple(reasons))
