"""Writes on people and sessions. Argon2id with the figures OWASP recommends (19 MiB, 2 passes, 1 lane)."""

from __future__ import annotations

import datetime as dt
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import update

from projects.accounts.queries import token_hash, user_by_name
from projects.audit.operations import record
from projects.audit.tags import Tag
from projects.core.errors import InvalidError
from projects.core.permissions import Actor, require
from projects.core.text import N_, Text
from projects.core.vocabulary import ROLES
from projects.extensions import db
from projects.models import LoginSession, User

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))
MIN_PASSWORD = 10


def hash_password(plain: str) -> str:
    """The Argon2id hash to store."""
    return _hasher.hash(plain)


def generate_password() -> str:
    """A password of 14 letters and digits without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(secrets.choice(letters) for _ in range(14))


def verify(username: str, password: str) -> User | None:
    """The account if the password fits; takes as long for an unknown name as for a known one."""
    user = user_by_name(username[:60])
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password[:200])
    except (VerifyMismatchError, InvalidHashError):
        return None
    return user if user and user.is_active else None


def sign_in(user: User, now: dt.datetime, hours: int) -> str:
    """Start a session for `user`; returns its token, which is stored nowhere but in the cookie."""
    token = secrets.token_urlsafe(32)
    db.session.add(LoginSession(token_hash=token_hash(token), user_id=user.id, created_at=now, expires_at=now + dt.timedelta(hours=hours)))
    record(Actor(user.id, user.display_name, user.role), now, Tag.USER_SIGNED_IN, user)
    return token


def sign_out(actor: Actor, now: dt.datetime, token: str) -> None:
    """End the session, so that its cookie is worth nothing."""
    db.session.execute(update(LoginSession).where(LoginSession.token_hash == token_hash(token)).values(ended_at=now))
    record(actor, now, Tag.USER_SIGNED_OUT, "session")


def choose_language(actor: Actor, now: dt.datetime, locale: str) -> None:
    """Keep the person's language."""
    db.session.execute(update(User).where(User.id == actor.id).values(locale=locale, version=User.version + 1))
    record(actor, now, Tag.LANGUAGE_CHOSEN, "user", changes={"locale": [actor.locale, locale]})


def create_user(actor: Actor, now: dt.datetime, *, username: str, display_name: str, role: str, password: str) -> User:
    """Add an account; InvalidError names the field that can't be taken."""
    require(actor, "user.write")
    wrong: dict[str, Text] = {}
    if not username or len(username) > 60 or user_by_name(username):
        wrong["username"] = Text(N_("登录名为空、过长或已被使用"))
    if role not in ROLES:
        wrong["role"] = Text(N_("没有这个角色: %(role)s"), {"role": role})
    if len(password) < MIN_PASSWORD:
        wrong["password"] = Text(N_("密码至少 %(count)s 位"), {"count": MIN_PASSWORD})
    if wrong:
        raise InvalidError(wrong)
    user = User(username=username, display_name=display_name or username, role=role, password_hash=hash_password(password), created_at=now)
    db.session.add(user)
    db.session.flush()
    record(actor, now, Tag.USER_CREATED, user, changes={"username": [None, username], "role": [None, role]})
    return user
