"""Workbooks of projects, made up for tests."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from builders import NOW, TODAY, actor_of, make_day, make_place, make_user

from projects.core.acting import Acting
from projects.core.permissions import Actor
from projects.database import transaction
from projects.extensions import db
from projects.portfolio.ledger import operations, queries


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], merged: Mapping[str, Iterable[str]] | None = None) -> bytes:
    """A workbook of these sheets, with cells merged by range (A1:C1)."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for span in (merged or {}).get(name, ()):
                sheet.merge_range(span, "")
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()))
                    elif value is not None:
                        sheet.write(number, place, value)
    return file.getvalue()


def places() -> None:
    """济宁 with 泗水 and 微山."""
    make_day()
    make_place("370000", "山东省")
    make_place("370800", "济宁市", "370000")
    make_place("370831", "泗水县", "370800")
    make_place("370826", "微山县", "370800")


def dispatcher(name: str) -> Acting:
    """A dispatcher of everywhere."""
    return acting_as(actor_of(make_user("dispatcher", name=name)))


def acting_as(actor: Actor) -> Acting:
    return Acting(Actor(actor.id, actor.name, actor.role, place_projects=None), NOW, TODAY)


def kept(acting: Acting, content: bytes, filename: str = "台账.xlsx", **options: Any) -> int:
    """The upload of a file that is kept."""
    file = queries.opened(acting.actor, filename, content, {"place": "370800", **options})
    with transaction():
        return operations.preview(acting, file).id


def seen(acting: Acting, upload_id: int) -> queries.Shown:
    return queries.shown(acting.actor, upload_id, TODAY)


def posted(acting: Acting, upload_id: int, *, leave: bool = False) -> None:
    """Post all steps."""
    ready = operations.Ready.of(queries.ready(acting.actor, upload_id, TODAY), leave=leave)
    db.session.rollback()
    while ready.items:
        with transaction():
            upload = operations.post(acting, ready)
        ready = ready.after(upload)
