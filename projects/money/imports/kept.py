"""What a file was read into, as it is kept: read once, outside the process that serves, and never again.

Rule IM-6 of docs/rules/imports.md. Lines of JSON, packed: each text stands once, rows tell which texts they hold, and
what rows of a sheet have in common (their columns) stands once too. A reader holds no more than it needs.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from projects.core.errors import InvalidError
from projects.core.text import N_, Text, from_json
from projects.money.imports.reading import CellFault, Read, SheetRow

Value = str | int | dt.date
MOST_KEPT = 40_000_000  # bytes of it unpacked, and of its texts in memory: a page that shows it holds them
TOGETHER = 2000  # rows or texts of a line
PIECE = 1_000_000  # bytes unpacked at a time
_KINDS: dict[type, str] = {str: "text", int: "number", dt.date: "day"}


def packed(found: Read) -> bytes:
    """`found` in bytes; InvalidError where it is too much."""
    texts: dict[str, int] = {}
    shapes: dict[tuple[Any, ...], int] = {}
    rows = [_row(row, shapes, texts) for row in found.rows]
    if sum(map(_weight, texts)) > MOST_KEPT:
        raise _too_much()
    lines = [_line("head", {"totals": found.totals, "heads": found.heads, "shapes": list(shapes)})]
    for name, values in (("texts", iter(texts)), ("rows", iter(rows))):
        lines += (_line(name, part) for part in _parts(values))
    for name, faults in (("faults", found.faults), ("notes", found.notes)):
        lines += (_line(name, [_fault(one) for one in part]) for part in _parts(iter(faults)))
    whole = b"".join(lines)
    if len(whole) > MOST_KEPT:
        raise _too_much()
    return zlib.compress(whole, 1)


def unpacked(kept: bytes) -> Read:
    """What `packed` kept."""
    found, texts = Read(), list[str]()
    shapes: list[_Shape] = []
    read: dict[str, Callable[[int], Value]] = {
        "text": texts.__getitem__,
        "day": cache(lambda place: dt.date.fromisoformat(texts[place])),
        "number": int,
    }
    for line in _lines(kept):
        what, part = json.loads(line)
        if what == "head":
            found.totals, found.heads = part["totals"], part["heads"]
            shapes = [_Shape(name, fields, columns, read) for name, fields, columns in part["shapes"]]
        elif what == "texts":
            texts += part
        elif what == "rows":
            found.rows += [shapes[shape].row(number, values) for shape, number, *values in part]
        else:
            (found.faults if what == "faults" else found.notes).extend(_named(*one) for one in part)
    return found


class _Shape:
    """What rows of a sheet have in common: its name, how each of their values is kept, the columns of their cells."""

    def __init__(
        self,
        sheet: str,
        fields: Sequence[Sequence[str]],
        columns: Sequence[tuple[str, str]],
        read: Mapping[str, Callable[[int], Value]],
    ) -> None:
        self.sheet, self.columns = sheet, dict(columns)
        self.keys = [key for key, _ in fields]
        self.reads = [read[kind] for _, kind in fields]

    def row(self, number: int, values: Sequence[int]) -> SheetRow:
        """The row of that number."""
        said = {key: read(value) for key, read, value in zip(self.keys, self.reads, values, strict=True)}
        return SheetRow(self.sheet, number, said, Spots(self.columns, number))


class Spots(Mapping[str, str]):
    """The cells of a row by field, as a spreadsheet names them; only their columns are held, which rows share."""

    __slots__ = ("columns", "number")

    def __init__(self, columns: Mapping[str, str], number: int) -> None:
        self.columns, self.number = columns, number

    def __getitem__(self, key: str) -> str:
        return f"{self.columns[key]}{self.number}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


def _row(row: SheetRow, shapes: dict[tuple[Any, ...], int], texts: dict[str, int]) -> list[int]:
    end = str(row.number)
    fields = tuple((key, _KINDS[type(value)]) for key, value in row.values.items())
    columns = tuple((key, cell.removesuffix(end)) for key, cell in row.cells.items())
    shape = shapes.setdefault((row.sheet, fields, columns), len(shapes))
    return [shape, row.number, *(_place(value, texts) for value in row.values.values())]


def _place(value: Value, texts: dict[str, int]) -> int:
    if isinstance(value, int):
        return value
    return texts.setdefault(value if isinstance(value, str) else value.isoformat(), len(texts))


def _weight(text: str) -> int:
    """Its bytes in memory: one letter of a wide kind makes all of them wide."""
    return len(text) * (1 if text.isascii() else 4 if max(text) > "\uffff" else 2)


def _parts(values: Iterator[Any]) -> Iterator[list[Any]]:
    return iter(lambda: list(islice(values, TOGETHER)), [])


def _line(name: str, part: object) -> bytes:
    return json.dumps([name, part], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lines(kept: bytes) -> Iterator[bytes]:
    """Line after line; no more than a piece is unpacked at a time."""
    unpacking, rest = zlib.decompressobj(), b""
    while kept:
        *whole, rest = (rest + unpacking.decompress(kept, PIECE)).split(b"\n")
        kept = unpacking.unconsumed_tail
        yield from whole


def _too_much() -> InvalidError:
    return InvalidError({"file": Text(N_("文件里的文字太多, 一次读不了: 请分成几个文件"))})


def _fault(one: CellFault) -> list[Any]:
    return [one.sheet, one.cell, one.value, one.text.to_json()]


def _named(sheet: str, cell: str, value: str, text: Mapping[str, Any]) -> CellFault:
    return CellFault(sheet, cell, value, from_json(text))
