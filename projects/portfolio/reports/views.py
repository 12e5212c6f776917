"""Monthly reports: what is due, the form, its preview, reading, review and correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import month_of, parse_month
from projects.core.permissions import may
from projects.core.text import N_, Text
from projects.people.access.door import acting, allowed, current_actor
from projects.portfolio.reports import queries as pages
from projects.portfolio.taken import queries as brought
from projects.web import clock
from projects.web.filed import Page, entered
from projects.web.filters import keep_as_of
from projects.web.forms import Form
from projects.works.files.queries import files_of_report
from projects.works.reports import operations, queries
from projects.works.reports.checks import check, check_month
from projects.works.reports.content import differences, starting_entry, to_entry
from projects.works.reports.forms import CorrectionForm, ReportForm, ReviewForm, label_of, report_form
from projects.works.reports.lines import BOARD_STATES, FormData, due_day
from projects.works.reports.workflow import OPEN

bp = Blueprint("reports", __name__)
FILING = {"save": operations.save_draft, "submit": operations.submit}
_FORM = "/projects/<slug>/reports/<month>"
_READ = _FORM + "/<int(max=9999):revision>"


@bp.get("/reports")
@allowed("report.read")
def index() -> str:
    """What is due (managers), or the month's board with the review queue."""
    actor, today = current_actor(), clock.business_day()
    if actor.role == "manager":
        return render_template("portfolio/reports/mine.html", lines=pages.my_projects(actor, today), today=today)
    month = _asked_month()
    state = request.args.get("state", "")
    board = pages.report_board(actor, month, state if state in BOARD_STATES else "", request.args.get("page", 1, int))
    queue, waiting = queries.review_queue(actor), brought.waiting(actor)
    return render_template("portfolio/reports/board.html", board=board, queue=queue, brought=waiting, today=today)


@bp.get(_FORM)
@allowed("report.write")
def edit(slug: str, month: str) -> Page:
    """The form, filled with what is stored or with last month's figures; what is not open to editing is shown
    instead.
    """
    data = _form_data(slug, month)
    wrong = check_month(data.month, clock.business_day())
    if wrong:
        raise InvalidError({"month": wrong})
    if data.current and data.current.state not in OPEN:
        return redirect(keep_as_of("reports.show", slug=slug, month=month, revision=data.current.revision))
    entry = starting_entry(data.stages, data.said, data.previous.content if data.previous else None)
    return _form_page(data, _fresh_form(data, entry))


@bp.post(_FORM)
@allowed("report.write")
def file(slug: str, month: str) -> Page:
    """Save, submit, or only look at what it would do; a form that can't be taken comes back with everything typed."""
    data = _form_data(slug, month)
    form = report_form(data.stages)()
    action = request.form.get("action", "preview")
    if action not in FILING:
        return _theirs(data, form) if action == "theirs" else _previewed(data, form)
    return entered(
        form,
        lambda: FILING[action](acting(), data.project.id, data.month, form.sent()).revision,
        lambda revision: _went_on(action, slug, month, revision),
        lambda: _form_page(data, form, preview=_preview(data, form)),
        told=ConflictError,
        clash=lambda said: _conflict(slug, month, form, said),
    )


@bp.post(_FORM + "/preview")
@allowed("report.write")
def preview(slug: str, month: str) -> str:
    """The verdicts with what is typed, as a piece of the page; stores nothing."""
    data = _form_data(slug, month)
    return render_template("portfolio/reports/_preview.html", preview=_preview(data, report_form(data.stages)()))


@bp.get(_READ)
@allowed("report.read")
def show(slug: str, month: str, revision: int) -> str:
    """One revision, its steps, and what the reader may do with it."""
    return _show_page(slug, month, revision)


@bp.post(_READ + "/approve")
@allowed("report.review")
def approve(slug: str, month: str, revision: int) -> Page:
    """Approve: the report counts from now on."""
    form = ReviewForm()

    def step(report_id: int) -> object:
        return operations.approve(acting(), report_id, form.seen_version(), form.comment.data or "")

    return _step(slug, month, revision, step, form, gettext("已通过, 项目的判断已重新计算"))


@bp.post(_READ + "/return")
@allowed("report.review")
def return_report(slug: str, month: str, revision: int) -> Page:
    """Give it back with a comment."""
    form = ReviewForm()

    def step(report_id: int) -> object:
        return operations.return_report(acting(), report_id, form.seen_version(), form.comment.data or "")

    return _step(slug, month, revision, step, form, gettext("已退回, 填报人可以看到您的意见"))


@bp.post(_READ + "/correct")
@allowed("report.write")
def correct(slug: str, month: str, revision: int) -> Page:
    """Open the next revision of an approved report, and go to its form."""
    form = CorrectionForm()

    def step(report_id: int) -> object:
        return operations.start_correction(acting(), report_id, form.reason.data or "")

    goal = keep_as_of("reports.edit", slug=slug, month=month)
    return _step(slug, month, revision, step, form, gettext("已建立更正稿; 原版次在更正稿通过之前继续有效"), goal)


# --- helpers of these views -------------------------------------------------------------------------------------------


def _month(text: str) -> dt.date:
    try:
        return parse_month(text)
    except ValueError:
        raise NotFoundError(N_("“%(text)s”不是月份, 请写成 2021-11 的样子"), text=text[:40]) from None


def _asked_month() -> dt.date:
    text = request.args.get("month", "")
    try:
        return parse_month(text) if text else month_of(clock.status_date())
    except ValueError:
        raise InvalidError(
            {"month": Text(N_("“%(text)s”不是月份, 请写成 2021-11 的样子"), {"text": text[:40]})}
        ) from None


def _form_data(slug: str, month: str) -> FormData:
    return queries.report_form_data(current_actor(), slug, _month(month))


def _fresh_form(data: FormData, entry: dict[str, str]) -> ReportForm:
    form = report_form(data.stages)(formdata=None, data=entry)
    form.take_seen(data.version)
    return form


def _form_page(data: FormData, form: ReportForm, **more: Any) -> str:
    context = {"preview": None, "differences": (), "problem": None, "started_from": "mine"} | more
    before = starting_entry(data.stages, None, data.previous.content) if data.previous else {}
    context["photos"] = files_of_report(data.project.id, data.month, data.current.revision) if data.current else ()
    return render_template(
        "portfolio/reports/edit.html",
        data=data,
        form=form,
        before=before,
        due=due_day(data.month),
        label_of=label_of,
        **context,
    )


def _preview(data: FormData, form: ReportForm) -> dict[str, Any]:
    """What the typed values would do, and what is wrong with them; no verdict where something can't be read."""
    today = clock.business_day()
    content, wrong = check(form.entry(), data.stages, data.month, today, data.previous, data.following)
    result = None if set(wrong) - {"decrease_reason", "statistics_reason"} else pages.preview(data, content, today)
    return {"wrong": wrong, "result": result}


def _previewed(data: FormData, form: ReportForm) -> Page:
    preview = _preview(data, form)
    if not preview["wrong"]:
        return _form_page(data, form, preview=preview)
    form.take_errors(InvalidError(preview["wrong"]))
    return _form_page(data, form, preview=preview), 422


def _went_on(action: str, slug: str, month: str, revision: int) -> Response:
    """Where a form that was taken leads."""
    if action == "save":
        flash(gettext("草稿已保存, 尚未提交"))
        return redirect(keep_as_of("reports.edit", slug=slug, month=month))
    flash(gettext("月报已提交, 等待审核"))
    return redirect(keep_as_of("reports.show", slug=slug, month=month, revision=revision))


def _conflict(slug: str, month: str, form: ReportForm, said: str) -> str:
    """Both texts side by side; the form keeps mine, and rests on theirs from now on, so that saving it is a choice made
    knowingly.
    """
    data = _form_data(slug, month)
    form.take_seen(data.version)
    theirs = to_entry(data.said, data.stages) if data.said else {}
    return _form_page(data, form, differences=differences(form.entry(), theirs), problem=said)


def _theirs(data: FormData, mine: ReportForm) -> str:
    """The form with what the other person saved; mine stays beside it to copy from."""
    entry = starting_entry(data.stages, data.said, data.previous.content if data.previous else None)
    form = _fresh_form(data, entry)
    return _form_page(data, form, differences=differences(mine.entry(), entry), started_from="theirs")


def _show_page(slug: str, month: str, revision: int, form: Form | None = None) -> str:
    shown = queries.report_to_show(current_actor(), slug, _month(month), revision)
    review = form if isinstance(form, ReviewForm) else ReviewForm(formdata=None)
    review.version.data = str(shown.report.version)
    correction = form if isinstance(form, CorrectionForm) else CorrectionForm(formdata=None)
    waits = shown.report.state == "submitted" and may(current_actor(), "report.review", shown.project.id)
    preview: dict[str, Any] = {
        "wrong": {},
        "result": pages.preview(shown, shown.said, clock.business_day()) if waits else None,
    }
    photos = files_of_report(shown.project.id, shown.month, revision)
    return render_template(
        "portfolio/reports/show.html",
        shown=shown,
        review=review,
        correction=correction,
        refused=form,
        preview=preview,
        photos=photos,
        beside=pages.review_of(shown),
    )


def _step(
    slug: str, month: str, revision: int, step: Callable[[int], object], form: Form, done: str, goal: str | None = None
) -> Page:
    """Take a step on a revision; where it is refused the page comes back with the reason and what was typed."""
    report_id = queries.report_to_show(current_actor(), slug, _month(month), revision).report.id

    def told(_report: object) -> Response:
        flash(done)
        return redirect(goal or keep_as_of("reports.show", slug=slug, month=month, revision=revision))

    return entered(form, lambda: step(report_id), told, lambda: _show_page(slug, month, revision, form))
