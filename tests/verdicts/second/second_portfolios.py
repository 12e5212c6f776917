"""Random projects, promises and programmes that stand on the limits of the rules as often as beside them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from charts import DEFAULT_STAGES

from projects.core.month import add_months, month_end
from projects.core.vocabulary import GATE_MEASURES, STAGE_MEASURES, STATES
from projects.register.projects.ends import End
from projects.verdicts.assess.programme import CountedTally
from projects.verdicts.facts.curve import PlanCurve, StagePlan
from projects.verdicts.facts.ends import with_ends
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleSet, TargetFacts, Verdict
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.outlook import outlook

DAY = dt.timedelta(days=1)
EARLY = ["reserve", "apply", "start"]
MEASURES = [*GATE_MEASURES, *STAGE_MEASURES, "investment", "progress_pct", "progress_pct", "accelerate"]
GATES = [
    "pipeline", "application", "feasibility", "start", "topped_out", "works_complete", "completion_acceptance",
    "in_use", "full_operation", "filing", "final_account",
]  # fmt: skip
OTHER_RULES = RuleSet(
    "other", early_days=10, behind_days=20, stale_days=40, kept_from=70, risk_from=40, fresh_days=35, silent_days=75,
    silent_months=1, report_day=10, works_days=7, stop_days=90, leap_points=12.5, tally_yellow=75, tally_red=50,
)  # fmt: skip


class Case(NamedTuple):
    """A project on a day, with its promises."""

    facts: ProjectFacts
    as_of: dt.date
    rules: RuleSet
    targets: list[TargetFacts]


def case(random: Random) -> Case:
    """A project, a day near something that happened, promises due near something that happened."""
    rules = random.choice([RuleSet(), RuleSet(), OTHER_RULES])
    curve = plan(random)
    start = curve.start if curve else dt.date(2021, 1, random.randint(1, 31))
    length = (curve.finish - start).days if curve else 400
    seen = observed(random, start, length)
    if curve and random.random() < 0.2:
        seen = (*seen[:-1], *(as_planned_near(random, one, curve, rules) for one in seen[-1:]))
    facts = ProjectFacts(
        curve,
        stages(random, start, length),
        seen,
        gates(random, start, length, believable(random, seen, rules)),
        gate_plans(random, start, length),
        reference=packaged_reference() if random.random() < 0.6 else None,
    )
    as_of = day_asked(random, facts, start, length, rules)
    spans = stops(random, start, length, as_of)
    facts = with_stops(facts, spans, as_of, expected(random, spans, as_of)) if spans else facts
    targets = [target(random, number, facts, as_of, rules) for number in range(random.choice([0, 1, 3, 4, 5, 6]))]
    if random.random() < 0.1:
        targets = [replace(asked, due=None) for asked in targets]
    early = [measure for measure in EARLY if GATE_MEASURES[measure] in facts.gate_plans]
    if early and targets:
        asked = TargetFacts(targets[0].key, random.choice(early), "project", None, None, "must")
        targets[0] = replace(asked, due=due_day(random, asked, facts, as_of, rules))
    aside = Random(f"{as_of}{len(seen)}{length}{len(targets)}")  # of its own, so that the others stay as they were
    return Case(with_ends(facts, ends(aside, as_of), as_of), as_of, rules, targets)


def plan(random: Random) -> PlanCurve | None:
    if random.random() < 0.1:
        return None
    start = dt.date(2021, 1, 1) + random.randint(0, 90) * DAY
    inner = random.choice([[], [25, 50, 75], [50], range(5, 100, 5), [20, 20, 60], [0, 40, 40, 80], [100]])
    step = random.choice([20, 30, 31, 90, 120])
    points = [(start + (index + 1) * step * DAY, float(percent)) for index, percent in enumerate(inner)]
    return PlanCurve(((start, 0.0), *points, (start + (len(inner) + 1) * step * DAY, 100.0)), "dated_percentages")


def stages(random: Random, start: dt.date, length: int) -> tuple[StagePlan, ...]:
    if random.random() < 0.7:
        return DEFAULT_STAGES
    begun = start + random.randint(0, length // 2) * DAY
    ended = begun + random.randint(10, length) * DAY
    return tuple(replace(one, start=begun, finish=ended) if one.key == "structure" else one for one in DEFAULT_STAGES)


def stage_percents(random: Random, percent: float) -> dict[str, float]:
    """Stages one after another, some of them left out, the structure in floors."""
    found, before = {}, 0.0
    for stage in DEFAULT_STAGES:
        done = 100 * min(1.0, max(0.0, (percent - before) / stage.weight))
        found[stage.key] = int(done * 100) / 100
        before += stage.weight
    if random.random() < 0.3:
        floors = int(random.randint(0, 18) / 18 * 10000) / 100
        found["structure"] = random.choice([floors, floors, 50.0, 88.88])
    if random.random() < 0.1:
        found = dict.fromkeys(found, 100.0)
    return {key: value for key, value in found.items() if random.random() < 0.95}


def observed(random: Random, start: dt.date, length: int) -> tuple[Observation, ...]:
    found, percent = [], 0.0
    first = start.replace(day=1)
    months = random.choice([0, 1, 2, 4, 8, 14, 20])
    pace = random.choice([0, 2, 5, 10, 20, 100 * 30 / length])
    for number in range(months):
        percent = next_percent(random, percent, pace)
        if random.random() < 0.2:
            continue
        on = month_end(add_months(first, number)) - random.choice([0, 0, 0, 3, 25]) * DAY
        found.append(Observation(on, stage_percents(random, percent), percent, int(percent * 1000)))
    for _ in range(random.choice([0, 0, 0, 1, 2, 3])):
        on = random.choice([one.on for one in found] or [start]) + random.choice([0, 0, 1, -1, 10]) * DAY
        stage = random.choice(["structure", "structure", "foundation", "preparation", "fit_out"])
        found.append(Observation(on, {stage: random.choice([50.0, 100.0, 88.88])}, is_report=False))
    return tuple(sorted(found, key=lambda one: one.on))


def as_planned_near(random: Random, one: Observation, curve: PlanCurve, rules: RuleSet) -> Observation:
    """A figure as it was planned just as many days before or after as make works behind or ahead (S-23), or
    make a gate wait (S-5).
    """
    if not one.is_report:
        return one
    limit = rules.works_days - random.choice([0, 0, 1])
    away = random.choice([limit, -limit, -rules.behind_days, -rules.behind_days - 1])
    return replace(one, overall=curve.planned(one.on + away * DAY))


def next_percent(random: Random, percent: float, pace: float) -> float:
    chosen = random.random()
    if chosen < 0.1:
        return max(0.0, percent - random.choice([1, 5, 10]))
    if chosen < 0.2:
        return percent
    if chosen < 0.25:
        return 100.0
    if chosen < 0.4:
        return max(percent, random.choice([25.0, 50.0, 75.0, 89.99, 90.0, 95.0]))
    return min(100.0, int((percent + pace * random.random() * 2) * 100) / 100)


def believable(random: Random, seen: Sequence[Observation], rules: RuleSet) -> dict[str, GateFact]:
    """A completion on the first day on which it can be believed beside a report, or on the day before (S-21)."""
    reports = [one for one in seen if one.is_report]
    if not reports or random.random() < 0.85:
        return {}
    report = random.choice(reports)
    wait = (90 - (report.overall or 0)) / rules.leap_points * 30.4375
    return {random.choice(GATES[5:9]): GateFact(report.on + (math.ceil(max(0, wait)) - random.choice([0, 1])) * DAY)}


def gates(random: Random, start: dt.date, length: int, known: dict[str, GateFact]) -> dict[str, GateFact]:
    """In no order, some of them only known to the month."""
    share = random.choice([0.0, 0.0, 0.05, 0.15, 0.3])
    found = dict(known)
    for gate in GATES:
        if random.random() < share:
            on = start + random.randint(-30, length + 200) * DAY
            is_month = random.random() < 0.3
            found[gate] = GateFact(month_end(on) if is_month else on, "month" if is_month else "day")
    return found


def gate_plans(random: Random, start: dt.date, length: int) -> dict[str, dt.date]:
    return {
        gate: start + random.choice([0, 0, 30, -20, length, random.randint(-60, length)]) * DAY
        for gate in GATES
        if random.random() < 0.15
    }


def stops(random: Random, start: dt.date, length: int, as_of: dt.date) -> list[tuple[dt.date, dt.date | None]]:
    spans: list[tuple[dt.date, dt.date | None]] = []
    day = start + random.randint(-10, length) * DAY
    for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
        until = day + random.choice([1, 30, 60, random.randint(1, 300)]) * DAY
        spans.append((day, until))
        day = until + random.randint(1, 100) * DAY
    if spans and random.random() < 0.3:
        spans[-1] = (spans[-1][0], None)
    if spans and random.random() < 0.3:
        begun = as_of - 9 * DAY
        spans[-1] = random.choice([(begun, as_of), (as_of, None), (begun, None), (begun, None), (begun, as_of + DAY)])
    return [span for number, span in enumerate(spans) if number == 0 or spans[number - 1][1] <= span[0]]


def expected(random: Random, spans: Sequence[tuple[dt.date, dt.date | None]], as_of: dt.date) -> dt.date | None:
    """The day on which works that stand still are to go on, past or to come (S-14)."""
    named = as_of + random.choice([-1, 0, 1, 10, 60, 200]) * DAY
    is_open = spans[-1][1] is None and spans[-1][0] < named
    return named if is_open and random.random() < 0.6 else None


def ends(random: Random, as_of: dt.date) -> list[End]:
    """Dropped or archived near the day, on it, or brought back by then (S-27); most projects never are."""
    if random.random() < 0.92:
        return []
    since = as_of + random.choice([-1, 0, 0, 1, -30, -200]) * DAY
    until = random.choice([None, None, None, since, as_of, as_of + DAY])
    return [End(random.choice(["dropped", "dropped", "archived"]), since, until)]


def day_asked(random: Random, facts: ProjectFacts, start: dt.date, length: int, rules: RuleSet) -> dt.date:
    marks = [start, start + length * DAY, *facts.gate_plans.values(), *(gate.on for gate in facts.gates.values())]
    near = [0, 0, 1, -1, rules.behind_days, rules.behind_days + 1, rules.works_days, rules.works_days - 1]
    early = [facts.gate_plans[gate] for gate in ("pipeline", "application", "start") if gate in facts.gate_plans]
    if early and random.random() < 0.3:
        return early[0] + (rules.behind_days + random.choice([0, 1])) * DAY
    if facts.observations and random.random() < 0.7:
        marks = [one.on for one in facts.observations[-3:]]
        fresh = [0, 7, 20, rules.fresh_days, rules.fresh_days + 1, rules.silent_days, rules.silent_days + 1]
        by_month = add_months(marks[-1].replace(day=1), rules.silent_months + 1)
        limit = (by_month.replace(day=rules.report_day) - marks[-1]).days
        near = [*fresh, 5, 10, limit, limit + 1]
    elif random.random() < 0.5:
        return start + random.randint(-40, length + 300) * DAY
    return random.choice(marks) + random.choice(near) * DAY


def target(random: Random, number: int, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> TargetFacts:
    measure = random.choice(MEASURES)
    threshold = None
    if measure in {"structure_pct", "progress_pct"}:
        threshold = random.choice([0.0, 10.0, 25.0, 33.33, 50.0, 50.0, 75.0, 88.88, 100.0, None])
    if measure == "investment":
        threshold = random.choice([0.0, 25000.0, 50000.0, 80000.0, 100000.0])
    asked = TargetFacts(str(number), measure, "project", threshold, None, "must")
    return replace(asked, due=due_day(random, asked, facts, as_of, rules))


def due_day(random: Random, asked: TargetFacts, facts: ProjectFacts, as_of: dt.date, rules: RuleSet) -> dt.date | None:
    chosen = random.random()
    if chosen < 0.05:
        return None
    if chosen < 0.3:
        return as_of + random.choice([-1, 0, 1, rules.stop_days, rules.stop_days + 1, 10]) * DAY
    ahead = outlook(asked, facts, facts.seen(as_of), as_of, rules) if chosen < 0.55 else None
    if ahead:
        limits = [0, 1, -1, rules.behind_days, rules.behind_days + 1]
        return ahead.day + random.choice([-days for days in limits] + [random.randint(-90, 90)]) * DAY
    marks = [one.on for one in facts.observations] + [gate.on for gate in facts.gates.values()]
    if marks and chosen < 0.85:
        limits = [0, -1, 1, rules.early_days, rules.early_days - 1, 31, -16]
        return random.choice(marks) + random.choice(limits) * DAY
    return as_of + random.randint(-400, 400) * DAY


class Group(NamedTuple):
    """A programme's promise on a day, with what its projects say and what was tallied."""

    target: TargetFacts
    members: list[Verdict]
    then: list[Verdict] | None
    tallies: list[CountedTally]
    as_of: dt.date
    rules: RuleSet


def group(random: Random, real: Sequence[Verdict], as_of: dt.date) -> Group:
    """`real` verdicts of projects on the same day, and some made up."""
    due = random.choice([
        None, as_of, as_of - DAY, as_of + DAY, as_of + random.randint(-300, 300) * DAY, dt.date(as_of.year, 12, 31),
        dt.date(as_of.year + 1, 6, 30), dt.date(as_of.year, 1, 1),
    ])  # fmt: skip
    if random.random() < 0.03:
        as_of = dt.date((due or as_of).year, 1, 1)
    made_up = [member(random, as_of, due) for _ in range(random.choice([0, 1, 3, 5]))]
    members = [*(real if random.random() < 0.5 else ()), *made_up]
    then = random.choice([None, members[: random.randint(0, len(members))]])
    quantifier = random.choice(["count", "share"])
    threshold = float(random.choice([1, 2, 3, 5, 24]) if quantifier == "count" else random.choice([20, 50, 60, 100]))
    asked = TargetFacts("p", "start", quantifier, threshold, due, "must")
    rules = random.choice([RuleSet(), OTHER_RULES])
    return Group(asked, members, then, tallies(random, as_of, due), as_of, rules)


def member(random: Random, as_of: dt.date, due: dt.date | None) -> Verdict:
    state = random.choice(list(STATES))
    if state.startswith("met"):
        day = (due if due and due <= as_of else as_of) - random.choice([0, 0, 1, 15, 16, 40]) * DAY
        day = min(as_of, day + random.choice([0, 0, 20]) * DAY)
        return Verdict(state, met_on=day if random.random() < 0.7 else None, met_by=day)
    told = state in {"behind", "at_risk", "on_track"} and random.random() < 0.8
    return Verdict(state, probability=random.choice([3.0, 50.0, 80.0, 97.0]) if told else None)


def tallies(random: Random, as_of: dt.date, due: dt.date | None) -> list[CountedTally]:
    found = []
    for _ in range(random.choice([0, 0, 1, 2, 4])):
        on = random.choice([as_of, due or as_of, as_of - 30 * DAY, as_of + DAY, (due or as_of) - 20 * DAY])
        total = random.choice([None, None, 2, 4, 10, 24])
        found.append(CountedTally(on, random.choice([0, 1, 2, 3, 4, 5, 12, 18, 24]), total))
    one_a_day = {tally.on: tally for tally in found}
    return [one_a_day[on] for on in sorted(one_a_day)]
