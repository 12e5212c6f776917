"""Edges of the money findings: what was taken back, what is exactly at its limit, several findings of one rule and
source.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from builders import NOW, make_day, make_project
from hypothesis import given
from hypothesis import strategies as st

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.findings import queries
from projects.money.findings.assess import assess
from projects.money.findings.extract import shipped
from projects.money.findings.facts import Cell, MoneyFacts
from projects.money.findings.limits import Limits
from projects.money.findings.operations import Handling, handle
from projects.money.ladder.operations import post_entry, reverse_entry
from projects.money.ledger.posting import Posting

WAN = 1_000_000
TODAY = dt.date(2025, 6, 30)
LONG_AGO = dt.date(2024, 3, 1)
LIMITS = Limits(*shipped())


@pytest.fixture
def project(app):
    with app.app_context():
        make_day(TODAY)
        return make_project("one")


def post(project, step: str, wan: int, on: dt.date, source: str = "cbi", **values):
    with transaction():
        return post_entry(
            Acting(SYSTEM, NOW, TODAY), project.id, Posting(source, step, on, wan * WAN, confirmed=True, **values)
        )


def back(project, entry):
    with transaction():
        reverse_entry(Acting(SYSTEM, NOW, TODAY), project.id, entry.id, "记错来源")


def found(project, *rules: str, day: dt.date = TODAY):
    return [
        (row.finding.rule, row.finding.amount_fen // WAN)
        for row in queries.of_project(project.id, day)
        if row.finding.rule in rules
    ]


def test_what_was_taken_back_is_neither_late_nor_idle(app, project):
    """Allocated and received to the wrong source 15 months ago, put right today: nothing of it stands any more."""
    with app.app_context():
        allocated = post(project, "allocated", 300, LONG_AGO)
        received = post(project, "received", 200, LONG_AGO)
        assert found(project, "F-8", "F-18") == [("F-8", 200), ("F-18", 100)]
        back(project, received)
        assert found(project, "F-8", "F-18") == [("F-18", 300)]
        back(project, allocated)
        assert found(project, "F-8", "F-18") == []
        assert found(project, "F-8", "F-18", day=TODAY - dt.timedelta(1)) == [("F-8", 200), ("F-18", 100)]


def test_the_right_entry_posted_today_is_not_old(app, project):
    with app.app_context():
        back(project, post(project, "allocated", 300, LONG_AGO))
        post(project, "allocated", 300, TODAY)
        assert found(project, "F-18") == []


def test_what_was_refunded_is_not_idle(app, project):
    with app.app_context():
        post(project, "received", 300, LONG_AGO)
        with transaction():
            post_entry(
                Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", "received", TODAY, -250 * WAN, kind="refund")
            )
        assert found(project, "F-8") == [("F-8", 50)]


def test_each_year_over_its_plan_is_handled_by_itself(app, project):
    """An exemption of 2023's 50 万元 says nothing of 2024's 30."""
    with app.app_context():
        for year, over in ((2023, 50), (2024, 30)):
            post(project, "planned", 100, dt.date(2024, 1, 5), budget_year=year)
            post(project, "allocated", 100 + over, dt.date(2024, 2, 5), budget_year=year)
        first, second = (row for row in queries.of_project(project.id, TODAY) if row.finding.rule == "F-19")
        with transaction():
            handle(
                Acting(SYSTEM, NOW, TODAY),
                queries.one_of_project(project.id, "F-19", first.finding.source, TODAY),
                Handling("exempted", note="已报批"),
            )
        states = {
            row.finding.amount_fen // WAN: row.state
            for row in queries.of_project(project.id, TODAY)
            if row.finding.rule == "F-19"
        }
        assert states == {50: "exempted", 30: "open"}
        assert queries.one_of_project(project.id, "F-19", second.finding.source, TODAY).finding.amount_fen == 30 * WAN


def test_each_doubtful_payment_is_handled_by_itself(app, project):
    """An exemption of one payment does not cover the next, smaller one; a payment taken back later was doubtful until
    then.
    """
    with app.app_context():
        post(project, "paid", 50, dt.date(2025, 2, 1), memo="偿还旧欠工程款")
        (row,) = (row for row in queries.of_project(project.id, TODAY) if row.finding.rule == "F-20")
        with transaction():
            handle(Acting(SYSTEM, NOW, TODAY), row, Handling("exempted", note="经批准"))
        rent = post(project, "paid", 20, dt.date(2025, 3, 1), memo="支付租金")
        states = {
            row.finding.amount_fen // WAN: row.state
            for row in queries.of_project(project.id, TODAY)
            if row.finding.rule == "F-20"
        }
        assert states == {50: "exempted", 20: "open"}
        back(project, rent)
        assert found(project, "F-20") == [("F-20", 50)]
        assert found(project, "F-20", day=TODAY - dt.timedelta(1)) == [("F-20", 50), ("F-20", 20)]


def facts(central: tuple[int, int, int], local: tuple[int, int, int], **values) -> MoneyFacts:
    """Allocated, received and paid fen of central and of county money."""
    cells = [
        Cell(source, step, 2025, fen, 0, 0, TODAY)
        for source, sums in (("cbi", central), ("county", local))
        for step, fen in zip(("allocated", "received", "paid"), sums, strict=True)
    ]
    return MoneyFacts(1, "one", "一", "370831", "泗水县", "hospital", None, cells=tuple(cells), **values)


SUMS = st.integers(1, 400)


@given(SUMS, SUMS, SUMS, SUMS)
def test_points_are_compared_exactly(allocated, part, other, paid):
    """F-4 and F-5 at exactly 20 and 5 points are silent whatever the sums, as fractions tell."""
    part, paid = min(part, allocated), min(paid, other)
    rules = {one.rule for one in assess(facts((allocated, part, part), (other, paid, paid)), TODAY, LIMITS)}
    own, rest = Fraction(100 * part, allocated), Fraction(100 * paid, other)
    assert ("F-4" in rules) == (own - rest > 20)
    assert ("F-5" in rules) == (own - Fraction(100 * (part + paid), allocated + other) > 5)


@pytest.mark.parametrize("percent", [0.01, 0.07, 1.1, 10.1, 15.3, 33.33, 40.01, 57.3, 84.99])
def test_fifteen_points_ahead_of_the_works_are_silent(percent):
    paid = round((percent + 15) * 100)
    whole = {("approved_estimate", "cbi"): 10_000}
    assert "F-10" not in {
        one.rule
        for one in assess(facts((10_000, 10_000, paid), (0, 0, 0), composition=whole, percent=percent), TODAY, LIMITS)
    }
    assert "F-10" in {
        one.rule
        for one in assess(
            facts((10_000, 10_000, paid + 1), (0, 0, 0), composition=whole, percent=percent), TODAY, LIMITS
        )
    }
