"""The lists of people: accounts for the system administrator, roles for the security administrator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Sized

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import ConflictError
from projects.core.text import N_, Text
from projects.people.access.credentials import policy
from projects.people.access.door import acting, allowed, current_actor
from projects.people.accounts import operations, queries
from projects.people.accounts.forms import GrantForm, NewUserForm
from projects.people.accounts.tables import User
from projects.people.sign_in.operations import create_user as create
from projects.people.sign_in.operations import generate_password, hash_password
from projects.web import clock
from projects.web.filed import Page, filed, gone_to, written
from projects.web.i18n import speak

bp = Blueprint("people", __name__, url_prefix="/admin")
SOON = dt.timedelta(days=14)


@bp.get("/users")
@allowed("user.write")
def users() -> str:
    """All accounts, and the form for a new one."""
    return _users(NewUserForm())


def _users(form: NewUserForm, shown: tuple[str, str] | None = None) -> str:
    people = queries.people(clock.now(), policy())
    return render_template(
        "people/accounts/users.html", people=people, form=form, shown=shown, now=clock.now(), policy=policy()
    )


@bp.post("/users")
@allowed("user.write")
def create_user() -> Page:
    """Add an account; its generated password is shown this once."""
    form, password = NewUserForm(), generate_password(policy())

    def write() -> str:
        fields = {"username": form.username.data, "display_name": form.display_name.data}
        return create(current_actor(), clock.now(), **fields, password=password).username

    def done(username: str) -> str:
        return _users(NewUserForm(formdata=None), (username, password))

    return filed(form, write, done, lambda: _users(form))


@bp.post("/users/<int:user_id>/password")
@allowed("user.write")
def reset_password(user_id: int) -> Page:
    """A new password for one sign-in, shown this once."""
    password = generate_password(policy())
    hashed = hash_password(password)
    return written(
        lambda: operations.reset_password(acting(), user_id, hashed, policy()),
        lambda user: _users(NewUserForm(formdata=None), (user.username, password)),
    )


@bp.post("/users/<int:user_id>/factor")
@allowed("user.write")
def reset_factor(user_id: int) -> Page:
    """Take the second factor of a lost phone away."""
    return written(
        lambda: operations.reset_factor(acting(), user_id),
        lambda user: gone_to(url_for("people.users"), gettext("%(name)s 的动态码已停用", name=user.display_name)),
    )


@bp.post("/users/<int:user_id>/active")
@allowed("user.write")
def set_active(user_id: int) -> Page:
    """Stop an account, or let it sign in again."""
    active = request.form.get("active") == "1"

    def done(user: User) -> Response:
        name = user.display_name
        said = gettext("%(name)s 的账号已恢复", name=name) if active else gettext("%(name)s 的账号已停用", name=name)
        return gone_to(url_for("people.users"), said)

    return written(lambda: operations.set_active(acting(), user_id, active=active), done)


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
    """Give a role and its reach; the person is signed out at once."""
    grant = queries.grant_of(user_id)
    form = GrantForm(grant, queries.choices())

    def done(_user: object) -> Response:
        flash(gettext("%(name)s 的权限已修改, 其登录已结束", name=grant.display_name))
        return redirect(url_for("people.roles"))

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


def _grant(user_id: int, form: GrantForm) -> None:
    if not form.version.data.isdigit():
        raise ConflictError(N_("这个人的权限刚被他人改过, 请刷新后再改"))
    wanted = {
        "role": form.role.data,
        "unit_id": int(form.unit_id.data) if form.unit_id.data else None,
        "all_places": form.all_places.data,
        "places": form.places.data,
        "projects": [int(key) for key in form.projects.data],
    }
    operations.grant(acting(), user_id, version=int(form.version.data), **wanted)
