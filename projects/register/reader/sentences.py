"""Sentences and their parts between commas, and the items of lists; nothing is parted inside brackets or quotes.

Rule RD-6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。;!?\n]+")
_OPEN = {"(": ")", "“": "”", "《": "》", "〔": "〕", "[": "]", "【": "】"}
_PHASES = re.compile(r"[一二三四五](?=、[二三四五六]期)")
LONGEST = 2_000  # letters of a sentence that are read; a longer one is a table or no prose
_ROOMS = r"(?:门急诊|门诊|急诊|医技|住院|病房|科研|教学|行政|内科|外科|感染|保障|康复|后勤)"
_ROOM = re.compile(_ROOMS + r"(?=、)")
_BLOCK = re.compile("、" + _ROOMS + r"{1,2}(?:、" + _ROOMS + r"{1,2}){0,4}(?:综合)?大?楼")
DEEPEST = 120  # letters within brackets that are not parted


@dataclass(frozen=True)
class Stretch:
    """A part of the folded text."""

    text: str
    start: int
    mark: str = ""  # the sign that ends it

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def sentences(text: str, start: int, end: int) -> Iterator[Stretch]:
    """The sentences of a part of the folded text."""
    for found in _SENTENCE.finditer(text, start, end):
        for place in range(found.start(), found.end(), LONGEST):
            yield Stretch(text[place : min(found.end(), place + LONGEST)], place)


def parted(stretch: Stretch, signs: str) -> Iterator[Stretch]:
    """The parts of a stretch between any of `signs`, without what is empty."""
    text = stretch.text
    start, closing, opened = 0, "", 0
    for place, letter in enumerate(text):
        if closing:
            if letter == closing or place - opened > DEEPEST:
                closing = ""
        elif letter in _OPEN and _OPEN[letter] in text[place : place + DEEPEST]:
            closing, opened = _OPEN[letter], place
        elif letter in signs and not _kept_together(text, place):
            if place > start:
                yield Stretch(text[start:place], stretch.start + start, letter)
            start = place + 1
    if start < len(text):
        yield Stretch(text[start:], stretch.start + start)


def _kept_together(text: str, place: int) -> bool:
    """Whether a sign stands inside a number (1,000), between phases (一、二期) or between the rooms of one block
    (门诊、住院综合楼).
    """
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if text[place] == ",":
        return before.isdigit() and after.isdigit()
    if text[place] != "、" or not place:
        return False
    room = any(_ROOM.match(text, max(0, place - long)) for long in (2, 3))
    return _PHASES.match(text, place - 1) is not None or (room and _BLOCK.match(text, place) is not None)
