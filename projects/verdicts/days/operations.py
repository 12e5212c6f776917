"""Writes on days that are kept beside the present one: asked for, claimed by whoever works one out, worked out in
steps, and let go, each in short transactions, so that others can write in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from projects.extensions import db
from projects.register.projects.operations import hold_projects
from projects.register.projects.queries import programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import Target
from projects.verdicts.days.queries import is_kept, is_large, missing, stored_day, to_do
from projects.verdicts.status.operations import Ahead, rebuild_step
from projects.verdicts.status.steps import RebuildStep, steps
from projects.verdicts.status.tables import KeptDay, KeptProjectStatus, KeptTargetStatus, ProjectStatus, TargetStatus

FEW = 100  # projects: a sixth of a second, as long as somebody in front of a page waits
SIZE = 100  # projects of a step
SLICE = 2_000  # rows let go in one transaction


def ask_for(day: dt.date, now: dt.datetime) -> None:
    """Let the verdicts of a day be kept beside the present one's."""
    row = db.session.get(KeptDay, day)
    if row is None:
        row = KeptDay(as_of=day)
        db.session.add(row)
    row.asked_at, row.whole_at = now, None


def take(day: dt.date, now: dt.datetime) -> bool:
    """Claim a day, for whoever works it out now; returns whether nobody else was faster."""
    mine = update(KeptDay).where(KeptDay.as_of == day, *to_do(now)).values(claimed_at=now)
    return bool(db.session.execute(mine, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def steps_of(day: dt.date) -> list[RebuildStep]:
    """The steps to what is missing of a day: all of it where nothing is kept yet, programmes without projects too."""
    lacking = set(db.session.scalars(missing(day)))
    is_new = (
        db.session.scalar(select(KeptProjectStatus.project_id).where(KeptProjectStatus.as_of == day).limit(1)) is None
    )
    members: dict[int, list[int]] = {}
    if is_new:
        members = {key: [] for key in db.session.scalars(select(Programme.id).order_by(Programme.id))}
    alone: list[int] = []
    for key, programme_id in db.session.execute(select(Project.id, Project.programme_id).order_by(Project.id)):
        if key in lacking:
            (alone if programme_id is None else members.setdefault(programme_id, [])).append(key)
    return list(steps(members, alone, SIZE))


def keep_step(ahead: Ahead, day: dt.date, now: dt.datetime) -> None:
    """Keep a step's verdicts, and say that somebody is at it."""
    rebuild_step(ahead, day, kept=True)
    db.session.execute(update(KeptDay).where(KeptDay.as_of == day).values(claimed_at=now))


def finish(day: dt.date, now: dt.datetime) -> bool:
    """Say that a day is whole, where nothing of it is missing; returns whether it is."""
    if db.session.scalar(missing(day).limit(1)) is not None:
        return False
    db.session.execute(update(KeptDay).where(KeptDay.as_of == day).values(whole_at=now, claimed_at=None))
    return True


def mend(day: dt.date) -> bool:
    """Work out at once what is missing of a day that was whole, where it is little; returns whether it is whole now."""
    known = db.session.get(KeptDay, day)
    lacking = tuple(db.session.scalars(missing(day).limit(FEW + 1)))
    if known is None or known.whole_at is None or len(lacking) > FEW:
        return False
    belongs = select(programme_on(day)).where(Project.id.in_(lacking)).distinct()
    programmes = tuple(key for key in db.session.scalars(belongs) if key is not None)
    rebuild_step(Ahead(RebuildStep(lacking, programmes), None), day, kept=True)
    return True


def keep_present(coming: dt.date, now: dt.datetime) -> dt.date | None:
    """Let the stored verdicts be kept as they are, so that pages can show them while those of the `coming` day take
    their place; returns their day, None where there are few projects, or nothing whole to keep.
    """
    day = stored_day()
    if day in (None, coming) or not is_large() or is_kept(day):
        return None
    row = db.session.get(KeptDay, day) or KeptDay(as_of=day)
    row.claimed_at, row.whole_at = now, None
    db.session.add(row)
    return day


def copy_present(day: dt.date, ids: Sequence[int]) -> None:
    """Keep the stored verdicts of some projects, and of their promises; of the programmes' own where `ids` are none."""
    hold_projects(ids)
    own = select(Target.id).where(Target.project_id.in_(ids) if ids else Target.project_id.is_(None))
    _copy(KeptProjectStatus, ProjectStatus, "project_id", ids, day)
    _copy(KeptTargetStatus, TargetStatus, "target_id", own, day)


def _copy(kept: Any, stored: Any, key: str, some: Any, day: dt.date) -> None:
    names = [column.name for column in stored.__table__.columns]
    db.session.execute(delete(kept).where(kept.as_of == day, getattr(kept, key).in_(some)))
    rows = select(*(getattr(stored, name) for name in names)).where(stored.as_of == day, getattr(stored, key).in_(some))
    db.session.execute(insert(kept).from_select(names, rows))


def let_go(day: dt.date) -> bool:
    """Let a part of a kept day go, and the day with the last part; returns whether there is more."""
    db.session.execute(update(KeptDay).where(KeptDay.as_of == day).values(whole_at=None))
    for table, column in (
        (KeptProjectStatus, KeptProjectStatus.project_id),
        (KeptTargetStatus, KeptTargetStatus.target_id),
    ):
        some = db.session.scalars(select(column).where(table.as_of == day).order_by(column).limit(SLICE)).all()
        if some:
            db.session.execute(delete(table).where(table.as_of == day, column.between(some[0], some[-1])))
            return True
    db.session.execute(delete(KeptDay).where(KeptDay.as_of == day))
    return False
