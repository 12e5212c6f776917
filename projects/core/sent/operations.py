"""Writes on forms that were sent: in the transaction of the effect, so that neither is stored without the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from projects.core.sent.tables import SentForm
from projects.extensions import db

KEPT = dt.timedelta(days=2)  # longer than any session and any form that is kept for the next one
AT_ONCE = 100  # old rows that one write clears away


def claim(key_hash: str, endpoint: str, digest: str, now: dt.datetime) -> bool:
    """Take this key for the transaction that is open; False where an effect was stored under it.

    While another transaction holds it, its end is waited for: SQLite has one writer, PostgreSQL waits at the row.
    """
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"key_hash": key_hash, "endpoint": endpoint[:80], "digest": digest, "answer": "", "sent_at": now}
    taken = insert(SentForm).values(**values).on_conflict_do_nothing().returning(SentForm.key_hash)
    return db.session.execute(taken).first() is not None


def keep_answer(key_hash: str, answer: str, now: dt.datetime) -> None:
    """Keep what a claimed form is answered, and drop answers nobody can ask for any more; rows that others are just
    dropping are left to them.
    """
    db.session.execute(
        update(SentForm)
        .where(SentForm.key_hash == key_hash)
        .values(answer=answer)
        .execution_options(synchronize_session=False)
    )
    old = select(SentForm.key_hash).where(SentForm.sent_at < now - KEPT).limit(AT_ONCE)
    db.session.execute(
        delete(SentForm)
        .where(SentForm.key_hash.in_(old.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )
