"""Writes on files that wait to be read: one is claimed, what was read is kept. Rule IM-11."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from projects.extensions import db
from projects.money.imports.tables import ImportBatch
from projects.money.waiting.queries import FileRead
from projects.money.waiting.reading import READING, reading_of


def take(batch_id: int, now: dt.datetime) -> bool:
    """Begin to read the file of an import; False where somebody else does, or did."""
    batch = _held(batch_id)
    reading = reading_of(batch.counts) if batch else None
    if batch is None or reading is None or not reading.is_free(now):
        return False
    batch.counts = batch.counts | reading.begun(now).figures()
    db.session.flush()
    return True


def keep(batch_id: int, file: FileRead | None) -> None:
    """Keep what was read, unless the import was dropped or read by another meanwhile."""
    batch = _held(batch_id)
    if batch is None or file is None or not reading_of(batch.counts):
        return
    rest = {name: value for name, value in batch.counts.items() if name != READING}
    batch.parsed, batch.counts = file.parsed, rest | file.counts
    db.session.flush()


def _held(batch_id: int) -> ImportBatch | None:
    return db.session.scalar(select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update())
