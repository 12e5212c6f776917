"""The table of attachments."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, refers
from projects.extensions import Model


class Attachment(Model):
    """A photo or a paper of a project, of one of its reports or gates, or of a request, which alone may belong to no
    project; the bytes lie in the storage under a random key.

    What came as evidence of a request (`request_id`) is the project's, or the gate's, paper only once the request was
    agreed to.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = refers("project.id", nullable=True)
    report_id: Mapped[int | None] = refers("monthly_report.id", nullable=True)
    gate_id: Mapped[int | None] = refers("gate.id", nullable=True)
    request_id: Mapped[int | None] = refers("consent_request.id", nullable=True)
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(80), unique=True)
    thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    uploaded_by_id: Mapped[int] = refers("user.id")
    uploaded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_positive"),
        CheckConstraint("project_id IS NOT NULL OR request_id IS NOT NULL", name="belongs"),
        AUTOINCREMENT,
    )
