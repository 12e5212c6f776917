"""Browsers that somebody has signed in with before: a signed cookie says so, so that strangers at the same address
cannot keep them out.

The cookie proves nothing about the person. It only spares its owner the count of their address (docs/rules/accounts.md,
A-14), never that of their account.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer

DAYS = 90
MOST = 8  # people who share a browser


def _seals() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known-browser")


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _people() -> list[int]:
    try:
        found = _seals().loads(request.cookies.get(_name(), ""), max_age=DAYS * 86400)
    except BadData:
        return []
    return [one for one in found if isinstance(one, int)] if isinstance(found, list) else []


def knows(user_id: int | None) -> bool:
    """Whether this person has signed in with this browser lately."""
    return user_id in _people()


def remember(user_id: int) -> None:
    """Let the answer to this request tell the browser that this person has signed in with it."""
    g.signed_in_with = user_id


def register(app: Flask) -> None:
    """Set the cookie on the answer to a sign-in."""

    @app.after_request
    def _keep(response: Response) -> Response:
        user_id = g.get("signed_in_with")
        if user_id is not None:
            people = [user_id, *(one for one in _people() if one != user_id)][:MOST]
            config = current_app.config
            value = _seals().dumps(people)
            response.set_cookie(
                _name(),
                value,
                DAYS * 86400,
                path="/",
                secure=config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        return response
