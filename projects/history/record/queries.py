"""Reads of the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from projects.core.errors import NotFoundError
from projects.core.month import beijing_day
from projects.core.permissions import SYSTEM, Actor, projects_for, require
from projects.core.tables import PERSON, PROJECT
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.chain import (
    AT,
    COLUMNS,
    START,
    ChainFault,
    ChainHead,
    ChainVerdict,
    Checkpoint,
    Row,
    Seal,
    walk,
)
from projects.history.record.extract import Safe
from projects.history.record.filtering import PER_PAGE, AuditFilter
from projects.history.record.tables import AuditCheckpoint, AuditEntry
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.statements import rows_of


@dataclass(frozen=True)
class HistoryRow:
    """One entry: when, who, from where, what, old → new, and the project where it is about one."""

    id: int
    at: dt.datetime
    actor: str | None
    address: str
    tag: str
    result: str
    object_type: str
    object_id: str
    changes: Mapping[str, Any]
    project_slug: str | None = None
    project_name: str | None = None


@dataclass(frozen=True)
class HistoryPage:
    """A page of entries, newest first; `before` leads to the next page, None on the last."""

    rows: list[HistoryRow]
    before: int | None


def _name() -> ColumnElement[Any]:
    return func.coalesce(func.nullif(func.nullif(AuditEntry.actor_name, ""), SYSTEM.name), PERSON.c.display_name)


@cache
def _entries() -> Select[Any]:
    own = AuditEntry
    shown = (own.id, own.at, _name().label("actor"), own.address, own.tag, own.result)
    told = (own.object_type, own.object_id, own.changes)
    about = (PROJECT.c.slug.label("project_slug"), PROJECT.c.name.label("project_name"))
    joined = (
        select(*shown, *told, *about)
        .outerjoin(PERSON, PERSON.c.id == AuditEntry.actor_id)
        .outerjoin(PROJECT, PROJECT.c.id == AuditEntry.project_id)
    )
    return joined.order_by(AuditEntry.id.desc())


def _page(statement: Select[Any], before: int | None, size: int, **values: object) -> HistoryPage:
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    rows = rows_of(HistoryRow, db.session.execute(statement.limit(size + 1), values))
    return HistoryPage(rows[:size], rows[size - 1].id if len(rows) > size else None)


def history_of(project_id: int) -> list[HistoryRow]:
    """A project's fifty newest changes; not who looked at it or was refused, which is for auditors."""
    return rows_of(HistoryRow, db.session.execute(_newest_of_project(), {"project": project_id}))


@cache
def _of_project() -> Select[Any]:
    return _entries().where(
        AuditEntry.project_id == bindparam("project"),
        AuditEntry.tag.startswith("project:"),
        AuditEntry.result == "done",
    )


@cache
def _newest_of_project() -> Select[Any]:
    return _of_project().limit(50)


@dataclass(frozen=True)
class ProjectName:
    """The project a history page speaks of."""

    slug: str
    name: str


def project_history(actor: Actor, slug: str, before: int | None) -> tuple[ProjectName, HistoryPage]:
    """A project's changes, a page of them; NotFoundError outside the actor's scope."""
    require(actor, "project.read")
    reach = projects_for(actor, "project.read")
    found = db.session.execute(select(PROJECT.c.id, PROJECT.c.name).where(PROJECT.c.slug == slug)).first()
    if found is None or (reach is not None and found.id not in reach):
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    return ProjectName(slug, found.name), _page(_of_project(), before, PER_PAGE, project=found.id)


def project_id_of(slug: str) -> int | None:
    """The project with this slug, whoever asks: for the record of a refusal."""
    return db.session.scalar(select(PROJECT.c.id).where(PROJECT.c.slug == slug))


def search(actor: Actor, chosen: AuditFilter, size: int = PER_PAGE) -> HistoryPage:
    """The entries that `chosen` asks for, newest first; for auditors."""
    require(actor, "audit.read")
    statement = _entries()
    if chosen.person:
        statement = statement.where(
            or_(_name().icontains(chosen.person, autoescape=True), PERSON.c.username == chosen.person)
        )
    if chosen.concerning:
        statement = statement.where(_concerns(chosen.concerning))
    if chosen.since:
        statement = statement.where(AuditEntry.at >= chosen.since_instant)
    if chosen.until:
        statement = statement.where(AuditEntry.at < chosen.until_instant)
    if chosen.project:
        statement = statement.where(
            or_(PROJECT.c.slug == chosen.project, PROJECT.c.name.icontains(chosen.project, autoescape=True))
        )
    for column, value in (
        (AuditEntry.tag, chosen.tag),
        (AuditEntry.result, chosen.result),
        (AuditEntry.object_type, chosen.about),
        (AuditEntry.object_id, chosen.object),
    ):
        if value:
            statement = statement.where(column == value)
    return _page(statement, chosen.before, size)


def _concerns(name: str) -> ColumnElement[bool]:
    """Entries about the person of this name: their name now or then, or their sign-in name whole."""
    known = PERSON.c.display_name.icontains(name, autoescape=True) | (PERSON.c.username == name)
    ids = select(cast(PERSON.c.id, String)).where(known)
    then = AuditEntry.changes["whom"].as_string().icontains(name, autoescape=True)
    return and_(AuditEntry.object_type == PERSON.name, or_(AuditEntry.object_id.in_(ids), then))


def kinds() -> list[str]:
    """The kinds of objects that entries speak of, each looked up by itself: the history is long, the kinds are few."""
    there = [select(AuditEntry.id).where(AuditEntry.object_type == kind).exists().label(kind) for kind in OBJECTS]
    return sorted(kind for kind, found in db.session.execute(select(*there)).mappings().one().items() if found)


# --- the chain --------------------------------------------------------------------------------------------------------

_KINDS = frozenset(
    f"integer,text,{actor},text,text,text,text,{project},text,text,text,text"
    for actor in ("integer", "null")
    for project in ("integer", "null")
)


def raw_rows(connection: Connection, until: int | None = None) -> Generator[tuple[Row, bytes, bool]]:
    """Every entry (up to the id `until`) as the bytes the database holds, in the order of ids, with its digest and
    whether its columns have their kinds.
    """
    sqlite = connection.dialect.name == "sqlite"
    columns = [AuditEntry.__table__.c[name] for name in (*COLUMNS, "digest")]
    if sqlite:
        kinds_of = "||','||".join(f"typeof({column.name})" for column in columns)
        wanted: list[Any] = [*(cast(column, LargeBinary) for column in columns), literal_column(kinds_of)]
    else:
        wanted = [
            func.to_char(column, "YYYY-MM-DD HH24:MI:SS.US") if column.name == "at" else cast(column, Text)
            for column in columns
        ]
    statement = select(*wanted).order_by(AuditEntry.id)
    statement = statement if until is None else statement.where(AuditEntry.id <= until)
    with connection.execute(statement.execution_options(yield_per=2000)) as result:
        if sqlite:
            for *row, digest, found in result:
                yield row, digest or b"", found in _KINDS
        else:
            for *row, digest in result:
                yield [None if value is None else value.encode() for value in row], digest.encode(), True


def verdict(
    connection: Connection,
    safe: Safe,
    more: tuple[list[ChainHead], int] = ([], 0),
    enough: Callable[[], bool] = lambda: False,
) -> ChainVerdict:
    """Whether the chain is whole, held against the heads of the installation and `more` heads that were kept elsewhere.

    The walk ends where `enough` says so, asked every thousand rows; heads after that are held against nothing.
    """
    heads, bad = safe.heads()
    return held_against(connection, safe.seal, [*heads, *more[0]], bad + more[1], enough)


def held_against(
    connection: Connection,
    seal: Seal,
    heads: list[ChainHead],
    bad: int = 0,
    enough: Callable[[], bool] = lambda: False,
) -> ChainVerdict:
    """Whether the chain is whole, held against these heads and no others; `bad` lines that are none are doubts too."""
    anchors = {head.id: head.digest for head in heads}
    start, sound = checkpoint(connection, seal)
    limit = _Limit(raw_rows(connection), enough)
    found = walk(seal, limit, anchors, start)
    lost = _lost(connection) if found.faults else []
    gaps = [*lost, range(found.last + 1, 2**63)] if limit.reached else lost
    faults = [one for one in found.faults if one.why != "cut" or not any(one.row in gap for gap in gaps)]
    doubts = [ChainFault(None, "bad_head")] * bad + [ChainFault(None, "no_head")] * (
        not anchors and found.rows > found.unsealed
    )
    return replace(
        found, faults=(*([] if sound else [ChainFault(start.last_id or None, "checkpoint")]), *faults, *doubts)
    )


class _Limit:
    """Rows until there are enough; `reached` says that some were left."""

    def __init__(self, rows: Generator[tuple[Row, bytes, bool]], enough: Callable[[], bool]) -> None:
        self.rows, self.enough, self.reached = rows, enough, False

    def __iter__(self) -> Iterator[tuple[Row, bytes, bool]]:
        for count, row in enumerate(self.rows):
            if count and count % 1000 == 0 and self.enough():
                self.reached = True
                self.rows.close()  # and with it the database's cursor
                return
            yield row


def checkpoint(connection: Connection, seal: Seal) -> tuple[Checkpoint, bool]:
    """The newest checkpoint, and whether all of them are the system's own, in order; where nothing was archived, the
    start of the chain.
    """
    newest, sound = START, True
    for row in connection.execute(select(AuditCheckpoint.__table__).order_by(AuditCheckpoint.__table__.c.id)):
        told = (row.made_at.strftime(AT), row.last_at.strftime(AT))
        one = Checkpoint(row.last_id, row.digest, row.rows, *told, row.file_sha256)
        sound = sound and one.mac(seal) == row.mac and one.last_id > newest.last_id
        newest = one
    return newest, sound


def _lost(connection: Connection) -> list[range]:
    """The ids that went with the restoring of an older backup, as the history says itself."""
    told = connection.execute(select(AuditEntry.changes).where(AuditEntry.tag == Tag.AUDIT_RESTORED))
    return [range(changes["from_id"][1], changes["to_id"][1] + 1) for (changes,) in told]


def archived_until() -> dt.datetime | None:
    """The instant of the newest entry that was archived and removed."""
    return db.session.scalar(select(func.max(AuditCheckpoint.last_at)))


def newest_head() -> ChainHead | None:
    """The newest entry, as a head to be kept elsewhere."""
    found = db.session.execute(
        select(AuditEntry.at, AuditEntry.id, AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    return ChainHead(beijing_day(found.at), found.id, found.digest) if found else None
