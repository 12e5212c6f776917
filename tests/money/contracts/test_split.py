"""A contract and its payments by source: rows that add up, put right without changing what was posted, each row refused
by name.
"""

import csv
import datetime as dt
import io
import re

import pytest
from builders import NOW, TODAY, make_day, make_project, make_user, sign_in

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import Contract, LedgerEntry
from projects.money.contracts.operations import ContractValues, Payment, Worth, add_contract, correct_worth, pay
from projects.money.contracts.queries import contracts_of
from projects.money.contracts.split import ROWS, split
from projects.money.evidence.queries import limits
from projects.money.ladder.queries import money_of

WAN = 1_000_000
DAY = dt.date(2021, 3, 1)


def wrong(total, *rows, unit="元"):
    with pytest.raises(InvalidError) as problem:
        split(total, rows, unit)
    return {name: str(text) for name, text in problem.value.fields.items()}


def test_rows_add_up_to_the_whole_to_the_fen():
    """M-17."""
    assert split(100_001, [("cbi", "600.01"), ("", ""), ("county", "400")], "元") == {"cbi": 60_001, "county": 40_000}
    assert split(10**6, [("cbi", "0.6"), ("county", "0.4")], "万元") == {"cbi": 600_000, "county": 400_000}
    assert "相差 0.01 元" in wrong(100_002, ("cbi", "600.01"), ("county", "400"))["amount"]


def test_one_source_alone_takes_the_whole():
    assert split(500, [("self", "")], "元") == {"self": 500}
    assert split(500, [("", ""), ("self", "5")], "元") == {"self": 500}
    assert "相差" in wrong(500, ("self", "4"))["amount"]


@pytest.mark.parametrize(
    ("rows", "field", "words"),
    [
        ([("cbi", "3"), ("county", "")], "part_2", "第 2 行: 请填写金额"),
        ([("cbi", "3"), ("", "2")], "source_2", "第 2 行: 请选择资金来源"),
        ([("cbi", "3"), ("county", "1e3")], "part_2", "第 2 行: “1e3”"),
        ([("cbi", "3"), ("county", "1.005")], "part_2", "第 2 行"),
        ([("cbi", "3"), ("county", "0")], "part_2", "第 2 行"),
        ([("cbi", "6"), ("county", "-1")], "part_2", "大于 0"),
        ([("cbi", "3"), ("cbi", "2")], "source_2", "与第 1 行是同一来源"),
        ([("gold", "5")], "source_1", "gold"),
        ([], "source_1", "至少填写一行"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named(rows, field, words):
    found = wrong(500, *rows)
    assert list(found) == [field]
    assert words in found[field]


def test_a_whole_of_nothing_is_asked_for():
    assert "大于 0" in wrong(None, ("cbi", "3"))["amount"]
    assert "大于 0" in wrong(0, ("cbi", "3"))["amount"]


# --- on the database --------------------------------------------------------------------------------------------------


@pytest.fixture
def project(app):
    with app.app_context():
        make_day()
        return make_project("one")


def made(project, **parts):
    with transaction():
        return add_contract(
            Acting(SYSTEM, NOW, TODAY),
            project.id,
            ContractValues("主体", "建工", DAY, parts or {"cbi": 600, "county": 400}),
        ).id


def shares(project, as_of=TODAY):
    (row,) = contracts_of(project.id, as_of)
    assert sum(fen for _, fen in row.parts) == row.worth_fen
    assert sum(fen for _, fen in row.paid_parts) == row.paid_fen
    return dict(row.parts), dict(row.paid_parts)


def test_a_contract_from_two_sources_counts_in_the_ladder_of_each(app, project):
    with app.app_context():
        made(project)
        assert shares(project) == ({"cbi": 600, "county": 400}, {})
        ladder = {line.key: line.contracted for line in money_of(project.id, TODAY).ladder.lines}
        assert ladder == {"cbi": 600, "county": 400}
        assert limits()


def test_a_payment_from_two_sources_is_one_voucher(app, project):
    with app.app_context():
        key = made(project)
        with transaction():
            pay(Acting(SYSTEM, NOW, TODAY), key, Payment({"cbi": 30, "county": 20}, DAY, "记-12"))
        assert shares(project)[1] == {"cbi": 30, "county": 20}
        for again in ({"cbi": 30}, {"self": 1}, {"cbi": 30, "county": 20}):
            with pytest.raises(InvalidError) as problem, transaction():
                pay(Acting(SYSTEM, NOW, TODAY), key, Payment(again, DAY, "记-12"))
            assert list(problem.value.fields) == ["external_id"]
        assert shares(project)[1] == {"cbi": 30, "county": 20}


def test_a_split_is_put_right_by_corrections_and_what_was_posted_stays(app, project):
    with app.app_context():
        key = made(project)
        with transaction():
            correct_worth(
                Acting(SYSTEM, NOW, TODAY),
                key,
                Worth({"cbi": 500, "self": 700}, "cbi:600,county:400", dt.date(2021, 9, 1), "补充协议"),
            )
        assert shares(project)[0] == {"cbi": 500, "self": 700}
        assert shares(project, dt.date(2021, 8, 31))[0] == {"cbi": 600, "county": 400}
        kinds = [
            (one.source, one.amount_fen, one.kind, one.memo)
            for one in db.session.query(LedgerEntry).order_by(LedgerEntry.id)
        ]
        assert kinds[:2] == [("cbi", 600, "normal", "主体"), ("county", 400, "normal", "主体")]
        assert sorted(kinds[2:]) == [
            ("cbi", -100, "correction", "补充协议"),
            ("county", -400, "correction", "补充协议"),
            ("self", 700, "correction", "补充协议"),
        ]


@pytest.mark.parametrize(
    ("worth", "field"),
    [
        (Worth({"cbi": 600, "county": 400}, "cbi:600,county:400", TODAY, "一样"), "amount"),
        (Worth({"cbi": 500}, "cbi:600,county:400", TODAY, " "), "reason"),
        (Worth({"cbi": 500}, "cbi:600,county:400", dt.date(2021, 2, 1), "早了"), "on"),
        (Worth({"cbi": 500}, "cbi:600,county:400", None, "没有日期"), "on"),
        (Worth({"cbi": 500}, "cbi:600,county:400", dt.date(2121, 2, 1), "将来"), "on"),
    ],
)
def test_a_correction_that_cannot_be_taken_is_refused_at_its_field(app, project, worth, field):
    with app.app_context():
        key = made(project)
        with pytest.raises(InvalidError) as problem, transaction():
            correct_worth(Acting(SYSTEM, NOW, TODAY), key, worth)
        assert list(problem.value.fields) == [field]
        assert shares(project)[0] == {"cbi": 600, "county": 400}


def test_a_correction_over_somebody_elses_is_a_conflict(app, project):
    with app.app_context():
        key = made(project)
        with pytest.raises(ConflictError), transaction():
            correct_worth(Acting(SYSTEM, NOW, TODAY), key, Worth({"cbi": 1}, "cbi:600,county:399", TODAY, "晚了"))


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def finance(app, client, project):
    with app.app_context():
        return sign_in(client, make_user("finance"))


CONTRACT = {
    "c-name": "门诊楼", "c-kind": "works", "c-party": "建工", "c-signed_on": "2021-03-01", "c-amount": "1000",
    "c-unit": "元", "c-retention": "",
    "c-source_1": "cbi", "c-part_1": "600", "c-source_2": "county", "c-part_2": "400",
}  # fmt: skip


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_the_page_the_files_and_the_interface_show_the_split(app, project, finance):
    assert finance.post("/projects/one/contracts", data=CONTRACT).status_code == 302
    page = text_of(finance.get("/projects/one/contracts"))
    assert "中央预算内投资 0.06" in page
    assert "县级财政 0.04" in page
    rows = list(csv.reader(io.StringIO(finance.get("/projects/one/contracts.csv").data.decode("utf-8-sig"))))
    head = next(number for number, row in enumerate(rows) if "合同金额: 县级财政 (元)" in row)
    named = dict(zip(rows[head], rows[head + 1], strict=True))
    assert (named["合同金额 (元)"], named["合同金额: 中央预算内投资 (元)"], named["合同金额: 县级财政 (元)"]) == (
        "1000.00",
        "600.00",
        "400.00",
    )
    (one,) = finance.get("/api/v1/projects/one/transactions").json["contracts"]
    assert one["worth_by_source"] == {"cbi": 60_000, "county": 40_000}


def test_a_refused_row_keeps_everything_typed_and_is_named(app, project, finance):
    answer = finance.post(
        "/projects/one/contracts", data=CONTRACT | {"c-part_2": "40O", "c-source_5": "self", "c-part_5": "1"}
    )
    assert answer.status_code == 422
    assert "第 2 行: “40O”不是可用的金额" in answer.text
    for typed in ('value="40O"', 'value="门诊楼"', 'value="600"', 'value="2021-03-01"'):
        assert typed in answer.text
    assert '<option selected value="self">' in answer.text
    assert "<details open>" in answer.text  # the rows beyond the third are not hidden
    assert 'href="#c-part_2"' in answer.text
    with app.app_context():
        assert db.session.query(Contract).count() == 0
    short = finance.post("/projects/one/contracts", data=CONTRACT | {"c-part_2": "399.99"})
    assert (short.status_code, "相差 0.01 元" in short.text) == (422, True)


def test_the_split_is_corrected_on_the_page_with_a_record(app, project, finance):
    finance.post("/projects/one/contracts", data=CONTRACT)
    with app.app_context():
        key = db.session.query(Contract).one().id
    form = finance.get(f"/projects/one/contracts?contract={key}").text
    assert 'value="cbi:60000,county:40000"' in form
    assert 'value="600.00"' in form
    typed = {
        "a-contract": key,
        "a-seen": "cbi:60000,county:40000",
        "a-on": "2021-06-01",
        "a-amount": "1000",
        "a-unit": "元",
        "a-reason": "来源登记错了",
    }
    typed |= {"a-source_1": "cbi", "a-part_1": "700", "a-source_2": "county", "a-part_2": "300"}
    assert finance.post("/projects/one/contracts/worth", data=typed).status_code == 302
    assert "中央预算内投资 0.07" in text_of(finance.get("/projects/one/contracts"))
    late = finance.post("/projects/one/contracts/worth", data=typed | {"a-part_1": "800", "a-part_2": "200"})
    assert late.status_code == 409
    assert 'value="cbi:70000,county:30000"' in late.text  # what is there now, to be sent over
    assert 'value="800"' in late.text
    history = text_of(finance.get("/projects/one/history"))
    assert "更正合同金额" in history
    assert "金额 (县级财政)" in history


def test_a_payment_from_two_sources_on_the_page(app, project, finance):
    finance.post("/projects/one/contracts", data=CONTRACT)
    with app.app_context():
        key = db.session.query(Contract).one().id
    typed = {
        "p-contract": key,
        "p-on": "2021-04-01",
        "p-amount": "50",
        "p-unit": "元",
        "p-external_id": "记-1",
        "p-memo": "",
    }
    rows = {"p-source_1": "cbi", "p-part_1": "30", "p-source_2": "county", "p-part_2": "20"}
    assert finance.post("/projects/one/contracts/payments", data=typed | rows).status_code == 302
    again = finance.post("/projects/one/contracts/payments", data=typed | rows)
    assert (again.status_code, "编号 记-1 在这个地区 2021 年已经登记过" in again.text) == (422, True)
    with app.app_context():
        found = [
            (one.source, one.amount_fen, one.external_id)
            for one in db.session.query(LedgerEntry).filter_by(step="paid").order_by(LedgerEntry.id)
        ]
    assert found == [("cbi", 3000, "记-1"), ("county", 2000, "记-1")]


def test_a_page_of_another_project_takes_nothing(app, project, finance):
    finance.post("/projects/one/contracts", data=CONTRACT)
    with app.app_context():
        key = db.session.query(Contract).one().id
        make_project("two")
    typed = {
        "a-contract": key,
        "a-seen": "",
        "a-on": "2021-06-01",
        "a-amount": "1",
        "a-unit": "元",
        "a-reason": "x",
        "a-source_1": "cbi",
    }
    assert finance.post("/projects/two/contracts/worth", data=typed).status_code == 404
    assert ROWS == 8
