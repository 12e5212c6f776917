"""Writes on plan documents and their clauses, within one's places (PD-1 to PD-4).

The day of issue says since when a plan's promises stand: once there are any, changing it needs two people.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select

from projects.core.acting import Acting
from projects.core.complaints import FIRST_DAY, plain, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import Actor, places_for, require, require_second
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.register.documents.queries import bears_promises, documents_near, leaning_on
from projects.register.documents.tables import Clause, PlanDocument

WRITING = "document.write"
LONGEST = {"title": 200, "number": 60, "issuer": 120}
CHANGED = N_("这份文件刚被他人改过, 请核对后再保存")
LAST_YEAR = 2099


@dataclass(frozen=True)
class DocumentValues:
    """What a plan document is called, who issued it when and where, and of which year it is."""

    title: str
    issuer: str
    place_code: str
    year: int
    number: str = ""
    issued_on: dt.date | None = None


def add_document(acting: Acting, values: DocumentValues) -> PlanDocument:
    """Keep a new plan document; InvalidError naming the field that can't be taken."""
    require(acting.actor, WRITING)
    values = _plain(values)
    _check(acting.actor, values, None)
    slug = hashlib.sha256(
        f"{values.title}\x1f{values.number}\x1f{values.place_code}\x1f{values.year}".encode()
    ).hexdigest()[:12]
    document = PlanDocument(**asdict(values) | {"number": values.number or None}, slug=f"d-{slug}")
    db.session.add(document)
    db.session.flush()
    changes = {field: [None, value] for field, value in _told(values).items() if value}
    record(acting.actor, acting.now, Tag.PLAN_DOCUMENT_ADDED, document, changes=changes)
    return document


def remove_document(acting: Acting, document_id: int, version: int) -> str:
    """Take back a document that nothing rests on, with its clauses, and return its title; ConflictError naming what
    does.
    """
    document = _held(acting.actor, document_id, version)
    if table := leaning_on(document_id):
        raise ConflictError(N_("已有“%(what)s”依据这份文件, 不能删除, 只能修改"), what=Text(OBJECTS[table]))
    title = document.title
    record(acting.actor, acting.now, Tag.PLAN_DOCUMENT_REMOVED, document, changes={"title": [title, None]})
    db.session.execute(delete(Clause).where(Clause.document_id == document_id))
    db.session.delete(document)
    db.session.flush()
    return title


def add_clause(acting: Acting, document_id: int, locator: str, heading: str) -> Clause:
    """Keep a new clause of a document; InvalidError naming the field."""
    document = _held(acting.actor, document_id, None)
    locator, heading = plain(locator), plain(heading)
    _check_clause(document_id, None, locator, heading)
    clause = Clause(document_id=document_id, locator=locator, heading=heading)
    db.session.add(clause)
    db.session.flush()
    told = {"title": [document.title] * 2, "locator": [None, locator], "heading": [None, heading]}
    record(acting.actor, acting.now, Tag.CLAUSE_ADDED, clause, changes=told)
    return clause


def change_clause(acting: Acting, document_id: int, clause_id: int, locator: str, heading: str) -> Clause:
    """Correct a clause's number or heading."""
    document = _held(acting.actor, document_id, None)
    clause = clause_of(document_id, clause_id)
    old, new = (clause.locator, clause.heading), (plain(locator), plain(heading))
    _check_clause(document_id, clause_id, *new)
    clause.locator, clause.heading = new
    db.session.flush()
    told = {name: [before, after] for name, before, after in zip(("locator", "heading"), old, new, strict=True)}
    if changes := {name: pair for name, pair in told.items() if pair[0] != pair[1]}:
        about = {"title": [document.title] * 2}
        record(acting.actor, acting.now, Tag.CLAUSE_CHANGED, clause, changes=about | changes)
    return clause


def remove_clause(acting: Acting, document_id: int, clause_id: int) -> str:
    """Take back a clause that promises nothing, and return its number; ConflictError where it does."""
    document = _held(acting.actor, document_id, None)
    clause = clause_of(document_id, clause_id)
    if bears_promises([clause_id]):
        raise ConflictError(N_("这一条已有承诺, 不能删除, 只能修改"))
    locator = clause.locator
    told = {"title": [document.title] * 2, "locator": [locator, None], "heading": [clause.heading, None]}
    record(acting.actor, acting.now, Tag.CLAUSE_REMOVED, clause, changes=told)
    db.session.delete(clause)
    db.session.flush()
    return locator


# --- changing a document needs two people where promises stand since its day ------------------------------------------


def values_of(document: PlanDocument) -> DocumentValues:
    """What a stored document says."""
    stored = {field: getattr(document, field) for field in DocumentValues.__dataclass_fields__}
    return DocumentValues(**stored | {"number": document.number or ""})


def to_json(values: DocumentValues, version: int) -> dict[str, Any]:
    """The values as a request keeps them."""
    return asdict(values) | {"issued_on": str(values.issued_on or ""), "version": version}


def _wanted(packed: Values) -> DocumentValues:
    known = {field: packed[field] for field in DocumentValues.__dataclass_fields__}
    issued = known["issued_on"]
    return DocumentValues(**known | {"issued_on": dt.date.fromisoformat(issued) if issued else None})


def _effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    document = _held(acting.actor, int(subject), wanted["version"])
    values = _plain(_wanted(wanted))
    _check(acting.actor, values, document.id)
    old, new = _told(values_of(document)), _told(values)
    changes = {field: [old[field], value] for field, value in new.items() if old[field] != value}
    return Effect(
        about=document.title,
        changes=changes,
        place_code=document.place_code,
        moves=_moves(document, values),
    )


def _change(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> PlanDocument:
    effect = _effect(acting, subject, wanted)
    require_second(acting.actor, effect.moves and "promises" in two_person())
    changes = effect.changes
    document = _held(acting.actor, int(subject), wanted["version"])
    values = _plain(_wanted(wanted))
    for field, value in asdict(values).items():
        setattr(document, field, value if field != "number" else value or None)
    db.session.flush()
    if changes:
        record(acting.actor, acting.now, Tag.PLAN_DOCUMENT_CHANGED, document, changes=changes)
    return document


def _moves(document: PlanDocument, values: DocumentValues) -> bool:
    """Whether promises stand since a day that would be another (PD-4)."""
    moved = document.issued_on != values.issued_on
    return moved and bears_promises(select(Clause.id).where(Clause.document_id == document.id))


DOCUMENT_KINDS = (
    Kind(
        key="document.change",
        action=WRITING,
        consent="change.approve",
        effect=_effect,
        apply=_change,
        group="promises",
    ),
)


# --- parts ------------------------------------------------------------------------------------------------------------


def require_kept(actor: Actor, document: PlanDocument | None) -> PlanDocument:
    """The document, which `actor` may write; NotFoundError outside of their places and those around them."""
    require(actor, WRITING)
    if document is None or not documents_near(places_for(actor, WRITING), document.place_code):
        raise NotFoundError(N_("没有这份规划文件"))
    return document


def _held(actor: Actor, document_id: int, version: int | None) -> PlanDocument:
    """A document that `actor` keeps, at the version that they saw (None: at any)."""
    document = require_kept(actor, db.session.get(PlanDocument, document_id))
    if version is not None and document.version != version:
        raise ConflictError(CHANGED)
    return document


def clause_of(document_id: int, clause_id: int) -> Clause:
    """One clause of a document; NotFoundError where it is none of its."""
    clause = db.session.get(Clause, clause_id)
    if clause is None or clause.document_id != document_id:
        raise NotFoundError(N_("这份文件没有这一条"))
    return clause


def _plain(values: DocumentValues) -> DocumentValues:
    return DocumentValues(**asdict(values) | {field: plain(getattr(values, field)) for field in LONGEST})


def _told(values: DocumentValues) -> dict[str, Any]:
    told: dict[str, Any] = asdict(values) | {"issued_on": str(values.issued_on) if values.issued_on else ""}
    return {"place" if field == "place_code" else field: value for field, value in told.items()}


def _check(actor: Actor, values: DocumentValues, document_id: int | None) -> None:
    wrong: dict[str, Text | None] = {
        field: text_complaint(getattr(values, field), most) for field, most in LONGEST.items()
    }
    for field, words in (("title", N_("请填写文件标题")), ("issuer", N_("请填写印发单位"))):
        if not getattr(values, field):
            wrong[field] = Text(words)
    if not FIRST_DAY.year <= values.year <= LAST_YEAR:
        wrong["year"] = Text(N_("请填写规划年度, 如 2021"))
    if values.issued_on and values.issued_on < FIRST_DAY:
        said = {"day": values.issued_on, "first": FIRST_DAY}
        wrong["issued_on"] = Text(N_("日期 %(day)s 早于 %(first)s, 请核对年份"), said)
    if db.session.get(Place, values.place_code) is None:
        wrong["place_code"] = Text(N_("请填写印发单位所在的地区"))
    elif not documents_near(places_for(actor, WRITING), values.place_code):
        wrong["place_code"] = Text(N_("请选择您负责的地区, 或它的上级地区"))
    same = select(PlanDocument.id).where(
        PlanDocument.title == values.title,
        PlanDocument.place_code == values.place_code,
        PlanDocument.year == values.year,
        PlanDocument.id.is_distinct_from(document_id),
    )
    if not any(wrong.values()) and db.session.scalar(same.limit(1)):
        wrong["title"] = Text(N_("这份文件已经登记过"))
    if found := {field: problem for field, problem in wrong.items() if problem}:
        raise InvalidError(found)


def _check_clause(document_id: int, clause_id: int | None, locator: str, heading: str) -> None:
    wrong: dict[str, Text | None] = {"locator": text_complaint(locator, 40), "heading": text_complaint(heading, 200)}
    if not locator:
        wrong["locator"] = Text(N_("请填写条款号, 如 12 或 (三)"))
    if not heading:
        wrong["heading"] = Text(N_("请填写条款标题, 没有的抄首句"))
    same = select(Clause.id).where(
        Clause.document_id == document_id, Clause.locator == locator, Clause.id.is_distinct_from(clause_id)
    )
    if not wrong["locator"] and db.session.scalar(same):
        wrong["locator"] = Text(N_("这份文件已有这一条"))
    if found := {field: problem for field, problem in wrong.items() if problem}:
        raise InvalidError(found)
