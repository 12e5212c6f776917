"""Plan documents entered and corrected, with their clauses."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from projects.core.errors import ProblemError
from projects.core.gazetteer.queries import finder, home_within
from projects.core.permissions import places_for
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.views import Act, filed_change
from projects.register.documents import operations
from projects.register.documents.forms import ClauseForm, DocumentForm
from projects.register.documents.queries import clauses_of, plan_by_slug, promised_clauses
from projects.register.documents.tables import PlanDocument
from projects.web.clock import business_day
from projects.web.filed import Page, attempted, filed, gone_to
from projects.web.i18n import speak

bp = Blueprint("register", __name__, url_prefix="/plans")
WRITING = "document.write"


@bp.get("/new")
@allowed("document.write")
def new() -> str:
    """The form of a new document, of the office's own place and this year."""
    form = DocumentForm(formdata=None, data={"year": business_day().year})
    form.place_code.data = home_within(places_for(current_actor(), WRITING))
    return _new(_with_places(form))


@bp.post("/new")
@allowed("document.write")
def add() -> Page:
    """Keep a new document."""
    form = _with_places(DocumentForm())
    return filed(
        form,
        lambda: operations.add_document(acting(), form.values).slug,
        lambda slug: gone_to(url_for("register.edit", slug=slug), gettext("已登记文件, 请接着登记条款")),
        lambda: _new(form),
    )


@bp.get("/<slug>/edit")
@allowed("document.write")
def edit(slug: str) -> str:
    """A document and its clauses, to correct."""
    document = _document(slug)
    return _edit(document, _stored(document), ClauseForm(formdata=None))


@bp.post("/<slug>/edit")
@allowed("document.write")
def save(slug: str) -> Page:
    """Store what was corrected, or ask another person where promises move with it."""
    document, form = _document(slug), _with_places(DocumentForm())
    there = url_for("register.edit", slug=slug)

    def wanted() -> dict[str, object]:
        return operations.to_json(form.values, form.version.data or 0)

    return filed_change(
        form,
        Act("document.change", str(document.id), wanted),
        lambda _: gone_to(there, gettext("已保存")),
        lambda: _edit(document, form, ClauseForm(formdata=None)),
    )


@bp.post("/<slug>/remove")
@allowed("document.write")
def remove(slug: str) -> Page:
    """Take back a document that nothing rests on."""
    document = _document(slug)
    form = _stored(document)
    seen = request.form.get("version", "")

    def again(problem: ProblemError) -> str:
        form.form_errors.append(speak(problem.text))
        return _edit(document, form, ClauseForm(formdata=None))

    return attempted(
        lambda: operations.remove_document(acting(), document.id, int(seen) if seen.isdecimal() else -1),
        lambda title: gone_to(url_for("catalogue.plans"), gettext("已删除 %(title)s", title=title)),
        again,
    )


@bp.post("/<slug>/clauses")
@allowed("document.write")
def add_clause(slug: str) -> Page:
    """Keep a new clause."""
    document, form = _document(slug), ClauseForm()
    return filed(
        form,
        lambda: operations.add_clause(acting(), document.id, form.locator.data or "", form.heading.data or ""),
        lambda clause: gone_to(
            url_for("register.edit", slug=slug, _anchor="clauses"), gettext("已登记第 %(one)s 条", one=clause.locator)
        ),
        lambda: _edit(document, _stored(document), form),
    )


@bp.get("/<slug>/clauses/<int:clause_id>")
@allowed("document.write")
def edit_clause(slug: str, clause_id: int) -> str:
    """One clause, to correct."""
    document = _document(slug)
    clause = operations.clause_of(document.id, clause_id)
    return _clause(document, clause_id, ClauseForm(formdata=None, obj=clause))


@bp.post("/<slug>/clauses/<int:clause_id>")
@allowed("document.write")
def save_clause(slug: str, clause_id: int) -> Page:
    """Correct one clause, or take it back."""
    document, form = _document(slug), ClauseForm()
    there = url_for("register.edit", slug=slug, _anchor="clauses")
    if request.form.get("action") == "remove":
        return filed(
            form,
            lambda: operations.remove_clause(acting(), document.id, clause_id),
            lambda locator: gone_to(there, gettext("已删除第 %(one)s 条", one=locator)),
            lambda: _clause(document, clause_id, form),
        )
    return filed(
        form,
        lambda: operations.change_clause(
            acting(), document.id, clause_id, form.locator.data or "", form.heading.data or ""
        ),
        lambda _: gone_to(there, gettext("已保存")),
        lambda: _clause(document, clause_id, form),
    )


def _document(slug: str) -> PlanDocument:
    document = plan_by_slug(current_actor(), slug)
    operations.require_kept(current_actor(), document)
    return document


def _stored(document: PlanDocument) -> DocumentForm:
    stored = vars(operations.values_of(document)) | {"version": document.version}
    return _with_places(DocumentForm(formdata=None, data=stored))


def _with_places(form: DocumentForm) -> DocumentForm:
    form.place_code.offer(finder(places_for(current_actor(), WRITING)))
    return form


def _new(form: DocumentForm) -> str:
    return render_template("register/documents/new.html", form=form)


def _edit(document: PlanDocument, form: DocumentForm, clause: ClauseForm) -> str:
    rows = clauses_of(current_actor(), document.id)
    return render_template(
        "register/documents/edit.html",
        document=document,
        form=form,
        clause=clause,
        clauses=rows,
        promised=promised_clauses(document.id),
    )


def _clause(document: PlanDocument, clause_id: int, form: ClauseForm) -> str:
    return render_template("register/documents/clause.html", document=document, clause_id=clause_id, form=form)
