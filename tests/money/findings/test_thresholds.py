"""The money findings at the limit itself, a fen and a day to each side: rules F-1 to F-23, from docs/rules/money.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from projects.core.text import Text
from projects.money.findings.assess import assess
from projects.money.findings.deadlines import late_documents, waiting_receipt
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.ladder import MoneyFinding
from projects.money.findings.limits import Limit, Limits, kinds_of
from projects.money.findings.names import figure, part, scope, unit
from projects.money.findings.sheet import FindingRow, FindingSubject, HandlingStep, is_wanted, page, weight
from projects.money.findings.wording import wan
from projects.money.findings.workdays import PLAIN, WorkCalendar

DAY = dt.date(2024, 6, 30)
SHIPPED = Limits(*shipped())
BARE = Limits(())


def instead(own: Limit) -> Limits:
    """The shipped rows with one of the installation's own in the place of its rule's."""
    return Limits((own, *(row for row in SHIPPED.rows if row.rule != own.rule)), SHIPPED.regions)


def cell(
    source: str, step: str, fen: int, year: int | None = 2024, *, old: int | None = None, first: str = "2024-01-10"
):
    counted = fen if old is None else old
    return Cell(source, step, year, fen, counted, counted, dt.date.fromisoformat(first))


def facts(*cells: Cell, approved: dict[str, int] | None = None, **values: Any) -> MoneyFacts:
    composition = {("approved_estimate", source): fen for source, fen in (approved or {}).items()}
    own = {"composition": composition, "category": "hospital", "place_code": "370831", "place": "x", "programme": None}
    return MoneyFacts(**({"project_id": 1, "slug": "a", "name": "甲", "cells": cells} | own | values))


def found(one: MoneyFacts, rule: str, day: dt.date = DAY, limits: Limits = SHIPPED) -> dict[str, int]:
    return {each.source: each.amount_fen for each in assess(one, day, limits) if each.rule == rule}


def words(one: MoneyFacts, rule: str, limits: Limits = SHIPPED) -> str:
    return " ".join(str(each.text) for each in assess(one, DAY, limits) if each.rule == rule)


# --- F-1 to F-5, F-21 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "more", "less"),
    [("F-1", "allocated", "approved"), ("F-2", "received", "allocated"), ("F-3", "paid", "received")],
)
@pytest.mark.parametrize("over", [-1, 0, 1])
def test_f1_f2_f3_a_fen_more_is_found_and_the_same_is_silent(rule: str, more: str, less: str, over: int):
    cells = [cell("cbi", more, 1000 + over)] + ([] if less == "approved" else [cell("cbi", less, 1000)])
    one = facts(*cells, approved={"cbi": 1000} if less == "approved" else None)
    assert found(one, rule) == ({"cbi": 1} if over > 0 else {})


def test_f1_a_source_that_the_composition_does_not_name_was_approved_with_nothing():
    assert found(facts(cell("county", "allocated", 5), approved={"cbi": 9}), "F-1") == {"county": 5}
    assert found(facts(cell("county", "allocated", 5)), "F-1") == {}


def test_f4_the_worked_example_and_exactly_twenty_points():
    central = [cell("cbi", "allocated", 1000), cell("cbi", "received", 940), cell("county", "allocated", 1000)]
    assert found(facts(*central, cell("county", "received", 480)), "F-4") == {"local": 520}
    even = [cell("cbi", "allocated", 1000), cell("cbi", "received", 900), cell("county", "allocated", 1000)]
    assert [found(facts(*even, cell("county", "received", fen)), "F-4") for fen in (699, 700, 701)] == [
        {"local": 301},
        {},
        {},
    ]
    assert "相差 46 个百分点" in words(facts(*central, cell("county", "received", 480)), "F-4")


@pytest.mark.parametrize(("received", "is_found"), [(0, False), (200, False), (201, True)])
def test_f4_other_money_that_is_approved_but_not_allocated_counts_as_nothing(received: int, is_found: bool):
    one = facts(cell("cbi", "allocated", 1000), cell("cbi", "received", received), approved={"cbi": 1000, "county": 7})
    assert found(one, "F-4") == ({"local": 7} if is_found else {})
    assert found(replace(one, composition={("approved_estimate", "cbi"): 1000}), "F-4") == {}


@pytest.mark.parametrize(("local", "expected"), [(799, {"local": 101}), (800, {}), (801, {})])
def test_f5_five_points_exactly_are_silent(local: int, expected: dict[str, int]):
    """Central 90.0 %; with 800 paid of the other 1,000 all is 85.0 %."""
    money = [cell("cbi", "allocated", 1000), cell("county", "allocated", 1000), cell("cbi", "paid", 900)]
    assert found(facts(*money, cell("county", "paid", local)), "F-5") == expected


def test_f5_without_central_or_other_money_nothing_is_compared():
    assert found(facts(cell("cbi", "allocated", 1000), cell("cbi", "paid", 900)), "F-5") == {}
    assert found(facts(cell("county", "allocated", 1000), cell("county", "paid", 900)), "F-5") == {}
    assert found(facts(cell("cbi", "allocated", 1000), cell("county", "allocated", 1000)), "F-5") == {}
    tiny = facts(cell("cbi", "allocated", 1), cell("county", "allocated", 1), cell("cbi", "paid", 1))
    assert found(tiny, "F-5") == {"local": 1}
    worked = [
        cell("cbi", "allocated", 1000),
        cell("county", "allocated", 1000),
        cell("cbi", "paid", 900),
        cell("county", "paid", 300),
    ]
    assert "中央投资支付 90%, 全部投资支付 60%" in words(facts(*worked), "F-5")


@pytest.mark.parametrize(("local", "expected"), [(699, {"local": 201}), (700, {}), (701, {})])
def test_f21_twenty_points_of_what_was_approved(local: int, expected: dict[str, int]):
    one = facts(
        cell("cbi", "allocated", 900), cell("county", "allocated", local), approved={"cbi": 1000, "county": 1000}
    )
    assert found(one, "F-21") == expected


def test_f21_central_money_counts_up_to_its_approval_and_nothing_allocated_is_f4():
    whole = {"cbi": 1000, "county": 1000}
    over = facts(cell("cbi", "allocated", 1500), cell("county", "allocated", 100), approved=whole)
    assert found(over, "F-21") == {"local": 900}
    assert "中央资金已下达批复的 100%, 地方及其他资金 10%" in words(over, "F-21")
    assert found(facts(cell("cbi", "allocated", 900), approved=whole), "F-21") == {}
    assert found(facts(cell("county", "allocated", 900), approved=whole), "F-21") == {}
    assert (
        found(facts(cell("cbi", "allocated", 900), cell("county", "allocated", 1), approved={"cbi": 1000}), "F-21")
        == {}
    )
    assert found(
        facts(cell("cbi", "allocated", 1), cell("county", "allocated", 1), approved={"cbi": 1, "county": 2}), "F-21"
    ) == {"local": 1}


# --- F-6, F-7 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "most"),
    [("370831", 300), ("360900", 600), ("210200", 600), ("610000", 800), ("540100", 1000), ("653101", 1000)],
)
@pytest.mark.parametrize("over", [0, 1])
def test_f6_the_share_of_the_region_to_the_fen(place: str, most: int, over: int):
    fen = min(most + over, 1000)
    one = facts(cell("cbi", "allocated", 0), approved={"cbi": fen, "county": 1000 - fen}, place_code=place)
    assert found(one, "F-6") == ({"cbi": 1} if over and most < 1000 else {})


def test_f6_approved_or_allocated_whichever_is_more():
    one = facts(cell("cbi", "allocated", 310), approved={"cbi": 100, "county": 900})
    assert found(one, "F-6") == {"cbi": 10}
    assert "占批复 0.001 万元的 31%" in words(one, "F-6")
    assert found(facts(cell("cbi", "allocated", 310)), "F-6") == {}
    assert found(facts(cell("county", "allocated", 310), approved={"county": 100}), "F-6") == {}


@pytest.mark.parametrize(
    ("step", "first", "is_found"),
    [
        ("allocated", "2019-01-30", False),
        ("allocated", "2019-01-31", True),
        ("planned", "2019-01-30", False),
        ("received", "2019-01-30", True),
    ],
)
def test_f6_for_money_first_allocated_from_the_31st_of_january_2019_on(step: str, first: str, is_found: bool):
    own = [
        cell("cbi", step, 0, first=first),
        cell("cbi", "allocated", 900, first="2020-05-01"),
        cell("county", "allocated", 0, first="2010-01-01"),
    ]
    assert bool(found(facts(*own, approved={"cbi": 900, "county": 100}), "F-6")) == is_found


@pytest.mark.parametrize(("wan_more", "expected"), [(-1, {}), (0, {}), (1, {"cbi": 1})])
def test_f7_fifty_million_for_a_county_hospital_in_2017(wan_more: int, expected: dict[str, int]):
    fen = 5_000_0000_00 + wan_more
    assert found(facts(cell("cbi", "allocated", fen, first="2017-05-01")), "F-7") == expected
    approved = facts(cell("cbi", "allocated", 1, first="2017-05-01"), approved={"cbi": fen})
    assert found(approved, "F-7") == expected
    assert found(facts(cell("county", "allocated", fen, first="2017-05-01")), "F-7") == {}


@pytest.mark.parametrize(
    ("first", "is_found"), [("2016-12-31", False), ("2017-01-01", True), ("2020-12-31", True), ("2021-01-01", False)]
)
def test_f7_a_row_holds_from_its_first_to_its_last_day(first: str, is_found: bool):
    assert bool(found(facts(cell("cbi", "allocated", 6_000_0000_00, first=first)), "F-7")) == is_found


def test_a_county_hospital_is_one_of_a_county():
    assert kinds_of("hospital", "370831", "p") == {"hospital", "p", "county_hospital"}
    assert kinds_of("hospital", "370800", None) == {"hospital"}
    assert kinds_of("cdc", "370831", None) == {"cdc"}


# --- F-8, F-9, F-18, F-19 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("paid", "expected"), [(299, {"cbi": 1}), (300, {}), (301, {})])
def test_f8_what_came_long_ago_and_was_not_paid(paid: int, expected: dict[str, int]):
    assert found(facts(cell("cbi", "received", 500, old=300), cell("cbi", "paid", paid)), "F-8") == expected
    back = facts(cell("cbi", "received", 200, old=300), cell("cbi", "paid", 50))
    assert found(back, "F-8") == {"cbi": 150}  # what was taken back since is not idle
    assert "到位满 12 个月" in words(facts(cell("cbi", "received", 500, old=300)), "F-8")


@pytest.mark.parametrize(("received", "expected"), [(299, {"cbi": 1}), (300, {}), (301, {})])
def test_f18_what_was_allocated_long_ago_and_did_not_come(received: int, expected: dict[str, int]):
    assert found(facts(cell("cbi", "allocated", 500, old=300), cell("cbi", "received", received)), "F-18") == expected
    assert found(facts(cell("cbi", "allocated", 200, old=300)), "F-18") == {"cbi": 200}
    assert "下达满 3 个月" in words(facts(cell("cbi", "allocated", 500, old=300)), "F-18")


def test_f8_and_f18_count_their_own_days():
    one = facts(Cell("cbi", "received", None, 9, 5, 7, DAY), Cell("cbi", "allocated", 2024, 99, 30, 20, DAY))
    assert (found(one, "F-8"), found(one, "F-18")) == ({"cbi": 5}, {"cbi": 11})
    assert (one.total("cbi", "received"), one.total("cbi", "paid"), one.total("cbi", "received", 2)) == (9, 0, 7)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2023-12-30", {}),
        ("2023-12-31", {"county": 40}),
        ("2024-01-01", {"county": 40}),
        ("2024-12-31", {"county": 90}),
    ],
)
def test_f9_the_budget_of_2022_is_swept_at_the_end_of_2023(day: str, expected: dict[str, int]):
    own = [
        cell("county", "allocated", 100, 2022),
        cell("county", "allocated", 50, 2023),
        cell("county", "paid", 60, None),
    ]
    assert found(facts(*own), "F-9", dt.date.fromisoformat(day)) == expected


def test_f9_bonds_own_money_and_money_without_a_year_are_not_swept():
    for source, year in (("special_bond", 2020), ("self", 2020), ("county", None), ("county", 2023)):
        assert found(facts(cell(source, "allocated", 100, year)), "F-9") == {}
    assert found(facts(cell("county", "received", 100, 2020)), "F-9") == {}
    assert found(facts(cell("county", "allocated", 100, 2020), cell("county", "paid", 100, None)), "F-9") == {}
    assert "2022 年及以前的预算到 2023 年底" in words(facts(cell("county", "allocated", 5, 2020)), "F-9")


@pytest.mark.parametrize(("given", "expected"), [(99, {}), (100, {}), (101, {"cbi-2024": 1})])
def test_f19_a_fen_over_the_year_s_plan(given: int, expected: dict[str, int]):
    assert found(facts(cell("cbi", "planned", 100), cell("cbi", "allocated", given)), "F-19") == expected


def test_f19_each_year_that_has_a_plan_is_handled_by_itself():
    own = [
        cell("cbi", "planned", 100, 2023),
        cell("cbi", "planned", 100),
        cell("cbi", "planned", 0, 2022),
        cell("county", "planned", 9, None),
    ]
    given = [cell("cbi", "allocated", 150, year) for year in (2022, 2023, 2024)]
    assert found(facts(*own, *given, cell("county", "allocated", 50)), "F-19") == {"cbi-2023": 50, "cbi-2024": 50}
    assert "2023 年下达" in words(facts(*own, *given), "F-19")


# --- F-10 to F-14, F-16, F-17, F-20, F-22 -------------------------------------------------------------------


@pytest.mark.parametrize(("paid", "expected"), [(5499, {}), (5500, {}), (5501, {"total": 1501})])
def test_f10_fifteen_points_ahead_of_works_exactly_are_silent(paid: int, expected: dict[str, int]):
    assert found(facts(cell("cbi", "paid", paid), approved={"cbi": 10_000}, percent=40.0), "F-10") == expected
    assert found(facts(cell("cbi", "paid", paid), percent=40.0), "F-10") == {}
    assert found(facts(cell("cbi", "paid", 1501), approved={"cbi": 10_000}, percent=0.0), "F-10") == {"total": 1501}
    worked = facts(cell("cbi", "paid", 550), approved={"cbi": 1000}, percent=39.0)
    assert "已付批复总额的 55%, 实施进度 39%, 超前 16 个百分点" in words(worked, "F-10")


@pytest.mark.parametrize("step", ["contracted", "paid", "final_account"])
@pytest.mark.parametrize("over", [-1, 0, 1])
def test_f11_contracts_payments_or_the_account_over_the_estimate(step: str, over: int):
    one = facts(
        *([] if step == "final_account" else [cell("cbi", step, 1000 + over)]), approved={"cbi": 600, "county": 400}
    )
    if step == "final_account":
        one = replace(one, composition={**one.composition, ("final_account", "cbi"): 1000 + over})
    assert found(one, "F-11") == ({"total": 1} if over > 0 else {})


def test_f11_whichever_is_most_is_told_and_a_feasibility_estimate_is_no_limit():
    one = facts(cell("cbi", "paid", 1010), cell("cbi", "contracted", 1020), approved={"cbi": 1000})
    assert found(one, "F-11") == {"total": 20}
    assert "合同合计" in words(one, "F-11")
    assert found(replace(one, composition={("feasibility_estimate", "cbi"): 1000}), "F-11") == {}


@pytest.mark.parametrize(("later", "expected"), [(1099, {}), (1100, {}), (1101, {"total": 101})])
def test_f12_a_tenth_over_the_feasibility_estimate_exactly_is_silent(later: int, expected: dict[str, int]):
    one = facts(composition={("approved_estimate", "cbi"): later, ("feasibility_estimate", "cbi"): 1000})
    assert found(one, "F-12") == expected
    assert found(facts(composition={("approved_estimate", "cbi"): later}), "F-12") == {}
    assert found(facts(composition={("feasibility_estimate", "cbi"): 1000}), "F-12") == {}
    twice = facts(composition={("approved_estimate", "cbi"): 1200, ("feasibility_estimate", "cbi"): 1000})
    assert "超出 20%" in words(twice, "F-12")


def contract(**values: Any) -> MoneyFacts:
    own = {
        "id": 7,
        "name": "主体",
        "kind": "works",
        "signed_on": dt.date(2022, 8, 1),
        "retention": 3.0,
        "worth_fen": 10_000,
        "paid_fen": 400,
        "confirmed_fen": 500,
    }
    return facts(contracts=(ContractFacts(**(own | values)),))


@pytest.mark.parametrize(
    ("paid", "signed", "expected"),
    [
        (400, "2022-08-01", {}),
        (399, "2022-08-01", {"contract-7": 1}),
        (401, "2022-08-01", {}),
        (0, "2022-07-31", {}),
    ],
)
def test_f13_four_fifths_of_what_was_confirmed_for_contracts_from_august_2022_on(
    paid: int, signed: str, expected: dict[str, int]
):
    assert found(contract(paid_fen=paid, signed_on=dt.date.fromisoformat(signed)), "F-13") == expected


@pytest.mark.parametrize(
    ("retention", "signed", "expected"),
    [
        (3.0, "2017-07-01", {}),
        (3.01, "2017-07-01", {"contract-7": 1}),
        (5.0, "2017-07-01", {"contract-7": 200}),
        (2.99, "2017-07-01", {}),
        (5.0, "2017-06-30", {}),
        (None, "2017-07-01", {}),
    ],
)
def test_f14_three_percent_exactly_may_be_held_back(retention: float | None, signed: str, expected: dict[str, int]):
    assert found(contract(retention=retention, signed_on=dt.date.fromisoformat(signed)), "F-14") == expected


def test_f16_own_money_or_a_loan_in_a_public_health_building():
    own = [cell("self", "allocated", 30), cell("bank_loan", "paid", 7), cell("county", "paid", 99)]
    one = facts(*own, approved={"self": 50}, category="cdc")
    assert found(one, "F-16") == {"self": 50, "bank_loan": 7}
    assert found(replace(one, category="hospital"), "F-16") == {}
    assert found(facts(cell("self", "allocated", 0), category="cdc"), "F-16") == {}
    assert found(facts(cell("self", "received", 1), category="cdc"), "F-16") == {"self": 1}


@pytest.mark.parametrize(("day", "is_found"), [("2024-04-29", False), ("2024-04-30", False), ("2024-05-01", True)])
def test_f17_three_months_from_the_31st_of_january_are_over_on_the_30th_of_april(day: str, is_found: bool):
    one = facts(cell("cbi", "paid", 9), accepted_on=dt.date(2024, 1, 31))
    at = dt.date.fromisoformat(day)
    assert found(one, "F-17", at) == ({"total": 9} if is_found else {})
    late = replace(one, accounted_on=at)
    assert bool(found(late, "F-17", dt.date(2025, 1, 1))) == is_found
    assert ("才编报" in words(late, "F-17")) == is_found
    assert found(replace(one, composition={("final_account", "cbi"): 0}), "F-17", at) == {}


@pytest.mark.parametrize(("day", "is_found"), [("2025-02-28", False), ("2025-03-01", True)])
def test_f22_works_complete_on_the_30th_of_november_are_accepted_by_the_28th_of_february(day: str, is_found: bool):
    one, at = facts(cell("cbi", "paid", 9), built_on=dt.date(2024, 11, 30)), dt.date.fromisoformat(day)
    assert found(one, "F-22", at) == ({"total": 9} if is_found else {})
    assert found(replace(one, accepted_on=at), "F-22", at) == {}
    assert found(replace(one, built_on=None), "F-22", at) == {}


def test_f20_a_standing_payment_of_central_money():
    one = facts(
        misused=(("cbi", 5, "旧欠", 7), ("county", 5, "旧欠", 8), ("cbi", 0, "旧欠", 9), ("cbi", 1, "租金", 10))
    )
    assert found(one, "F-20") == {"cbi-7": 5, "cbi-10": 1}


# --- F-15, F-23 ---------------------------------------------------------------------------------------------


def document(**values: Any) -> DocumentFacts:
    own = {
        "id": 1,
        "kind": "plan",
        "number": "x",
        "issued_on": dt.date(2024, 3, 1),
        "received_on": dt.date(2024, 3, 1),
        "total_fen": 100,
        "lines_fen": 100,
    }
    return DocumentFacts(**(own | {"children": (), "place_code": None} | values))


def late(one: DocumentFacts, day: str) -> list[int]:
    return [each.amount_fen for each in late_documents(one, dt.date.fromisoformat(day), SHIPPED, workdays())]


@pytest.mark.parametrize(("issued", "expected"), [("2024-03-14", []), ("2024-03-15", []), ("2024-03-18", [40])])
def test_f15_what_was_handed_on_by_the_due_day_is_in_time(issued: str, expected: list[int]):
    children = ((dt.date(2024, 3, 15), 60), (dt.date.fromisoformat(issued), 40))
    assert late(document(children=children), "2024-04-01") == expected
    assert late(document(children=((dt.date(2024, 3, 15), 100),)), "2024-04-01") == []
    assert late(document(children=((dt.date(2024, 3, 15), 99),)), "2024-04-01") == [1]
    assert late(document(children=((None, 100),)), "2024-04-01") == [100]


def test_f15_what_is_missing_is_told_beside_what_was_late():
    handed = document(children=((dt.date(2024, 3, 18), 30), (dt.date(2024, 4, 2), 30)))
    said = [str(each.text) for each in late_documents(handed, dt.date(2024, 4, 1), SHIPPED, workdays())]
    assert "逾期的 0.0001 万元, 至今未办的 0.00007 万元" in said[0].replace("0.000100", "0.0001").replace(
        "0.000070", "0.00007"
    )
    over = document(children=((dt.date(2024, 3, 18), 130),))
    assert "至今未办的 0.00 万元" in str(next(late_documents(over, dt.date(2024, 4, 1), SHIPPED, workdays())).text)


@pytest.mark.parametrize(
    ("values", "last"),
    [
        ({}, "2024-03-15"),
        ({"lines_fen": 0}, "2024-03-29"),
        ({"lines_fen": 0, "total_fen": None, "children": ()}, None),
        ({"kind": "budget"}, "2024-03-31"),
        ({"received_on": None, "lines_fen": 0}, "2024-03-29"),
        ({"received_on": None}, None),
        ({"received_on": None, "children": ((dt.date(2025, 1, 1), 1),)}, "2024-03-15"),
        ({"received_on": dt.date(2024, 1, 31), "issued_on": None}, None),
        ({"received_on": None, "issued_on": None}, None),
        ({"kind": "forward"}, None),
    ],
)
def test_f15_ten_and_twenty_working_days_and_thirty_of_the_calendar(values: dict[str, Any], last: str | None):
    one = document(**values)
    if last is None:
        assert late(one, "2024-12-31") == []
    else:
        day = dt.date.fromisoformat(last)
        assert (late(one, str(day)), len(late(one, str(day + dt.timedelta(1))))) == ([], 1)


def test_f15_working_days_are_known_from_the_first_to_christmas_eve_of_the_last_year():
    calendar = WorkCalendar(frozenset({dt.date(2026, 5, 1)}), frozenset({dt.date(2026, 5, 9)}), 2026, 2026)
    assert calendar.knows(dt.date(2026, 1, 1), dt.date(2026, 12, 24))
    assert not calendar.knows(dt.date(2025, 12, 31), dt.date(2026, 12, 24))
    assert not calendar.knows(dt.date(2026, 1, 1), dt.date(2026, 12, 25))
    assert not PLAIN.knows(DAY, DAY)
    assert [calendar.is_working(dt.date(2026, 5, day)) for day in (1, 2, 4, 8, 9)] == [False, False, True, True, True]
    assert calendar.after(dt.date(2026, 4, 30), 1) == dt.date(2026, 5, 4)


@pytest.mark.parametrize(
    ("open_fen", "day", "expected"),
    [
        (400, "2025-05-30", None),
        (400, "2025-05-31", 400),
        (400, "2025-06-01", 400),
        (0, "2025-06-01", None),
        (1, "2025-06-01", 1),
        (-1, "2025-06-01", None),
    ],
)
def test_f23_thirty_days_after_it_came(open_fen: int, day: str, expected: int | None):
    one = waiting_receipt(open_fen, dt.date(2025, 5, 1), "", "", dt.date.fromisoformat(day), SHIPPED)
    assert (one and one.amount_fen) == expected
    assert "(— → 院), 31 天后" in str(
        waiting_receipt(1, dt.date(2025, 5, 1), "", "院", dt.date(2025, 6, 1), SHIPPED).text
    )


# --- limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "holds"), [("2024-06-29", False), ("2024-06-30", True), ("2024-07-31", True), ("2024-08-01", False)]
)
def test_a_limit_holds_from_its_first_to_its_last_day(day: str, holds: bool):
    row = Limit("a", "F-8", "x", valid_from=DAY, valid_to=dt.date(2024, 7, 31), number=7)
    at = dt.date.fromisoformat(day)
    assert row.holds(at, (), "") == holds
    beside = Limits((row, Limit("b", "F-8", "x", number=12)))
    assert beside.number("F-8", at) == (7 if holds else 12)
    assert Limit("a", "F-8", "x").holds(at, (), "")


def test_a_limit_is_for_its_programme_and_region_and_the_special_comes_before_the_newest():
    rows = [
        Limit("a", "F-6", "x", rate=1.0),
        Limit("b", "F-6", "x", region="east", rate=2.0),
        Limit("c", "F-6", "x", programme="p", rate=3.0),
        Limit("d", "F-6", "x", rate=4.0, valid_from=dt.date(2020, 1, 1)),
    ]
    limits = Limits(rows, {"37": "east", "3708": "west", "370831": "tibet"})
    assert limits.choose("F-6", DAY).rate == 4
    assert limits.choose("F-6", DAY, (), "east").rate == 2
    assert limits.choose("F-6", DAY, ("p",), "east").rate == 3
    assert limits.choose("F-6", DAY, ("q",), "west").rate == 4
    assert [limits.region(code) for code in ("370831", "370832", "371000", "110000")] == ["tibet", "west", "east", ""]
    assert limits.choose("F-6", DAY, key="b") is None
    assert limits.choose("F-6", DAY, (), "east", "b").rate == 2
    assert limits.rate("F-6", DAY) == 4


def test_a_figure_that_no_row_states_is_asked_for_in_vain():
    with pytest.raises(LookupError, match="no row of F-6"):
        BARE.rate("F-6", DAY)
    with pytest.raises(LookupError, match="no rate"):
        Limits((Limit("a", "F-6", "x", number=5),)).rate("F-6", DAY)
    with pytest.raises(LookupError, match="no number"):
        Limits((Limit("a", "F-6", "x", rate=5.0),)).number("F-6", DAY)


@pytest.mark.parametrize(
    ("row", "said", "shown"),
    [
        (Limit("gap_points", "F-4", "通行数", number=20), "界线 20 个百分点 (通行数)", ("20", "个百分点")),
        (Limit("unmatched_days", "F-23", "通行数", number=30), "期限 30 天 (通行数)", ("30", "天")),
        (Limit("idle_months", "F-8", "通行数", number=12), "期限 12 个月 (通行数)", ("12", "个月")),
        (Limit("over", "F-12", "条例", rate=10.0), "界线 10% (条例)", ("10", "%")),
        (Limit("rate_zero", "F-12", "条例", rate=0.0), "界线 0% (条例)", ("0", "%")),
        (Limit("forward_days", "F-15", "令", number=10), "期限 10 天 (令)", ("10", "个工作日")),
        (Limit("cap", "F-7", "文", amount_fen=1_500_000), "期限 0 个月 (文)", ("1.50", "万元")),
    ],
)
def test_a_limit_says_its_figure_its_unit_and_what_it_rests_on(row: Limit, said: str, shown: tuple[str, str]):
    assert str(row.over("法")) == f"法; {said}"
    assert (figure(row), unit(row)) == shown


def test_a_row_of_the_installation_stands_beside_or_in_the_place_of_another():
    shipped_row, added = Limit("a", "F-8", "法"), Limit("a.1", "F-8", "自定", is_own=True)
    assert (shipped_row.root, added.root, shipped_row.is_added, added.is_added) == ("a", "a", False, True)
    assert (shipped_row.basis, added.basis, str(added.cited)) == (Text("法"), "自定", "自定")
    assert part(Limit("forward_days.2", "F-15", "x")) == "计划转发"
    assert scope(Limit("a", "F-6", "x", programme="p", region="east"), {"p": "计划"}) == ["东部地区", "计划"]
    assert scope(Limit("a", "F-6", "x")) == []
    own = Limits((replace(added, key="idle_months", number=6),))
    assert own.over("F-8", DAY, "法", always=False) is not None
    assert Limits((replace(shipped_row, number=6),)).over("F-8", DAY, "法", always=False) is None
    assert Limits((replace(shipped_row, number=6),)).over("F-8", DAY, "法") is not None
    with pytest.raises(LookupError):
        BARE.over("F-8", DAY, "法")


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0.00"),
        (1_000_000, "1.00"),
        (1_234_500, "1.2345"),
        (1, "0.000001"),
        (10, "0.00001"),
        (10_000, "0.01"),
        (1_000, "0.001"),
    ],
)
def test_findings_write_exact_ten_thousands(fen: int, shown: str):
    assert wan(fen) == shown


# --- handling -----------------------------------------------------------------------------------------------


def row(*steps: HandlingStep, amount: int = 100, rule: str = "F-8", name: str = "甲", day: dt.date = DAY) -> FindingRow:
    return FindingRow(FindingSubject(name, "x", unit="院"), MoneyFinding(rule, "cbi", amount, Text("x")), steps, day)


def step(state: str, amount: int = 100, until: dt.date | None = None, owner: str = "") -> HandlingStep:
    return HandlingStep(state, owner, "", amount, until, None, dt.datetime(2024, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(("days", "state"), [(-1, "exempted"), (0, "exempted"), (1, "open")])
def test_an_exemption_covers_its_last_day(days: int, state: str):
    one = row(step("exempted", until=DAY), day=DAY + dt.timedelta(days=days))
    assert (one.state, one.is_again) == (state, state == "open")


@pytest.mark.parametrize(("amount", "state"), [(99, "exempted"), (100, "exempted"), (101, "open")])
def test_an_exemption_covers_its_amount_and_more_of_it_opens_the_finding_again(amount: int, state: str):
    assert row(step("exempted"), amount=amount).state == state
    assert row(step("handling"), amount=amount).state == "handling"


def test_what_is_closed_and_still_found_is_open_again():
    assert (row().state, row().is_again, row().owner) == ("open", False, "院")
    assert (row(step("closed")).state, row(step("closed")).is_again) == ("open", True)
    assert (row(step("closed"), step("handling", owner="张")).state, row(step("handling", owner="张")).owner) == (
        "handling",
        "张",
    )
    assert row(step("handling")).is_again is False
    assert MoneyFinding("F-19", "cbi-2024", 1, Text("x")).money == "cbi"
    assert MoneyFinding("F-4", "local", 1, Text("x")).money is None


def test_a_page_has_open_before_handled_remedies_before_warnings_and_larger_sums_first():
    rows = [
        row(step("handling"), amount=999, name="h"),
        row(amount=50, name="small"),
        row(amount=70, name="large"),
        row(amount=900, rule="F-20", name="warning"),
        row(step("exempted"), name="exempt"),
    ]
    assert [one.subject.name for one in sorted(rows, key=weight)] == ["large", "small", "warning", "h", "exempt"]
    made = page(rows[:2], ((one.finding.rule, one.state, 1, one.finding.amount_fen) for one in rows))
    assert made.rows == rows[:2]
    assert (made.count, made.states) == (5, {"open": 3, "handling": 1, "exempted": 1})
    assert {one.rule: (one.count, one.open, one.amount_fen) for one in made.tallies} == {
        "F-8": (4, 2, 1219),
        "F-20": (1, 1, 900),
    }
    assert [is_wanted(one, FindingFilter(rule="F-20")) for one in rows] == [False, False, False, True, False]
    assert [is_wanted(one, FindingFilter(state="open")) for one in rows] == [False, True, True, True, False]
    assert all(is_wanted(one, FindingFilter()) for one in rows)


def test_f4_a_stricter_figure_of_the_installation_finds_the_first_fen():
    strict = instead(Limit("gap_points", "F-4", "自定", number=0, is_own=True))
    one = facts(cell("cbi", "allocated", 1000), cell("cbi", "received", 5), approved={"cbi": 1000, "county": 7})
    assert found(one, "F-4", limits=strict) == {"local": 7}
    nothing = facts(cell("cbi", "allocated", 1000), approved={"cbi": 1000, "county": 7})
    assert found(nothing, "F-4", limits=strict) == {}
