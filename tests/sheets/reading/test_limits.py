"""Cells of imported tables at the limit itself: rules IM-2, IM-3 and IM-9, from docs/rules/imports.md."""

# ruff: noqa: DTZ001 - spreadsheets know no time zones
from __future__ import annotations

import datetime as dt

import pytest

from projects.sheets.reading.cells import CellRefusedError, amount, day, is_blank, returned, text_of

FAR = float("1e999")
NO_UNIT = "看不出单位: 请在表头写明元、万元或亿元, 或在导入时选择"
NO_DATE = "不是日期: 请写成 2025-03-05 的样子"
NEGATIVE = "是负数: 退回和更正请在系统内登记"


def refusal(read, value: object, *others: object, **named: object) -> str:
    with pytest.raises(CellRefusedError) as caught:
        read(value, *others, **named)
    return str(caught.value.text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""), (True, "TRUE"), (False, "FALSE"), (5, "5"), (5.0, "5"), (-5.0, "-5"), (5.5, "5.5"), (0.0, "0"),
        (999_999_999_999_999.0, "999999999999999"), (1e15, "1000000000000000.0"), (-1e15, "-1000000000000000.0"),
        (dt.datetime(2025, 3, 5), "2025-03-05"), (dt.datetime(2025, 3, 5, 0, 0, 1), "2025-03-05 00:00:01"),
        (dt.date(2025, 3, 5), "2025-03-05"), (dt.time(1, 2), "01:02:00"), ("  a \n b ", "a b"), ("'0012", "0012"),
        ("''a", "'a"), ("甲\u200b乙", "甲乙"),
    ],
)  # fmt: skip
def test_a_cell_is_told_in_one_line_and_whole_numbers_without_decimals(value, said: str):
    assert text_of(value) == said


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True), ("", True), (" ", True), ("-", True), ("—", True), ("无", True), ("N/A", True),
        ("ＮＵＬＬ", True),
        ("0", False), (0, False), (False, False), (dt.date(2025, 3, 5), False), ("无锡", False),
    ],
)  # fmt: skip
def test_a_dash_or_none_says_nothing_and_0_says_something(value, blank: bool):
    assert is_blank(value) == blank


@pytest.mark.parametrize(
    ("value", "unit", "fen"),
    [
        (0.01, "元", 1), (1, "元", 100), (0.000001, "万元", 1), (99_999_999_999.9999, "元", None),
        (0.1 + 0.2, "万元", 300_000), (999_999_999.999999, "万元", 999_999_999_999_999), (1, "亿元", 10_000_000_000),
        ("1亿9999万元", None, 19_999_000_000), ("1亿2000.5万元", None, 12_000_500_000),
        ("1亿1元", None, 10_000_000_100),
        ("1亿2万3元", None, 10_002_000_300), ("1万9999.99元", None, 1_999_999), ("5元", None, 500),
        ("5", "万元", 5_000_000),
        ("一百二十", "元", 12_000), ("一百二十万", None, 120_000_000), ("壹元", None, 100),
        ("2亿元", "元", 20_000_000_000),
    ],
)  # fmt: skip
def test_im2_an_amount_is_exact_in_the_unit_nearest_to_it(value, unit: str | None, fen: int | None):
    if fen is None:
        assert "细于一分" in refusal(amount, value, unit)
    else:
        assert amount(value, unit) == fen


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "元", "没有金额; 公式没有保存结果时请在表格软件里重新保存"),
        ("-", "元", "没有金额; 公式没有保存结果时请在表格软件里重新保存"),
        (True, "元", "不是金额, 请检查单元格的格式"), (dt.date(2025, 3, 5), "元", "不是金额, 请检查单元格的格式"),
        (dt.time(1), "元", "不是金额, 请检查单元格的格式"), (dt.timedelta(1), "元", "不是金额, 请检查单元格的格式"),
        (5, None, NO_UNIT), ("5", None, NO_UNIT), ("一百二十", None, NO_UNIT),
        ("1200①", "元", "“1200①”不是金额"), ("万元①", "元", "“万元①”不是金额"),
        ("#REF!", "元", "单元格是公式错误 #REF!"),
        (-5, "元", f"“-5”{NEGATIVE}"), (-0.001, "元", f"“-0.001”{NEGATIVE}"), ("-5", "元", f"“-5”{NEGATIVE}"),
        ("−5", "元", f"“−5”{NEGATIVE}"), ("(5)", "元", f"“(5)”{NEGATIVE}"), ("5-", "元", f"“5-”{NEGATIVE}"),
        ("¥-5", "元", f"“¥-5”{NEGATIVE}"), (0, "元", "金额是 0"), ("0.00", "元", "金额是 0"),
        ("零元", None, "“零元”不是完整的中文金额"),
        (0.005, "元", "0.005 元 细于一分, 不能舍入保存: 请写到分"),
        (0.0000001, "万元", "0.0000001 万元 细于一分, 不能舍入保存: 请写到分"),
        (10**13, "元", "金额太大"), (1e14, "元", "金额太大"), (999_999_999_999_999, "元", "金额太大"),
        (1e15, "元", "数太大, 无法精确保存"), (10**15, "元", "数太大, 无法精确保存"),
        (-1e15, "元", "数太大, 无法精确保存"),
        (FAR, "元", "数太大, 无法精确保存"), (float("nan"), "元", "数太大, 无法精确保存"), ("元", "元", "“元”不是金额"),
        ("1.2.3", "元", "“1.2.3”不是金额"),
        ("12,34", "元", "“12,34”不是金额"), ("1.5亿2000万元", None, "“1.5亿2000万元”不是金额"),
        ("1亿10000万元", None, "“1亿10000万元”不是金额"),
        ("1万10000元", None, "“1万10000元”不是金额"), ("12万3456", "元", "“12万3456”不是金额"),
        ("一百二", "元", "“一百二”不是完整的中文金额"),
        ("壹元贰", "元", "“壹元贰”不是完整的中文金额"), ("一亿万元", "元", "“一亿万元”不是完整的中文金额"),
    ],
)  # fmt: skip
def test_im2_what_can_t_be_taken_says_why(value, unit: str | None, said: str):
    assert refusal(amount, value, unit) == said


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        (-5, 500), (-0.01, 1), (0, None), (0.5, None), (5, None), (True, None), (False, None), (None, None),
        ("5", None), ("", None),
        ("-5", 500), ("− 5", 500), ("(5)", 500), ("（1,234.56）", 123_456), ("5-", 500), ("¥-5", 500), ("--5", None),
        ("-(5)", None),
        (dt.date(2025, 3, 5), None), (dt.timedelta(-1), None),
    ],
)  # fmt: skip
def test_im9_a_return_is_told_without_its_sign_and_what_is_not_negative_is_none(value, fen: int | None):
    assert returned(value, "元") == fen


def test_im9_a_return_is_read_as_strictly_as_an_amount():
    assert refusal(returned, "-x", "元") == "“x”不是金额"
    assert refusal(returned, -5, None) == refusal(returned, "5-", None) == NO_UNIT
    assert returned("-5元", None) == 500


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1990-01-01", "1990-01-01"), ("2099-12-31", "2099-12-31"), (32_874, "1990-01-01"), (32_874.99, "1990-01-01"),
        (73_050, "2099-12-31"), (73_050.5, "2099-12-31"), ("'45721", "2025-03-05"), ("45721.75", "2025-03-05"),
        (19_900_101, "1990-01-01"), (20_991_231, "2099-12-31"), ("20250912", "2025-09-12"),
        ("2025年9月12号", "2025-09-12"),
        ("二〇二五年九月十二日", "2025-09-12"), ("二〇二五年十二月三十一日", "2025-12-31"), ("2025.9.12", "2025-09-12"),
        (dt.date(1990, 1, 1), "1990-01-01"), (dt.datetime(2099, 12, 31, 23, 59), "2099-12-31"),
    ],
)  # fmt: skip
def test_im3_days_from_1990_to_2099_are_read(value, found: str):
    assert day(value) == dt.date.fromisoformat(found)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "没有日期"), ("—", "没有日期"), (True, "不是日期, 请检查单元格的格式"),
        (dt.time(1), "不是日期, 请检查单元格的格式"),
        (dt.timedelta(45721), "不是日期, 请检查单元格的格式"), ("2025-3-1①", f"“2025-3-1①”{NO_DATE}"),
        (FAR, f"“inf”{NO_DATE}"),
        (float("nan"), f"“nan”{NO_DATE}"), (0, f"“0”{NO_DATE}"), (0.5, f"“0.5”{NO_DATE}"),
        (32_873, f"“32873”{NO_DATE}"),
        (73_051, f"“73051”{NO_DATE}"), ("32873", f"“32873”{NO_DATE}"), (20_250_305.5, f"“20250305.5”{NO_DATE}"),
        (19_000_000, f"“19000000”{NO_DATE}"), (19_000_001, "没有“19000001”这一天"),
        (20_999_999, "没有“20999999”这一天"),
        (21_000_000, f"“21000000”{NO_DATE}"), (20_250_229, "没有“20250229”这一天"),
        ("20251301", "没有“20251301”这一天"),
        ("2025-02-29", "没有“2025-02-29”这一天"), ("二〇二五年十三月一日", "没有“二〇二五年十三月一日”这一天"),
        ("明天", f"“明天”{NO_DATE}"),
        ("3/5/2025", f"“3/5/2025”{NO_DATE}"), ("1989-12-31", "日期 1989-12-31 不在 1990 年到 2099 年之间"),
        ("2100-01-01", "日期 2100-01-01 不在 1990 年到 2099 年之间"),
        (dt.date(1989, 12, 31), "日期 1989-12-31 不在 1990 年到 2099 年之间"),
        (dt.datetime(2100, 1, 1), "日期 2100-01-01 不在 1990 年到 2099 年之间"),
        (19_891_231, "日期 1989-12-31 不在 1990 年到 2099 年之间"),
        ("一九八九年十二月三十一日", "日期 1989-12-31 不在 1990 年到 2099 年之间"),
    ],
)  # fmt: skip
def test_im3_what_is_no_day_says_why(value, said: str):
    assert refusal(day, value) == said


def test_im3_a_workbook_from_1904_counts_1462_days_later():
    assert day(44_259, from_1904=True) == day(45_721) == dt.date(2025, 3, 5)
    assert day(71_588, from_1904=True) == dt.date(2099, 12, 31)
    assert refusal(day, 71_589, from_1904=True) == "日期 2100-01-01 不在 1990 年到 2099 年之间"
