"""The form of an archive of the history: JSON lines that carry their own proof. Pure; rules HI-8 and HI-9 of
docs/rules/audit.md.

The first line says which part of the chain follows and what it goes on from; each row is its columns as the database
holds them with its digest; the last line seals everything before it with the key of the chain.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from projects.history.record.chain import COLUMNS, ChainVerdict, Checkpoint, Row, Seal, walk

FORMAT = "projects-history-1"
Entry = tuple[Row, bytes, bool]


class BrokenArchiveError(ValueError):
    """No archive of ours, not whole, or changed."""


@dataclass(frozen=True)
class ArchiveHead:
    """What an archive begins with: the algorithm, when it was made, the day before which its rows are, and the
    checkpoint it goes on from.
    """

    algorithm: str
    made_at: str
    before: str
    start: Checkpoint


@dataclass(frozen=True)
class Found:
    """What a whole archive holds: its head, its rows, the last of them, and the checksum of the file."""

    head: ArchiveHead
    rows: int
    last_id: int
    last_at: str
    digest: str
    sha256: str

    def checkpoint(self, made_at: str) -> Checkpoint:
        """Where the chain goes on once these rows are removed."""
        return Checkpoint(self.last_id, self.digest, self.rows, made_at, self.last_at, self.sha256)


def lines(head: ArchiveHead, entries: Iterable[Entry], seal: Seal) -> Iterator[bytes]:
    """The archive of `entries`, a line at a time."""
    content, last, digest, rows = hashlib.sha256(), 0, b"", 0
    first = _line({"format": FORMAT, "columns": COLUMNS, **asdict(head)})
    content.update(first)
    yield first
    for row, stored, _ in entries:
        line = _line([*(None if value is None else value.decode() for value in row), stored.decode()])
        content.update(line)
        last, digest, rows = int(row[0] or 0), stored, rows + 1
        yield line
    yield _line({"last": last, "digest": digest.decode(), "rows": rows, "mac": _mac(seal, content.hexdigest())})


def read(source: Iterable[bytes], seal: Seal, anchors: Mapping[int, str] | None = None) -> Found:
    """Walk an archive from its first line to its seal, and hold it against kept heads; BrokenArchiveError where it is
    none, not whole or changed.
    """
    walker = _Walker(source, seal)
    verdict = walk(seal, walker.entries(), anchors, walker.head.start)
    return walker.found(verdict)


class _Walker:
    """Reads line by line, one line ahead, so that the seal is known when it comes."""

    def __init__(self, source: Iterable[bytes], seal: Seal) -> None:
        self.lines, self.seal = iter(source), seal
        self.content, self.whole = hashlib.sha256(), hashlib.sha256()
        self.end: dict[str, Any] = {}
        self.last_at, self.covered = "", ""
        first = self._take()
        try:
            start = Checkpoint(**first["start"])
            self.head = ArchiveHead(first["algorithm"], first["made_at"], first["before"], start)
        except (KeyError, TypeError) as problem:
            raise BrokenArchiveError("no archive of the history") from problem
        if first.get("format") != FORMAT or first.get("columns") != list(COLUMNS):
            raise BrokenArchiveError("an archive of another form")

    def _take(self) -> Any:
        line = next(self.lines, b"")
        self.covered = self.content.hexdigest()
        self.content.update(line)
        self.whole.update(line)
        try:
            return json.loads(line)
        except ValueError as problem:
            raise BrokenArchiveError("the archive ends too early, or holds a line that cannot be read") from problem

    def entries(self) -> Iterator[Entry]:
        while isinstance(values := self._take(), list):
            if len(values) != len(COLUMNS) + 1 or not all(value is None or isinstance(value, str) for value in values):
                raise BrokenArchiveError("a line of the archive has other columns")
            if not (values[0] or "0").isdecimal():
                raise BrokenArchiveError("a line of the archive has no number")
            *row, digest = values
            self.last_at = str(row[1])
            try:
                yield [None if value is None else value.encode() for value in row], (digest or "").encode(), True
            except UnicodeEncodeError as problem:
                raise BrokenArchiveError("a line of the archive holds what no text is") from problem
        self.end = values if isinstance(values, dict) else {}

    def found(self, verdict: ChainVerdict) -> Found:
        told = (self.end.get("last"), self.end.get("digest"), self.end.get("rows"))
        sealed = hmac.compare_digest(str(self.end.get("mac", "")), _mac(self.seal, self.covered))
        if (
            not sealed
            or any(one.why != "cut" for one in verdict.faults)
            or told != (verdict.last, verdict.digest.decode(), verdict.rows)
            or next(self.lines, b"").strip()
        ):
            raise BrokenArchiveError("the archive was changed, is not whole, or is sealed with another key")
        return Found(
            self.head, verdict.rows, verdict.last, self.last_at, verdict.digest.decode(), self.whole.hexdigest()
        )


def _mac(seal: Seal, digest: str) -> str:
    return seal.link(b"archive", [digest.encode()]).decode()


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
