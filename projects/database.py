"""The door to the database: how connections are set up, and the one transaction at the edge.

SQLite needs three things that are not its defaults (docs/decisions/0002-sqlite.md): pragmas on every connection, `BEGIN
IMMEDIATE` for every transaction that writes (a deferred one loses updates or fails at once with "database is locked"),
and a library without the WAL-reset bug. PostgreSQL needs an order in which rows are locked
(docs/decisions/0015-lock-order.md), and limits to how long anybody waits.
"""

from __future__ import annotations

import copy
import importlib.util
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, TypeVar

from flask import Flask, current_app
from sqlalchemy import (
    Engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from projects.core.touched import forget_touched, touched, touched_money
from projects.extensions import db
from projects.failures import Failure, failure_of, problem_of, reason_of
from projects.holding import alone, see
from projects.holding import writing as _writing
from projects.reserve import SIZE, Reserve

T = TypeVar("T")
_patient: ContextVar[bool] = ContextVar("patient", default=False)

RESERVE = "reserve"
REPEATABLE_READ = 3  # of psycopg's levels
BEFORE_COMMIT = "last acts of a transaction"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # acknowledged means on disk
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "cache_size=-32000",
    "temp_store=MEMORY",
)


@dataclass(frozen=True)
class Waits:
    """How long somebody waits, in milliseconds, 0 without end: for a lock, for one statement, and for whoever opened a
    transaction and does nothing.
    """

    lock: int
    statement: int
    idle: int


SERVING = Waits(lock=10_000, statement=60_000, idle=60_000)  # below gunicorn's time-out of 120 s
COMMANDS = Waits(lock=60_000, statement=0, idle=0)


def sqlite_module() -> ModuleType:
    """The DB-API module for SQLite: the packaged, mended library where its wheel exists, else Python's own."""
    if importlib.util.find_spec("pysqlite3"):
        import pysqlite3.dbapi2 as packaged  # noqa: PLC0415 - present on some machines only

        return packaged  # type: ignore[no-any-return]
    return sqlite3


def sqlite_is_sound(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2; mended in 3.51.3 and back-ported to 3.50.7 and
    3.44.6).
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


VALUE = re.compile(r': ".*', re.DOTALL)
HIDE: dict[str, Any] = {"hide_parameters": True}  # values of rows are nobody's to read in a log


def engine_options(url: str) -> dict[str, Any]:
    """`create_engine` options for the database at `url`."""
    if url.startswith("sqlite"):
        return HIDE | {"module": sqlite_module(), "connect_args": {"check_same_thread": False}}
    return HIDE | {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}


@contextmanager
def patient() -> Iterator[None]:
    """Let connections opened inside wait as long as a command may, not as somebody in front of a page does."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


def is_patient() -> bool:
    """Whether whoever asks waits as a command does."""
    return _patient.get()


def _say_no_values(context: ExceptionContext) -> None:
    """Leave of a database's complaint what names no value: `DETAIL: Key (username)=(…)` and quoted input go."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            first = str(error.args[0]).splitlines()[0] if str(error.args[0]) else ""
            error.args = (VALUE.sub(": …", first), *error.args[1:])


def watch(engine: Engine) -> None:
    """Set up each connection of `engine`, begin its transactions as they are meant, and keep the values of rows out of
    what it says of errors.
    """
    event.listen(engine, "handle_error", _say_no_values)
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _limit)
        event.listen(engine, "begin", _as_of_one_moment)
        event.listen(engine, "before_cursor_execute", see)
        return

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={_waits().lock}")  # first: WAL itself may have to wait
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        hold = _writing.get()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if hold else "BEGIN")
        if hold:
            hold.begin()


def _waits() -> Waits:
    return COMMANDS if is_patient() else SERVING


def _as_of_one_moment(connection: Connection) -> None:
    """What a page reads in several statements, it reads as of one moment, in PostgreSQL as in SQLite: sums fit their
    parts while others write. Who writes reads what stands once the locks are held.
    """
    driver: Any = connection.connection.driver_connection
    driver.isolation_level = None if _writing.get() else REPEATABLE_READ


def _limit(connection: Any, _record: object) -> None:
    """Let no statement of a PostgreSQL connection wait for ever."""
    waits, before = _waits(), connection.autocommit
    connection.autocommit = True
    connection.execute(
        f"SET lock_timeout = {waits.lock}; SET statement_timeout = {waits.statement}; "
        f"SET idle_in_transaction_session_timeout = {waits.idle}"
    )
    connection.autocommit = before


def keep_reserve(app: Flask, engine: Engine) -> None:
    """Keep room for what must go on beside the file of a SQLite database, `RESERVE_BYTES` of it (none in tests)."""
    file, size = engine.url.database, app.config.get("RESERVE_BYTES", 0 if app.testing else SIZE)
    if engine.dialect.name == "sqlite" and file and file != ":memory:":
        app.extensions[RESERVE] = Reserve(Path(file).parent, size)


def before_commit(app: Flask, last_act: Callable[[], None]) -> None:
    """Let every transaction of `app` end with `last_act`, before its history is sealed."""
    app.extensions.setdefault(BEFORE_COMMIT, []).append(last_act)


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of writing: a request, a command or an import. All of it is stored, durably, or nothing.

    What was read before is forgotten at the start, so that decisions rest on rows read under the write lock.
    """
    with alone("a transaction is open already; operations flush, only the edge commits"):
        session = db.session()
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("rows were changed outside a transaction")
        session.rollback()
        forget_touched()
        try:
            yield
            settle()
            session.commit()
        except BaseException:
            session.rollback()
            raise


def rehearsed(what: Callable[[], T]) -> T:
    """What `what` returns of a transaction that is taken back whole: to see what a change would do, as it would do it.

    It holds others up like any that writes. UnavailableError where the database is busy or away.
    """
    try:
        with alone("a transaction is open already; a rehearsal has one of its own"):
            db.session.rollback()
            forget_touched()
            try:
                return what()
            finally:
                db.session.rollback()
                forget_touched()
    except (SQLAlchemyError, OSError) as error:
        _raise_told(error)


@contextmanager
def tried() -> Iterator[None]:
    """A part of a transaction that is taken back at its end, with all that the session was to remember of it: locks,
    entries of the history, projects whose verdicts wait.
    """
    session = db.session()
    session.flush()
    waits = forget_touched()
    known = {name: copy.copy(value) for name, value in session.info.items()}
    known["held"] = dict(known.get("held", {}))
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        session.info.clear()
        session.info.update(known)
        forget_touched()
        touched(waits.projects, waits.day, programmes=waits.programmes)
        touched_money(waits.money)


def inserted(model: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert `rows` into a table with a counted id; the ids in their order.

    SQLite gives out ids one after the other to its only writer, so the last one tells them all and no row needs to be
    returned by itself.
    """
    if not rows:
        return []
    if db.session.connection().dialect.name != "sqlite":
        statement = insert(model).returning(model.id, sort_by_parameter_order=True)
        return list(db.session.scalars(statement, rows))
    db.session.execute(insert(model), rows)
    last = db.session.execute(select(func.max(model.id))).scalar_one()
    return list(range(last - len(rows) + 1, last + 1))


def settle() -> None:
    """Do what follows from what was written so far: at a transaction's end, and before it is told what was done."""
    for last_act in current_app.extensions.get(BEFORE_COMMIT, ()):
        last_act()


def transacted(write: Callable[[], T], *, vital: bool = False) -> T:
    """Run `write` in one transaction; once more where others overtook it (a deadlock, a unique key, a version), so that
    the operation sees what they stored and says so in its own words.

    ConflictError where it was overtaken twice, UnavailableError where the database is busy or away, FullError where
    there is no room: `vital` writes, without which nobody gets in and no refusal is recorded, may take what is kept
    back for them.
    """
    reserve: Reserve | None = current_app.extensions.get(RESERVE)
    if reserve and not vital:
        reserve.require()
    try:
        return _in_transaction(write)
    except (SQLAlchemyError, OSError) as error:
        failure = failure_of(error)
        spare = vital and failure is Failure.FULL and reserve is not None and reserve.give_up()
        if failure is not Failure.OVERTAKEN and not spare:
            _raise_told(error)
        current_app.logger.info("a transaction is tried once more: %s", reason_of(error))
    try:
        return _in_transaction(write)
    except (SQLAlchemyError, OSError) as error:
        _raise_told(error)


def _in_transaction(write: Callable[[], T]) -> T:
    with transaction():
        return write()


def _raise_told(error: SQLAlchemyError | OSError) -> NoReturn:
    """The error in words where it is none of ours, logged with what the database said."""
    problem = problem_of(error)
    if problem is None:
        raise error
    current_app.logger.warning("a transaction was not stored: %s", reason_of(error))
    raise problem from error


def let_go() -> None:
    """Forget what the session has begun, on a connection that may be broken."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def what_stands() -> object | None:
    """What others have stored so far, to be compared with the same a moment later; None where that can't be told, as in
    PostgreSQL.

    SQLite counts for each connection the changes that others made in any way, and keeps the number for the length of a
    transaction.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return None
    return id(connection.connection.driver_connection), connection.exec_driver_sql("PRAGMA data_version").scalar()


def refresh_statistics() -> None:
    """Tell the database how its rows are spread, so that it chooses among its indexes by what is there; to be called
    outside a transaction, after much has changed.

    SQLite gathers none by itself, and takes every index for equally good. It looks at some rows of each index only, and
    takes no value for more frequent than that: with a thousand, all approved reports seemed fewer than those of a page
    of projects, and each chart read all of them.
    """
    with alone("a transaction is open; statistics are gathered after it"):
        db.session.rollback()
        with db.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA analysis_limit=20000")
            connection.exec_driver_sql("ANALYZE")


def dispose() -> None:
    """Close every connection, so that none is carried into another process."""
    db.session.remove()
    db.engine.dispose()
