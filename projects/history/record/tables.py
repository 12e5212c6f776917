"""Tables of the history: its entries, and the checkpoints where it goes on after its older part was archived and
removed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, one_of, refers
from projects.extensions import Model


class AuditEntry(Model):
    """Who did what to which object, from where, with which result, written in the transaction of the change.

    Append-only: triggers refuse to change or remove a row. `project_id` may be the number of a project that is gone, as
    a pack of examples goes. `digest` chains each row to the one before with a key that is not in the database.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = refers("user.id", nullable=True)
    actor_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    address: Mapped[str] = mapped_column(String(60), default="", server_default="")
    tag: Mapped[str] = mapped_column(String(60), index=True)
    result: Mapped[str] = mapped_column(String(10), default="done", server_default="done")
    project_id: Mapped[int | None] = mapped_column(index=True)
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    __table_args__ = (
        one_of("result", ("done", "refused")),
        Index("ix_audit_entry_object", "object_type", "object_id"),
        AUTOINCREMENT,
    )


class AuditCheckpoint(Model):
    """The end of an archived part: its last entry's id and digest, which the oldest entry kept is chained to;
    append-only like the history itself.

    `mac` seals the row with the key of the chain, so that nobody without the key can pass a cut head off as an archived
    one.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    last_id: Mapped[int] = mapped_column(unique=True)
    last_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column()
    file_sha256: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
    __table_args__ = (AUTOINCREMENT,)
