"""The table of forms that were sent."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import UTCDateTime
from projects.extensions import Model


class SentForm(Model):
    """A form that had its effect: its key and its sender, hashed; where it went; what it said, hashed; its answer,
    sealed under a key that only its sender has.
    """

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
