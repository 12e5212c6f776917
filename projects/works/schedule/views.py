"""The plan of a project, to see and to change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.permissions import require
from projects.people.access.door import allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.queries import pending_of
from projects.people.requests.views import Act, filed_change, foreseen
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.web.filed import Page, gone_to
from projects.web.filters import keep_as_of
from projects.works.schedule.forms import MeasureForm, PlanForm, weights_form
from projects.works.schedule.queries import (
    former_baselines,
    former_plans,
    former_weights,
    milestones_of,
    plan_of,
    stages_of,
)

bp = Blueprint("schedule", __name__)
KIND = "plan.save"


@bp.get("/projects/<slug>/plan")
@allowed("plan.write")
def edit(slug: str) -> str:
    """The plan's dates, to change."""
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), "plan.write", project.id)
    return _page(project, PlanForm(plan_of(project.id), project.version))


@bp.post("/projects/<slug>/plan")
@allowed("plan.write")
def save(slug: str) -> Page:
    """Store the plan, or show what can't be taken with everything still typed in."""
    project, form = project_by_slug(current_actor(), slug), PlanForm()

    act = Act(KIND, str(project.id), form.wanted, project.id)

    if request.form.get("action") == "see":
        return foreseen(form, act, lambda found: _page(project, form, found))

    def done(_plan: object) -> Response:
        flash(gettext("计划已保存, 判断已更新"))
        return redirect(keep_as_of("catalogue.project", slug=slug, _anchor="milestones"))

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.version.raw_data, form.version.data = None, project_by_slug(current_actor(), slug).version
        return _page(project, form)

    return filed_change(form, act, done, lambda: _page(project, form), clash)


@bp.route("/projects/<slug>/weights", methods=["GET", "POST"])
@allowed("plan.write")
def weights(slug: str) -> Page:
    """The weights and names of the work stages, to see and to change."""
    project = _planned(slug)
    stages = stages_of(project.id)
    form = weights_form([(one.id, one.name, one.weight) for one in stages])()
    shown = partial(
        render_template,
        "works/schedule/weights.html",
        project=project,
        stages=stages,
        former=former_weights(project.id),
        pending=pending_of(project.id, "weights"),
    )
    return _measured(project, form, "weights.set", lambda **more: shown(form=form, **more))


@bp.route("/projects/<slug>/baseline", methods=["GET", "POST"])
@allowed("plan.write")
def baseline(slug: str) -> Page:
    """The baseline beside the plan in force, and letting the plan be the baseline."""
    project, form = _planned(slug), MeasureForm()
    shown = partial(
        render_template,
        "works/schedule/baseline.html",
        project=project,
        milestones=milestones_of(project.id),
        former=former_baselines(project.id),
        pending=pending_of(project.id, "baseline"),
    )
    return _measured(project, form, "baseline.set", lambda **more: shown(form=form, **more))


def _planned(slug: str) -> Project:
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), "plan.write", project.id)
    return project


def _measured(project: Project, form: MeasureForm, kind: str, shown: Callable[..., str]) -> Page:
    """The page of a measure; what was sent is asked for, or shown with what it would do."""
    act, endpoint, slug = Act(kind, str(project.id), form.wanted, project.id), str(request.endpoint), project.slug
    if not form.is_submitted():
        form.version.data = project.version
        return shown(found=None)
    if request.form.get("action") == "see":
        return foreseen(form, act, lambda found: shown(found=found))

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.version.raw_data, form.version.data = None, project_by_slug(current_actor(), slug).version
        return shown(found=None)

    def done(_measured: object) -> Response:
        return gone_to(keep_as_of(endpoint, slug=slug), gettext("已保存"))

    return filed_change(form, act, done, lambda: shown(found=None), clash)


def _page(project: Project, form: PlanForm, found: list[Turn] | None = None) -> str:
    return render_template(
        "works/schedule/edit.html",
        project=project,
        form=form,
        milestones=milestones_of(project.id),
        former=former_plans(project.id),
        found=found,
        pending=pending_of(project.id, "plan", "weights", "baseline"),
    )
