"""Writes on a project's plan.

The first date entered is the baseline too; a later change moves the current plan only, from its day on.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import require, require_second
from projects.core.text import N_
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.register.projects.operations import hold_project
from projects.register.projects.tables import Project
from projects.works.backdating.queries import backdated
from projects.works.schedule.checks import GATES, NAMES, PERCENTS, PlanChange, ProjectPlan, changed, check, check_since
from projects.works.schedule.queries import is_reported, milestones_by_field, plan_of, structure_of
from projects.works.schedule.tables import FormerPlan, Milestone


def save_plan(acting: Acting, which: tuple[int, int], change: PlanChange) -> None:
    """Store the plan of the project `which` names by id and the version the person saw; InvalidError names the fields
    that can't be taken. What moves a verdict needs another person's consent (P-6).
    """
    project, said = plan_changes(acting, which, change)
    if not said:
        return
    require_second(acting.actor, moves(project.id) and "plan" in two_person())
    since = change.since or acting.day
    _store(project.id, change.plan, since)
    flag_modified(project, "note")  # so that the version counts this change too
    db.session.flush()
    said |= {"since": [None, str(since)], "reason": ["", change.reason.strip()]}
    record(acting.actor, acting.now, Tag.PLAN_CHANGED, project, project_id=project.id, changes=said)
    touched([project.id], acting.day)


def plan_changes(
    acting: Acting, which: tuple[int, int | None], change: PlanChange
) -> tuple[Project, dict[str, list[Any]]]:
    """The project, and what would change of its plan, as the history writes it; InvalidError, ConflictError as
    `save_plan` says. A version None means whatever stands now.
    """
    (project_id, version), new = which, change.plan
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    old = plan_of(project_id)
    differences = changed(new, old)
    if not differences:
        return project, {}
    if version not in {None, project.version}:
        raise ConflictError(N_("这份计划刚被他人改过: 上方是现在的计划, 您填的内容还在表中, 核对后可再次保存"))
    if wrong := check(new, old, change.reason) | check_since(change.since, acting.day):
        raise InvalidError(wrong)
    said: dict[str, list[Any]] = {
        name: [str(before or ""), str(after or "")] for name, (before, after) in differences.items()
    }
    if change.since:
        said["since"] = [None, str(change.since)]
    return project, said | backdated(acting, project, [change.since], change.backdated_reason)


def moves(project_id: int) -> bool:
    """Whether another plan moves a verdict or what one is measured by: any but the first, before anything was reported
    (P-6).
    """
    return any(plan_of(project_id).days.values()) or is_reported(project_id)


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


# --- as another person approves it ------------------------------------------------------------------------------------


def _plan_wanted(acting: Acting, subject: str, wanted: Values) -> tuple[tuple[int, int | None], PlanChange]:
    """The plan asked for; who acts with consent acts on what stands, which was compared with what was asked for."""
    days = {name: day and dt.date.fromisoformat(day) for name, day in wanted["days"].items()}
    since = wanted["since"] and dt.date.fromisoformat(wanted["since"])
    change = PlanChange(ProjectPlan(days, wanted["floors"]), wanted["reason"], since, wanted["backdated_reason"])
    return (int(subject), wanted["version"] if acting.actor.consent is None else None), change


def _plan_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    project, said = plan_changes(acting, *_plan_wanted(acting, subject, wanted))
    moving = bool(said) and moves(project.id)
    return Effect(project.name, said, place_code=project.place_code, project_id=project.id, moves=moving)


def _plan_apply(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> None:
    (project_id, version), change = _plan_wanted(acting, subject, wanted)
    save_plan(acting, (project_id, hold_project(project_id).version if version is None else version), change)


PLAN_KINDS = (
    Kind(
        "plan.save",
        action="plan.write",
        consent="change.approve",
        effect=_plan_effect,
        apply=_plan_apply,
        group="plan",
        in_emergency=True,
    ),
)
