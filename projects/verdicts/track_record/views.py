"""How well have the forecasts come true?"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.people.access.door import allowed, current_actor
from projects.sheets.writing.views import download
from projects.verdicts.track_record import drawing, page, queries, workbook
from projects.web.clock import status_date

bp = Blueprint("record", __name__)


@bp.get("/track-record")
@allowed("portfolio.read")
def index() -> str:
    """Error, coverage, reliability: of the portfolio's own closed months and of the real finished projects."""
    shown = queries.record_page(current_actor(), status_date())
    sets = {key: gettext(name) for key, name in page.SETS.items()}
    words = {
        "title": gettext("推算的概率与实际达到的比例"),
        "said": gettext("推算的概率 (百分比)"),
        "came": gettext("实际达到的比例 (百分比)"),
        **sets,
    }
    chart = drawing.draw({key: record.bins for key, record in shown.records.items()}, words)
    return render_template(
        "verdicts/track_record/index.html", page=shown, chart=chart, stages=page.STAGES, leads=page.LEADS, sets=sets
    )


@bp.get("/track-record.<any(csv, xlsx):kind>")
@allowed("export")
def file(kind: str) -> Response:
    """The figures of the page."""
    return download(workbook.table(queries.record_page(current_actor(), status_date())), kind, gettext("推算的准确度"))
