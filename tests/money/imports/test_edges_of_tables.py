"""Sheets and rows where one letter, column or cell decides: rules IM-1, IM-2, IM-5 and IM-7, from
docs/rules/imports.md.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from projects.money.imports.layout import find
from projects.money.imports.plan import KnownRows, PostingPlan, identity, make, place_of
from projects.money.imports.reading import Read, SheetRow, SheetRows, read

MAY = dt.date(2025, 5, 1)
CODE = "2101-370831-04-01-123456"
HEAD = ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"]
ROW = ["V1", "2025-03-05", "市财政局", "县医院", "100", "拨款"]
PROJECTS = ["序号", "项目名称", "项目单位", "建设地点"]


def receipts(*rows: list[Any]) -> Read:
    return read([SheetRows("表", rows)], "receipts")


def outcome(found: Read) -> tuple[list[int], int, list[str], list[str]]:
    """Numbers of the rows read, totals, the cells refused, the cells noted."""
    return (
        [one.number for one in found.rows],
        found.totals,
        [one.cell for one in found.faults],
        [one.cell for one in found.notes],
    )


# --- headings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "fen"), [("amount (yuan)", 10_000), ("amount_yuan", 10_000), ("金额(万元)", 10**8)])
def test_im2_a_heading_names_the_unit_in_chinese_or_as_yuan(name: str, fen: int):
    found = receipts(["到账日期", "收款单位", name], ["2025-03-05", "县医院", "100"])
    assert [one.amount_fen for one in found.rows] == [fen]


def test_im1_of_two_headings_that_are_equally_whole_the_first_counts():
    """Three required columns with one missing, and six columns with three missing: 15 points each."""
    few = ["文号", "发文日期", "资金来源"]
    many = ["明细编号", "发文单位", "项目代码", "项目名称", "项目单位", "文号"]
    apart: list[list[str]] = [[], [], []]
    missing = {"few": ["金额"], "many": ["发文日期", "资金来源", "金额"]}
    for rows, told in (([few, *apart, many, *apart], "few"), ([many, *apart, few, *apart], "many")):
        found = find(rows, "allocations")
        assert isinstance(found, list)
        assert [str(one).split("“")[1].split("”")[0] for one in found] == missing[told]


def test_im1_a_column_is_of_one_field_only():
    """付款 above 单位名称 is the payer, though 单位名称 alone would be a payee."""
    rows = [["到账日期", "付款", "金额(元)"], [None, "单位名称", None], ["2025-03-05", "局", "1"]]
    found = find(rows, "receipts")
    assert isinstance(found, list)
    assert [str(one) for one in found] == ["表头缺少“收款单位”一列"]
    whole = find([["到账日期", "付款", "收款", "金额(元)"], [None, "单位名称", "单位名称", None]], "receipts")
    assert not isinstance(whole, list)
    assert (whole.columns["payer"], whole.columns["payee"], whole.unit) == (1, 2, "元")


# --- rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([None, None, None, "小计", "100"], ([2], 1, [], [])),
        ([None, None, None, "合计", 100], ([2], 1, [], [])),
        (["V2", "2025-03-06", "合计", "县医院", "5"], ([2, 3], 0, [], [])),  # the third text is no title of a row
        (["V2", None, "市财政局", "泗水县小计", "5"], ([2], 0, ["B3"], [])),
        ([None, "一、中央资金", None, None, "5"], ([2], 0, ["B3", "D3"], [])),
        ([None, None, "一、中央资金", None, "5"], ([2], 0, [], ["C3"])),
        ([None, None, None, "（二）", None], ([2], 0, [], ["D3"])),
    ],
)
def test_im1_a_total_or_group_is_told_by_its_first_words(row: list[Any], expected: tuple[Any, ...]):
    assert outcome(receipts(HEAD, ROW, row)) == expected


def test_im1_a_row_that_ends_before_the_column_of_the_other_way_is_read():
    head = [*HEAD, "借方"]
    assert outcome(receipts(head, ROW, ["V2", "2025-03-05", "局", "院", None, "拨款"])) == ([2], 0, ["E3"], [])
    assert outcome(receipts(head, ROW, ["V2", "2025-03-05", "局", "院", None, "拨款", 5])) == ([2], 0, [], ["A3"])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["一", "综合医院", None, None], ([], 0, ["A2"])),
        (["一", "综合医院", None, "甲县"], ([2], 0, [])),
        (["一", "综合医院", "甲医院", "甲县"], ([2], 0, [])),
        ([None, "甲县小计", None, None], ([], 1, [])),
        (["1", "甲县小计", "甲医院", "甲县"], ([2], 0, [])),
    ],
)
def test_im1_in_a_list_of_projects_a_group_is_one_name_and_figures(row: list[Any], expected: tuple[Any, ...]):
    rows, totals, _, notes = outcome(read([SheetRows("表", [PROJECTS, row])], "projects"))
    assert (rows, totals, notes) == expected


def test_im1_a_list_of_projects_has_no_amount():
    found = read([SheetRows("表", [PROJECTS, ["1", "甲", "甲医院", "甲县"]])], "projects")
    assert (len(found.rows), found.amount_fen) == (1, 0)


def test_a_group_s_title_is_shown_up_to_sixty_letters():
    found = receipts(HEAD, ROW, [None, None, "一、" + "字" * 59])
    assert [one.value for one in found.notes] == ["一、" + "字" * 58]


# --- what it would do ---------------------------------------------------------------------------------------


def row(number: int = 2, /, **values: Any) -> SheetRow:
    return SheetRow("表", number, values, {name: f"{name}{number}" for name in values})


def made(kind: str, *rows: SheetRow, **known: Any) -> PostingPlan:
    return make(kind, Read(rows=list(rows)), KnownRows(**({"codes": {CODE: 1}} | known)), None)


def came(**values: Any) -> SheetRow:
    own = {"voucher": "", "received": MAY, "payer": "局", "payee": "院", "memo": "", "amount": 9}
    return row(**(own | values))


def line(**values: Any) -> SheetRow:
    own = {"line": "", "number": "文", "issued": MAY, "code": CODE, "name": "", "source": "cbi", "amount": 9}
    return row(**(own | values))


@pytest.mark.parametrize(("kind", "field", "most"), [("receipts", "payer", 120), ("receipts", "payee", 120)])
def test_im5_two_rows_differ_in_the_letters_that_are_kept(kind: str, field: str, most: int):
    keys = [identity(kind, came(**{field: "字" * length}), Counter()) for length in (most - 1, most, most + 1)]
    assert (keys[0] == keys[1], keys[1] == keys[2]) == (False, True)


def test_im5_two_lines_differ_in_the_first_eighty_letters_of_their_number():
    keys = [identity("allocations", line(number="文" * length), Counter()) for length in (79, 80, 81)]
    assert (keys[0] == keys[1], keys[1] == keys[2]) == (False, True)


def test_im7_only_lines_of_documents_are_held_against_known_numbers():
    near = {"number": "财建〔2025〕32号", "amount": 9, "source": "cbi", "code": CODE, "name": ""}
    numbers = ["财建〔2025〕23号"]
    assert len(made("allocations", row(line="", issued=MAY, **near), numbers=numbers).notes) == 1
    assert made("payments", row(voucher="", paid=MAY, **near), numbers=numbers).notes == []


def test_im7_what_is_refused_or_noted_is_shown_up_to_sixty_letters():
    letters = "字" * 61
    (stranger,) = made("payments", row(voucher="", paid=MAY, code="", name=letters, source="cbi", amount=9)).faults
    assert stranger.value == "字" * 60
    long = {"name": "甲", "unit": "", "place": letters}
    odd = make("projects", Read(rows=[row(code="9" * 61, **long)]), KnownRows(), "370800")
    assert [one.value for one in odd.notes] == ["9" * 60, "字" * 60]
    named = {"code": "", "name": letters, "unit": "", "place": ""}
    assert [one.value for one in made("projects", row(2, **named), row(3, **named)).faults] == ["字" * 60]


@pytest.mark.parametrize(("unit", "place"), [("泗水医院", None), ("泗水县医院", "370831"), ("甲县医院", None)])
def test_im7_a_unit_begins_with_the_name_of_a_place_of_three_letters_or_more(unit: str, place: str | None):
    known = KnownRows(places={"泗水": "1", "甲县": "2", "泗水县": "370831"})
    assert place_of(row(place="", unit=unit, name=""), known, None) == (place, place is None)
