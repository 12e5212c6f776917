"""Reads of projects and programmes: who may see which, and which belonged to which on a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.register.documents.queries import answered_for, document_known
from projects.register.documents.tables import PlanDocument
from projects.register.projects.facts import Option
from projects.register.projects.tables import FormerProgramme, Programme, Project, ProjectEnd
from projects.statements import among, each_held, given, held, lies_in, rows_of

LAST_ROW = 2**31 - 1  # behind every former one
_WHOLE = (
    joinedload(Project.unit),
    joinedload(Project.place),
    joinedload(Project.programme),
    joinedload(Project.document),
)
_PROJECT = select(Project).where(Project.slug == bindparam("slug")).options(*_WHOLE)


def project_by_slug(actor: Actor, slug: str) -> Project:
    """The project with its unit, place, programme and document; NotFoundError outside the asker's scope."""
    project = db.session.scalar(_PROJECT, {"slug": slug})
    reach = visible_projects(actor)
    if project is None or (reach is not None and project.id not in reach):
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    return project


def options(actor: Actor) -> dict[str, list[Option]]:
    """The places, programmes and plans that the projects `actor` may see can be narrowed by; three statements."""
    one = aliased(Project)
    within = select(one.id).where(lies_in(one.place_code, Place.code), each_held(one.id, visible_projects(actor)))
    places = _choices(Place.code, Place.name).where(within.exists()).order_by(Place.code)
    programmes = _choices(Programme.slug, Programme.name).where(programme_known(actor)).order_by(Programme.id)
    plans = (
        _choices(PlanDocument.slug, PlanDocument.title)
        .where(document_known(actor))
        .order_by(PlanDocument.year.desc(), PlanDocument.id)
    )
    asked = {"place": places, "programme": programmes, "plan": plans}
    return {name: rows_of(Option, db.session.execute(statement)) for name, statement in asked.items()}


def _choices(value: Any, words: Any) -> Select[Any, Any]:
    return select(value.label("value"), words.label("words"))


def programme_known(actor: Actor) -> ColumnElement[bool]:
    """Over Programme: it has a project that `actor` may see, or lies in one of their places."""
    ids = visible_projects(actor)
    if ids is None:
        return true()
    one = aliased(Project)
    member = select(one.id).where(one.programme_id == Programme.id, each_held(one.id, ids))
    return or_(member.exists(), answered_for(actor, Programme.place_code))


def whole_programme(actor: Actor) -> ColumnElement[bool]:
    """Over Programme: it is known to `actor` and none of its projects, former ones among them, lies outside their
    scope, so that a count over it tells nothing foreign.
    """
    member, seen = aliased(Project), visible_projects(actor)
    foreign = select(member.id).where(member.programme_id == Programme.id, ~held(member.id, seen))
    former = select(FormerProgramme.id).where(
        FormerProgramme.programme_id == Programme.id, ~held(FormerProgramme.project_id, seen)
    )
    return and_(programme_known(actor), ~foreign.correlate(Programme).exists(), ~former.correlate(Programme).exists())


def programmes_near(actor: Actor) -> list[tuple[int, str, str]]:
    """The programmes that `actor` knows: id, name, "" (they go by no other); one statement."""
    statement = select(Programme.id, Programme.name).where(programme_known(actor)).order_by(Programme.name)
    return [(key, name, "") for key, name in db.session.execute(statement)]


def programme_on(as_of: dt.date | Any) -> ColumnElement[int | None]:
    """Over Project: the id of the programme that it belonged to on a day (or a parameter), NULL for none (S-20).

    What came before is only looked for where it counts.
    """
    former = FormerProgramme
    past = select(former.programme_id).where(
        former.project_id == Project.id, or_(former.since.is_(None), former.since <= as_of)
    )
    newest = past.order_by(former.id.desc()).limit(1).correlate(Project).scalar_subquery()
    return case(
        (or_(Project.programme_since.is_(None), Project.programme_since <= as_of), Project.programme_id), else_=newest
    )


def ended_by(day: dt.date | Any, kind: str) -> ColumnElement[bool]:
    """Over Project: it was dropped or archived, and stood so on a day (PE-5)."""
    own = ProjectEnd
    standing = (own.kind == kind, own.since <= day, or_(own.until.is_(None), own.until > day))
    return Project.id.in_(select(own.project_id).where(*standing))


def ended_now(kind: str, before: dt.date | None = None) -> ColumnElement[bool]:
    """Over Project: it is dropped or archived now, whatever the day of the page; since before a day, where one is
    named.
    """
    own = ProjectEnd
    earlier = [] if before is None else [own.since < before]
    return Project.id.in_(select(own.project_id).where(own.kind == kind, own.until.is_(None), *earlier))


def memberships(ids: Collection[int] | None) -> dict[int, list[tuple[dt.date | None, int | None]]]:
    """Of every project that ever changed its programme, those it belonged to, each since when (None: always)."""
    found: dict[int, list[tuple[dt.date | None, int | None]]] = defaultdict(list)
    for project_id, since, programme_id in db.session.connection().execute(_memberships(ids is not None), given(ids)):
        found[project_id].append((since, programme_id))
    return found


@cache
def _memberships(some: bool) -> Executable:
    former = FormerProgramme
    past = select(former.project_id, former.since, former.programme_id, former.id.label("place"))
    moved = Project.programme_since.is_not(None)
    present = select(Project.id, Project.programme_since, Project.programme_id, literal(LAST_ROW)).where(moved)
    both = union_all(past.where(*among(former.project_id, some)), present.where(*among(Project.id, some))).subquery()
    return select(both.c.project_id, both.c.since, both.c.programme_id).order_by(both.c.project_id, both.c.place)


@cache
def ever_in() -> Executable:
    """The projects that belong to some programmes or once did: which of them did on a day is told by `programme_on`."""
    former = FormerProgramme
    return union(
        select(Project.id).where(*among(Project.programme_id, some=True)),
        select(former.project_id).where(*among(former.programme_id, some=True)),
    )
