"""A project's contracts: the list, a new one, work confirmed, payments with their vouchers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.catalogue.queries import project_by_slug
from projects.contracts import operations, queries, workbook
from projects.contracts.forms import ContractForm, PaymentForm, WorkForm
from projects.core.errors import InvalidError
from projects.database import transaction
from projects.exchange.views import download
from projects.funding.operations import post_entry
from projects.ledger.posting import Posting
from projects.models import Project
from projects.web import clock
from projects.web.access import allowed, current_actor

bp = Blueprint("contracts", __name__)
Answer = str | tuple[str, int] | Response


@bp.get("/projects/<slug>/contracts")
@allowed("funding.read")
def index(slug: str) -> str:
    """One project's contracts; `?contract=` opens the forms of one."""
    return _page(project_by_slug(current_actor(), slug))


@bp.get("/projects/<slug>/contracts.<any(csv, xlsx):kind>")
@allowed("export")
def file(slug: str, kind: str) -> Response:
    """One project's contracts."""
    found = project_by_slug(current_actor(), slug)
    rows = queries.contracts_of(found.id, clock.status_date())
    return download(workbook.contracts(found.name, rows, clock.status_date()), kind, gettext("合同 %(name)s", name=found.name))


@bp.post("/projects/<slug>/contracts")
@allowed("funding.write")
def add(slug: str) -> Answer:
    """Keep a new contract."""
    found, form = project_by_slug(current_actor(), slug), ContractForm(prefix="c-")
    if not form.validate_on_submit():
        return _page(found, form), 422
    retention = float(form.retention.data) if form.retention.data is not None else None
    parts = {form.source.data: form.fen} if form.fen else {}
    texts = (form.name.data or "", form.party.data or "", form.signed_on.data)
    values = operations.ContractValues(*texts, parts, form.number.data or "", form.kind.data, retention)
    try:
        with transaction():
            operations.add_contract(current_actor(), clock.now(), clock.business_day(), found.id, values)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, form), 422
    flash(gettext("已登记合同"))
    return redirect(url_for("contracts.index", slug=slug))


@bp.post("/projects/<slug>/contracts/work")
@allowed("funding.write")
def confirm(slug: str) -> Answer:
    """Keep what of a contract's works was confirmed as done."""
    found, form = project_by_slug(current_actor(), slug), WorkForm(prefix="w-")
    if not form.validate_on_submit():
        return _page(found, work=form), 422
    contract = queries.contract_of(found.id, form.contract.data)
    try:
        with transaction():
            values = (contract.id, form.on.data, form.fen or 0, form.note.data or "")
            operations.confirm_work(current_actor(), clock.now(), clock.business_day(), *values)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, work=form), 422
    flash(gettext("已登记确认的价款"))
    return redirect(url_for("contracts.index", slug=slug, contract=contract.id))


@bp.post("/projects/<slug>/contracts/payments")
@allowed("funding.write")
def pay(slug: str) -> Answer:
    """Post a payment on a contract."""
    found, form = project_by_slug(current_actor(), slug), PaymentForm(prefix="p-")
    if not form.validate_on_submit():
        return _page(found, payment=form), 422
    key = queries.contract_of(found.id, form.contract.data).id
    where = (form.source.data, "paid", form.on.data, form.fen or 0, "", form.memo.data or "")
    posting = Posting(*where, confirmed=True, contract_id=key, external_id=form.external_id.data or "")
    try:
        with transaction():
            post_entry(current_actor(), clock.now(), clock.business_day(), found.id, posting)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, payment=form), 422
    flash(gettext("已登记支付"))
    return redirect(url_for("contracts.index", slug=slug, contract=key))


def _page(found: Project, form: ContractForm | None = None, work: WorkForm | None = None, payment: PaymentForm | None = None) -> str:
    rows = queries.contracts_of(found.id, clock.status_date())
    asked = request.args.get("contract", "")
    sent = next((one.contract.data for one in (work, payment) if one), None) or (int(asked) if asked.isascii() and asked.isdigit() else None)
    chosen = next((row for row in rows if row.id == sent), None)
    forms = {
        "form": form or ContractForm(formdata=None, prefix="c-"),
        "work": work or WorkForm(formdata=None, prefix="w-", contract=sent),
        "payment": payment or PaymentForm(formdata=None, prefix="p-", contract=sent),
    }
    return render_template("contracts/index.html", project=found, rows=rows, chosen=chosen, **forms)
