"""What a change does to each verdict, before → after, in words that stay as they were said (RQ-12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projects.core.text import Text, from_json

Standing = Mapping[str, Any]


def standing(key: str, what: Text, state: Text, day: dt.date | None = None, days: int | None = None) -> dict[str, Any]:
    """One verdict as it is kept: what is judged, how, which day it tells (met, or forecast), how many days late."""
    said = day.isoformat() if day else None
    return {"key": key, "what": what.to_json(), "state": state.to_json(), "day": said, "days": days}


@dataclass(frozen=True)
class Said:
    """How something is judged: the state in words, the day it tells, days late."""

    state: Text
    day: str | None
    days: int | None


@dataclass(frozen=True)
class Turn:
    """A verdict before and after a change; None where there is none."""

    key: str
    what: Text
    before: Said | None
    after: Said | None

    @property
    def turns(self) -> bool:
        """Whether the change does anything to it."""
        return self.before != self.after


def compared(before: Iterable[Standing], after: Iterable[Standing]) -> list[dict[str, Any]]:
    """Both looks side by side, verdict by verdict in the order of the first, as a request keeps them."""
    old, new = ({one["key"]: one for one in look} for look in (before, after))
    return [{"key": key, "before": old.get(key), "after": new.get(key)} for key in {**old, **new}]


def turns(kept: Iterable[Mapping[str, Any]]) -> list[Turn]:
    """What `compared` made, to be read; the verdicts that change come first."""
    found = [
        Turn(one["key"], from_json((one["after"] or one["before"])["what"]), *map(_said, (one["before"], one["after"])))
        for one in kept
    ]
    return sorted(found, key=lambda one: not one.turns)


def _said(kept: Standing | None) -> Said | None:
    return None if kept is None else Said(from_json(kept["state"]), kept["day"], kept["days"])
