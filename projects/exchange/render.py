"""Tables as CSV: UTF-8 with a byte-order mark (spreadsheets then read Chinese right), exact numbers, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from functools import lru_cache

from projects.exchange.table import SPELLED, Table, inert


def to_csv(table: Table) -> bytes:
    """`table` with one heading row; its title and notes belong to the file's name and the page, so that every row has the same columns."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([inert(column.heading) for column in table.columns])
    spelled = [lru_cache(maxsize=4096, typed=True)(SPELLED[column.kind]) for column in table.columns]  # days and names come again and again
    writer.writerows([spell(value) for spell, value in zip(spelled, row, strict=True)] for row in table.rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()
