"""Is a backup as it was written? Every byte of it is read (BK-4)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from projects.commands.backup.container import (
    LARGEST_TEXT,
    MANIFEST,
    SUMS,
    BrokenBackupError,
    Member,
    Piece,
    content,
    pieces,
    small,
    sums,
)
from projects.commands.backup.manifest import Manifest, NewerFormatError, parse
from projects.commands.backup.sealing import unseal
from projects.core.errors import NotFoundError
from projects.core.text import N_
from projects.history.record.chain import Seal


@dataclass(frozen=True)
class Verified:
    """What was found: the manifest where it can be read, the faults in order, and whether its seal was held against an
    audit key.
    """

    manifest: Manifest | None
    faults: tuple[BrokenBackupError, ...]
    held_against_key: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(path: Path, key: Seal | None = None) -> Verified:
    """Read a backup from its first byte to its last, and hold its manifest's seal against the audit key where that is
    known; NotFoundError where there is no file, NewerFormatError where it is of a later form.
    """
    try:
        with path.open("rb") as file:
            return examine(file, key)
    except FileNotFoundError:
        raise NotFoundError(N_("没有文件 %(path)s"), path=str(path)) from None
    except OSError as problem:  # a disk that can't read its own sectors
        return Verified(None, (BrokenBackupError(f"{path.name} ({problem})", "cut"),))


def examine(file: BinaryIO, key: Seal | None = None) -> Verified:
    """What `verify` finds in an open file, from wherever it stands."""
    found: list[Piece] = []
    actual: list[Member] = []
    texts: dict[str, bytes] = {}
    faults: list[BrokenBackupError] = []
    try:
        for piece in pieces(file):
            read = _Reading(piece)
            try:
                read.all_of(file)
            except BrokenBackupError as problem:
                faults.append(problem)
            found.append(piece)
            actual.append(Member(piece.name, piece.size, read.digest.hexdigest()))
            texts[piece.name] = bytes(read.text)
    except BrokenBackupError as problem:
        faults.append(problem)
    manifest: Manifest | None = None
    try:
        manifest = parse(texts[MANIFEST])
    except BrokenBackupError as problem:
        faults.append(problem)
    except KeyError:
        faults = faults or [BrokenBackupError(MANIFEST, "no_backup")]
    if manifest is None:
        return Verified(None, tuple(_once(faults)))
    faults += _compared(manifest, found, actual, texts.get(SUMS, b""))
    held = key is not None and bool(manifest.seal)
    if key and held and not faults and not manifest.is_sealed_by(key):
        faults.append(BrokenBackupError(MANIFEST, "seal"))
    return Verified(manifest, tuple(_once(faults)), held)


class _Reading:
    """A member as it is read: its digest, and of manifest and sums the text too."""

    def __init__(self, piece: Piece) -> None:
        self.piece, self.digest, self.text = piece, hashlib.sha256(), bytearray()

    def all_of(self, file: BinaryIO) -> None:
        """Read it; BrokenBackupError where it ends too early, its padding is not zero, or it is too long for a text."""
        is_text = self.piece.name in {MANIFEST, SUMS}
        if is_text and self.piece.size > LARGEST_TEXT:
            raise BrokenBackupError(self.piece.name, "head")
        for chunk in content(file, self.piece):
            self.digest.update(chunk)
            if is_text:
                self.text += chunk


def _compared(manifest: Manifest, found: list[Piece], actual: list[Member], said: bytes) -> list[BrokenBackupError]:
    """The members against the manifest, then manifest and sums against each other, then the instants of all heads."""
    lines = said.splitlines(keepends=True)  # who is wrong where manifest and content differ: the sums are the witness
    faults = [
        BrokenBackupError(MANIFEST if sums([there]) in lines else there.name, "content")
        for one, there in zip(manifest.members, actual, strict=False)
        if one != there
    ]
    if [one.name for one in actual] != [*(one.name for one in manifest.members), MANIFEST, SUMS]:
        return [*faults, BrokenBackupError(MANIFEST, "members")]
    if not faults and said != sums(actual[:-1]):
        faults.append(BrokenBackupError(f"{MANIFEST}, {SUMS}", "sums"))
    instant = int(datetime.fromisoformat(manifest.instant).timestamp())
    return faults + [BrokenBackupError(piece.name, "head") for piece in found if piece.at != instant]


def _once(faults: list[BrokenBackupError]) -> list[BrokenBackupError]:
    return list({(one.member, one.why): one for one in faults}.values())


def read_manifest(path: Path) -> Manifest | None:
    """The manifest of a backup, read past its contents; None where the file is none of ours, or ends too early."""
    with suppress(OSError, BrokenBackupError, NewerFormatError), path.open("rb") as file:
        where = {piece.name: piece for piece in pieces(file)}
        return parse(small(file, where[MANIFEST])) if MANIFEST in where else None
    return None


def opened_keys(path: Path, manifest: Manifest, passphrase: str) -> dict[str, bytes]:
    """The keys that a backup holds, opened; WrongPassphraseError where they don't open."""
    with path.open("rb") as file:
        where = {piece.name: piece for piece in pieces(file)}
        return {
            name: unseal(name, small(file, where[held.member]), passphrase)
            for name, held in manifest.keys.items()
            if held.member
        }
