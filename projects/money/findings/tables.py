"""Tables of how findings are handled, which triggers of migration 0004 keep as it is, and of an installation's own
limits.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, Percent, UTCDateTime, one_of, percent_range, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class FindingStep(Model):
    """A step in handling a money finding, kept for good; the newest one of (project, document, rule, source) says where
    it stands.

    `taken_on` is the installation's day; where it is None, that of `at` counts.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = refers("project.id", cascade=True, nullable=True)
    document_id: Mapped[int | None] = refers("funding_document.id", nullable=True)
    rule: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(40), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10))
    owner: Mapped[str] = mapped_column(String(60), default="", server_default="")
    note: Mapped[str] = mapped_column(String(400), default="", server_default="")
    amount_fen: Mapped[int] = mapped_column(Fen, default=0)
    until: Mapped[dt.date | None] = mapped_column()
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    taken_on: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        one_of("state", vocab.FINDING_STATES),
        CheckConstraint("(project_id IS NULL) <> (document_id IS NULL)", name="one_subject"),
        AUTOINCREMENT,
    )


class FundingLimit(Model):
    """An installation's own cap, deadline or threshold; it stands in place of the shipped one of the same key
    (projects/data/funding_limits.yaml).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    rule: Mapped[str] = mapped_column(String(10))
    programme: Mapped[str] = mapped_column(String(60), default="", server_default="")
    region: Mapped[str] = mapped_column(String(60), default="", server_default="")
    valid_from: Mapped[dt.date | None] = mapped_column()
    valid_to: Mapped[dt.date | None] = mapped_column()
    rate: Mapped[float | None] = mapped_column(Percent)
    amount_fen: Mapped[int | None] = mapped_column(Fen)
    number: Mapped[int | None] = mapped_column()
    law: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    __table_args__ = (percent_range("rate"), AUTOINCREMENT)
