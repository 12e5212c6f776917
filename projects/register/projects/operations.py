"""Holding a project: every write that concerns one takes its row first, so that two people's steps come one after the
other, whatever the database.
"""

from __future__ import annotations

from sqlalchemy import select

from projects.core.errors import NotFoundError
from projects.core.text import N_
from projects.extensions import db
from projects.register.projects.tables import Project


def hold_project(project_id: int) -> Project:
    """The project, held until the transaction ends (SQLite has locked the whole database already); NotFoundError where
    there is none.

    Rows that only refer to the project may still be added meanwhile: its key is not what is held.
    """
    statement = select(Project).where(Project.id == project_id).with_for_update(key_share=True)
    project = db.session.scalar(statement)
    if project is None:
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    return project
