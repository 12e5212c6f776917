"""A scan in the same form, for every group of changes (RQ-4): it lies with the request, and with what was changed once
that was agreed to.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from builders import NOW, TODAY, make_programme, make_target
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of
from people.requests.changing import STOP, acceptance, passed, plan_typed, project_id
from people.requests.test_offices import decides, newest
from people.requests.test_two_person import under_the_rule
from sqlalchemy import select
from works.files.pictures import pdf

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.core.vocabulary import CHANGES
from projects.database import transaction
from projects.extensions import db
from projects.models import Attachment, ConsentRequest, Milestone, PlanDocument, Target
from projects.money.ladder.operations import Amount, set_composition
from projects.people.requests.kinds import KINDS
from projects.works.files.queries import counts_by_gate


def scanned(name: str = "验收.pdf") -> dict[str, Any]:
    return {"scan": (io.BytesIO(pdf()), name)}


def papers(app: Flask) -> int:
    with app.app_context():
        return counts_by_gate(project_id(app)).get("in_use", 0)


def test_rq4_a_scan_lies_with_the_request_and_is_a_paper_once_agreed_to(app: Flask, clients):
    assert acceptance(clients["manager"], **scanned()).status_code == 302
    row = newest(app)
    page = clients["reviewer"].get(f"/requests/{row.id}").text
    assert "验收.pdf" in page
    link = re.search(r"/requests/\d+/files/\d+", page)[0]
    assert clients["reviewer"].get(link).status_code == 200
    assert clients["stranger"].get(link).status_code == 404
    assert clients["reviewer"].get(re.sub(r"/requests/\d+/", "/requests/999/", link)).status_code == 404
    assert papers(app) == 0
    assert "验收.pdf" not in clients["leader"].get("/projects/own/files").text
    decides(clients["reviewer"], row)
    assert papers(app) == 1
    assert "验收.pdf" in clients["leader"].get("/projects/own/gates/in_use/files").text


def test_rq4_a_scan_of_what_was_returned_stays_with_the_request(app: Flask, clients):
    acceptance(clients["manager"], **scanned())
    decides(clients["reviewer"], newest(app), agree=False, words="字迹不清")
    assert papers(app) == 0
    assert "验收.pdf" in clients["manager"].get(f"/requests/{newest(app).id}").text


def test_rq4_a_scan_that_can_not_be_kept_is_named_and_nothing_is_asked(app: Flask, clients):
    answer = acceptance(clients["manager"], scan=(io.BytesIO(b"MZ no paper"), "a.exe"))
    assert answer.status_code == 422
    assert 'id="scan-error"' in answer.text
    assert passed(app) is None
    with app.app_context():
        assert not db.session.scalars(db.select(ConsentRequest)).all()
        assert not db.session.scalars(db.select(Attachment)).all()


def test_rq4_without_a_scan_the_request_says_so(app: Flask, clients):
    acceptance(clients["manager"])
    assert "没有附件" in clients["reviewer"].get(f"/requests/{newest(app).id}").text


def test_rq4_a_scan_of_an_emergency_and_of_what_one_person_may_are_papers_at_once(app: Flask, clients):
    acceptance(clients["manager"], emergency="y", **scanned())
    assert papers(app) == 1
    under_the_rule(app, "gates:0")
    acceptance(clients["manager"], version="1", note="补", **scanned("二.pdf"))
    assert papers(app) == 1  # the same bytes lie there already


# --- every group ------------------------------------------------------------------------------------------------------


def _weights(client: FlaskClient) -> dict[str, str]:
    fields = fields_of(client.get("/projects/own/weights").text)
    third, fifth = (key for number, key in enumerate(k for k in fields if k.startswith("weight_")) if number in {2, 4})
    return fields | {"reason": "结构占比偏低", third: "35", fifth: "15"}


def _promised(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Target.slug)).one()


def _sum(app: Flask) -> dict[str, str]:
    with app.app_context(), transaction():
        set_composition(Acting(SYSTEM, NOW, TODAY), project_id(app), Amount("cbi", "approved_estimate", 10**11, None))
    typed = {"c-source": "cbi", "c-kind": "approved_estimate", "c-amount": "2000", "c-unit": "万元"}
    return typed | {"c-seen": str(10**11), "c-reason": "概算调整"}


def _sent(app: Flask, clients: dict[str, FlaskClient], group: str) -> tuple[str, str, dict[str, str]]:
    """Who asks for a change of a group, where, and what is typed."""
    manager = clients["manager"]
    match group:
        case "gates":
            gate = {"action": "record", "version": "", "passed_on": "2021-11-20", "why": "已组织验收"}
            found = "manager", "/projects/own/gates/in_use", gate
        case "plan":
            found = "manager", "/projects/own/plan", plan_typed(manager, finish="2024-12-31")
        case "stops":
            found = "manager", "/projects/own/forecast", STOP
        case "weights":
            found = "manager", "/projects/own/weights", _weights(manager)
        case "baseline":
            with app.app_context(), transaction():
                db.session.execute(db.update(Milestone).values(baseline_on=dt.date(2020, 1, 1)))
            fields = fields_of(manager.get("/projects/own/baseline").text) | {"reason": "初设批复"}
            found = "manager", "/projects/own/baseline", fields
        case "sums":
            found = "finance", "/projects/own/funding/composition", _sum(app)
        case "drops":
            dropping = {"decided_on": "2021-11-20", "reason": "用地未落实", "evidence": "市政府会议纪要"}
            found = "second", "/projects/own/drop", dropping
        case _:
            ending = {"ended_as": "withdrawn", "reason": "文件已废止"}
            found = "second", f"/promises/{_promised(app)}/end", ending
    return found


def _asks(app: Flask, clients: dict[str, FlaskClient], group: str, scan: dict[str, Any]) -> Any:
    """Ask for a change of a group, with a scan; the answer."""
    who, where, typed = _sent(app, clients, group)
    named = {f"c-{name}": content for name, content in scan.items()} if group == "sums" else scan
    return clients[who].post(where, data=typed | named)


@pytest.mark.parametrize("group", CHANGES)
def test_rq4_every_group_of_changes_takes_a_scan_that_is_kept_with_the_project(app: Flask, clients, group: str):
    """Shown to who decides; among the project's files only once it was agreed to, and nobody removes it."""
    assert _asks(app, clients, group, scanned()).status_code == 302
    row = newest(app)
    assert KINDS[row.kind].group == group
    page = clients["dispatcher"].get(f"/requests/{row.id}").text
    link = re.search(r"/requests/\d+/files/\d+", page)[0]
    answer = clients["dispatcher"].get(link)
    assert (answer.status_code, answer.data) == (200, pdf())
    files = "/projects/own/gates/in_use/files" if group == "gates" else "/projects/own/files"
    assert link.rsplit("/", 1)[1] not in re.findall(r"/files/(\d+)", clients["leader"].get("/projects/own/files").text)
    decides(clients["dispatcher"], row)
    assert newest(app).state == "approved"
    shown = clients["leader"].get(files).text
    assert "验收.pdf" in shown
    removed = clients["dispatcher"].post(f"/projects/own/files/{link.rsplit('/', 1)[1]}/remove")
    assert removed.status_code == 409
    assert "验收.pdf" in clients["leader"].get(files).text


@pytest.mark.parametrize("group", CHANGES)
def test_rq4_a_scan_of_what_was_returned_is_no_paper_of_the_project(app: Flask, clients, group: str):
    _asks(app, clients, group, scanned())
    decides(clients["dispatcher"], newest(app), agree=False, words="字迹不清")
    assert "验收.pdf" not in clients["leader"].get("/projects/own/files").text
    assert "验收.pdf" in clients["dispatcher"].get(f"/requests/{newest(app).id}").text


@pytest.mark.parametrize("group", CHANGES)
def test_rq4_what_is_no_paper_is_refused_at_its_field_in_every_form(app: Flask, clients, group: str):
    answer = _asks(app, clients, group, {"scan": (io.BytesIO(b"MZ no paper"), "a.exe")})
    assert answer.status_code == 422
    assert 'scan-error"' in answer.text
    with app.app_context():
        assert not db.session.scalars(select(ConsentRequest)).all()
        assert not db.session.scalars(select(Attachment)).all()


def test_rq4_a_scan_of_a_programmes_promise_belongs_to_no_project(app: Flask, clients):
    with app.app_context():
        slug = make_target(make_programme(), measure="start", quantifier="count", threshold=3).slug
    sent = {"ended_as": "withdrawn", "reason": "文件已废止"} | scanned("废止.pdf")
    assert clients["dispatcher"].post(f"/promises/{slug}/end", data=sent).status_code == 302
    row = newest(app)
    link = re.search(r"/requests/\d+/files/\d+", clients["second"].get(f"/requests/{row.id}").text)[0]
    assert clients["second"].get(link).status_code == 200
    assert clients["manager"].get(link).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Attachment.project_id)).all() == [None]
    decides(clients["second"], row)
    assert newest(app).state == "approved"


def test_rq4_a_scan_without_a_place_is_said_to_be_lost(app: Flask, clients):
    """A plan document's new title is stored at once, and belongs to no project."""
    with app.app_context(), transaction():
        plan = PlanDocument(slug="d-1", title="要点", issuer="某委", place_code="370800", year=2021)
        db.session.add(plan)
    client = clients["dispatcher"]
    fields = fields_of(client.get("/plans/d-1/edit").text) | {"title": "工作要点"}
    answer = client.post("/plans/d-1/edit", data=fields | scanned(), follow_redirects=True)
    assert "扫描件没有保存" in answer.text
    with app.app_context():
        assert not db.session.scalars(select(Attachment)).all()
