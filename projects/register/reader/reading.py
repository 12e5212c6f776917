"""Reading a plan: `read(text, year)`. Pure, without a model or lists of names (docs/rules/reader.md)."""

from __future__ import annotations

from projects.register.reader import numbering, parts
from projects.register.reader.clauses import read_clause
from projects.register.reader.folding import fold
from projects.register.reader.found import ClauseSpan, Found, Head, Reading, Unread
from projects.register.reader.head import head_of

__all__ = ["ClauseSpan", "Found", "Head", "Reading", "Unread", "read"]


def _parted(pieces: list[numbering.Piece], year: int | None) -> list[str]:
    """The part of each clause: its own heading's, else that of the clause it lies in."""
    own: list[tuple[int, str]] = [(-1, parts.PLAN)]
    said = []
    for piece in pieces:
        while len(own) > 1 and own[-1][0] >= piece.level:
            own.pop()
        part = parts.part_of(piece.heading, year) if len(piece.heading) <= parts.LONGEST else None
        if part and piece.level <= 1:
            own.append((piece.level, part))
        said.append(own[-1][1])
    return said


def read(text: str, year: int | None = None) -> Reading:
    """What `text` says: its head, clauses, promises, events of its review, and what could not be read."""
    folded = fold(text)
    head = head_of(folded.text, year)
    pieces = numbering.pieces(folded.text)
    clauses = []
    promises: list[Found] = []
    reported: list[Found] = []
    unread: list[Unread] = []
    intro, closed = None, False
    for piece, part in zip(pieces, _parted(pieces, head.year), strict=True):
        clauses.append(ClauseSpan(piece.locator, piece.heading, *folded.span(piece.start, piece.end), part))
        if part == parts.CLOSING or closed:
            continue
        own = read_clause(folded, piece, part, head.year, intro)
        promises += own.promises
        reported += own.reported
        unread += own.unread
        intro = own.intro
        closed = own.part == parts.CLOSING
    return Reading(head, tuple(clauses), tuple(promises), tuple(reported), tuple(unread))
