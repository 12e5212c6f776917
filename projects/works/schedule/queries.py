"""Reads of a project's plan, as it is and as it was on a day (rule P-5)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Subquery, bindparam, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from projects.extensions import db
from projects.works.reports.tables import MonthlyReport
from projects.works.schedule.checks import GATES, PERCENTS, ProjectPlan
from projects.works.schedule.tables import FormerBaseline, FormerPlan, FormerWeight, Milestone, WorkStage

_BY_PERCENT = {percent: name for name, percent in PERCENTS.items()}
_BY_GATE = {key: name for name, key in GATES.items()}


def field_of(milestone: Milestone) -> str | None:
    """The plan's field that a milestone stands for, None for the project's own milestones."""
    if milestone.gate_key:
        return _BY_GATE.get(milestone.gate_key)
    return None if milestone.percent is None else _BY_PERCENT.get(milestone.percent)


def structure_of(project_id: int) -> WorkStage | None:
    """The main structure's stage."""
    return db.session.scalar(select(WorkStage).where(WorkStage.project_id == project_id, WorkStage.key == "structure"))


def milestones_by_field(project_id: int) -> dict[str, Milestone]:
    """The plan's milestones by field."""
    found = {
        field_of(one): one for one in db.session.scalars(select(Milestone).where(Milestone.project_id == project_id))
    }
    return {name: one for name, one in found.items() if name}


def plan_of(project_id: int) -> ProjectPlan:
    """The current plan."""
    stage = structure_of(project_id)
    return ProjectPlan(
        {name: one.plan_on for name, one in milestones_by_field(project_id).items()},
        stage.floors_planned if stage else None,
    )


_REPORTED = select(MonthlyReport.id).where(MonthlyReport.project_id == bindparam("project")).limit(1)


def is_reported(project_id: int) -> bool:
    """Whether anybody reported anything of the project, in whatever state the report is."""
    return db.session.scalar(_REPORTED, {"project": project_id}) is not None


def planned(as_of: dt.date, *which: ColumnElement[bool]) -> Subquery:
    """What each milestone was planned for on a day: milestone_id, plan_on, is_sample; without the milestones that
    nobody had entered by then. `which` are conditions on Milestone: no other is looked at.
    """
    own, former, newer = Milestone, FormerPlan, aliased(FormerPlan)

    def began(table: Any) -> ColumnElement[bool]:
        return or_(table.since.is_(None), table.since <= as_of)

    later = select(newer.id).where(newer.milestone_id == former.milestone_id, newer.id > former.id, began(newer))
    past = select(former.milestone_id, former.plan_on, former.is_sample).join(own, own.id == former.milestone_id)
    now = select(own.id.label("milestone_id"), own.plan_on, own.is_sample).where(began(own), *which)
    return union_all(now, past.where(began(former), ~later.exists(), ~began(own), *which)).subquery()


def baseline_at(as_of: dt.date) -> ColumnElement[dt.date | None]:
    """Over Milestone: its baseline as it was on a day (P-8)."""
    return _at(as_of, Milestone, Milestone.baseline_on, Milestone.baseline_since, FormerBaseline)


def weight_at(as_of: dt.date | Any) -> ColumnElement[float]:
    """Over WorkStage: its weight as it was on a day, or a parameter (P-7)."""
    return _at(as_of, WorkStage, WorkStage.weight, WorkStage.weight_since, FormerWeight)


def _at(as_of: dt.date | Any, own: Any, value: Any, since: Any, former: Any) -> ColumnElement[Any]:
    """The present value from its day on, before that the newest of those that counted by then."""
    known = or_(former.since.is_(None), former.since <= as_of)
    of_row = former.milestone_id if former is FormerBaseline else former.stage_id
    before = select(getattr(former, value.key)).where(of_row == own.id, known).order_by(former.id.desc()).limit(1)
    earlier = before.correlate(own).scalar_subquery()
    return case((or_(since.is_(None), since <= as_of), value), else_=func.coalesce(earlier, value))


def milestones_on(project_id: int, as_of: dt.date) -> list[tuple[Milestone, dt.date | None, dt.date | None, bool]]:
    """A project's milestones in order as they were on a day, each with its planned day, its baseline and whether it
    is a sample; one statement.
    """
    rows = db.session.execute(_milestones_on(as_of), {"project": project_id})
    return [(milestone, plan_on, baseline_on, is_sample) for milestone, plan_on, baseline_on, is_sample in rows]


@lru_cache(maxsize=8)  # a few days serve all readers; docs/performance.md
def _milestones_on(as_of: dt.date) -> Executable:
    own = Milestone.project_id == bindparam("project")
    plan = planned(as_of, own)
    baseline = baseline_at(as_of).label("baseline")
    statement = select(Milestone, plan.c.plan_on, baseline, plan.c.is_sample).join(
        plan, plan.c.milestone_id == Milestone.id
    )
    return statement.where(own).order_by(Milestone.position, Milestone.id)


def former_plans(project_id: int) -> list[tuple[str, FormerPlan, dt.date | None]]:
    """What was planned before, the newest first: the milestone's name, its former plan, and the day since which another
    one counts.
    """
    rows = db.session.execute(
        select(Milestone, FormerPlan)
        .join(FormerPlan, FormerPlan.milestone_id == Milestone.id)
        .where(Milestone.project_id == project_id)
        .order_by(FormerPlan.id.desc())
    )
    later: dict[int, dt.date | None] = {}
    found = []
    for milestone, former in rows:
        found.append((milestone.name, former, later.get(milestone.id, milestone.since)))
        later[milestone.id] = former.since
    return found


_MILESTONES = (
    select(Milestone).where(Milestone.project_id == bindparam("project")).order_by(Milestone.position, Milestone.id)
)


def milestones_of(project_id: int) -> list[Milestone]:
    """The project's milestones in order."""
    return list(db.session.scalars(_MILESTONES, {"project": project_id}))


def stages_of(project_id: int) -> list[WorkStage]:
    """The project's work stages in order."""
    own = WorkStage
    return list(db.session.scalars(select(own).where(own.project_id == project_id).order_by(own.position, own.id)))


def former_baselines(project_id: int) -> list[tuple[str, FormerBaseline]]:
    """What the baselines were before, the newest first, each with its milestone's name."""
    own = FormerBaseline
    rows = select(Milestone.name, own).join(own, own.milestone_id == Milestone.id)
    found = db.session.execute(rows.where(own.project_id == project_id).order_by(own.id.desc()))
    return [(name, former) for name, former in found]


def former_weights(project_id: int) -> list[tuple[str, FormerWeight]]:
    """What the weights were before, the newest first, each with its stage's name."""
    own = FormerWeight
    rows = select(WorkStage.name, own).join(own, own.stage_id == WorkStage.id)
    found = db.session.execute(rows.where(own.project_id == project_id).order_by(own.id.desc()))
    return [(name, former) for name, former in found]
