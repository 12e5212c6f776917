"""Reads of what happened on site."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import bindparam, select

from projects.extensions import db
from projects.works.stops.tables import Event

_EVENTS = select(Event).where(Event.project_id == bindparam("project"), Event.happened_on <= bindparam("as_of"))
_EVENTS = _EVENTS.order_by(Event.happened_on.desc(), Event.id.desc())
_STOPS = select(Event).where(Event.project_id == bindparam("project"), Event.effect != "")
_STOPS = _STOPS.order_by(Event.happened_on, Event.id)


def events_of(project_id: int, as_of: dt.date) -> list[Event]:
    """What has happened up to `as_of`, newest first."""
    return list(db.session.scalars(_EVENTS, {"project": project_id, "as_of": as_of}))


def stops_of(project_id: int) -> list[Event]:
    """All stops and resumptions of a project in their order."""
    return list(db.session.scalars(_STOPS, {"project": project_id}))


def content_of(event: Event) -> str:
    """A short sum of what can be corrected of a record: another one means that somebody changed it."""
    said = f"{event.happened_on}\n{event.expected_on or ''}\n{event.text}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
