"""What is typed is read exactly, or named: rules R-1 to R-6, R-10 and R-11 of docs/rules/reports.md."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.works.reports.checks import Neighbour, check, check_comment, check_month, data_day, falls
from projects.works.reports.content import (
    LONGEST_TEXT,
    Content,
    ReportedStage,
    clean_text,
    differences,
    overall_percent,
    percent_of_floors,
    read,
    starting_entry,
    to_entry,
    wan,
)
from projects.works.reports.lines import due_day, owed_months

STAGES = (
    ReportedStage(1, "foundation", "基础", 20.0),
    ReportedStage(2, "structure", "主体结构", 30.0, floors=20),
    ReportedStage(3, "fit_out", "装饰装修", 50.0),
)
MONTH, TODAY = dt.date(2021, 11, 1), dt.date(2021, 11, 30)


def entry(**changes: str) -> dict[str, str]:
    return {
        "percent_foundation": "100",
        "floors_structure": "8",
        "percent_fit_out": "0",
        "investment": "1200.5",
        "narrative": "八层封顶",
    } | changes


def wrong(**changes: str) -> dict[str, str]:
    return {name: str(text) for name, text in check(entry(**changes), STAGES, MONTH, TODAY)[1].items()}


@pytest.mark.parametrize(
    ("month", "said"),
    [("2021-11", ""), ("2000-01", ""), ("2021-12", "还没有到"), ("2999-12", "还没有到"), ("1999-12", "太早")],
)
def test_r1_a_month_runs_from_2000_to_the_business_day(month: str, said: str) -> None:
    text = check_month(dt.date(int(month[:4]), int(month[5:]), 1), TODAY)
    assert said in str(text) if said else text is None


@pytest.mark.parametrize(
    ("typed", "percent"),
    [
        ("0", 0.0),
        ("100", 100.0),
        ("48.5", 48.5),
        ("48.50", 48.5),
        ("0.01", 0.01),
        ("４８．５", 48.5),
        ("48%", 48.0),
        (" 48 ％", 48.0),
        ("100.00", 100.0),
        ("007", 7.0),
    ],
)
def test_r2_percents_that_are_taken(typed: str, percent: float) -> None:
    content, bad = read(entry(percent_fit_out=typed), STAGES)
    assert not bad
    assert content.percents["fit_out"] == percent


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写“装饰装修”"),
        ("100.01", "0 到 100 之间"),
        ("101", "0 到 100 之间"),
        ("-1", "0 到 100 之间"),
        ("－５", "0 到 100 之间"),
        ("999999999", "0 到 100 之间"),
        ("33.333", "两位小数"),
        ("1e1", "不是数字"),
        ("NaN", "不是数字"),
        ("Infinity", "不是数字"),
        ("1,5", "不是数字"),
        ("5²", "不是数字"),
        ("٣", "不是数字"),
        (".5", "不是数字"),
        ("<script>alert(1)</script>", "不是数字"),
        ("9" * 100_000, "不是数字"),
    ],
)
def test_r2_percents_that_are_refused_with_their_field(typed: str, said: str) -> None:
    found = wrong(percent_fit_out=typed)
    assert list(found) == ["percent_fit_out"]
    assert said in found["percent_fit_out"]
    assert len(found["percent_fit_out"]) < 200


@pytest.mark.parametrize(
    ("done", "planned", "percent"),
    [
        (0, 20, 0.0),
        (7, 20, 35.0),
        (1, 3, 33.33),
        (2, 3, 66.66),
        (1, 8, 12.5),
        (20, 20, 100.0),
        (9999, 10000, 99.99),
        (29_999, 30_000, 99.99),
    ],
)
def test_r3_floors_give_the_percent(done: int, planned: int, percent: float) -> None:
    assert percent_of_floors(done, planned) == percent


def test_r3_a_stage_counted_in_floors_takes_its_percent_from_them() -> None:
    content, bad = read(entry(floors_structure="８层", percent_structure="99"), STAGES)
    assert not bad
    assert (content.floors["structure"], content.percents["structure"]) == (8, 40.0)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写"),
        ("21", "超过计划的 20 层"),
        ("-1", "整数层数"),
        ("7.5", "整数层数"),
        ("七", "整数层数"),
        ("9" * 50, "整数层数"),
    ],
)
def test_r3_floors_that_are_refused(typed: str, said: str) -> None:
    assert said in wrong(floors_structure=typed)["floors_structure"]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("0", 0),
        ("1200.5", 1_200_500_000),
        ("1,200.5", 1_200_500_000),
        ("0.000001", 1),
        ("１２", 12_000_000),
        ("12万元", 12_000_000),
        ("", None),
    ],
)
def test_r4_investment_is_exact_to_the_fen(typed: str, fen: int | None) -> None:
    content, bad = read(entry(investment=typed), STAGES)
    assert not bad
    assert content.investment_fen == fen


@pytest.mark.parametrize("typed", ["0.0000001", "-1", "1e9", "abc", "12,34", "NaN", "9999999999999999"])
def test_r4_investment_that_is_refused(typed: str) -> None:
    assert list(wrong(investment=typed)) == ["investment"]


def test_r4_a_known_investment_is_not_left_empty() -> None:
    before = Neighbour(dt.date(2021, 10, 1), Content({}, {}, 1_000_000))
    _, bad = check(entry(investment=""), STAGES, MONTH, TODAY, before)
    assert "没有新增就填原数" in str(bad["investment"])


def test_r5_what_goes_down_needs_a_reason_and_says_what() -> None:
    before = Neighbour(
        dt.date(2021, 10, 1), Content({"foundation": 100.0, "structure": 45.0, "fit_out": 0.0}, {}, 2_000_000_000)
    )
    _, bad = check(entry(), STAGES, MONTH, TODAY, before)
    said = str(bad["decrease_reason"])
    assert "主体结构 由 2021-10 的 45% 降为 40%" in said
    assert "2,000.00 万元降为 1,200.50 万元" in said
    assert "基础" not in said
    assert not check(entry(decrease_reason="返工"), STAGES, MONTH, TODAY, before)[1]
    assert "decrease_reason" in check(entry(decrease_reason=" \n\x00"), STAGES, MONTH, TODAY, before)[1]


def test_r5_a_late_report_above_an_approved_later_month_needs_a_reason_too() -> None:
    later = Neighbour(dt.date(2021, 12, 1), Content({"foundation": 100.0, "structure": 30.0, "fit_out": 0.0}))
    assert "高于 2021-12 已通过的 30%" in str(check(entry(), STAGES, MONTH, TODAY, None, later)[1]["decrease_reason"])
    explained = Neighbour(later.month, Content(later.content.percents, decrease_reason="拆除重做"))
    assert not check(entry(), STAGES, MONTH, TODAY, None, explained)[1]


def test_r5_equal_figures_are_no_fall() -> None:
    content, _ = read(entry(), STAGES)
    same = Neighbour(dt.date(2021, 10, 1), content)
    assert falls(content, STAGES, same, same) == []


def test_r6_a_text_above_the_limit_says_how_long_it_is() -> None:
    said = wrong(narrative="字" * 10_000)["narrative"]
    assert "10000" in said
    assert "4000" in said
    assert not wrong(narrative="字" * LONGEST_TEXT)


def test_r6_control_characters_and_foreign_line_ends_are_mended() -> None:
    assert clean_text(" 第一层\x00\r\n第二层\x0b第三层\u2028第四层\x07\ud800 ") == "第一层\n第二层\n第三层\n第四层"
    assert clean_text("保留\t制表符") == "保留\t制表符"


def test_r9_comments_are_limited_and_a_return_needs_one() -> None:
    assert check_comment("comment", "退回意见", " \n", missing="请写明")[1]
    assert check_comment("comment", "审核意见", "")[1] == {}
    assert "1001" in str(check_comment("comment", "审核意见", "字" * 1001)[1]["comment"])


@pytest.mark.parametrize(
    ("today", "on"), [("2021-11-15", "2021-11-15"), ("2021-11-30", "2021-11-30"), ("2021-12-04", "2021-11-30")]
)
def test_r10_figures_stand_for_the_months_end_or_the_day_while_it_runs(today: str, on: str) -> None:
    assert data_day(MONTH, dt.date.fromisoformat(today)) == dt.date.fromisoformat(on)


def test_r11_a_report_is_due_on_the_fifth_of_the_next_month() -> None:
    assert due_day(dt.date(2021, 12, 1)) == dt.date(2022, 1, 5)


def test_r11_months_owed_are_this_one_the_last_unless_done_and_whatever_is_open() -> None:
    this, last, old = dt.date(2021, 11, 1), dt.date(2021, 10, 1), dt.date(2021, 7, 1)
    assert owed_months(TODAY, {}) == [last, this]
    assert owed_months(TODAY, {last: "approved"}) == [this]
    assert owed_months(TODAY, {last: "returned", old: "draft"}) == [old, last, this]
    assert owed_months(TODAY, {}, ended_on=dt.date(2021, 10, 15)) == [last]
    assert owed_months(TODAY, {}, ended_on=dt.date(2021, 6, 1)) == []


def test_s25_the_whole_is_weighted_and_cut() -> None:
    assert overall_percent(STAGES, {"foundation": 100.0, "structure": 40.0, "fit_out": 0.0}) == 32.0
    halves = (ReportedStage(1, "a", "a", 50.0), ReportedStage(2, "b", "b", 50.0))
    assert overall_percent(halves, {"a": 0.01, "b": 0.0}) == 0.0
    assert overall_percent(halves, {"a": 100.0, "b": 99.99}) == 99.99
    assert overall_percent((), {}) == 0.0


percents = st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
contents = st.builds(
    lambda a, b, done, fen, text: Content(
        {"foundation": a, "structure": percent_of_floors(done, 20), "fit_out": b},
        {"structure": done},
        fen,
        clean_text(text),
    ),
    percents,
    percents,
    st.integers(0, 20),
    st.none() | st.integers(0, 10**14),
    st.text(max_size=200),
)


@given(contents)
def test_what_a_form_shows_reads_back_as_the_same(content: Content) -> None:
    back, bad = read(to_entry(content, STAGES), STAGES)
    assert not bad
    assert back == content


@given(contents)
def test_the_whole_lies_between_its_least_and_its_greatest_stage(content: Content) -> None:
    assert (
        min(content.percents.values()) - 0.005
        <= overall_percent(STAGES, content.percents)
        <= max(content.percents.values()) + 0.005
    )


@given(
    st.dictionaries(
        st.sampled_from(
            ["percent_foundation", "floors_structure", "percent_fit_out", "investment", "narrative", "problems"]
        ),
        st.text(),
    )
)
def test_no_text_whatever_crashes_the_reader(typed: dict[str, str]) -> None:
    content, bad = check(typed, STAGES, MONTH, TODAY)
    assert all(0 <= percent <= 100 for percent in content.percents.values())
    for name in ("percent_foundation", "floors_structure", "percent_fit_out"):
        assert (name in bad) != (name.split("_", 1)[1] in content.percents)
    assert all(str(text) for text in bad.values())


def test_a_first_form_starts_from_nothing_done() -> None:
    assert starting_entry(STAGES, None, None) | {"investment": ""} == {
        "percent_foundation": "0",
        "floors_structure": "0",
        "percent_fit_out": "0",
        "investment": "",
        "narrative": "",
        "problems": "",
        "next_plan": "",
        "decrease_reason": "",
        "in_statistics": "",
        "statistics_reason": "",
    }


@pytest.mark.parametrize(
    ("typed", "reason", "kept", "field"),
    [
        ("yes", "", True, None),
        ("", "", None, None),
        ("no", "手续未齐", False, None),
        ("no", " ", False, "statistics_reason"),
        ("ja", "", None, "in_statistics"),
    ],
)
def test_r12_entry_in_the_statistics_is_yes_no_with_a_reason_or_not_said(
    typed: str, reason: str, kept: bool | None, field: str | None
) -> None:
    content, bad = read(entry(in_statistics=typed, statistics_reason=reason), STAGES)
    assert content.in_statistics is kept
    assert list(bad) == ([field] if field else [])


def test_a_form_starts_from_last_months_figures_without_its_texts() -> None:
    last, _ = read(entry(decrease_reason="返工"), STAGES)
    start = starting_entry(STAGES, None, last)
    assert (start["percent_foundation"], start["floors_structure"], start["investment"]) == ("100", "8", "1200.5")
    assert (start["narrative"], start["decrease_reason"]) == ("", "")


def test_floors_that_last_month_did_not_count_are_asked_for_not_guessed() -> None:
    start = starting_entry(STAGES, None, Content({"foundation": 100.0, "structure": 40.0, "fit_out": 0.0}))
    assert start.get("floors_structure", "") == ""


def test_differences_name_each_field_with_both_texts() -> None:
    found = differences({"narrative": "我的\r\n话", "problems": "同 "}, {"narrative": "对方的话", "problems": "同"})
    assert [(one.name, one.mine, one.theirs) for one in found] == [("narrative", "我的\r\n话", "对方的话")]


@pytest.mark.parametrize(("fen", "shown"), [(0, "0"), (1, "0.000001"), (12_000_000, "12"), (1_200_500_000, "1200.5")])
def test_money_in_the_form_has_no_idle_decimals(fen: int, shown: str) -> None:
    assert wan(fen) == shown
