"""The verdicts' rules a second time, from the prose of docs/rules/slippage.md alone: promises of one project (S-5, S-7,
S-8, S-9, S-21) and how fresh its data are (S-22).

Only the day and the chance of a forecast come from the product (`outlook`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES, UNTESTABLE
from projects.verdicts.facts.facts import ProjectFacts, RuleSet, TargetFacts
from projects.verdicts.forecast.outlook import Outlook, outlook, stall_of

MONTH = 30.4375
COMPLETIONS = ["works_complete", "completion_acceptance", "in_use", "full_operation"]
PAPERS = ["filing", "final_account"]
# S-7: which gates prove another, as a bound.
PROVEN_BY = {
    "start": ["topped_out", *COMPLETIONS, *PAPERS],
    "works_complete": ["completion_acceptance", "in_use", "full_operation", *PAPERS],
    "completion_acceptance": PAPERS,
    "in_use": ["full_operation"],
}
BEFORE_START = ["pipeline", "application", "feasibility", "start"]
EPSILON = 1e-9


class Answer(NamedTuple):
    """A state and the days that go with it."""

    state: str
    slip: int | None = None
    met_on: dt.date | None = None
    met_by: dt.date | None = None
    has_day: bool = False
    chance: float | None = None


class Figure(NamedTuple):
    """A percent or a sum on a day, of a report or a recorded event."""

    on: dt.date
    value: float
    is_report: bool


class Proof(NamedTuple):
    """A day, exact or at the latest."""

    on: dt.date
    is_bound: bool


def days(later: dt.date, earlier: dt.date) -> int:
    return (later - earlier).days


# S-22


def expected_state(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> str:
    """Nothing more is expected of a project that was dropped or archived (S-27)."""
    return "ended" if facts.dropped_on or facts.archived_on else data_state(facts, as_of, rules)[0]


def data_state(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> tuple[str, dt.date | None]:
    newest = max((one.on for one in facts.seen(as_of) if one.is_report or one.stages), default=None)
    if newest is None:
        return "none", None
    months = newest.year * 12 + newest.month - 1 + rules.silent_months + 1  # the month after the one that is missing
    last_day = dt.date(months // 12, months % 12 + 1, rules.report_day)
    age = days(as_of, newest)
    if age > rules.silent_days or as_of > last_day:
        return "silent", newest
    return ("late" if age > rules.fresh_days else "fresh"), newest


# S-21


def contradiction(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> bool:
    """Whether the first completion and the newest report can't both be true."""
    passed = facts.passed(as_of)
    completed = min((passed[key].on for key in COMPLETIONS if key in passed), default=None)
    reports = [one for one in facts.seen(as_of) if one.is_report]
    if completed is None or not reports:
        return False
    report = reports[-1]
    between = days(completed, report.on)
    believed = 10 + rules.leap_points * max(0, between) / MONTH
    if report.overall is not None and 100 - report.overall > believed:
        return True
    unfinished = any(report.stages.get(stage, 100) < 100 for stage in ("foundation", "structure"))
    return between <= MONTH and unfinished


# S-7: figures


def series(measure: str, stage: str | None, facts: ProjectFacts, as_of: dt.date) -> list[Figure]:
    found = []
    for one in facts.seen(as_of):
        whole = one.investment_fen if measure == "investment" else one.overall
        value = one.stages.get(stage) if stage else whole
        if value is not None:
            found.append(Figure(one.on, value, one.is_report))
    return found


def reached(figures: Sequence[Figure], needed: float, due: dt.date | None) -> dt.date | None:
    """The day on which a figure was crossed, where it was kept by the due day or still holds."""
    spells: list[list[dt.date | None]] = []  # from, until
    inside = False
    for index, figure in enumerate(figures):
        if figure.value >= needed and not inside:
            spells.append([crossing(figures, index, needed), None])
        if figure.value < needed and inside:
            spells[-1][1] = figure.on
        inside = figure.value >= needed
    for begun, fallen in spells:
        if due and begun <= due and (fallen is None or fallen > due):
            return begun
    return spells[-1][0] if inside else None


def crossing(figures: Sequence[Figure], index: int, needed: float) -> dt.date:
    figure = figures[index]
    if index == 0:
        return figure.on
    before = figures[index - 1]
    share = (needed - before.value) / (figure.value - before.value)
    return before.on + dt.timedelta(days=math.ceil(share * days(figure.on, before.on) - EPSILON))


# S-7: proofs


def first_of(keys: Sequence[str], facts: ProjectFacts, as_of: dt.date) -> dt.date | None:
    passed = facts.passed(as_of)
    return min((passed[key].on for key in keys if key in passed), default=None)


def gate_proof(gate: str, facts: ProjectFacts, as_of: dt.date) -> Proof | None:
    own = facts.passed(as_of).get(gate)
    if own:
        return Proof(own.on, is_bound=False)
    bounds = [first_of(PROVEN_BY.get(gate, []), facts, as_of)]
    if gate == "start":
        bounds += [
            one.on
            for one in facts.seen(as_of)
            if any(value > 0 for stage, value in one.stages.items() if stage != "preparation")
        ]
    known = [day for day in bounds if day]
    return Proof(min(known), is_bound=True) if known else None


def amount_proof(stage: str | None, needed: float, facts: ProjectFacts, as_of: dt.date) -> Proof | None:
    """What gates prove of a stage or of the whole: topping out, or else a bound."""
    topped = first_of(["topped_out"], facts, as_of) if stage in {"structure", "foundation"} else None
    if topped and stage == "structure" and needed >= 100:
        return Proof(topped, is_bound=False)
    known = [day for day in (topped, first_of(COMPLETIONS, facts, as_of)) if day]
    return Proof(min(known), is_bound=True) if known else None


# S-8


def met(proof: Proof, due: dt.date | None, rules: RuleSet) -> Answer:
    exact, bound = None if proof.is_bound else proof.on, proof.on  # what is reached on a day is reached by it
    slip = days(proof.on, due) if due else None
    if due and proof.on > due:
        return Answer("met_late", slip, exact, bound)
    if proof.is_bound:
        return Answer("met_on_time", None, None, bound)
    is_early = slip is not None and -slip >= rules.early_days
    return Answer("met_early" if is_early else "met_on_time", slip, exact, bound)


# S-9


def stands_still(facts: ProjectFacts, as_of: dt.date) -> dt.date | None:
    """Since when the works stand still."""
    standing = [begun for begun, until in facts.stops if begun <= as_of and (until is None or until > as_of)]
    return min(standing, default=None)


def is_behind(ahead: Outlook | None, due: dt.date, rules: RuleSet) -> bool:
    return ahead is not None and by_forecast(ahead, due, rules) == "behind"


def by_forecast(ahead: Outlook, due: dt.date, rules: RuleSet) -> str:
    late = days(ahead.day, due)
    if ahead.probability is not None:
        return by_chance(ahead.probability, rules)
    return "behind" if late > rules.behind_days else "at_risk" if late >= 1 else "on_track"


def by_chance(chance: float, rules: RuleSet) -> str:
    return "on_track" if chance >= rules.kept_from else "at_risk" if chance >= rules.risk_from else "behind"


def planned_day(gate: str, facts: ProjectFacts) -> dt.date | None:
    return facts.gate_plans.get(gate) or (facts.curve.start if gate == "start" and facts.curve else None)


def waits(gate: str | None, ahead: Outlook | None, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> bool:
    """S-5: a gate to which no progress leads is past its planned day."""
    planned = planned_day(gate, facts) if gate in BEFORE_START else None
    if planned is None or ahead is None:
        return False
    stall = stall_of(facts, facts.seen(as_of), rules) if facts.reference else None
    worked = facts.pauses.worked
    added = days(worked(stall[2]), worked(stall[0])) if stall else 0
    return days(as_of, planned) > rules.behind_days and days(ahead.day, as_of) <= added


def is_usable(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> bool:
    return data_state(facts, as_of, rules)[0] in {"fresh", "late"}


def to_come(target: TargetFacts, gate: str | None, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Answer:
    """The rows of the table of S-9, in their order."""
    due = target.due
    usable, standing = is_usable(facts, as_of, rules), stands_still(facts, as_of) is not None
    until = facts.pauses.expected_on if standing else None
    ahead = outlook(target, facts, facts.seen(as_of), as_of, rules)
    past = ahead is not None and ahead.day <= as_of
    goes_on = not standing or (until is not None and until >= as_of and ahead is not None and ahead.day >= until)
    told = ahead if usable and goes_on and not past and not waits(gate, ahead, facts, as_of, rules) else None
    if due is None:
        return Answer("undated", has_day=told is not None)
    if as_of > due:
        return overdue(due, told, facts, as_of, rules)
    if standing and told:
        return Answer("behind" if told.day > due else "at_risk", days(told.day, due), has_day=True)
    if standing:
        soon = days(due, as_of) <= rules.stop_days
        return Answer("behind" if soon or is_behind(ahead, due, rules) else "at_risk")
    if told is None:
        otherwise = "unknown" if not usable or ahead is None else "at_risk"
        return Answer("behind" if is_behind(ahead, due, rules) else otherwise)
    return Answer(by_forecast(told, due, rules), days(told.day, due), has_day=True, chance=told.probability)


def overdue(due: dt.date, told: Outlook | None, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Answer:
    state, newest = data_state(facts, as_of, rules)
    if newest is None or (state == "silent" and newest < due):
        return Answer("overdue_no_evidence")
    return Answer("overdue", days(told.day if told else as_of, due), has_day=told is not None)


# Promises


def promise(target: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Answer:
    found = of_works(target, facts, as_of, rules)
    return found if facts.dropped_on is None else of_dropped(target, found, facts.dropped_on, as_of)


def of_dropped(target: TargetFacts, found: Answer, dropped_on: dt.date, as_of: dt.date) -> Answer:
    """S-27."""
    if found.state.startswith("met_") or found.state == "contradicted":
        return found
    if found.state == "undated" or target.due is None:
        return Answer("undated")
    if as_of <= target.due:
        return Answer("behind", chance=0.0)
    if target.due < dropped_on and found.state == "overdue_no_evidence":
        return Answer("overdue_no_evidence")
    return Answer("overdue", days(as_of, target.due))


def of_works(target: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Answer:
    if target.measure in UNTESTABLE:
        return Answer("undated")
    if target.measure in GATE_MEASURES:
        return gate_promise(target, GATE_MEASURES[target.measure], facts, as_of, rules)
    stage, whole = STAGE_MEASURES.get(target.measure, (None, None))
    needed = whole if whole is not None else target.threshold
    if needed is None:
        return Answer("undated")
    return amount_promise(target, stage, needed, facts, as_of, rules)


def gate_promise(target: TargetFacts, gate: str, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Answer:
    proof = gate_proof(gate, facts, as_of)
    completions = [key for key in [gate, *PROVEN_BY.get(gate, [])] if key in COMPLETIONS and gate != "start"]
    if first_of(completions, facts, as_of) and contradiction(facts, as_of, rules):
        return Answer("contradicted")
    if proof:
        return met(proof, target.due, rules)
    full = reached(series("progress_pct", None, facts, as_of), 100, None)
    if gate in COMPLETIONS and full:
        return awaiting_paper(target, full, facts, as_of, rules)
    return to_come(target, gate, facts, as_of, rules)


def awaiting_paper(target: TargetFacts, full: dt.date, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Answer:
    """S-7: all built, no paper."""
    due = target.due
    if due is None:
        return Answer("undated")
    if as_of > due:
        return Answer("overdue_no_evidence") if full <= due else Answer("overdue", days(as_of, due))
    suffices = target.measure == "complete" and is_usable(facts, as_of, rules)
    return Answer("on_track" if suffices else "at_risk")


def amount_promise(
    target: TargetFacts, stage: str | None, needed: float, facts: ProjectFacts, as_of: dt.date, rules: RuleSet
) -> Answer:
    figures = series(target.measure, stage, facts, as_of)
    own = reached(figures, needed, target.due)
    proof = amount_proof(stage, needed, facts, as_of) if target.measure != "investment" else None
    records = [one.on for one in figures if stage and not one.is_report and one.value >= needed]
    if records and says_less(figures, records[-1], needed):
        first = own and next(one.on for one in figures if one.value >= needed and one.on >= own)
        reported = any(one.is_report and one.on == first and one.value >= needed for one in figures)
        if first is None or (first >= records[-1] and not reported):
            return Answer("contradicted")
    if own and (proof is None or own <= proof.on):
        return met(Proof(own, is_bound=False), target.due, rules)
    if proof is None:
        return to_come(target, None, facts, as_of, rules)
    by_completion = proof.is_bound and proof.on == first_of(COMPLETIONS, facts, as_of)
    disbelieved = by_completion and contradiction(facts, as_of, rules)
    if disbelieved or (stage and says_less(figures, proof.on, needed)):
        return Answer("contradicted")
    return met(proof, target.due, rules)


def says_less(figures: Sequence[Figure], on: dt.date, needed: float) -> bool:
    """S-21: whether the newest report of the stage is of the same day or later and says less."""
    reports = [figure for figure in figures if figure.is_report]
    return bool(reports) and reports[-1].on >= on and reports[-1].value < needed
