"""Documents in their chain: a line handed on is the same money and counts once, the rest of it is new; what was
received below shows above.
"""

import datetime as dt
from decimal import Decimal

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_report, make_user, sign_in
from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError
from projects.core.permissions import SYSTEM, Actor
from projects.core.vocabulary import LEDGER_STEPS
from projects.database import transaction
from projects.extensions import db
from projects.models import LedgerEntry, UserPlace
from projects.money.documents import queries
from projects.money.documents.filtering import DocumentFilter
from projects.money.documents.operations import DocumentLine, DocumentValues, add_document, add_lines, link_document
from projects.money.findings import queries as findings
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.operations import set_limit
from projects.money.ladder.operations import Amount, set_composition
from projects.money.ladder.queries import money_of
from projects.money.ledger.operations import write_entries
from projects.money.ledger.posting import Posting
from projects.portfolio.money import queries as money
from projects.portfolio.money.groups import GroupFilter

DAY = dt.date(2021, 3, 1)


def document(number, kind="plan", parent=None, **values):
    with transaction():
        made = add_document(
            Acting(SYSTEM, NOW, TODAY),
            DocumentValues(kind, number, issued_on=DAY, source="cbi", parent_id=parent, **values),
        )
        return made.id


def lines(document_id, *parts):
    with transaction():
        return add_lines(
            Acting(SYSTEM, NOW, TODAY),
            document_id,
            [DocumentLine(project.id, fen, external_id=name) for project, fen, name in parts],
        )


@pytest.fixture
def chain(app):
    with app.app_context():
        make_day()
        project = make_project("one")
        top = document("发改投资〔2021〕1号")
        (first,) = lines(top, (project, 1000, "L1"))
        low = document("财建〔2021〕9号", "budget", top)
        handed, new = lines(low, (project, 1200, "L2"))
        return project, top, low, first, handed, new


def test_a_larger_line_below_becomes_what_was_handed_on_and_what_is_new(app, chain):
    """M-11."""
    project, _, _, first, handed, new = chain
    with app.app_context():
        entries = {entry.id: entry for entry in db.session.scalars(select(LedgerEntry))}
        assert (entries[handed].amount_fen, entries[handed].allocation_id, entries[handed].external_id) == (
            1000,
            first,
            "L2",
        )
        assert (entries[new].amount_fen, entries[new].allocation_id, entries[new].external_id) == (200, None, "L2/2")
        assert money_of(project.id, TODAY).ladder.total.allocated == 1200  # not 2,200
        by_document = {
            group.name: group.ladder.total.allocated
            for group in money.groups(SYSTEM, GroupFilter(by="document"), TODAY).groups
        }
        assert by_document == {"发改投资〔2021〕1号": 1000, "财建〔2021〕9号": 200}


def test_what_was_received_below_shows_at_every_document_above_and_counts_once(app, chain):
    project, top, low, _, handed, _ = chain
    with app.app_context():
        with transaction():
            write_entries(
                Acting(SYSTEM, NOW, TODAY), [(project.id, Posting("cbi", "received", TODAY, 700, allocation_id=handed))]
            )
        rows = {row.id: row for row in queries.documents(SYSTEM, DocumentFilter(), TODAY)}
        assert (rows[top].received_fen, rows[low].received_fen, rows[top].handed_fen) == (700, 700, 1000)
        assert money.groups(SYSTEM, GroupFilter(by="document"), TODAY).ladder.total.received == 700
        page = queries.document(SYSTEM, low, TODAY)
        assert [row.id for row in page.above] == [top]
        assert [row.id for row in queries.document(SYSTEM, top, TODAY).below] == [low]


def test_every_way_to_group_the_money_comes_to_the_same_sums(app, chain):
    with app.app_context():
        wholes = [
            money.groups(SYSTEM, GroupFilter(by=by), TODAY).ladder.total.allocated
            for by in ("place", "programme", "project", "source", "year", "document")
        ]
        assert wholes == [1200] * 6


CUTS = ("place", "programme", "project", "source", "year", "document")


def test_every_cut_adds_up_to_what_is_stored_in_every_step(app, chain):
    """M-8. Payments that name no line, plans and contracts belong to no document: they stand by themselves there, and
    the cut adds up all the same.
    """
    project, _, _, _, handed, new = chain
    with app.app_context():
        one = [
            ("planned", 900, {}),
            ("received", 700, {"allocation_id": handed}),
            ("received", 31, {}),
            ("contracted", 1100, {}),
            ("paid", 40, {"allocation_id": new}),
        ]
        with transaction():
            posted = [*one, ("paid", 555, {}), ("allocated", 13, {}), ("paid", 7, {"budget_year": 2020})]
            write_entries(
                Acting(SYSTEM, NOW, TODAY),
                [(project.id, Posting("cbi", step, TODAY, fen, **more)) for step, fen, more in posted],
            )
        for year in ("", "2021", "2020"):
            counts = (LedgerEntry.step != "allocated") | LedgerEntry.allocation_id.is_(None)
            stored = select(LedgerEntry.step, func.sum(LedgerEntry.amount_fen)).where(counts).group_by(LedgerEntry.step)
            rows = db.session.execute(stored.where(LedgerEntry.budget_year == int(year)) if year else stored)
            wanted = {step: int(fen) for step, fen in rows}
            for by in CUTS:
                found = money.groups(SYSTEM, GroupFilter(by=by, year=year), TODAY).ladder.total
                assert {step: getattr(found, step) for step in LEDGER_STEPS if getattr(found, step)} == wanted, (
                    by,
                    year,
                )
        assert {step: getattr(money_of(project.id, TODAY).ladder.total, step) for step in LEDGER_STEPS} == {
            "planned": 900, "allocated": 1213, "received": 731, "contracted": 1100, "paid": 602,
        }  # fmt: skip
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    assert "没有记在文件明细上的" in client.get("/ladder?by=document").text
    assert "没有记在文件明细上的" in client.get("/ladder.csv?by=document").text
    for address in ("/projects/one/funding", "/projects/one", "/funding"):
        page = client.get(address).text
        assert "¥9.00" in page, address  # planned
        assert "¥11.00" in page, address  # contracted
    (line,) = client.get("/api/v1/projects/one").json["money"]
    assert (line["planned_fen"], line["contracted_fen"], line["receipt_rate"]) == (
        900,
        1100,
        pytest.approx(100 * 731 / 1213),
    )


def test_programs_read_documents_in_pages_like_every_list(app, chain):
    with app.app_context():
        for number in range(30):
            document(f"财社〔2020〕{number + 101}号")
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    first, second = (client.get(f"/api/v1/documents?per_page=25&page={page}").json for page in (1, 2))
    assert (first["total"], first["page"], first["per_page"], first["next"], len(first["items"])) == (32, 1, 25, 2, 25)
    assert (second["next"], len(second["items"])) == (None, 7)
    assert len({item["id"] for item in first["items"] + second["items"]}) == 32
    assert client.get("/api/v1/documents?per_page=7").status_code == 422


def test_a_month_ahead_of_the_works_is_marked_by_the_installations_own_figure(app):
    with app.app_context():
        make_day()
        project = make_project("one")
        make_report(project, "2021-10", foundation=100, structure=0)
        with transaction():
            set_composition(
                Acting(SYSTEM, NOW, TODAY),
                project.id,
                Amount("cbi", "approved_estimate", 10_000, None, approved_on=DAY),
            )
            write_entries(
                Acting(SYSTEM, NOW, TODAY), [(project.id, Posting("cbi", "paid", dt.date(2021, 11, 1), 3_500))]
            )
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    marked = lambda: client.get("/projects/one/money").text.count('class="num late"')  # noqa: E731
    assert marked() == 1  # 35.0 % paid, 15.0 % built: 20 points
    with app.app_context(), transaction():
        set_limit(Acting(SYSTEM, NOW, TODAY), "ahead_points", Decimal(20), "市财政局通知")
    assert marked() == 0


def test_the_same_number_in_other_brackets_is_asked_about(app, chain):
    with app.app_context():
        with pytest.raises(InvalidError) as refused:
            document("发改投资[2021] 01号")
        assert list(refused.value.fields) == ["confirmed"]
        document("发改投资[2021] 01号", confirmed=True)
        document("浙发改投资〔2021〕1号")


def test_a_number_that_differs_in_one_place_is_asked_about_where_the_rest_is_the_same(app, chain):
    with app.app_context():
        document("发改投资〔2021〕777号", total_fen=500)
        document("发改投资〔2021〕776号", total_fen=900)  # another sum: the next document of the year
        for number in ("发改投资〔2021〕778号", "浙发改投资〔2021〕777号", "发改投资〔2020〕777号"):
            with pytest.raises(InvalidError) as refused:
                document(number, total_fen=500)
            assert "发改投资〔2021〕777号" in str(refused.value.fields["confirmed"])
            document(number, total_fen=500, confirmed=True)


def test_the_list_turns_its_pages_and_its_files_hold_all_of_them(app, client, chain):
    with app.app_context():
        for serial in range(100, 128):
            document(f"浙发改〔2020〕{serial}号")
    sign_in(client, make_user_in(app))
    first, second = (client.get(f"/documents?per_page=25&page={page}").text for page in (1, 2))
    assert [text.count('<tr><th scope="row">') for text in (first, second)] == [25, 5]
    assert "共 30 份" in second
    assert "第 2 / 2 页" in second
    assert client.get("/documents.csv?per_page=25").text.count("浙发改〔2020〕") == 28
    assert client.get("/documents?per_page=7").status_code == 422
    refused = client.get("/documents?year=21年")
    assert (refused.status_code, "筛选条件 预算年度 不认识“21年”" in refused.text) == (422, True)


def test_an_unknown_document_above_is_told_with_the_one_that_may_be_meant(app, client, chain):
    sign_in(client, make_user_in(app))
    typed = {
        "kind": "forward",
        "number": "浙发改〔2021〕5号",
        "issued_on": "2021-03-02",
        "parent_number": "财建〔2021〕9号",
        "unit": "万元",
    }
    typed |= dict.fromkeys(("title", "issuer", "received_on", "source", "budget_year", "place_code", "amount"), "")
    refused = client.post("/documents", data=typed | {"parent_number": "财建〔2020〕9号"})
    assert (refused.status_code, "是不是 财建〔2021〕9号?" in refused.text) == (422, True)
    assert "先登记上级文件" in client.post("/documents", data=typed | {"parent_number": "鲁卫〔2020〕1234号"}).text
    assert client.post("/documents", data=typed).status_code == 302


def make_user_in(app):
    with app.app_context():
        return make_user("finance")


def test_a_document_is_linked_before_it_has_lines_and_never_in_a_ring(app, chain):
    _, top, low, *_ = chain
    with app.app_context():
        with pytest.raises(ConflictError, match="已有下达明细"), transaction():
            link_document(Acting(SYSTEM, NOW, TODAY), low, None)
        third = document("浙财建〔2021〕10号", "quota")
        with transaction():
            link_document(Acting(SYSTEM, NOW, TODAY), third, low)
        with pytest.raises(InvalidError), transaction():
            link_document(Acting(SYSTEM, NOW, TODAY), top, third)


def test_a_late_budget_is_found_and_can_be_handled(app, chain):
    with app.app_context():
        late = document("财社〔2021〕8号", "budget", total_fen=500, received_on=DAY)
        (row,) = findings.finding_page(SYSTEM, FindingFilter(rule="F-15"), TODAY).rows
        assert (row.subject.document_id, row.finding.amount_fen, row.state) == (late, 500, "open")
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    address = f"/documents/{late}/findings/F-15"
    assert client.post(address, data={"state": "exempted", "note": ""}).status_code == 422
    assert (
        client.post(address, data={"state": "exempted", "note": "省里已口头通知", "until": "2021-12-31"}).status_code
        == 302
    )
    with app.app_context():
        (row,) = findings.finding_page(SYSTEM, FindingFilter(rule="F-15"), TODAY).rows
        assert (row.state, row.last.until) == ("exempted", dt.date(2021, 12, 31))


def test_a_person_of_a_place_sees_its_documents_and_those_above_it(app, chain):
    with app.app_context():
        make_place("360900", "宜春市")
        make_place("370831", "泗水县")
        document("宜财建〔2021〕1号", place_code="360900")
        document("鲁财建〔2021〕2号", place_code="370800")
        document("泗财建〔2021〕3号", place_code="370831")
        user = make_user("finance")
        with transaction():
            db.session.add(UserPlace(user_id=user.id, place_code="370831"))
        local = Actor(user.id, "财务", "finance", places=frozenset({"370831"}), place_projects=frozenset())
        numbers = {row.number for row in queries.documents(local, DocumentFilter(), TODAY)}
        assert numbers == {"发改投资〔2021〕1号", "财建〔2021〕9号", "鲁财建〔2021〕2号", "泗财建〔2021〕3号"}
        assert all(
            row.lines_fen == 0 for row in queries.documents(local, DocumentFilter(), TODAY)
        )  # the lines are other people's projects
        with pytest.raises(InvalidError) as refused, transaction():
            add_document(Acting(local, NOW, TODAY), DocumentValues("plan", "宜财建〔2021〕9号", place_code="360900"))
        assert list(refused.value.fields) == ["place_code"]
