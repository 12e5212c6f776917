"""What follows a backup: it is copied out by a command of the installation's own, and older ones go (BK-8, BK-10); and
the copy that is made before an upgrade (BK-11).
"""

from __future__ import annotations

import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from projects.commands.backup import reading
from projects.commands.backup.manifest import Manifest
from projects.commands.backup.place import Place
from projects.commands.backup.taking import Clock, Taken, Wanted, take, writing
from projects.commands.backup.verifying import read_manifest
from projects.core.errors import ConfigError, ConflictError
from projects.core.text import N_

ENDING = ".tar"


def copy_out(command: str, path: Path) -> None:
    """Run the command with the finished backup as its last argument; no shell sees either.

    ConflictError says how it ended where that was not well; the backup stays where it is.
    """
    try:
        words = shlex.split(command)
    except ValueError as problem:
        raise ConfigError(N_("BACKUP_COPY 的引号不成对: %(problem)s"), problem=str(problem)) from None
    try:
        status = subprocess.run([*words, str(path)], stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603
    except OSError as problem:
        raise ConflictError(
            N_("备份 %(path)s 已写成, 但外送命令不能运行: %(problem)s"), path=str(path), problem=str(problem)
        ) from None
    if status:
        raise ConflictError(
            N_("备份 %(path)s 已写成, 但外送命令 %(command)s 以退出码 %(status)s 结束"),
            path=str(path),
            command=words[0],
            status=status,
        )


def prune(newest: Taken, keep: int) -> list[Path]:
    """Remove the older backups of the same installation that lie beside a complete one and have the same ending of
    their names, so that `keep` remain; returns those that went.

    Incomplete ones, those of other installations and whatever can't be read are neither counted nor removed.
    """
    own = newest.manifest
    found: list[tuple[datetime, Path]] = []
    for path in newest.path.parent.glob(f"*{newest.path.suffix or ENDING}"):
        one = read_manifest(path) if path != newest.path and path.is_file() else None
        if one and one.is_complete and is_of_same(one, own):
            found.append((datetime.fromisoformat(one.instant), path))
    gone = [path for _, path in sorted(found, reverse=True)[max(keep - 1, 0) :]]
    for path in gone:
        path.unlink()
    return gone


def is_of_same(one: Manifest, other: Manifest) -> bool:
    """Whether two backups are of one installation: of the same database, told by its audit key, with the same
    contents.
    """
    alike = (one.database, one.files.included) == (other.database, other.files.included)
    return bool(other.history_key) and one.history_key == other.history_key and alike


def before_upgrade(place: Place, clock: Clock) -> Taken | None:
    """A copy of the database where migrations are about to change it, in `backups` of the instance folder; None where
    nothing is to be changed, or there is nothing to lose.
    """
    if reading.without_database(place.engine):
        return None
    with place.engine.connect() as connection:
        lacking = reading.pending(connection, place.migrations)
        at = reading.migration(connection)
        rows = reading.rows(connection) if lacking and at else {}
    if not any(count for name, count in rows.items() if name != reading.VERSIONS):
        return None
    folder = place.instance / "backups"
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"before-{lacking[-1]}-{clock().astimezone(UTC):%Y%m%dT%H%M%S%f}{ENDING}"
    return take(place, folder / name, Wanted(passphrase=place.passphrase()), clock)
