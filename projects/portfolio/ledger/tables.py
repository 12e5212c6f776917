"""Tables of ledgers of projects: each upload, what it did to each project, and what headings mean."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime, one_of, refers
from projects.core import vocabulary as vocab
from projects.extensions import Model

MONTHS = ("", "waiting", "approved", "refused")


class LedgerUpload(Model):
    """A file of projects: previewed, then posted, perhaps undone. `parsed` are its sheets, packed (`extract.py`),
    `columns` and `choices` what a person said of its columns and rows, `months` how far its past months are.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    parsed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default="previewed")
    months: Mapped[str] = mapped_column(String(20), default="")
    place_code: Mapped[str | None] = refers("place.code", nullable=True)
    by_id: Mapped[int | None] = refers("user.id", nullable=True)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    posted_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    months_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    months_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = refers("user.id", nullable=True)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()
    __table_args__ = (one_of("state", vocab.IMPORT_STATES), one_of("months", MONTHS), AUTOINCREMENT)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LedgerItem(Model):
    """What an upload did to a project: what was stored of it before and after (`plan.py`), its past months until they
    are approved. `project_id` is no key: the project may be removed by hand.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = refers("ledger_upload.id", cascade=True, index=False)
    row_key: Mapped[str] = mapped_column(String(120))
    project_id: Mapped[int] = mapped_column(index=True)
    is_new: Mapped[bool] = mapped_column()
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    months: Mapped[list[Any]] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("upload_id", "row_key"), AUTOINCREMENT)


class LedgerLayout(Model):
    """What a person said of the columns of a heading, remembered for the next file that has it (LG-2)."""

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
