"""Every table: columns, constraints, relationships. No rules, no queries. What features share stands here; a feature's own tables stand in its `tables.py` and are named at the end.

Conventions: money is integer fen (`Fen`), percentages carry two decimals (`Percent`), instants are UTC (`UTCDateTime`), days are Beijing days, a month is
its first day. `is_sample` marks 示例 rows that `projects demo --clear` removes. `version` columns turn a second writer into a conflict.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from projects.columns import AUTOINCREMENT, one_of, percent_range, refers
from projects.core import vocabulary as vocab
from projects.database import Fen, Percent, UTCDateTime
from projects.extensions import Model

# --- places, units, people -----------------------------------------------------------------------------------------------


class Place(Model):
    """An administrative division by its GB/T 2260 code; `parent_code` spans the tree."""

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    parent_code: Mapped[str | None] = refers("place.code", nullable=True)


class Unit(Model):
    """An organisation: a commission, a hospital, a project unit."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    place_code: Mapped[str] = refers("place.code")
    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    __table_args__ = (AUTOINCREMENT,)


class User(Model):
    """A person who signs in, with one role."""

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(10), default="zh")
    is_active: Mapped[bool] = mapped_column(default=True)
    unit_id: Mapped[int | None] = refers("unit.id", nullable=True)
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    password_changed_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    totp_last_step: Mapped[int | None] = mapped_column()
    last_sign_in_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()
    __table_args__ = (one_of("role", vocab.ROLES), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own spelling


class Setting(Model):
    """A named value of this installation, such as the demo's status date."""

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


# --- plan documents, programmes, projects, targets -------------------------------------------------------------------------


class PlanDocument(Model):
    """A published plan that promises projects."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(120))
    place_code: Mapped[str] = refers("place.code")
    issued_on: Mapped[dt.date | None] = mapped_column()
    year: Mapped[int] = mapped_column()
    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    __table_args__ = (AUTOINCREMENT,)


class Clause(Model):
    """A numbered clause of a plan document, as short as its locator and heading."""

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = refers("plan_document.id")
    locator: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(String(200))
    document: Mapped[PlanDocument] = relationship(lazy="raise_on_sql")
    __table_args__ = (UniqueConstraint("document_id", "locator"), AUTOINCREMENT)


class Programme(Model):
    """A group of projects that a plan names together (项目群)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    place_code: Mapped[str] = refers("place.code")
    document_id: Mapped[int | None] = refers("plan_document.id", nullable=True)
    note: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (AUTOINCREMENT,)


class Project(Model):
    """A construction project. `slug` is its public name in addresses.

    It belongs to its programme since `programme_since` (None: always did); what it belonged to before stands in `FormerProgramme`.
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


class ProjectAssignment(Model):
    """A project manager's own project."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)


class Target(Model):
    """A promise: who, what, how much, by when, how firmly, in which clause. Superseded, never edited.

    `threshold` is in hundredths of a percent for percent measures and shares, a number of projects for counts, fen for investment.
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
    superseded_by_id: Mapped[int | None] = refers("target.id", nullable=True)
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
        AUTOINCREMENT,
    )


class ProgrammeTally(Model):
    """How many of a programme's projects had reached a measure by a day, where they are counted but not registered one by one."""

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = refers("programme.id")
    measure: Mapped[str] = mapped_column(String(20))
    tallied_on: Mapped[dt.date] = mapped_column()
    reached: Mapped[int] = mapped_column()
    total: Mapped[int | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("programme_id", "measure", "tallied_on"), one_of("measure", vocab.MEASURES), AUTOINCREMENT)


# --- plan of a project: work stages, milestones, gates, events --------------------------------------------------------------


class WorkStage(Model):
    """A work stage (施工阶段) with its weight, and its dates where they were planned. `key` names a stage of the template or is the project's own."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True, index=False)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column()
    weight: Mapped[float] = mapped_column(Percent)
    basis: Mapped[str] = mapped_column(String(20), default="judgement")
    floors_planned: Mapped[int | None] = mapped_column()
    baseline_start: Mapped[dt.date | None] = mapped_column()
    baseline_finish: Mapped[dt.date | None] = mapped_column()
    plan_start: Mapped[dt.date | None] = mapped_column()
    plan_finish: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        percent_range("weight"),
        one_of("basis", vocab.BASES),
        CheckConstraint("floors_planned > 0", name="floors_positive"),
        AUTOINCREMENT,
    )


class Milestone(Model):
    """A dated plan point: of the whole (`percent`, 0 start … 100 finish), of a gate (`gate_key`), or just named. Baseline, current plan, actual.

    `plan_on` counts `since` a day (None: always did); what was planned before it stands in `FormerPlan`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column()
    percent: Mapped[float | None] = mapped_column(Percent)
    gate_key: Mapped[str | None] = mapped_column(String(40))
    baseline_on: Mapped[dt.date | None] = mapped_column()
    plan_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    actual_on: Mapped[dt.date | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(300), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (percent_range("percent"), AUTOINCREMENT)


class Gate(Model):
    """A stage gate (审批与验收) of a project, once it was passed or waived with a reason (on a day; none: always was); the template gives order and prerequisites."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True, index=False)
    key: Mapped[str] = mapped_column(String(40))
    passed_on: Mapped[dt.date | None] = mapped_column()
    document_number: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    waived_reason: Mapped[str] = mapped_column(Text, default="")
    waived_on: Mapped[dt.date | None] = mapped_column()
    recorded_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    __table_args__ = (UniqueConstraint("project_id", "key"), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Event(Model):
    """Something that happened, on public record or as reported: may pass a gate, state a work stage's percent, or stop or resume the works (`effect`).

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
    source: Mapped[str] = mapped_column(String(300))
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        one_of("precision", vocab.PRECISIONS),
        percent_range("percent"),
        CheckConstraint("(stage_key IS NULL) = (percent IS NULL)", name="stage_with_percent"),
        AUTOINCREMENT,
    )


# --- money ---------------------------------------------------------------------------------------------------------------------


class FundingComposition(Model):
    """How much a source is approved to give to a project, in one kind of estimate (估算 … 决算).

    The amount counts `since` a day (None: always did); what was approved before it stands in `CompositionRevision`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True, index=False)
    source: Mapped[str] = mapped_column(String(30))
    estimate_kind: Mapped[str] = mapped_column(String(30), default="approved_estimate")
    amount_fen: Mapped[int] = mapped_column(Fen)
    document_number: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("project_id", "source", "estimate_kind"),
        one_of("source", vocab.FUNDING_SOURCES),
        one_of("estimate_kind", vocab.ESTIMATE_KINDS),
        CheckConstraint("amount_fen >= 0", name="amount_positive"),
        AUTOINCREMENT,
    )


class LedgerEntry(Model):
    """A dated step of money from one source: planned, allocated, received, contracted or paid. Never changed: a correction is a new entry.

    `allocation_id` is the allocated entry it draws on (a receipt, a payment), or, for an allocated entry, the line of the document above that it hands on; such
    an entry is the same money again and counts in no sum. `external_id` is a line's or voucher's number elsewhere. `budget_year` is the year of the money's budget.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    source: Mapped[str] = mapped_column(String(30))
    step: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20), default="normal", server_default="normal")
    entry_on: Mapped[dt.date] = mapped_column()
    budget_year: Mapped[int | None] = mapped_column()
    amount_fen: Mapped[int] = mapped_column(Fen)
    document_number: Mapped[str] = mapped_column(String(80), default="")
    external_id: Mapped[str] = mapped_column(String(60), default="", server_default="")
    memo: Mapped[str] = mapped_column(String(200), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), index=True, unique=True)
    document_id: Mapped[int | None] = refers("funding_document.id", nullable=True)
    allocation_id: Mapped[int | None] = refers("ledger_entry.id", nullable=True)
    receipt_id: Mapped[int | None] = refers("treasury_receipt.id", nullable=True)
    contract_id: Mapped[int | None] = refers("contract.id", nullable=True)
    import_id: Mapped[int | None] = refers("import_batch.id", nullable=True)
    decision_id: Mapped[int | None] = refers("match_decision.id", nullable=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        one_of("source", vocab.FUNDING_SOURCES),
        one_of("step", vocab.LEDGER_STEPS),
        one_of("kind", vocab.LEDGER_KINDS),
        Index("ix_ledger_entry_step_external_id", "step", "external_id"),
        AUTOINCREMENT,
    )


# --- tables that stand with their feature -------------------------------------------------------------------------------------------

from projects.accounts.tables import (
    AddressTries as AddressTries,
    ApiToken as ApiToken,
    KeptForm as KeptForm,
    LoginSession as LoginSession,
    PasswordHistory as PasswordHistory,
    UserPlace as UserPlace,
)
from projects.audit.tables import AuditCheckpoint as AuditCheckpoint, AuditEntry as AuditEntry
from projects.catalogue.tables import FormerProgramme as FormerProgramme
from projects.files.tables import Attachment as Attachment
from projects.funding.tables import (
    Alias as Alias,
    CompositionRevision as CompositionRevision,
    Contract as Contract,
    FindingStep as FindingStep,
    FundingDocument as FundingDocument,
    FundingLimit as FundingLimit,
    FundingPeriod as FundingPeriod,
    ImportBatch as ImportBatch,
    MatchDecision as MatchDecision,
    TreasuryReceipt as TreasuryReceipt,
    WorkValue as WorkValue,
)
from projects.reports.tables import MonthlyReport as MonthlyReport, ReportStep as ReportStep, StageProgress as StageProgress
from projects.schedule.tables import FormerPlan as FormerPlan
from projects.slippage.tables import (
    Exemption as Exemption,
    ProjectStatus as ProjectStatus,
    ReferenceVersion as ReferenceVersion,
    RuleChoice as RuleChoice,
    RuleSetVersion as RuleSetVersion,
    TargetStatus as TargetStatus,
)
