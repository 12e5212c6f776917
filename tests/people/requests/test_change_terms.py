"""On which terms a change is taken: days in closed months (RQ-14), two who agree one after the other (RQ-13)."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import (
    NOW,
    TODAY,
    make_report,
    make_user,
    sign_in,
)
from flask import Flask
from pages import fields_of, words_of
from people.requests.changing import BUILT, STOP, acceptance, gate_now, passed, plan_typed
from people.requests.test_offices import decides, newest
from people.requests.test_two_person import under_the_rule

from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    AuditEntry,
    MonthlyReport,
    Project,
    Setting,
    StageProgress,
    User,
)
from projects.money.receipts.operations import close_month
from projects.people.requests.queries import approvals

# --- days in months that were closed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "asked"), [("2021-10-31", True), ("2021-11-01", False)])
def test_rq14_a_day_in_a_month_that_was_reported_needs_a_reason(app: Flask, clients, day: str, asked: bool):
    """RQ-14: the report of October is approved, so its last day is the limit."""
    answer = acceptance(clients["manager"], passed_on=day)
    assert (answer.status_code == 422) == asked
    if not asked:
        assert "backdated_reason" not in newest(app).changes
        return
    assert "请写明为什么现在才记到那时" in answer.text
    assert acceptance(clients["manager"], passed_on=day, backdated_reason="验收文件十一月才到").status_code == 302
    shown = clients["reviewer"].get(f"/requests/{newest(app).id}").text
    assert "追溯: 日期在已经结月的月份里" in shown
    decides(clients["reviewer"], newest(app))
    assert gate_now(app).backdated_reason == "验收文件十一月才到"
    assert "验收文件十一月才到" in clients["leader"].get("/projects/own/gates").text
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.tag == "project:gate:recorded")).one()
        assert entry.changes["backdated_reason"] == [None, "验收文件十一月才到"]
    note = {"version": "1", "passed_on": day, "note": "移交档案", "why": ""}
    assert acceptance(clients["manager"], **note).status_code == 302  # the day stays: nothing is asked again
    assert gate_now(app).note == "移交档案"
    cleared = {"version": "2", "action": "clear"}
    assert acceptance(clients["manager"], **cleared).status_code == 422
    assert acceptance(clients["manager"], **cleared, backdated_reason="登错项目").status_code == 302


def test_rq14_accounts_that_were_closed_for_the_place_count_too(app: Flask, clients):
    with app.app_context(), transaction():
        close_month(Acting(SYSTEM, NOW, TODAY), dt.date(2021, 10, 1), "", {})
        db.session.execute(db.update(MonthlyReport).values(month=dt.date(2021, 9, 1)))
    assert acceptance(clients["manager"], passed_on="2021-10-31").status_code == 422
    assert acceptance(clients["manager"], passed_on="2021-11-01").status_code == 302


def test_rq14_plans_and_stops_too(app: Flask, clients):
    client = clients["manager"]
    typed = plan_typed(client, finish="2024-12-31", since="2021-10-01")
    assert client.post("/projects/own/plan", data=typed).status_code == 422
    assert client.post("/projects/own/plan", data=typed | {"backdated_reason": "九月已批准"}).status_code == 302
    assert newest(app).changes["backdated_reason"] == [None, "九月已批准"]
    old = STOP | {"on": "2021-10-10"}
    assert client.post("/projects/own/forecast", data=old).status_code == 422
    assert client.post("/projects/own/forecast", data=old | {"backdated_reason": "通知晚到"}).status_code == 302


def test_rq14_a_report_approved_while_it_waits_overtakes_nothing(app: Flask, clients):
    acceptance(clients["manager"])
    with app.app_context():
        make_report(db.session.scalars(db.select(Project)).one(), "2021-11", **BUILT, approved_on=TODAY)
    decides(clients["reviewer"], newest(app))
    assert newest(app).state == "approved"


def test_rq14_where_one_person_may_the_reason_is_asked_all_the_same(app: Flask, clients):
    under_the_rule(app, "gates:0")
    assert acceptance(clients["manager"], passed_on="2021-10-31").status_code == 422
    assert acceptance(clients["manager"], passed_on="2021-10-31", backdated_reason="晚到").status_code == 302
    assert gate_now(app).backdated_reason == "晚到"


# --- two who agree one after the other --------------------------------------------------------------------------------


def test_rq13_the_units_reviewer_agrees_first_and_then_a_dispatcher(app: Flask, clients):
    """RQ-13"""
    under_the_rule(app, "gates:2")
    acceptance(clients["manager"])
    row = newest(app)
    assert row.steps == 2
    assert decides(clients["dispatcher"], row).status_code == 403
    assert decides(clients["reviewer"], row, words="已看文件").status_code == 302
    assert (newest(app).state, passed(app)) == ("waiting", None)
    assert decides(clients["reviewer"], row).status_code == 403
    assert "已看文件" in clients["dispatcher"].get(f"/requests/{row.id}").text
    assert decides(clients["dispatcher"], row).status_code == 302
    assert newest(app).state == "approved"
    assert passed(app)
    with app.app_context():
        tags = [
            one
            for one in db.session.scalars(db.select(AuditEntry.tag).order_by(AuditEntry.id))
            if one.startswith("consent")
        ]
        assert tags == ["consent:request:proposed", "consent:request:first", "consent:request:approved"]


def test_rq13_either_of_the_two_returns_it(app: Flask, clients):
    under_the_rule(app, "gates:2")
    for number, who in enumerate(("reviewer", "dispatcher")):
        acceptance(clients["manager"])
        if number:
            decides(clients["reviewer"], newest(app))
        decides(clients[who], newest(app), agree=False, words="没有文件")
        assert (newest(app).state, passed(app)) == ("returned", None)


def test_rq13_where_one_of_the_two_is_missing_nothing_is_taken(app: Flask, clients):
    under_the_rule(app, "gates:2")
    with app.app_context(), transaction():
        db.session.execute(db.update(User).where(User.role == "reviewer").values(is_active=False))
    answer = acceptance(clients["manager"])
    assert answer.status_code == 409
    assert "缺少其中一级" in answer.text
    with app.app_context(), transaction():
        db.session.execute(db.update(User).where(User.role == "reviewer").values(is_active=True))
        db.session.execute(db.update(User).where(User.role == "dispatcher").values(is_active=False))
    assert "缺少其中一级" in acceptance(clients["manager"]).text


def test_rq10_how_many_approve_is_chosen_by_two_offices(app: Flask, clients):
    with app.app_context():
        offices = {role: make_user(role) for role in ("security", "auditor")}
    security, auditor = (sign_in(app.test_client(), user) for user in offices.values())
    assert "审批与验收: 另一个人审批" in words_of(security.get("/requests/two-person").text)
    page = security.get("/requests/two-person").text
    steps = {f"steps_{group}": "1" for group in ("gates", "plan", "stops", "sums", "weights", "baseline")}
    assert all(f'name="{name}"' in page for name in steps)
    typed = {"reason": "按市里要求", **steps, "steps_gates": "2", "steps_stops": "0", "groups": "months"}
    assert security.post("/requests/two-person", data=typed).status_code == 302
    row = newest(app)
    assert row.changes == {
        "two_person_months": [False, True],
        "two_person_gates": ["1", "2"],
        "two_person_stops": ["1", "0"],
    }
    assert "另一个人审批 → 先单位审核员, 再调度员审批" in words_of(auditor.get(f"/requests/{row.id}").text)
    decides(auditor, row)
    with app.app_context():
        assert {**approvals()} | {"months": 1, "gates": 2, "stops": 0, "plan": 1} == approvals()
    assert security.post("/requests/two-person", data=typed | {"steps_gates": "7"}).status_code in {302, 422}
    with app.app_context():
        assert approvals()["gates"] == 2


@pytest.mark.parametrize(
    ("stored", "gates", "months"),
    [(None, 1, 0), ("", 1, 0), ("months", 1, 1), ("gates:0", 0, 0), ("gates:2,months:1", 2, 1), ("gates:9", 1, 0)],
)
def test_rq10_what_an_installation_stored_before_leaves_the_new_groups_on(app: Flask, stored, gates, months):
    with app.app_context():
        if stored is not None:
            with transaction():
                db.session.merge(Setting(key="two_person", value=stored))
        assert (approvals()["gates"], approvals()["months"]) == (gates, months)


def test_r13_a_report_measured_by_other_floors_is_given_back(app: Flask, clients):
    """16 floors of 18 were handed in; with 20 planned they are another percent, which nobody has seen."""
    manager, page = clients["manager"], "/projects/own/reports/2021-11"
    with app.app_context(), transaction():  # a month ago it was half
        db.session.execute(db.update(StageProgress).values(percent=50.0))
    fields = fields_of(manager.get(page).text, "report") | {"action": "submit", "floors_structure": "16"}
    assert manager.post(page, data=fields | {"in_statistics": "yes", "investment": "100"}).status_code == 302
    manager.post("/projects/own/plan", data=plan_typed(manager, floors="20"))
    decides(clients["dispatcher"], newest(app))
    review = fields_of(clients["reviewer"].get(f"{page}/1").text)
    answer = clients["reviewer"].post(f"{page}/1/approve", data=review)
    assert answer.status_code == 409
    assert "提交之后计划层数或阶段权重改过" in answer.text
    assert clients["reviewer"].post(f"{page}/1/return", data=review | {"comment": "按 20 层重填"}).status_code == 302
