"""Recording what was done; called by every operation, stored and sealed when its transaction commits.

`record` only notes. As the transaction commits, the noted entries are chained under a lock that is taken last: on
SQLite the write lock that the transaction holds anyway, on PostgreSQL an advisory lock, so that two transactions never
chain onto the same row, and no deadlock with the locks of business rows is possible. Where an entry cannot be stored,
neither can the change.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, column, desc, event, func, insert, literal, select, table, text
from sqlalchemy.orm import Session

from projects.core.month import beijing_day
from projects.core.permissions import Actor
from projects.core.tables import PERSON
from projects.extensions import Model, db
from projects.history.record.chain import AT, COLUMNS, ChainHead, Row, Seal, walk
from projects.history.record.extract import Safe
from projects.history.record.queries import checkpoint, raw_rows
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import Tag
from projects.locks import Turn, take

_REFERRED = text('SELECT id FROM "user" WHERE id = ANY(:actors) ORDER BY id FOR KEY SHARE')
LIMITS = {"actor_name": 60, "address": 60, "object_type": 40, "object_id": 80}
_log = logging.getLogger(__name__)


def record(
    actor: Actor,
    now: dt.datetime,
    tag: Tag,
    subject: object,
    *,
    project_id: int | None = None,
    changes: Mapping[str, Any] | None = None,
    result: str = "done",
    kind: str = "system",
) -> None:
    """Note one entry: `subject` is the row changed (or a name, of a thing of `kind`), `changes` maps a field to [old,
    new], JSON-safe.
    """
    session = db.session()
    session.connection()  # so that there is a transaction, whose rollback takes this entry back
    if actor.consent is not None:
        agreed = {"consent": [None, actor.consent]} if actor.consent else {"is_emergency": [None, True]}
        changes = {**(changes or {}), **agreed}
    key = getattr(subject, "id", None) or getattr(subject, "slug", None) or str(subject)
    entry: dict[str, Any] = {
        "at": now,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "address": actor.address or session.info.get("address", ""),
        "tag": str(tag),
        "result": result,
        "project_id": project_id,
        "object_type": subject.__tablename__ if isinstance(subject, Model) else kind,
        "object_id": str(key),
        "changes": dict(changes or {}),
    }
    if entry["object_type"] == PERSON.name and isinstance(subject, Model):
        entry["changes"]["whom"] = _called(subject)  # as they are called now, whatever becomes of them
    entry |= {name: _storable(entry[name])[:limit] for name, limit in LIMITS.items()}
    session.info.setdefault("audit_noted", []).append(entry)


def _called(person: Any) -> str:
    return f"{person.display_name} ({person.username})"


def stored() -> int:
    """How many entries this session has stored so far."""
    return int(db.session().info.get("audit_stored", 0))


def come_from(address: str) -> None:
    """What to write as the place of entries whose actor carries none."""
    db.session().info["address"] = address


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\u2400")


def row_of(number: int, entry: Mapping[str, Any]) -> Row:
    """The columns of `entry` as the database will hold them."""
    at = entry["at"].astimezone(dt.UTC).strftime(AT)
    values = {**entry, "id": number, "at": at, "changes": json.dumps(entry["changes"])}
    return [None if values[name] is None else str(values[name]).encode() for name in COLUMNS]


@event.listens_for(db.session, "before_commit")
def _store(session: Session) -> None:
    entries = session.info.get("audit_noted")
    if not entries:
        return
    session.flush()
    connection = session.connection()
    seal = safe_of(connection).seal
    _refer(connection, entries)
    take(Turn.SEAL)
    previous = _last(connection, seal)
    for entry in entries:
        number = _next_id(connection)
        previous = seal.link(previous, row_of(number, entry))
        connection.execute(insert(AuditEntry).values(id=number, digest=previous.decode(), **entry))
        session.info["audit_head"] = ChainHead(beijing_day(entry["at"]), number, previous.decode())
    session.info["audit_storing"] = len(entries)
    entries.clear()


@event.listens_for(db.session, "after_commit")
def _keep_head(session: Session) -> None:
    session.info["audit_stored"] = session.info.get("audit_stored", 0) + session.info.pop("audit_storing", 0)
    head = session.info.pop("audit_head", None)
    if head:
        try:
            safe_of(session.get_bind()).note(head)
        except OSError:  # the change is stored and sealed; only the mark against a cut tail is older
            _log.exception("the head of the audit chain was not kept")


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("audit_head", None)
    session.info.pop("audit_noted", None)
    session.info.pop("audit_storing", None)


def safe_of(bind: Any) -> Safe:
    """Key and heads of the installation whose engine or connection `bind` is."""
    safe = bind.get_execution_options().get("audit_safe")
    if safe is None:
        raise RuntimeError("this engine has no audit_safe; bind one as projects.app does")
    return cast("Safe", safe)


def _refer(connection: Connection, entries: Iterable[Mapping[str, Any]]) -> None:
    """Hold the keys of the people that the entries will name before the seal is taken: who removes one of them, and
    would seal that, is waited for without it.
    """
    actors = {one["actor_id"] for one in entries} - {None}
    if actors and connection.dialect.name == "postgresql":
        connection.execute(_REFERRED, {"actors": list(actors)})


def _last(connection: Connection, seal: Seal) -> bytes:
    """The digest to go on from; where the newest row has none, all rows from before the chain are read once, to be
    covered by the first digest.
    """
    newest = connection.execute(select(AuditEntry.digest).order_by(desc(AuditEntry.id)).limit(1)).scalar()
    return newest.encode() if newest else walk(seal, raw_rows(connection), start=checkpoint(connection, seal)[0]).digest


def _next_id(connection: Connection) -> int:
    """An id above every id ever given."""
    if connection.dialect.name == "postgresql":
        return int(
            connection.execute(select(func.nextval(func.pg_get_serial_sequence("audit_entry", "id")))).scalar_one()
        )
    given = table("sqlite_sequence", column("name"), column("seq"))
    newest = select(func.max(AuditEntry.id)).scalar_subquery()
    counter = select(given.c.seq).where(given.c.name == "audit_entry").scalar_subquery()
    return (
        int(
            connection.execute(
                select(func.max(func.coalesce(newest, literal(0)), func.coalesce(counter, literal(0))))
            ).scalar_one()
        )
        + 1
    )
