"""Copies of PostgreSQL by its own tools: `pg_dump` reads the very snapshot that our connection reads, `pg_restore` puts
it into an empty database in one transaction (BK-1, BK-7).

The tools are sought in `PG_BIN`, then on PATH, then where Debian and Red Hat put them. They get the connection's own
parameters by environment, so that no password stands in a list of processes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from projects.commands.backup.manifest import Manifest
from projects.commands.backup.snapshot import Feed, Snapshot, fresh
from projects.core.errors import ConfigError, ConflictError
from projects.core.text import N_

_MAJOR = re.compile(r"\d{1,4}")
_VERSION = re.compile(r"\) (\d{1,4}[\w.]{0,20})")

MEMBER = "database.dump"
USUAL = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
LOCK_WAIT = "60s"


@dataclass(frozen=True)
class Tool:
    """A program of PostgreSQL, and its version as `15.18`."""

    path: str
    version: str

    @property
    def major(self) -> int:
        """The first number of its version."""
        return major(self.version)


def major(version: str) -> int:
    """15 of `15.18`."""
    found = _MAJOR.match(version)
    return int(found[0]) if found else 0


def find(name: str, folder: str, least: int) -> Tool:
    """The program `name` of at least the major version `least`; ConfigError says what is missing, and the setting that
    mends it.
    """
    usual = [str(path) for pattern in USUAL for path in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    places = [folder] if folder else [os.environ.get("PATH", ""), *usual]
    seen: Tool | None = None
    for place in places:
        path = shutil.which(name, path=place)
        tool = Tool(path, _version(path)) if path else None
        if tool and tool.major >= least:
            return tool
        seen = seen or tool
    if seen is None:
        raise ConfigError(
            N_("找不到 PostgreSQL 的程序 %(name)s: 请安装 postgresql-client, 或用 PG_BIN 指定它所在的文件夹"), name=name
        )
    raise ConfigError(
        N_("%(path)s 是 %(version)s 版, 旧于所需的 %(least)s 版: 请安装不旧于它的 postgresql-client, 或用 PG_BIN 指定"),
        path=seen.path,
        version=seen.version,
        least=least,
    )


def _version(path: str) -> str:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found by us
    found = _VERSION.search(done.stdout[:200])
    return found[1] if found else ""


@contextmanager
def snapshot(engine: Engine, dump: Path, tools: str = "") -> Iterator[Snapshot]:
    """Dump the database into the new file `dump`, and read the same snapshot; ConfigError without a fitting
    `pg_dump`.
    """
    how = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with how.connect() as connection:
        version = server_version(connection)
        tool = find("pg_dump", tools, major(version))
        known = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        fresh(dump)
        options = ["--format=custom", "--no-password", f"--lock-wait-timeout={LOCK_WAIT}"]
        _run([tool.path, *options, f"--snapshot={known}", f"--file={dump}"], environment(connection))
        yield Snapshot(connection, dump, MEMBER, version, tool.version)


def server_version(connection: Any) -> str:
    """The server's version, as `15.18`."""
    return str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]


def environment(connection: Any) -> dict[str, str]:
    """The parameters of a connection as the variables that PostgreSQL's programs read."""
    told = {
        one.envvar.decode(): one.val.decode()
        for one in connection.connection.driver_connection.pgconn.info
        if one.envvar and one.val
    }
    told.pop("PGCLIENTENCODING", None)  # a dump keeps the database's own
    return {**os.environ, **told, "LC_ALL": "C.UTF-8"}


def _run(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - found by us
    if done.returncode:
        raise _failed(command[0], done.returncode, done.stderr)


def _failed(path: str, status: int, said: str) -> ConflictError:
    line = next((one for one in said.splitlines() if "error:" in one), said.strip().partition("\n")[0])
    return ConflictError(
        N_("%(tool)s 没有完成 (退出码 %(status)s): %(said)s"), tool=Path(path).name, status=status, said=line[:300]
    )


_OCCUPIED = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1 LIMIT 3
"""


def occupied(engine: Engine) -> str:
    """The first tables that are there already, empty where there are none."""
    with engine.connect() as connection:
        return ", ".join(connection.execute(text(_OCCUPIED)).scalars())


def restorer(engine: Engine, manifest: Manifest, tools: str = "") -> Callable[[Feed], None]:
    """What hands a dump to `pg_restore`: everything in one transaction, owned by whoever runs it.

    ConfigError where the server or the program is older than those that made the dump; ConflictError, when it runs,
    says where it failed, and then nothing was stored.
    """
    with engine.connect() as connection:
        here, env = server_version(connection), environment(connection)
    if major(here) < major(manifest.database_version):
        raise ConfigError(
            N_("备份来自 PostgreSQL %(from)s, 这里的服务器是更旧的 %(here)s: 请恢复到相同或更新的版本"),
            **{"from": manifest.database_version, "here": here},
        )
    tool = find("pg_restore", tools, major(manifest.tool))
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-password"]
    command = [tool.path, *options, f"--dbname={env['PGDATABASE']}"]

    def restore(feed: Feed) -> None:
        with tempfile.TemporaryFile() as said:
            running = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=said, stderr=said)  # noqa: S603
            try:
                with suppress(BrokenPipeError), running.stdin as into:  # type: ignore[union-attr]
                    feed(into.write)
            except BaseException:
                running.kill()
                running.wait()
                raise
            status = running.wait()
            said.seek(0)
            if status:
                raise _failed(tool.path, status, said.read().decode("utf-8", "replace"))

    return restore
