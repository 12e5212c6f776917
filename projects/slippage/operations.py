"""Status rows are written in the transaction of what changed them; one command rebuilds all of them, with identical rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, insert, select

from projects.audit.operations import record
from projects.audit.tags import Tag
from projects.core.bulk import uncollected
from projects.core.month import add_months, month_of
from projects.core.permissions import Actor
from projects.extensions import db
from projects.models import Programme, Project, ProjectStatus, ReferenceVersion, TargetStatus
from projects.record.queries import finished_projects
from projects.slippage.facts import StatusRow, TargetStatusRow
from projects.slippage.own import packed
from projects.slippage.queries import computed
from projects.slippage.reference import members_of


def recompute(project_ids: Collection[int], as_of: dt.date, programmes: Collection[int] | None = None) -> None:
    """Renew the verdicts of some projects and of their programmes' promises (or of those of exactly the `programmes` named), as of the installation's day."""
    ids = set(project_ids)
    db.session.flush()
    db.session.execute(select(Project.id).where(Project.id.in_(ids)).order_by(Project.id).with_for_update(key_share=True))
    _hold(Programme.id.in_(select(Project.programme_id).where(Project.id.in_(ids)) if programmes is None else programmes))
    status, targets = computed(ids, as_of, programmes)
    db.session.execute(delete(ProjectStatus).where(ProjectStatus.project_id.in_(ids)))
    db.session.execute(delete(TargetStatus).where(TargetStatus.target_id.in_([row.target_id for row in targets])))
    _store(status, targets)


def renew(project_ids: Collection[int]) -> None:
    """Renew the stored verdicts of some projects as of the day they are of; what was never stored waits for the first rebuild."""
    stored = select(ProjectStatus.as_of, ProjectStatus.project_id).where(ProjectStatus.project_id.in_(project_ids))
    by_day: dict[dt.date, set[int]] = {}
    for day, project_id in db.session.execute(stored):
        by_day.setdefault(day, set()).add(project_id)
    for day, ids in by_day.items():
        recompute(ids, day)


def _hold(*programmes: ColumnElement[bool]) -> None:
    """Let changes in one programme wait for each other: they all renew its promises. SQLite has locked the whole database already."""
    db.session.execute(select(Programme.id).where(*programmes).order_by(Programme.id).with_for_update(key_share=True))


def refresh_reference(now: dt.datetime, as_of: dt.date) -> int:
    """Once a month, let forecasts lean on the portfolio's own projects that had finished by the month before, too; returns how many those are.

    A version of its own, so that one project's end changes no other's verdict before the next version (S-18).
    """
    first = month_of(as_of)
    kept = select(ReferenceVersion.id).where(ReferenceVersion.made_on >= first, ReferenceVersion.made_on < add_months(first, 1))
    if db.session.scalar(kept) is not None:
        return 0
    done = finished_projects(first - dt.timedelta(days=1))
    if done:
        members = [member for one in done for member in members_of(one)]
        db.session.add(ReferenceVersion(made_on=as_of, made_at=now, members=packed(members)))
        db.session.flush()
    return len(done)


def rebuild(actor: Actor, now: dt.datetime, as_of: dt.date) -> int:
    """Renew every verdict as of a day; returns how many projects there are."""
    db.session.flush()
    db.session.execute(select(Project.id).order_by(Project.id).with_for_update(key_share=True))  # wait for whoever is changing one of them
    _hold()
    with uncollected():
        status, targets = computed(None, as_of)
    db.session.execute(delete(ProjectStatus))
    db.session.execute(delete(TargetStatus))
    _store(status, targets)
    record(actor, now, Tag.STATUS_REBUILT, "status", changes={"as_of": [None, as_of.isoformat()], "projects": [None, len(status)]})
    return len(status)


def _store(status: Sequence[StatusRow], targets: Sequence[TargetStatusRow]) -> None:
    if status:
        db.session.execute(insert(ProjectStatus), [vars(row) for row in status])
    if targets:
        db.session.execute(insert(TargetStatus), [vars(row) for row in targets])
