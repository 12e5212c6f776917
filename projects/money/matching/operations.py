"""Writes of the matching desk: what a receipt pays, that it is none of the projects', that a proposal is wrong, and
taking any of these back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.money import exact_yuan
from projects.core.month import latest_day
from projects.core.permissions import Actor, covers, places_for, projects_for, require
from projects.core.text import N_, Text
from projects.core.vocabulary import OUTSIDE_KINDS
from projects.database import inserted
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.ledger.operations import lock_money, reverse_entries, write_entries
from projects.money.ledger.posting import Posting
from projects.money.ledger.queries import chunks, closed_months, line_states, places_of, receipt_states, stands
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.learning import learned
from projects.money.matching.tables import Alias, MatchDecision
from projects.money.receipts.tables import TreasuryReceipt
from projects.people.accounts.tables import Unit
from projects.register.projects.tables import Project
from projects.statements import held

NOTE_LIMIT = 200
LARGEST_ID = 2**31 - 1  # of PostgreSQL's integer
Parts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Booking:
    """What one receipt pays: (line, fen) pairs, and what the program had said for it."""

    receipt_id: int
    parts: Parts
    reasons: tuple[Text, ...] = ()
    note: str = ""


def confirm(acting: Acting, bookings: Sequence[Booking]) -> list[int]:
    """Book receipts on lines, all or none; the ids of the decisions.

    ConflictError where a receipt or a line was taken meanwhile.
    """
    require(acting.actor, "funding.write")
    lock_money()
    receipts = _receipts(acting.actor, [one.receipt_id for one in bookings])
    lines = _lines(acting.actor, {int(line) for one in bookings for line, _ in one.parts})
    _check(bookings, receipts)
    rows = [
        {
            "receipt_id": one.receipt_id,
            "action": "confirm",
            "outside_kind": None,
            "amount_fen": sum(fen for _, fen in one.parts),
            "undoes_id": None,
            "reasons": {
                "parts": [[line, fen] for line, fen in one.parts],
                "said": [text.to_json() for text in one.reasons],
            },
            "note": one.note.strip(),
            "by_id": acting.actor.id,
            "at": acting.now,
            "decided_on": acting.day,
            "is_sample": receipts[one.receipt_id].is_sample or any(lines[int(line)].is_sample for line, _ in one.parts),
        }
        for one in bookings
    ]
    ids = inserted(MatchDecision, rows)
    closed, places = closed_months(), places_of({line.project_id for line in lines.values()})
    items = []
    for one, decision in zip(bookings, ids, strict=True):
        receipt = receipts[one.receipt_id]
        for key, fen in one.parts:
            line = lines[int(key)]
            day = closed.open_day(
                (places[line.project_id], receipt.place_code), receipt.received_on, latest_day(acting.now, acting.day)
            )
            posting = Posting(
                line.source,
                "received",
                day,
                fen,
                document_number=line.document_number,
                memo=receipt.memo[:NOTE_LIMIT],
                allocation_id=line.id,
                receipt_id=receipt.id,
                document_id=None,
                decision_id=decision,
                confirmed=True,
            )
            items.append((line.project_id, posting))
    try:
        write_entries(acting, items)
    except InvalidError as problem:
        raise _as_conflict(problem, [posting.document_number for _, posting in items]) from None
    _learn(
        acting.now,
        [
            (decision, receipts[one.receipt_id], [lines[int(key)] for key, _ in one.parts])
            for one, decision in zip(bookings, ids, strict=True)
        ],
    )
    changes = {"receipts": [0, len(bookings)], "amount_fen": [0, sum(fen for one in bookings for _, fen in one.parts)]}
    subject = db.session.get_one(MatchDecision, ids[0]) if len(ids) == 1 else "matching"
    record(
        acting.actor,
        acting.now,
        Tag.MATCH_CONFIRMED,
        subject,
        project_id=items[0][0] if len(ids) == 1 and items else None,
        changes=changes,
    )
    return ids


def _as_conflict(problem: InvalidError, numbers: Sequence[str]) -> Exception:
    """A line or receipt that has less left than was typed or shown; `numbers` are the documents of the postings in
    their order.
    """
    taken = all(name.split(".")[-1] in ("amount", "allocation_id", "receipt_id") for name in problem.fields)
    if not taken or not problem.fields:
        return problem
    name, why = next(iter(problem.fields.items()))
    place = int(name.partition(".")[0]) if name.partition(".")[0].isdigit() else 0
    return ConflictError(
        N_("%(number)s: %(why)s。请改小金额; 没有写错的, 是有人刚刚先匹配了, 或下达已变动"),
        number=numbers[place] or "—",
        why=why,
    )


def _check(bookings: Sequence[Booking], receipts: Mapping[int, TreasuryReceipt]) -> None:
    if len({one.receipt_id for one in bookings}) != len(bookings):
        raise InvalidError({"parts": Text(N_("同一笔到账在一次确认里只能出现一次"))})
    states = receipt_states(receipts)
    for one in bookings:
        if (
            not one.parts
            or any(fen <= 0 for _, fen in one.parts)
            or len({line for line, _ in one.parts}) != len(one.parts)
        ):
            raise InvalidError({"parts": Text(N_("请为每一行选一笔下达, 写上大于 0 的金额, 同一笔下达只写一行"))})
        left = states[one.receipt_id].left_fen
        if not states[one.receipt_id].stands or left <= 0:
            raise ConflictError(N_("这笔到账已由他人处理完, 请刷新后再看"))
        if sum(fen for _, fen in one.parts) > left:
            raise ConflictError(N_("各行之和超过这笔到账的余额 %(left)s 元"), left=exact_yuan(left))
        if text_complaint(one.note, NOTE_LIMIT):
            raise InvalidError({"note": Text(N_("最多 %(most)s 字"), {"most": NOTE_LIMIT})})


def set_outside(acting: Acting, receipt_id: int, kind: str, note: str = "") -> int:
    """Say that what is left of a receipt belongs to no allocation; the decision's id."""
    require(acting.actor, "funding.write")
    lock_money()
    receipt = _receipts(acting.actor, [receipt_id])[receipt_id]
    if problem := choice_complaint(kind, OUTSIDE_KINDS):
        raise InvalidError({"kind": problem})
    if problem := text_complaint(note, NOTE_LIMIT):
        raise InvalidError({"note": problem})
    state = receipt_states([receipt_id])[receipt_id]
    if not state.stands or state.left_fen <= 0:
        raise ConflictError(N_("这笔到账已由他人处理完, 请刷新后再看"))
    row = _decision(
        acting.actor,
        acting.now,
        receipt,
        "outside",
        outside_kind=kind,
        amount_fen=state.left_fen,
        note=note.strip(),
        decided_on=acting.day,
    )
    record(
        acting.actor,
        acting.now,
        Tag.MATCH_OUTSIDE,
        row,
        changes={"outside_kind": [None, kind], "amount_fen": [0, state.left_fen], "note": [None, note.strip()]},
    )
    return row.id


def reject(acting: Acting, receipt_id: int, parts: Parts, note: str = "") -> int:
    """Say that a proposal is wrong, so that it is not made again; the decision's id."""
    require(acting.actor, "funding.write")
    lock_money()
    receipt = _receipts(acting.actor, [receipt_id])[receipt_id]
    if not parts:
        raise InvalidError({"parts": Text(N_("没有可以否决的建议"))})
    if problem := text_complaint(note, NOTE_LIMIT):
        raise InvalidError({"note": problem})
    _lines(acting.actor, {int(line) for line, _ in parts})
    row = _decision(
        acting.actor,
        acting.now,
        receipt,
        "reject",
        reasons={"parts": [[line, fen] for line, fen in parts]},
        note=note.strip(),
    )
    record(
        acting.actor, acting.now, Tag.MATCH_REJECTED, row, changes={"receipts": [0, 1], "note": [None, note.strip()]}
    )
    return row.id


def undo(acting: Acting, receipt_id: int, decision_id: int) -> int:
    """Take a decision back, with what it booked and what it taught; the undoing decision's id.

    ConflictError where that was done already.
    """
    require(acting.actor, "funding.write")
    lock_money()
    receipt = _receipts(acting.actor, [receipt_id])[receipt_id]
    decision = db.session.scalar(
        select(MatchDecision).where(MatchDecision.id == decision_id, MatchDecision.receipt_id == receipt_id)
    )
    if decision is None or decision.action == "undo":
        raise NotFoundError(N_("没有这个决定"))
    if db.session.scalar(select(MatchDecision.id).where(MatchDecision.undoes_id == decision_id)):
        raise ConflictError(N_("这个决定已经撤销过, 请刷新后再看"))
    booked = select(LedgerEntry.id).where(LedgerEntry.decision_id == decision_id, stands(LedgerEntry))
    entries = list(db.session.scalars(booked))
    if entries:
        reverse_entries(acting, entries, "撤销匹配")
    for alias in db.session.scalars(select(Alias).where(Alias.decision_id == decision_id)):
        db.session.delete(alias)
    row = _decision(
        acting.actor,
        acting.now,
        receipt,
        "undo",
        undoes_id=decision_id,
        amount_fen=-decision.amount_fen,
        decided_on=acting.day,
    )
    record(
        acting.actor,
        acting.now,
        Tag.MATCH_UNDONE,
        row,
        changes={"decision": [decision_id, None], "amount_fen": [decision.amount_fen, 0]},
    )
    return row.id


def _decision(actor: Actor, now: dt.datetime, receipt: TreasuryReceipt, action: str, **values: Any) -> MatchDecision:
    row = MatchDecision(
        receipt_id=receipt.id,
        action=action,
        by_id=actor.id,
        at=now,
        is_sample=receipt.is_sample,
        **({"reasons": {}} | values),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _receipts(actor: Actor, ids: Sequence[int]) -> dict[int, TreasuryReceipt]:
    rows = {
        row.id: row
        for part in chunks(set(ids))
        for row in db.session.scalars(select(TreasuryReceipt).where(TreasuryReceipt.id.in_(part)))
    }
    reach = places_for(actor, "funding.write")
    if len(rows) != len(set(ids)) or not all(covers(reach, row.place_code) for row in rows.values()):
        raise NotFoundError(N_("没有这笔到账, 或不在您的权限范围内"))
    return rows


def _lines(actor: Actor, ids: set[int]) -> dict[int, LedgerEntry]:
    """Standing allocated lines; NotFoundError where one is none, or outside the asker's projects, ConflictError where
    one was taken back.
    """
    own, reach = LedgerEntry, projects_for(actor, "funding.write")
    known = {key for key in ids if key <= LARGEST_ID}
    seen = [held(own.project_id, reach)]
    rows = {
        row.id: row
        for part in chunks(known)
        for row in db.session.scalars(select(own).where(own.id.in_(part), own.step == "allocated", *seen))
    }
    if rows.keys() != ids:
        raise NotFoundError(N_("没有这笔下达, 或不在您的权限范围内"))
    if not all(state.stands for state in line_states(ids).values()):
        raise ConflictError(N_("有人刚刚先匹配了, 或下达已变动 (%(why)s): 请核对后再确认"), why=Text(N_("下达已冲销")))
    return rows


def _learn(now: dt.datetime, booked: Sequence[tuple[int, TreasuryReceipt, list[LedgerEntry]]]) -> None:
    """Keep the names that these receipts use for units whose own names do not explain them."""
    projects = {line.project_id for _, _, lines in booked for line in lines}
    units: dict[int, tuple[int, str]] = {}
    for part in chunks(projects):
        for project, unit, name in db.session.execute(
            select(Project.id, Unit.id, Unit.name).join(Unit, Unit.id == Project.unit_id).where(Project.id.in_(part))
        ):
            units[project] = (unit, name)
    known = {
        (place, text): unit
        for place, text, unit in db.session.execute(select(Alias.place_code, Alias.text, Alias.unit_id))
    }
    names = list(db.session.scalars(select(Unit.name))) if booked else []
    for decision, receipt, lines in booked:
        owners = {units[line.project_id] for line in lines if line.project_id in units}
        if len(owners) != 1:
            continue
        ((unit, name),) = owners
        text = learned(receipt.payee, name, names)
        if text and (receipt.place_code, text) not in known:
            known[receipt.place_code, text] = unit
            sample = receipt.is_sample or any(line.is_sample for line in lines)
            db.session.add(
                Alias(
                    place_code=receipt.place_code,
                    kind="unit",
                    text=text,
                    unit_id=unit,
                    decision_id=decision,
                    learned_at=now,
                    is_sample=sample,
                )
            )
    db.session.flush()
