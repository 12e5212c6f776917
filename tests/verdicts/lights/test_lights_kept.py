"""The four lights of projects drawn by lot, kept line by line. Rules L-1 to L-7 of docs/rules/lights.md."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from lots import START, a_project, day
from pins import pinned

from projects.core.month import add_months, month_end, month_of
from projects.core.vocabulary import PROJECT_LIGHTS
from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet
from projects.verdicts.lights.lights import Exempted, LightFacts, letters, planned_start, project_lights

RATIO = RuleSet(progress_kind="ratio", progress_yellow=80.0, progress_red=60.0)
STRICT = RuleSet(progress_kind="ratio", progress_yellow=100.0, progress_red=50.0, progress_running=2)
RULES = (RuleSet(), RuleSet(progress_running=3), RATIO, STRICT)


def some_money(lot: random.Random, facts: ProjectFacts) -> tuple[int | None, int | None]:
    """Nothing, or what was paid of the approved sum, about a limit above the newest percent."""
    if lot.random() < 0.2:
        return lot.choice(((None, None), (0, 0), (5, None), (None, 100_000_00)))
    works = next((one.overall for one in reversed(facts.observations) if one.overall is not None), 0.0)
    ahead = lot.choice((-5, -0.01, 0, 0.01, 1, 14.99, 15, 15.01, 40))
    return max(0, round((works + ahead) * 10_000)), 1_000_000


def at_a_limit(lot: random.Random, facts: ProjectFacts, rules: RuleSet) -> ProjectFacts:
    """The project with newest reports as far from its plan as the rules' figures, or a hair beside."""
    if facts.curve is None or not facts.observations or lot.random() < 0.4:
        return facts
    found: list[Observation] = []
    running = lot.choice((1, 2, 3))
    for one in facts.observations:
        planned = facts.curve.planned(one.on)
        figure = lot.choice((rules.progress_yellow, rules.progress_yellow, rules.progress_red))
        beside = lot.choice((-0.05, -0.01, 0, 0.01, 0.05))
        limit = planned - figure - beside if rules.progress_kind == "gap" else planned * (figure + beside) / 100
        if lot.random() < 0.15:
            limit = planned + lot.choice((-0.06, -0.05, -0.04, 0, 0.04, 0.05, 0.06))
        near = one in facts.observations[-running:]
        found.append(replace(one, overall=min(100.0, max(0.0, limit))) if near and one.overall is not None else one)
    return replace(facts, observations=tuple(found))


def a_day(lot: random.Random, facts: ProjectFacts, started: dt.date | None, more: LightFacts) -> dt.date:
    """A day about the limit of a light: of the report's age, of the months since the start or since its planned day."""
    if facts.observations and lot.random() < 0.4:
        return facts.observations[-1].on + dt.timedelta(days=lot.choice((0, 30, 61, 62, 63)))
    due = planned_start(facts, more)
    if started and lot.random() < 0.6:
        base = add_months(month_of(started), lot.choice((1, 2))).replace(day=min(started.day, 28))
    elif due:
        base = add_months(month_of(due), lot.choice((0, 1, 2, 3)))
    else:
        base = month_end(add_months(START, lot.randrange(13)))
    return base + dt.timedelta(days=lot.choice((-1, 0, 1)))


def some_exemptions(lot: random.Random, as_of: dt.date) -> tuple[Exempted, ...]:
    if lot.random() < 0.6:
        return ()
    near = (as_of - dt.timedelta(days=1), as_of, as_of + dt.timedelta(days=1))
    return tuple(
        Exempted(key, "停电", "张三", lot.choice(near[:2]) if lot.random() < 0.8 else near[2], lot.choice(near))
        for key in PROJECT_LIGHTS
        if lot.random() < 0.6
    )


def test_the_four_lights():
    lot = random.Random(21)
    answers = []
    for number in range(295):
        rules = lot.choice(RULES)
        facts = at_a_limit(lot, a_project(lot, as_of=day(30 * lot.randrange(5, 13))), rules)
        paid, approved = some_money(lot, facts)
        more = LightFacts(paid, approved, lot.choice((None, day(40))))
        started = lot.choice((None, None, day(0), day(14), day(30), day(60)))
        as_of = a_day(lot, facts, started, more)
        more = replace(more, exemptions=some_exemptions(lot, as_of))
        finished = lot.choice((None, None, None, None, None, day(200)))
        made = project_lights(facts, more, started, finished, as_of, rules)
        states = {key: light.state for key, light in made.each.items()}
        reasons = "; ".join(str(light.reason) for light in made.each.values())
        answers.append(f"{number} {as_of} {letters(states)} {made.worst} | {reasons}")
    pinned("verdicts_lights", answers)
