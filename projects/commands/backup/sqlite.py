"""Copies of SQLite: its online backup, one step within one read transaction, so that writers go on and the copy is of
one instant (BK-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from projects.commands.backup.manifest import Manifest
from projects.commands.backup.snapshot import Feed, Snapshot, durable, durable_folder, fresh
from projects.core.errors import ConflictError
from projects.core.text import N_
from projects.database import sqlite_module

MEMBER = "database.sqlite"
BESIDE = ("", "-wal", "-shm", "-journal")


@contextmanager
def snapshot(engine: Engine, dump: Path, _tools: str = "") -> Iterator[Snapshot]:
    """Copy the database into the new file `dump`, and read the copy; ConflictError where there is no database."""
    library: Any = sqlite_module()
    live = Path(str(engine.url.database))
    if not live.exists():
        raise ConflictError(N_("没有数据库 %(path)s 可备份: 请先运行 projects init"), path=str(live))
    fresh(dump)
    with closing(library.connect(_uri(live, "mode=rw"), uri=True, timeout=15)) as source:
        with closing(library.connect(_uri(dump, "mode=rw"), uri=True, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode=OFF")
            target.execute("PRAGMA synchronous=OFF")
            source.backup(target)
        with closing(library.connect(_uri(dump, "mode=rw"), uri=True, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode=DELETE")  # one file that stands by itself, without the log beside it
    copy = create_engine(
        "sqlite://",
        module=library,
        poolclass=NullPool,
        creator=lambda: library.connect(_uri(dump, "mode=ro&immutable=1"), uri=True),
    )
    with copy.connect() as connection:
        yield Snapshot(connection, dump, MEMBER, library.sqlite_version)


def occupied(engine: Engine) -> str:
    """What of a database is there already, empty where nothing is; a log left over would be played into the copy."""
    live = str(engine.url.database)
    return ", ".join(f"{live}{end}" for end in BESIDE if Path(f"{live}{end}").exists())


def restorer(engine: Engine, _manifest: Manifest, _tools: str = "") -> Callable[[Feed], None]:
    """What puts a copy in the place of the database, where it appears whole and durable."""
    live = Path(str(engine.url.database))

    def restore(feed: Feed) -> None:
        live.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = live.with_name(f"{live.name}.part")
        fresh(part)
        try:
            with part.open("wb") as file:
                feed(file.write)
                durable(file)
            part.rename(live)
        finally:
            part.unlink(missing_ok=True)
        durable_folder(live.parent)

    return restore


def _uri(path: Path, how: str) -> str:
    return f"file:{quote(str(path))}?{how}"
