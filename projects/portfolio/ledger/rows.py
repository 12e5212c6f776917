"""The rows of a ledger read into values, every cell that can't be taken named: LG-3 of docs/rules/ledger.md.

Blank, a dash and 0 of an amount say nothing: they change nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projects.core.month import month_end
from projects.core.text import N_, Text
from projects.core.vocabulary import CATEGORIES, COMMITMENTS, MEASURES, NATURES
from projects.money.imports.reading import CellFault, name_of
from projects.portfolio.ledger.columns import Column
from projects.portfolio.ledger.fields import BY_KEY, ELSEWHERE, IGNORED, LONGEST_YEAR, MONTH, NATURE_WORDS, SOURCE, YEAR
from projects.portfolio.ledger.layout import Table
from projects.portfolio.ledger.measures import COMMITMENT_WORDS, MEASURE_WORDS
from projects.sheets.reading import cells
from projects.sheets.reading.cells import BROKEN, CellRefusedError, Value, even, is_blank, text_of

LONGEST_READ = 1000  # letters of a cell; … says that it went on
_PHONE = re.compile(r"[(（]?(?:\d{3,4}[-－ ]?)?\d{7,8}(?:[-转]\d{1,6})?[)）]?|1\d{10}")
_MONTH = re.compile(r"(\d{4})[年.\-/](\d{1,2})月?(?:底|末|份)?")
_YEAR = re.compile(r"(\d{4})年?(?:底|末|度)?")
_ZERO = re.compile(r"0{1,9}(\.0{1,9})?(?:万元|亿元|元)?")
_TENTH = re.compile(r"20\d\d\.\d")
_COUNT = re.compile(r"(\d{1,9})(?:\.0+)?(?:张|个|床)?")
_AREA = re.compile(r"(\d{1,10}(?:\.\d{1,6})?)(万)?(?:平方米|平方|平米|平|㎡|m2)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%?")
_CATEGORIES = {word: key for key, word in CATEGORIES.items()} | {key: key for key in CATEGORIES}
_NATURES = NATURE_WORDS | {word: key for key, word in NATURES.items()} | {key: key for key in NATURES}
_LISTS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "category": (_CATEGORIES, CATEGORIES),
    "nature": (_NATURES, NATURES),
    "measure": (MEASURE_WORDS, MEASURES),
    "commitment": (COMMITMENT_WORDS, COMMITMENTS),
}


@dataclass
class Row:
    """A row: where it stands, its values by field (fen, days, square metres, hundredths of a percent), the cells they
    stand in and what these say, what of it can't be taken, the section above it, and the month and year that its sheet
    is of.
    """

    sheet: str
    number: int
    values: dict[str, Any]
    cells: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    section: str = ""
    month: dt.date | None = None
    year: int | None = None

    @property
    def key(self) -> str:
        """Its address, which choices of a person name."""
        return f"{self.sheet}!{self.number}"

    def text(self, name: str) -> str:
        """A text, empty where there is none."""
        return str(self.values.get(name, ""))


def read(table: Table, columns: Sequence[Column], unit: str | None = None) -> list[Row]:
    """The rows of a table, its columns as they are assigned; `unit` counts where neither heading nor cell names one."""
    fractions = {one.place for one in columns if _kind(one.key) == "percent" and _is_fraction(table, one.place)}
    read_ones = [one for one in columns if one.key != IGNORED]
    found = []
    for number in table.rows:
        row = Row(table.sheet.name, number + 1, {}, section=table.sections.get(number, ""))
        row.month, row.year = table.month, table.year
        for one in read_ones:
            value = table.grid[number][one.place] if one.place < len(table.grid[number]) else None
            _cell(row, one, value, one.unit or table.unit or unit, (one.place in fractions, table.sheet.from_1904))
        found.append(row)
    return found


def by_words(table: Table, columns: Sequence[Column]) -> list[Column]:
    """The columns, one of percents that holds words instead taken for the progress in words."""
    is_taken = any(one.key == "narrative" for one in columns)
    told = []
    for one in columns:
        if one.key == "percent" and _says_words(table, one.place):
            why = Text(N_("写的是文字, 不是百分比")) if is_taken else None
            told.append(Column(one.place, one.path, IGNORED if is_taken else "narrative", one.unit, why))
        else:
            told.append(one)
    return told


def unread(table: Table) -> list[tuple[Column, int]]:
    """The columns that are not read although their cells say something, with how many do; bare numbers of rows are
    none.
    """
    number = Text(ELSEWHERE["order"])
    found = [(one, len(_said(table, one.place))) for one in table.columns if one.key == IGNORED and one.why != number]
    return [(one, count) for one, count in found if count]


def _kind(key: str) -> str:
    if key.startswith(SOURCE):
        return "money"
    if key.startswith(YEAR):
        return "money" if key.endswith(".amount") else "long"
    if key.startswith(MONTH):
        return "percent" if key.endswith(".percent") else "money"
    return BY_KEY[key.partition("#")[0]].kind if key else ""


def _said(table: Table, place: int) -> list[Value]:
    rows = (table.grid[number] for number in table.rows)
    return [row[place] for row in rows if place < len(row) and not is_blank(row[place])]


def _is_fraction(table: Table, place: int) -> bool:
    """Whether percents are written as a part of 1: no number above it, and one between."""
    numbers = [value for value in _said(table, place) if isinstance(value, int | float) and not isinstance(value, bool)]
    return bool(numbers) and max(numbers) <= 1 and any(0 < value < 1 for value in numbers)


def _says_words(table: Table, place: int) -> bool:
    said = _said(table, place)
    return sum(not _PERCENT.fullmatch(even(text_of(value)).replace(" ", "")) for value in said) * 2 > len(said) > 0


def _cell(row: Row, column: Column, value: Value, unit: str | None, how: tuple[bool, bool]) -> None:
    if is_blank(value):
        return
    cell = name_of(row.number - 1, column.place)
    row.cells[column.key], row.said[column.key] = cell, text_of(value)[:60]
    try:
        found = _value(column, value, unit, how)
    except CellRefusedError as problem:
        row.faults.append(CellFault(row.sheet, cell, row.said[column.key], problem.text))
        return
    if found is not None:
        _put(row, column.key, found)


def _put(row: Row, key: str, found: Any) -> None:
    kind = _kind(key)
    if kind == "person" and (phone := _PHONE.search(found)):
        name = _PHONE.sub(" ", found).strip(" ,，、:：/()（）")
        found = " ".join(name.split())
        if found:
            row.values[key] = found
        row.values.setdefault(f"{key}_phone", phone[0])
        row.cells.setdefault(f"{key}_phone", row.cells[key])
    if found != "":
        row.values[key] = found


def _value(column: Column, value: Value, unit: str | None, how: tuple[bool, bool]) -> Any:
    if value == BROKEN:
        raise CellRefusedError(N_("公式出错 (Excel 的错误值), 请先在表中改正"))
    kind, (is_fraction, from_1904) = _kind(column.key), how
    if kind == "money":
        return None if _is_zero(value) else cells.amount(value, unit)
    if kind in {"day", "finish"}:
        return plan_day(value, at_end=kind == "finish", from_1904=from_1904)
    if kind == "percent":
        return percent(value, is_fraction=is_fraction)
    if kind in {"count", "area"}:
        return _count(value) if kind == "count" else _area(value, is_wide=column.is_wide)
    if kind in _LISTS:
        return listed(text_of(value), *_LISTS[kind])
    return words(value, _most(column.key), in_lines=kind == "long")


def words(value: Value, most: int, *, in_lines: bool = False) -> str:
    """The text of a cell, of `most` letters, with its lines or as one."""
    said = _lines(value) if in_lines else text_of(value)
    if len(said) > most:
        raise CellRefusedError(N_("超过 %(most)s 字"), most=most)
    if not said.replace("\n", "").isprintable():
        raise CellRefusedError(N_("有看不见的控制字符, 请重新录入"))
    return said


def _most(key: str) -> int:
    """How many letters a text may have."""
    if key.startswith(YEAR):
        return LONGEST_YEAR
    return 200 if key.startswith("promise") else BY_KEY[key].most


def _lines(value: Value) -> str:
    """A text with its lines."""
    if not isinstance(value, str):
        return text_of(value)
    return "\n".join(" ".join(line.split()) for line in value.strip().splitlines())


def _is_zero(value: Value) -> bool:
    return not isinstance(value, bool) and _ZERO.fullmatch(even(text_of(value))) is not None


def plan_day(value: Value, *, at_end: bool, from_1904: bool = False) -> dt.date:
    """A planned day: a day, or a month or year, of which the first day counts, or `at_end` the last.

    Of 2021.1 as a number nobody can tell whether it was October.
    """
    typed = even(text_of(value)).replace(" ", "")
    if isinstance(value, float) and _TENTH.fullmatch(typed):
        raise CellRefusedError(N_("“%(value)s”分不清是 1 月还是 10 月: 请写成 2021-10 的样子"), value=typed)
    if found := _MONTH.fullmatch(typed):
        year, month = int(found[1]), int(found[2])
        if not (1990 <= year <= 2099 and 1 <= month <= 12):
            raise CellRefusedError(N_("没有“%(value)s”这个月份"), value=typed)
        first = dt.date(year, month, 1)
        return month_end(first) if at_end else first
    if (found := _YEAR.fullmatch(typed)) and 1990 <= int(found[1]) <= 2099:
        return dt.date(int(found[1]), 12, 31) if at_end else dt.date(int(found[1]), 1, 1)
    return cells.day(value, from_1904=from_1904)


def percent(value: Value, *, is_fraction: bool = False) -> int:
    """Hundredths of a percent; a part of 1 where the whole column is written so."""
    typed = even(text_of(value)).replace(" ", "")
    found = _PERCENT.fullmatch(typed)
    if isinstance(value, bool) or not found:
        raise CellRefusedError(N_("“%(value)s”不是百分比: 请写 0 到 100 之间的数"), value=text_of(value)[:40])
    number = float(found[1]) * (100 if is_fraction and not typed.endswith("%") else 1)
    if number > 100:
        raise CellRefusedError(N_("“%(value)s”超过 100%%"), value=typed)
    return int(number * 100 + 1e-6)


def _count(value: Value) -> int:
    found = _COUNT.fullmatch(even(text_of(value)).replace(" ", "").replace(",", ""))
    if not found:
        raise CellRefusedError(N_("“%(value)s”不是整数"), value=text_of(value)[:40])
    return int(found[1])


def _area(value: Value, *, is_wide: bool) -> int:
    found = _AREA.fullmatch(even(text_of(value)).replace(" ", "").replace(",", ""))
    if not found:
        raise CellRefusedError(N_("“%(value)s”不是面积: 请写平方米数"), value=text_of(value)[:40])
    return round(float(found[1]) * (10_000 if is_wide or found[2] else 1))


def listed(said: str, words: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The key of a word of a list."""
    key = words.get(even(said).replace(" ", ""))
    if key is None:
        raise CellRefusedError(
            N_("不认识“%(value)s”: 请改用 %(known)s"), value=said[:40], known="、".join(known.values())
        )
    return key
