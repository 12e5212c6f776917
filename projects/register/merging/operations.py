"""Making one project of two that are the same (CD-7): the promises and managers of the duplicate become the other's,
and it goes. Where promises move, another person agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import Actor, require, require_second
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.people.accounts.tables import ProjectAssignment
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.register.projects.operations import hold_project, rests_on
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.register.promises.tables import Target

WRITING = "project.write"
MOVED = frozenset({"target", "project_assignment"})  # what becomes the other's
LEFT = frozenset({"milestone", "former_plan", "former_baseline", "former_weight", "former_programme"})  # goes with it


def both(actor: Actor, slug: str, into: str) -> tuple[Project, Project]:
    """The duplicate and the project that stays, both within what `actor` may write."""
    duplicate = project_by_slug(actor, slug)
    require(actor, WRITING, duplicate.id)
    try:
        stays = project_by_slug(actor, into)
    except NotFoundError as problem:
        raise InvalidError({"into": Text(N_("请写出要并入的另一个项目"))}) from problem
    require(actor, WRITING, stays.id)
    if stays.id == duplicate.id:
        raise InvalidError({"into": Text(N_("请写出要并入的另一个项目"))})
    return duplicate, stays


def promises_of(project_id: int) -> list[Target]:
    """The promises of a project that stand or once stood."""
    return list(db.session.scalars(select(Target).where(Target.project_id == project_id).order_by(Target.id)))


def effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    """What merging would change; ConflictError where more rests on the duplicate than can be told to be the other's."""
    duplicate, stays = both(acting.actor, subject, wanted["into"])
    if table := rests_on([duplicate.id], MOVED | LEFT):
        raise ConflictError(
            N_("要并入的项目名下已有“%(what)s”, 不能合并: 请先确定以哪一份为准"), what=Text(OBJECTS[table])
        )
    moved = [one.wording for one in promises_of(duplicate.id)]
    changes: Mapping[str, list[Any]] = {"project": [duplicate.name, stays.name], "promise": [None, moved]}
    return Effect(
        about=f"{duplicate.name} → {stays.name}",
        changes=changes,
        place_code=stays.place_code,
        project_id=stays.id,
        moves=bool(moved),
    )


def merge(acting: Acting, subject: str, wanted: Values, _prepared: Any = None) -> Project:
    """Make the duplicate the other project; returns that one."""
    duplicate, stays = both(acting.actor, subject, wanted["into"])
    found = effect(acting, subject, wanted)
    require_second(acting.actor, found.moves and "promises" in two_person())
    for project_id in sorted((duplicate.id, stays.id)):
        hold_project(project_id)
    last = max((one.position for one in promises_of(stays.id)), default=0)
    for position, one in enumerate(promises_of(duplicate.id), last + 1):
        one.project_id, one.position = stays.id, position
    has = set(db.session.scalars(_managers(stays.id)))
    for user_id in db.session.scalars(_managers(duplicate.id)).all():
        if user_id not in has:
            db.session.add(ProjectAssignment(project_id=stays.id, user_id=user_id))
    db.session.flush()
    record(acting.actor, acting.now, Tag.PROJECTS_MERGED, stays, project_id=stays.id, changes=found.changes)
    db.session.delete(duplicate)
    db.session.flush()
    touched([stays.id], acting.day)
    return stays


def _managers(project_id: int) -> Any:
    return select(ProjectAssignment.user_id).where(ProjectAssignment.project_id == project_id)


MERGING_KINDS = (
    Kind(
        key="project.merge",
        action=WRITING,
        consent="change.approve",
        effect=effect,
        apply=merge,
        group="promises",
    ),
)
