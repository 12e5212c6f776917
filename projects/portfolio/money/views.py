"""Money in groups, with its picture; a project's money against its works."""

from __future__ import annotations

import io

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from projects.core.narrowing import PAGE_SIZES
from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.evidence.queries import limits
from projects.people.access.door import allowed, current_actor
from projects.pictures.money import drawing
from projects.portfolio.money import queries, workbook
from projects.portfolio.money.groups import BY, GroupPage, read
from projects.register.projects.queries import options, project_by_slug
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.i18n import say

bp = Blueprint("money", __name__)
MIME = {"png": "image/png", "pdf": "application/pdf", "svg": "image/svg+xml"}


@bp.get("/ladder")
@allowed("funding.read")
def groups() -> str:
    """The ladder in groups."""
    chosen = read(request.args)
    page = queries.groups(current_actor(), chosen, clock.status_date())
    values = {
        "page": page,
        "chosen": chosen,
        "by": BY,
        "options": options(current_actor()),
        "name": workbook.group_name,
        "sizes": PAGE_SIZES,
    }
    return render_template("portfolio/money/groups.html", picture=Markup(_picture(page)), **values)  # noqa: S704 - our own drawing, escaped there


@bp.get("/ladder.<any(csv, xlsx):kind>")
@allowed("export")
def groups_file(kind: str) -> Response:
    """The rows of the ladder in groups."""
    chosen = read(request.args)
    page = queries.groups(current_actor(), chosen, clock.status_date())
    return download(workbook.groups(page, clock.status_date(), chosen), kind, gettext("资金阶梯"))


@bp.get("/ladder.svg")
@allowed("export")
def groups_picture() -> Response:
    """The picture of the ladder by source."""
    page = queries.groups(current_actor(), read(request.args), clock.status_date())
    return _sent(_picture(page).encode(), "svg", gettext("资金阶梯"))


@bp.get("/projects/<slug>/money")
@allowed("funding.read")
def works(slug: str) -> str:
    """One project's money against its works."""
    project = project_by_slug(current_actor(), slug)
    points = queries.against_works(project.id, clock.status_date())
    picture = Markup(drawing.works_picture(points, workbook.curve_word, _title(project.name)))  # noqa: S704 - our own drawing, escaped there
    most = limits().number("F-10", clock.status_date())
    return render_template("portfolio/money/works.html", project=project, points=points, picture=picture, most=most)


@bp.get("/projects/<slug>/money.<any(csv, xlsx):kind>")
@allowed("export")
def works_file(slug: str, kind: str) -> Response:
    """The months of a project's money against its works."""
    project = project_by_slug(current_actor(), slug)
    points = queries.against_works(project.id, clock.status_date())
    return download(
        workbook.works(project.name, points, clock.status_date()),
        kind,
        gettext("资金与进度 %(name)s", name=project.name),
    )


@bp.get("/projects/<slug>/money.<any(svg, png, pdf):kind>")
@allowed("export")
def works_picture(slug: str, kind: str) -> Response:
    """The chart of a project's money against its works."""
    project = project_by_slug(current_actor(), slug)
    points = queries.against_works(project.id, clock.status_date())
    if kind == "svg":
        content = drawing.works_picture(points, workbook.curve_word, _title(project.name)).encode()
    else:
        from projects.pictures.money import render

        content = render.works_file(points, kind, workbook.curve_word, _title(project.name))
    return _sent(content, kind, gettext("资金与进度 %(name)s", name=project.name))


def _title(name: str) -> str:
    return str(gettext("%(name)s: 资金与进度, 截至 %(day)s", name=name, day=clock.status_date().isoformat()))


def _picture(page: GroupPage) -> str:
    title = gettext("按来源的资金阶梯, 截至 %(day)s", day=clock.status_date().isoformat())
    return drawing.ladder_picture(page.ladder, lambda source: say(FUNDING_SOURCES[source]), workbook.step_word, title)


def _sent(content: bytes, kind: str, name: str) -> Response:
    return send_file(
        io.BytesIO(content), mimetype=MIME[kind], as_attachment=True, download_name=f"{name}.{kind}", max_age=0
    )
