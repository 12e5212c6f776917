"""Programmes: their list, a new one, one with its projects and promises, who joins and leaves."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from projects.core.gazetteer.queries import finder, home_within
from projects.core.narrowing import typed
from projects.core.permissions import covers, may, places_for
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.views import Act, filed_change
from projects.register.documents.queries import plan_documents
from projects.register.programmes import operations, queries
from projects.register.programmes.forms import MembersForm, ProgrammeForm
from projects.register.projects.tables import Programme
from projects.register.promises.queries import programme_by_slug
from projects.web.filed import Page, filed, gone_to

bp = Blueprint("programmes", __name__, url_prefix="/programmes")
WRITING = "project.write"


@bp.get("")
@allowed("portfolio.read")
def index() -> str:
    """The programmes, and the form of a new one for who keeps them."""
    form = ProgrammeForm(formdata=None)
    form.place_code.data = home_within(places_for(current_actor(), WRITING))
    form.document_id.typed = typed(request.args, "plan", 200)
    return _index(_offered(form))


@bp.post("")
@allowed("project.write")
def add() -> Page:
    """Keep a new programme."""
    form = _offered(ProgrammeForm())
    return filed(
        form,
        lambda: operations.add_programme(acting(), form.values).slug,
        lambda slug: gone_to(url_for("programmes.show", slug=slug), gettext("已登记项目群")),
        lambda: _index(form),
    )


@bp.get("/<slug>")
@allowed("portfolio.read")
def show(slug: str) -> str:
    """One programme: its projects now and before, what it promised."""
    programme = programme_by_slug(current_actor(), slug)
    return _show(programme, _stored(programme), MembersForm(formdata=None))


@bp.post("/<slug>")
@allowed("project.write")
def change(slug: str) -> Page:
    """Change what it is called."""
    programme, form = programme_by_slug(current_actor(), slug), _offered(ProgrammeForm())
    return filed(
        form,
        lambda: operations.change_programme(acting(), programme.id, form.version.data or 0, form.values),
        lambda _: gone_to(url_for("programmes.show", slug=slug), gettext("已保存")),
        lambda: _show(programme, form, MembersForm(formdata=None)),
    )


@bp.post("/<slug>/members")
@allowed("project.write")
def members(slug: str) -> Page:
    """Let projects join or leave, or ask another person where promises rest on it."""
    programme, form = programme_by_slug(current_actor(), slug), MembersForm()
    ids = sorted({int(one) for one in request.form.getlist("projects") if one.isdecimal() and len(one) < 10})
    wanted = {"ids": ids, "joins": request.form.get("act") == "join"}
    there = url_for("programmes.show", slug=slug)
    return filed_change(
        form,
        Act("programme.members", str(programme.id), lambda: wanted),
        lambda row: gone_to(there, gettext("已保存") if row else gettext("没有改动")),
        lambda: _show(programme, _stored(programme), form),
    )


def _offered(form: ProgrammeForm) -> ProgrammeForm:
    form.place_code.offer(finder(places_for(current_actor(), WRITING)))
    form.document_id.offer((one.id, one.title, one.number or "") for one in plan_documents(current_actor()))
    return form


def _stored(programme: Programme) -> ProgrammeForm:
    stored = vars(operations.values_of(programme)) | {"version": programme.version}
    return _offered(ProgrammeForm(formdata=None, data=stored))


def _index(form: ProgrammeForm) -> str:
    rows = queries.programmes(current_actor())
    return render_template("register/programmes/index.html", rows=rows, form=form)


def _show(programme: Programme, form: ProgrammeForm, asking: MembersForm) -> str:
    actor, asked = current_actor(), typed(request.args, "q")
    keeps = may(actor, WRITING) and covers(places_for(actor, WRITING), programme.place_code)
    return render_template(
        "register/programmes/show.html",
        programme=programme,
        form=form,
        asking=asking,
        members=queries.members(actor, programme.id),
        promises=queries.promises_of(actor, programme.id),
        found=queries.candidates(actor, programme.id, asked) if asked and keeps else [],
        asked=asked,
        keeps=keeps,
    )
