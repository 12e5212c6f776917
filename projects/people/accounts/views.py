"""The lists of people: accounts for the system administrator, roles for the security administrator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Sized
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ConflictError
from projects.core.text import N_, Text
from projects.people.access.credentials import policy
from projects.people.access.door import acting, allowed, current_actor
from projects.people.accounts import operations, queries
from projects.people.accounts.forms import GrantForm, NewUserForm
from projects.people.accounts.slip import NewPassword, Slip
from projects.people.requests.forms import AskForm
from projects.people.requests.kinds import KINDS, Values
from projects.people.requests.operations import ask
from projects.people.requests.queries import needs_two
from projects.people.requests.tables import ConsentRequest
from projects.people.requests.views import asked_for, means
from projects.people.sign_in.operations import create_user as create
from projects.people.sign_in.operations import generate_password
from projects.web import clock
from projects.web.filed import Page, entered, filed, gone_to, written
from projects.web.i18n import say, speak

bp = Blueprint("people", __name__, url_prefix="/admin")
SOON = dt.timedelta(days=14)
NewSlip = tuple[Values, Slip | None, NewPassword | None]
ACTS = {
    "password": N_("重置密码"),
    "factor": N_("停用动态码"),
    "stop": N_("停用账号"),
    "resume": N_("恢复账号"),
    "unlock": N_("解除锁定"),
}


@bp.get("/users")
@allowed("user.write")
def users() -> str:
    """All accounts, and the form for a new one."""
    return _users(NewUserForm())


def _users(form: NewUserForm) -> str:
    people = queries.people(clock.now(), policy())
    return render_template("people/accounts/users.html", people=people, form=form, now=clock.now())


@bp.post("/users")
@allowed("user.write")
def create_user() -> Page:
    """Add an account; its generated password is shown this once."""
    form, password = NewUserForm(), generate_password(policy())

    def write() -> Slip:
        fields = {"username": form.username.data, "display_name": form.display_name.data}
        user = create(current_actor(), clock.now(), **fields, password=password)
        return Slip(user.username, user.display_name, password)

    def done(slip: Slip) -> str:
        return render_template("people/accounts/slip.html", slip=slip, policy=policy(), row=None)

    return filed(form, write, done, lambda: _users(form))


@bp.get("/users/<int:user_id>/<any(password, factor, stop, resume, unlock):act>")
@allowed("user.write")
def act(user_id: int, act: str) -> str:
    """Say what an act on an account means, before it is done or asked for."""
    return _act(user_id, act, AskForm(formdata=None))


@bp.post("/users/<int:user_id>/<any(password, factor, stop, resume, unlock):act>")
@allowed("user.write")
def do(user_id: int, act: str) -> Page:
    """Do it; on the account of an office, ask another office for it."""
    form, key, subject = AskForm(), f"account.{act}", str(user_id)

    def first() -> NewSlip:
        return _new_password(subject) if act == "password" else ({}, None, None)

    def write(new: NewSlip) -> tuple[Any, Slip | None]:
        if act == "unlock":
            return operations.unlock(acting(), user_id), None
        wanted, slip, prepared = new
        return ask(acting(), key, subject, wanted, form.asked(), prepared), slip

    def done(both: tuple[Any, Slip | None]) -> Page:
        written, slip = both
        if slip:
            row = written if isinstance(written, ConsentRequest) else None
            return render_template("people/accounts/slip.html", slip=slip, policy=policy(), row=row)
        return asked_for(written) or gone_to(url_for("people.users"), gettext("已办理: %(act)s", act=say(ACTS[act])))

    return entered(form, write, done, lambda: _act(user_id, act, form), told=ConflictError, first=first)


def _new_password(subject: str) -> NewSlip:
    """For an office the first half of a password, to ask with; for others a whole one. Made outside of the
    transaction.
    """
    if needs_two(KINDS["account.password"], subject, {}):
        return *operations.sealed_slip(subject, means()), None
    prepared = operations.prepare_password(subject, {}, means())
    return {}, prepared.slip, prepared


def _act(user_id: int, act: str, form: AskForm) -> str:
    person, kind = queries.person(user_id, clock.now(), policy()), KINDS.get(f"account.{act}")
    two = kind is not None and needs_two(kind, str(user_id), {})
    shown = {"person": person, "act": act, "words": ACTS[act], "form": form, "two": two}
    return render_template(
        "people/accounts/act.html",
        **shown,
        urgent=kind is not None and kind.in_emergency,
        policy=policy(),
        now=clock.now(),
    )


@bp.get("/roles")
@allowed("role.write")
def roles() -> str:
    """Who may do what, where."""
    people = queries.people(clock.now(), policy())
    unconfirmed = [one for one in people if one.places_to_confirm]
    return render_template("people/accounts/roles.html", people=people, unconfirmed=unconfirmed)


@bp.get("/resting")
@allowed("account.review")
def resting() -> str:
    """The accounts nobody uses, and those that soon will be such."""
    return _resting(())


def _resting(chosen: Sequence[queries.Resting]) -> str:
    now, stale = clock.now(), policy().stale
    found = queries.resting(now, now - stale + SOON)
    lists = {
        "stale": [one for one in found if one.rests_since < now - stale],
        "soon": [one for one in found if one.rests_since >= now - stale],
    }
    return render_template("people/accounts/resting.html", **lists, chosen=chosen, policy=policy(), soon_days=SOON.days)


@bp.post("/resting")
@allowed("account.review")
def stop_resting() -> Page:
    """Say what stopping the accounts chosen means; stop them once that is confirmed."""
    ids = [int(one) for one in request.form.getlist("user") if one.isascii() and one.isdigit() and len(one) < 10]
    if not ids:
        flash(gettext("请先选中要停用的账号"))
    if request.form.get("confirmed") != "1":
        now = clock.now()
        return _resting(queries.resting(now, now - policy().stale, ids))

    def done(stopped: Sized) -> Response:
        said = Text(N_("已停用 %(count)s 个账号; 需要恢复时由系统管理员办理"), {"count": len(stopped)})
        return gone_to(url_for("people.resting"), speak(said))

    return written(lambda: operations.stop_resting(acting(), ids, policy()), done)


@bp.get("/roles/<int:user_id>")
@allowed("role.write")
def role(user_id: int) -> str:
    """The form for one person's role and reach."""
    grant = queries.grant_of(user_id)
    return render_template("people/accounts/role.html", grant=grant, form=GrantForm(grant, queries.choices()))


@bp.post("/roles/<int:user_id>")
@allowed("role.write")
def change_role(user_id: int) -> Page:
    """Give a role and its reach; the person is signed out at once. To or from an office, ask another office for it."""
    grant = queries.grant_of(user_id)
    form = GrantForm(grant, queries.choices())

    def done(written: Any) -> Response:
        words = gettext("%(name)s 的权限已修改, 其登录已结束", name=grant.display_name)
        return asked_for(written) or gone_to(url_for("people.roles"), words)

    def again() -> str:
        return render_template("people/accounts/role.html", grant=grant, form=form)

    return filed(form, lambda: _grant(user_id, form), done, again)


@bp.post("/roles/<int:user_id>/places")
@allowed("role.write")
def confirm_places(user_id: int) -> Page:
    """Confirm that a person is meant to have all places."""
    return written(
        lambda: operations.confirm_places(acting(), user_id),
        lambda user: gone_to(url_for("people.roles"), gettext("已确认 %(name)s 负责全部地区", name=user.display_name)),
    )


def _grant(user_id: int, form: GrantForm) -> Any:
    if not form.version.data.isdigit():
        raise ConflictError(N_("这个人的权限刚被他人改过, 请刷新后再改"))
    wanted = {
        "version": int(form.version.data),
        "role": form.role.data,
        "unit_id": int(form.unit_id.data) if form.unit_id.data else None,
        "all_places": form.all_places.data,
        "places": form.places.data,
        "projects": [int(key) for key in form.projects.data],
    }
    return ask(acting(), "account.role", str(user_id), wanted, form.asked())
