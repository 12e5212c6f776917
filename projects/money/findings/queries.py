"""Reads of findings, of one project or all that the asker may see, with where each stands and the limits they rest on;
a fixed number of statements.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ColumnElement, func, select, union

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, covers, may, places_for
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.money.documents.tables import FundingDocument
from projects.money.evidence.queries import document_facts, facts_of
from projects.money.findings.deadlines import late_documents, waiting_receipt
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.limits import Limit, Limits
from projects.money.findings.remembering import FindingMemory
from projects.money.findings.sheet import FindingPage, FindingRow, FindingSubject, HandlingStep, page
from projects.money.findings.tables import FindingStep, FundingLimit
from projects.money.ledger.queries import by_day, open_receipts
from projects.money.receipts.tables import TreasuryReceipt
from projects.people.accounts.tables import User
from projects.register.projects.tables import Project
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions

MEMORY = FindingMemory()
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


def steps_taken(key: tuple[int | None, int | None, str, str]) -> int:
    """How many steps were taken in handling the finding of (project, document, rule, source)."""
    own = FindingStep
    mine = zip((own.project_id, own.document_id, own.rule, own.source), key, strict=True)
    return (
        db.session.scalar(select(func.count(own.id)).where(*(one.is_not_distinct_from(value) for one, value in mine)))
        or 0
    )


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
    """Names of the places that documents and receipts are of, by code."""
    used = union(select(FundingDocument.place_code), select(TreasuryReceipt.place_code))
    named = select(Place.code, Place.name).where(Place.code.in_(used))
    return {code: name for code, name in db.session.execute(named)}  # noqa: C416 - typed


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
