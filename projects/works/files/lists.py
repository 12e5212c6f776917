"""What pages say about files: the thing a file belongs to, and one line for each file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from projects.core.text import Text


@dataclass(frozen=True)
class Owner:
    """What files are attached to: a project, or one of its reports, gates or requests; `closed` says why nothing can be
    added or removed now.
    """

    project_id: int
    slug: str
    project_name: str
    report_id: int | None = None
    gate_id: int | None = None
    request_id: int | None = None
    month: dt.date | None = None
    revision: int | None = None
    gate_key: str | None = None
    closed: Text | None = None


@dataclass(frozen=True)
class FileLine:
    """One file as lists show it."""

    id: int
    filename: str
    media_type: str
    size: int
    has_thumbnail: bool
    uploaded_by: str
    uploaded_at: dt.datetime
    report_id: int | None = None
    gate_id: int | None = None
    month: dt.date | None = None
    revision: int | None = None
    gate_key: str | None = None
    report_state: str | None = None
    request_id: int | None = None
    request_kind: str | None = None

    @property
    def is_photo(self) -> bool:
        """Whether it is shown as a picture."""
        return self.media_type.startswith("image/")

    @property
    def kilobytes(self) -> int:
        """Its size, rounded up."""
        return -(-self.size // 1000)


@dataclass(frozen=True)
class StoredFile:
    """What handing out a file needs."""

    id: int
    project_id: int | None
    filename: str
    media_type: str
    sha256: str
    storage_key: str
    thumbnail_key: str | None


@dataclass(frozen=True)
class Prepared:
    """A cleaned file that lies in the storage and waits for its row."""

    filename: str
    media_type: str
    size: int
    sha256: str
    storage_key: str
    thumbnail_key: str | None


@dataclass(frozen=True)
class Refused:
    """A file that was not kept, and why."""

    filename: str
    text: Text
