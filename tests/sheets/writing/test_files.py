"""CSV and XLSX read back by independent readers (csv, calamine): every value as it was, nothing run, nothing lost
unsaid.
"""

import csv
import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from projects.core.errors import InvalidError
from projects.core.money import LARGEST_FEN
from projects.sheets.writing import workbook
from projects.sheets.writing.render import to_csv
from projects.sheets.writing.table import FORMULA_STARTS, Column, Table
from projects.sheets.writing.workbook import sheet_name, to_xlsx

COLUMNS = (
    Column("name", "项目"),
    Column("start", "开工日期", "date"),
    Column("month", "月份", "month"),
    Column("amount", "下达(元)", "money"),
    Column("rate", "到位率(%)", "percent"),
    Column("count", "条数", "integer"),
)
ROW = ("市公共卫生检验检测中心", dt.date(2021, 4, 23), dt.date(2021, 11, 1), 163300000000, 47.98, 0)


def table(*rows, columns=COLUMNS, notes=(("状态日", "2021-11-30"), ("来源", "示例"))):
    return Table("资金: 来源/项目", columns, rows, notes)


def from_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def data(content):
    return next(iter(sheets(content).values()))


def test_csv_starts_with_a_byte_order_mark_and_reads_back():
    content = to_csv(table(ROW))
    assert content.startswith(b"\xef\xbb\xbf")
    assert from_csv(content) == [
        ["项目", "开工日期", "月份", "下达(元)", "到位率(%)", "条数"],
        ["市公共卫生检验检测中心", "2021-04-23", "2021-11", "1633000000.00", "47.98", "0"],
    ]


def test_xlsx_holds_numbers_as_numbers_and_dates_as_dates():
    content = to_xlsx(table(ROW))
    heading, row = data(content)
    assert heading == [column.heading for column in COLUMNS]
    assert row == ["市公共卫生检验检测中心", dt.date(2021, 4, 23), dt.date(2021, 11, 1), 1633000000.0, 47.98, 0.0]


def test_s25_percents_are_cut_to_hundredths_in_both_formats():
    content = table(("几乎", None, None, None, 99.9999, None), ("三分之二", None, None, None, 200 / 3, None))
    assert [row[4] for row in from_csv(to_csv(content))[1:]] == ["99.99", "66.66"]
    assert [row[4] for row in data(to_xlsx(content))[1:]] == [99.99, 66.66]


def test_the_second_sheet_says_what_was_exported():
    content = to_xlsx(table(ROW))
    assert list(sheets(content)) == ["资金  来源 项目", "说明"]
    assert sheets(content)["说明"] == [["资金: 来源/项目", ""], ["状态日", "2021-11-30"], ["来源", "示例"]]


def test_an_empty_cell_is_empty_and_a_zero_is_a_zero():
    content = table((None,) * 6, ("零", None, None, 0, 0.0, 0))
    assert from_csv(to_csv(content))[1:] == [[""] * 6, ["零", "", "", "0.00", "0.00", "0"]]
    assert data(to_xlsx(content))[1:] == [[""] * 6, ["零", "", "", 0.0, 0.0, 0.0]]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_export_carries_a_live_formula(start):
    text = f"{start}HYPERLINK(1)"
    content = table((text, *ROW[1:]))
    assert from_csv(to_csv(content))[1][0].startswith("'")
    packed = to_xlsx(content)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(packed)).read("xl/worksheets/sheet1.xml")
    assert data(packed)[1][0].replace("\n", "").endswith("HYPERLINK(1)")


def test_negative_control_the_formula_check_sees_a_formula():
    book = xlsxwriter.Workbook(file := io.BytesIO())
    book.add_worksheet().write(0, 0, "=1+1")
    book.close()
    assert b"<f>" in zipfile.ZipFile(io.BytesIO(file.getvalue())).read("xl/worksheets/sheet1.xml")


def test_numbers_are_never_touched_by_the_formula_guard():
    content = table(("负数", None, None, -12345, -3.5, -7))
    assert from_csv(to_csv(content))[1] == ["负数", "", "", "-123.45", "-3.50", "-7"]
    assert data(to_xlsx(content))[1] == ["负数", "", "", -123.45, -3.5, -7.0]


def test_control_characters_are_shown_and_do_not_break_the_file():
    content = table(("竖\x0b零\0删\x7f半\ud800", *ROW[1:]))
    assert from_csv(to_csv(content))[1][0] == "竖␋零␀删␡半�"
    assert data(to_xlsx(content))[1][0] == "竖␋零␀删␡半�"


def test_a_cell_that_is_too_long_is_cut_in_xlsx_with_a_note_and_whole_in_csv():
    content = table(("长" * 40_000, *ROW[1:]))
    assert from_csv(to_csv(content))[1][0] == "长" * 40_000
    packed = sheets(to_xlsx(content))
    assert packed["说明"][-1] == ["提示", "有单元格超过 32,767 字, 已截断; 全文见 CSV"]
    assert next(iter(packed.values()))[1][0].endswith("…（已截断）")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=40),
            st.integers(-LARGEST_FEN, LARGEST_FEN),
            st.dates(dt.date(1901, 1, 1), dt.date(2100, 12, 31)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_money_dates_and_texts_survive_both_formats_to_the_fen(rows):
    columns = (Column("text", "文字"), Column("amount", "金额(元)", "money"), Column("day", "日期", "date"))
    content = Table("往返", columns, rows)
    for original, read in zip(rows, from_csv(to_csv(content))[1:], strict=True):
        whole, _, fraction = read[1].lstrip("-").partition(".")
        assert (-1 if read[1].startswith("-") else 1) * (int(whole) * 100 + int(fraction)) == original[1]
        assert dt.date.fromisoformat(read[2]) == original[2]
    for original, read in zip(rows, data(to_xlsx(content))[1:], strict=True):
        assert round(read[1] * 100) == original[1]
        assert read[2] == original[2]
        if original[0].isprintable():
            assert read[0] == original[0]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("承诺", "承诺"),
        ("甲/乙:丙[1]?*\\", "甲 乙 丙 1"),
        ("'引号'", "引号"),
        ("", "数据"),
        ("说明", "数据"),
        ("History", "数据"),
        ("长" * 50, "长" * 31),
        ("😀" * 20, "😀" * 15),
    ],
)
def test_a_title_becomes_a_sheet_name_that_spreadsheets_take(title, name):
    assert sheet_name(title, "说明") == name


def test_more_rows_than_a_sheet_holds_are_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    with pytest.raises(InvalidError) as refused:
        to_xlsx(table(ROW, ROW))
    assert "CSV" in str(refused.value.fields["rows"])


def test_a_row_of_the_wrong_length_is_refused():
    for write in (to_csv, to_xlsx):
        with pytest.raises(ValueError, match="zip"):
            write(table(ROW[:3]))


@pytest.mark.filterwarnings("error")
def test_a_table_without_rows_still_has_its_headings():
    assert len(from_csv(to_csv(table()))) == 1
    assert len(data(to_xlsx(table()))) == 1


def test_a_value_of_the_wrong_kind_is_refused_even_where_it_equals_a_right_one():
    for rows in (((1,), (True,)), ((True,), (1,)), ((3,), (3.0,))):
        with pytest.raises(TypeError):
            to_csv(table(*rows, columns=(Column("count", "条数", "integer"),)))


def test_a_row_with_a_cell_too_few_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        to_csv(table(ROW, ROW[:-1]))


def test_a_table_without_rows_has_its_headings_and_nothing_else():
    assert from_csv(to_csv(table())) == [[column.heading for column in COLUMNS]]
