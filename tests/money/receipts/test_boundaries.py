"""Edges of receipts and of the month's end: the last day of a month, days in the past, two people at once, rows without
a place.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import FundingPeriod
from projects.money.documents.operations import DocumentLine, DocumentValues, write_document, write_lines
from projects.money.ladder.operations import post_entry
from projects.money.ledger.posting import Posting
from projects.money.matching import operations as matching
from projects.money.receipts.operations import ReceiptValues, add_receipt, close_month, write_receipts
from projects.money.receipts.queries import receipts
from projects.money.receipts.sheet import ReceiptFilter
from projects.web import clock

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
JUNE, LAST = dt.date(2025, 6, 1), dt.date(2025, 6, 30)
WAN = 1_000_000


def test_a_month_is_closed_after_its_last_day_not_on_it(app):
    with app.app_context():
        with pytest.raises(ConflictError, match="还没有过完"), transaction():
            close_month(Acting(SYSTEM, NOW, LAST), JUNE, "", {})
        with transaction():
            close_month(Acting(SYSTEM, NOW, LAST + dt.timedelta(1)), JUNE, "", {})


def test_the_page_offers_the_closing_after_the_last_day(app, monkeypatch):
    with app.app_context():
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    for day, offered in ((LAST, False), (LAST + dt.timedelta(1), True)):
        with app.app_context():
            make_day(day)
        monkeypatch.setattr(clock, "beijing_day", lambda _now, today=day: today)
        monkeypatch.setattr(clock.calendar, "beijing_day", lambda _now, today=day: today)
        assert ('/months/2025-06/close"' in client.get("/months/2025-06").text) is offered


def test_a_list_of_receipts_of_a_past_day_knows_nothing_of_later_decisions(app):
    with app.app_context():
        make_place()
        project = make_project()
        with transaction():
            document = write_document(
                Acting(SYSTEM, NOW, LAST), DocumentValues("budget", "财建〔2025〕9号", issued_on=dt.date(2025, 3, 1))
            )
            (line,) = write_lines(Acting(SYSTEM, NOW, LAST), document, [DocumentLine(project.id, 100 * WAN, "cbi")])
            first, second = write_receipts(
                Acting(SYSTEM, NOW, LAST), [ReceiptValues(dt.date(2025, 5, 9), fen * WAN, f"V{fen}") for fen in (60, 7)]
            )
        with transaction():
            close_month(Acting(SYSTEM, NOW, LAST), dt.date(2025, 5, 1), "", {})
        with transaction():  # May is closed: the match enters June
            matching.confirm(Acting(SYSTEM, NOW, LAST), [matching.Booking(first, ((str(line), 60 * WAN),))])
            matching.set_outside(Acting(SYSTEM, NOW, LAST), second, "fee")
        then = receipts(SYSTEM, ReceiptFilter(), dt.date(2025, 5, 31))
        assert (then.in_fen, then.matched_fen, then.outside_fen, then.open_fen) == (67 * WAN, 0, 0, 67 * WAN)
        assert [row.state for row in then.rows] == ["open", "open"]
        now = receipts(SYSTEM, ReceiptFilter(), LAST)
        assert (now.in_fen, now.matched_fen, now.outside_fen, now.open_fen) == (67 * WAN, 60 * WAN, 7 * WAN, 0)
        (decision,) = (
            one.id
            for one in db.session.scalars(
                select(matching.MatchDecision).where(matching.MatchDecision.action == "outside")
            )
        )
        with transaction():
            matching.undo(Acting(SYSTEM, NOW, LAST + dt.timedelta(5)), second, decision)
        assert receipts(SYSTEM, ReceiptFilter(), LAST).outside_fen == 7 * WAN
        assert receipts(SYSTEM, ReceiptFilter(), LAST + dt.timedelta(5)).outside_fen == 0


def test_a_month_is_closed_on_what_the_ledger_says_at_that_moment(app):
    """Somebody posts while the month is being closed: the closing waits, and then sees that the figures are no longer
    those that were read.
    """
    with app.app_context():
        make_day(dt.date(2025, 7, 2))
        make_place()
        project, user = make_project().id, make_user("finance")
        with transaction():
            post_entry(Acting(SYSTEM, NOW, LAST), project, Posting("cbi", "allocated", dt.date(2025, 6, 3), 100))
    client = sign_in(app.test_client(), user)
    seal = re.search(r'name="total"[^>]*value="([0-9a-f]+)"', client.get("/months/2025-06").text)[1]
    posted, answers = threading.Event(), []

    def post() -> None:
        with app.app_context():
            with transaction():
                post_entry(Acting(SYSTEM, NOW, LAST), project, Posting("cbi", "allocated", dt.date(2025, 6, 4), 7))
                posted.set()
                time.sleep(0.6)
            db.session.remove()

    def close() -> None:
        answers.append(client.post("/months/2025-06/close", data={"place": "", "total": seal}).status_code)

    threads = [threading.Thread(target=one) for one in (post, close)]
    threads[0].start()
    posted.wait(10)
    threads[1].start()
    for one in threads:
        one.join(20)
    assert answers == [409]
    with app.app_context():
        assert db.session.scalars(select(FundingPeriod)).all() == []


def test_a_receipt_sent_twice_is_kept_once(app):
    """Without a voucher's number nothing tells a double click from two receipts: it is asked about."""
    with app.app_context():
        make_place()
        make_day(LAST)
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    typed = {
        "amount": "100",
        "unit": "元",
        "received_on": "2025-06-03",
        "payer": "财政局",
        "payee": "县医院",
        "memo": "拨款",
        "source": "",
        "place_code": "",
    }
    assert client.post("/receipts", data=typed).status_code == 302
    again = client.post("/receipts", data=typed)
    assert again.status_code == 422
    assert 'name="confirmed"' in again.text
    assert client.post("/receipts", data=typed | {"confirmed": "y"}).status_code == 302
    numbered = typed | {"memo": "有凭证号的"}
    assert client.post("/receipts", data=numbered | {"voucher": "V-1"}).status_code == 302
    assert client.post("/receipts", data=numbered).status_code == 422
    assert re.search(r'href="/funding/matching/\d+">V-1</a>', client.get("/receipts").text)
    with app.app_context():
        assert receipts(SYSTEM, ReceiptFilter(), LAST).in_fen == 30_000
        with transaction():
            add_receipt(
                Acting(SYSTEM, NOW, LAST),
                ReceiptValues(dt.date(2025, 6, 4), 10_000, payer="财政局", payee="县医院", memo="拨款"),
            )
