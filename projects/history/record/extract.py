"""The two files beside the database: the key of the chain, and the heads that show a cut tail."""

from __future__ import annotations

import fcntl
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from projects.history.record.chain import ChainHead, Seal, parse_heads

KEY_BYTES = 32
LINE = 97


@dataclass(frozen=True)
class Safe:
    """Where key and heads of an installation lie; `given` is a key from the environment, which goes before the file."""

    instance: Path
    given: str | None = field(default=None, repr=False)
    algorithm: str = "sha256"

    @cached_property
    def seal(self) -> Seal:
        """The seal, its key generated at the first use."""
        if self.given:
            return Seal(self.given.encode(), self.algorithm)
        make_key(self.instance)
        return Seal(key_file(self.instance).read_bytes().strip(), self.algorithm)

    @property
    def head_file(self) -> Path:
        """One line a day: the newest row of that day."""
        return self.instance / "audit_head"

    def note(self, head: ChainHead) -> None:
        """Keep `head` as the newest: its day's line is rewritten in place, a new day gets a line of its own.

        An older head changes nothing.
        """
        handle = os.open(self.head_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size // LINE * LINE
            known, _ = parse_heads(os.pread(handle, LINE, max(size - LINE, 0)).decode("ascii", "replace"))
            if known and known[-1].id >= head.id:
                return
            place = size - LINE if known and known[-1].day == head.day else size
            os.pwrite(handle, head.line().encode("ascii"), place)
        finally:
            os.close(handle)

    def set_aside(self, mark: str, kept: list[ChainHead]) -> Path:
        """Rename the head file by `mark`, and begin a new one with the heads `kept`."""
        aside = self.instance / f"audit_head.{mark}"
        if self.head_file.exists():
            self.head_file.rename(aside)
        for head in kept:
            self.note(head)
        return aside

    def heads(self) -> tuple[list[ChainHead], int]:
        """The kept heads, and how many lines are none."""
        return read_heads(self.head_file)


def read_heads(path: Path) -> tuple[list[ChainHead], int]:
    """The heads in a file, and how many lines are none; empty where there is no file."""
    return parse_heads(path.read_bytes().decode("ascii", "replace")) if path.exists() else ([], 0)


def key_file(instance: Path) -> Path:
    """Where the generated key lies."""
    return instance / "audit_key"


def make_key(instance: Path) -> None:
    """Generate the key once, readable by its owner only; whole from the first moment, so that two processes get the
    same.
    """
    target = key_file(instance)
    if target.exists():
        return
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = instance / f".audit_key.{secrets.token_hex(6)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
    try:
        os.link(draft, target)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        draft.unlink()
