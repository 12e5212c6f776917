"""RQ-10 to RQ-12: what moves a project's verdicts is asked for by one and approved by another, who both see what it
does to each of them before → after; the ways of moving the yardstick alone are refused or wait.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from builders import (
    NOW,
    STAGES,
    TODAY,
    actor_of,
    make_day,
    make_gate,
    make_place,
    make_project,
    make_report,
    make_unit,
    make_user,
    sign_in,
)
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from people.requests.test_offices import decides, newest
from people.requests.test_two_person import under_the_rule
from sqlalchemy import select
from works.files.pictures import pdf

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    Attachment,
    AuditEntry,
    ConsentRequest,
    Milestone,
    MonthlyReport,
    Project,
    Setting,
    StageProgress,
    TargetStatus,
    User,
    UserPlace,
)
from projects.money.ladder.operations import Amount, set_composition
from projects.money.ladder.queries import composition_of
from projects.money.receipts.operations import close_month
from projects.people.requests.queries import approvals
from projects.verdicts.renewal.operations import recompute
from projects.verdicts.status.queries import stage_plans
from projects.works.files.queries import counts_by_gate
from projects.works.gates.operations import record_gate
from projects.works.gates.queries import gate_list, gate_of
from projects.works.schedule.checks import PlanChange, ProjectPlan
from projects.works.schedule.operations import MeasureChange, save_plan, set_baseline, set_weights
from projects.works.schedule.queries import milestones_on, plan_of, stages_of
from projects.works.stops.operations import note_stop
from projects.works.stops.queries import stops_of

BUILT = dict.fromkeys(STAGES, 95.0) | {"foundation": 100.0, "structure": 100.0}
PROMISE = {"measure": "in_use", "due": dt.date(2021, 12, 31)}


@pytest.fixture
def clients(app: Flask) -> dict[str, FlaskClient]:
    """A manager with one project, its unit's reviewer, two dispatchers, and others who may not decide."""
    with app.app_context():
        make_day()
        make_place("360000", "江西省")
        unit, other = make_unit(), make_unit("县人民医院")
        people = {
            "manager": make_user("manager", unit_id=unit.id),
            "reviewer": make_user("reviewer", unit_id=unit.id),
            "stranger": make_user("reviewer", unit_id=other.id),
            "dispatcher": make_user("dispatcher"),
            "second": make_user("dispatcher"),
            "far": make_user("dispatcher", all_places=False),
            "leader": make_user("leader"),
            "finance": make_user("finance"),
        }
        with transaction():
            db.session.add(UserPlace(user_id=people["far"].id, place_code="360000"))
        project = make_project("own", manager=people["manager"], unit_id=unit.id, floors=18, targets=[PROMISE])
        make_report(project, "2021-10", **BUILT)
        with transaction():
            recompute([project.id], TODAY)
    return {name: sign_in(app.test_client(), user) for name, user in people.items()}


def acceptance(client: FlaskClient, **typed: str):
    values = {"action": "record", "version": "", "passed_on": "2021-11-20", "why": "已组织验收"} | typed
    return client.post("/projects/own/gates/in_use", data=values)


def project_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(db.select(Project.id)).one()


def gate_now(app: Flask):
    with app.app_context():
        return gate_of(project_id(app), "in_use")


def passed(app: Flask) -> dt.date | None:
    gate = gate_now(app)
    return gate and gate.passed_on


def state(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(db.select(TargetStatus.state)).one()


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


# --- plan and floors --------------------------------------------------------------------------------------------------


def plan_typed(client: FlaskClient, **typed: str) -> dict[str, str]:
    return fields_of(client.get("/projects/own/plan").text) | {"reason": "甲方要求"} | typed


def plan_days(app: Flask) -> tuple[dt.date | None, int | None]:
    with app.app_context():
        plan = plan_of(project_id(app))
        return plan.days["finish"], plan.floors


def test_p4_floors_do_not_move_without_a_reason_nor_alone(app: Flask, clients):
    """The second way: 6 → 20 → 16."""
    client = clients["manager"]
    assert client.post("/projects/own/plan", data=plan_typed(client, floors="20")).status_code == 302
    assert plan_days(app)[1] == 18
    refused = client.post("/projects/own/plan", data=plan_typed(client, floors="16", reason=""))
    assert refused.status_code == 422
    assert "改动要写明理由" in refused.text
    same = client.post("/projects/own/plan", data=plan_typed(client, floors="16"))
    assert same.status_code == 409
    assert "同样的申请已经有一份在等" in same.text
    decides(clients["reviewer"], newest(app), agree=False, words="图纸是 18 层")
    assert plan_days(app)[1] == 18
    client.post("/projects/own/plan", data=plan_typed(client, floors="16"))
    assert newest(app).changes["floors"] == ["18", "16"]
    decides(clients["dispatcher"], newest(app))
    assert plan_days(app)[1] == 16


def test_p6_a_finish_two_years_later_waits_and_says_what_it_does(app: Flask, clients):
    """The third way: 2022 → 2024 at once; P-6."""
    client = clients["manager"]
    seen = client.post("/projects/own/plan", data=plan_typed(client, finish="2024-12-31", action="see"))
    assert seen.status_code == 200
    assert 'value="2024-12-31"' in seen.text
    assert "施工对照计划" in seen.text
    assert plan_days(app)[0] == dt.date(2022, 12, 31)
    client.post("/projects/own/plan", data=plan_typed(client, finish="2024-12-31"))
    row = newest(app)
    assert (row.state, plan_days(app)[0]) == ("waiting", dt.date(2022, 12, 31))
    assert row.changes == {"finish": ["2022-12-31", "2024-12-31"]}
    assert any(one["before"] != one["after"] for one in row.effects)
    assert "2022-12-31 → 2024-12-31" in clients["manager"].get("/projects/own/plan").text
    decides(clients["reviewer"], row)
    assert plan_days(app)[0] == dt.date(2024, 12, 31)
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.tag == "project:plan:changed")).one()
        assert (entry.actor_id, entry.changes["since"]) == (row.proposer_id, [None, "2021-11-30"])


def test_p6_the_first_plan_of_a_project_without_reports_is_entered_at_once(app: Flask, clients):
    with app.app_context():
        manager = db.session.scalars(db.select(User).where(User.role == "manager")).one()
        make_project("new", manager=manager, plan={})
        make_project("told", manager=manager, plan={})
        make_report(
            db.session.scalars(db.select(Project).where(Project.slug == "told")).one(), "2021-10", state="draft"
        )
    days = {"start": "2021-01-01", "finish": "2022-12-31", "floors": "12"}
    for slug, waits in (("new", False), ("told", True)):
        fields = fields_of(clients["manager"].get(f"/projects/{slug}/plan").text) | days
        answer = clients["manager"].post(f"/projects/{slug}/plan", data=fields)
        assert (answer.status_code == 422) == waits  # who reported gives a reason, and waits
        if waits:
            answer = clients["manager"].post(f"/projects/{slug}/plan", data=fields | {"reason": "补录"})
            assert answer.location.startswith("/requests/")
    with app.app_context():
        assert plan_of(db.session.scalars(db.select(Project.id).where(Project.slug == "new")).one()).floors == 12


def test_p6_nobody_walks_round_by_the_operation(app: Flask, clients):
    with app.app_context():
        manager = db.session.scalars(db.select(User).where(User.role == "manager")).one()
        project = db.session.scalars(db.select(Project)).one()
        plan = plan_of(project.id)
        change = PlanChange(ProjectPlan(plan.days | {"finish": dt.date(2025, 1, 1)}, plan.floors), "改期")
        which, actor = (project.id, project.version), actor_of(manager, project)
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            save_plan(Acting(actor, NOW, TODAY), which, change)


def test_p6_the_variance_of_a_milestone_does_not_turn_over_by_one_form(app: Flask, clients):
    """The fourth way: planned for 06-01, reached on 06-16: +15 stays +15 until another person agrees to 08-11."""

    def variance() -> int | None:
        with app.app_context():
            rows = gate_list(project_id(app), TODAY)
            return next(row.overdue_days for row in rows if row.spec.key == "in_use")

    with app.app_context():
        project = db.session.scalars(db.select(Project)).one()
        make_gate(project, "in_use", dt.date(2021, 6, 16))
        plan = plan_of(project.id)
        days = plan.days | {"gate_in_use": dt.date(2021, 6, 1)}
        with transaction():
            which = (project.id, project.version)
            save_plan(Acting(SYSTEM, NOW, TODAY), which, PlanChange(ProjectPlan(days, plan.floors), "补录"))
    assert variance() == 15
    client = clients["manager"]
    client.post("/projects/own/plan", data=plan_typed(client, gate_in_use="2021-08-11"))
    assert variance() == 15
    decides(clients["reviewer"], newest(app))
    assert variance() == -56
    assert "+15" in client.get("/projects/own").text  # against the baseline, which stays (S-26)


# --- stops ------------------------------------------------------------------------------------------------------------

STOP = {"effect": "stop", "on": "2021-11-10", "reason": "停工令〔2021〕3号", "why": "监理通知"}


def stops(app: Flask) -> list[tuple[dt.date, str]]:
    with app.app_context():
        return [(one.happened_on, one.text) for one in stops_of(project_id(app))]


def test_s14_a_stop_waits_and_moves_no_plan_alone(app: Flask, clients):
    """A stop moves the plan by as long as it lasts, so nobody notes one alone."""
    client = clients["manager"]
    assert client.post("/projects/own/forecast", data=STOP | {"why": ""}).status_code == 422
    seen = client.post("/projects/own/forecast", data=STOP | {"action": "see"})
    assert "办理后对判断的影响" in seen.text
    assert client.post("/projects/own/forecast", data=STOP).status_code == 302
    row = newest(app)
    assert stops(app) == []
    works = next(one for one in row.effects if one["key"] == "works")
    assert works["after"]["state"]["m"] == "停工"
    assert "待同意" in client.get("/projects/own/forecast").text
    decides(clients["reviewer"], row)
    assert stops(app) == [(dt.date(2021, 11, 10), "停工令〔2021〕3号")]


def test_rq11_other_words_for_a_stop_are_corrected_at_once_and_another_day_waits(app: Flask, clients):
    client = clients["manager"]
    client.post("/projects/own/forecast", data=STOP)
    decides(clients["reviewer"], newest(app))
    with app.app_context():
        event = stops_of(project_id(app))[0]
        where = f"/projects/own/forecast/stops/{event.id}"
    form = fields_of(client.get(f"/projects/own/forecast?edit={event.id}").text)
    words = form | {"reason": "停工令〔2021〕4号", "why": "文号抄错", "action": "correct"}
    assert client.post(where, data=words).location.startswith("/projects/own/forecast")
    assert stops(app) == [(dt.date(2021, 11, 10), "停工令〔2021〕4号")]
    form = fields_of(client.get(f"/projects/own/forecast?edit={event.id}").text)
    answer = client.post(where, data=form | {"on": "2021-11-01", "why": "日期抄错", "action": "correct"})
    assert answer.location.startswith("/requests/")
    assert stops(app)[0][0] == dt.date(2021, 11, 10)
    decides(clients["dispatcher"], newest(app))
    assert stops(app)[0][0] == dt.date(2021, 11, 1)


def test_s14_nobody_walks_round_by_the_operation(app: Flask, clients):
    with app.app_context():
        manager = db.session.scalars(db.select(User).where(User.role == "manager")).one()
        project = db.session.scalars(db.select(Project)).one()
        actor, key = actor_of(manager, project), project.id
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            note_stop(Acting(actor, NOW, TODAY), key, STOP)


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


# --- approved sums ----------------------------------------------------------------------------------------------------


def approved_sums(app: Flask) -> list[int]:
    with app.app_context():
        return [row.amount_fen for row in composition_of(project_id(app))]


def test_m18_an_approved_sum_is_raised_by_two(app: Flask, clients):
    client = clients["finance"]
    typed = {"c-source": "cbi", "c-kind": "approved_estimate", "c-amount": "2000", "c-unit": "万元"}
    with app.app_context(), transaction():
        amount = Amount("cbi", "approved_estimate", 1000_0000_00, None)
        set_composition(Acting(SYSTEM, NOW, TODAY), project_id(app), amount)
    typed |= {"c-seen": "1000000000", "c-reason": "概算调整"}
    assert client.post("/projects/own/funding/composition", data=typed | {"c-reason": ""}).status_code == 422
    assert "办理后对判断的影响" in client.post("/projects/own/funding/composition", data=typed | {"action": "see"}).text
    assert client.post("/projects/own/funding/composition", data=typed).location.startswith("/requests/")
    row = newest(app)
    assert approved_sums(app) == [1000_0000_00]
    assert row.changes["amount_fen"] == [1000_0000_00, 2000_0000_00]
    assert decides(client, row).status_code == 403
    assert "批复金额" in clients["manager"].get("/projects/own").text
    decides(clients["reviewer"], row)
    assert approved_sums(app) == [2000_0000_00]


def test_m18_nobody_walks_round_by_the_operation_and_a_first_sum_is_entered_at_once(app: Flask, clients):
    with app.app_context():
        finance = db.session.scalars(db.select(User).where(User.role == "finance")).one()
        acting = Acting(Actor(finance.id, "", "finance"), NOW, TODAY)
        own, new = project_id(app), make_project("new").id
        amount = Amount("cbi", "approved_estimate", 100, None)
        with transaction():
            set_composition(acting, new, amount)
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            set_composition(acting, new, replace(amount, amount_fen=200, seen_fen=100))
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            set_composition(acting, own, amount)  # of a project that was reported


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


# --- weights and the baseline -----------------------------------------------------------------------------------------


def weights_typed(client: FlaskClient, **typed: str) -> dict[str, str]:
    fields = fields_of(client.get("/projects/own/weights").text) | {"reason": "结构占比偏低"}
    stages = [key for key in fields if key.startswith("weight_")]
    return fields | {stages[int(name[1:])]: value for name, value in typed.items()}


def weights(app: Flask, day: dt.date = TODAY) -> list[float]:
    with app.app_context():
        return [one.weight for one in stage_plans([project_id(app)], day)[project_id(app)]]


def test_p7_weights_are_changed_by_two_and_sum_to_a_hundred(app: Flask, clients):
    """P-7: 30 → 35 and 20 → 15; 30 → 35 alone makes 105."""
    client, before = clients["manager"], weights(app)
    refused = client.post("/projects/own/weights", data=weights_typed(client, s2="35"))
    assert refused.status_code == 422
    assert "合计 105.0, 应为 100" in refused.text
    for wrong in ("-1", "100.001", "1e5", "NaN", "x"):
        assert client.post("/projects/own/weights", data=weights_typed(client, s2=wrong)).status_code == 422
    typed = weights_typed(client, s2="35", s4="15")
    assert client.post("/projects/own/weights", data=typed | {"reason": ""}).status_code == 422
    assert "办理后对判断的影响" in client.post("/projects/own/weights", data=typed | {"action": "see"}).text
    assert client.post("/projects/own/weights", data=typed).location.startswith("/requests/")
    row = newest(app)
    assert row.changes == {"weight:structure": ["30", "35"], "weight:mep": ["20", "15"]}
    assert weights(app) == before
    assert "主体结构 (权重): 30 → 35" in words_of(clients["leader"].get("/projects/own").text)
    decides(clients["reviewer"], row)
    assert weights(app)[2:5] == [35.0, before[3], 15.0]
    assert weights(app, TODAY - dt.timedelta(days=1)) == before  # S-20
    assert "以前的权重" in client.get("/projects/own/weights").text
    with app.app_context():
        make_report(db.session.scalars(db.select(Project)).one(), "2021-11", state="submitted", **BUILT)
    assert "主体结构 (权重): 30 → 35" in words_of(clients["reviewer"].get("/projects/own/reports/2021-11/1").text)


def test_p7_a_name_is_changed_at_once(app: Flask, clients):
    client = clients["manager"]
    fields = weights_typed(client)
    name = next(key for key in fields if key.startswith("name_"))
    answer = client.post("/projects/own/weights", data=fields | {name: "前期 (含搬迁)"})
    assert answer.location.startswith("/projects/own/weights")
    with app.app_context():
        assert stages_of(project_id(app))[0].name == "前期 (含搬迁)"


def test_p8_the_plan_becomes_the_baseline_by_two_and_the_old_one_stays(app: Flask, clients):
    """P-8"""
    client = clients["manager"]
    client.post("/projects/own/plan", data=plan_typed(client, finish="2024-12-31"))
    decides(clients["reviewer"], newest(app))

    def finish(day: dt.date) -> dt.date | None:
        with app.app_context():
            return next(base for one, _, base, _ in milestones_on(project_id(app), day) if one.percent == 100)

    form = fields_of(client.get("/projects/own/baseline").text) | {"reason": "初设批复"}
    assert client.post("/projects/own/baseline", data=form).location.startswith("/requests/")
    assert newest(app).changes == {"baseline:finish": ["2022-12-31", "2024-12-31"]}
    assert finish(TODAY) == dt.date(2022, 12, 31)
    decides(clients["dispatcher"], newest(app))
    assert finish(TODAY) == dt.date(2024, 12, 31)
    assert finish(TODAY - dt.timedelta(days=1)) == dt.date(2022, 12, 31)
    assert "以前的基准" in client.get("/projects/own/baseline").text
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.tag == "project:baseline:changed")).one()
        assert entry.changes["reason"] == ["", "初设批复"]


@pytest.mark.parametrize("page", ["weights", "baseline"])
def test_p7_p8_nobody_else_reaches_the_pages(app: Flask, clients, page: str):
    assert clients["leader"].get(f"/projects/own/{page}").status_code == 403
    assert clients["far"].get(f"/projects/own/{page}").status_code == 404
    assert clients["far"].post(f"/projects/own/{page}", data={"reason": "x"}).status_code == 404
    assert clients["reviewer"].post(f"/projects/own/{page}", data={"reason": "x"}).status_code == 403


def test_p7_p8_nobody_walks_round_by_the_operation(app: Flask, clients):
    with app.app_context():
        manager = db.session.scalars(db.select(User).where(User.role == "manager")).one()
        project = db.session.scalars(db.select(Project)).one()
        acting, which = Acting(actor_of(manager, project), NOW, TODAY), (project.id, project.version)
        stages = {one.id: (one.name, str(one.weight)) for one in stages_of(project.id)}
        first, second = list(stages)[:2]
        stages |= {first: ("前期", "10"), second: ("基础", "10")}
        with transaction():
            db.session.execute(db.update(Milestone).values(baseline_on=dt.date(2020, 1, 1)))
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            set_weights(acting, which, MeasureChange("因", stages=stages))
        with pytest.raises(ForbiddenError, match="另一个人同意"), transaction():
            set_baseline(acting, which, MeasureChange("因"))


# --- a scan in the same form ------------------------------------------------------------------------------------------


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
    link = re.search(r"/projects/own/files/\d+", page)[0]
    assert clients["reviewer"].get(link).status_code == 200
    assert clients["stranger"].get(link).status_code == 404
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


def test_rq4_plans_and_stops_take_a_scan_too(app: Flask, clients):
    client = clients["manager"]
    client.post("/projects/own/plan", data=plan_typed(client, finish="2024-12-31") | scanned())
    client.post("/projects/own/forecast", data=STOP | scanned("停工令.pdf"))
    with app.app_context():
        kinds = select(ConsentRequest.kind).join(Attachment, Attachment.request_id == ConsentRequest.id)
        assert sorted(db.session.scalars(kinds)) == ["plan.save", "stop.note"]
