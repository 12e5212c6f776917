"""Reads of monthly reports: frozen rows in a fixed number of statements, always within the asker's scope."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.people.accounts.tables import User
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.statements import held, labelled, rows_of
from projects.works.reports.checks import Neighbour
from projects.works.reports.content import Content, ReportedStage
from projects.works.reports.lines import (
    FormData,
    ProjectLine,
    QueueLine,
    ReportLine,
    Shown,
    StepLine,
)
from projects.works.reports.tables import MonthlyReport, ReportStep, StageProgress
from projects.works.schedule.tables import WorkStage

_TEXTS = tuple(one.name for one in fields(Content) if one.name not in {"percents", "floors"})
Lines = Select[*tuple[Any, ...]]  # the columns of a ReportLine


def report_form_data(actor: Actor, slug: str, month: dt.date) -> FormData:
    """Everything the form needs; NotFoundError outside the asker's scope; seven statements."""
    project = _project(actor, slug)
    stages = stages_for_report(project.id)
    current = _first(
        report_lines()
        .where(MonthlyReport.project_id == project.id, MonthlyReport.month == month)
        .order_by(MonthlyReport.revision.desc())
    )
    previous, following = neighbours(project.id, month)
    said = contents([current.id]).get(current.id) if current else None
    return FormData(
        project=project,
        stages=stages,
        month=month,
        current=current,
        said=said,
        previous=previous,
        following=following,
        steps=steps_of(project.id, month),
    )


def report_to_show(actor: Actor, slug: str, month: dt.date, revision: int) -> Shown:
    """One revision with its surroundings; NotFoundError outside the asker's scope or where there is none."""
    project = _project(actor, slug)
    revisions = tuple(
        all_lines(
            report_lines()
            .where(MonthlyReport.project_id == project.id, MonthlyReport.month == month)
            .order_by(MonthlyReport.revision)
        )
    )
    report = next((one for one in revisions if one.revision == revision), None)
    if report is None:
        raise NotFoundError(N_("没有这份月报, 可能还没有填报"))
    previous, _ = neighbours(project.id, month)
    return Shown(
        project=project,
        stages=stages_for_report(project.id),
        report=report,
        said=contents([report.id])[report.id],
        previous=previous,
        revisions=revisions,
        steps=steps_of(project.id, month),
    )


def report_history(project_id: int) -> list[ReportLine]:
    """Every revision of every month of a project, newest first; one statement."""
    return all_lines(_history(), {"project": project_id})


# --- the month's board, what is due, what waits for review ------------------------------------------------------------


def review_queue(actor: Actor) -> list[QueueLine]:
    """The submitted reports within scope, those that wait longest first; one statement."""
    ids = visible_projects(actor)
    at = (
        select(func.max(ReportStep.at))
        .where(ReportStep.report_id == MonthlyReport.id, ReportStep.action == "submitted")
        .scalar_subquery()
    )
    columns = labelled(
        slug=Project.slug,
        name=Project.name,
        place=Place.name,
        month=MonthlyReport.month,
        revision=MonthlyReport.revision,
        round=MonthlyReport.round,
        overall=MonthlyReport.overall_percent,
        submitter=User.display_name,
        submitted_at=func.coalesce(at, MonthlyReport.updated_at),
        is_own=MonthlyReport.author_id == actor.id,
        is_sample=MonthlyReport.is_sample,
    )
    statement = (
        select(*columns)
        .join(Project, Project.id == MonthlyReport.project_id)
        .join(Place, Place.code == Project.place_code)
        .join(User, User.id == MonthlyReport.author_id)
        .where(MonthlyReport.state == "submitted", held(Project.id, ids))
    )
    return rows_of(QueueLine, db.session.execute(statement.order_by(at, MonthlyReport.id)))


def filers(project_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Who ever handed in a report of some projects, whatever became of it; past months that a ledger brought were
    handed in by nobody. One statement.
    """
    statement = (
        select(MonthlyReport.project_id, ReportStep.actor_id)
        .join(ReportStep, ReportStep.report_id == MonthlyReport.id)
        .where(MonthlyReport.project_id.in_(project_ids), ReportStep.action == "submitted")
        .distinct()
    )
    found: dict[int, frozenset[int]] = {}
    for project_id, actor_id in db.session.execute(statement):
        found[project_id] = found.get(project_id, frozenset()) | {actor_id}
    return found


def approved_by(as_of: dt.date | Any, report: type[MonthlyReport] = MonthlyReport) -> ColumnElement[bool]:
    """Over reports: approved by a day (or a parameter), from which they count (S-20).

    Only approved ones are dated; naming their state as well would lead SQLite to the wrong index.
    """
    return report.approved_on <= as_of


def standing_on(as_of: dt.date) -> ColumnElement[bool]:
    """Over MonthlyReport: approved by a day, and no later revision of its month was by then."""
    newer = aliased(MonthlyReport)
    replaced = (
        select(newer.id)
        .where(
            newer.project_id == MonthlyReport.project_id,
            newer.month == MonthlyReport.month,
            newer.revision > MonthlyReport.revision,
        )
        .where(newer.state == "approved", approved_by(as_of, newer))
    )
    return and_(MonthlyReport.state == "approved", approved_by(as_of), ~replaced.exists())


def reported_percent(as_of: dt.date) -> ScalarSelect[float]:
    """Over Project: the whole's percent in its newest report that was approved by a day, in its newest revision; NULL
    where there is none.
    """
    own = MonthlyReport
    known = select(own.overall_percent).where(own.project_id == Project.id, approved_by(as_of))
    return known.order_by(own.month.desc(), own.revision.desc()).limit(1).correlate(Project).scalar_subquery()


def newest_of(*conditions: ColumnElement[bool]) -> Subquery:
    """The newest revision of each project and month among the reports that meet `conditions`."""
    statement = select(
        MonthlyReport.project_id, MonthlyReport.month, func.max(MonthlyReport.revision).label("revision")
    ).where(*conditions)
    return statement.group_by(MonthlyReport.project_id, MonthlyReport.month).subquery()


def is_newest(newest: Subquery) -> ColumnElement[bool]:
    """Over MonthlyReport: it is that revision."""
    same = (
        MonthlyReport.project_id == newest.c.project_id,
        MonthlyReport.month == newest.c.month,
        MonthlyReport.revision == newest.c.revision,
    )
    return and_(*same)


# --- pieces that operations read as well ------------------------------------------------------------------------------


def stages_for_report(project_id: int) -> tuple[ReportedStage, ...]:
    """The project's work stages in order, as a report needs them."""
    own = WorkStage
    columns = labelled(id=own.id, key=own.key, name=own.name, weight=own.weight, floors=own.floors_planned)
    statement = select(*columns).where(own.project_id == project_id).order_by(own.position, own.id)
    return tuple(rows_of(ReportedStage, db.session.execute(statement)))


def newest_revision(project_id: int, month: dt.date) -> MonthlyReport | None:
    """The month's newest revision as a row to change, read afresh."""
    statement = select(MonthlyReport).where(MonthlyReport.project_id == project_id, MonthlyReport.month == month)
    return db.session.scalar(
        statement.order_by(MonthlyReport.revision.desc()).limit(1).execution_options(populate_existing=True)
    )


def neighbours(project_id: int, month: dt.date) -> tuple[Neighbour | None, Neighbour | None]:
    """The approved reports next before and next after `month`, each in its newest approved revision."""
    approved = select(MonthlyReport.id, MonthlyReport.month).where(
        MonthlyReport.project_id == project_id, MonthlyReport.state == "approved"
    )
    before = (
        approved.where(MonthlyReport.month < month)
        .order_by(MonthlyReport.month.desc(), MonthlyReport.revision.desc())
        .limit(1)
    )
    after = (
        approved.where(MonthlyReport.month > month)
        .order_by(MonthlyReport.month, MonthlyReport.revision.desc())
        .limit(1)
    )
    rows = [db.session.execute(before).first(), db.session.execute(after).first()]
    said = contents([row.id for row in rows if row])
    previous, following = (Neighbour(row.month, said[row.id]) if row else None for row in rows)
    return previous, following


def contents(report_ids: Collection[int]) -> dict[int, Content]:
    """What reports say, by id; one statement, none for no report."""
    if not report_ids:
        return {}
    own = MonthlyReport
    texts = [getattr(own, name) for name in _TEXTS]
    statement = (
        select(own.id.label("report_id"), *texts, WorkStage.key, StageProgress.percent, StageProgress.floors_done)
        .outerjoin(StageProgress, StageProgress.report_id == own.id)
        .outerjoin(WorkStage, WorkStage.id == StageProgress.stage_id)
        .where(own.id.in_(report_ids))
    )
    percents: dict[int, dict[str, float]] = defaultdict(dict)
    floors: dict[int, dict[str, int]] = defaultdict(dict)
    heads: dict[int, dict[str, Any]] = {}
    for row in db.session.execute(statement).mappings():
        key, report_id = row["key"], row["report_id"]
        heads[report_id] = {name: row[name] for name in _TEXTS}
        if key is not None:
            percents[report_id][key] = row["percent"]
        if row["floors_done"] is not None:
            floors[report_id][key] = row["floors_done"]
    return {key: Content(percents=percents[key], floors=floors[key], **head) for key, head in heads.items()}


def steps_of(project_id: int, month: dt.date) -> tuple[StepLine, ...]:
    """The steps of all revisions of a month, oldest first."""
    columns = labelled(
        revision=MonthlyReport.revision,
        round=ReportStep.round,
        action=ReportStep.action,
        who=User.display_name,
        actor_id=User.id,
        at=ReportStep.at,
        comment=ReportStep.comment,
    )
    statement = (
        select(*columns)
        .join(MonthlyReport, MonthlyReport.id == ReportStep.report_id)
        .join(User, User.id == ReportStep.actor_id)
    )
    statement = statement.where(MonthlyReport.project_id == project_id, MonthlyReport.month == month)
    return tuple(rows_of(StepLine, db.session.execute(statement.order_by(ReportStep.id))))


def _project(actor: Actor, slug: str) -> ProjectLine:
    row = project_by_slug(actor, slug)
    return ProjectLine(
        id=row.id,
        slug=row.slug,
        name=row.name,
        place=row.place.name,
        is_sample=row.is_sample,
        programme_id=row.programme_id,
    )


def report_lines() -> Lines:
    """The columns of a ReportLine over every revision."""
    own, author = MonthlyReport, aliased(User)
    columns = labelled(
        id=own.id,
        project_id=own.project_id,
        month=own.month,
        revision=own.revision,
        state=own.state,
        round=own.round,
        version=own.version,
        overall=own.overall_percent,
        investment_fen=own.investment_fen,
        author=author.display_name,
        author_id=own.author_id,
        data_on=own.data_on,
        approved_on=own.approved_on,
        updated_at=own.updated_at,
        correction_reason=own.correction_reason,
        is_sample=own.is_sample,
        taken_from=own.taken_from,
    )
    return select(*columns).join(author, author.id == own.author_id)


@cache
def _history() -> Lines:
    return (
        report_lines()
        .where(MonthlyReport.project_id == bindparam("project"))
        .order_by(MonthlyReport.month.desc(), MonthlyReport.revision.desc())
    )


def all_lines(statement: Lines, values: dict[str, Any] | None = None) -> list[ReportLine]:
    """The reports that a statement over `report_lines` finds."""
    return rows_of(ReportLine, db.session.execute(statement, values))


def _first(statement: Lines) -> ReportLine | None:
    return next(iter(all_lines(statement.limit(1))), None)
