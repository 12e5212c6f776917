"""Edges of contracts: what is sent twice, ids that no database can name, contracts of other projects."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_day, make_project, make_user, sign_in

from projects.money.contracts.queries import contracts_of

TODAY = dt.date(2021, 11, 30)
NEW = {
    "c-name": "施工总承包", "c-kind": "works", "c-number": "H-1", "c-party": "某建筑公司", "c-signed_on": "2021-03-01",
    "c-amount": "1000", "c-unit": "万元",
    "c-retention": "3", "c-source_1": "cbi",
}  # fmt: skip
PAID = {"p-on": "2021-06-01", "p-amount": "100", "p-unit": "万元", "p-source_1": "cbi", "p-memo": "进度款"}


@pytest.fixture
def office(app):
    with app.app_context():
        make_day(TODAY)
        make_project("one")
        make_project("two")
        user = make_user("finance")
    return sign_in(app.test_client(), user)


def contracts(app, slug: str = "one"):
    with app.app_context():
        from projects.core.permissions import SYSTEM
        from projects.register.projects.queries import project_by_slug

        return contracts_of(project_by_slug(SYSTEM, slug).id, TODAY)


def test_a_contract_sent_twice_is_kept_once(app, office):
    assert office.post("/projects/one/contracts", data=NEW).status_code == 302
    again = office.post("/projects/one/contracts", data=NEW)
    assert again.status_code == 422
    assert 'name="c-confirmed"' in again.text
    assert [row.worth_fen for row in contracts(app)] == [1_000_000_000]
    assert office.post("/projects/one/contracts", data=NEW | {"c-number": "H-2"}).status_code == 302
    assert office.post("/projects/one/contracts", data=NEW | {"c-confirmed": "y"}).status_code == 302
    assert len(contracts(app)) == 3


def test_a_payment_without_a_voucher_sent_twice_is_posted_once(app, office):
    office.post("/projects/one/contracts", data=NEW)
    (contract,) = contracts(app)
    typed = PAID | {"p-contract": contract.id}
    assert office.post("/projects/one/contracts/payments", data=typed).status_code == 302
    again = office.post("/projects/one/contracts/payments", data=typed)
    assert again.status_code == 422
    assert 'name="p-confirmed"' in again.text
    assert contracts(app)[0].paid_fen == 100_000_000
    assert office.post("/projects/one/contracts/payments", data=typed | {"p-memo": "第二笔"}).status_code == 302
    assert office.post("/projects/one/contracts/payments", data=typed | {"p-confirmed": "y"}).status_code == 302
    assert contracts(app)[0].paid_fen == 300_000_000


@pytest.mark.parametrize("key", ["9" * 30, "9" * 4299, str(2**31), "-1", "0", "4711"])
def test_contracts_that_no_database_can_name_are_not_there(app, office, key):
    forms = {
        "payments": PAID | {"p-contract": key},
        "work": {"w-contract": key, "w-on": "2021-06-01", "w-amount": "1", "w-unit": "元"},
        "worth": {
            "a-contract": key,
            "a-on": "2021-06-01",
            "a-amount": "1",
            "a-unit": "元",
            "a-source_1": "cbi",
            "a-reason": "x",
            "a-seen": "",
        },
    }
    for way, typed in forms.items():
        assert office.post(f"/projects/one/contracts/{way}", data=typed).status_code == 404, way
    assert office.get(f"/projects/one/contracts?contract={key}").status_code == 200


def test_a_contract_of_another_project_is_not_there(app, office):
    office.post("/projects/two/contracts", data=NEW)
    (contract,) = contracts(app, "two")
    assert office.post("/projects/one/contracts/payments", data=PAID | {"p-contract": contract.id}).status_code == 404
    assert contracts(app, "two")[0].paid_fen == 0
