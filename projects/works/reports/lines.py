"""What pages about reports show, as plain rows; and when a month's report is due (R-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from projects.core.month import add_months
from projects.works.reports.checks import Neighbour
from projects.works.reports.content import Content, ReportedStage

DUE_DAY = 5
DONE = ("submitted", "approved")
# A project's state in a month's board: a report's own, or that there is none, in the order in which they need somebody.
BOARD_STATES = ("missing", "returned", "draft", "submitted", "approved", "finished", "ended")


@dataclass(frozen=True)
class ProjectLine:
    """The project a report speaks of."""

    id: int
    slug: str
    name: str
    place: str
    is_sample: bool
    programme_id: int | None = None


@dataclass(frozen=True)
class StepLine:
    """A step in a report's life."""

    revision: int
    round: int
    action: str
    who: str
    actor_id: int
    at: dt.datetime
    comment: str


@dataclass(frozen=True)
class ReportLine:
    """One revision of a month's report, without its content."""

    id: int
    project_id: int
    month: dt.date
    revision: int
    state: str
    round: int
    version: int
    overall: float
    investment_fen: int | None
    author: str
    author_id: int
    data_on: dt.date
    approved_on: dt.date | None
    updated_at: dt.datetime
    correction_reason: str
    is_sample: bool
    taken_from: str = ""


def known_on(rows: Sequence[ReportLine], as_of: dt.date, today: dt.date) -> list[ReportLine]:
    """The reports as known on a day: of a past one those that were approved by then; of today also what is still being
    written.
    """
    return [
        row
        for row in rows
        if (row.data_on <= as_of if as_of >= today else row.approved_on is not None and row.approved_on <= as_of)
    ]


@dataclass(frozen=True)
class FormData:
    """What the form of a project's month starts from: `current` is the month's newest revision, `said` what it says."""

    project: ProjectLine
    stages: tuple[ReportedStage, ...]
    month: dt.date
    current: ReportLine | None
    said: Content | None
    previous: Neighbour | None
    following: Neighbour | None
    steps: tuple[StepLine, ...]

    @property
    def version(self) -> int:
        """The version a form has seen; 0 where nothing is stored yet."""
        return self.current.version if self.current else 0


@dataclass(frozen=True)
class Shown:
    """One revision to read: the month's revisions, the steps of all of them, and the approved report before it."""

    project: ProjectLine
    stages: tuple[ReportedStage, ...]
    report: ReportLine
    said: Content
    previous: Neighbour | None
    revisions: tuple[ReportLine, ...]
    steps: tuple[StepLine, ...]

    @property
    def month(self) -> dt.date:
        """The month spoken of."""
        return self.report.month

    @property
    def is_latest(self) -> bool:
        """Whether no later revision exists."""
        return self.report.revision == max(one.revision for one in self.revisions)

    @property
    def submitters(self) -> frozenset[int]:
        """Who submitted this revision in its present round."""
        now = [
            step
            for step in self.steps
            if (step.revision, step.round, step.action) == (self.report.revision, self.report.round, "submitted")
        ]
        return frozenset(step.actor_id for step in now)


@dataclass(frozen=True)
class DueLine:
    """A month's report that a project manager owes or has filed; `comment` is what it was returned with."""

    slug: str
    name: str
    month: dt.date
    due: dt.date
    days_left: int
    state: str
    revision: int | None
    comment: str
    last_approved: dt.date | None
    is_sample: bool

    @property
    def is_owed(self) -> bool:
        """Whether the manager has something left to do."""
        return self.state not in DONE


@dataclass(frozen=True)
class BoardLine:
    """A project's state in a month."""

    project_id: int
    slug: str
    name: str
    place: str
    state: str
    revision: int | None
    overall: float | None
    updated_at: dt.datetime | None
    is_sample: bool
    taken_from: str
    managers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Board:
    """A month of all projects within scope: how many in each state, and one page of them."""

    month: dt.date
    counts: dict[str, int]
    lines: tuple[BoardLine, ...]
    state: str
    page: int
    pages: int


@dataclass(frozen=True)
class QueueLine:
    """A report that waits for review; `is_own` where the reader filed it, and so may not approve it."""

    slug: str
    name: str
    place: str
    month: dt.date
    revision: int
    round: int
    overall: float
    submitter: str
    submitted_at: dt.datetime
    is_own: bool
    is_sample: bool


def due_day(month: dt.date) -> dt.date:
    """R-11: the 5th of the next month."""
    return add_months(month, 1).replace(day=DUE_DAY)


def owed_months(today: dt.date, states: dict[dt.date, str], *, ended_on: dt.date | None = None) -> list[dt.date]:
    """The months a project's manager should see, oldest first: the current one, the one before unless it is done, and
    any still open (R-11).

    `states` holds each month's newest state. What was finished or dropped before a month owes no report for it.
    """
    current = add_months(today, 0)
    months = {month for month, state in states.items() if state not in DONE} | {current}
    if states.get(add_months(current, -1)) not in DONE:
        months.add(add_months(current, -1))
    return sorted(month for month in months if month in states or ended_on is None or ended_on >= month)
