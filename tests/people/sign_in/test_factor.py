"""A-10: codes from a phone. A code is used once, counts as a guess, and its secret is shown once."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyotp
import pytest
from builders import PASSWORD, make_day, make_user
from entering import history, inside, person, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of

from projects.models import User


@pytest.fixture
def leader(app: Flask) -> User:
    with app.app_context():
        make_day()
        return make_user("leader", name="leader")


def set_up(client: FlaskClient, clock) -> pyotp.TOTP:
    """Sign in, set codes up as the pages say, and return the phone."""
    assert through_the_form(client, "leader", PASSWORD)
    page = client.post("/account/totp", data={"password": PASSWORD})
    assert page.status_code == 200
    assert "<svg" in page.text
    assert "style=" not in page.text
    phone = pyotp.TOTP(html.unescape(re.search(r"<code>(\w+)</code>", page.text)[1]))
    data = fields_of(page.text) | {"code": phone.at(clock.at)}
    assert client.post("/account/totp/confirm", data=data).status_code == 302
    clock.pass_(seconds=30)
    return phone


def test_after_setting_up_the_password_alone_does_not_do(app: Flask, client: FlaskClient, leader, clock):
    other = app.test_client()
    assert through_the_form(other, "leader", PASSWORD)
    phone = set_up(client, clock)
    assert (inside(client), inside(other)) == (True, False)
    assert not through_the_form(other, "leader", PASSWORD)
    assert not through_the_form(other, "leader", PASSWORD, "000000")
    assert not through_the_form(other, "leader", "wrong", phone.at(clock.at))
    assert through_the_form(other, "leader", PASSWORD, phone.at(clock.at))


def test_a_code_is_used_once(app: Flask, client: FlaskClient, leader, clock):
    phone = set_up(client, clock)
    code = phone.at(clock.at)
    assert through_the_form(client, "leader", PASSWORD, code)
    assert not through_the_form(app.test_client(), "leader", PASSWORD, code)
    assert not through_the_form(app.test_client(), "leader", PASSWORD, phone.at(clock.at, counter_offset=-1)), (
        "an older code after a newer one"
    )


def test_of_two_who_use_one_code_at_once_one_gets_in(app: Flask, client: FlaskClient, leader, clock):
    phone = set_up(client, clock)
    code = phone.at(clock.at)
    with ThreadPoolExecutor(4) as pool:
        let_in = list(pool.map(lambda _: through_the_form(app.test_client(), "leader", PASSWORD, code), range(4)))
    assert let_in.count(True) == 1


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(app: Flask, client: FlaskClient, leader, clock, off, taken):
    phone = set_up(client, clock)
    clock.pass_(minutes=5)
    assert through_the_form(app.test_client(), "leader", PASSWORD, phone.at(clock.at, counter_offset=off)) is taken


def test_wrong_codes_count_as_guesses(app: Flask, client: FlaskClient, leader, clock):
    phone = set_up(client, clock)
    for number in range(5):
        assert not through_the_form(app.test_client(), "leader", PASSWORD, f"00000{number}")
    assert not through_the_form(app.test_client(), "leader", PASSWORD, phone.at(clock.at))


def test_the_secret_is_stored_encrypted_and_shown_once(app: Flask, client: FlaskClient, leader, clock):
    phone = set_up(client, clock)
    stored = person(app, "leader").totp_secret
    assert phone.secret not in stored
    for address in ("/account", "/account/totp"):
        page = client.get(address).text
        assert phone.secret not in page
        assert stored not in page


@pytest.mark.parametrize(("roles", "there"), [(frozenset(), "/account"), (frozenset({"leader"}), "/")])
def test_whoever_must_use_codes_goes_on_to_the_first_page(
    app: Flask, client: FlaskClient, leader, clock, monkeypatch, roles, there
):
    """Who chose to, stays where they were."""
    monkeypatch.setitem(app.config, "ACCOUNT_POLICY", replace(app.config["ACCOUNT_POLICY"], totp_roles=roles))
    assert through_the_form(client, "leader", PASSWORD)
    page = client.post("/account/totp", data={"password": PASSWORD}).text
    phone = pyotp.TOTP(re.search(r"<code>(\w+)</code>", page)[1])
    sent = client.post("/account/totp/confirm", data=fields_of(page) | {"code": phone.at(clock.at)})
    assert sent.location == there


def test_an_offer_is_of_no_use_to_others_nor_after_ten_minutes(app: Flask, client: FlaskClient, leader, clock):
    with app.app_context():
        make_user("finance", name="finance")
    assert through_the_form(client, "leader", PASSWORD)
    page = client.post("/account/totp", data={"password": PASSWORD}).text
    phone = pyotp.TOTP(re.search(r"<code>(\w+)</code>", page)[1])
    other = app.test_client()
    assert through_the_form(other, "finance", PASSWORD)
    assert (
        other.post("/account/totp/confirm", data=fields_of(page) | {"code": phone.at(clock.at)}).location
        == "/account/totp"
    )
    clock.pass_(minutes=10, seconds=1)
    assert (
        client.post("/account/totp/confirm", data=fields_of(page) | {"code": phone.at(clock.at)}).location
        == "/account/totp"
    )
    assert person(app, "leader").totp_secret is person(app, "finance").totp_secret is None


def test_setting_up_and_giving_up_ask_for_the_password(app: Flask, client: FlaskClient, leader, clock):
    assert through_the_form(client, "leader", PASSWORD)
    assert client.post("/account/totp", data={"password": "wrong"}).status_code == 422
    phone = set_up(client, clock)
    assert client.post("/account/totp/remove", data={"password": PASSWORD, "code": "000000"}).status_code == 422
    assert (
        client.post("/account/totp/remove", data={"password": "wrong", "code": phone.at(clock.at)}).status_code == 422
    )
    assert (
        client.post("/account/totp/remove", data={"password": PASSWORD, "code": phone.at(clock.at)}).status_code == 302
    )
    assert through_the_form(app.test_client(), "leader", PASSWORD)
    assert len(history(app, "user:factor:added")) == len(history(app, "user:factor:removed")) == 1
