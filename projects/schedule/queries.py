"""Reads of a project's plan."""

from __future__ import annotations

from sqlalchemy import select

from projects.extensions import db
from projects.models import Milestone, WorkStage
from projects.schedule.checks import GATES, PERCENTS, Plan

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
    found = {field_of(one): one for one in db.session.scalars(select(Milestone).where(Milestone.project_id == project_id))}
    return {name: one for name, one in found.items() if name}


def plan_of(project_id: int) -> Plan:
    """The current plan."""
    stage = structure_of(project_id)
    return Plan({name: one.plan_on for name, one in milestones_by_field(project_id).items()}, stage.floors_planned if stage else None)
