"""Reads for the administration of people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.tables import PROJECT, Place
from projects.core.text import N_
from projects.extensions import db
from projects.people.accounts.tables import ApiToken, LoginSession, ProjectAssignment, Unit, User, UserPlace
from projects.people.sign_in.policy import Policy, first_lapsed


@dataclass(frozen=True)
class Person:
    """A person as the lists show them; `places` are names, `projects` a number; `places_to_confirm` where all places
    come from a time when nobody had to say so.
    """

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
    first_lapsed: bool
    all_places: bool
    places_to_confirm: bool


@dataclass(frozen=True)
class Grant:
    """What a person may do, as the form takes it: role, unit, all places or place codes, project ids, and the version
    that was read.
    """

    id: int
    username: str
    display_name: str
    role: str
    version: int
    unit_id: int | None
    all_places: bool
    places: tuple[str, ...]
    projects: tuple[int, ...]


@dataclass(frozen=True)
class Resting:
    """An account that may sign in but has not been used for a while; `used_at` is None where it never was.

    `projects` are those it alone answers for.
    """

    id: int
    username: str
    display_name: str
    role: str
    is_sample: bool
    used_at: dt.datetime | None
    rests_since: dt.datetime
    days: int
    tokens: int
    projects: tuple[str, ...]


@dataclass(frozen=True)
class GrantChoices:
    """What can be granted, but for places: units and projects, each as (key, words)."""

    units: tuple[tuple[int, str], ...]
    projects: tuple[tuple[int, str], ...]


def people(now: dt.datetime, policy: Policy) -> tuple[Person, ...]:
    """All people by sign-in name, locked ones with the end of their lock; three statements."""
    places: dict[int, list[str]] = defaultdict(list)
    for user_id, name in db.session.execute(
        select(UserPlace.user_id, Place.name).join(Place, Place.code == UserPlace.place_code).order_by(Place.code)
    ):
        places[user_id].append(name)
    counts = dict(_pairs(select(ProjectAssignment.user_id, func.count()).group_by(ProjectAssignment.user_id)))
    rows = db.session.execute(select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id).order_by(User.username))
    return tuple(_person(user, unit, places[user.id], counts.get(user.id, 0), (now, policy)) for user, unit in rows)


def person(user_id: int, now: dt.datetime, policy: Policy) -> Person:
    """One of them; NotFoundError for nobody. Two statements."""
    found = db.session.execute(
        select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id).where(User.id == user_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError(N_("没有这个用户"))
    return _person(found[0], found[1], (), 0, (now, policy))


def _person(
    user: User, unit: str | None, places: Iterable[str], projects: int, under: tuple[dt.datetime, Policy]
) -> Person:
    now, policy = under
    return Person(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        is_active=user.is_active,
        is_sample=user.is_sample,
        must_change_password=user.must_change_password,
        has_factor=user.totp_secret is not None,
        locked_until=user.locked_until if user.failed_sign_ins >= policy.lock_attempts else None,
        last_sign_in_at=user.last_sign_in_at,
        created_at=user.created_at,
        unit=unit,
        places=tuple(places),
        projects=projects,
        first_lapsed=user.must_change_password and first_lapsed(user.password_changed_at, now, policy),
        all_places=user.all_places,
        places_to_confirm=user.places_to_confirm,
    )


def grant_of(user_id: int) -> Grant:
    """What this person may do now; NotFoundError for nobody."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFoundError(N_("没有这个用户"))
    places = db.session.scalars(
        select(UserPlace.place_code).where(UserPlace.user_id == user_id).order_by(UserPlace.place_code)
    )
    projects = db.session.scalars(
        select(ProjectAssignment.project_id)
        .where(ProjectAssignment.user_id == user_id)
        .order_by(ProjectAssignment.project_id)
    )
    return Grant(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        version=user.version,
        unit_id=user.unit_id,
        all_places=user.all_places,
        places=tuple(places),
        projects=tuple(projects),
    )


def choices() -> GrantChoices:
    """What can be granted; two statements."""
    units = _pairs(select(Unit.id, Unit.name).order_by(Unit.name))
    projects = _pairs(select(PROJECT.c.id, PROJECT.c.name).order_by(PROJECT.c.place_code, PROJECT.c.name))
    return GrantChoices(units=units, projects=projects)


def _pairs(statement: Any) -> tuple[Any, ...]:
    return tuple((key, value) for key, value in db.session.execute(statement))


def open_sessions(user_id: int) -> int:
    """How many sessions of this person have not been ended."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(LoginSession)
            .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        )
        or 0
    )


# --- accounts that nobody uses ----------------------------------------------------------------------------------------


def _used() -> ColumnElement[Any]:
    """The last sign-in or use of a token, by person."""
    return select(func.max(ApiToken.last_used_at)).where(ApiToken.user_id == User.id).scalar_subquery()


def resting(now: dt.datetime, since: dt.datetime, user_ids: Iterable[int] | None = None) -> tuple[Resting, ...]:
    """The accounts that may sign in and have rested since before `since`, longest first; of those with `user_ids` if
    given. Three statements.
    """
    live = (
        select(func.count())
        .where(ApiToken.user_id == User.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
        .scalar_subquery()
    )
    statement = select(User, _used(), live).where(
        User.is_active, func.coalesce(User.last_sign_in_at, User.created_at) < since
    )
    if user_ids is not None:
        statement = statement.where(User.id.in_(tuple(user_ids)))
    rows = db.session.execute(statement.order_by(User.username)).all()
    alone = _alone([user.id for user, _, _ in rows])
    found = [_resting(user, used, tokens, sorted(alone[user.id]), now) for user, used, tokens in rows]
    return tuple(sorted((one for one in found if one.rests_since < since), key=lambda one: one.rests_since))


def _resting(
    user: User, token_used: dt.datetime | None, tokens: int, projects: Iterable[str], now: dt.datetime
) -> Resting:
    uses = [at for at in (user.last_sign_in_at, token_used) if at]
    since = max(uses, default=user.created_at)
    return Resting(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        is_sample=user.is_sample,
        used_at=max(uses, default=None),
        rests_since=since,
        days=(now - since).days,
        tokens=tokens,
        projects=tuple(projects),
    )


def _alone(user_ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of the projects that each of these people alone is assigned to."""
    found: dict[int, list[str]] = defaultdict(list)
    other = aliased(ProjectAssignment)
    shared = select(other.user_id).where(
        other.project_id == ProjectAssignment.project_id, other.user_id != ProjectAssignment.user_id
    )
    mine = select(ProjectAssignment.user_id, PROJECT.c.name).join(PROJECT, PROJECT.c.id == ProjectAssignment.project_id)
    for user_id, name in db.session.execute(
        mine.where(ProjectAssignment.user_id.in_(tuple(user_ids)), ~shared.exists())
    ):
        found[user_id].append(name)
    return found


def others_in_office(role: str, user_ids: Iterable[int]) -> int:
    """How many people may sign in with this role, those with `user_ids` apart."""
    statement = (
        select(func.count()).select_from(User).where(User.role == role, User.is_active, User.id.not_in(tuple(user_ids)))
    )
    return db.session.scalar(statement) or 0
