"""Rows that are shorter than their table, cells that say nothing: IM-1, IM-3 and IM-4, from docs/rules/imports.md."""

from __future__ import annotations

from typing import Any

import pytest

from projects.money.imports.reading import CellFault, Read, SheetRows, read

HEAD = ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"]
ROW = ["V1", "2025-03-05", "市财政局", "县医院", "100", "拨款"]


def receipts(*rows: list[Any], **more: Any) -> Read:
    return read([SheetRows("表", rows, **more)], "receipts")


def cells_of(found: list[CellFault]) -> list[str]:
    return [one.cell for one in found]


def test_im1_a_heading_whose_lower_row_is_shorter_is_named_from_what_is_there():
    """The lower row ends before the amounts, the upper one before the payee."""
    found = receipts(
        ["到账日期", "往来", None, "金额(元)", "摘要"],
        [None, "付款单位", "收款单位"],
        ["2025-03-05", "局", "院", 1, "x"],
    )
    assert found.heads["表"] == {
        "received": "到账日期",
        "payer": "往来 付款单位",
        "payee": "收款单位",
        "amount": "金额(元)",
        "memo": "摘要",
    }


@pytest.mark.parametrize(("length", "refused"), [(2, ["D3", "E3"]), (3, ["D3", "E3"]), (4, ["E3"]), (5, []), (6, [])])
def test_im1_a_row_that_ends_early_is_blank_from_there_on(length: int, refused: list[str]):
    found = receipts(HEAD, ROW, ["V2", *ROW[1:length]])
    assert (cells_of(found.faults), len(found.rows)) == (refused, 1 if refused else 2)


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_im1_a_total_that_ends_early_is_held_against_nothing(length: int):
    found = receipts(HEAD, ROW, ["合计", None, None, None, "100"][:length])
    assert (found.totals, found.notes) == (1, [])


@pytest.mark.parametrize(("length", "is_read"), [(1, False), (3, False), (4, True)])
def test_im4_a_merged_cell_is_not_repeated_into_a_row_that_ends_before_it(length: int, is_read: bool):
    second = ["V2", "2025-03-05", "局", None][:length]
    merged = [(1, 3, 2, 3), (1, 3, 9, 3)]
    found = receipts(HEAD, ROW, second, merged=merged)
    assert ("D3" not in cells_of(found.faults)) == is_read
    assert cells_of(receipts(HEAD, ROW, [None, None, None, None, "5"], merged=[(1, 3, 1, 3)]).faults) == ["B3", "D3"]


def test_im3_an_error_of_the_sheet_is_refused_in_a_text_and_a_dash_is_nothing():
    found = receipts(HEAD, [*ROW[:5], "#ERROR!"], [*ROW[:5], "—"], [*ROW[:5], "无"])
    assert [(one.cell, str(one.text)[:4]) for one in found.faults] == [("F2", "公式出错")]
    assert [one.text("memo") for one in found.rows] == ["", ""]


def test_a_cell_that_is_refused_is_shown_up_to_sixty_letters():
    found = receipts(HEAD, ["V1", "日" * 61, *ROW[2:]])
    assert [one.value for one in found.faults] == ["日" * 60]


def test_a_strange_source_is_refused_with_nine_that_are_known():
    head = ["支付日期", "项目名称", "资金来源", "金额(元)"]
    found = read([SheetRows("表", [head, ["2025-03-05", "甲", "随便", 1]])], "payments")
    (why,) = (str(one.text) for one in found.faults)
    assert why.count("、") == 8
    assert why.endswith("…")


def test_im1_a_total_is_held_against_the_rows_of_its_own_sheet():
    rows = [HEAD, ROW, ["小计", None, None, None, 100], [*ROW[:4], 200, ""], ["合计", None, None, None, 300]]
    found = read([SheetRows("甲", [HEAD, ROW]), SheetRows("乙", rows)], "receipts")
    assert (len(found.rows), found.totals, found.notes) == (3, 2, [])
    wrong = read(
        [SheetRows("甲", [HEAD, ROW]), SheetRows("乙", [*rows[:-1], ["合计", None, None, None, 400]])], "receipts"
    )
    assert [(one.sheet, one.cell) for one in wrong.notes] == [("乙", "E5")]
