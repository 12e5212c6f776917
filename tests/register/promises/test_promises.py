"""Promises added by one, lightened by two (PR-1 to PR-8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import (
    NOW,
    TODAY,
    make_day,
    make_place,
    make_programme,
    make_project,
    make_target,
    make_user,
    sign_in,
)
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import InvalidError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Clause, ConsentRequest, PlanDocument, Project, Target, TargetStatus
from projects.register.promises.checks import PromiseValues, as_typed, complaints, threshold_of
from projects.register.promises.operations import add_promise
from projects.verdicts.status.queries import standing_targets

ACTING = Acting(SYSTEM, NOW, TODAY)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def clause_id(app: Flask) -> int:
    with app.app_context():
        make_day()
        make_place()
        with transaction():
            plan = PlanDocument(
                slug="d-1", title="某要点", issuer="某委", place_code="370800", issued_on=dt.date(2021, 3, 1), year=2021
            )
            db.session.add(plan)
            db.session.flush()
            clause = Clause(document_id=plan.id, locator="一", heading="条款")
            db.session.add(clause)
            db.session.flush()
            return clause.id


@pytest.mark.parametrize(
    ("typed", "measure", "quantifier", "stored"),
    [
        ("50", "structure_pct", "project", 5000),
        ("50%", "structure_pct", "project", 5000),
        ("0.01", "progress_pct", "project", 1),
        ("100", "progress_pct", "project", 10000),
        ("３０００.5", "investment", "project", 3_000_500_000),
        ("24", "start", "count", 24),
        ("100", "start", "share", 10000),
        ("", "complete", "project", None),
    ],
)
def test_amounts_are_read_in_their_own_unit(typed, measure, quantifier, stored) -> None:
    """PR-2."""
    assert threshold_of(typed, measure, quantifier) == (stored, None)
    assert as_typed(stored, measure, quantifier) == (typed.strip("%").replace("３０００", "3000") if typed else "")


@pytest.mark.parametrize(
    ("typed", "measure", "quantifier"),
    [
        ("0", "structure_pct", "project"),
        ("100.01", "structure_pct", "project"),
        ("", "structure_pct", "project"),
        ("一半", "structure_pct", "project"),
        ("0", "investment", "project"),
        ("24.5", "start", "count"),
        ("0", "start", "count"),
        ("50", "complete", "project"),
    ],
)
def test_amounts_that_cannot_be_are_told(typed, measure, quantifier) -> None:
    value, problem = threshold_of(typed, measure, quantifier)
    assert value is None
    assert problem


@pytest.mark.parametrize(("days", "fields"), [(-1, {"due"}), (0, set()), (1, set())])
def test_a_promise_is_not_due_before_its_plan_was_issued(days: int, fields: set[str]) -> None:
    """PR-3, at the limit."""
    issued = dt.date(2021, 3, 1)
    values = PromiseValues("complete", due=issued + days * ONE_DAY, wording="完工")
    assert set(complaints(values, issued, of_programme=False)) == fields


def test_a_promise_stands_since_its_plan_was_published(app: Flask, clause_id: int) -> None:
    """PR-4, PR-5."""
    with app.app_context():
        project = make_project()
        with transaction():
            add_promise(ACTING, project, PromiseValues("complete", clause_id=clause_id, wording="年内完工"))
        target = db.session.scalars(select(Target)).one()
        assert db.session.get(TargetStatus, target.id) is not None
        for day, stands in ((dt.date(2021, 2, 28), False), (dt.date(2021, 3, 1), True)):
            assert bool(standing_targets(day, [project.id])) is stands
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == "project:promise:added")).one()
        assert told.changes["clause"] == [None, "某要点 一"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wording": " "}, "wording"),
        ({"wording": "承" * 201}, "wording"),
        ({"measure": "structure_pct"}, "threshold"),
        ({"measure": "palace"}, "measure"),
        ({"commitment": "maybe"}, "commitment"),
        ({"quantifier": "share"}, "quantifier"),
        ({"clause_id": None}, "clause_id"),
        ({"clause_id": 999_999}, "clause_id"),
        ({"due": dt.date(2021, 2, 28)}, "due"),
    ],
)
def test_what_cannot_be_taken_is_named(app: Flask, clause_id: int, change: dict[str, object], field: str) -> None:
    with app.app_context():
        project = make_project()
        values = replace(PromiseValues("complete", clause_id=clause_id, wording="完工"), **change)
        with pytest.raises(InvalidError) as refused, transaction():
            add_promise(ACTING, project, values)
        assert field in refused.value.fields


def test_a_programme_promises_a_count(app: Flask, clause_id: int) -> None:
    with app.app_context():
        programme = make_programme()
        values = PromiseValues("start", "count", 24, dt.date(2021, 12, 31), clause_id=clause_id, wording="不少于24家")
        with transaction():
            add_promise(ACTING, programme, values)
        assert db.session.scalars(select(Target.threshold)).one() == 24
        with pytest.raises(InvalidError), transaction():
            add_promise(ACTING, programme, replace(values, measure="structure_pct"))


def _agreed(app: Flask, client: FlaskClient, second: FlaskClient, path: str, **typed: str) -> None:
    answer = client.post(path, data={"reason": "文件如此"} | typed)
    assert answer.status_code == 302, answer.text
    with app.app_context():
        row = db.session.scalars(select(ConsentRequest).order_by(ConsentRequest.id.desc())).first()
        assert row.state == "waiting"
        key = row.id
    assert client.post(f"/requests/{key}/decide", data={"agree": "1"}).status_code == 403  # never one's own
    assert second.post(f"/requests/{key}/decide", data={"agree": "1"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(ConsentRequest, key).state == "approved"


@pytest.fixture
def two(app: Flask, clause_id: int) -> tuple[FlaskClient, FlaskClient]:
    with app.app_context():
        return tuple(sign_in(app.test_client(), make_user("dispatcher", name)) for name in ("one", "two"))  # type: ignore[return-value]


def _typed(clause_id: int, **more: str) -> dict[str, str]:
    return {
        "measure": "complete", "quantifier": "project", "wording": "年内完工", "commitment": "must", "basis": "gate",
        "due": "2021-12-31", "clause_id": str(clause_id),
    } | more  # fmt: skip


def _promised(app: Flask, client: FlaskClient, clause_id: int, **more: str) -> tuple[str, int]:
    with app.app_context():
        project = make_project()
        slug, key = project.slug, project.id
    assert client.post(f"/projects/{slug}/promises/new", data=_typed(clause_id, **more)).status_code == 302
    with app.app_context():
        target = db.session.scalars(select(Target.slug).where(Target.project_id == key)).one()
    return target, key


def test_a_due_day_is_moved_by_two_and_from_their_day_on(app: Flask, two, clause_id: int) -> None:
    """PR-6, PR-7: no day before the consent changes; what was promised first is told."""
    slug, key = _promised(app, two[0], clause_id)
    path = f"/promises/{slug}/move"
    assert two[0].post(path, data=_typed(clause_id, due="2022-12-31")).status_code == 422  # no reason
    with app.app_context():
        assert [one.due for one in standing_targets(TODAY, [key])] == [dt.date(2021, 12, 31)]
    _agreed(app, *two, path, **_typed(clause_id, due="2022-12-31"))
    with app.app_context():
        due = {day: [one.due for one in standing_targets(day, [key])] for day in (TODAY - ONE_DAY, TODAY)}
        assert due == {TODAY - ONE_DAY: [dt.date(2021, 12, 31)], TODAY: [dt.date(2022, 12, 31)]}
        project = db.session.get_one(Project, key).slug
    assert "原为: 2021-12-31 前" in two[0].get(f"/projects/{project}").text
    assert two[0].get(path).status_code == 409  # that one stands no more


def test_a_misreading_is_corrected_by_two(app: Flask, two, clause_id: int) -> None:
    slug, key = _promised(app, two[0], clause_id)
    _agreed(app, *two, f"/promises/{slug}/correct", **_typed(clause_id, measure="in_use", wording="年内投用"))
    with app.app_context():
        assert [one.measure for one in standing_targets(TODAY, [key])] == ["in_use"]
        assert "project:promise:corrected" in set(db.session.scalars(select(AuditEntry.tag)))


def test_a_promise_is_withdrawn_by_two(app: Flask, two, clause_id: int) -> None:
    """PR-8."""
    slug, key = _promised(app, two[0], clause_id)
    _agreed(app, *two, f"/promises/{slug}/end", ended_as="withdrawn")
    with app.app_context():
        assert standing_targets(TODAY, [key]) == []
        assert len(standing_targets(TODAY - ONE_DAY, [key])) == 1


@pytest.mark.parametrize(("measure", "status"), [("complete", 422), ("accelerate", 302)])
def test_only_what_cannot_be_tested_is_finished_by_hand(app: Flask, two, clause_id: int, measure, status) -> None:
    """PR-8: what has a milestone is kept by its evidence alone."""
    slug, _ = _promised(app, two[0], clause_id, measure=measure)
    sent = {"ended_as": "finished", "reason": "已办完"}
    assert two[0].post(f"/promises/{slug}/end", data=sent).status_code == status


def test_what_was_asked_for_is_overtaken_where_the_promise_changed_meanwhile(app: Flask, two, clause_id: int) -> None:
    slug, _ = _promised(app, two[0], clause_id)
    sent = _typed(clause_id, due="2022-12-31") | {"reason": "推迟"}
    assert two[0].post(f"/promises/{slug}/move", data=sent).status_code == 302
    with app.app_context():
        waiting = db.session.scalars(select(ConsentRequest.id)).one()
    _agreed(app, *two, f"/promises/{slug}/end", ended_as="withdrawn")
    assert two[1].post(f"/requests/{waiting}/decide", data={"agree": "1"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(ConsentRequest, waiting).state == "overtaken"


def test_another_office_finds_no_promise_of_mine(app: Flask, client: FlaskClient, clause_id: int) -> None:
    with app.app_context():
        target = make_target(make_project())
        slug = target.slug
        sign_in(client, make_user("dispatcher", all_places=False))
    for path in (f"/promises/{slug}/move", f"/promises/{slug}/correct", f"/promises/{slug}/end"):
        assert client.get(path).status_code == 404
