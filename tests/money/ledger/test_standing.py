"""M-3: what stands is asked in one place, of entries and receipts, now and as of a day."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from builders import NOW, TODAY, make_project
from sqlalchemy import select

import projects
from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry, TreasuryReceipt
from projects.money.ledger.operations import reverse_entries, write_entries
from projects.money.ledger.posting import Posting
from projects.money.ledger.queries import stands, taken_back_by
from projects.money.receipts.operations import ReceiptValues, take_back, write_receipts

BEFORE = TODAY - dt.timedelta(days=1)
COPY = re.compile(r"reverses_id(\.is_\(None\)|\.is_not\(None\)| == )")


@pytest.fixture
def posted(app):
    """Two entries and two receipts of the day before; the first of each was taken back on the day itself."""
    with app.app_context():
        project = make_project()
        with transaction():
            acting = Acting(SYSTEM, NOW, TODAY)
            entries = write_entries(acting, [(project.id, Posting("cbi", "paid", BEFORE, fen)) for fen in (700, 800)])
            receipts = write_receipts(acting, [ReceiptValues(BEFORE, fen, f"V{fen}") for fen in (7, 8)])
        with transaction():
            reverse_entries(acting, entries[:1], "记错")
            take_back(acting, receipts[:1], "记错")
        yield {LedgerEntry: entries, TreasuryReceipt: receipts}


@pytest.mark.parametrize("kind", [LedgerEntry, TreasuryReceipt])
def test_what_was_taken_back_and_what_takes_back_stand_no_more(posted, kind):
    first, second = posted[kind]
    assert list(db.session.scalars(select(kind.id).where(stands(kind)))) == [second]
    assert list(db.session.scalars(select(kind.id).where(stands(kind, TODAY)))) == [second]
    assert list(db.session.scalars(select(kind.id).where(stands(kind, BEFORE)).order_by(kind.id))) == [first, second]


@pytest.mark.parametrize("kind", [LedgerEntry, TreasuryReceipt])
def test_it_names_what_took_it_back(posted, kind):
    first, second = posted[kind]
    (back,) = db.session.scalars(select(kind.id).where(kind.reverses_id == first))
    assert db.session.execute(
        select(kind.id, taken_back_by(kind)).where(kind.id.in_(posted[kind])).order_by(kind.id)
    ).all() == [(first, back), (second, None)]
    assert db.session.scalar(select(taken_back_by(kind, BEFORE)).where(kind.id == first)) is None


def test_nowhere_else_is_it_asked_in_other_words():
    root = Path(projects.__file__).parent
    asking = [path.name for path in root.rglob("*.py") if COPY.search(path.read_text(encoding="utf-8"))]
    assert asking == ["queries.py"]
    assert COPY.search("select(own.id).outerjoin(back, back.reverses_id == own.id).where(back.id.is_(None))")
