"""Closed months: what is dated in one can't be posted any more; a correction goes to an open month.

Rule M-14 of docs/rules/money.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from projects.core.errors import ConflictError
from projects.core.month import add_months, format_month, month_of
from projects.core.places import upper
from projects.core.text import N_, Text


@dataclass(frozen=True)
class Closed:
    """The months that are closed, each with the place it is closed for ('' for everywhere)."""

    months: frozenset[tuple[dt.date, str]] = field(default_factory=frozenset)

    def covers(self, place_code: str | None, day: dt.date) -> bool:
        """Whether `day` lies in a month that is closed for the place, or for one that it lies in."""
        codes = self._codes.get(month_of(day), set())
        return "" in codes or (place_code is not None and not codes.isdisjoint((place_code, *upper(place_code))))

    @cached_property
    def _codes(self) -> dict[dt.date, set[str]]:
        """The places that each month is closed for: years of months of many places are asked about for each row of a
        file.
        """
        found: dict[dt.date, set[str]] = {}
        for month, code in self.months:
            found.setdefault(month, set()).add(code)
        return found

    def complaint(self, place_code: str | None, day: dt.date) -> Text | None:
        """Why nothing can be posted of `day`."""
        if not self.covers(place_code, day):
            return None
        return Text(
            N_("%(month)s 已结账: 请把更正记在未结账的月份, 或由财务人员先重新开账"), {"month": format_month(day)}
        )

    def open_day(self, places: Collection[str | None], day: dt.date, today: dt.date) -> dt.date:
        """`day`, or where its month is closed for one of the places the first day of the next month open for all, up to
        `today`'s; ConflictError where none is open.
        """
        while any(self.covers(place, day) for place in places):
            day = add_months(day, 1)
            if day > today:
                raise ConflictError(
                    N_("%(month)s 已结账, 之后也没有未结账的月份: 请先重新开账"), month=format_month(today)
                )
        return day
