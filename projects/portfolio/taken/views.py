"""Past months that a ledger brought: seen, and approved once by another person."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template
from flask_babel import gettext

from projects.core.errors import ProblemError
from projects.database import transacted
from projects.people.access.door import acting, allowed, current_actor
from projects.portfolio.taken import operations, queries
from projects.portfolio.uploads.forms import ReasonForm, page_asked, seen_version
from projects.web.filed import Page, attempted, gone_to
from projects.web.filters import keep_as_of

bp = Blueprint("taken", __name__, url_prefix="/ledgers/<int:upload_id>/months")
PER_PAGE = 50


@bp.get("")
@allowed("report.review")
def show(upload_id: int) -> str:
    """The past months that wait."""
    return _show(upload_id)


@bp.post("/approve")
@allowed("report.review")
def approve(upload_id: int) -> Page:
    """Take all of them over."""
    version = seen_version()
    return attempted(
        lambda after: operations.approve_months(acting(), upload_id, version, after),
        lambda _: gone_to(keep_as_of("reports.index"), gettext("历史月报已通过, 从今天起参与判断")),
        lambda problem: _show(upload_id, problem),
        first=lambda: _approved_but_last(upload_id, version),
    )


def _approved_but_last(upload_id: int, version: int) -> int:
    """Behind which item the last step begins; those before are kept, each in a transaction of its own."""
    after = 0
    while operations.is_more(current_actor(), upload_id, after):
        after = transacted(partial(operations.approve_months, acting(), upload_id, version, after)) or after
    return after


@bp.post("/refuse")
@allowed("report.review")
def refuse(upload_id: int) -> Page:
    """Take none of them over."""
    form, version = ReasonForm(), seen_version()
    return attempted(
        lambda: operations.refuse_months(acting(), upload_id, version, form.reason.data or ""),
        lambda _: gone_to(keep_as_of("reports.index"), gettext("这些历史月报没有接收")),
        lambda problem: _show(upload_id, problem),
    )


def _show(upload_id: int, problem: ProblemError | None = None) -> str:
    upload = queries.waiting_upload(current_actor(), upload_id)
    page = page_asked()
    rows, first = queries.months_of(current_actor(), upload_id), (page - 1) * PER_PAGE
    pages = {"page": page, "per_page": PER_PAGE, "count": len(rows)}
    rows, form = rows[first : first + PER_PAGE], ReasonForm(formdata=None)
    return render_template(
        "portfolio/taken/show.html", upload=upload, rows=rows, pages=pages, form=form, problem=problem
    )
