"""A project that was entered twice: say which other one it is."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from projects.core.permissions import require
from projects.people.access.door import allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.views import Act, filed_change, foreseen
from projects.register.merging import operations, queries
from projects.register.merging.forms import MergingForm
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.web.filed import Page, gone_to

bp = Blueprint("merging", __name__)


@bp.get("/projects/<slug>/merge")
@allowed("project.write")
def edit(slug: str) -> str:
    """Ask which project a duplicate is."""
    return _page(_project(slug), _offered(MergingForm(formdata=None)))


@bp.post("/projects/<slug>/merge")
@allowed("project.write")
def merge(slug: str) -> Page:
    """Make it the other, or ask another person where promises move."""
    project, form = _project(slug), _offered(MergingForm())

    def wanted() -> dict[str, str]:
        return {"into": queries.slug_of(form.into.data)}

    asked = Act("project.merge", slug, wanted, project.id)
    if request.form.get("action") == "see":
        return foreseen(form, asked, lambda found: _page(project, form, found))

    def done(into: Project) -> Page:
        return gone_to(url_for("catalogue.project", slug=into.slug), gettext("已合并为 %(name)s", name=into.name))

    return filed_change(form, asked, done, lambda: _page(project, form))


def _project(slug: str) -> Project:
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), operations.WRITING, project.id)
    return project


def _offered(form: MergingForm) -> MergingForm:
    form.into.offer(queries.names(current_actor()))
    return form


def _page(project: Project, form: MergingForm, found: list[Turn] | None = None) -> str:
    moved = operations.promises_of(project.id)
    return render_template("register/merging/edit.html", project=project, form=form, moved=moved, found=found)
