"""A project's contracts: the list, a new one, its worth put right, work confirmed, payments with their vouchers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.money import plain_yuan
from projects.money.contracts import operations, queries, workbook
from projects.money.contracts.forms import ContractForm, ContractSplitForm, PaymentForm, WorkForm, WorthForm
from projects.money.contracts.split import spelled
from projects.people.access.door import acting, allowed, current_actor
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page, filed, gone_to
from projects.web.filters import keep_as_of

bp = Blueprint("contracts", __name__)


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
def add(slug: str) -> Page:
    """Keep a new contract."""
    found, form = project_by_slug(current_actor(), slug), ContractForm(prefix="c-")
    return filed(
        form,
        lambda: operations.add_contract(acting(), found.id, _values(form)),
        lambda _: gone_to(keep_as_of("contracts.index", slug=slug), gettext("已登记合同"), form.signed_on.data),
        lambda: _page(found, form),
    )


@bp.post("/projects/<slug>/contracts/worth")
@allowed("funding.write")
def correct(slug: str) -> Page:
    """Put right what a contract is worth by source."""
    found, form = project_by_slug(current_actor(), slug), WorthForm(prefix="a-")

    def write() -> Any:
        key = _chosen(found, form)
        worth = operations.Worth(form.parts, form.seen.data or "", form.on.data, form.reason.data or "")
        return operations.correct_worth(acting(), key, worth)

    def clash(said: str) -> str:
        form.form_errors.append(said)
        return _page(found, worth=form, renewed=True)

    return filed(form, write, _done(slug, form, gettext("已更正合同金额")), lambda: _page(found, worth=form), clash)


@bp.post("/projects/<slug>/contracts/work")
@allowed("funding.write")
def confirm(slug: str) -> Page:
    """Keep what of a contract's works was confirmed as done."""
    found, form = project_by_slug(current_actor(), slug), WorkForm(prefix="w-")

    def write() -> Any:
        values = _chosen(found, form), form.on.data, form.fen or 0, form.note.data or ""
        return operations.confirm_work(acting(), *values)

    return filed(form, write, _done(slug, form, gettext("已登记确认的价款")), lambda: _page(found, work=form))


@bp.post("/projects/<slug>/contracts/payments")
@allowed("funding.write")
def pay(slug: str) -> Page:
    """Post a payment on a contract, by source."""
    found, form = project_by_slug(current_actor(), slug), PaymentForm(prefix="p-")

    def write() -> Any:
        key, texts = _chosen(found, form), (form.external_id.data or "", form.memo.data or "")
        payment = operations.Payment(form.parts, form.on.data, *texts, confirmed=bool(form.confirmed.data))
        return operations.pay(acting(), key, payment)

    return filed(form, write, _done(slug, form, gettext("已登记支付")), lambda: _page(found, payment=form))


def _values(form: ContractForm) -> operations.ContractValues:
    return operations.ContractValues(
        name=form.name.data or "",
        party=form.party.data or "",
        signed_on=form.signed_on.data,
        parts=form.parts,
        number=form.number.data or "",
        kind=form.kind.data,
        retention=float(form.retention.data) if form.retention.data is not None else None,
        confirmed=bool(form.confirmed.data),
    )


def _chosen(found: Project, form: WorthForm | WorkForm | PaymentForm) -> int:
    """The contract that a form is of."""
    return queries.contract_of(found.id, form.contract.data).id


def _done(slug: str, form: WorthForm | WorkForm | PaymentForm, said: str) -> Callable[[object], Response]:
    """Back to the contract that a form is of."""
    return lambda _: gone_to(keep_as_of("contracts.index", slug=slug, contract=form.contract.data), said, form.on.data)


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
