"""Reads of the matching desk, always within the asker's places: open lines, receipts with money left, learned names, decisions, sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, covers, places_for, projects_for
from projects.core.places import within
from projects.core.text import N_
from projects.extensions import db
from projects.ledger.queries import chunks, outside_sums
from projects.matching.desk import DecisionRow, Queue, ReceiptRow, SourceSum
from projects.matching.facts import OpenLine, Proposal, Receipt
from projects.matching.matching import Progress, propose
from projects.models import Alias, FundingDocument, LedgerEntry, MatchDecision, Place, Project, TreasuryReceipt, Unit, User

READING, WRITING = "treasury.read", "funding.write"
_CACHE: dict[tuple[object, ...], list[Proposal]] = {}
KEPT_STATES = 6  # states of the ledger whose proposals this process remembers


def open_lines(actor: Actor, ids: Iterable[int] | None = None) -> list[OpenLine]:
    """Standing allocated lines with money left that `actor` may see (those of `ids`); keys are the entries' ids. Two statements."""
    own, back, drawing, document = LedgerEntry, aliased(LedgerEntry), aliased(LedgerEntry), FundingDocument
    undone = aliased(LedgerEntry)
    stands = case((and_(drawing.step == "received", drawing.reverses_id.is_(None), undone.id.is_(None)), 1), else_=0)
    drawn = (
        select(drawing.allocation_id.label("line"), func.sum(drawing.amount_fen).label("fen"), func.sum(stands).label("parts"))
        .where(drawing.allocation_id.is_not(None), drawing.step.in_(("received", "allocated")))
        .outerjoin(undone, undone.reverses_id == drawing.id)
        .group_by(drawing.allocation_id)
        .subquery()
    )
    columns = (
        own.id, own.document_number, func.coalesce(document.issued_on, own.entry_on), own.project_id, Project.name, func.coalesce(Unit.name, ""), own.source,
        own.amount_fen, drawn.c.fen, drawn.c.parts, document.parent_id,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(Project, Project.id == own.project_id)
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .outerjoin(document, document.id == own.document_id)
        .outerjoin(drawn, drawn.c.line == own.id)
        .outerjoin(back, back.reverses_id == own.id)
        .where(own.step == "allocated", own.reverses_id.is_(None), back.id.is_(None), own.amount_fen > 0)
        .where(own.amount_fen > func.coalesce(drawn.c.fen, 0))
        .order_by(own.id)
    )
    reach = projects_for(actor, READING)
    parents = {key: (number, above) for key, number, above in db.session.execute(select(document.id, document.number, document.parent_id))}
    wanted = None if ids is None else set(ids)
    found = []
    for key, number, issued, project, name, unit, source, fen, used, parts, parent in db.session.execute(statement):
        if (reach is None or project in reach) and (wanted is None or key in wanted):
            left = int(fen) - int(used or 0)
            found.append(OpenLine(str(key), number, issued, str(project), name, unit, "", source, int(fen), left, int(parts or 0), _above(parent, parents)))
    return found


def _above(parent: int | None, parents: Mapping[int, tuple[str, int | None]]) -> tuple[str, ...]:
    found: list[str] = []
    while parent is not None and len(found) < 10:
        number, parent = parents[parent]
        found.append(number)
    return tuple(found)


def receipts_left(actor: Actor, only: int | None = None) -> list[ReceiptRow]:
    """Standing receipts that `actor` may see with something neither matched nor set outside; the oldest first. One statement."""
    return [row for row in receipts(actor, only) if row.left_fen > 0]


def receipts(actor: Actor, only: int | None = None) -> list[ReceiptRow]:
    """Standing receipts that `actor` may see, with what of each is matched and outside."""
    own, back = TreasuryReceipt, aliased(TreasuryReceipt)
    matched = (
        select(LedgerEntry.receipt_id, func.sum(LedgerEntry.amount_fen).label("fen"))
        .where(LedgerEntry.receipt_id.is_not(None))
        .group_by(LedgerEntry.receipt_id)
    ).subquery()
    outside = outside_sums().subquery()
    columns = (
        own.id, own.voucher, own.received_on, own.payer, own.payee, own.amount_fen, own.memo, own.source, own.place_code, Place.name,
        func.coalesce(matched.c.fen, 0), func.coalesce(outside.c.fen, 0), own.is_sample,
    )  # fmt: skip
    statement = (
        select(*columns)
        .outerjoin(Place, Place.code == own.place_code)
        .outerjoin(matched, matched.c.receipt_id == own.id)
        .outerjoin(outside, outside.c.receipt_id == own.id)
        .outerjoin(back, back.reverses_id == own.id)
        .where(own.reverses_id.is_(None), back.id.is_(None))
        .order_by(own.received_on, own.id)
    )
    if only is not None:
        statement = statement.where(own.id == only)
    reach = places_for(actor, READING)
    return [ReceiptRow(*(*row[:10], int(row[10]), int(row[11]), row[12])) for row in db.session.execute(statement) if covers(reach, row[8])]


def receipt_of(actor: Actor, receipt_id: int) -> ReceiptRow:
    """One standing receipt; NotFoundError where there is none that `actor` may see."""
    found = receipts(actor, receipt_id)
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
    statement = select(MatchDecision.receipt_id, MatchDecision.reasons).outerjoin(undoing, undoing.undoes_id == MatchDecision.id)
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
    parts += [select(func.coalesce(func.sum(model.version), 0)).scalar_subquery() for model in (Project, FundingDocument)]
    parts += [select(func.count()).select_from(model).scalar_subquery() for model in (LedgerEntry, TreasuryReceipt)]
    return tuple(int(value) for value in db.session.execute(select(*parts)).one())


def proposals(actor: Actor, progress: Progress | None = None) -> dict[str, Proposal]:
    """A proposal for every receipt with something left, by its id. Remembered by this process until money, names or decisions change."""
    key = (*state_of_money(), places_for(actor, READING), projects_for(actor, READING), str(db.engine.url))
    if key not in _CACHE:
        waiting = [Receipt(str(row.id), row.received_on, row.payer, row.payee, row.left_fen, row.memo) for row in receipts_left(actor)]
        made = propose(open_lines(actor), waiting, aliases(actor), progress, rejected())
        while len(_CACHE) >= KEPT_STATES:
            _CACHE.pop(next(iter(_CACHE)))
        _CACHE[key] = made
    return {one.receipt: one for one in _CACHE[key]}


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
    own, reach = LedgerEntry, projects_for(actor, READING)
    statement = select(own.id, own.document_number, own.entry_on, own.project_id, Project.name, func.coalesce(Unit.name, ""), own.source, own.amount_fen)
    statement = statement.join(Project, Project.id == own.project_id).outerjoin(Unit, Unit.id == Project.unit_id)
    rows = (row for part in chunks({int(key) for key in ids}) for row in db.session.execute(statement.where(own.id.in_(part))))
    return {
        str(row[0]): OpenLine(str(row[0]), row[1], row[2], str(row[3]), row[4], row[5], "", row[6], int(row[7]), 0)
        for row in rows
        if reach is None or row[3] in reach
    }


def queue(actor: Actor) -> Queue:
    """Everything that came in, by source: matched, outside, unmatched; and the receipts with something left."""
    rows = receipts(actor)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    ids = {row.id for row in rows}
    by_source: dict[int, dict[str, int]] = defaultdict(dict)
    entries = select(LedgerEntry.receipt_id, LedgerEntry.source, func.sum(LedgerEntry.amount_fen)).where(LedgerEntry.receipt_id.is_not(None))
    for receipt, source, fen in db.session.execute(entries.group_by(LedgerEntry.receipt_id, LedgerEntry.source)):
        if receipt in ids:
            by_source[receipt][source] = int(fen)
    for row in rows:
        for source, fen in by_source.get(row.id, {}).items():
            sums[source][0] += fen
        sums[row.source or ""][1] += row.outside_fen
        sums[row.source or ""][2] += row.left_fen
    ordered = [SourceSum(source, *fens) for source, fens in sorted(sums.items()) if any(fens)]
    return Queue(tuple(ordered), tuple(row for row in rows if row.left_fen > 0), sum(row.amount_fen for row in rows))


def decisions_of(receipt_id: int) -> list[DecisionRow]:
    """What was decided on a receipt, the newest first, each with the lines it booked."""
    undoing = aliased(MatchDecision)
    columns = (
        MatchDecision.id, MatchDecision.action, MatchDecision.outside_kind, MatchDecision.amount_fen, MatchDecision.note, User.display_name, MatchDecision.at,
        undoing.id, MatchDecision.reasons,
    )  # fmt: skip
    statement = select(*columns).outerjoin(User, User.id == MatchDecision.by_id).outerjoin(undoing, undoing.undoes_id == MatchDecision.id)
    statement = statement.where(MatchDecision.receipt_id == receipt_id).order_by(MatchDecision.id.desc())
    return [
        DecisionRow(*(*row[:7], row[7] is not None, tuple((str(line), int(fen)) for line, fen in (row[8] or {}).get("parts", []))))
        for row in db.session.execute(statement)
    ]


def decision_of(actor: Actor, receipt_id: int, decision_id: int) -> MatchDecision:
    """A decision on that receipt and no other."""
    receipt_of(actor, receipt_id)
    found = db.session.scalar(select(MatchDecision).where(MatchDecision.id == decision_id, MatchDecision.receipt_id == receipt_id))
    if found is None:
        raise NotFoundError(N_("没有这个决定"))
    return found


def search_lines(lines: Sequence[OpenLine], words: str, most: int = 30) -> list[OpenLine]:
    """Open lines whose document, project or unit carry every word."""
    wanted = words.split()
    found = [one for one in lines if all(word in f"{one.document} {one.project_name} {one.unit}" for word in wanted)]
    return found[:most]


def in_place(actor: Actor, place_code: str) -> Actor:
    """`actor` seeing only a place and what lies in it."""
    if db.session.get(Place, place_code) is None:
        raise NotFoundError(N_("没有这个地区"))
    inside = [key for key, code in db.session.execute(select(Project.id, Project.place_code)) if within(code, place_code)]
    return replace(actor, role="finance", places=frozenset({place_code}), place_projects=frozenset(inside))
