"""Reads of money: one project's, or all that the asker may see; a fixed number of statements, always within the asker's
scope.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, cast, func, select

from projects.core.permissions import Actor
from projects.core.tables import Place
from projects.database import rows_of
from projects.extensions import db
from projects.money.findings.ladder import findings
from projects.money.findings.queries import limits
from projects.money.ladder import sheet
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.sheet import CompositionRow, EntryRow, FundingPage, ProjectLadder, ProjectMoney, RevisionRow
from projects.money.ladder.sums import APPROVING, PostedSum, approved, ladder, sums
from projects.money.ladder.tables import CompositionRevision
from projects.money.ledger.queries import compositions, counts_once, own_number, stands, taken_back_by
from projects.money.ledger.tables import LedgerEntry
from projects.register.projects.queries import programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.selection.queries import conditions


def money_of(project_id: int, as_of: dt.date) -> ProjectMoney:
    """A project's money as of a day; three statements."""
    composition = composition_of(project_id, as_of)
    entries = _entries(project_id, as_of)
    kind, given = approved({(row.estimate_kind, row.source): row.amount_fen for row in composition})
    posted = sums(
        (PostedSum(row.source, row.step, row.entry_on, row.amount_fen) for row in entries if row.counts), as_of
    )
    whole = ladder(given, posted)
    return ProjectMoney(
        ladder=whole,
        approved_kind=kind,
        composition=composition,
        entries=entries,
        findings=findings(whole, as_of, limits()),
    )


def composition_of(project_id: int, as_of: dt.date = dt.date.max) -> tuple[CompositionRow, ...]:
    """What was approved by source as of a day, or is now, in every kind of estimate."""
    return tuple(rows_of(CompositionRow, db.session.execute(_composition(as_of), {"project": project_id})))


@lru_cache(maxsize=8)
def _composition(as_of: dt.date) -> Executable:
    own = compositions(as_of).c
    columns = tuple(own[name] for name in CompositionRow.__dataclass_fields__)
    return select(*columns).where(own.project_id == bindparam("project")).order_by(own.estimate_kind, own.id)


def revisions_of(project_id: int) -> list[RevisionRow]:
    """Every value that the approved amounts ever had, newest first."""
    columns = tuple(getattr(CompositionRevision, name) for name in RevisionRow.__dataclass_fields__)
    statement = (
        select(*columns).where(CompositionRevision.project_id == project_id).order_by(CompositionRevision.id.desc())
    )
    return rows_of(RevisionRow, db.session.execute(statement))


def _entries(project_id: int, as_of: dt.date) -> tuple[EntryRow, ...]:
    asked = {"project": project_id, "as_of": as_of}
    return tuple(rows_of(EntryRow, db.session.execute(_posted_entries(), asked)))


@cache
def _posted_entries() -> Select[Any]:
    own = LedgerEntry
    columns = (
        own.id,
        own.source,
        own.step,
        own.entry_on,
        own.amount_fen,
        own.document_number,
        own.memo,
        own.reverses_id,
        taken_back_by(own, bindparam("as_of")).label("reversed_by_id"),
        own.recorded_at,
        own.is_sample,
        own.kind,
        own.budget_year,
        own_number(own.external_id).label("external_id"),
        own.document_id,
        own.allocation_id,
        own.contract_id,
    )
    statement = select(*columns).where(own.project_id == bindparam("project"), own.entry_on <= bindparam("as_of"))
    return statement.order_by(own.entry_on.desc(), own.id.desc())


def entry_of(project_id: int, entry_id: int) -> LedgerEntry | None:
    """An entry of that project and no other."""
    return db.session.scalar(
        select(LedgerEntry).where(LedgerEntry.project_id == project_id, LedgerEntry.id == entry_id)
    )


def standing_entries(project_id: int, source: str, step: str, day: dt.date, amount_fen: int) -> list[LedgerEntry]:
    """Entries that say the same of the same day and were not taken back."""
    statement = select(LedgerEntry).where(
        LedgerEntry.project_id == project_id,
        LedgerEntry.source == source,
        LedgerEntry.step == step,
        LedgerEntry.entry_on == day,
        LedgerEntry.amount_fen == amount_fen,
        stands(LedgerEntry),
    )
    return list(db.session.scalars(statement))


def portfolio_money(actor: Actor, chosen: FundingFilter, as_of: dt.date) -> FundingPage:
    """The money of all projects that `actor` may see and `chosen` leaves; four statements whatever their number."""
    wanted = conditions(actor, chosen.projects, None, as_of)
    posted, samples = _posted(wanted, as_of)
    given, more_samples = _given(wanted, as_of)
    columns = (Project.id, Project.slug, Project.name, Place.name, Programme.name)
    statement = (
        select(*columns)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == programme_on(as_of))
    )
    projects, rows = [], limits()
    for key, slug, name, place, programme in db.session.execute(statement.where(*wanted).order_by(Project.id)):
        if key in posted or key in given:
            own = ladder(approved(given[key])[1], posted[key])
            is_sample = key in samples or key in more_samples
            found = findings(own, as_of, rows)
            projects.append(
                ProjectLadder(
                    slug=slug,
                    name=name,
                    place=place,
                    programme=programme,
                    ladder=own,
                    is_sample=is_sample,
                    findings=found,
                )
            )
    return sheet.page(projects, chosen)


def _posted(wanted: list[Any], as_of: dt.date) -> tuple[dict[int, dict[tuple[str, str], int]], set[int]]:
    by_step = (
        select(
            LedgerEntry.project_id,
            LedgerEntry.source,
            LedgerEntry.step,
            func.sum(LedgerEntry.amount_fen),
            func.max(cast(LedgerEntry.is_sample, Integer)),
        )
        .join(Project, Project.id == LedgerEntry.project_id)
        .where(LedgerEntry.entry_on <= as_of, counts_once(), *wanted)
        .group_by(LedgerEntry.project_id, LedgerEntry.source, LedgerEntry.step)
    )
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    samples = set()
    for project_id, source, step, fen, is_sample in db.session.execute(by_step):
        found[project_id][source, step] = int(fen)
        if is_sample:
            samples.add(project_id)
    return found, samples


def _given(wanted: list[Any], as_of: dt.date) -> tuple[dict[int, dict[tuple[str, str], int]], set[int]]:
    own = compositions(as_of).c
    statement = select(own.project_id, own.estimate_kind, own.source, own.amount_fen, own.is_sample).join(
        Project, Project.id == own.project_id
    )
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    samples = set()
    for project_id, kind, source, fen, is_sample in db.session.execute(
        statement.where(own.estimate_kind.in_(APPROVING), *wanted)
    ):
        found[project_id][kind, source] = fen
        if is_sample:
            samples.add(project_id)
    return found, samples
