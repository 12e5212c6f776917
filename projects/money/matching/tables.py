"""Tables of decisions on receipts, which triggers of migration 0004 keep as they are, and of other names of units and
projects.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, Fen, UTCDateTime, one_of, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class MatchDecision(Model):
    """What a person decided about a receipt, kept for good.

    What it pays (`confirm`, with ledger entries), that it is none of the projects' (`outside`), that a proposal is
    wrong (`reject`), or that an earlier decision falls (`undo`). `reasons` is what the program had said for it.
    `decided_on` is the installation's day; where it is None, that of `at` counts.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = refers("treasury_receipt.id")
    action: Mapped[str] = mapped_column(String(10))
    outside_kind: Mapped[str | None] = mapped_column(String(10))
    amount_fen: Mapped[int] = mapped_column(Fen, default=0)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("match_decision.id"), unique=True)
    reasons: Mapped[Any] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    decided_on: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        one_of("action", vocab.DECISION_ACTIONS),
        one_of("outside_kind", vocab.OUTSIDE_KINDS),
        CheckConstraint("(action = 'outside') = (outside_kind IS NOT NULL)", name="outside_has_kind"),
        CheckConstraint("(action = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_what"),
        AUTOINCREMENT,
    )


class Alias(Model):
    """Another name that the memos of a place use for a unit or a project, learned from what a person confirmed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(200), index=True)
    unit_id: Mapped[int | None] = refers("unit.id", nullable=True)
    project_id: Mapped[int | None] = refers("project.id", cascade=True, nullable=True)
    decision_id: Mapped[int | None] = refers("match_decision.id", nullable=True)
    learned_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    __table_args__ = (
        one_of("kind", vocab.ALIAS_KINDS),
        CheckConstraint("(kind = 'unit') = (unit_id IS NOT NULL)", name="unit_named"),
        CheckConstraint("(kind = 'project') = (project_id IS NOT NULL)", name="project_named"),
        AUTOINCREMENT,
    )
