"""The register as one workbook: handed out, offered empty, and taken in again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, session
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ProblemError
from projects.core.gazetteer.queries import place_names
from projects.core.gazetteer.search import options_of
from projects.core.narrowing import typed
from projects.core.text import N_, Text
from projects.database import transacted
from projects.money.imports.extract import MOST_BYTES
from projects.people.access.door import acting, allowed, current_actor
from projects.portfolio.book import operations, queries, workbook
from projects.portfolio.book.columns import BY_KEY, NOTES, SHEETS, TITLE, Column
from projects.portfolio.book.forms import BookForm
from projects.portfolio.book.items import POSSIBLE, Item
from projects.portfolio.book.things import Thing, amount_said, spelled
from projects.portfolio.ledger.plan import SAME
from projects.portfolio.uploads import operations as kept
from projects.portfolio.uploads.forms import ReasonForm, page_asked, seen_version
from projects.portfolio.uploads.queries import uploads
from projects.sheets.writing.views import attached, bounded
from projects.web import clock
from projects.web.filed import Page, attempted, filed, gone_to
from projects.web.filters import keep_as_of
from projects.web.i18n import speak, spellings

bp = Blueprint("book", __name__, url_prefix="/register")
JOB = "projects.portfolio.book.workbook:written"
PER_PAGE = 50
LONGEST = 120  # letters of a text that are shown
_ONE = "/<int:upload_id>"


@bp.url_value_preprocessor
def _allow_file(endpoint: str | None, values: dict[str, object] | None) -> None:  # noqa: ARG001
    """Only people who are signed in may send a body as large as a file."""
    if endpoint == "book.create" and "sid" in session:
        request.max_content_length = MOST_BYTES + 1_000_000


@bp.get("")
@allowed("document.write")
def index() -> str:
    """Where the register is handed out and taken in."""
    return _index(BookForm(formdata=None))


@bp.post("")
@allowed("document.write")
def create() -> Page:
    """Keep a file and show what it would do."""
    form = BookForm()
    return filed(
        form,
        lambda file: kept.keep(acting(), queries.SHELF, file).id,
        lambda key: redirect(keep_as_of("book.show", upload_id=key)),
        lambda: _index(form),
        first=lambda: queries.opened(current_actor(), *form.sent(), form.options(), spellings),
    )


@bp.get("/export.xlsx")
@allowed("export")
def export() -> Response:
    """What the asker may see of the register as of the status date."""
    day = clock.status_date()
    things = queries.register(current_actor(), day)
    return attached(_book(things, [(gettext("状态日"), day.isoformat())]), "xlsx", gettext("登记簿"))


@bp.get("/template.xlsx")
@allowed("document.write")
def template() -> Response:
    """The same workbook, empty."""
    return attached(_book({one.key: [] for one in SHEETS}, []), "xlsx", gettext("登记簿模板"))


@bp.get(_ONE)
@allowed("document.write")
def show(upload_id: int) -> str:
    """An upload: what would be done with each row, or was."""
    return _show(upload_id)


@bp.post(_ONE + "/choices")
@allowed("document.write")
def choose(upload_id: int) -> Page:
    """Say which rows are left out."""
    choices = {name[2:]: value for name, value in request.form.items() if name.startswith("r-")}
    back = {name: request.form.get(name) for name in ("show", "page") if request.form.get(name)}
    return attempted(
        lambda: kept.choose(acting(), queries.SHELF, upload_id, seen_version(), choices),
        lambda _: gone_to(keep_as_of("book.show", upload_id=upload_id, **back), gettext("已保存选择")),
        lambda problem: _show(upload_id, problem),
    )


@bp.post(_ONE + "/post")
@allowed("document.write")
def post(upload_id: int) -> Page:
    """Take the rows in."""
    return attempted(
        lambda step: operations.post(acting(), step).counts,
        lambda counts: gone_to(
            keep_as_of("book.show", upload_id=upload_id),
            speak(Text(N_("已办 %(count)s 行"), {"count": counts["posted"]})),
        ),
        lambda problem: _show(upload_id, problem),
        first=lambda: _posted_but_last(upload_id),
    )


def _posted_but_last(upload_id: int) -> operations.Step:
    """What the last step writes; those before it are posted, each in a transaction of its own."""
    step = operations.Step.of(_seen(upload_id), seen_version(), leave=bool(request.form.get("leave")))
    while not step.is_last:
        version = transacted(partial(_written, step))
        step = step.after(version) or operations.Step.of(_seen(upload_id), version, leave=True)
    return step


def _written(step: operations.Step) -> int:
    return operations.post(acting(), step).version


@bp.post(_ONE + "/drop")
@allowed("document.write")
def drop(upload_id: int) -> Page:
    """Forget a preview."""
    return attempted(
        lambda: kept.drop(acting(), queries.SHELF, upload_id),
        lambda _: gone_to(keep_as_of("book.index"), gettext("已放弃这份预览")),
        lambda problem: _show(upload_id, problem),
    )


@bp.post(_ONE + "/undo")
@allowed("document.write")
def undo(upload_id: int) -> Page:
    """Take a whole upload back."""
    form = ReasonForm()
    return attempted(
        lambda: operations.undo(acting(), upload_id, seen_version(), form.reason.data or ""),
        lambda _: gone_to(keep_as_of("book.show", upload_id=upload_id), gettext("已整批撤销")),
        lambda problem: _show(upload_id, problem),
    )


# --- helpers of these views -------------------------------------------------------------------------------------------


def _seen(upload_id: int) -> queries.Shown:
    return queries.shown(current_actor(), upload_id, clock.business_day(), spellings)


def _index(form: BookForm) -> str:
    rows = uploads(current_actor(), queries.SHELF)
    return render_template("portfolio/book/index.html", form=form, uploads=rows)


def _show(upload_id: int, problem: ProblemError | None = None) -> str:
    seen = _seen(upload_id)
    chosen, page = typed(request.args, "show"), page_asked()
    rows = sorted(
        (item for item in seen.items if _is_asked_for(item, chosen)), key=lambda item: item.state == SAME
    )  # what would be done first
    done = [] if seen.upload.state == "previewed" else queries.written(upload_id)
    shown = {
        "rows": rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        "done": done[(page - 1) * PER_PAGE : page * PER_PAGE],
        "pages": {"page": page, "per_page": PER_PAGE, "count": len(rows) or len(done)},
        "chosen": chosen,
        "states": POSSIBLE,
        "untaken": [(table.name, *one) for table in seen.book.tables.values() for one in table.untaken],
        "sheets": BY_KEY,
        "form": ReasonForm(formdata=None),
        "spell": partial(_spelled, place_names()),
    }
    return render_template("portfolio/book/show.html", seen=seen, upload=seen.upload, problem=problem, **shown)


def _is_asked_for(item: Item, chosen: str) -> bool:
    if chosen in BY_KEY:
        return item.sheet.key == chosen
    return item.needs_look if chosen == "look" else item.state == chosen if chosen in POSSIBLE else True


def _spelled(places: Mapping[str, str], item: Item, column: Column, value: Any) -> str:
    """A value of a column as a person reads it; — where there is none."""
    if value in (None, ""):
        return "—"
    if column.kind == "words":
        return speak(column.words[value])
    if column.kind == "amount" and isinstance(value, int):
        told = {**(item.thing.values if item.thing else {}), **item.values}
        return amount_said(value, str(told["measure"]), str(told.get("quantifier") or "project"))
    said = places.get(value, value) if column.kind == "place" else str(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def _book(things: Mapping[str, list[Thing]], about: list[tuple[str, str]]) -> bytes:
    """The things as a workbook in the reader's language."""
    paths = {one.code: one.path.replace(" ", "") for one in options_of(place_names())}
    pages = [
        (
            speak(one.title),
            [(speak(cell.heading), cell.kind, [speak(word) for word in cell.words.values()]) for cell in one.columns],
            [spelled(thing, one, speak, paths) for thing in things[one.key]],
        )
        for one in SHEETS
        if one.key in things
    ]
    notes = about + [(speak(name), speak(Text(said))) for name, said in NOTES]
    told = (speak(TITLE), pages, (gettext("说明"), notes))
    cells = sum(len(headings) * len(rows) for _, headings, rows in pages)
    return bounded(cells, lambda: workbook.to_xlsx(*told), JOB, lambda: workbook.sent(*told))
