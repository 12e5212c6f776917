"""The table of the portfolio's own finished projects that forecasts lean on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, UTCDateTime
from projects.extensions import Model


class ReferenceVersion(Model):
    """The portfolio's own finished projects that forecasts lean on from a day on, beside the packaged class; one a
    month at most, never edited.

    `members` are plain values (projects/verdicts/forecast/own.py packs and unpacks them), so that a forecast made on
    them can be made again.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    made_on: Mapped[dt.date] = mapped_column(unique=True)
    made_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    __table_args__ = (AUTOINCREMENT,)
