"""The Gantt of the portfolio and of one project: page, table, and files that look the same."""

from __future__ import annotations

import io
from urllib.parse import quote

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.bulk import uncollected
from projects.people.access.door import allowed, current_actor
from projects.pictures.gantt import choices, twin
from projects.pictures.gantt.drawing import Address, draw
from projects.pictures.gantt.facts import Portfolio
from projects.pictures.gantt.layout import layout
from projects.pictures.gantt.paper import KINDS
from projects.pictures.gantt.table import table
from projects.pictures.gantt.wording import ChartWords
from projects.portfolio.gantt import queries
from projects.register.projects.queries import options, project_by_slug
from projects.sheets.writing.views import download
from projects.web.clock import status_date
from projects.web.filters import keep_as_of
from projects.web.i18n import say, speak

bp = Blueprint("gantt", __name__)
SIZES = (50, 200, 500)  # projects of a page
MOST_ROWS = 3_000  # of a file drawn while somebody waits; the command line has no such bound


def _addresses() -> Address:
    """The address of a project's page by its slug, worked out once: a chart asks for hundreds."""
    before, _, after = keep_as_of("catalogue.project", slug="~").partition("~")
    return lambda slug: f"{before}{quote(slug, safe='')}{after}"


@bp.get("/gantt")
@allowed("gantt.read")
@uncollected()
def portfolio() -> str:
    """All projects one may see, narrowed, with plan and actual together; as chart or as table."""
    asked = choices.read(request.args)
    rows = asked.chosen.per_page
    shown = queries.portfolio_chart(
        current_actor(), asked.chosen, asked.group, status_date(), most=rows, skip=(asked.chosen.page - 1) * rows
    )
    page = {"asked": asked, "sizes": SIZES, "extent": shown.extent, "choices": choices}
    page["options"] = options(current_actor())
    if asked.view == "table":
        return render_template(
            "portfolio/gantt/portfolio.html", **page, table=table(shown, say), twin=twin, drawing=None
        )
    drawing = draw(layout(shown, asked.zoom), ChartWords(say), _addresses(), unfolded=asked.unfolded)
    return render_template("portfolio/gantt/portfolio.html", **page, drawing=drawing)


@bp.get("/projects/<slug>/gantt")
@allowed("gantt.read")
def project(slug: str) -> str:
    """One project's promises, stages and milestones."""
    asked = choices.read(request.args)
    subject = project_by_slug(current_actor(), slug)
    shown = queries.project_chart(current_actor(), slug, status_date())
    page = {"asked": asked, "item": shown.items[0], "project": subject, "choices": choices}
    if asked.view == "table":
        return render_template("portfolio/gantt/project.html", **page, table=table(shown, say), twin=twin, drawing=None)
    drawing = draw(layout(shown, asked.zoom), ChartWords(say), _addresses(), unfolded=True)
    return render_template("portfolio/gantt/project.html", **page, drawing=drawing)


@bp.get("/gantt.<any(csv, xlsx):kind>")
@allowed("gantt.read")
@uncollected()
def portfolio_table(kind: str) -> Response:
    """The chart's rows as a file, all of them."""
    asked = choices.read(request.args)
    shown = queries.portfolio_chart(current_actor(), asked.chosen, asked.group, status_date(), most=None)
    return download(table(shown, say), kind, gettext("甘特图"))


@bp.get("/gantt.<any(pdf, png, svg):kind>")
@allowed("gantt.read")
def portfolio_file(kind: str) -> Response:
    """The chart as shown, to print or to hand on: a line per project, with `?detail=1` its parts too."""
    asked = choices.read(request.args)
    shown = queries.portfolio_chart(current_actor(), asked.chosen, asked.group, status_date(), most=queries.SHOWN)
    return _file(shown, kind, asked.paper or "a3", asked.detail)


@bp.get("/projects/<slug>/gantt.<any(pdf, png, svg):kind>")
@allowed("gantt.read")
def project_file(slug: str, kind: str) -> Response:
    """One project's chart with all its parts."""
    asked = choices.read(request.args)
    return _file(queries.project_chart(current_actor(), slug, status_date()), kind, asked.paper or "a4", detail=True)


def _file(shown: Portfolio, kind: str, paper: str, detail: bool) -> Response:
    from projects.pictures.gantt import render

    content = render.chart_file(shown, kind, translate=say, paper=paper, detail=detail, most_rows=MOST_ROWS)
    name = f"{speak(shown.title).replace('/', '-')} {shown.as_of}.{kind}"
    return send_file(
        io.BytesIO(content),
        mimetype=KINDS[kind],
        as_attachment=request.args.get("inline") != "1",
        download_name=name,
        max_age=0,
    )
