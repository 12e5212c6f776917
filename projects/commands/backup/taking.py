"""Making a backup: the database as of one instant first, then every file that it names, then the keys, and last the
manifest, which says what all of it is (BK-1 to BK-3).

A file is stored before its row and never changed, so whatever the copy of the database names was there before; only a
file removed meanwhile can be missing, and that is told by its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from projects.commands.backup import reading
from projects.commands.backup.container import MANIFEST, Packer
from projects.commands.backup.manifest import HeldFiles, HeldKey, Manifest, Newest, Soundness, product_version
from projects.commands.backup.place import Place
from projects.commands.backup.reading import NamedFile
from projects.commands.backup.sealing import seal
from projects.commands.backup.snapshot import Snapshot, durable, durable_folder, fresh
from projects.commands.backup.soundness import own_check
from projects.core.errors import ConflictError, NotFoundError
from projects.core.month import beijing_day
from projects.core.text import N_
from projects.database import sqlite_module
from projects.history.record.chain import ChainHead

HEADS = "audit_head"
FILES, KEYS = "files/", "keys/"
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Wanted:
    """What a backup is to hold besides the database: files, and the keys that a passphrase seals but for those that are
    `left_out`.
    """

    with_files: bool = False
    passphrase: str | None = None
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Taken:
    """A finished backup: where it lies, what it says of itself, and the files that it lacks, as people know them."""

    path: Path
    manifest: Manifest
    lacking: tuple[NamedFile, ...]


def take(place: Place, out: Path, wanted: Wanted, clock: Clock) -> Taken:
    """Write the new file `out`, whole and durable, for its owner only; ConflictError where there is one, where another
    backup is writing it, or where it can't be written, and then nothing is left of it.
    """
    if out.exists():
        raise ConflictError(N_("文件 %(path)s 已经存在, 请换一个文件名"), path=str(out))
    part, dump = out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.part.database")
    with writing(out), _alone(part), _swept(dump):
        heads = place.safe.heads()[0]  # before the snapshot, so that it holds every one of them
        with place.database.snapshot(place.engine, dump, place.tools) as found:
            instant = clock().astimezone(UTC)
            with part.open("wb") as file:
                packer = Packer(file, int(instant.timestamp()))
                taken = _pack(place, packer, found, heads, wanted)
                manifest, lacking = replace(taken[0], instant=instant.isoformat()), taken[1]
                manifest = manifest.sealed(reading.known_seal(place.safe))
                packer.add_bytes(MANIFEST, manifest.to_bytes())
                packer.finish()
                durable(file)
        part.rename(out)
        durable_folder(out.parent)
    return Taken(out, manifest, lacking)


def _pack(
    place: Place, packer: Packer, found: Snapshot, heads: list[ChainHead], wanted: Wanted
) -> tuple[Manifest, tuple[NamedFile, ...]]:
    newest = reading.newest(found.connection)
    kept = _heads(heads, newest)
    sound = _soundness(place, found, kept)
    named = reading.files(found.connection)
    with found.dump.open("rb") as source:
        packer.add(found.member, source, found.dump.stat().st_size)
    if kept:
        packer.add_bytes(HEADS, "".join(head.line() for head in kept).encode("ascii"))
    held, lacking = _files(place, packer, named) if wanted.with_files else (HeldFiles(len(named), included=False), ())
    keys = {name: _key(packer, name, value, wanted) for name, value in place.keys().items()}
    manifest = Manifest(
        instant="",
        version=product_version(),
        database=place.kind,
        database_version=found.version,
        tool=found.tool,
        migration=reading.migration(found.connection),
        rows=reading.rows(found.connection),
        newest=newest,
        sound=sound,
        files=held,
        keys=keys,
        members=tuple(packer.members),
    )
    return manifest, lacking


def _heads(heads: list[ChainHead], newest: Newest | None) -> list[ChainHead]:
    """The heads that the copy is held against, its own newest entry among them. All were noted before the snapshot: one
    beyond its newest entry shows that the copy lacks what was stored.
    """
    if newest is None:
        return heads
    last = ChainHead(beijing_day(datetime.fromisoformat(newest.at)), newest.id, newest.digest)
    earlier = [head for head in heads if head.id < last.id and head.day != last.day]
    return [*earlier, last, *(head for head in heads if head.id > last.id)]


def _soundness(place: Place, found: Snapshot, heads: list[ChainHead]) -> Soundness:
    """A copy of what is broken is made all the same, and says so. The check of PostgreSQL reads the server's own pages,
    which a dump has just read, so it is left to the doctor and the restored copy.
    """
    history = reading.history_faults(found.connection, place.safe, heads)
    if place.kind != "sqlite":
        return Soundness("pg_dump", history)
    check = own_check(found.connection)
    return Soundness(check.name, history, check.faults)


def _files(place: Place, packer: Packer, named: list[NamedFile]) -> tuple[HeldFiles, tuple[NamedFile, ...]]:
    missing, differing = [], []
    for one in named:
        try:
            content = place.storage.get(one.key)
        except NotFoundError:
            missing.append(one)
            continue
        packer.add_bytes(FILES + one.key, content)
        if one.sha256 and hashlib.sha256(content).hexdigest() != one.sha256:
            differing.append(one)
    held = HeldFiles(len(named), True, tuple(one.key for one in missing), tuple(one.key for one in differing))
    return held, (*missing, *differing)


def _key(packer: Packer, name: str, value: bytes | None, wanted: Wanted) -> HeldKey:
    if value is None:
        return HeldKey(why="not there")
    if name in wanted.left_out:
        return HeldKey(why="left out")
    if wanted.passphrase is None:
        return HeldKey(why="no passphrase")
    member = f"{KEYS}{name}.sealed"
    packer.add_bytes(member, seal(name, value, wanted.passphrase))
    return HeldKey(member)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """A full disk, or a place that can't be written, in a sentence."""
    try:
        yield
    except (OSError, sqlite_module().Error) as problem:
        raise ConflictError(
            N_("备份没有写成, 没有留下 %(path)s: %(problem)s. 请核对磁盘空间和文件夹权限后重试"),
            path=str(out),
            problem=str(problem),
        ) from problem


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    """One backup at a time writes a name; what is left of one that was broken off is named, not guessed at."""
    try:
        fresh(part)
    except FileExistsError:
        raise ConflictError(
            N_("%(path)s 已经存在: 另一次备份正在写, 或上次中断了. 确认没有备份在运行后删去它再重试"), path=str(part)
        ) from None
    with _swept(part):
        yield


@contextmanager
def _swept(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
