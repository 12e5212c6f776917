"""IM-11: a file that takes longer than a second to read is kept at once and read in the background; its page says how
far it is, and whatever happens to the process that reads it, it is read or said to be unreadable.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from builders import NOW, make_day, make_place, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.core.errors import InvalidError
from projects.database import transaction
from projects.extensions import db
from projects.models import ImportBatch, TreasuryReceipt, User
from projects.money.imports import extract
from projects.money.waiting import operations, queries
from projects.money.waiting.reading import LEFT, MOST_TRIES, Reading, reading_of
from projects.sheets.bounded.extract import BoundError
from projects.web.background import WORKER

HEAD = "voucher,received_on,payer,payee,amount_yuan,memo\n"
GOOD = HEAD + "V1,2021-05-01,市财政局,甲院,100,拨款\nV2,2021-05-02,市财政局,甲院,200,拨款\n"


@pytest.fixture
def finance(app: Flask) -> User:
    with app.app_context():
        make_day()
        make_place()
        return make_user("finance", name="finance")


@pytest.fixture
def browser(app: Flask, finance: User) -> FlaskClient:
    return sign_in(app.test_client(), finance)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reader takes longer than the one in front of the page waits."""
    monkeypatch.setattr(extract, "quickly", lambda *_: None)


def meets(why: str) -> Callable[..., bytes]:
    """A reader that meets a bound."""

    def answer(*_: object) -> bytes:
        raise BoundError(why)

    return answer


def send(browser: FlaskClient, content: str = GOOD) -> str:
    """Send a file; the address of its page."""
    form = {"kind": "receipts", "place": "", "unit": "", "file": (io.BytesIO(content.encode()), "到账.csv")}
    answer = browser.post("/imports", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return answer.location.partition("?")[0]


def work(app: Flask) -> None:
    with app.app_context():
        app.extensions[WORKER].work()


def only() -> ImportBatch:
    return db.session.scalars(select(ImportBatch)).one()


def test_im11_what_is_read_within_a_second_goes_straight_to_the_preview(app: Flask, browser: FlaskClient):
    assert "确认入账 2 行" in browser.get(send(browser)).text
    with app.app_context():
        assert queries.next_unread(NOW) is None


@pytest.mark.usefixtures("slow")
def test_im11_a_large_file_is_kept_at_once_shows_how_far_it_is_and_can_be_left(app: Flask, browser: FlaskClient):
    where = send(browser)
    page = browser.get(where).text
    assert "等待读取, 前面还有 0 份" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "确认入账" not in page
    listed = browser.get("/imports").text
    assert where in listed
    assert "正在读取" in listed
    work(app)
    page = browser.get(where).text
    assert "确认入账 2 行" in page
    assert "refresh" not in page
    with app.app_context():
        slowly, counts = only().parsed, only().counts
        assert (counts["rows"], counts["new"], counts["amount_fen"], reading_of(counts)) == (2, 2, 30_000, None)
        assert slowly == extract.opened(GOOD.encode(), "receipts")
    assert "已入账 2 行" in browser.post(f"{where}/post", follow_redirects=True).text
    with app.app_context():
        assert len(db.session.scalars(select(TreasuryReceipt.id)).all()) == 2


@pytest.mark.usefixtures("slow")
def test_im11_nothing_is_done_with_it_before_it_is_read(app: Flask, browser: FlaskClient):
    where = send(browser)
    for answer in (browser.post(f"{where}/post"), browser.get(f"{where}.csv")):
        assert answer.status_code == 409
        assert "还没有读完" in answer.text
    with app.app_context():
        assert queries.former() == []  # an upgrade leaves it to the worker
    assert browser.post(f"{where}/drop").status_code == 302
    with app.app_context():
        assert queries.next_unread(NOW) is None


@pytest.mark.usefixtures("slow")
def test_im11_why_a_large_file_cant_be_read_is_told_on_its_page(app: Flask, browser: FlaskClient, monkeypatch):
    where = send(browser)
    monkeypatch.setattr(extract, "answer", meets("slow"))
    work(app)
    page = browser.get(where).text
    assert "在规定时间内读不完" in page
    assert "确认入账" not in page
    assert browser.post(f"{where}/post").status_code == 422


@pytest.mark.usefixtures("slow")
def test_im11_what_a_dead_process_began_is_begun_again_and_given_up_after_three_times(
    app: Flask, browser: FlaskClient, finance: User
):
    where = send(browser)
    now = dt.datetime.now(dt.UTC)
    with app.app_context():
        for tries in range(1, MOST_TRIES + 1):
            key = queries.next_unread(now)
            assert key is not None
            with transaction():
                assert operations.take(key, now)
            assert only().counts["reading"]["tries"] == tries
            assert queries.next_unread(now + LEFT) is None  # somebody may still be at it
            now += LEFT + dt.timedelta(seconds=1)
        assert queries.next_unread(now) == key
        with transaction():
            operations.take(key, now)
        file = queries.read(key)
        with transaction():
            operations.keep(key, file)
        assert queries.next_unread(now + 2 * LEFT) is None
    assert "读了 3 次都没有读完" in browser.get(where).text


@pytest.mark.usefixtures("slow")
def test_im11_control_a_claim_that_never_grew_old_would_be_stuck(app: Flask, browser: FlaskClient, monkeypatch):
    send(browser)
    monkeypatch.setattr("projects.money.waiting.reading.LEFT", dt.timedelta.max)
    with app.app_context():
        now = dt.datetime.now(dt.UTC)
        with transaction():
            operations.take(only().id, now)
        assert queries.next_unread(now + dt.timedelta(days=365)) is None


@pytest.mark.usefixtures("slow")
def test_im11_one_reader_takes_a_file_and_what_was_dropped_meanwhile_stays_so(app: Flask, browser: FlaskClient):
    where = send(browser)
    with app.app_context():
        key, now = only().id, dt.datetime.now(dt.UTC)
        with transaction():
            assert operations.take(key, now)
        with transaction():
            assert not operations.take(key, now)
        file = queries.read(key)
    assert "正在读取, 已" in browser.get(where).text
    browser.post(f"{where}/drop")
    with app.app_context(), transaction():
        operations.keep(key, file)
        assert not operations.take(key, now)
    with app.app_context():
        assert db.session.scalars(select(ImportBatch)).all() == []
        assert queries.read(key) is None


@pytest.mark.parametrize(("why", "waits"), [("slow", True), ("busy", True), ("large", False), ("broken", False)])
def test_im11_only_what_takes_long_waits(monkeypatch: pytest.MonkeyPatch, why: str, waits: bool):
    monkeypatch.setattr(extract, "answer", meets(why))
    if waits:
        assert extract.quickly(b"a", "receipts") is None
    else:
        with pytest.raises(InvalidError):
            extract.quickly(b"a", "receipts")


def test_im11_the_limits_of_a_claim():
    reading = Reading(1, NOW).begun(NOW)
    assert [reading.is_free(NOW + LEFT + dt.timedelta(seconds=one)) for one in (-1, 0, 1)] == [False, False, True]
    assert reading_of(reading.figures()) == reading
    assert reading_of({"rows": 1}) is None
