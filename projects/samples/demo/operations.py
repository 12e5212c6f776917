"""Loading and clearing the samples (示例): people, plans, reports, gates and money, every row marked `is_sample`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, or_, select

from projects.core.errors import ConflictError
from projects.core.month import BEIJING, beijing_day
from projects.core.permissions import Actor, require
from projects.core.tables import Setting
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.contracts.tables import Contract, WorkValue
from projects.money.documents.tables import FundingDocument
from projects.money.findings.tables import FindingStep
from projects.money.imports.tables import ImportBatch
from projects.money.ladder.tables import CompositionRevision, FundingComposition
from projects.money.ledger.tables import LedgerEntry
from projects.money.matching.tables import Alias, MatchDecision
from projects.money.receipts.tables import FundingPeriod, TreasuryReceipt
from projects.people.accounts.tables import ProjectAssignment, User
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import ProgrammeTally
from projects.samples.demo import approvals, samples
from projects.samples.demo.samples import SampleReport
from projects.samples.demo.scenarios import DEMO_SETTING, GATES_ONLY, MANAGED, SCENARIOS, STATUS_DATE, TALLIES
from projects.samples.money.operations import load_money
from projects.samples.people.operations import Credentials, add_people, clear_people
from projects.samples.rules.operations import clear_rules, load_rules
from projects.verdicts.status.operations import rebuild
from projects.works.files.tables import Attachment
from projects.works.gates.tables import Gate
from projects.works.reports.tables import MonthlyReport, ReportStep, StageProgress
from projects.works.schedule.extract import stage_template
from projects.works.schedule.tables import FormerPlan, Milestone, WorkStage
from projects.works.stops.tables import Event

# in the order in which they refer to each other; what takes a sample back, or draws on one, is a sample itself
MONEY: tuple[Any, ...] = (
    Alias, FindingStep, LedgerEntry, MatchDecision, TreasuryReceipt, WorkValue, Contract, CompositionRevision,
    FundingComposition, FundingDocument, FundingPeriod,
    ImportBatch,
)  # fmt: skip
STEP_HOURS = {"submitted": 9, "returned": 15, "approved": 16}


def load_samples(actor: Actor, now: dt.datetime) -> Credentials | None:
    """Add the samples to the loaded catalogue and set the demo's status date; None, and no change, where they are
    loaded already.

    A project that anybody has entered something for gets no samples. ConflictError before the catalogue is loaded.
    """
    require(actor, "user.write")
    if db.session.get(Setting, DEMO_SETTING) is not None:
        return None
    slugs = [one.slug for one in SCENARIOS] + list(GATES_ONLY)
    projects = {
        row.slug: row.id for row in db.session.execute(select(Project.slug, Project.id).where(Project.slug.in_(slugs)))
    }
    if len(projects) < len(slugs):
        raise ConflictError(N_("五个规划文件的目录还没有载入, 请先运行 projects init"))
    db.session.add(Setting(key=DEMO_SETTING, value=STATUS_DATE.isoformat()))
    people, credentials = add_people(now)
    db.session.add_all(ProjectAssignment(project_id=projects[slug], user_id=people["manager"].id) for slug in MANAGED)
    touched = _touched(projects.values())
    free = {slug: key for slug, key in projects.items() if key not in touched}
    stages = _stages(free)
    _plans(free, stages)
    written = _reports(free, stages, people)
    _gates(free, written, now)
    load_money(free, written, people, now, STATUS_DATE)
    _tallies()
    load_rules(free, [one.slug for one in SCENARIOS if not one.prep], people, now)
    record(
        actor,
        now,
        Tag.DEMO_LOADED,
        "demo",
        changes={
            "status_date": [None, STATUS_DATE.isoformat()],
            "projects": [0, len(free)],
            "reports": [0, len(written)],
        },
    )
    rebuild(actor, now, STATUS_DATE)
    db.session.flush()
    return credentials


def _touched(projects: Any) -> set[int]:
    """The projects that anybody has entered a plan, report, gate or sum for."""
    keys = {stage.key for stage in stage_template()}
    planned = or_(
        WorkStage.floors_planned.is_not(None),
        WorkStage.baseline_start.is_not(None),
        WorkStage.plan_start.is_not(None),
        WorkStage.key.not_in(keys),
    )
    tables = (MonthlyReport, Milestone, Gate, FundingComposition, LedgerEntry)
    found = {
        key
        for table in tables
        for key in db.session.scalars(select(table.project_id).where(table.project_id.in_(projects)).distinct())
    }
    found |= set(
        db.session.scalars(select(WorkStage.project_id).where(planned, WorkStage.project_id.in_(projects)).distinct())
    )
    counted = db.session.scalars(select(WorkStage.project_id).where(WorkStage.project_id.in_(projects)))
    return found | {key for key, number in Counter(counted).items() if number != len(keys)}


def _stages(projects: Mapping[str, int]) -> dict[tuple[int, str], WorkStage]:
    found = db.session.scalars(select(WorkStage).where(WorkStage.project_id.in_(projects.values())))
    return {(stage.project_id, stage.key): stage for stage in found}


def _plans(projects: Mapping[str, int], stages: Mapping[tuple[int, str], WorkStage]) -> None:
    weights = {stage.key: stage.weight for stage in stage_template()}
    position: Counter[str] = Counter()
    for point in samples.milestones(weights):
        if point.project in projects:
            position[point.project] += 1
            db.session.add(Milestone(
                project_id=projects[point.project], name=point.name, position=position[point.project],
                percent=point.percent, gate_key=point.gate,
                baseline_on=point.baseline_on, plan_on=point.plan_on, source="示例计划", is_sample=True,
            ))  # fmt: skip
    for plan in samples.stage_plans():
        if plan.project in projects:
            stage = stages[projects[plan.project], plan.key]
            stage.is_sample = True
            stage.weight = stage.weight if plan.weight is None else plan.weight
            stage.floors_planned, stage.basis = plan.floors, "floors" if plan.floors else stage.basis
            stage.baseline_start, stage.baseline_finish = plan.baseline or (None, None)
            stage.plan_start, stage.plan_finish = plan.plan or (None, None)


def _reports(
    projects: Mapping[str, int], stages: Mapping[tuple[int, str], WorkStage], people: Mapping[str, User]
) -> list[SampleReport]:
    """The reports that found their place; the sample manager wrote them, the sample dispatcher reviewed them."""
    weights = {stage.key: stage.weight for stage in stage_template()}
    written = [report for report in samples.reports(weights) if report.project in projects]
    rows = [
        MonthlyReport(
            project_id=projects[one.project], month=one.month, state=one.state,
            round=one.steps[-1].round if one.steps else 1, overall_percent=one.overall,
            investment_fen=one.investment_fen, narrative=one.narrative, problems=one.problems, next_plan=one.next_plan,
            author_id=people["manager"].id,
            data_on=one.data_on, approved_on=one.approved_on, is_sample=True,
            updated_at=_at(one.steps[-1].on, one.steps[-1].action) if one.steps else _at(one.data_on, "submitted"),
        )
        for one in written
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    progress: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for row, one in zip(rows, written, strict=True):
        for key, percent in one.percents.items():
            floors = one.floors_done if key == "structure" else None
            progress.append(
                {
                    "report_id": row.id,
                    "stage_id": stages[row.project_id, key].id,
                    "percent": percent,
                    "floors_done": floors,
                }
            )
        for step in one.steps:
            by = people["manager" if step.action == "submitted" else "dispatcher"].id
            at = _at(step.on, step.action)
            steps.append(
                {
                    "report_id": row.id,
                    "round": step.round,
                    "action": step.action,
                    "actor_id": by,
                    "at": at,
                    "comment": step.comment,
                }
            )
    _insert(StageProgress, progress)
    _insert(ReportStep, steps)
    return written


def _at(day: dt.date, action: str) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, STEP_HOURS[action], tzinfo=BEIJING)


def _insert(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), list(rows))


def _gates(projects: Mapping[str, int], written: Sequence[SampleReport], now: dt.datetime) -> None:
    db.session.add_all(
        Gate(
            project_id=projects[gate.project], key=gate.key, passed_on=gate.passed_on,
            document_number=gate.document_number, body=gate.body, note=gate.note,
            recorded_at=now, is_sample=True,
        )
        for gate in approvals.gates(written)
        if gate.project in projects
    )  # fmt: skip
    db.session.flush()


def _tallies() -> None:
    counted = set(db.session.scalars(select(ProgrammeTally.programme_id)))
    programmes = {
        row.slug: row.id for row in db.session.execute(select(Programme.slug, Programme.id)) if row.id not in counted
    }
    rows = [
        {
            "programme_id": programmes[slug],
            "measure": measure,
            "tallied_on": day,
            "reached": reached,
            "source": "示例统计",
            "is_sample": True,
        }
        for slug, measure, day, reached in TALLIES
        if slug in programmes
    ]
    _insert(ProgrammeTally, rows)


# --- clearing ---------------------------------------------------------------------------------------------------------


def clear_samples(actor: Actor, now: dt.datetime) -> Counter[str]:
    """Remove every sample row and the demo's status date; returns how many rows went, by table. Real rows entered on
    top stay.

    A work stage loses its sample plan but not itself, so real reports on it stay whole. What reverses or draws on
    sample money is a sample and goes too. Sample people to whom real rows or the audit history refer are switched off,
    the others deleted.
    """
    require(actor, "user.write")
    removed: Counter[str] = Counter()
    removed["attachment"] = _clear_files()
    for model in (MonthlyReport, FormerPlan, Milestone, Gate, Event, ProgrammeTally):
        removed[model.__tablename__] = _delete(model, model.is_sample)
    removed.update({table.__tablename__: _delete(table, table.is_sample) for table in MONEY})
    removed += clear_rules()
    removed["work_stage"] = _reset_stages()
    removed["setting"] = _delete(Setting, Setting.key == DEMO_SETTING)
    removed += Counter()
    if removed:
        record(actor, now, Tag.DEMO_CLEARED, "demo", changes={table: [number, 0] for table, number in removed.items()})
    db.session.flush()
    removed["user"] = clear_people()
    if +removed:
        rebuild(actor, now, beijing_day(now))
        db.session.flush()
    return +removed


def _clear_files() -> int:
    """Forget the files of sample reports and gates; their bytes are swept by `projects sweep-files`."""
    reports, gates = select(MonthlyReport.id).where(MonthlyReport.is_sample), select(Gate.id).where(Gate.is_sample)
    return _delete(Attachment, Attachment.report_id.in_(reports) | Attachment.gate_id.in_(gates))


def _delete(model: Any, *where: Any) -> int:
    result = cast("CursorResult[Any]", db.session.execute(delete(model).where(*where)))
    return int(result.rowcount)


def _reset_stages() -> int:
    """Give work stages that carry a sample plan back to the template."""
    template = {stage.key: stage for stage in stage_template()}
    stages = list(db.session.scalars(select(WorkStage).where(WorkStage.is_sample)))
    for stage in stages:
        stage.weight = template[stage.key].weight if stage.key in template else stage.weight
        stage.floors_planned, stage.basis, stage.is_sample = None, "judgement", False
        stage.baseline_start = stage.baseline_finish = stage.plan_start = stage.plan_finish = None
    db.session.flush()
    return len(stages)
