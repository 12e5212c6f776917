"""Reads of the pages of reports: the preview, what is due, the board of a month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select

from projects.core.month import add_months, month_of
from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import Tag
from projects.history.record.words import said
from projects.people.accounts.tables import ProjectAssignment, User
from projects.people.requests.queries import RequestRow, pending_of
from projects.portfolio.reports import preview as rules
from projects.portfolio.reports.comparing import Compared, Moved, folded, moved, since_last_round
from projects.register.projects.queries import ended_now
from projects.register.projects.tables import Project, ProjectEnd
from projects.statements import held, rows_of
from projects.verdicts.lights.queries import in_force
from projects.verdicts.status.queries import facts_of, standing_targets, target_facts
from projects.verdicts.status.tables import ProjectStatus
from projects.works.reports.checks import data_day
from projects.works.reports.content import Content, to_entry
from projects.works.reports.lines import (
    BOARD_STATES,
    Board,
    BoardLine,
    DueLine,
    FormData,
    ReportLine,
    Shown,
    due_day,
    owed_months,
)
from projects.works.reports.queries import all_lines, contents, is_newest, newest_of, report_lines
from projects.works.reports.tables import MonthlyReport, ReportStep
from projects.works.reports.workflow import OPEN

PAGE = 100
MEASURING = ("plan", "weights", "sums")  # groups of changes that may move a denominator
MEASURES = (Tag.PLAN_CHANGED, Tag.WEIGHTS_CHANGED, Tag.COMPOSITION_CHANGED)


def preview(data: FormData | Shown, content: Content, as_of: dt.date) -> rules.ReportPreview:
    """What `content`, typed just now or submitted, would do to the project's promises as of a day; stores nothing."""
    laws = in_force(as_of)
    facts, _ = facts_of([data.project.id], as_of, laws.reference)
    targets = [(target_facts(target), target.wording) for target in standing_targets(as_of, [data.project.id])]
    before = data.previous.content if data.previous else None
    data_on = data.report.data_on if isinstance(data, Shown) else data_day(data.month, as_of)
    days = {"month": data.month, "data_on": data_on, "as_of": as_of}
    return rules.preview(
        targets, facts[data.project.id], data.stages, content, before, days, laws.book.of(data.project.programme_id)
    )


@dataclass(frozen=True)
class Review:
    """What a reviewer sees beside a report: its text against earlier ones, and the denominators that were changed since
    the last approved report, or wait to be.
    """

    compared: list[Compared]
    moved: list[Moved]
    pending: list[RequestRow]


def review_of(shown: Shown) -> Review:
    """The same for one version; four statements at most."""
    return Review(_compared(shown), _moved(shown), pending_of(shown.project.id, *MEASURING))


def _compared(shown: Shown) -> list[Compared]:
    """Against the round before it, and the version before it."""
    found = []
    own, report = AuditEntry, shown.report
    filed = select(own.tag, own.changes).where(
        own.object_type == MonthlyReport.__tablename__,
        own.object_id == str(report.id),
        own.tag.in_([Tag.REPORT_SAVED, Tag.REPORT_SUBMITTED]),
    )
    if report.round > 1:
        rows = db.session.execute(filed.order_by(own.id))
        changes = since_last_round((row.tag == Tag.REPORT_SUBMITTED, row.changes) for row in rows)
        if changes is not None:
            title = Text(N_("与第 %(round)s 轮提交的相比"), {"round": report.round - 1})
            found.append(Compared(title, said(changes)))
    former = next((one for one in shown.revisions if one.revision == report.revision - 1), None)
    if former:
        then, now = (to_entry(one, shown.stages) for one in (contents([former.id])[former.id], shown.said))
        title = Text(N_("与第 %(number)s 版相比"), {"number": former.revision})
        found.append(Compared(title, said(folded([{name: [then.get(name), now[name]] for name in now}]))))
    return found


def _moved(shown: Shown) -> list[Moved]:
    """Denominators that were changed since the report before this one was approved, the newest first."""
    own, report = AuditEntry, MonthlyReport
    others = (report.project_id == shown.project.id, report.state == "approved", report.id != shown.report.id)
    since = select(func.max(report.updated_at)).where(*others).scalar_subquery()
    rows = db.session.execute(
        select(own.changes, own.actor_name, own.at)
        .where(own.project_id == shown.project.id, own.tag.in_(MEASURES), own.result == "done", own.at > since)
        .order_by(own.id.desc())
    )
    return [one for row in rows if (one := moved(row.changes, row.actor_name, row.at))]


def report_board(actor: Actor, month: dt.date, state: str = "", page: int = 1) -> Board:
    """Each visible project's state in `month`, one page of them, those that need somebody first; three statements."""
    newest = newest_of(MonthlyReport.month == month)
    shown = _board_state(month)
    tally = _board_joins(select(shown.label("shown"), func.count()), newest, actor, month).group_by("shown")
    counts = dict.fromkeys(BOARD_STATES, 0) | dict(db.session.execute(tally).all())
    total = counts.get(state, 0) if state else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    columns = (
        Project.id.label("project_id"),
        Project.slug,
        Project.name,
        Place.name.label("place"),
        shown.label("state"),
        MonthlyReport.revision,
        MonthlyReport.overall_percent.label("overall"),
        MonthlyReport.updated_at,
        func.coalesce(MonthlyReport.is_sample, False).label("is_sample"),
        func.coalesce(MonthlyReport.taken_from, "").label("taken_from"),
    )
    statement = _board_joins(select(*columns), newest, actor, month)
    if state:
        statement = statement.where(shown == state)
    rank = case({key: place for place, key in enumerate(BOARD_STATES)}, value=shown)
    statement = statement.order_by(rank, Project.place_code, Project.id).limit(PAGE).offset((page - 1) * PAGE)
    found = rows_of(BoardLine, db.session.execute(statement))
    people = _managers([line.project_id for line in found])
    lines = tuple(replace(line, managers=tuple(people[line.project_id])) for line in found)
    return Board(month=month, counts=counts, lines=lines, state=state, page=page, pages=pages)


def my_projects(actor: Actor, business_day: dt.date) -> list[DueLine]:
    """What a manager owes or has filed: own projects, the months due, the newest first to fall due; four statements."""
    own = visible_projects(actor) if actor.role == "manager" else frozenset()
    dropped = select(ProjectEnd.since).where(
        ProjectEnd.project_id == Project.id, ProjectEnd.kind == "dropped", ProjectEnd.until.is_(None)
    )
    ended_on = func.coalesce(dropped.scalar_subquery(), ProjectStatus.actual_finish).label("ended_on")
    statement = select(Project.id, Project.slug, Project.name, Project.is_sample, ended_on)
    projects = db.session.execute(
        statement.outerjoin(ProjectStatus, ProjectStatus.project_id == Project.id).where(
            held(Project.id, own), ~ended_now("archived")
        )
    ).all()
    recent = MonthlyReport.month >= add_months(month_of(business_day), -1)
    newest = newest_of(held(MonthlyReport.project_id, own), recent | MonthlyReport.state.in_(OPEN))
    reports: dict[int, dict[dt.date, ReportLine]] = defaultdict(dict)
    for line in all_lines(report_lines().join(newest, is_newest(newest))):
        reports[line.project_id][line.month] = line
    approved = select(MonthlyReport.project_id, func.max(MonthlyReport.month)).where(
        MonthlyReport.state == "approved", held(MonthlyReport.project_id, own)
    )
    last = dict(db.session.execute(approved.group_by(MonthlyReport.project_id)).all())
    comments = _return_comments(
        [line.id for months in reports.values() for line in months.values() if line.state == "returned"]
    )
    lines = []
    for project in projects:
        filed = reports[project.id]
        for month in owed_months(
            business_day, {month: line.state for month, line in filed.items()}, ended_on=project.ended_on
        ):
            here = filed.get(month)
            lines.append(
                DueLine(
                    slug=project.slug,
                    name=project.name,
                    month=month,
                    due=due_day(month),
                    days_left=(due_day(month) - business_day).days,
                    state=here.state if here else "missing",
                    revision=here.revision if here else None,
                    comment=comments.get(here.id, "") if here else "",
                    last_approved=last.get(project.id),
                    is_sample=here is not None and here.is_sample,
                )
            )
    return sorted(lines, key=lambda one: (not one.is_owed, one.due, one.name))


def _board_state(month: dt.date) -> ColumnElement[str]:
    over = case(
        (ended_now("dropped", month), "ended"), (ProjectStatus.actual_finish < month, "finished"), else_="missing"
    )
    return func.coalesce(MonthlyReport.state, over)


def _board_joins(statement: Any, newest: Subquery, actor: Actor, month: dt.date) -> Any:
    ids = visible_projects(actor)
    statement = (
        statement.select_from(Project)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(newest, newest.c.project_id == Project.id)
        .outerjoin(MonthlyReport, is_newest(newest))
        .outerjoin(ProjectStatus, ProjectStatus.project_id == Project.id)
    )
    put_away = and_(MonthlyReport.id.is_(None), ended_now("archived", month))
    return statement.where(held(Project.id, ids), ~put_away)


def _managers(project_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    statement = select(ProjectAssignment.project_id, User.display_name).join(User, User.id == ProjectAssignment.user_id)
    for project_id, name in db.session.execute(
        statement.where(ProjectAssignment.project_id.in_(project_ids), User.is_active).order_by(User.id)
    ):
        found[project_id].append(name)
    return found


def _return_comments(report_ids: Collection[int]) -> dict[int, str]:
    """The newest comment each report was returned with."""
    statement = select(ReportStep.report_id, ReportStep.comment).where(
        ReportStep.report_id.in_(report_ids), ReportStep.action == "returned"
    )
    return dict(db.session.execute(statement.order_by(ReportStep.id)).all())
