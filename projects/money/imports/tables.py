"""The table of files that were read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, one_of, refers, sample_flag
from projects.core import vocabulary as vocab
from projects.extensions import Model


class ImportBatch(Model):
    """A file that was read, whole: previewed, then posted, perhaps undone.

    `content` are its bytes, `parsed` what they were read into (`kept.py`; None of an older version, until
    `projects init`), `counts` what that came to.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    parsed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default="previewed")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    posted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    is_sample: Mapped[bool] = sample_flag()
    version: Mapped[int] = mapped_column()
    __table_args__ = (one_of("kind", vocab.IMPORT_KINDS), one_of("state", vocab.IMPORT_STATES), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
