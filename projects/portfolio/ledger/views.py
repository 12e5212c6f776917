"""Ledgers of projects: choose a file, see what its columns and rows are taken for, decide, take over, take back."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request, session
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ProblemError
from projects.core.gazetteer.queries import finder, place_names
from projects.core.narrowing import typed
from projects.core.permissions import places_for
from projects.core.text import N_, Text
from projects.money.imports.extract import MOST_BYTES
from projects.people.access.door import acting, allowed, current_actor
from projects.portfolio.ledger import columns, operations, plan, queries, sheet, words, workbook
from projects.portfolio.ledger.forms import LedgerForm
from projects.portfolio.ledger.rows import unread
from projects.portfolio.ledger.tables import LedgerUpload
from projects.portfolio.posting import views as posting
from projects.portfolio.posting.operations import begin
from projects.portfolio.posting.steps import posting_of, problem_of
from projects.portfolio.taken import operations as taken
from projects.portfolio.taken import queries as brought
from projects.portfolio.uploads import operations as kept
from projects.portfolio.uploads.forms import ReasonForm, page_asked, seen_version
from projects.portfolio.uploads.queries import upload_of
from projects.portfolio.uploads.queries import uploads as sent_in
from projects.sheets.writing.views import attached, bounded
from projects.web import clock
from projects.web.background import wake
from projects.web.filed import Page, attempted, filed, gone_to
from projects.web.filters import keep_as_of
from projects.web.i18n import speak

bp = Blueprint("ledgers", __name__, url_prefix="/ledgers")
CREATING = "ledgers.create"
WRITING_JOB = "projects.portfolio.ledger.workbook:written"
PER_PAGE = 50
MOST_LEFT_OUT = 100
_ONE = "/<int:upload_id>"


@bp.url_value_preprocessor
def _allow_file(endpoint: str | None, values: dict[str, object] | None) -> None:  # noqa: ARG001
    """Only people who are signed in may send a body as large as a file."""
    if endpoint == CREATING and "sid" in session:
        request.max_content_length = MOST_BYTES + 1_000_000


@bp.get("")
@allowed("project.import")
def index() -> str:
    """The uploads, and the form for the next file."""
    return _index(_with_choices(LedgerForm(formdata=None)))


@bp.post("")
@allowed("project.import")
def create() -> Page:
    """Keep a file and show what it would do."""
    form = _with_choices(LedgerForm())
    return filed(
        form,
        lambda file: operations.preview(acting(), file).id,
        lambda key: redirect(keep_as_of("ledgers.show", upload_id=key)),
        lambda: _index(form),
        first=lambda: queries.opened(current_actor(), *form.sent(), form.options()),
    )


@bp.get("/template.xlsx")
@allowed("project.import")
def template() -> Response:
    """An empty ledger with an example row, lists to choose from, and notes."""
    notes = [(speak(Text(name)), speak(Text(said))) for name, said in sheet.NOTES]
    example = [cell.example for cell in sheet.COLUMNS]
    content = workbook.to_xlsx([example], notes, about=gettext("说明"))
    return attached(content, "xlsx", gettext("项目台账模板"))


@bp.get("/export.xlsx")
@allowed("project.import")
def export() -> Response:
    """The asker's projects in the same layout: changed there and sent back, only what differs is stored."""
    rows = queries.exported(current_actor())
    content = bounded(
        len(rows) * len(sheet.COLUMNS),
        lambda: workbook.to_xlsx(rows),
        WRITING_JOB,
        lambda: workbook.sent(rows),
        too_large=N_("项目太多, 一次写不成 Excel"),
    )
    return attached(content, "xlsx", gettext("项目台账"))


@bp.get(_ONE)
@allowed("project.import")
def show(upload_id: int) -> str:
    """An upload: its columns, its projects, what would be done or was; how far it is while it is posted."""
    return posting.page(upload_of(current_actor(), queries.SHELF, upload_id)) or _show(upload_id)


@bp.post(_ONE + "/columns")
@allowed("project.import")
def assign(upload_id: int) -> Page:
    """Say what columns are."""
    chosen = {name[2:]: value for name, value in request.form.items() if name.startswith("c-")}
    seen = queries.shown(current_actor(), upload_id, clock.latest_day())
    sheets = [table.sheet.name for table in seen.tables]
    return attempted(
        lambda: operations.assign(acting(), upload_id, seen_version(), sheets, chosen),
        lambda _: gone_to(keep_as_of("ledgers.show", upload_id=upload_id), gettext("已按您的选择重新对照")),
        lambda problem: _show(upload_id, problem),
    )


@bp.post(_ONE + "/choices")
@allowed("project.import")
def choose(upload_id: int) -> Page:
    """Say which projects rows are."""
    choices = {name[2:]: value for name, value in request.form.items() if name.startswith("r-")}
    back = {name: request.form.get(name) for name in ("show", "page") if request.form.get(name)}
    return attempted(
        lambda: kept.choose(acting(), queries.SHELF, upload_id, seen_version(), choices),
        lambda _: gone_to(keep_as_of("ledgers.show", upload_id=upload_id, **back), gettext("已保存选择")),
        lambda problem: _show(upload_id, problem),
    )


@bp.post(_ONE + "/post")
@allowed("project.import")
def post(upload_id: int) -> Page:
    """Take the projects over: few at once, more in the background."""
    leave, where = bool(request.form.get("leave")), keep_as_of("ledgers.show", upload_id=upload_id)

    def first() -> operations.Ready:
        return operations.Ready.of(queries.ready(current_actor(), upload_id, clock.latest_day()), leave=leave)

    def write(ready: operations.Ready) -> LedgerUpload:
        return operations.post(acting(), ready) if ready.is_last else begin(acting(), ready, leave=leave)

    def done(upload: LedgerUpload) -> Page:
        if upload.state != "posted":
            return redirect(where)
        return gone_to(where, speak(Text(N_("已入库 %(count)s 个项目"), {"count": upload.counts["posted"]})))

    return attempted(write, done, lambda problem: _show(upload_id, problem), first=first)


@bp.post(_ONE + "/drop")
@allowed("project.import")
def drop(upload_id: int) -> Page:
    """Forget a preview."""
    return attempted(
        lambda: kept.drop(acting(), queries.SHELF, upload_id),
        lambda _: gone_to(keep_as_of("ledgers.index"), gettext("已放弃这份预览")),
        lambda problem: _show(upload_id, problem),
    )


@bp.post(_ONE + "/undo")
@allowed("project.import")
def undo(upload_id: int) -> Page:
    """Take a whole upload back."""
    form = ReasonForm()
    return attempted(
        lambda: taken.undo(acting(), upload_id, seen_version(), form.reason.data or ""),
        lambda _: gone_to(keep_as_of("ledgers.show", upload_id=upload_id), gettext("已整批撤销")),
        lambda problem: _show(upload_id, problem),
    )


# --- helpers of these views -------------------------------------------------------------------------------------------


def _with_choices(form: LedgerForm) -> LedgerForm:
    """The form with the asker's places and the documents that promises may stand in."""
    places = places_for(current_actor(), "project.import")
    form.place.offer(finder(places))
    form.place.none = gettext("(不限)") if places is None else None
    if places and len(places) == 1 and not form.is_submitted():
        form.place.data = next(iter(places))
    form.document.offer((str(one.id), one.title) for one in queries.documents(current_actor()))
    return form


def _index(form: LedgerForm) -> str:
    actor = current_actor()
    uploads, waiting = sent_in(actor, queries.SHELF), brought.waiting(actor)
    if any(posting_of(row.counts) for row in uploads):
        wake()
    return render_template("portfolio/ledger/index.html", form=form, uploads=uploads, waiting=waiting)


def _show(upload_id: int, problem: ProblemError | None = None) -> str:
    seen = queries.shown(current_actor(), upload_id, clock.latest_day())
    chosen, page = typed(request.args, "show"), page_asked()
    is_open = seen.upload.state == "previewed"
    rows = [item for item in seen.items if _is_asked_for(item, chosen)]
    count = len(rows) if is_open else seen.upload.counts.get("posted", 0)
    shown = {
        "rows": rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        "written": [] if is_open else queries.written(upload_id, page, PER_PAGE),
        "pages": {"page": page, "per_page": PER_PAGE, "count": count},
        "chosen": chosen,
        "states": plan.STATES,
        "fields": columns.choices(),
        "label": columns.label,
        "left_out": [(table.sheet.name, *one) for table in seen.tables for one in table.left_out],
        "most": MOST_LEFT_OUT,
        "silent": [(table.sheet.name, *one) for table in seen.tables for one in unread(table)] if is_open else [],
        "spell": partial(_spelled, place_names()),
        "amount_of": lambda promise: _said(words.amount_of(promise)),
        "form": ReasonForm(formdata=None),
        "stopped": problem_of(seen.upload.counts),
    }
    return render_template("portfolio/ledger/show.html", seen=seen, upload=seen.upload, problem=problem, **shown)


def _is_asked_for(item: plan.Item, chosen: str) -> bool:
    return item.needs_look if chosen == "look" else item.state == chosen if chosen in plan.STATES else True


def _spelled(places: dict[str, str], key: str, value: object) -> str:
    return _said(words.spelled(key, value, places))


def _said(text: Text | str) -> str:
    return text if isinstance(text, str) else speak(text)
