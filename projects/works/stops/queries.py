"""Reads of what happened on site."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import bindparam, select

from projects.extensions import db
from projects.works.stops.tables import Event

_EVENTS = select(Event).where(Event.project_id == bindparam("project"), Event.happened_on <= bindparam("as_of"))
_EVENTS = _EVENTS.order_by(Event.happened_on.desc(), Event.id.desc())


def events_of(project_id: int, as_of: dt.date) -> list[Event]:
    """What has happened up to `as_of`, newest first."""
    return list(db.session.scalars(_EVENTS, {"project": project_id, "as_of": as_of}))
