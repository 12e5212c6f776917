"""The table of events: what happened on site, stops among it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Percent, one_of, percent_range, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model


class Event(Model):
    """Something that happened, on public record or as reported: may pass a gate, state a work stage's percent, or stop
    or resume the works (`effect`); a stop may name the day on which works are expected to go on (`expected_on`).

    A month-precise day is the month's last.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    happened_on: Mapped[dt.date] = mapped_column()
    precision: Mapped[str] = mapped_column(String(10), default="day")
    text: Mapped[str] = mapped_column(String(300))
    gate_key: Mapped[str | None] = mapped_column(String(40))
    stage_key: Mapped[str | None] = mapped_column(String(40))
    percent: Mapped[float | None] = mapped_column(Percent)
    effect: Mapped[str] = mapped_column(String(10), default="", server_default="")
    expected_on: Mapped[dt.date | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300))
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        one_of("precision", vocab.PRECISIONS),
        percent_range("percent"),
        CheckConstraint("(stage_key IS NULL) = (percent IS NULL)", name="stage_with_percent"),
        AUTOINCREMENT,
    )
