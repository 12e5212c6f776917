"""A-15 to A-17: accounts nobody uses are listed and stopped, first passwords do not wait for ever, and a role can be
made to use codes.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pyotp
import pytest
from builders import PASSWORD, make_day, make_project, make_user, sign_in
from entering import STRONG, MovedClock, history, inside, person, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from people.sign_in.test_offices import shown_password

from projects.core.errors import ConfigError
from projects.database import transaction
from projects.extensions import db
from projects.models import ApiToken, ProjectAssignment, User
from projects.people.sign_in.policy import Policy, from_settings

DAY = dt.timedelta(days=1)


@pytest.fixture
def world(app: Flask, clock: MovedClock) -> dict[str, User]:
    """Everybody was made 200 days ago; how long each has not been here stands in the name."""
    made, people = clock.at - 200 * DAY, {}
    with app.app_context(), transaction():
        make_day()
        for name, role, ago in (
            ("security", "security", 1), ("admin", "admin", 1), ("other-admin", "admin", 120), ("left", "manager", 91),
            ("holiday", "leader", 89),
            ("never", "finance", None), ("robot", "leader", 150), ("here", "leader", 2),
        ):  # fmt: skip
            people[name] = make_user(
                role, name=name, created_at=made, last_sign_in_at=None if ago is None else clock.at - ago * DAY
            )
        make_user("leader", name="gone", is_active=False, created_at=made)
        make_user("leader", name="new", created_at=clock.at - 5 * DAY)
        token = {"token_hash": "t" * 64, "hint": "t", "actions": [], "created_at": made, "expires_at": clock.at + DAY}
        db.session.add(ApiToken(user_id=people["robot"].id, name="x", last_used_at=clock.at - 3 * DAY, **token))
        db.session.add(ApiToken(user_id=people["never"].id, name="x", **(token | {"token_hash": "u" * 64})))
        alone, shared = (
            make_project("alone", name="独管医院", manager=people["left"]),
            make_project("shared", name="共管医院", manager=people["left"]),
        )
        db.session.add(
            ProjectAssignment(
                project_id=shared.id, user_id=make_user("manager", name="colleague", created_at=clock.at).id
            )
        )
        assert alone
    return people


@pytest.fixture
def security(app: Flask, world, clock: MovedClock) -> FlaskClient:
    client = app.test_client()
    assert through_the_form(client, "security", PASSWORD)
    return client


def listed(page: str) -> tuple[list[str], list[str]]:
    """The names of the accounts unused for too long, and of those that soon will be."""
    stale, _, soon = page.partition("天内将满期")
    names = r'<th role="rowheader" scope="row">(\S+)'
    return re.findall(names, stale), re.findall(names, soon)


def test_those_not_seen_for_ninety_days_are_listed_longest_first_and_those_soon_due_apart(security: FlaskClient):
    page = security.get("/admin/resting").text
    assert listed(page) == (["never", "other-admin", "left"], ["holiday"])
    seen = words_of(page)
    assert "从未使用" in seen
    assert "只有此人填报: 独管医院" in seen
    assert "1 个令牌失效" in seen
    assert "共管医院" not in seen


def test_stopping_warns_first_and_changes_nothing_before_it_is_confirmed(app: Flask, security: FlaskClient, world):
    ids = [world["left"].id, world["never"].id]
    page = security.post("/admin/resting", data={"user": ids})
    assert page.status_code == 200
    assert "停用这 2 个账号吗?" in words_of(page.text)
    assert "停用后这些项目没有人填报: 独管医院" in words_of(page.text)
    assert person(app, "left").is_active
    assert security.post("/admin/resting", data={"user": ids, "confirmed": "1"}).status_code == 302
    assert not person(app, "left").is_active
    assert not through_the_form(app.test_client(), "left", PASSWORD)
    assert history(app, "user:account:stopped") == [
        ("done", {"is_active": [True, False], "unused_days": [None, 91]}),
        ("done", {"is_active": [True, False], "unused_days": [None, 200], "tokens": [1, 0]}),
    ]
    assert listed(security.get("/admin/resting").text)[0] == ["other-admin"]


@pytest.mark.parametrize("name", ["here", "robot", "holiday", "security"])
def test_whoever_is_here_cannot_be_stopped_from_there(app: Flask, security: FlaskClient, world, name: str):
    assert (
        security.post("/admin/resting", data={"user": [world["left"].id, world[name].id], "confirmed": "1"}).status_code
        == 409
    )
    assert person(app, name).is_active
    assert person(app, "left").is_active


def test_choosing_nobody_is_said(security: FlaskClient, world):
    assert "请先选中要停用的账号" in security.post("/admin/resting", data={"user": ["x", "-1", "9" * 30]}).text
    assert security.post("/admin/resting", data={"confirmed": "1"}).status_code == 409


def test_the_last_of_an_office_stays(app: Flask, security: FlaskClient, world, clock: MovedClock):
    with app.app_context(), transaction():
        db.session.get(User, world["admin"].id).last_sign_in_at = clock.at - 100 * DAY
    both = [world["admin"].id, world["other-admin"].id]
    answer = security.post("/admin/resting", data={"user": both, "confirmed": "1"})
    assert answer.status_code == 409
    assert "最后一位系统管理员" in words_of(answer.text)
    assert security.post("/admin/resting", data={"user": both[1:], "confirmed": "1"}).status_code == 302
    admin = sign_in(app.test_client(), world["admin"])
    assert inside(admin)
    assert admin.post(f"/admin/users/{world['security'].id}/stop", data={"reason": "离职"}).status_code == 409


def test_the_days_are_a_setting(app: Flask, security: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(app.config, "ACCOUNT_POLICY", replace(app.config["ACCOUNT_POLICY"], stale_days=180))
    assert listed(security.get("/admin/resting").text) == (["never"], [])


def test_only_the_security_administrator_sees_the_list(app: Flask, world):
    for name in ("admin", "left", "holiday"):
        assert sign_in(app.test_client(), world[name]).get("/admin/resting").status_code == 403


# --- first passwords --------------------------------------------------------------------------------------------------


def test_a_first_password_waits_three_days_and_no_longer(app: Flask, world, clock: MovedClock):
    admin = app.test_client()
    assert through_the_form(admin, "admin", PASSWORD)
    password = shown_password(admin.post("/admin/users", data={"username": "fresh", "display_name": "新人"}).text)
    clock.pass_(hours=72)
    assert through_the_form(app.test_client(), "fresh", password)
    clock.pass_(seconds=1)
    assert not through_the_form(app.test_client(), "fresh", password)
    assert history(app, "user:session:refused")[-1][1]["reason"] == [None, "expired"]
    assert through_the_form(admin, "admin", PASSWORD)
    assert "初始密码已失效" in admin.get("/admin/users").text
    again = shown_password(admin.post(f"/admin/users/{person(app, 'fresh').id}/password").text)
    assert through_the_form(app.test_client(), "fresh", again)


def test_a_password_of_ones_own_does_not_lapse_with_it(app: Flask, world, clock: MovedClock):
    client = app.test_client()
    assert through_the_form(client, "here", PASSWORD)
    assert (
        client.post("/account/password", data={"current": PASSWORD, "new": STRONG, "again": STRONG}).status_code == 302
    )
    clock.pass_(hours=100)
    assert through_the_form(client, "here", STRONG)


# --- codes by role ----------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setitem(
        app.config, "ACCOUNT_POLICY", replace(app.config["ACCOUNT_POLICY"], totp_roles=frozenset({"leader"}))
    )
    return app


def test_who_must_use_codes_sets_them_up_before_anything_else_and_keeps_them(strict: Flask, world, clock: MovedClock):
    client = strict.test_client()
    assert through_the_form(client, "here", PASSWORD)
    for address in ("/", "/projects", "/account", "/api/v1/projects", "/projects.csv"):
        assert client.get(address).location == "/account/totp", address
    page = client.get("/account/totp").text
    assert "您的角色登录时必须使用动态码" in page
    assert "主导航" not in page
    offer = client.post("/account/totp", data={"password": PASSWORD}).text
    phone = pyotp.TOTP(html.unescape(re.search(r"<code>(\w+)</code>", offer)[1]))
    assert client.post("/account/totp/confirm", data=fields_of(offer) | {"code": phone.at(clock.at)}).status_code == 302
    assert client.get("/projects").status_code == 200
    assert "您的角色必须使用动态码" in client.get("/account/totp").text
    clock.pass_(seconds=30)
    answer = client.post("/account/totp/remove", data={"password": PASSWORD, "code": phone.at(clock.at)})
    assert answer.status_code == 409
    assert person(strict, "here").totp_secret


def test_offices_must_use_codes_unless_it_is_set_otherwise_and_sample_people_are_spared(
    app: Flask, world, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "ACCOUNT_POLICY", from_settings({}))
    with app.app_context(), transaction():
        for role in ("admin", "security", "auditor"):
            make_user(role, name=f"real-{role}", created_at=clock.at)
            make_user(role, name=f"sample-{role}", created_at=clock.at, is_sample=True)
    for role in ("admin", "security", "auditor"):
        client, sample = app.test_client(), app.test_client()
        assert through_the_form(client, f"real-{role}", PASSWORD)
        assert client.get("/").location == "/account/totp"
        assert through_the_form(sample, f"sample-{role}", PASSWORD)
        assert "示例账号没有要求动态码" in sample.get("/").text
    client = app.test_client()
    assert through_the_form(client, "here", PASSWORD)
    assert "动态码" not in client.get("/").text


def test_other_roles_choose_for_themselves(strict: Flask, world):
    client = strict.test_client()
    assert through_the_form(client, "left", PASSWORD)
    assert client.get("/projects").status_code == 200


def test_whoever_comes_from_the_single_sign_on_has_proved_it_there(strict: Flask, world, clock: MovedClock):
    from projects.people.sessions.operations import sign_in as start

    client = strict.test_client()
    with strict.app_context(), transaction():
        token = start(db.session.get(User, world["here"].id), clock.at, 8, by_provider=True)
    with client.session_transaction() as session:
        session["sid"] = token
    assert client.get("/projects").status_code == 200


def test_the_settings_are_checked():
    found = from_settings(
        {"TOTP_ROLES": "admin, security", "STALE_DAYS": "60", "FIRST_PASSWORD_HOURS": "24", "ADDRESS_ATTEMPTS": "30"}
    )
    assert found == Policy(
        totp_roles=frozenset({"admin", "security"}), stale_days=60, first_password_hours=24, address_attempts=30
    )
    for wrong in (
        {"TOTP_ROLES": "boss"},
        {"STALE_DAYS": "10"},
        {"STALE_DAYS": "367"},
        {"FIRST_PASSWORD_HOURS": "0"},
        {"ADDRESS_ATTEMPTS": "5"},
    ):
        with pytest.raises(ConfigError):
            from_settings(wrong)
