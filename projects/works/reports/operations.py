"""Writes on monthly reports. Each locks its project first, so that two people's steps come one after the other,
whatever the database.

Every door (form, sheet, command) hands in what was `Sent`: an entry, a mapping of field names to texts as in
reports/content.py, and the version seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.permissions import Actor, require
from projects.core.text import N_
from projects.core.touched import touched
from projects.database import inserted
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import Tag
from projects.people.accounts.tables import User
from projects.register.projects.operations import hold_project, hold_projects
from projects.register.projects.tables import Project
from projects.works.reports import queries
from projects.works.reports.checks import check, check_comment, data_day
from projects.works.reports.content import TEXT_FIELDS, Content, ReportedStage, Sent, overall_percent, to_entry
from projects.works.reports.tables import MonthlyReport, ReportStep, StageProgress
from projects.works.reports.workflow import STEPS, is_open, next_round, next_state, require_other_eyes


@dataclass(frozen=True)
class TakenMonth:
    """A past month of a project as another record tells it: percent of the whole, cumulative investment, words, and the
    file that it stands in.
    """

    project_id: int
    month: dt.date
    percent: float
    investment_fen: int | None
    narrative: str
    taken_from: str


FILED = {"save": Tag.REPORT_SAVED, "submit": Tag.REPORT_SUBMITTED}
_CHANGED = N_("您打开之后, 这份月报已被他人改动或处理; 您的内容没有保存, 但都还在, 请对照后再提交")


def save_draft(acting: Acting, project_id: int, month: dt.date, sent: Sent) -> MonthlyReport:
    """Store the entry without submitting it; InvalidError, ConflictError as `_file` says."""
    return _file("save", acting.actor, acting.now, acting.day, project_id, month, sent)


def submit(acting: Acting, project_id: int, month: dt.date, sent: Sent) -> MonthlyReport:
    """Store the entry and hand it in for review; InvalidError, ConflictError as `_file` says."""
    return _file("submit", acting.actor, acting.now, acting.day, project_id, month, sent)


def approve(acting: Acting, report_id: int, version: int, comment: str = "") -> MonthlyReport:
    """Approve what was submitted: from now on it counts, and the project's verdicts are renewed in the same
    transaction.
    """
    said, wrong = check_comment("comment", N_("审核意见"), comment)
    report = _reviewed("approve", acting.actor, report_id, version, said)
    if report.state == "approved":
        return report
    require_other_eyes(acting.actor.id, _submitters(report))
    if wrong:
        raise InvalidError(wrong)
    _recheck(report, acting.day)
    _take_step(report, "approve", acting.actor, acting.now, said, {"approved_on": acting.day})
    touched([report.project_id], acting.day)
    return report


def return_report(acting: Acting, report_id: int, version: int, comment: str) -> MonthlyReport:
    """Give what was submitted back to be mended; a comment is needed (R-9)."""
    said, wrong = check_comment("comment", N_("退回意见"), comment, missing=N_("请写明退回的原因, 填报人据此修改"))
    report = _reviewed("return", acting.actor, report_id, version, said)
    if report.state == "returned":
        return report
    if wrong:
        raise InvalidError(wrong)
    _take_step(report, "return", acting.actor, acting.now, said, {})
    return report


def start_correction(acting: Acting, report_id: int, reason: str) -> MonthlyReport:
    """Open the next revision of an approved report, a copy to be changed; the approved one stays in force until the new
    one is approved.
    """
    said, wrong = check_comment("reason", N_("更正原因"), reason, missing=N_("请写明为什么要更正已通过的月报"))
    old = _locked_report(acting.actor, "correct", report_id)
    newest = queries.newest_revision(old.project_id, old.month)
    if (
        newest
        and newest.revision == old.revision + 1
        and (newest.author_id, newest.correction_reason, newest.state) == (acting.actor.id, said, "draft")
    ):
        return newest
    if newest is None or newest.id != old.id:
        raise ConflictError(N_("这份月报已有更新的版次, 请在最新版次上更正"))
    next_state(old.state, "correct")
    if wrong:
        raise InvalidError(wrong)
    stages = queries.stages_for_report(old.project_id)
    content = queries.contents([old.id])[old.id]
    report = MonthlyReport(
        project_id=old.project_id, month=old.month, revision=old.revision + 1, correction_reason=said
    )
    _write(report, "draft", acting.actor, acting.now, data_day(old.month, acting.day), content, stages)
    changes = {"revision": [old.revision, report.revision], "correction_reason": ["", said]}
    record(acting.actor, acting.now, Tag.REPORT_CORRECTED, report, project_id=old.project_id, changes=changes)
    return report


def take_over_months(acting: Acting, months: Sequence[TakenMonth], author_id: int | None) -> int:
    """Keep past months of other records as approved reports, marked with the file they come from; how many. Whoever
    `author_id` brought them (None: a command), another approves them, else ForbiddenError; months that have a report
    already keep it.
    """
    require_other_eyes(acting.actor.id, [author_id] if author_id else [])
    ids = {one.project_id for one in months}
    for project_id in sorted(ids):
        require(acting.actor, "report.review", project_id)
    hold_projects(ids)
    own = MonthlyReport
    there = {tuple(row) for row in db.session.execute(select(own.project_id, own.month).where(own.project_id.in_(ids)))}
    rows = [
        {
            "project_id": one.project_id,
            "month": one.month,
            "revision": 1,
            "round": 1,
            "state": "approved",
            "overall_percent": one.percent,
            "investment_fen": one.investment_fen,
            "narrative": one.narrative,
            "author_id": author_id or _person(acting.actor),
            "data_on": data_day(one.month, acting.day),
            "approved_on": acting.day,
            "taken_from": one.taken_from[:200],
            "updated_at": acting.now,
            "version": 1,
        }
        for one in months
        if (one.project_id, one.month) not in there
    ]
    made = inserted(MonthlyReport, rows)
    whole = {"round": 1, "action": "approved", "actor_id": acting.actor.id, "at": acting.now}
    inserted(ReportStep, [whole | {"report_id": key} for key in made])
    touched(sorted(ids), acting.day)
    return len(made)


# --- filing -----------------------------------------------------------------------------------------------------------


def _file(
    action: str, actor: Actor, now: dt.datetime, business_day: dt.date, project_id: int, month: dt.date, sent: Sent
) -> MonthlyReport:
    """Save or submit. InvalidError names the fields; ConflictError where `version` is not the stored one or the step is
    not open.

    The same entry sent twice by the same person is stored once: the second call returns what the first one stored.
    """
    require(actor, STEPS[action].permission, project_id)
    hold_project(project_id)
    stages = queries.stages_for_report(project_id)
    report = queries.newest_revision(project_id, month)
    content, wrong = check(sent.entry, stages, month, business_day, *queries.neighbours(project_id, month))
    old = queries.contents([report.id])[report.id] if report else Content()
    if _is_stale(report, sent.version) or not is_open(report.state if report else None, action):
        if report and content == old and _is_repeated(report, action, actor, sent.key):
            return report
        raise ConflictError(_CHANGED)
    if wrong:
        raise InvalidError(wrong)
    before = report.state if report else None
    report = report or MonthlyReport(project_id=project_id, month=month, revision=1, round=1)
    report.round = next_round(before, action, report.round)
    _write(report, next_state(before, action), actor, now, data_day(month, business_day), content, stages)
    if action == "submit":
        db.session.add(
            ReportStep(report_id=report.id, round=report.round, action="submitted", actor_id=actor.id, at=now)
        )
    changes = _changes(to_entry(old, stages), to_entry(content, stages)) | _changes(
        {"state": before}, {"state": report.state}
    )
    record(
        actor,
        now,
        FILED[action],
        report,
        project_id=project_id,
        changes=changes | _changes({}, {"form": sent.key or None}),
    )
    return report


def _is_stale(report: MonthlyReport | None, version: int) -> bool:
    return (report.version if report else 0) != version


def _is_repeated(report: MonthlyReport, action: str, actor: Actor, key: str) -> bool:
    """Whether the newest record of this report tells of this very form, sent by this person for this step."""
    about = (
        AuditEntry.project_id == report.project_id,
        AuditEntry.object_type == report.__tablename__,
        AuditEntry.object_id == str(report.id),
    )
    last = db.session.scalar(select(AuditEntry).where(*about).order_by(AuditEntry.id.desc()).limit(1))
    told = (last.tag, last.actor_id, last.changes.get("form")) if last else None
    return bool(key) and told == (FILED[action], actor.id, [None, key])


def _write(
    report: MonthlyReport,
    state: str,
    actor: Actor,
    now: dt.datetime,
    data_on: dt.date,
    content: Content,
    stages: Sequence[ReportedStage],
) -> None:
    """Put `content` into `report` and its stage rows; its version rises even where nothing but a stage changed."""
    report.state = state
    report.overall_percent = overall_percent(stages, content.percents)
    report.investment_fen = content.investment_fen
    report.in_statistics = content.in_statistics
    for name in TEXT_FIELDS:
        setattr(report, name, getattr(content, name))
    report.author_id = _person(actor)
    report.data_on = data_on
    report.updated_at = now
    report.is_sample = _is_sample(actor, report.project_id)
    flag_modified(report, "updated_at")
    db.session.add(report)
    db.session.flush()
    rows = {
        row.stage_id: row
        for row in db.session.scalars(select(StageProgress).where(StageProgress.report_id == report.id))
    }
    for stage in stages:
        if stage.key in content.percents:
            row = rows.get(stage.id) or StageProgress(report_id=report.id, stage_id=stage.id)
            row.percent, row.floors_done = content.percents[stage.key], content.floors.get(stage.key)
            db.session.add(row)
    db.session.flush()


def _person(actor: Actor) -> int:
    if actor.id is None:
        raise ForbiddenError(N_("月报要由具体的人填报, 请用自己的账号登录"))
    return actor.id


def _is_sample(actor: Actor, project_id: int) -> bool:
    """What a sample person files, or anybody on a sample project, is a sample."""
    with db.session.no_autoflush:
        user, project = db.session.get(User, actor.id), db.session.get(Project, project_id)
    return bool((user and user.is_sample) or (project and project.is_sample))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [old.get(name), new.get(name)] for name in {**old, **new} if old.get(name) != new.get(name)}


# --- review -----------------------------------------------------------------------------------------------------------


def _locked_report(actor: Actor, action: str, report_id: int) -> MonthlyReport:
    project_id = db.session.scalar(select(MonthlyReport.project_id).where(MonthlyReport.id == report_id))
    if project_id is None:
        raise NotFoundError(N_("没有这份月报, 可能还没有填报"))
    require(actor, STEPS[action].permission, project_id)
    hold_project(project_id)
    return db.session.get_one(MonthlyReport, report_id, populate_existing=True)


def _reviewed(action: str, actor: Actor, report_id: int, version: int, comment: str) -> MonthlyReport:
    """The report to review; one in the state `action` leads to only where this very step was taken before (a second
    click).
    """
    report = _locked_report(actor, action, report_id)
    if is_open(report.state, action) and report.version == version:
        return report
    newest = select(ReportStep).where(ReportStep.report_id == report.id).order_by(ReportStep.id.desc()).limit(1)
    last = db.session.scalar(newest)
    if last and report.state == STEPS[action].leads_to and (last.actor_id, last.comment) == (actor.id, comment):
        return report
    next_state(report.state, action)
    raise ConflictError(N_("您打开之后, 这份月报又有改动, 请先看最新内容再审核"))


def _submitters(report: MonthlyReport) -> set[int]:
    mine = (ReportStep.report_id == report.id, ReportStep.round == report.round, ReportStep.action == "submitted")
    return {report.author_id, *db.session.scalars(select(ReportStep.actor_id).where(*mine))}


def _recheck(report: MonthlyReport, business_day: dt.date) -> None:
    """The rules once more: a neighbouring month may have been approved since the report was submitted."""
    stages = queries.stages_for_report(report.project_id)
    content = queries.contents([report.id])[report.id]
    near = queries.neighbours(report.project_id, report.month)
    now, wrong = check(to_entry(content, stages), stages, report.month, business_day, *near)
    if not wrong and (now.percents, overall_percent(stages, now.percents)) != (
        content.percents,
        report.overall_percent,
    ):
        raise ConflictError(N_("提交之后计划层数或阶段权重改过, 现在不能通过: 请退回, 由填报人按新的数重新提交"))
    if wrong:
        problem = next(iter(wrong.values()))
        raise ConflictError(
            N_("提交之后相邻月份的数据变了, 现在不能通过, 请退回由填报人修改: %(problem)s"), problem=problem
        )


def _take_step(
    report: MonthlyReport, action: str, actor: Actor, now: dt.datetime, comment: str, values: Mapping[str, Any]
) -> None:
    before = report.state
    report.state = next_state(before, action)
    for name, value in values.items():
        setattr(report, name, value)
    report.updated_at = now
    flag_modified(report, "updated_at")
    db.session.add(
        ReportStep(
            report_id=report.id, round=report.round, action=report.state, actor_id=actor.id, at=now, comment=comment
        )
    )
    db.session.flush()
    changes = {"state": [before, report.state], "comment": ["", comment]}
    tag = Tag.REPORT_APPROVED if action == "approve" else Tag.REPORT_RETURNED
    record(actor, now, tag, report, project_id=report.project_id, changes=changes)
