"""What a start leaves for later: the verdicts of the day, where they are missing, worked out by one process while
others serve.

Missing are those of a day that is not stored, and those that another version of the rules' programs worked out. Who
works them out says so in the database, for some minutes at a time, so that nobody else begins, on this machine or
another; whoever is broken off is followed by the next start, once these minutes are over.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from projects.commands.rebuilding import MADE_BY, programs, put, rebuild_in_steps
from projects.core.permissions import Actor
from projects.core.settings.queries import setting
from projects.core.tables import Setting
from projects.database import transacted, transaction
from projects.extensions import db
from projects.verdicts.days.queries import is_stored

AT_WORK = "verdicts_at_work"  # key of a setting
LEASE = dt.timedelta(minutes=2)  # much longer than a step takes


class TakenError(Exception):
    """Another process works at the same."""


def is_missing(as_of: dt.date) -> bool:
    """Whether the verdicts of a day have to be worked out."""
    return setting(MADE_BY) != programs() or not is_stored(as_of)


def work_out_missing(actor: Actor, clock: Callable[[], dt.datetime], as_of: dt.date) -> int | None:
    """Work out the verdicts of a day where they are missing; of how many projects, None where nothing is missing or
    somebody is at it.
    """
    try:
        with at_work(clock) as still:
            if not is_missing(as_of):
                return None
            return rebuild_in_steps(actor, clock(), as_of, still)
    except TakenError:
        return None


@contextmanager
def at_work(clock: Callable[[], dt.datetime]) -> Iterator[Callable[[], None]]:
    """Be the only one at work; TakenError where somebody is. What it gives says in each transaction that one still is,
    with TakenError where that took so long that somebody else has begun.
    """
    mine = secrets.token_hex(8)

    def take(*, again: bool) -> None:
        row = db.session.scalar(select(Setting).where(Setting.key == AT_WORK).with_for_update())
        who, _, until = row.value.partition(" ") if row else ("", "", "")
        if who != mine and (again or (who and dt.datetime.fromisoformat(until) > clock())):
            raise TakenError
        put(AT_WORK, f"{mine} {(clock() + LEASE).isoformat()}")

    transacted(lambda: take(again=False))
    try:
        yield lambda: take(again=True)
    finally:
        with transaction():
            row = db.session.get(Setting, AT_WORK)
            if row and row.value.startswith(mine):
                db.session.delete(row)
