"""The form of a backup's file: a plain tar of regular members, each byte of which follows from their names, lengths,
contents and one instant.

So any `tar` unpacks it and `sha256sum -c SHA256SUMS` checks it, and here a changed byte is found wherever it stands:
in a head, a content, the padding, the sums themselves, or behind the end (BK-4).
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from projects.core.text import N_

BLOCK = 512
CHUNK = 1 << 20
END = b"\0" * (2 * BLOCK)
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
LONGEST_NAME = 100
LARGEST_TEXT = 256 * 1024**2  # manifest and sums of a million files
WHYS = {
    "no_backup": N_("不是本系统的备份文件"),
    "head": N_("成员头与写入时不同"),
    "content": N_("内容与校验和不符"),
    "padding": N_("填充字节与写入时不同"),
    "cut": N_("文件不完整, 在这里中断"),
    "extra": N_("末尾之后还有多余的字节"),
    "members": N_("清单里有而文件里没有, 或文件里有而清单里没有"),
    "manifest": N_("清单无法读取"),
    "sums": N_("校验和清单与内容不符"),
    "seal": N_("清单的签章与审计密钥不符: 备份写成后被改过, 或属于另一套系统"),
}


class BrokenBackupError(ValueError):
    """The file is no backup, or not as it was written; `member` says where, `why` is a key of WHYS."""

    def __init__(self, member: str, why: str) -> None:
        super().__init__(f"{member}: {why}")
        self.member, self.why = member, why


@dataclass(frozen=True)
class Member:
    """A member as the manifest lists it: its length in bytes and its SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Piece:
    """A member as it lies in the file: its content begins at byte `start`; `at` is the instant of its head, in seconds
    since 1970.
    """

    name: str
    size: int
    at: int
    start: int


def head(name: str, size: int, at: int) -> bytes:
    """The one head that a member of this name, length and instant may have."""
    if len(name) > LONGEST_NAME or not name.isascii():
        raise ValueError(f"no name of a member: {name[:120]!r}")
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, at, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def padding(size: int) -> int:
    """How many zero bytes follow a content of `size` bytes."""
    return -size % BLOCK


class Packer:
    """Writes members one after another; nothing is sought, so that a pipe would do."""

    def __init__(self, file: BinaryIO, at: int) -> None:
        self.file, self.at = file, at
        self.members: list[Member] = []

    def add(self, name: str, source: BinaryIO, size: int) -> Member:
        """Write `size` bytes of `source` as `name`; OSError where it holds more or fewer."""
        self.file.write(head(name, size, self.at))
        digest, left = hashlib.sha256(), size
        while left and (chunk := source.read(min(CHUNK, left))):
            digest.update(chunk)
            self.file.write(chunk)
            left -= len(chunk)
        if left or source.read(1):
            raise OSError(f"{name} changed its length while it was read")
        self.file.write(b"\0" * padding(size))
        self.members.append(Member(name, size, digest.hexdigest()))
        return self.members[-1]

    def add_bytes(self, name: str, content: bytes) -> Member:
        """Write `content` as `name`."""
        return self.add(name, io.BytesIO(content), len(content))

    def finish(self) -> None:
        """Write the sums of all members, and the end."""
        self.add_bytes(SUMS, sums(self.members))
        self.file.write(END)


def sums(members: Sequence[Member]) -> bytes:
    """The sums as `sha256sum -c` reads them."""
    return "".join(f"{one.sha256}  {one.name}\n" for one in members).encode("ascii")


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """The members from the first on; `file` stands where the caller left it and is sought again for each.

    BrokenBackupError where a head is not as it was written or the file ends too early.
    """
    place, last = 0, ""
    while True:
        file.seek(place)
        block = file.read(BLOCK)
        if block == END[:BLOCK]:
            _end(file, place, last)
            return
        piece = _piece(block, place, last)
        yield piece
        place, last = piece.start + piece.size + padding(piece.size), piece.name


def _piece(block: bytes, place: int, last: str) -> Piece:
    if len(block) < BLOCK:
        raise BrokenBackupError(last or MANIFEST, "cut" if place else "no_backup")
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        at = int(info.mtime)
        sound = info.size >= 0 and at >= 0 and head(info.name, info.size, at) == block
    except (tarfile.TarError, ValueError, OverflowError):
        sound = False
    if not sound:
        name = block[:LONGEST_NAME].rstrip(b"\0").decode("ascii", "replace")
        raise BrokenBackupError(name if name.isprintable() and name else f"{last} +", "head" if place else "no_backup")
    return Piece(info.name, info.size, at, place + BLOCK)


def _end(file: BinaryIO, place: int, last: str) -> None:
    file.seek(place)
    rest = file.read(len(END) + 1)
    if len(rest) < len(END):
        raise BrokenBackupError(last, "cut")
    if rest != END or last != SUMS:
        raise BrokenBackupError(last, "extra" if last == SUMS else "cut")


def content(file: BinaryIO, piece: Piece) -> Iterator[bytes]:
    """The content of a member in chunks, then its padding is looked at.

    BrokenBackupError where the file ends too early or the padding is not zero.
    """
    file.seek(piece.start)
    left = piece.size
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise BrokenBackupError(piece.name, "cut")
        yield chunk
        left -= len(chunk)
    filling = file.read(padding(piece.size))
    if len(filling) < padding(piece.size):
        raise BrokenBackupError(piece.name, "cut")
    if filling.strip(b"\0"):
        raise BrokenBackupError(piece.name, "padding")


def copy_out(file: BinaryIO, piece: Piece, expected: Member, write: Callable[[bytes], object]) -> None:
    """Hand the content of a member to `write`, chunk by chunk.

    BrokenBackupError where it is not the expected one, which is known only after the last chunk.
    """
    digest = hashlib.sha256()
    for chunk in content(file, piece):
        digest.update(chunk)
        write(chunk)
    if (piece.size, digest.hexdigest()) != (expected.bytes, expected.sha256):
        raise BrokenBackupError(piece.name, "content")


def small(file: BinaryIO, piece: Piece) -> bytes:
    """The whole content of a member that is text; BrokenBackupError where it is too large to be one."""
    if piece.size > LARGEST_TEXT:
        raise BrokenBackupError(piece.name, "head")
    return b"".join(content(file, piece))
