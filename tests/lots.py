"""Facts of projects drawn by lot: round figures and days, so that they often fall on the limits of rules.

The same seed makes the same projects; tests keep what rules say of them (`pins.py`).
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from charts import DEFAULT_STAGES

from projects.core.month import add_months, month_end
from projects.verdicts.facts.curve import PlanCurve, StagePlan, from_dated_percents, plan_curve
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference

START = dt.date(2021, 1, 1)
PRECISIONS = ("day", "day", "month")
GATES = ("pipeline", "feasibility", "start", "works_complete", "completion_acceptance", "in_use", "full_operation")
STAGES = ("preparation", "foundation", "structure", "fit_out")
QUARTERS = tuple((START + dt.timedelta(days=90 * number), 25.0 * number) for number in range(5))


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def a_curve(lot: random.Random) -> PlanCurve | None:
    """No plan, start and finish, quarters, tenths by month, or odd steps with missing ends."""
    match lot.randrange(12):
        case 0:
            return None
        case 1 | 2:
            return plan_curve({}, (), START, day(360))
        case 3 | 4 | 5 | 6:
            return from_dated_percents(QUARTERS)
        case 7 | 8 | 9:
            return plan_curve(
                {month_end(add_months(START, month)): 10.0 * month for month in range(11)}, (), None, None
            )
    levels = sorted(lot.sample(range(5, 96, 5), 3))
    return from_dated_percents([(day(60 * number), float(level)) for number, level in enumerate(levels, 1)])


def some_stages(lot: random.Random) -> tuple[StagePlan, ...]:
    if lot.random() < 0.2:
        return ()
    dated = lot.random() < 0.4
    return tuple(
        replace(one, start=day(60), finish=day(60 + lot.choice((0, 60, 120))))
        if dated and one.key in STAGES[2:]
        else one
        for one in DEFAULT_STAGES
    )


def some_reports(lot: random.Random) -> tuple[Observation, ...]:
    """Reports of some months: they climb, stand still or fall back, with stages and money; now and then an event."""
    seen: list[Observation] = []
    percent, stage, fen = 0.0, 0.0, 0
    share = lot.choice((0.3, 0.3, 1.0))
    for month in range(lot.choice((0, 1, 3, 4, 5, 6, 8, 9, 11))):
        if lot.random() < 0.15:
            continue
        percent = max(0.0, min(100.0, percent + lot.choice((0, 0, 5, 10, 10, 15, 20, -5)) * (2 if share == 1 else 1)))
        stage = max(0.0, min(100.0, stage + lot.choice((0, 0, 10, 20, 40, -10))))
        fen += lot.choice((0, 1, 3)) * 1_000_000_00
        on = month_end(add_months(START, month))
        entered = lot.choice((None, None, True, False))
        if lot.random() < 0.1:
            seen.append(Observation(on, {"structure": stage}, None, None, is_report=False))
            continue
        stages = {key: stage for key in STAGES if lot.random() < 0.5}
        money = lot.choice((fen, fen, None))
        reason = lot.choice(("", "待批"))
        seen.append(Observation(on, stages, percent, money, True, lot.random() < 0.1, entered, reason))
    return tuple(seen)


def a_project(lot: random.Random, *, as_of: dt.date | None = None) -> ProjectFacts:
    """A project, its suspensions as known on a day."""
    gates = {
        key: GateFact(day(30 * lot.randrange(14)), lot.choice(PRECISIONS), lot.random() < 0.1)
        for key in GATES
        if lot.random() < (0.3 if key == "start" else 0.06)
    }
    plans = {key: day(30 * lot.randrange(13)) for key in GATES if lot.random() < 0.25}
    reference = packaged_reference() if lot.random() < 0.6 else None
    made = ProjectFacts(a_curve(lot), some_stages(lot), some_reports(lot), gates, plans, reference=reference)
    begun = day(30 * lot.randrange(1, 9))
    until = lot.choice((None, begun + dt.timedelta(days=60)))
    return with_stops(made, [(begun, until)], as_of) if as_of and lot.random() < 0.2 else made
