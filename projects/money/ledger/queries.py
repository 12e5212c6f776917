"""Reads of what a batch of postings touches; a fixed number of statements, each asked only where the batch needs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    inspect,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from projects.core.month import month_end
from projects.extensions import db
from projects.money.contracts.tables import Contract, WorkValue
from projects.money.documents.tables import FundingDocument
from projects.money.ladder.tables import CompositionRevision, FundingComposition
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import Number, numbered
from projects.money.ledger.posting import MADE_UP, Book, DocumentState, LineState, Posting, ReceiptState
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.tables import MatchDecision
from projects.money.receipts.tables import FundingPeriod, TreasuryReceipt
from projects.register.projects.tables import Project

CHUNK = 5000  # values of one IN list
DAY_OF = {LedgerEntry: "entry_on", TreasuryReceipt: "received_on"}  # what is posted, and from which day it counts


def stands(own: Any, as_of: Any = None) -> ColumnElement[bool]:
    """An entry that stands (M-3): it takes nothing back, and nothing took it back, or nothing up to the day `as_of`.

    `own` is LedgerEntry, TreasuryReceipt or an alias of one; a day may be a parameter.
    """
    return and_(own.reverses_id.is_(None), ~_takings_back(own, as_of).exists())


def taken_back_by(own: Any, as_of: Any = None) -> ScalarSelect[Any]:
    """The id of the entry that took `own` back, up to the day `as_of` where one is given; there is one at most."""
    return _takings_back(own, as_of).scalar_subquery()


def _takings_back(own: Any, as_of: Any) -> Select[Any]:
    kind = inspect(own).mapper.class_
    back = aliased(kind)
    found = select(back.id).where(back.reverses_id == own.id).correlate(own)
    return found if as_of is None else found.where(getattr(back, DAY_OF[kind]) <= as_of)


def whole_fen(total: Any) -> ColumnElement[int]:
    """A sum in fen as the integer it is, 0 where nothing was summed: PostgreSQL sums integers to decimals."""
    return cast(func.coalesce(total, 0), BigInteger)


def counts_once() -> ColumnElement[bool]:
    """Entries that count in sums: an allocated one that hands on a line of the document above is the same
    money again.
    """
    return or_(LedgerEntry.step != "allocated", LedgerEntry.allocation_id.is_(None))


def own_number(column: Any) -> ColumnElement[str]:
    """A voucher's or line's own number; empty where an import made one up of the row's content, which is nobody's to
    read.
    """
    return case((column.startswith(MADE_UP), ""), else_=column)


def closed_months() -> Closed:
    """The months whose closing stands."""
    statement = select(FundingPeriod.month, FundingPeriod.place_code).where(FundingPeriod.reopened_at.is_(None))
    return Closed(frozenset((month, code) for month, code in db.session.execute(statement)))


def closed_until(place_code: str) -> dt.date | None:
    """The last day of the newest month that is closed for a place; None where none is."""
    closed = closed_months()
    return max((month_end(month) for month, _ in closed.months if closed.covers(place_code, month)), default=None)


def chunks(values: Iterable[Any]) -> list[list[Any]]:
    """`values`, sorted, in parts that fit one statement."""
    ordered = sorted(values)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


def book_for(items: Sequence[tuple[int, Posting]], today: dt.date) -> Book:
    """The book that `items`, each a project's id and a posting, are checked against; a project that is not there has no
    place in it.
    """
    owners = owners_of({project_id for project_id, _ in items})
    book = Book(today, closed_months(), {key: place for key, (_, place) in owners.items()})
    book.units = {key: unit for key, (unit, _) in owners.items()}
    book.lines.update(line_states({one.allocation_id for _, one in items if one.allocation_id is not None}))
    book.receipts.update(receipt_states({one.receipt_id for _, one in items if one.receipt_id is not None}))
    book.documents = document_states({one.document_id for _, one in items if one.document_id is not None})
    book.contracts = _contracts({one.contract_id for _, one in items if one.contract_id is not None})
    for step in {one.step for _, one in items if one.external_id}:
        book.taken |= taken_numbers(step, {one.external_id.strip() for _, one in items if one.step == step})
    refunded = {project_id for project_id, one in items if one.kind == "refund"}
    if refunded:
        book.sums.update(_sums(refunded))
    return book


def owners_of(ids: Iterable[int]) -> dict[int, tuple[int | None, str]]:
    """The ids of the units of projects, and the codes of their places."""
    columns = Project.id, Project.unit_id, Project.place_code
    return {
        key: (unit_id, code)
        for part in chunks(ids)
        for key, unit_id, code in db.session.execute(select(*columns).where(Project.id.in_(part)))
    }


def places_of(ids: Iterable[int]) -> dict[int, str]:
    """The codes of the places of projects."""
    return {key: code for key, (_, code) in owners_of(ids).items()}


def line_states(ids: Iterable[int]) -> dict[int, LineState]:
    """Allocated entries with what is left of them after what was received on them or handed to documents below."""
    own, drawing = LedgerEntry, aliased(LedgerEntry)
    found = {}
    for part in chunks(ids):
        drawn = (
            select(drawing.allocation_id.label("line"), func.sum(drawing.amount_fen).label("fen"))
            .where(drawing.allocation_id.in_(part), drawing.step.in_(("received", "allocated")))
            .group_by(drawing.allocation_id)
            .subquery()
        )
        columns = (
            own.id,
            own.project_id,
            own.source,
            own.amount_fen,
            drawn.c.fen,
            own.document_id,
            own.budget_year,
            own.is_sample,
            stands(own),
        )
        statement = select(*columns).outerjoin(drawn, drawn.c.line == own.id)
        for row in db.session.execute(statement.where(own.id.in_(part), own.step == "allocated")):
            key, project_id, source, fen, used, document_id, year, is_sample, is_standing = row
            left = int(fen) - int(used or 0)
            found[key] = LineState(
                project_id=project_id,
                source=source,
                left_fen=left,
                document_id=document_id,
                budget_year=year,
                is_sample=is_sample,
                stands=is_standing,
            )
    return found


def receipt_states(ids: Iterable[int]) -> dict[int, ReceiptState]:
    """Receipts with what of them is neither matched nor set outside."""
    own, found = TreasuryReceipt, {}
    for part in chunks(ids):
        matched = (
            select(LedgerEntry.receipt_id, func.sum(LedgerEntry.amount_fen).label("fen"))
            .where(LedgerEntry.receipt_id.in_(part))
            .group_by(LedgerEntry.receipt_id)
        ).subquery()
        outside = outside_sums().where(MatchDecision.receipt_id.in_(part)).subquery()
        columns = (own.id, own.amount_fen, matched.c.fen, outside.c.fen, own.is_sample, stands(own))
        statement = (
            select(*columns)
            .outerjoin(matched, matched.c.receipt_id == own.id)
            .outerjoin(outside, outside.c.receipt_id == own.id)
        )
        for key, fen, inside, away, is_sample, is_standing in db.session.execute(statement.where(own.id.in_(part))):
            found[key] = ReceiptState(int(fen) - int(inside or 0) - int(away or 0), is_sample, is_standing)
    return found


def by_day(day_column: Any, at_column: Any, day: dt.date) -> ColumnElement[bool]:
    """What was done up to `day`: by the installation's day, or by the instant in Beijing where that day was
    not kept.
    """
    end = dt.datetime(day.year, day.month, day.day, 16, tzinfo=dt.UTC)
    return or_(day_column <= day, and_(day_column.is_(None), at_column < end))


def compositions(as_of: dt.date) -> Subquery:
    """The approved amounts as they stood on a day (M-18): project_id, source, estimate_kind, amount_fen,
    document_number, is_sample, id.
    """
    own, past, newer = FundingComposition, CompositionRevision, aliased(CompositionRevision)
    counts = or_(own.since.is_(None), own.since <= as_of)
    names = ("project_id", "source", "estimate_kind", "amount_fen", "document_number", "is_sample", "id")
    key = ("project_id", "source", "estimate_kind")

    def like_past(table: Any) -> list[ColumnElement[bool]]:
        return [getattr(table, name) == getattr(past, name) for name in key]

    def began(table: Any) -> ColumnElement[bool]:
        return by_day(func.coalesce(table.since, table.approved_on), table.recorded_at, as_of)

    later = select(newer.id).where(*like_past(newer), newer.id > past.id, began(newer))
    standing = select(own.id).where(*like_past(own), counts)
    former = select(*(getattr(past, name) for name in names)).where(
        began(past), past.amount_fen.is_not(None), ~later.exists(), ~standing.exists()
    )
    return union_all(select(*(getattr(own, name) for name in names)).where(counts), former).subquery()


def work_confirmed(contract: Any, as_of: dt.date) -> Any:
    """What of a contract's works stands confirmed as of a day: the newest day's, of two entries of one day the later,
    which puts the former right (M-19).
    """
    own = WorkValue
    found = select(own.amount_fen).where(own.contract_id == contract, own.confirmed_on <= as_of)
    return found.order_by(own.confirmed_on.desc(), own.id.desc()).limit(1).scalar_subquery()


def outside_sums(as_of: dt.date | None = None) -> Any:
    """By receipt, the sum of the decisions that it is no project's money: those that stand, or stood on a day."""
    own, undoing = MatchDecision, aliased(MatchDecision)
    undone, made = undoing.undoes_id == own.id, own.action == "outside"
    if as_of is not None:
        undone, made = (
            and_(undone, by_day(undoing.decided_on, undoing.at, as_of)),
            and_(made, by_day(own.decided_on, own.at, as_of)),
        )
    sums = (
        select(own.receipt_id, func.sum(own.amount_fen).label("fen"))
        .outerjoin(undoing, undone)
        .where(made, undoing.id.is_(None))
    )
    return sums.group_by(own.receipt_id)


def open_receipts(until: dt.date, as_of: dt.date) -> Select[Any]:
    """The standing receipts of the days up to `until` that are neither matched nor set outside in full as of a day: id,
    voucher, received_on, payer, payee, place_code, open_fen, is_sample.
    """
    own = TreasuryReceipt
    matched = select(LedgerEntry.receipt_id, func.sum(LedgerEntry.amount_fen).label("fen")).where(
        LedgerEntry.receipt_id.is_not(None)
    )
    sums, outside = (
        matched.where(LedgerEntry.entry_on <= as_of).group_by(LedgerEntry.receipt_id).subquery(),
        outside_sums(as_of).subquery(),
    )
    left = cast(own.amount_fen - func.coalesce(sums.c.fen, 0) - func.coalesce(outside.c.fen, 0), BigInteger)
    columns = (
        own.id,
        own_number(own.voucher).label("voucher"),
        own.received_on,
        own.payer,
        own.payee,
        own.place_code,
        left.label("open_fen"),
        own.is_sample,
    )
    found: Any = select(*columns)
    return (  # type: ignore[no-any-return]
        found.outerjoin(sums, sums.c.receipt_id == own.id)
        .outerjoin(outside, outside.c.receipt_id == own.id)
        .where(own.received_on <= min(until, as_of), stands(own, as_of), left > 0)
    )


def document_states(ids: Iterable[int]) -> dict[int, DocumentState]:
    """Documents as their lines need them."""
    columns = (
        FundingDocument.id,
        FundingDocument.parent_id,
        FundingDocument.budget_year,
        FundingDocument.number,
        FundingDocument.is_sample,
    )
    return {
        row.id: DocumentState(
            parent_id=row.parent_id, budget_year=row.budget_year, number=row.number, is_sample=row.is_sample
        )
        for part in chunks(ids)
        for row in db.session.execute(select(*columns).where(FundingDocument.id.in_(part)))
    }


def _contracts(ids: Iterable[int]) -> dict[int, tuple[int, bool]]:
    columns = (Contract.id, Contract.project_id, Contract.is_sample)
    return {
        key: (owner, sample)
        for part in chunks(ids)
        for key, owner, sample in db.session.execute(select(*columns).where(Contract.id.in_(part)))
    }


def taken_numbers(step: str, names: Iterable[str]) -> set[Number]:
    """Which of the numbers stand already in entries of a step, in whose books and of which year."""
    own = LedgerEntry
    statement = select(Project.unit_id, Project.place_code, own.entry_on, own.external_id)
    statement = statement.join(Project, Project.id == own.project_id).where(own.step == step, stands(own))
    return {
        numbered(step, (unit_id, code), day, name)
        for part in chunks(names)
        for unit_id, code, day, name in db.session.execute(statement.where(own.external_id.in_(part)))
    }


def _sums(project_ids: Iterable[int]) -> dict[tuple[int, str, str], int]:
    own = LedgerEntry
    statement = select(own.project_id, own.source, own.step, func.sum(own.amount_fen)).group_by(
        own.project_id, own.source, own.step
    )
    rows = (
        row
        for part in chunks(project_ids)
        for row in db.session.execute(statement.where(own.project_id.in_(part), counts_once()))
    )
    return {(project_id, source, step): int(fen) for project_id, source, step, fen in rows}


def refunded_sums(keys: Iterable[tuple[int, str, str]], leaving: Iterable[int]) -> dict[tuple[int, str, str], int]:
    """The sums of those (project, source, step) that hold refunds which stand, the refunds `leaving` apart."""
    own, wanted = LedgerEntry, set(keys)
    refunds = select(own.id, own.project_id, own.source, own.step).where(own.kind == "refund", stands(own))
    ids, gone = {project_id for project_id, _, _ in wanted}, set(leaving)
    rows = (row for part in chunks(ids) for row in db.session.execute(refunds.where(LedgerEntry.project_id.in_(part))))
    held = {(project_id, source, step) for key, project_id, source, step in rows if key not in gone} & wanted
    sums = _sums({project_id for project_id, _, _ in held})
    return {key: sums.get(key, 0) for key in held}


def entries_with_backs(ids: Iterable[int]) -> list[tuple[LedgerEntry, int | None]]:
    """Entries in the order of their ids, each with the id of the entry that took it back."""
    statement = select(LedgerEntry, taken_back_by(LedgerEntry)).order_by(LedgerEntry.id)
    return [
        (entry, found)
        for part in chunks(ids)
        for entry, found in db.session.execute(statement.where(LedgerEntry.id.in_(part)))
    ]


def drawn_lines(ids: Iterable[int], leaving: Iterable[int]) -> set[int]:
    """Which of the lines `ids` are drawn on by entries that stand, those of `leaving` apart."""
    gone = set(leaving)
    statement = select(LedgerEntry.allocation_id, LedgerEntry.id).where(stands(LedgerEntry))
    rows = (
        row for part in chunks(ids) for row in db.session.execute(statement.where(LedgerEntry.allocation_id.in_(part)))
    )
    return {line for line, own in rows if line is not None and own not in gone}
