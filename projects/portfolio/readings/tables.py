"""Tables of plans that were read: the document as it was sent, and what the program proposes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, UTCDateTime, one_of, refers
from projects.extensions import Model

STATES = ("open", "accepted", "rejected")
PARTS = ("plan", "review")


def _left(target: str) -> Mapped[int | None]:
    """A row that may be removed by itself."""
    return mapped_column(ForeignKey(target, ondelete="SET NULL"), index=True, nullable=True)


class PlanReading(Model):
    """A plan as it was sent, its text, and what stands in its head; `done` once nobody works on it any more."""

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    text: Mapped[str] = mapped_column(Text, deferred=True)
    head: Mapped[dict[str, Any]] = mapped_column(JSON)
    clauses: Mapped[list[Any]] = mapped_column(JSON)
    unread: Mapped[list[Any]] = mapped_column(JSON)
    notes: Mapped[list[Any]] = mapped_column(JSON)
    place_code: Mapped[str] = refers("place.code")
    document_id: Mapped[int | None] = _left("plan_document.id")
    state: Mapped[str] = mapped_column(String(10), default="open")
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    __table_args__ = (one_of("state", ("open", "done")), AUTOINCREMENT)


class PlanProposal(Model):
    """Something that a plan seems to promise (or its review to report), at the characters `begins` to `ends`; what a
    person made of it. `threshold` as in `Target`; `likely` are ids of projects that it may mean, with reasons.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = refers("plan_reading.id", cascade=True)
    position: Mapped[int] = mapped_column()
    part: Mapped[str] = mapped_column(String(10))
    project: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(String(20))
    quantifier: Mapped[str] = mapped_column(String(10))
    threshold: Mapped[int | None] = mapped_column(Fen)
    due: Mapped[dt.date | None] = mapped_column()
    commitment: Mapped[str] = mapped_column(String(10))
    quote: Mapped[str] = mapped_column(String(400))
    locator: Mapped[str] = mapped_column(String(40))
    begins: Mapped[int] = mapped_column()
    ends: Mapped[int] = mapped_column()
    members: Mapped[list[str]] = mapped_column(JSON)
    likely: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="open")
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    project_id: Mapped[int | None] = _left("project.id")
    target_id: Mapped[int | None] = _left("target.id")
    event_id: Mapped[int | None] = _left("event.id")
    made_project: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()
    __table_args__ = (one_of("state", STATES), one_of("part", PARTS), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
