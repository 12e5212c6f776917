"""The money pages for each role: what they show, take, refuse without losing a word, and hand over as files."""

import csv
import datetime as dt
import io
import re

import pytest
from approving import approved, make_approver
from builders import NOW, TODAY, make_day, make_place, make_programme, make_project, make_user, sign_in
from counting import counted
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry
from projects.money.ladder.operations import Amount, Posting, post_entry, set_composition
from projects.verdicts.status.operations import rebuild

WAN = 1_000_000
DAY = dt.date(2021, 6, 18)


@pytest.fixture
def people(app):
    with app.app_context():
        make_day()
        make_approver(app)
        return {role: make_user(role) for role in ("manager", "finance", "dispatcher", "leader", "admin")}


@pytest.fixture
def project(app, people):
    with app.app_context():
        return make_project("wuda", manager=people["manager"], name="市公共卫生医疗中心")


def fund(project, approved=1000, allocated=800, received=600, paid=300, source="cbi"):
    with transaction():
        set_composition(
            Acting(SYSTEM, NOW, TODAY),
            project.id,
            Amount(source, "approved_estimate", approved * WAN, None, approved_on=dt.date(2021, 1, 4)),
        )
        for step, amount in (("allocated", allocated), ("received", received), ("paid", paid)):
            if amount:
                post_entry(
                    Acting(SYSTEM, NOW, TODAY),
                    project.id,
                    Posting(source, step, DAY, amount * WAN, f"财建〔2021〕{amount}号"),
                )


def entries(app):
    with app.app_context():
        return list(db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def send(client, slug="wuda", follow=True, **form):
    typed = {
        "step": "received",
        "source": "cbi",
        "on": "2021-06-18",
        "amount": "1234.56",
        "unit": "万元",
        "document_number": "",
        "memo": "",
    }
    return client.post(f"/projects/{slug}/funding", data=typed | form, follow_redirects=follow)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# --- the page of all projects -----------------------------------------------------------------------------------------


def test_the_page_shows_the_ladder_by_source_and_no_rate_of_the_total(app, client, people, project):
    with app.app_context():
        fund(project)
        fund(project, 1000, 500, 100, 0, "county")
    shown = text_of(sign_in(client, people["leader"]).get("/funding"))
    assert "钱到哪一步了?" in shown
    assert "中央预算内投资 1,000.00 0.00 800.00 600.00 0.00 300.00 80.0 75.0 50.0" in shown
    assert "地方及其他小计 1,000.00 0.00 500.00 100.00 0.00 0.00 50.0 20.0 0.0" in shown
    assert "合计 2,000.00 0.00 1,300.00 700.00 0.00 300.00 不同来源的比率不相加" in shown
    assert "地方配套滞后" in shown


def test_without_money_the_page_says_what_to_do(client, people, project):
    assert "还没有资金记录" in sign_in(client, people["finance"]).get("/funding").text
    assert "没有符合条件的资金记录" in client.get("/funding?source=county").text


def test_filters_narrow_rows_ladder_and_export_alike(app, client, people, project):
    with app.app_context():
        make_place("360900", "宜春市")
        other = make_project("yichun", name="宜春北院二期", place_code="360900", programme_id=make_programme("北院").id)
        fund(project)
        fund(other, 1000, 1200, 1200, 0, "county")
    sign_in(client, people["finance"])
    for query, names in [
        ("", {"市公共卫生医疗中心", "宜春北院二期"}),
        ("place=370000", {"市公共卫生医疗中心"}),
        ("place=360900", {"宜春北院二期"}),
        ("source=cbi", {"市公共卫生医疗中心"}),
        ("finding=F-1", {"宜春北院二期"}),
        ("finding=any", {"宜春北院二期"}),
        ("q=北院", {"宜春北院二期"}),
        ("finding=F-3", set()),
    ]:
        page = client.get(f"/funding?{query}").text
        assert {name for name in ("市公共卫生医疗中心", "宜春北院二期") if f">{name}</a>" in page} == names, query
        lines = list(csv.DictReader(io.StringIO(client.get(f"/funding.csv?{query}").get_data().decode("utf-8-sig"))))
        assert {line["项目"] for line in lines} == names, query


@pytest.mark.parametrize(
    "query",
    ["source=lottery", "finding=F-9", "place=37", "page=0", "page=1e3", "page=²", "per_page=7", "as_of=2021-13-01"],
)
def test_an_unknown_filter_is_named_and_not_guessed(client, people, query):
    answer = sign_in(client, people["finance"]).get(f"/funding?{query}")
    assert answer.status_code == 422


def test_the_exports_hold_exact_yuan_and_the_day(app, client, people, project):
    with app.app_context():
        fund(project)
        with transaction():
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", "received", DAY, 1))
    sign_in(client, people["leader"])
    (line,) = csv.DictReader(io.StringIO(client.get("/funding.csv").get_data().decode("utf-8-sig")))
    assert (line["批复 (元)"], line["到位 (元)"], line["到位率 (百分比)"]) == ("10000000.00", "6000000.01", "75.00")
    answer = client.get("/funding.xlsx?as_of=2021-06-17")
    assert "attachment" in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    heading, row = book.get_sheet_by_index(0).to_python()
    assert dict(zip(heading, row, strict=True))["下达 (元)"] == 0.0
    assert ["状态日", "2021-06-17"] in book.get_sheet_by_name("说明").to_python()
    entries_sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(client.get("/projects/wuda/funding.xlsx").data))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert [row[4] for row in entries_sheet[1:]] == [0.01, 3_000_000.0, 6_000_000.0, 8_000_000.0]
    assert client.get("/funding.pdf").status_code == 404


def test_a_manager_sees_own_projects_only_in_every_byte(app, client, people, project):
    with app.app_context():
        fund(project)
        fund(make_project("foreign", name="外县的金丝雀医院"), 5000, 4321, 4321, 4321)
    sign_in(client, people["manager"])
    for address in ("/funding", "/funding.csv", "/funding?finding=any", "/funding?q=金丝雀"):
        body = client.get(address).get_data().decode("utf-8-sig")
        assert "外县的" not in body
        assert "4321" not in body.replace(",", "")
    for address in ("/projects/foreign/funding", "/projects/foreign/funding.csv"):
        assert client.get(address).status_code == 404
    sign_in(client, people["leader"])
    assert "外县的金丝雀医院" in client.get("/funding").text  # negative control: the canary is there to be seen


def test_the_page_costs_the_same_statements_for_more_projects(app, client, people, project):
    sign_in(client, people["leader"])
    with app.app_context():
        fund(project)
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
    with counted(app) as few:
        client.get("/funding")
    with app.app_context():
        for _ in range(6):
            fund(make_project())
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
    with counted(app) as many:
        client.get("/funding")
    assert len(few) == len(many) <= 13


def test_pages_turn(app, client, people):
    with app.app_context():
        for number in range(27):
            fund(make_project(name=f"第{number:02d}院"))
    sign_in(client, people["leader"])
    assert client.get("/funding?per_page=25").text.count('scope="rowgroup"') == 25
    assert "第 2 / 2 页" in client.get("/funding?per_page=25&page=2").text


def test_the_groups_come_in_pages_with_the_sum_of_all(app, client, people):
    with app.app_context():
        for number in range(27):
            fund(make_project(name=f"第{number:02d}院"))
    sign_in(client, people["finance"])
    pages = [client.get(f"/ladder?by=project&per_page=25&page={number}").text for number in (1, 2)]
    assert [text.count('scope="rowgroup"') for text in pages] == [25, 2]
    assert all("共 27 组" in text for text in pages)
    assert len({text.partition("<tfoot>")[2].partition("</tfoot>")[0] for text in pages}) == 1
    assert "第 2 / 2 页" in pages[1]
    assert sum("院," in line for line in client.get("/ladder.csv?by=project&page=2").text.splitlines()) >= 27
    assert client.get("/ladder?page=0").status_code == 422


# --- one project ------------------------------------------------------------------------------------------------------


def test_finance_posts_an_entry_without_javascript(app, client, people, project):
    answer = send(sign_in(client, people["finance"]), document_number="浙财建〔2025〕23号")
    assert answer.status_code == 200
    assert "已登记" in answer.text
    (entry,) = entries(app)
    assert (entry.amount_fen, entry.document_number, entry.is_sample) == (1_234_560_000, "浙财建〔2025〕23号", False)


@pytest.mark.parametrize(
    ("amount", "unit", "fen"),
    [
        ("1234.56", "元", 123_456),
        ("1,234.56", "元", 123_456),
        ("0.000001", "万元", 1),
        ("16.33", "亿元", 163_300_000_000),
    ],
)
def test_amounts_are_taken_exactly_in_their_unit(app, client, people, project, amount, unit, fen):
    """M-1."""
    send(sign_in(client, people["finance"]), amount=amount, unit=unit)
    assert entries(app)[0].amount_fen == fen


HOSTILE = [
    "1e5",
    "NaN",
    "Infinity",
    "-Infinity",
    "1_000",
    "²",
    "１２３",
    "十万",
    "0x10",
    "1 000",
    "12,34",
    "1.234567891",
    "",
    "0",
    "0.00",
    "-5",
    "+5",
    "9" * 5000,
    "9" * 17,
]
HOSTILE += ["1e2000000", "1," + "000," * 1200 + "000", "0.001", "¥5", "5元", "=1+1", "<b>1</b>", "\0", "5\0"]


@pytest.mark.parametrize("amount", HOSTILE, ids=lambda text: repr(text[:12]))
def test_a_hostile_amount_is_refused_at_its_field_and_never_becomes_a_number(app, client, people, project, amount):
    answer = send(sign_in(client, people["finance"]), amount=amount, unit="元", memo="打了字的摘要")
    assert answer.status_code == 422
    assert 'id="amount-error"' in answer.text
    assert "打了字的摘要" in answer.text
    assert entries(app) == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"on": "2121-12-01"}, "在将来"),
        ({"on": "6月18日"}, "“6月18日”不是日期"),
        ({"on": ""}, "请填写日期"),
        ({"kind": "correction"}, 'id="memo-error"'),
        ({"source": "lottery"}, "source-error"),
        ({"step": ""}, "step-error"),
        ({"unit": "美元"}, "unit-error"),
        ({"memo": "摘" * 10_000}, "最多 200 字"),
        ({"document_number": "零\0"}, "控制字符"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(app, client, people, project, form, words):
    answer = send(sign_in(client, people["finance"]), **{"amount": "77.77"} | form)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="77.77"' in answer.text
    assert entries(app) == []


def test_the_same_entry_again_asks_before_it_is_stored(app, client, people, project):
    sign_in(client, people["finance"])
    send(client)
    answer = send(client)
    assert answer.status_code == 422
    assert 'name="confirmed"' in answer.text
    assert len(entries(app)) == 1
    assert send(client, confirmed="y").status_code == 200
    assert len(entries(app)) == 2


def test_an_entry_is_reversed_after_a_page_that_asks(app, client, people, project):
    sign_in(client, people["finance"])
    send(client)
    (entry,) = entries(app)
    address = f"/projects/wuda/funding/{entry.id}/reverse"
    assert f'href="{address}"' in client.get("/projects/wuda/funding").text
    asked = client.get(address)
    assert asked.status_code == 200
    assert "冲销这一笔?" in asked.text
    assert len(entries(app)) == 1, "asking writes nothing"
    assert client.post(address, data={"reason": ""}).status_code == 422
    assert "已冲销第" in client.post(address, data={"reason": "重复登记"}, follow_redirects=True).text
    assert [one.amount_fen for one in entries(app)] == [1_234_560_000, -1_234_560_000]
    assert client.post(address, data={"reason": "再来"}).status_code == 409
    assert client.get("/projects/wuda/funding/999999/reverse").status_code == 404
    assert client.get(f"/projects/wuda/funding/{10**30}/reverse").status_code == 404


def test_an_entry_of_another_project_cannot_be_reached_through_ones_own(app, client, people, project):
    with app.app_context():
        fund(make_project("other"))
    foreign = entries(app)[0].id
    sign_in(client, people["finance"])
    assert client.get(f"/projects/wuda/funding/{foreign}/reverse").status_code == 404
    assert client.post(f"/projects/wuda/funding/{foreign}/reverse", data={"reason": "越界"}).status_code == 404
    assert len(entries(app)) == 3


def test_approved_amounts_are_set_changed_and_contested(app, client, people, project):
    sign_in(client, people["finance"])

    def compose(**form):
        typed = {
            "source": "cbi",
            "kind": "approved_estimate",
            "amount": "1000",
            "unit": "万元",
            "seen": "",
            "document_number": "",
            "reason": "市发改委批复",
        } | form
        return client.post(
            "/projects/wuda/funding/composition",
            data={f"c-{name}": value for name, value in typed.items()},
            follow_redirects=True,
        )

    assert "已保存批复金额" in compose().text
    filled = client.get("/projects/wuda/funding?source=cbi&kind=approved_estimate").text
    assert 'value="10000000.00"' in filled
    assert 'name="c-seen" type="hidden" value="1000000000"' in filled
    contested = compose(amount="2000")
    assert contested.status_code == 409
    assert 'value="2000"' in contested.text
    assert 'name="c-seen" type="hidden" value="1000000000"' in contested.text
    assert compose(amount="2000", seen="1000000000").status_code == 200
    assert "10000000.00 元 → 20000000.00 元" in client.get("/projects/wuda/funding").text  # waits beside it
    assert approved(app) == "approved"
    assert compose(amount="1e5", seen="2000000000").status_code == 422
    assert compose(amount="", seen="2000000000").status_code == 200
    assert approved(app) == "approved"
    assert "还没有填写批复金额" in client.get("/projects/wuda/funding").text


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [
        ("manager", 200, 403),
        ("dispatcher", 200, 403),
        ("leader", 200, 403),
        ("admin", 403, 403),
        (None, 302, 302),
        ("finance", 200, 302),
    ],
)
def test_who_may_read_and_write(app, client, people, project, role, read, write):
    with app.app_context():
        fund(project)
    if role:
        sign_in(client, people[role])
    first = entries(app)[0].id
    for address in ("/funding", "/funding.csv", "/projects/wuda/funding", "/projects/wuda/funding.xlsx"):
        assert client.get(address).status_code == read, address
    assert send(client, follow=False).status_code == write
    assert client.post(f"/projects/wuda/funding/{first}/reverse", data={"reason": "冲"}).status_code == write
    assert client.post("/projects/wuda/funding/composition", data={}).status_code == (
        422 if role == "finance" else write
    )
    assert len(entries(app)) == (5 if role == "finance" else 3)
    if role in {"manager", "leader"}:
        page = client.get("/projects/wuda/funding").text
        assert "登记一笔" not in page
        assert "/reverse" not in page


def test_a_past_day_shows_the_past_and_offers_no_form(app, client, people, project):
    with app.app_context():
        fund(project)
    page = sign_in(client, people["finance"]).get("/projects/wuda/funding?as_of=2021-06-17")
    assert "登记一笔" not in page.text
    assert "600.00" not in page.text
    assert "600.00" in client.get("/projects/wuda/funding").text


def test_hostile_text_stays_text_on_page_and_in_files(app, client, people, project):
    sign_in(client, people["finance"])
    send(client, memo="=HYPERLINK(1)<script>alert(1)</script>")
    assert "<script>alert" not in client.get("/projects/wuda/funding").text
    rows = list(csv.DictReader(io.StringIO(client.get("/projects/wuda/funding.csv").get_data().decode("utf-8-sig"))))
    assert rows[0]["摘要"].startswith("'=HYPERLINK")
