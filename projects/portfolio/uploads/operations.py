"""Writes on uploads that are not posted yet: kept, their rows chosen, dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.core.permissions import require
from projects.core.text import N_
from projects.extensions import db
from projects.portfolio.ledger.tables import LedgerUpload
from projects.portfolio.posting.steps import BUSY, posting_of
from projects.portfolio.uploads.queries import Shelf, open_upload, upload_of


class Sent(NamedTuple):
    """A file that was read, its sheets packed, with what was said beside it."""

    filename: str
    content: bytes
    parsed: bytes
    options: Mapping[str, Any]


def keep(acting: Acting, shelf: Shelf, file: Sent, columns: Mapping[str, Any] | None = None) -> LedgerUpload:
    """Keep a file, with what is known of its columns; the same file not yet posted is kept once."""
    require(acting.actor, shelf.action)
    digest = hashlib.sha256(file.content).hexdigest()
    own, place = LedgerUpload, file.options.get("place") or None
    same = select(own).where(own.sha256 == digest, own.state == "previewed", own.by_id == acting.actor.id)
    rows = db.session.scalars(same.where(own.place_code.is_not_distinct_from(place)))
    upload = next((one for one in rows if one.options.get("of", "") == shelf.of), None)
    if upload is None:
        upload = own(sha256=digest, content=file.content, place_code=place, by_id=acting.actor.id)
        upload.columns, upload.choices, upload.counts = dict(columns or {}), {}, {}
        db.session.add(upload)
    upload.filename, upload.parsed = file.filename[:200], file.parsed
    upload.options = dict(file.options) | ({"of": shelf.of} if shelf.of else {})
    upload.at = acting.now
    db.session.flush()
    return upload


def choose(acting: Acting, shelf: Shelf, upload_id: int, version: int, choices: Mapping[str, str]) -> None:
    """Say of rows whether they are new, a thing that is there (its id), or left out; "" takes a choice back."""
    upload = open_upload(acting.actor, shelf, upload_id, version)
    kept = dict(upload.choices)
    for key, choice in choices.items():
        if choice in {"new", "skip"} or choice.isdigit():
            kept[key] = choice
        else:
            kept.pop(key, None)
    upload.choices = kept
    db.session.flush()


def drop(acting: Acting, shelf: Shelf, upload_id: int) -> None:
    """Forget a preview of which nothing was posted."""
    require(acting.actor, shelf.action)
    upload = upload_of(acting.actor, shelf, upload_id)
    if posting_of(upload.counts):
        raise ConflictError(BUSY)
    if upload.state != "previewed" or upload.counts.get("posted"):
        raise ConflictError(N_("已有内容入库, 不能放弃: 请继续入库, 或整批撤销"))
    db.session.delete(upload)
    db.session.flush()
