"""Forms sent after their session had ended: kept for the person until they have signed in again, so that nothing typed
is lost.

Whose it is says the ended session's token, and the form's own token has been checked before. It is encrypted under the
installation's key, dropped after an hour, shown to that person only, and sent again only by their own click. Passwords,
codes and files are never kept. Rule A-17.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, replace

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, g, render_template, request, session

from projects.core.errors import ProblemError, UnavailableError
from projects.database import transacted
from projects.history.record.words import FIELDS, Words, said
from projects.people.factor.operations import box
from projects.people.sign_in import operations, queries
from projects.web import clock, once
from projects.web.errors import TITLES, page
from projects.web.i18n import speak

NEVER = frozenset(
    {"accounts", "totp", "sso", "api", "proof"}
)  # blueprints whose forms hold passwords and codes, or are none
MOST = 200_000  # characters
MARK = "kept_form"
UNTITLED = 20  # characters of a text worth showing though its field has no title of its own


@dataclass(frozen=True)
class Unsent:
    """What was sent where: field values in their order, and the names of the files that were not kept."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    @property
    def is_keyed(self) -> bool:
        """Whether its one-time key stands among the fields."""
        return any(name == once.FIELD for name, _ in self.fields)

    @property
    def shown(self) -> list[tuple[Words, Words]]:
        """The texts as a person knows them."""
        measured = ("percent_", "floors_")
        known = [
            (name, value)
            for name, value in self.fields
            if name != once.FIELD
            and value.strip()
            and (name in FIELDS or name.startswith(measured) or len(value) > UNTITLED)
        ]
        return [(one.title, one.new) for name, value in known if name != "version" for one in said({name: value})]


def _box() -> Fernet:
    return box(current_app.config["SECRET_KEY"], "kept-form")


def keep() -> bool:
    """Keep the form of this request for the person whose session has ended; False where there is nothing to keep, or
    nobody to keep it for.
    """
    token = session.get("sid")
    if (
        not token
        or request.method != "POST"
        or request.blueprint in NEVER
        or str(request.endpoint).endswith(".preview")
    ):
        return False  # the body of people who never signed in is left unread
    form = _of_request()
    is_filled = any(value.strip() for name, value in form.fields if name != once.FIELD)
    owner = queries.owner_of_token(token) if is_filled else None
    packed = json.dumps({"path": form.path, "fields": form.fields, "files": form.files})
    if owner is None or len(packed) > MOST:
        return False
    sealed = _box().encrypt(zlib.compress(packed.encode())).decode()
    transacted(lambda: operations.keep_form(owner, clock.now(), sealed))
    return True


def _of_request() -> Unsent:
    """What is being sent, with its one-time key: a form that was kept has one effect too."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", MARK}]
    files = [one.filename for one in request.files.values() if one.filename]
    return Unsent(request.full_path.rstrip("?"), tuple(fields), tuple(files))


def other() -> tuple[str, int]:
    """The page for what is sent under a key that was used for something else: all that was typed, to be sent as a form
    of its own or not at all.
    """
    form = _of_request()
    fields = tuple((name, value) for name, value in form.fields if name != once.FIELD)
    return render_template("people/sign_in/other.html", unsent=replace(form, fields=fields)), 409


def unsent(user_id: int | None) -> Unsent | None:
    """What is kept for this person."""
    sealed = queries.kept_form(user_id, clock.now())
    try:
        found = json.loads(zlib.decompress(_box().decrypt(sealed.encode()))) if sealed else None
    except InvalidToken:  # the installation's key was changed
        return None
    return (
        Unsent(found["path"], tuple((name, value) for name, value in found["fields"]), tuple(found["files"]))
        if found
        else None
    )


def register(app: Flask) -> None:
    """Forget what was kept once it has been sent again; give a form back, to be sent again, that could not be stored
    just now.
    """

    @app.errorhandler(UnavailableError)
    def _unavailable(problem: UnavailableError) -> tuple[str | Response, int]:
        if request.method != "POST" or request.blueprint in NEVER:
            return page(problem.status, speak(problem.text))
        clock.settle()
        said = {"title": speak(TITLES[problem.status]), "message": speak(problem.text)}
        return render_template("people/sign_in/unsaved.html", unsent=_of_request(), **said), problem.status

    @app.after_request
    def _forget(response: Response) -> Response:
        actor = g.get("actor")
        if (
            actor
            and request.method == "POST"
            and response.status_code < 500
            and response.status_code != 413
            and MARK in request.form
        ):
            try:
                transacted(lambda: operations.forget_form(actor.id))
            except ProblemError:  # what was sent is stored; that it was kept too ends by itself
                current_app.logger.warning("a kept form could not be dropped")
        return response
