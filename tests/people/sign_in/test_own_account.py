"""A-3, A-7 to A-9: sessions rest, end and are listed; passwords change, lapse and are not taken twice."""

from __future__ import annotations

import pytest
from builders import PASSWORD, make_day, make_user
from entering import STRONG, history, inside, person, through_the_form
from flask import Flask
from flask.testing import FlaskClient

from projects.database import transaction
from projects.extensions import db
from projects.models import LoginSession, PasswordHistory, User

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def leader(app: Flask) -> User:
    with app.app_context():
        make_day()
        return make_user("leader", name="leader")


def change(client: FlaskClient, current: str, new: str, again: str | None = None):
    return client.post(
        "/account/password", data={"current": current, "new": new, "again": new if again is None else again}
    )


def test_signing_in_gives_a_fresh_session_and_keeps_nothing_planted(app: Flask, client: FlaskClient, leader):
    with client.session_transaction() as planted:
        planted["sid"] = "chosen-by-the-attacker"
    assert through_the_form(client, "leader", PASSWORD)
    with client.session_transaction() as kept:
        first = kept["sid"]
    assert first != "chosen-by-the-attacker"
    thief = app.test_client()
    with thief.session_transaction() as planted:
        planted["sid"] = "chosen-by-the-attacker"
    assert not inside(thief)
    assert through_the_form(client, "leader", PASSWORD)
    with client.session_transaction() as kept:
        assert kept["sid"] != first


def test_a_cookie_from_before_signing_out_is_worth_nothing(app: Flask, client: FlaskClient, leader):
    through_the_form(client, "leader", PASSWORD)
    kept = client.get_cookie("tracker").value
    assert inside(client)
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("tracker", kept)
    assert not inside(thief)


def test_a_session_that_rests_thirty_minutes_is_over(client: FlaskClient, leader, clock):
    through_the_form(client, "leader", PASSWORD)
    clock.pass_(minutes=29, seconds=59)
    assert inside(client)
    clock.pass_(minutes=29, seconds=59)
    assert inside(client)
    clock.pass_(minutes=30)
    assert not inside(client)


def test_a_session_is_over_after_eight_hours_however_busy(client: FlaskClient, leader, clock):
    through_the_form(client, "leader", PASSWORD)
    for _ in range(23):
        clock.pass_(minutes=20)
        assert inside(client)
    clock.pass_(minutes=20)
    assert not inside(client)


def test_use_is_noted_at_most_once_a_minute(app: Flask, client: FlaskClient, leader, clock):
    def noted():
        with app.app_context():
            return db.session.scalars(db.select(LoginSession.last_seen_at)).one()

    through_the_form(client, "leader", PASSWORD)
    start = noted()
    clock.pass_(seconds=59)
    client.get("/account")
    assert noted() == start
    clock.pass_(seconds=1)
    client.get("/account")
    assert noted() == clock.at


def test_asking_how_long_is_left_is_no_use_but_extending_is(client: FlaskClient, leader, clock):
    through_the_form(client, "leader", PASSWORD)
    clock.pass_(minutes=28)
    assert client.get("/session").json == {"seconds": 120}
    assert client.get("/session").json == {"seconds": 120}
    assert client.post("/session/extend").json == {"seconds": 1800}
    clock.pass_(minutes=29)
    assert client.get("/session").json == {"seconds": 60}
    clock.pass_(minutes=1)
    assert client.get("/session").status_code == 302


def test_extending_cannot_pass_the_eighth_hour(client: FlaskClient, leader, clock):
    through_the_form(client, "leader", PASSWORD)
    for _ in range(19):
        clock.pass_(minutes=25)
        client.post("/session/extend")
    assert client.post("/session/extend").json == {"seconds": 300}


def test_sign_out_everywhere_ends_all_sessions(app: Flask, client: FlaskClient, leader):
    other = app.test_client()
    assert through_the_form(client, "leader", PASSWORD)
    assert through_the_form(other, "leader", PASSWORD)
    assert client.post("/account/sessions/end").status_code == 302
    assert not inside(client)
    assert not inside(other)
    assert history(app, "user:sessions:ended") == [("done", {"sessions": [2, 0]})]


def test_one_session_is_ended_and_nobody_elses(app: Flask, client: FlaskClient, leader):
    with app.app_context():
        make_user("finance", name="finance")
    other, foreign = app.test_client(), app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "an old tablet"
    for browser, name in ((client, "leader"), (other, "leader"), (foreign, "finance")):
        assert through_the_form(browser, name, PASSWORD)
    with app.app_context():
        ids = {
            agent: key
            for key, agent in db.session.execute(
                db.select(LoginSession.id, LoginSession.agent).where(LoginSession.user_id == leader.id)
            )
        }
        theirs = db.session.scalars(db.select(LoginSession.id).where(LoginSession.user_id != leader.id)).one()
    assert "an old tablet" in client.get("/account").text
    assert client.post(f"/account/sessions/{theirs}/end").status_code == 404
    assert client.post(f"/account/sessions/{ids['an old tablet']}/end").status_code == 302
    assert (inside(client), inside(other), inside(foreign)) == (True, False, True)


def test_a_new_password_ends_every_other_session_and_renews_this_one(app: Flask, client: FlaskClient, leader):
    other = app.test_client()
    assert through_the_form(client, "leader", PASSWORD)
    assert through_the_form(other, "leader", PASSWORD)
    kept = client.get_cookie("tracker").value
    assert change(client, PASSWORD, STRONG).status_code == 302
    thief = app.test_client()
    thief.set_cookie("tracker", kept)
    assert (inside(client), inside(other), inside(thief)) == (True, False, False)
    assert not through_the_form(other, "leader", PASSWORD)
    assert through_the_form(other, "leader", STRONG)


@pytest.mark.parametrize(
    ("current", "new", "again", "part"),
    [
        ("wrong", STRONG, STRONG, "当前密码或动态码不对"),
        (PASSWORD, STRONG, "other", "不一样"),
        (PASSWORD, "short", "short", "至少 10 位"),
        (PASSWORD, "Leader-Kiesel-47", "Leader-Kiesel-47", "不能含有"),
        (PASSWORD, "", "", "请填写新密码"),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(
    app: Flask, client: FlaskClient, leader, current, new, again, part
):
    through_the_form(client, "leader", PASSWORD)
    answer = change(client, current, new, again)
    assert answer.status_code == 422
    assert part in answer.text
    assert inside(client)
    assert through_the_form(app.test_client(), "leader", PASSWORD)


def test_the_last_five_passwords_are_barred_and_the_sixth_is_not(app: Flask, client: FlaskClient, leader):
    used = [f"Lotus-Kiesel-{number}" for number in range(40, 46)]
    through_the_form(client, "leader", PASSWORD)
    for before, new in zip([PASSWORD, *used], used, strict=False):
        assert change(client, before, new).status_code == 302
    for barred in used[1:]:
        answer = change(client, used[-1], barred)
        assert answer.status_code == 422
        assert "最近 5 次" in answer.text
    with app.app_context():
        assert len(db.session.scalars(db.select(PasswordHistory.id)).all()) == 4
    assert change(client, used[-1], used[0]).status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(app: Flask, client: FlaskClient, leader):
    with app.app_context(), transaction():
        db.session.get(User, leader.id).must_change_password = True
    assert through_the_form(client, "leader", PASSWORD)
    for address in ("/", "/projects", "/account", "/gantt", "/projects.csv", "/nowhere"):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (302, "/account/password"), address
    assert client.post("/as-of", data={"day": "2021-01-01"}).location == "/account/password"
    page = client.get("/account/password")
    assert "请先设置新密码" in page.text
    assert "主导航" not in page.text
    assert client.post("/session/extend").status_code == 200
    assert change(client, PASSWORD, STRONG).status_code == 302
    assert client.get("/projects").status_code == 200
    assert not person(app, "leader").must_change_password


def test_a_password_lapses_and_must_be_changed(app: Flask, client: FlaskClient, leader, clock):
    through_the_form(client, "leader", PASSWORD)
    assert change(client, PASSWORD, STRONG).status_code == 302
    clock.pass_(days=89)
    assert through_the_form(client, "leader", STRONG)
    assert client.get("/projects").status_code == 200
    clock.pass_(days=2)
    assert through_the_form(client, "leader", STRONG)
    assert client.get("/projects").location == "/account/password"


def test_the_password_of_a_sample_person_does_not_lapse(app: Flask, client: FlaskClient, leader, clock):
    with app.app_context(), transaction():
        db.session.get(User, leader.id).is_sample = True
    through_the_form(client, "leader", PASSWORD)
    clock.pass_(days=400)
    assert through_the_form(client, "leader", PASSWORD)
    assert client.get("/projects").status_code == 200
