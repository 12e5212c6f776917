"""The register as it is, thing by thing, within the asker's scope (RW-3); in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from projects.core.permissions import Actor, covers, may, places_for, projects_for, visible_projects
from projects.extensions import db
from projects.people.requests.queries import two_person
from projects.portfolio.book.things import Thing, clause_key, member_key
from projects.register.documents.queries import clause_known, documents_near, plan_documents
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.programmes.queries import members
from projects.register.projects.queries import programme_known, whole_programme
from projects.register.projects.tables import Programme
from projects.register.promises.tables import Target
from projects.register.units.queries import every_unit, former_names
from projects.statements import held
from projects.verdicts.status.queries import standing

Register = Mapping[str, list[Thing]]  # the things of each sheet, by its key
UNITS = "unit.write"  # whose page lists units
GROUP = "promises"


def register(actor: Actor, as_of: dt.date) -> dict[str, list[Thing]]:
    """Everything of the register that `actor` may see as of a day; units for who keeps them, no sheet for others."""
    two = GROUP in two_person()
    bearing = {one.id for one in plan_documents(actor)} & _promised_documents() if two else set()
    documents = _documents(actor, bearing)
    titles = {one.id: (one.key, str(one.values["title"])) for one in documents}
    programmes = _programmes(actor, titles)
    found = {
        "documents": documents,
        "clauses": _clauses(actor, documents),
        "promises": _promises(actor, as_of, two),
        "programmes": programmes,
        "members": _members(actor, as_of, programmes, two),
    }
    return found | {"units": _units(actor)} if may(actor, UNITS) else found


def _promised_documents() -> set[int]:
    """The documents in which something is promised."""
    return set(db.session.scalars(select(Clause.document_id).join(Target, Target.clause_id == Clause.id).distinct()))


def _documents(actor: Actor, bearing: set[int]) -> list[Thing]:
    reach = places_for(actor, "document.write")
    return [
        Thing(
            one.id,
            one.slug,
            {
                "title": one.title,
                "number": one.number,
                "issuer": one.issuer,
                "place_code": one.place_code,
                "issued_on": one.issued_on,
                "year": one.year,
            },
            one.version,
            writes=documents_near(reach, one.place_code),
            two=one.id in bearing,
        )
        for one in plan_documents(actor)
    ]


def _clauses(actor: Actor, documents: list[Thing]) -> list[Thing]:
    known = {one.id: one for one in documents}
    statement = select(Clause).where(clause_known(actor)).order_by(Clause.document_id, Clause.id)
    return [
        Thing(
            one.id,
            clause_key(known[one.document_id].key, one.locator),
            {
                "document_key": known[one.document_id].key,
                "document": known[one.document_id].values["title"],
                "locator": one.locator,
                "heading": one.heading,
            },
            parts={"document": one.document_id},
            writes=known[one.document_id].writes,
        )
        for one in db.session.scalars(statement)
        if one.document_id in known
    ]


def _promises(actor: Actor, as_of: dt.date, two: bool) -> list[Thing]:
    """Those that stand: a programme's for who may see all of its projects."""
    whole = select(Programme.id).where(whole_programme(actor))
    own = held(Target.project_id, visible_projects(actor)) & Target.project_id.is_not(None)
    subjects = (joinedload(Target.project), joinedload(Target.programme))
    statement = (
        select(Target)
        .where(or_(own, Target.programme_id.in_(whole)), *standing(as_of))
        .options(*subjects, joinedload(Target.clause).joinedload(Clause.document))
        .order_by(Target.programme_id.is_not(None), Target.project_id, Target.programme_id, Target.position, Target.id)
    )
    ids, reach = projects_for(actor, "promise.write"), places_for(actor, "promise.write")
    found = []
    for one in db.session.scalars(statement):
        subject, clause = one.project or one.programme, one.clause
        assert subject is not None  # noqa: S101 - a check of the table: one of both
        plan = clause.document if clause else None
        values = {name: getattr(one, name) for name in COPIED} | {
            "subject_key": subject.slug,
            "subject": subject.name,
            "document_key": plan.slug if plan else None,
            "document": plan.title if plan else None,
            "clause": clause.locator if clause else None,
        }
        parts = {"project": one.project_id, "programme": one.programme_id, "clause": one.clause_id}
        is_own = one.project_id in ids if one.project_id and ids is not None else covers(reach, subject.place_code)
        found.append(Thing(one.id, one.slug, values, parts=parts, writes=is_own, two=two))
    return found


COPIED = ("wording", "measure", "quantifier", "threshold", "due", "commitment", "basis", "note", "since")


def _programmes(actor: Actor, titles: Mapping[int, tuple[str, str]]) -> list[Thing]:
    reach = places_for(actor, "project.write")
    columns = (Programme, PlanDocument.slug, PlanDocument.title)
    statement = select(*columns).outerjoin(PlanDocument, PlanDocument.id == Programme.document_id)
    rows = db.session.execute(statement.where(programme_known(actor)).order_by(Programme.place_code, Programme.name))
    return [
        Thing(
            one.id,
            one.slug,
            {
                "name": one.name,
                "place_code": one.place_code,
                "document_key": slug if one.document_id in titles else None,
                "document": title,
                "note": one.note,
            },
            one.version,
            {"document": one.document_id},
            covers(reach, one.place_code),
        )
        for one, slug, title in rows
    ]


def _members(actor: Actor, as_of: dt.date, programmes: list[Thing], two: bool) -> list[Thing]:
    known = {one.id: one for one in programmes}
    promised = set(db.session.scalars(select(Target.programme_id).where(Target.programme_id.is_not(None)).distinct()))
    found = []
    for one in members(actor):
        programme = known.get(one.programme_id or 0)
        if programme is None or (one.since and one.since > as_of):
            continue
        values = {
            "programme_key": programme.key,
            "programme": programme.values["name"],
            "project_key": one.slug,
            "project": one.name,
            "since": one.since,
            "until": one.until if one.until and one.until <= as_of else None,
        }
        key, parts = member_key(programme.key, one.slug), {"programme": programme.id, "project": one.id}
        is_two = two and programme.id in promised
        found.append(Thing(one.id, key, values, parts=parts, writes=programme.writes, two=is_two))
    return sorted(found, key=lambda one: (one.values["programme_key"], one.values["project"], one.key))


def _units(actor: Actor) -> list[Thing]:
    former = former_names()
    return [
        Thing(
            one.id,
            one.name,
            {
                "name": one.name,
                "short_name": one.short_name,
                "kind": one.kind,
                "place_code": one.place_code,
                "former": "、".join(former.get(one.name, ())),
            },
            one.version,
        )
        for one in every_unit(actor)
    ]
