"""Tables of what was promised: targets, and counts of programmes whose projects are not registered one by one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from projects.columns import AUTOINCREMENT, Fen, one_of, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model
from projects.register.documents.tables import Clause
from projects.register.projects.tables import Programme, Project


class Target(Model):
    """A promise: who, what, how much, by when, how firmly, in which clause. Superseded, never edited.

    It stands `since` a day (None: since its plan was published), until another that stands superseded it, or until it
    `ended_on` a day, withdrawn or finished (PR-5).

    `threshold` is in hundredths of a percent for percent measures and shares, a number of projects for counts, fen for
    investment.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    project_id: Mapped[int | None] = refers("project.id", nullable=True)
    programme_id: Mapped[int | None] = refers("programme.id", nullable=True)
    clause_id: Mapped[int | None] = refers("clause.id", nullable=True)
    measure: Mapped[str] = mapped_column(String(20))
    quantifier: Mapped[str] = mapped_column(String(10), default="project")
    threshold: Mapped[int | None] = mapped_column(Fen)
    due: Mapped[dt.date | None] = mapped_column()
    commitment: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(20), default="stated")
    wording: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.date | None] = mapped_column()
    ended_on: Mapped[dt.date | None] = mapped_column()
    ended_as: Mapped[str | None] = mapped_column(String(12))
    superseded_by_id: Mapped[int | None] = refers("target.id", nullable=True, index=False)
    clause: Mapped[Clause | None] = relationship(lazy="raise_on_sql")
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (
        CheckConstraint("(project_id IS NULL) <> (programme_id IS NULL)", name="one_subject"),
        CheckConstraint("(quantifier = 'project') = (project_id IS NOT NULL)", name="quantifier_fits"),
        one_of("measure", vocab.MEASURES),
        one_of("quantifier", vocab.QUANTIFIERS),
        one_of("commitment", vocab.COMMITMENTS),
        one_of("basis", vocab.BASES),
        Index(  # of the few that were superseded: by statistics of all, SQLite would rather read the whole table
            "ix_target_superseded_by_id",
            "superseded_by_id",
            sqlite_where=text("superseded_by_id IS NOT NULL"),
            postgresql_where=text("superseded_by_id IS NOT NULL"),
        ),
        AUTOINCREMENT,
    )


class ProgrammeTally(Model):
    """How many of a programme's projects had reached a measure by a day, where they are counted but not registered one
    by one.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = refers("programme.id")
    measure: Mapped[str] = mapped_column(String(20))
    tallied_on: Mapped[dt.date] = mapped_column()
    reached: Mapped[int] = mapped_column()
    total: Mapped[int | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("programme_id", "measure", "tallied_on"),
        one_of("measure", vocab.MEASURES),
        AUTOINCREMENT,
    )
