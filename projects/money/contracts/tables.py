"""Tables of contracts and the value of work confirmed on them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, Percent, UTCDateTime, one_of, percent_range, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class Contract(Model):
    """A contract of a project; what it is worth stands in the ledger (step `contracted`).

    `retention` is the percentage held back as guarantee.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="works")
    party: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[dt.date] = mapped_column()
    retention: Mapped[float | None] = mapped_column(Percent)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (one_of("kind", vocab.CONTRACT_KINDS), percent_range("retention"), AUTOINCREMENT)


class WorkValue(Model):
    """What of a contract's works was confirmed as done up to a day (确认的已完工程价款), cumulative."""

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = refers("contract.id", cascade=True)
    confirmed_on: Mapped[dt.date] = mapped_column()
    amount_fen: Mapped[int] = mapped_column(Fen)
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (CheckConstraint("amount_fen >= 0", name="amount_positive"), AUTOINCREMENT)
