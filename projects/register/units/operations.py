"""Writes of units: a new one, and what is known of one (OF-5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import Actor, covers, places_for, require
from projects.core.tables import PROJECT, Place
from projects.core.text import N_, Text
from projects.core.vocabulary import UNIT_KINDS
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.people.accounts.tables import Unit, User
from projects.register.projects.operations import move_projects
from projects.statements import leaning

WRITING = "unit.write"
LONGEST = {"name": 120, "short_name": 60}


@dataclass(frozen=True)
class UnitValues:
    """What a unit is called in whole and in short, where it is, and of which kind."""

    name: str
    short_name: str
    kind: str
    place_code: str


def add_unit(acting: Acting, values: UnitValues) -> Unit:
    """Keep a new unit; InvalidError naming the field that can't be taken."""
    require(acting.actor, WRITING)
    _check(acting.actor, values, None)
    unit = Unit(**asdict(values))
    db.session.add(unit)
    db.session.flush()
    changes = {field: [None, value] for field, value in _told(values).items() if value}
    record(acting.actor, acting.now, Tag.UNIT_ADDED, unit, changes=changes)
    return unit


def change_unit(acting: Acting, unit_id: int, version: int, values: UnitValues) -> Unit:
    """Change what is known of a unit; ConflictError where somebody else has since it was read."""
    require(acting.actor, WRITING)
    unit = _kept(acting.actor, unit_id)
    if unit.version != version:
        raise ConflictError(N_("这个单位刚被他人改过, 请刷新后再改"))
    _check(acting.actor, values, unit_id)
    old = _told(UnitValues(unit.name, unit.short_name, unit.kind, unit.place_code))
    for field, value in asdict(values).items():
        setattr(unit, field, value)
    db.session.flush()
    if changes := {field: [old[field], value] for field, value in _told(values).items() if old[field] != value}:
        record(acting.actor, acting.now, Tag.UNIT_CHANGED, unit, changes=changes)
    return unit


def merge_unit(acting: Acting, unit_id: int, version: int, into_id: int | None) -> Unit:
    """Let one unit be another: its projects become the other's, and it goes. ConflictError while people belong to it,
    for their unit says what they may see, which is not the dispatcher's to change (OF-7).
    """
    require(acting.actor, WRITING)
    unit, other = _kept(acting.actor, unit_id), db.session.get(Unit, into_id) if into_id else None
    if unit.version != version:
        raise ConflictError(N_("这个单位刚被他人改过, 请刷新后再改"))
    if other is None or other.id == unit_id or not covers(places_for(acting.actor, WRITING), other.place_code):
        raise InvalidError({"into": Text(N_("请写出要并入的另一个单位"))})
    if db.session.scalar(select(User.id).where(User.unit_id == unit_id).limit(1)) is not None:
        raise ConflictError(N_("还有用户属于这个单位: 请安全管理员先把他们改到并入的单位"))
    ids = list(db.session.scalars(select(PROJECT.c.id).where(PROJECT.c.unit_id == unit_id)))
    for project_id in ids:
        require(acting.actor, "project.write", project_id)
    move_projects(unit_id, other.id)
    told = {"unit": [unit.name, other.name], "projects": [None, len(ids)]}
    record(acting.actor, acting.now, Tag.UNIT_MERGED, unit, changes=told)
    db.session.delete(unit)
    db.session.flush()
    return other


def remove_unit(acting: Acting, unit_id: int, version: int) -> str:
    """Take back a unit that nothing belongs to, and return its name; ConflictError naming what does."""
    require(acting.actor, WRITING)
    unit = _kept(acting.actor, unit_id)
    if unit.version != version:
        raise ConflictError(N_("这个单位刚被他人改过, 请刷新后再改"))
    if table := leaning(Unit.__table__.c.id, [unit_id]):
        raise ConflictError(N_("已有“%(what)s”属于“%(name)s”, 不能删除"), what=Text(OBJECTS[table]), name=unit.name)
    record(acting.actor, acting.now, Tag.UNIT_REMOVED, unit, changes={"name": [unit.name, None]})
    name = unit.name
    db.session.delete(unit)
    db.session.flush()
    return name


def _kept(actor: Actor, unit_id: int) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None or not covers(places_for(actor, WRITING), unit.place_code):
        raise NotFoundError(N_("没有这个单位, 或不在您负责的地区"))
    return unit


def _told(values: UnitValues) -> dict[str, str]:
    """The fields as the history calls them."""
    named = {"short_name": values.short_name, "unit_kind": values.kind, "place": values.place_code}
    return {"name": values.name} | named


def _check(actor: Actor, values: UnitValues, unit_id: int | None) -> None:
    problems: dict[str, Text] = {}
    for field, most in LONGEST.items():
        if len(getattr(values, field)) > most:
            problems[field] = Text(N_("最多 %(count)s 字"), {"count": most})
    if not values.name:
        problems["name"] = Text(N_("请填写单位全称"))
    elif db.session.scalar(select(Unit.id).where(Unit.name == values.name, Unit.id.is_distinct_from(unit_id))):
        problems["name"] = Text(N_("已经有叫“%(name)s”的单位"), {"name": values.name[:60]})
    if problem := choice_complaint(values.kind, UNIT_KINDS):
        problems["kind"] = problem
    if db.session.get(Place, values.place_code) is None:
        problems["place_code"] = Text(N_("请填写单位所在的地区"))
    elif not covers(places_for(actor, WRITING), values.place_code):
        problems["place_code"] = Text(N_("请选择您负责的地区"))
    if problems:
        raise InvalidError(problems)
