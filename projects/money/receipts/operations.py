"""Writes on receipts and on the end of months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, day_complaint, text_complaint
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.money import LARGEST_FEN
from projects.core.month import format_month, latest_day, month_end, month_of
from projects.core.permissions import covers, places_for, require, require_second
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.core.vocabulary import FUNDING_SOURCES
from projects.database import inserted
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.ledger.closing import Closed
from projects.money.ledger.numbers import numbered, taken_text
from projects.money.ledger.operations import alone, lock_money
from projects.money.ledger.posting import MEMO_LIMIT
from projects.money.ledger.queries import chunks, closed_months, receipt_states, stands
from projects.money.receipts.queries import statement_of, taken_vouchers
from projects.money.receipts.sheet import PlaceChoice
from projects.money.receipts.tables import FundingPeriod, TreasuryReceipt
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person

LIMITS = {"voucher": 60, "payer": 120, "payee": 120, "memo": 300}
COPIED = ("voucher", "payer", "payee", "source", "place_code", "import_id", "is_sample")


@dataclass(frozen=True)
class ReceiptValues:
    """Money that arrived, as the treasury or the bank writes it; `place_code` says who may see it, `confirmed` that one
    like another is meant to be a second.
    """

    received_on: dt.date | None
    amount_fen: int
    voucher: str = ""
    payer: str = ""
    payee: str = ""
    memo: str = ""
    source: str | None = None
    place_code: str | None = None
    import_id: int | None = None
    is_sample: bool = False
    confirmed: bool = False


def add_receipt(acting: Acting, values: ReceiptValues) -> TreasuryReceipt:
    """Keep one receipt; InvalidError names the fields that can't be taken, `confirmed` where one without a voucher's
    number says the same as another.
    """
    require(acting.actor, "funding.write")
    lock_money()
    if not values.confirmed and not values.voucher.strip() and (same := _same_receipt(values)):
        raise InvalidError(
            {"confirmed": Text(N_("已有相同的一笔到账 (第 %(id)s 号): 确为另一笔时请勾选后再提交"), {"id": same})}
        )
    with alone():
        (key,) = write_receipts(acting, [values])
    receipt = db.session.get_one(TreasuryReceipt, key)
    changes = {name: [None, getattr(receipt, name)] for name in ("voucher", "amount_fen", "payer", "payee", "memo")}
    record(
        acting.actor,
        acting.now,
        Tag.RECEIPT_ADDED,
        receipt,
        changes=changes | {"received_on": [None, receipt.received_on.isoformat()]},
    )
    return receipt


def write_receipts(acting: Acting, items: Sequence[ReceiptValues]) -> list[int]:
    """Keep all of `items` or none, without a record; the ids in their order. InvalidError keys are `position.field`."""
    require(acting.actor, "funding.write")
    lock_money()
    reach, closed = places_for(acting.actor, "funding.write"), closed_months()
    known = set(
        db.session.scalars(
            select(Place.code).where(Place.code.in_({one.place_code for one in items if one.place_code}))
        )
    ) | {None}
    taken = taken_vouchers({one.voucher.strip() for one in items if one.voucher.strip()})
    wrong: dict[str, Text] = {}
    for position, one in enumerate(items):
        found = _complaints(one, latest_day(acting.now, acting.day), closed)
        if one.place_code not in known or not covers(reach, one.place_code):
            found["place_code"] = Text(N_("请选择您负责的地区"))
        if one.voucher.strip() and one.received_on:
            number = numbered("receipt", (None, one.place_code), one.received_on, one.voucher.strip())
            if number in taken:
                found["voucher"] = taken_text(number)
            taken.add(number)
        wrong |= {f"{position}.{name}": problem for name, problem in found.items()}
    if wrong:
        raise InvalidError(wrong)
    return inserted(
        TreasuryReceipt,
        [
            {
                "voucher": one.voucher.strip(),
                "received_on": one.received_on,
                "payer": one.payer.strip(),
                "payee": one.payee.strip(),
                "amount_fen": one.amount_fen,
                "memo": one.memo.strip(),
                "source": one.source,
                "place_code": one.place_code,
                "import_id": one.import_id,
                "reverses_id": None,
                "recorded_at": acting.now,
                "is_sample": one.is_sample,
            }
            for one in items
        ],
    )


def take_back(acting: Acting, ids: Iterable[int], reason: str) -> list[int]:
    """Take receipts back by opposite ones of today, without a record; the new ids.

    ConflictError where one is matched, set outside, or taken back.
    """
    require(acting.actor, "funding.write")
    lock_money()
    wanted = set(ids)
    rows = [
        row
        for part in chunks(wanted)
        for row in db.session.scalars(select(TreasuryReceipt).where(TreasuryReceipt.id.in_(part)))
    ]
    reach, closed, states = places_for(acting.actor, "funding.write"), closed_months(), receipt_states(wanted)
    if len(rows) != len(wanted) or not all(covers(reach, row.place_code) for row in rows):
        raise NotFoundError(N_("没有这笔到账, 或不在您的权限范围内"))
    if not reason.strip() or text_complaint(reason, MEMO_LIMIT):
        raise InvalidError({"reason": text_complaint(reason, MEMO_LIMIT) or Text(N_("请写明冲销的原因"))})
    for row in rows:
        if not states[row.id].stands:
            raise ConflictError(N_("这笔已经冲销过, 请刷新后再看"))
        if states[row.id].left_fen != row.amount_fen:
            raise ConflictError(N_("第 %(id)s 号到账已有匹配或列为项目外的金额: 请先撤销那些决定"), id=row.id)
        if problem := closed.complaint(row.place_code, max(acting.day, row.received_on)):
            raise ConflictError(problem.msgid, **problem.params)
    return inserted(
        TreasuryReceipt,
        [
            {name: getattr(row, name) for name in COPIED}
            | {
                "received_on": max(acting.day, row.received_on),
                "amount_fen": -row.amount_fen,
                "memo": reason.strip(),
                "reverses_id": row.id,
                "recorded_at": acting.now,
            }
            for row in rows
        ],
    )


def reverse_receipt(acting: Acting, receipt_id: int, reason: str) -> None:
    """Take one receipt back, with a record."""
    (opposite,) = take_back(acting, [receipt_id], reason)
    row = db.session.get_one(TreasuryReceipt, opposite)
    record(
        acting.actor,
        acting.now,
        Tag.RECEIPT_REVERSED,
        row,
        changes={
            "reverses": [receipt_id, row.id],
            "amount_fen": [-row.amount_fen, row.amount_fen],
            "reason": [None, row.memo],
        },
    )


def close_seen(acting: Acting, choice: PlaceChoice, month: dt.date, seal: str) -> FundingPeriod:
    """Close a month on the figures that a person saw, told by their seal; ConflictError where the ledger says something
    else by now.
    """
    require(acting.actor, "treasury.close")
    lock_money()  # before the figures are read: nobody posts between them and the closing
    found = statement_of(choice, month)
    if found.seal != seal:
        raise ConflictError(N_("对账单在您核对之后有变动: 请重新核对再结账"))
    return close_month(acting, month, choice.code, found.figures)


def close_month(acting: Acting, month: dt.date, place_code: str, figures: Mapping[str, Any]) -> FundingPeriod:
    """Close a month for a place and all in it ('' for everywhere) on the figures shown; ConflictError where it is
    closed already or not over yet.
    """
    require(acting.actor, "treasury.close")
    lock_money()
    if not covers(places_for(acting.actor, "treasury.close"), place_code or None):
        raise ForbiddenError(N_("您不负责这个地区的结账"))
    if place_code and db.session.get(Place, place_code) is None:
        raise NotFoundError(N_("没有这个地区"))
    if month_end(month) >= latest_day(acting.now, acting.day):
        raise ConflictError(N_("%(month)s 还没有过完, 不能结账"), month=format_month(month))
    if closed_months().covers(place_code or None, month):
        raise ConflictError(N_("%(month)s 已结账"), month=format_month(month))
    period = FundingPeriod(
        month=month_of(month),
        place_code=place_code,
        figures=dict(figures),
        locked_at=acting.now,
        locked_by_id=acting.actor.id,
    )
    db.session.add(period)
    db.session.flush()
    record(
        acting.actor,
        acting.now,
        Tag.MONTH_CLOSED,
        period,
        changes={"month": [None, format_month(month)], "place": [None, place_code]},
    )
    return period


def reopen_month(acting: Acting, period_id: int, reason: str) -> None:
    """Take a closing back, with the reason; the figures it was closed on stay."""
    require_second(acting.actor, "months" in two_person())
    period = _reopened(acting, period_id, reason)
    period.reopened_at, period.reopened_by_id, period.reopen_reason = acting.now, acting.actor.id, reason.strip()
    db.session.flush()
    changes = {
        "month": [format_month(period.month)] * 2,
        "place": [period.place_code] * 2,
        "reason": [None, period.reopen_reason],
    }
    record(acting.actor, acting.now, Tag.MONTH_REOPENED, period, changes=changes)


def _reopened(acting: Acting, period_id: int, reason: str) -> FundingPeriod:
    """The closing that may be taken back for this reason."""
    require(acting.actor, "treasury.close")
    lock_money()
    period = db.session.get(FundingPeriod, period_id)
    if period is None or not covers(places_for(acting.actor, "treasury.close"), period.place_code or None):
        raise NotFoundError(N_("没有这次结账, 或不在您的权限范围内"))
    if period.reopened_at is not None:
        raise ConflictError(N_("这个月已经重新开账, 请刷新后再看"))
    if not reason.strip() or text_complaint(reason, MEMO_LIMIT):
        raise InvalidError({"reason": text_complaint(reason, MEMO_LIMIT) or Text(N_("请写明重新开账的原因"))})
    return period


def _reopen_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    period = _reopened(acting, int(subject), wanted["reason"])
    place = db.session.get(Place, period.place_code) if period.place_code else None
    about = f"{format_month(period.month)} {place.name if place else ''}".strip()
    return Effect(about, {"closed": [True, False]}, place_code=period.place_code or None)


MONTH_KINDS = (
    Kind(
        "months.reopen",
        action="treasury.close",
        consent="treasury.close",
        effect=_reopen_effect,
        apply=lambda acting, subject, wanted, _: reopen_month(acting, int(subject), wanted["reason"]),
        group="months",
        in_emergency=True,
    ),
)


def _complaints(one: ReceiptValues, today: dt.date, closed: Closed) -> dict[str, Text]:
    found = {name: text_complaint(getattr(one, name), limit) for name, limit in LIMITS.items()}
    found["received_on"] = day_complaint(one.received_on, today) or (
        closed.complaint(one.place_code, one.received_on) if one.received_on else None
    )
    found["amount"] = None if 0 < one.amount_fen <= LARGEST_FEN else Text(N_("金额须大于 0"))
    found["source"] = choice_complaint(one.source, (None, *FUNDING_SOURCES))
    return {name: problem for name, problem in found.items() if problem}


def _same_receipt(one: ReceiptValues) -> int | None:
    """The id of a standing receipt that says the same of the same day and place, whatever its voucher."""
    own = TreasuryReceipt
    alike = [
        getattr(own, name).is_not_distinct_from(getattr(one, name))
        for name in ("place_code", "received_on", "amount_fen", "source")
    ]
    texts = [getattr(own, name) == getattr(one, name).strip() for name in ("payer", "payee", "memo")]
    standing = select(own.id).where(*alike, *texts, stands(own))
    return db.session.scalars(standing.order_by(own.id).limit(1)).first()
