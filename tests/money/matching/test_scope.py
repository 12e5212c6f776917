"""Crafted requests at the desk: ids of other places in hidden fields book nothing, are kept nowhere, and are answered
with no foreign name.
"""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import FundingPeriod, LedgerEntry, MatchDecision, Unit, UserPlace
from projects.money.documents.operations import DocumentLine, DocumentValues, write_document, write_lines
from projects.money.ledger.queries import closed_months
from projects.money.matching import operations
from projects.money.matching.operations import Booking
from projects.money.receipts.operations import ReceiptValues, close_month, write_receipts
from projects.money.receipts.queries import PlaceChoice, statement_of

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
WAN = 1_000_000
SECRET = "隐秘区人民医院"


@pytest.fixture
def towns(app):
    """A line and a receipt of 100 万元 in each of two places, and a person of finance of the first."""
    with app.app_context():
        make_day(TODAY)
        make_place("370000", "山东省")
        made = {}
        for code, name in (("370831", "甲县人民医院"), ("370832", SECRET)):
            make_place(code, f"县{code}", "370000")
            with transaction():
                unit = Unit(name=name, place_code=code)
                db.session.add(unit)
            project = make_project(name=f"{name}感染楼项目", unit_id=unit.id, place_code=code)
            with transaction():
                document = write_document(
                    Acting(SYSTEM, NOW, TODAY),
                    DocumentValues("budget", f"{name}财〔2025〕9号", issued_on=dt.date(2025, 3, 1), place_code=code),
                )
                (line,) = write_lines(
                    Acting(SYSTEM, NOW, TODAY), document, [DocumentLine(project.id, 100 * WAN, "cbi")]
                )
            with transaction():
                (receipt,) = write_receipts(
                    Acting(SYSTEM, NOW, TODAY),
                    [
                        ReceiptValues(
                            dt.date(2025, 5, 1), 100 * WAN, f"V{code}", "财政局", name, "拨款", place_code=code
                        )
                    ],
                )
            made[code] = line, receipt
        user = make_user("finance")
        with transaction():
            db.session.add(UserPlace(user_id=user.id, place_code="370831"))
        return user, made["370831"], made["370832"]


@pytest.mark.parametrize("way", ["confirm", "reject"])
def test_lines_of_other_places_in_hidden_fields_are_not_there(app, towns, way):
    user, (_, receipt), (foreign, _) = towns
    client = sign_in(app.test_client(), user)
    answer = client.post(f"/funding/matching/{receipt}/{way}", data={"parts": f"{foreign}:{WAN}"})
    assert answer.status_code == 404
    assert SECRET not in client.get(f"/funding/matching/{receipt}").text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MatchDecision)) == 0


def test_what_others_booked_elsewhere_is_named_only_to_who_may_see_it(app, towns):
    user, (_, receipt), (foreign, _) = towns
    with app.app_context(), transaction():
        operations.confirm(Acting(SYSTEM, NOW, TODAY), [Booking(receipt, ((str(foreign), 40 * WAN),))])
    page = sign_in(app.test_client(), user).get(f"/funding/matching/{receipt}")
    assert page.status_code == 200
    assert SECRET not in page.text
    with app.app_context():
        leader = make_user("leader")
    assert SECRET in sign_in(app.test_client(), leader).get(f"/funding/matching/{receipt}").text


@pytest.mark.parametrize("line", ["9" * 30, "9" * 18, "9" * 5000, "0"])
def test_lines_that_no_database_can_name_are_no_crash(app, towns, line):
    user, (_, receipt), _ = towns
    client = sign_in(app.test_client(), user)
    for way, data in (
        ("split", {f"fen-{line}": "1"}),
        ("confirm", {"parts": f"{line}:1"}),
        ("reject", {"parts": f"{line}:1"}),
    ):
        assert client.post(f"/funding/matching/{receipt}/{way}", data=data).status_code in {404, 409, 422}, way
    assert client.get(f"/funding/matching/{receipt}").status_code == 200


def test_money_matched_across_places_enters_no_month_that_either_place_has_closed(app, towns):
    """The receipt's own place closed May on its figures; the line's place did not."""
    _, (_, receipt), (foreign, _) = towns
    with app.app_context():
        choice, may = PlaceChoice((), "370831", ""), dt.date(2025, 5, 1)
        with transaction():
            figures = statement_of(choice, may).figures
            close_month(Acting(SYSTEM, NOW, TODAY), may, "370831", figures)
        assert not closed_months().covers("370832", may)
        with transaction():
            operations.confirm(Acting(SYSTEM, NOW, TODAY), [Booking(receipt, ((str(foreign), 40 * WAN),))])
        assert db.session.scalars(select(LedgerEntry.entry_on).where(LedgerEntry.step == "received")).all() == [
            dt.date(2025, 6, 1)
        ]
        assert statement_of(choice, may).figures == figures == db.session.scalars(select(FundingPeriod.figures)).one()
