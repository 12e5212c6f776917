"""Reads of receipts and of the end of months, always within the asker's places."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from projects.extensions import db
from projects.ledger.queries import chunks
from projects.models import TreasuryReceipt


def taken_vouchers(numbers: Iterable[str]) -> set[tuple[str | None, str]]:
    """Which of the voucher numbers stand already, each with its place."""
    back = aliased(TreasuryReceipt)
    statement = select(TreasuryReceipt.place_code, TreasuryReceipt.voucher).outerjoin(back, back.reverses_id == TreasuryReceipt.id)
    statement = statement.where(TreasuryReceipt.reverses_id.is_(None), back.id.is_(None))
    rows = (row for part in chunks(numbers) for row in db.session.execute(statement.where(TreasuryReceipt.voucher.in_(part))))
    return {(place, voucher) for place, voucher in rows}
