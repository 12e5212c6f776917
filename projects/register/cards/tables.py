"""Tables of a project's card, its yearly plans, and what it needs by source and year."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import Fen, one_of
from projects.core import vocabulary as vocab
from projects.extensions import Model


def _key() -> Mapped[int]:
    return mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)


def _text(most: int) -> Mapped[str]:
    return mapped_column(String(most), default="", server_default="")


class ProjectCard(Model):
    """What official systems and notices ask of every project; the version of its project counts its changes too.

    Areas in square metres, money in fen, coordinates in degrees as typed (WGS84 or the map's own).
    """

    project_id: Mapped[int] = _key()
    content: Mapped[str] = mapped_column(Text, default="", server_default="")
    quantities: Mapped[str] = mapped_column(Text, default="", server_default="")
    nature: Mapped[str] = _text(20)
    industry: Mapped[str] = _text(60)
    address: Mapped[str] = _text(200)
    longitude: Mapped[str] = _text(12)
    latitude: Mapped[str] = _text(12)
    legal_unit: Mapped[str] = _text(120)
    supervising_unit: Mapped[str] = _text(120)
    supervisor: Mapped[str] = _text(60)
    responsible: Mapped[str] = _text(60)
    responsible_phone: Mapped[str] = _text(40)
    contact: Mapped[str] = _text(60)
    contact_phone: Mapped[str] = _text(40)
    major_code: Mapped[str] = _text(40)
    statistics_code: Mapped[str] = _text(40)
    area_approved: Mapped[int | None] = mapped_column()
    area_built: Mapped[int | None] = mapped_column()
    beds_approved: Mapped[int | None] = mapped_column()
    beds_built: Mapped[int | None] = mapped_column()
    total_fen: Mapped[int | None] = mapped_column(Fen)
    building_fen: Mapped[int | None] = mapped_column(Fen)
    equipment_fen: Mapped[int | None] = mapped_column(Fen)
    other_fen: Mapped[int | None] = mapped_column(Fen)


class YearPlan(Model):
    """What a project is to build in a year, in words and in money (fen)."""

    project_id: Mapped[int] = _key()
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount_fen: Mapped[int | None] = mapped_column(Fen)
    content: Mapped[str] = mapped_column(Text, default="", server_default="")


class SourceNeed(Model):
    """How much a project needs of a source in a year, in fen."""

    project_id: Mapped[int] = _key()
    source: Mapped[str] = mapped_column(String(30), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount_fen: Mapped[int] = mapped_column(Fen)
    __table_args__ = (one_of("source", vocab.FUNDING_SOURCES),)
