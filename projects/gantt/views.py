"""The Gantt of the portfolio and of one project: page, table, and files that look the same."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.catalogue.queries import options, project_by_slug
from projects.exchange.views import download
from projects.gantt import choices, queries
from projects.gantt.drawing import Address, draw
from projects.gantt.layout import layout
from projects.gantt.table import table
from projects.gantt.wording import Words
from projects.web.access import allowed, current_actor
from projects.web.clock import status_date
from projects.web.filters import keep_as_of

bp = Blueprint("gantt", __name__)


def _addresses() -> Address:
    """The address of a project's page by its slug, worked out once: a chart asks for hundreds."""
    before, _, after = keep_as_of("catalogue.project", slug="~").partition("~")
    return lambda slug: f"{before}{quote(slug, safe='')}{after}"


@bp.get("/gantt")
@allowed("gantt.read")
def portfolio() -> str:
    """All projects one may see, narrowed, with plan and actual together; as chart or as table."""
    asked = choices.read(request.args)
    shown = queries.portfolio_chart(current_actor(), asked.chosen, asked.group, status_date())
    if asked.view == "table":
        return render_template("gantt/portfolio.html", asked=asked, shown=shown, options=options(), table=table(shown, gettext), chart=None, choices=choices)
    chart = layout(shown, asked.zoom)
    drawing = draw(chart, Words(gettext), _addresses(), unfolded=asked.unfolded)
    return render_template("gantt/portfolio.html", asked=asked, shown=shown, options=options(), drawing=drawing, chart=chart, choices=choices)


@bp.get("/projects/<slug>/gantt")
@allowed("gantt.read")
def project(slug: str) -> str:
    """One project's promises, stages and milestones."""
    asked = choices.read(request.args)
    subject = project_by_slug(current_actor(), slug)
    shown = queries.project_chart(current_actor(), slug, status_date())
    if asked.view == "table":
        return render_template("gantt/project.html", asked=asked, shown=shown, project=subject, table=table(shown, gettext), chart=None, choices=choices)
    chart = layout(shown, asked.zoom)
    drawing = draw(chart, Words(gettext), _addresses(), unfolded=True)
    return render_template("gantt/project.html", asked=asked, shown=shown, project=subject, drawing=drawing, chart=chart, choices=choices)


@bp.get("/gantt.<any(csv, xlsx):kind>")
@allowed("gantt.read")
def portfolio_table(kind: str) -> Response:
    """The chart's rows as a file."""
    asked = choices.read(request.args)
    shown = queries.portfolio_chart(current_actor(), asked.chosen, asked.group, status_date())
    return download(table(shown, gettext), kind, gettext("甘特图"))
