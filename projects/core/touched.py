"""Which projects a unit of writing has touched, so that what is concluded of them is renewed once, before it is stored.

An operation says `touched(project_ids, today)` and never renews anything itself; areas above the verdicts need not know
them. What bears on a verdict is noticed without that word, too (projects/verdicts/renewal); the word adds the day that
the writing happened on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Touched:
    """Projects and programmes whose verdicts wait for their renewal, projects whose stored money does, and the newest
    day that was named with any of them.
    """

    projects: set[int] = field(default_factory=set)
    money: set[int] = field(default_factory=set)
    programmes: set[int] = field(default_factory=set)
    day: dt.date | None = None


_waiting: ContextVar[Touched | None] = ContextVar("touched", default=None)


def waiting() -> Touched:
    """What waits in this unit of writing."""
    found = _waiting.get()
    if found is None:
        found = Touched()
        _waiting.set(found)
    return found


def touched(project_ids: Iterable[int], day: dt.date | None = None, *, programmes: Iterable[int] = ()) -> None:
    """Let the verdicts of some projects (and of programmes' own promises) be renewed before this unit of writing is
    stored, as of the installation's `day`.
    """
    found = waiting()
    found.projects.update(project_ids)
    found.programmes.update(programmes)
    if day is not None:
        found.day = max(day, found.day or day)


def touched_money(project_ids: Iterable[int]) -> None:
    """Let the stored money of some projects be renewed before this unit of writing is stored."""
    waiting().money.update(project_ids)


def forget_touched() -> Touched:
    """Let nothing wait any more; returns what did."""
    found = waiting()
    _waiting.set(None)
    return found
