"""What a process remembers of findings, so that a list costs only what changed.

Nobody tells it what happened: it holds each project's money, as it was just read, against the money it had assessed
before, and assesses anew where they differ. So what it says is always what `assess` says, whichever process wrote.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from threading import Lock
from typing import Generic, TypeVar

from projects.money.findings.assess import assess
from projects.money.findings.facts import MoneyFacts
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.limits import Limits

T = TypeVar("T")
DAYS, PROJECTS = 3, 20_000  # days (each under its limits) that are remembered, and projects of each
Assessed = dict[int, tuple[MoneyFacts, tuple[MoneyFinding, ...]]]


class Kept(Generic[T]):
    """The last few answers, each by what it follows from."""

    def __init__(self, most: int = DAYS) -> None:
        self._kept: deque[tuple[Hashable, T]] = deque(maxlen=most)

    def get(self, asked: Hashable) -> T | None:
        """The answer, None where it is not remembered."""
        return next((answer for key, answer in tuple(self._kept) if key == asked), None)

    def keep(self, asked: Hashable, answer: T) -> None:
        """Remember an answer; the oldest goes."""
        self._kept.append((asked, answer))

    def forget(self) -> None:
        """Remember nothing."""
        self._kept.clear()


class FindingMemory:
    """Findings by project, for the last few days and limits asked for; safe for several threads."""

    def __init__(self, days: int = DAYS, projects: int = PROJECTS) -> None:
        self._kept: deque[tuple[dt.date, Limits, Assessed]] = deque(maxlen=days)
        self._projects = projects
        self._lock = Lock()

    def forget(self) -> None:
        """Remember nothing."""
        with self._lock:
            self._kept.clear()

    def assessed(
        self,
        facts: Iterable[MoneyFacts],
        as_of: dt.date,
        limits: Limits,
        rule: Callable[[MoneyFacts, dt.date, Limits], tuple[MoneyFinding, ...]] = assess,
    ) -> Iterator[tuple[MoneyFacts, tuple[MoneyFinding, ...]]]:
        """Each project's money with its findings, in the order given."""
        known = self._of(as_of, limits)
        for one in facts:
            before = known.get(one.project_id)
            if before is None or before[0] != one:
                before = one, rule(one, as_of, limits)
                if len(known) < self._projects or one.project_id in known:
                    known[one.project_id] = before
            yield before

    def _of(self, as_of: dt.date, limits: Limits) -> Assessed:
        with self._lock:
            for kept in self._kept:
                if kept[0] == as_of and kept[1] == limits:
                    return kept[2]
            found: Assessed = {}
            self._kept.append((as_of, limits, found))
            return found
