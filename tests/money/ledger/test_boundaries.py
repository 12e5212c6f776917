"""Edges of the ledger: taking back what was refunded since, the largest sums, the same entry by two people."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from builders import NOW, TODAY, make_day, make_project, make_user, sign_in
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.core.money import LARGEST_FEN
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry, Project
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.operations import post_entry
from projects.money.ladder.queries import money_of, portfolio_money
from projects.money.ledger.operations import reverse_entries
from projects.money.ledger.posting import Posting
from projects.portfolio.money.groups import BY, GroupFilter
from projects.portfolio.money.queries import groups


def post(project: Project, fen: int, step: str = "paid", source: str = "cbi", **values) -> int:
    with transaction():
        return post_entry(
            Acting(SYSTEM, NOW, TODAY), project.id, Posting(source, step, TODAY, fen, confirmed=True, **values)
        ).id


def back(*ids: int) -> None:
    with transaction():
        reverse_entries(Acting(SYSTEM, NOW, TODAY), ids, "记错")


def test_what_was_refunded_since_is_taken_back_after_its_refund(app):
    """M-13. Paid 700, refunded 50: without the payment there would be less than nothing."""
    with app.app_context():
        project = make_project()
        paid = post(project, 700)
        refund = post(project, -50, kind="refund")
        with pytest.raises(ConflictError, match="退回"):
            back(paid)
        post(project, 60)
        back(paid)  # 60 are left for the 50
        assert money_of(project.id, TODAY).ladder.total.paid == 10
        back(refund)
        assert money_of(project.id, TODAY).ladder.total.paid == 60


def test_a_payment_and_its_refund_are_taken_back_together(app):
    with app.app_context():
        project = make_project()
        back(post(project, 700), post(project, -50, kind="refund"))
        assert money_of(project.id, TODAY).ladder.total.paid == 0


def test_a_correction_below_nothing_says_nothing_of_refunds(app):
    with app.app_context():
        project = make_project()
        contracted = post(project, 100, "contracted")
        post(project, -40, "contracted", kind="correction", memo="更正")
        back(contracted)
        assert money_of(project.id, TODAY).ladder.total.contracted == -40


def test_the_largest_sums_add_up_on_every_page(app):
    """9,000 entries of the largest amount pass what 64 bits hold on no page of a real office; a hundred of them are no
    trouble anywhere.
    """
    with app.app_context():
        make_day()
        project = make_project("one")
        for number in range(100):
            post(project, LARGEST_FEN, "allocated", external_id=f"L{number}")
        whole = 100 * LARGEST_FEN
        assert money_of(project.id, TODAY).ladder.total.allocated == whole
        assert portfolio_money(SYSTEM, FundingFilter(), TODAY).ladder.total.allocated == whole
        for by in BY:
            if by != "document":
                assert groups(SYSTEM, GroupFilter(by=by), TODAY).ladder.total.allocated == whole
        client = sign_in(app.test_client(), make_user("leader"))
    for address in (
        "/funding",
        "/ladder",
        "/findings",
        "/projects/one/funding",
        "/projects/one/money.png",
        "/ladder.svg",
        "/api/v1/ladder",
    ):
        assert client.get(address).status_code == 200, address
    assert f"{whole // 100}.{whole % 100:02d}" in client.get("/ladder.csv").text


@pytest.mark.parametrize("voucher", ["V-1", ""])
def test_two_people_post_the_same_payment_at_once(app, voucher):
    with app.app_context():
        make_day()
        project = make_project("one")
        people = [make_user("finance") for _ in range(2)]
    typed = {
        "step": "paid",
        "source": "cbi",
        "on": "2021-11-03",
        "amount": "5",
        "unit": "元",
        "kind": "normal",
        "external_id": voucher,
        "memo": "",
        "document_number": "",
    }
    clients, answers = [sign_in(app.test_client(), one) for one in people], []
    threads = [
        threading.Thread(
            target=lambda one=one: answers.append(one.post("/projects/one/funding", data=typed).status_code)
        )
        for one in clients
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(answers) == [302, 422]
    with app.app_context():
        assert (
            db.session.scalar(select(func.sum(LedgerEntry.amount_fen)).where(LedgerEntry.project_id == project.id))
            == 500
        )
        assert dt.date(2021, 11, 3) in db.session.scalars(select(LedgerEntry.entry_on)).all()
