"""Verdicts on a programme's count or share, on a project as a whole, and promises that contradict each other.

Rules S-11 to S-13 of docs/rules/slippage.md.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from projects.core.text import N_, Text
from projects.core.vocabulary import MEASURES, SEVERITY, STAGE_MEASURES
from projects.verdicts.assess import words
from projects.verdicts.assess.assess import RULES, by_chance
from projects.verdicts.facts.ends import as_ended
from projects.verdicts.facts.facts import Observation, ProjectFacts, ProjectVerdict, RuleSet, TargetFacts, Verdict
from projects.verdicts.facts.works import (
    DONE_MEASURES,
    against_plan,
    begun,
    contradicted,
    done_on,
    freshness,
    latest_overall,
    overall_in,
)
from projects.verdicts.forecast.outlook import Outlook, earliest, forecast_gate, is_told, whole_ahead

LATE = frozenset({"behind", "overdue"})
UNCLEAR = frozenset({"unknown", "overdue_no_evidence", "contradicted"})


@dataclass(frozen=True)
class CountedTally:
    """So many of a programme's projects had reached the measure by a day; `total` where it is known."""

    on: dt.date
    reached: int
    total: int | None = None
    is_sample: bool = False


@dataclass(frozen=True)
class Count:
    """How many had reached the measure by a day, out of how many (None: not known), and how many were needed."""

    days: tuple[dt.date, ...]  # of the members that reached it, in order: by these days at the latest
    exact: tuple[dt.date, ...]  # those of them that are known to the day
    steps: tuple[tuple[dt.date, int], ...]  # tallies, each with no more than a later one leaves standing
    total: int | None
    needed: int | None

    @property
    def reached(self) -> int:
        """The greater of what members and tallies say."""
        return max([len(self.days), *(reached for _, reached in self.steps[-1:])])

    @property
    def met(self) -> dt.date | None:
        """The day by which enough had reached it; None while they have not."""
        if not self.needed:
            return None
        days = [on for on, reached in self.steps if reached >= self.needed]
        return min([*days, *self.days[self.needed - 1 : self.needed]], default=None)

    def is_exact(self, met: dt.date) -> bool:
        """Whether enough are known to have reached it on that very day, none of them only by a bound."""
        needed = self.needed or 0
        known = sum(day < met for day in self.days) + self.exact.count(met)
        return known >= needed or any(on == met and reached >= needed for on, reached in self.steps)


def _counted(target: TargetFacts, members: Sequence[Verdict], tallies: Sequence[CountedTally], until: dt.date) -> Count:
    """S-11: the members' days and the tallies up to one; a later tally that is lower corrects those before it."""
    met = [one for one in members if one.met_by and one.met_by <= until]
    days = tuple(sorted(one.met_by for one in met if one.met_by))
    exact = tuple(one.met_on for one in met if one.met_on)
    steps: list[tuple[dt.date, int]] = []
    for one in reversed(tallies):
        steps.append((one.on, min(one.reached, steps[-1][1]) if steps else one.reached))
    steps = [step for step in reversed(steps) if step[0] <= until]
    told = next((one.total for one in reversed(tallies) if one.on <= until and one.total), None)
    total = max(told, len(members)) if told else len(members)
    if not told and (not members or any(reached > len(members) for _, reached in steps)):
        return Count(days, exact, tuple(steps), None, _needed(target, None))
    return Count(days, exact, tuple(steps), total, _needed(target, total))


def _needed(target: TargetFacts, total: int | None) -> int | None:
    wanted = target.threshold or 0
    if target.quantifier == "count":
        return math.ceil(wanted)
    return None if total is None else math.ceil(total * wanted / 100)


def assess_programme(
    target: TargetFacts,
    members: Sequence[Verdict],
    tallies: Sequence[CountedTally],
    as_of: dt.date,
    rules: RuleSet = RULES,
    then: Sequence[Verdict] | None = None,
) -> Verdict:
    """S-11: how many projects have reached the measure, against how many were promised.

    `then`: the verdicts of those that belonged to the programme on the due day, where that is past and they were others
    than `members`.
    """
    promise, due = words.promise(target), target.due
    known = [tally for tally in tallies if tally.on <= as_of]
    sample = any(tally.is_sample for tally in known) or any(member.rests_on_sample for member in members)
    kept = _counted(target, members if then is None else then, known, due) if due and as_of > due else None
    count = kept if kept and kept.met else _counted(target, members, known, as_of)
    so_far = Text(N_("已达到 %(count)s 个"), {"count": count.reached})
    if count.needed is not None:
        needed = {"count": count.reached, "needed": count.needed}
        so_far = Text(N_("已达到 %(count)s 个, 需要 %(needed)s 个"), needed)
    current = float(count.reached) if target.quantifier == "count" else None
    if target.quantifier == "share" and count.total:
        current = 100 * count.reached / count.total
    verdict = Verdict("undated", current=current, reasons=(promise, so_far), rests_on_sample=sample)
    if count.met:
        return _enough(verdict, count, count.met, due, rules)
    if due is None:
        return replace(verdict, reasons=(*verdict.reasons, Text(words.NO_DUE)))
    return _too_few(verdict, count, members, as_of, due, rules, tallied=bool(known))


def _too_few(
    verdict: Verdict,
    count: Count,
    members: Sequence[Verdict],
    as_of: dt.date,
    due: dt.date,
    rules: RuleSet,
    *,
    tallied: bool,
) -> Verdict:
    """S-9 for a programme: what nobody counted is unknown, and after its day it lacks evidence."""
    unknown = "unknown" if as_of <= due else "overdue_no_evidence"
    over = [words.past_due((as_of - due).days)] if as_of > due else []
    if not tallied and all(member.state in UNCLEAR for member in members):
        reasons = (verdict.reasons[0], Text(words.NOBODY), *over)
        return replace(verdict, state=unknown, current=None, reasons=reasons)
    if count.needed is None:
        return replace(verdict, state=unknown, reasons=(*verdict.reasons, Text(words.NO_TOTAL), *over))
    if as_of > due:
        late = (as_of - due).days
        unclear = sum(member.state in UNCLEAR for member in members)
        short = tallied or len(count.days) + unclear < count.needed
        reasons = (*verdict.reasons, *over)
        if short:
            return replace(verdict, state="overdue", slip_days=late, reasons=reasons)
        return replace(verdict, state="overdue_no_evidence", reasons=reasons)
    return _to_come(verdict, count, () if tallied else members, as_of, due, rules)


def _enough(verdict: Verdict, count: Count, met: dt.date, due: dt.date | None, rules: RuleSet) -> Verdict:
    """S-8 for a programme."""
    exact = count.is_exact(met)
    verdict = replace(verdict, met_on=met if exact else None, met_by=met)
    slip = (met - due).days if due else None
    if slip is None:
        return replace(verdict, state="met_on_time")
    if not exact:
        late = (words.at_most(slip),) if slip > 0 else ()
        state = "met_late" if slip > 0 else "met_on_time"
        return replace(verdict, state=state, slip_days=slip if slip > 0 else None, reasons=(*verdict.reasons, *late))
    state = "met_late" if slip > 0 else "met_early" if slip <= -rules.early_days else "met_on_time"
    return replace(verdict, state=state, slip_days=slip, reasons=(*verdict.reasons, words.against_due(slip)))


def _to_come(
    verdict: Verdict, count: Count, members: Sequence[Verdict], as_of: dt.date, due: dt.date, rules: RuleSet
) -> Verdict:
    """Before its day: by the chance where it is known, else by what its `members` (none where tallies count) leave
    possible, else by pro-rata within the due day's own year; before that year nothing can be told.
    """
    needed, chance = count.needed or 0, _chance(members, count.needed or 0, due)
    if chance is not None:
        reasons = (*verdict.reasons, words.chance_of_count(needed, chance))
        return replace(verdict, state=by_chance(chance, 0, rules), reasons=reasons, probability=chance)
    open_ones = [one.state for one in members if not one.met_by]
    late, unclear = sum(state in LATE for state in open_ones), sum(state in UNCLEAR for state in open_ones)
    if members and count.reached + len(open_ones) - late < needed:
        return replace(verdict, state="behind", reasons=(*verdict.reasons, words.too_many_late(late)))
    if members and count.reached + len(open_ones) - unclear < needed:
        return replace(verdict, state="unknown", reasons=(*verdict.reasons, words.too_many_unclear(unclear)))
    start = dt.date(due.year, 1, 1)
    share = (as_of - start).days / max(1, (due - start).days)
    if needed * share <= 0:
        return replace(verdict, state="unknown", reasons=(*verdict.reasons, Text(words.TOO_EARLY)))
    ratio = 100 * count.reached / (needed * share)
    state = "on_track" if ratio >= rules.tally_yellow else "at_risk" if ratio >= rules.tally_red else "behind"
    compared = Text(N_("为序时进度的 %(ratio)s%% (时间已过 %(share)s%%)"), {"ratio": ratio, "share": 100 * share})
    return replace(verdict, state=state, reasons=(*verdict.reasons, compared))


def _chance(members: Sequence[Verdict], needed: int, due: dt.date) -> float | None:
    """The chance in percent that `needed` members reach the measure by `due`, taken as independent; None where a
    member's own is not known.
    """
    chances = [
        100.0 * (one.met_by <= due) if one.met_by else 0.0 if one.state == "overdue" else one.probability
        for one in members
    ]
    if not chances or any(one is None for one in chances):
        return None
    exactly = [1.0]  # chance of 0, 1, 2 … members
    for one in chances:
        share = (one or 0.0) / 100
        exactly = [
            stay * (1 - share) + come * share for stay, come in zip([*exactly, 0.0], [0.0, *exactly], strict=True)
        ]
    return 100 * min(1.0, sum(exactly[needed:]))


def assess_project(
    facts: ProjectFacts, verdicts: Mapping[str, Verdict], as_of: dt.date, rules: RuleSet = RULES
) -> ProjectVerdict:
    """S-12: a project's promise is as bad as its worst dated one, undated where there is none; its works are held
    against its own plan (S-23), and its data say how fresh all that is (S-22).
    """
    seen, gates = facts.seen(as_of), facts.passed(as_of)
    latest, started, finished = latest_overall(seen), begun(gates, seen), done_on(gates, overall_in(seen))
    if facts.dropped_on or contradicted(gates, seen, rules.leap_points):
        finished = None
    ahead = None if finished or facts.dropped_on else _finish(facts, seen, as_of, rules)
    state, slip, worst = _worst(verdicts)
    money = next((one.investment_fen for one in reversed(seen) if one.investment_fen is not None), None)
    sample = bool(seen and seen[-1].is_sample) or any(verdict.rests_on_sample for verdict in verdicts.values())
    works = against_plan(facts, started.on if started else None, finished, as_of, rules)
    data = freshness(seen, as_of, rules)
    if facts.dropped_on or facts.archived_on:
        works, data = as_ended(facts, works, data, as_of)
    return ProjectVerdict(
        state=state,
        slip_days=slip,
        percent=latest.value if latest else None,
        plan_percent=facts.curve.planned(as_of) if facts.curve else None,
        actual_start=started.on if started else None,
        actual_finish=finished,
        forecast_finish=ahead.day if ahead else None,
        worst=worst,
        investment_fen=money,
        rests_on_sample=sample,
        works=works,
        data=data,
        forecast_p10=ahead.p10 if ahead else None,
        forecast_p90=ahead.p90 if ahead else None,
        probability=verdicts[worst].probability if worst else None,
        finish_chance=ahead.probability if ahead else None,
    )


def _finish(facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date, rules: RuleSet) -> Outlook | None:
    """When the whole will be done, and the chance of that by the plan's own finish, where they may be told."""
    latest, curve = latest_overall(seen), facts.worked_curve
    if facts.curve is None or curve is None or latest is None or not is_told(facts, seen, as_of, rules):
        return None
    ahead = whole_ahead(facts, seen, as_of, rules)
    if ahead is None:
        day = forecast_gate(facts, curve, facts.curve.finish, latest, as_of)
        return Outlook(day) if day >= earliest(facts, as_of) else None
    span = ahead.finish
    if span.p50 < earliest(facts, as_of):
        return None
    if facts.pauses.open_since:  # how surely works go on is not known
        return Outlook(span.p50)
    chance = 100 * ahead.probability_of(facts.curve.finish, facts.curve.finish)
    return Outlook(span.p50, span.p10, span.p90, chance)


def _worst(verdicts: Mapping[str, Verdict]) -> tuple[str, int | None, str | None]:
    dated = {key: one for key, one in verdicts.items() if one.state != "undated"}
    if not dated:
        return "undated", None, None
    key = min(
        dated,
        key=lambda name: (
            SEVERITY[dated[name].state],
            dated[name].slip_days is None,
            -(dated[name].slip_days or 0),
            name,  # so that the order of facts changes nothing
        ),
    )
    return dated[key].state, dated[key].slip_days, key


def conflicts(targets: Sequence[TargetFacts]) -> list[tuple[str, str, Text]]:
    """S-13: pairs of a project's promises that contradict each other, with the reason; shown, never resolved
    silently.
    """
    found = []
    for index, one in enumerate(targets):
        for other in targets[index + 1 :]:
            reason = _contradiction(one, other)
            if reason:
                found.append((one.key, other.key, reason))
    return found


BUILT = frozenset({*STAGE_MEASURES, *DONE_MEASURES})


def _contradiction(one: TargetFacts, other: TargetFacts) -> Text | None:
    if one.measure == other.measure and one.quantifier == other.quantifier:
        if one.threshold != other.threshold and one.due == other.due:
            return Text(N_("同一指标、同一期限有两个不同的数量"))
        return (
            Text(N_("同一指标有两个不同的期限")) if one.threshold == other.threshold and one.due != other.due else None
        )
    if one.quantifier != "project" or other.quantifier != "project":
        return None  # of 24 started, 10 can be done by the same day
    start, finish = (one, other) if one.measure == "start" else (other, one)
    if start.measure != "start" or finish.measure not in BUILT or finish.due is None:
        return None
    if start.due is None:
        return Text(
            N_("同一文件既要求启动建设, 又要求在 %(due)s 前%(what)s"),
            {"due": finish.due, "what": Text(MEASURES[finish.measure])},
        )
    return Text(N_("开工期限不早于完成期限")) if start.due >= finish.due else None
