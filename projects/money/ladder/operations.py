"""Writes on money. Posted rows never change: a correction is a reversing entry, then the right one.

Sums that break a rule are stored and flagged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.money import LARGEST_FEN, plain_yuan
from projects.core.month import ALWAYS, latest_day
from projects.core.permissions import require, require_second
from projects.core.text import N_, Text
from projects.core.vocabulary import ESTIMATE_KINDS, FUNDING_SOURCES
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.documents.numbers import normalise
from projects.money.ladder.queries import entry_of, standing_entries
from projects.money.ladder.tables import CompositionRevision, FundingComposition
from projects.money.ledger.operations import alone, lock_money, reverse_entries, write_entries
from projects.money.ledger.posting import MEMO_LIMIT, NUMBER_LIMIT, Posting
from projects.money.ledger.tables import LedgerEntry
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.register.projects.tables import Project
from projects.works.backdating.queries import backdated
from projects.works.schedule.queries import is_reported

MENTIONED = ("external_id", "budget_year", "document_id", "allocation_id", "receipt_id", "contract_id")


def post_entry(acting: Acting, project_id: int, posting: Posting) -> LedgerEntry:
    """Add an entry; InvalidError names the fields that can't be taken, `confirmed` where the same entry stands
    already.
    """
    require(acting.actor, "funding.write", project_id)
    lock_money()
    if not posting.confirmed and (same := _same_entry(project_id, posting)):
        params = {"id": same.id, "day": same.entry_on, "amount": plain_yuan(same.amount_fen)}
        raise InvalidError(
            {
                "confirmed": Text(
                    N_("已有相同的一笔 (第 %(id)s 号, %(day)s, %(amount)s 元): 确为另一笔时请勾选后再提交"), params
                )
            }
        )
    with alone():
        (entry_id,) = write_entries(acting, [(project_id, posting)])
    entry = db.session.get_one(LedgerEntry, entry_id)
    changes = {name: [None, getattr(entry, name)] for name in ("source", "step", "amount_fen", "document_number")}
    changes |= {name: [None, getattr(entry, name)] for name in MENTIONED if getattr(entry, name)}
    changes |= {"entry_kind": [None, entry.kind]} if entry.kind != "normal" else {}
    record(
        acting.actor,
        acting.now,
        Tag.LEDGER_POSTED,
        entry,
        project_id=project_id,
        changes=changes | {"entry_on": [None, entry.entry_on.isoformat()]},
    )
    return entry


def reverse_entry(acting: Acting, project_id: int, entry_id: int, reason: str) -> LedgerEntry:
    """Take an entry back with an opposite one of today; ConflictError where that was done already, or others that stand
    draw on it.
    """
    require(acting.actor, "funding.write", project_id)
    entry = entry_of(project_id, entry_id)
    if entry is None:
        raise NotFoundError(N_("没有这笔资金记录"))
    (opposite_id,) = reverse_entries(acting, [entry_id], reason)
    opposite = db.session.get_one(LedgerEntry, opposite_id)
    changes = {
        "reverses": [entry.id, opposite.id],
        "amount_fen": [entry.amount_fen, opposite.amount_fen],
        "reason": [None, opposite.memo],
    }
    record(acting.actor, acting.now, Tag.LEDGER_REVERSED, opposite, project_id=project_id, changes=changes)
    return opposite


@dataclass(frozen=True)
class Amount:
    """What a source is approved to give in a kind of estimate; `amount_fen` None takes the line away.

    `seen_fen` is what the person saw there.
    """

    source: str
    kind: str
    amount_fen: int | None
    seen_fen: int | None
    document_number: str = ""
    approved_on: dt.date | None = None
    reason: str = ""
    backdated_reason: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a composition as it would be set: the project, the stored row, since when, and what changes."""

    project: Project
    row: FundingComposition | None
    since: dt.date
    changes: dict[str, list[Any]]


def set_composition(acting: Acting, project_id: int, amount: Amount) -> None:
    """Set one line of the composition since the day it was approved, or today, and keep what it was; ConflictError
    where somebody else changed it.
    """
    line = composition_changes(acting, project_id, amount)
    if not line.changes:
        return
    require_second(acting.actor, moves(line) and "sums" in two_person())
    row = _store(acting, project_id, amount, line.row)
    record(
        acting.actor,
        acting.now,
        Tag.COMPOSITION_CHANGED,
        row or "composition",
        project_id=project_id,
        changes=line.changes,
    )


def composition_changes(acting: Acting, project_id: int, amount: Amount) -> Line:
    """What `set_composition` would do; InvalidError and ConflictError as it says."""
    require(acting.actor, "funding.write", project_id)
    lock_money()
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    if wrong := _amount_complaints(amount, latest_day(acting.now, acting.day)):
        raise InvalidError(wrong)
    row = db.session.scalar(
        select(FundingComposition).where(
            FundingComposition.project_id == project_id,
            FundingComposition.source == amount.source,
            FundingComposition.estimate_kind == amount.kind,
        )
    )
    before = (row.amount_fen, row.document_number) if row else (None, "")
    after = (amount.amount_fen, amount.document_number.strip() if amount.amount_fen is not None else "")
    since = amount.approved_on or acting.day
    if before == after and (row is None or not amount.approved_on or row.since == since):
        return Line(project, row, since, {})
    if acting.actor.consent is None and before[0] != amount.seen_fen:
        raise ConflictError(
            N_("这项批复金额已经登记, 或刚被他人改过, 与您看到的不同: 请对照“批复金额 (资金构成)”里的数核对后再提交")
        )
    changes: dict[str, list[Any]] = {
        "source": [amount.source] * 2,
        "kind": [amount.kind] * 2,
        "amount_fen": [before[0], after[0]],
        "document_number": [before[1], after[1]],
    }
    if amount.approved_on:
        changes["since"] = [None, amount.approved_on.isoformat()]
    changes |= backdated(acting, project, [amount.approved_on], amount.backdated_reason)
    return Line(project, row, since, changes)


def moves(line: Line) -> bool:
    """Whether another approved sum moves what anything is measured by: any but the first of its source and kind, before
    anybody reported and anything was posted (M-19).
    """
    posted = select(LedgerEntry.id).where(LedgerEntry.project_id == line.project.id).limit(1)
    return line.row is not None or is_reported(line.project.id) or db.session.scalar(posted) is not None


def _amount_complaints(amount: Amount, latest: dt.date) -> dict[str, Text]:
    found = {
        "source": choice_complaint(amount.source, FUNDING_SOURCES),
        "kind": choice_complaint(amount.kind, ESTIMATE_KINDS),
        "document_number": text_complaint(amount.document_number, NUMBER_LIMIT),
        "reason": text_complaint(amount.reason, MEMO_LIMIT),
    }
    if amount.amount_fen is not None and not 0 <= amount.amount_fen <= LARGEST_FEN:
        found["amount"] = Text(N_("金额不能为负, 也不能超过 9999999999999.99 元"))
    if amount.approved_on and amount.approved_on > latest:
        found["approved_on"] = Text(N_("不能晚于今天 %(today)s"), {"today": latest})
    return {name: problem for name, problem in found.items() if problem}


def take_over(acting: Acting, project_id: int, sums: Mapping[str, int], reason: str) -> None:
    """Store the approved estimates by source (fen) that a ledger of projects names, with one entry of the history; for
    who imports projects. The first of a source, before anybody reported and anything was posted, has always counted,
    and goes again where the ledger is taken back; any other counts since today, and needs another person's consent.
    """
    require(acting.actor, "project.import", project_id)
    lock_money()
    kind, changes, project = "approved_estimate", {}, db.session.get_one(Project, project_id)
    own = FundingComposition
    rows = {
        row.source: row
        for row in db.session.scalars(select(own).where(own.project_id == project_id, own.estimate_kind == kind))
    }
    for source, fen in sums.items():
        row = rows.get(source)
        before = row.amount_fen if row else None
        if before != fen:
            if not moves(Line(project, row, acting.day, {})):
                db.session.add(own(project_id=project_id, source=source, estimate_kind=kind, amount_fen=fen))
            else:
                require_second(acting.actor, "sums" in two_person())
                _store(acting, project_id, Amount(source, kind, fen, before, reason=reason[:MEMO_LIMIT]), row)
            changes[f"amount_fen:{source}"] = [before, fen]
    db.session.flush()
    if changes:
        about = {"kind": [kind] * 2, "reason": ["", reason[:MEMO_LIMIT]]}
        record(
            acting.actor,
            acting.now,
            Tag.COMPOSITION_CHANGED,
            "composition",
            project_id=project_id,
            changes=about | changes,
        )


def _store(
    acting: Acting, project_id: int, amount: Amount, row: FundingComposition | None
) -> FundingComposition | None:
    """Store one line, None where it is taken away, and keep what it was."""
    since = amount.approved_on or acting.day
    number = amount.document_number.strip() if amount.amount_fen is not None else ""
    _keep(row, acting.now)
    if amount.amount_fen is None:
        db.session.delete(row)
    else:
        row = row or FundingComposition(project_id=project_id, source=amount.source, estimate_kind=amount.kind)
        row.amount_fen, row.document_number, row.since, row.is_sample = amount.amount_fen, number, since, False
        db.session.add(row)
    db.session.add(
        CompositionRevision(
            project_id=project_id,
            source=amount.source,
            estimate_kind=amount.kind,
            amount_fen=amount.amount_fen,
            document_number=number,
            approved_on=amount.approved_on,
            since=since,
            reason=amount.reason.strip(),
            by_id=acting.actor.id,
            recorded_at=acting.now,
        )
    )
    db.session.flush()
    return row


def _keep(row: FundingComposition | None, now: dt.datetime) -> None:
    """An amount that has always counted still counts for the days before it is changed."""
    if row is not None and row.since is None:
        values = {
            name: getattr(row, name)
            for name in ("project_id", "source", "estimate_kind", "amount_fen", "document_number", "is_sample")
        }
        db.session.add(CompositionRevision(since=ALWAYS, recorded_at=now, **values))
        db.session.flush()


def _same_entry(project_id: int, posting: Posting) -> LedgerEntry | None:
    """A standing entry that says the same, its document number compared without regard to brackets and widths."""
    if posting.on is None:
        return None
    alike = standing_entries(project_id, posting.source, posting.step, posting.on, posting.amount_fen)
    return next((one for one in alike if normalise(one.document_number) == normalise(posting.document_number)), None)


# --- as another person approves it ------------------------------------------------------------------------------------


def _amount_wanted(wanted: Values) -> Amount:
    day = wanted["approved_on"]
    return Amount(**{**wanted, "approved_on": dt.date.fromisoformat(day) if day else None})


def _sum_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    line = composition_changes(acting, int(subject.partition(":")[0]), _amount_wanted(wanted))
    moving = bool(line.changes) and moves(line)
    project = line.project
    return Effect(project.name, line.changes, place_code=project.place_code, project_id=project.id, moves=moving)


def _sum_apply(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> None:
    set_composition(acting, int(subject.partition(":")[0]), _amount_wanted(wanted))


SUM_KINDS = (
    Kind(
        "sum.set",
        action="funding.write",
        consent="change.approve",
        effect=_sum_effect,
        apply=_sum_apply,
        group="sums",
        in_emergency=True,
    ),
)
