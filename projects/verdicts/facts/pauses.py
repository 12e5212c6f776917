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

    `expected_on` is the day on which works that stand still were to go on, `resumes_on` the same where it is not past:
    they are taken to stand still until then, `to_come` days from now on.
    """

    spans: tuple[tuple[dt.date, dt.date], ...] = ()
    open_since: dt.date | None = None
    expected_on: dt.date | None = None
    resumes_on: dt.date | None = None
    to_come: int = 0

    @classmethod
    def of(
        cls, spans: Spans, as_of: dt.date, start: dt.date = dt.date.min, expected_on: dt.date | None = None
    ) -> Pauses:
        """Those of `spans` (from, until; None: still standing) seen on a day, from the plan's `start` on; an open one
        counts up to that day, or to the day on which works are expected to go on, where that is not past.
        """
        seen = sorted(
            (begun, until) for begun, until in ((one[0], one[1] or dt.date.max) for one in spans) if begun <= as_of
        )
        still = next((begun for begun, until in seen if until > as_of), None)
        expected = expected_on if still else None
        resumes = expected if expected and expected >= as_of else None
        horizon = resumes or as_of
        cut = [(max(begun, start), horizon if until > as_of else until) for begun, until in seen]
        kept = tuple((begun, until) for begun, until in cut if begun < until)
        to_come = max(0, (horizon - max(as_of, start)).days) if still else 0
        return cls(kept, still, expected, resumes, to_come)

    def before(self, day: dt.date) -> int:
        """How many days had been lost by a day."""
        return sum(max(0, (min(until, day) - begun).days) for begun, until in self.spans)

    @property
    def days(self) -> int:
        """How many days were lost so far."""
        return sum((until - begun).days for begun, until in self.spans) - self.to_come

    def lost(self, day: dt.date) -> int:
        """How many days a forecast made on a day puts back: those lost by then, and those that works which stand still
        are expected to lose yet.
        """
        stands = self.open_since is not None and self.open_since <= day
        return self.before(max(day, self.resumes_on) if stands and self.resumes_on else day)

    @property
    def is_endless(self) -> bool:
        """Works stand still, and nobody says until when."""
        return self.open_since is not None and self.resumes_on is None

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
