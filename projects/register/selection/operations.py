"""Keeps what projects are searched by: notices whatever a project is called by as its row is written, and renews it as
one of the last acts of the transaction.

Writes past the session (`db.session.connection()`) are not seen, as with verdicts (projects/verdicts/renewal).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Insert, Update, delete, event, insert, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session

from projects.core.places import upper
from projects.core.tables import Place
from projects.extensions import db
from projects.people.accounts.tables import Unit
from projects.register.projects.tables import Project
from projects.register.selection.extract import searched
from projects.register.selection.tables import ProjectSearch
from projects.statements import in_places

CALLED: dict[type, frozenset[str]] = {  # what a project is called by
    Project: frozenset({"slug", "name", "national_code", "unit_id", "place_code"}),
    Unit: frozenset({"name"}),
    Place: frozenset({"name"}),
}
NOTED = "called otherwise"
STEP = 500


def renew_search() -> None:
    """Renew what the projects are searched by that are called otherwise than before, or are new."""
    db.session.flush()
    noted: set[tuple[type, Any]] = db.session.info.pop(NOTED, set())
    if not noted:
        return
    if any(key is None for _, key in noted):
        renew(list(db.session.scalars(select(Project.id))))
        return
    keys = {kind: {key for one, key in noted if one is kind} for kind in CALLED}
    within = in_places(Project.place_code, keys[Place])
    called = or_(Project.id.in_(keys[Project]), Project.unit_id.in_(keys[Unit]), within)
    renew(list(db.session.scalars(select(Project.id).where(called))))


def renew(project_ids: Iterable[int]) -> None:
    """Store what these projects are searched by."""
    places = {code: name for code, name in db.session.execute(select(Place.code, Place.name))}  # noqa: C416
    columns = (Project.id, Project.name, Project.slug, Project.national_code, Unit.name, Project.place_code)
    statement = select(*columns).outerjoin(Unit, Unit.id == Project.unit_id)
    everyone = sorted(project_ids)
    for ids in (everyone[first : first + STEP] for first in range(0, len(everyone), STEP)):
        rows = db.session.execute(statement.where(Project.id.in_(ids))).all()
        texts = [
            {"project_id": key, "text": searched([*names, *(places.get(one) for one in (code, *upper(code)))])}
            for key, *names, code in rows
        ]
        db.session.execute(delete(ProjectSearch).where(ProjectSearch.project_id.in_(ids)))
        if texts:
            db.session.execute(insert(ProjectSearch), texts)


# --- noticing ---------------------------------------------------------------------------------------------------------


def _note(session: Session, kind: type, key: object) -> None:
    session.info.setdefault(NOTED, set()).add((kind, key))


@event.listens_for(db.session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    """Rows added or changed one by one; a unit or place that is new is nobody's yet."""
    for row in session.new:
        if isinstance(row, Project):
            _note(session, Project, row.id)
    for row in session.dirty:
        state, names = inspect(row), CALLED.get(type(row), frozenset())
        if any(state.attrs[name].history.has_changes() for name in names):
            _note(session, type(row), row.code if isinstance(row, Place) else row.id)


@event.listens_for(db.session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    """Rows written many at a time: all projects, since which of them is not told."""
    kind = state.bind_mapper.class_ if state.bind_mapper else None
    if kind in CALLED and isinstance(state.statement, Insert | Update):
        _note(state.session, kind, None)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(NOTED, None)
