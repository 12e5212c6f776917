"""What the funding pages show: a project's money with its entries, and many projects' money line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from projects.core.vocabulary import CENTRAL_SOURCES
from projects.money.findings.finding import MoneyFinding
from projects.money.ladder.sums import Ladder, LadderLine


@dataclass(frozen=True)
class EntryRow:
    """A posted entry; `reverses_id` names the one it takes back, `reversed_by_id` the one that took it back."""

    id: int
    source: str
    step: str
    entry_on: dt.date
    amount_fen: int
    document_number: str
    memo: str
    reverses_id: int | None
    reversed_by_id: int | None
    recorded_at: dt.datetime
    is_sample: bool
    kind: str = "normal"
    budget_year: int | None = None
    external_id: str = ""
    document_id: int | None = None
    allocation_id: int | None = None
    contract_id: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts in sums: what hands on a line of the document above is the same money again."""
        return self.step != "allocated" or self.allocation_id is None

    @property
    def can_be_reversed(self) -> bool:
        """Whether it still stands and is not a reversal itself."""
        return self.reverses_id is None and self.reversed_by_id is None


@dataclass(frozen=True)
class CompositionRow:
    """What a source is approved to give in one kind of estimate."""

    source: str
    estimate_kind: str
    amount_fen: int
    document_number: str
    is_sample: bool


@dataclass(frozen=True)
class RevisionRow:
    """A value that an approved amount once had (None: taken away), with its document, day and reason."""

    source: str
    estimate_kind: str
    amount_fen: int | None
    document_number: str
    approved_on: dt.date | None
    since: dt.date | None
    reason: str
    recorded_at: dt.datetime
    is_sample: bool


@dataclass(frozen=True)
class ProjectMoney:
    """A project's money as of a day: the ladder with the kind of estimate it starts from, its entries newest first,
    and what the ladder says is wrong.
    """

    ladder: Ladder
    approved_kind: str | None
    composition: tuple[CompositionRow, ...]
    entries: tuple[EntryRow, ...]
    findings: tuple[MoneyFinding, ...]

    @property
    def rests_on_sample(self) -> bool:
        """Whether any of it is sample data."""
        return any(row.is_sample for row in self.composition) or any(row.is_sample for row in self.entries)


@dataclass(frozen=True)
class ProjectLadder:
    """A project of the funding page, and what its ladder says is wrong."""

    slug: str
    name: str
    place: str
    programme: str | None
    is_sample: bool
    findings: tuple[MoneyFinding, ...]


@dataclass(frozen=True)
class LadderRow:
    """A line of the funding page: one project and source, with the findings on that source (the counterpart's stand on
    each local source).
    """

    project: ProjectLadder
    line: LadderLine
    findings: tuple[MoneyFinding, ...]


@dataclass(frozen=True)
class FundingPage:
    """The ladder over all rows that the filter leaves, how many there are, and those of the asked page."""

    ladder: Ladder
    rows: Sequence[LadderRow]
    count: int
    project_count: int
    finding_counts: dict[str, int]

    @property
    def groups(self) -> list[tuple[ProjectLadder, list[LadderRow], list[MoneyFinding]]]:
        """The shown rows by project, in their order, with the findings that concern them, each once."""
        found = []
        for project, own in groupby(self.rows, key=lambda row: row.project):
            rows = list(own)
            found.append((project, rows, [one for one in project.findings if any(one in row.findings for row in rows)]))
        return found


def row(project: ProjectLadder, line: LadderLine) -> LadderRow:
    """A line of a project, with the findings that concern it."""
    return LadderRow(project, line, tuple(one for one in project.findings if _concerns(one, line)))


def _concerns(finding: MoneyFinding, line: LadderLine) -> bool:
    return finding.source == line.key or (finding.source == "local" and line.key not in CENTRAL_SOURCES)
