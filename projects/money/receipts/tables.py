"""Tables of treasury receipts and closed months. A receipt is never changed: triggers of migration 0004 refuse it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, UTCDateTime, one_of, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class TreasuryReceipt(Model):
    """Money that arrived, as the treasury or the bank says. Never changed: one that is wrong is taken back by a receipt
    of the opposite amount.

    `voucher` is the treasury's own number, unique among the standing ones of a place and year. What it pays stands in
    the ledger (`LedgerEntry.receipt_id`).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    received_on: Mapped[dt.date] = mapped_column(index=True)
    payer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    payee: Mapped[str] = mapped_column(String(120), default="", server_default="")
    amount_fen: Mapped[int] = mapped_column(Fen)
    memo: Mapped[str] = mapped_column(String(300), default="", server_default="")
    source: Mapped[str | None] = mapped_column(String(30))
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    import_id: Mapped[int | None] = refers("import_batch.id", nullable=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("treasury_receipt.id"), unique=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        one_of("source", vocab.FUNDING_SOURCES),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        CheckConstraint("reverses_id IS NOT NULL OR amount_fen > 0", name="only_reversals_negative"),
        AUTOINCREMENT,
    )


class FundingPeriod(Model):
    """A month that was closed for a place and all in it ('' for the whole installation), with the figures it was closed
    on; at most one closing stands.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column()
    place_code: Mapped[str] = mapped_column(String(6), default="", server_default="")
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    locked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    locked_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    reopened_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    reopened_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    reopen_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        Index(
            "uq_funding_period_standing",
            "month",
            "place_code",
            unique=True,
            sqlite_where=text("reopened_at IS NULL"),
            postgresql_where=text("reopened_at IS NULL"),
        ),
        AUTOINCREMENT,
    )
