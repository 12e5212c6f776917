"""Sample money as the rows it is stored as: documents, entries, receipts, the import that these came by."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.core.money import plain_yuan
from projects.core.month import BEIJING
from projects.money.documents.numbers import normalise
from projects.samples.demo.funds import SampleEntry
from projects.samples.money import stories

Row = dict[str, Any]


@dataclass(frozen=True)
class SampleRows:
    """What every row says beside its own: the projects' ids by slug, the places that are known, the instant."""

    projects: Mapping[str, int]
    known_places: frozenset[str]
    now: dt.datetime

    def document(self, number: str, kind: str, issuer: str, day: dt.date, place: str, **values: Any) -> Row:
        """A document's row."""
        fixed = {
            "title": "",
            "received_on": None,
            "total_fen": None,
            "parent_id": None,
            "source": None,
            "budget_year": day.year,
        }
        own = {
            "kind": kind,
            "number": number,
            "number_normal": normalise(number),
            "issuer": issuer,
            "issued_on": day,
            "version": 1,
        }
        return (
            fixed
            | own
            | {"place_code": place if place in self.known_places else None, "recorded_at": self.now, "is_sample": True}
            | values
        )

    def entry(self, one: SampleEntry, **values: Any) -> Row:
        """An entry's row."""
        own = {
            "project_id": self.projects[one.project],
            "source": one.source,
            "step": one.step,
            "entry_on": one.entry_on,
            "amount_fen": one.amount_fen,
        }
        texts = {
            "document_number": one.document_number,
            "memo": one.memo,
            "external_id": "",
            "kind": "normal",
            "budget_year": one.entry_on.year,
        }
        links = {
            "document_id": None,
            "allocation_id": None,
            "receipt_id": None,
            "contract_id": None,
            "decision_id": None,
        }
        return own | texts | links | {"recorded_at": self.now, "is_sample": True} | values

    def receipt(self, voucher: str, day: dt.date, fen: int, payer: str, payee: str, memo: str, place: str) -> Row:
        """A receipt's row."""
        own = {
            "voucher": voucher,
            "received_on": day,
            "amount_fen": fen,
            "payer": payer,
            "payee": payee,
            "memo": memo,
            "place_code": place,
        }
        return own | {"recorded_at": self.now, "is_sample": True}

    def batch(self, rows: Sequence[Row], place: str, by_id: int) -> Row:
        """The row of the import that receipts came by, with its file."""
        names = ("voucher", "received_on", "payer", "payee", "amount_fen", "memo")
        lines = [
            "voucher,received_on,payer,payee,amount_yuan,memo"
        ]  # headings as programs write them, which readers of either language can read
        lines += [
            ",".join(plain_yuan(row[name]) if name == "amount_fen" else str(row[name]) for name in names)
            for row in rows
        ]
        content = "\n".join(lines).encode()
        fen, at = sum(int(row["amount_fen"]) for row in rows), max(at_close(row["received_on"]) for row in rows)
        counts = {
            "rows": len(rows),
            "new": len(rows),
            "existing": 0,
            "faults": 0,
            "notes": 0,
            "totals": 0,
            "amount_fen": fen,
        }
        file = {
            "filename": stories.IMPORTED,
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
            "options": {"unit": "", "place": place},
        }
        row = {
            "kind": "receipts",
            "state": "posted",
            "counts": counts,
            "place_code": place,
            "by_id": by_id,
            "at": at,
            "posted_at": at,
            "version": 1,
        }
        return row | file | {"is_sample": True}


def at_close(day: dt.date) -> dt.datetime:
    """The instant at which offices close on a day."""
    return dt.datetime(day.year, day.month, day.day, 16, tzinfo=BEIJING)


def year_of(number: str) -> int | None:
    """The year in a document's number, None where it names none."""
    before, _, after = number.partition("〔")
    return int(after[:4]) if before and after[:4].isdigit() else None
