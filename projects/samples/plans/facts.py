"""What the catalogue's files state, as plain values: places, work stages, and the plan documents with all they name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from projects.works.schedule.facts import TemplateStage


@dataclass(frozen=True)
class PlaceFact:
    """An administrative division by its GB/T 2260 code."""

    code: str
    name: str
    parent: str | None


@dataclass(frozen=True)
class DocumentFact:
    """A plan document; `source` says where its text was read."""

    slug: str
    title: str
    number: str | None
    issuer: str
    place: str
    issued_on: dt.date | None
    year: int
    source: str


@dataclass(frozen=True)
class UnitFact:
    """An organisation a plan names."""

    name: str
    place: str


@dataclass(frozen=True)
class ProgrammeFact:
    """A group of projects a plan names together."""

    slug: str
    name: str
    place: str
    note: str


@dataclass(frozen=True)
class ProjectFact:
    """A project as a plan names it; unit and programme by name and slug."""

    slug: str
    name: str
    category: str
    unit: str | None
    place: str
    programme: str | None
    note: str


@dataclass(frozen=True)
class TargetFact:
    """A promise on a project or a programme; `threshold` in hundredths of a percent, fen, or a number of projects."""

    slug: str
    project: str | None
    programme: str | None
    clause: str
    measure: str
    quantifier: str
    threshold: int | None
    due: dt.date | None
    commitment: str
    basis: str
    wording: str
    note: str
    position: int


@dataclass(frozen=True)
class EventFact:
    """Something on public record; a month-precise day is the month's last, a year-precise one the year's."""

    project: str
    happened_on: dt.date
    precision: str
    text: str
    gate: str | None
    stage: str | None
    percent: float | None
    source: str


@dataclass(frozen=True)
class PlanFacts:
    """One plan document and all it names; `clauses` maps locator to heading."""

    document: DocumentFact
    clauses: Mapping[str, str]
    units: tuple[UnitFact, ...]
    programmes: tuple[ProgrammeFact, ...]
    projects: tuple[ProjectFact, ...]
    targets: tuple[TargetFact, ...]
    events: tuple[EventFact, ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything under projects/data but the gates."""

    places: tuple[PlaceFact, ...]
    stages: tuple[TemplateStage, ...]
    plans: tuple[PlanFacts, ...]
