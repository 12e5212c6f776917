"""Version 1: projects, one project, promises, money. GET only; docs/api.md describes every field."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request

from projects.api import access, money, shapes
from projects.api.access import allowed
from projects.core.permissions import may
from projects.money.contracts.queries import contracts_of
from projects.money.documents import filtering as document_filtering
from projects.money.documents.queries import documents as found_documents
from projects.money.findings import filtering as finding_filtering
from projects.money.findings.queries import finding_page
from projects.money.ladder.queries import money_of
from projects.money.receipts.queries import receipts as found_receipts
from projects.money.receipts.sheet import read as read_receipts
from projects.people.access.door import current_actor
from projects.portfolio.money.groups import read as read_groups
from projects.portfolio.money.queries import groups
from projects.portfolio.projects import queries
from projects.portfolio.promises import queries as promising
from projects.register.projects.queries import project_by_slug
from projects.register.selection import filtering
from projects.verdicts.days.queries import statuses
from projects.web.clock import business_day, status_date
from projects.works.reports.lines import known_on
from projects.works.reports.queries import report_history

bp = Blueprint("api", __name__, url_prefix="/api/v1")
access.register(bp)


@bp.get("/projects")
@allowed("portfolio.read")
def projects() -> Response:
    """The projects in scope, narrowed and sorted as on the page."""
    chosen = filtering.read(request.args)
    rows, totals = queries.portfolio(current_actor(), chosen, status_date())
    return jsonify(
        shapes.page_of(
            [shapes.project_line(row) for row in rows], totals.count, chosen.page, chosen.per_page, status_date()
        )
    )


@bp.get("/projects/<slug>")
@allowed("project.read")
def project(slug: str) -> Response:
    """One project with its promises; reports and money where the asker may read them."""
    actor, as_of = current_actor(), status_date()
    found = project_by_slug(actor, slug)
    status = statuses([found.id], as_of).get(found.id)
    programmes = [status.programme_id] if status and status.programme_id else []
    targets = promising.promises(actor, as_of, promising.Wanted([found.id], programmes))
    shown = shapes.project(found, status, targets, as_of)
    if may(actor, "report.read", found.id):
        shown["reports"] = shapes.reports(known_on(report_history(found.id), as_of, business_day()))
    if may(actor, "funding.read", found.id):
        shown["money"] = shapes.money(money_of(found.id, as_of))
    return jsonify(shown)


@bp.get("/projects/<slug>/transactions")
@allowed("funding.read")
def transactions(slug: str) -> Response:
    """A project's ledger entries and contracts."""
    found, as_of = project_by_slug(current_actor(), slug), status_date()
    return jsonify(money.transactions(found.slug, money_of(found.id, as_of), contracts_of(found.id, as_of), as_of))


@bp.get("/findings")
@allowed("funding.read")
def findings() -> Response:
    """The money findings in scope, as on the page."""
    chosen = finding_filtering.read(request.args)
    page = finding_page(current_actor(), chosen, status_date())
    return jsonify(
        shapes.page_of(
            [money.finding(row) for row in page.rows], page.count, chosen.page, chosen.per_page, status_date()
        )
    )


@bp.get("/ladder")
@allowed("funding.read")
def ladder() -> Response:
    """The ladder of money in groups, as on the page."""
    chosen = read_groups(request.args)
    return jsonify(money.groups(groups(current_actor(), chosen, status_date()), chosen, status_date()))


@bp.get("/documents")
@allowed("treasury.read")
def documents() -> Response:
    """The documents that hand money on, in scope."""
    chosen = document_filtering.read(request.args)
    rows = found_documents(current_actor(), chosen, status_date())
    shown = rows[(chosen.page - 1) * chosen.per_page : chosen.page * chosen.per_page]
    return jsonify(
        shapes.page_of([money.document(row) for row in shown], len(rows), chosen.page, chosen.per_page, status_date())
    )


@bp.get("/receipts")
@allowed("treasury.read")
def receipts() -> Response:
    """The receipts in scope, with what of each is matched, set outside and open."""
    chosen = read_receipts(request.args)
    page = found_receipts(current_actor(), chosen, status_date())
    return jsonify(
        shapes.page_of(
            [money.receipt(row) for row in page.rows], page.count, chosen.page, chosen.per_page, status_date()
        )
    )


@bp.get("/targets")
@allowed("portfolio.read")
def targets() -> Response:
    """The promises in scope, worst first."""
    chosen = filtering.read(request.args)
    wanted = promising.Wanted(plan=chosen.plan, states=[chosen.state] if chosen.state else ())
    total = sum(one.count for one in promising.counted(current_actor(), status_date(), wanted))
    page = replace(wanted, most=chosen.per_page, skip=(chosen.page - 1) * chosen.per_page)
    shown = [shapes.target(row) for row in promising.promises(current_actor(), status_date(), page)]
    return jsonify(shapes.page_of(shown, total, chosen.page, chosen.per_page, status_date()))
