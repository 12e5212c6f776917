"""Working days as the State Council announces them year by year: days off on weekdays, and weekend days worked in their
stead (调休).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

FRIDAY = 4
SURE = (12, 24)  # the notice of the next year has moved days of December, the 29th at the earliest (2018)


@dataclass(frozen=True)
class WorkCalendar:
    """`off` and `worked` are the days that differ from Mondays to Fridays, of the years `first` to `last`; every other
    year is Mondays to Fridays.
    """

    off: frozenset[dt.date] = frozenset()
    worked: frozenset[dt.date] = frozenset()
    first: int = 0
    last: int = 0

    def is_working(self, day: dt.date) -> bool:
        """Whether offices work on `day`."""
        return day in self.worked or (day.weekday() <= FRIDAY and day not in self.off)

    def knows(self, since: dt.date, until: dt.date) -> bool:
        """Whether the days off of every day from `since` to `until` are known."""
        return bool(self.last) and dt.date(self.first, 1, 1) <= since and until <= dt.date(self.last, *SURE)

    def after(self, day: dt.date, count: int) -> dt.date:
        """The working day `count` working days after `day`, which itself does not count."""
        while count:
            day += dt.timedelta(1)
            count -= self.is_working(day)
        return day


PLAIN = WorkCalendar()  # Mondays to Fridays, nothing known
