"""Writes on a project's plan.

The first date entered is the baseline too; a later change moves the current plan only, from its day on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
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
from projects.works.schedule.checks import (
    GATES,
    NAMES,
    PERCENTS,
    PlanChange,
    ProjectPlan,
    changed,
    check,
    check_reason,
    check_since,
)
from projects.works.schedule.extract import stage_template
from projects.works.schedule.measures import StageMeasure, check_measures
from projects.works.schedule.queries import (
    field_of,
    is_reported,
    milestones_by_field,
    milestones_of,
    plan_of,
    stages_of,
    structure_of,
)
from projects.works.schedule.tables import FormerBaseline, FormerPlan, FormerWeight, Milestone, WorkStage


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


# --- weights and the baseline -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasureChange:
    """What a project is measured by as it is to be from a day on (None: from the day it is stored), and why: its stages
    by their ids; of a baseline nothing more.
    """

    reason: str = ""
    since: dt.date | None = None
    backdated_reason: str = ""
    stages: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def set_weights(acting: Acting, which: tuple[int, int | None], change: MeasureChange) -> None:
    """Store other weights and names of a project's stages, and keep what the weights were (P-7); InvalidError names the
    fields that can't be taken.
    """
    project, found, said = weight_changes(acting, which, change)
    if not said:
        return
    require_second(acting.actor, weights_move(project.id, said) and "weights" in two_person())
    since = change.since or acting.day
    for stage in stages_of(project.id):
        new = found[stage.id]
        stage.name = new.name
        if stage.weight != new.weight:
            values = {"weight": stage.weight, "since": stage.weight_since, "is_sample": stage.is_sample}
            db.session.add(FormerWeight(project_id=project.id, stage_id=stage.id, **values))
            stage.weight, stage.weight_since, stage.is_sample = new.weight, since, False
    _measured(acting, Tag.WEIGHTS_CHANGED, project, said, change)


def weight_changes(
    acting: Acting, which: tuple[int, int | None], change: MeasureChange
) -> tuple[Project, dict[int, StageMeasure], dict[str, list[Any]]]:
    """The project, its stages as they are to be, and what changes of them; a version None means whatever stands now."""
    project = _held(acting, which)
    stages = stages_of(project.id)
    found, wrong = check_measures(change.stages)
    if set(found) != {stage.id for stage in stages}:
        raise ConflictError(N_("施工阶段刚被他人改过, 请刷新后再填"))
    if wrong:
        raise InvalidError(wrong)
    said: dict[str, list[Any]] = {}
    for stage in stages:
        new = found[stage.id]
        if stage.weight != new.weight:
            said[f"weight:{stage.key}"] = [f"{stage.weight:g}", f"{new.weight:g}"]
        if stage.name != new.name:
            said[f"stage:{stage.key}"] = [stage.name, new.name]
    return project, found, _since(acting, project, said, change)


def weights_move(project_id: int, said: Mapping[str, Any]) -> bool:
    """Whether other weights move anything: names don't, and nothing is measured before anybody reported (P-7)."""
    return any(name.startswith("weight:") for name in said) and is_reported(project_id)


def set_baseline(acting: Acting, which: tuple[int, int | None], change: MeasureChange) -> None:
    """Let the plan in force be the baseline, from a day on, and keep the baseline that there was (P-8)."""
    project, said = baseline_changes(acting, which, change)
    if not said:
        return
    require_second(acting.actor, "baseline" in two_person())
    since = change.since or acting.day
    for one in milestones_of(project.id):
        if one.baseline_on != one.plan_on:
            values = {"baseline_on": one.baseline_on, "since": one.baseline_since, "is_sample": one.is_sample}
            db.session.add(FormerBaseline(project_id=project.id, milestone_id=one.id, **values))
            one.baseline_on, one.baseline_since = one.plan_on, since
    _measured(acting, Tag.BASELINE_CHANGED, project, said, change)


def baseline_changes(
    acting: Acting, which: tuple[int, int | None], change: MeasureChange
) -> tuple[Project, dict[str, list[Any]]]:
    """The project, and what changes of its baseline where the plan in force becomes it."""
    project = _held(acting, which)
    said: dict[str, list[Any]] = {
        f"baseline:{field_of(one) or one.name}": [str(one.baseline_on or ""), str(one.plan_on or "")]
        for one in milestones_of(project.id)
        if one.baseline_on != one.plan_on
    }
    return project, _since(acting, project, said, change)


def _held(acting: Acting, which: tuple[int, int | None]) -> Project:
    project_id, version = which
    require(acting.actor, "plan.write", project_id)
    project = hold_project(project_id)
    if version not in {None, project.version}:
        raise ConflictError(N_("这份计划刚被他人改过: 上方是现在的计划, 您填的内容还在表中, 核对后可再次保存"))
    return project


def _since(acting: Acting, project: Project, said: dict[str, list[Any]], change: MeasureChange) -> dict[str, list[Any]]:
    """The same with the day from which it counts; InvalidError where a day or a reason can't be taken."""
    if not said:
        return {}
    wrong = check_since(change.since, acting.day) | check_reason(change.reason)
    if wrong:
        raise InvalidError(wrong)
    told = backdated(acting, project, [change.since], change.backdated_reason)
    return said | ({"since": [None, str(change.since)]} if change.since else {}) | told


def _measured(acting: Acting, tag: Tag, project: Project, said: dict[str, list[Any]], change: MeasureChange) -> None:
    flag_modified(project, "note")  # so that the version counts this change too
    db.session.flush()
    told = said | {"since": [None, str(change.since or acting.day)], "reason": ["", change.reason.strip()]}
    record(acting.actor, acting.now, tag, project, project_id=project.id, changes=told)
    touched([project.id], acting.day)


# --- as another person approves it ------------------------------------------------------------------------------------


def _plan_wanted(acting: Acting, subject: str, wanted: Values) -> tuple[tuple[int, int | None], PlanChange]:
    """The plan asked for; who acts with consent acts on what stands, which was compared with what was asked for."""
    days = {name: day and dt.date.fromisoformat(day) for name, day in wanted["days"].items()}
    since = wanted["since"] and dt.date.fromisoformat(wanted["since"])
    backdated_reason = wanted.get("backdated_reason", "")
    change = PlanChange(ProjectPlan(days, wanted["floors"]), wanted["reason"], since, backdated_reason)
    return (int(subject), wanted["version"] if acting.actor.consent is None else None), change


def _plan_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    project, said = plan_changes(acting, *_plan_wanted(acting, subject, wanted))
    moving = bool(said) and moves(project.id)
    return Effect(project.name, said, place_code=project.place_code, project_id=project.id, moves=moving)


def _plan_apply(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> None:
    (project_id, version), change = _plan_wanted(acting, subject, wanted)
    save_plan(acting, (project_id, hold_project(project_id).version if version is None else version), change)


def _measure_wanted(acting: Acting, subject: str, wanted: Values) -> tuple[tuple[int, int | None], MeasureChange]:
    since = wanted["since"] and dt.date.fromisoformat(wanted["since"])
    stages = {int(key): (name, weight) for key, (name, weight) in wanted.get("stages", {}).items()}
    change = MeasureChange(wanted["reason"], since, wanted.get("backdated_reason", ""), stages)
    return (int(subject), wanted["version"] if acting.actor.consent is None else None), change


def _weights_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    project, _, said = weight_changes(acting, *_measure_wanted(acting, subject, wanted))
    moving = weights_move(project.id, said)
    return Effect(project.name, said, place_code=project.place_code, project_id=project.id, moves=moving)


def _baseline_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    project, said = baseline_changes(acting, *_measure_wanted(acting, subject, wanted))
    return Effect(project.name, said, place_code=project.place_code, project_id=project.id)


def _applied(change: Callable[..., None]) -> Callable[[Acting, str, Values, Any], None]:
    def apply(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> None:
        change(acting, *_measure_wanted(acting, subject, wanted))

    return apply


def _kind(key: str, group: str, effect: Callable[..., Effect], apply: Callable[..., None]) -> Kind:
    return Kind(key, "plan.write", "change.approve", effect, apply, group=group, in_emergency=True)


PLAN_KINDS = (
    _kind("plan.save", "plan", _plan_effect, _plan_apply),
    _kind("weights.set", "weights", _weights_effect, _applied(set_weights)),
    _kind("baseline.set", "baseline", _baseline_effect, _applied(set_baseline)),
)
