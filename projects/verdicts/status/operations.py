"""Status rows are written in the transaction of what changed them (projects/verdicts/renewal); one command rebuilds all
of them, with identical rows.

The command works in steps of one short transaction each (projects/commands/rebuilding.py), so that others can write in
between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select

from projects.core.bulk import uncollected
from projects.core.month import add_months, month_of
from projects.core.permissions import Actor
from projects.core.touched import forget_touched
from projects.database import what_stands
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.standing.operations import store_money
from projects.money.standing.queries import MoneyRows
from projects.money.standing.queries import computed as money_computed
from projects.register.projects.operations import hold_programmes, hold_projects
from projects.register.projects.tables import Programme
from projects.register.promises.tables import Target
from projects.verdicts.facts.facts import StatusRow, TargetStatusRow
from projects.verdicts.forecast.own import packed
from projects.verdicts.forecast.reference import members_of
from projects.verdicts.forecast.tables import ReferenceVersion
from projects.verdicts.renewal.operations import keep_verdicts, store_verdicts
from projects.verdicts.status.queries import computed
from projects.verdicts.status.steps import RebuildStep
from projects.verdicts.status.tables import KeptProjectStatus, ProjectStatus, TargetStatus
from projects.verdicts.track_record.queries import finished_projects


def refresh_reference(now: dt.datetime, as_of: dt.date) -> int:
    """Once a month, let forecasts lean on the portfolio's own projects that had finished by the month before, too;
    returns how many those are.

    A version of its own, so that one project's end changes no other's verdict before the next version (S-18).
    """
    first = month_of(as_of)
    kept = select(ReferenceVersion.id).where(
        ReferenceVersion.made_on >= first, ReferenceVersion.made_on < add_months(first, 1)
    )
    if db.session.scalar(kept) is not None:
        return 0
    done = finished_projects(first - dt.timedelta(days=1))
    if done:
        members = [member for one in done for member in members_of(one)]
        db.session.add(ReferenceVersion(made_on=as_of, made_at=now, members=packed(members)))
        db.session.flush()
        forget(as_of)
    return len(done)


def rebuild(actor: Actor, now: dt.datetime, as_of: dt.date) -> int:
    """Renew every verdict, and the money of every project, as of a day in one transaction, for what must be stored
    whole; returns how many projects there are.
    """
    db.session.flush()
    hold_projects(None)
    hold_programmes()
    with uncollected():
        status, targets = computed(None, as_of)
        money = money_computed(None, as_of)
    db.session.execute(delete(ProjectStatus))
    db.session.execute(delete(TargetStatus))
    store_verdicts(status, targets)
    store_money(None, money)
    forget_touched()  # all of it has been renewed just now
    note_rebuilt(actor, now, as_of, len(status))
    return len(status)


def forget(as_of: dt.date) -> None:
    """Let no page take the stored verdicts of a day for whole, because what all of them rest on was changed: it works
    them out until a rebuild has been through.
    """
    hold_projects(None)
    db.session.execute(delete(ProjectStatus).where(ProjectStatus.as_of >= as_of))
    db.session.execute(delete(KeptProjectStatus).where(KeptProjectStatus.as_of >= as_of))


@dataclass(frozen=True)
class Ahead:
    """A step of a rebuild, worked out before its transaction; `seen` is what stood in the database then, None where
    that can't be told.
    """

    step: RebuildStep
    seen: object | None
    status: Sequence[StatusRow] = ()
    targets: Sequence[TargetStatusRow] = ()
    money: MoneyRows | None = None


def work_out(step: RebuildStep, as_of: dt.date, *, kept: bool = False) -> Ahead:
    """Work a step's verdicts, and money unless for a day to be `kept`, out while others may write; to be called outside
    a transaction.

    Where it can't be told whether they did (PostgreSQL, which locks only the step's own rows), nothing is worked out
    ahead.
    """
    seen = what_stands()
    if seen is None:
        return Ahead(step, None)
    with uncollected():
        verdicts = computed(step.projects, as_of, step.programmes)
        return Ahead(step, seen, *verdicts, None if kept else money_computed(step.projects, as_of))


def rebuild_step(ahead: Ahead, as_of: dt.date, *, kept: bool = False) -> int:
    """Store a step's verdicts and money as of a day, the present one, or its verdicts as of one to be `kept` beside it,
    worked out again where anybody wrote anything since; returns of how many projects.
    """
    ids, programmes = ahead.step.projects, ahead.step.programmes
    hold_projects(ids)
    hold_programmes(Programme.id.in_(programmes))
    still = ahead.seen is not None and ahead.seen == what_stands()
    status, targets = (ahead.status, ahead.targets) if still else computed(ids, as_of, programmes)
    own = select(Target.id).where(or_(Target.project_id.in_(ids), Target.programme_id.in_(programmes)))
    if kept:
        keep_verdicts(as_of, ids, own, status, targets)
        return len(status)
    db.session.execute(delete(ProjectStatus).where(ProjectStatus.project_id.in_(ids)))
    db.session.execute(
        delete(TargetStatus).where(TargetStatus.target_id.in_(own))
    )  # of promises that no longer stand, too
    store_verdicts(status, targets)
    store_money(ids, ahead.money if still and ahead.money else money_computed(ids, as_of))
    return len(status)


def note_rebuilt(actor: Actor, now: dt.datetime, as_of: dt.date, count: int) -> None:
    """Note in the history that the verdicts of `count` projects, which are all, were renewed."""
    record(
        actor,
        now,
        Tag.STATUS_REBUILT,
        "status",
        changes={"as_of": [None, as_of.isoformat()], "projects": [None, count]},
    )
