"""Reads of ledgers that are being posted."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from projects.core.permissions import Actor, may
from projects.extensions import db
from projects.people.accounts.tables import User
from projects.people.sign_in.queries import actor_of
from projects.portfolio.ledger.queries import WRITING
from projects.portfolio.ledger.tables import LedgerUpload
from projects.portfolio.posting.steps import posting_of


def next_posting(now: dt.datetime) -> int | None:
    """The first upload that waits to be posted and that nobody posts."""
    own = LedgerUpload
    rows = db.session.execute(select(own.id, own.counts).where(own.state == "previewed").order_by(own.id))
    found = ((key, posting_of(counts)) for key, counts in rows)
    return next((key for key, posting in found if posting and posting.is_free(now)), None)


def who_asked(upload_id: int) -> Actor | None:
    """The person for whom an upload is posted, as they are now; None where they may not any more, or nobody asked."""
    upload = db.session.get(LedgerUpload, upload_id)
    posting = posting_of(upload.counts) if upload else None
    user = db.session.get(User, posting.by) if posting else None
    if user is None or not user.is_active or not may(actor := actor_of(user), WRITING):
        return None
    return actor
