"""Reads of monthly reports: frozen rows in a fixed number of statements, always within the asker's scope."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, func, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.month import add_months, month_of
from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.people.accounts.tables import ProjectAssignment, User
from projects.portfolio.preview import preview as rules
from projects.portfolio.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.verdicts.lights.queries import in_force
from projects.verdicts.status.queries import facts_of, standing_targets, target_facts
from projects.verdicts.status.tables import ProjectStatus
from projects.works.reports.checks import Neighbour, data_day
from projects.works.reports.content import Content, Stage
from projects.works.reports.lines import (
    BOARD_STATES,
    Board,
    BoardLine,
    DueLine,
    FormData,
    ProjectLine,
    QueueLine,
    ReportLine,
    Shown,
    StepLine,
    due_day,
    owed_months,
)
from projects.works.reports.tables import MonthlyReport, ReportStep, StageProgress
from projects.works.reports.workflow import OPEN
from projects.works.schedule.tables import WorkStage

PAGE = 100
Lines = Select[*tuple[Any, ...]]  # the columns of a ReportLine


def report_form_data(actor: Actor, slug: str, month: dt.date) -> FormData:
    """Everything the form needs; NotFoundError outside the asker's scope; seven statements."""
    project = _project(actor, slug)
    stages = stages_for_report(project.id)
    current = _first(_lines().where(MonthlyReport.project_id == project.id, MonthlyReport.month == month).order_by(MonthlyReport.revision.desc()))
    previous, following = neighbours(project.id, month)
    said = contents([current.id]).get(current.id) if current else None
    return FormData(project, stages, month, current, said, previous, following, steps_of(project.id, month))


def report_to_show(actor: Actor, slug: str, month: dt.date, revision: int) -> Shown:
    """One revision with its surroundings; NotFoundError outside the asker's scope or where there is none."""
    project = _project(actor, slug)
    revisions = tuple(_all(_lines().where(MonthlyReport.project_id == project.id, MonthlyReport.month == month).order_by(MonthlyReport.revision)))
    report = next((one for one in revisions if one.revision == revision), None)
    if report is None:
        raise NotFoundError(N_("没有这份月报, 可能还没有填报"))
    previous, _ = neighbours(project.id, month)
    return Shown(project, stages_for_report(project.id), report, contents([report.id])[report.id], previous, revisions, steps_of(project.id, month))


def report_history(project_id: int) -> list[ReportLine]:
    """Every revision of every month of a project, newest first; one statement."""
    return _all(_history(), {"project": project_id})


def preview(data: FormData | Shown, content: Content, as_of: dt.date) -> rules.Preview:
    """What `content`, typed just now or submitted, would do to the project's promises as of a day; stores nothing."""
    laws = in_force(as_of)
    facts, _ = facts_of([data.project.id], as_of, laws.reference)
    targets = [(target_facts(target), target.wording) for target in standing_targets(as_of, [data.project.id])]
    before = data.previous.content if data.previous else None
    data_on = data.report.data_on if isinstance(data, Shown) else data_day(data.month, as_of)
    days = {"month": data.month, "data_on": data_on, "as_of": as_of}
    return rules.preview(targets, facts[data.project.id], data.stages, content, before, days, laws.book.of(data.project.programme_id))


# --- the month's board, what is due, what waits for review ------------------------------------------------------------------------


def report_board(actor: Actor, month: dt.date, state: str = "", page: int = 1) -> Board:
    """Each visible project's state in `month`, one page of them, those that need somebody first; three statements."""
    newest = _newest_of(MonthlyReport.month == month)
    shown = _board_state(month)
    tally = _board_joins(select(shown.label("shown"), func.count()), newest, actor).group_by("shown")
    counts = dict.fromkeys(BOARD_STATES, 0) | dict(db.session.execute(tally).all())
    total = counts.get(state, 0) if state else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    columns = (Project.id, Project.slug, Project.name, Place.name, shown, MonthlyReport.revision, MonthlyReport.overall_percent, MonthlyReport.updated_at)
    statement = _board_joins(select(*columns, func.coalesce(MonthlyReport.is_sample, False)), newest, actor)
    if state:
        statement = statement.where(shown == state)
    rank = case({key: place for place, key in enumerate(BOARD_STATES)}, value=shown)
    rows = db.session.execute(statement.order_by(rank, Project.place_code, Project.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    people = _managers([row[0] for row in rows])
    return Board(month, counts, tuple(_board_line(row, people) for row in rows), state, page, pages)


def my_projects(actor: Actor, business_day: dt.date) -> list[DueLine]:
    """What a manager owes or has filed: own projects, the months due, the newest first to fall due; four statements."""
    own = visible_projects(actor) if actor.role == "manager" else frozenset()
    statement = select(Project.id, Project.slug, Project.name, Project.is_sample, ProjectStatus.actual_finish)
    projects = db.session.execute(statement.outerjoin(ProjectStatus, ProjectStatus.project_id == Project.id).where(Project.id.in_(own or ()))).all()
    recent = MonthlyReport.month >= add_months(month_of(business_day), -1)
    newest = _newest_of(MonthlyReport.project_id.in_(own or ()), recent | MonthlyReport.state.in_(OPEN))
    reports: dict[int, dict[dt.date, ReportLine]] = defaultdict(dict)
    for line in _all(_joined_newest(_lines(), newest)):
        reports[line.project_id][line.month] = line
    approved = select(MonthlyReport.project_id, func.max(MonthlyReport.month)).where(MonthlyReport.state == "approved", MonthlyReport.project_id.in_(own or ()))
    last = dict(db.session.execute(approved.group_by(MonthlyReport.project_id)).all())
    comments = _return_comments([line.id for months in reports.values() for line in months.values() if line.state == "returned"])
    lines = []
    for project in projects:
        filed = reports[project.id]
        for month in owed_months(business_day, {month: line.state for month, line in filed.items()}, finished_on=project.actual_finish):
            here = filed.get(month)
            state, revision, said = (here.state, here.revision, comments.get(here.id, "")) if here else ("missing", None, "")
            left = (due_day(month) - business_day).days
            sample = here is not None and here.is_sample
            lines.append(DueLine(project.slug, project.name, month, due_day(month), left, state, revision, said, last.get(project.id), sample))
    return sorted(lines, key=lambda one: (not one.is_owed, one.due, one.name))


def review_queue(actor: Actor) -> list[QueueLine]:
    """The submitted reports within scope, those that wait longest first; one statement."""
    ids = visible_projects(actor)
    at = select(func.max(ReportStep.at)).where(ReportStep.report_id == MonthlyReport.id, ReportStep.action == "submitted").scalar_subquery()
    columns = (Project.slug, Project.name, Place.name, MonthlyReport.month, MonthlyReport.revision, MonthlyReport.round, MonthlyReport.overall_percent)
    statement = (
        select(*columns, User.display_name, func.coalesce(at, MonthlyReport.updated_at), MonthlyReport.author_id == actor.id, MonthlyReport.is_sample)
        .join(Project, Project.id == MonthlyReport.project_id)
        .join(Place, Place.code == Project.place_code)
        .join(User, User.id == MonthlyReport.author_id)
        .where(MonthlyReport.state == "submitted", *([] if ids is None else [Project.id.in_(ids)]))
    )
    return [QueueLine(*row) for row in db.session.execute(statement.order_by(at, MonthlyReport.id))]


def _newest_of(*conditions: ColumnElement[bool]) -> Subquery:
    """The newest revision of each project and month among the reports that meet `conditions`."""
    statement = select(MonthlyReport.project_id, MonthlyReport.month, func.max(MonthlyReport.revision).label("revision")).where(*conditions)
    return statement.group_by(MonthlyReport.project_id, MonthlyReport.month).subquery()


def _is_newest(newest: Subquery) -> ColumnElement[bool]:
    same = (MonthlyReport.project_id == newest.c.project_id, MonthlyReport.month == newest.c.month, MonthlyReport.revision == newest.c.revision)
    return and_(*same)


def _joined_newest(statement: Lines, newest: Subquery) -> Lines:
    return statement.join(newest, _is_newest(newest))


def _board_state(month: dt.date) -> ColumnElement[str]:
    over = case((ProjectStatus.actual_finish < month, "finished"), else_="missing")
    return func.coalesce(MonthlyReport.state, over)


def _board_joins(statement: Any, newest: Subquery, actor: Actor) -> Any:
    ids = visible_projects(actor)
    statement = (
        statement.select_from(Project)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(newest, newest.c.project_id == Project.id)
        .outerjoin(MonthlyReport, _is_newest(newest))
        .outerjoin(ProjectStatus, ProjectStatus.project_id == Project.id)
    )
    return statement if ids is None else statement.where(Project.id.in_(ids))


def _board_line(row: Any, people: dict[int, list[str]]) -> BoardLine:
    return replace(BoardLine(*row), managers=tuple(people[row.id]))


def _managers(project_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    statement = select(ProjectAssignment.project_id, User.display_name).join(User, User.id == ProjectAssignment.user_id)
    for project_id, name in db.session.execute(statement.where(ProjectAssignment.project_id.in_(project_ids), User.is_active).order_by(User.id)):
        found[project_id].append(name)
    return found


def _return_comments(report_ids: Collection[int]) -> dict[int, str]:
    """The newest comment each report was returned with."""
    statement = select(ReportStep.report_id, ReportStep.comment).where(ReportStep.report_id.in_(report_ids), ReportStep.action == "returned")
    return dict(db.session.execute(statement.order_by(ReportStep.id)).all())


# --- pieces that operations read as well ----------------------------------------------------------------------------------------


def stages_for_report(project_id: int) -> tuple[Stage, ...]:
    """The project's work stages in order, as a report needs them."""
    columns = (WorkStage.id, WorkStage.key, WorkStage.name, WorkStage.weight, WorkStage.floors_planned)
    statement = select(*columns).where(WorkStage.project_id == project_id).order_by(WorkStage.position, WorkStage.id)
    return tuple(Stage(*row) for row in db.session.execute(statement))


def newest_revision(project_id: int, month: dt.date) -> MonthlyReport | None:
    """The month's newest revision as a row to change, read afresh."""
    statement = select(MonthlyReport).where(MonthlyReport.project_id == project_id, MonthlyReport.month == month)
    return db.session.scalar(statement.order_by(MonthlyReport.revision.desc()).limit(1).execution_options(populate_existing=True))


def neighbours(project_id: int, month: dt.date) -> tuple[Neighbour | None, Neighbour | None]:
    """The approved reports next before and next after `month`, each in its newest approved revision."""
    approved = select(MonthlyReport.id, MonthlyReport.month).where(MonthlyReport.project_id == project_id, MonthlyReport.state == "approved")
    before = approved.where(MonthlyReport.month < month).order_by(MonthlyReport.month.desc(), MonthlyReport.revision.desc()).limit(1)
    after = approved.where(MonthlyReport.month > month).order_by(MonthlyReport.month, MonthlyReport.revision.desc()).limit(1)
    rows = [db.session.execute(before).first(), db.session.execute(after).first()]
    said = contents([row.id for row in rows if row])
    previous, following = (Neighbour(row.month, said[row.id]) if row else None for row in rows)
    return previous, following


def contents(report_ids: Collection[int]) -> dict[int, Content]:
    """What reports say, by id; one statement, none for no report."""
    if not report_ids:
        return {}
    own = MonthlyReport
    texts = (
        own.investment_fen, own.narrative, own.problems, own.next_plan, own.decrease_reason, own.in_statistics, own.statistics_reason,
    )  # fmt: skip
    statement = (
        select(MonthlyReport.id, *texts, WorkStage.key, StageProgress.percent, StageProgress.floors_done)
        .outerjoin(StageProgress, StageProgress.report_id == MonthlyReport.id)
        .outerjoin(WorkStage, WorkStage.id == StageProgress.stage_id)
        .where(MonthlyReport.id.in_(report_ids))
    )
    percents: dict[int, dict[str, float]] = defaultdict(dict)
    floors: dict[int, dict[str, int]] = defaultdict(dict)
    heads: dict[int, list[Any]] = {}
    for report_id, *head, key, percent, done in db.session.execute(statement):
        heads[report_id] = head
        if key is not None:
            percents[report_id][key] = percent
        if done is not None:
            floors[report_id][key] = done
    return {report_id: Content(percents[report_id], floors[report_id], *head) for report_id, head in heads.items()}


def steps_of(project_id: int, month: dt.date) -> tuple[StepLine, ...]:
    """The steps of all revisions of a month, oldest first."""
    columns = (MonthlyReport.revision, ReportStep.round, ReportStep.action, User.display_name, User.id, ReportStep.at, ReportStep.comment)
    statement = select(*columns).join(MonthlyReport, MonthlyReport.id == ReportStep.report_id).join(User, User.id == ReportStep.actor_id)
    statement = statement.where(MonthlyReport.project_id == project_id, MonthlyReport.month == month)
    return tuple(StepLine(*row) for row in db.session.execute(statement.order_by(ReportStep.id)))


def _project(actor: Actor, slug: str) -> ProjectLine:
    row = project_by_slug(actor, slug)
    return ProjectLine(row.id, row.slug, row.name, row.place.name, row.is_sample, row.programme_id)


def _lines() -> Lines:
    own, author = MonthlyReport, aliased(User)
    return select(
        own.id, own.project_id, own.month, own.revision, own.state, own.round, own.version, own.overall_percent, own.investment_fen,
        author.display_name, own.author_id, own.data_on, own.approved_on, own.updated_at, own.correction_reason, own.is_sample,
    ).join(author, author.id == own.author_id)  # fmt: skip


@cache
def _history() -> Lines:
    return _lines().where(MonthlyReport.project_id == bindparam("project")).order_by(MonthlyReport.month.desc(), MonthlyReport.revision.desc())


def _all(statement: Lines, values: dict[str, Any] | None = None) -> list[ReportLine]:
    return [ReportLine(*row) for row in db.session.execute(statement, values)]


def _first(statement: Lines) -> ReportLine | None:
    row = db.session.execute(statement.limit(1)).first()
    return ReportLine(*row) if row else None
