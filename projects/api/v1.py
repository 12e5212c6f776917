"""Version 1: projects, one project, promises. GET only; docs/api.md describes every field."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from projects.api import access, shapes
from projects.api.access import allowed
from projects.catalogue import filtering, queries
from projects.core.permissions import may
from projects.funding.queries import money_of
from projects.reports.queries import report_history
from projects.slippage.queries import statuses
from projects.web.access import current_actor
from projects.web.clock import status_date

bp = Blueprint("api", __name__, url_prefix="/api/v1")
access.register(bp)


@bp.get("/projects")
@allowed("portfolio.read")
def projects() -> Response:
    """The projects in scope, narrowed and sorted as on the page."""
    chosen = filtering.read(request.args)
    rows, totals = queries.portfolio(current_actor(), chosen, status_date())
    return jsonify(shapes.page_of([shapes.project_line(row) for row in rows], totals.count, chosen.page, chosen.per_page, status_date()))


@bp.get("/projects/<slug>")
@allowed("project.read")
def project(slug: str) -> Response:
    """One project with its promises; reports and money where the asker may read them."""
    actor, as_of = current_actor(), status_date()
    found = queries.project_by_slug(actor, slug)
    programmes = [found.programme_id] if found.programme_id else []
    targets = queries.promises(actor, as_of, project_ids=[found.id], programme_ids=programmes)
    shown = shapes.project(found, statuses([found.id], as_of).get(found.id), targets, as_of)
    if may(actor, "report.read", found.id):
        shown["reports"] = shapes.reports([row for row in report_history(found.id) if row.data_on <= as_of])
    if may(actor, "funding.read", found.id):
        shown["money"] = shapes.money(money_of(found.id, as_of))
    return jsonify(shown)


@bp.get("/targets")
@allowed("portfolio.read")
def targets() -> Response:
    """The promises in scope, worst first."""
    chosen = filtering.read(request.args)
    rows = queries.promises(current_actor(), status_date(), plan=chosen.plan, state=chosen.state)
    first = (chosen.page - 1) * chosen.per_page
    shown = [shapes.target(row) for row in rows[first : first + chosen.per_page]]
    return jsonify(shapes.page_of(shown, len(rows), chosen.page, chosen.per_page, status_date()))
