"""Promises added; corrected, moved, withdrawn or finished with another's consent."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from projects.core.narrowing import typed
from projects.core.permissions import require
from projects.core.text import N_
from projects.core.vocabulary import UNTESTABLE
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.views import Act, filed_change, foreseen
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Programme, Project
from projects.register.promises import operations
from projects.register.promises.forms import EndForm, PromiseForm, RevisionForm, stored
from projects.register.promises.queries import clause_choices, programme_by_slug
from projects.register.promises.tables import Target
from projects.web.filed import Page, filed, gone_to
from projects.web.filters import keep_as_of

bp = Blueprint("promises", __name__)
WRITING = "promise.write"
ACTS = {"correct": N_("原来读错了, 应当是什么?"), "move": N_("后来的文件把它改成了什么?")}


@bp.get("/projects/<slug>/promises/new")
@allowed("promise.write")
def new(slug: str) -> str:
    """The form of a new promise of a project."""
    return _new(_project(slug), PromiseForm(formdata=None))


@bp.post("/projects/<slug>/promises/new")
@allowed("promise.write")
def add(slug: str) -> Page:
    """Keep it."""
    return _add(_project(slug))


@bp.get("/programmes/<slug>/promises/new")
@allowed("promise.write")
def new_of_programme(slug: str) -> str:
    """The form of a new promise of a programme."""
    return _new(_programme(slug), PromiseForm(formdata=None))


@bp.post("/programmes/<slug>/promises/new")
@allowed("promise.write")
def add_of_programme(slug: str) -> Page:
    """Keep it."""
    return _add(_programme(slug))


@bp.get("/promises/<slug>/<any(correct, move):act>")
@allowed("promise.write")
def revise(slug: str, act: str) -> str:
    """A promise as it stands, to say what it should be."""
    target = _target(slug)
    return _revise(target, act, RevisionForm(formdata=None, data=stored(operations.values_of(target))))


@bp.post("/promises/<slug>/<any(correct, move):act>")
@allowed("promise.write")
def ask_to_revise(slug: str, act: str) -> Page:
    """Ask for another's consent."""
    target, form = _target(slug), RevisionForm()
    _offer(form, operations.subject_of(target))
    asked = Act(f"promise.{act}", slug, lambda: {"values": form.values.to_json()}, target.project_id)
    if request.form.get("action") == "see":
        return foreseen(form, asked, lambda found: _revise(target, act, form, found))
    return filed_change(form, asked, lambda _: _unchanged(target), lambda: _revise(target, act, form))


@bp.get("/promises/<slug>/end")
@allowed("promise.write")
def end(slug: str) -> str:
    """Ask how and why a promise ends."""
    return _end(_target(slug), EndForm(formdata=None))


@bp.post("/promises/<slug>/end")
@allowed("promise.write")
def ask_to_end(slug: str) -> Page:
    """Ask for another's consent."""
    target, form = _target(slug), EndForm()
    asked = Act("promise.end", slug, lambda: {"ended_as": form.ended_as.data}, target.project_id)
    if request.form.get("action") == "see":
        return foreseen(form, asked, lambda found: _end(target, form, found))
    return filed_change(form, asked, lambda _: _unchanged(target), lambda: _end(target, form))


def _unchanged(target: Target) -> Page:
    return gone_to(_home(operations.subject_of(target)), gettext("没有改动"))


def _project(slug: str) -> Project:
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), WRITING, project.id)
    return project


def _programme(slug: str) -> Programme:
    programme = programme_by_slug(current_actor(), slug)
    operations.require_for(current_actor(), programme)
    return programme


def _target(slug: str) -> Target:
    target = operations.standing_target(slug)
    subject = operations.subject_of(target)
    _project(subject.slug) if isinstance(subject, Project) else _programme(subject.slug)
    return target


def _home(subject: operations.Subject) -> str:
    if isinstance(subject, Project):
        return keep_as_of("catalogue.project", slug=subject.slug, _anchor="targets")
    return url_for("programmes.show", slug=subject.slug)


def _offer(form: PromiseForm | RevisionForm, subject: operations.Subject) -> None:
    form.of(clause_choices(current_actor()), programme=isinstance(subject, Programme))


def _new(subject: operations.Subject, form: PromiseForm) -> str:
    _offer(form, subject)
    if not form.is_submitted():
        form.clause_id.data = typed(request.args, "clause", 12)
        form.quantifier.data = "count" if isinstance(subject, Programme) else "project"
    return render_template("register/promises/new.html", subject=subject, form=form, home=_home(subject))


def _add(subject: operations.Subject) -> Page:
    form = PromiseForm()
    _offer(form, subject)
    return filed(
        form,
        lambda: operations.add_promise(acting(), subject, form.values),
        lambda _: gone_to(_home(subject), gettext("已登记承诺, 判断已更新")),
        lambda: render_template("register/promises/new.html", subject=subject, form=form, home=_home(subject)),
    )


def _revise(target: Target, act: str, form: RevisionForm, found: list[Turn] | None = None) -> str:
    subject = operations.subject_of(target)
    if not form.is_submitted():
        _offer(form, subject)
    shown = {"subject": subject, "act": act, "question": ACTS[act], "home": _home(subject), "found": found}
    return render_template("register/promises/revise.html", target=target, form=form, **shown)


def _end(target: Target, form: EndForm, found: list[Turn] | None = None) -> str:
    subject = operations.subject_of(target)
    finishes = target.measure in UNTESTABLE
    if not finishes:
        form.ended_as.choices = [one for one in form.ended_as.choices if one.value != "finished"]
    shown = {"subject": subject, "home": _home(subject), "finishes": finishes, "found": found}
    return render_template("register/promises/end.html", target=target, form=form, **shown)
