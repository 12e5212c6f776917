"""The text as it is read: one width, no blanks, lines that a page broke joined again; every letter knows its place.

Rule RD-1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from projects.register.reader.grid import Grid

WRAPPED = 20  # letters from which on a line that ends without a sign was broken by the page
MARKER = re.compile(
    r"第[一二三四五六七八九十百\d]{1,4}[章节条]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)"
    r"|\d{1,3}[.、](?!\d)|\(\d{1,3}\)|[①-⑳]"
)
STOPS = frozenset("。;!?:")
COMMAS = frozenset(",、。;!?:")
_LINE = re.compile(r"[^\n\r\f\v\x85\u2028\u2029]+")
_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # （ is ( and ％ is %
_WIDTH |= {
    ord("﹙"): 0x28,
    ord("﹚"): 0x29,
    ord("﹪"): 0x25,
    ord("\t"): 0x2C,
    ord("|"): 0x2C,
}  # cells are parted by commas
CELLS = "\t|"
_POINT = re.compile(r"(?<=[一-鿿)”])[.｡](?=[一-鿿“(]|$)")  # ends a sentence
_TAG = re.compile(r"<[^<>\n]{0,60}>")
_GONE = re.compile(r"[^\S\t]|[*#_>\u200b-\u200f\ufeff\u2060\u00ad]")


@dataclass(frozen=True)
class Folded:
    """`text` as it is read; its letter `i` stands at `at[i]` of the text as given."""

    text: str
    at: tuple[int, ...]
    raw: str  # the text as given

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The places in the text as given that a stretch of this text covers."""
        if start >= end:
            here = self.at[min(start, len(self.at) - 1)] if self.at else 0
            return here, here
        return self.at[start], self.at[end - 1] + 1

    def row(self, start: int, end: int) -> bool:
        """Whether a stretch is a row of a table."""
        first, last = self.span(start, end)
        return any(letter in CELLS for letter in self.raw[first:last])


def _joins(before: str, first: bool, after: str) -> bool:
    """Whether a page broke a sentence between two lines; `first` where `before` begins what may be a heading."""
    if len(before) < WRAPPED or before[-1] in STOPS or MARKER.match(after):
        return False
    return not (first and MARKER.match(before) and not COMMAS & set(before[4:]))


def fold(text: str) -> Folded:
    """`text` ready to be read."""
    letters: list[str] = []
    at: list[int] = []
    before, first, row = "", True, False
    grid = Grid()
    for line in _LINE.finditer(text):
        tags = {place for tag in _TAG.finditer(text, *line.span()) for place in range(*tag.span())}
        kept = [place for place in range(*line.span()) if place not in tags and not _GONE.match(text, place)]
        cells = _cells(text, kept)
        if (told := grid.row(cells)) is None:
            while kept and text[kept[0]] in CELLS:
                kept.pop(0)
            while kept and text[kept[-1]] in CELLS:
                kept.pop()
            told = list(
                zip(_POINT.sub("。", "".join([text[place] for place in kept]).translate(_WIDTH)), kept, strict=True)
            )
        if not told:
            continue
        own = "".join([letter for letter, _ in told])
        tabled = sum(map(bool, cells)) > 1
        first = not (before and not row and not tabled and _joins(before, first, own))
        row = tabled
        if before and first:
            letters.append("\n")
            at.append(line.start() - 1)
        letters.extend(own)
        at.extend([place for _, place in told])
        before = own
    return Folded("".join(letters), tuple(at), text)


def _cells(text: str, kept: list[int]) -> list[list[tuple[str, int]]]:
    """The cells of a line, letter by letter; a line without a table is one. A border (| … |) is no cell."""
    cells: list[list[tuple[str, int]]] = [[]]
    for place in kept:
        if text[place] in CELLS:
            cells.append([])
        else:
            cells[-1].append((text[place].translate(_WIDTH), place))
    if kept and text[kept[0]] == "|" and not cells[0]:
        cells.pop(0)
    if kept and text[kept[-1]] == "|" and not cells[-1]:
        cells.pop()
    return cells
