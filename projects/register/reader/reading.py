"""Reading a plan: `read(text, year)`. Pure, without a model or lists of names (docs/rules/reader.md)."""

from __future__ import annotations

from projects.register.reader import numbering, parts
from projects.register.reader.clauses import read_clause
from projects.register.reader.folding import fold
from projects.register.reader.found import ClauseSpan, Found, Head, Reading, Unread
from projects.register.reader.head import head_of
from projects.register.reader.names import HEALTH

__all__ = ["ClauseSpan", "Found", "Head", "Reading", "Unread", "read"]


class _Parts:
    """The part of each clause in turn: its own heading's, else that of what it lies in. What stands before a review
    is part of it, what follows a plan is plan.
    """

    def __init__(self, pieces: list[numbering.Piece], text: str, year: int | None) -> None:
        said = [
            parts.part_of(piece.heading, year) if len(piece.heading) <= parts.LONGEST and piece.level <= 1 else None
            for piece in pieces
        ]
        self.said = dict(zip(pieces, said, strict=True))
        planned = [piece.start for piece, part in self.said.items() if part == parts.PLAN]
        self.last_plan = max([parts.last_plan(text, year), *planned])
        self.own: list[tuple[int, str]] = [(-2, parts.REVIEW if parts.REVIEW in said else parts.PLAN)]

    def of(self, piece: numbering.Piece) -> str:
        """The part of the next clause."""
        while len(self.own) > 1 and self.own[-1][0] >= piece.level:
            self.own.pop()
        if part := self.said[piece]:
            self.own.append((piece.level, part))
            if part == parts.PLAN:
                self.own[0] = (-2, part)
        return self.own[-1][1]

    def turn(self, part: str, piece: numbering.Piece) -> None:
        """A paragraph began another part: it holds for what follows. A review only where a plan follows, since work
        points begin with a look back, too.
        """
        if part != parts.REVIEW or self.last_plan > piece.start:
            self.own = [(-2, part)]


def read(text: str, year: int | None = None) -> Reading:
    """What `text` says: its head, clauses, promises, events of its review, and what could not be read."""
    folded = fold(text)
    head = head_of(folded.text, year)
    pieces = numbering.pieces(folded.text, parts.headings(folded.text, head.year))
    clauses = []
    promises: list[Found] = []
    reported: list[Found] = []
    unread: list[Unread] = []
    intro = None
    health = HEALTH.search(head.issuer + head.title) is not None
    of = _Parts(pieces, folded.text, head.year)
    for piece in pieces:
        part = of.of(piece)
        clauses.append(ClauseSpan(piece.locator, piece.heading, *folded.span(piece.start, piece.end), part))
        if part == parts.CLOSING:
            continue
        own = read_clause(folded, piece, part, head.year, intro, health)
        promises += own.promises
        reported += own.reported
        unread += own.unread
        intro = own.intro
        if own.part != part:
            of.turn(own.part, piece)
    return Reading(head, tuple(clauses), tuple(promises), tuple(reported), tuple(unread))
