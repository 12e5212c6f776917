"""The register as one workbook: handed out, and offered empty."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.gazetteer.queries import place_names
from projects.core.gazetteer.search import options_of
from projects.core.text import Text
from projects.people.access.door import allowed, current_actor
from projects.portfolio.book import queries, workbook
from projects.portfolio.book.columns import NOTES, SHEETS, TITLE
from projects.portfolio.book.things import Thing, spelled
from projects.sheets.writing.views import attached, bounded
from projects.web import clock
from projects.web.i18n import speak

bp = Blueprint("book", __name__, url_prefix="/register")
JOB = "projects.portfolio.book.workbook:written"


@bp.get("")
@allowed("document.write")
def index() -> str:
    """Where the register is handed out and taken in."""
    return render_template("portfolio/book/index.html")


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
