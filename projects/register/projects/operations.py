"""Holding a project: every write that concerns one takes its row first, so that two people's steps come one after the
other, whatever the database.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement

from projects.core.errors import NotFoundError
from projects.core.text import N_
from projects.locks import Turn, held_rows, hold
from projects.register.projects.tables import Programme, Project


def hold_project(project_id: int) -> Project:
    """The project, held until the transaction ends; NotFoundError where there is none."""
    for project in held_rows(Turn.PROJECTS, Project, [project_id]):
        return project
    raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))


def hold_projects(ids: Iterable[int] | None) -> None:
    """Wait for whoever changes one of these projects (None: any), in the order of their ids."""
    hold(Turn.PROJECTS, Project, ids=ids)


def hold_programmes(*which: ColumnElement[bool]) -> None:
    """Let changes in one programme wait for each other: they all renew its promises."""
    hold(Turn.PROGRAMMES, Programme, *which)
