"""What the matching desk is given, and what it answers: lines with money left, receipts, candidates, proposals.

All amounts in fen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from projects.core.text import Text


def natural(key: str) -> tuple[int, str]:
    """The order of keys: 9 before 10."""
    return len(key), key


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an allocation document; `parts` says how many receipts paid of it before, `parents` are numbers of the
    documents it hands on, `paid` the days and fen of what was paid of it.

    One with nothing left is proposed for nothing; it lends its names and its number to what is known.
    """

    key: str
    document: str
    issued_on: dt.date
    project: str
    project_name: str
    unit: str
    place: str
    source: str
    amount_fen: int
    open_fen: int
    parts: int = 0
    parents: tuple[str, ...] = ()
    paid: tuple[tuple[dt.date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in, as the treasury wrote it down."""

    key: str
    received_on: dt.date
    payer: str
    payee: str
    amount_fen: int
    memo: str


@dataclass(frozen=True, slots=True)
class MatchedPart:
    """So much of a receipt for a line."""

    line: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to book a receipt: its parts sum to it. `sure` is the probability in percent, `reasons` say why in words.

    No parts: it belongs to no line.
    """

    parts: tuple[MatchedPart, ...]
    sure: float
    reasons: tuple[Text, ...]
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a receipt, best first; `confident` says that the first needs no second look."""

    receipt: str
    confident: bool
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The first candidate."""
        return self.candidates[0] if self.candidates else None

    @property
    def gave_way(self) -> bool:
        """Whether another candidate is likelier for this receipt alone: its line is proposed to a receipt that it fits
        better.
        """
        return any(one.sure > self.candidates[0].sure for one in self.candidates[1:])

    @property
    def outside(self) -> str | None:
        """The kind of other money that the receipt looks like, if any."""
        return next((one.outside for one in self.candidates if one.outside), None)
