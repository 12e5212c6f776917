"""Who is asking: the server-side session behind the cookie (A-9), and the door in front of every view.

A view names its action with `@allowed("report.write")`; a view without one, or without `@public`, fails the tests.
Scope inside an action is asked of `core.permissions` by the query or operation that touches the project.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from projects.core.acting import Acting
from projects.core.errors import PastDayError, ProblemError
from projects.core.permissions import WRITING, Actor, may, require, visible_projects
from projects.core.text import N_
from projects.database import transacted
from projects.people.access import fresh, kept
from projects.people.sessions.operations import TOUCH, touch
from projects.people.sign_in import policy
from projects.people.sign_in.queries import Visit, visit_of_token
from projects.web import clock, once
from projects.web.filters import same_page

BEFORE_ANYTHING = frozenset(
    {"accounts.sign_out", "accounts.choose_language", "accounts.session_left", "accounts.extend"}
)
BEFORE_CHANGE = BEFORE_ANYTHING | {"accounts.password", "accounts.change_password"}
BEFORE_ENROLLING = BEFORE_ANYTHING | {"totp.factor", "totp.start", "totp.confirm"}
NOT_BACK_TO = frozenset({"static", "accounts.sign_in", "accounts.session_left", "sso.start", "sso.callback"})
READ_TOO = frozenset({"finding.handle", "import.write"})  # whose pages tell something beside their forms
NO_PLACE = N_("还没有地区分配给您, 所以各页都是空的: 请安全管理员在“权限”页为您选定地区。")
PLACELESS = N_("您负责的地区里还没有项目, 所以各页都是空的: 请安全管理员在“权限”页核对您的地区。")
NOTHING = {
    "manager": N_("还没有项目交给您, 所以各页都是空的: 请调度员用“交接项目”交给您。"),
    "reviewer": N_("您还没有所属单位, 或本单位还没有项目, 所以各页都是空的: 请安全管理员在“权限”页核对您的单位。"),
    **dict.fromkeys(("finance", "dispatcher", "leader"), PLACELESS),
}
View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor:
    """The signed-in person; only for views behind `allowed`."""
    return g.actor  # type: ignore[no-any-return]


def current_visit() -> Visit:
    """The session of the signed-in person; only for views behind `allowed`."""
    return g.visit  # type: ignore[no-any-return]


def acting() -> Acting:
    """The signed-in person, at the instant of this request, on the installation's day; only for views behind `allowed`.

    All that one request writes bears one instant.
    """
    if "acted_at" not in g:
        g.acted_at = clock.now()
    return Acting(current_actor(), g.acted_at, clock.business_day())


def public(view: View) -> View:
    """Mark a view as open to everyone."""
    view.action = None  # type: ignore[attr-defined]
    return view


def allowed(action: str | None) -> Callable[[View], View]:
    """Only for signed-in people whose role has `action` (None: any role); others are sent to sign in, or refused."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if g.actor is None:
                return _to_sign_in()
            if action is not None:
                require(g.actor, action)
            answered = _of_today(action) or _prove_first()
            return answered or once.answered(lambda: view(*args, **kwargs), kept.other)

        guarded.action = action or "signed-in"  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def _prove_first() -> Response | None:
    """Ask who it is before a sensitive act, where that was not proved lately."""
    if not fresh.is_asked(current_app.config["ACCOUNT_POLICY"]):
        return None
    return redirect(url_for("proof.ask", _external=False, **fresh.way_back()))


def _of_today(action: str | None) -> Response | None:
    """Keep a past day for reading: nothing is written under it, and the page of a form is opened on the installation's
    day instead.
    """
    if action not in WRITING or not clock.is_past():
        return None
    if request.method not in clock.READING:
        raise PastDayError(
            N_("您看的是过去的一天 %(past)s, 只供查看, 没有登记。登记都记在系统状态日 %(day)s: 请回到那一天再登记"),
            past=clock.status_date(),
            day=clock.business_day(),
        )
    if action in READ_TOO:
        return None
    flash(gettext("登记都记在系统状态日 %(day)s, 已为您打开这一天的页面", day=clock.business_day()))
    return redirect(same_page(as_of=clock.business_day().isoformat()))


def _to_sign_in() -> Response:
    back = "accounts.unsent" if kept.keep() else "catalogue.home"
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for(back)
    return redirect(url_for("accounts.sign_in", next=wanted))


def safe_next(target: str | None, fallback: str) -> str:
    """`target` if it is the path of a page of this application, else `fallback`; never another host, nor what is no
    page to go back to.
    """
    if (
        not target
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
        or any(ord(letter) < 33 or letter == "\\" for letter in target)
    ):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc or not _is_page(parts.path) else target


def _is_page(path: str) -> bool:
    """Whether a GET of `path` is answered by a view that people go to."""
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(unquote(path), method="GET")
    except HTTPException:
        return False
    return endpoint not in NOT_BACK_TO


def _visit(app: Flask) -> Visit | None:
    """The session behind the cookie, noted as used; asking how long it lasts is no use of it."""
    token, now = session.get("sid"), clock.now()
    visit = visit_of_token(token, now, app.config["ACCOUNT_POLICY"], request.remote_addr or "") if token else None
    if visit and now - visit.last_seen_at >= TOUCH and request.endpoint != "accounts.session_left":
        try:
            transacted(lambda: touch(visit.session_id, now), vital=True)
        except ProblemError:  # a full disk keeps nobody from reading
            app.logger.warning("the use of a session could not be noted")
    return visit


def register(app: Flask) -> None:
    """Find the actor before each request; let templates ask `may`."""

    app.config.setdefault("ACCOUNT_POLICY", policy.from_settings(os.environ))

    @app.before_request
    def _identify() -> Response | None:
        g.pop("acted_at", None)
        g.visit = _visit(app) if request.endpoint != "static" else None
        g.actor = g.visit.actor if g.visit else None
        if g.visit and g.visit.must_change:
            return None if request.endpoint in BEFORE_CHANGE else redirect(url_for("accounts.password"))
        if g.visit and g.visit.must_enrol:
            return None if request.endpoint in BEFORE_ENROLLING else redirect(url_for("totp.factor"))
        return None

    def may_here(action: str, project_id: int | None = None) -> bool:
        return g.actor is not None and may(g.actor, action, project_id)

    def may_write_here(action: str, project_id: int | None = None) -> bool:
        return may_here(action, project_id) and not clock.is_past()

    def nothing_here() -> str | None:
        actor = g.get("actor")  # a request refused before it was identified has none
        if not actor or actor.role not in NOTHING or g.visit.is_confined:
            return None
        visible = visible_projects(actor)
        if visible is None or visible:
            return None
        return NO_PLACE if actor.places == frozenset() else NOTHING[actor.role]

    app.jinja_env.globals.update(
        nothing_here=nothing_here,
        may=may_here,
        may_write=may_write_here,
        actor=lambda: g.get("actor"),
        visit=lambda: g.get("visit"),
        instant_now=clock.now,
    )
