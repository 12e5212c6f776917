"""Each kind of change by itself (RQ-10, RQ-11, P-4 to P-8, M-18): it waits, it moves nothing before another person
agreed, and no operation is a way round. Three of the ways of moving the yardstick are here, the first in test_changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_gate,
    make_project,
    make_report,
)
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of, words_of
from people.requests.changing import BUILT, STOP, plan_days, plan_typed, project_id
from people.requests.test_offices import decides, newest

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    AuditEntry,
    Milestone,
    Project,
    User,
)
from projects.money.ladder.operations import Amount, set_composition
from projects.money.ladder.queries import composition_of
from projects.verdicts.status.queries import stage_plans
from projects.works.gates.queries import gate_list
from projects.works.schedule.checks import PlanChange, ProjectPlan
from projects.works.schedule.operations import MeasureChange, save_plan, set_baseline, set_weights
from projects.works.schedule.queries import milestones_on, plan_of, stages_of
from projects.works.stops.operations import note_stop
from projects.works.stops.queries import stops_of

# --- plan and floors --------------------------------------------------------------------------------------------------


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
