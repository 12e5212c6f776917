"""By which rules are lights judged: the sets, their versions, previews and adoption; and the lights and exemptions of
one project.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ForbiddenError, InvalidError
from projects.core.permissions import may
from projects.database import transacted
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests.operations import ask
from projects.people.requests.views import asked_for
from projects.register.projects.queries import project_by_slug
from projects.register.projects.tables import Project
from projects.verdicts.days.queries import statuses
from projects.verdicts.facts.facts import rule_set
from projects.verdicts.lights.queries import rules_on
from projects.verdicts.rules import operations, queries
from projects.verdicts.rules.facts import RulePreview
from projects.verdicts.rules.figures import figures_of, other_words, progress_words, read, to_entry
from projects.verdicts.rules.forms import ChoiceForm, ExemptionForm, RuleSetForm
from projects.verdicts.rules.renewal import Outstanding
from projects.web import clock
from projects.web.filed import Page, entered, gone_to, written
from projects.web.filters import keep_as_of
from projects.web.i18n import speak

bp = Blueprint("rules", __name__)
WORDS = {"progress_words": progress_words, "other_words": other_words}
STEPS = 10  # of a renewal in one request: about two seconds


@bp.get("/rules")
@allowed("rules.read")
def index() -> str:
    """The sets in force and who follows them."""
    return _index()


@bp.post("/rules")
@allowed("rules.write")
def choose() -> Page:
    """Show what another choice would change, or make it."""
    form = _choice_form(queries.rules_page(current_actor(), clock.business_day()))
    number = form.programme.data or ""
    programme = int(number) if number.isdecimal() and len(number) < 10 else None
    key, reason = form.key.data or "", form.reason.data or ""
    if request.form.get("action") != "adopt":
        book = rules_on(clock.business_day()).with_choice(programme, key)
        shifts, looked_at = queries.shifts(current_actor(), book, clock.business_day())
        return _index(form, RulePreview(shifts, looked_at, {}))

    seen = form.seen.data

    def write() -> Any:
        wanted = {"programme": programme, "key": key, "reason": reason, "seen": seen}
        return ask(acting(), "rules.choose", str(programme or "*"), wanted, form.asked())

    def done(written: Any) -> Response:
        if away := asked_for(written):
            return away
        flash(_adopted(gettext("已改用所选规则")))
        return redirect(keep_as_of("rules.index"))

    def clash(said: str) -> str:
        form.form_errors.append(said)
        form.seen.raw_data, form.seen.data = None, queries.newest_choice()
        return _index(form)

    return entered(form, write, done, lambda: _index(form), clash=clash)


@bp.post("/rules/renewal")
@allowed("rules.write")
def renew() -> Response:
    """Renew the next verdicts that still stand by former rules."""
    try:
        _renew_steps()
    except ForbiddenError as problem:
        flash(speak(problem.text))
    else:
        if not _outstanding().lines:
            flash(gettext("判断已全部按现行规则更新"))
    return redirect(keep_as_of("rules.index", _anchor="renewal"))


@bp.get("/rules/<key>")
@allowed("rules.read")
def show(key: str) -> str:
    """One set: its figures, its versions, and the form of the next."""
    page = queries.set_page(current_actor(), key, clock.status_date())
    form = RuleSetForm(to_entry(figures_of(page.current.rules)) | {"seen": str(page.current.number)})
    return _set_page(key, form)


@bp.post("/rules/<key>")
@allowed("rules.write")
def adopt(key: str) -> Page:
    """Show what other figures would change, or adopt them as the next version."""
    form = RuleSetForm()
    page = queries.set_page(current_actor(), key, clock.business_day())
    if request.form.get("action") != "adopt":
        return _previewed(key, form, page.current.number + 1)

    def write() -> Any:
        return ask(acting(), "rules.adopt", key, {"seen": form.seen_number, "entry": form.entry()}, form.asked())

    def done(written: Any) -> Response:
        if away := asked_for(written):
            return away
        flash(_adopted(gettext("已采用第 %(number)s 版", number=written.number)))
        return redirect(keep_as_of("rules.index") if _outstanding().lines else keep_as_of("rules.show", key=key))

    return entered(form, write, done, lambda: _set_page(key, form))


@bp.get("/projects/<slug>/lights")
@allowed("project.read")
def lights(slug: str) -> str:
    """The four lights of a project with their reasons and rules, and its exemptions."""
    return _lights_page(project_by_slug(current_actor(), slug))


@bp.post("/projects/<slug>/lights")
@allowed("exemption.write")
def exempt(slug: str) -> Page:
    """Approve an exemption."""
    project, form = project_by_slug(current_actor(), slug), ExemptionForm()

    def done(_exemption: object) -> Response:
        flash(gettext("豁免已登记, 灯已重新计算"))
        return redirect(keep_as_of("rules.lights", slug=slug))

    return entered(
        form,
        lambda: operations.exempt(acting(), project.id, form.entry()),
        done,
        lambda: _lights_page(project, form),
    )


@bp.post("/projects/<slug>/lights/<int:exemption_id>/end")
@allowed("exemption.write")
def end(slug: str, exemption_id: int) -> Page:
    """End an exemption today."""
    project = project_by_slug(current_actor(), slug)
    return written(
        lambda: operations.end_exemption(acting(), project.id, exemption_id),
        lambda _: gone_to(keep_as_of("rules.lights", slug=slug), gettext("豁免已结束, 灯已重新计算")),
    )


@bp.app_template_global()
def renewal_notice() -> Outstanding | None:
    """What of the page's verdicts still stands by former rules, as far as its reader may see it."""
    actor = g.get("actor")
    if actor is None or not may(actor, "portfolio.read") or g.visit.is_confined:
        return None
    return queries.outdated(actor, clock.status_date())


# --- helpers of these views -------------------------------------------------------------------------------------------


def _renew_steps() -> None:
    """A few steps, each worked out first, while whoever waits for SQLite's write lock can have it, and stored in a
    transaction of its own.
    """
    for _ in range(STEPS):
        ahead = operations.next_step(clock.business_day())
        if not transacted(partial(operations.renew_step, acting(), ahead)):
            return


def _outstanding() -> Outstanding:
    return queries.still_outstanding(current_actor(), clock.business_day())


def _adopted(done: str) -> str:
    waits = bool(_outstanding().lines)
    return str(
        gettext("%(done)s; 项目多, 判断正在分批更新, 进度见下", done=done)
        if waits
        else gettext("%(done)s, 有关项目的灯已重新计算", done=done)
    )


def _previewed(key: str, form: RuleSetForm, number: int) -> Page:
    """The set with what its figures as typed would change; they would be its version `number`."""
    figures, wrong = read(form.entry())
    if wrong:
        form.take_errors(InvalidError(wrong))
        return _set_page(key, form), 422
    today = clock.business_day()
    book = rules_on(today).with_set(key, rule_set(key, number, figures))
    shifts, looked_at = queries.shifts(current_actor(), book, today)
    return _set_page(key, form, RulePreview(shifts, looked_at, figures))


def _choice_form(page: Any) -> ChoiceForm:
    form = ChoiceForm(seen=queries.newest_choice())
    form.programme.offer((str(one.id), one.name) for one in page.programmes)
    form.key.offer((one.key, gettext(one.name)) for one in page.current)
    return form


def _index(form: ChoiceForm | None = None, preview: RulePreview | None = None) -> str:
    page = queries.rules_page(current_actor(), clock.status_date())
    shown = {"page": page, "form": form or _choice_form(page), "preview": preview, "outstanding": _outstanding()}
    return render_template("verdicts/rules/index.html", **shown, whole=current_actor().place_projects is None, **WORDS)


def _set_page(key: str, form: RuleSetForm, preview: RulePreview | None = None) -> str:
    page = queries.set_page(current_actor(), key, clock.status_date())
    whole = current_actor().place_projects is None
    return render_template("verdicts/rules/set.html", page=page, form=form, preview=preview, whole=whole, **WORDS)


def _lights_page(project: Project, form: ExemptionForm | None = None) -> str:
    day = clock.status_date()
    status = statuses([project.id], day).get(project.id)
    rules = rules_on(day).of(status.programme_id if status else project.programme_id)
    exemptions = queries.exemptions_of(project.id)
    context = {
        "project": project,
        "status": status,
        "rules": rules,
        "exemptions": exemptions,
        "form": form or ExemptionForm(formdata=None),
    }
    return render_template("verdicts/rules/project.html", **context, **WORDS)
