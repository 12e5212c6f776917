"""Tables that every area shares: places, and the settings of this installation."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from projects.database import refers
from projects.extensions import Model


class Setting(Model):
    """A named value of this installation, such as the demo's status date."""

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Place(Model):
    """An administrative division by its GB/T 2260 code; `parent_code` spans the tree."""

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    parent_code: Mapped[str | None] = refers("place.code", nullable=True)
