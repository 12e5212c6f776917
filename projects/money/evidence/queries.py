"""Reads what money findings are made from, of one project or many, of documents, and the limits in force; a fixed
number of statements.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, or_, select
from sqlalchemy.orm import aliased

from projects.core.month import months_before
from projects.core.permissions import Actor, covers, places_for
from projects.core.tables import Place
from projects.core.vocabulary import CENTRAL_SOURCES
from projects.extensions import db
from projects.money.contracts.tables import Contract
from projects.money.documents.tables import FundingDocument
from projects.money.findings.extract import shipped
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.limits import Limit, Limits
from projects.money.findings.rules import MISUSE
from projects.money.findings.tables import FundingLimit
from projects.money.ledger.queries import compositions, counts_once, stands, work_confirmed
from projects.money.ledger.tables import LedgerEntry
from projects.money.receipts.statement import Spent
from projects.people.accounts.tables import Unit
from projects.register.projects.queries import programme_on
from projects.register.projects.tables import Programme, Project
from projects.works.gates.tables import Gate
from projects.works.reports.queries import reported_percent

Cells = tuple[dict[int, tuple[Cell, ...]], frozenset[int]]
COLUMNS = ("key", "rule", "law", "programme", "region", "valid_from", "valid_to", "rate", "amount_fen", "number")


def limits() -> Limits:
    """The rows in force: the installation's own in the place of the shipped ones of the same key; one statement."""
    rows, regions = shipped()
    own_rows = db.session.execute(
        select(*(getattr(FundingLimit, name) for name in COLUMNS)).order_by(FundingLimit.id)
    ).mappings()
    own = {str(row["key"]): Limit(**row, is_own=True) for row in own_rows}
    known = [own.pop(row.key, row) for row in rows]
    places = {row.key: place for place, row in enumerate(rows)}
    return Limits(
        tuple(sorted((*known, *own.values()), key=lambda row: places.get(row.root, len(places)))), regions
    )  # what was added stands beside its like


def facts_of(wanted: Collection[ColumnElement[bool]], as_of: dt.date, rows: Limits) -> list[MoneyFacts]:
    """The money of the projects that `wanted` (conditions on Project) leaves, those without any apart; eight
    statements.
    """
    cells = _summed(wanted, as_of, rows)
    given: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    own = compositions(as_of).c
    samples = set()
    approved = select(own.project_id, own.estimate_kind, own.source, own.amount_fen, own.is_sample).join(
        Project, Project.id == own.project_id
    )
    for key, kind, source, fen, is_sample in db.session.execute(approved.where(*wanted)):
        given[key][kind, source] = fen
        if is_sample:
            samples.add(key)
    gates = _gates(wanted, as_of)
    contracts = _contracts(wanted, as_of)
    misused = _misused(wanted, as_of)
    columns = (
        Project.id,
        Project.slug,
        Project.name,
        Project.place_code,
        Place.name.label("place"),
        Project.category,
        Programme.slug.label("programme"),
        reported_percent(as_of).label("percent"),
        func.coalesce(Unit.name, "").label("unit"),
    )
    statement = (
        select(*columns)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == programme_on(as_of))
        .outerjoin(Unit, Unit.id == Project.unit_id)
    )
    return [
        MoneyFacts(
            project_id=row.id,
            slug=row.slug,
            name=row.name,
            place_code=row.place_code,
            place=row.place,
            category=row.category,
            programme=row.programme,
            composition=given[row.id],
            cells=cells[0].get(row.id, ()),
            contracts=tuple(contracts[row.id]),
            misused=tuple(misused[row.id]),
            percent=row.percent,
            accepted_on=gates[row.id].get("completion_acceptance"),
            accounted_on=gates[row.id].get("final_account"),
            built_on=gates[row.id].get("works_complete"),
            is_sample=row.id in samples or row.id in cells[1],
            unit=row.unit,
        )
        for row in db.session.execute(statement.where(*wanted).order_by(Project.id))
        if row.id in cells[0] or row.id in given
    ]


def _summed(wanted: Collection[ColumnElement[bool]], as_of: dt.date, rows: Limits) -> Cells:
    """The sums of each project's money, and the projects that rest on samples."""
    months = rows.number("F-8", as_of), rows.number("F-18", as_of)
    days = [months_before(as_of, count) for count in months]
    own, taken = LedgerEntry, aliased(LedgerEntry)
    year = case((own.step.in_(("planned", "allocated")), own.budget_year))  # no rule asks for the year of the others
    first = func.min(case((and_(own.source == "cbi", own.step.in_(("planned", "allocated"))), own.entry_on)))
    keys = own.project_id, own.source, own.step, year
    counted = [own.entry_on <= as_of, counts_once(), *wanted]
    sums = [func.sum(case((own.entry_on <= day, own.amount_fen), else_=0)) for day in days]
    statement = select(*keys, func.sum(own.amount_fen), *sums, first, func.max(case((own.is_sample, 1), else_=0)))
    # what an entry takes back is as old as that entry: it is neither idle nor late any more
    backs = [func.sum(case((and_(taken.entry_on <= day, own.entry_on > day), own.amount_fen), else_=0)) for day in days]
    back = select(*keys, *backs).join(taken, taken.id == own.reverses_id)
    older = {
        tuple(row[:4]): tuple(row[4:]) for row in db.session.execute(_of(back, wanted).where(*counted).group_by(*keys))
    }
    found: dict[int, list[Cell]] = defaultdict(list)
    samples = set()
    ordered = (
        _of(statement, wanted).where(*counted).group_by(*keys).order_by(*keys)
    )  # the same money reads the same, so that what was assessed is known again
    for key, source, step, budget_year, fen, idle, late, first_on, is_sample in db.session.execute(ordered):
        more = older.get((key, source, step, budget_year), (0, 0))
        found[key].append(
            Cell(
                source=source,
                step=step,
                year=budget_year,
                fen=int(fen),
                idle_fen=int(idle) + int(more[0]),
                late_fen=int(late) + int(more[1]),
                first_on=first_on,
            )
        )
        if is_sample:
            samples.add(key)
    return {key: tuple(cells) for key, cells in found.items()}, frozenset(samples)


def _of(statement: Select[Any], wanted: Collection[ColumnElement[bool]]) -> Select[Any]:
    """With the projects, where conditions speak of them."""
    return statement.join(Project, Project.id == LedgerEntry.project_id) if wanted else statement


def budgets(wanted: Collection[ColumnElement[bool]], as_of: dt.date) -> dict[int, list[Spent]]:
    """The central-budget investment of each project up to a day, by budget year and year of payment."""
    own, taken = LedgerEntry, aliased(LedgerEntry)
    day = func.coalesce(
        taken.entry_on, own.entry_on
    )  # what takes a payment back is of the year that the payment was of
    bare = and_(own.allocation_id.is_(None), own.document_id.is_(None), own.budget_year == extract("year", day))
    year = case(
        (and_(own.step == "paid", bare), 0), else_=func.coalesce(own.budget_year, 0)
    )  # of a payment's own day where it names neither line, document nor another year
    paid_in = case((own.step == "paid", extract("year", own.entry_on)), else_=0)
    keys = own.project_id, own.step, year, paid_in
    statement = select(*keys, func.sum(own.amount_fen), func.max(case((own.is_sample, 1), else_=0)))
    statement = _of(statement.outerjoin(taken, taken.id == own.reverses_id), wanted)
    statement = statement.where(own.source == "cbi", own.step.in_(("allocated", "paid")), own.entry_on <= as_of)
    found: dict[int, list[Spent]] = defaultdict(list)
    for key, step, of_year, in_year, fen, is_sample in db.session.execute(
        statement.where(counts_once(), *wanted).group_by(*keys)
    ):
        found[key].append(Spent(step, int(of_year), int(in_year), int(fen), bool(is_sample)))
    return found


def _gates(wanted: Collection[ColumnElement[bool]], as_of: dt.date) -> dict[int, dict[str, dt.date]]:
    statement = (
        select(Gate.project_id, Gate.key, Gate.passed_on)
        .join(Project, Project.id == Gate.project_id)
        .where(Gate.passed_on <= as_of, *wanted)
    )
    found: dict[int, dict[str, dt.date]] = defaultdict(dict)
    for key, gate, day in db.session.execute(
        statement.where(Gate.key.in_(("works_complete", "completion_acceptance", "final_account")))
    ):
        if day is not None:
            found[key][gate] = day
    return found


def _contracts(wanted: Collection[ColumnElement[bool]], as_of: dt.date) -> dict[int, list[ContractFacts]]:
    sums = {
        step: select(func.sum(LedgerEntry.amount_fen))
        .where(LedgerEntry.contract_id == Contract.id, LedgerEntry.step == step, LedgerEntry.entry_on <= as_of)
        .scalar_subquery()
        for step in ("contracted", "paid")
    }
    confirmed = work_confirmed(Contract.id, as_of)
    columns = (
        Contract.project_id,
        Contract.id,
        Contract.name,
        Contract.kind,
        Contract.signed_on,
        Contract.retention,
        sums["contracted"],
        sums["paid"],
        confirmed,
    )
    statement = (
        select(*columns)
        .join(Project, Project.id == Contract.project_id)
        .where(Contract.signed_on <= as_of, *wanted)
        .order_by(Contract.id)
    )
    found: dict[int, list[ContractFacts]] = defaultdict(list)
    for owner, key, name, kind, day, retention, worth, paid, done in db.session.execute(statement):
        found[owner].append(
            ContractFacts(
                id=key,
                name=name,
                kind=kind,
                signed_on=day,
                retention=retention,
                worth_fen=int(worth or 0),
                paid_fen=int(paid or 0),
                confirmed_fen=int(done or 0),
            )
        )
    return found


def _misused(wanted: Collection[ColumnElement[bool]], as_of: dt.date) -> dict[int, list[tuple[str, int, str, int]]]:
    """Payments of central money standing on a day whose memo names what it may not pay for."""
    own = LedgerEntry
    statement = (
        select(own.project_id, own.source, own.amount_fen, own.memo, own.id)
        .join(Project, Project.id == own.project_id)
        .where(
            own.step == "paid",
            own.source.in_(sorted(CENTRAL_SOURCES)),
            own.entry_on <= as_of,
            stands(own, as_of),
            *wanted,
        )
        .where(or_(*(own.memo.contains(word) for word in MISUSE)))
        .order_by(own.id)
    )
    found: dict[int, list[tuple[str, int, str, int]]] = defaultdict(list)
    for key, source, fen, memo, entry in db.session.execute(statement):
        found[key].append((source, fen, memo, entry))
    return found


def document_facts(actor: Actor, as_of: dt.date) -> list[DocumentFacts]:
    """The documents of the asker's own places, with what each handed on, whoever to; two statements.

    Those of the places above are theirs to read, not to answer for, and what they gave to other places is not told.
    """
    own, reach = FundingDocument, places_for(actor, "treasury.read")
    lines = (
        select(LedgerEntry.document_id, func.sum(LedgerEntry.amount_fen).label("fen"))
        .where(LedgerEntry.step == "allocated", LedgerEntry.document_id.is_not(None), LedgerEntry.entry_on <= as_of)
        .group_by(LedgerEntry.document_id)
    )
    sums = {key: int(fen) for key, fen in db.session.execute(lines)}
    columns = (
        own.id,
        own.kind,
        own.number,
        own.issued_on,
        own.received_on,
        own.total_fen,
        own.parent_id,
        own.place_code,
        own.is_sample,
    )
    rows = db.session.execute(
        select(*columns).where(or_(own.issued_on.is_(None), own.issued_on <= as_of)).order_by(own.id)
    ).all()
    children: dict[int, list[tuple[dt.date | None, int]]] = defaultdict(list)
    for row in rows:
        if row.parent_id is not None:
            children[row.parent_id].append((row.issued_on, sums.get(row.id, 0) or row.total_fen or 0))
    return [
        DocumentFacts(
            id=row.id,
            kind=row.kind,
            number=row.number,
            issued_on=row.issued_on,
            received_on=row.received_on,
            total_fen=row.total_fen,
            lines_fen=sums.get(row.id, 0),
            children=tuple(children[row.id]),
            place_code=row.place_code,
            is_sample=row.is_sample,
        )
        for row in rows
        if covers(reach, row.place_code)
    ]
