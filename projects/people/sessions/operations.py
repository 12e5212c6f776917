"""Writes on sessions: one begins, is used, is proved again, ends."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update

from projects.core.errors import ConflictError, NotFoundError
from projects.core.permissions import Actor
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import Turn, held_rows
from projects.people.accounts.tables import LoginSession, User
from projects.people.sign_in.queries import Account, token_hash

TOUCH = dt.timedelta(minutes=1)


def sign_in(
    user: User,
    now: dt.datetime,
    hours: int,
    address: str = "",
    agent: str = "",
    *,
    by_provider: bool = False,
    proved_at: dt.datetime | None = None,
) -> str:
    """Start a session for `user`; returns its token, which is stored nowhere but in the cookie.

    Who comes from the single sign-on proved themselves there at `proved_at`, where it says when.
    """
    token = secrets.token_urlsafe(32)
    seen: dict[str, Any] = {
        "last_seen_at": now,
        "address": address[:60],
        "agent": agent[:200],
        "by_provider": by_provider,
        "proved_at": proved_at if by_provider else now,
    }
    db.session.add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + dt.timedelta(hours=hours),
            **seen,
        )
    )
    values: dict[str, Any] = {"last_sign_in_at": now}
    if user.password_changed_at is None:
        values["password_changed_at"] = (
            now  # an account from before there were lapsing passwords: its time runs from now
        )
    db.session.execute(
        update(User).where(User.id == user.id).values(**values).execution_options(synchronize_session=False)
    )
    record(Actor(user.id, user.display_name, user.role, address=address), now, Tag.USER_SIGNED_IN, user)
    return token


def still(account: Account) -> User | None:
    """The person, if they may sign in and their password is the one that was checked."""
    return db.session.scalar(
        select(User).where(User.id == account.id, User.is_active, User.password_hash == account.password_hash)
    )


def touch(session_id: int, now: dt.datetime) -> None:
    """Note that the session is in use, at most once a minute."""
    worn = or_(LoginSession.last_seen_at.is_(None), LoginSession.last_seen_at <= now - TOUCH)
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None), worn)
        .values(last_seen_at=now)
    )


def prove_session(actor: Actor, now: dt.datetime, session_id: int) -> None:
    """Note that the person of this session has just proved again who they are."""
    mine = (LoginSession.id == session_id, LoginSession.user_id == actor.id, LoginSession.ended_at.is_(None))
    db.session.execute(update(LoginSession).where(*mine).values(proved_at=now))
    record(actor, now, Tag.IDENTITY_PROVED, "session")


def sign_out(actor: Actor, now: dt.datetime, token: str) -> None:
    """End the session, so that its cookie is worth nothing."""
    db.session.execute(update(LoginSession).where(LoginSession.token_hash == token_hash(token)).values(ended_at=now))
    record(actor, now, Tag.USER_SIGNED_OUT, "session")


def end_sessions(user_id: int, now: dt.datetime, *, only: int | None = None) -> int:
    """End the sessions of a person, or the one with the id `only`; returns how many were open."""
    statement = (
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    if only is not None:
        statement = statement.where(LoginSession.id == only)
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def sign_out_everywhere(actor: Actor, now: dt.datetime) -> None:
    """End all sessions of the person, this one too."""
    hold_users([_id(actor)])
    count = end_sessions(_id(actor), now)
    record(actor, now, Tag.SESSIONS_ENDED, "session", changes={"sessions": [count, 0]})


def end_session(actor: Actor, now: dt.datetime, session_id: int) -> None:
    """End one of the person's own sessions; NotFoundError for anybody else's."""
    if not end_sessions(_id(actor), now, only=session_id):
        raise NotFoundError(N_("没有这次登录, 或它已经结束"))
    record(actor, now, Tag.SESSIONS_ENDED, "session", changes={"sessions": [1, 0]})


def hold_users(user_ids: Iterable[int]) -> Sequence[User]:
    """These people in the order of their ids, held until the transaction ends."""
    return held_rows(Turn.USERS, User, user_ids)


def _id(actor: Actor) -> int:
    if actor.id is None:
        raise ConflictError(N_("系统账号不能登录"))
    return actor.id
