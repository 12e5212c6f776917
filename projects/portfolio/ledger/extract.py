"""Workbooks of projects opened by a bounded process, sheet by sheet as they are; and how names are written and read.

Rules IM-6 of docs/rules/imports.md and LG-1.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
import zlib
from functools import lru_cache
from typing import Any

from projects.core.errors import InvalidError
from projects.core.text import N_, Text, from_json
from projects.money.imports.extract import BOUNDS, MOST_BYTES, sheets
from projects.money.imports.reading import SheetRows
from projects.register.selection.extract import folded
from projects.sheets.bounded.extract import BoundError, answer

JOB = "projects.portfolio.ledger.extract:job"
MOST_KEPT = 40_000_000  # bytes of it unpacked


def opened(content: bytes) -> bytes:
    """The sheets of a file, packed as they are kept (`unpacked`); InvalidError says why it can't be read."""
    if not content:
        raise _refused(N_("文件是空的"))
    if len(content) > MOST_BYTES:
        raise InvalidError({"file": Text(N_("文件超过 %(limit)s MB"), {"limit": MOST_BYTES // 1_000_000})})
    try:
        said = answer(JOB, content)
    except BoundError as problem:
        raise _refused(BOUNDS[problem.why]) from None
    if said.startswith(b"{"):
        raise InvalidError({name: from_json(text) for name, text in json.loads(said).items()})
    return said


def job(content: bytes) -> bytes:
    """What the bounded process does: the sheets packed, or the complaints as JSON."""
    try:
        return packed(sheets(content))
    except InvalidError as problem:
        return json.dumps({name: text.to_json() for name, text in problem.fields.items()}).encode()


def packed(found: list[SheetRows]) -> bytes:
    """Sheets in bytes; InvalidError where it is too much."""
    whole = json.dumps([_sheet(one) for one in found], ensure_ascii=False, separators=(",", ":"), default=_day)
    content = whole.encode("utf-8", "surrogatepass")
    if len(content) > MOST_KEPT:
        raise _refused(N_("文件里的文字太多, 一次读不了: 请分成几个文件"))
    return zlib.compress(content, 1)


def unpacked(kept: bytes) -> list[SheetRows]:
    """What `packed` kept."""
    said = json.loads(zlib.decompress(kept).decode("utf-8", "surrogatepass"), object_hook=_read)
    return [_rows(*one) for one in said]


def _sheet(one: SheetRows) -> list[Any]:
    rows = [list(row) for row in one.rows]
    for row in rows:
        while row and row[-1] in ("", None):
            row.pop()
    hidden = [sorted(one.hidden_rows), sorted(one.hidden_columns)]
    return [one.name, rows, list(one.merged), one.from_1904, *hidden, one.is_hidden]


def _rows(name: str, rows: Any, merged: Any, from_1904: bool, *hidden: Any) -> SheetRows:
    spans = [tuple(span) for span in merged]
    return SheetRows(name, rows, spans, from_1904, frozenset(hidden[0]), frozenset(hidden[1]), hidden[2])


def _day(value: object) -> dict[str, str]:
    return {"day": str(value)}


def _read(said: dict[str, str]) -> object:
    try:
        return dt.date.fromisoformat(said["day"][:10])
    except ValueError:
        return said["day"]


def _refused(msgid: str) -> InvalidError:
    return InvalidError({"file": Text(msgid)})


@lru_cache(maxsize=65536)
def simplified(text: str) -> str:
    """`text` in one width and simplified letters, its punctuation kept."""
    even = unicodedata.normalize("NFKC", text)
    return even if even.isascii() else "".join(folded(letter) or letter for letter in even)


@lru_cache(maxsize=65536)
def sounded(text: str) -> str:
    """How a Chinese text is read, without tones."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))
