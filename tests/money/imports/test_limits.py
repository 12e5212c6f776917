"""What an import would do, at the limit itself: rules IM-1, IM-5, IM-7 and IM-9, from docs/rules/imports.md."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from projects.money.imports import plan as planning
from projects.money.imports.plan import (
    KnownRows,
    PostingPlan,
    Taken,
    category_of,
    document_kind,
    identity,
    later,
    make,
    place_of,
    project_of,
)
from projects.money.imports.reading import CellFault, Read, SheetRow, SheetRows, name_of, read
from projects.money.imports.returns import settle
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import numbered

MAY = dt.date(2025, 5, 1)
CODE = "2101-370831-04-01-123456"


def row(at: int = 2, /, **values: Any) -> SheetRow:
    return SheetRow("表", at, values, {name: f"{name[0].upper()}{at}" for name in values} | {"amount": f"E{at}"})


def came(number: int = 2, fen: int = 900, on: dt.date = MAY, **more: Any) -> SheetRow:
    return row(
        number, **({"voucher": "", "received": on, "payer": "局", "payee": "院", "memo": "拨款", "amount": fen} | more)
    )


def paid(number: int = 2, fen: int = 900, on: dt.date = MAY, **more: Any) -> SheetRow:
    return row(
        number, **({"voucher": "7", "paid": on, "code": CODE, "name": "甲", "source": "cbi", "amount": fen} | more)
    )


def made(
    kind: str, *rows: SheetRow, known: KnownRows | None = None, place: str | None = None, **read_values: Any
) -> PostingPlan:
    return make(kind, Read(rows=list(rows), **read_values), known or KnownRows(codes={CODE: 1}), place)


def said(found: list[CellFault]) -> list[tuple[str, str]]:
    return [(one.cell, str(one.text)) for one in found]


# --- IM-5 ---------------------------------------------------------------------------------------------------


def test_im5_a_row_s_own_number_is_kept_and_another_gets_one_of_its_content_and_count():
    seen: Counter[tuple[object, ...]] = Counter()
    assert identity("receipts", came(voucher="x" * 61), seen) == "x" * 60
    first, second = identity("receipts", came(2), seen), identity("receipts", came(3), seen)
    assert first != second
    assert first.startswith("~")
    assert len(first) == 25
    assert identity("receipts", came(9), Counter()) == first
    assert identity("receipts", came(fen=901), Counter()) != first
    long = came(memo="字" * 300)
    assert identity("receipts", came(memo="字" * 301), Counter()) == identity("receipts", long, Counter())
    assert identity("receipts", came(memo="字" * 299), Counter()) != identity("receipts", long, Counter())
    own = row(line="L1", voucher="V1", amount=1, issued=MAY, number="", source="", name="")
    assert (identity("allocations", own, Counter()), identity("payments", own, Counter())) == ("L1", "V1")


def test_im5_a_known_number_with_the_same_content_is_skipped_and_with_another_refused():
    one = came(voucher="V1")
    content = planning.content("receipts", one)

    def stands(*contents: tuple[object, ...]) -> KnownRows:
        number = numbered("receipt", (None, None), MAY, "V1")
        return KnownRows(taken=Taken("receipt", {number: frozenset(contents)}))

    same = made("receipts", one, known=stands(content))
    assert (same.new, same.existing, same.faults) == ([], 1, [])
    other = made("receipts", one, known=stands((1,)))
    assert (other.new, other.existing) == ([], 0)
    assert said(other.faults)[0][0] == "V2"
    fresh = made("receipts", one)
    assert ([key for _, _, key in fresh.new], fresh.amount_fen) == (["V1"], 900)
    paid_row = planning.stored("payments", paid(), 1)
    assert paid_row[-1] == 1
    assert planning.stored("payments", paid(), 2) != paid_row


def test_im5_rows_of_one_voucher_with_different_sources_are_one_payment():
    assert made("payments", paid(2), paid(3, source="county")).faults == []
    for second in (
        paid(3),
        paid(3, source="county", on=MAY + dt.timedelta(1)),
        paid(3, source="county", name="乙", code=""),
    ):
        wrong = made("payments", paid(2), second, known=KnownRows(codes={CODE: 1}, names={"乙": 2}))
        assert [text for _, text in said(wrong.faults)] == ["编号与 V2 重复"]
    assert said(made("receipts", came(2, voucher="1"), came(3, voucher="1", fen=5)).faults) == [
        ("V3", "编号与 V2 重复")
    ]


# --- IM-7 ---------------------------------------------------------------------------------------------------


def test_im7_a_project_is_found_by_code_else_by_name_within_reach():
    known = KnownRows(codes={CODE: 1}, names={"甲": 2, "两处": None}, reach=frozenset({1, 2}))
    assert project_of(row(code=CODE, name="甲"), known) == 1
    assert project_of(row(code="x", name="甲"), known) == 2
    assert project_of(row(name="甲"), known) == 2
    assert "请写项目代码" in str(project_of(row(name="两处"), known))
    assert "没有这个项目" in str(project_of(row(name="丙"), known))
    assert "没有这个项目" in str(project_of(row(code=CODE), KnownRows(codes={CODE: 1}, reach=frozenset({2}))))
    assert project_of(row(code=CODE), KnownRows(codes={CODE: 1})) == 1
    refused = made("payments", paid(2, code="x", name="丙"), paid(3, code="", name="丙", voucher="8"))
    assert [cell for cell, _ in said(refused.faults)] == ["C2", "N3"]


PLACES = {"泗水县": "370831", "济宁市": "370800", "甲": "1"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"place": "泗水县"}, ("370831", False)),
        ({"place": "泗 水 县"}, ("370831", False)),
        ({"place": "", "unit": "泗水县人民医院"}, ("370831", False)),
        ({"place": "", "unit": "", "name": "济宁市第一人民医院"}, ("370800", False)),
        ({"place": "不知", "unit": "甲医院"}, ("990000", True)),
        ({}, ("990000", True)),
    ],
)
def test_im7_a_new_project_lies_where_its_row_its_unit_or_the_chooser_says(
    values: dict[str, str], expected: tuple[str, bool]
):
    assert place_of(row(**values), KnownRows(places=PLACES), "990000") == expected


def listed(number: int, name: str, code: str = "", place: str = "泗水县") -> SheetRow:
    return row(number, code=code, name=name, unit="", place=place)


def test_im7_projects_of_one_name_in_two_places_are_two_and_in_one_place_one():
    everywhere = {"甲": [(1, "370831")]}
    known = KnownRows(places=PLACES, codes={CODE: 1}, everywhere=everywhere)
    assert made("projects", listed(2, "甲"), known=known).existing == 1
    assert (
        len(
            made(
                "projects",
                listed(2, "甲", place="济宁市"),
                known=KnownRows(places=PLACES, everywhere={"甲": [(1, "360000")]}),
            ).new
        )
        == 1
    )
    around = KnownRows(places=PLACES, everywhere={"甲": [(1, "370800")]})
    assert made("projects", listed(2, "甲"), known=around).existing == 1
    inside = made("projects", listed(2, "甲", place="济宁市"), known=known)
    assert inside.existing == 1
    nowhere = KnownRows(places=PLACES, everywhere={"甲": [(1, "990000")]})
    assert made("projects", listed(2, "甲"), known=nowhere).existing == 1
    twice = made("projects", listed(2, "甲"), listed(3, "甲"), known=KnownRows(places=PLACES))
    assert (len(twice.new), said(twice.faults)) == (1, [("C3", "文件里重复")])
    apart = made("projects", listed(2, "甲"), listed(3, "甲", place="济宁市"), known=KnownRows(places=PLACES))
    assert len(apart.new) == 2
    coded = made("projects", listed(2, "甲", CODE), listed(3, "乙", CODE), known=KnownRows(places=PLACES))
    assert (len(coded.new), len(coded.faults)) == (1, 1)


def test_im7_a_code_of_another_project_is_refused_and_one_of_another_form_is_not_kept():
    known = KnownRows(places=PLACES, codes={CODE: 9}, everywhere={"甲": [(1, "370831")]})
    assert [text for _, text in said(made("projects", listed(2, "甲", CODE), known=known).faults)] == [
        "这个代码已属于另一个项目, 请核对"
    ]
    own = KnownRows(places=PLACES, codes={CODE: 1}, everywhere={"甲": [(1, "370831")]})
    assert made("projects", listed(2, "甲", CODE), known=own).existing == 1
    odd = made("projects", listed(2, "甲", "123"), known=own)
    assert (odd.existing, len(odd.notes)) == (1, 1)
    fresh = made("projects", listed(2, "甲", CODE.replace("2101", "2202")), known=own)
    assert len(fresh.new) == 1


def test_im7_a_strange_place_is_noted_once():
    found = made(
        "projects",
        listed(2, "甲", place="某地"),
        listed(3, "乙", place="某地"),
        listed(4, "丙", place="别地"),
        known=KnownRows(),
        place="370800",
    )
    assert [cell for cell, _ in said(found.notes)] == ["P2", "P4"]
    assert made("projects", listed(2, "甲", place=""), known=KnownRows(), place="370800").notes == []


def test_im7_numbers_near_known_ones_are_noted_up_to_twenty():
    def line(number: int, text: str) -> SheetRow:
        return row(number, line=f"L{number}", number=text, issued=MAY, code=CODE, name="", source="cbi", amount=5)

    known = KnownRows(codes={CODE: 1}, numbers=["财建〔2025〕23号"])
    assert len(made("allocations", line(2, "财建〔2025〕32号"), known=known).notes) == 1
    assert made("allocations", line(2, "财建〔2025〕23号"), known=known).notes == []
    assert made("allocations", line(2, "财建〔2025〕45号"), known=known).notes == []
    assert len(made("allocations", line(2, "财建〔2025〕32号"), line(3, "财建〔2025〕32号"), known=known).notes) == 1
    many = KnownRows(codes={CODE: 1}, numbers=[f"财建〔2025〕{n}1号" for n in range(10, 40)])
    rows = [line(n, f"财建〔2025〕{n}2号") for n in range(10, 40)]
    assert len(made("allocations", *rows, known=many).notes) == 20


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("发改投资〔2025〕1号", "plan"),
        ("浙发改投资〔2025〕1号", "forward"),
        ("财建〔2025〕1号", "budget"),
        ("浙财建〔2025〕1号", "quota"),
        ("财社〔2025〕1号", "quota"),
        ("卫规划〔2025〕1号", "other"),
        ("财建", "budget"),
    ],
)
def test_what_a_document_does_is_told_from_its_issuer(number: str, kind: str):
    assert document_kind(number) == kind
    assert (category_of("甲县疾控中心"), category_of("甲县医院"), category_of("甲县大楼")) == (
        "cdc",
        "hospital",
        "other",
    )


@pytest.mark.parametrize(("days", "cells"), [(-1, []), (0, []), (1, ["R2"])])
def test_im8_days_in_the_future_are_refused_by_cell(days: int, cells: list[str]):
    known = KnownRows(today=MAY)
    assert [one.cell for one in made("receipts", came(on=MAY + dt.timedelta(days)), known=known).faults] == cells


def test_im8_closed_months_are_refused_for_the_project_s_place_or_the_one_chosen():
    closed = Closed(frozenset({(MAY, "370800")}))
    known = KnownRows(today=MAY, closed=closed, codes={CODE: 1}, homes={1: "370831"})
    assert [one.cell for one in made("receipts", came(), known=known, place="370831").faults] == ["R2"]
    assert made("receipts", came(), known=known, place="360000").faults == []
    assert [one.cell for one in made("payments", paid(), known=known, place="360000").faults] == ["P2"]


def test_m4_rows_after_the_day_that_pages_show_are_told():
    rows = [came(2), came(3, 50, MAY + dt.timedelta(1)), came(4, 70, MAY + dt.timedelta(9))]
    found = later("receipts", rows, MAY)
    assert (found.count, found.amount_fen, found.last) == (2, 120, MAY + dt.timedelta(9))
    assert later("receipts", rows[:1], MAY) is None
    assert later("projects", rows, MAY) is None


# --- IM-9 ---------------------------------------------------------------------------------------------------


def settled(*rows: SheetRow) -> tuple[list[int], int, int]:
    found = made("receipts", *rows)
    settle(found, [one for one in rows if one.amount_fen < 0])
    return [one.number for one, _, _ in found.new], len(found.faults), len(found.notes)


def test_im9_nine_hundred_thousand_came_went_back_and_came_again():
    first, back, again = came(2, 900, MAY), came(3, -900, MAY + dt.timedelta(2)), came(4, 900, MAY + dt.timedelta(8))
    assert settled(first, back, again) == ([4], 0, 2)
    assert settled(first, back) == ([], 0, 2)
    assert settled(back) == ([], 1, 0)


@pytest.mark.parametrize(
    ("back", "settles"),
    [
        ({}, True),
        ({"fen": -901}, False),
        ({"on": MAY}, True),
        ({"on": MAY - dt.timedelta(1)}, False),
        ({"payee": "别院"}, False),
        ({"payee": "局", "payer": "院"}, True),
    ],
)
def test_im9_a_return_is_of_the_same_amount_not_later_and_of_the_same_unit(back: dict[str, Any], settles: bool):
    one = came(3, **({"fen": -900, "on": MAY + dt.timedelta(1)} | back))
    assert settled(came(2), one) == (([], 0, 2) if settles else ([2], 1, 0))


def test_im9_of_several_the_newest_is_taken():
    rows = [came(2), came(3), came(4, on=MAY - dt.timedelta(1)), came(5, -900)]
    assert settled(*rows)[0] == [2, 4]
    assert settled(came(2, payee=""), came(3, -900))[0] == []


# --- IM-1 ---------------------------------------------------------------------------------------------------

HEAD = ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"]


def line(number: int = 1, amount: object = "100.00") -> list[object]:
    return [f"V{number}", "2025-03-05", "局", "院", amount, "拨款"]


@pytest.mark.parametrize(("above", "is_found"), [(0, True), (29, True), (32, False)])
def test_im1_the_heading_is_found_in_the_first_thirty_rows(above: int, is_found: bool):
    found = read([SheetRows("表", [["题"]] * above + [HEAD, line()])], "receipts")
    assert bool(found.rows) == is_found


@pytest.mark.parametrize(
    ("total", "noted"),
    [("300.00", False), ("300.01", True), ("299.99", True), ("200.00", False), ("", False), ("x", False)],
)
def test_im1_a_total_is_that_of_all_rows_or_of_those_since_the_last(total: str, noted: bool):
    rows = [HEAD, line(1), ["小计", None, None, None, "100.00"], line(2), line(3), ["合计", None, None, None, total]]
    found = read([SheetRows("表", rows)], "receipts")
    assert (found.totals, bool(found.notes)) == (2, noted)
    assert len(found.rows) == 3


@pytest.mark.parametrize(("length", "taken"), [(200, True), (201, False)])
def test_a_text_of_a_file_holds_two_hundred_letters(length: int, taken: bool):
    found = read([SheetRows("表", [HEAD, [*line()[:5], "字" * length]])], "receipts")
    assert bool(found.rows) == taken
    assert [one.cell for one in found.faults] == ([] if taken else ["F2"])
    bad = read([SheetRows("表", [HEAD, [*line()[:5], "a\x00b"]])], "receipts")
    assert [one.cell for one in bad.faults] == ["F2"]


def test_im1_hidden_sheets_are_noted_hidden_rows_and_columns_read_and_noted():
    found = read(
        [
            SheetRows("表", [HEAD, line(1), line(2)], hidden_rows=[2], hidden_columns=[5, 9]),
            SheetRows("藏", [], is_hidden=True),
        ],
        "receipts",
    )
    assert [(one.sheet, one.cell) for one in found.notes] == [("表", "F1"), ("表", "A3"), ("藏", "")]
    assert len(found.rows) == 2
    assert read([SheetRows("表", [HEAD, line(1)])], "receipts").notes == []
    alone = read([SheetRows("藏", [], is_hidden=True)], "receipts")
    assert [str(one.text) for one in alone.faults] == ["它是隐藏的"]
    assert [str(one.text) for one in read([SheetRows("空", [[None]])], "receipts").faults] == ["文件里没有内容"]
    assert [str(one.text) for one in read([SheetRows("表", [HEAD])], "receipts").faults] == ["表头下面没有数据行"]


def test_im4_merged_cells_are_repeated_to_their_last_row_only():
    rows = [HEAD, line(1), [None, None, None, None, "5", None], [None, None, None, None, "6", None]]
    found = read([SheetRows("表", rows, merged=[(1, 1, 2, 1), (1, 3, 2, 3)])], "receipts")
    assert [one.number for one in found.rows] == [2, 3]
    assert found.rows[1].day("received") == dt.date(2025, 3, 5)
    wide = read([SheetRows("表", rows[:3], merged=[(1, 1, 2, 2), (1, 3, 2, 3)])], "receipts")
    assert len(wide.rows) == 1
    amount = read([SheetRows("表", [HEAD, line(1), [*line(2)[:4], None, None]], merged=[(1, 4, 2, 4)])], "receipts")
    assert len(amount.rows) == 1
    single = read([SheetRows("表", rows[:3], merged=[(1, 1, 1, 1), (0, 3, 1, 3)])], "receipts")
    assert len(single.rows) == 1


@pytest.mark.parametrize(
    ("place", "name"),
    [((0, 0), "A1"), ((6, 1), "B7"), ((0, 25), "Z1"), ((0, 26), "AA1"), ((0, 701), "ZZ1"), ((0, 702), "AAA1")],
)
def test_a_cell_is_named_as_a_spreadsheet_names_it(place: tuple[int, int], name: str):
    assert name_of(*place) == name


def test_im9_a_negative_receipt_is_read_as_money_that_went_back_and_a_negative_payment_is_refused():
    found = read([SheetRows("表", [HEAD, line(1, "-900,000.00")])], "receipts")
    assert found.rows[0].amount_fen == -90_000_000
    pays = ["凭证号", "支付日期", "项目代码", "资金来源", "金额(元)"]
    refused = read([SheetRows("表", [pays, ["1", "2025-03-05", CODE, "中央预算内投资", "-1"]])], "payments")
    assert [one.cell for one in refused.faults] == ["E2"]
    assert PostingPlan().amount_fen == 0


@pytest.mark.parametrize(("kind", "most"), [("receipts", planning.MOST_NEW), ("projects", planning.MOST_PROJECTS)])
def test_im8_one_posting_writes_so_many_rows_and_one_more_is_refused(kind, most):
    def row(number: int) -> SheetRow:
        own = {"name": f"n{number}"} if kind == "projects" else {"voucher": f"V{number}", "received": MAY, "amount": 1}
        return SheetRow("s", number, own, {"amount": "A1", "name": "A1"})

    def faults(count: int) -> list[CellFault]:
        return make(kind, Read(rows=[row(number) for number in range(count)]), KnownRows(), None).faults

    assert [len(faults(count)) for count in (most - 1, most, most + 1)] == [0, 0, 1]
    assert f"{most + 1} 行" in str(faults(most + 1)[0].text)
