"""Reads of documents and their lines; a fixed number of statements, documents within the asker's places and lines
within their projects.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from projects.core.errors import InvalidError, NotFoundError
from projects.core.permissions import Actor, places_for, visible_projects
from projects.core.places import upper
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.extensions import db
from projects.money.documents.citations import near
from projects.money.documents.filtering import DocumentFilter
from projects.money.documents.numbers import normalise
from projects.money.documents.sheet import DocumentPage, DocumentRow, LineRow, RawLine, through
from projects.money.documents.tables import FundingDocument
from projects.money.ledger.queries import own_number, stands
from projects.money.ledger.tables import LedgerEntry
from projects.register.projects.tables import Project
from projects.statements import held, in_places

SUMS = ("line_count", "lines_fen", "handed_fen", "received_fen", "paid_fen")


def documents_seen(actor: Actor, action: str = "treasury.read") -> list[ColumnElement[bool]]:
    """Conditions on FundingDocument: of the asker's places, of the places above them, and those of no place."""
    reach = places_for(actor, action)
    if reach is None:
        return []
    code = FundingDocument.place_code
    above = {one for place in reach for one in upper(place)}
    return [or_(in_places(code, reach), code.in_(sorted(above)), code.is_(None))] if reach else [code.in_(())]


def documents(actor: Actor, chosen: DocumentFilter, as_of: dt.date) -> list[DocumentRow]:
    """The documents that the asker may see and `chosen` leaves, newest first; three statements."""
    own, seen = FundingDocument, documents_seen(actor)
    wanted: list[Any] = [or_(own.issued_on.is_(None), own.issued_on <= as_of), *seen]
    if chosen.q:
        words = [
            own.number.contains(chosen.q, autoescape=True),
            own.title.contains(chosen.q, autoescape=True),
            own.issuer.contains(chosen.q, autoescape=True),
        ]
        wanted.append(or_(*words, own.number_normal == normalise(chosen.q)))
    if chosen.kind:
        wanted.append(own.kind == chosen.kind)
    if chosen.source:
        wanted.append(own.source == chosen.source)
    if chosen.year:
        wanted.append(own.budget_year == int(chosen.year))
    return _rows(actor, wanted, as_of)


def _rows(actor: Actor, wanted: list[Any], as_of: dt.date) -> list[DocumentRow]:
    parent = aliased(FundingDocument)
    own = FundingDocument
    sums: dict[int, Counter[str]] = defaultdict(lambda: Counter(dict.fromkeys(SUMS, 0)))
    lines = raw_lines(actor, as_of)
    for key, totals in through(lines.values()).items():
        line = lines[key]
        sums[line.document_id].update(line_count=1, lines_fen=line.amount_fen, **totals._asdict())
    columns = (
        own.id,
        own.kind,
        own.number,
        own.title,
        own.issuer,
        own.issued_on,
        own.received_on,
        own.source,
        own.budget_year,
        own.total_fen,
        func.coalesce(Place.name, "").label("place"),
        own.parent_id,
        func.coalesce(parent.number, "").label("parent_number"),
        own.is_sample,
    )
    statement = (
        select(*columns)
        .outerjoin(Place, Place.code == own.place_code)
        .outerjoin(parent, parent.id == own.parent_id)
        .where(*wanted)
    )
    found = db.session.execute(statement.order_by(own.issued_on.desc().nulls_last(), own.id.desc()))
    return [DocumentRow(**{**row, **sums[row["id"]]}) for row in found.mappings()]


def raw_lines(actor: Actor, as_of: dt.date) -> dict[int, RawLine]:
    """Every line of a document in a project that the asker may see, with what was received and paid on it; two
    statements.
    """
    ids, own, drawing = visible_projects(actor), LedgerEntry, aliased(LedgerEntry)
    reach = [held(own.project_id, ids)]
    statement = select(own.id, own.document_id, own.allocation_id, own.amount_fen).where(
        own.step == "allocated", own.document_id.is_not(None), own.entry_on <= as_of, stands(own, as_of), *reach
    )
    rows = db.session.execute(statement).all()
    sums = (
        select(
            drawing.allocation_id,
            func.sum(case((drawing.step == "received", drawing.amount_fen), else_=0)),
            func.sum(case((drawing.step == "paid", drawing.amount_fen), else_=0)),
        )
        .where(drawing.allocation_id.is_not(None), drawing.entry_on <= as_of)
        .group_by(drawing.allocation_id)
    )
    drawn = {key: (int(came), int(paid)) for key, came, paid in db.session.execute(sums)}
    return {
        row.id: RawLine(
            id=row.id,
            document_id=row.document_id,
            above_id=row.allocation_id,
            amount_fen=int(row.amount_fen),
            received_fen=drawn.get(row.id, (0, 0))[0],
            paid_fen=drawn.get(row.id, (0, 0))[1],
        )
        for row in rows
    }


def document(actor: Actor, document_id: int, as_of: dt.date) -> DocumentPage:
    """One document with its chain and its lines; NotFoundError outside the asker's places."""
    rows = {row.id: row for row in _rows(actor, documents_seen(actor), as_of)}
    if document_id not in rows:
        raise NotFoundError(N_("没有这份文件, 或不在您的权限范围内"))
    above: list[DocumentRow] = []
    at = rows[document_id].parent_id
    while at in rows and rows[at] not in above:
        above.insert(0, rows[at])
        at = rows[at].parent_id
    below = [row for row in rows.values() if row.parent_id == document_id]
    lines = raw_lines(actor, as_of)
    totals = through(lines.values())
    columns = (
        LedgerEntry.id,
        Project.slug,
        Project.name.label("project"),
        LedgerEntry.source,
        own_number(LedgerEntry.external_id).label("external_id"),
        LedgerEntry.memo,
        LedgerEntry.is_sample,
    )
    statement = (
        select(*columns)
        .join(Project, Project.id == LedgerEntry.project_id)
        .where(LedgerEntry.document_id == document_id, LedgerEntry.step == "allocated")
    )
    own = [
        LineRow(
            id=row.id,
            slug=row.slug,
            project=row.project,
            source=row.source,
            amount_fen=lines[row.id].amount_fen,
            handed_fen=totals[row.id].handed_fen,
            received_fen=totals[row.id].received_fen,
            paid_fen=totals[row.id].paid_fen,
            from_above=lines[row.id].above_id is not None,
            external_id=row.external_id,
            memo=row.memo,
            is_sample=row.is_sample,
        )
        for row in db.session.execute(statement.order_by(Project.name, LedgerEntry.id))
        if row.id in lines
    ]
    return DocumentPage(rows[document_id], above, below, own)


def named(actor: Actor, number: str) -> int | None:
    """The document of that number which the asker may see, the newest first; None where there is none."""
    statement = select(FundingDocument.id).where(
        FundingDocument.number_normal == normalise(number), *documents_seen(actor)
    )
    return db.session.scalars(statement.order_by(FundingDocument.id.desc()).limit(1)).first()


def parent_of(actor: Actor, typed: str) -> int | None:
    """The document above, by the number that was typed, None where none was; InvalidError where it is not known, with
    the one that was perhaps meant.
    """
    number = typed.strip()
    if not number:
        return None
    parent_id = named(actor, number)
    if parent_id is None:
        near_by = nearly_named(actor, number)
        text = (
            Text(N_("没有文号为 %(number)s 的文件: 是不是 %(near)s?"), {"number": number, "near": near_by})
            if near_by
            else Text(N_("没有文号为 %(number)s 的文件: 请先登记上级文件"), {"number": number})
        )
        raise InvalidError({"parent_number": text})
    return parent_id


def nearly_named(actor: Actor, number: str) -> str | None:
    """The number of a document that the asker may see which is easily taken for `number`, the newest first."""
    statement = select(FundingDocument.number).where(*documents_seen(actor)).order_by(FundingDocument.id.desc())
    return next((one for one in db.session.scalars(statement) if near(number, one)), None)


def project_choices(actor: Actor) -> list[tuple[str, str]]:
    """The projects that the asker may post to, slug and name."""
    ids = visible_projects(actor)
    statement = select(Project.slug, Project.name).order_by(Project.name)
    return [(slug, name) for slug, name in db.session.execute(statement.where(held(Project.id, ids)))]
