"""A-11 to A-13: one office keeps accounts, another gives rights, and neither can do the other's or its own."""

from __future__ import annotations

import re

import pytest
from builders import PASSWORD, make_day, make_place, make_project, make_user, sign_in
from entering import STRONG, history, inside, person, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of

from projects.core.permissions import IN_PLACES, OFFICES, POLICY
from projects.database import transaction
from projects.extensions import db
from projects.models import ProjectAssignment, Unit, User, UserPlace


@pytest.fixture
def world(app: Flask) -> dict[str, User]:
    with app.app_context(), transaction():
        make_day()
        people = {role: make_user(role, name=role) for role in ("admin", "security", "manager", "leader", "auditor")}
        make_project("own", name="济宁示例医院", manager=people["manager"])
        make_project("other", name="兖州示例医院")
        make_place("370882", "兖州区", "370800")
        db.session.add(Unit(name="示例项目单位", place_code="370800"))
    return people


@pytest.fixture
def admin(app: Flask, world) -> FlaskClient:
    return sign_in(app.test_client(), world["admin"])


@pytest.fixture
def security(app: Flask, world) -> FlaskClient:
    return sign_in(app.test_client(), world["security"])


def shown_password(page: str) -> str:
    return re.search(r"<code>([^<]+)</code>", page)[1]


def grant(client: FlaskClient, user: User, **wanted):
    """Send the form as a browser would, boxes as they are ticked now unless told."""
    page = client.get(f"/admin/roles/{user.id}").text
    data = {"csrf_token": "", "version": fields_of(page)["version"], "unit_id": ""} | wanted
    return client.post(f"/admin/roles/{user.id}", data=data)


def test_a_new_person_gets_a_password_for_one_sign_in_and_sees_nothing(app: Flask, admin: FlaskClient, world):
    page = admin.post("/admin/users", data={"username": "new", "display_name": "新人", "role": "dispatcher"})
    password = shown_password(page.text)
    assert password not in admin.get("/admin/users").text
    assert person(app, "new").role == "manager"
    browser = app.test_client()
    assert through_the_form(browser, "new", password)
    assert browser.get("/projects").location == "/account/password"
    assert (
        browser.post("/account/password", data={"current": password, "new": STRONG, "again": STRONG}).status_code == 302
    )
    seen = words_of(browser.get("/projects").text)
    assert "济宁示例医院" not in seen
    assert not through_the_form(app.test_client(), "new", password)
    [(result, changes)] = history(app, "user:account:created")
    assert (result, changes["username"]) == ("done", [None, "new"])


def test_a_reset_password_ends_the_sessions_lifts_the_lock_and_must_be_changed(app: Flask, admin: FlaskClient, world):
    browser = sign_in(app.test_client(), world["leader"])
    for _ in range(5):
        through_the_form(app.test_client(), "leader", "guess")
    assert "锁定到" in admin.get("/admin/users").text
    password = shown_password(admin.post(f"/admin/users/{world['leader'].id}/password").text)
    assert not inside(browser)
    assert not through_the_form(browser, "leader", PASSWORD)
    assert through_the_form(browser, "leader", password)
    assert browser.get("/projects").location == "/account/password"
    assert len(history(app, "user:password:reset")) == 1


def test_a_stopped_person_is_out_at_once_and_stays_out_after_coming_back(app: Flask, admin: FlaskClient, world):
    browser = sign_in(app.test_client(), world["leader"])
    assert admin.post(f"/admin/users/{world['leader'].id}/stop").status_code == 302
    assert not inside(browser)
    assert not through_the_form(browser, "leader", PASSWORD)
    assert admin.post(f"/admin/users/{world['leader'].id}/resume").status_code == 302
    assert not inside(browser)
    assert through_the_form(browser, "leader", PASSWORD)
    assert history(app, "user:account:stopped") == [("done", {"is_active": [True, False]})]


def test_a_lost_phone_is_taken_off_by_the_administrator(app: Flask, admin: FlaskClient, world):
    with app.app_context(), transaction():
        db.session.get(User, world["leader"].id).totp_secret = "sealed"
    assert not through_the_form(app.test_client(), "leader", PASSWORD)
    assert admin.post(f"/admin/users/{world['leader'].id}/factor").status_code == 302
    assert through_the_form(app.test_client(), "leader", PASSWORD)
    assert admin.post(f"/admin/users/{world['leader'].id}/factor").status_code == 409


def test_a_role_with_its_places_takes_effect_at_the_next_request(app: Flask, security: FlaskClient, world):
    browser = sign_in(app.test_client(), world["manager"])
    assert "济宁示例医院" in browser.get("/projects").text
    assert grant(security, world["manager"], role="finance", places=["370882"]).status_code == 302
    assert not inside(browser)
    assert through_the_form(browser, "manager", PASSWORD)
    assert "济宁示例医院" not in browser.get("/projects").text
    assert browser.get("/projects/own").status_code == 404
    [(_, changes)] = history(app, "user:role:changed")
    assert changes == {"role": ["manager", "finance"], "places": [[], ["兖州区"]], "projects": [["济宁示例医院"], []]}


def test_a18_all_places_are_chosen_by_name_and_nothing_ticked_is_refused(app: Flask, security: FlaskClient, world):
    for wanted, said in (
        ({}, "请选择负责的地区; 负责全部时请明确选“全部地区”"),
        ({"all_places": "y", "places": ["370882"]}, "选了“全部地区”就不再选单个地区"),
    ):
        answer = grant(security, world["manager"], role="finance", **wanted)
        assert (answer.status_code, said in answer.text) == (422, True)
    assert person(app, "manager").role == "manager"
    assert grant(security, world["manager"], role="finance", all_places="y").status_code == 302
    browser = app.test_client()
    assert through_the_form(browser, "manager", PASSWORD)
    assert "兖州示例医院" in browser.get("/projects").text
    [(_, changes)] = history(app, "user:role:changed")
    assert changes["all_places"] == [False, True]
    assert "checked" in re.search(r'<input[^>]*name="all_places"[^>]*>', role_page(security, world["manager"]))[0]
    assert grant(security, world["manager"], role="manager", all_places="y").status_code == 302
    assert person(app, "manager").all_places is False  # the role has no use for it


def role_page(client: FlaskClient, user: User) -> str:
    return client.get(f"/admin/roles/{user.id}").text


@pytest.mark.parametrize("role", sorted(IN_PLACES))
def test_a18_a_role_of_places_without_any_sees_nothing_and_is_told(app: Flask, security: FlaskClient, world, role: str):
    with app.app_context():
        nobody = make_user(role, name="nobody", all_places=False)
    browser = sign_in(app.test_client(), nobody)
    page = browser.get("/projects").text
    assert "还没有地区分配给您" in page
    assert "示例医院" not in page
    assert browser.get("/projects/own").status_code == 404
    assert "没有地区, 看不到任何内容" in security.get("/admin/roles").text


def test_a18_the_narrower_counts_where_both_were_stored(app: Flask, world):
    with app.app_context():
        with transaction():
            db.session.add(UserPlace(user_id=world["leader"].id, place_code="370882"))
    assert "济宁示例医院" not in sign_in(app.test_client(), world["leader"]).get("/projects").text


def test_a18_who_had_all_places_by_an_empty_choice_is_listed_until_each_is_confirmed(
    app: Flask, security: FlaskClient, world
):
    with app.app_context():
        kept = [make_user("leader", name=f"kept-{n}", places_to_confirm=True) for n in range(3)]
    page = security.get("/admin/roles").text
    assert all(f'/admin/roles/{one.id}/places"' in page for one in kept)
    assert f'/admin/roles/{world["leader"].id}/places"' not in page
    browser = sign_in(app.test_client(), kept[0])
    assert security.post(f"/admin/roles/{kept[0].id}/places").status_code == 302
    assert inside(browser)  # nothing was taken away
    assert security.post(f"/admin/roles/{kept[0].id}/places").status_code == 409
    assert grant(security, kept[1], role="leader", all_places="y").status_code == 302
    assert grant(security, kept[2], role="leader", places=["370882"]).status_code == 302
    assert "/places" not in security.get("/admin/roles").text
    assert history(app, "user:places:confirmed") == [("done", {"all_places": [True, True]})] * 2
    assert history(app, "user:role:changed") == [("done", {"all_places": [True, False], "places": [[], ["兖州区"]]})]


def test_a_change_of_projects_alone_is_a_change(app: Flask, security: FlaskClient, world):
    with app.app_context():
        other = db.session.scalars(db.select(ProjectAssignment.project_id)).one() + 1
    browser = sign_in(app.test_client(), world["manager"])
    stale = fields_of(security.get(f"/admin/roles/{world['manager'].id}").text)["version"]
    assert grant(security, world["manager"], role="manager", projects=[str(other)]).status_code == 302
    assert not inside(browser)
    answer = grant(security, world["manager"], role="leader", version=stale)
    assert answer.status_code == 409
    assert "刚被他人改过" in answer.text
    assert '<option selected value="leader">' in answer.text  # nothing chosen is lost
    assert person(app, "manager").role == "manager"
    assert history(app, "user:role:changed")[0][1] == {"projects": [["济宁示例医院"], ["兖州示例医院"]]}


def test_saving_without_a_change_changes_nothing(app: Flask, security: FlaskClient, world):
    browser = sign_in(app.test_client(), world["leader"])
    assert grant(security, world["leader"], role="leader", all_places="y").status_code == 302
    assert inside(browser)
    assert history(app, "user:role:changed") == []


def test_an_office_holds_nothing_but_itself(app: Flask, admin: FlaskClient, security: FlaskClient, world):
    with app.app_context():
        project, unit = (
            db.session.scalars(db.select(ProjectAssignment.project_id)).one(),
            db.session.scalars(db.select(Unit.id)).one(),
        )
    wanted = {"unit_id": str(unit), "places": ["370800"], "projects": [str(project)]}
    asked = grant(security, world["manager"], role="auditor", reason="接任", **wanted)
    assert admin.post(f"{asked.location}/decide", data={"agree": "1"}).status_code == 302
    with app.app_context():
        assert db.session.scalars(db.select(UserPlace.user_id)).all() == []
        assert db.session.scalars(db.select(ProjectAssignment.user_id)).all() == []
    assert (person(app, "manager").role, person(app, "manager").unit_id) == ("auditor", None)
    business = {action for role in set(POLICY) - OFFICES - {"system"} for action in POLICY[role]}
    assert all(not business & set(POLICY[office]) for office in OFFICES)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ({"role": "king"}, "role"),
        ({"role": "finance", "places": ["999999"]}, "places"),
        ({"role": "manager", "projects": ["999"]}, "projects"),
        ({"role": "reviewer"}, "单位审核员必须属于一个单位"),
        ({"role": "leader", "unit_id": "999"}, "unit_id"),
    ],
)
def test_what_does_not_exist_cannot_be_granted(app: Flask, security: FlaskClient, world, wanted, part):
    answer = grant(security, world["manager"], **wanted)
    assert answer.status_code == 422
    assert part in answer.text
    assert person(app, "manager").role == "manager"


def test_nobody_acts_on_their_own_account(app: Flask, admin: FlaskClient, security: FlaskClient, world):
    assert admin.post(f"/admin/users/{world['admin'].id}/stop").status_code == 409
    assert admin.post(f"/admin/users/{world['admin'].id}/password").status_code == 409
    assert grant(security, world["security"], role="leader").status_code == 409
    assert person(app, "security").role == "security"


def test_neither_office_can_do_the_work_of_the_other(app: Flask, admin: FlaskClient, security: FlaskClient, world):
    leader = world["leader"].id
    assert (
        admin.get("/admin/roles").status_code
        == admin.post(f"/admin/roles/{leader}", data={"role": "manager"}).status_code
        == 403
    )
    for address in (
        "/admin/users",
        f"/admin/users/{leader}/password",
        f"/admin/users/{leader}/stop",
        f"/admin/users/{leader}/unlock",
        f"/admin/users/{leader}/factor",
    ):
        assert security.post(address, data={"username": "x"}).status_code == 403
    assert admin.post("/admin/users/999/password").status_code == 404
    assert security.get("/admin/roles/999").status_code == 404


def test_an_operation_refuses_a_role_from_whoever_keeps_accounts(app: Flask, world):
    from builders import NOW, actor_of

    from projects.core.errors import ForbiddenError
    from projects.people.sign_in.operations import create_user

    with app.app_context(), pytest.raises(ForbiddenError), transaction():
        create_user(actor_of(world["admin"]), NOW, username="x", display_name="", password=STRONG, role="security")
