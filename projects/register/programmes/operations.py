"""Writes on programmes: a new one, what it is called, who joins or leaves on which day (PG-1 to PG-3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import or_, select

from projects.core.acting import Acting
from projects.core.complaints import plain, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import Actor, covers, places_for, require
from projects.core.tables import DERIVED, Place
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.people.requests.kinds import Effect, Kind, Values
from projects.register.documents.tables import PlanDocument
from projects.register.projects.operations import hold_programmes, hold_project
from projects.register.projects.tables import FormerProgramme, Programme, Project
from projects.register.promises.tables import Target
from projects.statements import leaning

WRITING = "project.write"
CHANGED = N_("这个项目群刚被他人改过, 请核对后再保存")


@dataclass(frozen=True)
class ProgrammeValues:
    """What a programme is called, where it is, and which plan names it."""

    name: str
    place_code: str
    document_id: int | None = None
    note: str = ""


def add_programme(acting: Acting, values: ProgrammeValues) -> Programme:
    """Keep a new programme; InvalidError naming the field that can't be taken."""
    require(acting.actor, WRITING)
    values = _plain(values)
    _check(acting.actor, values, None)
    digest = hashlib.sha256(f"{values.name}\x1f{values.place_code}".encode()).hexdigest()[:12]
    programme = Programme(**asdict(values), slug=f"g-{digest}")
    db.session.add(programme)
    db.session.flush()
    changes = {field: [None, value] for field, value in _told(values).items() if value}
    record(acting.actor, acting.now, Tag.PROGRAMME_ADDED, programme, changes=changes)
    return programme


def change_programme(acting: Acting, programme_id: int, version: int, values: ProgrammeValues) -> Programme:
    """Change what a programme is called; ConflictError where somebody else has since then."""
    programme = require_kept(acting.actor, db.session.get(Programme, programme_id))
    hold_programmes(Programme.id == programme_id)
    if programme.version != version:
        raise ConflictError(CHANGED)
    values = _plain(values)
    _check(acting.actor, values, programme_id)
    old, new = _told(values_of(programme)), _told(values)
    for field, value in asdict(values).items():
        setattr(programme, field, value)
    db.session.flush()
    if changes := {field: [old[field], value] for field, value in new.items() if old[field] != value}:
        record(acting.actor, acting.now, Tag.PROGRAMME_CHANGED, programme, changes=changes)
    return programme


def remove_programme(acting: Acting, programme_id: int, version: int) -> str:
    """Take back a programme that nothing belongs to, or did, and return its name; ConflictError naming what does."""
    programme = require_kept(acting.actor, db.session.get(Programme, programme_id))
    hold_programmes(Programme.id == programme_id)
    name = programme.name
    if programme.version != version:
        raise ConflictError(CHANGED)
    if table := leaning(Programme.__table__.c.id, [programme_id], DERIVED):
        raise ConflictError(N_("已有“%(what)s”属于“%(name)s”, 不能删除"), what=Text(OBJECTS[table]), name=name)
    record(acting.actor, acting.now, Tag.PROGRAMME_REMOVED, programme, changes={"name": [name, None]})
    db.session.delete(programme)
    db.session.flush()
    return name


def members(acting: Acting, programme_id: int, wanted: Values) -> int:
    """Let the projects `wanted["ids"]` join the programme from today, or leave it where `wanted["joins"]` is false; how
    many did. What they belonged to before counts for the days before.
    """
    programme = require_kept(acting.actor, db.session.get(Programme, programme_id))
    names = dict(db.session.execute(select(Programme.id, Programme.name)).all())
    new = programme.id if wanted["joins"] else None
    count = 0
    for project_id in sorted(wanted["ids"]):
        require(acting.actor, WRITING, project_id)
        project = hold_project(project_id)
        old = project.programme_id
        if (old == programme_id) is bool(wanted["joins"]):
            continue
        db.session.add(FormerProgramme(project_id=project.id, programme_id=old, since=project.programme_since))
        project.programme_id, project.programme_since = new, acting.day
        db.session.flush()
        told = {"programme": [names.get(old or 0, ""), names.get(new or 0, "")], "since": [None, str(acting.day)]}
        record(acting.actor, acting.now, Tag.PROJECT_CHANGED, project, project_id=project.id, changes=told)
        touched([project.id], acting.day)
        count += 1
    return count


def _moved(programme_id: int, wanted: Values) -> list[Project]:
    """Those projects that would join or leave."""
    own = Project.programme_id == programme_id
    other = or_(Project.programme_id != programme_id, Project.programme_id.is_(None))
    statement = select(Project).where(Project.id.in_(wanted["ids"]), other if wanted["joins"] else own)
    return list(db.session.scalars(statement.order_by(Project.name, Project.id)))


def _effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    programme = require_kept(acting.actor, db.session.get(Programme, int(subject)))
    moved = _moved(programme.id, wanted)
    for project in moved:
        require(acting.actor, WRITING, project.id)
    named = ", ".join(project.name for project in moved)
    changes = {"joins" if wanted["joins"] else "leaves": [None, named]} if moved else {}
    return Effect(
        programme.name,
        changes,
        place_code=programme.place_code,
        programme_id=programme.id,
        moves=_bears_promises(programme.id, moved),
    )


def _bears_promises(programme_id: int, moved: Sequence[Project]) -> bool:
    """Whether a programme that is left or joined has promised anything (PG-3)."""
    concerned = {programme_id, *(project.programme_id for project in moved)}
    promised = select(Target.id).where(Target.programme_id.in_([key for key in concerned if key]))
    return db.session.scalar(promised.limit(1)) is not None


MEMBER_KINDS = (
    Kind(
        key="programme.members",
        action=WRITING,
        consent="change.approve",
        effect=_effect,
        apply=lambda acting, subject, wanted, _prepared: members(acting, int(subject), wanted),
        group="promises",
    ),
)


def require_kept(actor: Actor, programme: Programme | None) -> Programme:
    """The programme, which `actor` may write; NotFoundError outside of their places."""
    require(actor, WRITING)
    if programme is None or not covers(places_for(actor, WRITING), programme.place_code):
        raise NotFoundError(N_("没有这个项目群, 或不在您负责的地区"))
    return programme


def values_of(programme: Programme) -> ProgrammeValues:
    """What a stored programme is called and where it is."""
    stored: dict[str, Any] = {field: getattr(programme, field) for field in ProgrammeValues.__dataclass_fields__}
    return ProgrammeValues(**stored | {"note": programme.note or ""})


def _plain(values: ProgrammeValues) -> ProgrammeValues:
    return ProgrammeValues(**asdict(values) | {"name": plain(values.name), "note": plain(values.note)})


def _told(values: ProgrammeValues) -> dict[str, Any]:
    document = db.session.get(PlanDocument, values.document_id) if values.document_id else None
    title = document.title if document else ""
    return {"name": values.name, "place": values.place_code, "document": title, "note": values.note}


def _check(actor: Actor, values: ProgrammeValues, programme_id: int | None) -> None:
    wrong: dict[str, Text | None] = {
        "name": text_complaint(values.name, 120),
        "note": text_complaint(values.note, 1000),
    }
    if not values.name:
        wrong["name"] = Text(N_("请填写项目群名称"))
    if db.session.get(Place, values.place_code) is None:
        wrong["place_code"] = Text(N_("请填写项目群所在的地区"))
    elif not covers(places_for(actor, WRITING), values.place_code):
        wrong["place_code"] = Text(N_("请选择您负责的地区"))
    same = select(Programme.id).where(
        Programme.name == values.name,
        Programme.place_code == values.place_code,
        Programme.id.is_distinct_from(programme_id),
    )
    if not any(wrong.values()) and db.session.scalar(same.limit(1)):
        wrong["name"] = Text(N_("这个地区已有同名项目群"))
    if found := {field: problem for field, problem in wrong.items() if problem}:
        raise InvalidError(found)
