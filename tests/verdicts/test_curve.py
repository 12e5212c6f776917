"""Rules S-1 to S-4: plan curves and earned schedule, with the worked numbers of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt

from charts import DEFAULT_STAGES, curve
from hypothesis import given
from hypothesis import strategies as st

from projects.verdicts.facts.curve import StagePlan, forecast, from_dated_percents, from_stages, plan_curve, stage_curve

START = dt.date(2021, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


QUARTERS = from_dated_percents([(day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)])


def test_s1_three_dated_percentages_are_a_plan_and_the_ends_follow_the_nearest_slope():
    made = plan_curve({day(90): 25.0, day(180): 50.0, day(270): 75.0}, (), None, None)
    assert made.kind == "dated_percentages"
    assert (made.start, made.finish) == (day(0), day(360))


def test_s1_dated_percentages_are_trusted_before_dated_stages_and_those_before_start_and_finish():
    stages = (StagePlan("a", 100, day(0), day(10)),)
    assert plan_curve({day(90): 25.0, day(180): 50.0}, stages, day(0), day(5)).kind == "dated_percentages"
    assert plan_curve({day(0): 0.0, day(5): 100.0}, stages, day(0), day(5)).kind == "stages"
    assert plan_curve({day(0): 0.0, day(5): 100.0}, (), day(0), day(5)).kind == "start_finish"
    assert plan_curve({}, (), day(5), day(0)) is None


def test_s2_dated_stages_add_up_by_weight():
    made = from_stages((StagePlan("a", 25, day(0), day(100)), StagePlan("b", 75, day(50), day(100))))
    assert made.planned(day(50)) == 12.5
    assert made.planned(day(100)) == 100
    assert from_stages((StagePlan("a", 25, day(0), day(100)), StagePlan("b", 75))) is None


def test_s3_half_of_the_main_structure_is_planned_where_the_whole_is_planned_at_35_percent():
    structure = stage_curve(QUARTERS, DEFAULT_STAGES, "structure")
    assert (structure.start, structure.finish) == (day(72), day(180))
    assert structure.day_at(50) == QUARTERS.day_at(35) == day(126)


def test_s3_a_stage_with_dates_of_its_own_keeps_them():
    own = (StagePlan("structure", 30, day(10), day(20)),)
    assert stage_curve(QUARTERS, own, "structure").day_at(50) == day(15)
    assert stage_curve(None, DEFAULT_STAGES, "structure") is None
    assert stage_curve(QUARTERS, DEFAULT_STAGES, "unheard") is None


def test_s4_earned_schedule_moves_what_is_left_by_what_is_behind():
    earned = QUARTERS.day_at(40)
    assert earned == day(144)
    assert forecast(QUARTERS, 100, earned, day(210)) == day(426)
    structure = stage_curve(QUARTERS, DEFAULT_STAGES, "structure")
    assert structure.day_at(22) == day(96)
    assert forecast(structure, 50, structure.day_at(22), day(150)) == day(180) == dt.date(2021, 6, 30)


def test_a_percent_counts_on_the_first_whole_day_that_has_it():
    assert QUARTERS.day_at(0.1) == day(1)
    assert QUARTERS.planned(day(0)) == 0
    assert QUARTERS.planned(day(500)) == 100


def test_points_that_fall_back_or_repeat_are_left_out():
    made = from_dated_percents([(day(0), 0), (day(10), 30), (day(20), 20), (day(30), 100)])
    assert made.planned(day(20)) == 65
    assert from_dated_percents([(day(3), 40)]) is None
    assert from_dated_percents([]) is None


percents = st.lists(st.integers(1, 99), min_size=1, max_size=8, unique=True).map(sorted)


@given(percents, st.integers(1, 400), st.floats(0, 100), st.floats(0, 100))
def test_more_progress_is_never_planned_earlier(levels, step, one, other):
    made = from_dated_percents(
        [(day(index * step), float(level)) for index, level in enumerate(levels)] + [(day(len(levels) * step), 100.0)]
    )
    low, high = sorted((one, other))
    assert made.day_at(low) <= made.day_at(high)
    assert made.start <= made.day_at(low) <= made.finish


def test_a_drawn_plan_is_read_as_month_ends():
    assert curve("2021-01", "0 50 100").day_at(50) == dt.date(2021, 2, 28)
