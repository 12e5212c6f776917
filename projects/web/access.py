"""Who is asking: the server-side session behind the cookie, and the door in front of every view.

A view names its action with `@allowed("report.write")`; a view without one, or without `@public`, fails the tests. Scope inside an action is asked
of `core.permissions` by the query or operation that touches the project.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from projects.accounts.queries import actor_of_token
from projects.core.permissions import Actor, may, require
from projects.web import clock

View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor:
    """The signed-in person; only for views behind `allowed`."""
    return g.actor  # type: ignore[no-any-return]


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
            return view(*args, **kwargs)

        guarded.action = action or "signed-in"  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("catalogue.home")
    return redirect(url_for("accounts.sign_in", next=wanted))


def safe_next(target: str | None, fallback: str) -> str:
    """`target` if it is a plain path of this application, else `fallback`; never another host."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or any(ord(letter) < 33 or letter == "\\" for letter in target):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


def register(app: Flask) -> None:
    """Find the actor before each request; let templates ask `may`."""

    @app.before_request
    def _identify() -> None:
        token = session.get("sid") if request.endpoint != "static" else None
        g.actor = actor_of_token(token, clock.now(), request.remote_addr or "") if token else None

    def may_here(action: str, project_id: int | None = None) -> bool:
        return g.actor is not None and may(g.actor, action, project_id)

    app.jinja_env.globals.update(may=may_here, actor=lambda: g.get("actor"))
