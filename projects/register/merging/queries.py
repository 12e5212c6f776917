"""Reads for merging: what the projects of the asker's places are called."""

from __future__ import annotations

from sqlalchemy import select

from projects.core.permissions import Actor, projects_for
from projects.extensions import db
from projects.register.projects.tables import Project
from projects.statements import held


def names(actor: Actor) -> list[tuple[int, str, str]]:
    """The projects that `actor` may write: id, name, code; one statement."""
    statement = (
        select(Project.id, Project.name, Project.national_code)
        .where(held(Project.id, projects_for(actor, "project.write")))
        .order_by(Project.name, Project.id)
    )
    return [(key, name, code or "") for key, name, code in db.session.execute(statement)]


def slug_of(project_id: int | None) -> str:
    """The public name of a project, "" for none."""
    return db.session.scalar(select(Project.slug).where(Project.id == project_id)) or "" if project_id else ""
