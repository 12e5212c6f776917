"""The table of checkpoints: where the history goes on after its older part was archived and removed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT
from projects.database import UTCDateTime
from projects.extensions import Model


class AuditCheckpoint(Model):
    """The end of an archived part: its last entry's id and digest, which the oldest entry kept is chained to; append-only like the history itself.

    `mac` seals the row with the key of the chain, so that nobody without the key can pass a cut head off as an archived one.
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
