"""Dropping a project and bringing it back, which another person agrees to; archiving and unarchiving, which move no
promise and are one person's (PE-1 to PE-6). All of it counts from the day on which it is done, so that no day before it
changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import plain, text_complaint
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import Actor, require, require_second
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.portfolio.ends.queries import WRITING, standing_of
from projects.portfolio.ends.rules import REASON, archive_hindrance, drop_complaints, drop_hindrance, revive_hindrance
from projects.register.projects.operations import hold_project
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project, ProjectEnd

AGREEING, GROUP = "change.approve", "drops"


# --- what needs two people --------------------------------------------------------------------------------------------


def _drop_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    project, decided_on = _own(acting.actor, subject), _day(wanted["decided_on"])
    if wrong := drop_complaints(wanted["reason"], wanted["evidence"], decided_on, acting.day):
        raise InvalidError(wrong)
    _refuse(drop_hindrance(standing_of(project.id, acting.day)))
    return _effect(project, {"ended": [None, "dropped"], "decided_on": [None, str(decided_on)]})


def _drop(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> Project:
    project = hold_project(_own(acting.actor, subject).id)
    require_second(acting.actor, GROUP in two_person())
    changes = _drop_effect(acting, subject, wanted).changes
    said = {"reason": plain(wanted["reason"]), "evidence": plain(wanted["evidence"])}
    _begin(acting, project, "dropped", decided_on=_day(wanted["decided_on"]), **said)
    told = {**changes, **{field: [None, words] for field, words in said.items()}}
    return _recorded(acting, Tag.PROJECT_DROPPED, project, told | {"since": [None, str(acting.day)]})


def _revive_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    project = _own(acting.actor, subject)
    wrong = text_complaint(wanted["reason"], REASON)
    if wrong or not wanted["reason"].strip():
        raise InvalidError({"reason": wrong or Text(N_("请写明为什么恢复"))})
    _refuse(revive_hindrance(standing_of(project.id, acting.day)))
    return _effect(project, {"ended": ["dropped", None]})


def _revive(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> Project:
    project = hold_project(_own(acting.actor, subject).id)
    require_second(acting.actor, GROUP in two_person())
    changes = _revive_effect(acting, subject, wanted).changes
    _end(acting, project, "dropped")
    why = {"reason": [None, plain(wanted["reason"])], "since": [None, str(acting.day)]}
    return _recorded(acting, Tag.PROJECT_REVIVED, project, {**changes, **why})


END_KINDS = (
    Kind("project.drop", WRITING, AGREEING, _drop_effect, _drop, group=GROUP),
    Kind("project.revive", WRITING, AGREEING, _revive_effect, _revive, group=GROUP),
)


# --- what one person does ---------------------------------------------------------------------------------------------


def archive(acting: Acting, project_ids: Sequence[int]) -> int:
    """Put projects away; how many. InvalidError where there is none, ConflictError naming the first that something
    keeps from it, and then none is.
    """
    require(acting.actor, WRITING)
    if not project_ids:
        raise InvalidError({"projects": Text(N_("请至少勾选一个项目"))})
    for project_id in sorted(set(project_ids)):
        require(acting.actor, WRITING, project_id)
        project = hold_project(project_id)
        if hindrance := archive_hindrance(standing_of(project_id, acting.day)):
            raise ConflictError(N_("“%(name)s”: %(why)s"), name=project.name, why=hindrance)
        _begin(acting, project, "archived")
        _recorded(acting, Tag.PROJECT_ARCHIVED, project, {"ended": [None, "archived"]})
    return len(set(project_ids))


def unarchive(acting: Acting, slug: str) -> Project:
    """Bring a project back into the lists; ConflictError where it is not archived."""
    project = hold_project(_own(acting.actor, slug).id, even_archived=True)
    _end(acting, project, "archived")
    return _recorded(acting, Tag.PROJECT_UNARCHIVED, project, {"ended": ["archived", None]})


# --- parts ------------------------------------------------------------------------------------------------------------


def _own(actor: Actor, slug: str) -> Project:
    project = project_by_slug(actor, slug)
    require(actor, WRITING, project.id)
    return project


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def _refuse(hindrance: Text | None) -> None:
    if hindrance:
        raise ConflictError(hindrance.msgid, **hindrance.params)


def _effect(project: Project, changes: Mapping[str, list[Any]]) -> Effect:
    return Effect(project.name, changes, place_code=project.place_code, project_id=project.id)


def _begin(acting: Acting, project: Project, kind: str, **said: Any) -> None:
    db.session.add(ProjectEnd(project_id=project.id, kind=kind, since=acting.day, **said))
    db.session.flush()


def _end(acting: Acting, project: Project, kind: str) -> None:
    own = ProjectEnd
    row = db.session.scalar(select(own).where(own.project_id == project.id, own.kind == kind, own.until.is_(None)))
    if row is None:
        raise ConflictError(N_("这个项目刚被他人恢复或取消归档, 请刷新后再看"))
    row.until = acting.day
    db.session.flush()


def _recorded(acting: Acting, tag: Tag, project: Project, changes: Mapping[str, Any]) -> Project:
    about = {"name": [project.name, project.name]}
    record(acting.actor, acting.now, tag, project, project_id=project.id, changes={**about, **changes})
    touched([project.id], acting.day)
    return project
