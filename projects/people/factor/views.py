"""Setting up codes from a phone, and giving them up."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.people.access import credentials
from projects.people.access.door import allowed, current_actor
from projects.people.factor import operations
from projects.people.factor.forms import FactorForm, RemoveForm, StartForm
from projects.people.factor.render import picture
from projects.people.sign_in.queries import Account, account_of
from projects.web import clock
from projects.web.i18n import speak

bp = Blueprint("totp", __name__, url_prefix="/account/totp")


@bp.get("")
@allowed(None)
def factor() -> str:
    """Whether codes are asked for, and the form to change that."""
    mine = account_of(current_actor().id)
    return _factor_page(mine, StartForm(), RemoveForm())


@bp.post("")
@allowed(None)
def start() -> str | tuple[str, int]:
    """Show a fresh secret after the password; nothing is stored before a code proves the phone."""
    form, mine = StartForm(), account_of(current_actor().id)
    if mine and form.validate_on_submit() and credentials.prove(mine, form.password.data, None, "factor"):
        confirm = FactorForm(
            formdata=None, sealed=operations.new_secret(mine.id, clock.now(), current_app.config["SECRET_KEY"])
        )
        return _confirm_page(confirm)
    if not form.errors:
        form.password.errors = [speak(credentials.WRONG)]
    return _factor_page(mine, form, RemoveForm(formdata=None)), 422


@bp.post("/confirm")
@allowed(None)
def confirm() -> tuple[str, int] | Response:
    """Ask for codes from now on, if this one is right; whoever had to, comes to their first page."""
    form, was_made_to = FactorForm(), g.visit.must_enrol
    if credentials.offered(current_actor(), form.sealed.data or "") is None:
        return redirect(url_for("totp.factor"))
    if form.validate_on_submit() and credentials.add_factor(current_actor(), form.sealed.data, form.code.data):
        flash(gettext("动态码已启用, 其他地方的登录都已结束"))
        return redirect(url_for("catalogue.home" if was_made_to else "accounts.account"))
    if not form.errors:
        form.code.errors = [gettext("动态码不对, 请核对手机时间后填写新的一个")]
    return _confirm_page(form), 422


@bp.post("/remove")
@allowed(None)
def remove() -> tuple[str, int] | Response:
    """Ask for no more codes, after password and code."""
    form, mine = RemoveForm(), account_of(current_actor().id)
    if form.validate_on_submit() and credentials.prove(mine, form.password.data, form.code.data, "factor"):
        credentials.remove_factor(current_actor())
        flash(gettext("动态码已停用, 其他地方的登录都已结束"))
        return redirect(url_for("accounts.account"))
    if not form.errors:
        form.password.errors = [speak(credentials.WRONG)]
    return _factor_page(mine, StartForm(formdata=None), form), 422


def _factor_page(mine: Account | None, start: StartForm, remove: RemoveForm) -> str:
    required = current_actor().role in credentials.policy().totp_roles
    return render_template(
        "people/factor/factor.html",
        active=bool(mine and mine.totp_secret),
        required=required,
        start=start,
        remove=remove,
    )


def _confirm_page(form: FactorForm) -> str:
    secret, mine = credentials.offered(current_actor(), form.sealed.data) or "", account_of(current_actor().id)
    return render_template(
        "people/factor/confirm.html", form=form, secret=secret, drawn=picture(secret, mine.username if mine else "")
    )
