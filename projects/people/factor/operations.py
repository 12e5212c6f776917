"""Writes on the second factor (A-10).

The shared secret is stored encrypted under the installation's key and is shown only while it is set up.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from typing import Any, cast

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import CursorResult, or_, update

from projects.core.errors import ConflictError
from projects.core.permissions import Actor
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import User
from projects.people.sessions.operations import end_sessions
from projects.people.sign_in.queries import Account

SECONDS = 30
OFFER_SECONDS = 600
DRIFT = (0, -1, 1)  # steps that a phone's clock may be off


def box(key: str, use: str = "totp") -> Fernet:
    """What seals and opens secrets of one use under the installation's key."""
    return Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=use.encode()).derive(key.encode())))


def new_secret(user_id: int, now: dt.datetime, key: str) -> str:
    """A fresh secret for this person, encrypted together with their id, so that it is of no use to anybody else."""
    return box(key).encrypt_at_time(f"{user_id}:{pyotp.random_base32()}".encode(), int(now.timestamp())).decode()


def opened(sealed: str, user_id: int | None, key: str, offered_at: dt.datetime | None = None) -> str | None:
    """The secret in base32; None where it is somebody else's, of another key or, when confirmed at `offered_at`, older
    than ten minutes.
    """
    try:
        data, secrets = sealed.encode(), box(key)
        plain = (
            secrets.decrypt_at_time(data, OFFER_SECONDS, int(offered_at.timestamp()))
            if offered_at
            else secrets.decrypt(data)
        )
    except InvalidToken:
        return None
    owner, _, secret = plain.decode().partition(":")
    return secret if owner == str(user_id) else None


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The 30-second step that `code` belongs to, among the present one and its neighbours."""
    plain, current = "".join(code.split()), int(now.timestamp()) // SECONDS
    if not (plain.isascii() and plain.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    return next((current + off for off in DRIFT if hmac.compare_digest(totp.generate_otp(current + off), plain)), None)


def use_code(account: Account, code: str, now: dt.datetime, key: str) -> bool:
    """Spend the code: True once per code, and always where the person has no second factor.

    One statement decides between two users of one code.
    """
    if account.totp_secret is None:
        return True
    secret = opened(account.totp_secret, account.id, key)
    step = step_of(secret, code, now) if secret else None
    if step is None:
        return False
    statement = (
        update(User)
        .where(
            User.id == account.id,
            User.totp_secret == account.totp_secret,
            or_(User.totp_last_step.is_(None), User.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def add_factor(actor: Actor, now: dt.datetime, sealed: str, step: int) -> None:
    """Ask for codes from now on; the code that proved the phone is spent, and all sessions end."""
    user = _person(actor)
    if user.totp_secret is not None:
        raise ConflictError(N_("动态码已经启用"))
    user.totp_secret, user.totp_last_step = sealed, step
    end_sessions(user.id, now)
    record(actor, now, Tag.FACTOR_ADDED, user)


def remove_factor(actor: Actor, now: dt.datetime) -> None:
    """Ask for no more codes; all sessions end."""
    user = _person(actor)
    user.totp_secret = user.totp_last_step = None
    end_sessions(user.id, now)
    record(actor, now, Tag.FACTOR_REMOVED, user)


def _person(actor: Actor) -> User:
    user = db.session.get(User, actor.id) if actor.id else None
    if user is None:
        raise ConflictError(N_("系统账号不能登录"))
    return user
