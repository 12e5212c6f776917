"""Reads what a verdict is made from, for one project or all of them, as it was known on a day; and the stored verdicts.

A fixed number of statements whatever the number of projects, most of them built once and kept (docs/performance.md). A
report counts from the day it was approved, with its newest revision up to then.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    and_,
    bindparam,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from projects.extensions import db
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.ends import End
from projects.register.projects.queries import ever_in, memberships, programme_on
from projects.register.projects.tables import Programme, Project, ProjectEnd
from projects.register.promises.tables import ProgrammeTally, Target
from projects.statements import among, given, labelled, rows_of
from projects.verdicts.assess.programme import CountedTally
from projects.verdicts.facts.assembly import PlanPoint, Raw, StoredEvent, StoredReport, assemble, by_project
from projects.verdicts.facts.curve import StagePlan
from projects.verdicts.facts.facts import ProjectFacts, ReportRef, StatusRow, TargetFacts, TargetStatusRow, in_own_unit
from projects.verdicts.forecast.reference import Reference
from projects.verdicts.lights.queries import in_force, light_facts
from projects.verdicts.status import rows as verdicts
from projects.verdicts.status.rows import Assessed, ProjectRef, TargetRef
from projects.works.gates.queries import finding_counts, gates_recorded
from projects.works.reports.queries import approved_by
from projects.works.reports.tables import MonthlyReport, StageProgress
from projects.works.schedule.queries import weight_at
from projects.works.schedule.tables import FormerPlan, Milestone, WorkStage
from projects.works.stops.tables import Event

Ids = Collection[int] | None
UNTIL: Any = bindparam("until")


def _within(column: ColumnElement[int] | Any, ids: Ids) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


def _rows(statement: Executable, ids: Ids = None, **values: object) -> Any:
    """Plain rows, without what the ORM adds to each: a year of 500 projects is 70,000.

    Nothing is flushed here; whoever writes flushes first.
    """
    return db.session.connection().execute(statement, given(ids, **values))


def facts_of(
    ids: Ids, as_of: dt.date, reference: Reference | None = None
) -> tuple[dict[int, ProjectFacts], dict[int, ReportRef]]:
    """What was known of each project on `as_of`, and its newest approved report. Forecasts lean on `reference`."""
    return assemble(stored_facts(ids, as_of), as_of, reference)


def facts_of_one(project_id: int, as_of: dt.date, reference: Reference | None = None) -> ProjectFacts:
    """What was known of a project that there is."""
    raw = stored_facts([project_id], as_of, known=[project_id])
    return assemble(raw, as_of, reference)[0][project_id]


def stored_facts(ids: Ids, until: dt.date, *, known: Sequence[int] | None = None) -> Raw:
    """Everything that facts of some projects, or of all, are made from up to a day; eight statements, seven where their
    ids are `known`.
    """
    reports, progress = _reports(ids, until)
    return Raw(
        [row[0] for row in _rows(_projects(ids is not None), ids)] if known is None else known,
        stage_plans(ids, until),
        plan_points(ids, until),
        reports,
        progress,
        telling_events(ids, until),
        gates_recorded(ids, until),
        ends_of(ids, until),
    )


@cache
def _projects(some: bool) -> Executable:
    return select(Project.id).where(*among(Project.id, some))


def stage_plans(ids: Ids, until: dt.date) -> dict[int, list[StagePlan]]:
    """The work stages of each project as planned, with their weights as of a day."""
    found: dict[int, list[StagePlan]] = defaultdict(list)
    for row in _rows(_stage_plans(ids is not None), ids, until=until):
        plan = StagePlan(key=row.key, weight=row.weight, start=row.plan_start, finish=row.plan_finish)
        found[row.project_id].append(plan)
    return found


@cache
def _stage_plans(some: bool) -> Executable:
    weight = weight_at(UNTIL).label("weight")
    columns = (WorkStage.project_id, WorkStage.key, weight, WorkStage.plan_start, WorkStage.plan_finish)
    return select(*columns).where(*among(WorkStage.project_id, some)).order_by(WorkStage.position)


def plan_points(ids: Ids, until: dt.date) -> dict[int, list[PlanPoint]]:
    """Everything that was ever planned up to a day, by project in the order in which it was entered."""
    points = rows_of(PlanPoint, _rows(_plan_points(ids is not None), ids, until=until))
    return by_project(sorted(points, key=attrgetter("is_present", "row_id")))


@cache
def _plan_points(some: bool) -> Executable:
    own, former = Milestone, FormerPlan

    def columns(table: Any) -> list[Any]:
        return labelled(
            project_id=own.project_id,
            milestone_id=own.id,
            percent=own.percent,
            gate_key=own.gate_key,
            plan_on=table.plan_on,
            since=table.since,
            is_sample=table.is_sample,
            is_present=literal(int(table is own)),
            row_id=table.id,
        )

    past = select(*columns(former)).join(own, own.id == former.milestone_id)
    parts = (select(*columns(own)), own), (past, former)
    return union_all(
        *(
            one.where(or_(table.since.is_(None), table.since <= UNTIL), *among(own.project_id, some))
            for one, table in parts
        )
    )


def telling_events(ids: Ids, until: dt.date) -> dict[int, list[StoredEvent]]:
    """What bears on a verdict, the newest first: a gate passed, a stage's percent, the works stopped or resumed."""
    return by_project(rows_of(StoredEvent, _rows(_telling_events(ids is not None), ids, until=until)))


@cache
def _telling_events(some: bool) -> Executable:
    telling = or_(Event.gate_key.is_not(None), Event.stage_key.is_not(None), Event.effect != "")
    columns = [getattr(Event, name) for name in StoredEvent._fields]
    statement = select(*columns).where(telling, Event.happened_on <= UNTIL, *among(Event.project_id, some))
    return statement.order_by(Event.happened_on.desc(), Event.id.desc())


def ends_of(ids: Ids, until: dt.date) -> dict[int, list[End]]:
    """How projects ended up to a day, and whether they were brought back."""
    found: dict[int, list[End]] = defaultdict(list)
    for project_id, *end in _rows(_ends(ids is not None), ids, until=until):
        found[project_id].append(End(*end))
    return dict(found)


@cache
def _ends(some: bool) -> Executable:
    own = ProjectEnd
    columns = (own.project_id, own.kind, own.since, own.until)
    return select(*columns).where(own.since <= UNTIL, *among(own.project_id, some)).order_by(own.id)


def _reports(ids: Ids, until: dt.date) -> tuple[dict[int, list[StoredReport]], dict[int, dict[str, float]]]:
    """Every approved revision in order of months and revisions, and the stage percents of each."""
    approved, stages = _reports_approved(ids is not None)
    reports = by_project(rows_of(StoredReport, _rows(approved, ids, until=until)))
    progress: dict[int, dict[str, float]] = defaultdict(dict)
    for report_id, key, percent in _rows(stages, ids, until=until):
        progress[report_id][key] = percent
    return reports, progress


@cache
def _reports_approved(some: bool) -> tuple[Executable, Executable]:
    report = MonthlyReport
    known = (approved_by(UNTIL), *among(report.project_id, some))
    columns = [getattr(report, name) for name in StoredReport._fields]
    stages = (
        select(StageProgress.report_id, WorkStage.key, StageProgress.percent)
        .join(WorkStage, WorkStage.id == StageProgress.stage_id)
        .join(report, report.id == StageProgress.report_id)
    )
    return select(*columns).where(*known).order_by(report.project_id, report.month, report.revision), stages.where(
        *known
    )


def target_facts(target: Target) -> TargetFacts:
    """A stored target as the rules take it."""
    threshold = in_own_unit(target.measure, target.quantifier, target.threshold)
    return TargetFacts(target.slug, target.measure, target.quantifier, threshold, target.due, target.commitment)


def standing(as_of: dt.date | Any) -> list[ColumnElement[bool]]:
    """Conditions on Target: promised by a plan that was published by a day (or a parameter), since that day where one
    is named; not moved by a later promise that stood by then, and not ended (S-20, PR-5).

    A day that is not known counts as always.
    """
    newer, clause, plan = aliased(Target), aliased(Clause), aliased(PlanDocument)

    def begun(target: Any) -> ColumnElement[bool]:
        unpublished = (
            select(clause.id)
            .join(plan, plan.id == clause.document_id)
            .where(clause.id == target.clause_id, plan.issued_on > as_of)
            .exists()
        )
        return and_(~unpublished, or_(target.since.is_(None), target.since <= as_of))

    moved = select(newer.id).where(newer.id == Target.superseded_by_id, begun(newer)).exists()
    return [
        begun(Target),
        or_(Target.superseded_by_id.is_(None), ~moved),
        or_(Target.ended_on.is_(None), Target.ended_on > as_of),
    ]


def standing_targets(as_of: dt.date, ids: Ids = None, programme_ids: Ids = None) -> list[Target]:
    """The targets that stood on a day, of some projects and programmes, or of all."""
    if programme_ids is not None:
        values = given(ids or (), until=as_of, programmes=list(programme_ids))
        return list(db.session.scalars(_standing_targets(some=True, with_programmes=True), values))
    return list(
        db.session.scalars(_standing_targets(some=ids is not None, with_programmes=False), given(ids, until=as_of))
    )


@cache
def _standing_targets(*, some: bool, with_programmes: bool) -> Any:
    subjects = among(Target.project_id, some)
    if with_programmes:
        of_programmes = select(Target.id).where(Target.programme_id.in_(bindparam("programmes", expanding=True)))
        subjects = [Target.id.in_(union(select(Target.id).where(*subjects), of_programmes))]
    return select(Target).where(*standing(UNTIL), *subjects).order_by(Target.position, Target.id)


def tallies_of(programme_ids: Ids = None) -> dict[tuple[int, str], list[CountedTally]]:
    """The counts recorded of each programme and measure, in order of days."""
    found: dict[tuple[int, str], list[CountedTally]] = defaultdict(list)
    statement = (
        select(ProgrammeTally)
        .where(*_within(ProgrammeTally.programme_id, programme_ids))
        .order_by(ProgrammeTally.tallied_on)
    )
    for row in db.session.scalars(statement):
        found[row.programme_id, row.measure].append(CountedTally(row.tallied_on, row.reached, row.total, row.is_sample))
    return found


# --- verdicts, computed and stored ------------------------------------------------------------------------------------


def computed(ids: Ids, as_of: dt.date, programmes: Ids = None) -> tuple[list[StatusRow], list[TargetStatusRow]]:
    """The rows of some projects and of their programmes' promises (or of those of exactly the `programmes` named), or
    of all, from the facts themselves.
    """
    return verdicts.rows(known_on(ids, as_of, programmes), as_of)


def known_on(ids: Ids, as_of: dt.date, programmes: Ids = None) -> Assessed:
    """Everything that those rows are made from, with the rules in force."""
    programmes, everyone = _programmes_of(ids, as_of, programmes)
    rules = in_force(as_of)
    refs = rows_of(ProjectRef, _rows(_refs(everyone is not None), everyone, until=as_of))
    facts, newest = assemble(
        stored_facts(everyone, as_of, known=[project.id for project in refs]), as_of, rules.reference
    )
    targets = [
        TargetRef(one.id, one.project_id, one.programme_id, target_facts(one))
        for one in standing_targets(as_of, ids, programmes)
    ]
    return Assessed(
        refs,
        facts,
        newest,
        targets,
        tallies_of(programmes),
        finding_counts(ids, as_of),
        light_facts(ids, as_of),
        rules.book,
        ids,
        memberships(everyone),
    )


def _programmes_of(ids: Ids, as_of: dt.date, named: Ids) -> tuple[Ids, Ids]:
    """The programmes `named`, else those of some projects that have promises of their own; and all the projects whose
    facts these verdicts need.
    """
    if ids is None:
        return None, None
    programmes = named if named is not None else {row for (row,) in _rows(_promising_programmes(), ids, until=as_of)}
    if not programmes:
        return programmes, ids
    return programmes, set(ids) | {row for (row,) in _rows(ever_in(), programmes)}


@cache
def _refs(some: bool) -> Executable:
    programme = programme_on(UNTIL).label("programme_id")
    return select(Project.id, Project.place_code, programme).where(*among(Project.id, some)).order_by(Project.id)


@cache
def _promising_programmes() -> Executable:
    promised = select(Target.id).where(Target.programme_id == Programme.id, *standing(UNTIL)).exists()
    return select(Programme.id).where(
        Programme.id.in_(select(programme_on(UNTIL)).where(*among(Project.id, some=True))), promised
    )
