"""A downgrade that would lose data is refused (BK-12): what stands after a step is compared with what stood there
before, so that no migration has to say what it takes away, and none can forget to.

Called by migrations/env.py around each step down, within the transaction of all steps.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, inspect, quoted_name, select, table
from sqlalchemy.engine.interfaces import ReflectedColumn

from projects.core.tables import DERIVED

NOTHING_TOLD = DERIVED | {"alembic_version"}
_CONSTANT = re.compile(r"\(?\s{0,9}(?:'|-?\d|true\b|false\b)", re.IGNORECASE)


@dataclass(frozen=True)
class HeldColumn:
    """How many rows say something there, that is neither NULL nor what an upgrade would put in; and a digest of all
    values in the order of the table's key.
    """

    said: int
    digest: str


@dataclass(frozen=True)
class HeldTable:
    """How many rows a table has, and what each column holds."""

    rows: int
    columns: dict[str, HeldColumn]


Holdings = dict[str, HeldTable]


def holdings(connection: Connection) -> Holdings:
    """What each table holds; reads all of it."""
    found = inspect(connection)
    keys = found.get_multi_pk_constraint()
    return {
        name: _held(connection, name, columns, keys[schema, name]["constrained_columns"])
        for (schema, name), columns in found.get_multi_columns().items()
        if name not in NOTHING_TOLD
    }


def _held(connection: Connection, name: str, columns: list[ReflectedColumn], keys: list[str]) -> HeldTable:
    names = [str(one["name"]) for one in columns]
    usual = [_default(connection, one["default"]) for one in columns]
    digests = [hashlib.sha256() for _ in columns]
    said, rows = [0] * len(columns), 0
    wanted: list[Any] = [column(one) for one in names]
    own = select(*wanted).select_from(table(quoted_name(name, True))).order_by(*map(column, keys or names))
    for row in connection.execute(own.execution_options(yield_per=1000)):
        rows += 1
        for place, value in enumerate(row):
            digests[place].update(repr(value).encode() + b"\n")
            said[place] += value is not None and str(value) != usual[place]
    return HeldTable(
        rows,
        {one: HeldColumn(said[place], digests[place].hexdigest()) for place, one in enumerate(names)},
    )


def _default(connection: Connection, default: str | None) -> str | None:
    """The value that an upgrade gives to rows that are there; None where there is none, or no constant one."""
    if default is None or not _CONSTANT.match(default):
        return None
    return str(connection.exec_driver_sql(f"SELECT {default.replace('%', '%%')}").scalar())


def losses(before: Holdings, after: Holdings) -> Iterator[str]:
    """What `after` lacks of `before`, in words for whoever runs the downgrade."""
    for name, held in before.items():
        left = after.get(name)
        if left is None:
            if held.rows:
                yield f"{held.rows} rows of {name}"
        elif left.rows < held.rows:
            yield f"{held.rows - left.rows} rows of {name}"
        else:
            for one, was in held.columns.items():
                now = left.columns.get(one)
                if now is None and was.said:
                    yield f"{was.said} values of {name}.{one}"
                elif now is not None and now.digest != was.digest:
                    yield f"values of {name}.{one}"


def guarded(revision: str, downgrade: Callable[[], None], connection: Connection) -> Callable[[], None]:
    """`downgrade` of a migration, refused with RuntimeError where data is lost; the transaction takes it back."""

    @functools.wraps(downgrade)
    def run(**more: Any) -> None:
        before = holdings(connection)
        downgrade(**more)
        lost = list(losses(before, holdings(connection)))
        if lost:
            raise RuntimeError(
                f"the downgrade of {revision} would lose {'; '.join(lost)}: nothing was changed; restore the backup "
                f"from before the upgrade instead"
            )

    return run
