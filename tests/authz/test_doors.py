"""What every address of the application has in common: its headers, its form token, its host, its proxies, its
cookie.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from builders import PASSWORD, make_day, make_project, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient

from projects import create_app
from projects.core.errors import ConfigError
from projects.extensions import db
from projects.people.access.door import safe_next

KEY = "a-key-for-tests-only-0123456789-abcdefghij"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def another(app: Flask, tmp_path) -> Iterator[Any]:
    """Makes further applications on the same database, with settings of their own."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(
            create_app(
                **(
                    {
                        "TESTING": True,
                        "SECRET_KEY": KEY,
                        "INSTANCE_PATH": str(tmp_path),
                        "DATABASE_URL": app.config["DATABASE_URL"],
                    }
                    | settings
                )
            )
        )
        return made[-1]

    yield make
    for one in made:
        with one.app_context():
            db.engine.dispose()


@pytest.fixture
def leader(app: Flask) -> Any:
    with app.app_context():
        make_day()
        make_project("own")
        return make_user("leader", name="leader")


def addresses(app: Flask, methods: set[str]) -> list[tuple[str, str]]:
    adapter = app.url_map.bind("localhost")
    values = {"slug": "own", "month": "2021-11", "revision": 1, "key": "start", "locale": "en", "filename": "app.css"}
    found = []
    for rule in app.url_map.iter_rules():
        items = {name: getattr(rule._converters[name], "items", None) for name in rule.arguments}
        chosen = {name: min(kinds) if kinds else values.get(name, 1) for name, kinds in items.items()}
        found += [(method, adapter.build(rule.endpoint, chosen, method=method)) for method in rule.methods & methods]
    return found


def test_every_answer_carries_every_header_errors_and_static_files_too(app: Flask, client: FlaskClient, leader):
    sign_in(client, leader)
    asked = [
        *addresses(app, {"GET", *UNSAFE}),
        ("GET", "/nowhere"),
        ("PUT", "/projects"),
        ("GET", "/static/none.css"),
        ("GET", "/api/v1/none"),
        ("GET", "/%00"),
    ]
    for method, address in asked:
        with client.open(address, method=method) as answer:
            missing = {name: want for name, want in HEADERS.items() if answer.headers.get(name) != want}
            assert missing == {}, (method, address)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, address
            assert "unsafe" not in policy, address
            assert "Strict-Transport-Security" not in answer.headers
            assert "static" in address or "no-store" in answer.headers["Cache-Control"], address


@pytest.mark.parametrize("token", [None, "", "wrong", "ImFiYyI.aaaa.bbbb"])
def test_every_unsafe_request_without_its_token_is_refused(app: Flask, leader, another, token: str | None):
    client = sign_in(another(WTF_CSRF_ENABLED=True).test_client(), leader)
    asked = addresses(app, UNSAFE)
    answered = {
        (method, address): client.open(
            address, method=method, data={"csrf_token": token} if token is not None else {}
        ).status_code
        for method, address in asked
    }
    assert {one: status for one, status in answered.items() if status != 400} == {}
    assert len(asked) > 15


def test_another_persons_token_and_a_foreign_origin_are_refused(leader, another):
    strict = another(WTF_CSRF_ENABLED=True)
    one, other = strict.test_client(), strict.test_client()
    stolen = other.get("/sign-in").text.split('name="csrf-token" content="')[1].split('"')[0]
    sign_in(one, leader)
    assert one.post("/language/en", data={"csrf_token": stolen}).status_code == 400
    mine = one.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]
    assert one.post("/language/en", data={"csrf_token": mine}).status_code == 302  # the positive control
    for kind in ("text/plain", "application/json"):
        assert one.post("/language/en", data=f'{{"csrf_token": "{mine}"}}', content_type=kind).status_code == 400
    behind_tls = another(WTF_CSRF_ENABLED=True, SECURE_COOKIES=True)
    visitor = behind_tls.test_client()
    page = visitor.get("/sign-in", base_url="https://localhost").text
    found = page.split('name="csrf-token" content="')[1].split('"')[0]
    for origin in ("https://evil.example/", ""):
        answer = visitor.post(
            "/language/en",
            base_url="https://localhost",
            data={"csrf_token": found},
            headers={"Referer": origin} if origin else {},
        )
        assert answer.status_code == 400, origin


def test_behind_tls_the_cookie_is_bound_to_the_host_and_the_browser_told_to_stay(leader, another):
    client = another(SECURE_COOKIES=True, WTF_CSRF_ENABLED=False).test_client()
    answer = client.post("/sign-in", base_url="https://localhost", data={"username": "leader", "password": PASSWORD})
    known, cookie = sorted(answer.headers.getlist("Set-Cookie"))
    assert cookie.startswith("__Host-tracker=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert known.startswith("__Host-tracker-known=")
    assert {part.strip() for part in known.split(";")[1:]} >= {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Max-Age=7776000",
    }
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_tls_the_cookie_still_keeps_to_itself(client: FlaskClient, leader):
    cookies = client.post("/sign-in", data={"username": "leader", "password": PASSWORD}).headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"tracker", "tracker-known"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "tracker.example.evil.example",
        "tracker.example@evil.example",
        "127.0.0.1",
        "",
        "tracker.example\\.evil",
    ],
)
def test_only_the_hosts_listed_are_answered(another, host: str):
    client = another(TRUSTED_HOSTS=["tracker.example"]).test_client()
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "登录" not in answer.text
    assert client.get("/sign-in", headers={"Host": "tracker.example:8443"}).status_code == 200


def test_a_clients_word_about_itself_counts_only_behind_as_many_proxies_as_configured(
    another, monkeypatch: pytest.MonkeyPatch
):
    from flask import request

    def seen(count: str, forwarded: str) -> tuple[str | None, str, str]:
        monkeypatch.setenv("PROXY_COUNT", count)
        one = another()
        one.add_url_rule("/seen", "seen", lambda: {"seen": [request.remote_addr, request.scheme, request.host]})
        headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
        return tuple(one.test_client().get("/seen", headers=headers).json["seen"])

    assert seen("0", "6.6.6.6") == ("127.0.0.1", "http", "localhost")
    assert seen("1", "6.6.6.6, 10.0.0.9") == ("10.0.0.9", "https", "localhost")
    assert seen("2", "6.6.6.6, 10.0.0.9, 10.0.0.1")[0] == "10.0.0.9"
    for wrong in ("-1", "x", "10", "１"):
        monkeypatch.setenv("PROXY_COUNT", wrong)
        with pytest.raises(ConfigError):
            another()


def test_a_body_larger_than_allowed_is_not_read(client: FlaskClient, leader):
    sign_in(client, leader)
    assert client.post("/as-of", data={"day": "x" * (9 * 1024 * 1024)}).status_code == 413


# --- next -------------------------------------------------------------------------------------------------------------

AWAY = [
    "//evil.com", "///evil.com", "////evil.com", "/\\evil.com", "\\\\evil.com", "\\/evil.com", "/\\/evil.com",
    "/\\\\evil.com", "http://evil.com",
    "https://evil.com", "HTTPS://evil.com", "http:evil.com", "https:/evil.com", "https:///evil.com", "ftp://evil.com",
    "javascript:alert(1)",
    "JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "/\tevil.com", "/\n/evil.com",
    "/\r/evil.com", "/\t/evil.com",
    "\t//evil.com", "\n//evil.com", " //evil.com", "\x00//evil.com", "\x0b//evil.com", "/ /evil.com",
    "//evil.com/%2f..", "//evil.com@localhost",
    "//localhost@evil.com", "//localhost:80@evil.com", "///localhost", "evil.com", "evil.com/projects",
    "//\u3002evil.com", "／／evil.com", "\u2028//evil.com",
    "//[::1]/", "/\u00a0//evil.com", "mailto:a@evil.com", "?next=//evil.com", "#//evil.com", "", "/%2f%2fevil.com",
    "/%5cevil.com", "/%09//evil.com",
    "/..//evil.com", "/./\\evil.com", "/projects/..//evil.com", "/.evil.com", "/@evil.com", "/;//evil.com",
]  # fmt: skip


def where_a_browser_lands(target: str) -> str:
    """The host after a browser's own cleaning: blanks cut at the ends, tabs and line breaks dropped, backslashes read
    as slashes.
    """
    cleaned = "".join(
        letter for letter in target.strip("".join(map(chr, range(33)))) if letter not in "\t\r\n"
    ).replace("\\", "/")
    return urlsplit(urljoin("http://localhost/sign-in", cleaned)).netloc


@pytest.mark.parametrize("target", AWAY)
def test_next_never_leaves(app: Flask, client: FlaskClient, leader, target: str):
    with app.app_context():
        assert where_a_browser_lands(safe_next(target, "/")) == "localhost"
    location = client.post("/language/en", data={"next": target}).location
    assert where_a_browser_lands(location) == "localhost", location


def test_there_are_forty_of_them_and_most_would_leave_unchecked():
    """The negative control."""
    leaving = [target for target in AWAY if where_a_browser_lands(target) != "localhost"]
    assert len(AWAY) >= 40
    assert len(leaving) >= 20


@pytest.mark.parametrize("target", [
    "/nowhere", "/sign-out", "/sign-in", "/sign-in?next=/projects", "/language/en", "/as-of", "/session",
    "/session/extend", "/account/sessions/end", "/static/app.css",
    "/account/totp/remove", "/projects/own/reports/2021-11/preview", "/account/unsent/drop", "/requests/1/withdraw",
    "/projects//own", "/projects/", "/../projects",
])  # fmt: skip
def test_next_leads_to_no_address_that_is_no_page(app: Flask, leader, target: str):
    with app.app_context():
        assert safe_next(target, "/fallback") == "/fallback"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/projects?q=%E5%8C%BB&page=2",
        "/projects/own",
        "/projects/own/reports/2021-11",
        "/gantt?as_of=2021-06-30#p1",
        "/admin/audit?tag=x",
    ],
)
def test_next_leads_to_every_page(app: Flask, leader, target: str):
    with app.app_context():
        assert safe_next(target, "/fallback") == target


def test_sign_in_leads_back_to_a_page_of_ours_and_nowhere_else(client: FlaskClient, leader):
    data = {"username": "leader", "password": PASSWORD}
    assert client.post("/sign-in?next=/projects?q=1", data=data).location.endswith("/projects?q=1")
    assert client.post("/sign-in", query_string={"next": "//evil.com"}, data=data).location == "/"
