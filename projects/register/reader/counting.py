"""Numbers that a Word document gives its paragraphs by itself, as they would be printed. Rule RD-31."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_DIGITS = "〇一二三四五六七八九"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = frozenset(
    ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCountingThousand")
)
TWENTY = 20
DEEPEST = 10  # styles that rest on each other


def chinese(number: int) -> str:
    """12 as 十二, up to 99."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 1 else "十" if tens == 1 else _DIGITS[tens] + "十") + (
        _DIGITS[ones] if ones or not tens else ""
    )


def shown(number: int, style: str) -> str:
    """A number in a style of Word."""
    if style in _CHINESE:
        return chinese(number % 100)
    if style.startswith("decimalEnclosedCircle") and 1 <= number <= TWENTY:
        return chr(ord("①") + number - 1)
    return str(number)


@dataclass
class Counters:
    """The levels of each numbering, (style, text such as `（%1）`, first number), and how far each has counted."""

    levels: Mapping[str, Mapping[int, tuple[str, str, int]]]
    counted: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Counters:
        """The numberings of a document; none where it has none."""
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return cls({})
        kinds = {one.get(f"{_WORD}abstractNumId"): _levels(one) for one in root.iter(f"{_WORD}abstractNum")}
        named = {}
        for one in root.iter(f"{_WORD}num"):
            kind = one.find(f"{_WORD}abstractNumId")
            named[one.get(f"{_WORD}numId")] = kinds.get(kind.get(f"{_WORD}val") if kind is not None else None, {})
        return cls(named)

    def number(self, paragraph: Any) -> str:
        """The number that stands before a paragraph, which counts on; "" where none does."""
        found = _numbered(paragraph)
        if found is None:
            return ""
        name, level = _value(found, "numId"), int(_value(found, "ilvl") or 0)
        levels = self.levels.get(name, {})
        if level not in levels:
            return ""
        counted = self.counted.setdefault(name, {})
        counted[level] = counted.get(level, levels[level][2] - 1) + 1
        for deeper in [one for one in counted if one > level]:
            del counted[deeper]
        text = levels[level][1]
        for place, (style, _, first) in levels.items():
            text = text.replace(f"%{place + 1}", shown(counted.get(place, first), style))
        return "" if levels[level][0] == "bullet" else text


def _numbered(paragraph: Any) -> Any:
    """The numbering of a paragraph: its own, else that of its style."""
    found = next(paragraph._p.iter(f"{_WORD}numPr"), None)  # noqa: SLF001 - python-docx doesn't know of it
    style = paragraph.style
    for _ in range(DEEPEST):
        if found is not None or style is None:
            break
        found = next(style.element.iter(f"{_WORD}numPr"), None)
        style = style.base_style
    return found


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_WORD}{name}")
    return found.get(f"{_WORD}val") or "" if found is not None else ""


def _levels(kind: Any) -> dict[int, tuple[str, str, int]]:
    """The levels of a numbering: their style, their text, their first number."""
    made = {}
    for one in kind.iter(f"{_WORD}lvl"):
        start = _value(one, "start")
        place = one.get(f"{_WORD}ilvl") or "0"
        if place.isdigit():
            made[int(place)] = (_value(one, "numFmt"), _value(one, "lvlText"), int(start) if start.isdigit() else 1)
    return made
