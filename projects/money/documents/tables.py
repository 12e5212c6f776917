"""The table of documents that money comes by."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, UTCDateTime, one_of, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class FundingDocument(Model):
    """A document that hands money on (发改投资 → 省 → 财建 → 指标), linked to the one above it; its lines are ledger
    entries that were allocated by it.

    `number` is as typed, `number_normal` as compared. `total_fen` is what the document says it hands out, where it says
    so. `received_on` is when it arrived.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default="plan")
    number: Mapped[str] = mapped_column(String(80))
    number_normal: Mapped[str] = mapped_column(String(80), index=True)
    title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    issuer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    issued_on: Mapped[dt.date | None] = mapped_column(index=True)
    received_on: Mapped[dt.date | None] = mapped_column()
    source: Mapped[str | None] = mapped_column(String(30))
    budget_year: Mapped[int | None] = mapped_column()
    total_fen: Mapped[int | None] = mapped_column(Fen)
    parent_id: Mapped[int | None] = refers("funding_document.id", nullable=True)
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    import_id: Mapped[int | None] = refers("import_batch.id", nullable=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    version: Mapped[int] = mapped_column()
    __table_args__ = (
        one_of("kind", vocab.DOCUMENT_KINDS),
        one_of("source", vocab.FUNDING_SOURCES),
        CheckConstraint("total_fen > 0", name="total_positive"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        AUTOINCREMENT,
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
