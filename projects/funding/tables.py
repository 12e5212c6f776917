"""Tables of money beside the ledger: documents, receipts, decisions on them, contracts, imports, closed months, handling of findings.

The ledger itself (`LedgerEntry`) and the approved amounts (`FundingComposition`) stand in projects/models.py. What is posted is never changed: triggers of
migration 0004 refuse UPDATE, REPLACE, and DELETE of whatever is no sample, on `ledger_entry`, `treasury_receipt`, `match_decision`, `composition_revision`
and `finding_step`. A row that rests on a sample row is a sample itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, one_of, percent_range, refers
from projects.core import vocabulary as vocab
from projects.database import Fen, Percent, UTCDateTime
from projects.extensions import Model


def _sample() -> Mapped[bool]:
    return mapped_column(default=False, server_default=false())


class ImportBatch(Model):
    """A file that was read, whole: previewed, then posted, perhaps undone. `content` are its bytes, `counts` what it held."""

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default="previewed")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    posted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = _sample()
    version: Mapped[int] = mapped_column()
    __table_args__ = (one_of("kind", vocab.IMPORT_KINDS), one_of("state", vocab.IMPORT_STATES), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class FundingDocument(Model):
    """A document that hands money on (发改投资 → 省 → 财建 → 指标), linked to the one above it; its lines are ledger entries that were allocated by it.

    `number` is as typed, `number_normal` as compared. `total_fen` is what the document says it hands out, where it says so. `received_on` is when it arrived.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default="plan")
    number: Mapped[str] = mapped_column(String(80))
    number_normal: Mapped[str] = mapped_column(String(80), index=True)
    title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    issuer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    issued_on: Mapped[dt.date | None] = mapped_column(index=True)
    received_on: Mapped[dt.date | None] = mapped_column()
    source: Mapped[str | None] = mapped_column(String(30))
    budget_year: Mapped[int | None] = mapped_column()
    total_fen: Mapped[int | None] = mapped_column(Fen)
    parent_id: Mapped[int | None] = refers("funding_document.id", nullable=True)
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    import_id: Mapped[int | None] = refers("import_batch.id", nullable=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = _sample()
    version: Mapped[int] = mapped_column()
    __table_args__ = (
        one_of("kind", vocab.DOCUMENT_KINDS),
        one_of("source", vocab.FUNDING_SOURCES),
        CheckConstraint("total_fen > 0", name="total_positive"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        AUTOINCREMENT,
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TreasuryReceipt(Model):
    """Money that arrived, as the treasury or the bank says. Never changed: one that is wrong is taken back by a receipt of the opposite amount.

    `voucher` is the treasury's own number, unique among the standing ones of a place. What it pays stands in the ledger (`LedgerEntry.receipt_id`).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    received_on: Mapped[dt.date] = mapped_column(index=True)
    payer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    payee: Mapped[str] = mapped_column(String(120), default="", server_default="")
    amount_fen: Mapped[int] = mapped_column(Fen)
    memo: Mapped[str] = mapped_column(String(300), default="", server_default="")
    source: Mapped[str | None] = mapped_column(String(30))
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    import_id: Mapped[int | None] = refers("import_batch.id", nullable=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("treasury_receipt.id"), unique=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (
        one_of("source", vocab.FUNDING_SOURCES),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        CheckConstraint("reverses_id IS NOT NULL OR amount_fen > 0", name="only_reversals_negative"),
        AUTOINCREMENT,
    )


class MatchDecision(Model):
    """What a person decided about a receipt, kept for good.

    What it pays (`confirm`, with ledger entries), that it is none of the projects' (`outside`), that a proposal is wrong (`reject`), or that an earlier
    decision falls (`undo`). `reasons` is what the program had said for it. `decided_on` is the installation's day; where it is None, that of `at` counts.
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
    is_sample: Mapped[bool] = _sample()
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
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (
        one_of("kind", vocab.ALIAS_KINDS),
        CheckConstraint("(kind = 'unit') = (unit_id IS NOT NULL)", name="unit_named"),
        CheckConstraint("(kind = 'project') = (project_id IS NOT NULL)", name="project_named"),
        AUTOINCREMENT,
    )


class Contract(Model):
    """A contract of a project; what it is worth stands in the ledger (step `contracted`). `retention` is the percentage held back as guarantee."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="works")
    party: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[dt.date] = mapped_column()
    retention: Mapped[float | None] = mapped_column(Percent)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (one_of("kind", vocab.CONTRACT_KINDS), percent_range("retention"), AUTOINCREMENT)


class WorkValue(Model):
    """What of a contract's works was confirmed as done up to a day (确认的已完工程价款), cumulative."""

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = refers("contract.id", cascade=True)
    confirmed_on: Mapped[dt.date] = mapped_column()
    amount_fen: Mapped[int] = mapped_column(Fen)
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (CheckConstraint("amount_fen >= 0", name="amount_positive"), AUTOINCREMENT)


class CompositionRevision(Model):
    """Every value an approved amount ever had, with its document and the day `since` it counted; `amount_fen` None says that the line was taken away.

    Rows from before `since` was kept count since they were approved, else since they were recorded.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    source: Mapped[str] = mapped_column(String(30))
    estimate_kind: Mapped[str] = mapped_column(String(30))
    amount_fen: Mapped[int | None] = mapped_column(Fen)
    document_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    approved_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (
        one_of("source", vocab.FUNDING_SOURCES),
        one_of("estimate_kind", vocab.ESTIMATE_KINDS),
        CheckConstraint("amount_fen >= 0", name="amount_positive"),
        AUTOINCREMENT,
    )


class FundingPeriod(Model):
    """A month that was closed for a place and all in it ('' for the whole installation), with the figures it was closed on; at most one closing stands."""

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column()
    place_code: Mapped[str] = mapped_column(String(6), default="", server_default="")
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    locked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    locked_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    reopened_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    reopened_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    reopen_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (
        Index(
            "uq_funding_period_standing", "month", "place_code", unique=True,
            sqlite_where=text("reopened_at IS NULL"), postgresql_where=text("reopened_at IS NULL"),
        ),
        AUTOINCREMENT,
    )  # fmt: skip


class FindingStep(Model):
    """A step in handling a money finding, kept for good; the newest one of (project, document, rule, source) says where it stands.

    `taken_on` is the installation's day; where it is None, that of `at` counts.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = refers("project.id", cascade=True, nullable=True)
    document_id: Mapped[int | None] = refers("funding_document.id", nullable=True)
    rule: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(40), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10))
    owner: Mapped[str] = mapped_column(String(60), default="", server_default="")
    note: Mapped[str] = mapped_column(String(400), default="", server_default="")
    amount_fen: Mapped[int] = mapped_column(Fen, default=0)
    until: Mapped[dt.date | None] = mapped_column()
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    taken_on: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = _sample()
    __table_args__ = (
        one_of("state", vocab.FINDING_STATES),
        CheckConstraint("(project_id IS NULL) <> (document_id IS NULL)", name="one_subject"),
        AUTOINCREMENT,
    )


class FundingLimit(Model):
    """An installation's own cap, deadline or threshold; it stands in place of the shipped one of the same key (projects/data/funding_limits.yaml)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    rule: Mapped[str] = mapped_column(String(10))
    programme: Mapped[str] = mapped_column(String(60), default="", server_default="")
    region: Mapped[str] = mapped_column(String(60), default="", server_default="")
    valid_from: Mapped[dt.date | None] = mapped_column()
    valid_to: Mapped[dt.date | None] = mapped_column()
    rate: Mapped[float | None] = mapped_column(Percent)
    amount_fen: Mapped[int | None] = mapped_column(Fen)
    number: Mapped[int | None] = mapped_column()
    law: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    __table_args__ = (percent_range("rate"), AUTOINCREMENT)
