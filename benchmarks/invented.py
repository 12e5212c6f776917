"""Invented projects whose truth is known, in families: what a forecast does where nothing is like the reference class.

A project works its way along its plan at a pace of its own with monthly ups and downs; families differ in plan, pace,
stops and reports. Same seed, same projects.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents, suspended
from projects.verdicts.forecast.reference import Finished
from projects.verdicts.forecast.residuals import TYPICAL_TAIL

START = dt.date(2020, 1, 1)
FINE = tuple(range(5, 100, 5))
TAILS = 0.8  # deviation of the logarithm of what finished projects took for the last five percent
Shape = Callable[[float], float]


def day(number: float) -> dt.date:
    """The day so many days after the start."""
    return START + dt.timedelta(days=round(number))


def shape(rise: float, fall: float) -> Shape:
    """A share of work over the share of time, in proportion to `u^rise (1 - u)^fall` at each moment."""
    parts = [((index + 0.5) / 400) ** rise * (1 - (index + 0.5) / 400) ** fall for index in range(400)]
    done = [sum(parts[:index]) / sum(parts) for index in range(401)]
    return lambda u: done[min(400, max(0, round(400 * u)))]


def idle(share: float) -> Shape:
    """An S whose last five percent take `share` of the plan."""
    early = shape(1.2, 1.2)
    return lambda u: 0.95 * early(u / (1 - share)) if u < 1 - share else min(1.0, 0.95 + 0.05 * (u - 1 + share) / share)


def line(u: float) -> float:
    """Even progress."""
    return min(1.0, max(0.0, u))


USUAL = shape(1.2, 1.2)


@dataclass(frozen=True)
class Family:
    """How its projects are planned, go on and report. `pace` and `spread`: mean and deviation of the logarithm of
    planned days worked a day.

    `tail`: how often what is planned for the last five percent they need; None: as finished projects did, whatever is
    planned (about 8 % of the plan).
    """

    curve: Shape = USUAL
    days: tuple[int, int] = (150, 1500)
    levels: Sequence[int] = FINE
    pace: float = -0.08
    spread: float = 0.16
    monthly: float = 0.35
    stops: int = 0
    stops_move_plan: bool = False
    slow_until: float = 0.0
    fast_until: float = 0.0
    tail: float | None = None
    every: int = 30
    backwards: float = 0.0
    updated: bool = False


BASE = Family()
FAMILIES = {
    "base": BASE,
    "base, all ends used as planned": replace(BASE, tail=1.0),
    "even plan": replace(BASE, curve=line),
    "steep S": replace(BASE, curve=shape(4, 4)),
    "plan slow at first": replace(BASE, curve=shape(3, 0.6)),
    "plan front-loaded": replace(BASE, curve=shape(0.3, 3)),
    "the same, its long end used as planned": replace(BASE, curve=shape(0.3, 3), tail=1.0),
    "slow start, plan unaware": replace(BASE, slow_until=0.2),
    "quick start, plan unaware": replace(BASE, fast_until=0.5),
    "one to three long stops": replace(BASE, stops=3),
    "the same, stops known (S-14)": replace(BASE, stops=3, stops_move_plan=True),
    "3 to 6 months, weekly reports": replace(BASE, days=(90, 180), every=7),
    "33 to 60 months": replace(BASE, days=(1000, 1800)),
    "reports half-yearly": replace(BASE, days=(500, 1800), every=180),
    "plan dated by quarters": replace(BASE, levels=(25, 50, 75)),
    "plan of start and finish, even work": replace(BASE, curve=line, levels=()),
    "plan of start and finish, work in an S": replace(BASE, levels=()),
    "plan renewed when behind": replace(BASE, updated=True, pace=-0.2),
    "percents go backwards": replace(BASE, backwards=0.25),
    "a fifth faster": replace(BASE, pace=0.2),
    "punctual": replace(BASE, pace=0.0, spread=0.05, monthly=0.15),
    "two thirds longer": replace(BASE, pace=-0.5),
    "idle end, used as planned": replace(BASE, curve=idle(0.3), tail=1.0),
    "idle end, a third of it needed": replace(BASE, curve=idle(0.3), tail=1 / 3),
}


@dataclass(frozen=True)
class Drawn:
    """A finished project, and its plan as it stood at each report."""

    project: Finished
    plans: tuple[PlanCurve, ...]


def draw(family: Family, count: int, seed: int = 11) -> list[Drawn]:
    """Projects of a family with at least one report."""
    dice = random.Random(seed)
    found: list[Drawn] = []
    while len(found) < count:
        one = _draw(family, dice, str(len(found)))
        if one.project.reports:
            found.append(one)
    return found


def _draw(family: Family, dice: random.Random, key: str) -> Drawn:
    length = round(math.exp(dice.uniform(*map(math.log, family.days))))
    at = {
        level: next(index / 1000 for index in range(1001) if 100 * family.curve(index / 1000) >= level - 1e-9)
        for level in (*family.levels, 95)
    }
    inner = [(day(length * at[level]), float(level)) for level in family.levels]
    plan = PlanCurve((((START, 0.0), *inner, (day(length), 100.0))), "dated_percentages")
    stops = [(begun, begun + dice.uniform(60, 240) * min(1, length / 700)) for begun in _stops(family, dice, length)]
    earned, finish = _worked(family, dice, length, length * at[95], stops)
    reports = tuple(_reports(family, dice, [family.curve(min(1.0, one / length)) for one in earned]))
    spans = [(day(begun), day(until)) for begun, until in stops]
    return Drawn(Finished(key, plan, reports, day(finish)), tuple(_plans(family, plan, reports, spans)))


def _stops(family: Family, dice: random.Random, length: int) -> list[float]:
    return [dice.uniform(0.1, 0.9) * length for _ in range(dice.randint(1, family.stops))] if family.stops else []


def _worked(
    family: Family, dice: random.Random, length: int, tail_from: float, stops: Sequence[tuple[float, float]]
) -> tuple[list[float], int]:
    """Planned days done by each report, and the day all were done."""
    pace, mood, done, passed = math.exp(dice.gauss(family.pace, family.spread)), 0.0, 0.0, 0
    tail = family.tail or TYPICAL_TAIL * length * math.exp(dice.gauss(0, TAILS)) / max(1.0, length - tail_from)
    earned: list[float] = []
    while done < length and passed < 8 * length:
        passed += 1
        if passed % 30 == 1:
            mood = 0.3 * mood + dice.gauss(0, family.monthly * 0.95)
        step = pace * math.exp(mood - family.monthly**2 / 2)
        step *= 0.45 if done < family.slow_until * length else 1.0
        step *= (1.35 if done < family.fast_until * length else 1 / 1.35) if family.fast_until else 1.0
        step /= tail if done > tail_from else 1.0
        done += 0.0 if any(begun < passed <= until for begun, until in stops) else step
        if passed % family.every == 0 and done < length:
            earned.append(done)
    return earned, passed


def _reports(family: Family, dice: random.Random, shares: Sequence[float]) -> list[tuple[dt.date, float]]:
    found = []
    for count, share in enumerate(shares, 1):
        less = dice.uniform(1, 8) if dice.random() < family.backwards else 0.0
        found.append((day(count * family.every), round(min(99.8, max(0.0, 100 * share - less)), 2)))
    return found


def _plans(
    family: Family, plan: PlanCurve, reports: Sequence[tuple[dt.date, float]], stops: Sequence[tuple[dt.date, dt.date]]
) -> list[PlanCurve]:
    """The plan at each report: as first made, moved by known stops, or what remains dated anew from where it stands
    when it is a tenth behind.
    """
    found, renewed = [], START
    for index, (on, percent) in enumerate(reports):
        lag = on.toordinal() - plan.earned(percent)
        behind = abs(lag) > max(45, 0.1 * (plan.finish - START).days)
        if family.updated and percent > 0 and behind and (on - renewed).days > 150:
            rest = [(when + dt.timedelta(days=round(lag)), level) for when, level in plan.points if level > percent]
            plan, renewed = from_dated_percents([(START, 0.0), *reports[: index + 1], *rest]) or plan, on
        found.append(suspended(plan, stops, on) if family.stops_move_plan else plan)
    return found
