"""Rules S-14 to S-18: ranges and probabilities from one distribution, with the worked numbers of
docs/rules/slippage.md.
"""

from __future__ import annotations

import datetime as dt

import pytest
from charts import curve, row
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents, suspended
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.forecast import Forecast, look_ahead
from projects.verdicts.forecast.reference import Axis, Member, Reference
from projects.verdicts.forecast.residuals import FINISH, WAY, centre

START = dt.date(2021, 1, 1)
CLASS = packaged_reference()
NOBODY = Reference((), "nobody")  # no residuals: the bare rule


def day(number: float) -> dt.date:
    return START + dt.timedelta(days=int(number))


QUARTERS = from_dated_percents([(day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)])


def ahead(
    reports: list[tuple[dt.date, float]],
    as_of: dt.date | None = None,
    plan: PlanCurve = QUARTERS,
    reference: Reference = CLASS,
) -> Forecast:
    made = look_ahead(plan, reports, as_of or reports[-1][0], reference)
    assert made is not None
    return made


# --- the rules, one by one --------------------------------------------------------------------------------------------


def test_s15_the_last_five_percent_lie_halfway_by_ratio_between_the_plan_and_what_finished_projects_took():
    axis = Axis.of(QUARTERS)
    assert axis.tail_from - START.toordinal() == 342
    assert axis.end - axis.tail_from == pytest.approx((18 * 0.08 * 360) ** 0.5)  # 22.8 days instead of 18
    idle = Axis.of(from_dated_percents([(day(0), 0.0), (day(129), 95.0), (day(273), 100.0)]))
    assert idle.end - START.toordinal() == pytest.approx(
        129 + (144 * 0.08 * 273) ** 0.5
    )  # 56 days for the last five percent, not 144


def test_s15_planned_and_expected_days_go_back_and_forth():
    axis = Axis.of(QUARTERS)
    for number in (0, 200, 342, 350, 360, 400):
        planned = float(day(number).toordinal())
        assert axis.planned(axis.expected(planned)) == pytest.approx(planned)


def test_s16_of_what_is_behind_part_is_made_up_on_a_long_way_and_nothing_at_the_end():
    assert centre(0.6, 0.0, FINISH) == 0.6
    assert centre(0.6, 0.1, FINISH) == 0.6, "the finish stays as far behind as it is"
    assert centre(0.6, 0.1, WAY) == pytest.approx(0.6 - 0.8 * 0.1 * 0.6 / 0.9)
    assert centre(0.01, 0.1, WAY) == pytest.approx(0.01, abs=0.003)
    assert centre(0.6, 0.9, WAY) == centre(0.6, 0.3, WAY), "no more than REACH is ever made up from"


def test_s16_worked_number_on_plan_without_residuals_ends_with_the_expected_tail():
    assert ahead([(day(180), 50.0)], reference=NOBODY).finish.p50 == day(365)  # 342 + 22.8, rounded up
    late = ahead([(day(210), 40.0)], reference=NOBODY)
    assert late.stand.earned - START.toordinal() == 144
    assert late.finish.p50 == day(431)  # 66 days behind, and 221 days ahead
    assert late.reached(75).p50 == day(308)  # to 75 % 126 days lie ahead, on which 28 are made up


def test_s17_the_range_narrows_as_the_work_goes_on():
    widths = [
        (span.p90 - span.p10).days
        for span in (ahead([(day(number), number / 3.6)]).finish for number in (36, 180, 324))
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 3


@pytest.mark.parametrize(
    ("percent", "at", "finish", "three_quarters", "chances", "on_day_270"),
    [
        (50.0, 180, (302, 365, 483), (249, 276, 326), (42, 78), (65, 73, 83)),
        (40.0, 210, (358, 431, 568), (278, 315, 384), (3, 32), (52, 61, 72)),
    ],
)
def test_s17_worked_numbers_of_the_packaged_class(percent, at, finish, three_quarters, chances, on_day_270):
    made = ahead([(day(at), percent)])
    for span, numbers in ((made.finish, finish), (made.reached(75), three_quarters)):
        assert (span.p10, span.p50, span.p90) == tuple(map(day, numbers))
    assert tuple(round(100 * made.probability(75, day(due))) for due in (270, 300)) == chances
    span = made.percent_on(day(270))
    assert tuple(map(round, (span.p10, span.p50, span.p90))) == on_day_270
    span = ahead([(day(340), 96.0)]).finish
    assert (span.p10, span.p50, span.p90) == (day(344), day(359), day(387))
    assert ahead([(day(340), 96.0)], as_of=day(520)).finish == span, "not moved to today for want of news (S-4)"


def test_s17_so_small_a_class_moves_no_finish_but_a_larger_one_does():
    """The median of fourteen is taken off; of a portfolio of forty that always needs half as long again, most is
    believed.
    """
    habit = tuple(sorted([0.4, 0.5, 0.6]))
    few, many = (
        Reference(tuple(Member(str(index), habit, habit, 25) for index in range(count)), "late") for count in (14, 42)
    )
    reports = [(day(180), 50.0)]
    assert ahead(reports, reference=few).finish.p50 == ahead(reports, reference=NOBODY).finish.p50 == day(365)
    assert ahead(reports, reference=many).finish.p50 > day(430)
    assert ahead(reports, reference=few).reached(60).p50 > ahead(reports, reference=NOBODY).reached(60).p50, (
        "for a short way a habit counts"
    )


def test_s17_the_further_s15_moves_an_end_the_wider_is_its_range():
    idle = from_dated_percents(
        [(day(360 * level / 100 * 0.6), float(level)) for level in range(0, 100, 5)] + [(day(360), 100.0)]
    )
    plain = from_dated_percents([(day(360 * level / 100), float(level)) for level in range(0, 101, 5)])
    both = [
        ahead([(plan.day_at(95), 95.0)], plan=plan, reference=Reference((Member("a", (0.0,), (-0.2, 0.0, 0.5)),), "a"))
        for plan in (idle, plain)
    ]
    widths = [(one.finish.p90 - one.finish.p10).days for one in both]
    assert both[0].stand.moved > 0.2
    assert widths[0] > 2 * widths[1]
    assert both[0].finish.p50 < idle.finish < both[0].finish.p90, (
        "the plan's own end lies in the range, not at its middle"
    )


def test_s17_a_finish_long_overdue_and_not_reported_is_not_said_to_be_today():
    reported = [(day(340), 96.0)]
    fresh, old = ahead(reported), ahead(reported, as_of=day(700))
    assert old.finish == fresh.finish
    assert fresh.finish.p90 < day(700)
    assert old.probability(100, day(699)) == 0.0, "past and not reported"
    assert fresh.probability(100, fresh.finish.p90) >= 0.9


def test_s18_no_forecast_is_surer_than_the_class_can_say():
    sure = ahead([(day(180), 50.0)])
    assert sure.probability(51, day(2000)) == pytest.approx(0.97)
    assert sure.probability(99, day(181)) == pytest.approx(0.03)
    assert sure.probability(50, day(180)) == 1.0
    assert sure.probability(51, day(179)) == 0.0


def test_a_class_that_knows_nothing_gives_even_odds_on_its_own_day():
    bare = ahead([(day(180), 50.0)], reference=NOBODY)
    assert bare.finish.p10 == bare.finish.p50 == bare.finish.p90


def test_probability_and_range_come_from_one_distribution():
    made = ahead([(day(150), 33.0)])
    for percent in (50, 75, 90, 97, 100):
        span = made.reached(percent)
        for level, when in ((0.1, span.p10), (0.5, span.p50), (0.9, span.p90)):
            assert made.probability(percent, when) >= level - 1e-6
            assert made.probability(percent, when - dt.timedelta(days=2)) <= level + 1e-6


def test_the_percent_on_a_day_is_the_day_of_the_percent_the_other_way_round():
    made = ahead([(day(150), 33.0)])
    assert made.percent_on(made.reached(75).p50).p50 == pytest.approx(75, abs=0.5)
    assert made.percent_on(day(150)).p90 == 33.0
    span = made.percent_on(day(300))
    assert 33 <= span.p10 < span.p50 < span.p90 <= 100


def test_a_gate_moves_with_the_whole():
    made = ahead([(day(210), 40.0)])
    assert made.event(day(270)) == made.reached(75)
    assert made.probability_of(day(270), day(300)) == made.probability(75, day(300))
    assert made.event(day(420)).p50 > made.finish.p50


def test_before_anything_is_done_the_plan_starts_late_not_early():
    planned = ahead([(day(-30), 0.0)])
    late = ahead([(day(60), 0.0)])
    assert planned.finish.p50 < late.finish.p50
    assert late.finish.p50 > day(360)


def test_nothing_reported_is_no_forecast():
    assert look_ahead(QUARTERS, [], day(10), CLASS) is None
    assert look_ahead(QUARTERS, [(day(30), 5.0)], day(29), CLASS) is None


def test_a_drawn_schedule_that_keeps_its_plan_ends_about_when_planned():
    plan = curve("2021-01", "0 5 10 20 30 40 50 60 70 80 90 97 100")
    reported = row("2021-01", "0 5 10 20 30 40 50")
    assert abs((look_ahead(plan, reported, reported[-1][0], CLASS).finish.p50 - plan.finish).days) < 45


# --- suspensions (S-14) -----------------------------------------------------------------------------------------------


def test_s14_a_suspension_moves_what_was_planned_after_it_and_nothing_before():
    moved = suspended(QUARTERS, [(day(100), day(160))], day(400))
    assert moved.finish == day(420)
    assert moved.planned(day(90)) == 25.0
    assert moved.planned(day(100)) == moved.planned(day(160)) == QUARTERS.planned(day(100))
    assert moved.planned(day(240)) == 50.0
    assert moved.kind == QUARTERS.kind


def test_s14_an_open_suspension_counts_to_the_day_and_a_later_one_is_not_seen():
    assert suspended(QUARTERS, [(day(100), None)], day(130)).finish == day(390)
    assert suspended(QUARTERS, [(day(100), day(160))], day(130)).finish == day(390)
    assert suspended(QUARTERS, [(day(100), day(160))], day(90)) == QUARTERS
    assert suspended(QUARTERS, [(day(400), None)], day(500)) == QUARTERS
    assert suspended(QUARTERS, [(day(-40), day(20))], day(90)).planned(day(20)) == 0.0


def test_s14_two_suspensions_add_up_and_a_late_project_is_less_late_for_it():
    moved = suspended(QUARTERS, [(day(200), day(210)), (day(100), day(160))], day(400))
    assert moved.finish == day(430)
    reports = [(day(240), 45.0)]
    assert ahead(reports, plan=moved).probability(100, day(430)) > ahead(reports).probability(100, day(360))


# --- properties -------------------------------------------------------------------------------------------------------


@st.composite
def plans(draw: st.DrawFn) -> PlanCurve:
    levels = sorted(draw(st.lists(st.integers(1, 99), max_size=6, unique=True)))
    steps = draw(st.lists(st.integers(1, 300), min_size=len(levels) + 1, max_size=len(levels) + 1))
    points, at = [(START, 0.0)], 0
    for level, step in zip([*levels, 100], steps, strict=True):
        at += step
        points.append((day(at), float(level)))
    return PlanCurve(tuple(points), "dated_percentages")


percents = st.floats(0, 100).map(lambda value: round(value, 2))
numbers = st.integers(-60, 2500)


def class_of(residuals: list[float], count: int) -> Reference:
    return Reference(
        tuple(
            Member(str(index), tuple(sorted(residuals)), tuple(sorted(residuals)), 5 * (1 + index % 2))
            for index in range(count)
        ),
        "drawn",
    )


classes = st.one_of(
    st.just(CLASS),
    st.builds(class_of, st.lists(st.floats(-1, 3), min_size=1, max_size=9), st.sampled_from([1, 14, 60])),
)


@settings(max_examples=runs(400, 4000))
@given(classes, plans(), numbers, percents, percents, percents, st.integers(0, 2500), st.integers(0, 900))
def test_more_progress_never_worsens_a_forecast(reference, plan, at, one, other, target, later, age):
    """Also where the report is old."""
    low, high = sorted((one, other))
    less, more = (ahead([(day(at), done)], day(at + age), plan, reference) for done in (low, high))
    due = day(at + later)
    assert more.probability(target, due) >= less.probability(target, due) - 1e-9
    if target > high:
        assert more.reached(target).p10 <= less.reached(target).p10
        assert more.reached(target).p50 <= less.reached(target).p50
        assert more.reached(target).p90 <= less.reached(target).p90
    assert more.finish.p50 <= less.finish.p50


@settings(max_examples=runs(200, 2000))
@given(plans(), numbers, percents, percents, numbers, numbers)
def test_an_earlier_due_never_raises_a_probability(plan, at, done, target, one, other):
    made = ahead([(day(at), done)], plan=plan)
    early, late = sorted((day(one), day(other)))
    assert made.probability(target, early) <= made.probability(target, late) + 1e-9
    assert made.probability_of(plan.finish, early) <= made.probability_of(plan.finish, late) + 1e-9


@settings(max_examples=runs(200, 2000))
@given(classes, plans(), numbers, percents, percents, percents, st.integers(0, 900))
def test_a_higher_percent_is_never_forecast_earlier_and_ranges_are_in_order(reference, plan, at, done, one, other, age):
    made = ahead([(day(at), done)], day(at + age), plan, reference)
    low, high = (made.reached(level) for level in sorted((one, other)))
    assert (low.p10, low.p50, low.p90) <= (high.p10, high.p50, high.p90)
    for span in (low, high, made.finish):
        assert span.p10 <= span.p50 <= span.p90


@settings(max_examples=runs(100, 1000))
@given(
    plans(),
    st.lists(st.tuples(st.integers(1, 900), percents), min_size=1, max_size=8),
    st.integers(1, 900),
    percents,
    st.integers(1, 1500),
)
def test_as_of_never_sees_the_future(plan, points, cut, target, later):
    reports = sorted((day(number), value) for number, value in points)
    seen = [report for report in reports if report[0] <= day(cut)]
    with_future, without = look_ahead(plan, reports, day(cut), CLASS), look_ahead(plan, seen, day(cut), CLASS)
    assert (with_future is None) == (without is None)
    if with_future and without:
        assert with_future.finish == without.finish
        assert with_future.probability(target, day(cut + later)) == without.probability(target, day(cut + later))
        assert with_future.finish.p10 >= max(on for on, _ in seen), "never before the newest report"


@settings(max_examples=runs(60, 1000))
@given(plans(), numbers, percents, st.integers(1, 2000), st.integers(1, 2000))
def test_the_band_of_percents_never_falls(plan, at, done, one, other):
    made = ahead([(day(at), done)], plan=plan)
    early, late = (made.percent_on(day(at + later)) for later in sorted((one, other)))
    assert early.p10 <= late.p10 + 1e-6
    assert early.p50 <= late.p50 + 1e-6
    assert early.p90 <= late.p90 + 1e-6
    assert done - 1e-6 <= early.p10 <= early.p50 <= early.p90 <= 100
