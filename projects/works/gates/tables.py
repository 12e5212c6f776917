"""The table of gates passed or waived."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, refers
from projects.extensions import Model


class Gate(Model):
    """A stage gate (审批与验收) of a project, once it was passed or waived with a reason (on a day; none: always was);
    the template gives order and prerequisites.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True, index=False)
    key: Mapped[str] = mapped_column(String(40))
    passed_on: Mapped[dt.date | None] = mapped_column()
    document_number: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    waived_reason: Mapped[str] = mapped_column(Text, default="")
    backdated_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    waived_on: Mapped[dt.date | None] = mapped_column()
    recorded_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    __table_args__ = (UniqueConstraint("project_id", "key"), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
