"""Reads of the matching desk, always within the asker's places: open lines, receipts with money left, learned names,
decisions, sums.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, covers, places_for, projects_for
from projects.core.tables import Place
from projects.core.text import N_
from projects.core.vocabulary import FUNDING_SOURCES
from projects.extensions import db
from projects.money.documents.tables import FundingDocument
from projects.money.ledger.queries import chunks, outside_sums, stands, whole_fen
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.desk import DecisionRow, DeskReceipt, DeskStanding, Queue, SourceSum
from projects.money.matching.facts import OpenLine, Proposal
from projects.money.matching.matching import Progress
from projects.money.matching.remembering import DeskMemory, Given
from projects.money.matching.tables import Alias, MatchDecision
from projects.money.receipts.tables import TreasuryReceipt
from projects.people.accounts.tables import Unit, User
from projects.people.sign_in.queries import projects_in
from projects.register.projects.tables import Project
from projects.statements import held, rows_of

READING, WRITING = "treasury.read", "funding.write"
ORDER = {source: place for place, source in enumerate(FUNDING_SOURCES)}  # of sums; what names no source comes last
MEMORY = DeskMemory()
QUICK = 1_000  # receipts for which proposals are worked out within about a second


def open_lines(actor: Actor) -> list[OpenLine]:
    """Standing allocated lines with money left that `actor` may see."""
    return [line for line in lines(actor) if line.open_fen > 0]


def lines(actor: Actor) -> list[OpenLine]:
    """Standing allocated lines that `actor` may see, whatever is left of them; keys are the entries' ids.

    Three statements.
    """
    own, drawing, document = LedgerEntry, aliased(LedgerEntry), FundingDocument
    is_part = case((and_(drawing.step == "received", stands(drawing)), 1), else_=0)
    drawn = (
        select(
            drawing.allocation_id.label("line"),
            func.sum(drawing.amount_fen).label("fen"),
            func.sum(is_part).label("parts"),
        )
        .where(drawing.allocation_id.is_not(None), drawing.step.in_(("received", "allocated")))
        .group_by(drawing.allocation_id)
        .subquery()
    )
    columns = (
        own.id,
        own.document_number,
        func.coalesce(document.issued_on, own.entry_on).label("issued_on"),
        own.project_id,
        Project.name,
        func.coalesce(Unit.name, "").label("unit"),
        own.source,
        own.amount_fen,
        whole_fen(drawn.c.fen).label("used_fen"),
        whole_fen(drawn.c.parts).label("parts"),
        document.parent_id,
    )
    statement = (
        select(*columns)
        .join(Project, Project.id == own.project_id)
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .outerjoin(document, document.id == own.document_id)
        .outerjoin(drawn, drawn.c.line == own.id)
        .where(own.step == "allocated", stands(own), own.amount_fen > 0, *_seen(actor))
        .order_by(own.id)
    )
    parents = {
        key: (number, above)
        for key, number, above in db.session.execute(select(document.id, document.number, document.parent_id))
    }
    paid = _paid()
    return [
        OpenLine(
            key=str(row.id),
            document=row.document_number,
            issued_on=row.issued_on,
            project=str(row.project_id),
            project_name=row.name,
            unit=row.unit,
            place="",
            source=row.source,
            amount_fen=int(row.amount_fen),
            open_fen=int(row.amount_fen) - row.used_fen,
            parts=row.parts,
            parents=_above(row.parent_id, parents),
            paid=paid.get(row.id, ()),
        )
        for row in db.session.execute(statement)
    ]


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on LedgerEntry: those of projects that the asker may see."""
    reach = projects_for(actor, READING)
    return [held(LedgerEntry.project_id, reach)]


def _paid() -> dict[int, tuple[tuple[dt.date, int], ...]]:
    """By line, the days and fen of the receipts that stand booked on it."""
    own, found = LedgerEntry, defaultdict[int, list[tuple[dt.date, int]]](list)
    statement = (
        select(own.allocation_id, TreasuryReceipt.received_on, own.amount_fen)
        .join(TreasuryReceipt, TreasuryReceipt.id == own.receipt_id)
        .where(own.step == "received", own.allocation_id.is_not(None), stands(own))
        .order_by(TreasuryReceipt.received_on, own.id)
    )
    for line, day, fen in db.session.execute(statement):
        found[int(line or 0)].append((day, int(fen)))
    return {key: tuple(own) for key, own in found.items()}


def _above(parent: int | None, parents: Mapping[int, tuple[str, int | None]]) -> tuple[str, ...]:
    found: list[str] = []
    while parent is not None and len(found) < 10:
        number, parent = parents[parent]
        found.append(number)
    return tuple(found)


def _receipts() -> tuple[Select[Any], Any, Any]:
    """Standing receipts as a statement, and what of each is matched and outside."""
    own = TreasuryReceipt
    matched = (
        select(LedgerEntry.receipt_id, func.sum(LedgerEntry.amount_fen).label("fen"))
        .where(LedgerEntry.receipt_id.is_not(None))
        .group_by(LedgerEntry.receipt_id)
    ).subquery()
    outside = outside_sums().subquery()
    paid, aside = whole_fen(matched.c.fen), whole_fen(outside.c.fen)
    columns: tuple[Any, ...] = (
        own.id,
        own.voucher,
        own.received_on,
        own.payer,
        own.payee,
        own.amount_fen,
        own.memo,
        own.source,
        own.place_code,
        Place.name.label("place"),
        paid.label("matched_fen"),
        aside.label("outside_fen"),
        own.is_sample,
    )
    joined = (
        select(*columns)
        .outerjoin(Place, Place.code == own.place_code)
        .outerjoin(matched, matched.c.receipt_id == own.id)
        .outerjoin(outside, outside.c.receipt_id == own.id)
        .where(stands(own))
    )
    return joined, paid, aside


def receipts_left(actor: Actor) -> list[DeskReceipt]:
    """Standing receipts that `actor` may see with something neither matched nor set outside; the oldest first.

    One statement.
    """
    every, paid, aside = _receipts()
    own = TreasuryReceipt
    return _rows(actor, every.where(own.amount_fen > paid + aside).order_by(own.received_on, own.id))


def _rows(actor: Actor, statement: Select[Any]) -> list[DeskReceipt]:
    reach = places_for(actor, READING)
    return [row for row in rows_of(DeskReceipt, db.session.execute(statement)) if covers(reach, row.place_code)]


def receipt_of(actor: Actor, receipt_id: int) -> DeskReceipt:
    """One standing receipt; NotFoundError where there is none that `actor` may see."""
    found = _rows(actor, _receipts()[0].where(TreasuryReceipt.id == receipt_id))
    if not found:
        raise NotFoundError(N_("没有这笔到账, 或不在您的权限范围内"))
    return found[0]


def aliases(actor: Actor) -> list[tuple[str, str]]:
    """Learned short names with the full names they stand for, the longest first."""
    reach = places_for(actor, READING)
    statement = (
        select(Alias.text, func.coalesce(Unit.name, Project.name), Alias.place_code)
        .outerjoin(Unit, Unit.id == Alias.unit_id)
        .outerjoin(Project, Project.id == Alias.project_id)
        .order_by(func.length(Alias.text).desc(), Alias.id)
    )
    return [(short, full) for short, full, place in db.session.execute(statement) if covers(reach, place)]


def rejected() -> dict[str, set[tuple[tuple[str, int], ...]]]:
    """By receipt, the bookings that a person turned down; taking the decision back lets them be proposed again."""
    undoing = aliased(MatchDecision)
    statement = select(MatchDecision.receipt_id, MatchDecision.reasons).outerjoin(
        undoing, undoing.undoes_id == MatchDecision.id
    )
    found: dict[str, set[tuple[tuple[str, int], ...]]] = defaultdict(set)
    for receipt, said in db.session.execute(statement.where(MatchDecision.action == "reject", undoing.id.is_(None))):
        found[str(receipt)].add(tuple(sorted((str(line), int(fen)) for line, fen in said.get("parts", []))))
    return found


def state_of_money() -> tuple[int, ...]:
    """Figures that differ whenever proposals may differ; one statement."""
    parts = [
        select(func.coalesce(func.max(model.id), 0)).scalar_subquery()
        for model in (LedgerEntry, TreasuryReceipt, MatchDecision, Alias, FundingDocument, Project)
    ]
    parts += [
        select(func.coalesce(func.sum(model.version), 0)).scalar_subquery() for model in (Project, FundingDocument)
    ]
    parts += [select(func.count()).select_from(model).scalar_subquery() for model in (LedgerEntry, TreasuryReceipt)]
    return tuple(int(value) for value in db.session.execute(select(*parts)).one())


def standing(actor: Actor, progress: Progress | None = None) -> DeskStanding:
    """The desk as it stands.

    Remembered by this process until money, names or decisions change; then what they touch is worked out again.
    """
    return MEMORY.standing(_scope(actor), state_of_money(), lambda: given(actor), progress)


def given(actor: Actor) -> Given:
    """All that proposals follow from. Eight statements."""
    return Given(lines(actor), queue(actor), aliases(actor), rejected())


def is_long(actor: Actor) -> bool:
    """Whether `standing` will take seconds: nothing is remembered for the asker's places, and much waits.

    One statement at most.
    """
    return not MEMORY.is_warm(_scope(actor)) and len(receipts_left(actor)) > QUICK


def bare(actor: Actor) -> DeskStanding:
    """The queue with nothing proposed yet."""
    return DeskStanding(queue(actor), {}, {})


def _scope(actor: Actor) -> tuple[object, ...]:
    return places_for(actor, READING), projects_for(actor, READING), str(db.engine.url)


def proposals(actor: Actor, progress: Progress | None = None) -> Mapping[str, Proposal]:
    """A proposal for every receipt with something left, by its id."""
    return standing(actor, progress).proposals


def externals(ids: Iterable[str]) -> dict[str, str]:
    """The lines' numbers elsewhere by their ids; a line without one keeps its id."""
    rows = (
        row
        for part in chunks({int(key) for key in ids})
        for row in db.session.execute(select(LedgerEntry.id, LedgerEntry.external_id).where(LedgerEntry.id.in_(part)))
    )
    return {str(key): external or str(key) for key, external in rows}


def line_names(actor: Actor, ids: Iterable[str]) -> dict[str, OpenLine]:
    """Lines of projects that `actor` may see by their ids, whatever is left of them, for showing what was booked."""
    own = LedgerEntry
    statement = select(
        own.id,
        own.document_number,
        own.entry_on,
        own.project_id,
        Project.name,
        func.coalesce(Unit.name, "").label("unit"),
        own.source,
        own.amount_fen,
    )
    statement = statement.join(Project, Project.id == own.project_id).outerjoin(Unit, Unit.id == Project.unit_id)
    rows = (
        row
        for part in chunks({int(key) for key in ids})
        for row in db.session.execute(statement.where(own.id.in_(part), *_seen(actor)))
    )
    return {
        str(row.id): OpenLine(
            key=str(row.id),
            document=row.document_number,
            issued_on=row.entry_on,
            project=str(row.project_id),
            project_name=row.name,
            unit=row.unit,
            place="",
            source=row.source,
            amount_fen=int(row.amount_fen),
            open_fen=0,
        )
        for row in rows
    }


def queue(actor: Actor) -> Queue:
    """Everything that came in, by source: matched, outside, unmatched; and the receipts with something left.

    Three statements.
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    reach, every = places_for(actor, READING), _receipts()
    own, came, rows = TreasuryReceipt, 0, receipts_left(actor)
    held = (
        every[0]
        .with_only_columns(own.place_code, own.source, func.sum(own.amount_fen), func.sum(every[2]))
        .group_by(own.place_code, own.source)
    )
    for place, source, fen, outside in db.session.execute(held):
        if covers(reach, place):
            came += int(fen)
            sums[source or ""][1] += int(outside)
    matched = select(own.place_code, LedgerEntry.source, func.sum(LedgerEntry.amount_fen)).join(
        own, own.id == LedgerEntry.receipt_id
    )
    for place, source, fen in db.session.execute(matched.group_by(own.place_code, LedgerEntry.source)):
        if covers(reach, place):
            sums[source][0] += int(fen)
    for row in rows:
        sums[row.source or ""][2] += row.left_fen
    ordered = [
        SourceSum(source, *fens)
        for source, fens in sorted(sums.items(), key=lambda one: ORDER.get(one[0], len(ORDER)))
        if any(fens)
    ]
    return Queue(tuple(ordered), tuple(rows), came)


def decisions_of(receipt_id: int) -> list[DecisionRow]:
    """What was decided on a receipt, the newest first, each with the lines it booked."""
    undoing = aliased(MatchDecision)
    columns = (
        MatchDecision.id,
        MatchDecision.action,
        MatchDecision.outside_kind,
        MatchDecision.amount_fen,
        MatchDecision.note,
        User.display_name,
        MatchDecision.at,
        undoing.id,
        MatchDecision.reasons,
    )
    statement = (
        select(*columns)
        .outerjoin(User, User.id == MatchDecision.by_id)
        .outerjoin(undoing, undoing.undoes_id == MatchDecision.id)
    )
    statement = statement.where(MatchDecision.receipt_id == receipt_id).order_by(MatchDecision.id.desc())
    return [
        DecisionRow(
            *(
                *row[:7],
                row[7] is not None,
                tuple((str(line), int(fen)) for line, fen in (row[8] or {}).get("parts", [])),
            )
        )
        for row in db.session.execute(statement)
    ]


def decision_of(actor: Actor, receipt_id: int, decision_id: int) -> MatchDecision:
    """A decision on that receipt and no other."""
    receipt_of(actor, receipt_id)
    found = db.session.scalar(
        select(MatchDecision).where(MatchDecision.id == decision_id, MatchDecision.receipt_id == receipt_id)
    )
    if found is None:
        raise NotFoundError(N_("没有这个决定"))
    return found


def in_place(actor: Actor, place_code: str) -> Actor:
    """`actor` seeing only a place and what lies in it."""
    if db.session.get(Place, place_code) is None:
        raise NotFoundError(N_("没有这个地区"))
    own = frozenset({place_code})
    return replace(actor, role="finance", places=own, place_projects=projects_in(own))
