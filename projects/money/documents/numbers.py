"""Document numbers (文号) as they are compared: 财建〔2025〕23号 in whatever brackets, widths and spaces it was typed.
The original is kept for show.

The issuer's prefix is part of the number: 财建〔2025〕23号 and 浙财建〔2025〕23号 are two documents.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from projects.core.text import one_width

_OPENING, _CLOSING = "〔[(【［〖{﹝", "〕])】］〗}﹞"
_BRACKETS = {ord(letter): "〔" for letter in _OPENING} | {ord(letter): "〕" for letter in _CLOSING}
_UNSEEN = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+")
_NUMBER = re.compile(
    r"(?P<prefix>[^〔〕\d]{1,80}+)〔(?P<year>[12]\d{3})年?〕第?0*(?P<serial>\d{1,6})(?P<sub>-\d+)?(号文?件?)?", re.ASCII
)


@dataclass(frozen=True)
class DocumentNumber:
    """A number taken apart: the issuer's prefix, the year, the serial number (with a sub-number such as -2 where there
    is one).
    """

    prefix: str
    year: int
    serial: str

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.serial}号"


@lru_cache(maxsize=4096)  # many lines of a file name few documents
def normalise(text: str) -> str:
    """`text` as it is compared; empty where nothing is left. What is no number of the usual form keeps its letters."""
    even = _even(text)
    parsed = _parse(even)
    return str(parsed) if parsed else even


def parse(text: str) -> DocumentNumber | None:
    """The parts of a document number, None where `text` has another form."""
    return _parse(_even(text))


def same(one: str, other: str) -> bool:
    """Whether both name the same document; two blanks name none."""
    return normalise(one) == normalise(other) != ""


def _even(text: str) -> str:
    unspaced = _UNSEEN.sub("", one_width(text))
    return unicodedata.normalize("NFKC", unspaced).translate(
        _BRACKETS
    )  # once more: letters that stood apart may combine now


def _parse(even: str) -> DocumentNumber | None:
    found = _NUMBER.fullmatch(even)
    return (
        DocumentNumber(found["prefix"], int(found["year"]), found["serial"] + (found["sub"] or "")) if found else None
    )
