"""The charts of a project: page, tables and pictures that show the same; and when its works stopped and went on."""

from __future__ import annotations

import datetime as dt
import io
import re
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import NotFoundError
from projects.core.month import parse_day
from projects.core.permissions import require
from projects.core.text import N_
from projects.people.access.door import allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.queries import pending_of
from projects.people.requests.views import Act, filed_change, foreseen
from projects.pictures.curves.drawing import drawn
from projects.pictures.curves.facts import CurveFigure
from projects.portfolio.forecast import queries
from projects.portfolio.forecast.table import table
from projects.register.projects.queries import project_by_slug
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page
from projects.web.filters import keep_as_of
from projects.web.i18n import speak
from projects.works.stops import operations
from projects.works.stops.forms import CorrectionForm, StopForm
from projects.works.stops.queries import content_of, events_of, stops_of

bp = Blueprint("charts", __name__)
KEYS = ("curve", "slip", "chance")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+ ?')
PICTURES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@bp.get("/projects/<slug>/forecast")
@allowed("project.read")
def show(slug: str) -> str:
    """When will it be done, how surely, and how did that change? `?edit=` opens a stop or resumption to correct."""
    number = request.args.get("edit", type=int)
    if number is None:
        return _page(slug, StopForm(formdata=None))
    project = project_by_slug(current_actor(), slug)
    require(current_actor(), "plan.write", project.id)
    event = next((one for one in stops_of(project.id) if one.id == number), None)
    if event is None:
        raise NotFoundError(N_("没有这条停工或复工记录"))
    found = {"on": event.happened_on, "expected": event.expected_on, "reason": event.text, "seen": content_of(event)}
    return _page(slug, CorrectionForm(formdata=None, data=found), number)


@bp.post("/projects/<slug>/forecast")
@allowed("plan.write")
def note(slug: str) -> Page:
    """Note that the works stopped or went on."""
    project, form = project_by_slug(current_actor(), slug), StopForm()

    def wanted() -> dict[str, object]:
        return {"entry": form.entry()}

    act = Act("stop.note", str(project.id), wanted, project.id)
    if request.form.get("action") == "see":
        return foreseen(form, act, lambda found: _page(slug, form, found=found))

    def done(_event: object) -> Response:
        flash(gettext("已登记, 计划曲线和判断已更新"))
        return redirect(keep_as_of("charts.show", slug=slug))

    return filed_change(form, act, done, lambda: _page(slug, form))


@bp.post("/projects/<slug>/forecast/stops/<int:event_id>")
@allowed("plan.write")
def correct(slug: str, event_id: int) -> Page:
    """Correct a stop or resumption, or withdraw it, as the pressed button says."""
    project, form = project_by_slug(current_actor(), slug), CorrectionForm()
    action = request.form.get("action", "")
    withdrawn = action.endswith("withdraw")

    def wanted() -> dict[str, object]:
        return {"seen": form.seen.data or "", "entry": form.entry()}

    act = Act("stop.withdraw" if withdrawn else "stop.correct", f"{project.id}:{event_id}", wanted, project.id)

    def done(_event: object) -> Response:
        flash(gettext("已撤销, 计划曲线和判断已更新") if withdrawn else gettext("已更正, 计划曲线和判断已更新"))
        return redirect(keep_as_of("charts.show", slug=slug, _anchor="stops"))

    def clash(said: str) -> str:
        form.form_errors.append(said)
        event = next((one for one in stops_of(project.id) if one.id == event_id), None)
        form.seen.raw_data, form.seen.data = None, content_of(event) if event else ""
        return _page(slug, form, event_id)

    if all(one.id != event_id for one in stops_of(project.id)):  # withdrawn meanwhile, or another project's
        form.form_errors.append(gettext(operations.GONE))
        return _page(slug, form, event_id), 404
    if action.startswith("see-"):
        return foreseen(form, act, lambda found: _page(slug, form, event_id, found))
    return filed_change(form, act, done, lambda: _page(slug, form, event_id), clash)


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
    return _NOT_IN_NAMES.sub(" ", speak(figure.title)).strip()


def _asked() -> dt.date | None:
    """The day that the reader asks about; what is no day is no question."""
    with suppress(ValueError):
        return parse_day(request.args.get("on", ""))
    return None


def _figure(slug: str, key: str) -> CurveFigure:
    page = queries.chart_page(current_actor(), slug, clock.status_date())
    return page.figures[KEYS.index(key)]


def _page(
    slug: str, form: StopForm | CorrectionForm, number: int | None = None, found: list[Turn] | None = None
) -> str:
    """The page with the form of a new record, or with that of the record with a `number` to correct; `found` is what
    it would do.
    """
    page = queries.chart_page(current_actor(), slug, clock.status_date(), _asked())
    charts = [(drawn(figure, speak), table(figure, speak)) for figure in page.figures]
    events = [one for one in events_of(page.project_id, clock.status_date()) if one.effect]
    return render_template(
        "portfolio/forecast/project.html",
        page=page,
        charts=charts,
        form=form,
        events=events,
        number=number,
        found=found,
        pending=pending_of(page.project_id, "stops"),
        edited=next((one for one in events if one.id == number), None),
        project={"slug": slug, "id": page.project_id},
    )
