"""The money findings F-4 to F-20, each by its worked numbers, each just within and just beyond its limit."""

import datetime as dt
from dataclasses import replace

import pytest

from projects.money.findings.assess import assess
from projects.money.findings.deadlines import late_documents
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.limits import Limit, Limits, kinds_of
from projects.money.findings.rules import RULES
from projects.money.findings.workdays import PLAIN, WorkCalendar

WAN = 1_000_000
DAY = dt.date(2024, 6, 30)
LIMITS = Limits(*shipped())


def cell(source, step, wan, year=2024, idle=None, late=None, first=dt.date(2024, 1, 10)):
    """A sum of a source and step; what counts as idle or late is all of it unless said."""
    return Cell(
        source,
        step,
        year,
        wan * WAN,
        (wan if idle is None else idle) * WAN,
        (wan if late is None else late) * WAN,
        first,
    )


def facts(*cells, approved=None, **values):
    composition = {("approved_estimate", source): wan * WAN for source, wan in (approved or {}).items()}
    own = {
        "composition": composition,
        "cells": cells,
        "category": "hospital",
        "place_code": "370831",
        "place": "泗水县",
        "programme": None,
    }
    return MoneyFacts(**({"project_id": 1, "slug": "one", "name": "一"} | own | values))


def found(one, *rules, day=DAY, limits=LIMITS):
    return [
        (finding.rule, finding.source, finding.amount_fen / WAN)
        for finding in assess(one, day, limits)
        if finding.rule in rules
    ]


def test_central_money_paid_ahead_of_the_rest():
    money = [cell("cbi", "allocated", 1000), cell("county", "allocated", 1000), cell("cbi", "paid", 900)]
    assert found(facts(*money, cell("county", "paid", 300)), "F-5") == [("F-5", "local", 600)]  # 90.0 % against 60.0 %
    assert (
        found(facts(*money, cell("county", "paid", 800)), "F-5") == []
    )  # 90.0 % against 85.0 %: five points are the limit
    assert found(facts(*money, cell("county", "paid", 799)), "F-5") == [("F-5", "local", 101)]


@pytest.mark.parametrize(
    ("place", "share", "over"),
    [
        ("370831", 30, 0),
        ("370831", 31, 10),
        ("360900", 60, 0),
        ("360900", 61, 10),
        ("610000", 80, 0),
        ("610000", 81, 10),
        ("540100", 100, 0),
        ("653100", 100, 0),
    ],
)
def test_central_budget_investment_keeps_to_the_share_of_its_region(place, share, over):
    one = facts(
        cell("cbi", "allocated", 0), approved={"cbi": share * 10, "county": 1000 - share * 10}, place_code=place
    )
    assert found(one, "F-6") == ([("F-6", "cbi", over)] if over else [])


def test_shares_hold_from_their_day_on():
    old = cell("cbi", "allocated", 900, first=dt.date(2018, 12, 31))
    assert found(facts(old, approved={"cbi": 900, "county": 100}), "F-6") == []
    new = cell("cbi", "allocated", 900, first=dt.date(2019, 1, 31))
    assert found(facts(new, approved={"cbi": 900, "county": 100}), "F-6") == [("F-6", "cbi", 600)]


def test_a_county_hospital_had_at_most_fifty_million_in_2017():
    one = cell("cbi", "allocated", 5001, first=dt.date(2017, 5, 1))
    assert found(facts(one), "F-7") == [("F-7", "cbi", 1)]
    assert found(facts(cell("cbi", "allocated", 5000, first=dt.date(2017, 5, 1))), "F-7") == []
    assert found(facts(one, place_code="370800"), "F-7") == []  # of a city
    assert found(facts(one, category="cdc"), "F-7") == []
    assert found(facts(cell("cbi", "allocated", 5001, first=dt.date(2022, 5, 1))), "F-7") == []  # the row has ended
    regional = cell("cbi", "allocated", 50_001, first=dt.date(2022, 5, 1))
    assert found(facts(regional, programme="national_regional_centre"), "F-7") == [("F-7", "cbi", 1)]


def test_money_is_idle_that_was_received_long_ago_and_not_paid():
    assert found(facts(cell("cbi", "received", 500, idle=300), cell("cbi", "paid", 120)), "F-8") == [
        ("F-8", "cbi", 180)
    ]
    assert found(facts(cell("cbi", "received", 500, idle=300), cell("cbi", "paid", 300)), "F-8") == []
    assert found(facts(cell("cbi", "received", 500, idle=0)), "F-8") == []


def test_budget_money_is_swept_after_the_year_that_follows_its_own():
    money = [cell("county", "allocated", 100, year=2022), cell("county", "paid", 60, year=2022)]
    assert found(facts(*money), "F-9", day=dt.date(2023, 12, 30)) == []
    assert found(facts(*money), "F-9", day=dt.date(2023, 12, 31)) == [("F-9", "county", 40)]
    assert found(facts(cell("special_bond", "allocated", 100, year=2020)), "F-9") == []  # a bond is no budget money


def test_paid_ahead_of_works_by_more_than_fifteen_points():
    money = cell("cbi", "paid", 550)
    assert found(facts(money, approved={"cbi": 1000}, percent=40.0), "F-10") == []
    assert found(facts(money, approved={"cbi": 1000}, percent=39.99), "F-10") == [("F-10", "total", 150.1)]
    assert found(facts(money, approved={"cbi": 1000}, percent=None), "F-10") == []


def test_over_the_approved_estimate_whichever_way():
    approved = {"cbi": 600, "county": 400}
    assert found(facts(cell("cbi", "contracted", 1000), approved=approved), "F-11") == []
    assert found(facts(cell("cbi", "contracted", 1001), cell("cbi", "paid", 900), approved=approved), "F-11") == [
        ("F-11", "total", 1)
    ]
    final = facts(approved=approved)
    final = replace(final, composition={**final.composition, ("final_account", "cbi"): 1010 * WAN})
    assert found(final, "F-11") == [("F-11", "total", 10)]


@pytest.mark.parametrize(("later", "expected"), [(1100, []), (1101, [("F-12", "total", 101)])])
def test_the_approved_estimate_exceeds_the_feasibility_estimate_by_more_than_a_tenth(later, expected):
    one = facts(approved={"cbi": later})
    assert (
        found(replace(one, composition={**one.composition, ("feasibility_estimate", "cbi"): 1000 * WAN}), "F-12")
        == expected
    )


def contract(**values):
    own = {
        "id": 7,
        "name": "主体",
        "kind": "works",
        "signed_on": dt.date(2022, 8, 1),
        "retention": 3.0,
        "worth_fen": 1000 * WAN,
        "paid_fen": 400 * WAN,
        "confirmed_fen": 500 * WAN,
    }
    return facts(contracts=(ContractFacts(**(own | values)),))


def test_progress_payments_and_retention_by_the_rules_of_the_day_of_signing():
    assert found(contract(), "F-13", "F-14") == []
    assert found(contract(paid_fen=399 * WAN), "F-13") == [("F-13", "contract-7", 1)]
    assert found(contract(paid_fen=0, signed_on=dt.date(2022, 7, 31)), "F-13") == []
    assert found(contract(retention=5.0), "F-14") == [("F-14", "contract-7", 20)]
    assert found(contract(retention=None), "F-14") == []
    assert found(contract(retention=5.0, signed_on=dt.date(2017, 6, 30)), "F-14") == []


def test_own_money_in_a_public_health_building_is_a_warning():
    one = facts(cell("self", "allocated", 30), approved={"self": 50, "cbi": 100}, category="cdc")
    assert found(one, "F-16") == [("F-16", "self", 50)]
    assert RULES["F-16"].is_warning
    assert found(replace(one, category="hospital"), "F-16") == []


def test_the_final_account_is_due_three_months_after_acceptance():
    built = facts(cell("cbi", "paid", 900), accepted_on=dt.date(2024, 1, 31))
    assert found(built, "F-17", day=dt.date(2024, 4, 30)) == []
    assert found(built, "F-17", day=dt.date(2024, 5, 1)) == [("F-17", "total", 900)]
    assert found(replace(built, accounted_on=dt.date(2024, 4, 30)), "F-17") == []
    assert found(replace(built, composition={("final_account", "cbi"): 1}), "F-17") == []


def test_allocated_long_ago_and_not_received():
    assert found(facts(cell("cbi", "allocated", 500, late=300), cell("cbi", "received", 100)), "F-18") == [
        ("F-18", "cbi", 200)
    ]
    assert found(facts(cell("cbi", "allocated", 500, late=0)), "F-18") == []


def test_allocated_over_the_plan_of_the_year_where_it_has_one():
    plan = cell("cbi", "planned", 100)
    assert found(facts(plan, cell("cbi", "allocated", 101)), "F-19") == [("F-19", "cbi-2024", 1)]
    assert found(facts(plan, cell("cbi", "allocated", 101, year=2023)), "F-19") == []
    assert found(facts(plan, cell("county", "allocated", 50)), "F-19") == []


def test_a_debt_paid_with_central_money_is_a_warning():
    one = facts(misused=(("cbi", 5 * WAN, "偿还旧欠", 7), ("county", 5 * WAN, "偿还旧欠", 8)))
    assert found(one, "F-20") == [("F-20", "cbi-7", 5)]


def test_limits_may_be_replaced_and_the_special_comes_before_the_general():
    one = facts(cell("cbi", "received", 500, idle=300))
    assert found(one, "F-8")
    general = Limit("a", "F-6", "x", rate=50)
    special = Limit("b", "F-6", "x", region="east", rate=30)
    dated = Limit("c", "F-6", "x", region="east", rate=35, valid_from=dt.date(2025, 1, 1))
    rows = Limits((general, special, dated), {"37": "east"})
    assert rows.choose("F-6", DAY, (), "east") == special
    assert rows.choose("F-6", dt.date(2025, 1, 1), (), "east") == dated
    assert rows.choose("F-6", DAY, (), "west") == general
    assert rows.choose("F-7", DAY) is None
    assert LIMITS.region("370831") == "east"
    assert LIMITS.region("653101") == "tibet"
    assert kinds_of("tcm", "370831", None) == {"tcm", "county_hospital"}


# --- documents --------------------------------------------------------------------------------------------------------

FRIDAY = dt.date(2024, 3, 1)


def plan(**values):
    own = {
        "id": 1,
        "kind": "plan",
        "number": "发改投资〔2024〕1号",
        "issued_on": FRIDAY,
        "received_on": FRIDAY,
        "total_fen": 100 * WAN,
        "lines_fen": 100 * WAN,
    }
    return DocumentFacts(**(own | {"children": (), "place_code": None} | values))


def late(document, day, calendar=workdays()):  # noqa: B008 - shipped once
    return [(one.rule, one.amount_fen / WAN) for one in late_documents(document, day, LIMITS, calendar)]


def test_ten_working_days_are_two_weeks_without_their_weekends():
    for calendar in (PLAIN, workdays()):
        assert calendar.after(FRIDAY, 1) == dt.date(2024, 3, 4)
        assert calendar.after(FRIDAY, 10) == dt.date(2024, 3, 15)
        assert calendar.after(FRIDAY, 0) == FRIDAY


def days(month, first, last, year):
    return [dt.date(year, month, day) for day in range(first, last + 1)]


# 国办发明电〔2020〕27号 and 国办发明电〔2024〕12号, word for word: days off, and the weekend days worked in their
# stead.
NOTICES = {
    2021: (
        [
            *days(1, 1, 3, 2021),
            *days(2, 11, 17, 2021),
            *days(4, 3, 5, 2021),
            *days(5, 1, 5, 2021),
            *days(6, 12, 14, 2021),
            *days(9, 19, 21, 2021),
            *days(10, 1, 7, 2021),
        ],
        [(2, 7), (2, 20), (4, 25), (5, 8), (9, 18), (9, 26), (10, 9)],
    ),
    2025: (
        [
            *days(1, 1, 1, 2025),
            *days(1, 28, 31, 2025),
            *days(2, 1, 4, 2025),
            *days(4, 4, 6, 2025),
            *days(5, 1, 5, 2025),
            *days(5, 31, 31, 2025),
            *days(6, 1, 2, 2025),
            *days(10, 1, 8, 2025),
        ],
        [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_the_working_days_of_a_year_are_those_of_its_notice(year):
    off, worked = NOTICES[year]
    for number in range(365):
        day = dt.date(year, 1, 1) + dt.timedelta(number)
        said = (day.month, day.day) in worked or (day.weekday() <= 4 and day not in off)
        assert workdays().is_working(day) == said, day


@pytest.mark.parametrize(
    ("since", "due", "without"),
    [
        ("2021-02-05", "2021-02-24", "2021-02-19"),  # Spring Festival: 7 and 20 February are worked, 11 to 17 are not
        ("2021-09-24", "2021-10-13", "2021-10-08"),  # National Day: 26 September and 9 October
        ("2025-01-20", "2025-02-08", "2025-02-03"),  # due on a Saturday that is worked
        ("2025-09-26", "2025-10-16", "2025-10-10"),
    ],
)
def test_ten_working_days_across_a_festival(since, due, without):
    assert workdays().after(dt.date.fromisoformat(since), 10).isoformat() == due
    assert PLAIN.after(dt.date.fromisoformat(since), 10).isoformat() == without


def test_a_plan_that_came_before_the_spring_festival_has_until_the_day_worked_in_its_stead():
    came = plan(received_on=dt.date(2025, 1, 20))
    assert late(came, dt.date(2025, 2, 8)) == []
    assert late(came, dt.date(2025, 2, 9)) == [("F-15", 100)]
    assert late(came, dt.date(2025, 2, 4), PLAIN) == [("F-15", 100)]


def words(document, day, calendar):
    return [str(one.text) for one in late_documents(document, day, LIMITS, calendar)]


def test_where_the_days_off_are_not_known_the_finding_says_so_and_counts_mondays_to_fridays():
    came = plan(received_on=dt.date(2031, 9, 26))
    (unknown,) = words(came, dt.date(2031, 11, 1), workdays())
    assert "按周一至周五计" in unknown
    assert "2031-10-10" in unknown  # two weeks, as if there were no National Day
    (known,) = words(plan(received_on=dt.date(2025, 9, 26)), dt.date(2025, 11, 1), workdays())
    assert "按周一至周五计" not in known
    assert "2025-10-16" in known
    (budget,) = words(plan(kind="budget", received_on=dt.date(2031, 9, 26)), dt.date(2031, 11, 1), workdays())
    assert "按周一至周五计" not in budget  # thirty days are days of the calendar


def test_what_the_next_years_notice_may_move_is_not_held_to_be_known():
    calendar = WorkCalendar(frozenset({dt.date(2026, 1, 1)}), frozenset(), 2026, 2026)
    assert calendar.knows(dt.date(2026, 1, 1), dt.date(2026, 12, 24))
    assert not calendar.knows(dt.date(2026, 12, 15), dt.date(2026, 12, 29))
    assert not calendar.knows(dt.date(2025, 12, 31), dt.date(2026, 1, 14))
    assert not PLAIN.knows(FRIDAY, FRIDAY)


def test_a_plan_is_forwarded_in_ten_working_days():
    assert late(plan(), dt.date(2024, 3, 15)) == []
    assert late(plan(), dt.date(2024, 3, 16)) == [("F-15", 100)]
    assert late(plan(children=((dt.date(2024, 3, 15), 100 * WAN),)), dt.date(2024, 4, 1)) == []
    assert late(
        plan(children=((dt.date(2024, 3, 15), 60 * WAN), (dt.date(2024, 3, 18), 40 * WAN))), dt.date(2024, 4, 1)
    ) == [("F-15", 40)]


def test_a_block_grant_is_broken_down_in_twenty_and_a_budget_passed_on_in_thirty_days():
    block = plan(lines_fen=0)
    assert late(block, dt.date(2024, 3, 29)) == []
    assert late(block, dt.date(2024, 3, 30)) == [("F-15", 100)]
    budget = plan(kind="budget")
    assert late(budget, dt.date(2024, 3, 31)) == []
    assert late(budget, dt.date(2024, 4, 1)) == [("F-15", 100)]
    assert late(plan(kind="quota"), dt.date(2025, 1, 1)) == []


def test_a_plan_that_names_its_projects_itself_is_asked_for_only_where_its_arrival_is_kept():
    assert late(plan(received_on=None), dt.date(2025, 1, 1)) == []
    assert late(plan(received_on=None, lines_fen=0), dt.date(2025, 1, 1)) == [("F-15", 100)]


def test_before_the_measures_of_2024_nothing_was_due():
    assert late(plan(issued_on=dt.date(2023, 3, 1), received_on=dt.date(2023, 3, 1)), DAY) == []


def test_every_rule_has_its_section_in_the_document():
    from pathlib import Path

    text = (Path(__file__).parents[3] / "docs" / "rules" / "money.md").read_text(encoding="utf-8")
    missing = [rule for rule, one in RULES.items() if f"### {rule} {one.name}" not in text]
    assert missing == []
