"""Tables of the money of each project as it stands on a day, stored: whether it was worked out, its ladder by source,
its findings, what of each year's central plan was paid.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import Fen, one_of
from projects.core import vocabulary as vocab
from projects.extensions import Model


class MoneyStatus(Model):
    """That a project's money was worked out as of a day under the limits with the fingerprint `law`; how many findings
    its ladder alone has, with their sum. There is one for every project, whether it has money or none.
    """

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    as_of: Mapped[dt.date] = mapped_column()
    law: Mapped[str] = mapped_column(String(40))
    ladder_count: Mapped[int] = mapped_column(default=0)
    ladder_fen: Mapped[int] = mapped_column(Fen, default=0)
    rests_on_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_money_status_day", "as_of", "law"),)


class LadderStatus(Model):
    """A project's sums of one source in fen; `approved_fen` is None where nothing was approved."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(String(30), primary_key=True)
    approved_fen: Mapped[int | None] = mapped_column(Fen)
    planned_fen: Mapped[int] = mapped_column(Fen)
    allocated_fen: Mapped[int] = mapped_column(Fen)
    received_fen: Mapped[int] = mapped_column(Fen)
    contracted_fen: Mapped[int] = mapped_column(Fen)
    paid_fen: Mapped[int] = mapped_column(Fen)
    __table_args__ = (one_of("source", vocab.FUNDING_SOURCES),)


class FindingStatus(Model):
    """A finding of a project, in the order in which the rules are asked; its words, and what it rests on where that is
    not its rule's law alone, as translatable texts.
    """

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int] = mapped_column(Fen)
    text: Mapped[dict[str, Any]] = mapped_column(JSON)
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    __table_args__ = (Index("ix_finding_status_rule", "rule", "amount_fen"),)


class CompletionStatus(Model):
    """What of a project's central-budget investment of a year was paid by that year's end, and up to the day (Y-1)."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    allocated_fen: Mapped[int] = mapped_column(Fen)
    paid_fen: Mapped[int] = mapped_column(Fen)
    since_fen: Mapped[int] = mapped_column(Fen)
    rests_on_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_completion_status_year", "year"),)
