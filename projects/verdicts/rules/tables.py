"""Tables of the rules that verdicts follow: versions of rule sets, which programme follows which, exemptions
of lights.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, one_of, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model


class RuleSetVersion(Model):
    """One version of a rule set: its figures, in force from a day on. Never edited; other figures are the next
    version.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(60))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    adopted_on: Mapped[dt.date] = mapped_column()
    adopted_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = refers("user.id", nullable=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("key", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        AUTOINCREMENT,
    )


class RuleChoice(Model):
    """From a day on a programme (None: everything without a choice of its own) follows a rule set.

    Never edited; the newest counts.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int | None] = refers("programme.id", nullable=True)
    key: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    chosen_on: Mapped[dt.date] = mapped_column()
    chosen_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = refers("user.id", nullable=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (AUTOINCREMENT,)


class Exemption(Model):
    """A project's light taken out of the count for a time, asked for by the unit and approved by a dispatcher; ended
    early, it keeps its row.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    light: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(String(120))
    approver_id: Mapped[int] = refers("user.id")
    since: Mapped[dt.date] = mapped_column()
    until: Mapped[dt.date] = mapped_column()
    approved_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    ended_on: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        one_of("light", vocab.PROJECT_LIGHTS),
        CheckConstraint("until >= since", name="days_in_order"),
        AUTOINCREMENT,
    )
