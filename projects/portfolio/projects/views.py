"""The dashboard, the portfolio, one project, the promises, the plan documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core import vocabulary as vocab
from projects.core.narrowing import PAGE_SIZES
from projects.core.permissions import may
from projects.core.text import N_, Text
from projects.people.access.door import allowed, current_actor
from projects.people.requests.queries import pending_of
from projects.pictures.curves.drawing import drawn
from projects.portfolio.home import queries as overview
from projects.portfolio.money.queries import purses
from projects.portfolio.projects import drawing, purse, queries, workbook
from projects.portfolio.projects.rows import UNPUBLISHED
from projects.portfolio.promises import queries as promising
from projects.register.documents.queries import clauses_of, plan_by_slug, plan_documents
from projects.register.projects.queries import options
from projects.register.selection import filtering
from projects.sheets.writing.views import download
from projects.web.clock import business_day, status_date
from projects.web.filters import addresses, data, four, lit, threshold, worded, works
from projects.web.i18n import speak

bp = Blueprint("catalogue", __name__)
CONFLICTS = "conflicts"  # what `?only=` asks for


@bp.get("/")
@allowed(None)
def home() -> str:
    """The signed-in person's first page."""
    actor = current_actor()
    shown = {"page": overview.home(actor, status_date(), business_day()), "steps": overview.steps_left(actor)}
    return render_template("portfolio/home/home.html", **shown)


@bp.get("/projects")
@allowed("portfolio.read")
def portfolio() -> str:
    """All projects, narrowed and sorted."""
    chosen = filtering.read(request.args)
    rows, totals = queries.portfolio(current_actor(), chosen, status_date())
    shown = {
        "chosen": chosen,
        "totals": totals,
        "options": options(current_actor()),
        "sizes": PAGE_SIZES,
        "by_money": _by_money(chosen),
    }
    if not shown["by_money"]:
        return render_template("portfolio/projects/portfolio.html", drawn=drawing.draw(rows, _row_words()), **shown)
    to_findings = addresses("findings.project")
    lines = purse.draw(
        rows,
        purses([row.id for row in rows], status_date()),
        _row_words(),
        {row.slug: to_findings(row.slug) for row in rows},
    )
    return render_template("portfolio/projects/portfolio.html", drawn=lines, parts=purse.PARTS, **shown)


def _by_money(chosen: filtering.PortfolioFilter) -> bool:
    return chosen.columns == "money" and may(current_actor(), "funding.read")


def _row_words() -> drawing.RowWords:
    day = status_date()
    return drawing.RowWords(
        lights=lit(vocab.STATES),
        works=works,
        data=lambda state, on: data(state, on, day),
        unpublished=lambda on: speak(Text(UNPUBLISHED, {"on": on})),
        measures=worded(vocab.MEASURES),
        commitments=worded(vocab.COMMITMENTS),
        threshold=threshold,
        project=addresses("catalogue.project"),
        gates=addresses("gates.index"),
        findings=lambda count: speak(Text(N_("%(count)s 项问题"), {"count": count})),
        sample=(gettext("示例"), gettext("示例数据, 不是真实记录")),
        four=four,
    )


@bp.get("/projects.<any(csv, xlsx):kind>")
@allowed("export")
def portfolio_file(kind: str) -> Response:
    """The rows of the portfolio as shown, all pages."""
    chosen = filtering.read(request.args)
    rows, _ = queries.portfolio(current_actor(), chosen.everything(), status_date())
    money = purses([row.id for row in rows], status_date()) if _by_money(chosen) else None
    return download(workbook.portfolio(rows, status_date(), chosen, money), kind, gettext("项目清单"))


@bp.get("/projects/<slug>")
@allowed("project.read")
def project(slug: str) -> str:
    """One project: promises, progress, gates, money, history."""
    page = overview.project(current_actor(), slug, status_date(), business_day())
    pending = pending_of(page.project.id)
    return render_template(
        "portfolio/projects/project.html", page=page, curve=drawn(page.curve, speak), pending=pending
    )


@bp.get("/targets")
@allowed("portfolio.read")
def targets() -> str:
    """Every promise, worst first."""
    chosen = filtering.read(request.args)
    wanted, only = _wanted(chosen), request.args.get("only") == CONFLICTS
    actor, day = current_actor(), status_date()
    conflicts = promising.conflicting(promising.promises(actor, day, replace(wanted, shared=True)))
    if only:
        rows = [row for row in promising.promises(actor, day, replace(wanted, shared=True)) if row.id in conflicts]
        total = len(rows)
    else:
        total = sum(one.count for one in promising.counted(actor, day, wanted))
        page = replace(wanted, most=chosen.per_page, skip=(chosen.page - 1) * chosen.per_page)
        rows = promising.promises(actor, day, page)
    return render_template(
        "portfolio/projects/targets.html",
        rows=rows,
        total=total,
        only=only,
        chosen=chosen,
        sizes=PAGE_SIZES,
        options=options(actor),
        conflicts=conflicts,
    )


@bp.get("/targets.<any(csv, xlsx):kind>")
@allowed("export")
def targets_file(kind: str) -> Response:
    """The promises as shown."""
    chosen = filtering.read(request.args)
    rows = promising.promises(current_actor(), status_date(), _wanted(chosen))
    if request.args.get("only") == CONFLICTS:
        conflicts = promising.conflicting(rows)
        rows = [row for row in rows if row.id in conflicts]
    return download(workbook.targets(rows, status_date(), chosen), kind, gettext("承诺清单"))


@bp.get("/plans")
@allowed("portfolio.read")
def plans() -> str:
    """The plan documents."""
    counts = Counter[str | None]()
    for one in promising.counted(current_actor(), status_date()):
        counts[one.document] += one.count
    return render_template("portfolio/projects/plans.html", documents=plan_documents(current_actor()), counts=counts)


@bp.get("/plans/<slug>")
@allowed("portfolio.read")
def plan(slug: str) -> str:
    """One plan document: its clauses and what they promise."""
    document = plan_by_slug(current_actor(), slug)
    rows = promising.promises(current_actor(), status_date(), promising.Wanted(plan=slug))
    clauses = clauses_of(current_actor(), document.id)
    return render_template(
        "portfolio/projects/plan.html",
        document=document,
        clauses=clauses,
        rows=rows,
        conflicts=promising.conflicting(rows),
    )


def _wanted(chosen: filtering.PortfolioFilter) -> promising.Wanted:
    return promising.Wanted(plan=chosen.plan, states=[chosen.state] if chosen.state else ())
