"""What is stored of the installation's day, of any other day: the same tables, filled for the length of a transaction,
so that one query serves both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, FromClause, MetaData, Table
from sqlalchemy.schema import CreateTable, DropTable

from projects.extensions import Model, db

Rows = Sequence[Mapping[str, Any]]


def tables_of(
    models: Sequence[type[Model]],
    as_of: dt.date,
    is_stored: Callable[[], bool],
    computed: Callable[[], Sequence[Rows]],
) -> tuple[FromClause, ...]:
    """The tables of `models` as they are on a day: the stored ones where `is_stored`, else temporary ones of this
    transaction with the same columns and the rows `computed` for each. Asked again, a transaction asks neither.
    """
    session = db.session()
    known = _known(models[0])
    if known is None or known[:2] != (session.get_transaction(), as_of):
        own = tuple(cast("Table", model.__table__) for model in models)
        found = own if is_stored() else filled(own, computed())
        known = session.get_transaction(), as_of, found  # which has begun by now
        session.info["of day", models[0]] = known
    return known[2]  # type: ignore[no-any-return]


def were_stored(model: type[Model], as_of: dt.date) -> bool:
    """Whether this transaction has read the stored rows of a day, not such as were worked out for it; asks the database
    nothing.
    """
    known = _known(model)
    return (
        known is not None
        and known[:2] == (db.session().get_transaction(), as_of)
        and known[2][0] is cast("Table", model.__table__)
    )


def _known(model: type[Model]) -> Any:
    return db.session().info.get(("of day", model))


def filled(tables: Sequence[Table], rows: Sequence[Rows]) -> tuple[Table, ...]:
    """Temporary copies of `tables` that hold the `rows` of each, until the next for the same tables."""
    connection = db.session.connection()
    copies = tuple(map(_bare_copy, tables))
    for table, own in zip(copies, rows, strict=True):
        connection.execute(DropTable(table, if_exists=True))
        connection.execute(CreateTable(table))
        if own:
            connection.execute(table.insert(), own)
    return copies


@cache
def _bare_copy(table: Table) -> Table:
    """A temporary table with the same columns and no constraints."""
    columns = [
        Column(column.name, column.type, primary_key=column.primary_key, autoincrement=False)
        for column in table.columns
    ]
    return Table(f"{table.name}_then", MetaData(), *columns, prefixes=["TEMPORARY"])
