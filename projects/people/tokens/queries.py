"""Reads of tokens: whose one is, and a person's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from projects.core.permissions import Actor
from projects.extensions import db
from projects.people.accounts.tables import ApiToken, User
from projects.people.sign_in.queries import actor_of, token_hash
from projects.people.tokens import rules
from projects.statements import rows_of


@dataclass(frozen=True)
class Bearer:
    """Who a live token acts as, within what it was given."""

    token_id: int
    actor: Actor
    last_used_at: dt.datetime | None


@dataclass(frozen=True)
class TokenRow:
    """One of a person's own tokens; never the token itself."""

    id: int
    name: str
    hint: str
    actions: list[str]
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None


def bearer_of(token: str, now: dt.datetime, address: str = "") -> Bearer | None:
    """The person behind a live token, as far as the token goes; nobody where it is unknown, expired, revoked, or its
    person may not sign in.
    """
    if not rules.looks_right(token):
        return None
    statement = select(User, ApiToken).join(ApiToken, ApiToken.user_id == User.id)
    live = (
        ApiToken.token_hash == token_hash(token),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > now,
        User.is_active,
        ~User.must_change_password,
    )
    found = db.session.execute(statement.where(*live)).one_or_none()
    if found is None:
        return None
    user, row = found
    return Bearer(row.id, replace(actor_of(user, address), actions=frozenset(row.actions)), row.last_used_at)


def tokens_of(user_id: int | None) -> list[TokenRow]:
    """A person's tokens, the newest first."""
    own = ApiToken
    columns = (
        own.id,
        own.name,
        own.hint,
        own.actions,
        own.created_at,
        own.expires_at,
        own.last_used_at,
        own.revoked_at,
    )
    statement = select(*columns).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return rows_of(TokenRow, db.session.execute(statement))


def live_tokens(user_id: int | None, now: dt.datetime) -> int:
    """How many of a person's tokens can be used."""
    live = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    return db.session.scalar(select(func.count()).select_from(ApiToken).where(*live)) or 0
