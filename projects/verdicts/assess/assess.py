"""The verdict on one promise as of a day. Rules S-4 to S-10 of docs/rules/slippage.md.

`assess` sees nothing later than `as_of`. It never draws a straight line from the start: the forecast is earned schedule
on the project's own plan. Where nothing usable is known it says so: silence is no progress (S-22).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from projects.core.month import month_of
from projects.core.text import N_, Text, cut
from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES, UNTESTABLE
from projects.verdicts.assess import words
from projects.verdicts.assess.dropped import of_dropped
from projects.verdicts.facts.facts import (
    DatedFigure,
    GateFact,
    Observation,
    ProjectFacts,
    RuleSet,
    TargetFacts,
    Verdict,
)
from projects.verdicts.facts.works import (
    DAYS_A_MONTH,
    DONE_GATES,
    WHOLE,
    Known,
    crossed,
    denied,
    done_by_report,
    done_for,
    is_bound,
    is_kept_without,
    latest_overall,
    overall_in,
    passed_by,
    proof_of,
    recorded,
)
from projects.verdicts.forecast.outlook import Outlook, earliest, outlook, planned_gate, stall_of

YOUNG = 30.0  # percent; below it a pace says nothing about what is to come
RULES = RuleSet()


def assess(target: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet = RULES) -> Verdict:
    """The verdict on `target` as of `as_of`, from what `facts` hold up to that day."""
    found = _assess(target, facts, as_of, rules)
    return of_dropped(target, found, facts.dropped_on, as_of) if facts.dropped_on else found


def _assess(target: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Verdict:
    if target.measure in UNTESTABLE:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("原文没有可检验的节点, 只展示, 不计误期"))))
    known = Known.of(facts, as_of, rules)
    return _assess_gate(target, known) if target.measure in GATE_MEASURES else _assess_amount(target, known)


# --- gates ------------------------------------------------------------------------------------------------------------


def _assess_gate(target: TargetFacts, known: Known) -> Verdict:
    key, as_of = GATE_MEASURES[target.measure], known.as_of
    passed, completed = passed_by(key, known.gates, known.seen), done_for(key, known.gates)
    if completed and known.against:
        return _contradicted(target, completed, known.against)
    if passed:
        note = words.gate_passed(target, passed)
        met = _met_by if is_bound(passed) else _met
        return met(target, passed.on, (note,), passed.is_sample, known.rules)
    if not known.seen and not known.gates:
        return _unseen(target, known)
    sample = any(one.is_sample for one in known.seen[-1:])
    so_far = Verdict(
        "unknown",
        reasons=(words.promise(target), words.not_passed(target, known.gates, known.seen, as_of)),
        rests_on_sample=sample,
    )
    done = done_by_report(overall_in(known.seen))
    if done and key in DONE_GATES:
        return _awaiting_paper(target, so_far, done, known, is_whole=key == "works_complete")
    ahead = outlook(target, known.facts, known.seen, as_of, known.rules)
    if ahead is None and target.due is not None:
        missing = words.NO_CURVE if known.seen else words.NO_REPORT
        so_far = replace(so_far, reasons=(*so_far.reasons, Text(missing)))
    return _open(target, ahead, so_far, known, _waits(key, ahead, known))


def _waits(key: str, ahead: Outlook | None, known: Known) -> dt.date | None:
    """The planned day of a gate that no progress leads up to, where it is long past and the forecast lies in the past
    with it (S-5); reports that stand still don't make it wait less.
    """
    planned, worked = planned_gate(known.facts, key), known.facts.pauses.worked
    if key in DONE_GATES or planned is None or ahead is None:
        return None
    stall = stall_of(known.facts, known.seen, known.rules) if known.facts.reference else None
    stalled = worked(stall[2]) - worked(stall[0]) if stall else dt.timedelta()
    if ahead.day - stalled > known.as_of:
        return None
    return planned if (known.as_of - planned).days > known.rules.behind_days else None


def _awaiting_paper(
    target: TargetFacts, so_far: Verdict, done: DatedFigure, known: Known, *, is_whole: bool
) -> Verdict:
    """S-7: reports say 100 %, and the paper is missing: it is asked for, and no day is made up for it."""
    reasons = (*so_far.reasons, words.paper(target, done.on))
    if target.due is None:
        return replace(so_far, state="undated", reasons=(*reasons, Text(words.NO_DUE)))
    if known.as_of > target.due:
        late = (known.as_of - target.due).days
        state = "overdue_no_evidence" if done.on <= target.due else "overdue"
        reasons = (*reasons, words.past_due(late))
        return replace(so_far, state=state, slip_days=late if state == "overdue" else None, reasons=reasons)
    return replace(so_far, state="on_track" if is_whole and known.data.is_usable else "at_risk", reasons=reasons)


# --- percents and investment ------------------------------------------------------------------------------------------


def _assess_amount(target: TargetFacts, known: Known) -> Verdict:
    stage, fixed = STAGE_MEASURES.get(target.measure, (None, None))
    needed = fixed if fixed is not None else target.threshold
    if needed is None:
        return Verdict("undated", reasons=(words.promise(target), Text(N_("原文没有给出数量, 只展示, 不计误期"))))
    points = _series(target.measure, stage, known)
    kept = _amount_kept(target, stage, points, needed, known)
    if kept:
        return kept
    return _amount_to_come(target, points, needed, known) if points else _unseen(target, known)


def _amount_kept(
    target: TargetFacts, stage: str | None, points: Sequence[DatedFigure], needed: float, known: Known
) -> Verdict | None:
    """S-7: by its own figures or by what proves it, whichever is earlier; contradicted where reports deny it (S-21);
    None while it is open.
    """
    crossing = crossed(points, needed, target.due)
    proof, record = proof_of(target, stage, needed, known), recorded(stage, needed, known)
    denial = record and denied(stage, record, needed, known)
    if record and denial:
        kept_on = points[crossing.place].on if crossing else None
        if not is_kept_without(stage, kept_on, needed, record, known):
            return _contradicted(target, record, denial)
    if crossing and (not proof or crossing.day <= proof.on):
        here, last = points[crossing.place], points[-1]
        notes = (
            words.crossed(target, crossing, points),
            *([words.fell(target, last.on, last.value)] * (last.value < needed)),
        )
        return _met(target, crossing.day, notes, here.is_sample, known.rules)
    if not proof:
        return None
    against = (known.against if proof.precision == WHOLE else None) or denied(stage, proof, needed, known)
    if against:
        return _contradicted(target, proof, against)
    met = _met_by if is_bound(proof) else _met
    return met(target, proof.on, (words.proven(target, proof),), proof.is_sample, known.rules)


def _amount_to_come(target: TargetFacts, points: Sequence[DatedFigure], needed: float, known: Known) -> Verdict:
    as_of, rules = known.as_of, known.rules
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
    ahead = outlook(target, known.facts, known.seen, as_of, rules)
    if ahead is None and target.due is not None:
        reasons.append(Text(words.NO_CURVE))
    so_far = Verdict("unknown", None, None, None, latest.value, required, actual, tuple(reasons), latest.is_sample)
    return _open(target, ahead, so_far, known)


def _series(measure: str, stage: str | None, known: Known) -> list[DatedFigure]:
    if stage:
        points = [DatedFigure(one.on, one.stages[stage], one.is_sample) for one in known.seen if stage in one.stages]
    elif measure == "investment":
        points = [
            DatedFigure(one.on, float(one.investment_fen), one.is_sample)
            for one in known.seen
            if one.investment_fen is not None
        ]
    else:
        points = overall_in(known.seen)
    return sorted(points, key=lambda point: point.on)


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
        return Verdict("met_on_time", met_on=day, reasons=(promise, *notes), rests_on_sample=sample, met_by=day)
    slip = (day - target.due).days
    state = "met_late" if slip > 0 else "met_early" if slip <= -rules.early_days else "met_on_time"
    reasons = (promise, *notes, words.against_due(slip))
    return Verdict(state, slip, None, day, reasons=reasons, rests_on_sample=sample, met_by=day)


def _met_by(target: TargetFacts, day: dt.date, notes: tuple[Text, ...], sample: bool, _: RuleSet) -> Verdict:
    """S-8 where evidence says by when at the latest: in time if that is by the due day, never early; else late, by so
    many days at most.
    """
    promise = words.promise(target)
    if target.due is None or day <= target.due:
        return Verdict("met_on_time", reasons=(promise, *notes), rests_on_sample=sample, met_by=day)
    slip = (day - target.due).days
    reasons = (promise, *notes, words.at_most(slip))
    return Verdict("met_late", slip, reasons=reasons, rests_on_sample=sample, met_by=day)


def _contradicted(target: TargetFacts, record: GateFact, against: Observation) -> Verdict:
    """S-21: what a record and the newest report say can't both be true; neither is preferred."""
    reasons = (words.promise(target), words.contradiction(record, against))
    return Verdict("contradicted", reasons=reasons, rests_on_sample=record.is_sample or against.is_sample)


def _unseen(target: TargetFacts, known: Known) -> Verdict:
    """S-9, S-22: nothing was ever reported, or nothing of what was promised."""
    as_of = known.as_of
    missing = words.NO_FIGURE if known.seen else words.NO_REPORT
    nothing = Verdict("unknown", reasons=(words.promise(target), Text(missing)))
    if known.seen or known.facts.pauses.open_since:
        return _open(target, None, nothing, known)
    if target.due is None:
        return Verdict("undated", reasons=(words.promise(target), Text(words.NO_DUE)))
    late = (as_of - target.due).days
    if late > 0:
        note = Text(N_("期限已过 %(days)s 天, 但没有任何月报或审批记录: 请补报并附证明"), {"days": late})
        return Verdict("overdue_no_evidence", reasons=(words.promise(target), note))
    return nothing


def _open(
    target: TargetFacts, ahead: Outlook | None, so_far: Verdict, known: Known, waits: dt.date | None = None
) -> Verdict:
    """S-9: not met yet.

    `so_far` carries figures and reasons, `ahead` the forecast; `waits` is the planned day of a gate long past it.
    """
    due, as_of = target.due, known.as_of
    told = None if waits else _told(ahead, known)
    reasons = [*so_far.reasons, *_ahead_words(target, ahead, told, known, waits)]
    reasons += words.stopped(known.facts.pauses)
    stall = stall_of(known.facts, known.seen, known.rules)
    reasons += [words.stalled(*stall)] if stall and not waits else []
    reasons += words.age(known.data)
    if told:
        so_far = replace(
            so_far, forecast_on=told.day, forecast_p10=told.p10, forecast_p90=told.p90, probability=told.probability
        )
    if due is None:
        return replace(so_far, state="undated", reasons=(*reasons, Text(words.NO_DUE)))
    if as_of > due:
        reasons.append(words.past_due((as_of - due).days))
        newest = known.seen[-1].on if known.seen else None
        if not known.data.is_usable and (newest is None or newest < due):
            return replace(so_far, state="overdue_no_evidence", reasons=tuple(reasons))
        slip = ((told.day if told else as_of) - due).days
        return replace(so_far, state="overdue", slip_days=slip, reasons=tuple(reasons), probability=None)
    state = _state(ahead, told, due, known)
    return replace(so_far, state=state, slip_days=(told.day - due).days if told else None, reasons=tuple(reasons))


def _told(ahead: Outlook | None, known: Known) -> Outlook | None:
    """What may be told of a forecast: its day alone while works stand still, as nobody knows how surely they go on."""
    pauses = known.facts.pauses
    if ahead is None or not known.data.is_usable or pauses.is_endless:
        return None
    if ahead.day < earliest(known.facts, known.as_of):
        return None
    return Outlook(ahead.day) if pauses.open_since else ahead


def _state(ahead: Outlook | None, told: Outlook | None, due: dt.date, known: Known) -> str:
    """S-9 before the due day: by the chance, where one may be told; else what is known at least."""
    rules, stands = known.rules, known.facts.pauses.open_since is not None
    if told and stands:
        return "behind" if told.day > due else "at_risk"
    if told:
        return by_chance(told.probability, (told.day - due).days, rules)
    late = ahead is not None and by_chance(ahead.probability, (ahead.day - due).days, rules) == "behind"
    if stands:
        soon = (due - known.as_of).days <= rules.stop_days
        return "behind" if late or soon else "at_risk"
    if late:
        return "behind"
    if ahead is None or not known.data.is_usable:
        return "unknown"
    return "at_risk"


def by_chance(chance: float | None, slip: int, rules: RuleSet) -> str:
    """S-9: will be kept, at risk or behind, by the chance in percent; by the days of slip where there is none."""
    if chance is not None:
        chance = cut(chance, 2)  # as it is kept and told (S-25)
        return "on_track" if chance >= rules.kept_from else "at_risk" if chance >= rules.risk_from else "behind"
    return "behind" if slip > rules.behind_days else "at_risk" if slip > 0 else "on_track"


def _ahead_words(
    target: TargetFacts, ahead: Outlook | None, told: Outlook | None, known: Known, waits: dt.date | None
) -> list[Text]:
    if waits:
        return [words.waiting(target, waits, known.as_of)]
    if told:
        decides = told.probability is None and not known.facts.pauses.open_since  # the days, not the chance (S-9)
        to_come = target.due is not None and known.as_of <= target.due
        limit = known.rules.behind_days if decides and to_come else None
        return [words.forecast(told, target.due, limit), *_moved(target, known, told)]
    if ahead and not known.facts.pauses.is_endless:
        is_past = ahead.day < earliest(known.facts, known.as_of)
        return [words.expected(ahead.day, known.seen[-1].on, is_past=is_past)]
    return []


def _moved(target: TargetFacts, known: Known, now: Outlook) -> list[Text]:
    """What moved the forecast since the month before the newest report: the same question asked of what had been
    reported by that month's end.
    """
    facts, newest = known.facts, latest_overall(known.seen)
    if newest is None or facts.curve is None:
        return []
    since = month_of(newest.on) - dt.timedelta(days=1)
    earlier = [one for one in known.seen if one.on <= since]
    before, then = latest_overall(earlier), outlook(target, facts, earlier, since, known.rules)
    if before is None or then is None:
        return []
    gained = facts.curve.planned(newest.on) - facts.curve.planned(before.on)
    return [words.moved(since, then.day, now.day, (before.value, newest.value), gained)]
