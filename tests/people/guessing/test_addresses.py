"""A-14: guesses at many accounts from one address are stopped too, and nobody can shut an office out by them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from builders import PASSWORD, make_day, make_user, sign_in
from entering import STRONG, history, inside, through_the_form
from flask import Flask
from flask.testing import FlaskClient
from people.guessing.test_guessing import CountingHasher

from projects import create_app
from projects.database import transaction
from projects.extensions import db
from projects.models import AddressTries
from projects.people.guessing import operations as guesses
from projects.people.guessing.addresses import network
from projects.people.sign_in import operations

MOST = 20


@pytest.fixture
def office(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Thirty people, and at most twenty wrong tries from an address."""
    with app.app_context(), transaction():
        make_day()
        for number in range(30):
            make_user("leader", name=f"leader-{number}")
    monkeypatch.setitem(app.config, "ACCOUNT_POLICY", replace(app.config["ACCOUNT_POLICY"], address_attempts=MOST))
    return app


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    counting = CountingHasher(operations._hasher)
    monkeypatch.setattr(operations, "_hasher", counting)
    return counting


def at(app: Flask, address: str) -> FlaskClient:
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def guess(app: Flask, number: int, address: str = "203.0.113.9") -> int:
    return (
        at(app, address)
        .post("/sign-in", data={"username": f"leader-{number % 30}", "password": f"guess-{number}"})
        .status_code
    )


def test_of_sixty_guesses_at_thirty_people_at_once_twenty_are_checked(office: Flask, hasher: CountingHasher):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: guess(office, number), range(60)))
    assert (answers.count(422), answers.count(429)) == (MOST, 60 - MOST)
    assert len(hasher.checked) == MOST


def test_without_the_count_all_of_them_are_checked(
    office: Flask, hasher: CountingHasher, monkeypatch: pytest.MonkeyPatch
):
    """The negative control."""
    monkeypatch.setattr(guesses, "count_address", lambda *_args, **_more: True)
    assert {guess(office, number) for number in range(60)} == {422}
    assert len(hasher.checked) == 60


def test_unknown_names_count_as_well(office: Flask):
    answers = [
        at(office, "203.0.113.9").post("/sign-in", data={"username": f"nobody-{n}", "password": "x"}).status_code
        for n in range(MOST + 1)
    ]
    assert answers == [422] * MOST + [429]


def test_the_page_says_when_to_try_again_and_another_address_is_not_meant(office: Flask):
    for number in range(MOST):
        guess(office, number)
    answer = at(office, "203.0.113.9").post("/sign-in", data={"username": "leader-29", "password": PASSWORD})
    assert answer.status_code == 429
    assert "15 分钟后再试" in answer.text
    assert through_the_form(at(office, "203.0.113.10"), "leader-29", PASSWORD)


def test_a_browser_known_from_before_goes_on(office: Flask):
    known, stranger = at(office, "203.0.113.9"), at(office, "203.0.113.9")
    assert through_the_form(known, "leader-29", PASSWORD)
    known.post("/sign-out")
    for number in range(MOST + 5):
        guess(office, number)
    assert stranger.post("/sign-in", data={"username": "leader-29", "password": PASSWORD}).status_code == 429
    assert through_the_form(known, "leader-29", PASSWORD)
    assert known.post("/sign-in", data={"username": "leader-28", "password": PASSWORD}).status_code == 429, (
        "known for one person, not for another"
    )


def test_a_known_browser_still_counts_for_its_account(office: Flask, hasher: CountingHasher):
    known = at(office, "203.0.113.9")
    assert through_the_form(known, "leader-1", PASSWORD)
    hasher.checked.clear()
    for number in range(9):
        assert not through_the_form(known, "leader-1", f"guess-{number}")
    assert len(hasher.checked) == 5


def test_the_mark_of_a_known_browser_cannot_be_made_nor_used_for_ever(office: Flask, monkeypatch: pytest.MonkeyPatch):
    for number in range(MOST):
        guess(office, number)
    forged = at(office, "203.0.113.9")
    for value in ("WzFd.aaaa.bbbb", "[1]", "", "."):
        forged.set_cookie("tracker-known", value)
        assert forged.post("/sign-in", data={"username": "leader-1", "password": PASSWORD}).status_code == 429
    old = at(office, "203.0.113.10")
    assert through_the_form(old, "leader-1", PASSWORD)
    mark = old.get_cookie("tracker-known").value
    forged.set_cookie("tracker-known", mark)
    monkeypatch.setattr("projects.people.access.browsers.DAYS", -1)
    assert forged.post("/sign-in", data={"username": "leader-1", "password": PASSWORD}).status_code == 429


def test_right_passwords_do_not_use_the_count_up(office: Flask):
    for _ in range(2):
        for number in range(MOST):
            assert through_the_form(at(office, "203.0.113.9"), f"leader-{number}", PASSWORD)
    assert guess(office, 1) == 422


def test_changing_the_password_counts_for_the_address_too(office: Flask):
    for number in range(MOST):
        guess(office, number)
    with office.app_context():
        browser = sign_in(
            at(office, "203.0.113.9"),
            db.session.scalars(db.select(operations.User).where(operations.User.username == "leader-29")).one(),
        )
    assert inside(browser)
    assert (
        browser.post("/account/password", data={"current": PASSWORD, "new": STRONG, "again": STRONG}).status_code == 429
    )


def test_the_count_starts_afresh(office: Flask, clock):
    for _ in range(3):
        assert [guess(office, number) for number in range(MOST + 1)][-1] == 429
        clock.pass_(minutes=15, seconds=1)
    for number in range(MOST * 2):
        assert guess(office, number) == 422, "spread over the day"
        clock.pass_(minutes=1)


def test_the_history_hears_of_a_flood_without_being_filled_by_it(office: Flask):
    for number in range(MOST + 120):
        guess(office, number)
    told = [
        changes.get("tries", [None, 0])[1]
        for _, changes in history(office, "user:session:refused")
        if changes["reason"][1] == "address"
    ]
    assert told == [1, 10, 100]
    assert len(history(office, "user:session:refused")) == MOST + 3


def test_counts_long_past_are_dropped(office: Flask, clock):
    guess(office, 1, "203.0.113.1")
    clock.pass_(days=2)
    assert through_the_form(at(office, "203.0.113.2"), "leader-1", PASSWORD)
    with office.app_context():
        assert db.session.scalars(db.select(AddressTries.address)).all() == ["203.0.113.2"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("nonsense" * 20, ("nonsense" * 20)[:60]),
    ],
)  # fmt: skip
def test_a_subscriber_counts_as_one_address(address: str, counted: str):
    assert network(address) == counted


def test_an_address_that_a_client_claims_counts_only_behind_a_proxy_of_our_own(
    office: Flask, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    def answers(count: str) -> list[int]:
        monkeypatch.setenv("PROXY_COUNT", count)
        settings = {
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "SECRET_KEY": "k" * 40,
            "INSTANCE_PATH": str(tmp_path),
            "DATABASE_URL": office.config["DATABASE_URL"],
        }
        one = create_app(**settings, ACCOUNT_POLICY=office.config["ACCOUNT_POLICY"])
        try:
            browser = one.test_client()
            data = {"username": "nobody", "password": "x"}
            return [
                browser.post("/sign-in", data=data, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
                for n in range(MOST + 5)
            ]
        finally:
            with one.app_context():
                db.engine.dispose()

    assert answers("0") == [422] * MOST + [429] * 5, "a forged header is no other address"
    assert answers("1") == [422] * (MOST + 5)
