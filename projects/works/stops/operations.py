"""Noting when a project's works stopped and went on: its plan moves by as long as they stood still, its promises stay
(S-14). A record that was wrong is corrected or withdrawn, and the history keeps what it said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import plain
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import require, require_second
from projects.core.text import N_
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import User
from projects.people.requests.kinds import Effect, Kind
from projects.people.requests.kinds import Values as Wanted
from projects.people.requests.queries import two_person
from projects.register.projects.operations import hold_project
from projects.register.projects.tables import Project
from projects.works.backdating.queries import backdated
from projects.works.stops.checks import Neighbour, check_correction, check_stop, check_withdrawal
from projects.works.stops.queries import content_of, stops_of
from projects.works.stops.tables import Event

ONE_DAY = dt.timedelta(days=1)
TITLES = {"happened_on": "on", "expected_on": "expected", "text": "reason"}  # columns as forms and history call them
Changes = dict[str, list[str | None]]
Beside = tuple[Neighbour | None, Neighbour | None]


GONE = N_("这条记录已不在, 可能刚被他人撤销: 您刚才填写的内容还在下面")


def note_stop(acting: Acting, project_id: int, entry: Mapping[str, str]) -> Event:
    """Store a stop or a resumption, and renew the project's verdicts; InvalidError names the fields that can't be
    taken.
    """
    project, values, said = noted(acting, project_id, entry)
    require_second(acting.actor, "stops" in two_person())
    event = Event(project_id=project_id, source=acting.actor.name, is_sample=_is_sample(acting, project), **values)
    db.session.add(event)
    db.session.flush()
    _recorded(acting, Tag.WORKS_STOPPED if event.effect == "stop" else Tag.WORKS_RESUMED, event, said)
    return event


def noted(acting: Acting, project_id: int, entry: Mapping[str, str]) -> tuple[Project, dict[str, Any], Changes]:
    """The project, what `note_stop` stores, and that as the history writes it."""
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    known = stops_of(project_id)
    values, wrong = check_stop(entry, (known[-1].effect, known[-1].happened_on) if known else None, acting.day)
    if wrong:
        raise InvalidError(wrong)
    told = backdated(acting, project, [values["happened_on"]], entry.get("backdated_reason", ""))
    said: Changes = {"effect": [None, values["effect"]], **_differing(_said({}, values)), **told}
    return project, values, said


def correct_stop(acting: Acting, project_id: int, event_id: int, seen: str, entry: Mapping[str, str]) -> Event:
    """Change day, expected day or reason of a stop or resumption; `seen` is its content (`content_of`) as the person
    saw it, another one now is a ConflictError.
    """
    project, event, values, said = corrected(acting, (project_id, event_id), seen, entry)
    if not said:
        return event  # the same again, as a double click sends it
    require_second(acting.actor, moves(said) and "stops" in two_person())
    for name, value in values.items():
        setattr(event, name, value)
    event.is_sample = _is_sample(acting, project)
    db.session.flush()
    _recorded(acting, Tag.WORKS_CORRECTED, event, said)
    return event


def corrected(
    acting: Acting, which: tuple[int, int], seen: str | None, entry: Mapping[str, str]
) -> tuple[Project, Event, dict[str, Any], Changes]:
    """The project, its record, what `correct_stop` stores, and what that changes, none where it is the same; `seen`
    None means whatever stands now.
    """
    project_id, event_id = which
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    event, beside = _found(project_id, event_id)
    values, wrong = check_correction(entry, event.effect, beside, acting.day)
    differing = _differing(_said({name: getattr(event, name) for name in TITLES}, values))
    is_stale = seen not in {None, content_of(event)}
    if is_stale and differing:
        raise ConflictError(N_("这条记录刚被他人改过: 下面是现在的记录和您刚才填写的内容, 核对后可再次提交"))
    if wrong and not is_stale:
        raise InvalidError(wrong)
    if not differing:
        return project, event, values, {}
    days = [event.happened_on, values["happened_on"]] if moves(differing) else []
    told = backdated(acting, project, days, entry.get("backdated_reason", ""))
    why: Changes = {"correction_reason": ["", plain(entry["why"])], **told}
    said: Changes = {"effect": [event.effect] * 2, **differing, **why}
    return project, event, values, said


def withdraw_stop(acting: Acting, project_id: int, event_id: int, seen: str, entry: Mapping[str, str]) -> None:
    """Take a stop or resumption back that never was; what it said stays in the history."""
    event, said = withdrawn(acting, (project_id, event_id), seen, entry)
    require_second(acting.actor, "stops" in two_person())
    db.session.delete(event)
    _recorded(acting, Tag.WORKS_WITHDRAWN, event, said)


def withdrawn(
    acting: Acting, which: tuple[int, int], seen: str | None, entry: Mapping[str, str]
) -> tuple[Event, Changes]:
    """The record that `withdraw_stop` takes back, and what goes with it."""
    project_id, event_id = which
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    event, beside = _found(project_id, event_id)
    if seen not in {None, content_of(event)}:
        raise ConflictError(N_("这条记录刚被他人改过: 下面是现在的记录和您刚才填写的内容, 核对后可再次提交"))
    if wrong := check_withdrawal(entry, event.effect, beside):
        raise InvalidError(wrong)
    gone = _differing(_said({name: getattr(event, name) for name in TITLES}, {}))
    told = backdated(acting, project, [event.happened_on], entry.get("backdated_reason", ""))
    return event, {"effect": [event.effect, None], **gone, "correction_reason": ["", plain(entry["why"])], **told}


def moves(said: Mapping[str, Any]) -> bool:
    """Whether a correction moves a verdict: another day or expected day does, other words of why do not."""
    return bool({"on", "expected"} & said.keys())


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


def _said(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[str | None]]:
    """Each field as the history tells it: what it was and what it is."""
    return {title: [_plain(before.get(name)), _plain(after.get(name))] for name, title in TITLES.items()}


def _differing(said: dict[str, list[str | None]]) -> dict[str, list[str | None]]:
    return {name: pair for name, pair in said.items() if pair[0] != pair[1]}


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _recorded(acting: Acting, tag: Tag, event: Event, said: Mapping[str, object]) -> None:
    record(acting.actor, acting.now, tag, event, project_id=event.project_id, changes=said)
    touched([event.project_id], acting.day)


# --- as another person approves it ------------------------------------------------------------------------------------


def _which(subject: str) -> tuple[int, int]:
    project_id, _, event_id = subject.partition(":")
    return int(project_id), int(event_id or 0)


def _seen(acting: Acting, wanted: Wanted) -> str | None:
    """What the proposer saw; who acts with consent acts on what stands, which was compared with what was asked for."""
    return wanted["seen"] if acting.actor.consent is None else None


def _effect(project: Project, said: Changes, *, moving: bool = True) -> Effect:
    return Effect(project.name, said, place_code=project.place_code, project_id=project.id, moves=moving)


def _note_effect(acting: Acting, subject: str, wanted: Wanted) -> Effect:
    project, _, said = noted(acting, int(subject), wanted["entry"])
    return _effect(project, said)


def _correct_effect(acting: Acting, subject: str, wanted: Wanted) -> Effect:
    project, _, _, said = corrected(acting, _which(subject), _seen(acting, wanted), wanted["entry"])
    return _effect(project, said, moving=moves(said))


def _withdraw_effect(acting: Acting, subject: str, wanted: Wanted) -> Effect:
    _, said = withdrawn(acting, _which(subject), _seen(acting, wanted), wanted["entry"])
    return _effect(hold_project(_which(subject)[0]), said)


def _changed(change: Callable[..., Any]) -> Callable[[Acting, str, Wanted, Any], Any]:
    def apply(acting: Acting, subject: str, wanted: Wanted, _prepared: Any) -> Any:
        project_id, event_id = _which(subject)
        seen = _seen(acting, wanted) or content_of(_found(project_id, event_id)[0])
        return change(acting, project_id, event_id, seen, wanted["entry"])

    return apply


def _noted(acting: Acting, subject: str, wanted: Wanted, _prepared: Any) -> Event:
    return note_stop(acting, int(subject), wanted["entry"])


def _kind(key: str, effect: Callable[..., Effect], apply: Callable[..., Any]) -> Kind:
    return Kind(key, "plan.write", "change.approve", effect, apply, group="stops", in_emergency=True)


STOP_KINDS = (
    _kind("stop.note", _note_effect, _noted),
    _kind("stop.correct", _correct_effect, _changed(correct_stop)),
    _kind("stop.withdraw", _withdraw_effect, _changed(withdraw_stop)),
)
