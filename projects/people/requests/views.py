"""What waits for a second person: the lists, one request with its decision, and which acts need two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import InvalidError, ProblemError
from projects.core.vocabulary import APPROVALS, CHANGES, CONSENT_STATES
from projects.database import rehearsed
from projects.people.access.credentials import policy
from projects.people.access.door import acting, allowed, current_actor
from projects.people.requests import operations, queries
from projects.people.requests.effects import Turn, turns
from projects.people.requests.forms import OTHERS, AskForm, ChangeForm, DecisionForm, PromiseAskForm, TwoPersonForm
from projects.people.requests.kinds import KINDS, Means, Values, kept_scans
from projects.people.requests.rules import OPEN
from projects.people.requests.tables import ConsentRequest
from projects.web.filed import Page, entered, filed, gone_to, written
from projects.web.i18n import say, speak

bp = Blueprint("requests", __name__, url_prefix="/requests")


@dataclass(frozen=True)
class Desk:
    """What concerns a person on their first page."""

    waiting: list[queries.RequestRow]
    pressing: list[queries.RequestRow]
    mine: list[queries.RequestRow]
    about: list[queries.RequestRow]
    news: list[queries.News]


class Act(NamedTuple):
    """What a form asks for: the kind, whose it is, the values (read once the form was checked), and the project that a
    scan lies with where one person may do it.
    """

    key: str
    subject: str
    wanted: Callable[[], Values]
    project_id: int | None = None


@bp.app_template_global()
def desk() -> Desk:
    """What waits for the reader, was done without consent, or was asked for by or about them; what others changed of
    their access.
    """
    actor = g.actor
    rows = queries.open_requests(actor)
    return Desk(
        waiting=[row for row in rows if row.waits_for(actor) and not row.presses],
        pressing=[row for row in rows if row.presses],
        mine=[row for row in rows if row.proposer_id == actor.id and not row.presses],
        about=[row for row in rows if row.person_id == actor.id],
        news=queries.news(actor),
    )


bp.add_app_template_global(queries.two_person, "two_person_acts")


@bp.get("")
@allowed(None)
def index() -> str:
    """What waits for me, what was done in an emergency, what I asked for, and what was decided."""
    return render_template("people/requests/index.html", desk=desk(), settled=queries.settled(current_actor()))


@bp.get("/<int:request_id>")
@allowed(None)
def show(request_id: int) -> str:
    """One request: what it would change, why, and who may decide."""
    return _show(request_id, DecisionForm(formdata=None))


@bp.post("/<int:request_id>/decide")
@allowed(None)
def decide(request_id: int) -> Page:
    """Agree, and do it; or not."""
    row, form, agree = queries.request_of(current_actor(), request_id), DecisionForm(), _agrees()

    def first() -> Any:
        return _prepared(row) if agree else None

    def write(prepared: Any) -> tuple[ConsentRequest, Any]:
        words = form.words.data or ""
        return operations.decide(acting(), request_id, agree=agree, words=words, prepared=prepared), prepared

    def done(both: tuple[ConsentRequest, Any]) -> Page:
        decided, prepared = both
        if prepared is not None and decided.state == "approved":
            return render_template("people/accounts/slip.html", slip=prepared.slip, policy=policy(), row=row)
        flash(gettext("申请: %(state)s", state=say(CONSENT_STATES[decided.state])))
        return redirect(url_for("requests.show", request_id=request_id))

    return entered(form, write, done, lambda: _show(request_id, form), first=first)


@bp.post("/<int:request_id>/withdraw")
@allowed(None)
def withdraw(request_id: int) -> Page:
    """Take back what one asked for."""
    return written(
        lambda: operations.withdraw(acting(), request_id),
        lambda _: gone_to(url_for("requests.show", request_id=request_id), gettext("申请已撤回")),
    )


@bp.post("/known")
@allowed(None)
def know() -> Page:
    """Say that one has read what others changed of one's access."""
    return written(lambda: operations.know(acting()), lambda _: redirect(url_for("catalogue.home")))


@bp.get("/two-person")
@allowed("office.consent")
def two_person() -> str:
    """Which acts need two people here."""
    return _two_person(TwoPersonForm(queries.approvals()))


@bp.post("/two-person")
@allowed("role.write")
def change_two_person() -> Page:
    """Ask another office to put acts under the rule, or to take them out."""
    form = TwoPersonForm({})

    def done(row: Any) -> Response:
        return asked_for(row) or gone_to(url_for("requests.two_person"), gettext("没有改动"))

    return entered(
        form,
        lambda: operations.ask(acting(), "two_person", "two_person", form.wanted(), form.asked()),
        done,
        lambda: _two_person(form),
    )


def asked_for(written: Any) -> Response | None:
    """Where one goes who asked for an act instead of doing it; None where it was done."""
    return gone_asking(written) if isinstance(written, ConsentRequest) else None


def gone_asking(written: ConsentRequest) -> Response:
    """Where one goes who asked for an act."""
    words = (
        gettext("已紧急办理, 等另一个人追认") if written.is_emergency else gettext("已提出申请, 等另一个人同意后办理")
    )
    return gone_to(url_for("requests.show", request_id=written.id), words)


def filed_change(
    form: ChangeForm | PromiseAskForm,
    act: Act,
    done: Callable[[Any], Page],
    again: Callable[[], str],
    clash: Callable[[str], str] | None = None,
) -> Page:
    """`filed` for a change that may come with a scan in the same form: its bytes are cleaned and kept first, and its
    row lies with the request, or with what was changed at once; what gets no row is taken out of the storage again.
    """
    kind, scans = KINDS[act.key], kept_scans()
    kept: Sequence[Any] = ()
    unused: Sequence[Any] = ()

    def first() -> Sequence[Any]:
        nonlocal unused, kept
        sent = [(form.scan.data.filename, form.scan.data.stream)] if getattr(form.scan.data, "filename", "") else []
        unused = kept = scans.keep(acting(), kind, act.project_id, sent)
        return kept

    def write(kept: Sequence[Any]) -> tuple[object, Sequence[Any]]:
        asked = operations.ask(acting(), act.key, act.subject, act.wanted(), form.asked())
        return asked, scans.attach(acting(), kind, act.project_id, asked, kept)

    def noted(both: tuple[Any, Sequence[Any]]) -> Page:
        nonlocal unused
        asked, left = both
        page = gone_asking(asked) if isinstance(asked, ConsentRequest) else done(asked)
        unused = left
        return page

    try:
        page = filed(form, write, noted, again, clash, first)
    except BaseException:
        unused = kept
        raise
    else:
        if isinstance(page, tuple):  # it was not stored
            unused = kept
        return page
    finally:
        scans.discard(unused)


def foreseen(
    form: AskForm | ChangeForm,
    act: Act,
    again: Callable[[list[Turn] | None], str],
) -> Page:
    """What the change in `form` would do to each verdict, on its own page with all that was typed: `again` draws it
    with what was found, None where something can't be taken. Nothing is stored.
    """
    if not form.validate_on_submit():
        return again(None), 422
    try:
        found = rehearsed(lambda: operations.foresee(acting(), act.key, act.subject, act.wanted()))
    except InvalidError as problem:
        form.take_errors(problem)
        return again(None), problem.status
    except ProblemError as problem:
        form.form_errors.append(speak(problem.text))
        return again(None), problem.status
    return again(turns(found))


def means() -> Means:
    """What some acts need beside their values."""
    return Means(current_app.config["SECRET_KEY"], policy())


def _agrees() -> bool:
    return request.form.get("agree") == "1"


def _prepared(row: queries.RequestRow) -> Any:
    """What the act needs beforehand, where this person may agree to it."""
    ready = row.of.prepare and row.state == "waiting" and row.waits_for(current_actor())
    return row.of.prepare(row.subject, queries.wanted_of(row.id), means()) if ready and row.of.prepare else None


def _show(request_id: int, form: DecisionForm) -> str:
    row = queries.request_of(current_actor(), request_id)
    decides = row.waits_for(current_actor())
    now = _foreseen_again(row) if decides and row.state == "waiting" and row.effects else None
    able = queries.deciders(row.of, row.stake) if row.state in OPEN else []
    shown = {"deciders": able, "decides": decides, "now": now, "changes": CHANGES}
    return render_template("people/requests/one.html", row=row, form=form, **shown)


def _foreseen_again(row: queries.RequestRow) -> list[Turn] | None:
    """What it would do now; None where it can't be told, and where that is what was told when it was asked for."""
    try:
        found = rehearsed(lambda: operations.foresee_again(acting(), row.id))
    except ProblemError:
        return None
    return None if found == row.effects else turns(found)


def _two_person(form: TwoPersonForm) -> str:
    show = partial(render_template, "people/requests/two_person.html", form=form, words=APPROVALS)
    return show(groups=OTHERS, changes=CHANGES, steps=queries.approvals())
