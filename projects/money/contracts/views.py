"""A project's contracts: the list, a new one, its worth put right, work confirmed, payments with their vouchers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ConflictError, InvalidError
from projects.core.money import plain_yuan
from projects.database import transaction
from projects.money.contracts import operations, queries, workbook
from projects.money.contracts.forms import ContractForm, ContractSplitForm, PaymentForm, WorkForm, WorthForm
from projects.money.contracts.split import spelled
from projects.people.access.door import acting, allowed, current_actor
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filters import keep_as_of
from projects.web.i18n import speak
from projects.web.later import tell_later

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
    return download(
        workbook.contracts(found.name, rows, clock.status_date()), kind, gettext("合同 %(name)s", name=found.name)
    )


@bp.post("/projects/<slug>/contracts")
@allowed("funding.write")
def add(slug: str) -> Answer:
    """Keep a new contract."""
    found, form = project_by_slug(current_actor(), slug), ContractForm(prefix="c-")
    if not form.validate_on_submit():
        return _page(found, form), 422
    retention = float(form.retention.data) if form.retention.data is not None else None
    texts = (form.name.data or "", form.party.data or "", form.signed_on.data)
    try:
        with transaction():
            values = operations.ContractValues(
                *texts, form.parts, form.number.data or "", form.kind.data, retention, bool(form.confirmed.data)
            )
            operations.add_contract(acting(), found.id, values)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, form), 422
    flash(gettext("已登记合同"))
    tell_later(form.signed_on.data)
    return redirect(keep_as_of("contracts.index", slug=slug))


@bp.post("/projects/<slug>/contracts/worth")
@allowed("funding.write")
def correct(slug: str) -> Answer:
    """Put right what a contract is worth by source."""
    found, form = project_by_slug(current_actor(), slug), WorthForm(prefix="a-")
    if not form.validate_on_submit():
        return _page(found, worth=form), 422
    key = queries.contract_of(found.id, form.contract.data).id
    try:
        with transaction():
            worth = operations.Worth(form.parts, form.seen.data or "", form.on.data, form.reason.data or "")
            operations.correct_worth(acting(), key, worth)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, worth=form), 422
    except ConflictError as problem:
        form.form_errors.append(speak(problem.text))
        return _page(found, worth=form, renewed=True), 409
    flash(gettext("已更正合同金额"))
    tell_later(form.on.data)
    return redirect(keep_as_of("contracts.index", slug=slug, contract=key))


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
            operations.confirm_work(acting(), *values)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, work=form), 422
    flash(gettext("已登记确认的价款"))
    tell_later(form.on.data)
    return redirect(keep_as_of("contracts.index", slug=slug, contract=contract.id))


@bp.post("/projects/<slug>/contracts/payments")
@allowed("funding.write")
def pay(slug: str) -> Answer:
    """Post a payment on a contract, by source."""
    found, form = project_by_slug(current_actor(), slug), PaymentForm(prefix="p-")
    if not form.validate_on_submit():
        return _page(found, payment=form), 422
    key = queries.contract_of(found.id, form.contract.data).id
    try:
        with transaction():
            payment = operations.Payment(
                form.parts, form.on.data, form.external_id.data or "", form.memo.data or "", bool(form.confirmed.data)
            )
            operations.pay(acting(), key, payment)
    except InvalidError as problem:
        form.take_errors(problem)
        return _page(found, payment=form), 422
    flash(gettext("已登记支付"))
    tell_later(form.on.data)
    return redirect(keep_as_of("contracts.index", slug=slug, contract=key))


def _page(
    found: Project, form: ContractForm | None = None, *, renewed: bool = False, **sent: ContractSplitForm | WorkForm
) -> str:
    """A project's contracts; `sent` are the forms of one contract as they came back, `renewed` lets its worth be sent
    again over the newest one.
    """
    rows = queries.contracts_of(found.id, clock.status_date())
    asked = request.args.get("contract", "")
    key = next((one["contract"].data for one in sent.values()), None) or (
        int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 10 else None
    )
    chosen = next((row for row in rows if row.id == key), None)
    kinds = {"work": (WorkForm, "w-"), "payment": (PaymentForm, "p-"), "worth": (WorthForm, "a-")}
    forms = {
        name: sent.get(name) or kind(formdata=None, prefix=prefix, contract=key)
        for name, (kind, prefix) in kinds.items()
    }
    if chosen and (renewed or "worth" not in sent):
        _fill(forms["worth"], queries.standing_parts(chosen.id), renewed=renewed)
    return render_template(
        "money/contracts/index.html",
        project=found,
        rows=rows,
        chosen=chosen,
        form=form or ContractForm(formdata=None, prefix="c-"),
        **forms,
    )


def _fill(form: Any, parts: dict[str, int], *, renewed: bool) -> None:
    """What a contract is worth now, as the form of its correction shows it; `renewed` keeps what was typed and takes
    only what is there now as seen.
    """
    form.seen.raw_data, form.seen.data = None, spelled(parts)
    if not renewed:
        form.amount.data, form.unit.data = plain_yuan(sum(parts.values())), "元"
        for (source, part), (key, fen) in zip(form.rows, parts.items(), strict=False):
            source.data, part.data = key, plain_yuan(fen)
