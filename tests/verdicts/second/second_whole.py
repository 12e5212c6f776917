"""The verdicts' rules a second time, from the prose of docs/rules/slippage.md alone: the works against their own plan
(S-23), a project (S-12), what comes first (S-24), a programme's count or share (S-11).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from second_promises import (
    COMPLETIONS,
    EPSILON,
    Answer,
    Proof,
    by_chance,
    contradiction,
    days,
    first_of,
    gate_proof,
    met,
    planned_day,
    series,
    stands_still,
)

from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.facts.facts import ProjectFacts, RuleSet, TargetFacts, Verdict

# S-24, from worst to best
ORDER = [
    "overdue", "overdue_no_evidence", "contradicted", "behind", "unknown", "at_risk", "undated", "on_track", "met_late",
    "met_on_time", "met_early",
]  # fmt: skip
NOTHING_KNOWN = {"unknown", "overdue_no_evidence", "contradicted"}


class Works(NamedTuple):
    """A state of the works and its days."""

    state: str
    days: int | None = None


# S-12, S-23


def finished_on(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> dt.date | None:
    if contradiction(facts, as_of, rules):
        return None
    gate = first_of(COMPLETIONS, facts, as_of)
    if gate:
        return gate
    full = None
    for figure in series("progress_pct", None, facts, as_of):
        full = (full or figure.on) if figure.value >= 100 else None
    return full


def first_day(since: dt.date, until: dt.date, holds: Callable[[dt.date], bool]) -> dt.date:
    """The first day for which something holds that goes on holding."""
    low, high = since.toordinal(), until.toordinal()
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(dt.date.fromordinal(middle)) else (middle + 1, high)
    return dt.date.fromordinal(low)


def days_of_work(facts: ProjectFacts, since: dt.date, until: dt.date, as_of: dt.date) -> int:
    """Days from one to the other on which the works did not stand still; nothing is lost before the plan begins."""
    plan, lost = facts.as_planned or facts.curve, set()
    for begun, ended in facts.stops:
        day = max(begun, since, plan.start if plan else begun)
        while day < min(ended or as_of, until, as_of):
            lost.add(day)
            day += dt.timedelta(days=1)
    return days(until, since) - len(lost)


def days_behind(facts: ProjectFacts, curve: PlanCurve, on: dt.date, percent: float, as_of: dt.date) -> int:
    beyond = max(curve.finish, on) + dt.timedelta(days=1)
    first_above = first_day(curve.start, beyond, lambda day: curve.planned(day) > percent + EPSILON)
    last = first_above - dt.timedelta(days=1)  # the last planned day with no more
    if percent < 100 and last < on:
        return days_of_work(facts, last, on, as_of)
    if percent <= 0:
        return 0  # the plan stands still there until it begins
    first = first_day(curve.start, curve.finish, lambda day: curve.planned(day) >= percent - EPSILON)
    return -days_of_work(facts, on, first, as_of) if first > on else 0


def works(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Works:
    dropped = facts.dropped_on  # S-27
    return Works("dropped", days(as_of, dropped)) if dropped else works_built(facts, as_of, rules)


def works_built(facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> Works:
    finished = finished_on(facts, as_of, rules)
    if finished:
        return Works("finished", days(finished, facts.curve.finish) if facts.curve else None)
    standing = stands_still(facts, as_of)
    if standing:
        return Works("stopped", days(as_of, standing))
    begun = gate_proof("start", facts, as_of)
    planned = planned_day("start", facts)
    figures = series("progress_pct", None, facts, as_of)
    late = None
    if figures and facts.curve:
        late = days_behind(facts, facts.curve, figures[-1].on, figures[-1].value, as_of)
    prepares_late = bool(late) and figures[-1].value > 0 and late >= rules.works_days
    if begun is None and not prepares_late and (planned or facts.seen(as_of)):
        return Works("not_begun", days(as_of, planned) if planned and as_of > planned else None)
    if facts.curve is None:
        return Works("no_plan")
    if late is None:
        assert begun
        assert planned
        late = days(begun.on, planned)
    if abs(late) < rules.works_days:
        return Works("on_plan", late)
    return Works("behind" if late > 0 else "ahead", late)


def project(answers: Sequence[Answer]) -> tuple[str, int | None]:
    """The worst promise that is dated or kept; among equals the greatest slip."""
    dated = [answer for answer in answers if answer.state != "undated"]
    if not dated:
        return "undated", None
    state = min((answer.state for answer in dated), key=ORDER.index)
    slips = [answer.slip for answer in dated if answer.state == state and answer.slip is not None]
    return state, max(slips, default=None)


# S-24


def rank(promised: str, made: Works, data: str, rules: RuleSet) -> int:
    like = {
        "dropped": "undated", "stopped": "behind",
        "no_plan": "undated", "on_plan": "on_track", "ahead": "on_track", "finished": "met_early",
    }.get(made.state)  # fmt: skip
    if like is None:
        late = made.days or 0
        like = "behind" if late > rules.behind_days else "at_risk" if late > 0 else "on_track"
    worse = min(promised, like, key=ORDER.index)
    owes_nothing = promised.startswith("met_") or promised == "undated"
    if data in {"silent", "none"} and not (owes_nothing and made.state == "finished"):
        worse = min(worse, "unknown", key=ORDER.index)
    return ORDER.index(worse)


# S-11


class Tally(NamedTuple):
    """So many of so many by a day."""

    on: dt.date
    reached: int
    total: int | None


def day_of(member: Verdict) -> dt.date | None:
    return member.met_on or member.met_by


def corrected(tallies: Sequence[Tally]) -> list[Tally]:
    """A later tally that is lower corrects those before it."""
    kept: list[Tally] = []
    for tally in reversed(tallies):
        lowest = min(tally.reached, kept[0].reached) if kept else tally.reached
        kept.insert(0, tally._replace(reached=lowest))
    return kept


def count_on(day: dt.date, members: Sequence[Verdict], tallies: Sequence[Tally]) -> int:
    registered = sum(1 for member in members if (known := day_of(member)) and known <= day)
    tallied = [tally.reached for tally in tallies if tally.on <= day]
    return max(registered, tallied[-1] if tallied else 0)


def total_of(members: Sequence[Verdict], tallies: Sequence[Tally]) -> int | None:
    named = [tally.total for tally in tallies if tally.total is not None]
    if named:
        return max(named[-1], len(members))
    tallied = max((tally.reached for tally in tallies), default=0)
    return None if tallied > len(members) or not members else len(members)


def needed_of(target: TargetFacts, total: int | None) -> int | None:
    if target.quantifier == "count":
        return math.ceil(target.threshold)
    return None if total is None else math.ceil(total * target.threshold / 100 - EPSILON)


def enough(target: TargetFacts, members: Sequence[Verdict], tallies: Sequence[Tally], until: dt.date) -> Proof | None:
    """The day on which enough had reached it, as known on a day."""
    known = [tally for tally in tallies if tally.on <= until]
    needed = needed_of(target, total_of(members, known))
    if needed is None:
        return None
    moments = {tally.on for tally in known} | {day for member in members if (day := day_of(member))}
    for day in sorted(moments):
        if day <= until and count_on(day, members, known) >= needed:
            surely = [member for member in members if member.met_on or (member.met_by and member.met_by < day)]
            return Proof(day, is_bound=count_on(day, surely, known) < needed)
    return None


def programme(
    target: TargetFacts,
    members: Sequence[Verdict],
    tallies: Sequence[Tally],
    as_of: dt.date,
    rules: RuleSet,
    then: Sequence[Verdict] | None = None,
) -> Answer:
    due = target.due
    known = corrected([tally for tally in tallies if tally.on <= as_of])
    proof = None
    if due and as_of > due:
        proof = enough(target, members if then is None else then, known, due)
    proof = proof or enough(target, members, known, as_of)
    if proof:
        return met(proof, due, rules)
    if due is None:
        return Answer("undated")
    needed = needed_of(target, total_of(members, known))
    count = count_on(as_of, members, known)
    dark = sum(1 for member in members if member.state in NOTHING_KNOWN)
    if not known and dark == len(members):
        needed = None
    if as_of > due:
        is_open = needed is None or (not known and count + dark >= needed)
        return Answer("overdue_no_evidence") if is_open else Answer("overdue", days(as_of, due))
    if needed is None:
        return Answer("unknown")
    return to_come_of(members if not known else (), needed, count, as_of, due, rules)


def to_come_of(
    members: Sequence[Verdict], needed: int, count: int, as_of: dt.date, due: dt.date, rules: RuleSet
) -> Answer:
    """Before the day, of so many needed; no members where tallies count."""
    chance = chance_of(needed, members, due) if members else None
    if chance is not None:
        return Answer(by_chance(chance, rules), chance=chance)
    missing = [member.state for member in members if not day_of(member)]
    lost, dark = (
        sum(state in {"behind", "overdue"} for state in missing),
        sum(state in NOTHING_KNOWN for state in missing),
    )
    if members and count + len(missing) - lost < needed:
        return Answer("behind")
    if members and count + len(missing) - dark < needed:
        return Answer("unknown")
    return Answer(by_pro_rata(needed, count, as_of, due, rules))


def chance_of(needed: int, members: Sequence[Verdict], due: dt.date) -> float | None:
    """In percent, that at least so many are there in time, each on its own."""
    odds = [1.0]  # by how many are there
    for member in members:
        day = day_of(member)
        if day:
            share = 1.0 if day <= due else 0.0
        elif member.state == "overdue":
            share = 0.0
        elif member.probability is not None:
            share = member.probability / 100
        else:
            return None
        odds = [
            (odds[many] if many < len(odds) else 0) * (1 - share) + (odds[many - 1] * share if many else 0)
            for many in range(len(odds) + 1)
        ]
    return 100 * sum(odds[needed:])


def by_pro_rata(needed: int, count: int, as_of: dt.date, due: dt.date, rules: RuleSet) -> str:
    new_year = dt.date(due.year, 1, 1)
    if as_of <= new_year:
        return "unknown"
    share = needed * days(as_of, new_year) / days(due, new_year)
    percent = 100 * count / share
    return "on_track" if percent >= rules.tally_yellow else "at_risk" if percent >= rules.tally_red else "behind"
