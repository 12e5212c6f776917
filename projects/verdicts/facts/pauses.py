"""Days on which the works stood still, taken out of the calendar: forecasts are made in days of work, and told in days
of the calendar (S-14). Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

Spans = Sequence[tuple[dt.date, dt.date | None]]


@dataclass(frozen=True)
class Pauses:
    """Suspensions as known on a day, in their order: the first day without works and the first with works again;
    `open_since`: standing still on that day.
    """

    spans: tuple[tuple[dt.date, dt.date], ...] = ()
    open_since: dt.date | None = None

    @classmethod
    def of(cls, spans: Spans, as_of: dt.date, start: dt.date = dt.date.min) -> Pauses:
        """Those of `spans` (from, until; None: still standing) seen on a day, from the plan's `start` on; an open one
        counts up to that day.
        """
        seen = sorted(
            (begun, until) for begun, until in ((one[0], one[1] or dt.date.max) for one in spans) if begun <= as_of
        )
        cut = [(max(begun, start), min(until, as_of)) for begun, until in seen]
        still = next((begun for begun, until in seen if until > as_of), None)
        return cls(tuple((begun, until) for begun, until in cut if begun < until), still)

    def before(self, day: dt.date) -> int:
        """How many days had been lost by a day."""
        return sum(max(0, (min(until, day) - begun).days) for begun, until in self.spans)

    @property
    def days(self) -> int:
        """How many days were lost in all."""
        return sum((until - begun).days for begun, until in self.spans)

    def worked(self, day: dt.date) -> dt.date:
        """A day of the calendar as it would be had the works never stood still."""
        return day - dt.timedelta(days=self.before(day)) if self.spans else day

    def moved(self, day: dt.date) -> dt.date:
        """A planned day after the suspensions that began before it."""
        for begun, until in self.spans:
            if begun < day:
                day += until - begun
        return day


NEVER = Pauses()
