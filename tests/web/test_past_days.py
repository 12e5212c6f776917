"""A past day is for reading (S-20): no page of one offers to write, no address of one takes anything; a day that is
later than the installation's stays chosen.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from apps import make_app
from builders import sign_in
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

import projects.people.access.door
from projects.core.permissions import SYSTEM, WRITING
from projects.core.vocabulary import ROLES
from projects.database import transaction
from projects.extensions import db
from projects.models import Contract, FindingStep, LedgerEntry, MonthlyReport, Project, TreasuryReceipt, User
from projects.samples.demo.operations import load_samples
from projects.samples.demo.scenarios import STATUS_DATE
from projects.samples.plans.operations import load_catalogue
from projects.verdicts.rules.operations import load_rule_sets
from projects.web.clock import now

PAST, LATER = dt.date(2021, 11, 15), dt.date(2022, 3, 1)
ONE, SHORT = "/projects/jn21-02-yiliao", "/projects/jn21-08-sishui-eryuan"
NOTE = "您正在看过去的一天, 登记请先回到系统状态日。"
PAGES = {
    "manager": [
        f"{ONE}/gates?edit=start",
        f"{ONE}/gates/start/files",
        f"{ONE}/plan",
        f"{ONE}/files",
        f"{ONE}/forecast",
        "/projects/yc21-03-jikong/reports/2021-11",
        f"{ONE}/reports/2021-10/1",
    ],
    "finance": [
        f"{ONE}/funding?source=cbi&kind=estimate",
        f"{SHORT}/findings/F-4/local",
        "/documents",
        "/documents/1",
        "/documents/156/findings/F-15",
        "/receipts",
        "/receipts/1/reverse",
        "/months/2021-10",
        "/months/2021-09/reopen",
        "/findings/limits?edit=idle_months",
        "/imports",
        "/funding/matching",
        "/funding/matching?show=sure",
    ],
    "dispatcher": [f"{ONE}/lights", "/rules", "/rules/gap", f"{ONE}/plan", f"{ONE}/gates?edit=start", "/imports"],
    "leader": [ONE, f"{ONE}/lights", "/rules", "/documents/1"],
}
WIDE = {  # what is offered on those pages today: the control of what is not offered under a past day
    "charts.note",
    "contracts.add",
    "contracts.confirm",
    "contracts.correct",
    "contracts.pay",
    "documents.add",
    "documents.add_line",
    "files.add",
    "findings.handle",
    "findings.handle_document",
    "findings.set_limit",
    "funding.compose",
    "funding.post",
    "funding.reverse",
    "gates.save",
    "imports.create",
    "matching.confirm_sure",
    "reports.approve",
    "reports.correct",
    "reports.file",
    "reports.preview",
    "reports.return_report",
    "rules.adopt",
    "rules.choose",
    "rules.exempt",
    "schedule.save",
    "treasury.add",
    "treasury.close",
    "treasury.reopen",
    "treasury.reverse",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, User], dict[str, list[str]]]]:
    """The samples, their people by role, and the pages of a report that waits for a review and of an entry to
    reverse.
    """
    folder = tmp_path_factory.mktemp("days")
    app = make_app(f"sqlite:///{folder / 'site.sqlite'}", folder)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        with transaction():
            load_catalogue(SYSTEM, now(), today=STATUS_DATE)
            load_rule_sets(SYSTEM, now())
            load_samples(SYSTEM, now())
        found = db.session.scalars(select(User).where(User.is_sample).order_by(User.id)).all()
        people = {role: next(user for user in found if user.role == role) for role in ROLES}
        reports = select(Project.slug, MonthlyReport.month, MonthlyReport.revision).join(
            MonthlyReport, MonthlyReport.project_id == Project.id
        )
        slug, month, revision = db.session.execute(reports.where(MonthlyReport.state == "submitted").limit(1)).one()
        of_project = Project.slug == "jn21-02-yiliao"
        entry = db.session.scalar(
            select(func.max(LedgerEntry.id)).join(Project, Project.id == LedgerEntry.project_id).where(of_project)
        )
        contract = db.session.scalar(
            select(func.max(Contract.id))
            .join(Project, Project.id == Contract.project_id)
            .where(Project.slug == SHORT.rpartition("/")[2])
        )
        own = {
            "dispatcher": [f"/projects/{slug}/reports/{month:%Y-%m}/{revision}", f"{ONE}/reports/2021-10/1"],
            "finance": [f"{ONE}/funding/{entry}/reverse", f"{SHORT}/contracts?contract={contract}"],
        }
        db.session.expunge_all()
    yield app, people, own
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def pages_of(site, role: str) -> list[str]:
    return PAGES[role] + site[2].get(role, [])


def sent_to(app: Flask, address: str, html: str) -> dict[str, str]:
    """The endpoints that the page's forms and scripts post business to, with the addresses."""
    found = {}
    for tag in re.findall(r"<form\b[^>]*>|<button\b[^>]*formaction[^>]*>", html):
        own = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if own.get("method") != "post" and "formaction" not in own:
            continue
        for goal in [
            one for one in (own.get("formaction", own.get("action", "")), own.get("data-preview")) if one is not None
        ]:
            way = unescape(goal) or address
            try:
                endpoint, _ = app.url_map.bind("localhost").match(urlsplit(way).path, method="POST")
            except HTTPException:
                endpoint = f"nowhere: {way}"
            if getattr(app.view_functions.get(endpoint), "action", "?") in WRITING | {"?"}:
                found[endpoint] = way
    return found


def under(page: str, day: dt.date) -> str:
    return f"{page}{'&' if '?' in page else '?'}as_of={day}"


def test_the_pages_offer_to_write_today_and_every_form_keeps_the_day(site):
    app, people, _ = site
    offered: dict[str, str] = {}
    for role in PAGES:
        client = sign_in(app.test_client(), people[role])
        for page in pages_of(site, role):
            answer = client.get(under(page, STATUS_DATE))
            assert (page, answer.status_code) == (page, 200)
            assert NOTE not in answer.text
            found = sent_to(app, under(page, STATUS_DATE), answer.text)
            assert {
                way for way in found.values() if parse_qs(urlsplit(way).query).get("as_of") != [str(STATUS_DATE)]
            } == set(), page
            offered |= found
    assert WIDE - offered.keys() == set()


def offers_under(site, day: dt.date, choose: bool = False) -> tuple[set[str], set[str]]:
    """The endpoints that pages of a day offer, and the pages that open on the installation's day instead."""
    app, people, _ = site
    offered, elsewhere = set(), set()
    for role in PAGES:
        client = sign_in(app.test_client(), people[role])
        if choose:
            assert client.post("/as-of", data={"day": str(day)}).status_code == 302
        for page in pages_of(site, role):
            answer = client.get(page if choose else under(page, day))
            if answer.status_code == 302:
                assert parse_qs(urlsplit(answer.location).query)["as_of"] == [str(STATUS_DATE)]
                elsewhere.add(page)
                assert "登记都记在系统状态日 2021-11-30" in client.get(answer.location).text
                continue
            assert answer.status_code in {200, 404}, page
            assert NOTE in answer.text
            offered |= sent_to(app, page, answer.text).keys()
    return offered, elsewhere


@pytest.mark.parametrize("choose", [False, True], ids=["in-the-address", "chosen"])
def test_no_page_of_a_past_day_offers_to_write(site, choose: bool):
    offered, elsewhere = offers_under(site, PAST, choose)
    assert offered == set()
    assert elsewhere == {
        f"{ONE}/plan",
        "/projects/yc21-03-jikong/reports/2021-11",
        "/receipts/1/reverse",
        "/months/2021-09/reopen",
        site[2]["finance"][0],
    }


def test_a_page_that_forgets_the_day_is_noticed(site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(site[0].jinja_env.globals, "may_write", site[0].jinja_env.globals["may"])
    assert len(offers_under(site, PAST)[0]) > 10


def rows(app: Flask) -> list:
    with app.app_context():
        kept = [table for table in db.metadata.sorted_tables if table.name not in {"login_session", "audit_entry"}]
        return [db.session.scalar(select(func.count()).select_from(table)) for table in kept]


def refused(client: FlaskClient, app: Flask, role: str) -> set[int]:
    adapter, found = app.url_map.bind("localhost"), set()
    values = {
        "slug": "jn21-02-yiliao",
        "month": "2021-10",
        "revision": 1,
        "key": "start",
        "rule": "F-4",
        "source": "local",
    }
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "action", None) in WRITING and "POST" in (rule.methods or ()):
            items = {name: getattr(rule._converters[name], "items", None) for name in rule.arguments}
            chosen = {name: values.get(name, min(items[name] or [1])) for name in rule.arguments}
            address = adapter.build(rule.endpoint, chosen, method="POST")
            answer = client.post(under(address, PAST))
            found.add(answer.status_code)
            if answer.status_code == 409:
                assert "过去的一天 2021-11-15" in answer.text
                assert "系统状态日 2021-11-30" in answer.text
                assert 'href="/?as_of=2021-11-30"' in answer.text
    return found


@pytest.mark.parametrize("role", ["manager", "finance", "dispatcher"])
def test_nothing_is_taken_under_a_past_day_and_the_answer_says_where_it_is(site, role: str):
    app, people, _ = site
    client = sign_in(app.test_client(), people[role])
    before = rows(app)
    assert refused(client, app, role) == {403, 409}
    assert rows(app) == before


def test_a_door_that_forgets_the_day_is_noticed(site, monkeypatch: pytest.MonkeyPatch):
    app, people, _ = site
    monkeypatch.setattr(projects.people.access.door, "_of_today", lambda _action: None)
    assert refused(sign_in(app.test_client(), people["reviewer"]), app, "reviewer") - {403, 409}


HANDLING = {"state": "explaining", "owner": "示例单位", "note": "", "until": ""}


def test_what_was_typed_before_another_day_was_chosen_is_still_taken_for_today(site):
    """In another tab, say: the form was opened on the installation's day."""
    app, people, _ = site
    client = sign_in(app.test_client(), people["finance"])
    client.post("/as-of", data={"day": str(PAST)})
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(FindingStep))
    page = f"{SHORT}/findings/F-4/local"
    states = re.findall(r'<option[^>]*value="(\w+)"', client.get(under(page, STATUS_DATE)).text)
    assert client.post(page, data=HANDLING | {"state": states[1]}).location == page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FindingStep)) == before + 1
        assert db.session.scalars(select(FindingStep.taken_on).order_by(FindingStep.id.desc())).first() == STATUS_DATE


RECEIPT = {
    "received_on": "2022-02-01",
    "amount": "5",
    "unit": "元",
    "voucher": "L1",
    "payer": "",
    "payee": "",
    "memo": "",
    "source": "",
    "place_code": "",
}
ENTRY = {
    "step": "allocated",
    "source": "cbi",
    "on": "2022-02-01",
    "amount": "7",
    "unit": "元",
    "document_number": "",
    "memo": "",
}


@pytest.mark.parametrize("choose", [False, True], ids=["in-the-address", "chosen"])
def test_a_later_day_stays_when_money_was_entered_on_it(site, choose: bool):
    app, people, _ = site
    client = sign_in(app.test_client(), people["finance"])
    if choose:
        client.post("/as-of", data={"day": str(LATER)})
    query = "" if choose else f"?as_of={LATER}"
    for page, form, anchor in (
        ("/receipts", RECEIPT | {"voucher": f"L{choose}"}, ""),
        (f"{ONE}/funding", ENTRY | {"amount": f"{7 + choose}"}, "#entries"),
    ):
        answer = client.post(page + query, data=form)
        assert (answer.status_code, answer.location) == (302, f"{page}{query}{anchor}")
        assert f'value="{LATER}"' in client.get(answer.location).text
        again = client.post(page + query, data=form | {"amount": "x"})
        assert again.status_code == 422
        assert f'value="{LATER}"' in again.text
    with app.app_context():
        assert db.session.scalar(
            select(func.count()).select_from(TreasuryReceipt).where(TreasuryReceipt.received_on == dt.date(2022, 2, 1))
        )
        assert db.session.scalar(
            select(func.count()).select_from(LedgerEntry).where(LedgerEntry.entry_on == dt.date(2022, 2, 1))
        )
