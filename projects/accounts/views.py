"""Sign in, sign out, language, and the reader's own status date."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.accounts import operations, queries
from projects.accounts.forms import NewUserForm, SignInForm
from projects.core.errors import InvalidError
from projects.core.month import parse_day
from projects.core.text import N_, Text
from projects.database import transaction
from projects.web import clock
from projects.web.access import allowed, current_actor, public, safe_next
from projects.web.i18n import LOCALES

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> str | Response:
    """The sign-in form."""
    if g.actor:
        return redirect(url_for("catalogue.home"))
    return render_template("accounts/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def sign_in_now() -> tuple[str, int] | Response:
    """Start a session, under a fresh cookie."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422
    with transaction():
        user = operations.verify(form.username.data, form.password.data)
        token = operations.sign_in(user, clock.now(), current_app.config["SESSION_HOURS"]) if user else None
    if token is None:
        form.form_errors.append(gettext("登录名或密码不对"))
        return render_template("accounts/sign_in.html", form=form), 422
    session.clear()
    session["sid"] = token
    return redirect(safe_next(request.args.get("next"), url_for("catalogue.home")))


@bp.post("/sign-out")
@allowed(None)
def sign_out() -> Response:
    """End the session on the server, and forget the cookie."""
    with transaction():
        operations.sign_out(current_actor(), clock.now(), session["sid"])
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@bp.post("/language/<locale>")
@public
def choose_language(locale: str) -> Response:
    """Switch the language, for good where somebody is signed in."""
    if locale in LOCALES:
        session["locale"] = locale
        if g.actor:
            with transaction():
                operations.choose_language(g.actor, clock.now(), locale)
    return redirect(safe_next(request.form.get("next"), url_for("catalogue.home")))


@bp.post("/as-of")
@allowed(None)
def choose_status_date() -> Response:
    """Look at another day, in this reader's view only; an empty field returns to the installation's day."""
    text = request.form.get("day", "").strip()
    try:
        if text:
            session["as_of"] = clock.plausible(parse_day(text)).isoformat()
        else:
            session.pop("as_of", None)
    except ValueError:
        raise InvalidError({"as_of": Text(N_("“%(text)s”不是日期, 请写成 2021-11-30 的样子"), {"text": text[:40]})}) from None
    flash(gettext("已按 %(day)s 查看", day=text) if text else gettext("已回到系统状态日"))
    return redirect(safe_next(request.form.get("next"), url_for("catalogue.home")))


@bp.get("/admin/users")
@allowed("user.write")
def users() -> str:
    """All accounts, and the form for a new one."""
    return render_template("accounts/users.html", users=queries.users(), form=NewUserForm(), created=None)


@bp.post("/admin/users")
@allowed("user.write")
def create_user() -> str | tuple[str, int]:
    """Add an account; its generated password is shown this once."""
    form, password, created = NewUserForm(), operations.generate_password(), None
    if form.validate_on_submit():
        try:
            with transaction():
                fields = {"username": form.username.data, "display_name": form.display_name.data, "role": form.role.data}
                created = operations.create_user(current_actor(), clock.now(), **fields, password=password)
        except InvalidError as problem:
            form.take_errors(problem)
    shown = (created.username, password) if created else None
    return render_template("accounts/users.html", users=queries.users(), form=form, created=shown), 200 if created else 422
