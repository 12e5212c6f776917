"""Reads of units, within the asker's places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, places_for
from projects.core.tables import PROJECT, Place
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import Tag
from projects.people.accounts.tables import Unit, User
from projects.register.units.naming import followed
from projects.statements import in_places, rows_of

WRITING = "unit.write"
PER_PAGE = 50


@dataclass(frozen=True)
class UnitRow:
    """A unit as its list and its form show it; how many projects and people belong to it."""

    id: int
    name: str
    short_name: str
    kind: str
    place_code: str
    place: str
    version: int
    projects: int
    people: int


def units(actor: Actor, asked: str = "", page: int = 1) -> tuple[list[UnitRow], int]:
    """A page of the units that `actor` keeps, by place and name, and how many there are; those whose name or short name
    has what was asked for. Two statements.
    """
    where = _kept(actor)
    if asked:
        where.append(or_(Unit.name.contains(asked, autoescape=True), Unit.short_name.contains(asked, autoescape=True)))
    count = db.session.scalar(select(func.count()).select_from(Unit).where(*where)) or 0
    rows = _rows().where(*where).order_by(Unit.place_code, Unit.name).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return rows_of(UnitRow, db.session.execute(rows)), count


def unit(actor: Actor, unit_id: int) -> UnitRow:
    """One of them; NotFoundError outside of the asker's places."""
    for row in rows_of(UnitRow, db.session.execute(_rows().where(Unit.id == unit_id, *_kept(actor)))):
        return row
    raise NotFoundError(N_("没有这个单位, 或不在您负责的地区"))


def every_unit(actor: Actor) -> list[UnitRow]:
    """All units that `actor` keeps, by place and name; one statement."""
    statement = _rows().where(*_kept(actor)).order_by(Unit.place_code, Unit.name)
    return rows_of(UnitRow, db.session.execute(statement))


def former_names() -> dict[str, tuple[str, ...]]:
    """By the name of each unit that ever had another, those it had and those of the units that were merged into it, the
    oldest first, as far as the history that is kept here tells (OF-9); one statement.
    """
    told = (str(Tag.UNIT_CHANGED), str(Tag.UNIT_MERGED))
    statement = select(AuditEntry.changes).where(AuditEntry.tag.in_(told)).order_by(AuditEntry.id)
    return followed(pair for changes in db.session.scalars(statement) if (pair := _renamed(changes)))


def _renamed(changes: dict[str, Any]) -> tuple[str, str] | None:
    """From which name to which an entry of the history tells that a unit went."""
    found = changes.get("unit") or changes.get("name")
    return (found[0], found[1]) if found and found[0] and found[1] else None


def names(actor: Actor) -> list[tuple[int, str, str]]:
    """The units that `actor` keeps: id, name, short name; one statement."""
    statement = select(Unit.id, Unit.name, Unit.short_name).where(*_kept(actor)).order_by(Unit.name)
    return [(key, name, short) for key, name, short in db.session.execute(statement)]


def _kept(actor: Actor) -> list[ColumnElement[bool]]:
    reach = places_for(actor, WRITING)
    return [] if reach is None else [in_places(Unit.place_code, sorted(reach))]


def _rows() -> Select[Any, Any]:
    projects = select(func.count()).where(PROJECT.c.unit_id == Unit.id).scalar_subquery()
    people = select(func.count()).where(User.unit_id == Unit.id).scalar_subquery()
    return select(
        Unit.id,
        Unit.name,
        Unit.short_name,
        Unit.kind,
        Unit.place_code,
        Place.name.label("place"),
        Unit.version,
        projects.label("projects"),
        people.label("people"),
    ).join(Place, Place.code == Unit.place_code)
