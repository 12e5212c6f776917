"""A project that was entered twice is made one (CD-7)."""

from __future__ import annotations

import datetime as dt

from builders import make_day, make_gate, make_project, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.extensions import db
from projects.models import AuditEntry, ConsentRequest, Project, ProjectAssignment, Target

PROMISE = {"threshold": 50, "due": dt.date(2021, 12, 31), "clause_id": None}


def test_a_duplicate_without_promises_is_made_the_other_by_one_person(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_day()
        one, other = make_project(name="市人民医院北院二期项目"), make_project(name="市人民医院北院二期")
        sign_in(client, make_user("dispatcher"))
        slug, key, stays = one.slug, one.id, other.id
    assert client.get(f"/projects/{slug}/merge").status_code == 200
    assert client.post(f"/projects/{slug}/merge", data={"into": "市人民医院北院二期项目"}).status_code == 422  # itself
    assert client.post(f"/projects/{slug}/merge", data={"into": "没有的项目"}).status_code == 422
    assert client.post(f"/projects/{slug}/merge", data={"into": "市人民医院北院二期"}).status_code == 302
    with app.app_context():
        assert db.session.get(Project, key) is None
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:project:merged")).one()
        assert (told.project_id, told.changes["project"]) == (stays, ["市人民医院北院二期项目", "市人民医院北院二期"])


def test_promises_and_managers_become_the_other_s_by_two(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_day()
        manager = make_user("manager")
        one = make_project(name="重复的项目", targets=[PROMISE], manager=manager)
        other = make_project(name="留下的项目", targets=[PROMISE])
        sign_in(client, make_user("dispatcher", "one"))
        second = sign_in(app.test_client(), make_user("dispatcher", "two"))
        slug, key, stays, manager_id = one.slug, one.id, other.id, manager.id
    sent = {"into": "留下的项目"}
    assert client.post(f"/projects/{slug}/merge", data=sent).status_code == 422  # why?
    seen = client.post(f"/projects/{slug}/merge", data=sent | {"reason": "同一项目", "action": "see"})
    assert seen.status_code == 200
    assert client.post(f"/projects/{slug}/merge", data=sent | {"reason": "同一项目"}).status_code == 302
    with app.app_context():
        assert db.session.get(Project, key) is not None
        request = db.session.scalars(select(ConsentRequest.id)).one()
    assert second.post(f"/requests/{request}/decide", data={"agree": "1"}).status_code == 302
    with app.app_context():
        assert db.session.get(Project, key) is None
        assert len(db.session.scalars(select(Target).where(Target.project_id == stays)).all()) == 2
        assert db.session.scalars(select(ProjectAssignment.user_id)).all() == [manager_id]


def test_what_more_rests_on_is_not_merged(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_day()
        one, _ = make_project(name="重复的项目"), make_project(name="留下的项目")
        make_gate(one)
        sign_in(client, make_user("dispatcher"))
        slug, key = one.slug, one.id
    refused = client.post(f"/projects/{slug}/merge", data={"into": "留下的项目"})
    assert refused.status_code == 409
    assert "审批节点" in refused.text
    with app.app_context():
        assert db.session.get(Project, key) is not None
