"""The door to the database: how connections are set up, and the one transaction at the edge.

SQLite needs three things that are not its defaults (docs/decisions/0002-sqlite.md): pragmas on every connection, `BEGIN
IMMEDIATE` for every transaction that writes (a deferred one loses updates or fails at once with "database is locked"),
and a library without the WAL-reset bug.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import sqlite3
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from inspect import Parameter, signature
from types import ModuleType
from typing import Any, TypeVar

from flask import Flask, current_app
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Integer,
    Select,
    TypeDecorator,
    and_,
    bindparam,
    event,
    false,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.engine import Connection, ExceptionContext, Result
from sqlalchemy.orm import Mapped, mapped_column

from projects.core.permissions import Ids
from projects.core.places import between
from projects.core.touched import forget_touched
from projects.extensions import db

T = TypeVar("T")
_writing: ContextVar[bool] = ContextVar("writing", default=False)

BEFORE_COMMIT = "last acts of a transaction"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # acknowledged means on disk
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "busy_timeout=15000",
    "cache_size=-32000",
    "temp_store=MEMORY",
)


AUTOINCREMENT = {"sqlite_autoincrement": True}  # a row's id is never given out twice


def one_of(column: str, keys: Iterable[str]) -> CheckConstraint:
    """The column holds one of `keys`."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(key) for key in keys)})", name=f"{column}_known")


def percent_range(column: str) -> CheckConstraint:
    """The column holds 0 to 100 percent, in hundredths."""
    return CheckConstraint(f"{column} BETWEEN 0 AND 10000", name=f"{column}_range")


def refers(target: str, *, cascade: bool = False, index: bool = True, nullable: bool = False) -> Mapped[Any]:
    """A foreign key, indexed."""
    return mapped_column(ForeignKey(target, ondelete="CASCADE" if cascade else None), index=index, nullable=nullable)


def sample_flag() -> Mapped[bool]:
    """Whether the row is a sample or rests on one; false in rows from before there were samples of its kind."""
    return mapped_column(default=False, server_default=false())


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware instant, stored as naive UTC and always read back as aware UTC; a naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Convert an aware instant to naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Give the stored instant its time zone back."""
        return value if value is None else value.replace(tzinfo=dt.UTC)


class Percent(TypeDecorator[float]):
    """A percentage with two decimals, stored as an integer number of hundredths, so that both databases hold the same
    value.
    """

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Percent to hundredths of a percent."""
        return None if value is None else round(value * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> float | None:  # noqa: ARG002
        """Hundredths of a percent to percent."""
        return None if value is None else value / 100


class Fen(TypeDecorator[int]):
    """Money as integer fen; anything but an int is refused before it reaches the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Refuse floats, Decimals and bools."""
        if value is not None and type(value) is not int:
            raise TypeError(f"money must be integer fen, not {value!r}")
        return value


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
        return HIDE | {"module": sqlite_module(), "connect_args": {"check_same_thread": False, "timeout": 15}}
    return HIDE | {"pool_pre_ping": True}


def _say_no_values(context: ExceptionContext) -> None:
    """Leave of a database's complaint what names no value: `DETAIL: Key (username)=(…)` and quoted input go."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            first = str(error.args[0]).splitlines()[0] if str(error.args[0]) else ""
            error.args = (VALUE.sub(": …", first), *error.args[1:])


def watch(engine: Engine) -> None:
    """Keep the values of rows out of what `engine` says of errors; set up each SQLite connection, and begin its
    transactions as they are meant; PostgreSQL needs neither.
    """
    event.listen(engine, "handle_error", _say_no_values)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def before_commit(app: Flask, last_act: Callable[[], None]) -> None:
    """Let every transaction of `app` end with `last_act`, before its history is sealed."""
    app.extensions.setdefault(BEFORE_COMMIT, []).append(last_act)


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of writing: a request, a command or an import. All of it is stored, durably, or nothing.

    What was read before is forgotten at the start, so that decisions rest on rows read under the write lock.
    """
    if _writing.get():
        raise RuntimeError("a transaction is open already; operations flush, only the edge commits")
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside a transaction")
    session.rollback()
    forget_touched()
    token = _writing.set(True)
    try:
        yield
        settle()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


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


class IdsOf:
    """The ids that a statement of one column gives, however many: `column.in_(ids)` makes a condition of them, and
    `key in ids` asks for one, once.

    Two are the same whose `name` is.
    """

    def __init__(self, name: Hashable, query: Select[int]) -> None:
        self.name, self.query = name, query
        self._known: dict[object, bool] = {}

    def __clause_element__(self) -> Select[int]:
        return self.query

    def __contains__(self, key: object) -> bool:
        if key not in self._known:
            (column,) = self.query.selected_columns
            self._known[key] = db.session.scalar(self.query.where(column == key).limit(1)) is not None
        return self._known[key]

    def __bool__(self) -> bool:
        return any(self._known.values()) or db.session.scalar(self.query.limit(1)) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdsOf) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def held(column: Any, ids: Ids | None) -> ColumnElement[bool]:
    """Whether a column holds one of `ids`; always, where None stands for all."""
    return true() if ids is None else column.in_(ids)


def in_places(column: Any, codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether the place whose code a column holds is one of `codes` or lies in one."""
    found = [and_(column >= first, column < beyond) for first, beyond in map(between, sorted(codes))]
    return or_(false(), *found)


def among(column: Any, some: bool) -> list[ColumnElement[bool]]:
    """For statements that are built once: `column` is one of the parameter `ids` where only `some` are asked for; no
    condition where all are meant.
    """
    return [column.in_(bindparam("ids", expanding=True))] if some else []


def given(ids: Collection[Any] | None, **values: object) -> dict[str, object]:
    """The parameters of such a statement: `values`, and `ids` where they are not None."""
    return values if ids is None else {**values, "ids": list(ids)}


def labelled(**columns: Any) -> list[Any]:
    """Columns of a statement, called as the fields of the row that they fill."""
    return [column.label(name) for name, column in columns.items()]


def rows_of(kind: type[T], result: Result[Any]) -> list[T]:
    """The rows of `result` as `kind`, a dataclass or named tuple whose fields are called as the columns are, in the
    same order; fields at the end that have a default may have no column.

    TypeError where a column has another name than the field it would fill, so that two columns of one type can't be
    swapped unnoticed.
    """
    build: Callable[..., T] = kind
    columns, (fields, needed) = tuple(result.keys()), _fields(build)
    if columns != fields[: len(columns)] or len(columns) < needed:
        wrong = next((pair for pair in zip(columns, fields, strict=False) if pair[0] != pair[1]), None)
        where = f"column {wrong[0]!r} would fill the field {wrong[1]!r}" if wrong else f"{len(columns)} columns"
        raise TypeError(f"the statement doesn't fit {kind.__name__}: {where}; label its columns as {', '.join(fields)}")
    return [build(*row) for row in result]


@cache
def _fields(kind: Callable[..., object]) -> tuple[tuple[str, ...], int]:
    """The fields of a row, in order, and how many of them need a value."""
    found = signature(kind).parameters.values()
    return tuple(one.name for one in found), sum(one.default is Parameter.empty for one in found)


def refresh_statistics() -> None:
    """Tell the database how its rows are spread, so that it chooses among its indexes by what is there; to be called
    outside a transaction, after much has changed.

    SQLite gathers none by itself, and takes every index for equally good. It looks at some rows of each index only.
    """
    if _writing.get():
        raise RuntimeError("a transaction is open; statistics are gathered after it")
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")


def dispose() -> None:
    """Close every connection, so that none is carried into another process."""
    db.session.remove()
    db.engine.dispose()
