"""What a table to be printed and signed consists of, before it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StatementPaper:
    """What is printed: a title, lines under it, a heading row, rows of cells (the first left, the others right), and
    lines to be signed at the end.
    """

    title: str
    about: Sequence[str]
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    signs: Sequence[str]
