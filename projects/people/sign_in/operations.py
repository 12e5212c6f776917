"""Writes on people's passwords and accounts. Argon2id with the figures OWASP recommends (19 MiB, 2 passes, 1 lane).

Checking a password takes long, so it is done outside of any transaction (projects/people/access/credentials.py), and
counted before it is (projects/people/guessing).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update

from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import IN_PLACES, Actor, require
from projects.core.text import N_, Text
from projects.core.vocabulary import ROLES
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import KeptForm, PasswordHistory, User
from projects.people.sessions.operations import end_sessions
from projects.people.sign_in.policy import Policy, problems
from projects.people.sign_in.queries import KEPT_FORMS, user_by_name
from projects.people.tokens.operations import end_tokens

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = _hasher.hash(secrets.token_hex(16))
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no look-alikes


# --- passwords --------------------------------------------------------------------------------------------------------


def hash_password(plain: str) -> str:
    """The Argon2id hash to store."""
    return _hasher.hash(plain)


def password_fits(stored: str | None, plain: str) -> bool:
    """Whether `plain` is the password of this hash; takes as long without a hash as with one."""
    try:
        _hasher.verify(stored or NOBODY, plain[:200])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def generate_password(policy: Policy | None = None) -> str:
    """A password of 14 letters and digits without look-alikes, or as long as `policy` wants it, that `policy` takes."""
    policy = policy or Policy()
    while True:
        found = _letters(policy) + _sign(policy) + _letters(policy)
        if not problems(found, policy):
            return found


def first_half(policy: Policy) -> str:
    """The beginning of a password whose end somebody else hands over; `completed` finds one."""
    return generate_password(policy)[: len(_letters(policy) + _sign(policy))]


def completed(first: str, policy: Policy) -> str:
    """An end for the beginning `first`, so that both together are a password that `policy` takes."""
    while True:
        found = _letters(policy)
        if not problems(first + found, policy):
            return found


def _letters(policy: Policy) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range((max(14, policy.password_min_length) + 1) // 2))


def _sign(policy: Policy) -> str:
    return "-" if policy.password_classes == 4 else ""


# --- forms sent too late ----------------------------------------------------------------------------------------------


def keep_form(user_id: int, now: dt.datetime, sealed: str) -> None:
    """Keep this form of the person in place of the one before; anybody's older than an hour go."""
    db.session.execute(delete(KeptForm).where((KeptForm.user_id == user_id) | (KeptForm.kept_at < now - KEPT_FORMS)))
    db.session.add(KeptForm(user_id=user_id, sealed=sealed, kept_at=now))
    db.session.flush()


def forget_form(user_id: int | None) -> None:
    """Drop what is kept for this person."""
    db.session.execute(delete(KeptForm).where(KeptForm.user_id == user_id))


# --- one's own account ------------------------------------------------------------------------------------------------


def change_password(actor: Actor, now: dt.datetime, *, seen: str, new: str, policy: Policy) -> User:
    """Store the hash `new` in place of the hash `seen`, keep the old one for the history, and end all sessions;
    ConflictError if it changed meanwhile.
    """
    user = db.session.scalar(select(User).where(User.id == actor.id, User.password_hash == seen))
    if user is None:
        raise ConflictError(N_("密码刚在别处改过, 请重新登录"))
    ended = replace_password(user, now, new, policy)
    user.must_change_password = False
    end_sessions(user.id, now)
    record(actor, now, Tag.PASSWORD_CHANGED, user, changes=ended)
    return user


def replace_password(user: User, now: dt.datetime, new: str, policy: Policy) -> dict[str, list[int]]:
    """Put the hash `new` in the place of the present one, which goes into the history; older ones than the policy asks
    for are dropped, and all tokens of the person end. Returns what to record of the tokens.
    """
    db.session.add(PasswordHistory(user_id=user.id, password_hash=user.password_hash, replaced_at=now))
    user.password_hash, user.password_changed_at = new, now
    user.failed_sign_ins, user.locked_until = 0, None
    db.session.flush()
    kept = (
        select(PasswordHistory.id)
        .where(PasswordHistory.user_id == user.id)
        .order_by(PasswordHistory.id.desc())
        .limit(max(policy.password_history - 1, 0))
    )
    ids = db.session.scalars(kept).all()
    db.session.execute(
        delete(PasswordHistory).where(PasswordHistory.user_id == user.id, PasswordHistory.id.not_in(ids))
    )
    return end_tokens(user.id, now)


def is_reused(hashes: Iterable[str], plain: str) -> bool:
    """Whether `plain` is the password of one of these hashes; slow, so not inside a transaction."""
    return any(password_fits(one, plain) for one in hashes)


def choose_language(actor: Actor, now: dt.datetime, locale: str) -> None:
    """Keep the person's language."""
    db.session.execute(update(User).where(User.id == actor.id).values(locale=locale, version=User.version + 1))
    record(actor, now, Tag.LANGUAGE_CHOSEN, "user", changes={"locale": [actor.locale, locale]})


# --- new accounts -----------------------------------------------------------------------------------------------------


def create_user(
    actor: Actor,
    now: dt.datetime,
    *,
    username: str,
    display_name: str,
    password: str,
    role: str = "manager",
    all_places: bool = False,
) -> User:
    """Add an account whose password must be changed at the first sign-in; InvalidError names the field that can't be
    taken.

    Any role but the one that sees nothing before projects are assigned, and any reach, is given by a security
    administrator.
    """
    require(actor, "user.write")
    if role != "manager" or all_places:
        require(actor, "role.write")
    wrong: dict[str, Text] = {}
    if not username or len(username) > 60 or user_by_name(username):
        wrong["username"] = Text(N_("登录名为空、过长或已被使用"))
    if role not in ROLES:
        wrong["role"] = Text(N_("没有这个角色: %(role)s"), {"role": role})
    if wrong:
        raise InvalidError(wrong)
    user = User(
        username=username,
        display_name=display_name or username,
        role=role,
        all_places=all_places and role in IN_PLACES,
        password_hash=hash_password(password),
        created_at=now,
    )
    user.must_change_password, user.password_changed_at = True, now
    db.session.add(user)
    db.session.flush()
    told: dict[str, Any] = {"username": [None, username], "role": [None, role]}
    told |= {"all_places": [False, True]} if user.all_places else {}
    record(actor, now, Tag.USER_CREATED, user, changes=told)
    return user
