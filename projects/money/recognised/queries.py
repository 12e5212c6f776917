"""What the rows of files of other offices mean here: the places they name, and the vouchers, entries and documents that
are there already.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from projects.core.gazetteer.queries import place_names
from projects.core.gazetteer.search import PlaceOption, options_of
from projects.core.permissions import Actor, places_for
from projects.extensions import db
from projects.money.documents.numbers import normalise
from projects.money.documents.tables import FundingDocument
from projects.money.imports.plan import Taken
from projects.money.ledger.numbers import Number, numbered
from projects.money.ledger.queries import chunks, stands
from projects.money.ledger.tables import LedgerEntry
from projects.money.receipts.tables import TreasuryReceipt
from projects.register.projects.tables import Project


def places_near(actor: Actor, place_code: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """What a file's places are found by: all of the country's, and those of the file or its sender (OF-3)."""
    names = place_names()
    reach = [place_code] if place_code else places_for(actor, "project.import")
    near = _said(options_of(names, reach))
    return _said(options_of(names)) | near, near


def _said(options: Iterable[PlaceOption]) -> dict[str, str]:
    """Codes of places by code, by name, and by name after those of the places around (济宁市泗水县); what two share is
    left out.
    """
    found: dict[str, str | None] = {}
    for one in options:
        first, *rest = one.path.split(" ")
        for said in {one.code, one.name, first + "".join(rest), "".join(rest), first + one.name} - {""}:
            found[said] = one.code if found.get(said, one.code) == one.code else None
    return {said: code for said, code in found.items() if code}


def vouchers(keys: Iterable[str], place_code: str | None) -> Taken:
    """What stands of the receipts of a place under the vouchers `keys`."""
    own = TreasuryReceipt
    columns = (own.voucher, own.received_on, own.amount_fen, own.payer, own.payee, own.memo)
    statement = select(*columns).where(stands(own), own.place_code.is_not_distinct_from(place_code))
    owner = None, place_code
    contents = {
        numbered("receipt", owner, row.received_on, row.voucher): frozenset([tuple(row[1:])])
        for part in chunks(set(keys))
        for row in db.session.execute(statement.where(own.voucher.in_(part)))
    }
    return Taken("receipt", contents, {None: owner})


def entries(step: str, keys: Iterable[str]) -> Taken:
    """What stands of each number; a payment from several sources is several entries of one voucher."""
    own = LedgerEntry
    columns = (
        own.external_id,
        own.entry_on,
        own.amount_fen,
        own.source,
        own.document_number,
        own.project_id,
        own.document_id,
        own.allocation_id,
    )
    statement = select(*columns).where(own.step == step, stands(own))
    owned = select(Project.id, Project.unit_id, Project.place_code)
    owners: dict[int | None, tuple[int | None, str | None]] = {
        project: (unit_id, code) for project, unit_id, code in db.session.execute(owned)
    }

    def number(row: Any, own_number: str) -> Number:
        return numbered(step, owners[row.project_id], row.entry_on, own_number)

    rows = [row for part in chunks(set(keys)) for row in db.session.execute(statement.where(own.external_id.in_(part)))]
    more: Counter[Number] = Counter()
    handed = {
        number(row, row.external_id): row.document_id
        for row in rows
        if row.allocation_id is not None and row.external_id and step == "allocated"
    }
    for part in chunks(
        set(handed.values()) - {None}
    ):  # a line that hands on others was posted in parts, numbered from 2 (documents/operations.parted)
        for row in db.session.execute(statement.where(own.document_id.in_(part), own.external_id.contains("/"))):
            key, _, place = row.external_id.rpartition("/")
            whole = number(row, key)
            if (
                handed.get(whole) == row.document_id
                and place.isdecimal()
                and number(row, row.external_id) not in handed
            ):
                more[whole] += row.amount_fen
    found: dict[Number, frozenset[tuple[object, ...]]] = {}
    for row in rows:
        key, fen = number(row, row.external_id), row.amount_fen
        said: tuple[object, ...] = (row.entry_on, fen, row.source, row.project_id)
        if step == "allocated":
            said = row.entry_on, fen + more[key], row.source, normalise(row.document_number)[:80], row.project_id
        found[key] = found.get(key, frozenset()) | {said}
    return Taken(step, found, owners)


def documents_in(place_code: str | None) -> dict[tuple[str, dt.date | None], int]:
    """The documents of a place by compared number and day."""
    own = FundingDocument
    statement = select(own.id, own.number_normal, own.issued_on).order_by(own.id)
    rows = db.session.execute(statement.where(own.place_code.is_not_distinct_from(place_code)))
    return {(number, day): key for key, number, day in rows}
