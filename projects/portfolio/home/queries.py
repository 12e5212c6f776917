"""What the dashboard and the project page show, gathered from the features in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from projects.core.gazetteer.queries import HOME
from projects.core.permissions import Actor, may, visible_projects
from projects.core.settings.queries import DEMO_DATE, setting
from projects.core.tables import Setting
from projects.core.text import Text
from projects.core.vocabulary import KEPT, LIGHT_OF
from projects.extensions import db
from projects.history.record.queries import HistoryRow, history_of
from projects.money.ladder.queries import money_of
from projects.money.ladder.sheet import ProjectMoney
from projects.people.accounts.tables import Unit, User
from projects.pictures.curves.facts import CurveFigure
from projects.pictures.curves.progress import flags_of, s_curve
from projects.portfolio.ends.queries import Ended, project_ends
from projects.portfolio.home.first_steps import FirstStep, Standing, first_steps
from projects.portfolio.money.queries import Dashboard, dashboard
from projects.portfolio.projects import queries as catalogue
from projects.portfolio.projects.rows import PortfolioRow, TargetRow, Totals
from projects.portfolio.promises import queries as promising
from projects.portfolio.reports.queries import my_projects
from projects.register.cards.queries import card_of, lacking, managers_of
from projects.register.documents.tables import PlanDocument
from projects.register.projects.queries import ended_by, project_by_slug
from projects.register.projects.tables import Project
from projects.register.selection.filtering import PortfolioFilter
from projects.statements import held
from projects.verdicts.days.queries import status_tables, statuses
from projects.verdicts.facts.facts import ProjectFacts, StatusRow
from projects.verdicts.facts.milestones import attained, ends_of, first_at, fulfilled
from projects.verdicts.facts.works import overall_in
from projects.verdicts.lights.queries import in_force
from projects.verdicts.status.queries import facts_of_one
from projects.works.files.lists import FileLine
from projects.works.files.queries import project_files
from projects.works.gates.queries import gate_list
from projects.works.gates.sheet import GateRow
from projects.works.reports.lines import DueLine, QueueLine, ReportLine, known_on
from projects.works.reports.queries import report_history, review_queue
from projects.works.reports.tables import StageProgress
from projects.works.schedule.queries import milestones_on
from projects.works.schedule.tables import Milestone, WorkStage
from projects.works.stops.queries import events_of
from projects.works.stops.tables import Event

PRESSING = frozenset({"behind", "stopped", "not_begun"})
MISSED = frozenset(state for state, light in LIGHT_OF.items() if light == "red")
SHOWN, SHOWN_MORE = 15, 10  # promises in each list


@dataclass(frozen=True)
class StageRow:
    """A work stage with its newest reported percent and, where counted, floors."""

    stage: WorkStage
    percent: float | None
    floors_done: int | None


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone with the day it was planned for, and the day it was reached, where that is known."""

    milestone: Milestone
    plan_on: dt.date | None
    baseline_on: dt.date | None
    is_done: bool
    actual_on: dt.date | None
    is_sample: bool

    @property
    def slip_days(self) -> int | None:
        """Actual against the baseline, which a later change of the plan doesn't move; positive is late (S-26)."""
        baseline = self.baseline_on or self.plan_on
        return (self.actual_on - baseline).days if baseline and self.actual_on else None

    @property
    def plan_slip_days(self) -> int | None:
        """Actual against the current plan."""
        return (self.actual_on - self.plan_on).days if self.plan_on and self.actual_on else None


@dataclass(frozen=True)
class ProjectPage:
    """One project with everything about it, as of a day."""

    project: Project
    status: StatusRow | None
    targets: Sequence[TargetRow]
    conflicts: Mapping[int, Sequence[tuple[TargetRow, Text]]]
    stages: Sequence[StageRow]
    milestones: Sequence[MilestoneRow]
    events: Sequence[Event]
    curve: CurveFigure
    gates: Sequence[GateRow]
    funding: ProjectMoney
    reports: Sequence[ReportLine]
    history: Sequence[HistoryRow]
    card: dict[str, Any]
    managers: list[str]
    files: Sequence[FileLine]
    ends: Sequence[Ended]


@dataclass(frozen=True)
class HomePage:
    """Totals, the promises that need attention, and how many projects lack a manager or a unit."""

    totals: Totals
    worst: Sequence[PortfolioRow]
    kept: Mapping[str, int]
    missed: Sequence[TargetRow]
    missed_count: int
    unknown: Sequence[TargetRow]
    at_risk: Sequence[TargetRow]
    conflict_count: int
    red_lights: int
    due: Sequence[DueLine]
    queue: Sequence[QueueLine]
    money: Dashboard | None
    lacking: Mapping[str, int]


def home(actor: Actor, as_of: dt.date, business_day: dt.date) -> HomePage | None:
    """The dashboard; None for a role without business rights."""
    if not may(actor, "portfolio.read"):
        return None
    worst, totals = catalogue.portfolio(actor, PortfolioFilter(per_page=25), as_of)
    counts = promising.counted(actor, as_of)
    due = [line for line in my_projects(actor, business_day) if line.is_owed] if actor.role == "manager" else []
    queue = review_queue(actor) if may(actor, "report.review") else []
    money = dashboard(actor, as_of) if actor.role == "finance" else None
    shared = promising.promises(actor, as_of, promising.Wanted(shared=True))
    pairs = sum(map(len, promising.conflicting(shared).values())) // 2
    return HomePage(
        totals=totals,
        worst=[row for row in worst if row.works_state in PRESSING or LIGHT_OF[row.state] == "red"],
        kept=_kept(counts),
        missed=promising.promises(actor, as_of, promising.Wanted(states=MISSED, most=SHOWN)),
        missed_count=sum(one.count for one in counts if one.state in MISSED),
        unknown=promising.promises(actor, as_of, promising.Wanted(states={"unknown"}, most=SHOWN_MORE)),
        at_risk=promising.promises(actor, as_of, promising.Wanted(states={"at_risk"}, most=SHOWN_MORE)),
        conflict_count=pairs,
        red_lights=red_lights(actor, as_of),
        due=due,
        queue=queue,
        money=money,
        lacking=lacking(actor) if may(actor, "project.assign") else {},
    )


def steps_left(actor: Actor) -> tuple[FirstStep, ...]:
    """What a new office still has to do, for those who set it up: the administrator, the security administrator, and
    dispatchers of all places; none where all is done, or where the sample is shown. Three statements.
    """
    sets_up = may(actor, "place.write") or may(actor, "role.write")
    sets_up = sets_up or (may(actor, "unit.write") and actor.places is None)
    if not sets_up or setting(DEMO_DATE) is not None:
        return ()
    roles = select(User.role).where(User.is_active, ~User.is_sample).distinct()
    there = select(
        exists().where(Setting.key == HOME),
        exists().where(Unit.id.is_not(None)),
        or_(exists().where(Project.id.is_not(None)), exists().where(PlanDocument.id.is_not(None))),
    )
    has_home, has_units, has_projects = db.session.execute(there).one()
    return first_steps(Standing(has_home, has_units, frozenset(db.session.scalars(roles)), has_projects))


def _kept(counts: Sequence[promising.PromiseCount]) -> Counter[str]:
    """How many promises of single projects were kept, by what they promised."""
    found: Counter[str] = Counter()
    for one in counts:
        if one.state in KEPT and one.quantifier == "project":
            found[one.measure] += one.count
    return found


def red_lights(actor: Actor, as_of: dt.date) -> int:
    """How many visible projects have a red light, whichever of the four."""
    table, _ = status_tables(as_of)
    ids = visible_projects(actor)
    own = select(func.count()).select_from(table).join(Project, Project.id == table.c.project_id)
    within = (held(Project.id, ids), ~ended_by(as_of, "archived"))
    return db.session.scalar(own.where(table.c.light == "red", *within)) or 0


def project(actor: Actor, slug: str, as_of: dt.date, business_day: dt.date) -> ProjectPage:
    """The project page; NotFoundError outside the asker's scope."""
    found = project_by_slug(actor, slug)
    status = statuses([found.id], as_of).get(found.id)
    programmes = [status.programme_id] if status and status.programme_id else []
    targets = promising.promises(actor, as_of, promising.Wanted([found.id], programmes))
    law = in_force(as_of)
    facts = facts_of_one(found.id, as_of, law.reference)
    rules = law.book.of(status.programme_id if status else found.programme_id)
    flags = flags_of([(row.facts, row.wording) for row in targets if row.project_slug], facts.stages)
    return ProjectPage(
        project=found,
        status=status,
        targets=targets,
        conflicts=promising.conflicting(targets),
        stages=_stages(found.id, status),
        milestones=_milestones(found.id, facts, status, as_of),
        events=events_of(found.id, as_of),
        curve=s_curve(found.name, facts, flags, as_of, rules),
        gates=gate_list(found.id, as_of),
        funding=money_of(found.id, as_of),
        reports=known_on(report_history(found.id), as_of, business_day),
        history=history_of(found.id),
        files=project_files(found.id, as_of),
        ends=project_ends(found.id, as_of) if status and status.data_state == "ended" else (),
        card=card_of(found.id),
        managers=managers_of(found.id),
    )


def _milestones(project_id: int, facts: ProjectFacts, status: StatusRow | None, as_of: dt.date) -> list[MilestoneRow]:
    reported, gates = overall_in(facts.seen(as_of)), facts.passed(as_of)
    ends = ends_of(status.actual_start, status.actual_finish) if status else {}
    found = []
    for one, plan_on, baseline_on, is_sample in milestones_on(project_id, as_of):
        gate = gates.get(one.gate_key) if one.gate_key else None
        there = fulfilled(one.percent, gate.on if gate else None, ends)
        crossed = first_at(one.percent, reported)
        done, day = attained(one.actual_on, there, crossed, reported[0].on if reported else None, as_of)
        found.append(MilestoneRow(one, plan_on, baseline_on, done, day, is_sample))
    return found


_STAGES = (
    select(WorkStage, StageProgress.percent, StageProgress.floors_done)
    .outerjoin(
        StageProgress, and_(StageProgress.stage_id == WorkStage.id, StageProgress.report_id == bindparam("report"))
    )
    .where(WorkStage.project_id == bindparam("project"))
    .order_by(WorkStage.position, WorkStage.id)
)


def _stages(project_id: int, status: StatusRow | None) -> list[StageRow]:
    report = status.report_id if status else None
    rows = db.session.execute(_STAGES, {"project": project_id, "report": report})
    return [StageRow(stage=row.WorkStage, percent=row.percent, floors_done=row.floors_done) for row in rows]
