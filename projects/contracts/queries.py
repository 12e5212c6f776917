"""Reads of a project's contracts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from projects.core.errors import NotFoundError
from projects.core.money import rate
from projects.core.text import N_
from projects.extensions import db
from projects.models import Contract, LedgerEntry, WorkValue


@dataclass(frozen=True)
class ContractRow:
    """A contract with what it is worth, what of its works was confirmed and what was paid on it, in fen."""

    id: int
    number: str
    name: str
    kind: str
    party: str
    signed_on: dt.date
    retention: float | None
    worth_fen: int
    confirmed_fen: int
    paid_fen: int
    is_sample: bool

    @property
    def payment_rate(self) -> float | None:
        """Paid of confirmed, in percent."""
        return rate(self.paid_fen, self.confirmed_fen)


def contracts_of(project_id: int, as_of: dt.date) -> list[ContractRow]:
    """A project's contracts up to a day, oldest first; one statement."""
    sums = [
        select(func.sum(LedgerEntry.amount_fen))
        .where(LedgerEntry.contract_id == Contract.id, LedgerEntry.step == step, LedgerEntry.entry_on <= as_of)
        .scalar_subquery()
        for step in ("contracted", "paid")
    ]
    confirmed = select(func.max(WorkValue.amount_fen)).where(WorkValue.contract_id == Contract.id, WorkValue.confirmed_on <= as_of).scalar_subquery()
    columns = (Contract.id, Contract.number, Contract.name, Contract.kind, Contract.party, Contract.signed_on, Contract.retention)
    found = select(*columns, sums[0], confirmed, sums[1], Contract.is_sample).where(Contract.project_id == project_id, Contract.signed_on <= as_of)
    return [
        ContractRow(key, number, name, kind, party, day, retention, int(worth or 0), int(done or 0), int(paid or 0), is_sample)
        for key, number, name, kind, party, day, retention, worth, done, paid, is_sample in db.session.execute(found.order_by(Contract.signed_on, Contract.id))
    ]


def contract_of(project_id: int, contract_id: int | None) -> Contract:
    """A contract of that project and no other."""
    row = db.session.scalar(select(Contract).where(Contract.project_id == project_id, Contract.id == contract_id))
    if row is None:
        raise NotFoundError(N_("没有这份合同, 或不在您的权限范围内"))
    return row
