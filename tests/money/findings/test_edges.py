"""One fen and one day to either side of every limit, month ends and leap days; the law that is told is the one that
holds for this money.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from builders import NOW, make_day, make_gate, make_place, make_project, make_user, sign_in

from projects.core.acting import Acting
from projects.core.month import months_before
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.money.findings import queries
from projects.money.findings.assess import assess
from projects.money.findings.deadlines import late_documents
from projects.money.findings.extract import shipped, workdays
from projects.money.findings.facts import Cell, ContractFacts, DocumentFacts, MoneyFacts
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.limits import Limits
from projects.money.findings.operations import set_limit
from projects.money.ladder.operations import post_entry
from projects.money.ledger.posting import Posting
from projects.money.matching import operations as matching
from projects.money.receipts.operations import ReceiptValues, add_receipt

YI = 10_000_000_000  # fen in 亿元
DAY = dt.date(2024, 6, 30)
LIMITS = Limits(*shipped())


def facts(*cells, approved=None, **values):
    composition = {("approved_estimate", source): fen for source, fen in (approved or {}).items()}
    rows = tuple(Cell(source, step, 2024, fen, fen, fen, dt.date(2024, 1, 10)) for source, step, fen in cells)
    return MoneyFacts(
        1, "one", "一", "370831", "泗水县", "hospital", None, composition=composition, cells=rows, **values
    )


def rules(one, day=DAY, limits=LIMITS):
    return {finding.rule: finding.amount_fen for finding in assess(one, day, limits)}


def test_one_fen_over_a_share_of_large_sums_is_found():
    """Of ten 亿元 a fen is a hundred-millionth of a point."""
    for over in (0, 1):
        ahead = facts(("cbi", "paid", 10 * YI * 55 // 100 + over), approved={"cbi": 10 * YI}, percent=40.0)
        assert ("F-10" in rules(ahead)) == bool(over)
        arrived = [
            ("cbi", "allocated", 10 * YI),
            ("cbi", "received", 10 * YI * 9 // 10 + over),
            ("county", "allocated", 10 * YI),
            ("county", "received", 10 * YI * 7 // 10),
        ]
        assert ("F-4" in rules(facts(*arrived))) == bool(over)
        paid = [
            ("cbi", "allocated", 10 * YI),
            ("cbi", "paid", 9 * YI + over),
            ("county", "allocated", 10 * YI),
            ("county", "paid", 8 * YI),
        ]
        assert ("F-5" in rules(facts(*paid))) == bool(over)
        given = [("cbi", "allocated", 9 * YI + over), ("county", "allocated", 7 * YI)]
        assert ("F-21" in rules(facts(*given, approved={"cbi": 10 * YI, "county": 10 * YI}))) == bool(over)


def test_a_payment_below_four_fifths_by_a_part_of_a_fen_is_too_low():
    """Of 501 fen confirmed 400.8 are due: 400 are too little, by one fen."""
    for paid, expected in ((400, 1), (401, None)):
        contract = ContractFacts(7, "主体", "works", dt.date(2022, 8, 1), 3.0, 1000, paid, 501)
        assert rules(facts(contracts=(contract,))).get("F-13") == expected


@pytest.mark.parametrize(
    ("day", "months", "cut"),
    [
        ("2025-02-28", 12, "2024-02-29"),  # the leap day's year is over on the last day of February
        ("2025-03-01", 12, "2024-03-01"),
        ("2024-02-28", 12, "2023-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2024-11-29", 3, "2024-08-29"),
        ("2024-11-30", 3, "2024-08-31"),  # November has no 31st
        ("2024-12-01", 3, "2024-09-01"),
        ("2025-05-30", 3, "2025-02-28"),
        ("2025-12-31", 12, "2024-12-31"),
    ],
)
def test_months_are_over_on_the_day_of_the_same_number_or_the_last_of_the_month(day, months, cut):
    assert months_before(dt.date.fromisoformat(day), months).isoformat() == cut


@pytest.fixture
def project(app):
    with app.app_context():
        make_day(dt.date(2025, 6, 30))
        make_place("370831", "泗水县")
        return make_project("one", place_code="370831")


def post(project, step, fen, on, source="cbi", **values):
    with transaction():
        return post_entry(
            Acting(SYSTEM, NOW, dt.date(2025, 6, 30)),
            project.id,
            Posting(source, step, on, fen, confirmed=True, **values),
        )


def on_day(project, rule, day):
    return [
        row.finding.amount_fen
        for row in queries.of_project(project.id, dt.date.fromisoformat(day))
        if row.finding.rule == rule
    ]


def test_money_received_on_a_leap_day_is_idle_when_february_ends(app, project):
    with app.app_context():
        post(project, "received", 100, dt.date(2024, 2, 29))
        assert on_day(project, "F-8", "2025-02-27") == []
        assert on_day(project, "F-8", "2025-02-28") == [100]


def test_money_allocated_on_the_31st_is_late_when_a_month_of_thirty_days_ends(app, project):
    with app.app_context():
        post(project, "allocated", 100, dt.date(2024, 8, 31))
        assert on_day(project, "F-18", "2024-11-29") == []
        assert on_day(project, "F-18", "2024-11-30") == [100]


def test_local_money_that_was_never_allocated_as_approved_is_a_gap():
    """All that was allocated has come, so F-4 says nothing; but of 1,000 approved only 100 were allocated."""
    money = [
        ("cbi", "allocated", 900),
        ("cbi", "received", 900),
        ("county", "allocated", 100),
        ("county", "received", 100),
    ]
    found = rules(facts(*money, approved={"cbi": 1000, "county": 1000}))
    assert "F-4" not in found
    assert found["F-21"] == 800
    none = rules(facts(*money[:2], approved={"cbi": 1000, "county": 1000}))
    assert "F-21" not in none
    assert none["F-4"] == 1000


def test_works_that_nobody_accepted(app, project):
    with app.app_context():
        post(project, "paid", 700, dt.date(2024, 1, 9))
        with transaction():
            make_gate(project, "works_complete", dt.date(2024, 11, 30))
        assert on_day(project, "F-22", "2025-02-28") == []
        assert on_day(project, "F-22", "2025-03-01") == [700]
        with transaction():
            make_gate(project, "completion_acceptance", dt.date(2025, 3, 2))
        assert on_day(project, "F-22", "2025-03-01") == [700]
        assert on_day(project, "F-22", "2025-03-02") == []


def waiting(day, actor=SYSTEM, **chosen):
    return [
        row.finding.amount_fen
        for row in queries.finding_page(actor, FindingFilter(rule="F-23", **chosen), dt.date.fromisoformat(day)).rows
    ]


def test_a_receipt_that_matches_nothing_is_found_after_thirty_days(app, project):
    today = dt.date(2025, 6, 30)
    with app.app_context():
        line = post(project, "allocated", 600, dt.date(2025, 1, 2))
        with transaction():
            receipt = add_receipt(
                Acting(SYSTEM, NOW, today),
                ReceiptValues(dt.date(2025, 5, 1), 1000, "V1", "市财政局", "县医院", place_code="370831"),
            ).id
        assert waiting("2025-05-30") == []
        assert waiting("2025-05-31") == [1000]
        with transaction():
            matching.confirm(Acting(SYSTEM, NOW, today), [matching.Booking(receipt, ((str(line.id), 600),))])
        assert waiting("2025-06-30") == [400]
        assert waiting("2025-06-30", place="370831") == [400]
        assert waiting("2025-06-30", place="360900") == []
        assert waiting("2025-06-30", actor=Actor(None, "宜春", "finance", places=frozenset({"360900"}))) == []
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    page = client.get("/findings?rule=F-23").text
    assert f"/funding/matching/{receipt}" in page
    assert "到账久未匹配" in page
    assert client.get("/api/v1/findings?rule=F-23").json["items"][0]["receipt_id"] == receipt
    with app.app_context():
        with transaction():
            matching.set_outside(Acting(SYSTEM, NOW, today), receipt, "interest")
        assert waiting("2025-06-30") == []


def laws(one, day=DAY):
    return {finding.rule: str(finding.law) for finding in assess(one, day, LIMITS)}


def test_the_law_told_is_the_one_of_this_money():
    idle = {
        source: laws(facts((source, "received", 100)))["F-8"] for source in ("cbi", "county", "special_bond", "private")
    }
    assert "中央预算内投资项目监督管理办法" in idle["cbi"]
    assert "预算法" in idle["county"]
    assert "没有全国统一规定" in idle["special_bond"]
    assert "没有全国统一规定" in idle["private"]
    assert all("12 个月 (通行数)" in law for law in idle.values())
    late = {source: laws(facts((source, "allocated", 100)))["F-18"] for source in ("county", "private")}
    assert ("政府投资条例》第十九条" in late["county"], "政府投资条例" in late["private"]) == (True, False)
    budget = DocumentFacts(1, "budget", "财建〔2024〕9号", dt.date(2024, 3, 1), dt.date(2024, 3, 1), 100, 100, (), None)
    (one,) = late_documents(budget, DAY, LIMITS, workdays())
    assert str(one.law) == "《预算法》第五十二条"


def test_a_finding_says_the_figure_of_the_installation(app, project):
    with app.app_context():
        post(project, "paid", 100, dt.date(2025, 1, 2))
        (before,) = [row for row in queries.of_project(project.id, dt.date(2025, 6, 30)) if row.finding.rule == "F-3"]
        assert str(before.finding.law).startswith("《政府投资条例》第二十二条")
        post(project, "received", 100, dt.date(2024, 1, 2), source="county")
        with transaction():
            on_the_day = Acting(SYSTEM, NOW, dt.date(2025, 6, 30))
            set_limit(on_the_day, "idle_months", Decimal(6), "市财政局通知")
        (idle,) = [row for row in queries.of_project(project.id, dt.date(2025, 6, 30)) if row.finding.rule == "F-8"]
        assert str(idle.finding.law).endswith("期限 6 个月 (市财政局通知)")
