"""Archive files: written once, whole and for their owner only; compressed where the name ends in .gz."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from projects.core.errors import ConflictError, NotFoundError
from projects.core.text import N_
from projects.history.retention.archive import BrokenArchiveError


def write(path: Path, lines: Iterable[bytes]) -> None:
    """Write a new file and wait until it is on disk; ConflictError where there is one already.

    What fails half way leaves nothing.
    """
    draft = path.with_name(f".{path.name}.part")
    if path.exists():
        raise ConflictError(N_("文件 %(path)s 已经存在, 请换一个文件名"), path=str(path))
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
                    packed.writelines(lines)
            else:
                file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The lines of an archive; NotFoundError or BrokenArchiveError where they can't be read."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield cast("IO[bytes]", file)
    except FileNotFoundError:
        raise NotFoundError(N_("没有文件 %(path)s"), path=str(path)) from None
    except (OSError, EOFError) as problem:
        raise BrokenArchiveError(str(problem)) from problem
