"""Rules P-1 to P-4, and the plan's form as each role."""

from __future__ import annotations

import datetime as dt

import pytest
from approving import approved, make_approver
from builders import make_day, make_project, make_user, sign_in
from flask import Flask
from pages import fields_of
from sqlalchemy import select

from projects.extensions import db
from projects.models import AuditEntry, Milestone, ProjectStatus
from projects.works.schedule.checks import ProjectPlan, check

DAYS = {"start": "2021-01-01", "p25": "2021-04-01", "p50": "2021-07-01", "p75": "2021-10-01", "finish": "2021-12-31"}


def plan(floors=None, **days):
    return ProjectPlan({name: dt.date.fromisoformat(day) for name, day in days.items()}, floors)


@pytest.mark.parametrize(
    ("new", "old", "reason", "fields"),
    [
        (plan(**DAYS), plan(), "", set()),
        (plan(), plan(), "", set()),
        (plan(p25="2021-04-01"), plan(), "", {"p25"}),  # P-1
        (plan(p25="2021-04-01", p50="2021-04-01"), plan(), "", {"p50"}),  # P-2
        (plan(p25="2021-04-01", finish="2021-03-01"), plan(), "", {"finish"}),  # P-2
        (plan(0, **DAYS), plan(), "", {"floors"}),  # P-3
        (plan(16, **DAYS), plan(), "", set()),
        (plan(**DAYS | {"p25": "2021-05-01"}), plan(**DAYS), "", {"reason"}),  # P-4
        (plan(**DAYS | {"p25": "2021-05-01"}), plan(**DAYS), "汛期停工", set()),
        (plan(**DAYS), plan(p25="2021-04-01", p50="2021-07-01"), "", set()),
        (plan(start="1021-01-01", finish="2021-01-01"), plan(), "", {"start"}),
        (plan(**DAYS), plan(), "长" * 501, {"reason"}),
    ],
)
def test_what_a_plan_may_say(new, old, reason, fields):
    assert set(check(new, old, reason)) == fields


@pytest.fixture
def manager(app: Flask):
    with app.app_context():
        make_day()
        user = make_user("manager", name="m")
        make_project("one", manager=user, plan={}, floors=10)
        make_project("foreign", plan={})
        return user


def test_three_dates_make_a_plan_and_a_verdict(app: Flask, client, manager):
    sign_in(client, manager)
    fields = fields_of(client.get("/projects/one/plan").text) | {
        "p25": "2021-04-01",
        "p50": "2021-07-01",
        "p75": "2021-10-01",
        "floors": "12",
        "reason": "设计变更",
    }
    assert client.post("/projects/one/plan", data=fields).status_code == 302
    with app.app_context():
        assert {row.percent: (row.baseline_on, row.plan_on) for row in db.session.scalars(select(Milestone))}[25.0] == (
            dt.date(2021, 4, 1),
            dt.date(2021, 4, 1),
        )
        assert db.session.scalar(select(ProjectStatus.plan_kind)) == "dated_percentages"
        assert db.session.scalar(select(AuditEntry.tag).order_by(AuditEntry.id.desc())) == "project:plan:changed"
    assert "2021-10-01" in client.get("/projects/one").text


def test_a_moved_date_keeps_the_baseline_and_needs_a_reason(app: Flask, client, manager):
    sign_in(client, manager)
    make_approver(app)
    client.post("/projects/one/plan", data=fields_of(client.get("/projects/one/plan").text) | DAYS)
    moved = fields_of(client.get("/projects/one/plan").text) | {"p25": "2021-05-01", "reason": ""}
    refused = client.post("/projects/one/plan", data=moved)
    assert refused.status_code == 422
    assert 'value="2021-05-01"' in refused.text
    assert client.post("/projects/one/plan", data=moved | {"reason": "汛期停工"}).status_code == 302
    assert approved(app) == "approved"
    with app.app_context():
        row = db.session.scalar(select(Milestone).where(Milestone.percent == 25))
        assert (row.baseline_on, row.plan_on) == (dt.date(2021, 4, 1), dt.date(2021, 5, 1))


def test_two_people_at_one_plan_meet(app: Flask, client, manager):
    make_approver(app)
    sign_in(client, manager)
    seen = fields_of(client.get("/projects/one/plan").text) | {"once": ""}  # two windows
    assert client.post("/projects/one/plan", data=seen | DAYS).status_code == 302
    late = client.post("/projects/one/plan", data=seen | DAYS | {"p25": "2021-03-03"})
    assert late.status_code == 409
    assert "刚被他人改过" in late.text
    assert 'value="2021-03-03"' in late.text
    assert client.post("/projects/one/plan", data=fields_of(late.text) | {"reason": "核对后"}).status_code == 302


def test_a_day_that_is_none_is_named_and_kept(client, manager):
    sign_in(client, manager)
    answer = client.post(
        "/projects/one/plan", data=fields_of(client.get("/projects/one/plan").text) | {"p25": "2021-02-30"}
    )
    assert answer.status_code == 422
    assert "不是日期" in answer.text
    assert 'value="2021-02-30"' in answer.text


def test_foreign_plans_are_not_found_and_readers_refused(app: Flask, client, manager):
    sign_in(client, manager)
    assert client.get("/projects/foreign/plan").status_code == 404
    with app.app_context():
        leader = make_user("leader")
    sign_in(client, leader)
    assert client.get("/projects/one/plan").status_code == 403
