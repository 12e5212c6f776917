"""Whatever is asked for leaves a record: changes, refusals, files, sign-ins, and the auditors' own reading. Rules HI-2,
HI-6, HI-11.
"""

from __future__ import annotations

import pytest
from authz.matrix import routes
from authz.test_doors import UNSAFE
from builders import make_day, make_project, make_report, make_user, sign_in
from flask import Flask
from sqlalchemy import func, select

from projects.core.vocabulary import ROLES
from projects.extensions import db
from projects.history.record import operations
from projects.models import AuditEntry, User
from projects.people.access.witness import PREVIEWS


def entries(app: Flask) -> list[AuditEntry]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def newest(app: Flask) -> AuditEntry:
    return entries(app)[-1]


@pytest.fixture
def world(app: Flask) -> dict[str, User]:
    with app.app_context():
        make_day()
        people = {role: make_user(role, name=role) for role in ROLES}
        own = make_project("own", manager=people["manager"])
        make_project("foreign")
        make_report(own, "2021-10", author=people["manager"])
    return people


@pytest.mark.parametrize("role", ROLES)
def test_every_unsafe_route_leaves_an_entry(app: Flask, world: dict[str, User], role: str):
    silent = []
    for method, endpoint, address in ((one.method, one.endpoint, one.address) for one in routes(app)):
        if method not in UNSAFE:
            continue
        client = sign_in(app.test_client(), world[role])
        before = len(entries(app))
        answer = client.open(address, method=method, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        found = entries(app)[before:]
        if endpoint.endswith(PREVIEWS) and answer.status_code < 400:
            assert found == [], "a preview is shown at every pause of typing"
            continue
        if not any(one.actor_id == world[role].id and one.address == "192.0.2.7" and one.at.tzinfo for one in found):
            silent.append((method, endpoint, answer.status_code))
        if answer.status_code in {403, 404} and not any(one.result == "refused" for one in found):
            silent.append((method, endpoint, "refusal"))
    assert silent == []


def test_without_the_witness_unsafe_routes_are_silent(
    app: Flask, world: dict[str, User], monkeypatch: pytest.MonkeyPatch
):
    """The negative control of the test above."""
    monkeypatch.setattr("projects.people.access.witness._look_at", lambda _response: None)
    client = sign_in(app.test_client(), world["leader"])
    before = len(entries(app))
    assert client.post("/projects/own/plan").status_code in {403, 404, 405}
    assert len(entries(app)) == before


def test_a_preview_leaves_no_entry_and_a_refused_one_does(app: Flask, world: dict[str, User]):
    manager, leader = (sign_in(app.test_client(), world[role]) for role in ("manager", "leader"))
    before = len(entries(app))
    for _ in range(3):
        assert (
            manager.post("/projects/own/reports/2021-11/preview", data={"percent_structure": "12"}).status_code == 200
        )
    assert len(entries(app)) == before
    assert leader.post("/projects/own/reports/2021-11/preview").status_code == 403
    assert manager.post("/projects/foreign/reports/2021-11/preview").status_code == 404
    assert [one.result for one in entries(app)[before:]] == ["refused", "refused"]


def test_a_preview_changes_nothing(app: Flask, world: dict[str, User]):
    def rows() -> list:
        with app.app_context():
            return [
                sorted(map(repr, db.session.execute(table.select())))
                for table in db.metadata.sorted_tables
                if table.name != "login_session"
            ]

    client = sign_in(app.test_client(), world["manager"])
    before = rows()
    previews = [one for one in routes(app) if one.endpoint.endswith(PREVIEWS)]
    assert previews
    for one in previews:
        client.open(one.address, method=one.method, data={"percent_structure": "12", "narrative": "x", "amount": "1"})
    assert rows() == before


def test_a_refusal_says_who_asked_for_what(app: Flask, world: dict[str, User]):
    client = sign_in(app.test_client(), world["manager"])
    assert client.get("/projects/foreign").status_code == 404
    found = newest(app)
    assert (found.tag, found.result, found.actor_name) == (
        "user:request:refused",
        "refused",
        world["manager"].display_name,
    )
    assert found.changes == {"request": [None, "GET /projects/foreign"], "status": [None, 404]}
    assert client.get("/admin/audit").status_code == 403
    assert newest(app).object_id == "audit.search"


def test_an_address_that_is_none_is_no_refusal(app: Flask, world: dict[str, User]):
    client = sign_in(app.test_client(), world["manager"])
    before = len(entries(app))
    assert client.get("/nowhere").status_code == 404
    assert client.get("/projects").status_code == 200
    assert len(entries(app)) == before


@pytest.mark.parametrize(
    "address",
    ["/projects.csv?q=a", "/targets.xlsx", "/projects/own/funding.csv", "/gantt.pdf", "/projects/own/gantt.svg"],
)
def test_a_file_that_leaves_is_recorded(app: Flask, world: dict[str, User], address: str):
    client = sign_in(app.test_client(), world["leader"])
    answer = client.get(address)
    if answer.status_code == 404:
        pytest.skip("no such file here")
    found = newest(app)
    assert (answer.status_code, found.tag, found.object_type, found.changes["request"][1]) == (
        200,
        "user:file:handed-over",
        "file",
        address,
    )
    assert "." in found.object_id
    assert (found.project_id is not None) is ("/own/" in address)


def test_a_file_whose_entry_cannot_be_stored_does_not_leave(
    app: Flask, world: dict[str, User], monkeypatch: pytest.MonkeyPatch
):
    client = sign_in(app.test_client(), world["leader"])
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(
        operations, "_next_id", lambda connection: int(connection.execute(select(func.max(AuditEntry.id))).scalar_one())
    )
    answer = client.get("/projects.csv")
    assert answer.status_code == 500
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def test_a_change_whose_entry_cannot_be_stored_is_not_made(
    app: Flask, world: dict[str, User], monkeypatch: pytest.MonkeyPatch
):
    client = sign_in(app.test_client(), world["leader"])
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(
        operations, "_next_id", lambda connection: int(connection.execute(select(func.max(AuditEntry.id))).scalar_one())
    )
    assert client.post("/language/en").status_code in {409, 500}  # PostgreSQL tells a taken number
    with app.app_context():
        assert db.session.scalar(select(User.locale).where(User.username == "leader")) == "zh"


def test_a_refused_sign_in_is_recorded_without_what_was_typed(app: Flask, world: dict[str, User]):
    client = app.test_client()
    for name in ("leader", "my-secret-password"):
        client.post(
            "/sign-in", data={"username": name, "password": "wrong-secret-9"}, environ_base={"REMOTE_ADDR": "192.0.2.8"}
        )
        found = newest(app)
        assert (found.tag, found.result, found.address) == ("user:session:refused", "refused", "192.0.2.8")
    assert "secret" not in repr([(one.changes, one.actor_name, one.object_id) for one in entries(app)])
    assert [one.actor_id for one in entries(app)[-2:]] == [world["leader"].id, None]


def test_signing_in_and_out_is_recorded(app: Flask, world: dict[str, User]):
    from builders import PASSWORD

    client = app.test_client()
    client.post("/sign-in", data={"username": "leader", "password": PASSWORD})
    client.post("/sign-out")
    assert [one.tag for one in entries(app)][-2:] == ["user:session:started", "user:session:ended"]


def test_reading_and_exporting_the_history_is_recorded(app: Flask, world: dict[str, User]):
    client = sign_in(app.test_client(), world["auditor"])
    assert client.get("/admin/audit?result=refused").status_code == 200
    assert (newest(app).tag, newest(app).changes["search"]) == ("audit:history:read", [None, "result=refused"])
    assert client.get("/admin/audit.csv?result=refused").status_code == 200
    assert newest(app).tag == "audit:history:exported"
