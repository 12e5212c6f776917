"""Reads of plan documents and their clauses, within the asker's scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, covers, scope, visible_projects
from projects.core.text import N_
from projects.extensions import db
from projects.people.accounts.tables import UserPlace
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import Target
from projects.statements import each_held, held, lies_in


def document_known(actor: Actor) -> ColumnElement[bool]:
    """Over PlanDocument: it names a project that `actor` may see, or was issued for one of their places."""
    ids = visible_projects(actor)
    if ids is None:
        return true()
    one, clause, target = aliased(Project), aliased(Clause), aliased(Target)
    named = select(one.id).where(one.document_id == PlanDocument.id, each_held(one.id, ids))
    promised = (
        select(target.id)
        .join(clause, clause.id == target.clause_id)
        .where(clause.document_id == PlanDocument.id, each_held(target.project_id, ids))
    )
    return or_(named.exists(), promised.exists(), answered_for(actor, PlanDocument.place_code))


def plan_documents(actor: Actor) -> list[PlanDocument]:
    """The plan documents that concern `actor`, newest first."""
    statement = select(PlanDocument).where(document_known(actor)).options(joinedload(PlanDocument.place))
    return list(db.session.scalars(statement.order_by(PlanDocument.year.desc(), PlanDocument.id)))


def plan_by_slug(actor: Actor, slug: str) -> PlanDocument:
    """One plan document; NotFoundError where there is none that concerns `actor`."""
    statement = (
        select(PlanDocument)
        .where(PlanDocument.slug == slug, document_known(actor))
        .options(joinedload(PlanDocument.place))
    )
    document = db.session.scalar(statement)
    if document is None:
        raise NotFoundError(N_("没有这份规划文件"))
    return document


def clauses_of(actor: Actor, document_id: int) -> list[Clause]:
    """A document's clauses in order, as far as they are `clause_known`."""
    statement = select(Clause).where(Clause.document_id == document_id, clause_known(actor))
    return list(db.session.scalars(statement.order_by(Clause.id)))


def clause_known(actor: Actor) -> ColumnElement[bool]:
    """Over Clause: its document is of a place that `actor` answers for, or it promises something about a project in
    scope.
    """
    ids = visible_projects(actor)
    if ids is None:
        return true()
    own = select(PlanDocument.id).where(answered_for(actor, PlanDocument.place_code))
    promising = select(Target.clause_id).where(held(Target.project_id, ids))
    return or_(Clause.document_id.in_(own), Clause.id.in_(promising))


def documents_near(reach: frozenset[str] | None, place_code: str) -> bool:
    """Whether who answers for these places (None: for all) keeps documents of a place: it lies in theirs, or around
    them, for what a city promises binds its counties.
    """
    return covers(reach, place_code) or any(covers(frozenset({place_code}), code) for code in reach or ())


def bears_promises(clause_ids: Any) -> bool:
    """Whether anything is promised in one of these clauses."""
    return db.session.scalar(select(Target.id).where(Target.clause_id.in_(clause_ids)).limit(1)) is not None


def promised_clauses(document_id: int) -> dict[int, int]:
    """How many promises stand or stood in each clause of a document, by clause."""
    own = select(Target.clause_id, func.count()).join(Clause, Clause.id == Target.clause_id)
    rows = db.session.execute(own.where(Clause.document_id == document_id).group_by(Target.clause_id))
    return {key: count for key, count in rows if key is not None}


def leaning_on(document_id: int) -> str:
    """The table of something that rests on a document, "" for nothing."""
    if bears_promises(select(Clause.id).where(Clause.document_id == document_id)):
        return "target"
    for table in (Project, Programme):
        if db.session.scalar(select(table.id).where(table.document_id == document_id).limit(1)) is not None:
            return str(table.__tablename__)
    return ""


def answered_for(actor: Actor, code: Any) -> ColumnElement[bool]:
    """Whether the place `code` lies in one that `actor` answers for; nobody but people with places answers for any."""
    if scope(actor, "project.read") != "place":
        return code.in_(())  # type: ignore[no-any-return]
    own = select(UserPlace.place_code).where(UserPlace.user_id == actor.id)
    return own.where(lies_in(code, UserPlace.place_code)).exists()
