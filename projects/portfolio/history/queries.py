"""The names of what entries are about, and the last time the history was proved whole."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from projects.core.month import format_month
from projects.core.permissions import Actor, require
from projects.core.tables import Place
from projects.extensions import db
from projects.history.record.operations import safe_of
from projects.history.record.queries import HistoryRow, verdict
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import Tag
from projects.money.contracts.tables import Contract
from projects.money.documents.tables import FundingDocument
from projects.money.imports.tables import ImportBatch
from projects.people.accounts.tables import ApiToken, Unit, User
from projects.statements import rows_of
from projects.works.files.tables import Attachment
from projects.works.reports.tables import MonthlyReport

NAMED: dict[str, tuple[Any, Any]] = {
    "api_token": (ApiToken.id, ApiToken.name),
    "attachment": (Attachment.id, Attachment.filename),
    "contract": (Contract.id, Contract.name),
    "funding_document": (FundingDocument.id, FundingDocument.number),
    "import_batch": (ImportBatch.id, ImportBatch.filename),
    "monthly_report": (MonthlyReport.id, MonthlyReport.month),
    "place": (Place.code, Place.name),
    "unit": (Unit.id, Unit.name),
    "user": (User.id, User.display_name),
}  # by the name of the table: what an entry's id is compared with, and what the row is called

MOST_FAULTS = 20  # told of one check


@dataclass(frozen=True)
class Proof:
    """A check of the whole history: when, by whom, how many entries it read, what it found (a row's number and a key of
    chain.FAULTS each), and how many entries it did not get to.
    """

    at: dt.datetime
    actor: str
    changes: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """How many entries were read."""
        return int(self.changes["rows"][1])

    @property
    def left(self) -> int:
        """How many entries were left unread, since it took too long."""
        return int(self.changes["left"][1])

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.changes["faults"][1]


def names_of(rows: Iterable[HistoryRow]) -> dict[tuple[str, str], str]:
    """The names of what `rows` are about, by type and id; one statement for each type that has names."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.object_type in NAMED and (row.object_type == "place" or row.object_id.isdecimal()):
            wanted[row.object_type].add(row.object_id)
    found: dict[tuple[str, str], str] = {}
    for kind, ids in sorted(wanted.items()):
        key, name = NAMED[kind]
        keys = sorted(ids) if kind == "place" else sorted(int(one) for one in ids if len(one) < 10)
        for start in range(0, len(keys), 500):
            for one, called in db.session.execute(select(key, name).where(key.in_(keys[start : start + 500]))):
                found[kind, str(one)] = format_month(called) if isinstance(called, dt.date) else called
    return found


def prove(actor: Actor, enough: Callable[[], bool]) -> dict[str, list[Any]]:
    """Walk along the history, until there is `enough`, on a connection of its own; what to record of it (HI-13)."""
    require(actor, "audit.read")
    with db.engine.connect() as connection:
        found = verdict(connection, safe_of(connection), enough=enough)
        beyond = select(func.count()).select_from(AuditEntry).where(AuditEntry.id > found.last)
        left = connection.execute(beyond).scalar_one() if enough() else 0
    faults = [[one.row, one.why] for one in found.faults[:MOST_FAULTS]]
    return {"rows": [None, found.rows], "left": [None, left], "faults": [None, faults]}


def last_proof() -> Proof | None:
    """The newest check of the history."""
    own = AuditEntry
    statement = select(own.at, own.actor_name.label("actor"), own.changes).where(own.tag == Tag.AUDIT_VERIFIED)
    found = rows_of(Proof, db.session.execute(statement.order_by(own.id.desc()).limit(1)))
    return found[0] if found else None
