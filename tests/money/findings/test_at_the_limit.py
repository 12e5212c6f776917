"""What the money findings say where a sum is nothing, a fen, or less than nothing: rules F-5 to F-19, from
docs/rules/money.md.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from projects.money.findings.assess import assess
from projects.money.findings.deadlines import late_documents
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.limits import Limit, Limits

DAY = dt.date(2024, 6, 30)
SHIPPED = Limits(*shipped())


def facts(
    *sums: tuple[str, str, int], year: int | None = 2024, first: dt.date | None = DAY, **values: Any
) -> MoneyFacts:
    cells = tuple(Cell(source, step, year, fen, fen, fen, first) for source, step, fen in sums)
    return MoneyFacts(1, "a", "甲", "370831", "x", "hospital", None, cells=cells, **values)


def found(one: MoneyFacts, rule: str, limits: Limits = SHIPPED) -> dict[str, int]:
    return {each.source: each.amount_fen for each in assess(one, DAY, limits) if each.rule == rule}


def beside(own: Limit) -> Limits:
    return Limits((own, *(row for row in SHIPPED.rows if row.rule != own.rule)), SHIPPED.regions)


@pytest.mark.parametrize("approved", [1, 2])
def test_f4_the_first_fen_that_was_approved_and_not_allocated(approved: int):
    estimate = {("approved_estimate", "cbi"): 100, ("approved_estimate", "county"): approved}
    one = facts(("cbi", "allocated", 100), ("cbi", "received", 100), composition=estimate)
    assert found(one, "F-4") == {"local": approved}


def test_f4_where_no_central_money_came_no_other_money_is_behind():
    allocated = ("cbi", "allocated", 100), ("county", "allocated", 100)
    assert found(facts(*allocated, ("county", "received", -30)), "F-4") == {}
    assert found(facts(*allocated, ("cbi", "received", 1), ("county", "received", -30)), "F-4") == {"local": 130}


def test_f5_a_payment_corrected_below_nothing_puts_no_central_money_ahead():
    """Without other money allocated, or without central money paid, nothing is compared."""
    only_central = facts(("cbi", "allocated", 100), ("cbi", "paid", 90), ("county", "paid", -10))
    assert found(only_central, "F-5") == {}
    allocated = ("cbi", "allocated", 100), ("county", "allocated", 100)
    assert found(facts(*allocated, ("county", "paid", -20)), "F-5") == {}
    assert found(facts(*allocated, ("cbi", "paid", 1), ("county", "paid", -20)), "F-5") == {"local": 21}
    assert found(facts(("county", "allocated", 100), ("cbi", "paid", 5)), "F-5") == {}


def test_f6_and_f7_a_source_that_has_a_line_and_no_money_is_given_nothing():
    none = facts(("cbi", "contracted", 5), composition={("approved_estimate", "county"): 1})
    assert found(none, "F-6") == {}
    strict = beside(Limit("cap", "F-7", "自定", amount_fen=0, is_own=True))
    assert found(none, "F-7", strict) == {}
    assert found(facts(("cbi", "allocated", 1)), "F-7", strict) == {"cbi": 1}


@pytest.mark.parametrize(("first", "is_found"), [(None, True), (dt.date(2019, 1, 30), False)])
def test_f6_where_no_day_of_the_first_money_is_known_the_day_asked_about_counts(first: dt.date | None, is_found: bool):
    approved = {("approved_estimate", "cbi"): 900, ("approved_estimate", "county"): 100}
    one = facts(("cbi", "allocated", 900), ("cbi", "planned", 900), first=first, composition=approved)
    assert bool(found(one, "F-6")) == is_found


@pytest.mark.parametrize(("paid", "expected"), [(98, {"county": 2}), (99, {"county": 1}), (100, {}), (101, {})])
def test_f9_the_last_fen_of_an_old_budget_is_swept(paid: int, expected: dict[str, int]):
    assert found(facts(("county", "allocated", 100), ("county", "paid", paid), year=2022), "F-9") == expected


def test_f11_an_estimate_of_nothing_is_not_exceeded_by_nothing():
    nothing = {("approved_estimate", "cbi"): 0}
    assert found(facts(composition=nothing), "F-11") == {}
    assert found(facts(("cbi", "paid", 1), composition=nothing), "F-11") == {"total": 1}


@pytest.mark.parametrize(("later", "expected"), [(11_000, {}), (11_001, {"total": 1_001})])
def test_f12_a_tenth_over_is_silent_to_the_fen(later: int, expected: dict[str, int]):
    estimates = {("approved_estimate", "cbi"): later, ("feasibility_estimate", "cbi"): 10_000}
    assert found(facts(composition=estimates), "F-12") == expected


@pytest.mark.parametrize(("paid", "expected"), [(79_999_999, {"contract-7": 1}), (80_000_000, {})])
def test_f13_four_fifths_of_a_million_yuan_to_the_fen(paid: int, expected: dict[str, int]):
    contract = ContractFacts(7, "主体", "works", dt.date(2022, 8, 1), 3.0, 200_000_000, paid, 100_000_000)
    assert found(facts(contracts=(contract,)), "F-13") == expected


@pytest.mark.parametrize(("central", "local"), [(0, 1), (0, 100), (-5, 1)])
def test_f21_where_no_central_money_is_allocated_no_other_money_is_behind(central: int, local: int):
    approved = {("approved_estimate", "cbi"): 100, ("approved_estimate", "county"): 100}
    one = facts(("cbi", "allocated", central), ("county", "allocated", local), composition=approved)
    assert found(one, "F-21") == {}


def test_f19_a_plan_that_was_taken_back_is_not_exceeded_by_nothing():
    back = ("cbi", "planned", 100), ("cbi", "planned", -100)
    assert found(facts(*back), "F-19") == {}
    assert found(facts(*back, ("cbi", "allocated", 1)), "F-19") == {"cbi-2024": 1}


@pytest.mark.parametrize("kind", ["plan", "budget"])
@pytest.mark.parametrize("rows", [(), (Limit("quota_days", "F-15", "x"), Limit("forward_days", "F-15", "x"))])
def test_f15_where_no_row_states_days_nothing_is_due(kind: str, rows: tuple[Limit, ...]):
    one = DocumentFacts(1, kind, "文", DAY, DAY, 100, 100, (), None)
    assert list(late_documents(one, dt.date(2025, 1, 1), Limits(rows), workdays())) == []
    assert len(list(late_documents(one, dt.date(2025, 1, 1), SHIPPED, workdays()))) == 1
