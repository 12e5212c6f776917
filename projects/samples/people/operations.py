"""Writes on the sample people: adding them with generated passwords, and clearing them away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, or_, select

from projects.core.permissions import IN_PLACES
from projects.extensions import db
from projects.history.record.tables import AuditEntry
from projects.people.accounts.tables import LoginSession, ProjectAssignment, Unit, User
from projects.people.requests.tables import ConsentRequest
from projects.people.sign_in.operations import generate_password, hash_password
from projects.samples.demo.scenarios import LEFT, PEOPLE, REVIEWING_UNIT
from projects.works.reports.tables import MonthlyReport, ReportStep


@dataclass(frozen=True)
class Credential:
    """A sample person's sign-in; the password is known only to whoever loaded the samples."""

    username: str
    display_name: str
    role: str
    password: str


@dataclass(frozen=True)
class Credentials:
    """The sign-ins of all sample people."""

    people: tuple[Credential, ...]


def add_people(now: dt.datetime) -> tuple[dict[str, User], Credentials]:
    """The sample people by role: new ones, or those that an earlier clearing had to keep.

    A name that a real person has is left to them.
    """
    known = {user.username: user for user in db.session.scalars(select(User))}
    unit = db.session.scalar(select(Unit.id).where(Unit.name == REVIEWING_UNIT))
    people, credentials = {}, []
    for name, display_name, role in PEOPLE:
        user, password = _person(known, name, now), generate_password()
        user.display_name, user.role, user.password_hash, user.is_active = (
            display_name,
            role,
            hash_password(password),
            True,
        )
        user.unit_id = unit if role == "reviewer" else None
        user.all_places, user.places_to_confirm = role in IN_PLACES, False
        people[role] = user
        credentials.append(Credential(user.username, display_name, role, password))
    _add_who_left(known, now)
    db.session.flush()
    return people, Credentials(tuple(credentials))


def _person(known: dict[str, User], name: str, now: dt.datetime) -> User:
    username = next(
        one for one in (name, f"sample-{name}", f"sample-{name}-2") if one not in known or known[one].is_sample
    )
    user = known.get(username) or User(username=username, is_sample=True, created_at=now)
    db.session.add(user)
    return user


def _add_who_left(known: dict[str, User], now: dt.datetime) -> None:
    """An account that nobody uses any more, for the list of such; its password is told to nobody."""
    name, display_name, role, days = LEFT
    user = _person(known, name, now)
    user.display_name, user.role, user.password_hash, user.is_active = (
        display_name,
        role,
        hash_password(generate_password()),
        True,
    )
    user.all_places = role in IN_PLACES
    user.created_at, user.last_sign_in_at = now - dt.timedelta(days=2 * days), now - dt.timedelta(days=days)


def clear_people() -> int:
    """Delete the sample people nobody refers to, with what they asked for; switch the others off and end their sessions
    and assignments.
    """
    _delete(ConsentRequest, ConsentRequest.is_sample)
    referred = or_(
        *(exists().where(column == User.id) for column in (ConsentRequest.decider_id, ConsentRequest.person_id)),
        exists().where(MonthlyReport.author_id == User.id),
        exists().where(ReportStep.actor_id == User.id),
        exists().where(AuditEntry.actor_id == User.id),
    )
    people = select(User.id).where(User.is_sample)
    _delete(LoginSession, LoginSession.user_id.in_(people))
    _delete(ProjectAssignment, ProjectAssignment.user_id.in_(people))
    for user in db.session.scalars(select(User).where(User.is_sample, User.is_active, referred)):
        user.is_active = False
    db.session.flush()
    return _delete(User, User.is_sample, ~referred)


def _delete(model: Any, *where: Any) -> int:
    return int(cast("CursorResult[Any]", db.session.execute(delete(model).where(*where))).rowcount)
