"""Verdicts renew by themselves: whatever bears on one is noticed as it is written, though nobody says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from builders import NOW, TODAY, make_day, make_place, make_project, make_report, make_user
from flask import Flask
from sqlalchemy import delete, event, insert, select, update
from standing import rebuilt, stored

from projects import database
from projects.core.permissions import SYSTEM
from projects.core.touched import forget_touched, touched, waiting
from projects.database import transaction
from projects.extensions import Model, db
from projects.models import (
    Event,
    Exemption,
    FormerPlan,
    FundingComposition,
    Gate,
    LedgerEntry,
    Milestone,
    MonthlyReport,
    Programme,
    ProgrammeTally,
    Project,
    ProjectStatus,
    StageProgress,
    Target,
    TargetStatus,
)
from projects.verdicts.renewal import operations as renewal
from projects.verdicts.status.operations import rebuild

DUE = dt.date(2021, 12, 31)
START = {"measure": "start", "due": DUE}
HALF = {"measure": "structure_pct", "threshold": 50, "due": DUE}


@pytest.fixture
def project(app: Flask) -> int:
    """A project with a report and two promises, its verdicts stored; the installation's day is TODAY."""
    with app.app_context():
        make_day(TODAY)
        found = make_project(targets=[START, HALF])
        make_report(found, "2021-10", foundation=40)
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        return found.id


def gate(project: int, **values: Any) -> Gate:
    return Gate(
        **{"project_id": project, "key": "start", "passed_on": dt.date(2021, 3, 1), "recorded_at": NOW} | values
    )


def happened(project: int, **values: Any) -> Event:
    day = dt.date(2021, 11, 1)
    return Event(
        **{"project_id": project, "happened_on": day, "text": "示例", "source": "示例", "effect": "stop"} | values
    )


def only(model: type[Model], project: int) -> Any:
    return db.session.scalars(select(model).where(model.project_id == project)).first()


def a_gate(project: int) -> None:
    db.session.add(gate(project))


def many_gates(project: int) -> None:
    row = {"project_id": project, "key": "start", "passed_on": dt.date(2021, 3, 1), "version": 1, "is_sample": False}
    db.session.execute(insert(Gate), [row])


def a_gate_by_values(project: int) -> None:
    db.session.execute(insert(Gate).values(project_id=project, key="start", passed_on=dt.date(2021, 3, 1), version=1))


def a_stop(project: int) -> None:
    db.session.add(happened(project))


def a_stated_percent(project: int) -> None:
    db.session.add(happened(project, effect="", stage_key="structure", percent=60.0))


def a_moved_plan(project: int) -> None:
    for one in db.session.scalars(select(Milestone).where(Milestone.project_id == project)):
        one.plan_on = one.plan_on and one.plan_on + dt.timedelta(days=200)


def a_moved_plan_at_once(project: int) -> None:
    db.session.execute(update(Milestone).where(Milestone.project_id == project).values(plan_on=None))


def a_lost_report(project: int) -> None:
    db.session.delete(only(MonthlyReport, project))


def lost_reports(project: int) -> None:
    db.session.execute(delete(MonthlyReport).where(MonthlyReport.project_id == project))


def another_percent(project: int) -> None:
    own = select(StageProgress).join(MonthlyReport, MonthlyReport.id == StageProgress.report_id)
    for one in db.session.scalars(own.where(MonthlyReport.project_id == project)):
        one.percent = 100.0


def other_percents_at_once(project: int) -> None:
    reports = select(MonthlyReport.id).where(MonthlyReport.project_id == project)
    db.session.execute(update(StageProgress).where(StageProgress.report_id.in_(reports)).values(percent=100.0))


def a_later_due_day(project: int) -> None:
    for one in db.session.scalars(select(Target).where(Target.project_id == project)):
        one.due = dt.date(2029, 12, 31)


def a_place(project: int) -> None:
    db.session.get_one(Project, project).place_code = make_place("360900", "宜春市").code


WRITES = (
    a_gate,
    many_gates,
    a_gate_by_values,
    a_stop,
    a_stated_percent,
    a_moved_plan,
    a_moved_plan_at_once,
    a_lost_report,
    lost_reports,
    another_percent,
    other_percents_at_once,
    a_later_due_day,
    a_place,
)


@pytest.mark.parametrize("write", WRITES, ids=lambda one: one.__name__)
def test_a_write_without_a_word_renews_the_verdicts_in_its_own_transaction(app: Flask, project: int, write):
    with app.app_context():
        before = stored()
        with transaction():
            write(project)
        after = stored()
        assert after != before
        assert after == rebuilt()


@pytest.mark.parametrize("write", [a_gate, many_gates, a_moved_plan_at_once], ids=lambda one: one.__name__)
def test_with_nobody_noticing_the_verdicts_would_be_stale(app: Flask, project: int, write):
    """The negative control of the test above."""
    event.remove(db.session, "after_flush", renewal._flushed)
    event.remove(db.session, "do_orm_execute", renewal._executed)
    try:
        with app.app_context():
            before = stored()
            with transaction():
                write(project)
            after = stored()
            assert after == before
            assert after != rebuilt()
    finally:
        event.listen(db.session, "after_flush", renewal._flushed)
        event.listen(db.session, "do_orm_execute", renewal._executed)


def test_what_bears_on_no_verdict_renews_none(app: Flask, project: int):
    with app.app_context(), transaction():
        db.session.add(happened(project, effect=""))
        db.session.get_one(Project, project).note = "示例"
        draft = MonthlyReport(
            project_id=project, month=dt.date(2021, 11, 1), revision=1, round=1, state="draft", overall_percent=1.0,
            author_id=make_user("manager").id, data_on=TODAY, updated_at=NOW,
        )  # fmt: skip
        db.session.add(draft)
        db.session.flush()
        assert waiting().projects == set()


def test_a_programmes_own_promise_is_renewed_by_its_count(app: Flask):
    with app.app_context():
        make_day(TODAY)
        programme = Programme(slug="ten", name="十家", place_code=make_place().code)
        with transaction():
            db.session.add(programme)
            db.session.flush()
            promise = {"measure": "start", "quantifier": "count", "threshold": 10, "due": DUE, "commitment": "must"}
            db.session.add(Target(slug="ten-start", programme_id=programme.id, wording="开工10家", **promise))
        key = programme.id
        make_project()
        with transaction():
            rebuild(SYSTEM, NOW, TODAY)
        assert db.session.scalar(select(TargetStatus.state)) == "unknown"
        with transaction():
            db.session.add(ProgrammeTally(programme_id=key, measure="start", tallied_on=TODAY, reached=10, total=10))
        assert db.session.scalar(select(TargetStatus.state)) == "met_early"
        assert stored() == rebuilt()


def test_money_renews_what_was_paid_and_nothing_else(app: Flask, project: int):
    values = {"project_id": project, "source": "cbi", "entry_on": TODAY, "amount_fen": 5_000_000, "recorded_at": NOW}
    with app.app_context():
        with transaction():
            db.session.add(LedgerEntry(step="received", **values))
            db.session.flush()
            assert waiting().projects == set()
        with transaction():
            db.session.add(LedgerEntry(step="paid", **values))
            db.session.flush()
            assert waiting().projects == {project}


def test_nothing_is_renewed_where_the_transaction_fails(app: Flask, project: int):
    with app.app_context():
        before = stored()
        with pytest.raises(ZeroDivisionError), transaction():
            a_gate(project)
            db.session.flush()
            raise ZeroDivisionError
        assert stored() == before
        with transaction():
            assert waiting().projects == set()


def test_each_transaction_renews_once(app: Flask, project: int, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[set[int], dt.date]] = []
    monkeypatch.setattr(renewal, "recompute", lambda ids, day, *_: asked.append((set(ids), day)))
    with app.app_context(), transaction():
        touched([project], TODAY)
        a_gate(project)
        db.session.flush()
        a_stop(project)
        touched([project], TODAY)
    assert asked == [({project}, TODAY)]


def test_every_table_that_verdicts_are_made_from_is_named():
    """Whoever lets a verdict depend on another table names it in BEARING, or here with the reason why not."""
    source = (database.__file__.replace("database.py", "verdicts/status/queries.py"),)
    read = {name for path in source for name in names_of_models(path)}
    apart = {
        "Clause": "a plan document's clauses are never changed",
        "PlanDocument": "its day of issue is never changed",
        "Programme": "who belongs to it stands with the projects",
        "ProjectStatus": "a verdict itself",
        "TargetStatus": "a verdict itself",
    }
    assert read - {table.__name__ for table in renewal.BEARING} == set(apart) & read
    assert {Exemption, FormerPlan, FundingComposition} < set(renewal.BEARING)


def names_of_models(path: str) -> set[str]:
    from pathlib import Path

    source = Path(path).read_text(encoding="utf-8")
    return {mapper.class_.__name__ for mapper in db.Model.registry.mappers if f"{mapper.class_.__name__}." in source}


def test_the_day_named_last_is_the_day_of_the_renewal():
    forget_touched()
    touched([1], dt.date(2021, 1, 1))
    touched([2])
    touched([3], dt.date(2021, 3, 1), programmes=[7])
    found = forget_touched()
    assert (found.projects, found.programmes, found.day) == ({1, 2, 3}, {7}, dt.date(2021, 3, 1))
    assert waiting().projects == set()


def test_of_a_day_that_was_not_named_the_stored_days_are_renewed(app: Flask, project: int):
    with app.app_context():
        with transaction():
            a_gate(project)
        days = set(db.session.scalars(select(ProjectStatus.as_of)))
    assert days == {TODAY}
