"""Tables of projects, how they ended, the programmes they belong to, and those they belonged to before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from projects.columns import AUTOINCREMENT, one_of, refers
from projects.core import vocabulary as vocab
from projects.core.tables import Place
from projects.extensions import Model
from projects.people.accounts.tables import Unit
from projects.register.documents.tables import PlanDocument


class Programme(Model):
    """A group of projects that a plan names together (项目群)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    place_code: Mapped[str] = refers("place.code")
    document_id: Mapped[int | None] = refers("plan_document.id", nullable=True)
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (AUTOINCREMENT,)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own spelling


class FormerProgramme(Model):
    """The programme that a project belonged to (None: to none) before it joined another, counting `since` a day (None:
    always did). Never edited; a later row wins.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    programme_id: Mapped[int | None] = refers("programme.id", nullable=True)
    since: Mapped[dt.date | None] = mapped_column()
    __table_args__ = (AUTOINCREMENT,)


class Project(Model):
    """A construction project. `slug` is its public name in addresses.

    It belongs to its programme since `programme_since` (None: always did); what it belonged to before stands in
    `FormerProgramme`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    national_code: Mapped[str | None] = mapped_column(String(30), unique=True)
    category: Mapped[str] = mapped_column(String(20), default="other")
    unit_id: Mapped[int | None] = refers("unit.id", nullable=True)
    place_code: Mapped[str] = refers("place.code")
    programme_id: Mapped[int | None] = refers("programme.id", nullable=True)
    programme_since: Mapped[dt.date | None] = mapped_column()
    document_id: Mapped[int | None] = refers("plan_document.id", nullable=True)
    note: Mapped[str] = mapped_column(Text, default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme | None] = relationship(lazy="raise_on_sql")
    document: Mapped[PlanDocument | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (one_of("category", vocab.CATEGORIES), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProjectEnd(Model):
    """That a project was dropped (终止) or archived (归档): `since` a day, `until` the day on which it was brought back
    (None: it was not). Rows are never removed, so that every day of the past shows the project as it was.

    `decided_on` is the day of the decision that dropped it, as its paper (`evidence`) says.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    kind: Mapped[str] = mapped_column(String(10))
    since: Mapped[dt.date] = mapped_column()
    until: Mapped[dt.date | None] = mapped_column()
    decided_on: Mapped[dt.date | None] = mapped_column()
    reason: Mapped[str] = mapped_column(String(400), default="")
    evidence: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (
        one_of("kind", vocab.PROJECT_ENDS),
        Index(  # at most one of a kind stands
            "ix_project_end_standing",
            "project_id",
            "kind",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_project_end_kind", "kind", "since", "until", "project_id"),  # which lists leave out
        AUTOINCREMENT,
    )
