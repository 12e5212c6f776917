"""Putting a backup into an empty place (BK-5, BK-6): it is looked at whole before anything is touched, then files and
keys go first, the database last; what was begun is taken back where it fails.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from projects.commands.backup import reading
from projects.commands.backup.container import Piece, copy_out, pieces
from projects.commands.backup.manifest import (
    Manifest,
    NewerFormatError,
    is_newer,
    name_of,
    product_version,
)
from projects.commands.backup.place import Place
from projects.commands.backup.snapshot import durable, fresh
from projects.commands.backup.soundness import own_check
from projects.commands.backup.taking import FILES, HEADS
from projects.commands.backup.verifying import opened_keys, verify
from projects.core.errors import ConfigError, ConflictError
from projects.core.text import N_
from projects.history.record.chain import Seal


@dataclass(frozen=True)
class Restored:
    """What lies there now, and what its checks said: faults of the history, of the database by the check of that name,
    differences from the manifest, and the migrations that it lacks. `keys` are those that were written.
    """

    manifest: Manifest
    keys: tuple[str, ...]
    check: str
    history: tuple[str, ...]
    database: tuple[str, ...]
    differences: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the copy is what was backed up, and passed every check."""
        return not (self.history or self.database or self.differences)


def restore(place: Place, path: Path, passphrase: str | None) -> Restored:
    """Put the backup at `path` into `place`.

    ConflictError where the place is not empty or something fails on the way, and then nothing is left there;
    ConfigError where the backup doesn't fit this installation, or a key or passphrase is missing or wrong.
    """
    manifest = _looked_at(place, path)
    keys = _keys(place, path, manifest, passphrase)
    put = place.database.restorer(place.engine, manifest, place.tools)
    with path.open("rb") as file, _taken_back() as undo:
        where = {piece.name: piece for piece in pieces(file)}
        for name, piece in where.items():
            if name.startswith(FILES):
                _put_file(place, file, piece, manifest, undo)
        place.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in keys.items():
            _write(place.key_files()[name], content, undo)
        if HEADS in where:
            _write(place.safe.head_file, _content(file, where[HEADS], manifest), undo)
        database = manifest.member(place.database.MEMBER)
        put(partial(copy_out, file, where[database.name], database))
    return _checked(place, manifest, tuple(keys))


def _looked_at(place: Place, path: Path) -> Manifest:
    try:
        found = verify(path)
    except NewerFormatError as problem:
        raise _newer(str(problem)) from None
    if found.manifest is None or not found.is_whole:
        raise ConflictError(
            N_("备份 %(path)s 与写成时不同 (%(member)s), 没有恢复: 请换一份备份"),
            path=str(path),
            member=found.faults[0].member,
        )
    manifest = found.manifest
    unknown = {one for one in manifest.migration.split(",") if one} - reading.known_revisions(place.migrations)
    if unknown or is_newer(manifest.version, product_version()):
        raise _newer(manifest.version)
    if manifest.database != place.kind:
        raise ConfigError(
            N_("备份是 %(there)s 的, 这里的 DATABASE_URL 指向 %(here)s: 请改为同一种数据库"),
            there=manifest.database,
            here=place.kind,
        )
    _require_empty(place)
    return manifest


def _newer(version: str) -> ConfigError:
    return ConfigError(
        N_("备份由更新的版本 %(there)s 写成, 本程序是 %(here)s: 请用不低于它的版本恢复"),
        there=version,
        here=product_version(),
    )


def _require_empty(place: Place) -> None:
    """A live installation is refused, and so is half of one: a head file or files of another would be mixed in."""
    files = place.storage.names()
    there = [
        place.database.occupied(place.engine),
        str(place.safe.head_file) if place.safe.head_file.exists() else "",
        f"{place.storage.root} ({len(files)})" if files else "",
    ]
    found = ", ".join(one for one in there if one)
    if found:
        raise ConflictError(
            N_("只能恢复到空的地方, 这里已有 %(found)s: 请换新的 INSTANCE_PATH、空数据库和空存储, 旧的移走留存"),
            found=found,
        )


def _keys(place: Place, path: Path, manifest: Manifest, passphrase: str | None) -> dict[str, bytes]:
    """The keys to be written: those that the backup holds and the place lacks.

    ConfigError where the audit key is to be had nowhere, or is another one than the backup was made with.
    """
    held = [name for name, one in manifest.keys.items() if one.member]
    if held and passphrase is None:
        raise ConfigError(
            N_("备份里的密钥 (%(keys)s) 用口令封存: 请用 --passphrase-file 指定口令文件"), keys=", ".join(held)
        )
    opened = opened_keys(path, manifest, passphrase) if passphrase is not None else {}
    present = place.keys()
    for name, content in opened.items():
        if present[name] is not None and present[name] != content:
            raise ConflictError(N_("这里已有另一个 %(name)s, 与备份里的不同: 请先移走 (文件或环境变量)"), name=name)
    audit = opened.get("audit_key") or present["audit_key"]
    if audit is None and manifest.newest:
        raise ConfigError(
            N_("备份里没有审计密钥: 请先把单独保管的密钥放到 %(path)s (权限 0600) 或设 AUDIT_KEY, 再恢复"),
            path=str(place.key_files()["audit_key"]),
        )
    if audit and manifest.history_key:
        seal = Seal(audit, place.safe.algorithm)
        if name_of(seal) != manifest.history_key:
            raise ConfigError(N_("这里的审计密钥不是写这份备份时的那一个 (或 AUDIT_HASH 不同): 请换上原来的密钥"))
        if not manifest.is_sealed_by(seal):
            raise ConflictError(N_("备份清单的签章与审计密钥不符: 备份写成后被改过, 没有恢复"))
    return {name: content for name, content in opened.items() if present[name] is None}


def _put_file(place: Place, file: BinaryIO, piece: Piece, manifest: Manifest, undo: list[Callable[[], object]]) -> None:
    key = piece.name.removeprefix(FILES)
    content = _content(file, piece, manifest)
    undo.append(partial(place.storage.remove, key))
    place.storage.put(key, content)


def _content(file: BinaryIO, piece: Piece, manifest: Manifest) -> bytes:
    into = io.BytesIO()
    copy_out(file, piece, manifest.member(piece.name), into.write)
    return into.getvalue()


def _write(path: Path, content: bytes, undo: list[Callable[[], object]]) -> None:
    fresh(path)
    undo.append(partial(path.unlink, missing_ok=True))
    with path.open("wb") as file:
        file.write(content)
        durable(file)


@contextmanager
def _taken_back() -> Iterator[list[Callable[[], object]]]:
    """What is to be undone where the rest fails, the last first."""
    undo: list[Callable[[], object]] = []
    try:
        yield undo
    except BaseException as problem:
        for one in reversed(undo):
            one()
        if isinstance(problem, OSError | ValueError):
            raise ConflictError(N_("恢复没有完成, 已写入的都已撤回: %(problem)s"), problem=str(problem)) from problem
        raise


def _checked(place: Place, manifest: Manifest, keys: tuple[str, ...]) -> Restored:
    with place.engine.connect() as connection:
        check = own_check(connection)
        history = reading.history_faults(connection, replace(place.safe))  # with the key that was just written
        rows, newest = reading.rows(connection), reading.newest(connection)
        lacking = reading.pending(connection, place.migrations)
    names = sorted(set(rows) | set(manifest.rows))
    differences = [
        f"{name}: {manifest.rows.get(name)} → {rows.get(name)}"
        for name in names
        if rows.get(name) != manifest.rows.get(name)
    ]
    if newest != manifest.newest:
        differences.append(f"audit_entry: {manifest.newest and manifest.newest.id} → {newest and newest.id}")
    return Restored(manifest, keys, check.name, history, check.faults, tuple(differences), tuple(lacking))
