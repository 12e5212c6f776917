"""Plans and stops at the limit itself, one below and one above: rules P-1 to P-5 (docs/rules/plan.md) and S-14."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.works.schedule.checks import PERCENTS, ProjectPlan, changed, check, check_since
from projects.works.stops.checks import check_stop

TODAY = dt.date(2021, 11, 30)


def plan(floors: int | None = None, **days: str | None) -> ProjectPlan:
    return ProjectPlan({name: day and dt.date.fromisoformat(day) for name, day in days.items()}, floors)


def wrong(new: ProjectPlan, old: ProjectPlan | None = None, reason: str = "") -> dict[str, str]:
    return {name: str(text) for name, text in check(new, old or plan(), reason).items()}


def test_p1_one_date_is_no_plan_two_are_and_none_is_no_fault():
    assert set(wrong(plan(p25="2021-04-01"))) == {"p25"}
    assert wrong(plan(p25="2021-04-01", p50="2021-07-01")) == {}
    assert wrong(plan()) == {}
    assert wrong(plan(gate_start="2021-02-01")) == {}


@pytest.mark.parametrize(("p50", "fields"), [("2021-03-31", {"p50"}), ("2021-04-01", {"p50"}), ("2021-04-02", set())])
def test_p2_each_date_lies_after_the_one_before(p50: str, fields: set[str]):
    assert set(wrong(plan(p25="2021-04-01", p50=p50))) == fields
    said = wrong(plan(p25="2021-04-01", p50="2021-04-01"))["p50"]
    assert said == "要晚于“完成 25%”的 2021-04-01"


@pytest.mark.parametrize(("floors", "taken"), [(0, False), (1, True), (200, True), (201, False)])
def test_p3_one_to_two_hundred_floors(floors: int, taken: bool):
    assert ("floors" not in wrong(plan(floors))) == taken


@pytest.mark.parametrize(
    ("year", "taken"), [("1999-12-31", False), ("2000-01-01", True), ("2100-12-31", True), ("2101-01-01", False)]
)
def test_a_plan_s_years_are_those_that_a_date_can_have(year: str, taken: bool):
    assert ("gate_in_use" not in wrong(plan(gate_in_use=year))) == taken


def test_p4_moving_a_date_that_was_there_needs_a_reason_and_the_first_entry_none():
    old = plan(16, p25="2021-04-01", p50="2021-07-01")
    moved = plan(16, p25="2021-04-01", p50="2021-08-01")
    assert set(wrong(moved, old)) == {"reason"}
    assert set(wrong(moved, old, " ")) == {"reason"}
    assert wrong(moved, old, "汛期") == {}
    assert set(wrong(plan(16, p25="2021-04-01", p50=None, p75="2021-09-01"), old)) == {"reason"}
    assert wrong(plan(16, p25="2021-04-01", p50="2021-07-01", p75="2021-10-01"), old) == {}
    assert set(wrong(plan(17, p25="2021-04-01", p50="2021-07-01"), old)) == {"reason"}
    assert wrong(plan(17, p25="2021-04-01", p50="2021-07-01"), old, "设计变更") == {}
    assert wrong(plan(17), plan()) == {}
    assert wrong(old, old) == {}


@pytest.mark.parametrize(("length", "taken"), [(499, True), (500, True), (501, False)])
def test_a_reason_holds_five_hundred_characters(length: int, taken: bool):
    said = wrong(plan(), plan(), "长" * length)
    assert ("reason" not in said) == taken
    assert said.get("reason", f"现有 {length} 字").endswith(f"现有 {length} 字")


def test_p4_what_changed_is_told_old_and_new():
    old, new = plan(16, p25="2021-04-01"), plan(17, p25="2021-05-01")
    assert changed(new, old) == {
        "p25": (dt.date(2021, 4, 1), dt.date(2021, 5, 1)),
        "floors": (16, 17),
    }
    assert changed(old, old) == {}


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (None, None),
        ("2021-11-30", None),
        ("2021-12-01", "不能晚于今天 2021-11-30"),
        ("2000-01-01", None),
        ("1999-12-31", "年份要在 2000 至 2100 之间"),
    ],
)
def test_p5_a_plan_counts_from_a_day_that_has_come(since: str | None, said: str | None):
    found = check_since(since and dt.date.fromisoformat(since), TODAY)
    assert {name: str(text) for name, text in found.items()} == ({"since": said} if said else {})


def stop(effect="stop", on="2021-11-30", reason="汛期", last=None) -> dict[str, str]:
    made = check_stop({"effect": effect, "on": on, "reason": reason}, last, TODAY)[1]
    return {name: str(text) for name, text in made.items()}


def test_s14_a_stop_follows_works_and_a_resumption_a_stop():
    stopped, resumed = ("stop", dt.date(2021, 11, 1)), ("resume", dt.date(2021, 11, 1))
    assert [stop(last=last) for last in (None, resumed)] == [{}, {}]
    assert stop(last=stopped) == {"effect": "已于 2021-11-01 停工, 请先登记复工"}
    assert stop("resume", last=stopped) == {}
    assert [stop("resume", last=last) for last in (None, resumed)] == [{"effect": "没有停工记录, 无从复工"}] * 2
    assert stop("x") == {"effect": "请选择停工或复工"}
    assert stop("x", last=stopped) == {"effect": "请选择停工或复工"}


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2021-11-30", None),
        ("2021-12-01", "日期 2021-12-01 在将来 (今天是 2021-11-30): 只能登记已经发生的事"),
        ("", "请填写日期"),
        ("2021-11-01", None),
        ("2021-10-31", "不能早于上一条记录 (2021-11-01)"),
    ],
)
def test_s14_a_day_up_to_today_and_from_the_last_record_on(on: str, said: str | None):
    assert stop(on=on, last=("resume", dt.date(2021, 11, 1))) == ({"on": said} if said else {})


@pytest.mark.parametrize(
    ("reason", "said"), [("", "请写明原因和依据"), ("因" * 200, None), ("因" * 201, "最多 200 字, 现有 201 字")]
)
def test_s14_a_stop_says_why_in_two_hundred_characters(reason: str, said: str | None):
    assert stop(reason=reason) == ({"reason": said} if said else {})
    assert check_stop({"effect": "stop", "on": "2021-11-30", "reason": " 因 "}, None, TODAY)[0] == {
        "effect": "stop",
        "happened_on": TODAY,
        "expected_on": None,
        "text": "因",
    }


def test_p1_five_dates_stand_for_quarters_of_the_whole():
    assert PERCENTS == {"start": 0.0, "p25": 25.0, "p50": 50.0, "p75": 75.0, "finish": 100.0}
    days = [f"2021-0{month}-01" for month in range(1, 6)]
    assert wrong(plan(**dict(zip(PERCENTS, days, strict=True)))) == {}
    assert set(wrong(plan(**dict(zip(PERCENTS, reversed(days), strict=True))))) == {"p25", "p50", "p75", "finish"}
