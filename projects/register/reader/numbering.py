"""Clauses by their numbers, in every usual numbering, with the path of numbers that leads to each.

Rules RD-2, RD-3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projects.register.reader.folding import MARKER

LEVELS = (
    re.compile(r"第([一二三四五六七八九十百\d]{1,4})([章节条])"),
    re.compile(r"([一二三四五六七八九十]{1,3})、"),
    re.compile(r"\(([一二三四五六七八九十]{1,3})\)"),
    re.compile(r"(\d{1,3})[.、](?!\d)"),
    re.compile(r"\((\d{1,3})\)"),
    re.compile(r"([①-⑳])"),
)
_STARTS = re.compile(r"(?:^|(?<=[\n。;!?:]))(?:" + MARKER.pattern + ")")
_HEADING = re.compile(r"[^\n。;:!?]{0,60}")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SHOWN = ("{}", "{}", "（{}）", "{}", "（{}）", "{}")
LONGEST = 40  # letters of a locator


@dataclass(frozen=True)
class Marker:
    """A number at the beginning of a clause: its level from 0, its value, where it stands and where its text begins."""

    level: int
    value: int
    shown: str
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A clause of the folded text: [start, end), its text from `body` on, its depth from 0."""

    locator: str
    heading: str
    level: int
    start: int
    body: int
    end: int


def number(word: str) -> int:
    """The value of 十二, 12 or ⑫; 0 where it is none."""
    if word.isascii() and word.isdigit():
        return int(word)
    if len(word) == 1 and "①" <= word <= "⑳":
        return ord(word) - ord("①") + 1
    hundreds, hundred, rest = word.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = (_DIGITS.get(hundreds, 1) * 100 if hundred else 0) + (_DIGITS.get(tens, 1) * 10 if ten else 0)
    return value + _DIGITS.get(ones, 0)


def markers(text: str) -> Iterator[Marker]:
    """The numbers that begin clauses, in order."""
    for found in _STARTS.finditer(text):
        for level, pattern in enumerate(LEVELS):
            if own := pattern.match(text, found.start()):
                shown = own[0] if level == 0 else SHOWN[level].format(own[1])
                yield Marker(level, number(own[1]), shown, own.start(), own.end())
                break


def _continued(found: list[Marker]) -> set[int]:
    """Levels whose numbers go on through the whole text instead of beginning anew under each heading."""
    last: dict[int, int] = {}
    above: dict[int, bool] = {}
    on: dict[int, list[bool]] = {}
    for one in found:
        if above.get(one.level) and one.level in last:
            on.setdefault(one.level, []).append(one.value == last[one.level] + 1 > 1)
        last[one.level] = one.value
        above = dict.fromkeys(range(one.level + 1, len(LEVELS)), True) | {
            level: was for level, was in above.items() if level < one.level
        }
        above[one.level] = False
    return {level for level, all_on in on.items() if all(all_on)}


def pieces(text: str, headings: Sequence[tuple[int, int]] = ()) -> list[Piece]:
    """The clauses of a folded text, parted at numbers and at headings without one, which are [start, end); what stands
    before the first is a clause with locator "".
    """
    found = list(markers(text))
    alone = _continued(found)
    found = sorted([*found, *(Marker(-1, 0, text[start:end], start, start) for start, end in headings)], key=_place)
    path: dict[int, str] = {}
    met: dict[str, int] = {}
    made = []
    if not found or found[0].start:
        made.append(Piece("", "", -1, 0, 0, found[0].start if found else len(text)))
    ends = [one.start for one in found[1:]] + [len(text)]
    for one, end in zip(found, ends, strict=False):
        path = {level: shown for level, shown in path.items() if level < one.level}
        path[one.level] = "" if one.level < 0 else one.shown
        locator = (one.shown if one.level in alone | {-1} else "".join(path.values()))[:LONGEST]
        met[locator] = met.get(locator, 0) + 1
        if met[locator] > 1:
            locator = f"{locator[: LONGEST - 5]}·{met[locator]}"
        heading = _HEADING.match(text, one.end)
        made.append(Piece(locator, heading[0] if heading else "", one.level, one.start, one.end, end))
    return made


def _place(one: Marker) -> int:
    return one.start
