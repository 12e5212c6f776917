"""Reads that work on a database of any migration: a copy is made before an upgrade, when the tables are those of an
earlier version.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, quoted_name, select, table
from sqlalchemy.exc import SQLAlchemyError

from projects.commands.backup.manifest import Newest
from projects.core.errors import ConfigError
from projects.core.text import N_
from projects.history.record.chain import ChainHead, Seal
from projects.history.record.extract import Safe, key_file
from projects.history.record.queries import held_against, verdict
from projects.history.record.tables import AuditCheckpoint, AuditEntry
from projects.works.files.tables import Attachment

VERSIONS = "alembic_version"


@dataclass(frozen=True)
class NamedFile:
    """A file that a row names: its key in the storage, the name people gave it, and its SHA-256, which thumbnails
    lack.
    """

    key: str
    filename: str
    sha256: str | None


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(inspect(connection).get_table_names())
    return {
        name: int(connection.execute(select(func.count()).select_from(table(quoted_name(name, True)))).scalar_one())
        for name in names
    }


def migration(connection: Connection) -> str:
    """The revision the database stands at; empty where no migration has run."""
    from alembic.runtime.migration import MigrationContext

    return ",".join(sorted(MigrationContext.configure(connection).get_current_heads()))


def known_revisions(migrations: str) -> set[str]:
    """The revisions that this version of the product knows; `migrations` is their folder."""
    from alembic.script import ScriptDirectory

    return {one.revision for one in ScriptDirectory(migrations).walk_revisions()}


def pending(connection: Connection, migrations: str) -> list[str]:
    """The migrations that a database lacks, the first to run first; ConfigError where it stands at one that this
    version of the product doesn't know.
    """
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(migrations)
    present = {one for one in migration(connection).split(",") if one}
    strange = present - {one.revision for one in script.walk_revisions()}
    if strange:
        raise ConfigError(
            N_("数据库的版本 %(revision)s 比本程序新: 请改用更新的程序, 或恢复升级前的备份"),
            revision=", ".join(sorted(strange)),
        )
    done = {one.revision for head in present for one in script.iterate_revisions(head, "base")}
    return [one.revision for one in reversed(list(script.walk_revisions())) if one.revision not in done]


def newest(connection: Connection) -> Newest | None:
    """The newest entry of the history; None where there is none, or the history has no chain yet."""
    if not has_columns(connection, AuditEntry, "id", "at", "digest"):
        return None
    statement = select(AuditEntry.id, AuditEntry.digest, AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1)
    found = connection.execute(statement).first()
    return Newest(found.id, found.digest, found.at.isoformat()) if found else None


def files(connection: Connection) -> list[NamedFile]:
    """The files that rows name, removed ones included, in the order of their keys."""
    if not has_columns(connection, Attachment, "storage_key"):
        return []
    own = Attachment
    found: list[NamedFile] = []
    for key, small, name, sha256 in connection.execute(
        select(own.storage_key, own.thumbnail_key, own.filename, own.sha256).order_by(own.storage_key)
    ):
        found.append(NamedFile(key, name, sha256))
        if small:
            found.append(NamedFile(small, name, None))
    return found


def has_columns(connection: Connection, model: type[AuditEntry | AuditCheckpoint | Attachment], *names: str) -> bool:
    """Whether the database has the table of `model`, with these columns (all that the model has, where none is
    named).
    """
    found = inspect(connection)
    name, own = model.__tablename__, model.__table__
    wanted = set(names) or {column.name for column in own.columns}
    return found.has_table(name) and wanted <= {column["name"] for column in found.get_columns(name)}


def known_seal(safe: Safe) -> Seal | None:
    """The seal of an installation, without making a key where there is none."""
    return safe.seal if safe.given or key_file(safe.instance).exists() else None


def history_faults(connection: Connection, safe: Safe, heads: list[ChainHead] | None = None) -> tuple[str, ...]:
    """What is wrong with the history as `row: why`, a key of FAULTS, held against `heads`, or where none are given
    against those of the installation.

    `no_key` where there are entries and no key, which is not made. Of a version without a chain nothing is said, unless
    there are heads of one.
    """
    if not (has_columns(connection, AuditEntry) and has_columns(connection, AuditCheckpoint)):
        return ("-: cut",) if (safe.heads()[0] if heads is None else heads) else ()
    try:
        seal = known_seal(safe)
        if seal is None:
            return ("-: no_key",) if newest(connection) else ()
        found = verdict(connection, safe) if heads is None else held_against(connection, seal, heads)
    except SQLAlchemyError as problem:
        return (first_line(problem),)
    return tuple(f"{one.row or '-'}: {one.why}" for one in found.faults[:20])


def without_database(engine: Engine) -> bool:
    """Whether the engine's SQLite file is not there, so that looking would make it."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return bool(file) and not Path(str(file)).exists()


def first_line(problem: Exception) -> str:
    """What a database said, in a line."""
    return (str(getattr(problem, "orig", None) or problem).strip() or type(problem).__name__).splitlines()[0]
