"""Reports at the limit itself, one below and one above: rules R-1 to R-12, from docs/rules/reports.md."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.errors import ConflictError
from projects.works.reports.checks import Neighbour, check, check_comment, check_month, falls
from projects.works.reports.content import (
    Content,
    ReportedStage,
    differences,
    overall_percent,
    percent_of_floors,
    read,
    starting_entry,
    to_entry,
    too_long,
    wan,
)
from projects.works.reports.lines import DueLine, FormData, ReportLine, Shown, StepLine, known_on, owed_months
from projects.works.reports.workflow import next_round, next_state

STAGES = (
    ReportedStage(1, "foundation", "基础", 20.0),
    ReportedStage(2, "structure", "主体结构", 30.0, floors=20),
    ReportedStage(3, "fit_out", "装饰装修", 50.0),
)
MONTH, TODAY = dt.date(2021, 11, 1), dt.date(2021, 11, 30)
FULL = {"percent_foundation": "100", "floors_structure": "8", "percent_fit_out": "0", "investment": "1200.5"}


def wrong(**changes: str) -> dict[str, str]:
    return {name: str(text) for name, text in check(FULL | changes, STAGES, MONTH, TODAY)[1].items()}


@pytest.mark.parametrize(
    ("month", "today", "said"),
    [
        ("2021-11-01", "2021-11-01", ""),
        ("2021-12-01", "2021-11-30", "2021-12 还没有到, 最晚可填 2021-11"),
        ("2021-11-01", "2021-12-01", ""),
        ("2000-01-01", "2021-11-30", ""),
        ("1999-12-01", "2021-11-30", "最早可填 2000-01"),
    ],
)
def test_r1_from_january_2000_to_the_month_of_the_day(month: str, today: str, said: str):
    text = check_month(dt.date.fromisoformat(month), dt.date.fromisoformat(today))
    assert (said in str(text)) if said else text is None


def test_r1_a_report_of_a_month_to_come_is_refused_by_its_month():
    assert "还没有到" in str(check(FULL, STAGES, DECEMBER, TODAY)[1]["month"])
    assert check(FULL, STAGES, MONTH, TODAY)[1] == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("100", ""),
        ("100.00", ""),
        ("100.001", "0 到 100 之间"),
        ("100.01", "0 到 100 之间"),
        ("0.01", ""),
        ("0.001", "最多保留两位小数"),
        ("33.330", ""),
        ("33.333", "最多保留两位小数"),
        ("99.333", "填的是 99.333, 最多保留两位小数"),
        ("99.99", ""),
        ("-0.01", "填的是 -0.01, 应在 0 到 100 之间"),
        ("-x", "填的是“-x”, 不是数字, 请填 0 到 100 之间的数"),
        ("+5", "0 到 100 之间"),
    ],
)
def test_r2_a_hundred_and_two_decimals_are_the_most(typed: str, said: str):
    text = wrong(percent_fit_out=typed).get("percent_fit_out", "")
    assert (said in text) if said else text == ""


def test_r2_one_decimal_is_tenths_and_no_decimal_wholes():
    assert "fit_out" not in read(FULL | {"percent_fit_out": "x"}, STAGES)[0].percents
    for typed, percent in (("48.5", 48.5), ("48.05", 48.05), ("48", 48.0), ("０．１", 0.1), ("9.10%", 9.1)):
        assert read(FULL | {"percent_fit_out": typed}, STAGES)[0].percents["fit_out"] == percent


def test_what_was_typed_is_shown_up_to_forty_letters():
    assert f"“{'x' * 40}”" in wrong(percent_fit_out="x" * 40)["percent_fit_out"]
    assert f"“{'x' * 40}…”" in wrong(percent_fit_out="x" * 41)["percent_fit_out"]


@pytest.mark.parametrize(("done", "taken"), [("0", True), ("20", True), ("21", False)])
def test_r3_floors_run_from_none_to_all(done: str, taken: bool):
    content, bad = read(FULL | {"floors_structure": done}, STAGES)
    assert ("floors_structure" not in bad) == taken
    assert ("structure" in content.floors) == ("structure" in content.percents) == taken


@pytest.mark.parametrize(
    ("done", "planned", "percent"),
    [(1, 3, 33.33), (2, 3, 66.66), (1, 16, 6.25), (1, 32, 3.12), (3, 32, 9.37), (1, 200, 0.5), (1, 1, 100.0)],
)
def test_r3_s25_half_a_hundredth_is_cut(done: int, planned: int, percent: float):
    assert percent_of_floors(done, planned) == percent


def test_r4_nothing_is_not_negative_and_a_fen_less_is():
    assert read(FULL | {"investment": "0"}, STAGES)[0].investment_fen == 0
    assert read(FULL | {"investment": "0.000001"}, STAGES)[0].investment_fen == 1
    assert "不能小于 0" in wrong(investment="-0.000001").get("investment", "不能小于 0")
    assert "investment" in wrong(investment="-0.000001")
    assert "请填以万元为单位的数" in wrong(investment="1.0000001")["investment"]


def test_r4_empty_is_unknown_only_while_no_month_before_gave_a_figure():
    blank = FULL | {"investment": ""}
    known, unknown = (Neighbour(dt.date(2021, 10, 1), Content({}, {}, fen)) for fen in (0, None))
    assert "2021-10 已报 0.00 万元" in str(check(blank, STAGES, MONTH, TODAY, known)[1]["investment"])
    assert "investment" not in check(blank, STAGES, MONTH, TODAY, unknown)[1]
    assert "investment" not in check(blank, STAGES, MONTH, TODAY)[1]
    assert "请填以万元" in str(check(FULL | {"investment": "x"}, STAGES, MONTH, TODAY, known)[1]["investment"])


def content(structure: float | None = 40.0, fen: int | None = 700, **texts: str) -> Content:
    return Content({} if structure is None else {"structure": structure}, {}, fen, **texts)


OCTOBER, DECEMBER = dt.date(2021, 10, 1), dt.date(2021, 12, 1)


def told(before: Content | None = None, after: Content | None = None, now: Content | None = None) -> list[str]:
    previous = before and Neighbour(OCTOBER, before)
    following = after and Neighbour(DECEMBER, after)
    return [str(text) for text in falls(now or content(), STAGES, previous, following)]


def test_r5_a_hundredth_or_a_fen_lower_than_the_month_before_is_a_fall_and_the_same_is_none():
    assert told(content(40.0, 700)) == []
    assert told(content(40.01, 700)) == ["主体结构 由 2021-10 的 40.01% 降为 40%"]
    assert told(content(39.99, 699)) == []
    assert told(content(40.0, 1_000_000), now=content(40.0, 0)) == ["累计完成投资由 2021-10 的 1.00 万元降为 0.00 万元"]
    assert told(content(None, None)) == []
    assert told(content(45.0, 800), now=content(None, None)) == []
    assert len(told(content(45.0, 800))) == 2


def test_r5_what_is_higher_than_an_approved_later_month_is_one_too_unless_that_month_gave_its_reason():
    assert told(after=content(40.0, 700)) == []
    assert told(after=content(39.99, 700)) == ["主体结构 40% 高于 2021-12 已通过的 39.99%"]
    assert told(after=content(40.0, 0), now=content(40.0, 1_000_000)) == [
        "累计完成投资 1.00 万元高于 2021-12 已通过的 0.00 万元"
    ]
    assert told(after=content(30.0, 0, decrease_reason="拆除")) == []
    assert told(content(45.0, 700), content(30.0, 700)) == [
        "主体结构 由 2021-10 的 45% 降为 40%",
        "主体结构 40% 高于 2021-12 已通过的 30%",
    ]


def test_r5_two_falls_are_named_in_one_message_and_a_reason_that_is_too_long_is_told_alone():
    before = Neighbour(OCTOBER, Content({"foundation": 100.0, "structure": 45.0, "fit_out": 1.0}, {}, 1_200_500_000))
    text = str(check(FULL, STAGES, MONTH, TODAY, before)[1]["decrease_reason"])
    assert "主体结构 由 2021-10 的 45% 降为 40%; 装饰装修 由 2021-10 的 1% 降为 0%" in text
    long = check(FULL | {"decrease_reason": "长" * 4001}, STAGES, MONTH, TODAY, before)[1]["decrease_reason"]
    assert "有 4001 个字" in str(long)
    assert "month" not in check(FULL, STAGES, MONTH, TODAY, before)[1]


@pytest.mark.parametrize(("length", "fits"), [(3999, True), (4000, True), (4001, False)])
def test_r6_texts_hold_four_thousand_characters(length: int, fits: bool):
    for field in ("narrative", "problems", "next_plan"):
        assert (field not in wrong(**{field: "字" * length})) == fits


@pytest.mark.parametrize(("length", "fits"), [(999, True), (1000, True), (1001, False)])
def test_r6_r9_comments_hold_a_thousand(length: int, fits: bool):
    assert (check_comment("comment", "退回意见", "字" * length, missing="请写明")[1] == {}) == fits


def test_r9_a_return_needs_a_comment_and_an_approval_does_not():
    assert str(check_comment("comment", "退回意见", " ", missing="请写明")[1]["comment"]) == "请写明"
    assert check_comment("comment", "退回意见", "看", missing="请写明") == ("看", {})
    assert check_comment("comment", "审核意见", " ") == ("", {})
    assert too_long("退回意见", "字字", 2) is None


def test_s25_the_whole_is_weighted_and_half_a_hundredth_is_cut():
    halves = (ReportedStage(1, "a", "a", 50.0), ReportedStage(2, "b", "b", 50.0))
    assert overall_percent(halves, {"a": 0.01}) == 0.0
    assert overall_percent(halves, {"a": 0.02}) == 0.01
    assert (
        overall_percent((ReportedStage(1, "a", "a", 33.0), ReportedStage(2, "b", "b", 67.0)), {"a": 0.01, "b": 0.0})
        == 0.0
    )
    assert overall_percent((ReportedStage(1, "a", "a", 0.5), ReportedStage(2, "b", "b", 0.25)), {"a": 100.0}) == 66.66
    assert overall_percent((ReportedStage(1, "a", "a", 0.0),), {"a": 100.0}) == 0.0


def test_r7_only_what_was_returned_and_is_sent_again_starts_a_round():
    assert [next_round(state, "submit", 3) for state in ("returned", "draft", None)] == [4, 3, 3]
    assert next_round("returned", "save", 3) == 3
    assert next_state(None, "save") == "draft"
    for state, shown in ((None, "未报"), ("draft", "草稿"), ("approved", "已通过")):
        with pytest.raises(ConflictError, match=f"^这份月报现在是“{shown}”"):
            next_state(state, "return")


def test_r11_a_month_is_owed_until_the_project_is_finished():
    this, last = dt.date(2021, 11, 1), dt.date(2021, 10, 1)
    assert owed_months(TODAY, {}, ended_on=dt.date(2021, 10, 1)) == [last]
    assert owed_months(TODAY, {}, ended_on=dt.date(2021, 9, 30)) == []
    assert owed_months(TODAY, {}, ended_on=dt.date(2021, 11, 1)) == [last, this]
    assert owed_months(TODAY, {last: "submitted", this: "approved"}) == [this]
    assert owed_months(TODAY, {last: "draft"}, ended_on=dt.date(2021, 9, 30)) == [last]


def test_r11_whatever_is_neither_submitted_nor_approved_is_owed():
    def owed(state: str) -> bool:
        return DueLine("a", "甲", MONTH, TODAY, 5, state, None, "", None, False).is_owed

    assert [owed(state) for state in ("missing", "draft", "returned", "submitted", "approved")] == [True] * 3 + [
        False
    ] * 2


def test_r12_a_reason_is_asked_once_and_only_for_a_no():
    assert wrong(in_statistics="no") == {"statistics_reason": "请说明还没有入统的原因"}
    assert "有 4001 个字" in wrong(in_statistics="no", statistics_reason="字" * 4001)["statistics_reason"]
    assert wrong(in_statistics="yes") == {}
    assert wrong(in_statistics="?") == {"in_statistics": "是否入统请选“已入统”或“未入统”"}


def test_a_form_starts_from_what_was_saved_else_from_the_month_before_else_from_nothing():
    said = Content({"foundation": 7.0}, {"structure": 3}, None, narrative="已写")
    before = Content({"foundation": 6.0, "fit_out": 1.5}, {"structure": 2}, 5, narrative="上月", in_statistics=False)
    assert starting_entry(STAGES, said, before)["narrative"] == "已写"
    start = starting_entry(STAGES, None, before)
    assert (start["percent_foundation"], start["percent_fit_out"], start["floors_structure"]) == ("6", "1.5", "2")
    assert (start["narrative"], start["investment"], start["in_statistics"]) == ("", "0.000005", "no")
    fresh = starting_entry(STAGES, None, None)
    assert (fresh["percent_foundation"], fresh["floors_structure"], fresh["investment"]) == ("0", "0", "")
    assert "percent_structure" not in fresh
    assert to_entry(Content({"structure": 40.0}, {}), STAGES).get("floors_structure") is None


def test_money_in_a_form_is_exact_below_nothing_too():
    assert [wan(fen) for fen in (-1, -1_500_000, 999_999, 1_000_000)] == ["-0.000001", "-1.5", "0.999999", "1"]


def test_two_entries_differ_by_more_than_blanks():
    mine = {"a": "1", "b": " x ", "c": "only mine"}
    assert [one.name for one in differences(mine, {"a": "2", "b": "x"})] == ["a", "c"]


def report(revision: int = 1, **changes: object) -> ReportLine:
    values = dict.fromkeys(ReportLine.__dataclass_fields__) | {"revision": revision, "round": 1, "version": 4} | changes
    return ReportLine(**values)


@pytest.mark.parametrize(
    ("as_of", "approved", "written"),
    [("2021-11-29", False, False), ("2021-11-30", True, False), ("2021-12-05", True, True), ("2021-12-06", True, True)],
)
def test_r10_of_a_past_day_reports_approved_by_then_are_known_and_of_today_drafts_too(
    as_of: str, approved: bool, written: bool
):
    """Today is 2021-12-05: one report was approved on 11-30, a draft holds the figures of 12-05."""
    past, draft = report(approved_on=TODAY, data_on=TODAY), report(data_on=dt.date(2021, 12, 5))
    rows = known_on([past, draft], dt.date.fromisoformat(as_of), dt.date(2021, 12, 5))
    assert (past in rows, draft in rows) == (approved, written)
    late = report(approved_on=dt.date(2021, 12, 3), data_on=TODAY)
    days = [dt.date(2021, 12, day) for day in (2, 3, 5)]
    assert [late in known_on([late], day, dt.date(2021, 12, 5)) for day in days] == [False, True, True]


def test_r7_a_form_knows_its_version_and_who_sent_this_round():
    fields = dict.fromkeys(FormData.__dataclass_fields__)
    assert FormData(**fields).version == 0
    assert FormData(**(fields | {"current": report()})).version == 4

    def step(revision: int, number: int, action: str, actor: int) -> StepLine:
        return StepLine(revision, number, action, "x", actor, dt.datetime(2021, 11, 30, tzinfo=dt.UTC), "")

    steps = (
        step(1, 1, "submitted", 1),
        step(2, 1, "submitted", 2),
        step(2, 1, "returned", 3),
        step(2, 2, "submitted", 4),
    )
    shown = dict.fromkeys(Shown.__dataclass_fields__) | {"steps": steps, "revisions": (report(1), report(2))}
    assert Shown(**(shown | {"report": report(2)})).submitters == {2}
    assert Shown(**(shown | {"report": report(2, round=2)})).submitters == {4}
    assert Shown(**(shown | {"report": report(1)})).is_latest is False
    assert Shown(**(shown | {"report": report(2)})).is_latest is True
