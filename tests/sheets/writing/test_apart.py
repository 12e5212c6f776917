"""A large workbook is written by a process of its own, and is the one that this process would have written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from projects.core.errors import InvalidError
from projects.sheets.bounded.extract import BoundError
from projects.sheets.writing import views
from projects.sheets.writing.table import Column, Table
from projects.sheets.writing.workbook import to_xlsx

COLUMNS = tuple(Column(kind, kind, kind) for kind in ("text", "date", "month", "money", "percent", "integer"))
ROWS = [
    ("=1+1\n\x01 “字”\u2028𠀀", dt.date(2025, 5, 1), dt.date(2025, 5, 31), -(10**17) - 1, 48.333333333333336, 7),
    (None, None, None, None, None, None),
    ("half \ud800", dt.date(1999, 1, 1), dt.date(2099, 12, 1), 5, 3, 0),
    ("字" * 33_000, None, None, None, None, None),
]
TABLE = Table("表/1", COLUMNS, ROWS * 700, (("来源", "x"), ("提示", "\ud800")))


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}


@pytest.mark.parametrize("most", [10**6, 4])
def test_both_ways_write_the_same(app, monkeypatch, most: int):
    table = Table(TABLE.title, COLUMNS, ROWS * (1 if most == 4 else 700), TABLE.notes)
    asked = []
    monkeypatch.setattr(views, "MOST_HERE", most)
    monkeypatch.setattr(views, "answer", lambda *given, own=views.answer: asked.append(1) or own(*given))
    with app.test_request_context():
        content = views.download(table, "xlsx", "表").get_data()
    note = ("提示", "有单元格超过 32,767 字, 已截断; 全文见 CSV")
    assert parts(content) == parts(to_xlsx(table, about="说明", cut_note=note))
    assert bool(asked) is (most == 4)


@pytest.mark.parametrize(("why", "said"), [("busy", "过一分钟"), ("large", "CSV"), ("slow", "CSV"), ("broken", "CSV")])
def test_what_can_t_be_written_says_what_to_do(app, monkeypatch, why: str, said: str):
    def fails(*_: object) -> bytes:
        raise BoundError(why)

    monkeypatch.setattr(views, "MOST_HERE", 0)
    monkeypatch.setattr(views, "answer", fails)
    with app.test_request_context(), pytest.raises(InvalidError) as found:
        views.download(TABLE, "xlsx", "表")
    assert said in str(found.value.fields["rows"])
