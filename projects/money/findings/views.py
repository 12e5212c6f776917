"""Money findings: the list, one finding with its steps, and the caps and deadlines they rest on."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.narrowing import PAGE_SIZES
from projects.core.permissions import may, require
from projects.money.evidence.queries import limits as limits_in_force
from projects.money.findings import filtering, names, operations, queries, workbook
from projects.money.findings.extract import workdays
from projects.money.findings.forms import HandlingForm, LimitForm
from projects.money.findings.rules import RULES
from projects.money.findings.sheet import FindingRow
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.operations import ask
from projects.people.requests.views import asked_for
from projects.register.projects.queries import options, project_by_slug
from projects.sheets.writing.views import download
from projects.web import clock
from projects.web.filed import Page, filed, gone_to
from projects.web.filters import keep_as_of
from projects.web.i18n import say

bp = Blueprint("findings", __name__)


@bp.get("/findings")
@allowed("funding.read")
def index() -> str:
    """Every money finding within the asker's scope."""
    chosen = filtering.read(request.args)
    page = queries.finding_page(current_actor(), chosen, clock.status_date())
    return render_template(
        "money/findings/index.html",
        page=page,
        chosen=chosen,
        options=options(current_actor()),
        sizes=PAGE_SIZES,
        rules=RULES,
    )


@bp.get("/findings.<any(csv, xlsx):kind>")
@allowed("export")
def file(kind: str) -> Response:
    """The rows of the page as shown, all pages."""
    chosen = filtering.read(request.args).everything()
    page = queries.finding_page(current_actor(), chosen, clock.status_date())
    return download(workbook.findings(page, clock.status_date(), chosen), kind, gettext("资金问题"))


@bp.get("/projects/<slug>/findings")
@allowed("funding.read")
def project(slug: str) -> str:
    """One project's findings."""
    found = project_by_slug(current_actor(), slug)
    return render_template(
        "money/findings/project.html", project=found, findings=queries.of_project(found.id, clock.status_date())
    )


@bp.route("/projects/<slug>/findings/<rule>/<source>", methods=["GET", "POST"])
@allowed("finding.handle")
def handle(slug: str, rule: str, source: str) -> Page:
    """One finding of a project, and the next step in handling it."""
    found = project_by_slug(current_actor(), slug)
    require(current_actor(), "finding.handle", found.id)
    row = queries.one_of_project(found.id, rule, source, clock.status_date())
    return _handled(row, keep_as_of("findings.handle", slug=slug, rule=rule, source=source))


@bp.route("/documents/<int:document_id>/findings/<rule>", methods=["GET", "POST"])
@allowed("finding.handle")
def handle_document(document_id: int, rule: str) -> Page:
    """One finding of a document, and the next step in handling it."""
    row = queries.one_of_document(current_actor(), document_id, rule, clock.status_date())
    return _handled(row, keep_as_of("findings.handle_document", document_id=document_id, rule=rule))


def _handled(row: FindingRow, here: str) -> Page:
    form = HandlingForm(owner=row.owner, seen=len(row.steps))
    shown = partial(render_template, "money/findings/one.html", row=row, form=form, here=here)
    if not form.is_submitted():
        return shown()

    def write() -> Any:
        handling = operations.Handling(form.state.data, form.owner.data or "", form.note.data or "", form.until.data)
        return operations.handle(acting(), row, handling, form.seen.data)

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.seen.raw_data, form.seen.data = None, queries.steps_taken(row.key)
        return shown()

    return filed(form, write, lambda _: gone_to(here, gettext("已记录处理情况")), shown, clash)


@bp.get("/findings/limits")
@allowed("treasury.read")
def limits() -> str:
    """The caps, deadlines and thresholds in force; `?edit=` opens one, `?add=` a row beside one."""
    added = request.args.get("add", "")
    return _limits(added or request.args.get("edit", ""), None, adds=bool(added))


@bp.get("/findings/limits.<any(csv, xlsx):kind>")
@allowed("treasury.read")
def limits_file(kind: str) -> Response:
    """The caps, deadlines and thresholds in force."""
    return download(workbook.limits(limits_in_force().rows, clock.status_date(), _kinds()), kind, gettext("限额"))


@bp.post("/findings/limits/<key>")
@allowed("funding.limit")
def set_limit(key: str) -> Page:
    """Put the installation's own figure in the place of a shipped one."""
    form = _limit_form(LimitForm())
    seen = form.seen.data if form.seen.raw_data else None

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.seen.raw_data, form.seen.data = None, _seen(key)
        return _limits(key, form)

    return filed(
        form,
        lambda: ask(acting(), "limits.set", key, {**_figures(form), "seen": seen}, form.asked()),
        lambda done: asked_for(done) or gone_to(keep_as_of("findings.limits", _anchor=key), gettext("已保存限额")),
        lambda: _limits(key, form),
        clash,
    )


def _seen(key: str) -> str:
    return next((operations.said_by(row) for row in limits_in_force().rows if row.key == key), "")


@bp.post("/findings/limits/<key>/rows")
@allowed("funding.limit")
def add_limit(key: str) -> Page:
    """Add a row of the installation's own beside one: for a region, a kind of project, a time."""
    form = _limit_form(LimitForm())
    return filed(
        form,
        lambda: ask(acting(), "limits.add", key, _new_limit(form), form.asked()),
        lambda added: asked_for(added) or gone_to(keep_as_of("findings.limits", _anchor=added), gettext("已保存限额")),
        lambda: _limits(key, form, adds=True),
    )


def _figures(form: LimitForm) -> dict[str, Any]:
    return {"value": None if form.figure is None else str(form.figure), "law": form.law.data or ""}


def _new_limit(form: LimitForm) -> dict[str, Any]:
    days = {name: form[name].data and form[name].data.isoformat() for name in ("valid_from", "valid_to")}
    return {**_figures(form), "region": form.region.data or "", "programme": form.programme.data or "", **days}


def _kinds() -> dict[str, str]:
    """What a row may speak of: kinds of projects and programmes, with their words."""
    return {key: say(word) for key, word in names.PROJECTS.items()} | {
        one.value: one.words for one in options(current_actor())["programme"]
    }


def _limit_form(form: LimitForm) -> LimitForm:
    form.ask_kinds(_kinds())
    return form


def _limits(key: str, form: LimitForm | None, *, adds: bool = False) -> str:
    rows = limits_in_force().rows
    chosen = next((row for row in rows if row.key == key), None)
    if chosen and form is None:
        form = _limit_form(
            LimitForm(
                formdata=None,
                value="" if adds else operations.figure(chosen),
                law=chosen.law if chosen.is_own and not adds else "",
                seen=operations.said_by(chosen),
            )
        )
    writes = may(current_actor(), "funding.limit") and current_actor().places is None and not clock.is_past()
    shown = {
        "words": names,
        "kinds": _kinds(),
        "calendar": workdays(),
        "writes": writes,
        "adds": adds,
        "scoped": operations.SCOPED,
    }
    return render_template("money/findings/limits.html", rows=rows, chosen=chosen, form=form, **shown)
