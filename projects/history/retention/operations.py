"""Writes of the retention: archive, remove what is archived, go on after a restored backup, take rights from the
application's role. For commands only. Rules HI-8 to HI-10.

Removing needs the owner of the tables: the triggers that keep the history are lifted and set again within the one
transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, text

from projects.core.errors import ConflictError
from projects.core.month import BEIJING, beijing_day
from projects.core.permissions import Actor, require
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.chain import AT, START, ChainHead, ChainVerdict, Checkpoint
from projects.history.record.extract import Safe
from projects.history.record.operations import record, safe_of
from projects.history.record.queries import checkpoint, newest_head, raw_rows, verdict
from projects.history.record.tables import AuditCheckpoint, AuditEntry
from projects.history.record.tags import Tag
from projects.history.retention import archive
from projects.history.retention.extract import opened, write
from projects.locks import Turn, take

APPEND_ONLY = ("audit_entry", "audit_checkpoint")


def archive_history(actor: Actor, now: dt.datetime, before: dt.date, out: Path) -> archive.Found:
    """Write the entries before a Beijing day to `out`, sealed, and note that it was done; nothing is removed.

    ConflictError where the history is not whole.
    """
    require(actor, "audit.read")
    connection = db.session.connection()
    safe = safe_of(connection)
    _whole(verdict(connection, safe))
    start, _ = checkpoint(connection, safe.seal)
    until = _last_before(dt.datetime.combine(before, dt.time(), BEIJING), start.last_id)
    head = archive.ArchiveHead(safe.algorithm, now.astimezone(dt.UTC).strftime(AT), before.isoformat(), start)
    write(out, archive.lines(head, raw_rows(connection, until), safe.seal))
    found = check_archive(safe, out)
    told = {"from_id": start.last_id + 1, "to_id": found.last_id, "rows": found.rows, "sha256": found.sha256}
    record(actor, now, Tag.AUDIT_ARCHIVED, "audit", changes={name: [None, value] for name, value in told.items()})
    return found


def check_archive(safe: Safe, path: Path, more: Sequence[ChainHead] = ()) -> archive.Found:
    """What an archive holds, held against the heads of the installation and `more`; BrokenArchiveError where it was
    changed.
    """
    anchors = {head.id: head.digest for head in (*safe.heads()[0], *more)}
    with opened(path) as file:
        return archive.read(file, safe.seal, anchors)


def missing_links(found: Sequence[archive.Found], end: Checkpoint) -> bool:
    """Whether these archives, in the order of their rows, are not the whole of what was removed before the checkpoint
    `end`.
    """
    last = START
    for one in sorted(found, key=lambda one: one.last_id):
        if (one.head.start.last_id, one.head.start.digest) != (last.last_id, last.digest):
            return True
        last = one.checkpoint(end.made_at)
    return (last.last_id, last.digest, last.file_sha256) != (end.last_id, end.digest, end.file_sha256)


def _last_before(instant: dt.datetime, start: int) -> int:
    """The last sealed entry before which, and at which, all entries are older than `instant`."""
    first_young = select(func.min(AuditEntry.id)).where(AuditEntry.at >= instant).scalar_subquery()
    old = select(func.max(AuditEntry.id)).where(
        AuditEntry.id > start, AuditEntry.digest != "", AuditEntry.id < func.coalesce(first_young, 2**62)
    )
    found = db.session.scalar(old)
    if found is None:
        raise ConflictError(N_("这一天以前没有可归档的记录"))
    return found


def _whole(found: ChainVerdict) -> None:
    if not found.is_whole:
        raise ConflictError(N_("审计记录校验没有通过, 不能归档或清除: 请先运行 projects verify-audit 查明"))


def purge_history(actor: Actor, now: dt.datetime, path: Path, keep_days: int) -> archive.Found:
    """Remove the entries that the archive at `path` holds, and leave a checkpoint that the rest is chained to.

    ConflictError where the archive is not of this history, does not begin where it begins, or holds entries younger
    than `keep_days`.
    """
    require(actor, "audit.read")
    connection = db.session.connection()
    take(Turn.SEAL)
    safe = safe_of(connection)
    _whole(verdict(connection, safe))
    found = check_archive(safe, path)
    start, _ = checkpoint(connection, safe.seal)
    stored = db.session.execute(select(AuditEntry.digest, AuditEntry.at).where(AuditEntry.id == found.last_id)).first()
    if found.head.start != start or stored is None or stored.digest != found.digest:
        raise ConflictError(N_("这份归档不是从现有历史的开头归档的, 不能据此清除"))
    kept_from = beijing_day(now) - dt.timedelta(days=keep_days)
    if beijing_day(stored.at) >= kept_from:
        raise ConflictError(
            N_("归档里有 %(day)s 的记录, 还不满 %(days)s 天的保存期 (AUDIT_KEEP_DAYS)"),
            day=beijing_day(stored.at),
            days=keep_days,
        )
    mark = found.checkpoint(now.astimezone(dt.UTC).strftime(AT))
    with _unlocked(connection):
        db.session.execute(
            delete(AuditEntry).where(AuditEntry.id <= found.last_id).execution_options(synchronize_session=False)
        )
        values = {
            "last_id": mark.last_id,
            "digest": mark.digest,
            "rows": mark.rows,
            "file_sha256": mark.file_sha256,
            "mac": mark.mac(safe.seal),
        }
        db.session.execute(insert(AuditCheckpoint).values(made_at=now, last_at=stored.at, **values))
    told = {"from_id": start.last_id + 1, "to_id": mark.last_id, "rows": mark.rows, "sha256": mark.file_sha256}
    record(actor, now, Tag.AUDIT_PURGED, "audit", changes={name: [None, value] for name, value in told.items()})
    return found


@contextmanager
def _unlocked(connection: Connection) -> Iterator[None]:
    """The history without its triggers, for this transaction only."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
        yield
        connection.exec_driver_sql("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only")
        return
    made = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
    ).all()
    for name, _ in made:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, sql in made:
        connection.exec_driver_sql(sql)


def accept_restored(actor: Actor, now: dt.datetime, reason: str, more: Sequence[ChainHead] = ()) -> tuple[int, Path]:
    """Go on after an older backup was restored: say in the history which entries were lost and why, and never give
    their ids again; `more` heads were kept elsewhere, where the installation's own went with its disk.

    Returns how many ids were lost, and where the old head file lies now. ConflictError where nothing is missing, or
    more than a tail is.
    """
    require(actor, "audit.read")
    connection = db.session.connection()
    take(Turn.SEAL)
    safe = safe_of(connection)
    found = verdict(connection, safe, (list(more), 0))
    own, newest = safe.heads()[0], newest_head()
    heads = [*own, *more]
    last = max((head.id for head in heads), default=0)
    if newest is None or not found.faults or any(one.why != "cut" for one in found.faults) or last <= newest.id:
        raise ConflictError(N_("没有缺失的尾部可以确认, 或者还有别的问题: 请先运行 projects verify-audit 查明"))
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.setval(func.pg_get_serial_sequence("audit_entry", "id"), last)))
    else:
        connection.execute(text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'audit_entry'"), {"last": last})
    digest = next(head.digest for head in heads if head.id == last)
    told = {"reason": reason, "from_id": newest.id + 1, "to_id": last, "sha256": digest}
    record(actor, now, Tag.AUDIT_RESTORED, "audit", changes={name: [None, value] for name, value in told.items()})
    aside = safe.set_aside(
        f"until-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}", [head for head in own if head.id <= newest.id]
    )
    return last - newest.id, aside


def harden(connection: Connection, role: str) -> None:
    """Let the application's PostgreSQL role read and append to the history, and nothing else; business tables it may
    change. Repeat after each migration.

    ConflictError on another database, for a role that is not there, that owns the tables, or that no grant can bind.
    """
    if connection.dialect.name != "postgresql":
        raise ConflictError(
            N_("SQLite 没有数据库角色: 文件的所有者总能改写, 只能靠摘要链发现; 需要时请改用 PostgreSQL")
        )
    known = connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
    owner = (
        connection.execute(
            text("SELECT pg_has_role(:role, tableowner, 'MEMBER') FROM pg_tables WHERE tablename = 'audit_entry'"),
            {"role": role},
        ).scalar()
        if known is False
        else None
    )
    if known is None:
        raise ConflictError(N_("数据库里没有角色 %(role)s: 请先 CREATE ROLE"), role=role)
    if known or owner:
        raise ConflictError(
            N_("角色 %(role)s 是超级用户或表的所有者, 收不走权限: 请为应用另建角色, 用表的所有者运行本命令"), role=role
        )
    name, schema = (
        connection.dialect.identifier_preparer.quote(one)
        for one in (role, connection.execute(text("SELECT current_schema()")).scalar_one())
    )
    for statement in (
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version, audit_checkpoint FROM {name}",
        f"REVOKE UPDATE, DELETE ON audit_entry FROM {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
    ):
        connection.execute(text(statement))
