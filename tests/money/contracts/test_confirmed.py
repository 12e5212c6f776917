"""Rule M-19: what of a contract's works is confirmed as done is cumulative, and a mistyped figure can be put right."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import NOW, TODAY, make_day, make_project, make_user, sign_in
from flask import Flask
from pages import fields_of

from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.money.contracts.operations import ContractValues, add_contract, confirm_work
from projects.money.contracts.queries import contracts_of

JUNE, JULY, AUGUST = dt.date(2021, 6, 30), dt.date(2021, 7, 31), dt.date(2021, 8, 31)


@pytest.fixture
def contract(app: Flask) -> tuple[int, int]:
    """A project and its contract of 10,000 yuan."""
    with app.app_context():
        make_day()
        project = make_project("one")
        with transaction():
            values = ContractValues("施工合同", "示例公司", dt.date(2021, 1, 5), {"county": 10_000_00})
            return project.id, add_contract(Acting(SYSTEM, NOW, TODAY), project.id, values).id


def confirm(contract: tuple[int, int], on: dt.date, yuan: int, note: str = "") -> None:
    with transaction():
        confirm_work(Acting(SYSTEM, NOW, TODAY), contract[1], on, yuan * 100, note)


def confirmed(contract: tuple[int, int], on: dt.date) -> int:
    (row,) = contracts_of(contract[0], on)
    return row.confirmed_fen // 100


def test_the_newest_day_counts_and_not_the_largest_figure(app: Flask, contract):
    with app.app_context():
        confirm(contract, JUNE, 500)
        confirm(contract, JULY, 7000)
        confirm(contract, JULY, 700, "多录一个 0")
        assert [confirmed(contract, on) for on in (dt.date(2021, 6, 29), JUNE, JULY, AUGUST)] == [0, 500, 700, 700]


@pytest.mark.parametrize(
    ("on", "yuan", "field"),
    [(AUGUST, 400, "note"), (JUNE, 800, "note"), (AUGUST, -1, "amount"), (dt.date(2099, 1, 1), 900, "on")],
)
def test_what_does_not_fit_needs_a_reason(app: Flask, contract, on, yuan, field):
    with app.app_context():
        confirm(contract, JUNE, 500)
        confirm(contract, JULY, 700)
        with pytest.raises(InvalidError) as problem:
            confirm(contract, on, yuan)
        assert set(problem.value.fields) == {field}
        assert confirmed(contract, AUGUST) == 700


def test_the_page_asks_for_the_reason_and_keeps_what_was_typed(app: Flask, client, contract):
    with app.app_context():
        confirm(contract, JULY, 700)
        finance = make_user("finance")
    sign_in(client, finance)
    page = client.get(f"/projects/one/contracts?contract={contract[1]}")
    typed = {
        name: value for name, value in fields_of(page.text).items() if name.startswith("w-") or name == "csrf_token"
    }
    typed |= {"w-contract": str(contract[1]), "w-on": "2021-08-31", "w-amount": "400", "w-unit": "元", "w-note": ""}
    refused = client.post("/projects/one/contracts/work", data=typed)
    assert refused.status_code == 422
    assert "确为更正时请写明原因" in refused.text
    assert 'value="400"' in refused.text
    assert client.post("/projects/one/contracts/work", data=typed | {"w-note": "审计核减"}).status_code == 302
    with app.app_context():
        assert confirmed(contract, AUGUST) == 400
    assert "审计核减" in client.get("/projects/one/history").text
