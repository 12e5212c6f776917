"""Words that are chosen in a rule and spoken at the edge.

A rule never speaks a language: it returns `Text("截至 %(on)s…", {"on": date})`, and the page, the command or the export
renders it in the reader's language. Message ids are the Chinese sentences themselves; `N_` marks one for the catalogue
without translating it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

_PICTURES = {
    code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"
}  # what was typed is repeated with its control characters made visible: NUL is ␀

# a value before a measure word counts; 第 3 行 is a place
_COUNTED = re.compile(r"(?<!第 )%\((\w+)\)s (?:个|天|笔|行|份|处|关|组|项|位|字|张|次|分钟|小时|条|列)")
MANY = 2
READ = 1_000  # letters of a cell, a name or a memo that are read; the longest of these that is kept has 300


def N_(msgid: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `msgid` for extraction; returns it unchanged."""
    return msgid


class Counted(str):
    """A message id together with the number that chooses between its forms, for translators that look at it."""

    __slots__ = ("number",)
    number: int

    def __new__(cls, msgid: str, spoken: str) -> Self:
        """`spoken` is the number as the text says it: +1 and -1 are one, 1.5 is many."""
        counted = super().__new__(cls, msgid)
        digits = spoken.lstrip("+-")
        counted.number = int(digits) if digits.isascii() and digits.isdigit() else MANY
        return counted


@lru_cache(maxsize=4096)  # names that people typed are asked for too
def counting(msgid: str) -> str | None:
    """The value whose number chooses between a message's forms: the first before a Chinese measure word, as in
    `%(days)s 天`. A further value that counts is said by a text of its own, put in as a value.
    """
    found = _COUNTED.search(msgid)
    return found[1] if found else None


@dataclass(frozen=True)
class Text:
    """A message id with its named values; values may be dates, numbers, strings or further texts."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self, lambda msgid: msgid)

    def to_json(self) -> dict[str, Any]:
        """A JSON-safe form, read back by `from_json`."""
        return {"m": self.msgid, "p": {name: _pack(value) for name, value in self.params.items()}}


def from_json(packed: Mapping[str, Any]) -> Text:
    """The text that `Text.to_json` packed."""
    return Text(packed["m"], {name: _unpack(value) for name, value in packed["p"].items()})


def render(text: Text, translate: Callable[[str], str]) -> str:
    """`text` in the language that `translate` speaks; dates as 2021-12-31, numbers without idle decimals."""
    if not text.params:
        return translate(text.msgid).replace("%%", "%")  # a name such as “完成 25%” is no pattern
    spoken = {name: _spoken(value, translate) for name, value in text.params.items()}
    return translate(numbered(text.msgid, spoken)) % spoken


def numbered(msgid: str, spoken: Mapping[str, str]) -> str:
    """`msgid` with its number among the `spoken` values, where it counts."""
    name = counting(msgid)
    return msgid if name is None or name not in spoken else Counted(msgid, spoken[name])


def cut(value: float, places: int) -> float:
    """A figure cut to so many decimals, never rounded up: 99.97 is not 100, 49.96 is not 50 (S-25)."""
    scale = 10**places
    return math.copysign(math.floor(abs(value) * scale + 1e-6) / scale, value) or 0.0


def told(value: float, places: int = 1) -> str:
    """A figure as it is shown: cut, without idle decimals."""
    return f"{cut(value, places):.{places}f}".removesuffix("." + "0" * places)


def one_width(text: str) -> str:
    """`text` in one width, as patterns read it: its first READ letters, and then … where it goes on, which no number,
    day or unit may hold.
    """
    even = text[:READ] if text.isascii() else unicodedata.normalize("NFKC", text[:READ])
    return even if max(len(text), len(even)) <= READ else f"{even[:READ]}…"


def _spoken(value: object, translate: Callable[[str], str]) -> str:
    match value:
        case Text():
            return render(value, translate)
        case float():
            return told(value)
        case dt.date():
            return value.isoformat()
        case _:
            return str(value).translate(_PICTURES)


def _pack(value: object) -> object:
    match value:
        case Text():
            return {"text": value.to_json()}
        case dt.date():
            return {"date": value.isoformat()}
        case _:
            return value


def _unpack(value: Any) -> object:
    match value:
        case {"text": packed}:
            return from_json(packed)
        case {"date": iso}:
            return dt.date.fromisoformat(iso)
        case _:
            return value
