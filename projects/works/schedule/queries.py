"""Reads of a project's plan, as it is and as it was on a day (rule P-5)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Subquery, bindparam, or_, select, union_all
from sqlalchemy.orm import aliased

from projects.extensions import db
from projects.works.reports.tables import MonthlyReport
from projects.works.schedule.checks import GATES, PERCENTS, ProjectPlan
from projects.works.schedule.tables import FormerPlan, Milestone, WorkStage

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


def milestones_on(project_id: int, as_of: dt.date) -> list[tuple[Milestone, dt.date | None, bool]]:
    """A project's milestones in order as they were on a day, each with its planned day and whether that is a sample;
    one statement.
    """
    rows = db.session.execute(_milestones_on(as_of), {"project": project_id})
    return [(milestone, plan_on, is_sample) for milestone, plan_on, is_sample in rows]


@lru_cache(maxsize=8)  # a few days serve all readers; docs/performance.md
def _milestones_on(as_of: dt.date) -> Executable:
    own = Milestone.project_id == bindparam("project")
    plan = planned(as_of, own)
    statement = select(Milestone, plan.c.plan_on, plan.c.is_sample).join(plan, plan.c.milestone_id == Milestone.id)
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
