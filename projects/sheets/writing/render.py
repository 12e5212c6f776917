"""Tables as CSV: UTF-8 with a byte-order mark (spreadsheets then read Chinese right), exact numbers, and text that no
spreadsheet takes for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from projects.sheets.writing.table import SPELLED, Table, inert


def to_csv(table: Table) -> bytes:
    """`table` with one heading row; its title and notes belong to the file's name and the page, so that every row has
    the same columns.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([inert(column.heading) for column in table.columns])
    if table.rows:
        columns = zip(table.columns, zip(*table.rows, strict=True), strict=True)
        writer.writerows(zip(*(_spelled(column.kind, values) for column, values in columns), strict=True))
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _spelled(kind: str, values: Sequence[object]) -> Iterable[str]:
    """A column's cells.

    Days and names come again and again, so each is written once; and one of each type is looked at, as 1 and True are
    one in a set.
    """
    spell = SPELLED[kind]
    for one in dict(zip(map(type, values), values, strict=True)).values():
        spell(one)
    known = {value: spell(value) for value in set(values)}
    return map(known.__getitem__, values)
