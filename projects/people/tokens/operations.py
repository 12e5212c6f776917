"""Writes on tokens: making one, which is shown once, taking it back, noting its use,
counting what was no token; ending all of a person."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update

from projects.core.acting import Acting
from projects.core.errors import InvalidError, NotFoundError
from projects.core.permissions import SYSTEM, require
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import ApiToken
from projects.people.guessing.operations import count_address, turn_away
from projects.people.sign_in.queries import token_hash
from projects.people.tokens import rules
from projects.people.tokens.queries import live_tokens


def create(acting: Acting, *, name: str, chosen: Collection[str], days: int) -> str:
    """Make a token of the person's own and return it; only its hash is stored.

    InvalidError names the field that can't be taken.
    """
    actor, now, _ = acting
    require(actor, "token.write")
    wrong: dict[str, Text] = {}
    if not name.strip() or len(name) > 60 or not name.isprintable():
        wrong["name"] = Text(N_("请写明用途, 不超过 60 字"))
    if set(chosen) - set(rules.choices_of(actor.role)):
        wrong["chosen"] = Text(N_("所选内容超出您的权限"))
    if days not in rules.DAYS:
        wrong["days"] = Text(N_("有效期最长 %(days)s 天"), {"days": max(rules.DAYS)})
    if live_tokens(actor.id, now) >= rules.MOST:
        wrong[""] = Text(N_("最多 %(count)s 个可用的令牌: 请先撤销不用的"), {"count": rules.MOST})
    if wrong:
        raise InvalidError(wrong)
    token = rules.PREFIX + secrets.token_urlsafe(rules.SECRET_BYTES)
    row = ApiToken(
        user_id=actor.id,
        name=name.strip(),
        token_hash=token_hash(token),
        hint=token[: rules.HINT_LENGTH],
        actions=rules.actions_of(chosen),
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    told = {
        "name": [None, row.name],
        "actions": [None, ", ".join(row.actions)],
        "expires_at": [None, row.expires_at.isoformat()],
    }
    record(actor, now, Tag.TOKEN_MADE, row, changes=told)
    return token


def revoke(acting: Acting, token_id: int) -> str:
    """Take back one of the person's own tokens, at once and for good; returns its name.

    NotFoundError for anybody else's.
    """
    require(acting.actor, "token.write")
    row = db.session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == acting.actor.id))
    if row is None:
        raise NotFoundError(N_("没有这个令牌"))
    if row.revoked_at is None:
        row.revoked_at = acting.now
        record(acting.actor, acting.now, Tag.TOKEN_REVOKED, row, changes={"name": row.name})
    return row.name


def touch(token_id: int, now: dt.datetime) -> None:
    """Note that the token was used, at most once a minute."""
    worn = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - rules.TOUCH)
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, worn)
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def refuse(now: dt.datetime, address: str) -> bool:
    """Count and record what was no live token; False where this address has sent too many of them, of which only the
    1st, 10th, 100th … are recorded.

    Live tokens go on being taken from such an address: nobody can shut an office out, and 32 random bytes are not
    guessed.
    """
    if not count_address(address, "token", now, most=rules.GUESSES, window=rules.WINDOW):
        turn_away(address, "token", now)
        return False
    record(SYSTEM, now, Tag.TOKEN_REFUSED, "token", result="refused")
    return True


def end_tokens(user_id: int, now: dt.datetime) -> dict[str, list[int]]:
    """Revoke all tokens of a person (A-20); what to record of it, nothing where there were none."""
    live = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    ended = cast("CursorResult[Any]", db.session.execute(update(ApiToken).where(*live).values(revoked_at=now))).rowcount
    return {"tokens": [ended, 0]} if ended else {}
