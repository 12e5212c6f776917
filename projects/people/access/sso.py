"""Single sign-on by OpenID Connect, through Authlib: there only where `OIDC_ISSUER` is set (docs/operations/sso.md).

The provider proves who somebody is; what they may do is said here. Nobody gets an account by signing in: the claim must
name one that exists and is active.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from projects.core.errors import ConfigError, ForbiddenError
from projects.core.permissions import SYSTEM
from projects.core.text import N_
from projects.database import transacted
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.access import kept
from projects.people.access.credentials import policy
from projects.people.access.door import public, safe_next
from projects.people.sessions import operations
from projects.people.sign_in import queries
from projects.web import clock

bp = Blueprint("sso", __name__, url_prefix="/sso")
SETTINGS = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
LEEWAY = 60  # seconds that the provider's clock may be ahead
REFUSED = N_("统一身份认证没有成功, 或您在本系统没有账号; 请重试或联系系统管理员")


def register(app: Flask) -> None:
    """Bind the provider that the settings name; without them there is no single sign-on, and no route for it."""
    for name in (*SETTINGS, "OIDC_USERNAME_CLAIM"):
        app.config.setdefault(name, os.environ.get(name))
    app.jinja_env.globals["sso"] = bool(app.config["OIDC_ISSUER"])
    if not app.config["OIDC_ISSUER"]:
        return
    missing = [name for name in SETTINGS if not app.config[name]]
    if missing:
        raise ConfigError(N_("统一身份认证还缺设置 %(names)s"), names=", ".join(missing))
    try:
        from authlib.integrations.flask_client import OAuth
    except ImportError:
        raise ConfigError(
            N_("设置了 OIDC_ISSUER, 但没有安装 Authlib: 请运行 pip install --require-hashes -r requirements-sso.txt")
        ) from None
    issuer = app.config["OIDC_ISSUER"].rstrip("/")
    oauth = OAuth(app)
    oauth.register(
        "provider",
        client_id=app.config["OIDC_CLIENT_ID"],
        client_secret=app.config["OIDC_CLIENT_SECRET"],
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )
    app.extensions["sso"] = oauth
    app.register_blueprint(bp)


def _provider() -> Any:
    return current_app.extensions["sso"].provider


@bp.get("/start")
@public
def start() -> Response:
    """Go to the provider, with a state, a nonce and a PKCE challenge in this browser's session; `?again=1` lets it ask
    for the password anew.
    """
    session["after"] = safe_next(request.args.get("next"), "")
    more = {"prompt": "login", "max_age": 0} if request.args.get("again") else {}
    return _provider().authorize_redirect(url_for("sso.callback", _external=True), **more)  # type: ignore[no-any-return]


@bp.get("/callback")
@public
def callback() -> Response:
    """Come back from the provider; Authlib checks state, nonce, signature, issuer, audience and times."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        claims = _provider().authorize_access_token().get("userinfo") or {}
    except (AuthlibBaseError, JoseError):
        claims = {}
    name = claims.get(current_app.config["OIDC_USERNAME_CLAIM"] or "preferred_username")
    token = _signed_in(name, _proved(claims)) if isinstance(name, str) and name else None
    if token is None:
        transacted(_refused, vital=True)
        raise ForbiddenError(REFUSED)
    before, after = session.get("sid"), session.get("after")
    if before and (visit := queries.visit_of_token(before, clock.now(), policy())) and visit.actor.id is not None:
        owner, session_id = visit.actor.id, visit.session_id
        transacted(lambda: operations.end_sessions(owner, clock.now(), only=session_id), vital=True)
    session.clear()
    session["sid"] = token
    account = queries.account_named(str(name))
    if account and kept.unsent(account.id):
        return redirect(url_for("accounts.unsent"))
    return redirect(safe_next(after, url_for("catalogue.home")))


def _refused() -> None:
    nobody = replace(SYSTEM, name="", address=request.remote_addr or "")
    record(nobody, clock.now(), Tag.SIGN_IN_REFUSED, "sso", changes={"reason": [None, "unknown"]}, result="refused")


def _proved(claims: dict[str, Any]) -> dt.datetime | None:
    """When the person proved themselves at the provider, as it says by `auth_time`; None where it does not, or says
    what cannot be.
    """
    said, now = claims.get("auth_time"), clock.now()
    if type(said) is not int or not 0 < said <= now.timestamp() + LEEWAY:
        return None
    return min(dt.datetime.fromtimestamp(said, dt.UTC), now)


def _signed_in(username: str, proved_at: dt.datetime | None) -> str | None:
    account = queries.account_named(username)

    def start() -> str | None:
        user = operations.still(account) if account and len(username) <= 60 else None
        agent = request.headers.get("User-Agent", "")
        address, hours = request.remote_addr or "", policy().session_hours
        told: dict[str, Any] = {"by_provider": True, "proved_at": proved_at}
        return operations.sign_in(user, clock.now(), hours, address, agent, **told) if user else None

    return transacted(start, vital=True)
