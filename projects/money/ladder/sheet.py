"""What the funding pages show: a project's money with its entries, and many projects' money line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from projects.core.vocabulary import CENTRAL_SOURCES
from projects.money.findings.finding import MoneyFinding
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.sums import Ladder, LadderLine, gather


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
    """A project of the funding page with its whole ladder, and what that says is wrong."""

    slug: str
    name: str
    place: str
    programme: str | None
    ladder: Ladder
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


def page(projects: Iterable[ProjectLadder], chosen: FundingFilter) -> FundingPage:
    """The page that `chosen` asks for; projects with findings first, the larger sums before the smaller."""
    rows = [row for project in projects for row in _rows(project) if _wanted(row, chosen)]
    rows.sort(
        key=lambda row: (
            not row.project.findings,
            -sum(one.amount_fen for one in row.project.findings),
            row.project.name,
            row.project.slug,
        )
    )
    counts: dict[str, int] = {}
    seen = set()
    for row in rows:
        for one in row.findings:
            if (row.project.slug, one.rule, one.source) not in seen:
                seen.add((row.project.slug, one.rule, one.source))
                counts[one.rule] = counts.get(one.rule, 0) + 1
    shown = rows[(chosen.page - 1) * chosen.per_page : chosen.page * chosen.per_page] if chosen.per_page else rows
    return FundingPage(
        gather(row.line for row in rows),
        shown,
        len(rows),
        len({row.project.slug for row in rows}),
        dict(sorted(counts.items())),
    )


def _rows(project: ProjectLadder) -> list[LadderRow]:
    return [
        LadderRow(project, line, tuple(one for one in project.findings if _concerns(one, line)))
        for line in project.ladder.lines
    ]


def _concerns(finding: MoneyFinding, line: LadderLine) -> bool:
    return finding.source == line.key or (finding.source == "local" and line.key not in CENTRAL_SOURCES)


def _wanted(row: LadderRow, chosen: FundingFilter) -> bool:
    if chosen.source and row.line.key != chosen.source:
        return False
    if chosen.finding == "any":
        return bool(row.findings)
    return not chosen.finding or any(one.rule == chosen.finding for one in row.findings)
