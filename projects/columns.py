"""What columns of every table share: checks of known words and ranges, references, ids that are never given out twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

AUTOINCREMENT = {"sqlite_autoincrement": True}  # a row's id is never given out twice


def one_of(column: str, keys: Iterable[str]) -> CheckConstraint:
    """The column holds one of `keys`."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(key) for key in keys)})", name=f"{column}_known")


def percent_range(column: str) -> CheckConstraint:
    """The column holds 0 to 100 percent, in hundredths."""
    return CheckConstraint(f"{column} BETWEEN 0 AND 10000", name=f"{column}_range")


def refers(target: str, *, cascade: bool = False, index: bool = True, nullable: bool = False) -> Mapped[Any]:
    """A foreign key, indexed."""
    return mapped_column(ForeignKey(target, ondelete="CASCADE" if cascade else None), index=index, nullable=nullable)
