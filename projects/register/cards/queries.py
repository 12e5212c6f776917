"""Reads of cards, and of who may manage projects; within the asker's places."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from projects.core.permissions import Actor, places_for, projects_for
from projects.extensions import db
from projects.people.accounts.tables import ProjectAssignment, Unit, User
from projects.register.cards.card import FIELDS, NUMBERS
from projects.register.cards.tables import ProjectCard, SourceNeed, YearPlan
from projects.register.projects.queries import ended_now
from projects.register.projects.tables import Project
from projects.register.selection.queries import called
from projects.statements import held, in_places, rows_of

MOST = 100  # projects that are handed over in one act
LACKING = {
    "manager": ~exists().where(ProjectAssignment.project_id == Project.id),
    "unit": Project.unit_id.is_(None),
}  # what a project needs before its months can be filed and reviewed


@dataclass(frozen=True)
class Manager:
    """Somebody who may manage projects, and how many they do."""

    id: int
    name: str
    username: str
    unit: str | None
    projects: int


@dataclass(frozen=True)
class Managed:
    """A project with who manages it."""

    id: int
    slug: str
    name: str
    unit: str | None
    managers: str


def card_of(project_id: int) -> dict[str, Any]:
    """The card's values by field; "" and None where nothing was entered. One statement."""
    card = db.session.get(ProjectCard, project_id)
    if card is None:
        return {key: None if one.kind in NUMBERS else "" for key, one in FIELDS.items()}
    return {key: getattr(card, key) for key in FIELDS}


def years_of(project_id: int) -> dict[int, tuple[int | None, str]]:
    """The project's plans by year: money in fen or None, and content; one statement."""
    rows = db.session.execute(
        select(YearPlan.year, YearPlan.amount_fen, YearPlan.content)
        .where(YearPlan.project_id == project_id)
        .order_by(YearPlan.year)
    )
    return {year: (fen, content) for year, fen, content in rows}


def plans_of(ids: Collection[int]) -> list[tuple[int, int, int | None, str]]:
    """The plans of some projects: (project, year, fen or None, content); one statement."""
    own = YearPlan
    statement = select(own.project_id, own.year, own.amount_fen, own.content).where(own.project_id.in_(ids))
    rows = db.session.execute(statement.order_by(own.project_id, own.year))
    return [(key, year, fen, content) for key, year, fen, content in rows]


def needs_of(project_id: int) -> dict[tuple[str, int], int]:
    """What the project needs in fen, by source and year; one statement."""
    need = SourceNeed
    rows = db.session.execute(
        select(need.source, need.year, need.amount_fen)
        .where(need.project_id == project_id)
        .order_by(need.year, need.source)
    )
    return {(source, year): fen for source, year, fen in rows}


def managers_of(project_id: int) -> list[str]:
    """Who manages a project now, by name; one statement."""
    names = select(User.display_name).join(ProjectAssignment, ProjectAssignment.user_id == User.id)
    return list(db.session.scalars(names.where(ProjectAssignment.project_id == project_id).order_by(User.id)))


def managers(actor: Actor) -> list[Manager]:
    """The project managers in use whom `actor` may give projects to: those whose unit lies in the asker's places, who
    manage a project there, or who have neither unit nor project yet. One statement.
    """
    own = select(ProjectAssignment.project_id).where(ProjectAssignment.user_id == User.id)
    count = select(func.count()).where(ProjectAssignment.user_id == User.id).scalar_subquery()
    statement = (
        select(
            User.id, User.display_name.label("name"), User.username, Unit.name.label("unit"), count.label("projects")
        )
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(User.role == "manager", User.is_active)
        .order_by(User.display_name, User.id)
    )
    reach = places_for(actor, "project.assign")
    if reach is not None:
        near = own.where(held(ProjectAssignment.project_id, projects_for(actor, "project.assign")))
        new = and_(User.unit_id.is_(None), ~own.exists())
        statement = statement.where(or_(in_places(Unit.place_code, sorted(reach)), near.exists(), new))
    return rows_of(Manager, db.session.execute(statement))


def managed(actor: Actor, asked: str, ids: Sequence[int] = (), lacks: str = "") -> tuple[list[Managed], int]:
    """The projects that `actor` may hand over and that are called what was asked for, or managed by somebody of that
    name, MOST at most; or exactly those with `ids`; or those that have no `lacks`. And how many there are. Three
    statements.
    """
    of_people = (
        select(ProjectAssignment.project_id)
        .join(User, User.id == ProjectAssignment.user_id)
        .where(or_(User.display_name.contains(asked, autoescape=True), User.username == asked))
    )
    named = and_(LACKING[lacks], ~ended_now("archived")) if lacks else or_(called(asked), Project.id.in_(of_people))
    which = (Project.id.in_(ids) if ids else named, held(Project.id, projects_for(actor, "project.assign")))
    count = db.session.scalar(select(func.count()).select_from(Project).where(*which)) or 0
    statement = (
        select(Project.id, Project.slug, Project.name, Unit.name.label("unit"))
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .where(*which)
        .order_by(Project.name, Project.id)
        .limit(MOST)
    )
    rows = db.session.execute(statement).all()
    people: dict[int, list[str]] = {}
    names = select(ProjectAssignment.project_id, User.display_name).join(User, User.id == ProjectAssignment.user_id)
    own = names.where(ProjectAssignment.project_id.in_([row.id for row in rows])).order_by(User.id)
    for key, name in db.session.execute(own):
        people.setdefault(key, []).append(name)
    return [Managed(*row, managers=", ".join(people.get(row.id, ()))) for row in rows], count


def lacking(actor: Actor) -> dict[str, int]:
    """How many projects that `actor` may hand over have no manager, and no unit, where there are such; one
    statement.
    """
    counts = [func.count().filter(one).label(key) for key, one in LACKING.items()]
    within = held(Project.id, projects_for(actor, "project.assign"))
    row = db.session.execute(select(*counts).where(within, ~ended_now("archived"))).one()
    return {key: count for key, count in row._asdict().items() if count}
