"""The register as it is, thing by thing, within the asker's scope (RW-3), in a fixed number of statements; a file of it
opened, and what taking it in would do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from projects.core.bulk import uncollected
from projects.core.errors import InvalidError
from projects.core.permissions import Actor, covers, may, places_for, projects_for, require, visible_projects
from projects.core.text import N_, Text
from projects.extensions import db
from projects.money.recognised.queries import places_near
from projects.people.requests.queries import two_person
from projects.portfolio.book.items import Item
from projects.portfolio.book.plan import Setting, counts, planned
from projects.portfolio.book.reading import Book, Heard, read
from projects.portfolio.book.things import Thing, clause_key, member_key
from projects.portfolio.ledger import extract
from projects.portfolio.ledger.plan import CHANGED, NEW
from projects.portfolio.ledger.queries import identities
from projects.portfolio.ledger.tables import LedgerItem, LedgerUpload
from projects.portfolio.uploads.operations import Sent
from projects.portfolio.uploads.queries import Shelf, upload_of
from projects.register.documents.queries import clause_known, documents_near, plan_documents
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.programmes.queries import members
from projects.register.projects.queries import programme_known, whole_programme
from projects.register.projects.tables import Programme
from projects.register.promises.tables import Target
from projects.register.units.queries import every_unit, former_names
from projects.statements import held
from projects.verdicts.status.queries import standing

UNITS = "unit.write"  # whose page lists units
GROUP = "promises"
WRITING = "document.write"
SHELF = Shelf("register", WRITING, is_shared=False)
MOST_ROWS = 5_000  # of one upload: its pages read all of them


@dataclass(frozen=True)
class Shown:
    """An upload with what it holds, what posting it would do, and the rows that are posted already."""

    upload: LedgerUpload
    book: Book
    items: list[Item]
    done: frozenset[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each state, but those that are posted."""
        return counts(item for item in self.items if item.key not in self.done)

    @property
    def ready(self) -> list[Item]:
        """The rows that posting writes, in their order."""
        return [item for item in self.items if item.state in {NEW, CHANGED} and item.key not in self.done]


def opened(actor: Actor, filename: str, content: bytes, options: Mapping[str, Any], heard: Heard) -> Sent:
    """Read a file, outside this process; InvalidError where it can't be read or holds no register."""
    require(actor, WRITING)
    parsed = extract.opened(content)
    with uncollected():
        book = read(extract.unpacked(parsed), heard)
    if (count := sum(len(table.rows) for table in book.tables.values())) > MOST_ROWS:
        said = {"count": count, "most": MOST_ROWS}
        raise InvalidError({"file": Text(N_("有 %(count)s 行, 一次最多 %(most)s 行: 请分成几个文件"), said)})
    if not book.tables:
        whole = [Text(N_("%(sheet)s: %(why)s"), {"sheet": sheet, "why": why}) for sheet, why in book.unread]
        raise InvalidError({"file": whole[0] if whole else Text(N_("文件里没有内容"))})
    return Sent(filename, content, parsed, options)


def shown(actor: Actor, upload_id: int, day: dt.date, heard: Heard) -> Shown:
    """An upload and what posting it would do on a day."""
    upload = upload_of(actor, SHELF, upload_id, with_sheets=True)
    done = frozenset(db.session.scalars(select(LedgerItem.row_key).where(LedgerItem.upload_id == upload_id)))
    with uncollected():
        book = read(extract.unpacked(upload.parsed), heard)
        items: list[Item] = []
        if upload.state == "previewed":
            items = planned(book.tables, register(actor, day), _setting(actor, book, day), upload.choices)
    return Shown(upload, book, items, done)


def _setting(actor: Actor, book: Book, day: dt.date) -> Setting:
    places, _ = places_near(actor, None)
    names_projects = any(key in book.tables for key in ("members", "promises"))
    keeps = {
        "documents": partial(documents_near, places_for(actor, WRITING)),
        "programmes": partial(covers, places_for(actor, "project.write")),
        "units": partial(covers, places_for(actor, UNITS)),
    }
    return Setting(
        place_of=lambda said: places.get(extract.simplified(said).replace(" ", "")),
        projects=[Thing(one.id, one.slug, {"name": one.name}) for one in identities(actor)] if names_projects else [],
        keeps=lambda sheet, place: sheet not in keeps or keeps[sheet](place),
        day=day,
    )


def written(upload_id: int) -> list[LedgerItem]:
    """What an upload did, in its order."""
    return list(db.session.scalars(select(LedgerItem).where(LedgerItem.upload_id == upload_id).order_by(LedgerItem.id)))


def register(actor: Actor, as_of: dt.date) -> dict[str, list[Thing]]:
    """Everything of the register that `actor` may see as of a day; units for who keeps them, no sheet for others."""
    two = GROUP in two_person()
    bearing = {one.id for one in plan_documents(actor)} & _promised_documents() if two else set()
    documents = _documents(actor, bearing)
    titles = {one.id: (one.key, str(one.values["title"])) for one in documents}
    programmes = _programmes(actor, titles, _promised_programmes() if two else set())
    found = {
        "documents": documents,
        "clauses": _clauses(actor, documents),
        "promises": _promises(actor, as_of, two),
        "programmes": programmes,
        "members": _members(actor, as_of, programmes),
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


def _promised_programmes() -> set[int | None]:
    """The programmes that ever promised anything (PG-3)."""
    return set(db.session.scalars(select(Target.programme_id).where(Target.programme_id.is_not(None)).distinct()))


def _programmes(actor: Actor, titles: Mapping[int, tuple[str, str]], bearing: set[int | None]) -> list[Thing]:
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
            one.id in bearing,
        )
        for one, slug, title in rows
    ]


def _members(actor: Actor, as_of: dt.date, programmes: list[Thing]) -> list[Thing]:
    known = {one.id: one for one in programmes}
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
        found.append(Thing(one.id, key, values, parts=parts, writes=programme.writes))
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
