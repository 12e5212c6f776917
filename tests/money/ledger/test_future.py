"""What a day in the future is where demo content holds the installation at a former day: later than that day and than
today in Beijing. Rule M-4.
"""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from builders import make_day, make_place, make_project, make_user, sign_in
from importing import posted, previewed
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.month import latest_day
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry, ProjectStatus, TreasuryReceipt
from projects.money.contracts.operations import ContractValues, add_contract, confirm_work
from projects.money.documents.operations import DocumentValues, add_document
from projects.money.ladder.operations import post_entry, reverse_entry
from projects.money.ledger.posting import Posting
from projects.money.matching.operations import Booking, confirm
from projects.money.receipts.operations import ReceiptValues, add_receipt, close_month
from projects.verdicts.status.operations import rebuild
from projects.works.gates.operations import record_gate

STANDS = dt.date(2021, 11, 30)  # the installation's day
NOW = dt.datetime(2025, 12, 1, 17, 0, tzinfo=dt.UTC)  # 2 December in Beijing
YESTERDAY, BEIJING, TOMORROW = dt.date(2025, 12, 1), dt.date(2025, 12, 2), dt.date(2025, 12, 3)


def test_the_later_of_the_two_days_counts():
    assert latest_day(NOW, STANDS) == BEIJING
    assert latest_day(NOW, dt.date(2026, 1, 1)) == dt.date(2026, 1, 1)


def contract(day):
    return add_contract(Acting(SYSTEM, NOW, STANDS), 1, ContractValues("主体", "建工", day, {"cbi": 100}))


WRITES = {
    "entry": lambda day: post_entry(Acting(SYSTEM, NOW, STANDS), 1, Posting("cbi", "allocated", day, 100)),
    "payment": lambda day: post_entry(Acting(SYSTEM, NOW, STANDS), 1, Posting("cbi", "paid", day, 100)),
    "receipt": lambda day: add_receipt(Acting(SYSTEM, NOW, STANDS), ReceiptValues(day, 100)),
    "document issued": lambda day: add_document(
        Acting(SYSTEM, NOW, STANDS), DocumentValues("plan", "发改投资〔2025〕1号", issued_on=day)
    ),
    "document received": lambda day: add_document(
        Acting(SYSTEM, NOW, STANDS), DocumentValues("plan", "发改投资〔2025〕2号", received_on=day)
    ),
    "contract": contract,
    "work": lambda day: confirm_work(Acting(SYSTEM, NOW, STANDS), contract(dt.date(2021, 3, 1)).id, day, 10),
    "gate": lambda day: record_gate(Acting(SYSTEM, NOW, STANDS), 1, "completion_acceptance", None, {}, passed_on=day),
}


@pytest.fixture
def project(app):
    with app.app_context():
        make_day(STANDS)
        return make_project("one", id=1)


@pytest.mark.parametrize("name", WRITES)
def test_up_to_today_in_beijing_is_taken_and_tomorrow_refused(app, project, name):
    with app.app_context():
        with pytest.raises(InvalidError) as problem, transaction():
            WRITES[name](TOMORROW)
        assert any("2025-12-03 在将来 (今天是 2025-12-02)" in str(text) for text in problem.value.fields.values())
        with transaction():
            WRITES[name](BEIJING)


def test_verdicts_stay_those_of_the_installations_day(app, project):
    with app.app_context():
        with transaction():
            rebuild(SYSTEM, NOW, STANDS)
        for write in ("allocated", "received", "paid"):
            with transaction():
                post_entry(Acting(SYSTEM, NOW, STANDS), 1, Posting("cbi", write, BEIJING, 100))
        kept = {
            column.name: getattr(db.session.get(ProjectStatus, 1), column.name)
            for column in ProjectStatus.__table__.columns
        }
        with transaction():
            rebuild(SYSTEM, NOW, STANDS)
        db.session.expire_all()
        again = {
            column.name: getattr(db.session.get(ProjectStatus, 1), column.name)
            for column in ProjectStatus.__table__.columns
        }
        assert kept == again
        assert kept["as_of"] == STANDS


def test_a_later_entry_is_taken_back_on_its_own_day(app, project):
    with app.app_context():
        with transaction():
            key = post_entry(Acting(SYSTEM, NOW, STANDS), 1, Posting("cbi", "allocated", YESTERDAY, 100)).id
        with transaction():
            reverse_entry(Acting(SYSTEM, NOW, STANDS), 1, key, "记错")
        assert {day for (day,) in db.session.execute(select(LedgerEntry.entry_on))} == {YESTERDAY}
        assert db.session.scalar(select(func.sum(LedgerEntry.amount_fen))) == 0


def test_a_month_over_today_is_closed_and_a_later_receipt_is_matched_in_the_next(app, project):
    with app.app_context():
        with transaction():
            line = post_entry(Acting(SYSTEM, NOW, STANDS), 1, Posting("cbi", "allocated", dt.date(2025, 10, 1), 100)).id
            receipt = add_receipt(Acting(SYSTEM, NOW, STANDS), ReceiptValues(dt.date(2025, 10, 20), 100)).id
            close_month(Acting(SYSTEM, NOW, STANDS), dt.date(2025, 10, 1), "", {})
            confirm(Acting(SYSTEM, NOW, STANDS), [Booking(receipt, ((str(line), 100),), ())])
        assert db.session.scalar(select(LedgerEntry.entry_on).where(LedgerEntry.step == "received")) == dt.date(
            2025, 11, 1
        )
        with pytest.raises(ConflictError), transaction():
            close_month(Acting(SYSTEM, NOW, STANDS), dt.date(2025, 12, 1), "", {})


ROWS = (
    "凭证号,到账日期,付款单位,收款单位,金额(元),摘要\nV1,2025-05-01,市财政局,甲县人民医院,900000.00,x\nV2,2021-05-01,"
    "市财政局,甲县人民医院,1,y\n"
)


def test_an_import_dated_later_is_taken_and_the_day_after_today_is_refused_by_cell(app, project):
    with app.app_context():
        with transaction():
            batch = previewed(Acting(SYSTEM, NOW, STANDS), "receipts", "r.csv", ROWS.encode(), {})
            assert posted(Acting(SYSTEM, NOW, STANDS), batch.id).counts["new"] == 2
        late = ROWS.replace("V1,2025-05-01", "V3,2025-12-03")
        with pytest.raises(InvalidError) as problem, transaction():
            batch = previewed(Acting(SYSTEM, NOW, STANDS), "receipts", "r.csv", late.encode(), {})
            posted(Acting(SYSTEM, NOW, STANDS), batch.id)
        assert list(problem.value.fields) == ["CSV!B2"] or all(name.endswith("!B2") for name in problem.value.fields)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_reader_is_told_where_the_later_money_is_and_one_click_shows_it(app, client, project):
    with app.app_context():
        make_place()
        sign_in(client, make_user("finance"))
    sent = {"kind": "receipts", "unit": "", "place": "", "file": (io.BytesIO(ROWS.encode()), "到账.csv")}
    one = client.post("/imports", data=sent).location
    assert "有 1 行 ( 90.00 万元) 的日期在页面状态日 2021-11-30 之后, 最晚 2025-05-01。" in text_of(client.get(one))
    assert client.post(one + "/post").status_code == 302
    page = client.get(one)
    assert "选更晚的一天才看得到" in page.text
    assert '<input type="hidden" name="day" value="2025-05-01">' in page.text
    assert "V1" not in client.get("/receipts").text
    assert client.post("/as-of", data={"day": "2025-05-01", "next": "/receipts"}).status_code == 302
    assert "V1" in client.get("/receipts").text
    assert "之后, 最晚" not in client.get(one).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(TreasuryReceipt)) == 2


def test_one_entry_kept_with_a_later_day_says_so(app, client, project):
    with app.app_context():
        sign_in(client, make_user("finance"))
    typed = {
        "received_on": "2025-05-01",
        "amount": "5",
        "unit": "元",
        "voucher": "V9",
        "payer": "",
        "payee": "",
        "memo": "",
        "source": "",
        "place_code": "",
    }
    assert (
        "它的日期 2025-05-01 在页面状态日 2021-11-30 之后"
        in client.post("/receipts", data=typed, follow_redirects=True).text
    )
    assert (
        "它的日期"
        not in client.post(
            "/receipts", data=typed | {"received_on": "2021-05-01", "voucher": "V10"}, follow_redirects=True
        ).text
    )
