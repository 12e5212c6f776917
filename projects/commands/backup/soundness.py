"""The database's own check: SQLite's `integrity_check` and `foreign_key_check`; PostgreSQL's `amcheck` where it is
installed and may be run, else a light check of our own that says so by its name (BK-9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from projects.commands.backup.reading import first_line

MOST = 20


@dataclass(frozen=True)
class OwnCheck:
    """The name of the check that was made, and what it found, at most 20 faults as the database words them."""

    name: str
    faults: tuple[str, ...] = ()


def own_check(connection: Connection) -> OwnCheck:
    """Make the check; it reads the whole database and changes nothing."""
    if connection.dialect.name == "sqlite":
        return OwnCheck("integrity_check, foreign_key_check", _first(_sqlite, connection))
    schema = connection.execute(text(_AMCHECK)).scalar()
    if schema:
        return OwnCheck("amcheck", _first(lambda own: _amcheck(own, schema), connection))
    return OwnCheck("light", _first(_light, connection))


def _first(check: Callable[[Connection], Iterator[str]], connection: Connection) -> tuple[str, ...]:
    found: list[str] = []
    try:
        for one in check(connection):
            found.append(one)
            if len(found) == MOST:
                break
    except SQLAlchemyError as problem:  # what can't be read is a fault
        found.append(first_line(problem))
    return tuple(found)


def _sqlite(connection: Connection) -> Iterator[str]:
    for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})").all():
        if said != "ok":
            yield str(said)
    for name, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        yield f"{name}: row {row} refers to a row of {parent} that is not there"


_AMCHECK = """
SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = 'verify_heapam'
WHERE e.extname = 'amcheck' AND has_function_privilege(p.oid, 'EXECUTE')
"""
_OWN = """
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_am a ON a.oid = c.relam WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND
"""
_NAMED = "SELECT c.oid, c.oid::regclass::text " + _OWN
_TABLES = _NAMED + "c.relkind = 'r' ORDER BY 2"
_INDEXES = _NAMED + "a.amname = 'btree' AND i.indisvalid ORDER BY 2"
_INVALID = _NAMED + "NOT i.indisvalid ORDER BY 2"


def _amcheck(connection: Connection, schema: str) -> Iterator[str]:
    for oid, name in connection.exec_driver_sql(_TABLES).all():
        for place, said in connection.execute(
            text(f"SELECT blkno, msg FROM {schema}.verify_heapam(CAST(:oid AS regclass))"),  # noqa: S608 - quoted
            {"oid": oid},
        ):
            yield f"{name}: block {place}: {said}"
    for oid, name in connection.exec_driver_sql(_INDEXES).all():
        try:
            with connection.begin_nested():
                connection.execute(text(f"SELECT {schema}.bt_index_check(CAST(:oid AS regclass), true)"), {"oid": oid})
        except SQLAlchemyError as problem:
            yield f"{name}: {first_line(problem)}"
    yield from _orphans(connection)


def _light(connection: Connection) -> Iterator[str]:
    """Every row of every table read whole, no index that is not valid, no row that refers to nothing."""
    for _, name in connection.exec_driver_sql(_TABLES).all():
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SELECT sum(hashtext(t::text)::bigint) FROM ONLY {name} t").scalar()  # noqa: S608 - quoted
        except SQLAlchemyError as problem:
            yield f"{name}: {first_line(problem)}"
    for _, name in connection.exec_driver_sql(_INVALID).all():
        yield f"{name}: not a valid index"
    yield from _orphans(connection)


def _orphans(connection: Connection) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    found = inspect(connection)
    for table in sorted(found.get_table_names()):
        for one in found.get_foreign_keys(table):
            pairs = list(zip(one["constrained_columns"], one["referred_columns"], strict=True))
            same = " AND ".join(f"p.{quote(there)} = c.{quote(here)}" for here, there in pairs)
            filled = " AND ".join(f"c.{quote(here)} IS NOT NULL" for here, _ in pairs)
            parent = quote(one["referred_table"])
            count = connection.exec_driver_sql(
                f"SELECT count(*) FROM {quote(table)} c WHERE {filled} "  # noqa: S608 - quoted names of the schema
                f"AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {same})"
            ).scalar_one()
            if count:
                yield f"{table}: {count} rows refer to rows of {parent} that are not there"
