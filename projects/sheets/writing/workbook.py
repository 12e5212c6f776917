"""Tables as XLSX: numbers as numbers, money in exact yuan, dates as dates, text as text whatever it begins with; a
sheet 说明 says what was exported.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from projects.core.errors import InvalidError
from projects.core.text import N_, Text
from projects.core.text import cut as cut_figure
from projects.sheets.writing.table import CHECKED, Column, Table, cut, showable

MOST_ROWS = 1_048_575  # of a sheet, below its heading
TOGETHER = 1000  # rows of a line that is sent
NUMBER_FORMATS = {"date": "yyyy-mm-dd", "month": "yyyy-mm", "money": "#,##0.00", "percent": "0.00", "integer": "0"}
WIDTHS = {"text": 24, "date": 12, "month": 10, "money": 19, "percent": 10, "integer": 10}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
Write = Callable[[int, int, Any], None]


def to_xlsx(
    table: Table,
    *,
    about: str = "说明",
    cut_note: tuple[str, str] = ("提示", "有单元格超过 32,767 字, 已截断; 全文见 CSV"),
) -> bytes:
    """`table` as a workbook of two sheets, the second named `about`; `cut_note` is added to it where a text was too
    long for a cell.
    """
    if len(table.rows) > MOST_ROWS:
        raise InvalidError(
            {"rows": Text(N_("共 %(count)s 行, 超过 Excel 单表上限: 请先筛选, 或导出 CSV"), {"count": len(table.rows)})}
        )
    import xlsxwriter

    file = io.BytesIO()
    options = {
        "in_memory": False,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": showable(table.title)})
        formats = {
            kind: book.add_format({"num_format": code, "valign": "top"}) for kind, code in NUMBER_FORMATS.items()
        }
        formats["text"] = book.add_format({"valign": "top"})
        heading = book.add_format({"bold": True, "bg_color": "#F5F7FA", "bottom": 1, "valign": "top"})
        cuts = _data_sheet(book.add_worksheet(sheet_name(table.title, about)), table, formats, heading)
        _about_sheet(
            book.add_worksheet(about),
            (*table.notes, *([cut_note] if cuts else [])),
            table.title,
            heading,
            formats["text"],
        )
    return file.getvalue()


def sent(table: Table) -> Iterator[bytes]:
    """`table` as a process of its own is given it (`written`): a line of JSON for all but the rows, then one for each
    thousand of them.
    """
    columns = [(one.key, one.heading, one.kind) for one in table.columns]
    yield _json([table.title, columns, table.notes])
    for start in range(0, len(table.rows), TOGETHER):
        yield _json(table.rows[start : start + TOGETHER])


def written(content: bytes, about: str, *cut_note: str) -> bytes:
    """The workbook of what was `sent`."""
    lines = iter(content.splitlines())
    title, columns, notes = _read(next(lines))
    days = [place for place, (_, _, kind) in enumerate(columns) if kind in {"date", "month"}]
    rows = [row for line in lines for row in _read(line)]
    for row in rows:
        for place in days:
            row[place] = row[place] and dt.date.fromisoformat(row[place])
    table = Table(title, tuple(Column(*one) for one in columns), rows, tuple((name, said) for name, said in notes))
    return to_xlsx(table, about=about, cut_note=(cut_note[0], cut_note[1]))


def _json(value: object) -> bytes:
    """A line; broken letters travel as they are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _read(line: bytes) -> Any:
    return json.loads(line.decode("utf-8", "surrogatepass"))


def sheet_name(title: str, taken: str) -> str:
    """A sheet's name from `title`: at most 31 characters, none that spreadsheets refuse, and not `taken`."""
    name = _NOT_IN_SHEET_NAMES.sub(" ", showable(title)).strip().strip("'")
    while len(name.encode("utf-16-le")) > 62:
        name = name[:-1]
    return name if name and name.casefold() not in {taken.casefold(), "history"} else "数据"


def _data_sheet(sheet: Any, table: Table, formats: Mapping[str, Any], heading: Any) -> int:
    """Write headings and rows; returns how many texts were cut."""
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, WIDTHS[column.kind])
        sheet.write_string(0, place, cut(showable(column.heading))[0], heading)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), max(len(table.columns) - 1, 0))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    cuts = [0]
    writers = [_writer(sheet, column, formats[column.kind], cuts) for column in table.columns]
    for number, row in enumerate(table.rows, start=1):
        for place, (write, value) in enumerate(zip(writers, row, strict=True)):
            if value is not None:
                write(number, place, value)
    return cuts[0]


def _writer(sheet: Any, column: Column, form: Any, cuts: list[int]) -> Write:
    """How a value of `column` is written; `cuts` counts texts that were too long."""
    check = CHECKED[column.kind]

    def text(row: int, place: int, value: str) -> None:
        check(value)
        kept, was_cut = cut(showable(value))
        cuts[0] += was_cut
        sheet.write_string(row, place, kept, form)

    def day(row: int, place: int, value: dt.date) -> None:
        check(value)
        sheet.write_datetime(row, place, value.replace(day=1) if column.kind == "month" else value, form)

    def number(row: int, place: int, value: float) -> None:
        check(value)
        shown = value / 100 if column.kind == "money" else cut_figure(value, 2) if column.kind == "percent" else value
        sheet.write_number(row, place, shown, form)

    return text if column.kind == "text" else day if column.kind in {"date", "month"} else number


def _about_sheet(sheet: Any, notes: tuple[tuple[str, str], ...], title: str, heading: Any, plain: Any) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, cut(showable(title))[0], heading)
    for number, (label, value) in enumerate(notes, start=1):
        sheet.write_string(number, 0, cut(showable(label))[0], plain)
        sheet.write_string(number, 1, cut(showable(value))[0], plain)
