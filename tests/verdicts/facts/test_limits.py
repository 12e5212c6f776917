"""Facts of the works at the limit itself: rules S-1 to S-18 of docs/rules/slippage.md, GA-6 of docs/rules/gantt.md."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.verdicts.facts.assembly import PlanPoint, StoredEvent, gates_passed, planned, suspensions
from projects.verdicts.facts.curve import PlanCurve, StagePlan, from_stages, plan_curve, stage_curve
from projects.verdicts.facts.facts import DatedFigure, GateFact, Observation
from projects.verdicts.facts.milestones import attained, ends_of, first_at, fulfilled
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.works import begun, done_by_report, done_on, is_done, latest_overall

START = dt.date(2021, 1, 1)


def day(number: float) -> dt.date:
    return START + dt.timedelta(days=number)


def curve(*points: tuple[int, float]) -> PlanCurve:
    return PlanCurve(tuple((day(at), float(percent)) for at, percent in points), "x")


def figures(*values: float) -> list[DatedFigure]:
    return [DatedFigure(day(30 * number), value) for number, value in enumerate(values)]


# --- S-4: earned schedule ---------------------------------------------------------------------------------------------


def test_s4_earned_schedule_is_the_first_day_that_has_a_percent_also_off_the_curve_s_ends():
    plan = curve((0, 0), (10, 50), (20, 50.5), (40, 100))
    first = START.toordinal()
    assert [plan.earned(percent) - first for percent in (-5, 0, 25, 50, 100, 120)] == [0, 0, 5, 10, 40, 40]
    assert [plan.planned_at(first + at) for at in (-1, 0, 5, 10, 40, 41)] == [0, 0, 25, 50, 100, 100]
    cut = curve((5, 20), (10, 60), (20, 90))
    assert [cut.earned(percent) - first for percent in (10, 20, 90, 95)] == [5, 5, 20, 20]


@pytest.mark.parametrize(("points", "step"), [
    (((0, 0), (1, 50), (2, 100)), 100),
    (((0, 0), (1, 100)), 100),
    (((0, 0), (0, 100)), 5),
    (((0, 0), (50, 10), (100, 100)), 100),  # half of the time and a tenth of the work, then half and nine tenths
    (((0, 0), (50, 90), (100, 100)), 100),
    (((0, 0), (70, 7), (100, 100)), 25),
    (((0, 0), (93, 69), (100, 100)), 100),
    (((0, 0), (141, 90), (1000, 95), (2000, 100)), 5),  # 7.05 % of the time is nearer to five than to ten
    (((0, 0), (142, 90), (1000, 95), (2000, 100)), 10),
    (((0, 0), (20, 90), (36, 91), (52, 92), (68, 93), (84, 94), (100, 100)), 25),
])  # fmt: skip
def test_s18_the_longest_stretch_without_a_dated_point_is_the_lesser_of_work_and_time(points, step):
    assert curve(*points).step == step


@pytest.mark.parametrize(("longest", "step"), [(7, 5), (8, 10), (15, 10), (16, 25), (49, 25), (50, 100)])
def test_s18_a_stretch_counts_as_the_step_that_is_nearest_by_ratio(longest: int, step: int):
    rest = range(longest, 100, 5)
    assert curve((0, 0), *((at, at) for at in rest), (100, 100)).step == step
    # a plan of twenty days has five percent in each of them
    assert curve(*((at, 5 * at) for at in range(21))).step == 5


# --- S-1, S-2: the curve ----------------------------------------------------------------------------------------------


def test_s1_percents_at_the_ends_alone_are_no_dated_percents():
    assert plan_curve({day(0): 0.0, day(9): 100.0}, (), None, None) is None
    assert plan_curve({day(0): 0.0, day(9): 100.0}, (), day(0), day(9)).kind == "start_finish"
    assert plan_curve({day(0): 0.01, day(9): 100.0}, (), None, None).kind == "dated_percentages"
    stages = (StagePlan("a", 1, day(0), day(5)),)
    assert plan_curve({day(0): 0.0}, stages, day(0), day(9)).kind == "stages"
    assert plan_curve({}, (), day(0), day(9)).points == ((day(0), 0.0), (day(9), 100.0))


def test_s2_a_stage_s_work_lies_in_a_straight_line_between_its_days():
    made = from_stages((StagePlan("a", 30, day(0), day(10)), StagePlan("b", 10, day(10), day(10))))
    assert made.points == ((day(0), 0.0), (day(10), 75.0), (day(11), 100.0))
    assert from_stages((StagePlan("a", 0.5, day(0), day(10)), StagePlan("b", 0))).points == (
        (day(0), 0),
        (day(10), 100),
    )
    assert from_stages(()) is None
    thirds = from_stages(tuple(StagePlan(str(end), 1, day(0), day(end)) for end in (3, 6, 9)))
    assert [percent for _, percent in thirds.points] == [0, 61.111111, 88.888889, 100]


def test_s3_the_curve_of_a_stage_begins_and_ends_at_its_share_of_the_whole():
    whole = curve((0, 0), (40, 20), (60, 50), (80, 70), (100, 100))
    stages = (StagePlan("a", 20), StagePlan("b", 30), StagePlan("c", 50))
    assert stage_curve(whole, stages, "a").points == ((day(0), 0), (day(40), 100))
    assert stage_curve(whole, stages, "b").points == ((day(40), 0), (day(60), 100))
    assert stage_curve(whole, stages, "c").points == ((day(60), 0), (day(80), 40), (day(100), 100))
    assert stage_curve(whole, stages, "d") is None
    assert stage_curve(None, stages, "a") is None
    assert stage_curve(whole, (StagePlan("a", 0.0),), "a") is None
    own = (StagePlan("a", 20, day(3), day(7)), StagePlan("b", 30, day(3), day(4)), StagePlan("c", 5, day(3), day(2)))
    assert [stage_curve(None, own, key).finish for key in "abc"] == [day(7), day(4), day(4)]
    assert stage_curve(None, own, "a").points == ((day(3), 0.0), (day(7), 100.0))


# --- S-7, S-12: begun and done ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reported", "at"),
    [
        ((), None),
        ((99.99,), None),
        ((100,), 0),
        ((50, 100), 30),
        ((100, 90, 100), 60),
        ((100, 90), None),
        ((100, 100), 0),
    ],
)
def test_s7_the_report_that_brought_the_whole_to_100_percent_and_was_not_taken_back(reported, at):
    found = done_by_report(figures(*reported))
    assert (found and found.on) == (None if at is None else day(at))
    assert done_on({}, figures(*reported)) == (None if at is None else day(at))
    assert done_on({"in_use": GateFact(day(7))}, figures(*reported)) == day(7)


def test_s12_done_is_said_at_100_percent():
    assert [is_done(percent) for percent in (None, 0.0, 99.99, 100.0, 100.5)] == [False, False, False, True, True]


def test_s7_the_start_is_recorded_or_proven_by_any_stage_but_the_preparation():
    seen = [
        Observation(day(10), {"preparation": 5.0, "structure": 0.0}),
        Observation(day(20), {"structure": 0.5}, is_sample=True),
        Observation(day(30), {"structure": 9.0}),
    ]
    assert begun({}, seen) == GateFact(day(20), "report", is_sample=True)
    assert begun({}, seen[:1]) is None
    assert begun({"start": GateFact(day(25))}, seen) == GateFact(day(25))
    assert latest_overall(seen) is None
    assert latest_overall([Observation(day(1), overall=0.0), *seen]) == DatedFigure(day(1), 0.0)


# --- GA-6: milestones -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "at"),
    [(None, None), (0.0, None), (0.5, 30), (50.0, 30), (50.5, 60), (99.5, 60), (100.0, None), (-1.0, None)],
)
def test_ga6_the_first_report_that_came_to_a_percent_on_the_way(percent, at):
    assert first_at(percent, figures(0, 50, 99.5, 100)) == (None if at is None else day(at))
    assert first_at(50.0, figures(0, 49.99)) is None


def test_ga6_a_recorded_day_counts_from_that_day_on_and_stands_above_the_others():
    assert attained(day(10), day(5), day(3), None, day(10)) == (True, day(10))
    assert attained(day(10), day(5), day(3), None, day(9)) == (True, day(5))
    assert attained(day(10), None, day(3), None, day(9)) == (True, day(3))
    assert attained(day(10), None, None, None, day(9)) == (False, None)
    assert attained(None, day(5), None, day(5), day(9)) == (True, day(5))


def test_ga6_what_the_first_report_found_done_was_done_on_an_unknown_day():
    assert attained(None, None, day(3), day(3), day(9)) == (True, None)
    assert attained(None, None, day(4), day(3), day(9)) == (True, day(4))


def test_ga6_the_ends_of_a_project_fulfil_0_and_100_percent():
    ends = ends_of(day(1), day(9))
    assert [fulfilled(percent, None, ends) for percent in (0.0, 0.5, 99.5, 100.0, None)] == [
        day(1), None, None, day(9), None,
    ]  # fmt: skip
    assert fulfilled(100.0, day(7), ends) == day(7)
    assert ends_of(None, None) == {0.0: None, 100.0: None}


# --- S-14, P-5, S-20 --------------------------------------------------------------------------------------------------


def test_s14_suspensions_are_cut_to_the_plan_s_start_and_the_day_spoken_on():
    spans = [(day(50), day(60)), (day(10), day(20)), (day(80), None)]
    made = Pauses.of(spans, day(90), day(15))
    assert made == Pauses(((day(15), day(20)), (day(50), day(60)), (day(80), day(90))), day(80))
    assert made.days == 25
    assert [made.before(day(at)) for at in (15, 16, 20, 50, 51, 90, 99)] == [0, 1, 5, 5, 6, 25, 25]
    assert [made.worked(day(at)) for at in (15, 20, 60)] == [day(15), day(15), day(45)]
    assert [made.moved(day(at)) for at in (15, 16, 45, 46)] == [day(15), day(21), day(50), day(61)]
    assert Pauses().moved(day(3)) == Pauses().worked(day(3)) == day(3)


def test_s14_a_point_planned_anew_loses_what_was_known_to_be_lost_when_it_was():
    stops = [(day(10), day(20)), (day(40), day(60))]

    def points(*entries: tuple[int | None, int]) -> list[PlanPoint]:
        first = PlanPoint(1, 1, 50.0, None, day(30), None, False)
        return [
            first,
            *(PlanPoint(1, 1, 50.0, None, None if on is None else day(on), day(since), False) for on, since in entries),
        ]

    assert planned(points((90, 15)), day(99), stops).days == ((50.0, day(85)),)
    assert planned(points((90, 50)), day(99), stops).days == ((50.0, day(70)),)
    assert planned(points((90, 50)), day(49), stops).days == ((50.0, day(30)),)
    assert planned(points((90, 50)), day(99)).days == ((50.0, day(90)),)
    assert planned(points((None, 50)), day(99), stops).days == ()


def test_s14_works_stop_once_and_go_on_once():
    def event(at: int, effect: str) -> StoredEvent:
        return StoredEvent(1, day(at), None, None, None, effect, "day", False)

    told = [
        event(9, "resume"),
        event(7, "stop"),
        event(5, "resume"),
        event(4, ""),
        event(3, "stop"),
        event(1, "resume"),
    ]
    assert suspensions(told) == [(day(3), day(5)), (day(7), day(9))]
    assert suspensions(told[1:]) == [(day(3), day(5)), (day(7), None)]


def test_s20_gates_are_known_from_their_recorded_day_and_an_event_without_a_gate_is_none():
    events = [StoredEvent(1, day(1), None, "structure", 5.0, "", "day", False)]
    assert gates_passed(events, [("start", day(5), False)], day(4)) == {}
    assert gates_passed(events, [("start", day(5), True)], day(5)) == {"start": GateFact(day(5), "day", is_sample=True)}
    known = [PlanPoint(1, 1, None, "start", day(3), None, False), PlanPoint(1, 2, 50.0, None, day(9), None, False)]
    assert planned(known, day(1)).gates == {"start": day(3)}
    assert planned(known, day(1)).days == ((50.0, day(9)),)
