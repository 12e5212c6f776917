"""Verdicts on a programme's count or share, on a project as a whole, and promises that contradict each other.

Rules S-11 to S-13.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.core.text import N_, Text
from projects.core.vocabulary import MEASURES, SEVERITY, STAGE_MEASURES
from projects.verdicts.assess import words
from projects.verdicts.assess.assess import RULES
from projects.verdicts.facts.facts import Observation, ProjectFacts, ProjectVerdict, RuleSet, TargetFacts, Verdict
from projects.verdicts.facts.works import DONE_MEASURES, begun, done_on, latest_overall, overall_in
from projects.verdicts.forecast.outlook import Outlook, forecast_gate, whole_ahead


@dataclass(frozen=True)
class CountedTally:
    """So many of a programme's projects had reached the measure by a day; `total` where it is known."""

    on: dt.date
    reached: int
    total: int | None = None
    is_sample: bool = False


def assess_programme(
    target: TargetFacts,
    members: Sequence[Verdict],
    tallies: Sequence[CountedTally],
    as_of: dt.date,
    rules: RuleSet = RULES,
) -> Verdict:
    """S-11: how many projects have reached the measure, against how many were promised; no forecast, but a comparison
    with pro-rata.
    """
    promise = words.promise(target)
    known = [tally for tally in tallies if tally.on <= as_of]
    days = sorted(member.met_on for member in members if member.met_on and member.met_on <= as_of)
    total = max([len(members), *(tally.total or tally.reached for tally in known)])
    wanted = target.threshold or 0
    needed = math.ceil(wanted) if target.quantifier == "count" else math.ceil(total * wanted / 100)
    count = max([len(days), *(tally.reached for tally in known)])
    sample = any(tally.is_sample for tally in known) or any(member.rests_on_sample for member in members)
    if not known and all(member.state == "no_data" for member in members):
        return Verdict(
            "no_data" if target.due else "undated",
            reasons=(promise, Text(N_("项目群还没有逐家统计, 也没有登记的项目达到"))),
        )
    current = float(count) if target.quantifier == "count" else 100 * count / total
    so_far = Text(N_("已达到 %(count)s 个, 需要 %(needed)s 个"), {"count": count, "needed": needed})
    if needed and count >= needed:
        met = min([*(tally.on for tally in known if tally.reached >= needed), *days[needed - 1 : needed]])
        slip = (met - target.due).days if target.due else None
        state = (
            "met_on_time" if slip is None or -rules.early_days < slip <= 0 else "met_late" if slip > 0 else "met_early"
        )
        reasons = (promise, so_far) if slip is None else (promise, so_far, words.against_due(slip))
        return Verdict(state, slip, None, met, current, reasons=reasons, rests_on_sample=sample)
    if target.due is None:
        return Verdict(
            "undated",
            current=current,
            reasons=(promise, so_far, Text(N_("没有期限, 只展示, 不计误期"))),
            rests_on_sample=sample,
        )
    if as_of > target.due:
        late = (as_of - target.due).days
        over = Text(N_("期限已过 %(days)s 天, 尚未达到"), {"days": late})
        return Verdict("overdue", late, current=current, reasons=(promise, so_far, over), rests_on_sample=sample)
    start = dt.date(target.due.year, 1, 1)
    share = max(0.0, (as_of - start).days / max(1, (target.due - start).days))
    ratio = 100 * count / (needed * share) if needed * share > 0 else 100.0
    state = "on_track" if ratio >= rules.tally_yellow else "at_risk" if ratio >= rules.tally_red else "behind"
    chance = _chance(members, needed, target.due) if not known else None
    compared = Text(N_("为序时进度的 %(ratio)s%% (时间已过 %(share)s%%)"), {"ratio": ratio, "share": 100 * share})
    grounds = (promise, so_far, compared, *([words.chance_of_count(needed, chance)] if chance is not None else []))
    return Verdict(state, None, current=current, reasons=grounds, rests_on_sample=sample, probability=chance)


def _chance(members: Sequence[Verdict], needed: int, due: dt.date) -> float | None:
    """The chance in percent that `needed` members reach the measure by `due`, taken as independent; None where a
    member's own is not known.
    """
    chances = [100.0 * (one.met_on <= due) if one.met_on else one.probability for one in members]
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
    """S-12: a project is as bad as its worst dated promise; without promises it is judged by its own plan's finish;
    with undated ones only, undated.
    """
    seen, gates = facts.seen(as_of), facts.passed(as_of)
    latest, started, finished = latest_overall(seen), begun(gates, seen), done_on(gates, overall_in(seen))
    ahead = None if finished else _finish(facts, seen, as_of)
    finish = ahead.day if ahead else None
    state, slip, worst = _worst(verdicts)
    chance = verdicts[worst].probability if worst else ahead.probability if ahead else None
    if not verdicts:
        state, slip = _against_plan(facts, finish, finished, as_of, rules)
    money = next((one.investment_fen for one in reversed(seen) if one.investment_fen is not None), None)
    sample = bool(seen and seen[-1].is_sample) or any(verdict.rests_on_sample for verdict in verdicts.values())
    return ProjectVerdict(
        state=state,
        slip_days=slip,
        percent=latest.value if latest else None,
        plan_percent=facts.curve.planned(as_of) if facts.curve else None,
        actual_start=started.on if started else None,
        actual_finish=finished,
        forecast_finish=finish,
        worst=worst,
        investment_fen=money,
        rests_on_sample=sample,
        forecast_p10=ahead.p10 if ahead else None,
        forecast_p90=ahead.p90 if ahead else None,
        probability=chance,
    )


def _finish(facts: ProjectFacts, seen: Sequence[Observation], as_of: dt.date) -> Outlook | None:
    """When the whole will be done, and the chance of that by the plan's own finish."""
    latest = latest_overall(seen)
    if facts.curve is None or latest is None:
        return None
    ahead = whole_ahead(facts, seen, as_of)
    if ahead is None:
        return Outlook(forecast_gate(facts, facts.curve.finish, latest, as_of))
    span = ahead.finish
    return Outlook(span.p50, span.p10, span.p90, 100 * ahead.probability_of(facts.curve.finish, facts.curve.finish))


def _worst(verdicts: Mapping[str, Verdict]) -> tuple[str, int | None, str | None]:
    dated = {key: one for key, one in verdicts.items() if one.state != "undated"}
    if not dated:
        return "undated", None, None
    key = min(
        dated,
        key=lambda name: (SEVERITY[dated[name].state], dated[name].slip_days is None, -(dated[name].slip_days or 0)),
    )
    return dated[key].state, dated[key].slip_days, key


def _against_plan(
    facts: ProjectFacts, finish: dt.date | None, finished: dt.date | None, as_of: dt.date, rules: RuleSet
) -> tuple[str, int | None]:
    if facts.curve is None or (finish is None and finished is None):
        return "no_data", None
    slip = ((finished or finish or as_of) - facts.curve.finish).days
    if finished:
        return ("met_late" if slip > 0 else "met_early" if slip <= -rules.early_days else "met_on_time"), slip
    if as_of > facts.curve.finish:
        return "overdue", slip
    return ("behind" if slip > rules.behind_days else "at_risk" if slip > 0 else "on_track"), slip


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
