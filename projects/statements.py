"""Parts from which features make their statements: who is in sight, as a condition; parameters of statements that are
built once; rows by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from functools import cache
from inspect import Parameter, signature
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, func, or_, select, true
from sqlalchemy.engine import Result
from sqlalchemy.sql import coercions, roles

from projects.core.permissions import Ids
from projects.core.places import between
from projects.extensions import db

T = TypeVar("T")


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

    def learn(self, keys: Collection[object]) -> None:
        """Ask for several at once."""
        (column,) = self.query.selected_columns
        if unknown := set(keys) - self._known.keys():
            found = set(db.session.scalars(self.query.where(column.in_(unknown))))
            self._known.update({key: key in found for key in unknown})

    def __bool__(self) -> bool:
        return any(self._known.values()) or db.session.scalar(self.query.limit(1)) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdsOf) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def held(column: Any, ids: Ids | None) -> ColumnElement[bool]:
    """Whether a column holds one of `ids`; always, where None stands for all."""
    return true() if ids is None else column.in_(ids)


def each_held(column: Any, ids: Ids | None) -> ColumnElement[bool]:
    """The same, asked row by row: for statements that look at some rows of many, where `held` would gather all ids
    first. The statement of the ids may not read the column's own table, unless that is an alias.
    """
    if not isinstance(ids, IdsOf):
        return held(column, ids)
    (key,) = ids.query.selected_columns
    outer = coercions.expect(roles.ExpressionElementRole, column)
    return ids.query.where(key == outer).correlate(outer.table).exists()


def lies_in(column: Any, place: Any) -> ColumnElement[bool]:
    """Whether the place whose code a column holds is that of the column `place` or lies in it."""
    end = case(
        (place.endswith("0000"), func.substr(place, 1, 2).concat("9999")),
        (place.endswith("00"), func.substr(place, 1, 4).concat("99")),
        else_=place,
    )
    return column.between(place, end)  # type: ignore[no-any-return]


def in_places(column: Any, codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether the place whose code a column holds is one of `codes` or lies in one."""
    found = [and_(column >= first, column < beyond) for first, beyond in map(between, sorted(codes))]
    return or_(false(), *found)


def leaning(column: Any, ids: Collection[int], beside: Collection[str] = ()) -> str:
    """The table of something that refers to one of the rows with these `ids` by the key `column`, other than tables
    `beside`; "" where nothing does.
    """
    tables = (table for table in db.metadata.sorted_tables if table.name not in beside)
    for key in (key for table in tables for key in table.foreign_keys if key.column is column):
        if db.session.scalar(select(key.parent).where(key.parent.in_(ids)).limit(1)) is not None:
            return str(key.parent.table.name)
    return ""


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
