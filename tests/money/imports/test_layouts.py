"""Tables are found by the names of their headings, in many layouts; what can't be taken is named by sheet and cell."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from projects.core.errors import InvalidError
from projects.money.imports.extract import opened, sheets
from projects.money.imports.reading import SheetRows, name_of, read

HEAD = ["凭证号", "到账日期", "付款单位", "收款单位", "金额(元)", "摘要"]
ROW = ["V1", "2025-03-05", "市财政局", "县医院", "1,234.56", "拨款"]


def receipts(*rows: list[Any], unit: str | None = None, **more: Any):
    return read([SheetRows("表", rows, **more)], "receipts", unit)


def said(found) -> list[tuple[str, str]]:
    return [(one.cell, str(one.text)) for one in found.faults]


def workbook(fill) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        fill(book, book.add_worksheet("到账"))
    return file.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, ROW],
        [["某县2025年到账明细表"], [], ["填报单位: 某局", None, None, "单位: 元"], HEAD, ROW],
        [[None, *HEAD], [None, *ROW]],
        [["序号", *HEAD], [1, *ROW]],
        [
            ["摘要", "金额", "收款人", "付款人", "入账日期", "交易流水号"],
            ["拨款", "1234.56元", "县医院", "市财政局", "2025年3月5日", "V1"],
        ],
        [["凭证号", "到账日期", "付款 单位", "收款\n单位", "金额（元）", "摘要"], ROW],
        [["voucher", "received_on", "payer", "payee", "amount_yuan", "memo"], ROW],
        [
            ["凭证号", "到账日期", "往来单位", None, "金额", "摘要"],
            [None, None, "付款单位", "收款单位", "元", None],
            ROW,
        ],
        [HEAD, ROW, ["合计", None, None, None, "1,234.56"], ["注：本表数据来自国库"]],
        [HEAD, ROW, [], HEAD, ["制表人：某某", None, None, None, None, None]],
        [
            ["凭证号", "到账日期", "付款单位", "收款单位", "金额", "摘要"],
            ["V1", 45721, "市财政局", "县医院", "0.123456万元", "拨款"],
        ],
        [
            ["单位：亿元"],
            ["凭证号", "到账日期", "付款单位", "收款单位", "金额", "摘要"],
            ["V1", dt.date(2025, 3, 5), "市财政局", "县医院", 0.0000123456, "拨款"],
        ],
    ],
)
def test_the_same_row_is_read_from_every_layout(rows):
    """IM-1."""
    found = receipts(*rows)
    assert said(found) == []
    (row,) = found.rows
    assert (row.day("received"), row.amount_fen, row.text("payer"), row.text("payee"), row.text("memo")) == (
        dt.date(2025, 3, 5),
        123_456,
        "市财政局",
        "县医院",
        "拨款",
    )


def test_a_unit_that_nobody_names_is_asked_for_and_never_guessed():
    rows = [["凭证号", "到账日期", "收款单位", "金额"], ["V1", "2025-03-05", "县医院", "120"]]
    assert [cell for cell, _ in said(receipts(*rows))] == ["D2"]
    assert receipts(*rows, unit="万元").rows[0].amount_fen == 120_000_000


def test_every_bad_cell_is_named_and_the_row_is_not_taken():
    found = receipts(
        HEAD,
        ROW,
        ["V2", "2025-02-30", "市财政局", "", "1.005", "拨款"],
        ["V3", "2025-03-06", "市财政局", "县医院", None, ""],
    )
    assert [cell for cell, _ in said(found)] == ["B3", "D3", "E3", "E4"]
    assert len(found.rows) == 1


def test_totals_are_left_out_and_one_that_does_not_add_up_is_noted():
    rows = [
        HEAD,
        ROW,
        ["小计", None, None, None, "1234.56"],
        ["V2", "2025-03-06", "局", "县医院", "100", ""],
        ["小计", None, None, None, 100],
        ["合计", None, None, None, "1,334.56"],
    ]
    found = receipts(*rows)
    assert (len(found.rows), found.totals, found.notes, found.amount_fen) == (2, 3, [], 133_456)
    found = receipts(*rows[:-1], ["合  计", None, None, None, "9,999.00"])
    assert [one.cell for one in found.notes] == ["E6"]


@pytest.mark.parametrize(
    ("row", "is_total"),
    [
        ([None, None, None, "泗水县小计", "1,234.56"], True),
        (["一季度合计", None, None, None, "1,234.56"], True),
        (["共1笔", None, None, None, "1,234.56"], True),
        ([None, None, None, "其中：中央资金", "1,000.00"], False),
        (["一、中央资金", None, None, None, "1,234.56"], False),
        (["（二）", None, None, "省级资金", None], False),
    ],
)
def test_subtotals_and_headings_of_groups_are_no_rows_and_the_latter_are_said(row, is_total):
    found = receipts(HEAD, ROW, row)
    assert (said(found), len(found.rows), found.totals) == ([], 1, int(is_total))
    assert [one.cell[1:] for one in found.notes] == [] if is_total else ["3"]


def test_a_row_that_only_lacks_its_day_is_still_refused_by_cell():
    assert said(receipts(HEAD, ROW, ["V2", None, "市财政局", "县医院", "5", "拨款"])) == [("B3", "没有日期")]


@pytest.mark.parametrize(
    "row", [["栏次", "1", "2", "3", "4", "5"], [1, 2, 3, 4, 5, 6], ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]]
)
def test_a_row_that_numbers_the_columns_is_no_row(row):
    found = receipts(HEAD, row, ROW)
    assert (said(found), len(found.rows)) == ([], 1)


def test_feet_of_pages_are_no_rows():
    found = receipts(HEAD, ROW, ["第 1 页 共 1 页"], ["（以下空白）"], ["审核人：", None, "填报日期"])
    assert (said(found), len(found.rows)) == ([], 1)


def test_units_in_a_row_of_their_own_below_the_heading_are_taken():
    head = ["凭证号", "到账日期", "付款单位", "收款单位", "金额", "摘要"]
    found = receipts(
        head,
        [None, "（年月日）", None, None, "（万元）", None],
        ["V1", "2025-03-05", "市财政局", "县医院", "12", "拨款"],
    )
    assert said(found) == []
    assert [row.amount_fen for row in found.rows] == [12_000_000]


def test_a_heading_of_three_rows_with_merged_cells_is_found_whole():
    rows = [
        ["序号", "项目名称", "下达情况", None, None, None, "备注"],
        [None, None, "文件", None, "资金", None, None],
        [None, None, "文号", "下达日期", "资金来源", "下达金额(万元)", None],
        [1, "甲医院综合楼", "财建〔2025〕23号", "2025-03-05", "中央预算内投资", 100.5, "无"],
    ]
    found = read([SheetRows("表", rows)], "allocations")
    assert said(found) == []
    (row,) = found.rows
    assert (row.text("name"), row.text("number"), row.amount_fen) == ("甲医院综合楼", "财建〔2025〕23号", 100_500_000)


def test_headings_of_groups_in_a_list_of_projects_make_no_projects():
    head = ["序号", "项目名称", "项目单位", "建设地点", "总投资(万元)"]
    rows = [
        head,
        ["一", "综合医院", None, None, None],
        ["1", "甲医院综合楼", "甲医院", "甲县", "1000"],
        ["二", "中医院", None, None, "2000"],
        ["2", "一号楼", None, None, None],
    ]
    found = read([SheetRows("表", rows)], "projects")
    assert [row.text("name") for row in found.rows] == ["甲医院综合楼", "一号楼"]
    assert [one.cell for one in found.notes] == ["", "A2", "A4"]  # and the columns that are not read here


@pytest.mark.parametrize(("out", "back"), [(None, "1,000.50"), ("0.00", "1000.50"), (0.0, 1000.5)])
def test_money_that_went_out_is_no_receipt_in_a_statement_of_the_bank(out, back):
    head = ["交易日期", "借方发生额(元)", "贷方发生额(元)", "余额", "对方户名", "本方户名", "摘要"]
    rows = [
        head,
        ["2025-03-05", out, back, 5000, "市财政局", "县医院", "拨款"],
        ["2025-03-06", 300, out, 4700, "某公司", "县医院", "付款"],
    ]
    found = read([SheetRows("流水", rows)], "receipts")
    assert (said(found), [row.amount_fen for row in found.rows]) == ([], [100_050])
    assert ["支出" in str(one.text) for one in found.notes] == [True]


@pytest.mark.parametrize("names", [("金额（大写）", "金额（小写）"), ("大写金额", "小写金额")])
def test_the_amount_in_figures_goes_before_the_one_in_words(names):
    found = receipts(
        ["凭证号", "到帐日期", "收款单位名称", *names], ["V1", "2025-03-05", "县医院", "壹佰元整", "100.00"], unit="元"
    )
    assert (said(found), [row.amount_fen for row in found.rows]) == ([], [10_000])
    assert list(found.heads["表"].values())[-1] == names[1]


def test_what_is_hidden_in_a_sheet_is_said():
    def fill(book, sheet):
        sheet.write_row(0, 0, HEAD)
        for number in range(1, 5):
            sheet.write_row(number, 0, [f"V{number}", "2025-03-05", "市财政局", "县医院", number, "拨款"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column(5, 5, None, None, {"hidden": True})
        old = book.add_worksheet("旧表")
        old.write_row(0, 0, HEAD)
        old.hide()

    found = read(sheets(workbook(fill)), "receipts")
    assert (said(found), len(found.rows)) == ([], 4)
    assert [(one.sheet, one.cell) for one in found.notes] == [("到账", "F1"), ("到账", "A3"), ("旧表", "")]
    assert "有 2 行" in str(found.notes[1].text)


def test_a_missing_or_doubtful_heading_is_said_and_nothing_is_read():
    assert "收款单位" in said(receipts(["凭证号", "到账日期", "金额(元)"], ["V1", "2025-03-05", "1"]))[0][1]
    assert (
        "两列"
        in said(receipts(["到账日期", "收款单位", "金额(元)", "金额(元)"], ["2025-03-05", "县医院", "1", "2"]))[0][1]
    )
    assert said(receipts(["随便"], ["什么"]))
    assert said(read([], "receipts"))
    assert said(receipts(HEAD))


def test_merged_cells_are_repeated_downwards_but_never_an_amount():
    head = ["文号", "下达日期", "项目名称", "资金来源", "下达金额(万元)"]
    rows = [head, ["财建〔2025〕1号", "2025-03-05", "甲", "省级财政", 10], [None, None, "乙", "省级财政", None]]
    found = read([SheetRows("表", rows, [(1, 0, 2, 0), (1, 1, 2, 1), (1, 4, 2, 4)])], "allocations")
    assert [row.text("number") for row in found.rows] == ["财建〔2025〕1号"]
    assert said(found)[0][0] == "E3"


def test_sources_go_by_the_names_that_offices_use():
    head = ["文号", "下达日期", "项目名称", "资金来源", "金额(元)"]
    rows = [
        head,
        *[
            ["财建〔2025〕1号", "2025-03-05", "甲", word, 1]
            for word in ("中央预算内投资", "中央预算内", "专项债券", "县级配套", "随便")
        ],
    ]
    found = read([SheetRows("表", rows)], "allocations")
    assert [row.text("source") for row in found.rows] == ["cbi", "cbi", "special_bond", "county"]
    assert [cell for cell, _ in said(found)] == ["D6"]


def test_a_workbook_is_read_with_its_types_and_only_its_visible_sheets():
    def fill(book, sheet):
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, 5, "某县到账明细")
        sheet.write_row(1, 0, HEAD)
        sheet.write_row(2, 0, ["V1", None, "市财政局", "县医院", 1234.56, "拨款"])
        sheet.write_datetime(2, 1, dt.datetime(2025, 3, 5), day)  # noqa: DTZ001
        sheet.write_row(3, 0, ["V2", "20250306", "市财政局", "县医院", 0.1 + 0.2, "拨款"])
        sheet.write_formula(4, 4, "=SUM(E3:E4)", None, 1234.86)
        sheet.write(4, 0, "合计")
        book.add_worksheet("草稿").hide()

    found = read(sheets(workbook(fill)), "receipts")
    assert (said(found), found.notes, found.totals) == ([], [], 1)
    assert [(row.day("received").day, row.amount_fen) for row in found.rows] == [(5, 123_456), (6, 30)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_the_encodings_and_separators_of_offices(encoding, mark):
    text = "\r\n".join(mark.join(f'"{cell}"' for cell in row) for row in (HEAD, ROW)) + "\r\n"
    found = read(sheets(text.encode(encoding)), "receipts")
    assert [row.amount_fen for row in found.rows] == [123_456]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xd0\xcf\x11\xe0" + b"x" * 600, b"PK\x03\x04broken", b"\x89PNG\r\n\x1a\n\0\0", b'a,"b\nc', b"\xff" * 100],
    ids=["empty", "xls", "zip", "png", "quote", "bytes"],
)
def test_what_is_no_table_is_refused_with_words(content):
    with pytest.raises(InvalidError) as caught:
        opened(content, "receipts")
    assert str(caught.value.fields["file"])


def package(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in ({"xl/workbook.xml": b"<workbook/>"} | parts).items():
            book.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        package(**{"xl/worksheets/sheet1.xml": b" " * 130_000_000}),
        package(**{"xl/worksheets/sheet1.xml": b'<c r="A1"/><c r="XFD1048576"/>'}),
        package(**{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'}),
        package(**{"xl/worksheets/sheet1.xml": b"no table"}),
    ],
    ids=["bomb", "corner", "entity", "nothing"],
)
def test_a_hostile_workbook_is_refused_before_it_is_opened(content):
    """IM-6."""
    assert len(content) < 1_000_000
    with pytest.raises(InvalidError):
        sheets(content)


def test_cells_have_the_names_that_spreadsheets_give():
    assert [name_of(0, 0), name_of(6, 1), name_of(9, 25), name_of(0, 26), name_of(0, 701), name_of(0, 702)] == [
        "A1",
        "B7",
        "Z10",
        "AA1",
        "ZZ1",
        "AAA1",
    ]
