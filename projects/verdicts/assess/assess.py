"""The verdict on one promise as of a day. Rules S-4 to S-10 of docs/rules/slippage.md.

`assess` sees nothing later than `as_of`. It never draws a straight line from the start: the forecast is earned schedule
on the project's own plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from projects.core.month import month_of
from projects.core.text import N_, Text
from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES, UNTESTABLE
from projects.verdicts.assess import words
from projects.verdicts.facts.curve import whole_days
from projects.verdicts.facts.facts import (
    DatedFigure,
    GateFact,
    Observation,
    ProjectFacts,
    RuleSet,
    TargetFacts,
    Verdict,
)
from projects.verdicts.facts.works import DONE, DONE_GATES, begun, done_by_gate, latest_overall, overall_in
from projects.verdicts.forecast.outlook import Outlook, outlook, planned_gate

DAYS_A_MONTH = 30.4375
YOUNG = 30.0  # percent; below it a pace says nothing about what is to come
RULES = RuleSet()


def assess(target: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet = RULES) -> Verdict:
    """The verdict on `target` as of `as_of`, from what `facts` hold up to that day."""
    if target.measure in UNTESTABLE:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("原文没有可检验的节点, 只展示, 不计误期"))))
    seen, gates = facts.seen(as_of), facts.passed(as_of)
    if target.measure in GATE_MEASURES:
        return _assess_gate(target, facts, seen, gates, as_of, rules)
    return _assess_amount(target, facts, seen, gates, as_of, rules)


# --- gates ------------------------------------------------------------------------------------------------------------


def _assess_gate(
    target: TargetFacts,
    facts: ProjectFacts,
    seen: Sequence[Observation],
    gates: dict[str, GateFact],
    as_of: dt.date,
    rules: RuleSet,
) -> Verdict:
    key = GATE_MEASURES[target.measure]
    passed = begun(gates, seen) if key == "start" else gates.get(key)
    if passed:
        note = words.gate_passed(target, passed)
        return _met(target, passed.on, (note,), passed.is_sample, rules)
    if not seen and not gates:
        return _unknown(target, as_of)
    sample = any(one.is_sample for one in seen[-1:])
    so_far = Verdict(
        "no_data", reasons=(words.promise(target), words.not_passed(target, gates, seen, as_of)), rests_on_sample=sample
    )
    ahead = outlook(target, facts, seen, as_of)
    if ahead is None and target.due is not None:
        missing = (
            N_("没有计划曲线, 无法推算; 填入 25%%、50%%、75%% 的计划日期即可")
            if seen
            else N_("还没有已通过的月报, 无法推算")
        )
        so_far = replace(so_far, reasons=(*so_far.reasons, Text(missing)))
    waits = _waits(key, ahead, facts, as_of, rules)
    return _open(target, Outlook(as_of) if waits else ahead, so_far, seen, facts, as_of, rules, waits)


def _waits(key: str, ahead: Outlook | None, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> dt.date | None:
    """The planned day of a gate that no progress leads up to, where it is long past and the forecast knows nothing
    better than the day itself (S-5).
    """
    planned = planned_gate(facts, key)
    if key in DONE_GATES or planned is None or ahead is None or ahead.day > as_of:
        return None
    return planned if (as_of - planned).days > rules.behind_days else None


# --- percents and investment ------------------------------------------------------------------------------------------


def _assess_amount(
    target: TargetFacts,
    facts: ProjectFacts,
    seen: Sequence[Observation],
    gates: dict[str, GateFact],
    as_of: dt.date,
    rules: RuleSet,
) -> Verdict:
    stage, fixed = STAGE_MEASURES.get(target.measure, (None, None))
    needed = fixed if fixed is not None else target.threshold
    if needed is None:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("原文没有给出数量, 只展示, 不计误期"))))
    points = _series(target.measure, stage, seen, gates)
    reached = _reached(points, needed, target.due)
    if reached is not None:
        met_on, note = _crossing(target, points, reached, needed)
        notes = (note, words.fell(target, points[-1].on, points[-1].value)) if points[-1].value < needed else (note,)
        return _met(target, met_on, notes, points[reached].is_sample, rules)
    if not points:
        return _unknown(target, as_of)
    latest = points[-1]
    once = next((point for point in reversed(points) if point.value >= needed), None)
    required = _required_pace(latest, needed, as_of, target.due)
    grown = latest.value / needed * 100 if target.measure == "investment" else latest.value
    actual = _actual_pace(points, rules) if grown >= YOUNG else None
    reasons = [words.promise(target), words.reported(target, latest.on, latest.value, as_of)]
    if once:
        reasons.append(words.fell_back(target, once.on, once.value))
    if required is not None:
        reasons.append(words.pace(target, required, actual, rules, young=grown < YOUNG))
    ahead = outlook(target, facts, seen, as_of)
    if ahead is None and target.due is not None:
        reasons.append(Text(N_("没有计划曲线, 无法推算; 填入 25%%、50%%、75%% 的计划日期即可")))
    so_far = Verdict("no_data", None, None, None, latest.value, required, actual, tuple(reasons), latest.is_sample)
    return _open(target, ahead, so_far, seen, facts, as_of, rules)


def _series(
    measure: str, stage: str | None, seen: Sequence[Observation], gates: dict[str, GateFact]
) -> list[DatedFigure]:
    if stage:
        points = [DatedFigure(one.on, one.stages[stage], one.is_sample) for one in seen if stage in one.stages]
        done = done_by_gate(gates)
        if done:
            points = [*(point for point in points if point.on < done.on), DatedFigure(done.on, DONE, done.is_sample)]
    elif measure == "investment":
        points = [
            DatedFigure(one.on, float(one.investment_fen), one.is_sample)
            for one in seen
            if one.investment_fen is not None
        ]
    else:
        points = overall_in(seen)
    return sorted(points, key=lambda point: point.on)


def _reached(points: Sequence[DatedFigure], needed: float, due: dt.date | None) -> int | None:
    """Which point brought what is `needed` (S-7): what falls back below it by the due day, or later where it came late,
    had not brought it.
    """
    below = [index for index, point in enumerate(points) if point.value < needed]
    early = [index for index in below if due is None or points[index].on <= due]
    first = early[-1] + 1 if early else 0
    if due is None or first >= len(points) or points[first].on > due:
        first = below[-1] + 1 if below else 0
    return first if first < len(points) else None


def _crossing(target: TargetFacts, points: Sequence[DatedFigure], index: int, needed: float) -> tuple[dt.date, Text]:
    """The day `needed` was crossed, interpolated between the two points round it (S-7), and the note that says so."""
    here = points[index]
    if index == 0:
        return here.on, words.crossed_first(target, here.on, here.value)
    before = points[index - 1]
    share = (needed - before.value) / (here.value - before.value)
    day = before.on + whole_days(share * (here.on - before.on).days)
    return day, words.crossed_between(target, day, (before.on, before.value), (here.on, here.value))


def _required_pace(latest: DatedFigure, needed: float, as_of: dt.date, due: dt.date | None) -> float | None:
    """Points a month from the newest figure to the due day; None once the due day is past."""
    if due is None or due <= as_of:
        return None
    return (needed - latest.value) / ((due - latest.on).days / DAYS_A_MONTH)


def _actual_pace(points: Sequence[DatedFigure], rules: RuleSet) -> float | None:
    latest = points[-1]
    since = latest.on - relativedelta(months=rules.pace_months)
    earlier = [point for point in points if point.on < latest.on]
    base = next(
        (point for point in reversed(earlier) if point.on <= since + dt.timedelta(days=7)),
        earlier[0] if earlier else None,
    )
    return None if base is None else (latest.value - base.value) / ((latest.on - base.on).days / DAYS_A_MONTH)


# --- states -----------------------------------------------------------------------------------------------------------


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
    note = (
        Text(N_("期限已过 %(days)s 天, 但没有任何月报或审批记录, 无法判断"), {"days": late})
        if late > 0
        else Text(N_("还没有已通过的月报, 无法判断"))
    )
    return Verdict("no_data", reasons=(words.promise(target), note))


def _open(
    target: TargetFacts,
    ahead: Outlook | None,
    so_far: Verdict,
    seen: Sequence[Observation],
    facts: ProjectFacts,
    as_of: dt.date,
    rules: RuleSet,
    waits: dt.date | None = None,
) -> Verdict:
    """S-9: not met yet.

    `so_far` carries figures and reasons, `ahead` the forecast, `seen` what it rests on; `waits` is the planned day of a
    gate long past it.
    """
    day = ahead.day if ahead else None
    newest = seen[-1].on if seen else None
    reasons = [*so_far.reasons]
    if ahead:
        so_far = replace(
            so_far, forecast_on=day, forecast_p10=ahead.p10, forecast_p90=ahead.p90, probability=ahead.probability
        )
        to_come = target.due is not None and as_of <= target.due
        ahead_words = [
            words.forecast(ahead, target.due, rules.behind_days if to_come else None),
            *_moved(target, facts, seen, ahead),
        ]
        reasons += [words.waiting(target, waits, as_of)] if waits else ahead_words
    reasons += words.stopped(facts.pauses)
    stall = _stalled(facts, seen, rules)
    reasons += [stall] if stall else []
    if target.due is None:
        reasons.append(Text(N_("没有期限, 只展示, 不计误期")))
        return replace(so_far, state="undated", reasons=tuple(reasons))
    if as_of > target.due:
        reasons.append(Text(N_("期限已过 %(days)s 天, 尚未达到"), {"days": (as_of - target.due).days}))
        return replace(so_far, state="overdue", slip_days=((day or as_of) - target.due).days, reasons=tuple(reasons))
    if day is None:
        return replace(so_far, state="no_data", reasons=tuple(reasons))
    slip = (day - target.due).days
    state = "behind" if slip > rules.behind_days else "at_risk" if slip > 0 else "on_track"
    age = (as_of - newest).days if newest else 0
    if age > rules.stale_days:
        reasons.append(Text(N_("最近的月报已是 %(days)s 天前, 判断的把握降低"), {"days": age}))
    if state == "on_track" and (age > rules.stale_days or stall or waits):
        state = "at_risk"
    return replace(so_far, state=state, slip_days=slip, reasons=tuple(reasons))


def _stalled(facts: ProjectFacts, seen: Sequence[Observation], rules: RuleSet) -> Text | None:
    """S-10: reports have brought no progress for longer than a report may be old, though the plan goes on (while works
    are suspended it stands still).
    """
    newest = latest_overall(seen)
    if facts.curve is None or newest is None or newest.value >= DONE:
        return None
    since = next(one.on for one in overall_in(seen) if one.value >= newest.value)
    planned = facts.curve.planned(newest.on)
    goes_on = planned >= DONE or planned > facts.curve.planned(since)
    still = goes_on and (newest.on - since).days > rules.stale_days
    return words.stalled(since, newest.value, newest.on) if still else None


def _moved(target: TargetFacts, facts: ProjectFacts, seen: Sequence[Observation], now: Outlook) -> list[Text]:
    """What moved the forecast since the month before the newest report: the same question asked of what had been
    reported by that month's end.
    """
    newest = latest_overall(seen)
    if newest is None or facts.curve is None:
        return []
    since = month_of(newest.on) - dt.timedelta(days=1)
    earlier = [one for one in seen if one.on <= since]
    before, then = latest_overall(earlier), outlook(target, facts, earlier, since)
    if before is None or then is None:
        return []
    gained = facts.curve.planned(newest.on) - facts.curve.planned(before.on)
    return [words.moved(since, then.day, now.day, (before.value, newest.value), gained)]
