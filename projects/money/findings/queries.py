"""Reads what findings are made from, for one project or all that the asker may see, and where each finding stands; a
fixed number of statements.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.month import months_before
from projects.core.permissions import Actor, covers, may, places_for
from projects.core.places import prefix, upper
from projects.core.tables import Place
from projects.core.text import N_
from projects.core.vocabulary import CENTRAL_SOURCES
from projects.extensions import db
from projects.money.contracts.tables import Contract
from projects.money.documents.tables import FundingDocument
from projects.money.findings.deadlines import late_documents, waiting_receipt
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.limits import Limit, Limits
from projects.money.findings.remembering import FindingMemory, Kept
from projects.money.findings.rules import MISUSE
from projects.money.findings.sheet import FindingPage, FindingRow, FindingSubject, HandlingStep, page
from projects.money.findings.tables import FindingStep, FundingLimit
from projects.money.ledger.queries import by_day, compositions, counts_once, open_receipts, stands, work_confirmed
from projects.money.ledger.tables import LedgerEntry
from projects.people.accounts.tables import Unit, User
from projects.register.projects.queries import programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions
from projects.works.gates.tables import Gate
from projects.works.reports.queries import reported_percent

Cells = tuple[dict[int, tuple[Cell, ...]], frozenset[int]]
MEMORY = FindingMemory()
LEDGER: Kept[Cells] = Kept()
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
    """The money of the projects that `wanted` (conditions on Project) leaves, those without any apart; nine
    statements.
    """
    cells = _cells(wanted, as_of, rows)
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
        Place.name,
        Project.category,
        Programme.slug,
        reported_percent(as_of),
        Unit.name,
    )
    statement = (
        select(*columns)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == programme_on(as_of))
        .outerjoin(Unit, Unit.id == Project.unit_id)
    )
    return [
        MoneyFacts(
            project_id=key,
            slug=slug,
            name=name,
            place_code=code,
            place=place,
            category=category,
            programme=programme,
            composition=given[key],
            cells=cells[0].get(key, ()),
            contracts=tuple(contracts[key]),
            misused=tuple(misused[key]),
            percent=percent,
            accepted_on=gates[key].get("completion_acceptance"),
            accounted_on=gates[key].get("final_account"),
            built_on=gates[key].get("works_complete"),
            is_sample=key in samples or key in cells[1],
            unit=unit or "",
        )
        for key, slug, name, code, place, category, programme, percent, unit in db.session.execute(
            statement.where(*wanted).order_by(Project.id)
        )
        if key in cells[0] or key in given
    ]


def _cells(wanted: Collection[ColumnElement[bool]], as_of: dt.date, rows: Limits) -> Cells:
    """The sums of each project's money, and the projects that rest on samples.

    Those of all projects are remembered until the ledger has other entries.
    """
    months = rows.number("F-8", as_of), rows.number("F-18", as_of)
    days = tuple(months_before(as_of, count) for count in months)
    asked = str(db.engine.url), _ledger_state(), as_of, days
    known: Cells | None = LEDGER.get(asked)
    if known is None:
        known = _summed(wanted, as_of, days)
        if not wanted:
            LEDGER.keep(asked, known)
    return known


def _ledger_state() -> tuple[object, ...]:
    """Figures that differ whenever the ledger does: entries never change, and samples alone can be deleted."""
    own = LedgerEntry
    newest = select(own.recorded_at).order_by(own.id.desc()).limit(1).scalar_subquery()
    return tuple(db.session.execute(select(func.count(own.id), func.max(own.id), newest)).one())


def _summed(wanted: Collection[ColumnElement[bool]], as_of: dt.date, days: Sequence[dt.date]) -> Cells:
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
    for owner, key, name, day, retention, worth, paid, done in db.session.execute(statement):
        found[owner].append(
            ContractFacts(
                id=key,
                name=name,
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


def documents_seen(actor: Actor, action: str = "treasury.read") -> list[ColumnElement[bool]]:
    """Conditions on FundingDocument: of the asker's places, of the places above them, and those of no place."""
    reach = places_for(actor, action)
    if reach is None:
        return []
    code = FundingDocument.place_code
    above = {one for place in reach for one in upper(place)}
    return (
        [or_(*(code.startswith(prefix(place)) for place in sorted(reach)), code.in_(sorted(above)), code.is_(None))]
        if reach
        else [code.in_(())]
    )


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


def steps(
    as_of: dt.date, project_ids: Collection[int] | None = None
) -> dict[tuple[int | None, int | None, str, str], list[HandlingStep]]:
    """The steps in handling findings up to a day, oldest first, by (project, document, rule, source); one statement."""
    own = FindingStep
    columns = (
        own.project_id,
        own.document_id,
        own.rule,
        own.source,
        own.state,
        own.owner,
        own.note,
        own.amount_fen,
        own.until,
        User.display_name.label("by"),
        own.at,
    )
    statement = (
        select(*columns)
        .outerjoin(User, User.id == own.by_id)
        .where(by_day(own.taken_on, own.at, as_of))
        .order_by(own.id)
    )
    if project_ids is not None:
        statement = statement.where(own.project_id.in_(project_ids))
    found: dict[tuple[int | None, int | None, str, str], list[HandlingStep]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row.project_id, row.document_id, row.rule, row.source].append(
            HandlingStep(**{name: getattr(row, name) for name in HandlingStep.__dataclass_fields__})
        )
    return found


def of_project(project_id: int, as_of: dt.date) -> list[FindingRow]:
    """The findings of a project; nine statements."""
    return list(_project_rows([Project.id == project_id], as_of, [project_id]))


def _project_rows(
    wanted: Collection[ColumnElement[bool]], as_of: dt.date, ids: Collection[int] | None = None
) -> Iterator[FindingRow]:
    rows = limits()
    facts = facts_of(wanted, as_of, rows)
    known = steps(as_of, ids)
    for one, found in MEMORY.assessed(facts, as_of, rows):
        subject = FindingSubject(one.name, one.place, one.slug, one.project_id, unit=one.unit, is_sample=one.is_sample)
        for finding in found:
            yield FindingRow(
                subject, finding, tuple(known.get((one.project_id, None, finding.rule, finding.source), ())), as_of
            )


def _document_rows(
    actor: Actor, as_of: dt.date, ids: Collection[int] | None = None, place: str = ""
) -> Iterator[FindingRow]:
    rows, known, places = limits(), steps(as_of), _place_names()
    for one in document_facts(actor, as_of):
        if (ids is not None and one.id not in ids) or (place and not covers(frozenset({place}), one.place_code)):
            continue
        for finding in late_documents(one, as_of, rows, workdays()):
            subject = FindingSubject(
                one.number, places.get(one.place_code or "", ""), document_id=one.id, is_sample=one.is_sample
            )
            yield FindingRow(
                subject, finding, tuple(known.get((None, one.id, finding.rule, finding.source), ())), as_of
            )


def _receipt_rows(actor: Actor, as_of: dt.date, place: str = "") -> Iterator[FindingRow]:
    rows, places, reach = limits(), _place_names(), places_for(actor, "treasury.read")
    for one in open_receipts(as_of - dt.timedelta(rows.number("F-23", as_of)), as_of):
        code = one.place_code
        finding = waiting_receipt(int(one.open_fen), one.received_on, one.payer, one.payee, as_of, rows)
        if finding and covers(reach, code) and (not place or covers(frozenset({place}), code)):
            yield FindingRow(
                FindingSubject(
                    one.voucher or f"#{one.id}", places.get(code or "", ""), is_sample=one.is_sample, receipt_id=one.id
                ),
                finding,
                (),
                as_of,
            )


def _place_names() -> dict[str, str]:
    return {code: name for code, name in db.session.execute(select(Place.code, Place.name))}  # noqa: C416 - typed


def finding_page(actor: Actor, chosen: FindingFilter, as_of: dt.date) -> FindingPage:
    """The findings that `actor` may see and `chosen` leaves.

    Documents and receipts come in where no filter speaks of projects.
    """
    rows = list(_project_rows(conditions(actor, chosen.projects, None, as_of), as_of))
    if may(actor, "treasury.read") and not (chosen.q or chosen.programme or chosen.plan):
        rows += _document_rows(actor, as_of, place=chosen.place)
        rows += _receipt_rows(actor, as_of, chosen.place)
    return page(rows, chosen)


def one_of_project(project_id: int, rule: str, source: str, as_of: dt.date) -> FindingRow:
    """A finding of a project; NotFoundError where it is not found any more."""
    return _the(of_project(project_id, as_of), rule, source)


def one_of_document(actor: Actor, document_id: int, rule: str, as_of: dt.date) -> FindingRow:
    """A finding of a document of the asker's own places."""
    return _the(_document_rows(actor, as_of, [document_id]), rule, "")


def _the(rows: Iterable[FindingRow], rule: str, source: str) -> FindingRow:
    row = next((row for row in rows if (row.finding.rule, row.finding.source) == (rule, source)), None)
    if row is None:
        raise NotFoundError(N_("截至这一天没有这个资金问题: 可能已经改正"))
    return row


def open_counts(wanted: Collection[ColumnElement[bool]], as_of: dt.date) -> dict[int, int]:
    """How many money findings of each project are open; `wanted` are conditions on Project."""
    return Counter(
        row.subject.project_id for row in _project_rows(wanted, as_of) if row.subject.project_id and row.state == "open"
    )


def with_money_finding(actor: Actor, chosen: PortfolioFilter, as_of: dt.date) -> list[ColumnElement[bool]]:
    """The projects with the money finding that `chosen` names (`any`: with one), as conditions; nothing is asked where
    it names none.
    """
    if not chosen.money:
        return []
    rows = _project_rows(conditions(actor, PortfolioFilter(), None, as_of), as_of)
    found = {
        row.subject.project_id for row in rows if row.subject.project_id and chosen.money in {"any", row.finding.rule}
    }
    return [Project.id.in_(found)]
