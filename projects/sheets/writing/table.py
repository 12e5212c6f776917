"""What an export holds: exactly the rows that a page shows, with how each column is meant.

The formats are written by render (CSV) and workbook (XLSX).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from projects.core.money import plain_yuan
from projects.core.month import format_month
from projects.core.text import cut as cut_figure

KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "date": (dt.date,),
    "month": (dt.date,),  # any day of the month
    "money": (int,),  # fen; exports write exact yuan
    "percent": (float, int),  # points: 48.5 is 48.5 %; exports cut it to hundredths, as pages cut it (S-25)
    "integer": (int,),
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767  # what a spreadsheet cell can hold, in UTF-16 units
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """A column: `key` for programs, `heading` for people in their language (a money heading names 元, as exports are
    exact), and its kind.
    """

    key: str
    heading: str
    kind: str = "text"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of column: {self.kind!r} of {self.key!r}; known are {', '.join(KINDS)}")


@dataclass(frozen=True)
class Table:
    """A title, columns, rows of plain values in the columns' order (None is an empty cell), notes as pairs of label and
    value (as-of day, source).
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
    notes: tuple[tuple[str, str], ...] = ()


def of_objects(objects: Iterable[object], columns: Sequence[Column]) -> list[tuple[object, ...]]:
    """Rows from objects whose attributes carry the columns' keys."""
    keys = [column.key for column in columns]
    return [tuple(getattr(one, key) for key in keys) for one in objects]


def showable(text: str) -> str:
    """`text` with what no file format can carry made visible: control characters as their pictures (NUL is ␀), broken
    characters as �.
    """
    return text if text.isprintable() else _UNSHOWABLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def inert(text: str) -> str:
    """`text` for a CSV cell: what a spreadsheet would run as a formula starts with an apostrophe instead."""
    shown = showable(text)
    return f"'{shown}" if text.startswith(FORMULA_STARTS) else shown


def cut(text: str) -> tuple[str, bool]:
    """`text` as a spreadsheet cell can hold it, and whether something had to go; the end of a cut text says so."""
    if len(text) * 2 <= LONGEST_CELL or len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text, False
    mark = "…（已截断）"
    kept = text.encode("utf-16-le")[: (LONGEST_CELL - len(mark)) * 2].decode("utf-16-le", "ignore")
    return kept + mark, True


def _check(kind: str) -> Callable[[object], None]:
    wanted = KINDS[kind]

    def check(value: object) -> None:
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise TypeError(f"a column of {kind} cannot hold {value!r}")

    return check


def _plain(kind: str) -> Callable[[object], str]:
    write: dict[str, Callable[..., str]] = {
        "text": inert,
        "date": dt.date.isoformat,
        "month": format_month,
        "money": plain_yuan,
        "percent": lambda value: f"{cut_figure(value, 2):.2f}",
        "integer": str,
    }
    check, spell = _check(kind), write[kind]

    def spelled(value: object) -> str:
        if value is None:
            return ""
        check(value)
        return spell(value)

    return spelled


SPELLED: dict[str, Callable[[object], str]] = {kind: _plain(kind) for kind in KINDS}
"""How a CSV cell of each kind is written; TypeError where a value does not fit its column."""
CHECKED: dict[str, Callable[[object], None]] = {kind: _check(kind) for kind in KINDS}
"""Raises TypeError where a value does not fit a column of the kind."""
