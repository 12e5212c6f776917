"""Reads of files, always within the asker's scope; a file of another project, or under another project's address, is
not found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, bindparam, or_, select

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, projects_for
from projects.core.text import N_, Text
from projects.core.vocabulary import CONSENT_KINDS
from projects.extensions import db
from projects.people.accounts.tables import User
from projects.people.requests.tables import ConsentRequest
from projects.register.projects.tables import Project
from projects.statements import rows_of
from projects.works.files.lists import FileLine, Owner, StoredFile
from projects.works.files.tables import Attachment
from projects.works.gates.extract import template
from projects.works.gates.tables import Gate
from projects.works.reports.tables import MonthlyReport
from projects.works.reports.workflow import OPEN

FROZEN = N_("月报已提交或已通过, 照片不再增减; 退回或更正后可以再改")


def owner(
    actor: Actor, slug: str, *, month: dt.date | None = None, revision: int | None = None, gate_key: str | None = None
) -> Owner:
    """The project, or its report or gate, that files are attached to; NotFoundError outside the asker's scope or where
    there is none.
    """
    project = _project(actor, slug)
    whole = Owner(project_id=project.id, slug=slug, project_name=project.name)
    if month is not None:
        about = (
            MonthlyReport.project_id == project.id,
            MonthlyReport.month == month,
            MonthlyReport.revision == revision,
        )
        report = db.session.execute(select(MonthlyReport.id, MonthlyReport.state).where(*about)).first()
        if report is None:
            raise NotFoundError(N_("没有这份月报, 可能还没有填报"))
        closed = None if report.state in OPEN else Text(FROZEN)
        return replace(whole, report_id=report.id, month=month, revision=revision, closed=closed)
    if gate_key is not None:
        gate_id = db.session.scalar(select(Gate.id).where(Gate.project_id == project.id, Gate.key == gate_key))
        if gate_id is None:
            raise NotFoundError(N_("这一关还没有登记: 请先登记, 再添加文件"))
        return replace(whole, gate_id=gate_id, gate_key=gate_key)
    return whole


def project_files(project_id: int, as_of: dt.date) -> tuple[FileLine, ...]:
    """Every file of a project, newest first, for a reader who may see it; those of reports whose figures are of a later
    day are left out. One statement.
    """
    return _read(_OF_PROJECT, {"project": project_id, "as_of": as_of})


def files_of_report(project_id: int, month: dt.date, revision: int) -> tuple[FileLine, ...]:
    """The files of a month's report up to a revision, for a reader who may see the project; one statement."""
    return _lines(Attachment.project_id == project_id, MonthlyReport.month == month, MonthlyReport.revision <= revision)


def files_of_owner(owner: Owner) -> tuple[FileLine, ...]:
    """What is attached to this very thing; one statement."""
    return _lines(*belongs_to(owner))


def files_of_request(request_id: int) -> tuple[FileLine, ...]:
    """What was sent as evidence of a request, for a reader who may see it; one statement."""
    return _lines(Attachment.request_id == request_id)


def belongs_to(owner: Owner) -> tuple[ColumnElement[bool], ...]:
    """Over attachments: this very thing's; of a gate, what came with a request that was agreed to, too."""
    return lies_with(owner.project_id, owner.report_id, owner.gate_id, owner.request_id)


def lies_with(
    project_id: int | None, report_id: int | None, gate_id: int | None, request_id: int | None
) -> tuple[ColumnElement[bool], ...]:
    """The same by ids."""
    own = Attachment
    found = (own.project_id == project_id, own.report_id == report_id, own.gate_id == gate_id)
    return found if gate_id is not None else (*found, own.request_id == request_id)


def counts_by_gate(project_id: int) -> dict[str, int]:
    """How many files lie at each of a project's gates; one statement."""
    found: dict[str, int] = {}
    for line in _lines(Attachment.project_id == project_id, Attachment.gate_id.is_not(None)):
        found[line.gate_key or ""] = found.get(line.gate_key or "", 0) + 1
    return found


def file_to_hand_out(actor: Actor, slug: str, file_id: int) -> StoredFile:
    """A file by its number under its own project's address; NotFoundError for anything else, removed files
    among them.
    """
    project = _project(actor, slug)
    found = rows_of(StoredFile, db.session.execute(_STORED.where(*_is(file_id), Attachment.project_id == project.id)))
    if not found:
        raise NotFoundError(N_("没有这个文件, 可能已被移除"))
    return found[0]


def scan_to_hand_out(request_id: int, file_id: int) -> StoredFile:
    """A file of a request that its reader may see; NotFoundError for anything else."""
    found = rows_of(StoredFile, db.session.execute(_STORED.where(*_is(file_id), Attachment.request_id == request_id)))
    if not found:
        raise NotFoundError(N_("没有这个文件, 可能已被移除"))
    return found[0]


def stored_keys() -> set[str]:
    """Every key that a row refers to, removed files included: what is removed is kept for the history."""
    rows = db.session.execute(select(Attachment.storage_key, Attachment.thumbnail_key))
    return {key for row in rows for key in row if key}


def by_gate(lines: Iterable[FileLine]) -> list[tuple[Text, str, list[FileLine]]]:
    """The lines of gates in the template's order, with each gate's name."""
    lines = list(lines)
    groups = [(spec.name, spec.key, [line for line in lines if line.gate_key == spec.key]) for spec in template().gates]
    return [(name, key, found) for name, key, found in groups if found]


def by_request(lines: Iterable[FileLine]) -> list[tuple[str, int, list[FileLine]]]:
    """What came with changes that were agreed to, beside gates: each request's lines, with what it is called."""
    found: dict[int, list[FileLine]] = {}
    for line in lines:
        if line.request_id is not None and line.gate_key is None:
            found.setdefault(line.request_id, []).append(line)
    return [(CONSENT_KINDS[group[0].request_kind or ""], key, group) for key, group in found.items()]


def gate_name(key: str | None) -> Text | None:
    """What a gate is called."""
    return template().by_key[key].name if key in template().by_key else None


def _project(actor: Actor, slug: str) -> Any:
    reach = projects_for(actor, "file.read")
    project = db.session.execute(select(Project.id, Project.name).where(Project.slug == slug)).first()
    if project is None or (reach is not None and project.id not in reach):
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    return project


def _is(file_id: int) -> tuple[ColumnElement[bool], ...]:
    return Attachment.id == file_id, Attachment.removed_at.is_(None)


_STORED = select(
    *(Attachment.id, Attachment.project_id, Attachment.filename, Attachment.media_type, Attachment.sha256),
    *(Attachment.storage_key, Attachment.thumbnail_key),
)
_COLUMNS = (
    Attachment.id, Attachment.filename, Attachment.media_type, Attachment.size,
    Attachment.thumbnail_key.is_not(None).label("has_thumbnail"), User.display_name.label("uploaded_by"),
    Attachment.uploaded_at, Attachment.report_id, Attachment.gate_id, MonthlyReport.month, MonthlyReport.revision,
    Gate.key.label("gate_key"), MonthlyReport.state.label("report_state"), Attachment.request_id,
    ConsentRequest.kind.label("request_kind"),
)  # fmt: skip
_LINES: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS)
    .join(User, User.id == Attachment.uploaded_by_id)
    .outerjoin(MonthlyReport, MonthlyReport.id == Attachment.report_id)
    .outerjoin(Gate, Gate.id == Attachment.gate_id)
    .outerjoin(ConsentRequest, ConsentRequest.id == Attachment.request_id)
    .where(Attachment.removed_at.is_(None))
    .order_by(Attachment.id.desc())
)
_OF_PROJECT = _LINES.where(
    Attachment.project_id == bindparam("project"),
    or_(Attachment.report_id.is_(None), MonthlyReport.data_on <= bindparam("as_of")),
    or_(Attachment.request_id.is_(None), ConsentRequest.state == "approved", ConsentRequest.is_emergency),
)


def _lines(*where: Any) -> tuple[FileLine, ...]:
    return _read(_LINES.where(*where), {})


def _read(statement: Executable, values: dict[str, Any]) -> tuple[FileLine, ...]:
    return tuple(rows_of(FileLine, db.session.execute(statement, values)))
