"""A-5, A-6: guessing is stopped, however many guess at once, and nothing tells why."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from builders import PASSWORD, make_day, make_user, sign_in
from entering import STRONG, history, person, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from projects.extensions import db
from projects.models import User
from projects.people.guessing import operations as guesses
from projects.people.sign_in import operations

GUESSES = 60


class CountingHasher:
    """The real hasher, noting each check of a person's password."""

    def __init__(self, real) -> None:
        self.real, self.checked = real, []

    def verify(self, stored: str, plain: str) -> bool:
        if stored != operations.NOBODY:
            self.checked.append(plain)
        return self.real.verify(stored, plain)

    def hash(self, plain: str) -> str:
        return self.real.hash(plain)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    counting = CountingHasher(operations._hasher)
    monkeypatch.setattr(operations, "_hasher", counting)
    return counting


@pytest.fixture
def leader(app: Flask) -> User:
    with app.app_context():
        make_day()
        return make_user("leader", name="leader")


def guess_together(app: Flask, send) -> None:
    """Send all guesses from as many browsers and addresses, as nearly at once as threads can."""
    browsers, barrier = [app.test_client() for _ in range(GUESSES)], Barrier(20)
    for number, browser in enumerate(browsers):
        browser.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"

    def guess(number: int) -> int:
        if number < 20:
            barrier.wait()
        return send(browsers[number], number).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(guess, range(GUESSES))) == {422}


def wrong_sign_in(browser: FlaskClient, number: int):
    return browser.post("/sign-in", data={"username": "leader", "password": f"guess-{number}"})


def test_of_sixty_guesses_at_once_five_are_checked(app: Flask, leader, hasher):
    guess_together(app, wrong_sign_in)
    assert 1 <= len(hasher.checked) <= 5
    reasons = [changes["reason"][1] for _, changes in history(app, "user:session:refused")]
    assert len(reasons) == GUESSES
    assert reasons.count("wrong") == len(hasher.checked)


def test_counting_after_checking_lets_more_through(app: Flask, leader, hasher, monkeypatch):
    """The negative control: the same sixty, where the count is read first and raised afterwards."""

    def look(user_id: int, now: dt.datetime, policy) -> bool:
        return db.session.scalar(select(User.failed_sign_ins).where(User.id == user_id)) < policy.lock_attempts

    def raise_later(account, now, address, **_: object):
        db.session.execute(update(User).where(User.id == account.id).values(failed_sign_ins=User.failed_sign_ins + 1))

    monkeypatch.setattr(guesses, "count_attempt", look)
    monkeypatch.setattr(guesses, "refuse", raise_later)
    guess_together(app, wrong_sign_in)
    assert len(hasher.checked) > 5


def test_changing_the_password_is_guarded_by_the_same_count(app: Flask, leader, hasher):
    def wrong_change(browser: FlaskClient, number: int):
        return browser.post("/account/password", data={"current": f"guess-{number}", "new": STRONG, "again": STRONG})

    token = sign_in(app.test_client(), leader).get_cookie("tracker").value

    def with_session(browser: FlaskClient, number: int):
        browser.set_cookie("tracker", token)
        return wrong_change(browser, number)

    guess_together(app, with_session)
    assert 1 <= len(hasher.checked) <= 5
    assert not through_the_form(app.test_client(), "leader", PASSWORD)


def test_unknown_locked_stopped_and_wrong_read_the_same(app: Flask, client: FlaskClient, leader):
    with app.app_context():
        make_user("leader", name="stopped", is_active=False)

    def said(username: str, password: str) -> str:
        answer = client.post("/sign-in", data={"username": username, "password": password})
        assert answer.status_code == 422
        return re.sub(r'(name="(?:csrf|once)[^>]*(?:content|value)=)"[^"]*"', r"\1", answer.text.replace(username, "…"))

    wrong = said("leader", "guess")
    assert [
        said("nobody", "guess"),
        said("stopped", PASSWORD),
        *(said("leader", "guess") for _ in range(4)),
        said("leader", PASSWORD),
    ] == [wrong] * 7
    reasons = [changes["reason"][1] for _, changes in history(app, "user:session:refused")]
    assert reasons == ["wrong", "unknown", "stopped", *["wrong"] * 4, "locked"]
    assert {result for result, _ in history(app, "user:session:refused")} == {"refused"}


def test_a_lock_ends_by_itself_and_a_success_forgets_the_failures(app: Flask, client: FlaskClient, leader, clock):
    for _ in range(5):
        assert not through_the_form(client, "leader", "guess")
    clock.pass_(minutes=14, seconds=59)
    assert not through_the_form(client, "leader", PASSWORD)
    clock.pass_(seconds=2)
    assert through_the_form(app.test_client(), "leader", PASSWORD)
    assert person(app, "leader").failed_sign_ins == 0
    for _ in range(4):
        assert not through_the_form(client, "leader", "guess")
    assert through_the_form(app.test_client(), "leader", PASSWORD)


def test_failures_far_apart_do_not_add_up(app: Flask, client: FlaskClient, leader, clock):
    for _ in range(12):
        assert not through_the_form(client, "leader", "guess")
        clock.pass_(minutes=16)
    assert through_the_form(client, "leader", PASSWORD)


def test_what_was_typed_is_kept_nowhere(app: Flask, client: FlaskClient, leader):
    through_the_form(client, "canary-name", "canary-word")
    through_the_form(client, "leader", "canary-word")
    with app.app_context():
        rows = [row for table in db.metadata.sorted_tables for row in db.session.execute(table.select())]
    assert "canary" not in repr(rows)
