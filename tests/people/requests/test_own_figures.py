"""RQ-15: nobody agrees to another measure for figures that they handed in."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of
from people.requests.changing import STOP, acceptance, plan_days, plan_typed, project_id
from people.requests.test_offices import decides, newest
from people.requests.test_two_person import under_the_rule
from sqlalchemy import select, update

from projects.database import transaction
from projects.extensions import db
from projects.models import ConsentRequest, MonthlyReport, ReportStep, User
from projects.works.reports.queries import filers

REPORT = "/projects/own/reports/2021-11"


def files(client: FlaskClient, action: str = "submit") -> None:
    """Fill in November's report of the manager's project."""
    fields = fields_of(client.get(REPORT).text, "report") | {"action": action, "floors_structure": "18"}
    answer = client.post(REPORT, data=fields | {"in_statistics": "yes", "investment": "100"})
    assert answer.status_code == 302, answer.text


def asks(clients: dict[str, FlaskClient], **typed: str) -> object:
    return clients["manager"].post("/projects/own/plan", data=plan_typed(clients["manager"], floors="20") | typed)


def test_rq15_a_dispatcher_who_filed_decides_no_floors(app: Flask, clients):
    files(clients["dispatcher"])
    asks(clients)
    row = newest(app)
    refused = decides(clients["dispatcher"], row)
    assert refused.status_code == 403
    assert "您报送过这个项目的月报" in refused.text
    assert plan_days(app)[1] == 18
    page = clients["dispatcher"].get(f"/requests/{row.id}").text
    assert 'name="agree"' not in page
    assert 'name="agree"' in clients["second"].get(f"/requests/{row.id}").text
    assert "等您决定的申请" not in clients["dispatcher"].get("/").text
    assert "等您决定的申请" in clients["second"].get("/").text
    decides(clients["second"], row)
    assert plan_days(app)[1] == 20


def test_rq15_nor_returns_it(app: Flask, clients):
    files(clients["dispatcher"])
    asks(clients)
    assert decides(clients["dispatcher"], newest(app), agree=False, words="不").status_code == 403


def test_rq15_a_draft_is_no_sending_in(app: Flask, clients):
    """The limit: what is only saved was not sent in."""
    files(clients["dispatcher"], "save")
    asks(clients)
    assert decides(clients["dispatcher"], newest(app)).status_code == 302
    assert plan_days(app)[1] == 20


def test_rq15_a_returned_report_was_sent_in_all_the_same(app: Flask, clients):
    files(clients["dispatcher"])
    review = fields_of(clients["reviewer"].get(f"{REPORT}/1").text)
    sent_back = clients["reviewer"].post(f"{REPORT}/1/return", data=review | {"comment": "再核"})
    assert sent_back.status_code == 302
    asks(clients)
    assert decides(clients["dispatcher"], newest(app)).status_code == 403


def test_rq15_gates_are_facts_of_their_own(app: Flask, clients):
    files(clients["dispatcher"])
    acceptance(clients["manager"])
    assert decides(clients["dispatcher"], newest(app)).status_code == 302


def test_rq15_an_emergency_is_not_confirmed_by_who_filed(app: Flask, clients):
    files(clients["dispatcher"])
    assert clients["manager"].post("/projects/own/forecast", data=STOP | {"emergency": "y"}).status_code == 302
    assert decides(clients["dispatcher"], newest(app)).status_code == 403
    assert decides(clients["second"], newest(app)).status_code == 302


def test_rq15_whom_to_set_up_is_said_where_only_filers_could_agree(app: Flask, clients):
    """The deadlock: told when it is asked for, and nothing is taken."""
    with app.app_context(), transaction():
        others = User.username.in_(("second", "reviewer")) | ((User.role == "reviewer") & User.is_active)
        keep = select(User.id).where(User.role == "dispatcher", User.all_places).order_by(User.id).limit(1)
        gone = others | ((User.role == "dispatcher") & User.id.not_in(keep))
        db.session.execute(
            update(User).where(gone).values(is_active=False).execution_options(synchronize_session=False)
        )
    before = asks(clients, floors="18", finish="2024-12-31")
    assert before.status_code == 302  # the one dispatcher has filed nothing yet
    decides(clients["dispatcher"], newest(app))
    files(clients["dispatcher"])
    answer = clients["manager"].post("/projects/own/plan", data=plan_typed(clients["manager"], floors="22"))
    assert answer.status_code == 409
    assert "能审批这项改动的人都报送过这个项目的月报" in answer.text
    with app.app_context():
        assert db.session.scalars(select(ConsentRequest.state)).all() == ["approved"]
    assert acceptance(clients["manager"]).status_code == 302  # a gate can be agreed to


def test_rq15_two_steps_need_people_who_filed_nothing(app: Flask, clients):
    under_the_rule(app, "plan:2")
    files(clients["dispatcher"])
    asks(clients)
    assert decides(clients["reviewer"], newest(app)).status_code == 302
    assert decides(clients["dispatcher"], newest(app)).status_code == 403
    assert decides(clients["second"], newest(app)).status_code == 302
    assert plan_days(app)[1] == 20


def test_rq15_past_months_of_a_ledger_were_sent_in_by_nobody(app: Flask, clients):
    with app.app_context():
        key = project_id(app)
        assert filers([key]) == {}  # October is approved, and nobody sent it in
        report = db.session.scalars(select(MonthlyReport)).one()
        assert report.author_id
        who = db.session.scalars(select(User).where(User.role == "dispatcher").order_by(User.id)).first()
        with transaction():
            db.session.add(
                ReportStep(report_id=report.id, round=1, action="approved", actor_id=who.id, at=report.updated_at)
            )
        assert filers([key]) == {}
