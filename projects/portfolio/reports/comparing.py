"""What a report says against what it said before: the round and the version before it, and the denominators that were
changed since the last approved one. Rule R-13.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.core.text import Text
from projects.history.record.words import Said, said

Changes = Mapping[str, Any]
UNCOMPARED = frozenset({"state", "form", "revision"})
DENOMINATORS = ("floors", "weight:", "amount_fen")  # fields by which what is reported is measured, or their beginnings


@dataclass(frozen=True)
class Compared:
    """What differs from an earlier text of the same month, field by field; nothing where both say the same."""

    title: Text
    said: list[Said]


@dataclass(frozen=True)
class Moved:
    """A denominator that was changed: what, by whom, approved by whom ("" by nobody: done by one person or a command),
    and when.
    """

    said: list[Said]
    by: str
    consent: str
    at: dt.datetime


def folded(entries: Iterable[Changes]) -> dict[str, list[Any]]:
    """Several changes one after the other as one: each field as it was at first and as it became; without what came
    back to what it was.
    """
    found: dict[str, list[Any]] = {}
    for changes in entries:
        for name, pair in changes.items():
            if name not in UNCOMPARED:
                found[name] = [(found.get(name) or pair)[0], pair[1]]
    return {name: pair for name, pair in found.items() if (pair[0] or "") != (pair[1] or "")}


def since_last_round(entries: Iterable[tuple[bool, Changes]]) -> dict[str, list[Any]] | None:
    """What the newest submission says otherwise than the one before; `entries` are (submitted, changes) of every filing
    of a version, the oldest first. None where it was submitted once.
    """
    known = list(entries)
    rounds = [number for number, (submitted, _) in enumerate(known) if submitted]
    if len(rounds) <= 1:
        return None
    return folded(changes for _, changes in known[rounds[-2] + 1 : rounds[-1] + 1])


def moved(changes: Changes, by: str, at: dt.datetime) -> Moved | None:
    """An entry of the history as the review tells it; None where it changes no denominator."""
    found = {
        name: pair
        for name, pair in changes.items()
        if name.startswith(DENOMINATORS) and pair[0] != pair[1] and pair[0] not in {None, ""}
    }
    about = {name: changes[name] for name in ("source", "kind") if name in changes}
    consent = changes.get("consent", [None, ""])[1]
    return Moved(said(about | found), by, consent, at) if found else None
