"""Columns as tables share them: instants, percentages and money that both databases hold exactly, keys, constraints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, ForeignKey, Integer, TypeDecorator, false
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


def sample_flag() -> Mapped[bool]:
    """Whether the row is a sample or rests on one; false in rows from before there were samples of its kind."""
    return mapped_column(default=False, server_default=false())


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware instant, stored as naive UTC and always read back as aware UTC; a naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Convert an aware instant to naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Give the stored instant its time zone back."""
        return value if value is None else value.replace(tzinfo=dt.UTC)


class Percent(TypeDecorator[float]):
    """A percentage with two decimals, stored as an integer number of hundredths, so that both databases hold the same
    value.
    """

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Percent to hundredths of a percent."""
        return None if value is None else round(value * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> float | None:  # noqa: ARG002
        """Hundredths of a percent to percent."""
        return None if value is None else value / 100


class Fen(TypeDecorator[int]):
    """Money as integer fen; anything but an int is refused before it reaches the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Refuse floats, Decimals and bools."""
        if value is not None and type(value) is not int:
            raise TypeError(f"money must be integer fen, not {value!r}")
        return value
