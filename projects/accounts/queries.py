"""Reads of people and their sessions."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import select

from projects.core.permissions import Actor
from projects.extensions import db
from projects.models import LoginSession, ProjectAssignment, User


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, now: dt.datetime) -> Actor | None:
    """The person behind a live session, with their own projects; one statement."""
    statement = (
        select(User.id, User.display_name, User.role, User.locale, ProjectAssignment.project_id)
        .join(LoginSession, LoginSession.user_id == User.id)
        .outerjoin(ProjectAssignment, ProjectAssignment.user_id == User.id)
        .where(LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None), LoginSession.expires_at > now, User.is_active)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return None
    first = rows[0]
    return Actor(first.id, first.display_name, first.role, first.locale, frozenset(row.project_id for row in rows if row.project_id))


def user_by_name(username: str) -> User | None:
    """The account with this sign-in name."""
    return db.session.scalar(select(User).where(User.username == username))


def users() -> list[User]:
    """All accounts, by sign-in name."""
    return list(db.session.scalars(select(User).order_by(User.username)))
