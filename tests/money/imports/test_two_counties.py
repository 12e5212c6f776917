"""Two counties number their vouchers alike: each enters its own, and neither hears of the other's. Rule M-12, from
docs/rules/money.md.
"""

from __future__ import annotations

import datetime as dt

import pytest
from builders import make_place, make_project, make_user, sign_in
from importing import posted, previewed
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry, TreasuryReceipt, Unit
from projects.money.contracts.operations import ContractValues, Payment, add_contract, pay
from projects.money.ledger import numbers
from projects.money.receipts.operations import ReceiptValues, add_receipt, take_back

NOW = dt.datetime(2025, 12, 1, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 1)
ACTING = Acting(SYSTEM, NOW, TODAY)
PLACES = {"370831": "泗水县", "370881": "曲阜市"}
PAID = "支付凭证号,支付日期,项目名称,资金来源,支付金额(元)\n"
CAME = "凭证号,到账日期,付款单位,收款单位,金额(元),摘要\n"


@pytest.fixture
def contracts(app) -> dict[str, int]:
    """A project with a unit and a contract in each county: the contracts' ids by the projects' slugs."""
    found = {}
    with app.app_context():
        for code, name in PLACES.items():
            make_place(code, name)
            unit = Unit(name=f"{name}人民医院", place_code=code)
            db.session.add(unit)
            db.session.commit()
            project = make_project(f"p-{code}", name=f"{name}人民医院楼", place_code=code, unit_id=unit.id)
            values = ContractValues("施工合同", "某建筑公司", dt.date(2024, 1, 5), {"county": 100_000})
            with transaction():
                found[code] = add_contract(ACTING, project.id, values).id
    return found


def paid(contract: int, number: str, day: dt.date = TODAY) -> None:
    with transaction():
        pay(ACTING, contract, Payment({"county": 100}, day, number))


def came(place: str | None, number: str, day: dt.date = TODAY) -> int:
    with transaction():
        return add_receipt(ACTING, ReceiptValues(day, 100, number, payer="财政局", place_code=place)).id


def read_in(kind: str, text: str, place: str) -> dict[str, int]:
    with transaction():
        batch = previewed(ACTING, kind, f"{kind}.csv", text.encode(), {"place": place, "unit": ""})
        return posted(ACTING, batch.id).counts


def test_m12_each_unit_has_its_own_first_voucher_of_each_year(app, contracts):
    with app.app_context():
        for contract in contracts.values():
            paid(contract, "记-0001")
            paid(contract, "记-0001", dt.date(2024, 12, 31))
            with pytest.raises(InvalidError) as caught:
                paid(contract, "记-0001", dt.date(2025, 1, 1))
            assert "记-0001 在这个单位 2025 年已经登记过" in str(caught.value.fields["external_id"])
        assert db.session.scalar(select(func.count()).where(LedgerEntry.external_id == "记-0001")) == 4


def test_m12_two_projects_of_one_unit_share_its_books(app, contracts):
    with app.app_context():
        unit = db.session.scalars(select(Unit).order_by(Unit.id)).first()
        other = make_project("p-2", name="另一栋楼", place_code=unit.place_code, unit_id=unit.id)
        values = ContractValues("另一份合同", "某建筑公司", dt.date(2024, 1, 5), {"county": 100_000})
        with transaction():
            second = add_contract(ACTING, other.id, values).id
        paid(contracts["370831"], "记-0001")
        with pytest.raises(InvalidError):
            paid(second, "记-0001")
        paid(second, "基建-记-0001")  # of another book of accounts, written before the number


def test_m12_each_place_has_its_own_receipts_of_each_year(app, contracts):
    with app.app_context():
        keys = [came(place, "到-0001") for place in (*PLACES, None)]
        came("370831", "到-0001", dt.date(2024, 12, 31))
        for place in (*PLACES, None):
            with pytest.raises(InvalidError) as caught:
                came(place, "到-0001", dt.date(2025, 1, 1))
            assert "到-0001 在这个地区 2025 年已经登记过" in str(caught.value.fields["voucher"])
        with transaction():
            take_back(ACTING, [keys[0]], "录错")
        came("370831", "到-0001")  # what was taken back may come again
        assert db.session.scalar(select(func.count()).where(TreasuryReceipt.reverses_id.is_(None))) == 5


def test_m12_files_of_two_counties_may_number_alike_and_say_nothing_of_each_other(app, contracts):
    rows = {
        code: f"记-0001,2025-07-01,{name}人民医院楼,县级财政,{int(code) % 7 + 1}\n" for code, name in PLACES.items()
    }
    slips = {code: f"到-1,2025-07-01,{name}财政局,医院,{int(code) % 7 + 1},拨款\n" for code, name in PLACES.items()}
    with app.app_context():
        for code in PLACES:
            for kind, text in (("payments", PAID + rows[code]), ("receipts", CAME + slips[code])):
                assert read_in(kind, text, code)["new"] == 1
                again = read_in(kind, text, code)
                assert (again["new"], again["existing"], again["faults"]) == (0, 1, 0)
        both = PAID + "".join(rows.values())
        assert read_in("payments", both, "370800" if make_place("370800") else "")["existing"] == 2
        with pytest.raises(InvalidError):  # the same number with another sum is still refused in its own books
            read_in("payments", PAID + rows["370831"].replace(",县级财政,", ",县级财政,9"), "370831")


def test_m12_control_one_book_for_the_whole_installation_keeps_the_second_county_out(app, contracts, monkeypatch):
    monkeypatch.setattr(numbers, "books_of", lambda *_: "everybody")
    with app.app_context():
        paid(contracts["370831"], "记-0001")
        came("370831", "到-0001")
        with pytest.raises(InvalidError):
            paid(contracts["370881"], "记-0001")
        with pytest.raises(InvalidError):
            came("370881", "到-0001")


def test_m12_the_page_of_one_county_takes_the_number_of_another(app, contracts):
    with app.app_context():
        came("370881", "到-0001")
        finance = make_user("finance")
        client = sign_in(app.test_client(), finance)
    typed = {
        "voucher": "到-0001",
        "received_on": "2021-11-01",
        "amount": "5",
        "unit": "元",
        "payer": "财政局",
        "source": "",
    }
    answer = client.post("/receipts", data=typed | {"place_code": "370831"})
    assert answer.status_code == 302, answer.text
