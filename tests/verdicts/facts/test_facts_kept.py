"""What plan curves, suspensions and the works' facts say of what was drawn by lot, kept. Rules S-1 to S-14, P-5."""

from __future__ import annotations

import datetime as dt
import random

from charts import DEFAULT_STAGES
from lots import GATES, PRECISIONS, QUARTERS, START, a_curve, a_project, day, some_reports
from pins import pinned

from projects.verdicts.facts.assembly import (
    PlanPoint,
    Raw,
    StoredEvent,
    StoredReport,
    assemble,
    curves,
    planned,
    suspensions,
)
from projects.verdicts.facts.curve import (
    PlanCurve,
    StagePlan,
    forecast,
    from_dated_percents,
    plan_curve,
    stage_curve,
    suspended,
    whole_days,
)
from projects.verdicts.facts.facts import GateFact
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.works import begun, done_by_gate, done_by_report, done_on, latest_overall, overall_in

ROUND = (0.0, 10.0, 25.0, 50.0, 75.0, 95.0, 100.0)


def drawn_through(curve: PlanCurve | None) -> str:
    if curve is None:
        return "none"
    points = " ".join(f"{(on - START).days}:{percent:.4f}" for on, percent in curve.points)
    return f"{curve.kind} {curve.step} {points}"


def some_dated(lot: random.Random) -> dict[dt.date, float]:
    gap = lot.choice((15, 31, 62, 63))
    count = lot.choice((0, 1, 2, 3, 4, 5, 6))
    return {
        day(lot.choice((gap * number, gap * number, gap * (number + 1)))): lot.choice((*ROUND, 20.0 * number))
        for number in range(count)
    }


def some_stages(lot: random.Random) -> tuple[StagePlan, ...]:
    """Two or three stages, weighted or not, dated or not, some of one day."""
    found = []
    for key in "abc"[: lot.choice((1, 2, 3))]:
        start, length = day(30 * lot.randrange(4)), lot.choice((0, 1, 2, 60))
        ends = lot.choice(
            ((start, start + dt.timedelta(days=length)),) * 4 + ((None, None), (start, None), (None, start))
        )
        found.append(StagePlan(key, lot.choice((0, 0.5, 1, 25, 50, 75)), *ends))
    return tuple(found)


def test_plan_curves_by_their_trust():
    """S-1, S-2: what is made from dated percents, stages, and only start and finish."""
    lot = random.Random(41)
    answers = []
    for number in range(140):
        ends = lot.choice((None, START, day(1))), lot.choice((None, START, day(1), day(200)))
        dated, stages = some_dated(lot) if lot.random() < 0.6 else {}, some_stages(lot)
        answers.append(f"{number} {drawn_through(plan_curve(dated, stages, *ends))}")
        answers.append(f"{number} {drawn_through(from_dated_percents(dated.items()))}")
    pinned("verdicts_facts_plan_curves", answers)


def test_curves_are_read_both_ways():
    """S-1, S-4, S-14: percents on days, days of percents, and the curve after suspensions."""
    lot = random.Random(42)
    answers = []
    for number in range(60):
        curve = a_curve(lot) or from_dated_percents([(START, 0.0), (day(1), 100.0)])
        on, percent = day(lot.choice((-1, 0, 1, 45, 90, 135, 360, 400))), lot.choice((*ROUND, 0.5, 99.5))
        half = curve.planned_at(on.toordinal() + 0.5)
        spans = [
            (day(begun), lot.choice((None, day(begun + lot.choice((0, 1, 60))))))
            for begun in lot.sample((-20, 0, 45, 90, 100, 300, 360), lot.choice((1, 1, 2)))
        ]
        as_of = day(lot.choice((45, 100, 120, 160, 400)))
        late = forecast(curve, percent, curve.day_at(25), on)
        answers.append(
            f"{number} {on} {percent} {curve.planned(on):.4f} {half:.4f} {curve.day_at(percent)} "
            f"{curve.earned(percent) - START.toordinal():.4f} {late} | {drawn_through(suspended(curve, spans, as_of))}"
        )
        pauses = Pauses.of(spans, as_of, curve.start)
        told = [f"{pauses.before(one)} {pauses.worked(one)} {pauses.moved(one)}" for one in (on, day(100), day(150))]
        answers.append(f"{number} {pauses.days} {pauses.open_since} {told}")
    answers += [f"{days} {whole_days(days).days}" for days in (0.0, 1e-7, 0.01, 1.0, 1.000001, 1.00001, 1.5)]
    pinned("verdicts_facts_curves_read", answers)


def test_curves_of_stages():
    """S-3: a stage's own dates, or its share of the whole."""
    lot = random.Random(43)
    answers = []
    for number in range(60):
        stages = lot.choice((DEFAULT_STAGES, some_stages(lot)))
        whole, key = a_curve(lot), lot.choice([one.key for one in stages] + ["x"])
        answers.append(f"{number} {drawn_through(stage_curve(whole, stages, key))}")
    whole = from_dated_percents(QUARTERS)
    answers += [f"{one.key} {drawn_through(stage_curve(whole, DEFAULT_STAGES, one.key))}" for one in DEFAULT_STAGES]
    pinned("verdicts_facts_stage_curves", answers)


def test_begun_and_done():
    """S-7, S-12: the start, the finish by gate and by report, the newest figure."""
    lot = random.Random(44)
    answers = []
    for number in range(100):
        seen = some_reports(lot)
        gates = {
            key: GateFact(day(30 * lot.randrange(14)), lot.choice(PRECISIONS), lot.random() < 0.2)
            for key in GATES
            if lot.random() < 0.12
        }
        reported = overall_in(seen)
        answers.append(
            f"{number} {begun(gates, seen)} {done_by_gate(gates)} {done_by_report(reported)} "
            f"{done_on(gates, reported)} {latest_overall(seen)}"
        )
    pinned("verdicts_facts_works", answers)


def some_points(lot: random.Random) -> list[PlanPoint]:
    found = []
    for number in range(lot.choice((0, 2, 4, 8))):
        percent, gate = lot.choice(
            ((0.0, None), (25.0, None), (50.0, None), (100.0, None), (None, "start"), (None, "in_use"))
        )
        since = lot.choice((None, None, day(60), day(90), day(150)))
        on = lot.choice((None, day(0), *(day(30 * lot.randrange(1, 13)) for _ in range(4))))
        found.append(PlanPoint(1, lot.randrange(6), percent, gate, on, since, lot.random() < 0.1, 1, number))
    return found


def some_stored(lot: random.Random) -> Raw:
    reports, progress = [], {}
    for number in range(lot.choice((0, 1, 2, 4, 6))):
        month = lot.randrange(1, 6)
        reports.append(
            StoredReport(
                number, 1, dt.date(2021, month, 1), day(30 * month), day(30 * month + lot.choice((0, 5))),
                10.0 * number, lot.choice((None, number)), lot.random() < 0.1, lot.choice((None, True)), "",
            )
        )  # fmt: skip
        progress[number] = {"structure": 5.0 * number}
    reports.sort(key=lambda one: (one.month, one.id))
    events = [
        StoredEvent(
            1, day(15 * lot.randrange(14)), lot.choice((None, None, "start", "in_use")),
            lot.choice((None, "structure")), lot.choice((None, 0.0, 40.0)), lot.choice(("none", "stop", "resume")),
            lot.choice(PRECISIONS), lot.random() < 0.1,
        )
        for _ in range(lot.choice((0, 1, 3, 5)))
    ]  # fmt: skip
    events.sort(key=lambda one: one.happened_on, reverse=True)
    gates = [(key, day(30 * lot.randrange(8)), lot.random() < 0.2) for key in ("start", "in_use") if lot.random() < 0.4]
    return Raw((1,), {1: DEFAULT_STAGES[:2]}, {1: some_points(lot)}, {1: reports}, progress, {1: events}, {1: gates})


def test_facts_as_they_were_known_on_a_day():
    """P-5, S-14, S-20: reports, events, gates, plans and suspensions, each from its day on."""
    lot = random.Random(45)
    answers = []
    for number in range(90):
        raw, as_of = some_stored(lot), day(lot.choice((60, 89, 90, 105, 150, 300)))
        facts, newest = assemble(raw, as_of)
        one = facts[1]
        seen = "; ".join(
            f"{each.on} {dict(each.stages)} {each.overall} {each.investment_fen} {each.is_report} {each.is_sample} "
            f"{each.in_statistics}"
            for each in one.observations
        )
        gates = "; ".join(f"{key} {gate}" for key, gate in sorted(one.gates.items()))
        answers.append(
            f"{number} {as_of} {newest} {drawn_through(one.curve)} {sorted(one.gate_plans.items())} "
            f"{one.plan_is_sample} {one.stops} {one.pauses} | {gates} | {seen}"
        )
    pinned("verdicts_facts_assembled", answers)


def test_plans_as_they_stood_on_a_day():
    """P-5, S-14: a later entry of the same milestone wins from its day on, less what it reckons with already."""
    lot = random.Random(46)
    answers = []
    for number in range(70):
        points, on = some_points(lot), day(lot.choice((59, 60, 90, 150, 200)))
        stops = lot.choice(((), ((day(30), day(50)), (day(70), day(100)))))
        made = planned(points, on, stops)
        answers.append(
            f"{number} {on} {made} {[(str(since), drawn_through(one)) for since, one in curves(points, (), stops)]}"
        )
    events = [
        StoredEvent(1, day(number), None, None, None, effect, "day", False)
        for number, effect in reversed(list(enumerate(("resume", "stop", "stop", "none", "resume", "resume", "stop"))))
    ]
    answers += [f"{count} {suspensions(events[count:])}" for count in range(8)]
    pinned("verdicts_facts_plans", answers)


def test_projects_drawn_by_lot_are_told_up_to_a_day():
    lot = random.Random(47)
    answers = []
    for number in range(40):
        facts, on = a_project(lot, as_of=day(200)), day(lot.choice((89, 90, 180, 300)))
        stages = [(one.key, str(one.start), str(one.finish)) for one in facts.stages[2:6:3]]
        answers.append(
            f"{number} {len(facts.seen(on))} {facts.passed(on)} {stages} {drawn_through(facts.worked_curve)}"
        )
    pinned("verdicts_facts_known", answers)
