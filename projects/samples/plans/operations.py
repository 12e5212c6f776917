"""Writing the catalogue of plans into the database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from projects.core.month import beijing_day
from projects.core.permissions import Actor, require
from projects.core.tables import Place
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.accounts.tables import Unit
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.tables import FormerProgramme, Programme, Project
from projects.register.promises.tables import Target
from projects.samples.plans.extract import read_catalogue
from projects.samples.plans.facts import Catalogue, PlanFacts, ProjectFact, TargetFact
from projects.works.schedule.facts import TemplateStage
from projects.works.schedule.tables import WorkStage
from projects.works.stops.tables import Event

Key = tuple[object, ...]


@dataclass
class LoadCounts:
    """What a load did: rows added and changed by table, and the slugs of stored targets whose facts differ and were
    kept as they are.
    """

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)


def load_catalogue(
    actor: Actor, now: dt.datetime, catalogue: Catalogue | None = None, today: dt.date | None = None
) -> LoadCounts:
    """Bring `catalogue` (default: the shipped one) into the database, by slug and code; a second load changes nothing.

    Only what the files state is written: nothing is deleted, a fact they leave open never replaces one that a person
    filled in, stored targets are never edited, and a project that has work stages keeps them. A project that joins a
    programme stored before counts in it from `today`, the installation's day (default: today in Beijing). One audit
    record, where anything was written.
    """
    require(actor, "user.write")  # setting up the installation is the administrator's
    facts = catalogue or read_catalogue()
    counts = LoadCounts()
    places = [{"code": place.code, "name": place.name, "parent_code": place.parent} for place in facts.places]
    _upsert(counts, Place, ("code",), places)
    for plan in facts.plans:
        _load_plan(counts, plan, facts.stages, today or beijing_day(now))
    if counts.added or counts.changed:
        record(actor, now, Tag.CATALOGUE_LOADED, "catalogue", changes=_changes(counts))
    db.session.flush()
    return counts


def _changes(counts: LoadCounts) -> dict[str, Any]:
    changes: dict[str, Any] = {f"{table}.added": [0, number] for table, number in counts.added.items()}
    changes |= {f"{table}.changed": [0, number] for table, number in counts.changed.items()}
    return changes | ({"target.kept": [None, counts.kept]} if counts.kept else {})


def _load_plan(counts: LoadCounts, plan: PlanFacts, template: Collection[TemplateStage], today: dt.date) -> None:
    units = [{"name": unit.name, "place_code": unit.place} for unit in plan.units]
    unit_ids = _ids(_upsert(counts, Unit, ("name",), units))
    head = plan.document
    values = {
        "slug": head.slug, "title": head.title, "number": head.number, "issuer": head.issuer, "place_code": head.place,
        "issued_on": head.issued_on, "year": head.year,
    }  # fmt: skip
    document = _ids(_upsert(counts, PlanDocument, ("slug",), [values]))[head.slug]
    clauses = [
        {"document_id": document, "locator": locator, "heading": heading} for locator, heading in plan.clauses.items()
    ]
    clause_ids = {row.locator: row.id for row in _upsert(counts, Clause, ("document_id", "locator"), clauses).values()}
    programmes = [
        {
            "slug": fact.slug,
            "name": fact.name,
            "place_code": fact.place,
            "document_id": document,
            "note": fact.note or None,
        }
        for fact in plan.programmes
    ]
    known = frozenset(
        db.session.scalars(select(Programme.id).where(Programme.slug.in_([fact.slug for fact in plan.programmes])))
    )
    programme_ids = _ids(_upsert(counts, Programme, ("slug",), programmes))
    since = _joined(plan.projects, programme_ids, known, today)
    projects = [
        {
            "slug": fact.slug, "name": fact.name, "category": fact.category, "unit_id": unit_ids.get(fact.unit or ""),
            "place_code": fact.place,
            "programme_id": programme_ids.get(fact.programme or ""), "programme_since": since.get(fact.slug),
            "document_id": document, "note": fact.note or None,
        }
        for fact in plan.projects
    ]  # fmt: skip
    project_ids = _ids(_upsert(counts, Project, ("slug",), projects, first_only=("note",)))
    _add_targets(counts, plan.targets, project_ids, programme_ids, clause_ids)
    _add_events(counts, plan, project_ids)
    _add_stages(counts, project_ids.values(), template)


def _joined(
    facts: Collection[ProjectFact], programmes: Mapping[str, int], known: Collection[int], today: dt.date
) -> dict[str, dt.date]:
    """The day since when those projects belong to their programmes that join one of those `known` before, or another
    than they belonged to, which is kept.

    The projects that a new programme comes with always did: nothing is promised of it before its plan was published
    (S-20).
    """
    stored = {
        row.slug: row
        for row in db.session.scalars(select(Project).where(Project.slug.in_([fact.slug for fact in facts])))
    }
    since: dict[str, dt.date] = {}
    for fact in facts:
        programme, old = programmes.get(fact.programme or ""), stored.get(fact.slug)
        if programme is None or (old.programme_id == programme if old else programme not in known):
            continue
        since[fact.slug] = today
        if old:
            db.session.add(FormerProgramme(project_id=old.id, programme_id=old.programme_id, since=old.programme_since))
    return since


def _ids(rows: Mapping[Key, Any]) -> dict[str, int]:
    return {str(key[0]): row.id for key, row in rows.items()}


def _upsert(
    counts: LoadCounts,
    model: Any,
    key: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
    *,
    first_only: tuple[str, ...] = (),
) -> dict[Key, Any]:
    """Add or amend rows by `key`; None leaves a stored value alone, and `first_only` fields are written to new rows
    only.
    """
    rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
    first = getattr(model, key[0])
    # as short as it reads
    of: Callable[[Any], Key] = lambda row: tuple(getattr(row, name) for name in key)  # noqa: E731
    found = {of(row): row for row in db.session.scalars(select(model).where(first.in_([row[key[0]] for row in rows])))}
    kept: dict[Key, Any] = {}
    for values in rows:
        wanted = tuple(values[name] for name in key)
        row = found.get(wanted)
        if row is None:
            row = model(**values)
            db.session.add(row)
            counts.added[model.__tablename__] += 1
        elif _amend(row, {name: value for name, value in values.items() if name not in first_only}):
            counts.changed[model.__tablename__] += 1
        kept[wanted] = row
    db.session.flush()
    return kept


def _amend(row: Any, values: Mapping[str, Any]) -> bool:
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _add_targets(
    counts: LoadCounts,
    facts: Collection[TargetFact],
    projects: Mapping[str, int],
    programmes: Mapping[str, int],
    clauses: Mapping[str, int],
) -> None:
    stored = {
        target.slug: target
        for target in db.session.scalars(select(Target).where(Target.slug.in_([fact.slug for fact in facts])))
    }
    for fact in facts:
        values = {
            "project_id": projects.get(fact.project or ""), "programme_id": programmes.get(fact.programme or ""),
            "clause_id": clauses[fact.clause],
            "measure": fact.measure, "quantifier": fact.quantifier, "threshold": fact.threshold, "due": fact.due,
            "commitment": fact.commitment,
            "basis": fact.basis, "wording": fact.wording, "note": fact.note,
        }  # fmt: skip
        target = stored.get(fact.slug)
        if target is None:
            db.session.add(Target(slug=fact.slug, position=fact.position, **values))
            counts.added["target"] += 1
        elif any(getattr(target, name) != value for name, value in values.items()):
            counts.kept.append(fact.slug)
    db.session.flush()


def _add_events(counts: LoadCounts, plan: PlanFacts, projects: Mapping[str, int]) -> None:
    stored = {
        (event.project_id, event.happened_on, event.text)
        for event in db.session.scalars(select(Event).where(Event.project_id.in_(projects.values())))
    }
    for fact in plan.events:
        key = (projects[fact.project], fact.happened_on, fact.text)
        if key in stored:
            continue
        db.session.add(Event(
            project_id=key[0], happened_on=fact.happened_on, precision=fact.precision, text=fact.text,
            gate_key=fact.gate, stage_key=fact.stage,
            percent=fact.percent, source=fact.source,
        ))  # fmt: skip
        counts.added["event"] += 1
    db.session.flush()


def _add_stages(counts: LoadCounts, projects: Collection[int], template: Collection[TemplateStage]) -> None:
    """The template's work stages for each project that has none."""
    staged = set(db.session.scalars(select(WorkStage.project_id).where(WorkStage.project_id.in_(projects)).distinct()))
    for project_id in projects:
        if project_id in staged:
            continue
        for position, stage in enumerate(template, 1):
            db.session.add(
                WorkStage(project_id=project_id, key=stage.key, name=stage.zh, position=position, weight=stage.weight)
            )
            counts.added["work_stage"] += 1
    db.session.flush()
