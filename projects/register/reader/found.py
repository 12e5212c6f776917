"""What a reading of a plan consists of. Positions count characters of the text as it was given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from projects.core.text import Text


@dataclass(frozen=True)
class Head:
    """What a document says of itself; None, or "" for texts, where it doesn't say it."""

    title: str
    number: str
    issuer: str
    issued_on: dt.date | None
    year: int | None


@dataclass(frozen=True)
class ClauseSpan:
    """A numbered part of the text (what stands before the first has locator ""); `part` is `plan`, `review` (of what
    was done), `middle` (of several years) or `closing` (explanations behind the plan).
    """

    locator: str
    heading: str
    start: int
    end: int
    part: str


@dataclass(frozen=True)
class Found:
    """A promise, or an event that a review reports. `target` and `commitment` are keys of the vocabulary; `threshold`
    is in percent, in 万元 for investment, a number for a count. `quantifier` is `project`, or of a group `count`, `all`
    or `share`, and then `members` are those it names. `hedge` is the word that weakens it (基本, 部分 …), or "".
    """

    project: str
    target: str
    threshold: float | None
    due: dt.date | None
    commitment: str
    quote: str
    locator: str
    start: int
    end: int
    quantifier: str = "project"
    members: tuple[str, ...] = ()
    hedge: str = ""


@dataclass(frozen=True)
class Unread:
    """A sentence that seems to promise a building and could not be read, and why."""

    start: int
    end: int
    why: Text


@dataclass(frozen=True)
class Reading:
    """All that was read of one text, each in the order of the text."""

    head: Head
    clauses: tuple[ClauseSpan, ...]
    promises: tuple[Found, ...]
    reported: tuple[Found, ...]
    unread: tuple[Unread, ...]
