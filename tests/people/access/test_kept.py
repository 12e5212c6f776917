"""What was typed is not lost when the session ends before it is sent: kept for its person, shown to nobody else, sent
again by their click.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from builders import PASSWORD, make_day, make_project, make_report, make_user, sign_in
from entering import STRONG, MovedClock, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from sqlalchemy import update

from projects import create_app
from projects.database import transaction
from projects.extensions import db
from projects.models import KeptForm, LoginSession, SentForm, User
from projects.web.once import FIELD

FORM = "/projects/own/reports/2021-11"
TYPED = {
    "narrative": "<b>主体结构</b>施工至八层\r\n第二行",
    "problems": "=1+1 & 地下室渗水",
    "percent_structure": "40",
    "action": "save",
}


@pytest.fixture
def people(app: Flask) -> dict[str, User]:
    with app.app_context():
        make_day()
        found = {role: make_user(role, name=role) for role in ("manager", "leader")}
        make_report(make_project("own", manager=found["manager"]), "2021-10", author=found["manager"])
    return found


def send_too_late(client: FlaskClient, clock: MovedClock, name: str = "manager", **typed: object):
    """Sign in, fill the form, wait too long, send it."""
    assert through_the_form(client, name, PASSWORD)
    shown = fields_of(client.get(FORM).text, "report") if name == "manager" else {}
    clock.pass_(minutes=31)
    return client.post(FORM, data=shown | TYPED | typed)


def stored(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(KeptForm.sealed)))


def unsent(client: FlaskClient) -> str:
    return client.get("/account/unsent").text


def test_what_was_sent_too_late_comes_back_after_signing_in_and_is_saved_by_a_click(
    app: Flask, client: FlaskClient, people, clock
):
    answer = send_too_late(client, clock)
    assert answer.status_code == 302
    assert "/sign-in?next=/account/unsent" in answer.location
    assert client.post("/sign-in", data={"username": "manager", "password": PASSWORD}).location == "/account/unsent"
    page = unsent(client)
    seen = words_of(page)
    for text in ("<b>主体结构</b>施工至八层 第二行", "=1+1 & 地下室渗水", "本月进展", "继续提交"):
        assert text in seen
    assert "<b>主体结构" not in page
    again = client.post(re.search(r'action="([^"]*reports[^"]*)"', page)[1], data=fields_of(page))
    assert again.status_code in {302, 303}, again.text
    assert "施工至八层" in client.get(FORM).text
    assert stored(app) == []
    assert "没有未提交的内容" in unsent(client)


def test_it_is_stored_unreadably_and_for_an_hour(app: Flask, client: FlaskClient, people, clock):
    send_too_late(client, clock)
    [sealed] = stored(app)
    assert "主体" not in sealed
    clock.pass_(minutes=61)
    assert client.post("/sign-in", data={"username": "manager", "password": PASSWORD}).location == "/"
    assert "主体" not in unsent(client)
    client.post("/sign-out")
    send_too_late(client, clock, "leader")
    assert len(stored(app)) == 1, "what is older than an hour goes when the next one comes"


def test_nobody_else_is_shown_it(app: Flask, client: FlaskClient, people, clock):
    send_too_late(client, clock)
    assert client.post("/sign-in", data={"username": "leader", "password": PASSWORD}).location == "/"
    assert "主体结构" not in unsent(client)
    assert through_the_form(client, "manager", PASSWORD)
    assert "主体结构" in unsent(client)


def test_a_stranger_has_nothing_kept(app: Flask, client: FlaskClient, people, clock):
    assert client.post(FORM, data=TYPED).status_code == 302
    with client.session_transaction() as planted:
        planted["sid"] = "made-up"
    assert client.post(FORM, data=TYPED).status_code == 302
    assert stored(app) == []


def test_passwords_and_previews_and_empty_forms_are_never_kept(app: Flask, client: FlaskClient, people, clock):
    assert through_the_form(client, "manager", PASSWORD)
    clock.pass_(minutes=31)
    for address in (
        "/account/password",
        "/account/totp",
        "/account/totp/confirm",
        "/as-of",
        f"{FORM}/preview",
        "/session/extend",
    ):
        client.post(
            address,
            data={"password": "geheim", "current": "geheim", "new": STRONG, "narrative": "x", "day": "2021-01-01"},
        )
        assert stored(app) == [], address
    client.post(FORM, data={"csrf_token": "x"})
    client.post(FORM, data={"narrative": "x" * 250_000})
    assert stored(app) == []


def test_files_are_not_kept_and_the_page_says_which(client: FlaskClient, people, clock):
    send_too_late(client, clock, photo=(io.BytesIO(b"x"), "现场 1.jpg"))
    assert through_the_form(client, "manager", PASSWORD)
    assert "文件不能保留, 请提交后重新选择: 现场 1.jpg" in words_of(unsent(client))


def test_it_can_be_dropped(app: Flask, client: FlaskClient, people, clock):
    send_too_late(client, clock)
    assert through_the_form(client, "manager", PASSWORD)
    assert client.post("/account/unsent/drop").status_code == 302
    assert stored(app) == []


def test_it_waits_until_a_lapsed_password_was_changed(app: Flask, client: FlaskClient, people, clock):
    send_too_late(client, clock)
    with app.app_context(), transaction():
        db.session.execute(
            update(User).where(User.username == "manager").values(must_change_password=True, version=User.version + 1)
        )
    assert through_the_form(client, "manager", PASSWORD)
    assert client.get("/account/unsent").location == "/account/password"
    assert (
        client.post("/account/password", data={"current": PASSWORD, "new": STRONG, "again": STRONG}).location
        == "/account/unsent"
    )
    assert "主体结构" in unsent(client)


def test_what_the_person_may_no_longer_do_is_refused_as_ever(app: Flask, client: FlaskClient, people, clock):
    send_too_late(client, clock, "leader")
    assert through_the_form(client, "leader", PASSWORD)
    page = unsent(client)
    assert client.post(FORM, data=fields_of(page)).status_code == 403


def test_the_form_of_another_window_stays_good_after_signing_in_again_and_only_for_the_same_person(
    app: Flask, people, tmp_path
):
    settings = {
        "TESTING": True,
        "SECRET_KEY": "k" * 40,
        "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": app.config["DATABASE_URL"],
        "WTF_CSRF_ENABLED": True,
    }
    strict = create_app(**settings)
    try:
        client = sign_in(strict.test_client(), people["manager"])
        old = fields_of(client.get(FORM).text, "report")
        with app.app_context(), transaction():
            db.session.execute(update(LoginSession).values(ended_at=LoginSession.created_at))
        token = fields_of(client.get("/sign-in").text)["csrf_token"]

        def enter(name: str) -> None:
            assert (
                client.post("/sign-in", data={"username": name, "password": PASSWORD, "csrf_token": token}).status_code
                == 302
            )

        enter("manager")
        assert client.post(FORM, data=old | {"narrative": "在另一窗口登录之后", "action": "save"}).status_code in {
            302,
            303,
        }
        enter("leader")
        assert client.post("/language/en", data={"csrf_token": old["csrf_token"]}).status_code == 400
    finally:
        with strict.app_context():
            db.engine.dispose()


def test_a_key_that_was_changed_opens_nothing_and_breaks_nothing(
    app: Flask, client: FlaskClient, people, clock, monkeypatch
):
    send_too_late(client, clock)
    assert through_the_form(client, "manager", PASSWORD)
    from projects.people.access import kept

    with app.test_request_context():
        assert kept.unsent(people["manager"].id) is not None
        monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-another-key-another-key-01")
        assert kept.unsent(people["manager"].id) is None


def test_codes_that_a_role_must_use_come_before_it(app: Flask, client: FlaskClient, people, clock, monkeypatch):
    send_too_late(client, clock)
    monkeypatch.setitem(
        app.config, "ACCOUNT_POLICY", replace(app.config["ACCOUNT_POLICY"], totp_roles=frozenset({"manager"}))
    )
    assert through_the_form(client, "manager", PASSWORD)
    assert client.get("/account/unsent").location == "/account/totp"
    assert len(stored(app)) == 1


def test_a_form_that_was_kept_is_still_the_same_form(app: Flask, client: FlaskClient, people, clock):
    """A-18: its one-time key is kept with it and shown to nobody; sent twice, it has one effect."""
    assert through_the_form(client, "manager", PASSWORD)
    shown = fields_of(client.get(FORM).text, "report")
    clock.pass_(minutes=31)
    client.post(FORM, data=shown | TYPED)
    client.post("/sign-in", data={"username": "manager", "password": PASSWORD})
    page = unsent(client)
    (form,) = re.findall(rf'<form method="post" action="{FORM}.*?</form>', page, re.DOTALL)
    fields = fields_of(form)
    assert (form.count(f'name="{FIELD}"'), fields[FIELD]) == (1, shown[FIELD])
    assert shown[FIELD] not in re.search(r"<dl.*?</dl>", page, re.DOTALL)[0]
    first, second = (client.post(FORM, data=fields) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location) == (302, first.location)
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(SentForm)) == 1
