"""Sign-in, sign-out, language, status date, and what the browser is told."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import PASSWORD, make_day, make_project, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient

from projects.people.access.door import safe_next


@pytest.fixture
def leader(app: Flask):
    with app.app_context():
        make_day()
        make_project("one")
        return make_user("leader", name="leader")


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: FlaskClient, leader):
    wrong = client.post("/sign-in", data={"username": "leader", "password": "x"})
    unknown = client.post("/sign-in", data={"username": "nobody", "password": "x"})
    assert wrong.status_code == unknown.status_code == 422
    assert "登录名或密码不对" in wrong.text
    assert "登录名或密码不对" in unknown.text


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(app: Flask, client: FlaskClient, leader):
    sign_in(client, leader)
    kept = client.get_cookie("tracker").value
    assert client.get("/").status_code == 200
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("tracker", kept)
    assert thief.get("/").status_code == 302


def test_signing_in_changes_the_session(client: FlaskClient, leader):
    client.post("/language/en")
    before = client.get_cookie("tracker").value
    sign_in(client, leader)
    assert client.get_cookie("tracker").value != before


def test_a_stopped_account_is_out_at_once(app: Flask, client: FlaskClient, leader):
    from projects.database import transaction
    from projects.extensions import db
    from projects.models import User

    sign_in(client, leader)
    with app.app_context(), transaction():
        db.session.get(User, leader.id).is_active = False
    assert client.get("/").status_code == 302
    assert client.post("/sign-in", data={"username": "leader", "password": PASSWORD}).status_code == 422


def test_next_keeps_a_page_of_ours(app: Flask):
    with app.app_context():
        assert safe_next("/projects?q=1", "/") == "/projects?q=1"


def test_language_is_chinese_first_and_kept_per_person(app: Flask, client: FlaskClient, leader):
    assert "登录" in client.get("/sign-in").text
    sign_in(client, leader)
    client.post("/language/en")
    assert '<html lang="en">' in client.get("/").text
    other = app.test_client()
    sign_in(other, leader)
    assert '<html lang="en">' in other.get("/").text


def test_the_status_date_is_the_readers_own(app: Flask, client: FlaskClient, leader):
    sign_in(client, leader)
    assert "2021-11-30" in client.get("/").text
    assert client.post("/as-of", data={"day": "2022-12-31"}).status_code == 302
    assert "您正在按 2022-12-31 查看" in client.get("/projects").text
    other = app.test_client()
    sign_in(other, leader)
    assert "您正在按" not in other.get("/projects").text
    client.post("/as-of", data={"day": ""})
    assert "您正在按" not in client.get("/projects").text


def test_a_day_that_is_none_is_named(client: FlaskClient, leader):
    sign_in(client, leader)
    for answer in (client.post("/as-of", data={"day": "2021-02-30"}), client.get("/projects?as_of=gestern")):
        assert answer.status_code == 422
        assert "不是日期" in answer.text


def test_without_demo_the_status_date_is_today_in_beijing(app: Flask, client: FlaskClient):
    from projects.core.month import beijing_day

    with app.app_context():
        user = make_user("leader")
    sign_in(client, user)
    assert beijing_day(dt.datetime.now(dt.UTC)).isoformat() in client.get("/projects").text


def test_every_answer_forbids_foreign_and_inline_content(client: FlaskClient, leader):
    sign_in(client, leader)
    for address in ("/", "/projects", "/targets", "/nowhere", "/static/app.css"):
        with client.get(address) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = client.get("/projects").text
    assert " style=" not in page
    assert "<script>" not in page


def test_the_administrator_sees_no_business_but_makes_accounts(app: Flask, client: FlaskClient):
    with app.app_context():
        admin = make_user("admin", name="admin")
    sign_in(client, admin)
    assert client.get("/projects").status_code == 403
    made = client.post("/admin/users", data={"username": "new", "display_name": "新人", "role": "leader"})
    assert made.status_code == 200
    assert "只显示这一次" in made.text
    assert (
        client.post("/admin/users", data={"username": "new", "display_name": "", "role": "leader"}).status_code == 422
    )


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("manager", "还没有项目交给您"),
        ("reviewer", "您还没有所属单位"),
        ("leader", None),
        ("auditor", None),
        ("admin", None),
    ],
)
def test_who_sees_nothing_is_told_why_and_whom_to_ask(app: Flask, client: FlaskClient, role: str, said: str | None):
    with app.app_context():
        make_day()
        make_project("one")
        sign_in(client, make_user(role))
    for address in ("/", "/account", *(("/projects", "/reports", "/gantt", "/funding", "/targets") if said else ())):
        page = client.get(address).text
        assert (said in page) if said else ("各页都是空的" not in page), address


@pytest.mark.parametrize(
    ("role", "goal"),
    [
        ("auditor", "/admin/audit"),
        ("admin", "/admin/users"),
        ("security", "/admin/roles"),
        ("security", "/admin/resting"),
    ],
)
def test_the_first_page_of_an_office_leads_to_its_work(app: Flask, client: FlaskClient, role: str, goal: str):
    with app.app_context():
        make_day()
        sign_in(client, make_user(role))
    assert f'href="{goal}"' in client.get("/").text.partition("<main")[2]
