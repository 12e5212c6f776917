"""Reads what a verdict is made from, for one project or all of them, as it was known on a day; and the stored verdicts.

A fixed number of statements whatever the number of projects. A report counts from the day it was approved, with its newest revision up to then.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Executable, FromClause, MetaData, Table, func, or_, select, union
from sqlalchemy.schema import CreateTable, DropTable

from projects.extensions import db
from projects.gates.queries import finding_counts
from projects.lights.queries import in_force, light_facts
from projects.lights.sets import RuleBook
from projects.models import (
    Event,
    Gate,
    Milestone,
    MonthlyReport,
    ProgrammeTally,
    Project,
    ProjectStatus,
    StageProgress,
    Target,
    TargetStatus,
    WorkStage,
)
from projects.slippage import verdicts
from projects.slippage.curve import StagePlan, plan_curve
from projects.slippage.facts import GateFact, Observation, ProjectFacts, ReportRef, StatusRow, TargetFacts, TargetStatusRow, in_own_unit
from projects.slippage.programme import Tally
from projects.slippage.reference import Reference
from projects.slippage.stops import with_stops
from projects.slippage.verdicts import Known, ProjectRef, TargetRef

Ids = Collection[int] | None


def _within(column: ColumnElement[int] | Any, ids: Ids) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


def _rows(statement: Executable) -> Iterable[Any]:
    """Plain rows, without what the ORM adds to each: a year of 500 projects is 70,000. Nothing is flushed here; whoever writes flushes first."""
    return db.session.connection().execute(statement)


def facts_of(
    ids: Ids, as_of: dt.date, reference: Reference | None = None, *, known: Iterable[int] | None = None
) -> tuple[dict[int, ProjectFacts], dict[int, ReportRef]]:
    """What was known of each project on `as_of`, and its newest approved report; seven statements, six where their ids are `known`.

    Forecasts lean on `reference`.
    """
    stages = _stage_plans(ids)
    dated, ends, gate_plans, plan_samples = _milestones(ids)
    events = _events(ids, as_of)
    gates = _gates(ids, as_of, events)
    observations, newest = _observations(ids, as_of, events)
    stops = _suspensions(events)
    facts = {}
    for project_id in db.session.scalars(select(Project.id).where(*_within(Project.id, ids))) if known is None else known:
        own = tuple(stages[project_id])
        curve = plan_curve(dated[project_id], own, ends[project_id].get(0.0), ends[project_id].get(100.0))
        seen = tuple(sorted(observations[project_id], key=lambda one: one.on))
        made = ProjectFacts(curve, own, seen, gates[project_id], gate_plans[project_id], project_id in plan_samples, reference)
        facts[project_id] = with_stops(made, stops[project_id], as_of) if project_id in stops else made
    return facts, newest


def _events(ids: Ids, as_of: dt.date) -> list[Any]:
    """What happened by a day and bears on a verdict, the newest first: a gate passed, a stage's percent, the works stopped or resumed."""
    own = Event
    columns = (own.project_id, own.happened_on, own.gate_key, own.stage_key, own.percent, own.effect, own.precision, own.is_sample)
    telling = or_(own.gate_key.is_not(None), own.stage_key.is_not(None), own.effect != "")
    statement = select(*columns).where(telling, own.happened_on <= as_of, *_within(own.project_id, ids))
    return list(_rows(statement.order_by(own.happened_on.desc(), own.id)))


def _suspensions(events: Iterable[Any]) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """When the works of each project stood still: from the day they stopped to the day they went on, None while they have not."""
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
    for event in reversed(list(events)):
        spans = found.setdefault(event.project_id, []) if event.effect else []
        if event.effect == "stop" and (not spans or spans[-1][1] is not None):
            spans.append((event.happened_on, None))
        elif event.effect == "resume" and spans and spans[-1][1] is None:
            spans[-1] = (spans[-1][0], event.happened_on)
    return {key: spans for key, spans in found.items() if spans}


def _stage_plans(ids: Ids) -> dict[int, list[StagePlan]]:
    columns = (WorkStage.project_id, WorkStage.key, WorkStage.weight, WorkStage.plan_start, WorkStage.plan_finish)
    found: dict[int, list[StagePlan]] = defaultdict(list)
    for project_id, *rest in _rows(select(*columns).where(*_within(WorkStage.project_id, ids)).order_by(WorkStage.position)):
        found[project_id].append(StagePlan(*rest))
    return found


def _milestones(ids: Ids) -> tuple[Any, Any, Any, set[int]]:
    dated: dict[int, dict[dt.date, float]] = defaultdict(dict)
    ends: dict[int, dict[float, dt.date]] = defaultdict(dict)
    gate_plans: dict[int, dict[str, dt.date]] = defaultdict(dict)
    samples = set()
    columns = (Milestone.project_id, Milestone.percent, Milestone.gate_key, Milestone.plan_on, Milestone.is_sample)
    statement = select(*columns).where(Milestone.plan_on.is_not(None), *_within(Milestone.project_id, ids))
    for project_id, percent, gate_key, plan_on, is_sample in _rows(statement):
        if percent is not None:
            dated[project_id][plan_on] = max(percent, dated[project_id].get(plan_on, 0.0))
            ends[project_id][percent] = plan_on
        if gate_key:
            gate_plans[project_id][gate_key] = plan_on
        if is_sample:
            samples.add(project_id)
    return dated, ends, gate_plans, samples


def _gates(ids: Ids, as_of: dt.date, events: Iterable[Any]) -> dict[int, dict[str, GateFact]]:
    found: dict[int, dict[str, GateFact]] = defaultdict(dict)
    for event in events:
        if event.gate_key:
            found[event.project_id][event.gate_key] = GateFact(event.happened_on, event.precision, event.is_sample)
    recorded = select(Gate.project_id, Gate.key, Gate.passed_on, Gate.is_sample)
    for project_id, key, day, is_sample in _rows(recorded.where(Gate.passed_on <= as_of, *_within(Gate.project_id, ids))):
        found[project_id][key] = GateFact(day, "day", is_sample)  # the register's word stands above a press notice
    return found


def _observations(ids: Ids, as_of: dt.date, events: Iterable[Any]) -> tuple[dict[int, list[Observation]], dict[int, ReportRef]]:
    report = MonthlyReport  # only approved ones are dated; naming their state as well would lead SQLite to the wrong index
    columns = (
        report.id, report.project_id, report.month, report.data_on, report.overall_percent, report.investment_fen, report.is_sample,
        report.in_statistics, report.statistics_reason,
    )  # fmt: skip
    approved = select(*columns).where(report.approved_on <= as_of, *_within(report.project_id, ids))
    latest: dict[tuple[int, dt.date], Any] = {}
    for row in _rows(approved.order_by(report.project_id, report.month, report.revision)):
        latest[row.project_id, row.month] = row
    stages: dict[int, dict[str, float]] = defaultdict(dict)
    progress = (
        select(StageProgress.report_id, WorkStage.key, StageProgress.percent)
        .join(WorkStage, WorkStage.id == StageProgress.stage_id)
        .join(report, report.id == StageProgress.report_id)
        .where(report.approved_on <= as_of, *_within(report.project_id, ids))
    )
    for report_id, key, percent in _rows(progress):
        stages[report_id][key] = percent
    found: dict[int, list[Observation]] = defaultdict(list)
    newest: dict[int, ReportRef] = {}
    for row in latest.values():
        found[row.project_id].append(
            Observation(row.data_on, stages[row.id], row.overall_percent, row.investment_fen, True, row.is_sample, row.in_statistics, row.statistics_reason)
        )
        newest[row.project_id] = ReportRef(row.id, row.month)
    for event in events:
        if event.stage_key:
            found[event.project_id].append(Observation(event.happened_on, {event.stage_key: event.percent}, None, None, False, event.is_sample))
    return found, newest


def target_facts(target: Target) -> TargetFacts:
    """A stored target as the rules take it."""
    threshold = in_own_unit(target.measure, target.quantifier, target.threshold)
    return TargetFacts(target.slug, target.measure, target.quantifier, threshold, target.due, target.commitment)


def standing_targets(ids: Ids = None, programme_ids: Ids = None) -> list[Target]:
    """The targets that stand (not superseded) of some projects and programmes, or of all."""
    subjects = _within(Target.project_id, ids)
    if programme_ids is not None:
        own = union(select(Target.id).where(Target.project_id.in_(ids or ())), select(Target.id).where(Target.programme_id.in_(programme_ids)))
        subjects = [Target.id.in_(own)]
    return list(db.session.scalars(select(Target).where(Target.superseded_by_id.is_(None), *subjects).order_by(Target.position, Target.id)))


def members_of(programme_ids: Ids = None) -> dict[int, list[int]]:
    """The projects of each programme."""
    found: dict[int, list[int]] = defaultdict(list)
    statement = select(Project.programme_id, Project.id).where(Project.programme_id.is_not(None), *_within(Project.programme_id, programme_ids))
    for programme_id, project_id in _rows(statement.order_by(Project.id)):
        found[programme_id].append(project_id)
    return found


def tallies_of(programme_ids: Ids = None) -> dict[tuple[int, str], list[Tally]]:
    """The counts recorded of each programme and measure, in order of days."""
    found: dict[tuple[int, str], list[Tally]] = defaultdict(list)
    statement = select(ProgrammeTally).where(*_within(ProgrammeTally.programme_id, programme_ids)).order_by(ProgrammeTally.tallied_on)
    for row in db.session.scalars(statement):
        found[row.programme_id, row.measure].append(Tally(row.tallied_on, row.reached, row.total, row.is_sample))
    return found


# --- verdicts, computed and stored --------------------------------------------------------------------------------------------------


def computed(ids: Ids, as_of: dt.date, book: RuleBook | None = None) -> tuple[list[StatusRow], list[TargetStatusRow]]:
    """The rows of some projects (and of their programmes' promises), or of all, from the facts themselves; `book` stands in for the rules in force."""
    programmes, everyone = _programmes_of(ids)
    rules = in_force(as_of)
    refs = [
        ProjectRef(*row)
        for row in _rows(select(Project.id, Project.place_code, Project.programme_id).where(*_within(Project.id, everyone)).order_by(Project.id))
    ]
    facts, newest = facts_of(everyone, as_of, rules.reference, known=[project.id for project in refs])
    targets = [TargetRef(one.id, one.project_id, one.programme_id, target_facts(one)) for one in standing_targets(ids, programmes)]
    known = Known(refs, facts, newest, targets, tallies_of(programmes), finding_counts(ids, as_of), light_facts(ids, as_of), book or rules.book, ids)
    return verdicts.rows(known, as_of)


def _programmes_of(ids: Ids) -> tuple[Ids, Ids]:
    """The programmes of some projects that have promises of their own, and all the projects whose facts these verdicts need."""
    if ids is None:
        return None, None
    promised = select(Target.id).where(Target.programme_id == Project.programme_id, Target.superseded_by_id.is_(None)).exists()
    programmes = {row for (row,) in _rows(select(Project.programme_id).where(Project.id.in_(ids), promised))}
    return programmes, set(ids) | set(db.session.scalars(select(Project.id).where(Project.programme_id.in_(programmes))))


def status_tables(as_of: dt.date) -> tuple[FromClause, FromClause]:
    """The tables that hold every verdict as of a day: the stored ones, or temporary ones of this transaction with the same columns, computed now.

    So that one query serves both: today from stored rows, any other day from history.
    """
    session = db.session()
    known: dict[str, Any] = session.info
    if known.get("status") and known["status"][:2] == (session.get_transaction(), as_of):
        return known["status"][2]  # type: ignore[no-any-return]
    stored = select(func.count()).select_from(ProjectStatus).where(ProjectStatus.as_of == as_of).scalar_subquery()
    everyone = select(func.count()).select_from(Project).scalar_subquery()
    if session.scalar(select(stored == everyone)):
        tables = cast("Table", ProjectStatus.__table__), cast("Table", TargetStatus.__table__)
    else:
        tables = _filled(computed(None, as_of))
    known["status"] = (session.get_transaction(), as_of, tables)
    return tables


def _filled(rows: tuple[Sequence[object], Sequence[object]]) -> tuple[Table, Table]:
    connection = db.session.connection()
    tables = _bare_copy(cast("Table", ProjectStatus.__table__)), _bare_copy(cast("Table", TargetStatus.__table__))
    for table, own in zip(tables, rows, strict=True):
        connection.execute(DropTable(table, if_exists=True))
        connection.execute(CreateTable(table))
        if own:
            connection.execute(table.insert(), [vars(row) for row in own])
    return tables


@cache
def _bare_copy(table: Table) -> Table:
    """A temporary table with the same columns and no constraints."""
    columns = [Column(column.name, column.type, primary_key=column.primary_key, autoincrement=False) for column in table.columns]
    return Table(f"{table.name}_then", MetaData(), *columns, prefixes=["TEMPORARY"])


def statuses(ids: Ids, as_of: dt.date) -> dict[int, StatusRow]:
    """Each project's verdict as of a day."""
    table, _ = status_tables(as_of)
    columns = [table.c[name] for name in StatusRow.__dataclass_fields__]
    return {row[0]: StatusRow(*row) for row in _rows(select(*columns).where(*_within(table.c.project_id, ids)))}


def target_statuses(target_ids: Ids, as_of: dt.date) -> dict[int, TargetStatusRow]:
    """Each target's verdict as of a day."""
    _, table = status_tables(as_of)
    columns = [table.c[name] for name in TargetStatusRow.__dataclass_fields__]
    return {row[0]: TargetStatusRow(*row) for row in _rows(select(*columns).where(*_within(table.c.target_id, target_ids)))}
