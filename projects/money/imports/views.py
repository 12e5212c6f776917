"""Imports: choose a file, see what it would do cell by cell, confirm it, undo it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request, session
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ProblemError
from projects.core.gazetteer.queries import finder
from projects.core.permissions import may, places_for
from projects.core.text import N_, Text
from projects.core.vocabulary import IMPORT_KINDS
from projects.database import transacted
from projects.money.imports import operations, queries, samples, workbook
from projects.money.imports.extract import MOST_BYTES
from projects.money.imports.fields import FIELDS
from projects.money.imports.forms import UndoForm, UploadForm
from projects.money.imports.plan import later as plan_later
from projects.money.waiting.queries import waiting
from projects.money.waiting.reading import reading_of
from projects.people.access.door import acting, allowed, current_actor
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.background import wake
from projects.web.filed import Page, attempted, filed, gone_to
from projects.web.filters import keep_as_of
from projects.web.forms import listed
from projects.web.i18n import speak

bp = Blueprint("imports", __name__)
SHOWN = 100
CREATING = "imports.create"
_ONE = "/imports/<int:batch_id>"


@bp.url_value_preprocessor
def _allow_file(endpoint: str | None, values: dict[str, object] | None) -> None:  # noqa: ARG001
    """Only people who are signed in may send a body as large as a file."""
    if endpoint == CREATING and "sid" in session:
        request.max_content_length = MOST_BYTES + 1_000_000


@bp.get("/imports")
@allowed("import.write")
def index() -> str:
    """What was imported, and the form for the next file; `?kind=` chooses what it holds."""
    return _index(UploadForm(formdata=None, kind=request.args.get("kind", "receipts")))


@bp.get("/imports/samples/<any(projects, allocations, receipts, payments):kind>.<any(csv, xlsx):ending>")
@allowed("import.write")
def sample(kind: str, ending: str) -> Response:
    """An example file that can be imported as it is."""
    title = speak(samples.TITLES[kind])
    return download(samples.sample(kind, title), ending, title)


@bp.post("/imports")
@allowed("import.write")
def create() -> Page:
    """Keep a file and show what it would do, or that it is being read."""
    form = _with_places(UploadForm())

    def opened() -> queries.Opened:
        options = {"unit": form.unit.data or "", "place": form.place.data or ""}
        return queries.opened(current_actor(), form.kind.data, *form.sent(), options, patient=False)

    return filed(
        form,
        lambda file: operations.preview(acting(), file).id,
        lambda key: redirect(keep_as_of("imports.show", batch_id=key)),
        lambda: _index(form),
        first=opened,
    )


@bp.get(_ONE)
@allowed("import.write")
def show(batch_id: int) -> str:
    """An import: what it would do, or did; how far its file is read."""
    batch = queries.batch_of(current_actor(), batch_id)
    if state := waiting(batch):
        wake()
        return render_template("money/imports/waiting.html", batch=batch, state=state, now=clock.now())
    return _show(batch_id)


@bp.get(_ONE + ".<any(csv, xlsx):kind>")
@allowed("import.write")
def file(batch_id: int, kind: str) -> Response:
    """The rows and faults of an import as they were read."""
    batch, found, plan = queries.shown(current_actor(), batch_id, clock.latest_day())
    return download(
        workbook.rows(batch.kind, batch.filename, found, plan),
        kind,
        gettext("导入核对 %(name)s", name=batch.filename[:60]),
    )


@bp.post(_ONE + "/post")
@allowed("import.write")
def post(batch_id: int) -> Page:
    """Write all that a previewed import holds."""
    where = keep_as_of("imports.show", batch_id=batch_id)
    return attempted(
        lambda ready: operations.post(acting(), ready),
        lambda batch: gone_to(where, speak(Text(N_("已入账 %(count)s 行"), {"count": batch.counts["new"]}))),
        lambda problem: _show(batch_id, problem),
        first=lambda: _posted_but_last(batch_id),
    )


@bp.post(_ONE + "/undo")
@allowed("import.write")
def undo(batch_id: int) -> Page:
    """Take a whole import back."""
    form = UndoForm()
    return attempted(
        lambda: operations.undo(acting(), batch_id, form.reason.data or ""),
        lambda _: gone_to(keep_as_of("imports.show", batch_id=batch_id), gettext("已整批撤销")),
        lambda problem: _show(batch_id, problem),
    )


@bp.post(_ONE + "/drop")
@allowed("import.write")
def drop(batch_id: int) -> Page:
    """Forget a preview."""
    return attempted(
        lambda: operations.drop(current_actor(), batch_id),
        lambda _: gone_to(keep_as_of("imports.index"), gettext("已放弃这份预览")),
        lambda problem: _show(batch_id, problem),
    )


def _posted_but_last(batch_id: int) -> queries.Ready:
    """What the last step writes; those before it are posted, each in a transaction of its own."""
    ready = queries.ready(acting(), batch_id)
    while not ready.is_last:
        batch = transacted(partial(operations.post, acting(), ready))
        ready = ready.after(batch)
    return ready


# --- helpers of these views -------------------------------------------------------------------------------------------


def _index(form: UploadForm) -> str:
    actor = current_actor()
    kinds = [kind for kind, action in queries.ACTIONS.items() if may(actor, action)]
    form.kind.choices = listed({kind: IMPORT_KINDS[kind] for kind in kinds})
    first = next(iter(kinds), "receipts")  # the door let nobody in who has none
    if form.kind.data not in kinds:
        form.kind.data = first
    form = form if form.is_submitted() else _with_places(form)
    batches = queries.batches(actor)
    if any(reading_of(row.counts) for row in batches):
        wake()
    return render_template("money/imports/index.html", form=form, batches=batches, kinds=kinds, fields=FIELDS)


def _with_places(form: UploadForm) -> UploadForm:
    """The form with the asker's places; filled in where there is one only."""
    places = places_for(current_actor(), "import.write")
    form.place.offer(finder(places))
    form.place.none = gettext("(不限)") if places is None else None
    if places and len(places) == 1 and not form.is_submitted():
        form.place.data = next(iter(places))
    return form


def _show(batch_id: int, problem: ProblemError | None = None) -> str:
    batch, found, plan = queries.shown(current_actor(), batch_id, clock.latest_day())
    later = plan_later(batch.kind, found.rows, clock.status_date()) if batch.state in {"previewed", "posted"} else None
    shown = {
        "later": later,
        "heads": found.heads,
        "fields": FIELDS[batch.kind],
        "most": SHOWN,
        "form": UndoForm(formdata=None),
    }
    return render_template("money/imports/show.html", batch=batch, found=found, plan=plan, problem=problem, **shown)
