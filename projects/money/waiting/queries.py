"""Which files wait to be read, and reading one. Rule IM-11."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.core.errors import InvalidError
from projects.core.permissions import may
from projects.core.text import N_, Text
from projects.extensions import db
from projects.money.imports import extract
from projects.money.imports.kept import packed, unpacked
from projects.money.imports.plan import PostingPlan
from projects.money.imports.queries import ACTIONS, counts, planned
from projects.money.imports.reading import CellFault, Read
from projects.money.imports.tables import ImportBatch
from projects.money.waiting.reading import MOST_TRIES, Reading, reading_of
from projects.people.accounts.tables import User
from projects.people.sign_in.queries import actor_of


@dataclass(frozen=True)
class Waiting:
    """A file that waits: how far it is, and how many were sent before it and wait too."""

    reading: Reading
    ahead: int


@dataclass(frozen=True)
class FileRead:
    """What came of reading a file: packed, and in figures."""

    parsed: bytes
    counts: dict[str, Any]


def waiting(batch: ImportBatch) -> Waiting | None:
    """How far the file of an import is; None where it is read."""
    reading = reading_of(batch.counts)
    return Waiting(reading, sum(key < batch.id for key, _ in _unread())) if reading else None


def next_unread(now: dt.datetime) -> int | None:
    """The first file that nobody reads."""
    return next((key for key, reading in _unread() if reading.is_free(now)), None)


def _unread() -> list[tuple[int, Reading]]:
    own = ImportBatch
    statement = select(own.id, own.counts).where(own.parsed.is_(None), own.state == "previewed").order_by(own.id)
    found = ((key, reading_of(told)) for key, told in db.session.execute(statement))
    return [(key, reading) for key, reading in found if reading]


def read(batch_id: int) -> FileRead | None:
    """The file of an import read, or why it can't be, and what importing it would do, for the person who sent it.

    None where it was dropped meanwhile.
    """
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or not (reading := reading_of(batch.counts)):
        return None
    parsed = _given_up() if reading.tries > MOST_TRIES else reread(batch_id)
    found, user = unpacked(parsed), db.session.get(User, batch.by_id) if batch.by_id else None
    plan = PostingPlan(faults=found.faults, notes=found.notes)
    if user and user.is_active and may(actor := actor_of(user), ACTIONS[batch.kind]):
        plan = planned(actor, batch.kind, found, batch.options)
    return FileRead(parsed, counts(found, plan))


def former() -> list[int]:
    """The imports that a former version kept without what was read in their files."""
    unread = db.session.execute(select(ImportBatch.id, ImportBatch.counts).where(ImportBatch.parsed.is_(None)))
    return [key for key, told in unread if not reading_of(told)]


def reread(batch_id: int) -> bytes:
    """What is read in such a file now, or why it can't be read, packed."""
    kept = select(ImportBatch.content, ImportBatch.kind, ImportBatch.options).where(ImportBatch.id == batch_id)
    content, kind, options = db.session.execute(kept).one()
    try:
        return extract.opened(content, kind, options.get("unit") or None)
    except InvalidError as problem:
        return packed(Read(faults=[CellFault("", "", "", text) for text in problem.fields.values()]))


def _given_up() -> bytes:
    text = Text(N_("读了 %(count)s 次都没有读完: 请分成几个文件, 或另存为 CSV 再试"), {"count": MOST_TRIES})
    return packed(Read(faults=[CellFault("", "", "", text)]))
