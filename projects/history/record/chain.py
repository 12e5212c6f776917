"""The chain of the history: each row's digest covers the row and the digest before it, with a key that is not in the
database.

A row is its columns as the bytes the database holds, in the order of `COLUMNS` (None for NULL); the digest is 64 hex
digits. Rules HI-1 to HI-6 of docs/rules/audit.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from projects.core.text import N_

COLUMNS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "address",
    "tag",
    "result",
    "project_id",
    "object_type",
    "object_id",
    "changes",
)
AT = "%Y-%m-%d %H:%M:%S.%f"  # an instant in UTC, as SQLite holds it
ALGORITHMS = ("sha256", "sm3")
FAULTS = {
    "altered": N_("内容与摘要不符: 这条记录被改过, 或它前面的记录被删、被插、被换序"),
    "gap": N_("摘要接不上且编号不连续: 前面有记录被删, 或编号被改"),
    "unsealed": N_("没有摘要: 不是由本系统写入, 或摘要被清空"),
    "kind": N_("字段的存储类型不对: 被绕过本系统改写"),
    "head": N_("与保存的链头不符: 历史被整体改写, 或换了密钥"),
    "cut": N_("保存的链头里有这条记录, 数据库里没有: 尾部被截断, 或数据库从旧备份恢复"),
    "no_head": N_("没有可比对的链头文件: 尾部是否被截断无从判断, 请用 --head 指定导出的链头"),
    "bad_head": N_("链头文件里有一行无法读取"),
    "checkpoint": N_("归档点不是由本系统写入, 或被改过: 更早的记录是否归档过无从判断"),
    "archive": N_("归档文件被改过, 不完整, 或不是这条历史的"),
}

Row = Sequence[bytes | None]


@dataclass(frozen=True)
class Seal:
    """A key and the hash it is used with: `sha256`, or `sm3` where the library has it."""

    key: bytes = field(repr=False)
    algorithm: str = "sha256"

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS or self.algorithm not in hashlib.algorithms_available:
            raise ValueError(f"no such hash here: {self.algorithm!r}")

    def link(self, previous: bytes, row: Row) -> bytes:
        """The digest of `row` after a row whose digest is `previous` (empty for the first)."""
        packed = b"".join([b"-;" if value is None else b"%d:%b;" % (len(value), value) for value in row])
        return hmac.digest(self.key, previous + b"|" + packed, self.algorithm).hex().encode()


@dataclass(frozen=True)
class ChainHead:
    """The newest row of a day, or of now: kept elsewhere, it shows a cut tail and a rewritten history."""

    day: dt.date
    id: int
    digest: str

    def line(self) -> str:
        """One line of fixed length, 97 characters with its end."""
        return f"{self.day.isoformat()} {self.id:020d} {self.digest}\n"


def parse_heads(text: str) -> tuple[list[ChainHead], int]:
    """The heads in `text`, one a line, and how many lines are none."""
    heads, bad = [], 0
    for line in text.splitlines():
        try:
            day, number, digest = line.split()
            head = ChainHead(dt.date.fromisoformat(day), int(number), digest)
        except ValueError:
            bad += 1
            continue
        if len(digest) == 64:
            heads.append(head)
        else:
            bad += 1
    return heads, bad


@dataclass(frozen=True)
class Checkpoint:
    """Where the chain goes on after an archived part: its last row and digest, how many rows it had, the archive's
    checksum; instants as `AT`.
    """

    last_id: int
    digest: str
    rows: int
    made_at: str
    last_at: str
    file_sha256: str

    def mac(self, seal: Seal) -> str:
        """What nobody without the key can make."""
        told = (self.last_id, self.digest, self.rows, self.made_at, self.last_at, self.file_sha256)
        return seal.link(b"checkpoint", [str(one).encode() for one in told]).decode()


START = Checkpoint(0, "", 0, "", "", "")  # of a chain of which nothing was archived


@dataclass(frozen=True)
class ChainFault:
    """What is wrong at a row (None: at the whole); `why` is a key of FAULTS."""

    row: int | None
    why: str


@dataclass(frozen=True)
class ChainVerdict:
    """What a walk along the chain found: rows seen, rows without a digest from before the chain began, faults in order,
    the digest to go on from.

    `archived` is the checkpoint that the walk began at.
    """

    rows: int
    unsealed: int
    faults: tuple[ChainFault, ...]
    last: int
    digest: bytes
    archived: Checkpoint = START

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def walk(
    seal: Seal,
    rows: Iterable[tuple[Row, bytes, bool]],
    anchors: Mapping[int, str] | None = None,
    start: Checkpoint = START,
) -> ChainVerdict:
    """Check `rows` (columns, stored digest, whether the stored kinds are right) in the order of their ids against the
    key and the kept heads.

    The rows go on from `start`; of heads before it only its own can be held against anything.
    """
    kept = {number: digest for number, digest in (anchors or {}).items() if number >= start.last_id}
    seen, unsealed, last, previous = 0, 0, start.last_id, start.digest.encode()
    faults = [ChainFault(last, "head")] if kept.pop(last, start.digest) != start.digest else []
    for row, stored, sound in rows:
        number = int(row[0] or 0)
        expected = seal.link(previous, row)
        early = not stored and unsealed == seen and not start.last_id
        why = "" if sound else "kind"
        if early:  # from before the chain began: the first digest covers these rows too
            unsealed += 1
        elif stored != expected:
            why = why or ("unsealed" if not stored else "altered" if number == last + 1 else "gap")
        if number in kept and kept.pop(number).encode() != stored:
            why = why or "head"
        if why:
            faults.append(ChainFault(number, why))
        seen, last, previous = seen + 1, number, expected if early else stored
    faults += [ChainFault(number, "cut") for number in sorted(kept)]
    return ChainVerdict(seen, unsealed, tuple(faults), last, previous, start)
