"""Writes on ledgers that are being posted: asked for, claimed by a process, over. Rule LG-14."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError
from projects.core.text import N_, Text
from projects.extensions import db
from projects.portfolio.ledger.operations import Ready
from projects.portfolio.ledger.queries import SHELF
from projects.portfolio.ledger.tables import LedgerUpload
from projects.portfolio.posting.steps import MOST_TRIES, Posting, asked, over, posting_of
from projects.portfolio.uploads.queries import CHANGED, open_upload

GIVEN_UP = N_("试了 %(count)s 次都没有做完, 已停下: 已入库的保留, 可以再按“确认入库”接着做")
GONE = N_("提出入库的人已不能接收台账: 已入库的保留, 请由能接收的人接着做")


def begin(acting: Acting, ready: Ready, *, leave: bool) -> LedgerUpload:
    """Ask for an upload to be posted in the background, for the person who acts; ConflictError where it is already, or
    changed since it was seen.
    """
    if acting.actor.id is None:
        raise ForbiddenError(N_("系统账号不能登录"))
    upload = open_upload(acting.actor, SHELF, ready.upload_id, ready.version)
    posting = Posting(acting.actor.id, ready.done + len(ready.items), leave)
    upload.counts = asked(upload.counts, posting)
    db.session.flush()
    return upload


def take(upload_id: int, now: dt.datetime) -> bool:
    """Begin to post an upload; False where somebody else does, or did."""
    upload = _held(upload_id)
    posting = posting_of(upload.counts) if upload else None
    if upload is None or posting is None or not posting.is_free(now):
        return False
    if posting.tries >= MOST_TRIES:
        upload.counts = over(upload.counts, [Text(GIVEN_UP, {"count": MOST_TRIES})])
        db.session.flush()
        return False
    upload.counts = upload.counts | posting.begun(now).figures()
    db.session.flush()
    return True


def finish(upload_id: int, problem: Sequence[Text]) -> None:
    """Note that posting is over, and what went wrong."""
    upload = _held(upload_id)
    if upload is not None and posting_of(upload.counts):
        upload.counts = over(upload.counts, list(problem))
        db.session.flush()


def leaves_out(upload_id: int) -> bool:
    """Whether the person wanted to leave out what can't be posted yet; ConflictError where nobody asks any more."""
    upload = db.session.get(LedgerUpload, upload_id)
    posting = posting_of(upload.counts) if upload else None
    if posting is None:
        raise ConflictError(CHANGED)
    return posting.leave


def _held(upload_id: int) -> LedgerUpload | None:
    return db.session.scalar(select(LedgerUpload).where(LedgerUpload.id == upload_id).with_for_update())
