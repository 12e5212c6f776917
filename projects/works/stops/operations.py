"""Noting when a project's works stopped and went on: its plan moves by as long as they stood still, its promises stay
(S-14).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.permissions import require
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import User
from projects.register.projects.operations import hold_project
from projects.works.stops.checks import check_stop
from projects.works.stops.tables import Event


def note_stop(acting: Acting, project_id: int, entry: Mapping[str, str]) -> Event:
    """Store a stop or a resumption, and renew the project's verdicts; InvalidError names the fields that can't be
    taken.
    """
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    known = select(Event.effect, Event.happened_on).where(Event.project_id == project_id, Event.effect != "")
    last = db.session.execute(known.order_by(Event.happened_on.desc(), Event.id.desc()).limit(1)).first()
    values, wrong = check_stop(entry, (last.effect, last.happened_on) if last else None, acting.day)
    if wrong:
        raise InvalidError(wrong)
    sample = bool(db.session.scalar(select(User.is_sample).where(User.id == acting.actor.id)))
    event = Event(project_id=project_id, source=acting.actor.name, is_sample=project.is_sample or sample, **values)
    db.session.add(event)
    db.session.flush()
    changes = {"effect": [None, event.effect], "on": [None, event.happened_on.isoformat()], "reason": ["", event.text]}
    record(
        acting.actor,
        acting.now,
        Tag.WORKS_STOPPED if event.effect == "stop" else Tag.WORKS_RESUMED,
        event,
        project_id=project_id,
        changes=changes,
    )
    touched([project_id], acting.day)
    return event
