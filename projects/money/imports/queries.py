"""Reads for imports: a file opened, what is known already of what it names, and the list of imports; within the asker's
places.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
from projects.extensions import db
from projects.money.imports import extract
from projects.money.imports import plan as planning
from projects.money.imports.kept import unpacked
from projects.money.imports.plan import KnownRows, NewRow, PostingPlan
from projects.money.imports.reading import Read
from projects.money.imports.returns import settle
from projects.money.imports.steps import in_order, step
from projects.money.imports.tables import ImportBatch
from projects.money.ledger.queries import closed_months, stands
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.names import canonical
from projects.money.receipts.tables import TreasuryReceipt
from projects.money.recognised.queries import documents_in, entries, places_near, vouchers
from projects.money.waiting.reading import reading_of
from projects.people.accounts.tables import User
from projects.register.projects.tables import Project
from projects.statements import held, in_places, rows_of

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
    """A file that was read, and what importing it would do: made before the transaction that keeps it. `parsed` is None
    of one that takes longer to read, and waits (IM-11).
    """

    kind: str
    filename: str
    content: bytes
    options: dict[str, Any]
    parsed: bytes | None
    found: Read
    plan: PostingPlan

    @property
    def place_code(self) -> str | None:
        """The place the file is of."""
        return self.options.get("place") or None


@dataclass(frozen=True)
class Ready:
    """What posting an import writes, worked out before its transactions, for the version it was seen in, and how many
    rows of it are `done`.
    """

    batch_id: int
    kind: str
    version: int
    found: Read
    plan: PostingPlan
    done: int = 0

    @classmethod
    def of(cls, batch: ImportBatch, found: Read, plan: PostingPlan) -> Ready:
        """Nothing of it is done yet."""
        return cls(batch.id, batch.kind, batch.version, found, replace(plan, new=in_order(batch.kind, plan.new)))

    @property
    def step(self) -> list[NewRow]:
        """The rows that the next transaction writes."""
        rest = self.plan.new[self.done :]
        return rest[: step(self.kind, rest)]

    @property
    def is_last(self) -> bool:
        """Whether the next transaction writes the last of it."""
        return self.done + len(self.step) >= len(self.plan.new)

    def after(self, batch: ImportBatch) -> Ready:
        """What is left once the next step is posted."""
        return replace(self, version=batch.version, done=self.done + len(self.step))


def opened(
    actor: Actor,
    kind: str,
    filename: str,
    content: bytes,
    options: dict[str, Any],
    today: dt.date | None = None,
    *,
    patient: bool = True,
) -> Opened:
    """Read a file, outside this process, and work out what importing it would do; nothing is written or locked.

    `today` lets days in the future be named. Who is not `patient` gets what takes longer than a second unread.
    InvalidError where the file can't be read at all.
    """
    require(actor, ACTIONS[kind])
    _check_place(actor, kind, options.get("place") or None)
    parsed = (extract.opened if patient else extract.quickly)(content, kind, options.get("unit") or None)
    if parsed is None:
        return Opened(kind, filename, content, options, None, Read(), PostingPlan())
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
    return Ready.of(batch, found, plan)


def _read(batch: ImportBatch) -> Read:
    """What was read in the file of an import."""
    if reading_of(batch.counts):
        raise ConflictError(N_("这份文件还没有读完, 请稍候"))
    if batch.parsed is None:
        raise ConflictError(N_("这份文件由旧版本读入, 还没有重新读取: 请系统管理员运行 projects init"))
    return unpacked(batch.parsed)


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


def is_begun(batch: ImportBatch) -> bool:
    """Whether some steps of the import are posted, and not the last one."""
    return batch.state == "previewed" and "posted" in batch.counts


def check_waiting(batch: ImportBatch) -> None:
    """ConflictError unless the import waits to be posted."""
    if batch.state != "previewed":
        raise ConflictError(N_("这次导入已经入账或撤销, 请刷新后再看"))


def known(
    actor: Actor, kind: str, keys: Iterable[str], place_code: str | None, today: dt.date | None = None
) -> KnownRows:
    """What is stored of what an import of `kind` may name; `keys` are its rows' identities."""
    if kind == "receipts":
        return KnownRows(taken=vouchers(keys, place_code), today=today, closed=closed_months())
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
        return KnownRows(codes, names, frozenset(inside), *places_near(actor, place_code), everywhere=everywhere)
    documents = documents_in(place_code) if kind == "allocations" else {}
    return KnownRows(
        codes=codes,
        names=names,
        reach=frozenset(inside),
        places={},
        taken=entries(STEPS[kind], keys),
        documents=documents,
        numbers=sorted({number for number, _ in documents}),
        today=today,
        closed=closed_months(),
        homes=homes,
    )


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
