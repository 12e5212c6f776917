"""Writes that count guesses, by account and by address, and say when nothing may be checked any more.

A guess is counted before it is checked, by one statement that also decides whether it may be checked at all; so
parallel guesses cannot outrun the count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import CursorResult, case, delete, literal, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from projects.core.permissions import SYSTEM, Actor
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import AddressTries, User
from projects.people.guessing.addresses import network
from projects.people.sign_in.policy import Policy, first_lapsed
from projects.people.sign_in.queries import Account

KEPT_TRIES = dt.timedelta(days=1)


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
