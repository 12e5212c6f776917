"""Forecasts at the limit itself: rules S-4 to S-6 and S-15 to S-19 of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents
from projects.verdicts.facts.facts import DatedFigure, Observation, RuleSet
from projects.verdicts.forecast.backtest import was_reached
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.forecast import look_ahead
from projects.verdicts.forecast.outlook import earned_day, forecast_gate, outlook, planned_gate
from projects.verdicts.forecast.reference import Finished, Reference

START = dt.date(2021, 1, 1)
NOBODY = Reference((), "none")
RULES = RuleSet()
PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


LINE = PlanCurve(((day(0), 0.0), (day(100), 100.0)), "start_finish")
QUARTERS = from_dated_percents([(day(90 * number), 25.0 * number) for number in range(5)])


# --- S-4, S-5 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "percent", "earned"), [(-5, 0.0, -5), (0, 0.0, 0), (5, 0.0, 0), (-5, 0.5, 1), (5, 1.0, 1), (5, 1.5, 2)]
)
def test_s4_before_anything_is_earned_a_project_stands_at_its_start_or_the_report_s_day(at, percent, earned):
    assert earned_day(LINE, DatedFigure(day(at), percent)) == day(earned)


def test_s4_a_promise_without_an_amount_has_no_forecast():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20", structure="0 5 10")
    as_of = dt.date(2021, 3, 31)
    for measure in ("progress_pct", "structure_pct", "investment"):
        assert outlook(promise(measure, None), facts, facts.observations, as_of, RULES) is None
        assert outlook(promise(measure, 50), facts, facts.observations, as_of, RULES) is None or measure != "investment"
    assert outlook(promise("topped_out", None), facts, facts.observations, as_of, RULES) is not None


@pytest.mark.parametrize(("key", "planned"), [("start", "start"), ("in_use", "finish"), ("feasibility", None)])
def test_s5_a_gate_is_planned_for_its_own_day_else_with_the_plan_s_start_or_finish(key: str, planned: str | None):
    facts = drawn("2021-01", plan=PLAN)
    assert planned_gate(facts, key) == (planned and getattr(facts.curve, planned))
    assert planned_gate(replace(facts, gate_plans={key: day(7)}), key) == day(7)
    assert planned_gate(replace(facts, curve=None), key) is None
    assert planned_gate(replace(facts, curve=None, gate_plans={key: day(7)}), key) == day(7)


def test_s5_a_gate_moves_with_the_whole_and_without_a_plan_or_a_report_it_has_no_forecast():
    """5 % on day 10, planned for day 5: what is planned for day 50 comes five days later."""
    facts = replace(drawn("2021-01"), curve=LINE, gate_plans={"in_use": day(50)})
    assert forecast_gate(facts, LINE, day(50), DatedFigure(day(10), 5.0), day(20)) == day(55)
    seen = (Observation(day(10), {}, 5.0),)
    in_use = promise("in_use", None)
    for as_of in (20, 55, 300):  # it is not moved to today
        assert outlook(in_use, facts, seen, day(as_of), RULES).day == day(55)
    assert outlook(in_use, replace(facts, curve=None), seen, day(20), RULES) is None
    assert outlook(in_use, facts, (), day(20), RULES) is None


@pytest.mark.parametrize(
    ("structure", "half"), [("0 0 0", "2021-07-14"), ("0 0 0.5", "2021-05-15"), ("0 0 2", "2021-05-14")]
)
def test_s6_a_stage_that_has_begun_stands_by_its_own_percent_and_before_where_the_whole_stands(structure, half):
    """The structure is planned from 03-31 to 06-30, half of it for 05-16; the whole stands at 0 % still, on 01-31."""
    facts = drawn("2021-01", plan=PLAN, reported="0 0 0", structure=structure)
    made = outlook(promise("structure_pct", 50), facts, facts.observations, dt.date(2021, 3, 31), RULES)
    assert str(made.day) == half


def test_s11_investment_is_forecast_from_the_works_at_most_to_100_percent():
    def asked(fen: float, *reports: tuple[float | None, int | None]):
        seen = tuple(
            Observation(dt.date(2021, month, 28), {}, percent, money)
            for month, (percent, money) in enumerate(reports, 1)
        )
        facts = replace(drawn("2021-01", plan=PLAN), observations=seen)
        made = outlook(promise("investment", fen), facts, seen, seen[-1].on, RULES)
        return made and made.day

    assert asked(8000, (40.0, 4000)) == asked(4000, (40.0, 2000))
    assert asked(8000, (40.0, 4000)) < asked(8001, (40.0, 4000))
    assert asked(10_000, (40.0, 4000)) == asked(99_000, (40.0, 4000))
    assert asked(8000, (0.0, 4000)) is None
    assert asked(8000, (40.0, 0)) is None
    assert asked(8000, (40.0, 4000), (50.0, None)) == asked(8000, (40.0, 4000), (50.0, 5000))


# --- S-17 -------------------------------------------------------------------------------------------------------------


def test_s17_what_is_reported_is_certain_and_a_hair_more_is_not():
    ahead = look_ahead(QUARTERS, [(day(180), 50.0)], day(200), packaged_reference())
    reported = ahead.reached(50)
    assert (reported.p10, reported.p50, reported.p90) == (day(180), day(180), day(180))
    hair = ahead.reached(50.01)  # P50: 0.08 × 0.02 × 360 days, and not moved to the day spoken on
    assert (hair.p10, hair.p50, hair.p90) == (day(180), day(181), day(185))
    assert (ahead.probability(50, day(150)), ahead.probability(50.01, day(199))) == (1.0, 0.0)
    assert 0.03 <= ahead.probability(50.01, day(200)) < 1
    assert ahead.probability(100, day(200)) == 0.03
    assert ahead.probability(100, day(2000)) == 0.97


def test_s17_the_percent_on_the_report_s_day_is_what_it_says():
    ahead = look_ahead(QUARTERS, [(day(180), 50.0)], day(180), packaged_reference())
    same, next_day = ahead.percent_on(day(180)), ahead.percent_on(day(181))
    assert (same.p10, same.p50, same.p90) == (50, 50, 50)
    assert next_day.p10 >= 50
    assert next_day.p90 > 50
    assert ahead.percent_on(day(179)).p90 == 50
    assert ahead.percent_on(day(2000)).p10 == 100


def test_s4_a_forecast_is_not_moved_to_the_day_spoken_on_nor_made_from_later_reports():
    """90 % on day 10: the tail of 5 days is expected to take √(5 × 8) = 6.3, so that 11.3 days are left."""
    late = look_ahead(LINE, [(day(10), 90.0), (day(60), 95.0)], day(59), NOBODY)
    assert (late.reported_on, late.stand.percent) == (day(10), 90.0)
    assert late.finish.p10 == late.finish.p50 == day(22)
    assert look_ahead(LINE, [(day(60), 95.0)], day(59), NOBODY) is None
    assert look_ahead(LINE, [(day(60), 95.0)], day(60), NOBODY).reported_on == day(60)


def test_s15_a_forecast_beyond_the_calendar_is_told_as_its_last_day():
    far = PlanCurve(((dt.date(9990, 1, 1), 0.0), (dt.date(9999, 12, 1), 100.0)), "start_finish")
    assert look_ahead(far, [(dt.date(9995, 1, 1), 1.0)], dt.date(9995, 1, 1), NOBODY).finish.p50 == dt.date.max


# --- S-19 -------------------------------------------------------------------------------------------------------------


def test_s19_a_report_on_the_finish_or_later_does_not_stand_for_the_finish():
    on = Finished("a", LINE, ((day(20), 20.0), (day(120), 90.0)), day(120))
    later = replace(on, reports=((day(20), 20.0), (day(130), 90.0)))
    for project in (on, later):
        assert [was_reached(project, 95.0, day(at)) for at in (113, 114, 119, 120)] == [False, True, True, True]
    assert was_reached(on, 100.0, day(120)) is True
    assert was_reached(on, 20.0, day(19)) is None
