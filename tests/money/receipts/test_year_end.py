"""The year-end check (Y-1): what was paid by the year's last day out of that year's money, whenever it is looked at."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, make_day, make_place, make_project, make_user, sign_in
from hypothesis import given
from hypothesis import strategies as st

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.ladder.operations import post_entry, reverse_entry
from projects.money.ledger.posting import Posting
from projects.money.receipts.queries import place_choice, year_end
from projects.money.receipts.sheet import YearFilter
from projects.money.receipts.statement import Money

WAN = 1_000_000
TODAY = dt.date(2022, 6, 30)
END = dt.date(2021, 12, 31)


@pytest.fixture
def project(app):
    with app.app_context():
        make_day(TODAY)
        make_place()
        return make_project("one")


def post(project, step: str, fen: int, on: dt.date, **values):
    with transaction():
        return post_entry(
            Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", step, on, fen, confirmed=True, **values)
        )


def checked(year: int, day: dt.date = TODAY) -> list[tuple[int, int, int, bool]]:
    found = year_end(SYSTEM, place_choice(SYSTEM, ""), year, day, YearFilter())
    return [(row.allocated_fen, row.paid_fen, row.since_fen, found.is_short(row.rate)) for row in found.rows]


@pytest.mark.parametrize(
    ("paid", "short"), [(799 * WAN, True), (800 * WAN - 1, True), (800 * WAN, False), (800 * WAN + 1, False)]
)
def test_eighty_percent_to_the_fen(app, project, paid, short):
    with app.app_context():
        post(project, "allocated", 1000 * WAN, dt.date(2021, 3, 1))
        post(project, "paid", paid, END)
        assert checked(2021, END) == [(1000 * WAN, paid, paid, short)]


def test_what_is_paid_after_the_last_day_mends_nothing(app, project):
    """A year that was short on its last day stays short, however much is paid later; the later sum stands beside it."""
    with app.app_context():
        post(project, "allocated", 1000, dt.date(2021, 3, 1))
        post(project, "paid", 790, END)
        post(project, "paid", 210, END + dt.timedelta(1))
        assert checked(2021, END) == [(1000, 790, 790, True)]
        assert checked(2021, END + dt.timedelta(1)) == [(1000, 790, 1000, True)]
        assert checked(2021) == [(1000, 790, 1000, True)]


def test_a_payment_that_names_no_year_uses_up_the_oldest_budget_first(app, project):
    with app.app_context():
        post(project, "allocated", 1000, dt.date(2020, 3, 1))
        post(project, "allocated", 500, dt.date(2021, 3, 1))
        post(project, "paid", 1200, dt.date(2021, 9, 1))
        assert checked(2020) == [(1000, 0, 1000, True)]
        assert checked(2021) == [(500, 200, 200, True)]


def test_a_payment_that_names_a_line_or_another_year_is_of_that_year(app, project):
    with app.app_context():
        post(project, "allocated", 1000, dt.date(2020, 3, 1))
        line = post(project, "allocated", 500, dt.date(2021, 3, 1))
        post(project, "paid", 450, dt.date(2021, 9, 1), allocation_id=line.id)
        post(project, "paid", 30, dt.date(2022, 1, 9), budget_year=2021)
        assert checked(2020) == [(1000, 0, 0, True)]
        assert checked(2021) == [(500, 450, 480, False)]


def test_what_takes_a_payment_back_takes_it_out_of_the_same_year(app, project):
    with app.app_context():
        post(project, "allocated", 1000, dt.date(2020, 3, 1))
        post(project, "allocated", 500, dt.date(2021, 3, 1))
        wrong = post(project, "paid", 1200, dt.date(2021, 9, 1))
        with transaction():
            reverse_entry(Acting(SYSTEM, NOW, TODAY), project.id, wrong.id, "记错来源")
        assert checked(2020) == [(1000, 0, 0, True)]
        assert checked(2021) == [(500, 200, 0, True)]  # on the last day of 2021 it stood


YEARS = st.dictionaries(st.integers(2018, 2023), st.integers(0, 50), max_size=5)


@given(YEARS, YEARS, st.integers(-80, 300))
def test_every_fen_that_fits_a_budget_is_counted_once(allocated, paid, bare):
    money = Money(allocated, paid, bare)
    own = {year: money.paid_of(year) for year in range(2017, 2025)}
    room = sum(max(0, allocated.get(year, 0) - paid.get(year, 0)) for year in own)
    assert sum(own.values()) - sum(paid.values()) == (min(bare, room) if bare >= 0 else max(bare, -sum(paid.values())))
    assert all(fen <= max(allocated.get(year, 0), paid.get(year, 0)) for year, fen in own.items())


def test_the_page_says_which_day_it_stands_at(app, project):
    with app.app_context():
        post(project, "allocated", 1000, dt.date(2021, 3, 1))
        post(project, "paid", 790 * WAN // WAN, END)
        post(project, "paid", 210, TODAY)
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    page = client.get("/years/2021").text
    assert "支付截至 2021-12-31" in page
    assert "至今支付" in page
    assert "79.0" in page
    assert "至今支付" not in client.get("/years/2021?as_of=2021-12-31").text
    rows = client.get("/years/2021.csv").text
    assert "7.90" in rows
    assert "10.00" in rows
