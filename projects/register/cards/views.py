"""Projects entered and corrected, their cards, and handing them to another manager."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext

from projects.core.errors import ProblemError
from projects.core.gazetteer.queries import finder, home_within
from projects.core.narrowing import typed
from projects.core.permissions import may, places_for, require
from projects.people.access.door import acting, allowed, current_actor
from projects.register.cards import operations, queries
from projects.register.cards.card import SECTIONS
from projects.register.cards.forms import CardForm, HandOverForm, ProjectForm, card_form
from projects.register.documents.queries import plan_documents
from projects.register.projects.queries import programmes_near, project_by_slug
from projects.register.projects.tables import Project
from projects.register.units import queries as units
from projects.register.units.operations import UnitValues, add_unit
from projects.web.filed import Page, attempted, filed, gone_to
from projects.web.filters import keep_as_of
from projects.web.i18n import speak

bp = Blueprint("cards", __name__, url_prefix="/projects")
WRITING = "project.write"


@bp.app_template_global()
def card_sections() -> Any:
    """The sections of a card with their fields."""
    return SECTIONS


@bp.get("/new")
@allowed("project.write")
def new() -> str:
    """The form of a new project, of the office's own place; of the plan or programme that one comes from."""
    form = _offered(ProjectForm(formdata=None))
    form.place_code.data = home_within(places_for(current_actor(), WRITING))
    form.document_id.typed = typed(request.args, "plan", 200)
    form.programme_id.typed = typed(request.args, "programme", 200)
    return _new(form)


@bp.post("/new")
@allowed("project.write")
def add() -> Page:
    """Keep a new project, and its unit where that is new."""
    form = _offered(ProjectForm())
    form.unit_id.new = bool(form.new_unit.data)

    def done(slug: str) -> Any:
        clause = request.args.get("clause")
        there = url_for("promises.new", slug=slug, clause=clause) if clause else url_for("catalogue.project", slug=slug)
        return gone_to(there, gettext("已登记项目, 请接着登记承诺、计划和项目管理员"))

    return filed(form, lambda: operations.add_project(acting(), _values(form)).slug, done, lambda: _new(form))


@bp.get("/<slug>/identity")
@allowed("project.write")
def identity(slug: str) -> str:
    """What a project is called and where it belongs, to correct."""
    project = _project(slug, WRITING)
    stored = vars(operations.values_of(project)) | {"version": project.version}
    return _identity(project, _offered(ProjectForm(formdata=None, data=stored)))


@bp.post("/<slug>/identity")
@allowed("project.write")
def correct(slug: str) -> Page:
    """Correct it; ConflictError comes back with everything typed."""
    project, form = _project(slug, WRITING), _offered(ProjectForm())
    form.unit_id.new = bool(form.new_unit.data)

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.version.raw_data, form.version.data = None, _project(slug, WRITING).version
        return _identity(project, form)

    return filed(
        form,
        lambda: operations.change_project(acting(), project.id, form.version.data or 0, _values(form)),
        lambda _: gone_to(keep_as_of("catalogue.project", slug=slug), gettext("已保存")),
        lambda: _identity(project, form),
        clash,
    )


@bp.post("/<slug>/remove")
@allowed("project.write")
def remove(slug: str) -> Page:
    """Take back a project that nothing rests on."""
    project, seen = _project(slug, WRITING), request.form.get("version", "")

    def again(problem: ProblemError) -> str:
        stored = vars(operations.values_of(project)) | {"version": project.version}
        form = _offered(ProjectForm(formdata=None, data=stored))
        form.form_errors.append(speak(problem.text))
        return _identity(project, form)

    return attempted(
        lambda: operations.remove_project(acting(), project.id, int(seen) if seen.isdecimal() else -1),
        lambda name: gone_to(url_for("catalogue.portfolio"), gettext("已删除 %(name)s", name=name)),
        again,
    )


@bp.get("/<slug>/card")
@allowed("card.write")
def card(slug: str) -> str:
    """The card, to fill in."""
    project = _project(slug, "card.write")
    return _card(project, _stored_card(project))


@bp.post("/<slug>/card")
@allowed("card.write")
def save_card(slug: str) -> Page:
    """Store the card."""
    project, form = _project(slug, "card.write"), CardForm()

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.version.raw_data, form.version.data = None, _project(slug, "card.write").version
        return _card(project, form)

    return filed(
        form,
        lambda: operations.change_card(
            acting(), project.id, form.version.data or 0, form.typed, form.year_rows, form.need_rows
        ),
        lambda _: gone_to(keep_as_of("catalogue.project", slug=slug, _anchor="card"), gettext("已保存项目卡片")),
        lambda: _card(project, form),
        clash,
    )


@bp.get("/hand-over")
@allowed("project.assign")
def hand_over() -> str:
    """Find projects, first those without a manager, and choose who manages them and whose they are from now on."""
    return _hand_over(_to(HandOverForm(formdata=None)))


@bp.post("/hand-over")
@allowed("project.assign")
def give() -> Page:
    """Hand those ticked to another manager or to a unit, in one act."""
    form = _to(HandOverForm())
    ids = [int(one) for one in request.form.getlist("projects") if one.isdecimal() and len(one) < 10][: queries.MOST]
    asked, lacks = _looked_for()
    there = url_for("cards.hand_over", q=asked or None, lacks=lacks or None)
    if lacks == "unit":
        return filed(
            form,
            lambda: operations.assign_unit(acting(), ids, form.unit_id.data),
            lambda count: gone_to(
                there, ngettext("%(num)s 个项目已写明项目单位", "%(num)s 个项目已写明项目单位", count)
            ),
            lambda: _hand_over(form, ids),
        )
    return filed(
        form,
        lambda: operations.hand_over(acting(), ids, form.to.data, form.reason.data or ""),
        lambda count: gone_to(
            there, ngettext("%(num)s 个项目已更换项目管理员", "%(num)s 个项目已更换项目管理员", count)
        ),
        lambda: _hand_over(form, ids),
    )


def _project(slug: str, action: str) -> Project:
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), action, project.id)
    return project


def _offered(form: ProjectForm) -> ProjectForm:
    actor = current_actor()
    form.place_code.offer(finder(places_for(actor, WRITING)))
    form.unit_id.offer(units.names(actor))
    form.document_id.offer((one.id, one.title, one.number or "") for one in plan_documents(actor))
    form.programme_id.offer(programmes_near(actor))
    return form


def _values(form: ProjectForm) -> operations.ProjectValues:
    """What was typed; a unit that is new is registered with it, in the project's place."""
    unit = form.unit_id
    if unit.new and unit.typed and unit.data is None:
        made = add_unit(acting(), UnitValues(unit.typed[:120], "", "other", form.place_code.data or ""))
        return replace(form.values, unit_id=made.id)
    return form.values


def _to(form: HandOverForm) -> HandOverForm:
    actor = current_actor()
    form.to.offer((one.id, f"{one.name} ({one.username})", one.name, one.username) for one in queries.managers(actor))
    form.unit_id.offer(units.names(actor))
    return form


def _looked_for() -> tuple[str, str]:
    """The words that projects are looked for by, else what they lack: a manager unless asked otherwise."""
    asked, lacks = typed(request.args, "q"), request.args.get("lacks", "")
    return asked, "" if asked else lacks if lacks in queries.LACKING else "manager"


def _new(form: ProjectForm) -> str:
    return render_template("register/cards/new.html", form=form)


def _identity(project: Project, form: ProjectForm) -> str:
    return render_template("register/cards/identity.html", project=project, form=form)


def _stored_card(project: Project) -> Any:
    rows = queries.years_of(project.id), queries.needs_of(project.id)
    return card_form(queries.card_of(project.id), project.version, *rows)


def _card(project: Project, form: Any) -> str:
    own = may(current_actor(), WRITING, project.id)
    return render_template("register/cards/card.html", project=project, form=form, sections=SECTIONS, identity=own)


def _hand_over(form: HandOverForm, ticked: list[int] | None = None) -> str:
    asked, lacks = _looked_for()
    rows, count = queries.managed(current_actor(), asked, ticked or (), lacks)
    shown = {"rows": rows, "count": count, "asked": asked, "ticked": ticked, "most": queries.MOST}
    left = queries.lacking(current_actor())
    return render_template("register/cards/hand_over.html", form=form, lacks=lacks, left=left, **shown)
