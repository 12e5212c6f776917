"""The sheets of a file read as the register: each cell by what its column holds, every one that can't be taken named.
RW-4 of docs/rules/register.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projects.core.text import N_, Text
from projects.money.imports.reading import CellFault, SheetRows, name_of
from projects.portfolio.book.columns import SHEETS, Column, Sheet
from projects.portfolio.ledger.layout import SEARCHED, Grid, repeat_down
from projects.portfolio.ledger.rows import Row, listed, plan_day, words
from projects.sheets.reading import cells
from projects.sheets.reading.cells import BROKEN, CellRefusedError, Value, even, is_blank, text_of

Heard = Callable[[str], Iterable[str]]  # how a message id is written, in each language
ABOUT = N_("说明")
_YEAR = re.compile(r"(\d{4})年?(?:度)?", re.ASCII)


@dataclass
class Table:
    """A sheet of the register in a file: its rows, the columns that it has, and those that are not taken in, each with
    its cell, its heading and why.
    """

    sheet: Sheet
    name: str
    rows: list[Row] = field(default_factory=list)
    has: frozenset[str] = frozenset()
    untaken: list[tuple[str, str, Text]] = field(default_factory=list)


@dataclass
class Book:
    """What a file holds of the register, and the sheets that it can't be read from, each with why."""

    tables: dict[str, Table] = field(default_factory=dict)
    unread: list[tuple[str, Text]] = field(default_factory=list)


def read(sheets: Iterable[SheetRows], heard: Heard) -> Book:
    """The register in a file's sheets."""
    book = Book()
    titles = {_even(said): one for one in SHEETS for said in (one.title, *heard(one.title))}
    about = {_even(said) for said in (ABOUT, *heard(ABOUT))}
    for one in sheets:
        sheet = titles.get(_even(one.name))
        if one.is_hidden:
            book.unread.append((one.name, Text(N_("它是隐藏的"))))
        elif sheet is None:
            if _even(one.name) not in about and any(one.rows):
                known = "、".join(heading.title for heading in SHEETS)
                book.unread.append((one.name, Text(N_("不是登记簿的表: 表名应是 %(known)s"), {"known": known})))
        elif sheet.key in book.tables:
            book.unread.append((one.name, Text(N_("这一类已有一张表"))))
        elif any(one.rows):
            found = _table(one, sheet, heard)
            if isinstance(found, Text):
                book.unread.append((one.name, found))
            else:
                book.tables[sheet.key] = found
    return book


def _even(value: Value) -> str:
    return even(text_of(value)).replace(" ", "").casefold()


def _table(one: SheetRows, sheet: Sheet, heard: Heard) -> Table | Text:
    known = {_even(said): column for column in sheet.columns for said in (column.heading, *heard(column.heading))}
    counts = [sum(_even(cell) in known for cell in row) for row in one.rows[:SEARCHED]]
    start = max(range(len(counts)), key=lambda number: (counts[number], -number))
    if counts[start] < 2:
        return Text(N_("前 %(count)s 行里找不到表头"), {"count": SEARCHED})
    table, columns = Table(sheet, one.name), dict[int, Column]()
    for place, cell in enumerate(one.rows[start]):
        if is_blank(cell):
            continue
        column, where = known.get(_even(cell)), name_of(start, place)
        if column is None:
            table.untaken.append((where, text_of(cell)[:60], Text(N_("不认识这一列, 没有读入"))))
        elif column in columns.values():
            table.untaken.append((where, text_of(cell)[:60], Text(N_("已有这样一列, 这一列没有读入"))))
        else:
            columns[place] = column
            if not column.taken:
                table.untaken.append((where, text_of(cell)[:60], Text(N_("只供查看, 不读入"))))
    table.has = frozenset(column.key for column in columns.values())
    lists = {column.key: _words(column, heard) for column in columns.values() if column.words}
    grid: Grid = [list(row) for row in one.rows]
    _widen(grid, max(columns) + 1)
    repeat_down(grid, one.merged, start + 1)
    table.rows = [
        _row(one, number, row, columns, lists)
        for number, row in enumerate(grid[start + 1 :], start=start + 1)
        if any(not is_blank(row[place]) for place in columns)
    ]
    _name_strays(table, one, grid, start, columns)
    return table


def _widen(grid: Grid, width: int) -> None:
    for row in grid:
        row.extend([None] * (width - len(row)))


def _name_strays(table: Table, one: SheetRows, grid: Grid, start: int, columns: Mapping[int, Column]) -> None:
    """Name columns without a heading in which something stands, and what stands above the heading is no row."""
    headed = {place for place, cell in enumerate(one.rows[start]) if not is_blank(cell)}
    for place in range(max(map(len, grid), default=0)):
        if place not in headed and place not in columns:
            where = next((n for n in range(start + 1, len(grid)) if place < len(grid[n]) and grid[n][place]), None)
            if where is not None:
                said = text_of(grid[where][place])[:60]
                table.untaken.append((name_of(where, place), said, Text(N_("这一列没有表头, 没有读入"))))


def _words(column: Column, heard: Heard) -> dict[str, str]:
    return {
        said.replace(" ", ""): key
        for key, word in column.words.items()
        for said in (key, even(word), *map(even, heard(word)))
    }


def _row(
    one: SheetRows,
    number: int,
    said: Sequence[Value],
    columns: Mapping[int, Column],
    lists: Mapping[str, Mapping[str, str]],
) -> Row:
    row = Row(one.name, number + 1, {})
    for place, column in columns.items():
        value = said[place]
        row.cells[column.key] = name_of(number, place)
        if is_blank(value) or not (column.taken or column.key == "since"):
            continue
        row.said[column.key] = text_of(value)[:60]
        try:
            row.values[column.key] = _value(value, column, lists, from_1904=one.from_1904)
        except CellRefusedError as problem:
            if column.taken:
                row.faults.append(CellFault(one.name, row.cells[column.key], row.said[column.key], problem.text))
    return row


def _value(value: Value, column: Column, lists: Mapping[str, Mapping[str, str]], *, from_1904: bool) -> Any:
    if value == BROKEN:
        raise CellRefusedError(N_("公式出错 (Excel 的错误值), 请先在表中改正"))
    match column.kind:
        case "day":
            return cells.day(value, from_1904=from_1904)
        case "finish":
            return plan_day(value, at_end=True, from_1904=from_1904)
        case "year":
            return _year(value)
        case "words":
            return listed(text_of(value), lists[column.key], column.words)
        case "amount":
            return _amount(value)
        case _:
            return words(value, column.most, in_lines=column.kind == "long")


def _year(value: Value) -> int:
    if not (found := _YEAR.fullmatch(even(text_of(value)))):
        raise CellRefusedError(N_("“%(value)s”不是年份: 请写成 2021 的样子"), value=text_of(value)[:40])
    return int(found[1])


def _amount(value: Value) -> str:
    """As it was written; a spreadsheet keeps 50% as 0.5, which nobody can tell from half a percent."""
    if isinstance(value, float) and 0 < value < 1:
        raise CellRefusedError(N_("“%(value)s”分不清是不是百分比: 请写成文字, 如 50%% 或 0.5万元"), value=f"{value:g}")
    return even(text_of(value)).replace(" ", "")
