"""The reference class at the limit itself: rules S-17 and S-18 of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from lots import QUARTERS, START, day

from projects.verdicts.facts.curve import PlanCurve, from_dated_percents
from projects.verdicts.forecast.forecast import look_ahead
from projects.verdicts.forecast.reference import (
    Axis,
    Finished,
    Member,
    Reference,
    crossing,
    member_of,
    members_of,
    stand_of,
)
from projects.verdicts.forecast.residuals import WAY, lowest

PLAN = from_dated_percents(QUARTERS)
CLASS = Reference((Member("a", (0.1,), (0.2,), 25), Member("b", (0.3,), (), 25)), "own")


def finished(*reports: tuple[int, float], key: str = "x", done: int = 400) -> Finished:
    return Finished(key, PLAN, tuple((day(at), percent) for at, percent in reports), day(done))


def keys(reference: Reference) -> list[str]:
    return [one.key for one in reference.members]


def test_s18_own_finished_projects_join_if_they_tell_of_a_finish():
    silent, told = finished((30, 0.0), key="silent"), finished((90, 20.0), key="told")
    joined = CLASS.blended([silent, told])
    assert keys(joined) == ["a", "b", "told", "told"]  # by its own plan, and by the ends alone
    assert joined.name == "own+1"
    assert CLASS.blended([silent]) == CLASS
    assert CLASS.joined([]) is CLASS
    assert CLASS.joined([Member("c", (), ())]).name == "own+1"
    assert [one.step for one in members_of(told)] == [25, 100]
    assert Member("c", (), ()).step == 5


def test_s19_a_project_is_left_out_by_its_name_or_by_the_very_same_residuals():
    one = finished((90, 20.0))
    alike, other = replace(member_of(one), key="alike"), replace(member_of(finished((90, 21.0))), key="other")
    known = Reference((*CLASS.members, alike, other, Member("x", (), ())), "own")
    assert keys(known.apart_from(one)) == ["a", "b", "other"]
    assert keys(known.apart_from(replace(one, finish=dt.date.max))) == ["a", "b", "alike", "other"]
    empty = Reference((Member("a", (), (), 25), Member("x", (), (), 25)), "empty")
    assert keys(empty.apart_from(finished((30, 0.0)))) == ["a"]
    assert keys(known.without("alike")) == ["a", "b", "other", "x"]


@pytest.mark.parametrize(
    ("at", "percent", "counted"),
    [(0, 5.0, False), (1, 5.0, True), (90, 0.0, False), (90, 0.5, True), (90, 99.89, True), (90, 99.9, False),
     (399, 5.0, True), (400, 5.0, False)],
)  # fmt: skip
def test_s17_a_report_with_something_done_and_something_left_leaves_residuals(at: int, percent: float, counted: bool):
    assert bool(member_of(finished((at, percent))).finish) == counted


def test_s17_a_percent_just_ahead_is_measured_by_its_own_short_way():
    """24.9 % on day 90: 25 % are planned a third of a day on, and came so."""
    made = member_of(Finished("x", PLAN, ((day(90), 24.9),), day(360)))
    assert made.way == pytest.approx((0.0,) * 6, abs=0.002)
    assert len(member_of(finished((90, 25.0))).way) == 5
    assert len(member_of(finished((90, 24.9))).way) == 6
    assert len(member_of(finished((90, 24.9))).finish) == 1


def test_s17_a_report_on_the_finish_does_not_stand_for_it():
    assert crossing(((day(120), 90.0),), START, day(120), 45) == day(54).toordinal()
    assert crossing(((day(0), 30.0), (day(60), 30.0)), START, day(120), 30) == day(60).toordinal()


def test_s17_the_percent_and_the_finish_of_a_day_agree_however_old_the_report():
    ahead = look_ahead(PLAN, [(day(340), 96.0)], day(520), Reference((), "none"))
    assert ahead.finish.p50 == day(359)  # 18.2 days on
    assert ahead.percent_on(day(359)).p50 == pytest.approx(100)
    assert ahead.percent_on(day(358)).p50 < 100
    # percents on the way take longer than the finish here, which holds them all to its day
    slow = look_ahead(PLAN, [(day(180), 50.0)], day(520), Reference((Member("a", (5.0,), (0.0,), 25),), "slow"))
    assert (slow.reached(75).p50, slow.finish.p50) == (day(365), day(365))  # 184.8 days on
    assert slow.percent_on(day(365)).p50 == pytest.approx(100)
    assert slow.percent_on(day(364)).p50 < 75


def test_s17_the_least_residual_counts_the_whole_habit_unless_said_otherwise():
    assert lowest(0.5, WAY) == lowest(0.5, WAY, 1.0) == pytest.approx(0.5 * 1.02 - 0.3875)
    assert lowest(0.0, WAY) == pytest.approx(-0.2)


def test_s15_a_plan_of_one_day_has_a_tail_of_half_a_day_at_least():
    steep = PlanCurve(((day(0), 0.0), (day(100), 95.0), (day(101), 96.0), (day(102), 100.0)), "x")
    assert Axis.of(steep).stretch == pytest.approx((0.08 * 102 / 2) ** 0.5)
    sudden = PlanCurve(((day(0), 0.0), (day(100), 1.0), (day(101), 100.0)), "x")
    assert Axis.of(sudden).stretch == pytest.approx((0.08 * 101 / 0.5) ** 0.5)
    assert stand_of(sudden, Axis.of(sudden), day(50), 0.0).earned == day(0).toordinal()
    assert stand_of(sudden, Axis.of(sudden), day(50), 0.5).earned == day(50).toordinal()
    assert stand_of(sudden, Axis.of(sudden), day(-5), 0.0).earned == day(-5).toordinal()
