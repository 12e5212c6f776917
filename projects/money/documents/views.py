"""Documents that hand money on: the list, one with its chain and lines, new ones."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import InvalidError
from projects.core.narrowing import PAGE_SIZES
from projects.core.text import N_, Text
from projects.database import transaction
from projects.money.documents import filtering, operations, queries, workbook
from projects.money.documents.forms import DocumentForm, LineForm
from projects.people.access.door import acting, allowed, current_actor
from projects.register.projects.queries import project_by_slug
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filters import keep_as_of
from projects.web.later import tell_later

bp = Blueprint("documents", __name__)
Answer = str | tuple[str, int] | Response


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
def add() -> Answer:
    """Keep a new document."""
    form = _with_places(DocumentForm())
    if not form.validate_on_submit():
        return _index(form), 422
    try:
        with transaction():
            document = operations.add_document(acting(), _values(form))
            key = document.id
    except InvalidError as problem:
        form.take_errors(problem)
        return _index(form), 422
    flash(gettext("已登记文件, 请登记它的下达明细"))
    tell_later(form.issued_on.data)
    return redirect(keep_as_of("documents.show", document_id=key))


@bp.get("/documents/<int(max=2147483647):document_id>")
@allowed("treasury.read")
def show(document_id: int) -> str:
    """One document with its chain and its lines."""
    return _show(document_id, _with_projects(LineForm(formdata=None)))


@bp.get("/documents/<int(max=2147483647):document_id>.<any(csv, xlsx):kind>")
@allowed("treasury.read")
def lines_file(document_id: int, kind: str) -> Response:
    """The lines of a document."""
    page = queries.document(current_actor(), document_id, clock.status_date())
    return download(
        workbook.lines(page, clock.status_date()), kind, gettext("下达明细 %(number)s", number=page.row.number)
    )


@bp.post("/documents/<int(max=2147483647):document_id>/lines")
@allowed("funding.write")
def add_line(document_id: int) -> Answer:
    """Post one line of a document."""
    issued_on = queries.document(current_actor(), document_id, clock.business_day()).row.issued_on
    form = _with_projects(LineForm())
    if not form.validate_on_submit():
        return _show(document_id, form), 422
    project = project_by_slug(current_actor(), form.project.data)
    line = operations.DocumentLine(
        project.id,
        form.fen or 0,
        form.source.data,
        form.external_id.data or "",
        form.memo.data or "",
        bool(form.confirmed.data),
    )
    try:
        with transaction():
            operations.add_lines(acting(), document_id, [line])
    except InvalidError as problem:
        form.take_errors(InvalidError({name.partition(".")[2]: text for name, text in problem.fields.items()}))
        return _show(document_id, form), 422
    flash(gettext("已登记下达明细"))
    tell_later(issued_on)
    return redirect(keep_as_of("documents.show", document_id=document_id))


def _values(form: DocumentForm) -> operations.DocumentValues:
    """What was typed; InvalidError where the document above is not known."""
    above = (form.parent_number.data or "").strip()
    parent_id = queries.named(current_actor(), above) if above else None
    if above and parent_id is None and (alike := queries.nearly_named(current_actor(), above)):
        raise InvalidError(
            {
                "parent_number": Text(
                    N_("没有文号为 %(number)s 的文件: 是不是 %(near)s?"), {"number": above, "near": alike}
                )
            }
        )
    if above and parent_id is None:
        raise InvalidError(
            {"parent_number": Text(N_("没有文号为 %(number)s 的文件: 请先登记上级文件"), {"number": above})}
        )
    return operations.DocumentValues(
        form.kind.data, form.number.data or "", form.title.data or "", form.issuer.data or "", form.issued_on.data,
        form.received_on.data,
        form.source.data or None, form.budget_year.data, form.fen, parent_id, form.place_code.data or None,
        confirmed=bool(form.confirmed.data),
    )  # fmt: skip


def _with_places(form: DocumentForm) -> DocumentForm:
    form.place_code.offer(queries.places(current_actor()))
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
