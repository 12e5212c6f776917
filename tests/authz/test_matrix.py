"""Every route × method × role × whose project: what the policy says is what the door does.

A route that names no action fails here.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from builders import make_day, make_place, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient

from projects.core.permissions import ACTIONS, POLICY
from projects.core.vocabulary import ROLES
from projects.extensions import db
from projects.models import Unit, UserPlace


def _beside(name: str):
    """A module of this folder."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


matrix = _beside("matrix")
ENDS_SESSIONS = {"accounts.sign_out", "accounts.sign_out_everywhere"}  # asked last
LOCAL = ("finance", "dispatcher", "leader")


def test_every_route_names_its_action(app: Flask):
    nameless = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "action")
    ]
    assert nameless == []
    assert {route.action for route in matrix.routes(app)} <= ACTIONS | {None, "signed-in"}


def test_the_matrix_covers_every_rule_and_method(app: Flask):
    covered = {(route.rule, route.method) for route in matrix.routes(app)}
    there = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert covered == there
    assert len(covered) > 50


def test_a_route_without_an_action_is_noticed(app: Flask, tmp_path: Path):
    """The negative control: the same checks on an application with one careless view."""
    from projects import create_app

    careless = create_app(
        INSTANCE_PATH=str(tmp_path), SECRET_KEY="k" * 40, DATABASE_URL=app.config["DATABASE_URL"], TESTING=True
    )
    careless.add_url_rule("/careless", "careless", lambda: "")
    assert [route.rule for route in matrix.routes(careless) if route.action == "missing"] == ["/careless"]
    with careless.app_context():
        db.engine.dispose()


def test_the_document_says_what_the_application_does(app: Flask):
    assert matrix.DOCUMENT.read_text(encoding="utf-8") == matrix.document(app), "run: python tests/authz/matrix.py"


@pytest.fixture
def world(app: Flask) -> dict:
    with app.app_context():
        make_day()
        place = make_place()
        unit = Unit(name="示例单位", place_code=place.code)
        make_place("360900", "宜春市")
        from projects.database import transaction

        with transaction():
            db.session.add(unit)
        people = {role: make_user(role, name=role, unit_id=unit.id if role == "reviewer" else None) for role in ROLES}
        with transaction():
            db.session.add_all([UserPlace(user_id=people[role].id, place_code="370800") for role in LOCAL])
        own = make_project("own", manager=people["manager"], unit_id=unit.id)
        make_project("foreign", place_code="360900")
        make_report(own, "2021-10", author=people["manager"])
    return people


def agrees(answer, want: int) -> bool:
    """Whether an answer is what the policy expects; through the door, a child that is not there may still be 404."""
    if want == 302:
        return answer.status_code == 302 and "/sign-in" in answer.location
    if want == 200:
        return answer.status_code in {200, 302, 303, 404, 409, 422} and not (
            answer.status_code == 302 and "/sign-in?" in answer.location
        )
    return answer.status_code == want


@pytest.mark.parametrize("foreign", [False, True], ids=["own", "other-place"])
@pytest.mark.parametrize("role", [*ROLES, None])
def test_the_door_does_what_the_policy_says(app: Flask, world: dict, role: str | None, foreign: bool):
    client = app.test_client()
    if role:
        sign_in(client, world[role])
    wrong = []
    for route in sorted(matrix.routes(app), key=lambda one: one.endpoint in ENDS_SESSIONS):
        if foreign and not route.is_of_a_project:
            continue
        address = route.address.replace("/own", "/foreign", 1) if foreign else route.address
        if role and route.endpoint in ENDS_SESSIONS:
            sign_in(client, world[role])
        with client.open(address, method=route.method) as answer:
            want = matrix.expected(route, role, foreign=foreign, local=role in LOCAL)
            if not agrees(answer, want):
                wrong.append((role, route.method, address, route.action, answer.status_code, want))
    assert wrong == []


def test_the_policy_taken_away_is_noticed(app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch):
    """The negative control: a door that forgets to ask lets a leader write, and the comparison above sees it."""
    import projects.people.access.door

    monkeypatch.setattr(projects.people.access.door, "require", lambda *_: None)
    monkeypatch.setitem(
        app.config, "PROPAGATE_EXCEPTIONS", False
    )  # what lies behind the door may stumble over such a visitor
    client = sign_in(app.test_client(), world["leader"])
    seen = [
        route
        for route in matrix.routes(app)
        if matrix.expected(route, "leader") == 403 and not agrees(client.open(route.address, method=route.method), 403)
    ]
    assert len(seen) > 5


def test_the_three_offices_hold_no_business_rights():
    business = {
        action for role in ("manager", "reviewer", "finance", "dispatcher", "leader") for action in POLICY[role]
    } - {"token.write"}
    for office in ("admin", "security", "auditor"):
        assert business & set(POLICY[office]) == set()


@pytest.mark.parametrize("role", ["manager", "leader", "dispatcher", "finance"])
def test_no_get_writes(app: Flask, world: dict, role: str):
    def rows() -> list:
        with app.app_context():
            stored = [
                table for table in db.metadata.sorted_tables if table.name not in {"audit_entry", "login_session"}
            ]  # the access log, and when a session was last used
            return [sorted(map(repr, db.session.execute(table.select()))) for table in stored]

    client = app.test_client()
    sign_in(client, world[role])
    before = rows()
    for route in matrix.routes(app):
        if route.method == "GET":
            client.get(route.address)
            client.get(route.address, query_string={"as_of": "2022-06-30"})
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
