"""Reads of people and their sessions."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import or_, select

from projects.core.permissions import POLICY, Actor
from projects.core.places import prefix
from projects.extensions import db
from projects.models import LoginSession, Project, ProjectAssignment, User, UserPlace


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, now: dt.datetime, address: str = "") -> Actor | None:
    """The person behind a live session, with the projects within their scopes; one to three statements."""
    statement = (
        select(User)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None), LoginSession.expires_at > now, User.is_active)
    )
    user = db.session.scalar(statement)
    return actor_of(user, address) if user else None


def actor_of(user: User, address: str = "") -> Actor:
    """The person as the policy takes them."""
    reaches = set(POLICY[user.role].values())
    own = select(ProjectAssignment.project_id).where(ProjectAssignment.user_id == user.id)
    unit = select(Project.id).where(Project.unit_id == user.unit_id)
    return Actor(
        id=user.id,
        name=user.display_name,
        role=user.role,
        locale=user.locale,
        own_projects=frozenset(db.session.scalars(own)) if "own" in reaches and user.role == "manager" else frozenset(),
        place_projects=_in_places(user.id) if "place" in reaches else None,
        unit_projects=frozenset(db.session.scalars(unit)) if "unit" in reaches and user.unit_id else frozenset(),
        address=address,
    )


def _in_places(user_id: int) -> frozenset[int] | None:
    places = db.session.scalars(select(UserPlace.place_code).where(UserPlace.user_id == user_id)).all()
    if not places:
        return None
    within = or_(*(Project.place_code.startswith(prefix(code)) for code in places))
    return frozenset(db.session.scalars(select(Project.id).where(within)))


def user_by_name(username: str) -> User | None:
    """The account with this sign-in name."""
    return db.session.scalar(select(User).where(User.username == username))


def users() -> list[User]:
    """All accounts, by sign-in name."""
    return list(db.session.scalars(select(User).order_by(User.username)))
