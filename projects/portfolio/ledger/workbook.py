"""The ledger as a workbook: headings in groups with notes and lists to choose from, an example row in the template."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from projects.portfolio.ledger.sheet import COLUMNS, TITLE
from projects.sheets.writing.table import cut, showable

CHECKED_ROWS = 2000  # rows in which the template offers lists
FORMATS = {"money": "#,##0.######", "day": "yyyy-mm-dd", "finish": "yyyy-mm-dd"}
WIDTHS = {"long": 40, "words": 30, "money": 14, "day": 12, "finish": 12, "count": 9, "percent": 10}


def to_xlsx(rows: Sequence[Sequence[Any]], notes: Sequence[tuple[str, str]] = (), *, about: str = "说明") -> bytes:
    """A workbook of `rows` in the ledger's columns, with lists to choose from; `notes` fill a second sheet."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": TITLE})
        sheet = book.add_worksheet(TITLE)
        _headings(book, sheet)
        formats = {kind: book.add_format({"num_format": code, "valign": "top"}) for kind, code in FORMATS.items()}
        plain = book.add_format({"valign": "top", "text_wrap": True})
        for number, row in enumerate(rows, start=2):
            for place, (cell, value) in enumerate(zip(COLUMNS, row, strict=True)):
                _write(sheet, (number, place), value, formats.get(cell.kind, plain))
        if notes:
            other = book.add_worksheet(about)
            other.set_column(0, 0, 16)
            other.set_column(1, 1, 90)
            for number, pair in enumerate(notes):
                for place, said in enumerate(pair):
                    other.write_string(number, place, cut(showable(said))[0], plain)
    return file.getvalue()


def _headings(book: Any, sheet: Any) -> None:
    form = book.add_format({"bold": True, "bg_color": "#F5F7FA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    place = 0
    for group, cells in groupby(COLUMNS, key=lambda one: one.group):
        count = len(list(cells))
        if count > 1:
            sheet.merge_range(0, place, 0, place + count - 1, group, form)
        else:
            sheet.write_string(0, place, group, form)
        place += count
    for number, cell in enumerate(COLUMNS):
        sheet.write_string(1, number, cell.heading, form)
        sheet.set_column(number, number, WIDTHS.get(cell.kind, 18))
        if cell.note:
            sheet.write_comment(1, number, cell.note)
        if cell.words:
            said = {"validate": "list", "source": list(cell.words), "error_type": "warning"}
            if len(",".join(cell.words)) < 255:
                sheet.data_validation(2, number, CHECKED_ROWS, number, said)
    sheet.freeze_panes(2, 2)


def _write(sheet: Any, where: tuple[int, int], value: Any, form: Any) -> None:
    if value is None:
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(*where, dt.datetime.combine(value, dt.time()), form)
    elif isinstance(value, int | float):
        sheet.write_number(*where, value, form)
    else:
        sheet.write_string(*where, cut(showable(str(value)))[0], form)


def sent(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as a process of its own is given them (`written`)."""
    return json.dumps(rows, ensure_ascii=False, default=lambda day: {"day": day.isoformat()}).encode(
        "utf-8", "surrogatepass"
    )


def written(content: bytes) -> bytes:
    """The workbook of what was `sent`."""
    rows = json.loads(
        content.decode("utf-8", "surrogatepass"), object_hook=lambda said: dt.date.fromisoformat(said["day"])
    )
    return to_xlsx(rows)
