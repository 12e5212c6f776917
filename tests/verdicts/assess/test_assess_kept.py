"""What is said of promises, programmes and projects drawn by lot, kept line by line. Rules S-4 to S-14."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from lots import START, a_project, day
from pins import pinned

from projects.core.month import add_months, month_end
from projects.core.vocabulary import COMMITMENTS, GATE_MEASURES, MEASURES, STAGE_MEASURES, STATES
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import CountedTally, assess_programme, assess_project, conflicts
from projects.verdicts.facts.facts import RuleSet, TargetFacts, Verdict

RULES = (RuleSet(), RuleSet(), RuleSet(early_days=30, behind_days=10, stale_days=31, pace_months=1))
AMOUNTS = ("progress_pct", "progress_pct", "investment", "structure_pct", "topped_out", "fit_out", "foundation")
ONE_KIND = ("start", *AMOUNTS, "start", *GATE_MEASURES)


def figure(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "-" if value is None else str(value)


def said(made: Verdict) -> str:
    figures = (
        made.state, made.slip_days, made.forecast_on, made.forecast_p10, made.forecast_p90, made.probability,
        made.met_on, made.current, made.required_pace, made.actual_pace, "sample" if made.rests_on_sample else "",
    )  # fmt: skip
    return " ".join(map(figure, figures)) + " | " + "; ".join(map(str, made.reasons))


def threshold(lot: random.Random, measure: str) -> float | None:
    if measure == "investment":
        return lot.choice((300_000_000.0, 800_000_000.0, 1_200_000_000.0))
    return None if measure in GATE_MEASURES or lot.random() < 0.04 else lot.choice((25.0, 50.0, 60.0, 100.0))


def near(lot: random.Random, made: Verdict, as_of: dt.date, rules: RuleSet) -> dt.date | None:
    """A due day at a limit of what was said without one, or about the day itself."""
    if made.met_on:
        return made.met_on + dt.timedelta(days=lot.choice((-1, 0, 1, rules.early_days - 1, rules.early_days)))
    if lot.random() < 0.3 or made.forecast_on is None:
        return lot.choice((None, as_of - dt.timedelta(days=1), as_of, as_of + dt.timedelta(days=1), day(420)))
    behind = rules.behind_days
    return made.forecast_on - dt.timedelta(days=lot.choice((-30, 0, 1, behind - 1, behind, behind + 1, 60)))


def a_day(lot: random.Random, facts) -> dt.date:
    """An evening about a limit of the newest report's age, or the end of a month."""
    if facts.observations and lot.random() < 0.3:
        return facts.observations[-1].on + dt.timedelta(days=lot.choice((0, 1, 61, 62, 63)))
    return month_end(add_months(START, lot.randrange(14)))


def test_promises_on_projects():
    lot = random.Random(11)
    answers = []
    for number in range(290):
        facts = a_project(lot, as_of=day(30 * lot.randrange(5, 13)))
        rules, as_of, measure = lot.choice(RULES), a_day(lot, facts), lot.choice(ONE_KIND)
        target = TargetFacts("t", measure, "project", threshold(lot, measure), None, lot.choice(list(COMMITMENTS)))
        target = replace(target, due=near(lot, assess(target, facts, as_of, rules), as_of, rules))
        answers.append(f"{number} {as_of} {said(assess(target, facts, as_of, rules))}")
    pinned("verdicts_assess_promises", answers)


def a_verdict(lot: random.Random) -> Verdict:
    met = lot.choice((None, None, day(30 * lot.randrange(1, 12))))
    state = "met_on_time" if met else lot.choice(list(STATES))
    slip, chance = lot.choice((None, -15, -14, 0, 1, 30, 31)), lot.choice((None, 0.0, 25.0, 50.0, 50.0, 100.0))
    return Verdict(state, slip, met_on=met, rests_on_sample=lot.random() < 0.05, probability=chance)


def a_count(lot: random.Random, due: dt.date | None) -> TargetFacts:
    quantifier, wanted = lot.choice((("count", (0, 1, 2, 3, 2.5, None)), ("share", (0, 25, 50, 60, 100, None))))
    return TargetFacts("t", "start", quantifier, lot.choice(wanted), due, "must")


def test_programmes():
    lot = random.Random(12)
    answers = []
    for number in range(250):
        members = [a_verdict(lot) for _ in range(lot.choice((0, 1, 2, 3, 5, 8)))]
        if lot.random() < 0.3:
            members = [
                replace(one, probability=50.0 if one.probability is None else one.probability) for one in members
            ]
        if lot.random() < 0.1:
            members = [replace(one, state="no_data", met_on=None) for one in members]
        tallies = [
            CountedTally(
                day(lot.choice((0, 90, 180, 181))), lot.randrange(6), lot.choice((None, 8, 10)), lot.random() < 0.1
            )
            for _ in range(lot.choice((0, 0, 1, 2)))
        ]
        as_of = lot.choice((START, day(90), day(180), day(240), day(364)))
        due = lot.choice((None, as_of, as_of - dt.timedelta(days=1), day(364), day(364), START, dt.date(2022, 6, 30)))
        target = a_count(lot, due)
        made = assess_programme(target, members, tallies, as_of, lot.choice(RULES))
        if made.met_on and due and lot.random() < 0.7:
            due = made.met_on + dt.timedelta(days=lot.choice((-1, 0, 1, 14, 15, 16)))
            made = assess_programme(replace(target, due=due), members, tallies, as_of)
        answers.append(f"{number} {len(members)} {as_of} {said(made)}")
    pinned("verdicts_assess_programmes", answers)


def test_projects_as_a_whole():
    lot = random.Random(13)
    answers = []
    for number in range(250):
        facts = a_project(lot, as_of=day(30 * lot.randrange(5, 13)))
        as_of = a_day(lot, facts)
        if facts.curve and lot.random() < 0.1:
            as_of = facts.curve.finish + dt.timedelta(days=lot.choice((0, 1)))
        verdicts = {str(name): a_verdict(lot) for name in range(lot.choice((0, 0, 0, 1, 2, 3)))}
        made = assess_project(facts, verdicts, as_of, lot.choice(RULES))
        figures = (
            made.state, made.slip_days, made.percent, made.plan_percent, made.actual_start, made.actual_finish,
            made.forecast_finish, made.forecast_p10, made.forecast_p90, made.probability, made.worst,
            made.investment_fen, "sample" if made.rests_on_sample else "",
        )  # fmt: skip
        answers.append(f"{number} {as_of} " + " ".join(map(figure, figures)))
    pinned("verdicts_assess_projects", answers)


def test_contradictions():
    lot = random.Random(14)
    measures = [
        "start",
        "start",
        "complete",
        "in_use",
        "structure_pct",
        "approve",
        "investment",
        lot.choice(list(MEASURES)),
    ]
    answers = []
    for number in range(120):
        promises = [
            TargetFacts(
                str(name), lot.choice(measures), lot.choice(("project", "project", "project", "count")),
                lot.choice((None, None, 50.0)), lot.choice((None, day(0), day(0), day(1), day(2))), "must",
            )
            for name in range(3)
        ]  # fmt: skip
        told = "; ".join(f"{one}{other} {reason}" for one, other, reason in conflicts(promises))
        answers.append(
            f"{number} {[(one.measure, one.quantifier, one.threshold, str(one.due)) for one in promises]} {told}"
        )
    pinned("verdicts_assess_contradictions", answers)
    assert STAGE_MEASURES.keys() <= MEASURES.keys()
