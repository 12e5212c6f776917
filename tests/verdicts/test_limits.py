"""Verdicts at the limit itself, one below and one above: rules S-1 to S-14, from docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import DEFAULT_STAGES, drawn, promise

from projects.core.month import month_end
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import CountedTally, assess_programme, assess_project, conflicts
from projects.verdicts.facts.assembly import PlanPoint, curves, planned
from projects.verdicts.facts.curve import (
    PlanCurve,
    StagePlan,
    from_dated_percents,
    from_stages,
    plan_curve,
    stage_curve,
    suspended,
)
from projects.verdicts.facts.facts import (
    GateFact,
    Observation,
    ProjectFacts,
    RuleSet,
    StatusRow,
    TargetFacts,
    Verdict,
    in_own_unit,
)
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.forecast.extract import packaged_reference

START = dt.date(2021, 1, 1)
PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


QUARTERS = from_dated_percents([(day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)])


def verdict(facts, target=None, as_of="2021-06-30", **rules):
    return assess(target or promise(due="2021-06-30"), facts, iso(as_of), RuleSet(**rules))


def words(made):
    return " ".join(str(text) for text in made.reasons)


# --- S-1 to S-3: the plan curve -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gaps", "kind"),
    [
        ((62, 62, 62, 62, 62), "monthly_plan"),
        ((62, 63, 62, 62, 62), "dated_percentages"),
        ((30, 30, 30, 30), "dated_percentages"),  # three on the way are not more than three
        ((30, 30, 30, 30, 30), "monthly_plan"),
    ],
)
def test_s1_more_than_three_percents_never_more_than_62_days_apart_are_a_monthly_plan(gaps, kind):
    dated, at = {day(0): 0.0}, 0
    for number, gap in enumerate(gaps, 1):
        at += gap
        dated[day(at)] = 100.0 * number / len(gaps)
    assert plan_curve(dated, (), None, None).kind == kind


def test_s1_a_missing_end_follows_the_nearest_slope_at_both_ends():
    made = from_dated_percents([(day(90), 25.0), (day(180), 50.0), (day(200), 90.0)])
    assert made.start == day(0)
    assert made.finish == day(205)  # 40 points in 20 days: ten points in five
    whole = from_dated_percents([(day(0), 0.0), (day(10), 100.0)])
    assert whole.points == ((day(0), 0.0), (day(10), 100.0))


def test_s1_an_end_is_never_on_the_day_of_its_neighbour():
    steep = from_dated_percents([(day(5), 1.0), (day(6), 99.0)])
    assert (steep.start, steep.finish) == (day(4), day(7))


def test_s1_two_points_of_one_day_count_as_the_higher():
    made = from_dated_percents([(day(0), 0.0), (day(10), 30.0), (day(10), 50.0), (day(20), 100.0)])
    assert made.planned(day(10)) == 50
    assert from_dated_percents([(day(3), 20), (day(3), 40)]) is None


def test_s1_start_and_finish_of_one_day_are_no_plan():
    assert plan_curve({}, (), day(5), day(5)) is None
    assert plan_curve({}, (), day(5), day(6)).kind == "start_finish"
    assert plan_curve({}, (), day(5), None) is None
    assert plan_curve({}, (), None, day(5)) is None
    assert plan_curve({day(0): 0.0, day(9): 1.0}, (), None, None).kind == "dated_percentages"
    assert plan_curve({day(0): 0.0, day(9): 99.0}, (), None, None).kind == "dated_percentages"


def test_s1_a_plan_has_nothing_before_its_first_day_and_all_of_it_on_its_last():
    assert [QUARTERS.planned(day(number)) for number in (-1, 0, 90, 359, 360, 361)] == pytest.approx(
        [0, 0, 25, 75 + 25 * 89 / 90, 100, 100]
    )
    assert QUARTERS.earned(0) == day(0).toordinal()
    assert QUARTERS.earned(25) == day(90).toordinal()
    assert QUARTERS.earned(100) == day(360).toordinal()
    assert QUARTERS.day_at(25) == day(90)
    assert QUARTERS.day_at(25.01) == day(91)


def test_s2_a_stage_of_no_weight_needs_no_dates_and_one_day_is_the_least_a_stage_takes():
    made = from_stages((StagePlan("a", 50, day(0), day(0)), StagePlan("b", 50, day(0), day(2)), StagePlan("c", 0)))
    assert made.planned(day(1)) == 75
    assert made.planned(day(2)) == 100
    assert from_stages((StagePlan("c", 0, day(0), day(1)),)) is None
    assert from_stages((StagePlan("a", 1, day(0), None),)) is None
    assert from_stages((StagePlan("a", 1, None, day(3)),)) is None


def test_s2_a_stage_begins_on_its_first_day_with_nothing_and_ends_with_all():
    made = from_stages((StagePlan("a", 25, day(0), day(100)), StagePlan("b", 75, day(50), day(150))))
    assert [made.planned(day(number)) for number in (0, 50, 100, 125, 150)] == [0, 12.5, 62.5, 81.25, 100]


def test_s3_the_first_stage_starts_with_the_plan_and_the_last_ends_with_it():
    first = stage_curve(QUARTERS, DEFAULT_STAGES, "preparation")
    last = stage_curve(QUARTERS, DEFAULT_STAGES, "handover")
    assert (first.start, first.finish) == (day(0), day(18))
    assert (last.start, last.finish) == (QUARTERS.day_at(97), day(360))
    held = from_dated_percents([(day(0), 0.0), (day(90), 20.0), (day(180), 50.0), (day(360), 100.0)])
    assert stage_curve(held, DEFAULT_STAGES, "structure").points == ((day(90), 0.0), (day(180), 100.0))


def test_s3_a_stage_without_weight_has_no_curve_and_weights_need_not_make_a_hundred():
    assert stage_curve(QUARTERS, (StagePlan("a", 0), StagePlan("b", 1)), "a") is None
    half = stage_curve(QUARTERS, (StagePlan("a", 1), StagePlan("b", 1)), "b")
    assert (half.start, half.finish) == (day(180), day(360))
    own = stage_curve(None, (StagePlan("a", 0, day(5), day(5)),), "a")
    assert (own.start, own.finish) == (day(5), day(6))
    light = stage_curve(QUARTERS, (StagePlan("a", 0.5), StagePlan("b", 0.5)), "a")
    assert (light.start, light.finish) == (day(0), day(180))
    only_start = stage_curve(QUARTERS, (StagePlan("a", 1, day(7)), StagePlan("b", 1)), "a")
    assert only_start.start == day(0)


@pytest.mark.parametrize(
    ("dates", "step"),
    [
        ((0, 100), 100),
        ((0, 50, 100), 100),  # halves: nearer to only start and finish than to quarters by neither; the line is at 50
        ((0, 49, 100), 100),
        ((0, 25, 50, 75, 100), 25),
        (tuple(range(0, 101, 10)), 10),
        (tuple(range(0, 101, 5)), 5),
        ((*tuple(range(0, 101, 7)), 100), 5),
        ((*tuple(range(0, 101, 8)), 100), 10),
        ((*tuple(range(0, 101, 15)), 100), 10),
        ((*tuple(range(0, 101, 16)), 100), 25),
    ],
)
def test_s18_how_coarse_a_plan_is_goes_by_its_longest_stretch(dates, step):
    points = tuple((day(number), float(number)) for number in dates)
    assert PlanCurve(points, "x").step == step


def test_s18_the_shorter_of_work_and_time_counts_for_a_stretch():
    # sixty percent of the work in ten percent of the time, the rest by tenths of the work
    points = [(day(0), 0.0), (day(10), 60.0), (day(40), 70.0), (day(60), 80.0), (day(80), 90.0), (day(100), 100.0)]
    assert PlanCurve(tuple(points), "x").step == 10
    assert QUARTERS.coarser(50).points == ((day(0), 0.0), (day(180), 50.0), (day(360), 100.0))
    assert QUARTERS.coarser(100).points == ((day(0), 0.0), (day(360), 100.0))
    assert [percent for _, percent in QUARTERS.coarser(25).points] == [0, 25, 50, 75, 100]


# --- S-14: suspensions --------------------------------------------------------------------------------------


def test_s14_sixty_days_from_day_100_hold_the_plan_at_27_8_percent_and_finish_it_on_day_420():
    made = suspended(QUARTERS, [(day(100), day(160))], day(400))
    assert [round(made.planned(day(number)), 1) for number in (99, 100, 130, 160, 180)] == [
        27.5,
        27.8,
        27.8,
        27.8,
        33.3,
    ]
    assert made.finish == day(420)


def test_s14_an_open_suspension_counts_up_to_the_day_and_a_later_one_is_not_seen():
    assert suspended(QUARTERS, [(day(100), None)], day(100)).finish == day(360)
    assert suspended(QUARTERS, [(day(100), None)], day(101)).finish == day(361)
    assert suspended(QUARTERS, [(day(100), day(160))], day(130)).finish == day(390)
    assert suspended(QUARTERS, [(day(100), day(160))], day(99)) == QUARTERS


def test_s14_nothing_is_lost_before_the_plan_begins_or_after_it_ends():
    assert suspended(QUARTERS, [(day(-20), day(0))], day(50)) == QUARTERS
    assert suspended(QUARTERS, [(day(-20), day(5))], day(50)).finish == day(365)
    assert suspended(QUARTERS, [(day(360), day(400))], day(500)) == QUARTERS
    assert suspended(QUARTERS, [(day(359), day(400))], day(500)).finish == day(401)
    both = suspended(QUARTERS, [(day(200), day(210)), (day(100), day(160))], day(500))
    assert both.finish == day(430)


def test_s14_a_suspension_from_a_dated_point_on_moves_what_comes_after_it_only():
    made = suspended(QUARTERS, [(day(90), day(100))], day(400))
    assert [made.planned(day(number)) for number in (89, 90, 100, 190)] == pytest.approx([25 * 89 / 90, 25, 25, 50])
    assert made.points.count((day(90), 25.0)) == 1


def test_s14_days_lost_are_those_from_the_first_without_works_to_the_first_with():
    one = Pauses.of([(day(100), day(160))], day(400))
    assert one.days == 60
    assert [one.before(day(number)) for number in (99, 100, 101, 160, 161)] == [0, 0, 1, 60, 60]
    assert one.open_since is None
    assert one.worked(day(170)) == day(110)
    assert [one.moved(day(number)) for number in (100, 101)] == [day(100), day(161)]


def test_s14_a_suspension_is_seen_from_its_first_day_and_open_until_works_go_on():
    spans = [(day(100), day(160))]
    assert Pauses.of(spans, day(99)) == Pauses()
    assert Pauses.of(spans, day(100)) == Pauses((), day(100))
    assert Pauses.of(spans, day(159)).open_since == day(100)
    assert Pauses.of(spans, day(160)).open_since is None
    assert Pauses.of([(day(100), None)], day(130)) == Pauses(((day(100), day(130)),), day(100))
    assert Pauses.of([(day(100), day(160))], day(400), day(150)).days == 10
    assert Pauses.of([(day(100), day(160))], day(400), day(160)).days == 0


# --- P-5: plans as of a day ---------------------------------------------------------------------------------


def point(on: str | None, since: str | None, milestone=1, percent: float | None = 50.0, gate=None, sample=False):
    return PlanPoint(1, milestone, percent, gate, on and iso(on), since and iso(since), sample)


def test_p5_a_moved_day_counts_from_the_day_given_with_it():
    points = [point("2021-07-01", None), point("2021-08-15", "2021-05-10")]
    assert planned(points, iso("2021-05-09")).days == ((50.0, iso("2021-07-01")),)
    assert planned(points, iso("2021-05-10")).days == ((50.0, iso("2021-08-15")),)
    again = [*points, point("2021-09-01", "2021-04-01")]
    assert planned(again, iso("2021-06-01")).days == ((50.0, iso("2021-09-01")),)
    assert planned(again, iso("2021-03-31")).days == ((50.0, iso("2021-07-01")),)


def test_p5_a_day_taken_away_is_no_longer_planned_and_a_gate_is_kept_apart():
    points = [point("2021-07-01", None), point(None, "2021-05-10"), point("2021-02-01", None, 2, None, "start")]
    made = planned(points, iso("2021-05-10"))
    assert (made.days, made.gates) == ((), {"start": iso("2021-02-01")})
    assert not made.is_sample
    assert planned([point("2021-07-01", None, sample=True)], START).is_sample
    assert not planned([point(None, None, sample=True)], START).is_sample


def test_s14_a_day_moved_after_a_stop_reckons_with_it_and_one_entered_first_does_not():
    stops = [(day(100), day(160))]
    moved = [point("2021-12-27", None), point(day(420).isoformat(), day(200).isoformat())]
    assert planned(moved, day(300), stops).days == ((50.0, day(360)),)
    first = [point(day(420).isoformat(), day(200).isoformat())]
    assert planned(first, day(300), stops).days == ((50.0, day(420)),)
    emptied = [point(None, None), *first]
    assert planned(emptied, day(300), stops).days == ((50.0, day(420)),)


def test_p5_the_plan_has_a_curve_since_each_day_on_which_it_changed():
    points = [
        point("2021-01-01", None, 1, 0.0),
        point("2021-12-31", None, 2, 100.0),
        point("2022-02-28", "2021-05-10", 2, 100.0),
    ]
    made = curves(points, ())
    assert [since for since, _ in made] == [dt.date.min, iso("2021-05-10")]
    assert [curve.finish for _, curve in made] == [iso("2021-12-31"), iso("2022-02-28")]
    twice = [point("2021-03-01", None, 1, 40.0), point("2021-03-01", None, 2, 25.0), point("2021-09-01", None, 3, 80.0)]
    assert planned(twice, START).curve(()).planned(iso("2021-03-01")) == 40


# --- S-5: gates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "waits"), [(29, False), (30, False), (31, True)])
def test_s5_a_start_more_than_30_days_past_its_planned_day_waits(days, waits):
    """Without a record the forecast is the planned day, which is past: at risk on every one of these days."""
    facts = drawn("2021-01", plan=PLAN, reported="0", gate_plans={"start": iso("2021-01-31")})
    as_of = iso("2021-01-31") + dt.timedelta(days=days)
    made = assess(promise("start", None, "2021-12-31"), facts, as_of, RuleSet())
    assert (made.state, made.forecast_on, made.slip_days, made.probability) == ("at_risk", None, None, None)
    assert (f"已过 {days} 天仍无记录" in words(made), "应于 2021-01-31 达到" in words(made)) == (waits, not waits)


def test_s5_the_worked_example_of_a_start_that_nobody_recorded():
    facts = drawn("2021-01", plan=PLAN, reported="0 0 0 0", gate_plans={"start": iso("2021-01-31")})
    made = assess(promise("start", None, "2021-12-31"), facts, iso("2021-05-05"), RuleSet())
    assert (made.state, made.probability, made.forecast_on) == ("at_risk", None, None)
    assert "已过 94 天仍无记录" in words(made)


def test_s5_a_gate_at_the_end_does_not_wait_and_moves_with_the_whole():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 50", gate_plans={"in_use": iso("2021-04-30")})
    made = verdict(facts, promise("in_use", None, "2021-12-31"))
    assert (made.state, "仍无记录" in words(made)) == ("at_risk", False)
    assert "应于 2021-04-30 达到, 至今没有记录" in words(made)
    for on, state in (("2021-06-30", "at_risk"), ("2021-07-01", "on_track")):  # today is not to come
        ahead = replace(facts, gate_plans={"in_use": iso(on)})
        assert verdict(ahead, promise("in_use", None, "2021-12-31")).state == state


@pytest.mark.parametrize(
    ("measure", "forecast"),
    [("start", None), ("in_use", "2021-12-31"), ("complete", "2021-12-31"), ("accept", "2021-12-31")],
)
def test_s5_a_gate_without_a_day_of_its_own_is_planned_with_the_plan_s_start_or_finish(measure, forecast):
    """Reported 10 % on 2021-03-31, planned for 02-28: 31 days behind."""
    facts = drawn("2021-01", plan=PLAN, reported="0 0 10")
    made = verdict(facts, promise(measure, None, "2022-12-31"), as_of="2021-03-31")
    if measure == "start":  # planned for 01-31, so that it waits since then, and 31 days later is past
        assert (made.forecast_on, "计划 2021-01-31 开工, 已过 59 天仍无记录" in words(made)) == (None, True)
    else:
        assert made.forecast_on == iso(forecast) == iso("2021-11-30") + dt.timedelta(days=31)


@pytest.mark.parametrize("stage", ["foundation", "structure"])
@pytest.mark.parametrize(("percent", "met"), [(0.0, False), (0.01, True)])
def test_s7_any_foundation_or_structure_proves_the_start_on_its_report_s_day(stage, percent, met):
    seen = (Observation(iso("2021-04-30"), {stage: 0.0}, 0.0), Observation(iso("2021-05-31"), {stage: percent}, 1.0))
    made = verdict(ProjectFacts(None, (), seen, {}, {}), promise("start", None, "2021-05-31"))
    assert (made.state == "met_on_time", made.met_by == iso("2021-05-31"), made.met_on) == (met, met, None)
    assert ("开工: 不晚于 2021-05-31 (月报已有施工进度)" in words(made)) == met


# --- S-7, S-8: met ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "state", "said"),
    [
        ("2021-07-01", "met_late", "比期限晚 1 天"),
        ("2021-06-30", "met_on_time", "与期限同日"),
        ("2021-06-29", "met_on_time", "比期限早 1 天"),
        ("2021-06-16", "met_on_time", "比期限早 14 天"),
        ("2021-06-15", "met_early", "比期限早 15 天"),
        ("2021-06-14", "met_early", "比期限早 16 天"),
    ],
)
def test_s8_fifteen_days_before_the_due_day_are_early_and_the_due_day_itself_is_in_time(met, state, said):
    facts = ProjectFacts(None, (), (), {"in_use": GateFact(iso(met))}, {})
    made = verdict(facts, promise("in_use", None, "2021-06-30"), as_of="2021-12-31")
    assert (made.state, said in words(made), made.met_on) == (state, True, iso(met))
    whole = replace(promise("in_use", None, "2021-06-30"), quantifier="count", threshold=1)
    counted = assess_programme(whole, [reached(met)], [], iso("2021-12-31"))
    assert (counted.state, said in words(counted)) == (state, True)


def test_s8_without_a_due_day_it_is_met_without_slip():
    facts = ProjectFacts(None, (), (), {"in_use": GateFact(iso("2021-06-14"))}, {})
    made = verdict(facts, promise("in_use", None, None))
    assert (made.state, made.slip_days) == ("met_on_time", None)


def test_s7_a_gate_is_seen_from_its_day_on():
    facts = ProjectFacts(None, (), (Observation(START, {}, 0.0),), {"in_use": GateFact(iso("2021-06-14"))}, {})
    target = promise("in_use", None, "2021-12-31")
    assert verdict(facts, target, as_of="2021-06-13").met_on is None
    assert verdict(facts, target, as_of="2021-06-14").met_on == iso("2021-06-14")


def test_s7_half_a_percent_is_met_by_the_very_figure_and_named_with_both_ends():
    facts = drawn("2021-01", plan=PLAN, reported=". . . . . 45 55")
    made = verdict(facts, promise(due="2021-07-16"), as_of="2021-07-31")
    assert (made.state, made.met_on) == ("met_on_time", iso("2021-07-16"))
    assert "2021-06-30 为 45%, 2021-07-31 为 55%" in words(made)
    assert verdict(drawn("2021-01", plan=PLAN, reported="50"), as_of="2021-01-31").met_on == iso("2021-01-31")
    assert verdict(drawn("2021-01", plan=PLAN, reported="49.99"), as_of="2021-01-31").met_on is None


@pytest.mark.parametrize(
    ("reported", "due", "state"),
    [
        ("55 45", "2021-02-28", "overdue"),  # fell back by the due day: not met
        ("55 45", "2021-01-31", "met_on_time"),  # kept on the due day, fell after it
        ("40 55 45", "2021-01-31", "overdue"),  # came late and fell: overdue again
        ("40 55 45 60", "2021-01-31", "met_late"),
        ("55 45 60", "2021-03-31", "met_early"),
        ("55 45 60", "2021-03-20", "met_on_time"),
        ("55 50", "2021-02-28", "met_early"),
    ],
)
def test_s7_what_falls_back_by_the_due_day_is_not_met_and_what_was_kept_stays_kept(reported, due, state):
    facts = drawn("2021-01", plan=PLAN, reported=reported)
    made = verdict(facts, promise(due=due), as_of="2021-05-01")
    assert made.state == state


def test_s7_a_fall_is_told_before_and_after_the_promise_was_kept():
    kept = verdict(drawn("2021-01", plan=PLAN, reported="55 45"), promise(due="2021-01-31"), as_of="2021-05-01")
    assert "之后回落: 2021-02-28 为 45%, 低于承诺" in words(kept)
    lost = verdict(drawn("2021-01", plan=PLAN, reported="55 45"), promise(due="2021-12-31"), as_of="2021-03-01")
    assert "2021-01-31 曾为 55%, 之后回落到承诺以下" in words(lost)
    never = verdict(drawn("2021-01", plan=PLAN, reported="45 45"), promise(due="2021-12-31"), as_of="2021-03-01")
    assert "回落" not in words(never)


@pytest.mark.parametrize(("on", "contradicts"), [("2021-06-29", False), ("2021-06-30", True), ("2021-07-31", True)])
def test_s21_a_gate_and_a_report_of_its_day_or_later_with_less_of_a_stage_contradict_each_other(on, contradicts):
    seen = (Observation(iso("2021-05-31"), {"structure": 90.0}), Observation(iso(on), {"structure": 99.99}))
    facts = ProjectFacts(None, (), seen, {"works_complete": GateFact(iso("2021-06-30"))}, {})
    made = verdict(facts, promise("structure_done", None, "2021-06-30"), as_of="2021-08-31")
    assert (made.state, made.met_by) == (("contradicted", None) if contradicts else ("met_on_time", iso("2021-06-30")))
    full = replace(facts, observations=(Observation(iso(on), {"structure": 100.0}),))
    assert verdict(full, promise("structure_done", None, "2021-07-31"), as_of="2021-08-31").state.startswith("met_")


def test_s7_of_several_gates_that_prove_a_stage_the_first_counts():
    gates = {"works_complete": GateFact(iso("2021-06-30")), "in_use": GateFact(iso("2021-06-15"))}
    facts = ProjectFacts(None, (), (), gates, {})
    made = verdict(facts, promise("structure_done", None, "2021-06-30"), as_of="2021-08-31")
    assert (made.state, made.met_on, made.met_by) == ("met_on_time", None, iso("2021-06-15"))


# --- S-9, S-10: not met yet ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "state"),
    [("2021-07-30", "on_track"), ("2021-07-29", "at_risk"), ("2021-06-30", "at_risk"), ("2021-06-29", "behind")],
)
def test_s9_one_day_late_is_at_risk_and_more_than_thirty_are_behind(due, state):
    """Reported 20 % on 2021-04-30, planned for 03-31: half is forecast for 2021-07-30."""
    facts = drawn("2021-01", plan=PLAN, reported="0 0 10 20")
    made = verdict(facts, promise(due=due), as_of="2021-04-30")
    assert (made.forecast_on, made.state) == (iso("2021-07-30"), state)
    assert made.slip_days == (iso("2021-07-30") - iso(due)).days


def test_s9_the_due_day_itself_is_not_over():
    facts = drawn("2021-01", plan=PLAN, reported="0 0 10 20")
    on_it = verdict(facts, promise(due="2021-05-15"), as_of="2021-05-15")
    after = verdict(facts, promise(due="2021-05-15"), as_of="2021-05-16")
    assert (on_it.state, after.state) == ("behind", "overdue")
    assert "晚 30 天以上算将误期" in words(on_it)
    assert "算将误期" not in words(after)
    assert "期限已过 1 天, 尚未达到" in words(after)
    nothing = ProjectFacts(None, (), (), {}, {})
    assert "期限已过" not in words(verdict(nothing, promise(due="2021-05-15"), as_of="2021-05-15"))
    assert "期限已过 1 天" in words(verdict(nothing, promise(due="2021-05-15"), as_of="2021-05-16"))


def test_s9_nothing_reported_and_no_due_day_is_undated_and_without_a_plan_overdue_by_the_day_itself():
    nothing = ProjectFacts(None, (), (), {}, {})
    assert verdict(nothing, promise(due=None)).state == "undated"
    assert verdict(nothing, promise("in_use", None, None)).state == "undated"
    assert verdict(nothing, promise("in_use", None, "2021-12-31")).state == "unknown"
    made = verdict(drawn("2021-01", reported="0 10"), as_of="2021-07-05")
    assert (made.state, made.slip_days, made.forecast_on) == ("overdue_no_evidence", None, None)
    newer = verdict(drawn("2021-01", reported="0 10 10 10 10 10"), as_of="2021-07-05")
    assert (newer.state, newer.slip_days, newer.forecast_on) == ("overdue", 5, None)
    gate = verdict(drawn("2021-01", reported="0 10"), promise("in_use", None, "2021-12-31"))
    assert (gate.state, "填入 25%、50%、75%" in words(gate)) == ("unknown", True)
    event = ProjectFacts(None, (), (), {"start": GateFact(iso("2021-02-01"))}, {})
    open_gate = verdict(event, promise("in_use", None, "2021-12-31"))
    assert (open_gate.state, "还没有已通过的月报, 无法推算" in words(open_gate)) == ("unknown", True)


@pytest.mark.parametrize(("percent", "shown"), [("29.99", False), ("30", True)])
def test_s9_the_actual_pace_is_shown_from_thirty_percent_on(percent, shown):
    made = verdict(drawn("2021-01", plan=PLAN, reported=f"0 10 20 {percent}"), as_of="2021-04-30")
    assert (made.actual_pace is not None, "不足 30%" in words(made)) == (shown, not shown)


def test_s9_the_required_pace_runs_to_the_due_day_and_ends_with_it():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30")
    made = verdict(facts, promise(due="2021-05-01"), as_of="2021-04-30")
    assert made.required_pace == pytest.approx(20 * 30.4375)
    assert verdict(facts, promise(due="2021-05-01"), as_of="2021-05-01").required_pace is None


def test_s9_the_actual_pace_looks_back_three_months_and_a_week():
    reported = [("2021-01-31", 10.0), ("2021-02-06", 20.0), ("2021-02-08", 25.0), ("2021-04-30", 40.0)]
    facts = replace(
        drawn("2021-01", plan=PLAN), observations=tuple(Observation(iso(on), {}, value) for on, value in reported)
    )
    made = verdict(facts, promise(due="2021-12-31"), as_of="2021-04-30")
    since = iso("2021-02-06")  # three months back is 01-30, and a week later 02-06
    assert made.actual_pace == pytest.approx(20 / ((iso("2021-04-30") - since).days / 30.4375))
    short = replace(facts, observations=facts.observations[2:])
    assert verdict(short, promise(due="2021-12-31"), as_of="2021-04-30").actual_pace == pytest.approx(
        15 / (81 / 30.4375)
    )
    alone = replace(facts, observations=facts.observations[3:])
    told = verdict(alone, promise(due="2021-12-31"), as_of="2021-04-30")
    assert (told.actual_pace, "只有一期数据" in words(told)) == (None, True)


@pytest.mark.parametrize(
    ("days", "state", "told"),
    [(45, "on_track", None), (46, "on_track", "已是 46 天前"), (67, "unknown", "已 67 天: 不给")],
)
def test_s22_the_age_of_the_newest_report_is_told_from_46_days_on_and_silence_takes_the_green_away(days, state, told):
    """Of 2021-05-31: the report of July is missing from 08-06 on, after 67 days."""
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 20 20")
    facts = replace(facts, observations=facts.observations[-1:])
    as_of = iso("2021-05-31") + dt.timedelta(days=days)
    made = assess(promise(due="2021-12-31"), facts, as_of, RuleSet())
    assert made.state == state
    assert told in words(made) if told else "天前" not in words(made).replace(f"({days} 天前)", "")


def standing(*reports: tuple[str, float], plan: str = PLAN) -> ProjectFacts:
    return replace(
        drawn("2021-01", plan=plan), observations=tuple(Observation(iso(on), {}, value) for on, value in reports)
    )


@pytest.mark.parametrize(("last", "stalls"), [("2021-07-31", 0), ("2021-08-01", 0), ("2021-08-02", 63)])
def test_s10_reports_that_stand_still_for_more_than_62_days_are_taken_to_do_so_as_long_again(last, stalls):
    """75 % is planned 106 days after 40 % (2021-05-31 and 09-14); the class moves alike (chances and days)."""
    facts = standing(("2021-05-31", 40.0), (last, 40.0))
    away = (facts.curve.day_at(75) - facts.curve.day_at(40)).days
    bare = verdict(facts, promise(threshold=75, due="2022-12-31"), as_of="2021-08-05")
    known = replace(facts, reference=packaged_reference())
    alone = replace(known, observations=known.observations[-1:])
    made, fresh = (verdict(one, promise(threshold=75, due="2021-12-31"), as_of="2021-08-05") for one in (known, alone))
    assert ("天没有增加" in words(bare), "按还要停滞同样久计" in words(bare)) == (bool(stalls), bool(stalls))
    assert bare.forecast_on == iso(last) + dt.timedelta(days=away)  # the bare rule (S-4) has no stalls
    assert made.forecast_on - fresh.forecast_on == dt.timedelta(days=stalls)
    assert made.forecast_p90 - fresh.forecast_p90 == dt.timedelta(days=stalls)
    assert (made.probability < fresh.probability) == bool(stalls)


def test_s10_the_worked_example_of_a_stall():
    months = [day_of(month) for month in range(1, 11)]
    facts = replace(standing(*((on, 15.0) for on in months)), reference=packaged_reference())
    made = verdict(facts, promise(due="2023-12-31"), as_of="2021-10-31")
    alone = replace(facts, observations=facts.observations[-1:])
    once = verdict(alone, promise(due="2023-12-31"), as_of="2021-10-31")
    assert "自 2021-01-31 (15%) 起 273 天没有增加" in words(made)
    assert made.forecast_on - once.forecast_on == dt.timedelta(days=273)
    moved = replace(facts, observations=(*facts.observations[:-1], Observation(iso("2021-10-31"), {}, 15.01)))
    assert "没有增加" not in words(verdict(moved, promise(due="2023-12-31"), as_of="2021-10-31"))


def test_s10_before_the_plan_s_start_after_a_hundred_and_while_it_stands_nothing_stalls():
    target = promise("in_use", None, "2022-12-31")
    early = standing(("2020-09-30", 0.0), ("2020-12-31", 0.0))
    assert "没有增加" not in words(verdict(early, target, as_of="2021-01-05"))
    done = standing(("2021-05-31", 100.0), ("2021-08-31", 100.0))
    assert "没有增加" not in words(verdict(done, target, as_of="2021-08-31"))
    nearly = standing(("2021-05-31", 99.9), ("2021-08-31", 99.9))
    assert "没有增加" in words(verdict(nearly, target, as_of="2021-08-31"))
    late = standing(("2021-12-31", 80.0), ("2022-03-31", 80.0))  # the plan is through, the works are not
    assert "没有增加" in words(verdict(late, target, as_of="2022-03-31"))
    fell = standing(("2021-05-31", 45.0), ("2021-06-30", 40.0), ("2021-08-31", 40.0))
    assert "自 2021-05-31 (40%) 起 92 天" in words(verdict(fell, target, as_of="2021-08-31"))


def test_s9_the_forecast_that_did_not_move_says_so_and_one_that_came_nearer_too():
    same = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30"), as_of="2021-04-30")
    assert "推算与截至 2021-03-31 时相同" in words(same)
    nearer = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 31"), as_of="2021-04-30")
    assert "现提前 4 天" in words(nearer)
    first = verdict(drawn("2021-01", plan=PLAN, reported=". . . 31"), as_of="2021-04-30")
    assert "截至" not in words(first)


def reached(on: str) -> Verdict:
    return Verdict("met_on_time", met_on=iso(on), met_by=iso(on))


def day_of(month: int) -> str:
    return month_end(dt.date(2021, month, 1)).isoformat()


# --- S-11: counts and shares --------------------------------------------------------------------------------


def count(threshold=24.0, due="2020-12-31", quantifier="count", measure="start"):
    return TargetFacts("p", measure, quantifier, threshold, iso(due) if due else None, "none")


@pytest.mark.parametrize(
    ("reached", "state"), [(81, "on_track"), (80, "on_track"), (79, "at_risk"), (60, "at_risk"), (59, "behind")]
)
def test_s11_eighty_percent_is_on_track_and_sixty_at_risk_to_the_very_figure(reached, state):
    """100 promised of a year of 364 days' way; half of it is over, so that twice as many of 200 are asked."""
    target = count(200.0, "2021-12-31")
    made = assess_programme(target, [], [CountedTally(iso("2021-07-02"), reached)], iso("2021-07-02"))
    assert made.state == state
    assert f"为序时进度的 {reached}%" in words(made).replace(".0%", "%")


def test_s11_the_first_of_january_asks_nothing_yet_and_the_due_day_all():
    target = count(10.0, "2021-12-31")
    assert assess_programme(target, [], [CountedTally(iso("2020-12-31"), 0)], iso("2021-01-01")).state == "unknown"
    assert assess_programme(target, [], [CountedTally(iso("2020-12-31"), 9)], iso("2020-12-31")).state == "unknown"
    assert assess_programme(target, [], [CountedTally(iso("2020-12-31"), 0)], iso("2021-01-02")).state == "behind"
    assert assess_programme(target, [], [CountedTally(iso("2021-12-31"), 8)], iso("2021-12-31")).state == "on_track"
    over = assess_programme(target, [], [CountedTally(iso("2021-12-31"), 8)], iso("2022-01-01"))
    assert (over.state, over.slip_days) == ("overdue", 1)
    first = assess_programme(count(2.0, "2021-01-01"), [], [CountedTally(iso("2021-01-01"), 1)], iso("2021-01-01"))
    assert first.state == "unknown"


def test_s11_a_share_is_rounded_up_to_whole_projects():
    members = [reached("2021-03-01")] * 3 + [Verdict("behind")] * 4
    share = count(50.0, "2021-12-31", "share", "in_use")
    made = assess_programme(share, members, [], iso("2021-06-30"))  # half of seven is four
    assert "已达到 3 个, 需要 4 个" in words(made)
    enough = assess_programme(share, [*members[1:], *members[:2]], [], iso("2021-06-30"))
    assert enough.met_on == iso("2021-03-01")
    part = assess_programme(count(2.5, "2021-12-31"), members, [], iso("2021-06-30"))
    assert part.met_on == iso("2021-03-01")


def test_s11_a_count_is_met_on_the_day_of_the_last_needed_or_of_the_tally_that_says_so():
    members = [reached(f"2021-03-{number:02}") for number in (5, 1, 3)]
    assert assess_programme(count(2.0, "2021-03-03"), members, [], iso("2021-12-31")).met_on == iso("2021-03-03")
    tallies = [CountedTally(iso("2021-02-28"), 2), CountedTally(iso("2021-04-30"), 3)]
    made = assess_programme(count(3.0, "2021-03-03"), members, tallies, iso("2021-12-31"))
    assert (made.met_on, made.state) == (iso("2021-03-05"), "met_late")
    by_tally = assess_programme(count(2.0, "2021-03-03"), members, tallies, iso("2021-12-31"))
    assert (by_tally.met_on, by_tally.state) == (iso("2021-02-28"), "met_on_time")
    bounds = [replace(one, met_on=None) for one in members]
    by_bound = assess_programme(count(3.0, "2021-03-04"), bounds, [], iso("2021-12-31"))
    assert (by_bound.met_on, by_bound.met_by, by_bound.state, by_bound.slip_days) == (
        *(None, iso("2021-03-05"), "met_late", 1),
    )
    assert "至多晚 1 天" in words(by_bound)
    in_time = assess_programme(count(3.0, "2021-03-05"), bounds, [], iso("2021-12-31"))
    assert (in_time.state, in_time.slip_days) == ("met_on_time", None)
    on_the_day = assess_programme(count(2.0, "2021-12-31"), [], tallies, iso("2021-02-28"))
    assert on_the_day.met_on == iso("2021-02-28")
    day_before = assess_programme(count(2.0, "2021-12-31"), members, [], iso("2021-03-02"))
    assert day_before.met_on is None


def test_s11_a_tally_says_how_many_there_are_and_a_sample_is_said_to_be_one():
    share = count(50.0, "2021-12-31", "share", "in_use")
    made = assess_programme(share, [], [CountedTally(iso("2021-03-31"), 3, 8, True)], iso("2021-06-30"))
    assert (made.current, made.rests_on_sample) == (37.5, True)
    bare = assess_programme(share, [], [CountedTally(iso("2021-03-31"), 3)], iso("2021-06-30"))
    assert (bare.state, bare.current, bare.rests_on_sample) == ("unknown", None, False)
    assert "不知道项目总数" in words(bare)
    undated = assess_programme(replace(share, due=None), [], [CountedTally(iso("2021-03-31"), 3, 8)], iso("2021-06-30"))
    assert (undated.state, undated.current) == ("undated", 37.5)
    met = assess_programme(replace(share, due=None), [], [CountedTally(iso("2021-03-31"), 4, 8)], iso("2021-06-30"))
    assert (met.state, met.slip_days) == ("met_on_time", None)
    silent = assess_programme(replace(share, due=None), [Verdict("unknown")], [], iso("2021-06-30"))
    assert silent.state == "undated"


def test_s11_three_projects_at_even_odds_bring_two_with_even_odds():
    """3/8 + 1/8 = 50 %; with one there in time already 3/4, with one there too late 1/4."""
    half = Verdict("at_risk", probability=50.0)
    target = count(2.0, "2021-12-31")

    def chance(*members, tallies=()):
        return assess_programme(target, list(members), list(tallies), iso("2021-06-30")).probability

    assert chance(half, half, half) == pytest.approx(50)
    assert chance(half, half, reached("2021-03-01")) == pytest.approx(75)
    assert chance(half, half, Verdict("overdue")) == pytest.approx(25)
    early = replace(target, due=iso("2021-03-01"))
    assert assess_programme(early, [half, half, reached("2021-03-01")], [], iso("2021-03-01")).probability == 75
    assert chance(half, half, Verdict("at_risk")) is None
    assert chance(half, half, half, tallies=[CountedTally(iso("2021-03-31"), 1)]) is None
    assert chance(*[Verdict("on_track", probability=100.0)] * 3) == 100


# --- S-12: the project as a whole ---------------------------------------------------------------------------


@pytest.mark.parametrize(("done", "days"), [("2021-03-16", -15), ("2021-03-31", 0), ("2021-04-01", 1)])
def test_s12_without_promises_a_project_is_undated_and_its_works_are_held_against_its_plan(done, days):
    facts = replace(drawn("2021-01", plan="0 50 100", reported="0 90"), gates={"works_complete": GateFact(iso(done))})
    made = assess_project(facts, {}, iso("2021-12-31"))
    assert (made.state, made.slip_days, made.actual_finish) == ("undated", None, iso(done))
    assert (made.works.state, made.works.days) == ("finished", days)
    assert made.finish_slip(facts.curve.finish) == days


@pytest.mark.parametrize(
    ("reported", "as_of", "finish", "works", "days"),
    [
        ("0 50", "2021-02-28", "2021-03-31", "on_plan", 0),
        ("0 27", "2021-02-28", "2021-04-12", "on_plan", 13),
        ("0 25", "2021-02-28", "2021-04-14", "on_plan", 14),
        ("0 24", "2021-02-28", "2021-04-14", "behind", 15),
        ("0 0", "2021-02-28", "2021-04-28", "behind", 28),
        ("0 50", "2021-04-05", None, "on_plan", 0),  # its day, 03-31, is past
    ],
)
def test_s12_the_finish_is_forecast_where_it_may_be_told_and_is_no_promise(reported, as_of, finish, works, days):
    facts = drawn("2021-01", plan="0 50 100", reported=reported)
    facts = replace(facts, gates={"start": GateFact(iso("2021-01-31"))})
    made = assess_project(facts, {}, iso(as_of))
    assert (made.state, made.slip_days) == ("undated", None)
    assert (made.forecast_finish and made.forecast_finish.isoformat()) == finish
    assert (made.works.state, made.works.days) == (works, days)


def test_s12_the_chance_of_the_plan_s_own_finish_goes_with_its_day():
    facts = replace(drawn("2021-01", plan="0 50 100", reported="0 25"), reference=packaged_reference())
    made = assess_project(facts, {}, iso("2021-02-28"))
    assert (made.forecast_finish > facts.curve.finish, made.finish_chance < 50) == (True, True)
    assert made.probability is None, "no promise, no chance of one"
    assert assess_project(facts, {}, iso("2021-06-30")).finish_chance is None


def test_s12_a_project_is_done_by_its_first_proof_and_begun_by_foundation_or_structure():
    seen = (
        Observation(day(10), {"preparation": 50.0, "foundation": 0.0}, 2.0, 5),
        Observation(day(40), {"foundation": 1.0}, 99.99, None),
        Observation(day(50), {"foundation": 100.0}, 100.0, 7),
        Observation(day(60), {"foundation": 100.0}, 100.0, None),
    )
    facts = ProjectFacts(QUARTERS, (), seen, {}, {})
    made = assess_project(facts, {}, day(60))
    assert (made.actual_start, made.actual_finish, made.investment_fen) == (day(40), day(50), 7)
    assert assess_project(facts, {}, day(49)).actual_finish is None
    gates = {"in_use": GateFact(day(55)), "completion_acceptance": GateFact(day(52)), "start": GateFact(day(30))}
    gated = assess_project(replace(facts, gates=gates), {}, day(60))
    assert (gated.actual_start, gated.actual_finish) == (day(30), day(52))
    assert assess_project(replace(facts, gates=gates), {}, day(29)).actual_start is None
    nothing = assess_project(ProjectFacts(None, (), (), {}, {}), {}, day(60))
    assert (nothing.state, nothing.percent, nothing.plan_percent, nothing.investment_fen) == ("undated", *[None] * 3)


def test_s12_of_promises_equally_bad_the_latest_decides_and_one_without_days_comes_last():
    facts = drawn("2021-01", plan="0 50 100", reported="0 10")
    verdicts = {"a": Verdict("behind", None), "b": Verdict("behind", 40, probability=12.0), "c": Verdict("behind", 31)}
    made = assess_project(facts, verdicts, iso("2021-02-28"))
    assert (made.worst, made.slip_days, made.probability) == ("b", 40, 12.0)


# --- S-13: contradictions -----------------------------------------------------------------------------------


def target(key, measure, threshold=None, due=None, quantifier="project"):
    return TargetFacts(key, measure, quantifier, threshold, iso(due) if due else None, "none")


def said(one, other):
    return [str(reason) for _, _, reason in conflicts([one, other])]


def test_s13_a_start_on_the_finish_s_day_contradicts_it_and_one_the_day_before_does_not():
    finish = target("b", "complete", due="2021-12-31")
    assert said(target("a", "start", due="2021-12-31"), finish) == ["开工期限不早于完成期限"]
    assert said(target("a", "start", due="2022-01-01"), finish) == ["开工期限不早于完成期限"]
    assert said(target("a", "start", due="2021-12-30"), finish) == []
    assert said(target("a", "start", due="2021-12-31"), target("b", "complete")) == []
    assert len(said(target("a", "start"), finish)) == 1
    assert said(target("a", "start"), target("b", "investment", 5, "2021-12-31")) == []


def test_s13_two_thresholds_for_one_day_or_two_days_for_one_threshold():
    half = target("a", "structure_pct", 50, "2021-12-31")
    assert said(half, target("b", "structure_pct", 60, "2021-12-31")) == ["同一指标、同一期限有两个不同的数量"]
    assert said(half, target("b", "structure_pct", 50, "2021-11-30")) == ["同一指标有两个不同的期限"]
    assert said(half, target("b", "structure_pct", 60, "2022-12-31")) == []
    assert said(half, half) == []
    shared = target("a", "start", 24, "2020-12-31", "count")
    assert said(shared, target("b", "complete", due="2020-12-31")) == []
    assert said(target("b", "start", due="2020-12-31"), target("a", "complete", 24, "2020-12-31", "count")) == []


# --- figures as they are kept -------------------------------------------------------------------------------


def test_percents_are_kept_in_hundredths_counts_and_fen_as_they_are():
    assert in_own_unit("structure_pct", "project", 5_050) == 50.5
    assert in_own_unit("investment", "project", 5_050) == 5_050
    assert in_own_unit("start", "count", 24) == 24
    assert in_own_unit("start", "share", None) is None


def test_a_status_row_tells_its_four_lights_in_their_order():
    empty = dict.fromkeys(StatusRow.__dataclass_fields__)
    reason = {"m": "没有计划开工日期", "p": {}}
    row = StatusRow(**(empty | {"lights": "gyr-", "light_reasons": [reason] * 4}))
    assert [(key, state) for key, state, _ in row.four_lights] == [
        ("start", "green"),
        ("progress", "yellow"),
        ("payment", "red"),
        ("entry", "grey"),
    ]
