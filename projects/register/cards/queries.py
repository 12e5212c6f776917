"""Reads of cards, and of who may manage projects; within the asker's places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from projects.core.permissions import Actor, places_for, projects_for
from projects.extensions import db
from projects.people.accounts.tables import ProjectAssignment, Unit, User
from projects.register.cards.card import FIELDS, NUMBERS
from projects.register.cards.tables import ProjectCard
from projects.register.projects.tables import Project
from projects.statements import held, in_places, rows_of

MOST = 100  # projects that are handed over in one act


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


def units_near(actor: Actor, action: str) -> list[tuple[int, str, str]]:
    """The units that projects of the asker's places may belong to: id, name, short name."""
    reach = places_for(actor, action)
    statement = select(Unit.id, Unit.name, Unit.short_name).order_by(Unit.name)
    if reach is not None:
        statement = statement.where(in_places(Unit.place_code, sorted(reach)))
    return [(key, name, short) for key, name, short in db.session.execute(statement)]


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


def managed(actor: Actor, ids: Sequence[int]) -> list[Managed]:
    """These projects, those that `actor` may hand over, each with the people who manage it; two statements."""
    reach = projects_for(actor, "project.assign")
    statement = (
        select(Project.id, Project.slug, Project.name, Unit.name.label("unit"))
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .where(Project.id.in_(ids), held(Project.id, reach))
        .order_by(Project.name, Project.id)
    )
    people: dict[int, list[str]] = {}
    names = select(ProjectAssignment.project_id, User.display_name).join(User, User.id == ProjectAssignment.user_id)
    for key, name in db.session.execute(names.where(ProjectAssignment.project_id.in_(ids)).order_by(User.id)):
        people.setdefault(key, []).append(name)
    return [
        Managed(key, slug, name, unit, "、".join(people.get(key, ())))
        for key, slug, name, unit in db.session.execute(statement)
    ]
