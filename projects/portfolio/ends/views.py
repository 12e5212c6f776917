"""Dropping a project and bringing it back; the list of what may be archived and what was."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext

from projects.core.permissions import require
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.views import Act, filed_change, foreseen
from projects.portfolio.ends import operations, queries
from projects.portfolio.ends.forms import ArchiveForm, DropForm, ReviveForm
from projects.portfolio.promises.queries import Wanted, promises
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.web import clock
from projects.web.filed import Page, filed, gone_to, written

bp = Blueprint("ends", __name__)
FORMS = {"drop": DropForm, "revive": ReviveForm}


@bp.get("/projects/<slug>/<any(drop, revive):act>")
@allowed("project.write")
def edit(slug: str, act: str) -> str:
    """Ask why a project is dropped, or built after all."""
    return _page(_project(slug), act, FORMS[act](formdata=None))


@bp.post("/projects/<slug>/<any(drop, revive):act>")
@allowed("project.write")
def change(slug: str, act: str) -> Page:
    """Do it, or ask for another's consent."""
    project, form = _project(slug), FORMS[act]()
    asked, home = Act(f"project.{act}", slug, form.wanted, project.id), url_for("catalogue.project", slug=slug)
    if request.form.get("action") == "see":
        return foreseen(form, asked, lambda found: _page(project, act, form, found))
    said = gettext("项目已终止") if act == "drop" else gettext("项目已恢复")
    return filed_change(form, asked, lambda _: gone_to(home, said), lambda: _page(project, act, form))


@bp.get("/projects/archive")
@allowed("project.write")
def index() -> str:
    """What may be archived, what is, and what was dropped."""
    return _index(ArchiveForm(formdata=None))


@bp.post("/projects/archive")
@allowed("project.write")
def archive() -> Page:
    """Put those ticked away, in one act."""
    form = ArchiveForm()
    ids = [int(one) for one in request.form.getlist("projects") if one.isdecimal() and len(one) < 10][: queries.MOST]
    return filed(
        form,
        lambda: operations.archive(acting(), ids),
        lambda count: gone_to(url_for("ends.index"), ngettext("%(num)s 个项目已归档", "%(num)s 个项目已归档", count)),
        lambda: _index(form, ids),
    )


@bp.post("/projects/<slug>/unarchive")
@allowed("project.write")
def unarchive(slug: str) -> Page:
    """Bring one back into the lists."""
    project = _project(slug)
    return written(
        lambda: operations.unarchive(acting(), slug),
        lambda _: gone_to(url_for("catalogue.project", slug=slug), gettext("“%(name)s”已取消归档", name=project.name)),
    )


def _project(slug: str) -> Project:
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), queries.WRITING, project.id)
    return project


def _page(project: Project, act: str, form: DropForm | ReviveForm, found: list[Turn] | None = None) -> str:
    own = promises(current_actor(), clock.business_day(), Wanted([project.id], []))
    shown = {"promises": own, "found": found}
    return render_template(f"portfolio/ends/{act}.html", project=project, form=form, **shown)


def _index(form: ArchiveForm, ticked: list[int] | None = None) -> str:
    actor = current_actor()
    kinds: dict[str, list[queries.Ended]] = {kind: [] for kind in queries.LISTED}
    for one in queries.ended(actor):
        kinds[one.kind].append(one)
    ready = queries.ready(actor, clock.business_day())
    shown = {"ready": ready, "ticked": ticked or [], "most": queries.MOST}
    return render_template("portfolio/ends/index.html", form=form, kinds=kinds, **shown)
