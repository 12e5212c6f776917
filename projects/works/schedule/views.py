"""The plan of a project, to see and to change."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.permissions import require
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.operations import ask
from projects.people.requests.queries import pending_of
from projects.people.requests.tables import ConsentRequest
from projects.people.requests.views import foreseen, gone_asking
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.web.filed import Page, filed
from projects.web.filters import keep_as_of
from projects.works.schedule.forms import PlanForm
from projects.works.schedule.queries import former_plans, milestones_of, plan_of

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

    if request.form.get("action") == "see":
        return foreseen(form, KIND, str(project.id), form.wanted, lambda found: _page(project, form, found))

    def write() -> object:
        return ask(acting(), KIND, str(project.id), form.wanted(), form.asked())

    def done(asked: object) -> Response:
        if isinstance(asked, ConsentRequest):
            return gone_asking(asked)
        flash(gettext("计划已保存, 判断已更新"))
        return redirect(keep_as_of("catalogue.project", slug=slug, _anchor="milestones"))

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.version.raw_data, form.version.data = None, project_by_slug(current_actor(), slug).version
        return _page(project, form)

    return filed(form, write, done, lambda: _page(project, form), clash)


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
