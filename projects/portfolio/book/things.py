"""A thing of the register as its sheet tells it: RW-1 of docs/rules/register.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from projects.portfolio.book.columns import Column, Sheet
from projects.register.promises.checks import as_typed, unit_of


@dataclass(frozen=True)
class Thing:
    """A document, clause, promise, programme, membership or unit: its id, the key of its row, and its values by column
    (places by code, words by their keys, amounts as stored). `version` is that of its row; `parts` are the ids of those
    that it belongs to; whether the asker `writes` it, and whether changing it needs `two`.
    """

    id: int
    key: str
    values: Mapping[str, Any]
    version: int = 0
    parts: Mapping[str, int | None] = field(default_factory=dict)
    writes: bool = True
    two: bool = False

    def told(self, sheet: Sheet) -> list[Any]:
        """Its values in the order of its sheet."""
        return [self.key, *(self.values.get(one.key) for one in sheet.columns[1:])]


def clause_key(document: str, locator: str) -> str:
    """The key of a clause's row: installations number clauses differently, but not within their documents."""
    return f"{document}#{locator}"


def member_key(programme: str, project: str) -> str:
    """The key of a member's row; who belonged to a programme twice has it twice."""
    return f"{programme}#{project}"


def spelled(thing: Thing, sheet: Sheet, speak: Callable[[str], str], places: Mapping[str, str]) -> list[Any]:
    """Its cells as a reader sees them: words in their language, places by all their names."""
    return [
        _cell(thing, one, value, speak, places) for one, value in zip(sheet.columns, thing.told(sheet), strict=True)
    ]


def _cell(thing: Thing, column: Column, value: Any, speak: Callable[[str], str], places: Mapping[str, str]) -> Any:
    if value in (None, ""):
        return None
    if column.kind == "words":
        return speak(column.words[value])
    if column.kind == "place":
        return places.get(value, value)
    if column.kind == "amount":
        return amount_said(value, thing.values["measure"], thing.values["quantifier"])
    return value


def amount_said(threshold: int | None, measure: str, quantifier: str) -> str:
    """What a promise is to reach, as its cell says it: 50%, 300万元, 3."""
    said = as_typed(threshold, measure, quantifier)
    return said and said + {"percent": "%", "money": "万元"}.get(unit_of(measure, quantifier), "")


def packed(value: Any) -> Any:
    """A value as it is kept: days as texts."""
    return value.isoformat() if isinstance(value, dt.date) else value


def unpacked(column: Column, kept: Any) -> Any:
    """What `packed` kept."""
    return dt.date.fromisoformat(kept) if kept and column.kind in {"day", "finish"} else kept
