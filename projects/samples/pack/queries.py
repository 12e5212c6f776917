"""Which rows of the database are the pack's, and which rows of others lean on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, func, or_, select

from projects.core.tables import DERIVED
from projects.extensions import Model, db
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import Tag
from projects.people.accounts.tables import Unit
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.tables import FormerProgramme, Programme, Project
from projects.register.promises.tables import Target
from projects.samples.plans.facts import Catalogue
from projects.works.schedule.tables import WorkStage
from projects.works.stops.tables import Event

PACK: tuple[type[Model], ...] = (
    Event,
    WorkStage,
    FormerProgramme,
    Target,
    Project,
    Programme,
    Clause,
    PlanDocument,
    Unit,
)  # fmt: skip - in the order in which they refer to each other
PackRows = Mapping[type[Model], frozenset[int]]


@dataclass(frozen=True)
class Leaning:
    """How many rows of `table` lean on one row of the pack, which is called `subject`."""

    of: type[Model]
    id: int
    subject: str
    table: str
    count: int


def is_there(catalogue: Catalogue) -> bool:
    """Whether a plan of the pack is stored."""
    slugs = [plan.document.slug for plan in catalogue.plans]
    return db.session.scalar(select(PlanDocument.id).where(PlanDocument.slug.in_(slugs)).limit(1)) is not None


def was_loaded() -> bool:
    """Whether the sample was ever loaded, as far as the history reaches."""
    loaded = select(AuditEntry.id).where(AuditEntry.tag == Tag.DEMO_LOADED).limit(1)
    return db.session.scalar(loaded) is not None


def pack_rows(catalogue: Catalogue) -> PackRows:
    """The ids of the rows that the pack brought, by table; eleven statements.

    A work stage that somebody has planned is theirs, as is whatever a plan's files do not name.
    """
    plans = catalogue.plans
    documents = _ids(PlanDocument, PlanDocument.slug.in_([plan.document.slug for plan in plans]))
    projects = _ids(Project, Project.slug.in_([one.slug for plan in plans for one in plan.projects]))
    return {
        PlanDocument: documents,
        Clause: _clauses(catalogue, documents),
        Programme: _ids(Programme, Programme.slug.in_([one.slug for plan in plans for one in plan.programmes])),
        Project: projects,
        Target: _ids(Target, Target.slug.in_([one.slug for plan in plans for one in plan.targets])),
        Event: _events(catalogue, projects),
        WorkStage: _ids(
            WorkStage,
            WorkStage.project_id.in_(projects),
            WorkStage.key.in_([stage.key for stage in catalogue.stages]),
            *(
                column.is_(None)
                for column in (WorkStage.floors_planned, WorkStage.baseline_start, WorkStage.plan_start)
            ),
        ),
        FormerProgramme: _ids(FormerProgramme, FormerProgramme.project_id.in_(projects)),
        Unit: _ids(Unit, Unit.name.in_([one.name for plan in plans for one in plan.units])),
    }


def _ids(model: Any, *where: Any) -> frozenset[int]:
    return frozenset(db.session.scalars(select(model.id).where(*where)))


def _clauses(catalogue: Catalogue, documents: Collection[int]) -> frozenset[int]:
    named = {(plan.document.slug, locator) for plan in catalogue.plans for locator in plan.clauses}
    rows = db.session.execute(
        select(Clause.id, PlanDocument.slug, Clause.locator)
        .join(PlanDocument, PlanDocument.id == Clause.document_id)
        .where(PlanDocument.id.in_(documents))
    )
    return frozenset(row.id for row in rows if (row.slug, row.locator) in named)


def _events(catalogue: Catalogue, projects: Collection[int]) -> frozenset[int]:
    named = {(one.project, one.happened_on, one.text) for plan in catalogue.plans for one in plan.events}
    rows = db.session.execute(
        select(Event.id, Project.slug, Event.happened_on, Event.text)
        .join(Project, Project.id == Event.project_id)
        .where(Project.id.in_(projects))
    )
    return frozenset(row.id for row in rows if (row.slug, row.happened_on, row.text) in named)


def leaning(catalogue: Catalogue, rows: PackRows) -> list[Leaning]:
    """What others have added to the pack's rows: every row of every table that refers to one of them and is none
    itself, and the projects and units that were amended; a statement for each such reference.

    Told by the foreign keys of the schema, so that no table can be forgotten.
    """
    own = {db.metadata.tables[model.__tablename__]: (model, ids) for model, ids in rows.items()}
    found = [*_amended(catalogue), *_described(rows[Unit])]
    for table in db.metadata.sorted_tables:
        if table.name not in DERIVED:
            mine = [table.c.id.not_in(own[table][1])] if table in own else []
            for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
                if pack := own.get(key.column.table):
                    found += _on(*pack, key, mine)
    return found


def _on(of: Any, ids: Collection[int], key: ForeignKey, mine: Sequence[Any]) -> list[Leaning]:
    """The rows that refer to some of the pack by one foreign key."""
    called = next(
        getattr(of, name) for name in ("name", "title", "heading", "wording", "text", "id") if hasattr(of, name)
    )
    column = key.parent
    counted = select(column, func.count()).where(column.in_(ids), *mine).group_by(column)
    counts: dict[int, int] = {row_id: count for row_id, count in db.session.execute(counted)}  # noqa: C416 - typed
    named = select(of.id, called).where(of.id.in_(counts)).order_by(of.id)
    rows = db.session.execute(named)
    return [Leaning(of, row_id, str(subject), column.table.name, counts[row_id]) for row_id, subject in rows]


def _amended(catalogue: Catalogue) -> list[Leaning]:
    """The pack's projects for which somebody has filled in what the plans leave open: code, note or unit."""
    facts = {one.slug: one for plan in catalogue.plans for one in plan.projects}
    stored = select(
        Project.id, Project.slug, Project.name, Project.national_code, Project.note, Unit.name.label("unit")
    )
    rows = db.session.execute(
        stored.outerjoin(Unit, Unit.id == Project.unit_id).where(Project.slug.in_(facts)).order_by(Project.id)
    )
    return [
        Leaning(Project, row.id, row.name, Project.__tablename__, 1)
        for row in rows
        if row.national_code is not None or row.note != facts[row.slug].note or row.unit != facts[row.slug].unit
    ]


def _described(ids: Collection[int]) -> list[Leaning]:
    """The pack's units that somebody has given a short name or a kind."""
    told = or_(Unit.short_name != "", Unit.kind != "other")
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids), told).order_by(Unit.id))
    return [Leaning(Unit, row.id, row.name, Unit.__tablename__, 1) for row in rows]
