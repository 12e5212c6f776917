"""Writes on a project's plan.

The first date entered is the baseline too; a later change moves the current plan only, from its day on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import insert
from sqlalchemy.orm.attributes import flag_modified

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import require
from projects.core.text import N_
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.register.projects.operations import hold_project
from projects.works.schedule.checks import GATES, NAMES, PERCENTS, PlanChange, ProjectPlan, changed, check, check_since
from projects.works.schedule.extract import stage_template
from projects.works.schedule.queries import milestones_by_field, plan_of, structure_of
from projects.works.schedule.tables import FormerPlan, Milestone, WorkStage


def save_plan(acting: Acting, which: tuple[int, int], change: PlanChange) -> None:
    """Store the plan of the project `which` names by id and the version the person saw; InvalidError names the fields
    that can't be taken.
    """
    (project_id, version), new = which, change.plan
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    old = plan_of(project_id)
    differences = changed(new, old)
    if not differences:
        return
    if project.version != version:
        raise ConflictError(N_("这份计划刚被他人改过: 上方是现在的计划, 您填的内容还在表中, 核对后可再次保存"))
    if wrong := check(new, old, change.reason) | check_since(change.since, acting.day):
        raise InvalidError(wrong)
    since = change.since or acting.day
    _store(project_id, new, since)
    flag_modified(project, "note")  # so that the version counts this change too
    db.session.flush()
    said = {name: [str(before or ""), str(after or "")] for name, (before, after) in differences.items()}
    record(
        acting.actor,
        acting.now,
        Tag.PLAN_CHANGED,
        project,
        project_id=project_id,
        changes=said | {"since": [None, str(since)], "reason": ["", change.reason.strip()]},
    )
    touched([project_id], acting.day)


def begin_stages(ids: Collection[int]) -> None:
    """Give new projects the stages of the template, with its weights."""
    template = stage_template()
    db.session.execute(
        insert(WorkStage),
        [
            {
                "project_id": key,
                "key": stage.key,
                "name": stage.zh,
                "position": position,
                "weight": stage.weight,
                "basis": "judgement",
                "is_sample": False,
            }
            for key in ids
            for position, stage in enumerate(template, 1)
        ],
    )


def _store(project_id: int, new: ProjectPlan, since: dt.date) -> None:
    known = milestones_by_field(project_id)
    for position, name in enumerate(NAMES):
        day, milestone = new.days.get(name), known.get(name)
        if milestone is None and day is None:
            continue
        if milestone is None:
            milestone = Milestone(
                project_id=project_id,
                name=NAMES[name],
                position=position,
                percent=PERCENTS.get(name),
                gate_key=GATES.get(name),
                baseline_on=day,
                plan_on=day,
            )
            milestone.since = since
            db.session.add(milestone)
        elif milestone.plan_on != day:
            _keep(milestone)
            milestone.plan_on, milestone.since, milestone.is_sample = day, since, False
    stage = structure_of(project_id)  # floors bear on reports to come only
    if stage and stage.floors_planned != new.floors:
        stage.floors_planned, stage.basis, stage.is_sample = new.floors, "floors" if new.floors else "judgement", False


def _keep(milestone: Milestone) -> None:
    """What is about to be changed still counts for the days before."""
    values = {"plan_on": milestone.plan_on, "since": milestone.since, "is_sample": milestone.is_sample}
    db.session.add(FormerPlan(project_id=milestone.project_id, milestone_id=milestone.id, **values))
