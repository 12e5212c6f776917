"""RQ-10 to RQ-12: what moves a project's verdicts is asked for by one and approved by another, who both see what it
does to each of them before → after; the ways of moving the yardstick alone are refused or wait.
"""

from __future__ import annotations

import datetime as dt

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_report,
)
from flask import Flask
from pages import words_of
from people.requests.changing import BUILT, acceptance, gate_now, passed, plan_typed, project_id, state
from people.requests.test_offices import decides, newest
from people.requests.test_two_person import under_the_rule

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    AuditEntry,
    ConsentRequest,
    MonthlyReport,
    Project,
    TargetStatus,
    User,
)
from projects.works.gates.operations import record_gate


def test_rq10_one_unreviewed_form_makes_no_promise_met_early(app: Flask, clients):
    """The first way: a completion without number or file; the promise stays as it was until somebody else agrees."""
    before = state(app)
    asked = acceptance(clients["manager"])
    row = newest(app)
    assert asked.location == f"/requests/{row.id}"
    assert (row.state, row.kind, passed(app), state(app)) == ("waiting", "gate.record", None, before)
    assert decides(clients["manager"], row).status_code == 403
    for name in ("stranger", "far"):
        assert clients[name].get(f"/requests/{row.id}").status_code == 404
        assert decides(clients[name], row).status_code == 404
    for name in ("leader", "finance"):
        assert clients[name].get(f"/requests/{row.id}").status_code == 200
        assert decides(clients[name], row).status_code == 403
    assert decides(clients["reviewer"], row).status_code == 302
    assert passed(app) == dt.date(2021, 11, 20)
    assert state(app) != before
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.tag == "project:gate:recorded")).one()
        assert (entry.actor_id, entry.changes["consent"][0]) == (row.proposer_id, None)


def test_rq10_nobody_walks_round_by_the_operation(app: Flask, clients):
    with app.app_context():
        manager = db.session.scalars(db.select(User).where(User.role == "manager")).one()
        project = db.session.scalars(db.select(Project)).one()
        values = {"passed_on": dt.date(2021, 11, 20)}
        actor, project = actor_of(manager, project), project.id
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            record_gate(Acting(actor, NOW, TODAY), project, "in_use", None, {}, **values)
        with transaction():  # commands are free
            record_gate(Acting(SYSTEM, NOW, TODAY), project, "in_use", None, {}, **values)
    assert passed(app)


def test_rq10_the_control_where_the_installation_wants_one_person_it_is_done_at_once(app: Flask, clients):
    under_the_rule(app, "gates:0")
    assert "由另一个人审批" not in clients["manager"].get("/projects/own/gates?edit=in_use").text
    acceptance(clients["manager"], why="")
    assert passed(app)


def test_rq11_what_moves_nothing_is_done_at_once(app: Flask, clients):
    acceptance(clients["manager"])
    decides(clients["reviewer"], newest(app))
    fields = {"version": "1", "passed_on": "2021-11-20", "why": ""}
    acceptance(clients["manager"], **fields, note="移交档案", body="市住建局")
    gate = gate_now(app)
    assert (gate.note, gate.body, gate.version) == ("移交档案", "市住建局", 2)
    fields = {"version": "2", "passed_on": "2021-11-20", "note": "移交档案", "body": "市住建局"}
    assert acceptance(clients["manager"], **fields, document_number="建〔2021〕1号").location.startswith("/requests/")
    assert gate_now(app).document_number == ""


def test_rq12_both_see_what_it_does_to_each_verdict(app: Flask, clients):
    before = state(app)
    seen = acceptance(clients["manager"], action="see-record", body="打了字的局")
    assert seen.status_code == 200
    assert "办理后对判断的影响" in seen.text
    assert "打了字的局" in seen.text
    assert passed(app) is None
    assert state(app) == before
    with app.app_context():
        assert not db.session.scalars(db.select(AuditEntry).where(AuditEntry.tag == "project:gate:recorded")).all()
    acceptance(clients["manager"])
    row = newest(app)
    found = {one["key"]: (one["before"], one["after"]) for one in row.effects}
    promise = next(pair for key, pair in found.items() if key.startswith("promise"))
    assert promise[0]["state"] != promise[1]["state"]
    assert promise[1]["day"] == "2021-11-20"
    page = clients["reviewer"].get(f"/requests/{row.id}").text
    assert "对判断的影响 (提出时算得)" in page
    assert "现在重新算得" not in page
    decides(clients["reviewer"], row)
    with app.app_context():
        now = db.session.scalars(db.select(TargetStatus)).one()
        assert newest(app).effects[0]["after"]["days"] == now.slip_days


def test_rq12_a_verdict_that_moved_meanwhile_is_shown_and_overtakes_nothing(app: Flask, clients):
    acceptance(clients["manager"])
    row = newest(app)
    with app.app_context():
        make_report(db.session.scalars(db.select(Project)).one(), "2021-11", **BUILT | {"mep": 96.0}, approved_on=TODAY)
    assert "现在重新算得" in clients["reviewer"].get(f"/requests/{row.id}").text
    decides(clients["reviewer"], row)
    assert newest(app).state == "approved"


def test_rq6_a_gate_that_others_changed_meanwhile_is_overtaken(app: Flask, clients):
    acceptance(clients["manager"])
    row = newest(app)
    with app.app_context(), transaction():
        record_gate(Acting(SYSTEM, NOW, TODAY), project_id(app), "in_use", None, {}, passed_on=dt.date(2021, 11, 5))
    decides(clients["reviewer"], row)
    assert newest(app).state == "overtaken"
    assert passed(app) == dt.date(2021, 11, 5)


def test_rq5_an_emergency_is_done_marked_and_confirmed(app: Flask, clients):
    assert acceptance(clients["manager"], emergency="y").status_code == 302
    assert passed(app)
    assert "紧急办理, 未获同意" in clients["reviewer"].get("/").text
    assert "紧急办理" in clients["leader"].get("/projects/own/gates").text
    decides(clients["reviewer"], newest(app))
    assert newest(app).state == "approved"
    assert "紧急办理" not in clients["leader"].get("/projects/own/gates").text


def test_rq10_where_nobody_could_approve_it_is_said_with_what_to_do(app: Flask, clients):
    with app.app_context(), transaction():
        for user in db.session.scalars(db.select(User).where(User.role.in_(["reviewer", "dispatcher"]))):
            user.is_active = False
    answer = acceptance(clients["manager"])
    assert answer.status_code == 409
    assert "请安全管理员为项目的单位设一位单位审核员" in answer.text


@pytest.mark.parametrize("who", ["dispatcher", "reviewer"])
def test_rq10_a_dispatcher_who_proposes_does_not_approve(app: Flask, clients, who):
    acceptance(clients["dispatcher"])
    assert decides(clients["dispatcher"], newest(app)).status_code == 403
    decides(clients["second" if who == "dispatcher" else who], newest(app))
    assert newest(app).state == "approved"


def test_rq10_what_is_returned_leaves_all_as_it_was(app: Flask, clients):
    acceptance(clients["manager"])
    assert decides(clients["reviewer"], newest(app), agree=False, words="").status_code == 422
    assert decides(clients["reviewer"], newest(app), agree=False, words="没有验收文件").status_code == 302
    assert (newest(app).state, passed(app)) == ("returned", None)
    assert "没有验收文件" in clients["manager"].get(f"/requests/{newest(app).id}").text


# --- beside the values in force ---------------------------------------------------------------------------------------


def test_what_waits_stands_beside_what_is_in_force(app: Flask, clients):
    client = clients["manager"]
    client.post("/projects/own/plan", data=plan_typed(client, finish="2024-12-31"))
    for page in ("/projects/own", "/projects/own/plan"):
        shown = client.get(page).text
        assert "待同意" in shown
        assert "2022-12-31 → 2024-12-31" in shown
    assert "2022-12-31 → 2024-12-31" in clients["leader"].get("/projects/own").text
    assert "待同意" not in clients["leader"].get("/projects/own/gates").text


def test_r13_a_reviewer_sees_denominators_that_wait_or_were_changed(app: Flask, clients):
    """R-13: old → new, by whom, approved by whom; what was changed before the last approved report is told no more."""
    client, page = clients["manager"], "/projects/own/reports/2021-11/1"
    with app.app_context():
        db.session.execute(db.update(MonthlyReport).values(updated_at=NOW - dt.timedelta(days=20)))
        db.session.commit()
        project = db.session.scalars(db.select(Project)).one()
        make_report(project, "2021-11", state="submitted", **BUILT)
    assert "衡量的尺子有变动" not in clients["reviewer"].get(page).text
    client.post("/projects/own/plan", data=plan_typed(client, finish="2024-12-31", floors="16"))
    shown = clients["reviewer"].get(page).text
    assert "衡量的尺子有变动" in shown
    assert "计划层数: 18 → 16" in words_of(shown)
    decides(clients["dispatcher"], newest(app))
    shown = words_of(clients["reviewer"].get(page).text)
    assert "计划层数: 18 → 16" in shown
    assert "同意人" in shown
    assert "2024-12-31" not in shown.partition("衡量的尺子有变动")[2].partition("文字说明")[0]
    with app.app_context():
        db.session.execute(
            db.update(MonthlyReport)
            .where(MonthlyReport.state == "approved")
            .values(updated_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        )
        db.session.commit()
    assert "衡量的尺子有变动" not in clients["reviewer"].get(page).text


def test_rq6_a_request_is_called_in_the_readers_language_and_older_ones_as_they_were(app: Flask, clients):
    """The gate's name is a word of ours; the project's is not. A row from before texts were kept has none."""
    acceptance(clients["manager"])
    row = newest(app)
    assert row.title["m"] == "%(project)s · %(gate)s"
    gate = "投入使用"
    assert row.about.endswith(f" · {gate}")
    assert f" · {gate}" in clients["reviewer"].get(f"/requests/{row.id}").text
    with app.app_context(), transaction():
        db.session.execute(db.update(User).values(locale="en"))
    english = clients["reviewer"].get(f"/requests/{row.id}").text
    heading = english.partition("<h1>")[2].partition("</h1>")[0]
    assert gate not in heading
    assert "use" in heading.lower()
    assert gate not in clients["reviewer"].get("/requests").text.partition("<main")[2]
    with app.app_context(), transaction():
        db.session.execute(db.update(ConsentRequest).values(title=None))
    assert f" · {gate}" in clients["reviewer"].get(f"/requests/{row.id}").text
