"""Reads of a project's contracts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, select

from projects.core.errors import NotFoundError
from projects.core.money import rate
from projects.core.text import N_
from projects.core.vocabulary import FUNDING_SOURCES
from projects.extensions import db
from projects.money.contracts.tables import Contract
from projects.money.ledger.queries import stands, whole_fen, work_confirmed
from projects.money.ledger.tables import LedgerEntry
from projects.statements import rows_of


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
    parts: tuple[tuple[str, int], ...] = ()  # what it is worth by source
    paid_parts: tuple[tuple[str, int], ...] = ()

    @property
    def payment_rate(self) -> float | None:
        """Paid of confirmed, in percent."""
        return rate(self.paid_fen, self.confirmed_fen)


def contracts_of(project_id: int, as_of: dt.date) -> list[ContractRow]:
    """A project's contracts up to a day, oldest first; two statements."""
    worth, paid = (
        select(func.sum(LedgerEntry.amount_fen))
        .where(LedgerEntry.contract_id == Contract.id, LedgerEntry.step == step, LedgerEntry.entry_on <= as_of)
        .scalar_subquery()
        for step in ("contracted", "paid")
    )
    columns = (
        Contract.id,
        Contract.number,
        Contract.name,
        Contract.kind,
        Contract.party,
        Contract.signed_on,
        Contract.retention,
        whole_fen(worth).label("worth_fen"),
        whole_fen(work_confirmed(Contract.id, as_of)).label("confirmed_fen"),
        whole_fen(paid).label("paid_fen"),
        Contract.is_sample,
    )
    found = select(*columns).where(Contract.project_id == project_id, Contract.signed_on <= as_of)
    rows = rows_of(ContractRow, db.session.execute(found.order_by(Contract.signed_on, Contract.id)))
    parts = _parts([LedgerEntry.project_id == project_id, LedgerEntry.entry_on <= as_of])
    return [replace(row, parts=parts[row.id, "contracted"], paid_parts=parts[row.id, "paid"]) for row in rows]


def _parts(wanted: Sequence[ColumnElement[bool]]) -> dict[tuple[int | None, str], tuple[tuple[str, int], ...]]:
    """By contract and step, the fen of each source that is not nothing, in the sources' order."""
    own = LedgerEntry
    sums = select(own.contract_id, own.step, own.source, func.sum(own.amount_fen)).where(
        own.contract_id.is_not(None), *wanted
    )
    found: dict[tuple[int | None, str], dict[str, int]] = defaultdict(dict)
    for key, step, source, fen in db.session.execute(sums.group_by(own.contract_id, own.step, own.source)):
        found[key, step][source] = int(fen)
    ordered = {
        key: tuple((source, sources[source]) for source in FUNDING_SOURCES if sources.get(source))
        for key, sources in found.items()
    }
    return defaultdict(tuple, ordered)


def standing_parts(contract_id: int) -> dict[str, int]:
    """What a contract is worth now by source, whatever the day."""
    return dict(
        _parts([LedgerEntry.contract_id == contract_id, LedgerEntry.step == "contracted"])[contract_id, "contracted"]
    )


def is_known(project_id: int, number: str, name: str, party: str, signed_on: dt.date) -> bool:
    """Whether the project has a contract that says the same."""
    texts = (Contract.number == number.strip(), Contract.name == name.strip(), Contract.party == party.strip())
    return bool(
        db.session.scalar(
            select(Contract.id)
            .where(Contract.project_id == project_id, Contract.signed_on == signed_on, *texts)
            .limit(1)
        )
    )


def is_paid(contract_id: int, on: dt.date, memo: str, parts: Mapping[str, int]) -> bool:
    """Whether every part of a payment without a voucher stands already, with the same day and memo."""
    own = LedgerEntry
    standing = select(own.source, own.amount_fen).where(stands(own))
    same = (
        own.contract_id == contract_id,
        own.step == "paid",
        own.entry_on == on,
        own.memo == memo.strip(),
        own.external_id == "",
    )
    return set(parts.items()) <= {(source, int(fen)) for source, fen in db.session.execute(standing.where(*same))}


def contract_of(project_id: int, contract_id: int | None) -> Contract:
    """A contract of that project and no other."""
    if contract_id is not None and not 0 < contract_id < 2**31:  # no database holds it
        raise NotFoundError(N_("没有这份合同, 或不在您的权限范围内"))
    row = db.session.scalar(select(Contract).where(Contract.project_id == project_id, Contract.id == contract_id))
    if row is None:
        raise NotFoundError(N_("没有这份合同, 或不在您的权限范围内"))
    return row
