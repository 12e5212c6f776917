"""Reads for the administration of people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from projects.core.errors import NotFoundError
from projects.core.text import N_
from projects.extensions import db
from projects.models import LoginSession, Place, Project, ProjectAssignment, Unit, User, UserPlace


@dataclass(frozen=True)
class Person:
    """A person as the lists show them; `places` are names, `projects` a number."""

    id: int
    username: str
    display_name: str
    role: str
    is_active: bool
    is_sample: bool
    must_change_password: bool
    has_factor: bool
    locked_until: dt.datetime | None
    last_sign_in_at: dt.datetime | None
    created_at: dt.datetime
    unit: str | None
    places: tuple[str, ...]
    projects: int


@dataclass(frozen=True)
class Grant:
    """What a person may do, as the form takes it: role, unit, place codes, project ids, and the version that was read."""

    id: int
    username: str
    display_name: str
    role: str
    version: int
    unit_id: int | None
    places: tuple[str, ...]
    projects: tuple[int, ...]


@dataclass(frozen=True)
class Choices:
    """What can be granted: units, places by code, projects, each as (key, words)."""

    units: tuple[tuple[int, str], ...]
    places: tuple[tuple[str, str], ...]
    projects: tuple[tuple[int, str], ...]


def people(attempts: int) -> tuple[Person, ...]:
    """All people by sign-in name, locked ones with the end of their lock after `attempts` failures; three statements."""
    places: dict[int, list[str]] = defaultdict(list)
    for user_id, name in db.session.execute(select(UserPlace.user_id, Place.name).join(Place, Place.code == UserPlace.place_code).order_by(Place.code)):
        places[user_id].append(name)
    counts = dict(_pairs(select(ProjectAssignment.user_id, func.count()).group_by(ProjectAssignment.user_id)))
    rows = db.session.execute(select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id).order_by(User.username))
    return tuple(_person(user, unit, places[user.id], counts.get(user.id, 0), attempts) for user, unit in rows)


def _person(user: User, unit: str | None, places: Iterable[str], projects: int, attempts: int) -> Person:
    return Person(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        is_active=user.is_active,
        is_sample=user.is_sample,
        must_change_password=user.must_change_password,
        has_factor=user.totp_secret is not None,
        locked_until=user.locked_until if user.failed_sign_ins >= attempts else None,
        last_sign_in_at=user.last_sign_in_at,
        created_at=user.created_at,
        unit=unit,
        places=tuple(places),
        projects=projects,
    )


def grant_of(user_id: int) -> Grant:
    """What this person may do now; NotFoundError for nobody."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFoundError(N_("没有这个用户"))
    places = db.session.scalars(select(UserPlace.place_code).where(UserPlace.user_id == user_id).order_by(UserPlace.place_code))
    projects = db.session.scalars(select(ProjectAssignment.project_id).where(ProjectAssignment.user_id == user_id).order_by(ProjectAssignment.project_id))
    return Grant(user.id, user.username, user.display_name, user.role, user.version, user.unit_id, tuple(places), tuple(projects))


def choices() -> Choices:
    """What can be granted; three statements."""
    units = _pairs(select(Unit.id, Unit.name).order_by(Unit.name))
    places = _pairs(select(Place.code, Place.name).order_by(Place.code))
    projects = _pairs(select(Project.id, Project.name).order_by(Project.place_code, Project.name))
    return Choices(units, places, projects)


def _pairs(statement: Any) -> tuple[Any, ...]:
    return tuple((key, value) for key, value in db.session.execute(statement))


def open_sessions(user_id: int) -> int:
    """How many sessions of this person have not been ended."""
    return db.session.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))) or 0
