"""Noting when a project's works stopped and went on: its plan moves by as long as they stood still, its promises stay
(S-14). A record that was wrong is corrected or withdrawn, and the history keeps what it said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import plain
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import require
from projects.core.text import N_
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import User
from projects.register.projects.operations import hold_project
from projects.register.projects.tables import Project
from projects.works.stops.checks import Neighbour, check_correction, check_stop, check_withdrawal
from projects.works.stops.queries import content_of, stops_of
from projects.works.stops.tables import Event

ONE_DAY = dt.timedelta(days=1)
TITLES = {"happened_on": "on", "expected_on": "expected", "text": "reason"}  # columns as forms and history call them
Beside = tuple[Neighbour | None, Neighbour | None]


GONE = N_("这条记录已不在, 可能刚被他人撤销: 您刚才填写的内容还在下面")


def note_stop(acting: Acting, project_id: int, entry: Mapping[str, str]) -> Event:
    """Store a stop or a resumption, and renew the project's verdicts; InvalidError names the fields that can't be
    taken.
    """
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    known = stops_of(project_id)
    values, wrong = check_stop(entry, (known[-1].effect, known[-1].happened_on) if known else None, acting.day)
    if wrong:
        raise InvalidError(wrong)
    event = Event(project_id=project_id, source=acting.actor.name, is_sample=_is_sample(acting, project), **values)
    db.session.add(event)
    db.session.flush()
    said = {"effect": [None, event.effect]} | {
        name: [before, after] for name, (before, after) in _said(None, event).items() if after
    }
    _recorded(acting, Tag.WORKS_STOPPED if event.effect == "stop" else Tag.WORKS_RESUMED, event, said)
    return event


def correct_stop(acting: Acting, project_id: int, event_id: int, seen: str, entry: Mapping[str, str]) -> Event:
    """Change day, expected day or reason of a stop or resumption; `seen` is its content (`content_of`) as the person
    saw it, another one now is a ConflictError.
    """
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    event, beside = _found(project_id, event_id)
    values, wrong = check_correction(entry, event.effect, beside, acting.day)
    is_same = all(getattr(event, name) == value for name, value in values.items())
    if content_of(event) != seen:
        if is_same:
            return event  # the same again, as a double click sends it
        raise ConflictError(N_("这条记录刚被他人改过: 下面是现在的记录和您刚才填写的内容, 核对后可再次提交"))
    if wrong:
        raise InvalidError(wrong)
    if is_same:
        return event
    before = {name: getattr(event, name) for name in TITLES}
    for name, value in values.items():
        setattr(event, name, value)
    event.is_sample = _is_sample(acting, project)
    db.session.flush()
    said = {name: pair for name, pair in _said(before, event).items() if pair[0] != pair[1]}
    said = {"effect": [event.effect, event.effect], **said, "correction_reason": ["", plain(entry["why"])]}
    _recorded(acting, Tag.WORKS_CORRECTED, event, said)
    return event


def withdraw_stop(acting: Acting, project_id: int, event_id: int, seen: str, entry: Mapping[str, str]) -> None:
    """Take a stop or resumption back that never was; what it said stays in the history."""
    require(acting.actor, "plan.write", project_id)
    hold_project(project_id)
    event, beside = _found(project_id, event_id)
    if content_of(event) != seen:
        raise ConflictError(N_("这条记录刚被他人改过: 下面是现在的记录和您刚才填写的内容, 核对后可再次提交"))
    if wrong := check_withdrawal(entry, event.effect, beside):
        raise InvalidError(wrong)
    said = {name: [before, None] for name, (_, before) in _said(None, event).items() if before}
    said = {"effect": [event.effect, None], **said, "correction_reason": ["", plain(entry["why"])]}
    db.session.delete(event)
    _recorded(acting, Tag.WORKS_WITHDRAWN, event, said)


def _found(project_id: int, event_id: int) -> tuple[Event, Beside]:
    """A stop or resumption of the project, with those before and after it and the days that it may not pass; what else
    happened on site is no record of ours to change.
    """
    known = stops_of(project_id)
    place = next((index for index, one in enumerate(known) if one.id == event_id), None)
    if place is None:
        other = db.session.get(Event, event_id)
        if other and other.project_id == project_id:
            raise NotFoundError(N_("没有这条停工或复工记录"))
        raise ConflictError(GONE)
    event = known[place]
    before = known[place - 1] if place else None
    after = known[place + 1] if place + 1 < len(known) else None
    return event, (
        Neighbour(before.effect, before.happened_on + ONE_DAY * (before.id > event.id)) if before else None,
        Neighbour(after.effect, after.happened_on - ONE_DAY * (after.id < event.id)) if after else None,
    )


def _is_sample(acting: Acting, project: Project) -> bool:
    return project.is_sample or bool(db.session.scalar(select(User.is_sample).where(User.id == acting.actor.id)))


def _said(before: Mapping[str, object] | None, event: Event) -> dict[str, list[str | None]]:
    """Each field as the history tells it: what it was and what it is."""
    found = {}
    for name, title in TITLES.items():
        found[title] = [_plain(before[name]) if before else None, _plain(getattr(event, name))]
    return found


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _recorded(acting: Acting, tag: Tag, event: Event, said: Mapping[str, object]) -> None:
    record(acting.actor, acting.now, tag, event, project_id=event.project_id, changes=said)
    touched([event.project_id], acting.day)
