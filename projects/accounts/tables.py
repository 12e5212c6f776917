"""The tables of guesses, how often an address was wrong lately, and of forms that were sent after their session had ended."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import one_of
from projects.database import UTCDateTime
from projects.extensions import Model

GUESSED = ("password", "token")


class AddressTries(Model):
    """The tries from one address (of IPv6: one /64 network) that were not right, until they are forgotten; and those turned away unread since."""

    address: Mapped[str] = mapped_column(String(60), primary_key=True)
    guessed: Mapped[str] = mapped_column(String(10), primary_key=True)
    tries: Mapped[int] = mapped_column()
    turned_away: Mapped[int] = mapped_column(default=0, server_default="0")
    until: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
    __table_args__ = (one_of("guessed", GUESSED), CheckConstraint("tries >= 0 AND turned_away >= 0", name="counts_positive"))


class KeptForm(Model):
    """The last form that a person sent after their session had ended, until they have signed in again: encrypted, and dropped after an hour."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, index=True)
