"""The only writers of the ledger: they check, lock and insert; recording what was done is their callers' part, once for
the whole of it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from projects.core.acting import Acting
from projects.core.complaints import text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import latest_day
from projects.core.permissions import require
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.database import inserted
from projects.locks import Turn, take
from projects.money.ledger.posting import MEMO_LIMIT, Posting
from projects.money.ledger.queries import (
    book_for,
    closed_months,
    drawn_lines,
    entries_with_backs,
    places_of,
    refunded_sums,
)
from projects.money.ledger.tables import LedgerEntry

COPIED = (
    "project_id",
    "source",
    "step",
    "kind",
    "budget_year",
    "document_number",
    "external_id",
    "document_id",
    "allocation_id",
    "receipt_id",
    "contract_id",
    "import_id",
    "decision_id",
    "is_sample",
)


def lock_money() -> None:
    """One writer of money at a time."""
    take(Turn.MONEY)


@contextmanager
def alone() -> Iterator[None]:
    """Name the fields that can't be taken without a position: the batch written inside is of one."""
    try:
        yield
    except InvalidError as problem:
        raise InvalidError({name.removeprefix("0."): text for name, text in problem.fields.items()}) from None


def write_entries(acting: Acting, items: Sequence[tuple[int, Posting]]) -> list[int]:
    """Post all of `items` (a project's id and a posting each) or none; the new ids in their order.

    InvalidError names fields as `3.amount`: the position of the posting and its field. NotFoundError where a project is
    not there.
    """
    for project_id in {project_id for project_id, _ in items}:
        require(acting.actor, "funding.write", project_id)
    lock_money()
    book = book_for(items, latest_day(acting.now, acting.day))
    if any(project_id not in book.places for project_id, _ in items):
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    wrong: dict[str, Text] = {}
    rows: list[dict[str, Any]] = []
    for position, (project_id, posting) in enumerate(items):
        problems = book.complaints(project_id, posting)
        wrong |= {f"{position}.{name}": problem for name, problem in problems.items()}
        if not problems:
            document = book.documents.get(posting.document_id or 0)
            rows.append(
                {
                    "project_id": project_id,
                    "source": posting.source,
                    "step": posting.step,
                    "kind": posting.kind,
                    "entry_on": posting.on,
                    "budget_year": book.year(posting),
                    "amount_fen": posting.amount_fen,
                    "document_number": posting.document_number.strip() or (document.number if document else ""),
                    "external_id": posting.external_id.strip(),
                    "memo": posting.memo.strip(),
                    "document_id": posting.document_id,
                    "allocation_id": posting.allocation_id,
                    "receipt_id": posting.receipt_id,
                    "contract_id": posting.contract_id,
                    "import_id": posting.import_id,
                    "decision_id": posting.decision_id,
                    "recorded_at": acting.now,
                    "is_sample": book.take(project_id, posting),
                }
            )
    if wrong:
        raise InvalidError(wrong)
    return _insert(rows, acting.day)


def reverse_entries(acting: Acting, ids: Iterable[int], reason: str) -> list[int]:
    """Take entries back with opposite ones of today; the new ids in the order of the old. All or none.

    ConflictError for an entry that is a reversal, was taken back already, is drawn on by others that stand, was
    refunded since, or whose day lies in a closed month.
    """
    lock_money()
    found = entries_with_backs(set(ids))
    if len(found) != len(set(ids)):
        raise NotFoundError(N_("没有这笔资金记录"))
    for project_id in {entry.project_id for entry, _ in found}:
        require(acting.actor, "funding.write", project_id)
    complaint = text_complaint(reason, MEMO_LIMIT) or (None if reason.strip() else Text(N_("请写明冲销的原因")))
    if complaint:
        raise InvalidError({"reason": complaint})
    _check_reversals(found, acting.day)
    rows = [
        {name: getattr(entry, name) for name in COPIED}
        | {
            "entry_on": max(acting.day, entry.entry_on),
            "amount_fen": -entry.amount_fen,
            "memo": reason.strip(),
            "reverses_id": entry.id,
            "recorded_at": acting.now,
        }
        for entry, _ in found
    ]
    return _insert(rows, acting.day)


def _check_reversals(found: Sequence[tuple[LedgerEntry, int | None]], today: dt.date) -> None:
    closed, own = closed_months(), [entry.id for entry, _ in found]
    drawn = drawn_lines(own, own)
    places = places_of({entry.project_id for entry, _ in found}) if closed.months else {}
    for entry, reversed_by in found:
        if entry.reverses_id is not None:
            raise ConflictError(N_("这笔本身是冲销记录, 不能再冲销: 请直接登记正确的一笔"))
        if reversed_by is not None:
            raise ConflictError(N_("这笔已经冲销过, 请刷新后再看"))
        if entry.id in drawn:
            raise ConflictError(N_("第 %(id)s 号下达已有到位、支付或分解记在它名下: 请先冲销那些记录"), id=entry.id)
        problem = closed.complaint(places.get(entry.project_id), max(today, entry.entry_on))
        if problem:
            raise ConflictError(problem.msgid, **problem.params)
    taken: Counter[tuple[int, str, str]] = Counter()
    for entry, _ in found:
        taken[entry.project_id, entry.source, entry.step] += (
            entry.amount_fen if entry.step != "allocated" or entry.allocation_id is None else 0
        )
    if any(
        fen < taken[key] for key, fen in refunded_sums({key: fen for key, fen in taken.items() if fen > 0}, own).items()
    ):
        raise ConflictError(N_("之后已有退回记在这个来源和环节, 冲销后会不够退: 请先冲销退回的那笔"))


def _insert(rows: list[dict[str, Any]], today: dt.date) -> list[int]:
    """The ids of the new rows, in their order; payments renew their projects' lights (L-4 of docs/rules/lights.md)."""
    if not rows:
        return []
    ids = inserted(LedgerEntry, rows)
    paid = {row["project_id"] for row in rows if row["step"] == "paid"}
    if paid:
        touched(paid, today)
    return ids
