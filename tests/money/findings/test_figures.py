"""A figure of a finding stands in its shipped row and nowhere else: the prose says the same, code has none."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from builders import NOW, TODAY, make_day, make_project, make_user, sign_in

import projects
from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.findings.assess import assess
from projects.money.findings.deadlines import waiting_receipt
from projects.money.findings.extract import shipped
from projects.money.findings.facts import Cell, MoneyFacts
from projects.money.findings.ladder import findings
from projects.money.findings.limits import Limits
from projects.money.findings.operations import set_limit
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.operations import post_entry
from projects.money.ladder.queries import money_of, portfolio_money
from projects.money.ledger.posting import Posting

ROWS = shipped()[0]
PROSE = (Path(__file__).parents[3] / "docs" / "rules" / "money.md").read_text(encoding="utf-8")
ASKED = ("F-4", "F-5", "F-8", "F-10", "F-12", "F-17", "F-18", "F-21", "F-22", "F-23", "Y-1")
DAY = dt.date(2025, 6, 30)


def said(row):
    """How the prose writes the figure of a row."""
    if row.rate is not None:
        return rf"\b{row.rate:g} ?%"
    if row.amount_fen is not None:
        return rf"\b{row.amount_fen // 1_000_000:,} 万元"
    unit = row.key.rpartition("_")[2]
    return rf"\b{row.number} (percentage |working )?{unit}\b|\b{row.number} \(.*days"


def section(rule):
    return re.search(rf"^### {rule} .*?(?=^##|\Z)", PROSE, re.MULTILINE | re.DOTALL)[0]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_the_prose_tells_the_figure_of_the_file(row):
    assert re.search(said(row), section(row.rule)), (row.key, said(row))


def test_negative_control_another_figure_is_not_in_the_prose():
    row = next(row for row in ROWS if row.key == "idle_months")
    assert not re.search(said(row).replace("12", "11"), section("F-8"))


def facts():
    """A project in which every rule that asks for a figure has something to hold against it."""
    cells = [
        Cell(source, step, 2024, 1000, 1000, 1000, dt.date(2024, 1, 2))
        for source in ("cbi", "county")
        for step in ("allocated", "received", "paid")
    ]
    given = {
        (kind, source): 1000 for kind in ("feasibility_estimate", "approved_estimate") for source in ("cbi", "county")
    }
    dates = {"percent": 1.0, "accepted_on": dt.date(2024, 1, 2), "built_on": dt.date(2024, 1, 2)}
    return MoneyFacts(1, "a", "甲", "370800", "济宁市", "cdc", None, given, tuple(cells), **dates)


@pytest.mark.parametrize("rule", ASKED)
def test_a_rule_whose_row_is_missing_or_bare_is_an_error_and_no_guess(rule):
    rows, kinds = Limits([row for row in ROWS if row.rule != rule]), ("cbi",)
    with pytest.raises(LookupError, match=f"no row of {rule}"):
        rows.of(rule, DAY, kinds)
    (row,) = [row for row in ROWS if row.rule == rule]
    empty = Limits([*rows.rows, replace(row, number=None, rate=None)])
    with pytest.raises(LookupError, match=f"the row of {rule} has no"):
        empty.number(rule, DAY) if row.number is not None else empty.rate(rule, DAY, kinds)


@pytest.mark.parametrize("rule", ["F-4", "F-8", "F-10", "F-12", "F-17", "F-18"])
def test_findings_ask_for_it(rule):
    with pytest.raises(LookupError, match=rule):
        assess(facts(), DAY, Limits([row for row in ROWS if row.rule != rule]))


def test_a_ladder_and_a_receipt_ask_for_theirs():
    with pytest.raises(LookupError, match="F-4"):
        findings(facts().ladder, DAY, Limits(()))
    with pytest.raises(LookupError, match="F-23"):
        waiting_receipt(1, dt.date(2025, 1, 1), "", "", DAY, Limits(()))


def test_code_has_no_figure_to_fall_back_on():
    folder = Path(projects.__file__).parent
    calls = [
        (path.name, call)
        for path in folder.rglob("*.py")
        for call in re.findall(r"\.(?:number|rate)\(\s*\"[FY]-\d+\"[^()]*\)", path.read_text(encoding="utf-8"))
    ]
    assert len(calls) > 10
    assert [one for one in calls if re.search(r",\s*\d", one[1])] == []


def test_pages_of_the_ladder_take_the_installations_own_figure(app, client):
    """F-4: central money has come in full, the county's is 15 points behind: silent at 20, found at an own 10."""
    with app.app_context():
        make_day()
        project = make_project("one")
        sign_in(client, make_user("finance"))
        acting = Acting(SYSTEM, NOW, TODAY)
        for source, received in (("cbi", 100), ("county", 85)):
            for step, fen in (("allocated", 100), ("received", received)):
                with transaction():
                    post_entry(acting, project.id, Posting(source, step, TODAY, fen))
        shown = lambda: [one.rule for one in money_of(project.id, TODAY).findings]  # noqa: E731
        assert shown() == []
        with transaction():
            set_limit(acting, "gap_points", Decimal(10), "市财政局通知")
        assert shown() == ["F-4"]
        assert portfolio_money(SYSTEM, FundingFilter(), TODAY).finding_counts == {"F-4": 1}
    assert "相差 15 个百分点" in client.get("/projects/one/funding").text
