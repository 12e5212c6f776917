"""Reads of uploads, within the asker's sight."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import undefer

from projects.core.errors import ConflictError, NotFoundError
from projects.core.permissions import Actor, places_for, require
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.people.accounts.tables import User
from projects.portfolio.ledger.tables import LedgerUpload
from projects.portfolio.posting.steps import BUSY, posting_of
from projects.statements import in_places, rows_of

POSTED = N_("这份文件已经入库或撤销, 请刷新后再看")
CHANGED = N_("这份文件刚有变动, 请刷新后再看")


@dataclass(frozen=True)
class Shelf:
    """The uploads of one kind: of what (`options` name it; "" for ledgers), who sends them in, and whether all who
    answer for their place see them, or only who sent them.
    """

    of: str
    action: str
    is_shared: bool


@dataclass(frozen=True)
class UploadRow:
    """An upload as the list shows it."""

    id: int
    filename: str
    state: str
    months: str
    counts: dict[str, Any]
    place: str | None
    by: str | None
    at: dt.datetime


def _seen(actor: Actor, shelf: Shelf) -> ColumnElement[bool]:
    """Over LedgerUpload: it lies on the shelf and in sight."""
    own, places = LedgerUpload, places_for(actor, shelf.action)
    named = own.options["of"].as_string()
    on_shelf = named == shelf.of if shelf.of else named.is_(None)
    if not shelf.is_shared:
        return and_(on_shelf, own.by_id == actor.id)
    return and_(on_shelf, true() if places is None else in_places(own.place_code, sorted(places)))


def upload_of(actor: Actor, shelf: Shelf, upload_id: int, *, with_sheets: bool = False) -> LedgerUpload:
    """An upload that `actor` may see; NotFoundError for any other."""
    statement = select(LedgerUpload).where(LedgerUpload.id == upload_id, _seen(actor, shelf))
    row = db.session.scalar(statement.options(undefer(LedgerUpload.parsed)) if with_sheets else statement)
    if row is None:
        raise NotFoundError(N_("没有这份文件, 或不在您的权限范围内"))
    return row


def open_upload(actor: Actor, shelf: Shelf, upload_id: int, version: int, *, during: bool = False) -> LedgerUpload:
    """An upload that is not posted yet, as the person saw it; while it is being posted, for its steps (`during`).
    ConflictError where it is posted, or where it changed.
    """
    require(actor, shelf.action)
    upload = upload_of(actor, shelf, upload_id)
    if upload.state != "previewed":
        raise ConflictError(POSTED)
    if posting_of(upload.counts) and not during:
        raise ConflictError(BUSY)
    if upload.version != version:
        raise ConflictError(CHANGED)
    return upload


def uploads(actor: Actor, shelf: Shelf, limit: int = 50) -> list[UploadRow]:
    """The newest uploads that `actor` may see; one statement."""
    own = LedgerUpload
    columns = (
        own.id,
        own.filename,
        own.state,
        own.months,
        own.counts,
        Place.name.label("place"),
        User.display_name.label("by"),
        own.at,
    )
    statement = select(*columns).outerjoin(Place, Place.code == own.place_code).outerjoin(User, User.id == own.by_id)
    rows = statement.where(_seen(actor, shelf)).order_by(own.id.desc()).limit(limit)
    return rows_of(UploadRow, db.session.execute(rows))
