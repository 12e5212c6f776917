"""Handling a finding: who answers for it, exemptions that lapse by day or by amount, limits of one's own; the lists and
the programs that read them.
"""

import datetime as dt
import re
from collections import Counter

import pytest
from builders import NOW, TODAY, actor_of, make_day, make_place, make_project, make_user, sign_in

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import Contract, User, UserPlace
from projects.money.evidence import queries as evidence
from projects.money.findings import extract, names, queries
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.operations import Handling, handle, set_limit
from projects.money.ladder.operations import Amount, post_entry, set_composition
from projects.money.ledger.posting import Posting


@pytest.fixture
def project(app):
    with app.app_context():
        make_day()
        project = make_project("one")
        with transaction():
            set_composition(Acting(SYSTEM, NOW, TODAY), project.id, Amount("county", "approved_estimate", 1000, None))
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("county", "allocated", TODAY, 1500))
        return project


def over(project, day=TODAY):
    return queries.one_of_project(project.id, "F-1", "county", day)


def step(project, state, note="办理", until=None, on=TODAY):
    with transaction():
        handle(Acting(SYSTEM, NOW, on), over(project), Handling(state, "财政局", note, until))


def test_a_finding_is_open_then_in_hand_then_closed_and_open_again_while_it_is_found(app, project):
    with app.app_context():
        assert over(project).state == "open"
        step(project, "handling")
        assert (over(project).state, over(project).owner) == ("handling", "财政局")
        step(project, "closed")
        assert (over(project).state, over(project).is_again) == ("open", True)


def test_an_exemption_lapses_on_its_day_and_with_more_money(app, project):
    with app.app_context():
        step(project, "exempted", until=dt.date(2021, 12, 31))
        assert over(project).state == "exempted"
        assert over(project, dt.date(2022, 1, 1)).state == "open"
        with transaction():
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("county", "allocated", TODAY, 1))
        assert over(project).state == "open"


def test_before_the_step_was_taken_the_finding_was_open(app, project):
    with app.app_context():
        step(project, "handling", on=TODAY + dt.timedelta(days=3))
        assert over(project).state == "open"
        assert over(project, TODAY + dt.timedelta(days=3)).state == "handling"


def test_an_own_limit_stands_in_place_of_the_shipped_one_and_can_be_taken_away(app, project):
    from decimal import Decimal

    with app.app_context():
        with transaction():
            post_entry(Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", "received", dt.date(2021, 5, 1), 100))
        rules = lambda: {row.finding.rule for row in queries.of_project(project.id, TODAY)}  # noqa: E731
        assert "F-8" not in rules()
        with transaction():
            set_limit(Acting(SYSTEM, NOW, TODAY), "idle_months", Decimal(6), "市财政局通知")
        assert "F-8" in rules()
        assert [row.law for row in evidence.limits().rows if row.key == "idle_months"] == ["市财政局通知"]
        county = Acting(Actor(None, "县财政", "finance", places=frozenset({"370831"})), NOW, TODAY)
        with pytest.raises(ForbiddenError), transaction():
            set_limit(county, "idle_months", Decimal(3), "x")
        with transaction():
            set_limit(Acting(SYSTEM, NOW, TODAY), "idle_months", None, "")
        assert "F-8" not in rules()


CODES = re.compile(r"\b(east|central|west|tibet|cbi|[a-z]+_[a-z_]+)\b")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_limits_are_told_in_words_on_page_and_in_files(app, client, language):
    with app.app_context():
        make_day(TODAY)
        sign_in(client, make_user("finance"))
    client.post(f"/language/{language}")
    page = client.get("/findings/limits").get_data(as_text=True)
    shown = re.sub(r"<[^>]+>", " ", page[page.index("<tbody") : page.index("</tbody")])
    lines = client.get("/findings/limits.csv").get_data(as_text=True).split("http")
    for text in (shown, " ".join(line.partition(",")[2] for line in lines)):
        assert CODES.findall(text.replace("Central", "")) == []
        assert ("县级医院" if language == "zh" else "County hospitals") in text
        assert "5,000.00" in text
    assert client.get("/findings/limits.xlsx").status_code == 200


def test_every_shipped_limit_has_its_words():
    rows, regions = extract.shipped()
    assert {row.region for row in rows} - {""} == set(names.REGIONS) == set(regions.values())
    assert {row.programme for row in rows} - {""} <= set(names.KINDS)
    several = [
        key for key, count in Counter((row.rule, row.region, row.programme) for row in rows).items() if count > 1
    ]
    assert all(names.part(row) for row in rows if (row.rule, row.region, row.programme) in several)


def test_lists_pages_and_programs_say_the_same(app, project):
    with app.app_context():
        make_project("two")
        user = make_user("finance")
        rows = queries.finding_page(actor_of(user), FindingFilter(), TODAY).rows
        assert [(row.subject.slug, row.finding.rule) for row in rows] == [("one", "F-1")]
    client = sign_in(app.test_client(), user)
    for address in ("/findings", "/findings.csv", "/projects/one/findings", "/projects/one/findings/F-1/county", "/"):
        text = client.get(address).text
        assert "下达超批复" in text, address
        assert "《政府投资条例》第二十三条" in text, address
    (item,) = client.get("/api/v1/findings").json["items"]
    assert (item["rule"], item["amount_fen"], item["project"], item["state"]) == ("F-1", 500, "one", "open")
    shown = client.get("/projects?money=F-1").text
    assert 'href="/projects/one"' in shown
    assert 'href="/projects/two"' not in shown
    assert 'href="/projects/one"' not in client.get("/projects?money=F-2").text
    assert client.get("/projects?money=F-99").status_code == 422
    assert [row["slug"] for row in client.get("/api/v1/projects?money=any").json["items"]] == ["one"]
    assert (
        client.post("/projects/one/findings/F-1/county", data={"state": "handling", "owner": "财政局"}).status_code
        == 302
    )
    assert "处理中" in client.get("/projects/one/findings").text
    assert client.get("/projects/one/findings/F-2/county").status_code == 404


def test_a_leader_reads_and_does_not_handle(app, project):
    with app.app_context():
        local = make_user("finance", name="local")
        make_place("360900", "宜春市")
        with transaction():
            db.session.add(UserPlace(user_id=local.id, place_code="360900"))
        leader, local = make_user("leader"), db.session.get(User, local.id)
    reading = sign_in(app.test_client(), leader)
    assert "下达超批复" in reading.get("/findings").text
    assert reading.get("/projects/one/findings/F-1/county").status_code == 403
    elsewhere = sign_in(app.test_client(), local)
    assert "下达超批复" not in elsewhere.get("/findings").text.partition("<table")[2]
    assert elsewhere.get("/projects/one/findings").status_code == 404


def test_a_contract_is_paid_by_voucher_once_and_its_confirmed_value_only_grows(app, project):
    with app.app_context():
        user = make_user("finance")
    client = sign_in(app.test_client(), user)
    values = {
        "c-name": "主体",
        "c-kind": "works",
        "c-party": "建工",
        "c-signed_on": "2021-03-01",
        "c-source_1": "cbi",
        "c-amount": "12",
        "c-unit": "元",
        "c-retention": "5",
    }
    assert client.post("/projects/one/contracts", data=values).status_code == 302
    with app.app_context():
        (contract,) = db.session.query(Contract).all()
        key = contract.id
    pay = {
        "p-contract": key,
        "p-on": "2021-04-01",
        "p-source_1": "cbi",
        "p-amount": "3",
        "p-unit": "元",
        "p-external_id": "Z-1",
    }
    assert client.post("/projects/one/contracts/payments", data=pay).status_code == 302
    assert client.post("/projects/one/contracts/payments", data=pay).status_code == 422
    work = {"w-contract": key, "w-on": "2021-05-01", "w-amount": "6", "w-unit": "元"}
    assert client.post("/projects/one/contracts/work", data=work).status_code == 302
    assert (
        client.post("/projects/one/contracts/work", data=work | {"w-amount": "5", "w-on": "2021-06-01"}).status_code
        == 422
    )
    assert (
        client.post(
            "/projects/one/contracts/payments", data=pay | {"p-contract": 4711, "p-external_id": "Z-2"}
        ).status_code
        == 404
    )
    shown = client.get("/api/v1/projects/one/transactions").json
    (one,) = shown["contracts"]
    assert (one["worth_fen"], one["paid_fen"], one["confirmed_fen"]) == (1200, 300, 600)
    assert {row["step"] for row in shown["transactions"]} == {"allocated", "contracted", "paid"}
    assert "质保金超过 3%" in client.get("/projects/one/findings").text


def test_statements_do_not_grow_with_rows(app):
    from counting import counted

    with app.app_context():
        make_day()
        counts = []
        for _ in range(2):
            for _ in range(4):
                project = make_project()
                with transaction():
                    post_entry(
                        Acting(SYSTEM, NOW, TODAY), project.id, Posting("cbi", "received", dt.date(2020, 5, 1), 100)
                    )
            with counted(app) as sent:
                queries.finding_page(SYSTEM, FindingFilter(), TODAY)
            counts.append(len(sent))
        assert counts[0] == counts[1] < 40
