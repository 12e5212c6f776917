"""Writes on people's passwords and sessions. Argon2id with the figures OWASP recommends (19 MiB, 2 passes, 1 lane).

A guess is counted before it is checked, by one statement that also decides whether it may be checked at all; so
parallel guesses cannot outrun the count. Checking a password takes long, so it is done outside of any transaction
(projects/people/access/credentials.py).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import CursorResult, case, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import IN_PLACES, SYSTEM, Actor, require
from projects.core.text import N_, Text
from projects.core.vocabulary import ROLES
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import Turn, held_rows
from projects.people.accounts.tables import AddressTries, ApiToken, KeptForm, LoginSession, PasswordHistory, User
from projects.people.sign_in.addresses import network
from projects.people.sign_in.policy import Policy, first_lapsed, problems
from projects.people.sign_in.queries import KEPT_FORMS, Account, token_hash, user_by_name

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = _hasher.hash(secrets.token_hex(16))
TOUCH = dt.timedelta(minutes=1)
KEPT_TRIES = dt.timedelta(days=1)
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


# --- guessing ---------------------------------------------------------------------------------------------------------


def count_attempt(user_id: int, now: dt.datetime, policy: Policy) -> bool:
    """Count one try at this person's password or code; False, and nothing may be checked, where there were too many.

    The count starts afresh once `locked_until` has passed, which lies a window after the last failure, and a lock's
    length after the last one allowed.
    """
    fresh = or_(User.locked_until.is_(None), User.locked_until <= now)
    last = case((fresh, 1), else_=User.failed_sign_ins + 1) >= policy.lock_attempts
    until = case(
        (last, _instant(now + dt.timedelta(minutes=policy.lock_minutes))),
        else_=_instant(now + dt.timedelta(minutes=policy.lock_window_minutes)),
    )
    statement = (
        update(User)
        .where(User.id == user_id, or_(fresh, User.failed_sign_ins < policy.lock_attempts))
        .values(failed_sign_ins=case((fresh, 1), else_=User.failed_sign_ins + 1), locked_until=until)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def _instant(moment: dt.datetime) -> Any:
    return literal(moment, User.locked_until.type)


def forgive(user_id: int) -> None:
    """Forget the tries counted."""
    db.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(failed_sign_ins=0, locked_until=None)
        .execution_options(synchronize_session=False)
    )


def count_address(address: str, guessed: str, now: dt.datetime, *, most: int, window: dt.timedelta) -> bool:
    """Count one try from this address, whoever it is for; False, and nothing may be checked, where there were too many.

    One statement counts and decides. The count starts afresh a window after its first try, or after the one that
    reached `most`.
    """
    row = AddressTries.__table__.c
    fresh, until = row.until <= now, literal(now + window, row.until.type)
    tries = case((fresh, 1), else_=row.tries + 1)
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = {"address": network(address), "guessed": guessed, "tries": 1, "turned_away": 0, "until": now + window}
    again = {
        "tries": tries,
        "until": case((fresh, until), (tries >= most, until), else_=row.until),
        "turned_away": case((fresh, 0), else_=row.turned_away),
    }
    counted = (
        insert(AddressTries)
        .values(**first)
        .on_conflict_do_update(index_elements=["address", "guessed"], set_=again, where=fresh | (row.tries < most))
    )
    return db.session.execute(counted.returning(AddressTries.tries)).first() is not None


def forgive_address(address: str, guessed: str, now: dt.datetime) -> None:
    """Take one try back, which was right; what others got wrong stays counted. Counts long past are dropped."""
    mine = (AddressTries.address == network(address), AddressTries.guessed == guessed, AddressTries.tries > 0)
    db.session.execute(
        update(AddressTries)
        .where(*mine)
        .values(tries=AddressTries.tries - 1)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(AddressTries).where(AddressTries.until < now - KEPT_TRIES).execution_options(synchronize_session=False)
    )


def turn_away(address: str, guessed: str, now: dt.datetime, account: Account | None = None) -> None:
    """Note a try that was not even looked at; the history hears of the 1st, 10th, 100th …, so that nobody can fill it
    from outside.
    """
    mine = (AddressTries.address == network(address), AddressTries.guessed == guessed)
    raised = (
        update(AddressTries)
        .where(*mine)
        .values(turned_away=AddressTries.turned_away + 1)
        .returning(AddressTries.turned_away)
    )
    count = db.session.scalar(raised.execution_options(synchronize_session=False)) or 1
    if count == 10 ** (len(str(count)) - 1):
        tag = Tag.TOKEN_REFUSED if guessed == "token" else Tag.SIGN_IN_REFUSED
        record(
            _guesser(account, address),
            now,
            tag,
            "address",
            changes={"reason": [None, "address"], "tries": [None, count]},
            result="refused",
        )


def refuse(
    account: Account | None, now: dt.datetime, address: str, *, counted: bool, what: str, policy: Policy
) -> None:
    """Record a refusal; the name typed is not kept where nobody has it, since it may be a password."""
    if account is None or not account.is_active:
        reason = "stopped" if account else "unknown"
    else:
        reason = "wrong" if counted else "expired" if is_expired(account, now, policy, what) else "locked"
    record(
        _guesser(account, address), now, Tag.SIGN_IN_REFUSED, what, changes={"reason": [None, reason]}, result="refused"
    )


def is_expired(account: Account, now: dt.datetime, policy: Policy, what: str = "session") -> bool:
    """Whether the account's generated password has waited too long to be signed in with."""
    return what == "session" and account.must_change_password and first_lapsed(account.password_changed_at, now, policy)


def _guesser(account: Account | None, address: str) -> Actor:
    return (
        Actor(account.id, account.display_name, account.role, address=address)
        if account
        else replace(SYSTEM, name="", address=address)
    )


# --- sessions ---------------------------------------------------------------------------------------------------------


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


def end_tokens(user_id: int, now: dt.datetime) -> dict[str, list[int]]:
    """Revoke all tokens of a person (A-20); what to record of it, nothing where there were none."""
    live = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    ended = cast("CursorResult[Any]", db.session.execute(update(ApiToken).where(*live).values(revoked_at=now))).rowcount
    return {"tokens": [ended, 0]} if ended else {}


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


def hold_users(user_ids: Iterable[int]) -> Sequence[User]:
    """These people in the order of their ids, held until the transaction ends."""
    return held_rows(Turn.USERS, User, user_ids)


def _id(actor: Actor) -> int:
    if actor.id is None:
        raise ConflictError(N_("系统账号不能登录"))
    return actor.id


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
