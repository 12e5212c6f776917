"""Reads for imports: a file opened, what is known already of what it names, and the list of imports; within the asker's
places.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import undefer

from projects.core.acting import Acting
from projects.core.bulk import uncollected
from projects.core.complaints import choice_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import latest_day
from projects.core.permissions import Actor, covers, may, places_for, projects_for, require
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.core.vocabulary import IMPORT_KINDS
from projects.database import held, in_places, rows_of
from projects.extensions import db
from projects.money.documents.numbers import normalise
from projects.money.documents.tables import FundingDocument
from projects.money.imports import extract
from projects.money.imports import plan as planning
from projects.money.imports.kept import packed, unpacked
from projects.money.imports.plan import KnownRows, PostingPlan, Taken
from projects.money.imports.reading import CellFault, Read
from projects.money.imports.returns import settle
from projects.money.imports.tables import ImportBatch
from projects.money.ledger.numbers import Number, numbered
from projects.money.ledger.queries import chunks, closed_months, stands
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.names import canonical
from projects.money.receipts.tables import TreasuryReceipt
from projects.people.accounts.tables import User
from projects.register.projects.tables import Project

ACTIONS = {
    "projects": "project.import",
    "allocations": "funding.write",
    "receipts": "funding.write",
    "payments": "funding.write",
}
STEPS = {"allocations": "allocated", "payments": "paid"}


@dataclass(frozen=True)
class BatchRow:
    """An import as the list shows it."""

    id: int
    kind: str
    filename: str
    state: str
    counts: dict[str, Any]
    place: str | None
    by: str | None
    at: dt.datetime
    is_sample: bool
    place_code: str | None


@dataclass(frozen=True)
class Opened:
    """A file that was read, and what importing it would do: made before the transaction that keeps it."""

    kind: str
    filename: str
    content: bytes
    options: dict[str, Any]
    parsed: bytes
    found: Read
    plan: PostingPlan

    @property
    def place_code(self) -> str | None:
        """The place the file is of."""
        return self.options.get("place") or None


@dataclass(frozen=True)
class Ready:
    """What posting an import writes, worked out before its transaction, for the version it was seen in."""

    batch_id: int
    version: int
    found: Read
    plan: PostingPlan


def opened(
    actor: Actor, kind: str, filename: str, content: bytes, options: dict[str, Any], today: dt.date | None = None
) -> Opened:
    """Read a file, outside this process, and work out what importing it would do; nothing is written or locked.

    `today` lets days in the future be named. InvalidError where the file can't be read at all.
    """
    require(actor, ACTIONS[kind])
    _check_place(actor, kind, options.get("place") or None)
    parsed = extract.opened(content, kind, options.get("unit") or None)
    with uncollected():
        found = unpacked(parsed)
        plan = planned(actor, kind, found, options, today)
    return Opened(kind, filename, content, options, parsed, found, plan)


def planned(
    actor: Actor, kind: str, found: Read, options: Mapping[str, Any], today: dt.date | None = None
) -> PostingPlan:
    """What importing what was `found` in a file would do now."""
    seen: Counter[tuple[object, ...]] = Counter()
    keys = [planning.identity(kind, row, seen) for row in found.rows] if kind != "projects" else []
    place_code = options.get("place") or None
    plan = planning.make(kind, found, known(actor, kind, keys, place_code, today), place_code)
    if kind == "receipts":
        settle(plan, (row for row in found.rows if row.amount_fen < 0))
    return plan


def shown(actor: Actor, batch_id: int, today: dt.date) -> tuple[ImportBatch, Read, PostingPlan]:
    """An import, what was read, and what posting it would do by `today`."""
    batch = batch_of(actor, batch_id, with_rows=True)
    with uncollected():
        found = _read(batch)
        day = today if batch.state == "previewed" else None
        return batch, found, planned(actor, batch.kind, found, batch.options, day)


def ready(acting: Acting, batch_id: int) -> Ready:
    """What posting an import would write now; nothing is locked yet. InvalidError where a cell can't be taken."""
    batch = batch_of(acting.actor, batch_id, with_rows=True)
    check_waiting(batch)
    with uncollected():
        found = _read(batch)
        plan = planned(acting.actor, batch.kind, found, batch.options, latest_day(acting.now, acting.day))
    if plan.faults:
        raise InvalidError({f"{one.sheet}!{one.cell}": one.text for one in plan.faults[:200]})
    return Ready(batch_id, batch.version, found, plan)


def _read(batch: ImportBatch) -> Read:
    """What was read in the file of an import."""
    if batch.parsed is None:
        raise ConflictError(N_("这份文件由旧版本读入, 还没有重新读取: 请系统管理员运行 projects init"))
    return unpacked(batch.parsed)


def former() -> list[int]:
    """The imports that a former version kept without what was read in their files."""
    return list(db.session.scalars(select(ImportBatch.id).where(ImportBatch.parsed.is_(None))))


def reread(batch_id: int) -> bytes:
    """What is read in such a file now, or why it can't be read, packed."""
    kept = select(ImportBatch.content, ImportBatch.kind, ImportBatch.options).where(ImportBatch.id == batch_id)
    content, kind, options = db.session.execute(kept).one()
    try:
        return extract.opened(content, kind, options.get("unit") or None)
    except InvalidError as problem:
        return packed(Read(faults=[CellFault("", "", "", text) for text in problem.fields.values()]))


def counts(found: Read, plan: PostingPlan) -> dict[str, Any]:
    """The figures of an import, as they are kept with it."""
    return {
        "rows": len(found.rows),
        "new": len(plan.new),
        "existing": plan.existing,
        "faults": len(plan.faults),
        "notes": len(plan.notes),
        "totals": found.totals,
        "amount_fen": plan.amount_fen,
    }


def check_waiting(batch: ImportBatch) -> None:
    """ConflictError unless the import waits to be posted."""
    if batch.state != "previewed":
        raise ConflictError(N_("这次导入已经入账或撤销, 请刷新后再看"))


def known(
    actor: Actor, kind: str, keys: Iterable[str], place_code: str | None, today: dt.date | None = None
) -> KnownRows:
    """What is stored of what an import of `kind` may name; `keys` are its rows' identities."""
    if kind == "receipts":
        return KnownRows(taken=_vouchers(keys, place_code), today=today, closed=closed_months())
    codes: dict[str, int] = {}
    names: dict[str, int | None] = {}
    everywhere: dict[str, list[tuple[int, str]]] = defaultdict(list)
    homes: dict[int, str] = {}
    own = held(Project.id, projects_for(actor, ACTIONS[kind]))
    inside: set[int] = set()
    columns = (Project.id, Project.national_code, Project.name, Project.place_code, own)
    for key, code, name, home, is_own in db.session.execute(select(*columns).order_by(Project.id)):
        homes[key] = home
        if code:
            codes[code] = key
        short = canonical(name)
        everywhere[short].append((key, home))
        if is_own:  # what lies elsewhere makes no name of one's own ambiguous
            inside.add(key)
            names[short] = None if short in names else key
    if kind == "projects":
        return KnownRows(codes, names, frozenset(inside), places(), everywhere=everywhere)
    documents, numbers = _documents(place_code) if kind == "allocations" else ({}, [])
    return KnownRows(
        codes=codes,
        names=names,
        reach=frozenset(inside),
        places={},
        taken=_entries(STEPS[kind], keys),
        documents=documents,
        numbers=numbers,
        today=today,
        closed=closed_months(),
        homes=homes,
    )


def places() -> dict[str, str]:
    """Codes of places by name and by code; a name that two share is left out."""
    found: dict[str, str | None] = {}
    for code, name in db.session.execute(select(Place.code, Place.name)):
        found[name] = None if name in found else code
        found[code] = code
    return {name: code for name, code in found.items() if code}


def _vouchers(keys: Iterable[str], place_code: str | None) -> Taken:
    own = TreasuryReceipt
    columns = (own.voucher, own.received_on, own.amount_fen, own.payer, own.payee, own.memo)
    statement = select(*columns).where(stands(own), own.place_code.is_not_distinct_from(place_code))
    owner = None, place_code
    contents = {
        numbered("receipt", owner, row.received_on, row.voucher): frozenset([tuple(row[1:])])
        for part in chunks(set(keys))
        for row in db.session.execute(statement.where(own.voucher.in_(part)))
    }
    return Taken("receipt", contents, {None: owner})


def _entries(step: str, keys: Iterable[str]) -> Taken:
    """What stands of each number; a payment from several sources is several entries of one voucher."""
    own = LedgerEntry
    columns = (
        own.external_id,
        own.entry_on,
        own.amount_fen,
        own.source,
        own.document_number,
        own.project_id,
        own.document_id,
        own.allocation_id,
    )
    statement = select(*columns).where(own.step == step, stands(own))
    owned = select(Project.id, Project.unit_id, Project.place_code)
    owners: dict[int | None, tuple[int | None, str | None]] = {
        project: (unit_id, code) for project, unit_id, code in db.session.execute(owned)
    }

    def number(row: Any, own_number: str) -> Number:
        return numbered(step, owners[row.project_id], row.entry_on, own_number)

    rows = [row for part in chunks(set(keys)) for row in db.session.execute(statement.where(own.external_id.in_(part)))]
    more: Counter[Number] = Counter()
    handed = {
        number(row, row.external_id): row.document_id
        for row in rows
        if row.allocation_id is not None and row.external_id and step == "allocated"
    }
    for part in chunks(
        set(handed.values()) - {None}
    ):  # a line that hands on others was posted in parts, numbered from 2 (documents/operations.parted)
        for row in db.session.execute(statement.where(own.document_id.in_(part), own.external_id.contains("/"))):
            key, _, place = row.external_id.rpartition("/")
            whole = number(row, key)
            if (
                handed.get(whole) == row.document_id
                and place.isdecimal()
                and number(row, row.external_id) not in handed
            ):
                more[whole] += row.amount_fen
    found: dict[Number, frozenset[tuple[object, ...]]] = {}
    for row in rows:
        key, fen = number(row, row.external_id), row.amount_fen
        said: tuple[object, ...] = (row.entry_on, fen, row.source, row.project_id)
        if step == "allocated":
            said = row.entry_on, fen + more[key], row.source, normalise(row.document_number)[:80], row.project_id
        found[key] = found.get(key, frozenset()) | {said}
    return Taken(step, found, owners)


def _documents(place_code: str | None) -> tuple[dict[tuple[str, dt.date | None], int], list[str]]:
    statement = select(FundingDocument.id, FundingDocument.number_normal, FundingDocument.issued_on).order_by(
        FundingDocument.id
    )
    rows = db.session.execute(statement.where(FundingDocument.place_code.is_not_distinct_from(place_code))).all()
    return {(number, day): key for key, number, day in rows}, sorted({number for _, number, _ in rows})


def batches(actor: Actor, limit: int = 100) -> list[BatchRow]:
    """The newest imports that `actor` may see; one statement."""
    own = ImportBatch
    reaches = {kind: places_for(actor, action) for kind, action in ACTIONS.items() if may(actor, action)}
    seen = [
        (own.kind == kind) if places is None else (own.kind == kind) & in_places(own.place_code, places)
        for kind, places in reaches.items()
    ]
    columns = (
        own.id,
        own.kind,
        own.filename,
        own.state,
        own.counts,
        Place.name.label("place"),
        User.display_name.label("by"),
        own.at,
        own.is_sample,
        own.place_code,
    )
    statement = select(*columns).outerjoin(Place, Place.code == own.place_code).outerjoin(User, User.id == own.by_id)
    statement = statement.where(or_(false(), *seen)).order_by(own.id.desc()).limit(limit)
    return rows_of(BatchRow, db.session.execute(statement))


def batch_of(actor: Actor, batch_id: int, *, with_rows: bool = False) -> ImportBatch:
    """An import that `actor` may see, with what was read if asked for; NotFoundError for any other."""
    statement = select(ImportBatch).where(ImportBatch.id == batch_id)
    row = db.session.scalar(statement.options(undefer(ImportBatch.parsed)) if with_rows else statement)
    if (
        row is None
        or not may(actor, ACTIONS[row.kind])
        or not covers(places_for(actor, ACTIONS[row.kind]), row.place_code)
    ):
        raise NotFoundError(N_("没有这次导入, 或不在您的权限范围内"))
    return row


def posted_of(batch_id: int) -> tuple[list[int], list[int]]:
    """The standing receipts and ledger entries of an import."""
    receipts, entries = (
        list(db.session.scalars(select(kind.id).where(kind.import_id == batch_id, stands(kind))))
        for kind in (TreasuryReceipt, LedgerEntry)
    )
    return receipts, entries


def is_everywhere(actor: Actor, action: str) -> bool:
    """Whether `actor` may do `action` in the whole installation, so that a file need not be of one place."""
    return places_for(actor, action) is None


def _check_place(actor: Actor, kind: str, place_code: str | None) -> None:
    if problem := choice_complaint(kind, IMPORT_KINDS):
        raise InvalidError({"kind": problem})
    if place_code is not None and db.session.get(Place, place_code) is None:
        raise InvalidError({"place": Text(N_("没有地区 %(code)s"), {"code": place_code[:12]})})
    if not covers(places_for(actor, ACTIONS[kind]), place_code):
        raise InvalidError({"place": Text(N_("请选择您负责的地区"))})
