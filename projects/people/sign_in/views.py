"""Sign in, sign out, language, and the reader's own status date."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from projects.core.errors import InvalidError
from projects.core.month import parse_day
from projects.core.text import N_, Text
from projects.database import transacted
from projects.people.access import credentials, kept
from projects.people.access.door import allowed, current_actor, public, safe_next
from projects.people.sessions import operations as sessions
from projects.people.sign_in import operations, queries
from projects.people.sign_in.forms import PasswordForm, SignInForm
from projects.web import clock
from projects.web.filed import Page, gone_to, written
from projects.web.i18n import LOCALES, speak

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> str | Response:
    """The sign-in form."""
    if g.actor:
        return redirect(url_for("catalogue.home"))
    return render_template("people/sign_in/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def sign_in_now() -> tuple[str, int] | Response:
    """Start a session, under a fresh cookie."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("people/sign_in/sign_in.html", form=form), 422
    if not credentials.sign_in(form.username.data, form.password.data, form.code.data or ""):
        form.form_errors.append(speak(credentials.REFUSED))
        return render_template("people/sign_in/sign_in.html", form=form), 422
    account = queries.account_named(form.username.data)
    if account and kept.unsent(account.id):
        return redirect(url_for("accounts.unsent"))
    return redirect(safe_next(request.args.get("next"), url_for("catalogue.home")))


@bp.get("/account/unsent")
@allowed(None)
def unsent() -> str:
    """What was sent after the session had ended, to be sent again or dropped."""
    return render_template("people/sign_in/unsent.html", unsent=kept.unsent(current_actor().id), mark=kept.MARK)


@bp.post("/account/unsent/drop")
@allowed(None)
def drop_unsent() -> Response:
    """Drop it."""
    transacted(lambda: operations.forget_form(current_actor().id))
    flash(gettext("未提交的内容已丢弃"))
    return redirect(url_for("catalogue.home"))


@bp.post("/sign-out")
@allowed(None)
def sign_out() -> Response:
    """End the session on the server, and forget the cookie."""
    transacted(lambda: sessions.sign_out(current_actor(), clock.now(), session["sid"]), vital=True)
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@bp.post("/language/<locale>")
@public
def choose_language(locale: str) -> Response:
    """Switch the language, for good where somebody is signed in."""
    if locale in LOCALES:
        session["locale"] = locale
        if g.actor:
            transacted(lambda: operations.choose_language(g.actor, clock.now(), locale))
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
        raise InvalidError(
            {"as_of": Text(N_("“%(text)s”不是日期, 请写成 2021-11-30 的样子"), {"text": text[:40]})}
        ) from None
    flash(gettext("已按 %(day)s 查看", day=text) if text else gettext("已回到系统状态日"))
    return redirect(safe_next(request.form.get("next"), url_for("catalogue.home")))


@bp.get("/account")
@allowed(None)
def account() -> str:
    """One's own account: where one is signed in, the password, the second factor."""
    now, policy = clock.now(), credentials.policy()
    mine = queries.account_of(current_actor().id)
    return render_template(
        "people/sign_in/account.html",
        account=mine,
        sessions=queries.open_sessions(current_actor().id, now, policy),
        policy=policy,
    )


@bp.get("/account/password")
@allowed(None)
def password() -> str:
    """The form for a new password."""
    return render_template("people/sign_in/password.html", form=PasswordForm(), policy=credentials.policy())


@bp.post("/account/password")
@allowed(None)
def change_password() -> tuple[str, int] | Response:
    """Take a new password; every other session ends."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:  # not by `filed`: passwords are hashed between transactions, never inside one
            credentials.change_password(current_actor(), form.current.data, form.new.data)
        except InvalidError as problem:
            form.take_errors(problem)
        else:
            flash(gettext("密码已修改, 其他地方的登录都已结束"))
            return redirect(url_for("accounts.unsent" if kept.unsent(current_actor().id) else "catalogue.home"))
    return render_template("people/sign_in/password.html", form=form, policy=credentials.policy()), 422


@bp.post("/account/sessions/end")
@allowed(None)
def sign_out_everywhere() -> Response:
    """End all of one's own sessions, this one too."""
    transacted(lambda: sessions.sign_out_everywhere(current_actor(), clock.now()), vital=True)
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@bp.post("/account/sessions/<int:session_id>/end")
@allowed(None)
def end_session(session_id: int) -> Page:
    """End one of one's own sessions."""
    return written(
        lambda: sessions.end_session(current_actor(), clock.now(), session_id),
        lambda _: gone_to(url_for("accounts.account"), gettext("这次登录已结束")),
    )


@bp.get("/session")
@allowed(None)
def session_left() -> dict[str, int]:
    """The seconds until this session ends if nothing happens, for the warning in the page."""
    return {"seconds": g.visit.seconds_left(clock.now())}


@bp.post("/session/extend")
@allowed(None)
def extend() -> dict[str, int]:
    """Go on working: any request counts as use, so this one only answers with the seconds won."""
    transacted(lambda: sessions.touch(g.visit.session_id, clock.now()), vital=True)
    left = g.visit.end - clock.now()
    return {"seconds": max(0, int(min(left, credentials.policy().idle).total_seconds()))}
