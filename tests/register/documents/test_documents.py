"""Plan documents and their clauses entered and corrected (PD-1 to PD-4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_target, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Clause, PlanDocument, UserPlace
from projects.people.sign_in.queries import actor_of as actor_signed_in
from projects.register.documents.operations import (
    DocumentValues,
    add_clause,
    add_document,
    change_clause,
    remove_clause,
    remove_document,
)

ACTING = Acting(SYSTEM, NOW, TODAY)
PLAN = DocumentValues(
    "2021年卫生健康规划要点", "某市卫生健康委员会", "370800", 2021, "某卫〔2021〕1号", dt.date(2021, 3, 1)
)


@pytest.fixture
def city(app: Flask) -> Flask:
    with app.app_context():
        make_day()
        make_place()
        make_place("370831", "泗水县", "370800")
        make_place("320200", "无锡市")
    return app


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "要" * 201}, "title"),
        ({"issuer": ""}, "issuer"),
        ({"year": 1999}, "year"),
        ({"year": 2100}, "year"),
        ({"issued_on": dt.date(1999, 12, 31)}, "issued_on"),
        ({"place_code": "999999"}, "place_code"),
        ({"title": "已有要点"}, "title"),
    ],
)
def test_what_cannot_be_taken_is_named(city: Flask, change: dict[str, object], field: str) -> None:
    with city.app_context():
        with transaction():
            add_document(ACTING, replace(PLAN, title="已有要点"))
        with pytest.raises(InvalidError) as refused, transaction():
            add_document(ACTING, replace(PLAN, **change))
        assert set(refused.value.fields) == {field}


def test_who_answers_for_a_county_keeps_its_city_s_plans_too_and_no_other_s(city: Flask) -> None:
    """PD-2."""
    with city.app_context():
        dispatcher = make_user("dispatcher", all_places=False)
        with transaction():
            db.session.add(UserPlace(user_id=dispatcher.id, place_code="370831"))
        acting = Acting(actor_signed_in(dispatcher), NOW, TODAY)
        with transaction():
            document = add_document(acting, PLAN)
            add_clause(acting, document.id, "12", "加快县级项目")
        with pytest.raises(InvalidError), transaction():
            add_document(acting, replace(PLAN, place_code="320200"))
        with transaction():
            other = add_document(ACTING, replace(PLAN, place_code="320200"))
        with pytest.raises(NotFoundError), transaction():
            add_clause(acting, other.id, "1", "别处的条款")


def test_clauses_are_entered_corrected_and_taken_back_while_they_promise_nothing(city: Flask) -> None:
    with city.app_context():
        with transaction():
            document = add_document(ACTING, PLAN)
            first, second = (add_clause(ACTING, document.id, one, "条款") for one in ("一", "二"))
        for locator, heading, field in (("", "条", "locator"), ("三", "", "heading"), ("二", "条", "locator")):
            with pytest.raises(InvalidError) as refused, transaction():
                add_clause(ACTING, document.id, locator, heading)
            assert set(refused.value.fields) == {field}
        with transaction():
            change_clause(ACTING, document.id, first.id, "一", "加快医院建设")
            remove_clause(ACTING, document.id, second.id)
        assert db.session.scalars(select(Clause.heading)).all() == ["加快医院建设"]
        make_target(make_project(), clause_id=first.id)
        with pytest.raises(ConflictError), transaction():
            remove_clause(ACTING, document.id, first.id)
        with pytest.raises(ConflictError), transaction():
            remove_document(ACTING, document.id, document.version)


def test_the_day_of_issue_moves_promises_so_another_agrees(city: Flask, client: FlaskClient) -> None:
    """PD-4: alone while nothing is promised; with promises it waits for another, and the rest is still one's own."""
    with city.app_context():
        with transaction():
            document = add_document(ACTING, PLAN)
            clause = add_clause(ACTING, document.id, "一", "条款")
            slug, clause_id, key = document.slug, clause.id, document.id
        sign_in(client, make_user("dispatcher", "one"))
        make_user("dispatcher", "two")
        project = make_project()
    typed = {"title": PLAN.title, "number": PLAN.number, "issuer": PLAN.issuer, "place_code": "370800", "year": "2021"}

    def send(version: int, **more: str) -> int:
        return client.post(f"/plans/{slug}/edit", data=typed | {"version": version} | more).status_code

    assert send(1, issued_on="2021-03-02") == 302
    with city.app_context():
        assert db.session.get_one(PlanDocument, key).issued_on == dt.date(2021, 3, 2)
        make_target(project, clause_id=clause_id)
    assert send(2, issued_on="2021-06-30") == 422  # why?
    assert send(2, issued_on="2021-06-30", reason="网站上的日期是转载日期") == 302
    with city.app_context():
        assert db.session.get_one(PlanDocument, key).issued_on == dt.date(2021, 3, 2)
    assert send(2, issued_on="2021-03-02", title="改正的标题") == 302
    with city.app_context():
        assert db.session.get_one(PlanDocument, key).title == "改正的标题"
        tags = set(db.session.scalars(select(AuditEntry.tag)))
        assert {"register:document:changed", "consent:request:proposed"} <= tags


def test_the_pages_take_a_document_and_its_clauses(city: Flask, client: FlaskClient) -> None:
    with city.app_context():
        sign_in(client, make_user("dispatcher"))
    typed = {"title": "某要点", "issuer": "某委", "place_code": "济宁", "issued_on": "2021-03-01", "year": "2021"}
    answer = client.post("/plans/new", data=typed | {"issued_on": "三月"})
    assert answer.status_code == 422
    assert 'value="某要点"' in answer.text
    answer = client.post("/plans/new", data=typed)
    assert answer.status_code == 302
    there = answer.location.removesuffix("/edit")
    assert client.post(f"{there}/clauses", data={"locator": "(三)", "heading": "加快建设"}).status_code == 302
    page = client.get(there).text
    assert "第 (三) 条" in page
    assert "登记这一条的新项目" in page
    assert "删除这份文件" in client.get(f"{there}/edit").text
    assert client.post(f"{there}/remove", data={"version": "1"}).status_code == 302
    assert client.get(there).status_code == 404
