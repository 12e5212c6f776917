"""What is asked for leaves a record: files that leave the house, refusals, and unsafe requests that no operation
recorded.

The one exception to "GET never writes": these entries are the access log. They have a transaction of their own, after
the answer is known. A file is not handed over where its entry cannot be stored. Rules HI-2, HI-11.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header

from projects.core.errors import ProblemError
from projects.core.permissions import Actor
from projects.database import transacted
from projects.extensions import db
from projects.history.record.operations import come_from, record, stored
from projects.history.record.queries import project_id_of
from projects.history.record.tags import Tag
from projects.people.sign_in.queries import user_by_name
from projects.web import clock

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LONGEST_ADDRESS = 300
PARTS_OF_PAGES = (".thumbnail",)  # pictures in a page leave no entry each
PREVIEWS = (".preview",)  # asked for at every pause of typing, and change nothing


def register(app: Flask) -> None:
    """Say where requests come from, and look at every answer."""

    @app.before_request
    def _come_from() -> None:
        come_from(request.remote_addr or "")

    @app.after_request
    def _witness(response: Response) -> Response:
        if request.endpoint not in {None, "static"}:
            _look_at(response)
        return response


def _look_at(response: Response) -> None:
    actor: Actor | None = g.get("actor")
    if stored() or g.get("is_repeated") or response.status_code == 429:  # told before; counted by those who say so
        return
    if response.status_code == 503:  # nothing was done, and who waited for nothing doesn't wait again to have it noted
        current_app.logger.warning("put off: %s %s by %s", request.method, request.path, actor.id if actor else None)
        return
    if actor and response.status_code == 200 and _is_file(response):
        _note(
            actor,
            Tag.FILE_HANDED_OVER,
            "file",
            _filename(response),
            {"request": [None, request.full_path.rstrip("?")[:LONGEST_ADDRESS]]},
        )
    elif response.status_code in {401, 403} or (actor and response.status_code == 404):
        _try(response, actor, Tag.REQUEST_REFUSED)
    elif request.method in UNSAFE and (actor or _names_an_account()):
        refused = response.status_code >= 400
        if not refused and str(request.endpoint).endswith(PREVIEWS):
            return
        _try(response, actor, (Tag.REQUEST_REFUSED if actor else Tag.SIGN_IN_REFUSED) if refused else Tag.REQUEST_MADE)


def _names_an_account() -> bool:
    """Whether a name was typed to sign in with; a form too large to be read has none."""
    try:
        return "username" in request.form
    except HTTPException:
        return False


def _is_file(response: Response) -> bool:
    return response.headers.get("Content-Disposition", "").startswith("attachment") and not str(
        request.endpoint
    ).endswith(PARTS_OF_PAGES)


def _filename(response: Response) -> str:
    return parse_options_header(response.headers["Content-Disposition"])[1].get("filename", "")


def _try(response: Response, actor: Actor | None, tag: Tag) -> None:
    """Record what was refused or done; where that fails, the answer stands as it is."""
    asked: dict[str, Any] = {
        "request": [None, f"{request.method} {request.path[:LONGEST_ADDRESS]}"],
        "status": [None, response.status_code],
    }
    try:
        db.session.rollback()
        _note(
            actor or _nobody(),
            tag,
            "page",
            str(request.endpoint),
            asked,
            "refused" if response.status_code >= 400 else "done",
        )
    except (SQLAlchemyError, ProblemError):
        current_app.logger.exception("an entry of the history could not be stored")


def _nobody() -> Actor:
    """Somebody not signed in: by the name typed where an account has it; what else was typed may be a password."""
    user = user_by_name(request.form["username"][:60].replace("\0", "")) if _names_an_account() else None
    return Actor(
        user.id if user else None, user.display_name if user else "", "system", address=request.remote_addr or ""
    )


def _note(actor: Actor, tag: Tag, kind: str, name: str, changes: dict[str, Any], result: str = "done") -> None:
    slug = (request.view_args or {}).get("slug")

    def note() -> None:
        project = (
            project_id_of(slug.replace("\0", "")) if slug and str(request.url_rule).startswith("/projects/") else None
        )
        record(actor, clock.now(), tag, name, kind=kind, project_id=project, changes=changes, result=result)

    transacted(note, vital=True)
