"""A-19: sensitive acts ask again who it is; A-20: tokens end with the password, the role and the account."""

from __future__ import annotations

import datetime as dt
import html
import re

import pyotp
import pytest
from authz import matrix
from builders import NOW, PASSWORD, make_day, make_user, sign_in
from entering import STRONG, history, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from sqlalchemy import update

from projects.core.acting import Acting
from projects.core.permissions import POLICY
from projects.core.vocabulary import ROLES
from projects.database import transaction
from projects.extensions import db
from projects.models import ApiToken, ConsentRequest, LoginSession, User
from projects.people.access import fresh
from projects.people.sign_in.queries import actor_of
from projects.people.tokens import operations as tokens
from projects.people.tokens.queries import bearer_of

TOKEN = {"name": "大屏", "chosen": "projects", "days": "30"}


@pytest.fixture
def people(app: Flask) -> dict[str, User]:
    with app.app_context():
        make_day()
        return {role: make_user(role, name=role) for role in ROLES}


def aged(app: Flask, minutes: int = 60) -> None:
    """Let every session have been proved so long ago."""
    with app.app_context(), transaction():
        then = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
        db.session.execute(update(LoginSession).values(proved_at=then))


def asked(answer) -> bool:
    return answer.status_code == 302 and answer.location.startswith("/account/proof")


# --- the table --------------------------------------------------------------------------------------------------------


def roles_for(app: Flask, endpoint: str) -> list[str]:
    """Whom the door lets in; whoever is signed in may stand before a request, which says who decides it."""
    action = app.view_functions[endpoint].action
    return [role for role in ROLES if action == "signed-in" or action in POLICY[role]]


def role_for(app: Flask, endpoint: str) -> str:
    return roles_for(app, endpoint)[0]


@pytest.mark.parametrize("endpoint", sorted(fresh.SENSITIVE))
def test_a19_every_sensitive_act_asks_who_it_is_and_is_let_through_right_after(app: Flask, people, endpoint: str):
    [route] = [one for one in matrix.routes(app) if (one.endpoint, one.method) == (endpoint, "POST")]
    client = sign_in(app.test_client(), people[role_for(app, endpoint)])
    assert not asked(client.post(route.address, data={"reason": "x"}))
    aged(app)
    assert asked(client.post(route.address, data={"reason": "x"}))
    with app.app_context(), transaction():
        db.session.execute(update(LoginSession).values(proved_at=None))
    assert asked(client.post(route.address, data={"reason": "x"}))  # a session from before, or of a silent provider
    for stranger in [role for role in ROLES if role not in roles_for(app, endpoint)][:1]:
        other = sign_in(app.test_client(), people[stranger])
        aged(app)
        assert other.post(route.address).status_code == 403  # who may not do it is not asked


def test_a19_the_table_names_views_that_write(app: Flask):
    posts = {one.endpoint for one in matrix.routes(app) if one.method == "POST"}
    assert posts >= fresh.SENSITIVE
    assert not fresh.FORMS & fresh.BUTTONS


def test_a19_control_an_act_that_is_not_in_the_table_is_not_asked(app: Flask, people, monkeypatch):
    monkeypatch.setattr(fresh, "SENSITIVE", fresh.SENSITIVE - {"tokens.create"})
    client = sign_in(app.test_client(), people["leader"])
    aged(app)
    assert client.post("/tokens", data=TOKEN).status_code == 200


@pytest.mark.parametrize(("minutes", "is_asked"), [(9, False), (11, True)])
def test_a19_a_proof_counts_for_ten_minutes(app: Flask, people, minutes: int, is_asked: bool):
    client = sign_in(app.test_client(), people["leader"])
    aged(app, minutes)
    assert asked(client.post("/tokens", data=TOKEN)) is is_asked


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [("people.role", "/admin/roles/{}"), ("people.act", "/admin/users/{}/password"), ("treasury.reopen", None)],
)
def test_a19_a_page_that_is_nothing_but_such_a_form_asks_before_it_opens(app: Flask, people, endpoint, address):
    [route] = [one for one in matrix.routes(app) if (one.endpoint, one.method) == (endpoint, "GET")]
    client = sign_in(app.test_client(), people[role_for(app, endpoint)])
    where = address.format(people["leader"].id) if address else route.address
    assert not asked(client.get(where))
    aged(app)
    proof = client.get(where).location
    assert proof == f"/account/proof?next={where}"
    assert client.post(proof, data={"password": PASSWORD}).location == where
    assert "请再点一次" not in client.get("/account").text
    assert {one.endpoint for one in matrix.routes(app)} >= fresh.OPENED


# --- the way through --------------------------------------------------------------------------------------------------


def test_a19_what_was_typed_comes_back_after_the_password_and_is_sent_by_a_click(app: Flask, people):
    client = sign_in(app.test_client(), people["leader"])
    aged(app)
    where = client.post("/tokens", data=TOKEN).location
    assert "next=/account/unsent" in where
    wrong = client.post(where, data={"password": "wrong"})
    assert (wrong.status_code, "当前密码或动态码不对" in wrong.text) == (422, True)
    assert client.post(where, data={}).status_code == 422
    assert client.post(where, data={"password": PASSWORD}).location == "/account/unsent"
    page = client.get("/account/unsent").text
    assert "大屏" in page
    assert "pct_" in client.post("/tokens", data=fields_of(page)).text
    assert history(app, "user:identity:proved") == [("done", {})]
    assert [changes["reason"][1] for _, changes in history(app, "user:session:refused")] == ["wrong"]


def test_a19_a_button_is_pressed_again_on_its_own_page(app: Flask, people):
    with app.app_context(), transaction():
        db.session.get(User, people["leader"].id).places_to_confirm = True
    client = sign_in(app.test_client(), people["security"])
    aged(app)
    target = f"/admin/roles/{people['leader'].id}/places"
    where = client.post(target, headers={"Referer": "http://localhost/admin/roles"}).location
    assert "next=/admin/roles" in where
    done = client.post(where, data={"password": PASSWORD})
    assert done.location == "/admin/roles"
    assert "请再点一次" in client.get("/admin/roles").text
    assert history(app, "user:places:confirmed") == []
    client.post(target)
    assert len(history(app, "user:places:confirmed")) == 1
    aged(app)
    foreign = client.post(target, headers={"Referer": "https://elsewhere.example/admin/roles"})
    assert "elsewhere" not in foreign.location


def test_a19_what_two_do_is_proved_by_both_and_what_they_wrote_is_kept(app: Flask, people):
    """An open desk neither asks for the password of an office nor agrees to it."""
    admin, security = (sign_in(app.test_client(), people[role]) for role in ("admin", "security"))
    aged(app)
    for client, path, typed in (
        (admin, f"/admin/users/{people['auditor'].id}/password", {"reason": "本人来电, 手机也丢了"}),
        (security, "/requests/1/decide", {"agree": "1", "words": "已当面核对"}),
    ):
        where = client.post(path, data=typed).location
        assert "next=/account/unsent" in where
        with app.app_context():
            assert [row.state for row in db.session.scalars(db.select(ConsentRequest))] == (
                [] if client is admin else ["waiting"]
            )
        assert client.post(where, data={"password": PASSWORD}).location == "/account/unsent"
        slip = client.post(path, data=fields_of(client.get("/account/unsent").text))
        assert slip.status_code == 200
        assert "只显示这一次" in slip.text
    assert len(history(app, "user:password:reset")) == 1


def test_a19_guesses_at_the_proof_lock_like_any_other(app: Flask, people):
    client = sign_in(app.test_client(), people["leader"])
    aged(app)
    for _ in range(5):
        assert client.post("/account/proof", data={"password": "guess"}).status_code == 422
    assert client.post("/account/proof", data={"password": PASSWORD}).status_code == 422
    assert history(app, "user:identity:proved") == []


def test_a19_who_has_codes_gives_the_password_or_a_code_and_each_code_once(app: Flask, people, clock):
    client = app.test_client()
    assert through_the_form(client, "leader", PASSWORD)
    page = client.post("/account/totp", data={"password": PASSWORD}).text
    phone = pyotp.TOTP(html.unescape(re.search(r"<code>(\w+)</code>", page)[1]))
    client.post("/account/totp/confirm", data=fields_of(page) | {"code": phone.at(clock.at)})
    clock.pass_(minutes=11)
    assert asked(client.post("/tokens", data=TOKEN))
    assert "动态码" in words_of(client.get("/account/proof").text)
    assert client.post("/account/proof", data={"code": "000000"}).status_code == 422
    code = phone.at(clock.at)
    assert client.post("/account/proof", data={"code": code}).status_code == 302
    assert client.post("/account/proof", data={"code": code}).status_code == 422
    assert client.post("/account/proof", data={"password": PASSWORD}).status_code == 302
    assert not asked(client.post("/tokens", data=TOKEN))


def test_a19_a_code_of_somebody_who_has_none_proves_nothing(app: Flask, people):
    client = sign_in(app.test_client(), people["leader"])
    assert client.post("/account/proof", data={"code": "123456"}).status_code == 422
    assert "动态码" not in words_of(client.get("/account/proof").text)


def test_a19_who_came_from_the_single_sign_on_goes_there_again(app: Flask, people):
    client = sign_in(app.test_client(), people["leader"])
    with app.app_context(), transaction():
        db.session.execute(update(LoginSession).values(by_provider=True, proved_at=None))
    assert asked(client.post("/tokens", data=TOKEN))
    page = client.get("/account/proof").text
    assert 'name="password"' not in page
    assert client.post("/account/proof", data={"password": PASSWORD}).status_code == 422


# --- tokens -----------------------------------------------------------------------------------------------------------


def a_token(app: Flask, user: User) -> str:
    with app.app_context(), transaction():
        actor = actor_of(db.session.get(User, user.id))
        return tokens.create(Acting(actor, dt.datetime.now(dt.UTC), NOW.date()), name="x", chosen=["projects"], days=30)


def lives(app: Flask, token: str) -> bool:
    with app.app_context():
        return bearer_of(token, dt.datetime.now(dt.UTC)) is not None


def grant(client: FlaskClient, user: User, **wanted: object) -> None:
    page = client.get(f"/admin/roles/{user.id}").text
    data = {"version": fields_of(page)["version"], "unit_id": ""} | wanted
    assert client.post(f"/admin/roles/{user.id}", data=data).status_code == 302


def change_password(app: Flask, people: dict[str, User]) -> None:
    client = sign_in(app.test_client(), people["leader"])
    data = {"current": PASSWORD, "new": STRONG, "again": STRONG}
    assert client.post("/account/password", data=data).status_code == 302


def reset_password(app: Flask, people: dict[str, User]) -> None:
    sign_in(app.test_client(), people["admin"]).post(f"/admin/users/{people['leader'].id}/password")


def stop_and_resume(app: Flask, people: dict[str, User]) -> None:
    client = sign_in(app.test_client(), people["admin"])
    for act in ("stop", "resume"):
        assert client.post(f"/admin/users/{people['leader'].id}/{act}").status_code == 302


def change_role(app: Flask, people: dict[str, User]) -> None:
    client = sign_in(app.test_client(), people["security"])
    for role in ("finance", "leader"):  # and back
        grant(client, people["leader"], role=role, all_places="y")


@pytest.mark.parametrize(
    ("act", "tag"),
    [
        (change_password, "user:password:changed"),
        (reset_password, "user:password:reset"),
        (stop_and_resume, "user:account:stopped"),
        (change_role, "user:role:changed"),
    ],
)
def test_a20_tokens_end_for_good_with_password_account_and_role(app: Flask, people, act, tag: str):
    token, others = a_token(app, people["leader"]), a_token(app, people["dispatcher"])
    assert lives(app, token)
    act(app, people)
    with app.app_context(), transaction():
        user = db.session.get(User, people["leader"].id)
        user.must_change_password = False
        assert user.is_active
        assert user.role == "leader"
        assert db.session.query(ApiToken).filter_by(user_id=user.id, revoked_at=None).count() == 0
    assert (lives(app, token), lives(app, others)) == (False, True)
    assert history(app, tag)[0][1]["tokens"] == [1, 0]


def test_a20_a_change_of_places_alone_leaves_tokens_which_see_no_more_than_their_person(app: Flask, people):
    from builders import make_place

    with app.app_context():
        make_place()
    token = a_token(app, people["leader"])
    grant(sign_in(app.test_client(), people["security"]), people["leader"], role="leader", places=["370800"])
    assert lives(app, token)
    assert "tokens" not in history(app, "user:role:changed")[0][1]
