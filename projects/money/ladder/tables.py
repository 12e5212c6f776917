"""Tables of the approved amounts by source, and every value they had before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, UTCDateTime, one_of, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class FundingComposition(Model):
    """How much a source is approved to give to a project, in one kind of estimate (估算 … 决算).

    The amount counts `since` a day (None: always did); what was approved before it stands in `CompositionRevision`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True, index=False)
    source: Mapped[str] = mapped_column(String(30))
    estimate_kind: Mapped[str] = mapped_column(String(30), default="approved_estimate")
    amount_fen: Mapped[int] = mapped_column(Fen)
    document_number: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("project_id", "source", "estimate_kind"),
        one_of("source", vocab.FUNDING_SOURCES),
        one_of("estimate_kind", vocab.ESTIMATE_KINDS),
        CheckConstraint("amount_fen >= 0", name="amount_positive"),
        AUTOINCREMENT,
    )


class CompositionRevision(Model):
    """Every value an approved amount ever had, with its document and the day `since` it counted; `amount_fen` None says
    that the line was taken away.

    Rows from before `since` was kept count since they were approved, else since they were recorded.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    source: Mapped[str] = mapped_column(String(30))
    estimate_kind: Mapped[str] = mapped_column(String(30))
    amount_fen: Mapped[int | None] = mapped_column(Fen)
    document_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    approved_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        one_of("source", vocab.FUNDING_SOURCES),
        one_of("estimate_kind", vocab.ESTIMATE_KINDS),
        CheckConstraint("amount_fen >= 0", name="amount_positive"),
        AUTOINCREMENT,
    )
