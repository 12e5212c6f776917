"""What the reference class says of stands and of finished projects drawn by lot, kept. Rules S-15 to S-18."""

from __future__ import annotations

import datetime as dt
import random
from itertools import product

from lots import QUARTERS, START, day
from pins import pinned

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents, plan_curve
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.forecast.backtest import replay
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.forecast import look_ahead
from projects.verdicts.forecast.reference import Axis, Finished, Member, Reference, crossing, member_of, members_of
from projects.verdicts.forecast.residuals import (
    FINISH,
    LEVELS,
    WAY,
    Figures,
    at_level,
    centre,
    lowest,
    pooled,
    unproven,
)

PLANS = {
    "ends": plan_curve({}, (), START, day(360)),
    "quarters": from_dated_percents(QUARTERS),
    "tenths": from_dated_percents([(day(20 * number), 10.0 * number) for number in range(11)]),
    "twentieths": from_dated_percents([(day(15 * number), 5.0 * number) for number in range(21)]),
    "early": from_dated_percents([(day(0), 0.0), (day(129), 95.0), (day(273), 100.0)]),
    "steep": from_dated_percents([(day(0), 0.0), (day(300), 90.0), (day(301), 100.0)]),
    "a day": plan_curve({}, (), START, day(1)),
}
SMALL = Reference((Member("a", (-0.2, 0.1, 0.3), (-0.3, 0.2), 25), Member("b", (0.5,), (), 10)), "two")
LARGE = Reference(
    tuple(Member(str(n), (n / 20 - 0.5, n / 20), (n / 30 - 0.2, n / 20), 25) for n in range(20)), "twenty"
)
CLASSES = {"packaged": packaged_reference(), "two": SMALL, "twenty": LARGE, "none": Reference((), "none")}


def figures(*values: float) -> str:
    return " ".join(f"{value:.4f}" for value in values)


def test_what_lies_ahead_of_a_stand():
    """The finish, percents and chances of projects behind, on and ahead of each plan, spoken of at once and later."""
    lot = random.Random(31)
    answers = []
    for number in range(120):
        name, of = lot.choice(list(PLANS)), lot.choice(list(CLASSES))
        plan = PLANS[name]
        at, percent = (
            day(lot.choice((-30, 0, 1, 30, 90, 180, 270, 360, 400))),
            lot.choice((0, 0.5, 5, 25, 50, 75, 95, 96)),
        )
        on = at + dt.timedelta(days=lot.choice((0, 0, 15, 200)))
        stops = Pauses.of([(day(100), day(160))], on) if lot.random() < 0.3 else Pauses()
        ahead = look_ahead(plan, [(at, float(percent))], on, CLASSES[of], stops)
        span, due = ahead.finish, lot.choice((plan.finish, on, on - dt.timedelta(days=1), day(200)))
        days = [f"{one.p10} {one.p50} {one.p90}" for one in (span, ahead.reached(60), ahead.event(day(220)))]
        later = ahead.percent_on(lot.choice((at, at + dt.timedelta(days=1), on + dt.timedelta(days=60))))
        chances = [ahead.probability(level, due) for level in (25, 60, 100)] + [ahead.probability_of(day(220), due)]
        stand = ahead.stand
        known = figures(stand.earned - START.toordinal(), stand.duration, stand.end - stand.tail_from, stand.moved)
        answers.append(
            f"{number} {name} {of} {percent} {at} {on}: {known} {stand.step} | {' / '.join(days)} | "
            f"{figures(*chances)} | {figures(later.p10, later.p50, later.p90)}"
        )
    pinned("verdicts_forecast_stands", answers)


def test_the_distribution_of_one_stand():
    """Days by level of targets up to the tail, on it, in it and beyond the end; the chance of days about them."""
    answers = []
    for (name, plan), (of, known) in product(PLANS.items(), CLASSES.items()):
        stand = look_ahead(plan, [(day(30), 10.0)], day(45), known).stand
        edges = (stand.earned, stand.tail_from - 1, stand.tail_from, stand.tail_from + 0.5, stand.end, stand.end + 9)
        for level in (0.03, 0.1, 0.5, 0.97):
            days = [known.day(stand, target, level) - stand.at for target in edges]
            chances = [known.chance(stand, stand.end, stand.at + number) for number in days]
            answers.append(f"{name} {of} {level}: {figures(*days)} | {figures(*chances)}")
        at = [known.target(stand, stand.at + number, 0.5) - stand.at for number in (0, 1, 90)]
        answers.append(f"{name} {of}: {figures(*at)}")
    pinned("verdicts_forecast_distribution", answers)


def some_finished(lot: random.Random) -> Finished:
    plan = PLANS[lot.choice(list(PLANS)[:-1])]
    reports, percent = [], 0.0
    for number in range(lot.choice((1, 3, 6, 9))):
        percent = min(100.0, percent + lot.choice((0, 5, 10, 15, 25, 30)))
        reports.append(
            (day(30 * number), lot.choice((percent, percent, percent, 99.9, 0.0)) if lot.random() < 0.1 else percent)
        )
    return Finished(f"p{lot.randrange(9)}", plan, tuple(reports), day(lot.choice((90, 180, 270, 365, 500))))


def test_what_finished_projects_teach():
    lot = random.Random(32)
    answers = []
    for number in range(60):
        made = some_finished(lot)
        answers += [f"{number} {one.key} {one.step} {one.way} | {one.finish}" for one in members_of(made)]
        assert member_of(made) == members_of(made)[0]
    pinned("verdicts_forecast_members", answers)


def test_forecasts_made_again_of_finished_projects():
    lot = random.Random(33)
    answers = []
    for number in range(45):
        made = some_finished(lot)
        for row, targets in replay(made, CLASSES[lot.choice(list(CLASSES))]):
            came = " ".join(
                f"{one.percent:g} {one.due} {one.probability:.4f} {one.lead:.4f} {one.was_met}," for one in targets
            )
            answers.append(
                f"{number} {row.on} {row.percent:g} {row.p10} {row.p50} {row.p90} {row.plain} {row.actual} {came}"
            )
    pinned("verdicts_forecast_replayed", answers)


def test_the_axis_of_each_plan():
    answers = []
    for name, plan in PLANS.items():
        axis, first = Axis.of(plan), START.toordinal()
        marks = (first - 9, axis.tail_from, axis.tail_from + 0.5, axis.finish, axis.end, axis.end + 0.5, axis.end + 9)
        answers.append(
            f"{name} {axis.tail_from - first:.4f} {axis.finish - first:g} {axis.stretch:.4f} {axis.end - first:.4f} | "
            f"{figures(*(axis.expected(mark) - first for mark in marks))} | "
            f"{figures(*(axis.planned(mark) - first for mark in marks))}"
        )
    pinned("verdicts_forecast_axes", answers)


def test_a_percent_is_crossed_between_start_reports_and_finish():
    answers = []
    reports = ((day(0), 5.0), (day(1), 5.0), (day(30), 25.0), (day(60), 25.0), (day(90), 20.0), (day(120), 100.0))
    for count, level in product(range(7), (0, 5, 20, 25, 25.5, 99, 100)):
        answers.append(f"{count} {level} {crossing(reports[:count], START, day(120), level) - START.toordinal():.4f}")
    pinned("verdicts_forecast_crossings", answers)


def test_residuals_are_pooled_and_never_lower_than_more_progress_can_bear():
    lot = random.Random(34)
    answers = [figures(*LEVELS)]
    odd = Figures(0.5, 0.1, 0.2, 0.4)
    for behind, way in product((-0.5, 0.0, 0.2, 0.3, 0.31, 1.0), (-0.1, 0.0, 0.01, 0.2, 0.3, 0.4, 0.5, 0.6, 2.0)):
        told = [f"{centre(way, behind, one):.4f} {one.off(way):g} {one.off_rises(way)}" for one in (WAY, FINISH, odd)]
        answers.append(f"{behind} {way} {' '.join(told)}")
    answers += [f"{count} {unproven(count):.4f}" for count in (0, 1, 13, 14, 15, 28)]
    for drift, share in product((-0.5, 0.0, 0.1, 0.5, 1.0, 3.0), (1.0, 0.5)):
        answers.append(f"{drift} {share} {figures(*(lowest(drift, one, share) for one in (WAY, FINISH, odd)))}")
    for _ in range(40):
        samples = [
            [lot.randrange(-20, 30) / 20 for _ in range(lot.choice((0, 1, 2, 5)))]
            for _ in range(lot.choice((1, 2, 5, 20)))
        ]
        table = pooled(samples, lot.choice((WAY, FINISH, odd)))
        answers.append(figures(*table))
        answers.append(
            figures(*(at_level(table, level) for level in (0, 0.029, 0.03, 0.04, 0.05, 0.5, 0.9, 0.96, 0.97, 1)))
        )
    pinned("verdicts_forecast_residuals", answers)


def test_plans_are_made_coarser_and_told_by_their_longest_stretch():
    answers = []
    for name, plan in PLANS.items():
        assert isinstance(plan, PlanCurve)
        told = [[(str(on), percent) for on, percent in plan.coarser(step).points] for step in (10, 25, 50, 100)]
        answers.append(f"{name} {plan.step} {told}")
    pinned("verdicts_facts_coarser", answers)
