"""Reads for dropping and archiving: how a project stands, what may be archived, what was."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from projects.core.permissions import Actor, projects_for
from projects.core.tables import Place
from projects.core.vocabulary import KEPT
from projects.extensions import db
from projects.people.requests.tables import ConsentRequest
from projects.portfolio.ends.rules import Standing
from projects.register.projects.queries import ended_now
from projects.register.projects.tables import Project, ProjectEnd
from projects.register.promises.tables import Target
from projects.statements import held, labelled, rows_of
from projects.verdicts.status.queries import computed, standing
from projects.verdicts.status.tables import ProjectStatus, TargetStatus
from projects.works.reports.tables import MonthlyReport

WRITING = "project.write"
MOST = 100  # projects in each list, and in one act
WAITING = ("waiting", "emergency")
LISTED = ("dropped", "archived")


@dataclass(frozen=True)
class Ended:
    """A project that was dropped or archived: since when, why, on the strength of which paper of which day."""

    slug: str
    name: str
    place: str
    kind: str
    since: dt.date
    decided_on: dt.date | None
    reason: str
    evidence: str


@dataclass(frozen=True)
class Ready:
    """A project that may be archived: finished on a day, or dropped."""

    id: int
    slug: str
    name: str
    place: str
    finished_on: dt.date | None


def standing_of(project_id: int, day: dt.date) -> Standing:
    """How a project stands, worked out from the facts as they are in this transaction."""
    status, targets = computed({project_id}, day, ())
    row = status[0]
    return Standing(
        is_dropped=row.works_state == "dropped",
        is_finished=row.actual_finish is not None,
        open_promises=sum(one.state not in KEPT for one in targets),
        waiting_reports=_count(MonthlyReport.project_id == project_id, MonthlyReport.state == "submitted"),
        waiting_requests=_count(ConsentRequest.project_id == project_id, ConsentRequest.state.in_(WAITING)),
    )


def _count(*which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*which)) or 0


def ready(actor: Actor, day: dt.date) -> list[Ready]:
    """The projects within the asker's places that may be archived (PE-5), MOST at most; one statement."""
    own, status = Project, ProjectStatus
    still_open = (
        select(Target.id)
        .join(TargetStatus, TargetStatus.target_id == Target.id)
        .where(Target.project_id == own.id, TargetStatus.state.not_in(sorted(KEPT)), *standing(day))
    )
    reports = select(MonthlyReport.id).where(MonthlyReport.project_id == own.id, MonthlyReport.state == "submitted")
    requests = select(ConsentRequest.id).where(ConsentRequest.project_id == own.id, ConsentRequest.state.in_(WAITING))
    columns = labelled(id=own.id, slug=own.slug, name=own.name, place=Place.name, finished_on=status.actual_finish)
    statement = (
        select(*columns)
        .join(status, status.project_id == own.id)
        .join(Place, Place.code == own.place_code)
        .where(
            held(own.id, projects_for(actor, WRITING)),
            or_(status.actual_finish.is_not(None), status.works_state == "dropped"),
            ~ended_now("archived"),
            *(~one.correlate(own).exists() for one in (still_open, reports, requests)),
        )
        .order_by(own.name, own.id)
        .limit(MOST)
    )
    return rows_of(Ready, db.session.execute(statement))


def ended(actor: Actor) -> list[Ended]:
    """The projects within the asker's places that are dropped or archived now, the newest first, MOST of them at most;
    one statement.
    """
    within = held(Project.id, projects_for(actor, WRITING))
    return _ended(within, ProjectEnd.until.is_(None))


def project_ends(project_id: int, day: dt.date) -> list[Ended]:
    """How a project stood ended on a day: dropped, archived, both or neither; one statement."""
    own = ProjectEnd
    return _ended(own.project_id == project_id, own.since <= day, or_(own.until.is_(None), own.until > day))


def _ended(*which: ColumnElement[bool]) -> list[Ended]:
    own = ProjectEnd
    columns = labelled(
        slug=Project.slug,
        name=Project.name,
        place=Place.name,
        kind=own.kind,
        since=own.since,
        decided_on=own.decided_on,
        reason=own.reason,
        evidence=own.evidence,
    )
    statement = (
        select(*columns).join(Project, Project.id == own.project_id).join(Place, Place.code == Project.place_code)
    )
    return rows_of(Ended, db.session.execute(statement.where(*which).order_by(own.id.desc()).limit(MOST)))
