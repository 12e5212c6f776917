"""Programmes entered; who belongs to one on which day (PG-1 to PG-3)."""

from __future__ import annotations

import datetime as dt

import pytest
from builders import TODAY, make_day, make_place, make_programme, make_project, make_target, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.extensions import db
from projects.models import ConsentRequest, Programme, Project
from projects.register.projects.queries import programme_on

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def pair(app: Flask) -> tuple[FlaskClient, FlaskClient]:
    with app.app_context():
        make_day()
        make_place()
        return tuple(sign_in(app.test_client(), make_user("dispatcher", name)) for name in ("one", "two"))  # type: ignore[return-value]


def _belongs(key: int, day: dt.date) -> int | None:
    return db.session.scalar(select(programme_on(day)).where(Project.id == key))


def test_a_programme_is_entered_and_named_once(app: Flask, pair) -> None:
    typed = {"name": "五大中心", "place_code": "济宁"}
    assert pair[0].post("/programmes", data=typed).status_code == 302
    again = pair[0].post("/programmes", data=typed)
    assert again.status_code == 422
    assert "已有同名项目群" in again.text
    assert "五大中心" in pair[0].get("/programmes").text


def test_projects_join_and_leave_on_a_day_alone_while_nothing_is_promised(app: Flask, pair) -> None:
    with app.app_context():
        programme, project = make_programme(), make_project()
        slug, key, group = programme.slug, project.id, programme.id
    assert pair[0].post(f"/programmes/{slug}/members", data={"projects": key, "act": "join"}).status_code == 302
    with app.app_context():
        assert _belongs(key, TODAY) == group
        assert _belongs(key, TODAY - ONE_DAY) is None
    page = pair[0].get(f"/programmes/{slug}").text
    assert "2021-11-30" in page
    assert pair[0].post(f"/programmes/{slug}/members", data={"projects": key, "act": "leave"}).status_code == 302
    with app.app_context():
        assert _belongs(key, TODAY) is None


def test_whoever_leaves_a_programme_that_promised_needs_another(app: Flask, pair) -> None:
    """PG-3: a share is easier to keep without the ones that lag."""
    with app.app_context():
        programme = make_programme()
        make_target(programme, measure="start", quantifier="share", threshold=100)
        lags = make_project(programme_id=programme.id)
        slug, key, group = programme.slug, lags.id, programme.id
    sent = {"projects": key, "act": "leave"}
    assert pair[0].post(f"/programmes/{slug}/members", data=sent).status_code == 422  # why?
    assert pair[0].post(f"/programmes/{slug}/members", data=sent | {"reason": "不在名单"}).status_code == 302
    with app.app_context():
        assert _belongs(key, TODAY) == group
        request = db.session.scalars(select(ConsentRequest.id)).one()
    assert pair[1].post(f"/requests/{request}/decide", data={"agree": "1"}).status_code == 302
    with app.app_context():
        assert _belongs(key, TODAY) is None
        assert _belongs(key, TODAY - ONE_DAY) == group


def test_another_office_keeps_its_hands_off(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        programme = make_programme()
        slug = programme.slug
        sign_in(client, make_user("dispatcher", all_places=False))
    assert client.get(f"/programmes/{slug}").status_code == 404
    assert client.post(f"/programmes/{slug}/members", data={"projects": "1", "act": "join"}).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Programme.slug)).all() == [slug]
