"""From what the reader found to what is proposed: units as they are stored, groups as shares or counts. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from projects.register.reader.found import Found

LONGEST = {"project": 200, "quote": 400, "locator": 40}
ALL = 100_00  # hundredths of a percent


@dataclass(frozen=True)
class Draft:
    """A proposal before it is kept; `threshold` as a promise stores it."""

    part: str
    project: str
    measure: str
    quantifier: str
    threshold: int | None
    due: dt.date | None
    commitment: str
    quote: str
    locator: str
    begins: int
    ends: int
    members: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values as the table of proposals has them, texts cut to their columns."""
        values = asdict(self) | {"members": list(self.members)}
        return values | {name: values[name][:most] for name, most in LONGEST.items()}


def draft_of(found: Found, part: str) -> Draft:
    """What is proposed of something found; a group of which all were promised is a share of 100 %."""
    quantifier = "share" if found.quantifier == "all" else found.quantifier
    return Draft(
        part=part,
        project=found.project,
        measure=found.target,
        quantifier=quantifier,
        threshold=ALL if found.quantifier == "all" else _stored(found, quantifier),
        due=found.due,
        commitment=found.commitment,
        quote=found.quote,
        locator=found.locator,
        begins=found.start,
        ends=found.end,
        members=found.members,
    )


def _stored(found: Found, quantifier: str) -> int | None:
    if found.threshold is None:
        return None
    if quantifier == "count":
        return round(found.threshold)
    if quantifier == "project" and found.target == "investment":
        return round(found.threshold * 100) * 10_000  # 万元 to the yuan
    return round(found.threshold * 100)
