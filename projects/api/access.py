"""Who asks the API: the person of a bearer token, or of a signed-in browser; and its door, which answers in JSON.

A request with an `Authorization` header is judged by that header alone: no cookie is looked at. A token's actor is the
person within what the token was given.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, jsonify, request
from flask_babel import gettext

from projects.core.errors import ProblemError
from projects.core.permissions import require
from projects.core.text import N_
from projects.database import transacted
from projects.people.tokens import operations, rules
from projects.people.tokens.queries import bearer_of
from projects.web import clock

View = TypeVar("View", bound=Callable[..., Any])
UNKNOWN = N_("令牌无效、已过期或已撤销; 请在“令牌”页新建一个")
TOO_MANY = N_("来自这个地址的无效令牌过多, 请稍后再试")
NOBODY = N_("请在请求头里写 Authorization: Bearer 加令牌")


def problem(status: int, title: str, detail: str) -> Response:
    """The one shape of every error."""
    answer = jsonify(error={"status": status, "title": title, "detail": detail})
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="projects"'
    return answer


def allowed(action: str) -> Callable[[View], View]:
    """Only for people whose role has `action`, and whose token was given it."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if g.actor is None:
                return problem(401, gettext("请先登录"), gettext(NOBODY))
            require(g.actor, action)
            return view(*args, **kwargs)

        guarded.action, guarded.door = action, 401  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def register(bp: Blueprint) -> None:
    """Look at the `Authorization` header before each request of `bp`."""

    @bp.before_request
    def _identify() -> Response | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        g.visit = g.actor = None
        scheme, _, token = header.partition(" ")
        now, address = clock.now(), request.remote_addr or ""
        bearer = bearer_of(token.strip(), now, address) if scheme.lower() == "bearer" else None
        if bearer is None:
            counted = transacted(lambda: operations.refuse(now, address), vital=True)
            return (
                problem(401, gettext("请先登录"), gettext(UNKNOWN))
                if counted
                else problem(429, gettext("请求过多"), gettext(TOO_MANY))
            )
        g.actor = bearer.actor
        if bearer.last_used_at is None or now - bearer.last_used_at >= rules.TOUCH:
            try:
                transacted(lambda: operations.touch(bearer.token_id, now), vital=True)
            except ProblemError:  # a full disk keeps nobody from reading
                current_app.logger.warning("the use of a token could not be noted")
        return None
