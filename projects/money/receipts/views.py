"""Receipts, and the end of a month: the statement, closing and reopening, what was reported beside what the ledger
says, the year-end check.
"""

from __future__ import annotations

import datetime as dt
import io
from functools import partial

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import NotFoundError
from projects.core.gazetteer.queries import finder
from projects.core.month import format_month, month_end, parse_month
from projects.core.narrowing import PAGE_SIZES
from projects.core.permissions import places_for
from projects.core.text import N_
from projects.money.ledger.posting import YEARS
from projects.money.receipts import operations, queries, sheet, workbook
from projects.money.receipts.forms import ClosingForm, ReasonForm, ReceiptForm, ReopenForm
from projects.money.receipts.statement import Statement
from projects.money.receipts.tables import FundingPeriod
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.operations import ask
from projects.people.requests.views import asked_for
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page, filed, gone_to, written
from projects.web.filters import instant, keep_as_of

bp = Blueprint("treasury", __name__)


@bp.get("/receipts")
@allowed("treasury.read")
def index() -> str:
    """Every receipt within the asker's places."""
    return _index(ReceiptForm(formdata=None))


@bp.get("/receipts.<any(csv, xlsx):kind>")
@allowed("treasury.read")
def file(kind: str) -> Response:
    """The rows of the list as shown, all pages."""
    chosen = sheet.read(request.args).everything()
    page = queries.receipts(current_actor(), chosen, clock.status_date())
    return download(workbook.receipts(page, clock.status_date(), chosen), kind, gettext("到账"))


@bp.post("/receipts")
@allowed("funding.write")
def add() -> Page:
    """Keep one receipt."""
    form = _with_places(ReceiptForm())
    return filed(
        form,
        lambda: operations.add_receipt(acting(), _values(form)),
        lambda _: gone_to(keep_as_of("treasury.index"), gettext("已登记到账"), form.received_on.data),
        lambda: _index(form),
    )


@bp.route("/receipts/<int:receipt_id>/reverse", methods=["GET", "POST"])
@allowed("funding.write")
def reverse(receipt_id: int) -> Page:
    """Ask, with the reason, before a receipt is taken back; then take it back."""
    receipt, form = queries.receipt(current_actor(), receipt_id), ReasonForm()
    shown = partial(render_template, "money/receipts/reverse.html", receipt=receipt, form=form)
    if not form.is_submitted():
        return shown()
    return filed(
        form,
        lambda: operations.reverse_receipt(acting(), receipt_id, form.reason.data or ""),
        lambda _: gone_to(keep_as_of("treasury.index"), gettext("已冲销第 %(id)s 号到账", id=receipt_id)),
        shown,
    )


@bp.get("/months")
@allowed("treasury.read")
def months() -> str:
    """The months with what came and was paid, and which are closed."""
    choice = queries.place_choice(current_actor(), request.args.get("place", ""))
    return render_template(
        "money/receipts/months.html", rows=queries.months(choice, clock.status_date()), choice=choice
    )


@bp.get("/months/<month>")
@allowed("treasury.read")
def month(month: str) -> str:
    """The statement of a month, and the projects' reports beside the ledger."""
    return _month(_parsed(month), ClosingForm(formdata=None))


@bp.get("/months/<month>.<any(csv, xlsx, pdf):kind>")
@allowed("treasury.read")
def month_file(month: str, kind: str) -> Response:
    """The statement of a month."""
    choice = queries.place_choice(current_actor(), request.args.get("place", ""))
    found = queries.statement_of(choice, _parsed(month))
    name = gettext("资金对账单 %(month)s", month=month)
    closing = _closing(queries.period_of(choice, found.month), found, covered=queries.is_covered(choice, found.month))
    if kind != "pdf":
        return download(workbook.statement(found, choice.name, closing), kind, name)
    from projects.money.receipts import render

    content = render.to_pdf(workbook.printed(found, choice.name, clock.business_day(), closing))
    return send_file(
        io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=f"{name}.pdf", max_age=0
    )


@bp.get("/months/<month>/reported.<any(csv, xlsx):kind>")
@allowed("treasury.read")
def reported_file(month: str, kind: str) -> Response:
    """What projects reported beside what the ledger says, all pages."""
    choice = queries.place_choice(current_actor(), request.args.get("place", ""))
    chosen = sheet.read_reported(request.args).everything()
    rows = queries.reported(current_actor(), choice, _parsed(month), chosen).rows
    table = workbook.reported(rows, _parsed(month), choice.name, chosen)
    return download(table, kind, gettext("财政与项目对照 %(month)s", month=month))


@bp.post("/months/<month>/close")
@allowed("treasury.close")
def close(month: str) -> Page:
    """Close a month on the figures that the person saw."""
    form, first = ClosingForm(), _parsed(month)
    choice = queries.place_choice(current_actor(), form.place.data or "", "treasury.close")
    where = keep_as_of("treasury.month", month=month, place=choice.code or None)
    return written(
        lambda: operations.close_seen(acting(), choice, first, form.total.data or ""),
        lambda _: gone_to(where, gettext("%(month)s 已结账", month=month)),
    )


@bp.route("/months/<month>/reopen", methods=["GET", "POST"])
@allowed("treasury.close")
def reopen(month: str) -> Page:
    """Ask, with the reason, before a closing is taken back; then take it back."""
    choice, form = queries.place_choice(current_actor(), request.args.get("place", ""), "treasury.close"), ReopenForm()
    period = queries.period_of(choice, _parsed(month))
    if period is None:
        raise NotFoundError(N_("没有这次结账, 或不在您的权限范围内"))
    shown = partial(render_template, "money/receipts/reopen.html", month=month, choice=choice, form=form)
    if not form.is_submitted():
        return shown()
    where = keep_as_of("treasury.month", month=month, place=choice.code or None)
    return filed(
        form,
        lambda: ask(acting(), "months.reopen", str(period.id), {"reason": form.reason.data or ""}, form.asked()),
        lambda row: asked_for(row) or gone_to(where, gettext("%(month)s 已重新开账", month=month)),
        shown,
    )


@bp.get("/years/<int(max=9999):year>")
@allowed("treasury.read")
def year(year: int) -> str:
    """The year-end check of central-budget investment."""
    _known(year)
    choice = queries.place_choice(current_actor(), request.args.get("place", ""))
    chosen = sheet.read_year(request.args)
    found = queries.year_end(current_actor(), choice, year, clock.status_date(), chosen)
    return render_template(
        "money/receipts/year.html", found=found, choice=choice, years=YEARS, chosen=chosen, sizes=PAGE_SIZES
    )


@bp.get("/years/<int(max=9999):year>.<any(csv, xlsx):kind>")
@allowed("treasury.read")
def year_file(year: int, kind: str) -> Response:
    """The year-end check, all pages."""
    _known(year)
    choice = queries.place_choice(current_actor(), request.args.get("place", ""))
    found = queries.year_end(current_actor(), choice, year, clock.status_date(), sheet.YearFilter().everything())
    return download(workbook.year_end(found, choice.name), kind, gettext("年末完成率 %(year)s", year=year))


def _values(form: ReceiptForm) -> operations.ReceiptValues:
    return operations.ReceiptValues(
        received_on=form.received_on.data,
        amount_fen=form.fen or 0,
        voucher=form.voucher.data or "",
        payer=form.payer.data or "",
        payee=form.payee.data or "",
        memo=form.memo.data or "",
        source=form.source.data or None,
        place_code=form.place_code.data or None,
        confirmed=bool(form.confirmed.data),
    )


def _closing(period: FundingPeriod | None, found: Statement, *, covered: bool = False) -> str:
    if period is None:
        return str(gettext("已随上级地区结账") if covered else gettext("未结账: 数字还会变动"))
    closed = str(gettext("已于 %(at)s 结账。", at=instant(period.locked_at)))
    return (
        closed
        if period.figures == found.figures
        else f"{closed} {gettext('结账后数字有变动: 结账时的数字已保留, 请查明原因。')}"
    )


def _parsed(month: str) -> dt.date:
    try:
        return parse_month(month)
    except ValueError:
        raise NotFoundError(N_("没有这个月份")) from None


def _known(year: int) -> None:
    if year not in YEARS:
        raise NotFoundError(N_("没有这个年度"))


def _month(first: dt.date, form: ClosingForm) -> str:
    choice = queries.place_choice(current_actor(), request.args.get("place", ""))
    chosen = sheet.read_reported(request.args)
    found = queries.statement_of(choice, first)
    form.place.data, form.total.data = choice.code, found.seal
    period = queries.period_of(choice, first)
    values = {
        "found": found,
        "choice": choice,
        "period": period,
        "form": form,
        "reported": queries.reported(current_actor(), choice, first, chosen),
        "chosen": chosen,
        "sizes": PAGE_SIZES,
    }
    over = month_end(first) < clock.latest_day()
    changed = period is not None and period.figures != found.figures
    values |= {"over": over, "changed": changed, "covered": queries.is_covered(choice, first)}
    return render_template("money/receipts/month.html", **values, month=format_month(first), word=workbook.source_word)


def _with_places(form: ReceiptForm) -> ReceiptForm:
    form.place_code.offer(finder(places_for(current_actor(), "funding.write")))
    return form


def _index(form: ReceiptForm) -> str:
    chosen = sheet.read(request.args)
    page = queries.receipts(current_actor(), chosen, clock.status_date())
    form = form if form.is_submitted() else _with_places(form)
    return render_template(
        "money/receipts/index.html", page=page, chosen=chosen, form=form, sizes=PAGE_SIZES, states=sheet.STATES
    )
