"""Writes on the register's own projects: a new one, what it is called and where it belongs, its card, who manages it
(CD-1 to CD-6, CD-8). They move no verdict, so one person does them; the history keeps what was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, plain, text_complaint
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import Actor, covers, places_for, require
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.core.vocabulary import CATEGORIES
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.locks import Turn, hold
from projects.people.accounts.tables import ProjectAssignment, Unit, User
from projects.register.cards import card as rules
from projects.register.cards.queries import card_of, managers, needs_of, years_of
from projects.register.cards.tables import ProjectCard, SourceNeed, YearPlan
from projects.register.documents.tables import PlanDocument
from projects.register.projects.operations import begin, free_slug, hold_project, rests_on
from projects.register.projects.tables import Programme, Project

WRITING = "project.write"
LONGEST = {"name": 200, "note": 1000}
CHANGED = N_("这个项目刚被他人改过, 请核对后再保存")
NAMED = {"unit_id": "unit", "place_code": "place", "document_id": "document", "programme_id": "programme"}


@dataclass(frozen=True)
class ProjectValues:
    """What a project is called, by which code, of which kind, whose and where it is, and which plan named it first.
    `programme_id` counts for a new project only: who joins or leaves one later does so on a day (PG-2).
    """

    name: str
    place_code: str
    category: str = "other"
    national_code: str = ""
    unit_id: int | None = None
    document_id: int | None = None
    programme_id: int | None = None
    note: str = ""


def add_project(acting: Acting, values: ProjectValues, card: Mapping[str, Any] | None = None) -> Project:
    """Enter a new project with its card, and give it what every project begins with; InvalidError naming the field."""
    require(acting.actor, WRITING)
    values = _plain(values)
    _check(acting.actor, values, None)
    facts = f"{values.name}\x1f{values.unit_id or ''}\x1f{values.national_code}"
    slug = values.national_code or free_slug(facts, values.place_code, _Taken())
    own = asdict(values) | {"national_code": values.national_code or None, "slug": slug}
    project = Project(**own, programme_since=_since(acting, values))
    db.session.add(project)
    db.session.flush()
    begin([project.id])
    changes = {field: [None, value] for field, value in _told(values).items() if value}
    if card:
        db.session.add(ProjectCard(project_id=project.id, **card))
        changes |= {f"card_{field}": [None, value] for field, value in card.items() if value not in (None, "")}
    record(acting.actor, acting.now, Tag.PROJECT_ADDED, project, project_id=project.id, changes=changes)
    touched([project.id], acting.day)
    return project


def change_project(acting: Acting, project_id: int, version: int, values: ProjectValues) -> Project:
    """Correct what a project is called and where it belongs; ConflictError where somebody else has since then."""
    require(acting.actor, WRITING, project_id)
    project, values = _held(project_id, version), _plain(values)
    _check(acting.actor, values, project_id)
    old = _told(values_of(project))
    new = _told(values) | {"programme": old["programme"]}
    changes = {field: [old[field], value] for field, value in new.items() if old[field] != value}
    if not changes:
        return project
    for field, value in asdict(values).items():
        if field != "programme_id":
            setattr(project, field, value if field != "national_code" else value or None)
    db.session.flush()
    record(acting.actor, acting.now, Tag.PROJECT_CHANGED, project, project_id=project_id, changes=changes)
    touched([project_id], acting.day)
    return project


def change_card(
    acting: Acting,
    project_id: int,
    version: int,
    typed: Mapping[str, str],
    years: Sequence[rules.YearRow] = (),
    needs: Sequence[rules.NeedRow] = (),
) -> Project:
    """Store the card's fields that were typed, the yearly plans and what is needed by source; InvalidError naming what
    can't be taken.
    """
    require(acting.actor, "card.write", project_id)
    project = _held(project_id, version)
    values, wrong = rules.read(typed)
    plans, year_problem = rules.read_years(years)
    wanted, need_problem = rules.read_needs(needs)
    wrong |= {"years": year_problem} if year_problem else {}
    wrong |= {"needs": need_problem} if need_problem else {}
    if wrong:
        raise InvalidError(wrong)
    write_card(acting, project, values)
    _write_rows(acting, project, plans, wanted)
    return project


def _write_rows(
    acting: Acting,
    project: Project,
    plans: Mapping[int, tuple[int | None, str]],
    needs: Mapping[tuple[str, int], int],
) -> None:
    old_plans, old_needs = years_of(project.id), needs_of(project.id)
    if (old_plans, old_needs) == (plans, needs):
        return
    for table in (YearPlan, SourceNeed):
        db.session.execute(delete(table).where(table.project_id == project.id))
    db.session.add_all(
        YearPlan(project_id=project.id, year=year, amount_fen=fen, content=content)
        for year, (fen, content) in plans.items()
    )
    db.session.add_all(
        SourceNeed(project_id=project.id, source=source, year=year, amount_fen=fen)
        for (source, year), fen in needs.items()
    )
    flag_modified(project, "note")
    db.session.flush()
    changes: dict[str, list[Any]] = {}
    if old_plans != plans:
        changes["card_year_plans"] = [rules.told_years(old_plans), rules.told_years(plans)]
    for key in sorted(old_needs.keys() | needs.keys()):
        if old_needs.get(key) != needs.get(key):
            changes[f"need_fen:{key[0]}"] = [old_needs.get(key), needs.get(key)]
    record(acting.actor, acting.now, Tag.CARD_CHANGED, project, project_id=project.id, changes=changes)


def write_years(acting: Acting, project: Project, plans: Mapping[int, tuple[int | None, str]]) -> None:
    """Store the plans of some years and leave the others, for who holds the project already; neither money nor words
    takes a year away.
    """
    told = {year: one for year, one in (years_of(project.id) | {**plans}).items() if one != (None, "")}
    _write_rows(acting, project, dict(sorted(told.items())), needs_of(project.id))


def write_card(acting: Acting, project: Project, values: Mapping[str, Any]) -> None:
    """Store read values of a project's card, for who holds the project already; nothing where nothing differs."""
    stored = card_of(project.id)
    card = db.session.get(ProjectCard, project.id)
    changes = {f"card_{key}": [stored[key], value] for key, value in values.items() if stored[key] != value}
    if not changes:
        return
    if card is None:
        card = ProjectCard(project_id=project.id)
        db.session.add(card)
    for key, value in values.items():
        setattr(card, key, value)
    flag_modified(project, "note")  # so that the version counts this change too
    db.session.flush()
    record(acting.actor, acting.now, Tag.CARD_CHANGED, project, project_id=project.id, changes=changes)


def hand_over(acting: Acting, project_ids: Collection[int], to: int | None, reason: str = "") -> int:
    """Let one person (None: nobody) manage these projects from now on, in the place of all who did; how many changed.

    InvalidError names `to` where that is no manager whom the asker may choose, and `projects` where there is none.
    """
    require(acting.actor, "project.assign")
    chosen = next((one for one in managers(acting.actor) if one.id == to), None)
    if problem := text_complaint(reason, 400):
        raise InvalidError({"reason": problem})
    if to is not None and chosen is None:
        raise InvalidError({"to": Text(N_("请选择一位在用的项目管理员"))})
    if not project_ids:
        raise InvalidError({"projects": Text(N_("请至少勾选一个项目"))})
    count = 0
    if to is not None:
        hold(Turn.USERS, User, ids=[to])
    for project_id in sorted(project_ids):
        require(acting.actor, "project.assign", project_id)
        project = hold_project(project_id)
        before = _managers_of(project_id)
        if set(before) == ({to} if to is not None else set()):
            continue
        db.session.execute(delete(ProjectAssignment).where(ProjectAssignment.project_id == project_id))
        if to is not None:
            db.session.add(ProjectAssignment(project_id=project_id, user_id=to))
        db.session.flush()
        told = {"manager": [", ".join(before.values()), chosen.name if chosen else ""]}
        told |= {"reason": ["", plain(reason)]} if reason.strip() else {}
        record(acting.actor, acting.now, Tag.PROJECT_HANDED_OVER, project, project_id=project_id, changes=told)
        count += 1
    return count


def assign_unit(acting: Acting, project_ids: Collection[int], unit_id: int | None) -> int:
    """Let these projects belong to one unit; how many changed. InvalidError names `unit_id` or `projects` where there
    is none, and `name` where the unit has a project of that name there already.
    """
    require(acting.actor, WRITING)
    if unit_id is None:
        raise InvalidError({"unit_id": Text(N_("请写出单位全称或简称"))})
    if not project_ids:
        raise InvalidError({"projects": Text(N_("请至少勾选一个项目"))})
    count = 0
    for project_id in sorted(project_ids):
        project = hold_project(project_id)
        count += project.unit_id != unit_id
        change_project(acting, project_id, project.version, replace(values_of(project), unit_id=unit_id))
    return count


def _held(project_id: int, version: int) -> Project:
    project = hold_project(project_id)
    if project.version != version:
        raise ConflictError(CHANGED)
    return project


def _plain(values: ProjectValues) -> ProjectValues:
    texts = {field: plain(getattr(values, field)) for field in ("name", "national_code", "note")}
    return ProjectValues(**asdict(values) | texts)


def values_of(project: Project) -> ProjectValues:
    """What a stored project is called and where it belongs."""
    stored = {field: getattr(project, field) for field in ProjectValues.__dataclass_fields__}
    return ProjectValues(**stored | {"national_code": project.national_code or "", "note": project.note or ""})


def _told(values: ProjectValues) -> dict[str, Any]:
    """The fields as the history calls them, rows of other tables by their names."""
    told = {NAMED.get(field, field): value for field, value in asdict(values).items()}
    rows = {"unit": (Unit, "name"), "document": (PlanDocument, "title"), "programme": (Programme, "name")}
    for field, (table, column) in rows.items():
        row = db.session.get(table, told[field]) if told[field] else None
        told[field] = getattr(row, column) if row else ""
    return told


class _Taken:
    """The public names that projects have: one is asked for at a time, for there may be many."""

    def __contains__(self, slug: object) -> bool:
        return db.session.scalar(select(Project.id).where(Project.slug == slug)) is not None


def _since(acting: Acting, values: ProjectValues) -> dt.date | None:
    """Since when a new project belongs to its programme: one that the programme's own plan names, since that plan was
    published; any other since today (PG-2).
    """
    programme = db.session.get(Programme, values.programme_id) if values.programme_id else None
    if programme is None:
        return None
    document = db.session.get(PlanDocument, values.document_id) if values.document_id else None
    own = document is not None and document.id == programme.document_id
    return document.issued_on if own and document else acting.day


def _managers_of(project_id: int) -> dict[int, str]:
    statement = select(User.id, User.display_name).join(ProjectAssignment, ProjectAssignment.user_id == User.id)
    rows = db.session.execute(statement.where(ProjectAssignment.project_id == project_id).order_by(User.id))
    return {key: name for key, name in rows}  # noqa: C416


def _check(actor: Actor, values: ProjectValues, project_id: int | None) -> None:
    wrong: dict[str, Text | None] = {
        field: text_complaint(getattr(values, field), most) for field, most in LONGEST.items()
    }
    reach = places_for(actor, WRITING)
    if not values.name:
        wrong["name"] = Text(N_("请填写项目名称"))
    wrong["category"] = choice_complaint(values.category, CATEGORIES)
    wrong["national_code"] = _code_complaint(values.national_code, project_id)
    if db.session.get(Place, values.place_code) is None:
        wrong["place_code"] = Text(N_("请填写项目所在的地区"))
    elif not covers(reach, values.place_code):
        wrong["place_code"] = Text(N_("请选择您负责的地区"))
    for field, table in (("unit_id", Unit), ("document_id", PlanDocument), ("programme_id", Programme)):
        key = getattr(values, field)
        row = db.session.get(table, key) if key else None
        if key and row is None:
            wrong[field] = Text(N_("请从列表中选择"))
    same = select(Project.id).where(
        Project.name == values.name,
        Project.place_code == values.place_code,
        Project.unit_id == values.unit_id if values.unit_id else Project.unit_id.is_(None),
        Project.id.is_distinct_from(project_id),
    )
    if not any(wrong.values()) and db.session.scalar(same.limit(1)):
        wrong["name"] = Text(N_("这个单位在这个地区已有同名项目, 请写明分期或院区"))
    if found := {field: problem for field, problem in wrong.items() if problem}:
        raise InvalidError(found)


def _code_complaint(code: str, project_id: int | None) -> Text | None:
    if not code:
        return None
    if not rules.NATIONAL_CODE.fullmatch(code):
        return Text(N_("项目代码应为 2101-370831-84-01-900051 的样子"))
    taken = select(Project.id).where(Project.national_code == code, Project.id.is_distinct_from(project_id))
    return Text(N_("已有项目用这个代码")) if db.session.scalar(taken) else None


def remove_project(acting: Acting, project_id: int, version: int) -> str:
    """Take back a project that nothing rests on yet, and return its name; ConflictError naming what does (CD-5)."""
    require(acting.actor, WRITING, project_id)
    project = _held(project_id, version)
    if table := rests_on([project_id]):
        raise ConflictError(N_("这个项目名下已有“%(what)s”, 不能删除, 只能更正"), what=Text(OBJECTS[table]))
    name = project.name
    record(
        acting.actor, acting.now, Tag.PROJECT_REMOVED, project, project_id=project_id, changes={"name": [name, None]}
    )
    db.session.delete(project)
    db.session.flush()
    return name
