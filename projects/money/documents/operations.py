"""Writes on documents and their lines.

A line that hands on a line of the document above is the same money again: it is linked, and counts once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, day_complaint, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.money import LARGEST_FEN
from projects.core.month import latest_day
from projects.core.permissions import Actor, covers, places_for, require
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.core.vocabulary import DOCUMENT_KINDS, FUNDING_SOURCES
from projects.database import inserted
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.documents.citations import near
from projects.money.documents.numbers import normalise
from projects.money.documents.tables import FundingDocument
from projects.money.ledger.operations import alone, lock_money, write_entries
from projects.money.ledger.posting import NUMBER_LIMIT, YEARS, Posting
from projects.money.ledger.queries import chunks, line_states, stands
from projects.money.ledger.tables import LedgerEntry

Upper = defaultdict[tuple[int, str], list[list[int]]]


@dataclass(frozen=True)
class DocumentValues:
    """What a document says of itself; `confirmed` says that one of the same number is meant to be another."""

    kind: str
    number: str
    title: str = ""
    issuer: str = ""
    issued_on: dt.date | None = None
    received_on: dt.date | None = None
    source: str | None = None
    budget_year: int | None = None
    total_fen: int | None = None
    parent_id: int | None = None
    place_code: str | None = None
    import_id: int | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class DocumentLine:
    """What a document gives to a project; the source is the document's own where it is not named.

    `confirmed`: one that says the same is meant to be another.
    """

    project_id: int
    amount_fen: int
    source: str | None = None
    external_id: str = ""
    memo: str = ""
    confirmed: bool = False


def add_document(acting: Acting, values: DocumentValues) -> FundingDocument:
    """Keep a document; InvalidError names the fields that can't be taken, `confirmed` where one of that number, or
    nearly that, is there already.
    """
    document = write_document(acting, values)
    changes = {
        name: [None, getattr(document, name)]
        for name in ("number", "issuer", "source", "total_fen", "parent_id", "budget_year")
    }
    record(
        acting.actor,
        acting.now,
        Tag.DOCUMENT_ADDED,
        document,
        changes=changes | {"document_kind": [None, document.kind]},
    )
    return document


def write_document(acting: Acting, values: DocumentValues) -> FundingDocument:
    """As `add_document`, for operations that record the whole of what they do themselves."""
    require(acting.actor, "funding.write")
    lock_money()
    wrong = _complaints(acting.actor, values, latest_day(acting.now, acting.day))
    if not wrong and not values.confirmed and (same := _same_document(values)):
        wrong["confirmed"] = Text(
            N_("已有同文号的文件 (第 %(id)s 号, %(number)s): 确为另一份时请勾选后再提交"),
            {"id": same.id, "number": same.number},
        )
    elif not wrong and not values.confirmed and (number := _nearly(values)):
        wrong["confirmed"] = Text(
            N_("与已有的 %(number)s 只差一处, 总额或日期和标题又相同: 确为另一份时请勾选后再提交"), {"number": number}
        )
    if wrong:
        raise InvalidError(wrong)
    document = FundingDocument(**_row(values, acting.now))
    db.session.add(document)
    db.session.flush()
    return document


def write_documents(acting: Acting, items: Sequence[DocumentValues]) -> list[int]:
    """All of `items`, each meant to be one more, at once; their ids in order. InvalidError for the first wrong one."""
    require(acting.actor, "funding.write")
    lock_money()
    for values in items:
        if wrong := _complaints(acting.actor, values, latest_day(acting.now, acting.day)):
            raise InvalidError(wrong)
    return inserted(FundingDocument, [_row(values, acting.now) | {"version": 1} for values in items])


def _row(values: DocumentValues, now: dt.datetime) -> dict[str, Any]:
    parent = db.session.get(FundingDocument, values.parent_id) if values.parent_id else None
    return {
        "kind": values.kind,
        "number": values.number.strip(),
        "number_normal": normalise(values.number)[:NUMBER_LIMIT],
        "title": values.title.strip(),
        "issuer": values.issuer.strip(),
        "issued_on": values.issued_on,
        "received_on": values.received_on,
        "source": values.source,
        "budget_year": values.budget_year or (values.issued_on.year if values.issued_on else None),
        "total_fen": values.total_fen,
        "parent_id": values.parent_id,
        "place_code": values.place_code,
        "import_id": values.import_id,
        "recorded_at": now,
        "is_sample": bool(parent and parent.is_sample),
    }


def add_lines(
    acting: Acting,
    document_id: int,
    lines: Sequence[DocumentLine],
    on: dt.date | None = None,
) -> list[int]:
    """Post the lines of a document as allocated on its day (or `on`), all or none; the ids of the new entries.

    InvalidError keys are `position.field`, `confirmed` among them where a line without a number of its own says the
    same as one that stands.
    """
    require(acting.actor, "funding.write")
    lock_money()
    document = document_of(document_id)
    alike = {
        position: _alike(document, line)
        for position, line in enumerate(lines)
        if not line.confirmed and not line.external_id.strip()
    }
    if any(alike.values()):
        text = Text(N_("这份文件里已有相同的一行: 确为另一行时请勾选后再提交"))
        raise InvalidError({f"{position}.confirmed": text for position, found in alike.items() if found})
    ids = write_lines(acting, document, lines, on)
    posted = sum(line.amount_fen for line in lines)
    record(
        acting.actor,
        acting.now,
        Tag.DOCUMENT_LINES_POSTED,
        document,
        changes={"number": [document.number] * 2, "rows": [0, len(lines)], "amount_fen": [0, posted]},
    )
    return ids


def add_line(acting: Acting, document_id: int, line: DocumentLine) -> int:
    """Post one line as `add_lines` does; InvalidError names its fields."""
    with alone():
        (entry_id,) = add_lines(acting, document_id, [line])
    return entry_id


def write_lines(
    acting: Acting,
    document: FundingDocument,
    lines: Sequence[DocumentLine],
    on: dt.date | None = None,
    import_id: int | None = None,
) -> list[int]:
    """As `add_lines`, for operations that record the whole of what they do themselves."""
    lock_money()
    day = on or document.issued_on or acting.day
    upper = above({document.id})
    items: list[tuple[int, Posting]] = []
    for line in lines:
        source = line.source or document.source or ""
        whole = Posting(
            source=source,
            step="allocated",
            on=day,
            amount_fen=line.amount_fen,
            document_number=document.number,
            memo=line.memo,
            external_id=line.external_id,
            document_id=document.id,
            import_id=import_id,
        )
        items += ((line.project_id, part) for part in parted(whole, upper[document.id][line.project_id, source]))
    return write_entries(acting, items)


def parted(whole: Posting, upper: list[list[int]]) -> list[Posting]:
    """A line in parts: what hands on lines of the document above ([id, fen left], from which it is taken), and what is
    new. Parts after the first are numbered.
    """
    left = whole.amount_fen
    found: list[Posting] = []
    for line in upper:
        part = min(left, line[1])
        if part > 0:
            line[1] -= part
            left -= part
            found.append(replace(whole, amount_fen=part, allocation_id=line[0]))
    if left or not found:
        found.append(replace(whole, amount_fen=left))
    names = [
        whole.external_id,
        *(f"{whole.external_id}/{part}" if whole.external_id else "" for part in range(2, len(found) + 1)),
    ]
    return [replace(part, external_id=name) for part, name in zip(found, names, strict=True)]


def above(documents: Collection[int]) -> dict[int, Upper]:
    """By document, project and source: the lines of the document above with what of each is not yet handed on or
    received, [id, fen]; shared by documents below one.
    """
    parents: dict[int, int] = {}
    for part in chunks(documents):
        rows = db.session.execute(
            select(FundingDocument.id, FundingDocument.parent_id).where(FundingDocument.id.in_(part))
        )
        parents |= {key: parent for key, parent in rows if parent is not None}
    by_parent: dict[int, Upper] = {parent: defaultdict(list) for parent in parents.values()}
    owners: dict[int, int] = {}
    for part in chunks(by_parent):
        own = select(LedgerEntry.id, LedgerEntry.document_id).where(
            LedgerEntry.document_id.in_(part), LedgerEntry.step == "allocated"
        )
        owners |= {key: parent for key, parent in db.session.execute(own) if parent is not None}
    for key, line in sorted(line_states(owners).items()):
        if line.stands and line.left_fen > 0:
            by_parent[owners[key]][line.project_id, line.source].append([key, line.left_fen])
    return {key: by_parent[parents[key]] if key in parents else defaultdict(list) for key in documents}


def _alike(document: FundingDocument, line: DocumentLine) -> bool:
    """Whether a standing line of the document says the same, in one part or in several."""
    own = LedgerEntry
    same = (
        own.document_id == document.id,
        own.project_id == line.project_id,
        own.source == (line.source or document.source),
        own.memo == line.memo.strip(),
    )
    found = list(db.session.scalars(select(own.amount_fen).where(*same, own.step == "allocated", stands(own))))
    return line.amount_fen in {*found, sum(found)} if found else False


def link_document(acting: Acting, document_id: int, parent_id: int | None) -> None:
    """Say which document a document hands on; ConflictError once lines of it stand, since they would count twice or not
    at all.
    """
    require(acting.actor, "funding.write")
    lock_money()
    document = document_of(document_id)
    if not covers(places_for(acting.actor, "funding.write"), document.place_code):
        raise NotFoundError(N_("没有这份文件, 或不在您的权限范围内"))
    if parent_id is not None and _leads_to(parent_id, document_id):
        raise InvalidError({"parent_id": Text(N_("上级文件不能是本文件或它的下级"))})
    standing = select(LedgerEntry.id).where(LedgerEntry.document_id == document_id, stands(LedgerEntry))
    if db.session.scalar(standing.limit(1)):
        raise ConflictError(N_("这份文件已有下达明细, 不能再改上级文件: 请先冲销明细, 连接后重新登记"))
    before, document.parent_id = document.parent_id, parent_id
    db.session.flush()
    record(
        acting.actor,
        acting.now,
        Tag.DOCUMENT_LINKED,
        document,
        changes={"number": [document.number] * 2, "parent_id": [before, parent_id]},
    )


def document_of(document_id: int) -> FundingDocument:
    """The document; NotFoundError where there is none."""
    document = db.session.get(FundingDocument, document_id)
    if document is None:
        raise NotFoundError(N_("没有这份文件, 或不在您的权限范围内"))
    return document


def _leads_to(start: int, goal: int) -> bool:
    """Whether going up from `start` one comes by `goal`."""
    found = db.session.execute(select(FundingDocument.id, FundingDocument.parent_id))
    above: dict[int, int | None] = dict(found.all())
    seen: set[int] = set()
    at: int | None = start
    while at is not None and at not in seen:
        if at == goal:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def _same_document(values: DocumentValues) -> FundingDocument | None:
    statement = select(FundingDocument).where(FundingDocument.number_normal == normalise(values.number)[:NUMBER_LIMIT])
    return db.session.scalars(
        statement.where(FundingDocument.place_code.is_not_distinct_from(values.place_code)).limit(1)
    ).first()


def _nearly(values: DocumentValues) -> str | None:
    """The number of a document that hands out as much, or says the same of the same day, and whose number differs in
    one place: the same one, mistyped?
    """
    own, alike = FundingDocument, []
    if values.total_fen is not None:
        alike.append(own.total_fen == values.total_fen)
    if values.issued_on and values.title.strip():
        alike.append((own.issued_on == values.issued_on) & (own.title == values.title.strip()))
    if not alike:
        return None
    statement = (
        select(own.number)
        .where(own.place_code.is_not_distinct_from(values.place_code), or_(*alike))
        .order_by(own.id.desc())
    )
    return next((number for number in db.session.scalars(statement) if near(values.number, number)), None)


def _complaints(actor: Actor, values: DocumentValues, today: dt.date) -> dict[str, Text]:
    place = values.place_code
    found = {
        "kind": choice_complaint(values.kind, DOCUMENT_KINDS),
        "number": text_complaint(values.number, NUMBER_LIMIT)
        or (None if values.number.strip() else Text(N_("请填写文号"))),
        "title": text_complaint(values.title, 200),
        "issuer": text_complaint(values.issuer, 120),
        "issued_on": day_complaint(values.issued_on, today) if values.issued_on else None,
        "received_on": day_complaint(values.received_on, today) if values.received_on else None,
        "source": choice_complaint(values.source, (None, *FUNDING_SOURCES)),
        "budget_year": None
        if values.budget_year is None or values.budget_year in YEARS
        else Text(N_("预算年度请写四位年份, 如 2025")),
        "amount": None if values.total_fen is None or 0 < values.total_fen <= LARGEST_FEN else Text(N_("金额须大于 0")),
        "place_code": None if covers(places_for(actor, "funding.write"), place) else Text(N_("请选择您负责的地区")),
        "parent_id": Text(N_("没有这份上级文件"))
        if values.parent_id and db.session.get(FundingDocument, values.parent_id) is None
        else None,
    }
    if place is not None and db.session.get(Place, place) is None:
        found["place_code"] = choice_complaint(place, ())
    return {name: problem for name, problem in found.items() if problem}
