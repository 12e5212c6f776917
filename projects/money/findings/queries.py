"""Reads of findings, of one project or all that the asker may see, with where each stands; few statements."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, covers, may, places_for
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.money.documents.tables import FundingDocument
from projects.money.evidence.queries import document_facts, facts_of, limits
from projects.money.findings.assess import assess
from projects.money.findings.deadlines import late_documents, waiting_receipt
from projects.money.findings.extract import workdays
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.limits import Limits
from projects.money.findings.rules import RULES
from projects.money.findings.sheet import (
    RANKS,
    FindingPage,
    FindingRow,
    FindingSubject,
    HandlingStep,
    is_wanted,
    page,
    weight,
)
from projects.money.findings.tables import FindingStep
from projects.money.ledger.queries import by_day, open_receipts
from projects.money.receipts.tables import TreasuryReceipt
from projects.money.standing.queries import money_tables, unpacked
from projects.people.accounts.tables import Unit, User
from projects.register.projects.tables import Project
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions
from projects.statements import in_places, labelled

WARNINGS = [key for key, rule in RULES.items() if rule.is_warning]


def steps_taken(key: tuple[int | None, int | None, str, str]) -> int:
    """How many steps were taken in handling the finding of (project, document, rule, source)."""
    own = FindingStep
    mine = zip((own.project_id, own.document_id, own.rule, own.source), key, strict=True)
    return (
        db.session.scalar(select(func.count(own.id)).where(*(one.is_not_distinct_from(value) for one, value in mine)))
        or 0
    )


def steps(
    as_of: dt.date, *wanted: ColumnElement[bool]
) -> dict[tuple[int | None, int | None, str, str], list[HandlingStep]]:
    """The steps in handling findings up to a day that `wanted` (conditions on FindingStep) leaves, oldest first, by
    (project, document, rule, source); one statement.
    """
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
        .where(by_day(own.taken_on, own.at, as_of), *wanted)
        .order_by(own.id)
    )
    found: dict[tuple[int | None, int | None, str, str], list[HandlingStep]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row.project_id, row.document_id, row.rule, row.source].append(
            HandlingStep(**{name: getattr(row, name) for name in HandlingStep.__dataclass_fields__})
        )
    return found


def of_project(project_id: int, as_of: dt.date) -> list[FindingRow]:
    """The findings of a project, from its money itself; nine statements."""
    return list(_project_rows([project_id], as_of))


def _project_rows(ids: Collection[int], as_of: dt.date) -> Iterator[FindingRow]:
    rows = limits()
    known = steps(as_of, FindingStep.project_id.in_(ids))
    for one in facts_of([Project.id.in_(ids)], as_of, rows):
        subject = FindingSubject(one.name, one.place, one.slug, one.project_id, unit=one.unit, is_sample=one.is_sample)
        for finding in assess(one, as_of, rows):
            yield FindingRow(
                subject, finding, tuple(known.get((one.project_id, None, finding.rule, finding.source), ())), as_of
            )


def _document_rows(
    actor: Actor, as_of: dt.date, ids: Collection[int] | None = None, place: str = ""
) -> Iterator[FindingRow]:
    rows, known, places = limits(), steps(as_of, FindingStep.document_id.is_not(None)), _place_names()
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


def _place_names() -> dict[str, str]:
    """Names of the places that documents and receipts are of, by code."""
    used = (select(own.id).where(own.place_code == Place.code).exists() for own in (FundingDocument, TreasuryReceipt))
    named = select(Place.code, Place.name).where(or_(*used))
    return {code: name for code, name in db.session.execute(named)}  # noqa: C416 - typed


def finding_page(actor: Actor, chosen: FindingFilter, as_of: dt.date) -> FindingPage:
    """The findings that `actor` may see and `chosen` leaves: as many rows as the page shows, the rest counted and
    summed. A document's stand before others of the same weight.

    Documents and receipts come in where no filter speaks of projects.
    """
    others = may(actor, "treasury.read") and not (chosen.q or chosen.programme or chosen.plan)
    rows = [] if not others else list(_document_rows(actor, as_of, place=chosen.place))
    late = sorted((row for row in rows if is_wanted(row, chosen)), key=weight)
    parts = _parts(actor, chosen, as_of, with_receipts=others)
    counted = [(row.finding.rule, row.state, 1, row.finding.amount_fen) for row in late]
    for part in parts:
        keys = part.c.rule, part.c.state
        sums = select(*keys, func.count(), func.sum(part.c.amount_fen)).group_by(*keys)
        counted += ((rule, state, count, int(fen)) for rule, state, count, fen in db.session.execute(sums))
    skip = (chosen.page - 1) * chosen.per_page
    first = max(0, skip - len(late))  # of the listed, those before stand on an earlier page whatever is late
    most = skip - first + chosen.per_page if chosen.per_page else None
    found = list(merge(late, _shown(parts, as_of, first, most), key=weight))[skip - first :][: chosen.per_page or None]
    return page(found, counted)


def _parts(actor: Actor, chosen: FindingFilter, as_of: dt.date, *, with_receipts: bool) -> list[Subquery]:
    """The findings of projects, and of receipts where asked for: whose each is, rule, source, fen, name, state."""
    own, handled = money_tables(as_of).findings.c, _handled(as_of).c
    lapsed = or_(handled.until < as_of, own.amount_fen > handled.amount_fen)
    is_open = or_(handled.state.is_(None), handled.state == "closed", and_(handled.state == "exempted", lapsed))
    columns = labelled(
        project_id=own.project_id,
        position=own.position,
        receipt_id=cast(null(), Integer),
        rule=own.rule,
        source=own.source,
        amount_fen=own.amount_fen,
        name=Project.name,
        state=case((is_open, "open"), else_=handled.state),
    )
    same = [handled[name] == own[name] for name in ("project_id", "rule", "source")]
    parts = [
        select(*columns)
        .join(Project, Project.id == own.project_id)
        .outerjoin(handled.state.table, and_(*same))
        .where(*conditions(actor, chosen.projects, None, as_of))
    ]
    if with_receipts:
        one = _waiting(actor, chosen, as_of).subquery().c
        own_name = case((one.voucher == "", literal("#").concat(cast(one.id, String))), else_=one.voucher)
        columns = labelled(
            project_id=cast(null(), Integer),
            position=cast(null(), Integer),
            receipt_id=one.id,
            rule=literal("F-23", String),
            source=literal("", String),
            amount_fen=one.open_fen,
            name=own_name,
            state=literal("open", String),
        )
        parts.append(select(*columns))
    asked = {"rule": chosen.rule, "state": chosen.state}
    found = [part.subquery() for part in parts]
    return [
        select(one).where(*(one.c[name] == value for name, value in asked.items() if value)).subquery() for one in found
    ]


def _handled(as_of: dt.date) -> Subquery:
    """The newest step up to a day in handling each finding of a project."""
    own = FindingStep
    newest = select(func.max(own.id)).where(own.project_id.is_not(None), by_day(own.taken_on, own.at, as_of))
    newest = newest.group_by(own.project_id, own.rule, own.source)
    columns = own.project_id, own.rule, own.source, own.state, own.amount_fen, own.until
    return select(*columns).where(own.id.in_(newest)).subquery()


def _waiting(actor: Actor, chosen: FindingFilter, as_of: dt.date) -> Select[Any]:
    """The receipts of the asker's own places that wait too long (F-23)."""
    own = TreasuryReceipt
    found = open_receipts(as_of - dt.timedelta(limits().number("F-23", as_of)), as_of)
    reach = places_for(actor, "treasury.read")
    for codes in (reach, {chosen.place} if chosen.place else None):
        if codes is not None:
            found = found.where(in_places(own.place_code, codes))
    return found


def _shown(parts: Sequence[Subquery], as_of: dt.date, first: int, most: int | None) -> list[FindingRow]:
    """Those of one page, with their words; open before handled, remedies before warnings, larger sums first."""

    def order(own: Any) -> list[Any]:
        ranks = case(RANKS, value=own.state), case((own.rule.in_(WARNINGS), 1), else_=0), own.amount_fen.desc()
        return [*ranks, own.name, own.rule, own.source, own.project_id, own.receipt_id]

    listed = union_all(*map(select, parts)).subquery()
    one = select(listed).order_by(*order(listed.c)).offset(first).limit(most).subquery()
    tables = money_tables(as_of)
    status, said, receipt, place = tables.status.c, tables.findings.c, TreasuryReceipt, aliased(Place)
    columns = (
        *one.c,
        said.text,
        said.basis,
        Project.slug,
        func.coalesce(Unit.name, "").label("unit"),
        func.coalesce(place.name, "").label("place"),
        func.coalesce(status.rests_on_sample, receipt.is_sample).label("is_sample"),
        receipt.received_on,
        receipt.payer,
        receipt.payee,
    )
    statement = (
        select(*columns)
        .select_from(one)
        .outerjoin(tables.findings, and_(said.project_id == one.c.project_id, said.position == one.c.position))
        .outerjoin(tables.status, status.project_id == one.c.project_id)
        .outerjoin(Project, Project.id == one.c.project_id)
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .outerjoin(receipt, receipt.id == one.c.receipt_id)
        .outerjoin(place, place.code == func.coalesce(Project.place_code, receipt.place_code))
        .order_by(*order(one.c))
    )
    rows = db.session.execute(statement).all()
    of_these = [] if most is None else [FindingStep.project_id.in_({row.project_id for row in rows})]
    known, law = steps(as_of, *of_these), limits()
    return [_row(row, known.get((row.project_id, None, row.rule, row.source), ()), as_of, law) for row in rows]


def _row(row: Any, taken: Sequence[HandlingStep], as_of: dt.date, law: Limits) -> FindingRow:
    subject = FindingSubject(
        row.name,
        row.place,
        row.slug,
        row.project_id,
        unit=row.unit,
        is_sample=row.is_sample,
        receipt_id=row.receipt_id,
    )
    waiting = row.receipt_id and waiting_receipt(row.amount_fen, row.received_on, row.payer, row.payee, as_of, law)
    return FindingRow(subject, waiting or unpacked(row), tuple(taken), as_of)


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


def open_counts(ids: Collection[int], as_of: dt.date) -> dict[int, int]:
    """How many money findings of each of these projects are open."""
    return Counter(
        row.subject.project_id for row in _project_rows(ids, as_of) if row.subject.project_id and row.state == "open"
    )


def with_money_finding(chosen: PortfolioFilter, as_of: dt.date) -> list[ColumnElement[bool]]:
    """The projects with the money finding that `chosen` names (`any`: with one), as conditions; nothing is asked where
    it names none.
    """
    if not chosen.money:
        return []
    own = money_tables(as_of).findings.c
    named = [] if chosen.money == "any" else [own.rule == chosen.money]
    return [Project.id.in_(select(own.project_id).where(*named))]
