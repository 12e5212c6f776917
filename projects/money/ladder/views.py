"""Money: the ladder over all projects, one project's ladder and entries, posting, reversing, approved amounts."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import NotFoundError
from projects.core.money import plain_yuan
from projects.core.narrowing import PAGE_SIZES
from projects.core.text import N_
from projects.core.vocabulary import LADDER_RULES
from projects.money.ladder import filtering, operations, queries, workbook
from projects.money.ladder.forms import CompositionForm, EntryForm, ReversalForm
from projects.money.ledger.posting import Posting
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.effects import Turn
from projects.people.requests.queries import pending_of
from projects.people.requests.views import Act, filed_change, foreseen
from projects.register.projects.queries import options, project_by_slug
from projects.register.projects.tables import Project
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page, filed, gone_to
from projects.web.filters import keep_as_of

bp = Blueprint("funding", __name__)
KIND = "sum.set"


@bp.get("/funding")
@allowed("funding.read")
def index() -> str:
    """Every visible project's money by source."""
    chosen = filtering.read(request.args)
    page = queries.portfolio_money(current_actor(), chosen, clock.status_date())
    return render_template(
        "money/ladder/index.html",
        page=page,
        chosen=chosen,
        options=options(current_actor()),
        sizes=PAGE_SIZES,
        rules=LADDER_RULES,
    )


@bp.get("/funding.<any(csv, xlsx):kind>")
@allowed("export")
def file(kind: str) -> Response:
    """The rows of the funding page as shown, all pages."""
    chosen = filtering.read(request.args).everything()
    page = queries.portfolio_money(current_actor(), chosen, clock.status_date())
    return download(workbook.ladder(page, clock.status_date(), chosen), kind, gettext("资金台账"))


@bp.get("/projects/<slug>/funding")
@allowed("funding.read")
def project(slug: str) -> str:
    """One project's ladder, findings and entries; `?source=&kind=` opens one approved amount."""
    found = project_by_slug(current_actor(), slug)
    form = _composition_form(found.id, request.args.get("source", ""), request.args.get("kind", ""))
    return _page(found, EntryForm(formdata=None), form)


@bp.get("/projects/<slug>/funding.<any(csv, xlsx):kind>")
@allowed("export")
def project_file(slug: str, kind: str) -> Response:
    """One project's entries."""
    found = project_by_slug(current_actor(), slug)
    table = workbook.entries(found.name, queries.money_of(found.id, clock.status_date()), clock.status_date())
    return download(table, kind, gettext("资金明细 %(name)s", name=found.name))


@bp.post("/projects/<slug>/funding")
@allowed("funding.write")
def post(slug: str) -> Page:
    """Post one entry."""
    found = project_by_slug(current_actor(), slug)
    form = EntryForm()
    where = keep_as_of("funding.project", slug=slug, _anchor="entries")
    return filed(
        form,
        lambda: operations.post_entry(acting(), found.id, _posting(form)),
        lambda _: gone_to(where, gettext("已登记, 合计已更新"), form.on.data),
        lambda: _page(found, form),
    )


@bp.post("/projects/<slug>/funding/composition")
@allowed("funding.write")
def compose(slug: str) -> Page:
    """Set one approved amount."""
    found = project_by_slug(current_actor(), slug)
    form = CompositionForm(prefix="c-")
    where = keep_as_of("funding.project", slug=slug, _anchor="composition")

    def clash(said: str) -> str:
        form.form_errors.append(said)
        return _page(found, composition=form, renewed=True)

    act = Act(KIND, f"{found.id}:{form.source.data}:{form.kind.data}"[:80], form.wanted, found.id)
    if request.form.get("action") == "see":
        return foreseen(form, act, lambda turns: _page(found, composition=form, turns=turns))

    def done(_row: object) -> Page:
        return gone_to(where, gettext("已保存批复金额"), form.approved_on.data)

    return filed_change(form, act, done, lambda: _page(found, composition=form), clash)


@bp.route("/projects/<slug>/funding/<int:entry_id>/reverse", methods=["GET", "POST"])
@allowed("funding.write")
def reverse(slug: str, entry_id: int) -> Page:
    """Ask, with the reason, before an entry is taken back; then take it back."""
    found = project_by_slug(current_actor(), slug)
    entry = queries.entry_of(found.id, entry_id)
    if entry is None:
        raise NotFoundError(N_("没有这笔资金记录"))
    form, where = ReversalForm(), keep_as_of("funding.project", slug=slug, _anchor="entries")
    shown = partial(render_template, "money/ladder/reverse.html", project=found, entry=entry, form=form)
    if not form.is_submitted():
        return shown()
    return filed(
        form,
        lambda: operations.reverse_entry(acting(), found.id, entry_id, form.reason.data or ""),
        lambda _: gone_to(where, gettext("已冲销第 %(id)s 号记录", id=entry_id)),
        shown,
    )


def _posting(form: EntryForm) -> Posting:
    return Posting(
        source=form.source.data,
        step=form.step.data,
        on=form.on.data,
        amount_fen=form.fen or 0,
        document_number=form.document_number.data or "",
        memo=form.memo.data or "",
        confirmed=form.confirmed.data,
        kind=form.kind.data,
        budget_year=form.budget_year.data,
        external_id=form.external_id.data or "",
    )


def _composition_form(project_id: int, source: str, kind: str) -> CompositionForm:
    """The form of an approved amount, filled with what is stored where a line was chosen."""
    row = (
        next(
            (row for row in queries.composition_of(project_id) if (row.source, row.estimate_kind) == (source, kind)),
            None,
        )
        if source
        else None
    )
    if row is None:
        return CompositionForm(formdata=None, prefix="c-")
    values = {
        "amount": plain_yuan(row.amount_fen),
        "unit": "元",
        "seen": row.amount_fen,
        "document_number": row.document_number,
    }
    return CompositionForm(formdata=None, prefix="c-", source=source, kind=kind, **values)


def _page(
    found: Project,
    form: EntryForm | None = None,
    composition: CompositionForm | None = None,
    *,
    renewed: bool = False,
    turns: list[Turn] | None = None,
) -> str:
    """One project's money; `renewed` lets the approved amount be sent again over the newest one, now shown
    beside it; `turns` are what it would do.
    """
    money = queries.money_of(found.id, clock.status_date())
    composition = composition or CompositionForm(formdata=None, prefix="c-")
    if renewed:
        now_there = {(row.source, row.estimate_kind): row.amount_fen for row in queries.composition_of(found.id)}
        composition.seen.raw_data, composition.seen.data = (
            None,
            now_there.get((composition.source.data, composition.kind.data)),
        )
    return render_template(
        "money/ladder/project.html",
        project=found,
        money=money,
        revisions=queries.revisions_of(found.id),
        form=form or EntryForm(formdata=None),
        composition=composition,
        found=turns,
        pending=pending_of(found.id, "sums"),
    )
