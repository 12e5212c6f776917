"""Writes on files. The bytes go first (`store`, outside any transaction), the row second (`attach`); what is left
without a row is swept.

A file sent twice to the same place is kept once: cleaning the same photo gives the same bytes, and those are compared
under the project's lock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError
from projects.core.permissions import require
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.kinds import Kind
from projects.people.requests.tables import ConsentRequest
from projects.register.projects.operations import hold_project
from projects.works.files.checks import MAX_FILES, MAX_PROJECT_FILES, clean_name
from projects.works.files.extract import FileRefusedError, cleaned
from projects.works.files.lists import Owner, Prepared, Refused, StoredFile
from projects.works.files.queries import FROZEN, belongs_to, lies_with, stored_keys
from projects.works.files.storage import Storage, made_at, new_key
from projects.works.files.tables import Attachment
from projects.works.gates.tables import Gate
from projects.works.reports.tables import MonthlyReport
from projects.works.reports.workflow import OPEN

SWEPT_AFTER = dt.timedelta(hours=1)  # longer than any request lasts


def store(
    acting: Acting, storage: Storage, owner: Owner, sent: Iterable[tuple[str, bytes]]
) -> tuple[list[Prepared], list[Refused]]:
    """Clean each (name, bytes) and put it into the storage; call it before the transaction, and `discard` what gets no
    row.
    """
    require(acting.actor, "file.write", owner.project_id)
    if owner.closed:
        raise ConflictError(owner.closed.msgid)
    return _kept(acting.now, storage, sent)


def store_evidence(
    acting: Acting, storage: Storage, kind: Kind, project_id: int | None, sent: Iterable[tuple[str, bytes]]
) -> list[Prepared]:
    """The same for what comes with a change, by whoever may ask for it; InvalidError naming `scan`."""
    require(acting.actor, kind.action, project_id)
    kept, refused = _kept(acting.now, storage, sent)
    if refused:
        discard(storage, kept)
        raise InvalidError({"scan": refused[0].text})
    return kept


def _kept(
    now: dt.datetime, storage: Storage, sent: Iterable[tuple[str, bytes]]
) -> tuple[list[Prepared], list[Refused]]:
    kept: list[Prepared] = []
    refused: list[Refused] = []
    for number, (name, content) in enumerate(sent):
        shown = clean_name(name, "image/jpeg") if not name.isprintable() else name[:80]
        if number >= MAX_FILES:
            refused.append(Refused(shown, Text(N_("一次最多 %(count)s 个文件"), {"count": MAX_FILES})))
            continue
        try:
            kept.append(_stored(now, storage, name, content))
        except FileRefusedError as problem:
            refused.append(Refused(shown, problem.text))
        except OSError:  # no room, say: nothing of what was sent together stays without a row
            discard(storage, kept)
            raise
    return kept, refused


def _stored(now: dt.datetime, storage: Storage, name: str, content: bytes) -> Prepared:
    clean = cleaned(content)
    key, small = new_key(now), new_key(now) if clean.thumbnail else None
    storage.put(key, clean.content)
    if small and clean.thumbnail:
        storage.put(small, clean.thumbnail)
    digest = hashlib.sha256(clean.content).hexdigest()
    return Prepared(clean_name(name, clean.media_type), clean.media_type, len(clean.content), digest, key, small)


def discard(storage: Storage, prepared: Iterable[Prepared]) -> None:
    """Take back what got no row."""
    for one in prepared:
        storage.remove(one.storage_key)
        if one.thumbnail_key:
            storage.remove(one.thumbnail_key)


def attach(acting: Acting, owner: Owner, prepared: Sequence[Prepared]) -> list[Prepared]:
    """Store the rows of `prepared`; returns those that lie there already and so got none.

    InvalidError where there would be too many.
    """
    require(acting.actor, "file.write", owner.project_id)
    hold_project(owner.project_id)
    _require_open(owner.report_id)
    where = {name: getattr(owner, name) for name in ("project_id", "report_id", "gate_id", "request_id")}
    return _put(acting, where, belongs_to(owner), prepared)


def _put(
    acting: Acting, where: Mapping[str, int | None], beside: Sequence[ColumnElement[bool]], prepared: Sequence[Prepared]
) -> list[Prepared]:
    """Store rows that belong to `where`, but for what lies `beside` them already."""
    actor, now, _ = acting
    if actor.id is None:
        raise ForbiddenError(N_("文件要由具体的人上传, 请用自己的账号登录"))
    here = (*beside, Attachment.removed_at.is_(None))
    known = set(db.session.scalars(select(Attachment.sha256).where(*here)))
    twice: list[Prepared] = []
    for one in prepared:
        if one.sha256 in known:
            twice.append(one)
            continue
        known.add(one.sha256)
        values = {
            name: getattr(one, name)
            for name in ("filename", "media_type", "size", "sha256", "storage_key", "thumbnail_key")
        }
        row = Attachment(**values, **where, uploaded_by_id=actor.id, uploaded_at=now)
        db.session.add(row)
        db.session.flush()
        record(actor, now, Tag.FILE_ADDED, row, project_id=row.project_id, changes=_told(row, added=True))
    apart = any(where[name] is not None for name in ("report_id", "gate_id", "request_id"))
    most = MAX_FILES if apart else MAX_PROJECT_FILES
    if len(known) > most:
        raise InvalidError(
            {
                "files": Text(
                    N_("这里最多放 %(most)s 个文件, 加上这些会有 %(count)s 个: 请少选几个或先移除旧的"),
                    {"most": most, "count": len(known)},
                )
            }
        )
    return twice


def attach_evidence(
    acting: Acting, kind: Kind, project_id: int | None, asked: object, prepared: Sequence[Prepared]
) -> list[Prepared]:
    """Store what came with a change as `attach` does, by whoever may ask for it: with its request, where it needs
    another person; else with the gate that was recorded, or the project. What has none of them is left.
    """
    require(acting.actor, kind.action, project_id)
    if not prepared or not (project_id or isinstance(asked, ConsentRequest)):
        return list(prepared)
    if project_id is not None:
        hold_project(project_id)
    of = {
        "project_id": project_id,
        "report_id": None,
        "gate_id": asked.id if isinstance(asked, Gate) else None,
        "request_id": asked.id if isinstance(asked, ConsentRequest) else None,
    }
    left = _put(acting, of, lies_with(**of), prepared)
    if isinstance(asked, ConsentRequest) and asked.is_emergency and kind.accept:
        kind.accept(acting, asked.id, asked.subject)
    return left


def accept_evidence(request_id: int, gate_id: int) -> None:
    """Let what came with a request be the gate's papers, now that the request was agreed to."""
    rows = db.session.scalars(select(Attachment).where(Attachment.request_id == request_id))
    for row in rows:
        row.gate_id = gate_id
    db.session.flush()


def remove(acting: Acting, file: StoredFile) -> None:
    """Mark a file as removed; its bytes stay for the history. A second click changes nothing."""
    require(acting.actor, "file.write", file.project_id)
    if file.project_id is not None:
        hold_project(file.project_id)
    row = db.session.get_one(Attachment, file.id, populate_existing=True)
    if row.removed_at is not None:
        return
    if row.request_id is not None:
        raise ConflictError(N_("这是一份申请的依据, 随申请保存, 不能移除"))
    _require_open(row.report_id)
    row.removed_at = acting.now
    db.session.flush()
    record(acting.actor, acting.now, Tag.FILE_REMOVED, row, project_id=row.project_id, changes=_told(row, added=False))


def hand_out(acting: Acting, file: StoredFile) -> None:
    """Record that a file was downloaded."""
    require(acting.actor, "file.read", file.project_id)
    row = db.session.get_one(Attachment, file.id)
    record(
        acting.actor,
        acting.now,
        Tag.FILE_DOWNLOADED,
        row,
        project_id=file.project_id,
        changes={"filename": [file.filename, file.filename]},
    )


def sweep(now: dt.datetime, storage: Storage) -> tuple[int, int]:
    """Remove what lies in the storage without a row for an hour; returns how many, and how many files of rows are
    missing there.
    """
    before = now - SWEPT_AFTER
    names, rows = storage.names(), stored_keys()
    gone = [name for name in names if name not in rows and (made := made_at(name)) is not None and made < before]
    for name in gone:
        storage.remove(name)
    return len(gone) + storage.sweep_parts(before), len(rows - set(names))


def _told(row: Attachment, *, added: bool) -> dict[str, list[object]]:
    facts: dict[str, object] = {
        name: getattr(row, name)
        for name in ("filename", "media_type", "size", "sha256", "report_id", "gate_id", "request_id")
    }
    return {name: [None, value] if added else [value, None] for name, value in facts.items() if value is not None}


def _require_open(report_id: int | None) -> None:
    """ConflictError where the report that files belong to is not open to editing."""
    if (
        report_id is not None
        and db.session.scalar(select(MonthlyReport.state).where(MonthlyReport.id == report_id)) not in OPEN
    ):
        raise ConflictError(FROZEN)
