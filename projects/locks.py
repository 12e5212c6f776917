"""The order in which a transaction takes what others may want too (docs/decisions/0015-lock-order.md).

Whoever takes several takes them in this order, and rows of one table in the order of their ids; so nobody waits for
somebody who waits for them. SQLite has locked the whole database already. A turn taken out of order is refused where
the application is tested, and logged where it serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, Select, event, func, select
from sqlalchemy.orm import Session

from projects.extensions import Model, db

T = TypeVar("T", bound=Model)


class Turn(IntEnum):
    """What is taken, first to last. Those of `KEYS` are advisory locks, the others rows."""

    REQUESTS = 0  # what is decided, before all that its act takes
    OFFICES = 1  # the accounts of others: who is stopped, who holds which role
    RULES = 2  # versions of rule sets, and who follows which
    MONEY = 3  # the ledger, receipts, months, documents, contracts, limits, findings
    USERS = 4
    PROJECTS = 5  # with all that belongs to one: reports, gates, stops, plan, files, exemptions, verdicts
    PROGRAMMES = 6  # with the verdicts of their own promises
    SEAL = 7  # of the history, as the last act


KEYS = {Turn.OFFICES: 0x4F464649, Turn.RULES: 0x52554C45, Turn.MONEY: 0x4D4F4E45, Turn.SEAL: 0x41554454}


class OutOfTurnError(RuntimeError):
    """Something was taken that has to be taken earlier."""


def take(turn: Turn) -> None:
    """Wait until nobody else has this advisory lock, and keep it until the transaction ends."""
    note(turn)
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(KEYS[turn])))


def hold(turn: Turn, table: type[Model], *which: ColumnElement[bool], ids: Iterable[int] | None = None) -> None:
    """Hold the rows of `table` with these `ids`, or that `which` says, until the transaction ends.

    Rows that only refer to them may still be added meanwhile, as every entry of the history refers to its actor: not
    the key is held.
    """
    own: Any = table
    db.session.execute(_held(turn, own, select(own.id), which, ids))


def held_rows(turn: Turn, table: type[T], ids: Iterable[int]) -> Sequence[T]:
    """The same rows as they are now, by id."""
    own: Any = table
    return db.session.scalars(_held(turn, own, select(own), (), ids).execution_options(populate_existing=True)).all()


def _held(
    turn: Turn, own: Any, statement: Select[Any], which: Sequence[ColumnElement[bool]], ids: Iterable[int] | None
) -> Select[Any]:
    wanted = None if ids is None else sorted(set(ids))
    note(turn, wanted)
    found = statement.where(*which) if wanted is None else statement.where(own.id.in_(wanted))
    return found.order_by(own.id).with_for_update(key_share=True, of=own)


def note(turn: Turn, ids: Iterable[int] | None = None) -> None:
    """Say that the transaction takes this now: OutOfTurnError (in tests) where something later is held already, or a
    row behind it; what is held may be taken again.
    """
    held: dict[Turn, set[int] | None] = db.session.info.setdefault("held", {})
    known, new = held.get(turn, set()), None if ids is None else set(ids)
    if new is not None and not new:
        return  # nothing is taken
    if turn in held and (known is None or turn in KEYS or (new is not None and new <= known)):
        return
    late = max(held, default=turn) > turn or (known and new and min(new - known) < max(known))
    held[turn] = None if new is None else (known or set()) | new
    if late:
        problem = f"{turn.name} {sorted(new or ())} taken late: {', '.join(one.name for one in held)} are held"
        if current_app.testing:
            raise OutOfTurnError(problem)
        current_app.logger.error("%s", problem)


@event.listens_for(db.session, "after_commit")
@event.listens_for(db.session, "after_rollback")
def _let_go(session: Session) -> None:
    session.info.pop("held", None)
