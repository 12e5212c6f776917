"""Reads of projects, targets and their surroundings: frozen rows in a fixed number of statements, always within the asker's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, visible_projects
from projects.core.text import N_
from projects.extensions import db
from projects.models import Clause, Event, Milestone, Place, PlanDocument, Programme, Project, Setting, Target, Unit, User, WorkStage


def setting(key: str) -> str | None:
    """The value of an installation setting, None where it is not set."""
    return db.session.scalar(select(Setting.value).where(Setting.key == key))


# --- one project ----------------------------------------------------------------------------------------------------------------


def visible(statement: Select[tuple[Project]] | Select[tuple[int]], actor: Actor) -> Select:  # type: ignore[type-arg]
    """`statement` over Project, cut to what `actor` may see."""
    ids = visible_projects(actor)
    return statement if ids is None else statement.where(Project.id.in_(ids))


def project_by_slug(actor: Actor, slug: str) -> Project:
    """The project with its unit, place, programme and document; NotFoundError outside the asker's scope."""
    loaded = select(Project).options(
        joinedload(Project.unit), joinedload(Project.place), joinedload(Project.programme), joinedload(Project.document)
    )
    project = db.session.scalar(visible(loaded.where(Project.slug == slug), actor))
    if project is None:
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    return project  # type: ignore[no-any-return]


def targets_of(project_id: int, programme_id: int | None) -> list[Target]:
    """The standing promises on a project and on its programme, with clause and document, in the plan's order."""
    subject = Target.project_id == project_id
    if programme_id is not None:
        subject = or_(subject, Target.programme_id == programme_id)
    loaded = joinedload(Target.clause).joinedload(Clause.document)
    statement = select(Target).where(subject).options(loaded, joinedload(Target.programme))
    return list(db.session.scalars(statement.order_by(Target.programme_id.is_not(None), Target.position, Target.id)))


def stages_of(project_id: int) -> list[WorkStage]:
    """The project's work stages in order."""
    return list(db.session.scalars(select(WorkStage).where(WorkStage.project_id == project_id).order_by(WorkStage.position, WorkStage.id)))


def milestones_of(project_id: int) -> list[Milestone]:
    """The project's milestones in order."""
    return list(db.session.scalars(select(Milestone).where(Milestone.project_id == project_id).order_by(Milestone.position, Milestone.id)))


def events_of(project_id: int, as_of: dt.date) -> list[Event]:
    """What has happened up to `as_of`, newest first."""
    statement = select(Event).where(Event.project_id == project_id, Event.happened_on <= as_of)
    return list(db.session.scalars(statement.order_by(Event.happened_on.desc(), Event.id.desc())))
