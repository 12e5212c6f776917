"""Writes of imports: a file is kept and previewed, then posted whole or not at all, and undone whole or not at all.

One record each. Rule IM-8.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import Actor, covers, places_for, require
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.database import inserted
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.documents.numbers import normalise
from projects.money.documents.operations import DocumentValues, above, parted, write_documents
from projects.money.imports import plan as planning
from projects.money.imports.plan import CODE, NOWHERE, NOWHERE_NAME, PostingPlan
from projects.money.imports.queries import (
    ACTIONS,
    Opened,
    Ready,
    batch_of,
    check_waiting,
    counts,
    is_begun,
    posted_of,
)
from projects.money.imports.reading import SheetRow
from projects.money.imports.tables import ImportBatch
from projects.money.ledger.operations import lock_money, reverse_entries, write_entries
from projects.money.ledger.posting import Posting
from projects.money.ledger.queries import chunks
from projects.money.receipts.operations import ReceiptValues, take_back, write_receipts
from projects.money.recognised.queries import documents_in, places_near
from projects.money.waiting.reading import Reading
from projects.people.accounts.tables import Unit
from projects.register.projects.operations import begin, free_slug, rests_on
from projects.register.projects.tables import Project

OF_STEPS = ("posted", "posted_fen", "project_ids")  # what of the figures tells of steps that are posted
Progress = Callable[[str, int, int], None]


def preview(acting: Acting, file: Opened) -> ImportBatch:
    """Keep a file with what it would do. The same file not yet posted is kept once."""
    require(acting.actor, ACTIONS[file.kind])
    digest = hashlib.sha256(file.content).hexdigest()
    same = select(ImportBatch).where(
        ImportBatch.kind == file.kind,
        ImportBatch.sha256 == digest,
        ImportBatch.place_code.is_not_distinct_from(file.place_code),
    )
    batch = db.session.scalars(
        same.where(ImportBatch.state == "previewed", ImportBatch.by_id.is_not_distinct_from(acting.actor.id))
    ).first()
    if not batch:
        batch = ImportBatch(
            kind=file.kind,
            filename=file.filename[:200],
            sha256=digest,
            content=file.content,
            place_code=file.place_code,
            by_id=acting.actor.id,
        )
        db.session.add(batch)
    batch.options, batch.parsed, batch.at = file.options, file.parsed, acting.now
    kept = {name: value for name, value in (batch.counts or {}).items() if name in OF_STEPS}
    waits = Reading(len(file.content), acting.now).figures() if file.parsed is None else {}
    batch.counts = counts(file.found, file.plan) | kept | waits
    db.session.flush()
    return batch


def post(acting: Acting, seen: Ready, progress: Progress | None = None) -> ImportBatch:
    """Write the next step of what a previewed import holds, all of the step or nothing (IM-10); with the last one it is
    posted.

    The ledger's doors check again what others stored since it was `seen`. ConflictError where it was posted;
    InvalidError where a cell can't be taken.
    """
    lock_money()
    batch = batch_of(acting.actor, seen.batch_id)
    plan = PostingPlan(new=seen.step)
    require(acting.actor, ACTIONS[batch.kind])
    check_waiting(batch)
    if batch.version != seen.version:
        raise ConflictError(N_("这次导入的内容刚有变动, 请刷新后再看"))
    tell = progress or (lambda *_: None)
    made = list(batch.counts.get("project_ids", []))
    try:
        if batch.kind == "projects":
            made += _post_projects(acting.actor, acting.day, batch, plan)
        elif batch.kind == "receipts":
            _post_receipts(acting, batch, plan)
        else:
            _post_entries(acting, batch, plan, seen.plan, tell)
    except InvalidError as problem:
        raise _at_cells(problem, plan) from None
    before, fen = (batch.counts.get(name, 0) for name in ("posted", "posted_fen"))
    rows, sum_fen = before + len(plan.new), fen + plan.amount_fen
    if seen.is_last:
        batch.state, batch.posted_at = "posted", acting.now
        told = counts(seen.found, seen.plan) | {"new": rows, "amount_fen": sum_fen}
        told["existing"] -= before - seen.done  # what a posting that was broken off had written
    else:
        told = batch.counts | {"posted": rows, "posted_fen": sum_fen}
    batch.counts = told | ({"project_ids": made} if made else {})
    db.session.flush()
    changes = {
        "import_kind": [None, batch.kind],
        "filename": [batch.filename] * 2,
        "rows": [before, rows],
        "amount_fen": [fen, sum_fen],
    }
    record(acting.actor, acting.now, Tag.IMPORT_POSTED, batch, changes=changes | {"sha256": [None, batch.sha256]})
    return batch


def _at_cells(problem: InvalidError, plan: PostingPlan) -> InvalidError:
    """Complaints by position as complaints by cell."""
    fields: dict[str, Text] = {}
    names = {
        "on": ("issued", "received", "paid"),
        "amount": ("amount",),
        "external_id": ("line", "voucher"),
        "voucher": ("voucher",),
        "received_on": ("received",),
    }
    for name, text in problem.fields.items():
        position, _, part = name.partition(".")
        if not position.isdigit() or int(position) >= len(plan.new):
            fields[name] = text
            continue
        row = plan.new[int(position)][0]
        cell = next((row.cells[key] for key in (*names.get(part, ()), part) if key in row.cells), f"{row.number}")
        fields[f"{row.sheet}!{cell}"] = text
    return InvalidError(fields)


def _post_receipts(acting: Acting, batch: ImportBatch, plan: PostingPlan) -> None:
    values = [
        ReceiptValues(
            received_on=row.day("received"),
            amount_fen=row.amount_fen,
            voucher=key,
            payer=row.text("payer")[:120],
            payee=row.text("payee")[:120],
            memo=row.text("memo")[:300],
            source=row.text("source") or None,
            place_code=batch.place_code,
            import_id=batch.id,
        )
        for row, _, key in plan.new
    ]
    write_receipts(acting, values)


def _post_entries(acting: Acting, batch: ImportBatch, plan: PostingPlan, file: PostingPlan, tell: Progress) -> None:
    documents = _documents(acting, batch, plan, file) if batch.kind == "allocations" else {}
    upper = above(set(documents.values()))
    items: list[tuple[int, Posting]] = []
    origins: list[int] = []
    for position, (row, project_id, key) in enumerate(plan.new):
        same: dict[str, Any] = {"external_id": key, "import_id": batch.id, "confirmed": True}
        assert project_id is not None  # noqa: S101 - rows without a project are faults
        if batch.kind == "allocations":
            document = documents[_document_key(row)]
            whole = Posting(
                source=row.text("source"),
                step="allocated",
                on=row.day("issued"),
                amount_fen=row.amount_fen,
                document_number=row.text("number"),
                memo=row.text("memo"),
                document_id=document,
                **same,
            )
            parts = parted(whole, upper[document][project_id, whole.source])
        else:
            memo = " ".join(filter(None, (row.text("payee"), row.text("memo"))))[:200]
            parts = [
                Posting(
                    source=row.text("source"),
                    step="paid",
                    on=row.day("paid"),
                    amount_fen=row.amount_fen,
                    document_number=row.text("number"),
                    memo=memo,
                    **same,
                )
            ]
        items += ((project_id, part) for part in parts)
        origins += [position] * len(parts)
    tell("post", 0, len(items))
    try:
        write_entries(acting, items)
    except InvalidError as problem:
        raise InvalidError({_of_row(name, origins): text for name, text in problem.fields.items()}) from None


def _of_row(name: str, origins: Sequence[int]) -> str:
    """The name of a posting's field as that of its row: one row may be posted in parts."""
    position, dot, part = name.partition(".")
    return f"{origins[int(position)]}{dot}{part}" if position.isdigit() else name


def _documents(
    acting: Acting, batch: ImportBatch, plan: PostingPlan, file: PostingPlan
) -> dict[tuple[str, dt.date | None], int]:
    """The documents of the rows of `plan`; those that are not there yet are added, as all rows of the `file` tell of
    them. One number on two days is two documents.
    """
    there = documents_in(batch.place_code)
    wanted = {_document_key(row) for row, _, _ in plan.new} - set(there)
    rows: dict[tuple[str, dt.date | None], list[SheetRow]] = {}
    for row, _, _ in file.new:
        if (key := _document_key(row)) in wanted:
            rows.setdefault(key, []).append(row)
    new = list(rows)
    values = [_document(rows[key], batch) for key in new]
    return there | dict(zip(new, write_documents(acting, values), strict=True))


def _document_key(row: SheetRow) -> tuple[str, dt.date | None]:
    return normalise(row.text("number"))[:80], row.day("issued")


def _document(rows: Sequence[SheetRow], batch: ImportBatch) -> DocumentValues:
    first, sources = rows[0], {row.text("source") for row in rows}
    return DocumentValues(
        planning.document_kind(first.text("number")),
        first.text("number"),
        issuer=first.text("issuer")[:120],
        issued_on=first.day("issued"),
        source=next(iter(sources)) if len(sources) == 1 else None,
        place_code=batch.place_code,
        import_id=batch.id,
        confirmed=True,
    )


def _post_projects(actor: Actor, today: dt.date, batch: ImportBatch, plan: PostingPlan) -> list[int]:
    whereabouts = planning.KnownRows({}, {}, None, *places_near(actor, batch.place_code))
    units: dict[str, int] = {name: key for key, name in db.session.execute(select(Unit.id, Unit.name))}
    new_units: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    taken = set(db.session.scalars(select(Project.slug).where(Project.slug.startswith("p-"))))
    for row, _, code in plan.new:
        place, is_chosen = planning.place_of(row, whereabouts, batch.place_code)
        place = place or _nowhere()
        if not covers(places_for(actor, "project.import"), place):
            raise InvalidError({f"{row.sheet}!{row.cells['name']}": Text(N_("这个项目不在您负责的地区"))})
        unit = row.text("unit")[:120]
        if unit and unit not in units:
            new_units.setdefault(unit, place)
        said = row.text("place")
        slug = code if CODE.fullmatch(code) else free_slug(f"{row.text('name')}\x1f{unit}\x1f{code}", place, taken)
        taken.add(slug)
        rows.append(
            {
                "slug": slug,
                "name": row.text("name"),
                "national_code": code if CODE.fullmatch(code) else None,
                "category": planning.category_of(row.text("name")),
                "unit_id": unit,
                "place_code": place,
                "version": 1,
                "is_sample": False,
                "note": f"所在地原文: {said}" if said and is_chosen else "",
            }
        )
    made = inserted(Unit, [{"name": name, "place_code": place} for name, place in new_units.items()])
    units |= zip(new_units, made, strict=True)
    ids = inserted(Project, [row | {"unit_id": units.get(row["unit_id"])} for row in rows])
    begin(ids)
    if ids:
        touched(ids, today)
    return ids


def _nowhere() -> str:
    if db.session.get(Place, NOWHERE) is None:
        db.session.add(Place(code=NOWHERE, name=NOWHERE_NAME, parent_code=None))
        db.session.flush()
    return NOWHERE


def undo(acting: Acting, batch_id: int, reason: str) -> ImportBatch:
    """Take a whole import back: money by opposite entries of today, projects that nothing was entered on by removing
    them. ConflictError where others build on it.
    """
    lock_money()
    batch = batch_of(acting.actor, batch_id)
    require(acting.actor, ACTIONS[batch.kind])
    if batch.state != "posted" and not is_begun(batch):
        raise ConflictError(N_("只有已入账的导入可以撤销"))
    said = reason.strip() or "撤销导入"
    receipts, entries = posted_of(batch.id)
    if receipts:
        take_back(acting, receipts, said)
    if entries:
        reverse_entries(acting, entries, said)
    if batch.kind == "projects":
        _remove_projects(batch.counts.get("project_ids", []))
    batch.state, batch.undone_at, batch.undone_by_id = "undone", acting.now, acting.actor.id
    db.session.flush()
    changes = {
        "import_kind": [batch.kind] * 2,
        "filename": [batch.filename] * 2,
        "rows": [batch.counts["posted" if is_begun(batch) else "new"], 0],
        "reason": [None, said],
    }
    record(acting.actor, acting.now, Tag.IMPORT_UNDONE, batch, changes=changes)
    return batch


def drop(actor: Actor, batch_id: int) -> None:
    """Forget a preview of which nothing was posted."""
    batch = batch_of(actor, batch_id)
    check_waiting(batch)
    if is_begun(batch):
        raise ConflictError(N_("已有 %(count)s 行入账, 不能放弃: 请继续入账, 或整批撤销"), count=batch.counts["posted"])
    db.session.delete(batch)
    db.session.flush()


def keep_parsed(batch_id: int, parsed: bytes) -> None:
    """Keep what was read in a file of a former version; nothing that anybody sees changes."""
    db.session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(parsed=parsed))


def _remove_projects(ids: Sequence[int]) -> None:
    for part in chunks(ids):
        if rests_on(part):
            raise ConflictError(N_("这些项目上已有资金、月报或其他登记, 不能再撤销导入"))
        db.session.execute(delete(Project).where(Project.id.in_(part)))
