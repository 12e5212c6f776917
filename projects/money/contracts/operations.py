"""Writes on contracts: the contract with what it is worth by source, and what of its works was confirmed as done.

Payments are entries of the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, day_complaint, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.money import LARGEST_FEN, plain_yuan
from projects.core.month import latest_day
from projects.core.permissions import require
from projects.core.text import N_, Text
from projects.core.vocabulary import CONTRACT_KINDS
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.contracts.queries import is_known, is_paid, standing_parts
from projects.money.contracts.split import spelled
from projects.money.contracts.tables import Contract, WorkValue
from projects.money.ledger.operations import lock_money, write_entries
from projects.money.ledger.posting import MEMO_LIMIT, NUMBER_LIMIT, Posting
from projects.money.ledger.queries import work_confirmed
from projects.money.ledger.tables import LedgerEntry

FIELDS = {"on": "signed_on"}  # a posting's fields as the contract's form names them; what names none stands at the sum


@dataclass(frozen=True)
class ContractValues:
    """A contract and, by source, what it is worth in fen; `retention` is the percentage held back, None where the
    contract names none.

    `confirmed` says that one like another is meant to be a second.
    """

    name: str
    party: str
    signed_on: dt.date | None
    parts: Mapping[str, int]
    number: str = ""
    kind: str = "works"
    retention: float | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class Worth:
    """What a contract is to be worth by source from a day on, and why; `seen` is what the person saw
    (split.spelled).
    """

    parts: Mapping[str, int]
    seen: str
    on: dt.date | None
    reason: str


@dataclass(frozen=True)
class Payment:
    """A payment by source, under one voucher; `confirmed` says that one without a voucher that is like another is meant
    to be a second.
    """

    parts: Mapping[str, int]
    on: dt.date | None
    voucher: str = ""
    memo: str = ""
    confirmed: bool = False


def add_contract(acting: Acting, project_id: int, values: ContractValues) -> Contract:
    """Keep a contract and post what it is worth; InvalidError names the fields that can't be taken, `confirmed` where
    the same contract is there already.
    """
    require(acting.actor, "funding.write", project_id)
    lock_money()
    wrong = _complaints(values, latest_day(acting.now, acting.day))
    if wrong or values.signed_on is None:
        raise InvalidError(wrong)
    if not values.confirmed and is_known(project_id, values.number, values.name, values.party, values.signed_on):
        raise InvalidError(
            {"confirmed": Text(N_("已有编号、名称、对方和日期都相同的合同: 确为另一份时请勾选后再提交"))}
        )
    row = Contract(
        project_id=project_id,
        number=values.number.strip(),
        name=values.name.strip(),
        kind=values.kind,
        party=values.party.strip(),
        signed_on=values.signed_on,
        retention=values.retention,
        recorded_at=acting.now,
    )
    db.session.add(row)
    db.session.flush()
    postings = [
        (
            project_id,
            Posting(
                source=source,
                step="contracted",
                on=values.signed_on,
                amount_fen=fen,
                document_number=values.number,
                memo=values.name[:MEMO_LIMIT],
                contract_id=row.id,
            ),
        )
        for source, fen in values.parts.items()
    ]
    _post(acting, postings, FIELDS)
    changes: dict[str, Any] = (
        {f"amount_fen:{source}": [None, fen] for source, fen in values.parts.items()} if len(values.parts) > 1 else {}
    )
    changes |= {
        "number": [None, row.number],
        "name": [None, row.name],
        "party": [None, row.party],
        "amount_fen": [None, sum(values.parts.values())],
    }
    record(
        acting.actor,
        acting.now,
        Tag.CONTRACT_ADDED,
        row,
        project_id=project_id,
        changes=changes | {"signed_on": [None, values.signed_on.isoformat()]},
    )
    return row


def correct_worth(acting: Acting, contract_id: int, worth: Worth) -> None:
    """Put right what a contract is worth by source: corrections of the differences, from a day on.

    ConflictError where it changed since it was seen.
    """
    contract = _contract(contract_id)
    require(acting.actor, "funding.write", contract.project_id)
    lock_money()
    before = standing_parts(contract_id)
    if spelled(before) != worth.seen:
        raise ConflictError(N_("这份合同的金额刚被他人改过: 请核对最新数字后再提交"))
    gaps = {
        source: worth.parts.get(source, 0) - before.get(source, 0)
        for source in (*before, *(one for one in worth.parts if one not in before))
    }
    if not any(gaps.values()):
        raise InvalidError({"amount": Text(N_("金额和来源与现在的一样, 没有要更正的"))})
    if worth.on is not None and worth.on < contract.signed_on:
        raise InvalidError({"on": Text(N_("不能早于合同的签订日期 %(day)s"), {"day": contract.signed_on})})
    if not worth.reason.strip():
        raise InvalidError({"reason": Text(N_("请写明更正的原因"))})
    postings = [
        (
            contract.project_id,
            Posting(
                source=source,
                step="contracted",
                on=worth.on,
                amount_fen=fen,
                document_number=contract.number,
                memo=worth.reason,
                kind="correction",
                contract_id=contract_id,
            ),
        )
        for source, fen in gaps.items()
        if fen
    ]
    _post(acting, postings, {"on": "on", "memo": "reason"})
    changes: dict[str, Any] = {
        f"amount_fen:{source}": [before.get(source, 0), worth.parts.get(source, 0)]
        for source, fen in gaps.items()
        if fen
    }
    changes |= {"name": [contract.name] * 2, "reason": [None, worth.reason.strip()]}
    record(acting.actor, acting.now, Tag.CONTRACT_CORRECTED, contract, project_id=contract.project_id, changes=changes)


def pay(acting: Acting, contract_id: int, payment: Payment) -> list[int]:
    """Post a payment on a contract, an entry for each source under one voucher; the new entries' ids.

    InvalidError names `confirmed` where a payment without a voucher says the same as one that stands.
    """
    contract = _contract(contract_id)
    require(acting.actor, "funding.write", contract.project_id)
    lock_money()
    if (
        not payment.confirmed
        and not payment.voucher.strip()
        and payment.on
        and is_paid(contract_id, payment.on, payment.memo, payment.parts)
    ):
        raise InvalidError({"confirmed": Text(N_("已有同一天、同样金额和摘要的支付: 确为另一笔时请勾选后再提交"))})
    postings = [
        (
            contract.project_id,
            Posting(
                source=source,
                step="paid",
                on=payment.on,
                amount_fen=fen,
                document_number="",
                memo=payment.memo,
                external_id=payment.voucher,
                contract_id=contract_id,
            ),
        )
        for source, fen in payment.parts.items()
    ]
    ids = _post(acting, postings, {"on": "on", "external_id": "external_id", "memo": "memo"})
    changes: dict[str, Any] = {
        "name": [contract.name] * 2,
        "external_id": [None, payment.voucher.strip()],
        "amount_fen": [None, sum(payment.parts.values())],
    }
    changes |= {f"amount_fen:{source}": [None, fen] for source, fen in payment.parts.items()}
    changes |= {"step": [None, "paid"], "entry_on": [None, payment.on.isoformat() if payment.on else None]}
    record(
        acting.actor,
        acting.now,
        Tag.LEDGER_POSTED,
        db.session.get_one(LedgerEntry, ids[0]),
        project_id=contract.project_id,
        changes=changes,
    )
    return ids


def _post(acting: Acting, postings: Sequence[tuple[int, Posting]], fields: Mapping[str, str]) -> list[int]:
    """Write the entries; complaints stand at the form's fields, by `fields`, else at the sum."""
    try:
        return write_entries(acting, postings)
    except InvalidError as problem:
        raise InvalidError(
            {fields.get(name.partition(".")[2], "amount"): text for name, text in problem.fields.items()}
        ) from None


def _contract(contract_id: int) -> Contract:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise NotFoundError(N_("没有这份合同, 或不在您的权限范围内"))
    return contract


def confirm_work(
    acting: Acting,
    contract_id: int,
    on: dt.date | None,
    amount_fen: int,
    note: str = "",
) -> WorkValue:
    """Keep what of a contract's works was confirmed as done up to a day, cumulative; less than before, or more than
    later on, is a correction with its reason.
    """
    contract = _contract(contract_id)
    require(acting.actor, "funding.write", contract.project_id)
    lock_money()
    latest = on or latest_day(acting.now, acting.day)
    before = db.session.scalar(select(work_confirmed(contract_id, latest))) or 0
    later = select(WorkValue.amount_fen).where(WorkValue.contract_id == contract_id, WorkValue.confirmed_on > latest)
    after = db.session.scalar(later.order_by(WorkValue.confirmed_on, WorkValue.id.desc()).limit(1))
    found = {"on": day_complaint(on, latest_day(acting.now, acting.day)), "note": text_complaint(note, MEMO_LIMIT)}
    if not 0 <= amount_fen <= LARGEST_FEN:
        found["amount"] = Text(N_("金额不能为负, 也不能超过 9999999999999.99 元"))
    elif not note.strip() and (amount_fen < before or (after is not None and amount_fen > after)):
        found["note"] = Text(
            N_("累计数少于以前确认的 %(before)s 元, 或多于以后确认的: 确为更正时请写明原因"),
            {"before": plain_yuan(before)},
        )
    wrong = {name: problem for name, problem in found.items() if problem}
    if wrong or on is None:
        raise InvalidError(wrong)
    row = WorkValue(
        contract_id=contract_id,
        confirmed_on=on,
        amount_fen=amount_fen,
        note=note.strip(),
        recorded_at=acting.now,
        is_sample=contract.is_sample,
    )
    db.session.add(row)
    db.session.flush()
    changes = {
        "name": [contract.name] * 2,
        "amount_fen": [before, amount_fen],
        "confirmed_on": [None, on.isoformat()],
        "note": [None, note.strip()],
    }
    record(acting.actor, acting.now, Tag.WORK_CONFIRMED, row, project_id=contract.project_id, changes=changes)
    return row


def _complaints(values: ContractValues, today: dt.date) -> dict[str, Text]:
    found = {
        "name": text_complaint(values.name, 200) or (None if values.name.strip() else Text(N_("请填写合同名称"))),
        "party": text_complaint(values.party, 120) or (None if values.party.strip() else Text(N_("请填写对方单位"))),
        "number": text_complaint(values.number, NUMBER_LIMIT),
        "kind": choice_complaint(values.kind, CONTRACT_KINDS),
        "signed_on": day_complaint(values.signed_on, today),
        "retention": None
        if values.retention is None or 0 <= values.retention <= 100
        else Text(N_("请填 0 到 100 的百分比")),
        "amount": None if values.parts else Text(N_("请填写合同金额")),
    }
    return {name: problem for name, problem in found.items() if problem}
