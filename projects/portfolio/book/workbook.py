"""The register as a workbook: a sheet for each kind of thing, lists to choose from, and a sheet of notes."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from projects.sheets.writing.table import cut, showable

CHECKED_ROWS = 2000  # rows in which lists are offered
MOST_LIST = 255  # letters of a list, as spreadsheets take it
WIDTHS = {"day": 12, "finish": 12, "year": 9, "amount": 10, "long": 40}
Heading = tuple[str, str, Sequence[str]]  # as it is read, the kind of its column, the words to choose from
Page = tuple[str, Sequence[Heading], Sequence[Sequence[Any]]]  # a sheet's name, its headings, its rows


def to_xlsx(title: str, pages: Sequence[Page], about: tuple[str, Sequence[tuple[str, str]]]) -> bytes:
    """A workbook of `pages`; the name and the notes of the last sheet are `about`."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": showable(title)})
        forms = {
            "heading": book.add_format({"bold": True, "bg_color": "#F5F7FA", "border": 1, "valign": "vcenter"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            "text": book.add_format({"valign": "top", "text_wrap": True}),
        }
        for name, headings, rows in pages:
            _page(book.add_worksheet(name), headings, rows, forms)
        other = book.add_worksheet(about[0])
        other.set_column(0, 0, 16)
        other.set_column(1, 1, 90)
        for number, pair in enumerate(about[1]):
            for place, said in enumerate(pair):
                other.write_string(number, place, cut(showable(said))[0], forms["text"])
    return file.getvalue()


def _page(sheet: Any, headings: Sequence[Heading], rows: Sequence[Sequence[Any]], forms: Mapping[str, Any]) -> None:
    for place, (heading, kind, words) in enumerate(headings):
        sheet.write_string(0, place, heading, forms["heading"])
        sheet.set_column(place, place, WIDTHS.get(kind, 20))
        if words and len(",".join(words)) < MOST_LIST:
            said = {"validate": "list", "source": list(words), "error_type": "warning"}
            sheet.data_validation(1, place, CHECKED_ROWS, place, said)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()), forms["day"])
            elif isinstance(value, int | float):
                sheet.write_number(number, place, value, forms["text"])
            elif value:
                sheet.write_string(number, place, cut(showable(str(value)))[0], forms["text"])


def sent(title: str, pages: Sequence[Page], about: tuple[str, Sequence[tuple[str, str]]]) -> bytes:
    """What a process of its own is given (`written`)."""
    told = json.dumps([title, pages, about], ensure_ascii=False, default=lambda day: {"day": day.isoformat()})
    return told.encode("utf-8", "surrogatepass")


def written(content: bytes) -> bytes:
    """The workbook of what was `sent`."""
    said = content.decode("utf-8", "surrogatepass")
    return to_xlsx(*json.loads(said, object_hook=lambda one: dt.date.fromisoformat(one["day"])))
