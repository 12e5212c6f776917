"""Single sign-on against a provider of our own on loopback: what it proves lets in who is known here, and
nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from apps import make_app
from builders import make_day, make_user
from entering import history, inside, person
from flask import Flask

pytest.importorskip("authlib", reason="Authlib is optional: requirements-sso.txt")

from joserfc import jwt
from joserfc.jwk import RSAKey

from projects.core.errors import ConfigError
from projects.extensions import db
from projects.models import LoginSession
from projects.people.access import sso


class Provider:
    """As much of OpenID Connect as one sign-in needs.

    `claims` are put into the next identity token, over those that are right.
    """

    def __init__(self) -> None:
        self.key, self.claims, self.nonce = RSAKey.generate_key(2048, {"kid": "one"}), {}, ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(
                    provider.metadata()
                    if "openid-configuration" in self.path
                    else {"keys": [provider.key.as_dict(private=False)]}
                )

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer({"access_token": "a", "token_type": "Bearer", "id_token": provider.identity()})

            def answer(self, value: object) -> None:
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def metadata(self) -> dict[str, object]:
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.url, "id_token_signing_alg_values_supported": ["RS256"]} | {
            name: self.url + path for name, path in ends.items()
        }

    def identity(self) -> str:
        now = int(time.time())
        right = {
            "iss": self.url,
            "aud": "tracker",
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonce,
            "preferred_username": "leader",
        }
        return jwt.encode({"alg": "RS256", "kid": "one"}, right | self.claims, self.key)


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider()
    thread = threading.Thread(target=one.server.serve_forever, daemon=True)
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


@pytest.fixture
def site(app: Flask, provider: Provider, tmp_path) -> Flask:
    with app.app_context():
        make_day()
        make_user("leader", name="leader")
        make_user("leader", name="stopped", is_active=False)
    settings = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": "tracker", "OIDC_CLIENT_SECRET": "known-to-both"}
    return make_app(app.config["DATABASE_URL"], tmp_path, **settings)


def come_back(client, provider: Provider, **changes: str) -> int:
    """Start, and come back as the provider would send the browser."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(client.get("/sso/start").location).query).items()}
    assert asked["code_challenge_method"] == "S256"
    provider.nonce = asked["nonce"]
    return client.get("/sso/callback", query_string={"code": "c", "state": asked["state"]} | changes).status_code


def test_whom_the_provider_names_is_signed_in(site: Flask, provider: Provider):
    client = site.test_client()
    assert "统一身份认证" in client.get("/sign-in").text
    assert come_back(client, provider) == 302
    assert inside(client)
    assert person(site, "leader").last_sign_in_at is not None
    assert len(history(site, "user:session:started")) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "nobody"},
        {"preferred_username": "stopped"},
        {"preferred_username": ""},
        {"preferred_username": ["leader"]},
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"nonce": "replayed"},
        {"exp": 1},
    ],
    ids=str,
)
def test_what_is_not_proven_or_not_known_stays_outside(site: Flask, provider: Provider, claims):
    provider.claims = claims
    client = site.test_client()
    assert come_back(client, provider) == 403
    assert not inside(client)
    assert [result for result, _ in history(site, "user:session:refused")][:1] == ["refused"]


def test_a_foreign_state_or_signature_stays_outside(site: Flask, provider: Provider):
    client = site.test_client()
    assert come_back(client, provider, state="planted") == 403
    forger = Provider()
    forger.url = provider.url
    provider.identity = lambda: (setattr(forger, "nonce", provider.nonce), forger.identity())[1]
    assert come_back(client, provider) == 403
    forger.server.server_close()
    assert not inside(client)


def proved(site: Flask) -> list[dt.datetime | None]:
    """When the sessions that are open were proved."""
    with site.app_context():
        rows = db.session.query(LoginSession).filter_by(ended_at=None).order_by(LoginSession.id)
        return [one.proved_at for one in rows]


def test_a19_the_provider_s_own_time_says_how_fresh_a_sign_in_is(site: Flask, provider: Provider):
    client = site.test_client()
    assert come_back(client, provider) == 302
    assert proved(site) == [None]  # a provider that says nothing proves nothing
    provider.claims = {"auth_time": int(time.time()) - 3600}  # signed in there an hour ago, no password since
    assert come_back(client, provider) == 302
    data = {"name": "大屏", "chosen": "projects", "days": "30"}
    where = client.post("/tokens", data=data).location
    assert where.startswith("/account/proof")
    page = client.get(where).text
    assert "/sso/start?again=1&amp;next=/account/unsent" in page
    asked = parse_qs(urlsplit(client.get("/sso/start?again=1").location).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    provider.claims = {"auth_time": int(time.time())}
    assert come_back(client, provider) == 302
    assert len(proved(site)) == 1  # the session before has ended
    assert "大屏" in client.get("/account/unsent").text
    assert "pct_" in client.post("/tokens", data=data).text


@pytest.mark.parametrize(
    ("said", "seconds"), [(None, None), ("1", None), (True, None), (0, None), (-5, 5), (30, 0), (61, None)]
)
def test_a19_a_time_that_cannot_be_proves_nothing(monkeypatch, said: object, seconds: int | None):
    """Numbers are seconds from now; a provider's clock may be a minute ahead."""
    now = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
    monkeypatch.setattr(sso.clock, "now", lambda: now)
    claims = {"auth_time": int(now.timestamp()) + said if type(said) is int and said else said}
    expected = None if seconds is None else now - dt.timedelta(seconds=seconds)
    assert sso._proved(claims) == expected


def test_a19_after_the_provider_people_go_on_where_they_were_and_nowhere_else(site: Flask, provider: Provider):
    client = site.test_client()
    for wanted, there in (("/projects", "/projects"), ("https://elsewhere.example/", "/"), ("", "/")):
        answer = client.get("/sso/start", query_string={"next": wanted})
        asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
        provider.nonce = asked["nonce"]
        back = client.get("/sso/callback", query_string={"code": "c", "state": asked["state"]})
        assert back.location == there


def test_without_the_setting_there_is_no_such_door(client):
    assert client.get("/sso/start").status_code == 404
    assert "统一身份认证" not in client.get("/sign-in").text


def test_half_a_setting_stops_the_start(tmp_path):
    with pytest.raises(ConfigError, match="OIDC_CLIENT_ID"):
        make_app("sqlite://", tmp_path, OIDC_ISSUER="https://id.example")
