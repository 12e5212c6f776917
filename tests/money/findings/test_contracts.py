"""F-13, F-14 and F-24: what the money of a contract says, kind by kind, and what its rules rest on."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from builders import NOW, make_day, make_project, make_user, sign_in
from flask import Flask

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import CONTRACT_KINDS
from projects.database import transaction
from projects.money.contracts.operations import ContractValues, Payment, Worth, add_contract, correct_worth, pay
from projects.money.findings import queries
from projects.money.findings.assess import assess
from projects.money.findings.extract import shipped
from projects.money.findings.facts import ContractFacts, MoneyFacts
from projects.money.findings.limits import Limit, Limits
from projects.money.findings.names import scope
from projects.money.findings.rules import WORKS_ALONE
from projects.money.ladder.operations import post_entry, reverse_entry
from projects.money.ledger.posting import Posting

TODAY = dt.date(2025, 6, 30)
LIMITS = Limits(*shipped())
OTHERS = sorted(set(CONTRACT_KINDS) - {"works"})
ACTING = Acting(SYSTEM, NOW, TODAY)


def contract(key: int = 7, **values: Any) -> ContractFacts:
    own: dict[str, Any] = {"name": "主体", "kind": "works", "signed_on": dt.date(2022, 8, 1), "retention": 3.0}
    sums = {"worth_fen": 10_000, "paid_fen": 400, "confirmed_fen": 500}
    return ContractFacts(id=key, **(own | sums | values))


def found(*contracts: ContractFacts, limits: Limits = LIMITS) -> dict[tuple[str, str], int]:
    facts = MoneyFacts(1, "one", "一", "370831", "泗水县", "hospital", None, contracts=contracts)
    return {(one.rule, one.source): one.amount_fen for one in assess(facts, TODAY, limits)}


# --- F-13, F-14 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OTHERS)
def test_f13_and_f14_are_silent_of_contracts_that_are_no_works(kind: str):
    assert found(contract(kind=kind, paid_fen=0, retention=10.0)) == {}
    assert found(contract(kind=kind, paid_fen=399, retention=3.01)) == {}


def test_f13_and_f14_negative_control_the_same_contract_of_works_is_found():
    assert found(contract(paid_fen=0, retention=10.0)) == {("F-13", "contract-7"): 400, ("F-14", "contract-7"): 700}
    assert found(contract(paid_fen=399, retention=3.01)) == {("F-13", "contract-7"): 1, ("F-14", "contract-7"): 1}
    assert found(contract()) == {}


def test_f13_and_f14_rows_of_an_office_make_no_other_kind_liable():
    own = [Limit(f"{key}.1", rule, "本局通知", rate=rate, valid_from=dt.date(2022, 8, 1), is_own=True)
           for key, rule, rate in (("paid_share", "F-13", 90), ("retention", "F-14", 1))]  # fmt: skip
    limits = Limits([*(row for row in LIMITS.rows if row.rule not in WORKS_ALONE), *own])
    assert set(found(contract(), limits=limits)) == {("F-13", "contract-7"), ("F-14", "contract-7")}
    assert [found(contract(kind=kind), limits=limits) for kind in OTHERS] == [{}] * len(OTHERS)


def test_f13_and_f14_limits_say_that_they_are_for_works():
    for row in LIMITS.rows:
        assert ("施工合同" in scope(row)) == (row.rule in {"F-13", "F-14"}), row.key


# --- F-24 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CONTRACT_KINDS)
@pytest.mark.parametrize(("paid", "excess"), [(9_999, None), (10_000, None), (10_001, 1), (12_345, 2_345)])
def test_f24_one_fen_above_the_contract_is_found_whatever_its_kind(kind: str, paid: int, excess: int | None):
    assert found(contract(kind=kind, paid_fen=paid)).get(("F-24", "contract-7")) == excess


def test_f24_room_on_another_contract_excuses_nothing():
    both = contract(7, paid_fen=10_050), contract(8, paid_fen=9_000), contract(9, paid_fen=10_001)
    assert found(*both) == {("F-24", "contract-7"): 50, ("F-24", "contract-9"): 1}


def test_f24_says_both_sums_and_the_excess():
    facts = MoneyFacts(1, "one", "一", "370831", "泗水县", "hospital", None, contracts=(contract(paid_fen=10_001),))
    (one,) = assess(facts, TODAY, LIMITS)
    assert str(one.text) == "合同“主体”: 合同金额 0.01 万元, 已付 0.010001 万元, 多付 0.000001 万元"
    assert str(one.law) == "《民法典》第五百零九条: 当事人应当按照约定全面履行自己的义务"
    assert one.money is None


def signed(project: int, name: str = "监理合同", kind: str = "supervision", fen: int = 600) -> int:
    with transaction():
        values = ContractValues(name, "某公司", dt.date(2024, 3, 1), {"cbi": fen, "county": fen * 2 // 3}, kind=kind)
        return add_contract(ACTING, project, values).id


def paid(key: int, fen: int, on: dt.date, source: str = "cbi") -> list[int]:
    with transaction():
        return pay(ACTING, key, Payment({source: fen}, on, confirmed=True))


def excess(project: int, day: dt.date = TODAY) -> dict[str, int]:
    rows = queries.of_project(project, day)
    return {row.finding.source: row.finding.amount_fen for row in rows if row.finding.rule == "F-24"}


def test_f24_counts_what_stands_of_every_source_as_of_the_day(app: Flask):
    may, june = dt.date(2024, 5, 1), dt.date(2024, 6, 1)
    with app.app_context():
        make_day(TODAY)
        project = make_project("one").id
        key, other = signed(project), signed(project, "设计合同", "design")
        paid(key, 600, may)
        paid(key, 400, may, "county")
        assert excess(project) == {}
        (entry,) = paid(key, 30, june, "county")
        assert excess(project) == {f"contract-{key}": 30}
        assert excess(project, june - dt.timedelta(1)) == {}
        with transaction():  # it names no contract
            post_entry(ACTING, project, Posting("cbi", "paid", june, 5_000))
        assert excess(project) == {f"contract-{key}": 30}
        with transaction():
            reverse_entry(ACTING, project, entry, "记错合同")
        assert excess(project) == {}
        assert excess(project, TODAY - dt.timedelta(1)) == {f"contract-{key}": 30}
        paid(other, 1_001, june)
        assert excess(project) == {f"contract-{other}": 1}


def test_f24_is_gone_from_the_day_of_a_supplementary_agreement(app: Flask):
    day = dt.date(2024, 9, 1)
    with app.app_context():
        make_day(TODAY)
        project = make_project("one").id
        key = signed(project)
        paid(key, 1_050, dt.date(2024, 6, 1))
        worth = {"cbi": 650, "county": 400}
        with transaction():
            correct_worth(ACTING, key, Worth(worth, "cbi:600,county:400", day, "补充协议"))
        assert excess(project, day - dt.timedelta(1)) == {f"contract-{key}": 50}
        assert excess(project, day) == {}


def test_f24_is_on_pages_in_the_filter_in_files_and_in_the_api(app: Flask):
    with app.app_context():
        make_day(TODAY)
        project = make_project("one").id
        paid(signed(project, fen=60_000), 105_000, dt.date(2024, 6, 1))
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    page = client.get("/findings?rule=F-24").text
    assert "支付超合同" in page
    assert "合同金额 0.10 万元, 已付 0.105 万元, 多付 0.005 万元" in page
    assert 'value="F-24"' in client.get("/projects").text
    rows = list(csv.reader(io.StringIO(client.get("/findings.csv?rule=F-24").data.decode("utf-8-sig"))))
    assert any("支付超合同" in cell for cell in rows[1])
    (item,) = client.get("/api/v1/findings?rule=F-24").json["items"]
    assert item["amount_fen"] == 5_000
    client.get("/?lang=en")
    limits = client.get("/findings/limits").text
    assert limits.count("施工合同") + limits.count("Contracts of works") == 2


# --- what the rules rest on -------------------------------------------------------------------------------------


def test_f_limits_without_a_page_say_where_the_text_is(app: Flask):
    with app.app_context():
        make_day(TODAY)
        user = make_user("finance")
    page = sign_in(app.test_client(), user).get("/findings/limits").text
    rows = re.findall(r'<tr id="(\w+)">(.*?)</tr>', page, re.DOTALL)
    told = {key for key, row in rows if "文本见发文机关" in row}
    assert told == {row.key for row in LIMITS.rows if not row.source and not row.is_usual}
    assert "paid_share" in told
    assert not told & {"retention", "idle_months"}
