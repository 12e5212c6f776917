"""RQ-1 to RQ-8: what concerns an office is asked for in one and agreed to in another; nobody alone gets into an account
of an office, takes an office away, or leaves one empty.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from builders import PASSWORD, make_day, make_user, sign_in
from entering import STRONG, history, inside, person, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from pages import words_of
from people.sign_in.test_offices import grant

from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, ConsentRequest, User

NAMES = {
    "admin": "admin", "admin-two": "admin", "security": "security", "security-two": "security", "auditor": "auditor",
    "leader": "leader",
}  # fmt: skip


@pytest.fixture
def world(app: Flask) -> dict[str, User]:
    with app.app_context(), transaction():
        make_day()
        return {name: make_user(role, name=name) for name, role in NAMES.items()}


@pytest.fixture
def clients(app: Flask, world) -> dict[str, FlaskClient]:
    return {name: sign_in(app.test_client(), user) for name, user in world.items()}


def secret_on(page: str) -> str:
    return re.search(r"<code>([^<]+)</code>", page)[1]


def asks(client: FlaskClient, user: User, act: str, **fields: Any):
    return client.post(f"/admin/users/{user.id}/{act}", data={"reason": "本人来电"} | fields)


def newest(app: Flask) -> ConsentRequest:
    with app.app_context():
        row = db.session.scalars(db.select(ConsentRequest).order_by(ConsentRequest.id.desc()).limit(1)).one()
        db.session.expunge_all()
        return row


def decides(client: FlaskClient, row: ConsentRequest, agree: bool = True, words: str = ""):
    return client.post(f"/requests/{row.id}/decide", data={"agree": "1" if agree else "0", "words": words})


# --- passwords --------------------------------------------------------------------------------------------------------


def test_the_reset_password_of_an_office_is_in_two_hands_and_in_neither_alone(app: Flask, clients, world):
    first = secret_on(asks(clients["admin"], world["auditor"], "password").text)
    row = newest(app)
    assert (row.state, row.proposer_id) == ("waiting", world["admin"].id)
    assert first not in str(row.wanted)  # sealed
    assert through_the_form(app.test_client(), "auditor", PASSWORD)  # nothing is done yet
    shown = decides(clients["security"], row)
    second = secret_on(shown.text)
    assert "密码的后半" in shown.text
    assert first not in shown.text
    for alone in (first, second, second + first):
        assert not through_the_form(app.test_client(), "auditor", alone)
    browser = app.test_client()
    assert through_the_form(browser, "auditor", first + second)
    assert browser.get("/admin/audit").location == "/account/password"  # and a password of their own first
    assert newest(app).wanted == {}
    assert second not in clients["security"].get(f"/requests/{row.id}").text


def test_what_was_done_names_both_people(app: Flask, clients, world):
    asks(clients["admin"], world["auditor"], "password")
    decides(clients["security"], newest(app))
    with app.app_context():
        rows = {
            entry.tag: entry for entry in db.session.scalars(db.select(AuditEntry).where(AuditEntry.tag.like("%:%re%")))
        }
        done, agreed = rows["user:password:reset"], rows["consent:request:approved"]
        assert (done.actor_id, done.changes["consent"]) == (world["admin"].id, [None, "示例security"])
        assert (agreed.actor_id, agreed.changes["proposer"]) == (world["security"].id, ["示例admin"] * 2)


def test_nobody_alone_signs_in_as_an_office(app: Flask, clients, world):
    """The attack that this is for, every way round: who asks, who agrees, and the same person in both places."""
    asks(clients["admin"], world["auditor"], "password")
    row = newest(app)
    for name in ("admin", "admin-two", "auditor"):  # who asked, the same office, and who it is for
        assert decides(clients[name], row).status_code == 403, name
    assert decides(clients["leader"], row).status_code == 404
    assert newest(app).state == "waiting"
    assert through_the_form(app.test_client(), "auditor", PASSWORD)
    assert decides(clients["security-two"], row).status_code == 200


def test_an_operation_on_an_office_is_refused_without_consent(app: Flask, world):
    """The negative control of the pages: whoever calls the operations meets the same rule."""
    from builders import NOW, TODAY, actor_of

    from projects.core.acting import Acting
    from projects.core.errors import ForbiddenError
    from projects.people.accounts import operations
    from projects.people.sign_in.policy import Policy

    acting, auditor = Acting(actor_of(world["admin"]), NOW, TODAY), world["auditor"].id
    with app.app_context():
        for alone in (
            lambda: operations.reset_password(acting, auditor, "x", Policy()),
            lambda: operations.reset_factor(acting, auditor),
            lambda: operations.set_active(acting, auditor, active=False),
        ):
            with pytest.raises(ForbiddenError), transaction():
                alone()
        security = acting._replace(actor=actor_of(world["security"]))
        reach = {"unit_id": None, "places": (), "projects": ()}
        for user, role in ((world["auditor"], "leader"), (world["leader"], "admin")):
            with pytest.raises(ForbiddenError), transaction():
                operations.grant(security, user.id, version=user.version, role=role, **reach)
    assert person(app, "auditor").role == "auditor"


def test_rq9_an_ordinary_password_is_reset_by_one_and_the_person_is_told(app: Flask, clients, world):
    password = secret_on(asks(clients["admin"], world["leader"], "password").text)
    browser = app.test_client()
    assert through_the_form(browser, "leader", password)
    form = {"current": password, "new": STRONG, "again": STRONG}
    assert browser.post("/account/password", data=form).status_code == 302
    seen = words_of(browser.get("/").text)
    assert "别人修改了您的账号" in seen
    assert "示例admin: 重置密码" in seen
    assert browser.post("/requests/known").status_code == 302
    assert "别人修改了您的账号" not in browser.get("/").text


def test_ones_own_changes_are_no_news(app: Flask, world):
    browser = app.test_client()
    assert through_the_form(browser, "leader", PASSWORD)
    browser.post("/account/password", data={"current": PASSWORD, "new": STRONG, "again": STRONG})
    assert "别人修改了您的账号" not in browser.get("/").text


def test_under_another_key_the_first_half_is_void_and_no_whole_password_is_made(app: Flask, clients, world):
    from projects.core.errors import ConflictError
    from projects.people.accounts.operations import prepare_password
    from projects.people.requests.kinds import Means
    from projects.people.sign_in.policy import Policy

    asks(clients["admin"], world["auditor"], "password")
    with app.app_context(), pytest.raises(ConflictError):
        prepare_password(str(world["auditor"].id), newest(app).wanted, Means("another key", Policy()))


# --- offices ----------------------------------------------------------------------------------------------------------


def test_an_office_is_taken_and_given_by_two(app: Flask, clients, world):
    asked = grant(clients["security"], world["admin-two"], role="leader", all_places="y", reason="调离")
    row = newest(app)
    assert asked.location == f"/requests/{row.id}"
    assert person(app, "admin-two").role == "admin"
    assert "系统管理员 → 领导" in words_of(clients["auditor"].get(f"/requests/{row.id}").text)
    assert decides(clients["admin-two"], row).status_code == 403  # who it is about
    assert decides(clients["auditor"], row).status_code == 302
    assert person(app, "admin-two").role == "leader"
    assert not inside(clients["admin-two"])
    grant(clients["security"], world["leader"], role="auditor", reason="接任")
    assert person(app, "leader").role == "leader"
    assert decides(clients["admin"], newest(app)).status_code == 302
    assert person(app, "leader").role == "auditor"
    [(_, changes), _] = history(app, "user:role:changed")
    assert changes == {"role": ["admin", "leader"], "all_places": [False, True], "consent": [None, "示例auditor"]}


def test_without_a_reason_nothing_is_asked_for(app: Flask, clients, world):
    answer = grant(clients["security"], world["admin-two"], role="leader", reason="  ")
    assert answer.status_code == 422
    assert "请写明理由" in answer.text
    assert asks(clients["admin"], world["security-two"], "stop", reason="").status_code == 422
    with app.app_context():
        assert db.session.scalars(db.select(ConsentRequest)).all() == []


def test_the_last_of_an_office_keeps_it_whatever_is_asked(app: Flask, clients, world):
    asked = grant(clients["security"], world["auditor"], role="leader", all_places="y", reason="调离")
    assert asked.status_code == 409
    assert "最后一位审计员" in asked.text
    assert asks(clients["admin"], world["auditor"], "stop").status_code == 409
    assert asks(clients["admin"], world["auditor"], "stop", emergency="y").status_code == 409
    # one of two may go; the other is the last by the time it is agreed to
    for name in ("security", "security-two"):
        asks(clients["admin"], world[name], "stop")
    with app.app_context():
        rows = list(db.session.scalars(db.select(ConsentRequest).order_by(ConsentRequest.id)))
        db.session.expunge_all()
    for row in rows:
        decides(clients["auditor"], row)
    states = [person(app, name).is_active for name in ("security", "security-two")]
    assert states == [False, True]
    assert newest(app).state == "overtaken"
    assert "最后一位安全管理员" in newest(app).words


def test_what_changed_meanwhile_is_not_done(app: Flask, clients, world):
    asks(clients["admin"], world["auditor"], "password")
    row = newest(app)
    browser = app.test_client()
    assert through_the_form(browser, "auditor", PASSWORD)
    browser.post("/account/password", data={"current": PASSWORD, "new": STRONG, "again": STRONG})
    page = decides(clients["security"], row)
    assert page.status_code == 302
    assert newest(app).state == "overtaken"
    assert "情况有变" in clients["security"].get(page.location).text
    assert through_the_form(app.test_client(), "auditor", STRONG)


def test_who_left_their_office_asks_for_nothing_any_more(app: Flask, clients, world):
    asks(clients["admin-two"], world["auditor"], "password")
    row = newest(app)
    with app.app_context(), transaction():
        db.session.get(User, world["admin-two"].id).role = "leader"
    decides(clients["security"], row)
    assert newest(app).state == "overtaken"
    assert through_the_form(app.test_client(), "auditor", PASSWORD)


def test_not_agreeing_needs_words_and_ends_it(app: Flask, clients, world):
    asks(clients["admin"], world["security-two"], "stop", evidence="济卫人〔2026〕3号")
    row = newest(app)
    assert "济卫人〔2026〕3号" in clients["auditor"].get(f"/requests/{row.id}").text
    assert decides(clients["auditor"], row, agree=False).status_code == 422
    assert decides(clients["auditor"], row, agree=False, words="没有见到文件").status_code == 302
    assert "没有见到文件" in clients["admin"].get(f"/requests/{row.id}").text
    assert decides(clients["auditor"], row).status_code == 409
    assert person(app, "security-two").is_active


def test_one_request_waits_at_a_time_and_can_be_withdrawn_by_who_asked(app: Flask, clients, world):
    asks(clients["admin"], world["security-two"], "stop")
    row = newest(app)
    again = asks(clients["admin-two"], world["security-two"], "stop")
    assert again.status_code == 409
    assert "已经有一份在等" in again.text
    assert clients["admin-two"].post(f"/requests/{row.id}/withdraw").status_code == 403
    assert clients["admin"].post(f"/requests/{row.id}/withdraw").status_code == 302
    assert clients["admin"].post(f"/requests/{row.id}/withdraw").status_code == 409
    assert newest(app).state == "withdrawn"
    assert asks(clients["admin-two"], world["security-two"], "stop").status_code == 302


# --- emergencies ------------------------------------------------------------------------------------------------------


def test_an_emergency_is_done_at_once_told_and_red_until_it_is_confirmed(app: Flask, clients, world):
    assert asks(clients["admin"], world["security-two"], "stop", emergency="y").status_code == 302
    row = newest(app)
    assert (row.state, person(app, "security-two").is_active) == ("emergency", False)
    assert history(app, "user:account:stopped") == [
        ("done", {"is_active": [True, False], "is_emergency": [None, True]})
    ]
    for name in ("security", "auditor"):
        assert '<span class="late">紧急办理, 未获同意</span>' in clients[name].get("/").text
    assert decides(clients["admin-two"], row).status_code == 403
    assert decides(clients["auditor"], row).status_code == 302
    assert newest(app).state == "approved"
    assert "紧急办理, 未获同意" not in clients["security"].get("/").text
    assert len(history(app, "user:account:stopped")) == 1  # confirming does nothing again


def test_rq5_an_emergency_that_is_objected_to_stays_red_until_it_is_put_right(app: Flask, clients, world):
    asks(clients["admin"], world["security-two"], "stop", emergency="y")
    decides(clients["auditor"], newest(app), agree=False, words="没有必要")
    assert not person(app, "security-two").is_active
    assert "紧急办理后未获同意" in clients["security"].get("/requests").text
    row = newest(app)
    assert "改正了吗" in clients["security"].get(f"/requests/{row.id}").text
    assert decides(clients["admin-two"], row, words="已恢复").status_code == 403
    assert decides(clients["security"], row).status_code == 422
    assert decides(clients["security"], row, agree=False, words="再次反对").status_code == 409
    assert decides(clients["security"], row, words="账号已恢复").status_code == 302
    assert "紧急办理后未获同意" not in clients["auditor"].get("/requests").text


@pytest.mark.parametrize("act", ["password", "factor", "resume"])
def test_nothing_that_gives_access_is_an_emergency(app: Flask, clients, world, act: str):
    with app.app_context(), transaction():
        auditor = db.session.get(User, world["auditor"].id)
        auditor.totp_secret = "sealed"
        auditor.is_active = act != "resume"
    before = person(app, "auditor").password_hash
    assert asks(clients["admin"], world["auditor"], act, emergency="y").status_code == 422
    after = person(app, "auditor")
    assert (after.password_hash, after.totp_secret, after.is_active) == (before, "sealed", act != "resume")


# --- unlocking --------------------------------------------------------------------------------------------------------


def test_unlocking_changes_nothing_but_the_lock(app: Flask, clients, world):
    for _ in range(5):
        through_the_form(app.test_client(), "leader", "guess")
    assert not through_the_form(app.test_client(), "leader", PASSWORD)
    asked = clients["admin"].get(f"/admin/users/{world['leader'].id}/unlock").text
    assert "请先向本人核实" in asked
    assert not through_the_form(app.test_client(), "leader", PASSWORD)  # asking changes nothing
    assert clients["admin"].post(f"/admin/users/{world['leader'].id}/unlock").status_code == 302
    assert through_the_form(app.test_client(), "leader", PASSWORD)
    assert inside(clients["leader"])
    assert clients["admin"].post(f"/admin/users/{world['leader'].id}/unlock").status_code == 409
    assert history(app, "user:account:unlocked") == [("done", {"failed_sign_ins": [5, 0]})]
    assert "解除锁定" in clients["leader"].get("/").text


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_each_sees_what_waits_for_them(app: Flask, clients, world):
    asks(clients["admin"], world["auditor"], "password")
    row = newest(app)
    assert "等您决定的申请" in clients["security"].get("/").text
    assert "等您决定的申请" not in clients["admin"].get("/").text
    assert "您提出、还没有结果的" in clients["admin"].get("/").text
    assert "有关于您账号的申请" in clients["auditor"].get("/").text
    assert clients["leader"].get(f"/requests/{row.id}").status_code == 404
    assert "示例security (安全管理员)" in words_of(clients["admin"].get(f"/requests/{row.id}").text)


def test_which_acts_need_two_is_itself_asked_for(app: Flask, clients, world):
    data = {"groups": ["months", "limits"], "reason": "加强内控"}
    assert clients["admin"].post("/requests/two-person", data=data).status_code == 403
    answer = clients["security"].post("/requests/two-person", data=data)
    row = newest(app)
    assert answer.location == f"/requests/{row.id}"
    assert "一个人可以办" in clients["auditor"].get("/requests/two-person").text
    assert decides(clients["security-two"], row).status_code == 403
    assert decides(clients["admin"], row).status_code == 302
    page = words_of(clients["security"].get("/requests/two-person").text)
    assert page.count(": 要两个人办") == 2
    assert clients["security"].post("/requests/two-person", data={"groups": ["king"], "reason": "x"}).status_code == 422


def test_a_changed_account_and_what_is_asked_about_it_are_told_on_the_account_page_too(app: Flask, clients, world):
    asks(clients["admin"], world["auditor"], "password")
    assert "有关于您账号的申请" in clients["auditor"].get("/account").text
    assert "别人修改了您的账号" not in clients["auditor"].get("/account").text
