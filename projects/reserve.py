"""Room kept back on the disk of a SQLite database, so that people can still get in and refusals are still recorded when
it is full.

The reserve is a file of its own beside the database. Where a full disk stops what must go on (signing in, the access
log), the file is given up; whatever else is written is then refused until there is room for the file again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from projects.core.errors import FullError
from projects.failures import FULL

SIZE = 8 * 1024 * 1024  # bytes: twice what SQLite's log grows to before it begins anew
NAME = "reserve"


class Reserve:
    """The file `reserve` in a folder, of `size` bytes; a size of 0 keeps nothing back."""

    def __init__(self, folder: Path, size: int = SIZE) -> None:
        self.path, self.size = folder / NAME, size

    def require(self) -> None:
        """Keep the reserve, made again as soon as there is room; FullError while it is given up."""
        if not self.size or self.path.exists():
            return
        if shutil.disk_usage(self.path.parent).free < 4 * self.size or not self._make():
            raise FullError(FULL)

    def give_up(self) -> bool:
        """Let go of the reserve; False where there is none to let go of."""
        try:
            self.path.unlink()
        except OSError:
            return False
        return True

    def _make(self) -> bool:
        part = self.path.with_suffix(f".{os.getpid()}")
        try:
            with part.open("wb") as file:
                file.write(bytes(self.size))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        except OSError:
            part.unlink(missing_ok=True)
            return False
        return True
