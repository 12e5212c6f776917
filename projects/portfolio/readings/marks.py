"""A text in pieces, each with the proposals that it bears: for showing marks in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Piece:
    """Some characters of the text, the proposals they belong to, and those that begin here."""

    text: str
    of: tuple[int, ...] = ()
    first: tuple[int, ...] = ()
    unread: bool = False


def pieces(text: str, spans: Iterable[tuple[int, int, int]], unread: Iterable[tuple[int, int]] = ()) -> list[Piece]:
    """`text` cut at the ends of the `spans` (id, begin, end) and of what could not be read; all of it, once, in order.

    Spans may overlap; what lies outside of the text is cut to it.
    """
    size = len(text)
    known = [(key, max(0, min(begin, size)), max(0, min(end, size))) for key, begin, end in spans]
    blind = [(max(0, min(begin, size)), max(0, min(end, size))) for begin, end in unread]
    cuts = sorted({0, size, *(cut for _, *ends in known for cut in ends), *(cut for ends in blind for cut in ends)})
    found = []
    for begin, end in pairwise(cuts):
        of = tuple(key for key, first, last in known if first <= begin and end <= last)
        found.append(
            Piece(
                text[begin:end],
                of,
                tuple(key for key, first, last in known if first == begin and key in of),
                unread=any(first <= begin and end <= last for first, last in blind) and not of,
            )
        )
    return found
