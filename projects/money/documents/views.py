"""Documents that hand money on: the list, one with its chain and lines, new ones."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.gazetteer.queries import finder
from projects.core.narrowing import PAGE_SIZES
from projects.core.permissions import places_for
from projects.money.documents import filtering, operations, queries, workbook
from projects.money.documents.forms import DocumentForm, LineForm
from projects.people.access.door import acting, allowed, current_actor
from projects.register.projects.queries import project_by_slug
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page, filed, gone_to
from projects.web.filters import keep_as_of

bp = Blueprint("documents", __name__)


@bp.get("/documents")
@allowed("treasury.read")
def index() -> str:
    """Every document within the asker's places."""
    return _index(DocumentForm(formdata=None))


@bp.get("/documents.<any(csv, xlsx):ending>")
@allowed("treasury.read")
def file(ending: str) -> Response:
    """The rows of the list as shown, all pages."""
    chosen = filtering.read(request.args)
    rows = queries.documents(current_actor(), chosen, clock.status_date())
    return download(workbook.documents(rows, clock.status_date(), chosen), ending, gettext("资金文件"))


@bp.post("/documents")
@allowed("funding.write")
def add() -> Page:
    """Keep a new document."""
    form = _with_places(DocumentForm())
    said = gettext("已登记文件, 请登记它的下达明细")
    return filed(
        form,
        lambda: operations.add_document(acting(), _values(form)).id,
        lambda key: gone_to(keep_as_of("documents.show", document_id=key), said, form.issued_on.data),
        lambda: _index(form),
    )


@bp.get("/documents/<int:document_id>")
@allowed("treasury.read")
def show(document_id: int) -> str:
    """One document with its chain and its lines."""
    return _show(document_id, _with_projects(LineForm(formdata=None)))


@bp.get("/documents/<int:document_id>.<any(csv, xlsx):kind>")
@allowed("treasury.read")
def lines_file(document_id: int, kind: str) -> Response:
    """The lines of a document."""
    page = queries.document(current_actor(), document_id, clock.status_date())
    return download(
        workbook.lines(page, clock.status_date()), kind, gettext("下达明细 %(number)s", number=page.row.number)
    )


@bp.post("/documents/<int:document_id>/lines")
@allowed("funding.write")
def add_line(document_id: int) -> Page:
    """Post one line of a document."""
    issued_on = queries.document(current_actor(), document_id, clock.business_day()).row.issued_on
    form, where = _with_projects(LineForm()), keep_as_of("documents.show", document_id=document_id)
    return filed(
        form,
        lambda: operations.add_line(acting(), document_id, _line(form)),
        lambda _: gone_to(where, gettext("已登记下达明细"), issued_on),
        lambda: _show(document_id, form),
    )


def _line(form: LineForm) -> operations.DocumentLine:
    return operations.DocumentLine(
        project_id=project_by_slug(current_actor(), form.project.data).id,
        amount_fen=form.fen or 0,
        source=form.source.data,
        external_id=form.external_id.data or "",
        memo=form.memo.data or "",
        confirmed=bool(form.confirmed.data),
    )


def _values(form: DocumentForm) -> operations.DocumentValues:
    return operations.DocumentValues(
        kind=form.kind.data,
        number=form.number.data or "",
        title=form.title.data or "",
        issuer=form.issuer.data or "",
        issued_on=form.issued_on.data,
        received_on=form.received_on.data,
        source=form.source.data or None,
        budget_year=form.budget_year.data,
        total_fen=form.fen,
        parent_id=queries.parent_of(current_actor(), form.parent_number.data or ""),
        place_code=form.place_code.data or None,
        confirmed=bool(form.confirmed.data),
    )


def _with_places(form: DocumentForm) -> DocumentForm:
    form.place_code.offer(finder(places_for(current_actor(), "funding.write")))
    return form


def _with_projects(form: LineForm) -> LineForm:
    form.project.offer(queries.project_choices(current_actor()))
    return form


def _index(form: DocumentForm) -> str:
    chosen = filtering.read(request.args)
    rows = queries.documents(current_actor(), chosen, clock.status_date())
    form = form if form.is_submitted() else _with_places(form)
    first = (chosen.page - 1) * chosen.per_page
    return render_template(
        "money/documents/index.html",
        rows=rows[first : first + chosen.per_page],
        count=len(rows),
        chosen=chosen,
        form=form,
        sizes=PAGE_SIZES,
    )


def _show(document_id: int, form: LineForm) -> str:
    page = queries.document(current_actor(), document_id, clock.status_date())
    if not form.is_submitted() and page.row.source:
        form.source.data = page.row.source
    return render_template("money/documents/show.html", page=page, form=form)
