"""The charts of a project: page, tables and pictures that show the same; and when its works stopped and went on."""

from __future__ import annotations

import datetime as dt
import io
import re
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.month import parse_day
from projects.people.access.door import acting, allowed, current_actor
from projects.pictures.curves.drawing import drawn
from projects.pictures.curves.facts import CurveFigure
from projects.portfolio.forecast import queries
from projects.portfolio.forecast.table import table
from projects.register.projects.queries import project_by_slug
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page, entered
from projects.web.filters import keep_as_of
from projects.web.i18n import speak
from projects.works.stops import operations
from projects.works.stops.forms import StopForm
from projects.works.stops.queries import events_of

bp = Blueprint("charts", __name__)
KEYS = ("curve", "slip", "chance")
PICTURES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@bp.get("/projects/<slug>/forecast")
@allowed("project.read")
def show(slug: str) -> str:
    """When will it be done, how surely, and how did that change?"""
    return _page(slug, StopForm(formdata=None))


@bp.post("/projects/<slug>/forecast")
@allowed("plan.write")
def note(slug: str) -> Page:
    """Note that the works stopped or went on."""
    project, form = project_by_slug(current_actor(), slug), StopForm()

    def done(_event: object) -> Response:
        flash(gettext("已登记, 计划曲线和判断已更新"))
        return redirect(keep_as_of("charts.show", slug=slug))

    return entered(
        form, lambda: operations.note_stop(acting(), project.id, form.entry()), done, lambda: _page(slug, form)
    )


@bp.get("/projects/<slug>/forecast/<any(curve, slip, chance):key>.<any(csv, xlsx):kind>")
@allowed("export")
def values(slug: str, key: str, kind: str) -> Response:
    """The values of a chart."""
    figure = _figure(slug, key)
    return download(table(figure, speak), kind, _name(figure))


@bp.get("/projects/<slug>/forecast/<any(curve, slip, chance):key>.<any(svg, png, pdf):kind>")
@allowed("export")
def picture(slug: str, key: str, kind: str) -> Response:
    """A chart as a picture to print or hand on."""
    from projects.pictures.curves import render

    figure = _figure(slug, key)
    content = render.chart_file(figure, kind, speak)
    name = f"{_name(figure)} {figure.as_of}.{kind}"
    return send_file(
        io.BytesIO(content),
        mimetype=PICTURES[kind],
        as_attachment=request.args.get("inline") != "1",
        download_name=name,
        max_age=0,
    )


def _name(figure: CurveFigure) -> str:
    """The title as a file's name that every system takes."""
    return re.sub(r'[\\/:*?"<>|]+ ?', " ", speak(figure.title)).strip()


def _asked() -> dt.date | None:
    """The day that the reader asks about; what is no day is no question."""
    with suppress(ValueError):
        return parse_day(request.args.get("on", ""))
    return None


def _figure(slug: str, key: str) -> CurveFigure:
    page = queries.chart_page(current_actor(), slug, clock.status_date())
    return page.figures[KEYS.index(key)]


def _page(slug: str, form: StopForm) -> str:
    page = queries.chart_page(current_actor(), slug, clock.status_date(), _asked())
    charts = [(drawn(figure, speak), table(figure, speak)) for figure in page.figures]
    events = [one for one in events_of(page.project_id, clock.status_date()) if one.effect]
    return render_template(
        "portfolio/forecast/project.html",
        page=page,
        charts=charts,
        form=form,
        events=events,
        project={"slug": slug, "id": page.project_id},
    )
