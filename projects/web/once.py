"""One effect for a form, however often it is sent: a double click, an impatient reload, a request that a proxy repeats.

Every form carries a one-time key (`once_key`, drawn with the form's token by the macro `csrf`). The transaction of its
effect claims the key and keeps the answer, so that they are stored together or not at all; whoever sends the key again
waits for that transaction and gets its answer: status, address or page, and the words said. What was refused is rolled
back and leaves the key free. Under the same key other content is no repetition and is asked about. A request without a
key (a page from before an upgrade, a program) is taken as it comes. Rule A-21.

Keys are hashed with the sender under the installation's key. An answer may show a password once, so it is sealed under
the form's key too, which is stored nowhere but in the sender's page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app, g, make_response, request, session
from werkzeug.wrappers import Response

from projects.core.sent import operations, queries
from projects.database import settle, transacted
from projects.extensions import db
from projects.web import clock

FIELD = "once"
UNHEARD = frozenset({FIELD, "csrf_token", "kept_form"})  # differ though the same is said
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")
_FLASHES = "_flashes"  # where Flask keeps what will be said on the next page
Written = TypeVar("Written")
Page = str | Response | tuple[str, int]


class AlreadySentError(Exception):
    """The key's effect was stored while this request was on its way."""


@dataclass(frozen=True)
class Sending:
    """A form as it was sent: its one-time key with its sender's hash, and a hash of what it says."""

    key: str
    key_hash: str
    digest: str

    @property
    def box(self) -> Fernet:
        """Seals the answer for whoever has the key."""
        made = HKDF(SHA256(), 32, salt=None, info=f"sent form {self.key}".encode())
        return Fernet(base64.urlsafe_b64encode(made.derive(current_app.config["SECRET_KEY"].encode())))


def once_key() -> str:
    """A new key for a form."""
    return secrets.token_urlsafe(16)


def register(app: Flask) -> None:
    """Let templates draw keys."""
    app.jinja_env.globals["once_key"] = once_key


# --- sending ----------------------------------------------------------------------------------------------------------


def written(
    write: Callable[..., Written], done: Callable[[Written], Page], first: Callable[[], object] | None = None
) -> Page:
    """Run `write` in one transaction and answer with `done` of what it wrote; once for the key of the form. What takes
    long is done by `first`, before the transaction, and given to `write`.

    The answer is made before the transaction ends, since it is stored with it. What `done` said is taken back where the
    end fails.
    """
    sending, said = sending_of_request(), list(session.get(_FLASHES, ()))

    def effect() -> Page:
        _unsay(said)
        if sending:
            _claim(sending)
        found = write(*given)
        settle()
        page = done(found)
        if sending:
            operations.keep_answer(sending.key_hash, _sealed(sending, page, said), clock.now())
        return page

    try:
        given = () if first is None else (first(),)
        page = transacted(effect)
    except BaseException:
        _unsay(said)
        raise
    g.wrote_once = True
    return page


def _unsay(said: list[Any]) -> None:
    """Take back what was said since: the transaction that it speaks of was not stored."""
    if session.get(_FLASHES, []) != said:
        session[_FLASHES] = said


def answered(view: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """The answer to an unsafe request: of the same form sent before, where it had its effect, else of `view`; `other`
    where the key was used for something else.

    A view that meets the traces of the same form's effect (a line is gone, a number is taken) was overtaken by it on
    its way, so that the key is looked up again before a refusal is believed.
    """
    sending = sending_of_request()
    if sending is None:
        return view()
    found = _answer(sending, other)
    if found is not None:
        return found
    try:
        page = view()
    except Exception:
        db.session.rollback()
        found = _answer(sending, other)
        if found is None:
            raise
        return found
    if not g.get("wrote_once") and _status(page) >= 400:
        db.session.rollback()
        found = _answer(sending, other)
    return page if found is None else found


def sending_of_request() -> Sending | None:
    """The form of this request with its key, None where it has none or nobody is signed in."""
    if request.method != "POST" or g.get("actor") is None:
        return None
    if "sending" not in g:
        key = request.form.get(FIELD, "")
        g.sending = Sending(key, _hashed(f"{g.actor.id} {key}"), _digest()) if _SHAPE.fullmatch(key) else None
    return g.sending  # type: ignore[no-any-return]


def _claim(sending: Sending) -> None:
    """Take the key for this transaction, waiting for another that holds it; AlreadySentError if that one was stored."""
    if not operations.claim(sending.key_hash, str(request.endpoint), sending.digest, clock.now()):
        raise AlreadySentError


# --- what was said and answered ---------------------------------------------------------------------------------------


def _hashed(text: str) -> str:
    return hmac.new(current_app.config["SECRET_KEY"].encode(), text.encode(), hashlib.sha256).hexdigest()


def _digest() -> str:
    """A hash of where the form went, its fields and its files."""
    said = [[name, value] for name, value in request.form.items(multi=True) if name not in UNHEARD]
    files = []
    for name, file in request.files.items(multi=True):
        files.append([name, file.filename, hashlib.file_digest(file.stream, "sha256").hexdigest()])  # type: ignore[arg-type]
        file.stream.seek(0)
    return _hashed(json.dumps([request.full_path.rstrip("?"), said, files]))


def _status(page: Any) -> int:
    return page[1] if isinstance(page, tuple) else page.status_code if isinstance(page, Response) else 200


def _sealed(sending: Sending, page: Page, said: list[Any]) -> str:
    body = page if isinstance(page, str) else page[0] if isinstance(page, tuple) else page.get_data(as_text=True)
    told = {
        "status": _status(page),
        "location": page.headers.get("Location") if isinstance(page, Response) else None,
        "body": body,
        "said": session.get(_FLASHES, [])[len(said) :],
    }
    return sending.box.encrypt(zlib.compress(json.dumps(told).encode())).decode()


def _answer(sending: Sending, other: Callable[[], Any]) -> Any:
    """What was answered under this key; None where it had no effect yet."""
    found = queries.sent(sending.key_hash)
    if found is None:
        return None
    if found.digest != sending.digest:
        return other()
    told = json.loads(zlib.decompress(sending.box.decrypt(found.answer.encode())))
    if told["said"]:
        session[_FLASHES] = [*session.get(_FLASHES, []), *map(tuple, told["said"])]
    g.is_repeated = True
    answer = make_response(told["body"], told["status"])
    if told["location"]:
        answer.headers["Location"] = told["location"]
    return answer
