"""The table of the ledger.

What is posted is never changed: triggers of migration 0004 refuse UPDATE, REPLACE, and DELETE of whatever is no sample.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, UTCDateTime, one_of, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model


class LedgerEntry(Model):
    """A dated step of money from one source: planned, allocated, received, contracted or paid. Never changed: a
    correction is a new entry.

    `allocation_id` is the allocated entry it draws on (a receipt, a payment), or, for an allocated entry, the line of
    the document above that it hands on; such an entry is the same money again and counts in no sum. `external_id` is a
    line's or voucher's number elsewhere, which stands once in its books (M-12). `budget_year` is the year of the
    money's budget.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    source: Mapped[str] = mapped_column(String(30))
    step: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20), default="normal", server_default="normal")
    entry_on: Mapped[dt.date] = mapped_column()
    budget_year: Mapped[int | None] = mapped_column()
    amount_fen: Mapped[int] = mapped_column(Fen)
    document_number: Mapped[str] = mapped_column(String(80), default="")
    external_id: Mapped[str] = mapped_column(String(60), default="", server_default="")
    memo: Mapped[str] = mapped_column(String(200), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), index=True, unique=True)
    document_id: Mapped[int | None] = refers("funding_document.id", nullable=True)
    allocation_id: Mapped[int | None] = refers("ledger_entry.id", nullable=True)
    receipt_id: Mapped[int | None] = refers("treasury_receipt.id", nullable=True)
    contract_id: Mapped[int | None] = refers("contract.id", nullable=True)
    import_id: Mapped[int | None] = refers("import_batch.id", nullable=True)
    decision_id: Mapped[int | None] = refers("match_decision.id", nullable=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        one_of("source", vocab.FUNDING_SOURCES),
        one_of("step", vocab.LEDGER_STEPS),
        one_of("kind", vocab.LEDGER_KINDS),
        Index("ix_ledger_entry_step_external_id", "step", "external_id"),
        Index(
            "ix_ledger_entry_step_day", "step", "entry_on", "project_id", "amount_fen"
        ),  # sums of months read it alone
        AUTOINCREMENT,
    )
