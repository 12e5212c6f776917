"""Reads what a chart is drawn from: named tuples of plain columns, in a fixed number of statements whatever the number
of projects.

Actual days of stages and milestones are not stored: they follow from the approved reports and recorded events, as known
on the chart's day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, FromClause, Select, and_, case, func, select

from projects.core.errors import NotFoundError
from projects.core.month import month_end
from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.extensions import db
from projects.money.findings.queries import with_money_finding
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Portfolio, Promise
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import Target
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions
from projects.statements import labelled
from projects.verdicts.days.queries import status_tables
from projects.verdicts.facts.milestones import attained, ends_of, fulfilled
from projects.verdicts.facts.works import DONE, is_done
from projects.works.gates.queries import gate_days
from projects.works.reports.queries import approved_by, standing_on
from projects.works.reports.tables import MonthlyReport, StageProgress
from projects.works.schedule.queries import baseline_at
from projects.works.schedule.queries import planned as plan_on
from projects.works.schedule.tables import Milestone as StoredMilestone
from projects.works.schedule.tables import WorkStage
from projects.works.stops.tables import Event

SHOWN = 2_000  # projects of a drawn file; more are asked to be narrowed
UNGROUPED = {
    "programme": N_("未列入项目群"),
    "place": N_("未注明地区"),
    "plan": N_("未列入规划文件"),
    "none": N_("全部项目"),
}
TITLE = Text(N_("各项目的计划与实际"))
Ids = list[int] | Select[int] | None  # None for all
Parts = dict[int, list[Any]]


def portfolio_chart(
    actor: Actor, chosen: PortfolioFilter, group: str, as_of: dt.date, *, most: int | None, skip: int = 0
) -> Portfolio:
    """The projects that `actor` may see and `chosen` leaves, worst first within each `group` (a key of UNGROUPED);
    `most` of them (None for all) after the first `skip`.
    """
    status, target_status = status_tables(as_of)
    wanted = [*conditions(actor, chosen, status, as_of), *with_money_finding(chosen, as_of)]
    rows = _projects(status, wanted, most, skip)
    within = select(Project.id).join(status, status.c.project_id == Project.id).where(*wanted)
    total = skip + len(rows)
    if most is not None and (len(rows) > most or (skip and not rows)):
        rows, total = rows[:most], db.session.scalar(select(func.count()).select_from(within.subquery())) or 0
    everything = visible_projects(actor) is None and not chosen.is_narrow
    ids = [row.id for row in rows] if total > len(rows) or total <= SHOWN else within
    items = _items(rows, None if everything and total == len(rows) else ids, target_status, as_of)
    groups = _grouped(rows, items, group)
    if group == "programme" and visible_projects(actor) is None:
        groups = _with_promises(groups, target_status)
    return Portfolio(as_of, tuple(groups), TITLE, total)


def project_chart(actor: Actor, slug: str, as_of: dt.date) -> Portfolio:
    """One project; NotFoundError outside the asker's scope."""
    ids = db.session.scalars(select(Project.id).where(Project.slug == slug)).all()
    status, target_status = status_tables(as_of, ids)
    any_of_them = PortfolioFilter(archived="all")
    rows = _projects(status, [Project.slug == slug, *conditions(actor, any_of_them, status, as_of)], 1)
    if not rows:
        raise NotFoundError(N_("没有这个项目, 或不在您的权限范围内"))
    items = _items(rows, [rows[0].id], target_status, as_of)
    title = Text(N_("%(name)s: 计划与实际"), {"name": rows[0].name})
    return Portfolio(as_of, (ChartGroup(slug, rows[0].place, tuple(items)),), title, 1)


def _rows(statement: Executable) -> Sequence[Any]:
    """The plain rows of a statement, without what the ORM adds per row: a chart reads ten thousand."""
    return db.session.connection().execute(statement).all()


def _projects(
    status: FromClause, wanted: Sequence[ColumnElement[bool]], most: int | None, skip: int = 0
) -> Sequence[Any]:
    """The projects wanted, worst first, after the first `skip`; one more than `most`, where there are more."""
    s = status.c
    columns = (
        Project.id, Project.slug, Project.name, Project.is_sample, Place.code.label("place_code"),
        Place.name.label("place"),
        Programme.id.label("programme_id"), Programme.name.label("programme"), PlanDocument.id.label("plan_id"),
        PlanDocument.title.label("plan"), PlanDocument.issued_on,
        s.state, s.works_state, s.works_days, s.data_state, s.data_on,
        s.slip_days, s.percent, s.plan_start, s.plan_finish, s.actual_start, s.actual_finish,
        s.forecast_finish,
        s.forecast_p10, s.forecast_p90, s.probability, s.report_id, s.report_month, s.rests_on_sample,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(status, s.project_id == Project.id)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == s.programme_id)
        .outerjoin(PlanDocument, PlanDocument.id == Project.document_id)
        .where(*wanted)
        .order_by(s.severity, s.lag_days.desc().nulls_last(), s.plan_finish.asc().nulls_last(), Project.id)
    )
    return _rows(statement.limit(None if most is None else most + 1).offset(skip or None))


def _items(rows: Sequence[Any], ids: Ids, target_status: FromClause, as_of: dt.date) -> list[ChartItem]:
    first = _first_reports(ids, as_of)
    stages = _stages(rows, ids, first, as_of)
    milestones = _milestones(rows, ids, first, as_of)
    promises = _promises(Target.project_id, ids, target_status)
    return [_item(row, stages[row.id], milestones[row.id], promises[row.id], as_of) for row in rows]


def _item(
    row: Any,
    stages: Sequence[ChartStage],
    milestones: Sequence[ChartMilestone],
    promises: Sequence[Promise],
    as_of: dt.date,
) -> ChartItem:
    later = row.issued_on is not None and row.issued_on > as_of and row.data_state == "none"
    baseline_start, baseline_finish = _ends(stages)
    return ChartItem(
        slug=row.slug,
        label=row.name,
        sublabel=row.place,
        state=row.state,
        slip_days=row.slip_days,
        percent=row.percent,
        plan_start=row.plan_start,
        plan_finish=row.plan_finish,
        baseline_start=baseline_start,
        baseline_finish=baseline_finish,
        actual_start=row.actual_start,
        actual_finish=row.actual_finish,
        forecast_finish=row.forecast_finish,
        stages=tuple(stages),
        milestones=tuple(milestones),
        promises=tuple(promises),
        is_sample=row.rests_on_sample or row.is_sample,
        forecast_p10=row.forecast_p10,
        forecast_p90=row.forecast_p90,
        probability=row.probability,
        works_state=row.works_state,
        works_days=row.works_days,
        data_state=row.data_state,
        data_on=row.data_on,
        unpublished=row.issued_on if later else None,
    )


def _ends(stages: Sequence[ChartStage]) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day of the stages' baselines, where these differ from their plans."""
    if all(stage[1:3] == stage[3:5] for stage in stages):
        return None, None
    starts = [stage.baseline_start for stage in stages if stage.baseline_start]
    finishes = [stage.baseline_finish for stage in stages if stage.baseline_finish]
    return min(starts, default=None), max(finishes, default=None)


def _grouped(rows: Sequence[Any], items: Sequence[ChartItem], group: str) -> list[ChartGroup]:
    if group == "none":
        return [ChartGroup("", Text(UNGROUPED["none"]), tuple(items))] if items else []
    found: dict[Any, list[ChartItem]] = defaultdict(list)
    titles: dict[Any, str | Text] = {}
    for row, item in zip(rows, items, strict=True):
        key = getattr(row, "place_code" if group == "place" else f"{group}_id")
        titles[key] = getattr(row, group) if key is not None else Text(UNGROUPED[group])
        found[key].append(item)
    order = sorted(found, key=lambda key: (key is None, key))
    return [ChartGroup("" if key is None else str(key), titles[key], tuple(found[key])) for key in order]


def _with_promises(groups: Iterable[ChartGroup], target_status: FromClause) -> list[ChartGroup]:
    """Programmes with their own promises (a count or share of their projects)."""
    listed = list(groups)
    promises = _promises(Target.programme_id, [int(one.key) for one in listed if one.key], target_status)
    return [
        ChartGroup(one.key, one.title, one.items, tuple(promises[int(one.key)]) if one.key else ()) for one in listed
    ]


def _within(column: Any, ids: Ids) -> list[ColumnElement[bool]]:
    return [column.is_not(None)] if ids is None else [column.in_(ids)]


# --- stages -----------------------------------------------------------------------------------------------------------


def _stages(rows: Sequence[Any], ids: Ids, first: Mapping[int, dt.date], as_of: dt.date) -> Parts:
    w = WorkStage
    columns = (w.id, w.project_id, w.key, w.name, w.plan_start, w.plan_finish, w.baseline_start, w.baseline_finish)
    reached = _reached(ids, as_of)
    percents = _percents([row.report_id for row in rows if row.report_id])
    reported = {row.id: month_end(row.report_month) for row in rows if row.report_month}
    events = _stage_events(ids, as_of)
    found: Parts = defaultdict(list)
    statement = select(*columns).where(*_within(w.project_id, ids)).order_by(w.project_id, w.position, w.id)
    for stage_id, project_id, key, name, plan_start, plan_finish, baseline_start, baseline_finish in _rows(statement):
        start, finish = reached.get(stage_id, (None, None))
        if finish is not None and finish == first[project_id]:
            start = finish = None  # done before anybody reported: when, no report can say
        percent = percents.get(stage_id)
        for on, value in events.get((project_id, key), ()):
            start = min(start or on, on) if value > 0 and not is_done(value) else start
            finish = min(finish or on, on) if is_done(value) else finish
            if percent is None or on > reported.get(project_id, dt.date.min):
                percent = value
        done = finish if is_done(percent) else None
        found[project_id].append(
            ChartStage(
                name=name,
                plan_start=plan_start,
                plan_finish=plan_finish,
                baseline_start=baseline_start,
                baseline_finish=baseline_finish,
                actual_start=start,
                actual_finish=done,
                percent=percent,
            )
        )
    return found


def _reached(ids: Ids, as_of: dt.date) -> dict[int, tuple[dt.date | None, dt.date | None]]:
    """Each stage's first month with progress, and the day of the first report that had it done."""
    report = (
        select(MonthlyReport.id, MonthlyReport.month, MonthlyReport.data_on)
        .where(standing_on(as_of), *_within(MonthlyReport.project_id, ids))
        .subquery()
    )
    done = func.min(case((StageProgress.percent >= DONE, report.c.data_on)))
    statement = (
        select(StageProgress.stage_id, func.min(report.c.month), done)
        .join(report, report.c.id == StageProgress.report_id)
        .where(StageProgress.percent > 0)
        .group_by(StageProgress.stage_id)
    )
    return {stage_id: (start, finish) for stage_id, start, finish in _rows(statement)}


def _first_reports(ids: Ids, as_of: dt.date) -> dict[int, dt.date]:
    """The day of each project's first approved report: what it found done was done on an unknown day before."""
    report = MonthlyReport
    statement = select(report.project_id, func.min(report.data_on)).where(
        report.state == "approved", approved_by(as_of)
    )
    rows = _rows(statement.where(*_within(report.project_id, ids)).group_by(report.project_id))
    return {key: value for key, value in rows}  # noqa: C416 - rows are no plain pairs to mypy


def _percents(report_ids: Sequence[int]) -> dict[int, float]:
    statement = select(StageProgress.stage_id, StageProgress.percent).where(StageProgress.report_id.in_(report_ids))
    return {key: value for key, value in _rows(statement)}  # noqa: C416 - rows are no plain pairs to mypy


def _stage_events(ids: Ids, as_of: dt.date) -> dict[tuple[int, str], list[tuple[dt.date, float]]]:
    statement = select(Event.project_id, Event.stage_key, Event.happened_on, Event.percent).where(
        Event.stage_key.is_not(None), Event.happened_on <= as_of
    )
    found: dict[tuple[int, str], list[tuple[dt.date, float]]] = defaultdict(list)
    for project_id, key, on, percent in _rows(
        statement.where(*_within(Event.project_id, ids)).order_by(Event.happened_on)
    ):
        found[project_id, key or ""].append((on, percent or 0.0))
    return found


# --- milestones -------------------------------------------------------------------------------------------------------


def _milestones(rows: Sequence[Any], ids: Ids, first: Mapping[int, dt.date], as_of: dt.date) -> Parts:
    """A milestone is reached on its recorded day, else its gate's, else when reports first came to its percent (0 and
    100: the project's own ends).
    """
    m = StoredMilestone
    within = _within(m.project_id, ids)
    planned = plan_on(as_of, *within)
    columns = (m.id, m.project_id, m.name, m.percent, m.gate_key, baseline_at(as_of), planned.c.plan_on, m.actual_on)
    gates, crossed = gate_days(ids if isinstance(ids, list) else None, as_of), _crossed(ids, as_of)
    ends = {row.id: ends_of(row.actual_start, row.actual_finish) for row in rows}
    found: Parts = defaultdict(list)
    statement = select(*columns).join(planned, planned.c.milestone_id == m.id).where(*within)
    statement = statement.order_by(m.project_id, m.position, m.id)
    for milestone_id, project_id, name, percent, gate_key, baseline, plan, actual in _rows(statement):
        there = fulfilled(percent, gates.get((project_id, gate_key)), ends.get(project_id, {}))
        done, day = attained(actual, there, crossed.get(milestone_id), first.get(project_id), as_of)
        found[project_id].append(
            ChartMilestone(name, plan=plan, actual=day, baseline=baseline, gate=bool(gate_key), done=done)
        )
    return found


def _crossed(ids: Ids, as_of: dt.date) -> dict[int, dt.date]:
    """The day of the first report whose overall percent came to a milestone's, for milestones between start
    and finish.
    """
    m, report = StoredMilestone, MonthlyReport
    statement = (
        select(m.id, func.min(report.data_on))
        .join(report, and_(report.project_id == m.project_id, report.overall_percent >= m.percent))
        .where(m.percent > 0, m.percent < 100, m.actual_on.is_(None), standing_on(as_of), *_within(m.project_id, ids))
        .group_by(m.id)
    )
    return {key: value for key, value in _rows(statement)}  # noqa: C416 - rows are no plain pairs to mypy


# --- promises ---------------------------------------------------------------------------------------------------------


def _promises(subject: Any, ids: Ids, target_status: FromClause) -> Parts:
    """The standing promises by project (or programme, as `subject` says), each with its verdict and clause."""
    s = target_status.c
    columns = labelled(
        slug=Target.slug,
        label=Target.wording,
        due=Target.due,
        state=s.state,
        slip_days=s.slip_days,
        met_on=s.met_on,
        forecast_on=s.forecast_on,
        forecast_p10=s.forecast_p10,
        forecast_p90=s.forecast_p90,
        probability=s.probability,
    )
    source = (subject, PlanDocument.number, PlanDocument.title, Clause.locator)
    statement = (
        select(*source, *columns)
        .join(target_status, s.target_id == Target.id)
        .outerjoin(Clause, Clause.id == Target.clause_id)
        .outerjoin(PlanDocument, PlanDocument.id == Clause.document_id)
        .where(*_within(subject, ids))
        .order_by(subject, Target.position, Target.id)
    )
    found: Parts = defaultdict(list)
    names = [column.name for column in columns]
    for key, number, title, locator, *values in _rows(statement):
        clause = " ".join(part for part in (number or title, locator) if part)
        found[key].append(Promise(**dict(zip(names, values, strict=True)), clause=clause))
    return found
