"""A database as of one instant, and how files are written beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

Feed = Callable[[Callable[[bytes], object]], None]  # hands what it has to a function that writes, chunk by chunk


@dataclass(frozen=True)
class Snapshot:
    """What `connection` reads is what the file `dump` holds; `member` is its name in a backup.

    `version` is the database's, `tool` that of the program that wrote the dump, where there is one.
    """

    connection: Connection
    dump: Path
    member: str
    version: str
    tool: str = ""


def fresh(path: Path) -> None:
    """Make an empty file that only its owner reads; OSError where there is one."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def durable(file: BinaryIO) -> None:
    """Wait until what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def durable_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where its file system can say so."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
