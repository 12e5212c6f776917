"""Holding a project: every write that concerns one takes its row first, so that two people's steps come one after the
other, whatever the database. And what projects begin with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Container, Iterable

from sqlalchemy import ColumnElement, bindparam, select

from projects.core.errors import ConflictError, NotFoundError
from projects.core.tables import DERIVED
from projects.core.text import N_
from projects.extensions import db
from projects.locks import Turn, held_rows, hold
from projects.register.projects.tables import Programme, Project, ProjectEnd
from projects.statements import leaning

BEGUN_WITH = DERIVED | {
    "work_stage",
    "project_card",
    "year_plan",
    "source_need",
    "plan_proposal",
}  # goes with a project
BEGINNINGS: list[Callable[[Collection[int]], None]] = []  # what other areas give to new projects; set by the factory

_ARCHIVED = select(ProjectEnd.id).where(
    ProjectEnd.project_id == bindparam("id"), ProjectEnd.kind == "archived", ProjectEnd.until.is_(None)
)


def begin(ids: Collection[int]) -> None:
    """Give new projects what every project begins with."""
    for give in BEGINNINGS if ids else ():
        give(ids)


def rests_on(ids: Collection[int], beside: frozenset[str] = frozenset()) -> str:
    """The table of something that people entered of one of these projects, other than tables `beside`; "" where nothing
    rests on any of them.
    """
    return leaning(Project.__table__.c.id, ids, BEGUN_WITH | beside)


def free_slug(facts: str, place: str, taken: Container[str]) -> str:
    """A new project's public name, made from what is said of it; places may share names."""
    sayings = (facts, f"{facts}\x1f{place}", *(f"{facts}\x1f{place}\x1f{count}" for count in range(2, 1000)))
    slugs = (f"p-{hashlib.sha256(one.encode()).hexdigest()[:12]}" for one in sayings)
    return next(slug for slug in slugs if slug not in taken)


def hold_project(project_id: int, *, even_archived: bool = False) -> Project:
    """The project, held until the transaction ends; NotFoundError where there is none, ConflictError where it is
    archived: what is put away is brought back before anything is written to it (PE-6).
    """
    for project in held_rows(Turn.PROJECTS, Project, [project_id]):
        if not even_archived and db.session.scalar(_ARCHIVED, {"id": project_id}) is not None:
            raise ConflictError(N_("“%(name)s”已归档: 先取消归档, 再办理"), name=project.name)
        return project
    raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))


def move_projects(unit_id: int, other_id: int) -> None:
    """Let every project of one unit be another's."""
    for project in db.session.scalars(select(Project).where(Project.unit_id == unit_id).order_by(Project.id)):
        hold_project(project.id, even_archived=True).unit_id = other_id
    db.session.flush()


def hold_projects(ids: Iterable[int] | None) -> None:
    """Wait for whoever changes one of these projects (None: any), in the order of their ids."""
    hold(Turn.PROJECTS, Project, ids=ids)


def hold_programmes(*which: ColumnElement[bool]) -> None:
    """Let changes in one programme wait for each other: they all renew its promises."""
    hold(Turn.PROGRAMMES, Programme, *which)
