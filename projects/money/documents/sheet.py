"""What the pages of documents show: each document with what it handed out and what of it came and was paid; a line of
one; the chain it stands in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class LineRow:
    """A standing line of a document: what it gives to a project, what of it was handed to documents below, received and
    paid in all.
    """

    id: int
    slug: str
    project: str
    source: str
    amount_fen: int
    handed_fen: int
    received_fen: int
    paid_fen: int
    from_above: bool
    external_id: str
    memo: str
    is_sample: bool


@dataclass(frozen=True)
class DocumentRow:
    """A document; `lines_fen` is the sum of its lines that the asker may see, `handed_fen` what of them went on to
    documents below.
    """

    id: int
    kind: str
    number: str
    title: str
    issuer: str
    issued_on: dt.date | None
    received_on: dt.date | None
    source: str | None
    budget_year: int | None
    total_fen: int | None
    place: str
    parent_id: int | None
    parent_number: str
    line_count: int
    lines_fen: int
    handed_fen: int
    received_fen: int
    paid_fen: int
    is_sample: bool

    @property
    def missing_fen(self) -> int | None:
        """What the document says it hands out, and its lines do not."""
        return None if self.total_fen is None else self.total_fen - self.lines_fen


@dataclass(frozen=True)
class DocumentPage:
    """One document: those above it, from the first issuer down, those right below, its lines."""

    row: DocumentRow
    above: Sequence[DocumentRow]
    below: Sequence[DocumentRow]
    lines: Sequence[LineRow]


@dataclass(frozen=True)
class RawLine:
    """A line as stored: its sum after reversals, the line of the document above that it hands on, what was received and
    paid on it itself.
    """

    id: int
    document_id: int
    above_id: int | None
    amount_fen: int
    received_fen: int
    paid_fen: int


class Through(NamedTuple):
    """What of a line was handed on, received and paid."""

    handed_fen: int
    received_fen: int
    paid_fen: int


def through(lines: Iterable[RawLine]) -> dict[int, Through]:
    """By line: what of it was handed on, received and paid, counting what happened on the lines below it."""
    rows = list(lines)
    children: dict[int, list[RawLine]] = {}
    for row in rows:
        if row.above_id is not None:
            children.setdefault(row.above_id, []).append(row)
    found: dict[int, Through] = {}

    def fill(row: RawLine) -> Through:
        if row.id not in found:
            below = [fill(child) for child in children.get(row.id, ())]
            handed = sum(child.amount_fen for child in children.get(row.id, ()))
            found[row.id] = Through(
                handed_fen=handed,
                received_fen=row.received_fen + sum(one.received_fen for one in below),
                paid_fen=row.paid_fen + sum(one.paid_fen for one in below),
            )
        return found[row.id]

    for row in rows:
        fill(row)
    return found
