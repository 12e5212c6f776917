"""The rebuild of all verdicts as the commands make it: step by step, each a short transaction, so that others can write
in between.

A step is worked out before its transaction and only stored in it. It may be broken off and made again at any time, and
whatever others store in between counts: a step that was overtaken is worked out anew. No page shows half a rebuild. Of
a new day it reads nothing stored before the last project is done; of the same day a row still to be renewed says what
it said before, which a rebuild confirms, unless the rules were changed, which pages say (L-10 of docs/rules/lights.md),
or something else that all verdicts rest on, upon which the day's rows were forgotten (`forget`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sqlalchemy import select

from projects.core.permissions import Actor
from projects.core.settings.queries import setting
from projects.core.tables import Setting
from projects.database import refresh_statistics, transaction
from projects.extensions import db
from projects.register.projects.tables import Programme, Project
from projects.verdicts.days.operations import copy_present, finish, keep_present, let_go
from projects.verdicts.status.operations import note_rebuilt, rebuild_step, work_out
from projects.verdicts.status.steps import RebuildStep, left, steps
from projects.verdicts.status.tables import KeptDay

MADE_BY = "verdicts_made_by"  # key of a setting: the digest of the programs that worked the stored verdicts out
AREAS = ("core", "register", "works", "money", "verdicts")  # whose programs verdicts follow from
PART = 1_000  # projects copied at once
SIZE = 100  # projects of a step: a sixth of a second, should it have to be worked out anew under the lock


def rebuild_in_steps(actor: Actor, now: dt.datetime, as_of: dt.date, still: Callable[[], None] = lambda: None) -> int:
    """Renew every verdict as of a day; returns how many projects there are. Each transaction asks `still`, which may
    break the rebuild off.
    """
    if setting(MADE_BY) != programs():
        for day in db.session.scalars(select(KeptDay.as_of)).all():  # worked out by other programs
            while _part_let_go(day):
                pass
    former = _former_kept(now, as_of)
    done: list[RebuildStep] = []
    count = 0
    while coming := list(steps(*left(*_everyone(), done), SIZE)):
        for step in coming:
            ahead = work_out(step, as_of)
            with transaction():
                count += rebuild_step(ahead, as_of)
                still()
        done += coming
    with transaction():
        note_rebuilt(actor, now, as_of, count)
        put(MADE_BY, programs())
        still()
    if former:
        while _part_let_go(former):
            pass
    refresh_statistics()
    return count


def _former_kept(now: dt.datetime, as_of: dt.date) -> dt.date | None:
    """The day stored so far, kept for pages to show until the new one is whole; None where none has to be."""
    with transaction():
        day = keep_present(as_of, now)
    if day is None:
        return None
    ids = db.session.scalars(select(Project.id).order_by(Project.id)).all()
    for start in range(0, len(ids), PART):
        with transaction():
            copy_present(day, ids[start : start + PART])
    with transaction():
        copy_present(day, ())
        finish(day, now)
    return day


def _part_let_go(day: dt.date) -> bool:
    with transaction():
        return let_go(day)


def _everyone() -> tuple[dict[int, list[int]], list[int]]:
    """The projects of each programme, and those of none."""
    members: dict[int, list[int]] = {key: [] for key in db.session.scalars(select(Programme.id).order_by(Programme.id))}
    alone: list[int] = []
    for key, programme_id in db.session.execute(select(Project.id, Project.programme_id).order_by(Project.id)):
        (alone if programme_id is None else members.setdefault(programme_id, [])).append(key)
    return members, alone


@cache
def programs() -> str:
    """A digest of the programs that verdicts follow from."""
    root, found = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for area in AREAS for path in (root / area).rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def put(key: str, value: str) -> None:
    """Store a setting of these commands."""
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value
    db.session.flush()
