"""Tables of plan documents and their clauses."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from projects.columns import AUTOINCREMENT, refers
from projects.core.tables import Place
from projects.extensions import Model


class PlanDocument(Model):
    """A published plan that promises projects; its version counts changes of its clauses too."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(120))
    place_code: Mapped[str] = refers("place.code")
    issued_on: Mapped[dt.date | None] = mapped_column()
    year: Mapped[int] = mapped_column()
    version: Mapped[int] = mapped_column(server_default="1")
    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    __table_args__ = (AUTOINCREMENT,)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own spelling


class Clause(Model):
    """A numbered clause of a plan document, as short as its locator and heading."""

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = refers("plan_document.id")
    locator: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(String(200))
    document: Mapped[PlanDocument] = relationship(lazy="raise_on_sql")
    __table_args__ = (UniqueConstraint("document_id", "locator"), AUTOINCREMENT)
