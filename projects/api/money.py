"""The API's objects of money, named as in OC4IDS where it has a name; amounts are integer fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from projects.core.vocabulary import LEDGER_STEPS
from projects.money.contracts.queries import ContractRow
from projects.money.documents.sheet import DocumentRow
from projects.money.findings.sheet import FindingRow
from projects.money.ladder.sheet import EntryRow, ProjectMoney
from projects.money.ladder.sums import Rung
from projects.money.receipts.sheet import ReceiptRow
from projects.portfolio.money.groups import GroupFilter, GroupPage
from projects.web.i18n import speak

_ENTRY = ("id", "source", "step", "kind", "budget_year", "amount_fen", "document_number", "external_id", "memo")
_LINKS = ("document_id", "allocation_id", "contract_id", "reverses_id", "reversed_by_id", "is_sample")
_CONTRACT = (
    "id",
    "number",
    "name",
    "kind",
    "party",
    "retention",
    "worth_fen",
    "confirmed_fen",
    "paid_fen",
    "is_sample",
)
_DOCUMENT = (
    "id",
    "kind",
    "number",
    "title",
    "issuer",
    "source",
    "budget_year",
    "total_fen",
    "place",
    "parent_id",
    "lines_fen",
    "handed_fen",
)
_RECEIPT = (
    "id",
    "voucher",
    "payer",
    "payee",
    "amount_fen",
    "memo",
    "place",
    "matched_fen",
    "outside_fen",
    "open_fen",
    "state",
    "is_sample",
)
_RATES = ("allocation_rate", "receipt_rate", "payment_rate")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _some(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def transactions(slug: str, money: ProjectMoney, contracts: Sequence[ContractRow], as_of: dt.date) -> dict[str, Any]:
    """A project's entries, newest first, its contracts, and the sums they make."""
    return {
        "as_of": as_of.isoformat(),
        "project": slug,
        "financialProgress": [_line(line, line.key) for line in money.ladder.lines],
        "contracts": [
            _some(row, _CONTRACT)
            | {"worth_by_source": dict(row.parts), "paid_by_source": dict(row.paid_parts)}
            | {"dateSigned": _plain(row.signed_on)}
            for row in contracts
        ],
        "transactions": [_entry(row) for row in money.entries],
    }


def _entry(row: EntryRow) -> dict[str, Any]:
    return _some(row, _ENTRY) | {"date": _plain(row.entry_on), "counts": row.counts} | _some(row, _LINKS)


def _line(line: Rung, key: str) -> dict[str, Any]:
    sums = {f"{name}_fen": getattr(line, name) for name in ("approved", *LEDGER_STEPS)}
    return {"source": key} | sums | {name: getattr(line, name) for name in _RATES}


def finding(row: FindingRow) -> dict[str, Any]:
    """A money finding with its law and where it stands."""
    return {
        "rule": row.finding.rule,
        "name": speak(row.rule.name),
        "project": row.subject.slug,
        "document_id": row.subject.document_id,
        "receipt_id": row.subject.receipt_id,
        "subject": row.subject.name,
        "place": row.subject.place,
        "source": row.finding.source or None,
        "amount_fen": row.finding.amount_fen,
        "is_warning": row.rule.is_warning,
        "evidence": speak(row.finding.text),
        "law": speak(row.finding.law),
        "state": row.state,
        "owner": row.owner or None,
        "until": _plain(row.last.until) if row.last else None,
        "is_sample": row.subject.is_sample,
    }


def groups(page: GroupPage, chosen: GroupFilter, as_of: dt.date) -> dict[str, Any]:
    """The ladder in groups, and over all; rates per source only."""
    items = [
        {"key": one.key, "name": one.name, "sources": [_line(line, line.key) for line in one.ladder.lines]}
        for one in page.groups
    ]
    whole = page.ladder
    sums = {
        "sources": [_line(line, line.key) for line in whole.lines],
        "central": _line(whole.central, "central"),
        "local": _line(whole.local, "local"),
    }
    return {"as_of": as_of.isoformat(), "by": chosen.by, "items": items} | sums


def document(row: DocumentRow) -> dict[str, Any]:
    """A document with what it handed out and what of it came and was paid."""
    days = {"issued_on": _plain(row.issued_on), "received_on": _plain(row.received_on)}
    return (
        _some(row, _DOCUMENT)
        | days
        | {"received_fen": row.received_fen, "paid_fen": row.paid_fen, "is_sample": row.is_sample}
    )


def receipt(row: ReceiptRow) -> dict[str, Any]:
    """A receipt."""
    return _some(row, _RECEIPT) | {
        "received_on": _plain(row.received_on),
        "reverses_id": row.reverses_id,
        "reversed_by_id": row.reversed_by_id,
    }
