"""Reads of programmes: their list, one with its projects now and before; within the asker's scope."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.extensions import db
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.queries import programme_known, whole_programme
from projects.register.projects.tables import FormerProgramme, Programme, Project
from projects.register.promises.tables import Target
from projects.register.selection.queries import called
from projects.statements import held, rows_of

MOST = 50  # projects that are offered to join


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme in the list, with how many projects it has now and how much it promised."""

    id: int
    slug: str
    name: str
    place: str
    document: str | None
    document_slug: str | None
    projects: int
    promises: int


@dataclass(frozen=True)
class Member:
    """A project of a programme: since when it belongs to it (None: always), until when it did (None: still does)."""

    programme_id: int | None
    id: int
    slug: str
    name: str
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True)
class Promise:
    """A promise of a programme that stands or once did, in its own words."""

    slug: str
    measure: str
    quantifier: str
    threshold: int | None
    due: dt.date | None
    commitment: str
    wording: str
    locator: str | None
    document: str | None
    stands: bool
    ended_as: str | None


def programmes(actor: Actor) -> list[ProgrammeRow]:
    """The programmes that `actor` knows, by place and name; one statement."""
    own = select(func.count()).where(Project.programme_id == Programme.id).scalar_subquery()
    promised = select(func.count()).where(Target.programme_id == Programme.id, Target.superseded_by_id.is_(None))
    statement = (
        select(
            Programme.id,
            Programme.slug,
            Programme.name,
            Place.name.label("place"),
            PlanDocument.title.label("document"),
            PlanDocument.slug.label("document_slug"),
            own.label("projects"),
            promised.scalar_subquery().label("promises"),
        )
        .join(Place, Place.code == Programme.place_code)
        .outerjoin(PlanDocument, PlanDocument.id == Programme.document_id)
        .where(programme_known(actor))
        .order_by(Programme.place_code, Programme.name)
    )
    return rows_of(ProgrammeRow, db.session.execute(statement))


def members(actor: Actor, programme_id: int | None = None) -> list[Member]:
    """The projects of a programme, or of all, in the asker's sight: those that belong to it, then those that did."""
    ids = visible_projects(actor)

    def of(column: Any) -> ColumnElement[bool]:
        return column.is_not(None) if programme_id is None else column == programme_id  # type: ignore[no-any-return]

    own = (
        select(Project.programme_id, Project.id, Project.slug, Project.name, Project.programme_since)
        .where(of(Project.programme_id), held(Project.id, ids))
        .order_by(Project.name, Project.id)
    )
    former, newer = FormerProgramme, aliased(FormerProgramme)
    until = (
        select(newer.since)
        .where(newer.project_id == former.project_id, newer.id > former.id)
        .order_by(newer.id)
        .limit(1)
        .scalar_subquery()
    )
    columns = (former.programme_id, Project.id, Project.slug, Project.name, former.since)
    left = (
        select(*columns, func.coalesce(until, Project.programme_since))
        .join(former, former.project_id == Project.id)
        .where(of(former.programme_id), held(Project.id, ids))
        .order_by(Project.name, former.id)
    )
    now = [Member(*row, None) for row in db.session.execute(own)]
    return now + [Member(*row) for row in db.session.execute(left)]


def promises_of(actor: Actor, programme_id: int) -> list[Promise]:
    """What the programme promised, and promised before, for who may see all of its projects; one statement."""
    stands = (Target.superseded_by_id.is_(None)) & (Target.ended_on.is_(None))
    statement = (
        select(
            Target.slug,
            Target.measure,
            Target.quantifier,
            Target.threshold,
            Target.due,
            Target.commitment,
            Target.wording,
            Clause.locator,
            PlanDocument.title.label("document"),
            stands.label("stands"),
            Target.ended_as,
        )
        .outerjoin(Clause, Clause.id == Target.clause_id)
        .outerjoin(PlanDocument, PlanDocument.id == Clause.document_id)
        .join(Programme, Programme.id == Target.programme_id)
        .where(Target.programme_id == programme_id, whole_programme(actor))
        .order_by(Target.position, Target.id)
    )
    return rows_of(Promise, db.session.execute(statement))


def candidates(actor: Actor, programme_id: int, asked: str) -> list[tuple[int, str]]:
    """Projects in sight that could join, called what was asked for; one statement."""
    other = Project.programme_id.is_distinct_from(programme_id)
    statement = (
        select(Project.id, Project.name)
        .where(other, called(asked), held(Project.id, visible_projects(actor)))
        .order_by(Project.name, Project.id)
        .limit(MOST)
    )
    return [(key, name) for key, name in db.session.execute(statement)]
