"""Reads of plans that were read: the list, one with its proposals, which projects a name may mean, and what last year's
plan promised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select, true
from sqlalchemy.orm import aliased

from projects.core.gazetteer.queries import place_names
from projects.core.permissions import Actor, places_for
from projects.core.places import upper
from projects.core.tables import Place
from projects.extensions import db
from projects.money.imports.plan import LONGEST_PLACE
from projects.money.recognised.queries import places_near
from projects.people.accounts.tables import User
from projects.portfolio.ledger import extract
from projects.portfolio.ledger.queries import identities
from projects.portfolio.ledger.similar import Known, Signed, Where, sign, where_of
from projects.portfolio.readings.tables import PlanProposal, PlanReading
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.tables import Project
from projects.register.promises.tables import Target
from projects.statements import in_places, rows_of

WRITING = "document.write"
LIKELY = 3
LATEST = 50


@dataclass(frozen=True)
class ReadingRow:
    """A reading in the list: how much is open, accepted and rejected."""

    id: int
    filename: str
    title: str
    place: str
    by: str | None
    at: dt.datetime
    state: str
    open: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class Before:
    """A promise of the plan of the year before, and what the new plan says of its project."""

    project: str
    project_slug: str
    project_id: int
    measure: str
    quantifier: str
    threshold: int | None
    due: dt.date | None
    wording: str


def readings(actor: Actor) -> list[ReadingRow]:
    """The readings of the asker's places and those around them, the newest first; one statement."""
    reach = places_for(actor, WRITING)
    around = sorted({code for place in reach or () for code in upper(place)})
    near = or_(in_places(PlanReading.place_code, sorted(reach or ())), PlanReading.place_code.in_(around))
    own = PlanProposal

    def count(state: str) -> Any:
        return (
            select(func.count()).where(own.reading_id == PlanReading.id, own.state == state).scalar_subquery()
        ).label(state)

    statement = (
        select(
            PlanReading.id,
            PlanReading.filename,
            PlanReading.head["title"].as_string().label("title"),
            Place.name.label("place"),
            User.display_name.label("by"),
            PlanReading.at,
            PlanReading.state,
            *map(count, ("open", "accepted", "rejected")),
        )
        .join(Place, Place.code == PlanReading.place_code)
        .outerjoin(User, User.id == PlanReading.by_id)
        .where(true() if reach is None else near)
        .order_by(PlanReading.id.desc())
        .limit(LATEST)
    )
    return rows_of(ReadingRow, db.session.execute(statement))


def proposals(reading_id: int) -> list[Row[Any]]:
    """The proposals of a reading in the text's order, each with what it became: `PlanProposal`, and the slug and name
    of its project, who decided; one statement.
    """
    own, made = PlanProposal, aliased(Project)
    statement = (
        select(own, made.slug.label("slug"), made.name.label("name"), User.display_name.label("by"))
        .outerjoin(made, made.id == own.project_id)
        .outerjoin(User, User.id == own.by_id)
        .where(own.reading_id == reading_id)
        .order_by(own.part, own.begins, own.position)
    )
    return list(db.session.execute(statement))


def promised_in(document_id: int | None) -> set[tuple[int, str, int | None, dt.date | None]]:
    """What a document promises of projects already, as it stands: project, measure, threshold, due; one statement."""
    if document_id is None:
        return set()
    statement = (
        select(Target.project_id, Target.measure, Target.threshold, Target.due)
        .join(Clause, Clause.id == Target.clause_id)
        .where(
            Clause.document_id == document_id,
            Target.project_id.is_not(None),
            Target.superseded_by_id.is_(None),
            Target.ended_on.is_(None),
        )
    )
    return {(key or 0, *said) for key, *said in db.session.execute(statement)}  # type: ignore[misc]


def names_of(ids: Sequence[int]) -> dict[int, str]:
    """What some projects are called."""
    rows = db.session.execute(select(Project.id, Project.name).where(Project.id.in_(ids)))
    return {key: name for key, name in rows}  # noqa: C416


def likely_projects(actor: Actor, names: Sequence[str], place_code: str) -> list[list[dict[str, Any]]]:
    """For each name the projects of the asker's places that it may mean, the surest first: `id`, `sure`, `reasons`."""
    known = identities(actor)
    places = place_names()
    signed = {str(one.id): _signed(one.name, one.unit, one.place, places) for one in known}
    index = Known(signed)
    found = []
    for name, where in zip(names, places_of(actor, names, place_code), strict=True):
        near = index.like(_signed(name, "", where, places), LIKELY)
        found.append(
            [{"id": int(key), "sure": one.sure, "reasons": [why.to_json() for why in one.reasons]} for key, one in near]
        )
    return found


def _signed(name: str, unit: str, place: str | None, places: dict[str, str]) -> Signed:
    where = where_of(place, places, upper(place)) if place else Where()
    return sign(extract.simplified(name), extract.simplified(unit), where, extract.sounded)


def places_of(actor: Actor, names: Sequence[str], place_code: str) -> list[str]:
    """In which place each project lies, by how its name begins; else in that of the plan."""
    _, near = places_near(actor, place_code)
    found = []
    for name in names:
        plain = extract.simplified(name)
        lengths = range(min(len(plain), LONGEST_PLACE), 1, -1)
        found.append(next((near[plain[:length]] for length in lengths if plain[:length] in near), place_code))
    return found


def promised_before(reading: PlanReading, year: int | None) -> list[Before]:
    """What plans of the same place for the year before promised of projects, as it stands; one statement."""
    if year is None:
        return []
    statement = (
        select(
            Project.name.label("project"),
            Project.slug.label("project_slug"),
            Project.id.label("project_id"),
            Target.measure,
            Target.quantifier,
            Target.threshold,
            Target.due,
            Target.wording,
        )
        .join(Target, Target.project_id == Project.id)
        .join(Clause, Clause.id == Target.clause_id)
        .join(PlanDocument, PlanDocument.id == Clause.document_id)
        .where(
            PlanDocument.place_code == reading.place_code,
            PlanDocument.year == year - 1,
            Target.superseded_by_id.is_(None),
            Target.ended_on.is_(None),
        )
        .order_by(Clause.id, Target.position)
    )
    return rows_of(Before, db.session.execute(statement))
