"""Every route × method × role: what the policy says is what the door does. A route that names no action fails here."""

from __future__ import annotations

import pytest
from builders import make_day, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient

from projects.core.permissions import POLICY, Actor, scope
from projects.core.vocabulary import ROLES

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
VALUES = {
    "slug": "own",
    "month": "2021-11",
    "revision": 1,
    "key": "start",
    "locale": "en",
    "kind": "csv",
    "form": "pdf",
    "entry_id": 1,
    "report_id": 1,
    "file_id": 1,
    "session_id": 0,
    "user_id": 0,
    "filename": "app.css",
}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(method, endpoint, an address) of every route but static files."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {name: _value(rule, name) for name in rule.arguments}
        found += [(method, rule.endpoint, adapter.build(rule.endpoint, values, method=method)) for method in rule.methods - {"HEAD", "OPTIONS"}]
    return sorted(found)


def _value(rule, name):
    converter = rule._converters[name]
    items = getattr(converter, "items", None)
    return min(items) if items else VALUES[name]


def test_every_route_names_its_action(app: Flask):
    nameless = [endpoint for endpoint, view in app.view_functions.items() if endpoint != "static" and not hasattr(view, "action")]
    assert nameless == []


def test_a_view_without_an_action_is_noticed(app: Flask):
    """The negative control of the test above."""
    assert not hasattr(lambda: "", "action")
    assert all(
        view.action is None or view.action == "signed-in" or any(view.action in row for row in POLICY.values())
        for endpoint, view in app.view_functions.items()
        if endpoint != "static"
    )


@pytest.fixture
def world(app: Flask) -> dict:
    with app.app_context():
        make_day()
        people = {role: make_user(role, name=role) for role in ROLES}
        own = make_project("own", manager=people["manager"])
        make_project("foreign")
        make_report(own, "2021-10", author=people["manager"])
    return people


@pytest.mark.parametrize("role", [*ROLES, None])
def test_the_door_does_what_the_policy_says(app: Flask, world: dict, role: str | None):
    client = app.test_client()
    if role:
        sign_in(client, world[role])
    wrong = []
    for method, endpoint, address in routes(app):
        action = app.view_functions[endpoint].action
        if endpoint in {"accounts.sign_out", "accounts.sign_out_everywhere"}:
            continue
        answer = client.open(address, method=method)
        if action is None:
            expected = answer.status_code in {200, 302, 422}
        elif role is None:
            expected = answer.status_code == 302 and "/sign-in" in answer.location
        elif action != "signed-in" and scope(Actor(1, "", role), action) is None:
            expected = answer.status_code == 403
        else:
            expected = answer.status_code in {200, 302, 303, 404, 409, 422}
        if not expected:
            wrong.append((role, method, address, action, answer.status_code))
    assert wrong == []


def test_a_foreign_project_is_not_found_by_a_manager_whatever_the_address(app: Flask, world: dict):
    client = app.test_client()
    sign_in(client, world["manager"])
    seen = []
    for method, endpoint, address in routes(app):
        if "/own" in address:
            answer = client.open(address.replace("/own", "/foreign"), method=method)
            if answer.status_code != 404 and not (answer.status_code == 403 and scope(Actor(1, "", "manager"), app.view_functions[endpoint].action) is None):
                seen.append((method, address, answer.status_code))
    assert seen == []


@pytest.mark.parametrize("role", ["manager", "leader", "dispatcher", "finance"])
def test_no_get_writes(app: Flask, world: dict, role: str):
    from projects.extensions import db

    def rows() -> list:
        with app.app_context():
            stored = [
                table for table in db.metadata.sorted_tables if table.name not in {"audit_entry", "login_session"}
            ]  # the access log, and when a session was last used
            return [sorted(map(repr, db.session.execute(table.select()))) for table in stored]

    client = app.test_client()
    sign_in(client, world[role])
    before = rows()
    for method, _, address in routes(app):
        if method == "GET":
            client.get(address)
            client.get(address, query_string={"as_of": "2022-06-30"})
    assert rows() == before


def test_what_is_gone_or_unheard_is_a_page_not_a_crash(client: FlaskClient, app: Flask, world: dict):
    sign_in(client, world["leader"])
    for address in (
        "/projects/none",
        "/plans/none",
        "/projects?page=0",
        "/projects?sort=evil",
        "/projects?as_of=2021-02-30",
        "/projects?as_of=1021-02-03",
        "/projects?place=abc",
        "/nowhere",
        "/projects?q=%00",
    ):
        answer = client.get(address)
        assert answer.status_code in {200, 404, 422}, address
        assert "Traceback" not in answer.text
