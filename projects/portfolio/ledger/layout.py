"""Where the table of a ledger lies in a sheet: its heading of up to four rows, and what each row below is. LG-1 of
docs/rules/ledger.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from projects.core.text import N_, Text
from projects.money.imports.layout import Layout, heading_of, row_kind, squeezed, tight
from projects.money.imports.reading import SheetRows, name_of
from projects.portfolio.ledger.columns import Column, classify
from projects.portfolio.ledger.headings import ELSEWHERE, KNOWN
from projects.sheets.reading.cells import Value, even, is_blank, text_of

SEARCHED = 30  # rows from the top in which the heading is looked for
DEEPEST = 4  # rows of a heading
_WORDS = {name for names in (*KNOWN.values(), *ELSEWHERE.values()) for name in names}
_NAMES = KNOWN["name"]
_UNIT_LINE = re.compile(r"单位\s*+:?\s*+(?:人民币)?\s*+(亿元|万元|元)")
_YEAR = re.compile(r"(20\d\d)\s*+年?")
_AS_OF = re.compile(r"(?:截至|截止)(?:到)?\s*+(20\d\d)\s*+[年.\-/]\s*+(\d{1,2})\s*+月?")
_SHEET_MONTH = re.compile(
    r"(?:(20\d\d)\s*+[年.\-/]?\s*+)?(0?[1-9]|1[0-2])\s*+月(?:份|底)?|(20\d\d)[.\-]?(0[1-9]|1[0-2])"
)
_REMARK = re.compile(r"[(〔【\[][^()〔〕【】\[\]]{0,60}[)〕】\]]")
_ORDER = re.compile(r"[()一二三四五六七八九十\d.、]{1,12}")
_BROKEN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff(（])")  # a line broken within a heading
EXAMPLE = "示例"
Grid = list[list[Value]]


@dataclass
class Table:
    """A ledger in a sheet: its columns, the rows of data by number from 0, notes on rows that were left out, the unit
    of its amounts, and the month that the sheet or its title names.
    """

    sheet: SheetRows
    columns: list[Column]
    heading: int
    first: int
    grid: Grid
    unit: str | None = None
    month: dt.date | None = None
    year: int | None = None
    rows: list[int] = field(default_factory=list)
    sections: dict[int, str] = field(default_factory=dict)
    left_out: list[tuple[str, str, Text]] = field(default_factory=list)  # cell, what it says, why


def find(sheet: SheetRows, year: int | None = None) -> Table | Text:
    """The ledger in a sheet, or why there is none; `year` counts where neither title nor heading names one."""
    start = _name_row(sheet.rows)
    if start is None:
        said = {"count": SEARCHED}
        return Text(N_("前 %(count)s 行里找不到有“项目名称”的表头"), said)
    row, name = start
    grid, spans = _filled_heading(sheet, row)
    top, bottom = _heading(sheet, grid, spans, row, name)
    titles = " ".join(text_of(value) for one in sheet.rows[:top] for value in one if not is_blank(value))
    own_year = next(iter(_YEAR.findall(f"{sheet.name} {even(titles)}")), None)
    columns = classify(_paths(grid, spans, top, bottom), int(own_year) if own_year else year)
    unit = _UNIT_LINE.search(even(titles))
    table = Table(sheet, columns, top, bottom + 1, grid, unit[1] if unit else None)
    table.year = int(own_year) if own_year else year
    table.month = _month(sheet.name, titles, int(own_year) if own_year else year)
    _rows(table, name)
    return table


def _name_row(rows: Sequence[Sequence[Value]]) -> tuple[int, int] | None:
    """The row and column in which projects are named; the row of the most columns that are known."""
    best: tuple[int, int, int] | None = None
    for number, row in enumerate(rows[:SEARCHED]):
        names = [_compared(value) for value in row]
        places = [place for name in _NAMES for place, own in enumerate(names) if own == name]
        count = sum(name in _WORDS for name in names if name)
        if places and (count > 1 or names[places[0]] == _NAMES[0]) and (best is None or count > best[0]):
            best = count, number, places[0]
    return best and best[1:]


def _compared(value: Value) -> str:
    return "" if is_blank(value) else _REMARK.sub("", squeezed(value)[0]) or squeezed(value)[0]


def _filled_heading(sheet: SheetRows, row: int) -> tuple[Grid, dict[tuple[int, int], tuple[int, int, int, int]]]:
    """The rows with cells that are merged within the heading repeated, and the rectangle that each of these lies in."""
    width = max((len(one) for one in sheet.rows[: row + DEEPEST]), default=0)
    grid = [list(one) + [None] * (width - len(one)) for one in sheet.rows]
    spans: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    for top, left, bottom, right in sheet.merged:
        if top > row + DEEPEST or top >= len(grid):
            continue
        for number in range(top, min(bottom, row + DEEPEST, len(grid) - 1) + 1):
            for place in range(left, min(right, width - 1) + 1):
                spans[number, place] = (top, left, bottom, right)
                grid[number][place] = grid[top][left] if left < len(grid[top]) else None
    return grid, spans


def _heading(
    sheet: SheetRows, grid: Grid, spans: dict[tuple[int, int], tuple[int, int, int, int]], row: int, name: int
) -> tuple[int, int]:
    """The first and last row of the heading that names projects in `row`."""
    own = spans.get((row, name))
    top, bottom = (own[0], own[2]) if own and own[2] - own[0] < DEEPEST else (row, row)
    while bottom + 1 < len(grid) and bottom + 1 - top < DEEPEST and _goes_on(sheet, grid, spans, bottom + 1, name):
        bottom += 1
    while top > 0 and bottom - top + 1 < DEEPEST and _is_group(sheet.rows[top - 1], spans, top - 1):
        top -= 1
    return top, bottom


def _goes_on(
    sheet: SheetRows,
    grid: Grid,
    spans: dict[tuple[int, int], tuple[int, int, int, int]],
    number: int,
    name: int,
) -> bool:
    """Whether a row belongs to the heading above it: it names no project, and all that it says stands below groups."""
    row, above = sheet.rows[number], grid[number - 1]
    said = [(place, value) for place, value in enumerate(row) if not is_blank(value)]
    if not said or (name < len(row) and not is_blank(row[name]) and (number, name) not in spans):
        return False

    def is_below_group(place: int) -> bool:
        span = spans.get((number - 1, place))
        if span:
            return span[3] > span[1] or span[2] >= number
        return is_blank(above[place]) or (place + 1 < len(above) and is_blank(above[place + 1]))

    return all(
        isinstance(value, str) and (is_below_group(place) or tight(value)[0] in "([【〔") for place, value in said
    )


def _is_group(row: Sequence[Value], spans: dict[tuple[int, int], tuple[int, int, int, int]], number: int) -> bool:
    """Whether a row groups the columns below it: some texts, none of a title or of a line such as 单位: 万元."""
    said = [(place, value) for place, value in enumerate(row) if not is_blank(value)]
    if any(not isinstance(value, str) or ":" in tight(value) for _, value in said):
        return False
    if len(said) == 1:
        span = spans.get((number, said[0][0]))
        return span is not None and span[1] > 1 and span[3] > span[1]
    return len(said) > 1


def _paths(
    grid: Grid, spans: dict[tuple[int, int], tuple[int, int, int, int]], top: int, bottom: int
) -> dict[int, tuple[str, ...]]:
    """Column → its headings from the group down; without merged cells a group reaches to the next one."""
    is_merged = any(top <= number <= bottom for number, _ in spans)
    width = max((len(row) for row in grid[top : bottom + 1]), default=0)
    carried = [""] * (bottom - top)
    found: dict[int, tuple[str, ...]] = {}
    for place in range(width):
        levels = [
            "" if is_blank(grid[number][place]) else _BROKEN.sub("", text_of(grid[number][place]))
            for number in range(top, bottom + 1)
        ]
        for level, said in enumerate(levels[:-1]):
            if said:
                carried[level:] = [said, *[""] * (len(carried) - level - 1)]
            elif not is_merged and any(levels[level + 1 :]):
                levels[level] = carried[level]
        path: list[str] = []
        for said in levels:
            if said and (not path or path[-1] != said):
                path.append(said)
        found[place] = tuple(path)
    return found


def _month(name: str, titles: str, year: int | None) -> dt.date | None:
    """The month that a sheet is of: named by the sheet, or 截至 … in its title."""
    if found := _AS_OF.search(even(titles)):
        return _first(int(found[1]), int(found[2]))
    if found := _SHEET_MONTH.search(even(name)):
        said, month = found[1] or found[3] or year, found[2] or found[4]
        return _first(int(said), int(month)) if said else None
    return None


def _first(year: int, month: int) -> dt.date | None:
    return dt.date(year, month, 1) if 1 <= month <= 12 else None


def _rows(table: Table, name: int) -> None:
    """Which rows hold projects; the others are named with what they are."""
    sheet, known = table.sheet, {one.key: one.place for one in table.columns if one.key}
    layout = Layout(table.heading, table.first, known | {"name": name}, None)
    heading = heading_of(sheet.rows[table.first - 1]) if table.first else []
    _fill_down(table, name)
    section = ""
    for number in range(table.first, len(table.grid)):
        row = table.grid[number]
        kind = row_kind(row, layout, (), heading)
        if kind in {"blank", "heading"}:
            continue
        first = next(place for place, value in enumerate(row) if not is_blank(value))
        said = text_of(row[first])[:60]
        if kind == "data" and not _names_project(table, number, name):
            kind = "section"
        if kind == "data" and text_of(row[name]).startswith(EXAMPLE) and said.strip("()（）") == EXAMPLE:
            kind = "example"
        if kind == "data":
            table.rows.append(number)
            table.sections[number] = section
            continue
        if kind == "section":
            section = next((text for value in row if (text := text_of(value)) and not _is_order(text)), said)
        table.left_out.append((name_of(number, first), said, Text(WHY[kind])))


WHY = {
    "total": N_("合计行, 没有读入"),
    "section": N_("看作分组标题, 没有读入"),
    "note": N_("注释或页脚, 没有读入"),
    "example": N_("示例行, 没有读入"),
}


def _is_order(text: str) -> bool:
    return bool(_ORDER.fullmatch(even(text)))


def _names_project(table: Table, number: int, name: int) -> bool:
    """Whether a row names a project and says anything more of it than that."""
    row = table.grid[number]
    if name >= len(row) or is_blank(row[name]):
        return False
    if len(table.columns) < 4:
        return True
    others = [one.place for one in table.columns if one.place != name]
    return any(place < len(row) and not is_blank(row[place]) for place in others)


def _fill_down(table: Table, name: int) -> None:
    """Cells merged downwards are repeated, but for amounts and percents, which would count twice."""
    once = {one.place for one in table.columns if one.key.split(".")[0] in ONCE}
    repeat_down(table.grid, table.sheet.merged, table.first, once)
    for top, left, bottom, right in table.sheet.merged:
        if top >= table.first and left <= name <= right and right > left:  # a title across the table
            for number in range(top, min(bottom + 1, len(table.grid))):
                table.grid[number][name] = None
                table.grid[number][left] = table.sheet.rows[top][left]


def repeat_down(
    grid: Grid, merged: Iterable[tuple[int, int, int, int]], first: int, once: Collection[int] = ()
) -> None:
    """Repeat what cells say that are merged downwards, from the row `first` on, but in the columns `once`."""
    for top, left, bottom, right in merged:
        if top >= first and left == right and left not in once and top < len(grid) and left < len(grid[top]):
            for row in grid[top + 1 : bottom + 1]:
                if left < len(row):
                    row[left] = grid[top][left]


ONCE = frozenset({"total", "building", "equipment", "other", "source", "month", "percent", "invested"})
