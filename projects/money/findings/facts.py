"""What the money findings are made from: one project's sums, contracts and dates as of a day; one document's chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from projects.money.ladder.sums import Ladder, approved, ladder


@dataclass(frozen=True)
class Cell:
    """The sum of a source, step and budget year (of plans and allocations; None for the other steps): up to the day, up
    to the day on which money counts as idle, and up to that on which it counts as late.
    """

    source: str
    step: str
    year: int | None
    fen: int
    idle_fen: int
    late_fen: int
    first_on: dt.date | None


@dataclass(frozen=True)
class ContractFacts:
    """A contract with what it is worth, what was paid on it and what of its works was confirmed, in fen."""

    id: int
    name: str
    kind: str
    signed_on: dt.date
    retention: float | None
    worth_fen: int
    paid_fen: int
    confirmed_fen: int


@dataclass(frozen=True)
class MoneyFacts:
    """A project's money.

    `composition` is fen by (kind of estimate, source); `percent` the physical progress, None where none was reported.
    """

    project_id: int
    slug: str
    name: str
    place_code: str
    place: str
    category: str
    programme: str | None
    composition: Mapping[tuple[str, str], int] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    contracts: tuple[ContractFacts, ...] = ()
    misused: tuple[tuple[str, int, str, int], ...] = ()  # source, fen, memo, the entry's id
    percent: float | None = None
    accepted_on: dt.date | None = None
    accounted_on: dt.date | None = None
    built_on: dt.date | None = None
    is_sample: bool = False
    unit: str = ""

    @cached_property
    def ladder(self) -> Ladder:
        """The ladder over all years."""
        return ladder(approved(self.composition)[1], {key: sums[0] for key, sums in self.sums.items()})

    @cached_property
    def sums(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        """By source and step: the fen up to the day, those that count as idle, those that count as late; over all
        years.
        """
        found: dict[tuple[str, str], tuple[int, int, int]] = {}
        for cell in self.cells:
            before = found.get((cell.source, cell.step), (0, 0, 0))
            found[cell.source, cell.step] = (before[0] + cell.fen, before[1] + cell.idle_fen, before[2] + cell.late_fen)
        return found

    def total(self, source: str, step: str, which: int = 0) -> int:
        """The sum of a source and step; `which` is the place in `sums`."""
        return self.sums.get((source, step), (0, 0, 0))[which]

    @cached_property
    def years(self) -> dict[tuple[str, str, int | None], int]:
        """By source, step and budget year: the fen up to the day."""
        found: dict[tuple[str, str, int | None], int] = {}
        for cell in self.cells:
            key = cell.source, cell.step, cell.year
            found[key] = found.get(key, 0) + cell.fen
        return found

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The sources that any money came or was to come from, in their order."""
        return tuple(line.key for line in self.ladder.lines)

    def estimate(self, kind: str) -> int | None:
        """The total of a kind of estimate, None where there is none."""
        parts = [fen for (own, _), fen in self.composition.items() if own == kind]
        return sum(parts) if parts else None


@dataclass(frozen=True)
class DocumentFacts:
    """A document with its own lines' sum and its children: the day each was issued and what it handed on."""

    id: int
    kind: str
    number: str
    issued_on: dt.date | None
    received_on: dt.date | None
    total_fen: int | None
    lines_fen: int
    children: tuple[tuple[dt.date | None, int], ...]
    place_code: str | None
    is_sample: bool = False
