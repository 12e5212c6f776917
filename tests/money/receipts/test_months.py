"""Closing a month: on figures that were seen, for a place, once; what is dated in it is refused everywhere, and a
reason opens it again. Rule M-14.
"""

import datetime as dt
import io
import zipfile

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_report, make_user, sign_in
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, FundingPeriod, UserPlace
from projects.money.ladder.operations import post_entry, reverse_entry
from projects.money.ledger.posting import Posting
from projects.money.ledger.queries import closed_months
from projects.money.receipts.operations import ReceiptValues, add_receipt, close_month, reopen_month, reverse_receipt
from projects.money.receipts.queries import reported, statement_of
from projects.money.receipts.render import extent, fitting, lines_of
from projects.money.receipts.sheet import PlaceChoice, ReportedFilter
from projects.money.receipts.views import _closing
from projects.portfolio.money.queries import dashboard

OCTOBER = dt.date(2021, 10, 1)
DAY = dt.date(2021, 10, 14)


@pytest.fixture
def project(app):
    with app.app_context():
        make_day()
        make_place("370000", "山东省")
        make_place("370800", "济宁市", "370000")
        return make_project("one", place_code=make_place("370831", "泗水县", "370800").code)


def post(project, on=DAY, **values):
    with transaction():
        return post_entry(
            Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", "allocated", on, 100, confirmed=True, **values)
        )


def close(place="", month=OCTOBER, actor=SYSTEM):
    with transaction():
        return close_month(Acting(actor, NOW, TODAY), month, place, {"total": {}})


@pytest.mark.parametrize(
    ("place", "is_closed"), [("", True), ("370000", True), ("370800", True), ("370831", True), ("360900", False)]
)
def test_a_month_closed_for_a_place_takes_nothing_of_what_lies_in_it(app, project, place, is_closed):
    with app.app_context():
        make_place("360900", "宜春市")
        close(place)
        if is_closed:
            with pytest.raises(InvalidError) as refused:
                post(project)
            assert "2021-10 已结账" in str(refused.value.fields["on"])
        else:
            post(project)
        post(project, on=dt.date(2021, 11, 1))


def test_receipts_and_reversals_are_refused_too(app, project):
    with app.app_context():
        entry = post(project, on=dt.date(2021, 11, 3))
        with transaction():
            receipt = add_receipt(
                Acting(SYSTEM, NOW, TODAY), ReceiptValues(dt.date(2021, 11, 3), 100, place_code="370831")
            )
        with transaction():
            db.session.add(FundingPeriod(month=dt.date(2021, 11, 1), place_code="", figures={}, locked_at=NOW))
        with pytest.raises(ConflictError, match="2021-11 已结账"), transaction():
            reverse_entry(Acting(SYSTEM, NOW, TODAY), project.id, entry.id, "错")
        with pytest.raises(ConflictError, match="2021-11 已结账"), transaction():
            reverse_receipt(Acting(SYSTEM, NOW, TODAY), receipt.id, "错")
        with pytest.raises(InvalidError), transaction():
            add_receipt(Acting(SYSTEM, NOW, TODAY), ReceiptValues(dt.date(2021, 11, 4), 100, place_code="370831"))


def test_a_correction_goes_to_an_open_month(app, project):
    with app.app_context():
        close()
        assert closed_months().open_day(["370831"], DAY, TODAY) == dt.date(2021, 11, 1)
        with transaction():
            values = Posting("cbi", "allocated", dt.date(2021, 11, 1), -40, memo="十月多记", kind="correction")
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, values)


def test_a_month_is_closed_once_after_its_end_and_opened_with_a_reason(app, project):
    with app.app_context():
        with pytest.raises(ConflictError, match="还没有过完"):
            close(month=dt.date(2021, 12, 1))
        period = close()
        with pytest.raises(ConflictError, match="已结账"):
            close("370831")  # the whole installation is closed already
        with pytest.raises(InvalidError), transaction():
            reopen_month(Acting(SYSTEM, NOW, TODAY), period.id, " ")
        with transaction():
            reopen_month(Acting(SYSTEM, NOW, TODAY), period.id, "漏记一笔到账")
        post(project)
        close()
        tags = list(
            db.session.scalars(
                select(AuditEntry.tag).where(AuditEntry.tag.startswith("funding:month")).order_by(AuditEntry.id)
            )
        )
        assert tags == ["funding:month:closed", "funding:month:reopened", "funding:month:closed"]


def test_nobody_closes_a_place_that_is_not_theirs(app, project):
    with app.app_context():
        local = Actor(None, "财务", "finance", places=frozenset({"370831"}))
        for place in ("", "370800", "360900"):
            with pytest.raises(ForbiddenError):
                close(place, actor=local)
        close("370831", actor=local)
        with pytest.raises(ForbiddenError):
            close("370831", month=dt.date(2021, 9, 1), actor=Actor(None, "领导", "leader"))


@pytest.fixture
def finance(app, project):
    with app.app_context():
        post(project, on=DAY)
        with transaction():
            add_receipt(
                Acting(SYSTEM, NOW, TODAY),
                ReceiptValues(DAY, 123_45, voucher="V1", payer="市财政局", memo="拨款", place_code="370831"),
            )
        user = make_user("finance")
    return sign_in(app.test_client(), user)


def field(html, name):
    return html.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]


def test_the_page_closes_on_the_figures_that_were_seen_and_no_others(app, finance, project):
    page = finance.get("/months/2021-10").text
    assert "123.45" in page
    seen = field(page, "total")
    with app.app_context(), transaction():
        add_receipt(Acting(SYSTEM, NOW, TODAY), ReceiptValues(DAY, 1, place_code="370831"))
    assert finance.post("/months/2021-10/close", data={"place": "", "total": seen}).status_code == 409
    seen = field(finance.get("/months/2021-10").text, "total")
    assert finance.post("/months/2021-10/close", data={"place": "", "total": seen}).status_code == 302
    assert "已于" in finance.get("/months/2021-10").text
    refused = finance.post(
        "/projects/one/funding", data={"step": "paid", "source": "cbi", "on": "2021-10-20", "amount": "1", "unit": "元"}
    )
    assert refused.status_code == 422
    assert "2021-10 已结账" in refused.text
    assert finance.post("/months/2021-10/reopen", data={"reason": "漏记"}).status_code == 302


def test_the_statement_leaves_as_a_sheet_and_as_pages_with_chinese_letters(finance):
    with zipfile.ZipFile(io.BytesIO(finance.get("/months/2021-10.xlsx").data)) as sheet:
        text = "".join(sheet.read(name).decode() for name in sheet.namelist() if name.startswith("xl/"))
        for word in ("合计", "未结账: 数字还会变动", "月初未匹配 0.00, 到账 123.45"):
            assert word in text
    first, again = (finance.get("/months/2021-10.pdf").data for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF")
    assert b"/FontFile" in first  # embedded


def test_a_place_within_a_closed_one_offers_no_closing_of_its_own(app, finance, project):
    with app.app_context():
        close("370800")
    page = finance.get("/months/2021-10?place=370831").text
    assert "已随上级地区结账" in page
    assert "按以上数字结账" not in page
    assert "按以上数字结账" in finance.get("/months/2021-10").text  # the whole is not closed by it


def test_the_home_page_asks_for_the_oldest_open_month_since_the_first_closing(app, project):
    with app.app_context():
        for month in (5, 8, 9, 10):
            post(project, on=dt.date(2021, month, 3), external_id=f"E{month}")
            with transaction():
                add_receipt(
                    Acting(SYSTEM, NOW, TODAY),
                    ReceiptValues(dt.date(2021, month, 3), 100, voucher=f"V{month}", place_code="370831"),
                )
        assert list(dashboard(SYSTEM, TODAY).open_months) == [
            OCTOBER
        ]  # nothing was ever closed: the month that has just ended
        close(month=dt.date(2021, 8, 1))
        assert list(dashboard(SYSTEM, TODAY).open_months) == [dt.date(2021, 9, 1), OCTOBER]
        close()
        assert list(dashboard(SYSTEM, TODAY).open_months) == [dt.date(2021, 9, 1)]
        user = make_user("finance")
    assert "/months/2021-09" in sign_in(app.test_client(), user).get("/").text


def test_headings_and_sums_keep_to_their_columns():
    lines = lines_of("Of which without receipt", 20, 6.4)
    assert len(lines) > 1
    assert all(extent(line, 6.4) <= 20 for line in lines)
    assert fitting("99,999,999,999,999.99", 20, 7.4) < 7.4
    assert extent("99,999,999,999,999.99", fitting("99,999,999,999,999.99", 20, 7.4)) <= 20.001
    assert fitting("0.00", 20, 7.4) == 7.4


def test_the_printed_statement_says_whether_its_month_is_closed(app, finance, project):
    with app.app_context():
        found = statement_of(PlaceChoice([("", "")], "", ""), OCTOBER)
        assert "未结账" in str(_closing(None, found))
        assert _closing(None, found, covered=True) == "已随上级地区结账"
        with transaction():
            close_month(Acting(SYSTEM, NOW, TODAY), OCTOBER, "", found.figures)
        period = db.session.scalars(select(FundingPeriod)).one()
        assert str(_closing(period, found)).startswith("已于")
        assert "变动" not in str(_closing(period, found))
        period.figures = {}
        assert "变动" in str(_closing(period, found))
        db.session.rollback()


def test_a_person_of_a_place_sees_its_receipts_and_no_others(app, finance):
    with app.app_context():
        user = make_user("finance")
        make_place("360900", "宜春市")
        with transaction():
            db.session.add(UserPlace(user_id=user.id, place_code="360900"))
            add_receipt(
                Acting(SYSTEM, NOW, TODAY),
                ReceiptValues(DAY, 777_77, voucher="V2", memo="宜春的钱", place_code="360900"),
            )
    own = sign_in(app.test_client(), user)
    assert "宜春的钱" in own.get("/receipts").text
    for address in ("/receipts", "/receipts.csv", "/months/2021-10", "/months/2021-10.csv", "/api/v1/receipts"):
        text = own.get(address).text
        assert "123.45" not in text
        assert "V1" not in text
    assert own.get("/months/2021-10?place=370831").status_code == 404
    assert own.get("/months?place=").status_code == 200  # its own place


def test_what_was_reported_stands_beside_what_was_received_and_paid(app, project):
    """M-16: 900 paid against 700 reported. Later months, and what nobody approved, do not count."""
    with app.app_context():
        make_report(project, "2021-09", investment_fen=500)
        make_report(project, "2021-10", investment_fen=700)
        make_report(project, "2021-11", investment_fen=9_999)
        make_report(project, "2021-08", investment_fen=8_888, state="submitted")
        for step, on, fen in (
            ("received", DAY, 950),
            ("paid", dt.date(2021, 10, 31), 900),
            ("paid", dt.date(2021, 11, 1), 5),
        ):
            with transaction():
                post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", step, on, fen, confirmed=True))
        (row,) = reported(SYSTEM, PlaceChoice((), "370831", "泗水县"), OCTOBER, ReportedFilter()).rows
    assert (row.invested_fen, row.received_fen, row.paid_fen) == (700, 950, 900)
    assert row.gap_fen == 200


def test_the_projects_of_a_month_come_in_pages_and_the_file_has_all_of_them(app, finance):
    with app.app_context():
        author = make_user("manager")
        for number in range(60):
            name = f"第{number:02d}院" if number else "县医院"
            make_report(make_project(name=name, place_code="370831"), "2021-10", investment_fen=number, author=author)
    client = finance
    shown = [client.get(f"/months/2021-10?per_page=25&page={page}").text for page in (1, 2, 3)]
    assert [text.count('data-title="月报月份"') for text in shown] == [25, 25, 11]
    assert all("共 61 个项目" in text for text in shown)
    assert "第 1 / 3 页" in shown[0]
    found = client.get("/months/2021-10?q=县医院").text
    assert found.count('data-title="月报月份"') == 1
    assert "没有符合条件的项目" in client.get("/months/2021-10?q=无此院").text
    assert client.get("/months/2021-10?page=0").status_code == 422
    assert len(client.get("/months/2021-10/reported.csv?page=2").text.splitlines()) >= 61
    narrow = client.get("/months/2021-10/reported.csv?q=县医院").text
    assert "县医院" in narrow
    assert "第59院" not in narrow
