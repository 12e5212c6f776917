"""Samples into the database and out again: nothing twice, nothing left behind, nothing of anybody else's touched."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from builders import NOW, TODAY, actor_of, make_gate, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from importing import opened
from sqlalchemy import func, select

from projects.commands.rebuilding import rebuild_in_steps
from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError
from projects.core.permissions import SYSTEM, Actor
from projects.core.tables import DERIVED
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    ConsentRequest,
    FormerPlan,
    Gate,
    ImportBatch,
    LedgerEntry,
    MatchDecision,
    Milestone,
    MonthlyReport,
    Project,
    ProjectAssignment,
    ProjectStatus,
    Setting,
    StageProgress,
    TargetStatus,
    TreasuryReceipt,
    User,
    WorkStage,
)
from projects.money.contracts.queries import contracts_of
from projects.money.ladder.operations import reverse_entry
from projects.people.requests.operations import ask, decide
from projects.people.requests.rules import Asked
from projects.people.sign_in.operations import password_fits
from projects.people.sign_in.queries import user_by_name
from projects.samples.demo.operations import clear_samples, load_samples
from projects.samples.plans.operations import load_catalogue
from projects.works.schedule.checks import PlanChange, ProjectPlan
from projects.works.schedule.operations import save_plan
from projects.works.schedule.queries import milestones_on, plan_of

APART = DERIVED | {"audit_entry"}  # history only grows, and what follows from other rows is made again


@pytest.fixture
def loaded(app: Flask) -> Flask:
    with app.app_context(), transaction():
        load_catalogue(SYSTEM, NOW)
    return app


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but history and what follows from others."""
    tables = [table for table in db.metadata.sorted_tables if table.name not in APART]
    found = {table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr) for table in tables}
    db.session.rollback()
    return found


def project(slug: str) -> Project:
    return db.session.scalars(select(Project).where(Project.slug == slug)).one()


def load() -> None:
    with transaction():
        load_samples(SYSTEM, NOW)


def clear() -> None:
    with transaction():
        clear_samples(SYSTEM, NOW)


def test_loading_gives_sign_ins_once_and_changes_nothing_the_second_time(loaded: Flask) -> None:
    with loaded.app_context():
        with transaction():
            credentials = load_samples(SYSTEM, NOW)
        assert credentials is not None
        assert [one.role for one in credentials.people] == [
            "manager",
            "finance",
            "dispatcher",
            "leader",
            "reviewer",
            "admin",
            "security",
            "auditor",
        ]
        assert all(password_fits(user_by_name(one.username).password_hash, one.password) for one in credentials.people)
        assert db.session.get(Setting, "demo_status_date").value == "2021-11-30"
        before = contents()
        with transaction():
            assert load_samples(SYSTEM, NOW) is None
        assert contents() == before


def test_every_kind_of_verdict_can_be_seen(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        seen = set(db.session.scalars(select(TargetStatus.state)))
        assert seen == {
            "overdue_no_evidence",
            "behind",
            "at_risk",
            "undated",
            "on_track",
            "met_late",
            "met_on_time",
            "met_early",
        }
        behind = db.session.scalars(
            select(ProjectStatus)
            .join(Project, Project.id == ProjectStatus.project_id)
            .where(Project.slug == "jn21-04-zhongyi")
        ).one()
        assert (behind.state, behind.actual_start) == ("behind", dt.date(2021, 11, 30))
        assert behind.slip_days > 150


def test_one_sample_contract_is_paid_from_two_sources_and_every_sample_match_says_what_it_paid(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        rows = [
            row for key in db.session.scalars(select(Project.id)) for row in contracts_of(key, dt.date(2021, 11, 30))
        ]
        split = [row for row in rows if len(row.parts) == 2]
        assert split
        assert all(
            row.is_sample and len(row.paid_parts) == 2 and row.paid_fen <= row.confirmed_fen <= row.worth_fen
            for row in split
        )
        decided = db.session.execute(
            select(MatchDecision.amount_fen, MatchDecision.reasons).where(MatchDecision.action == "confirm")
        ).all()
        assert decided
        assert all(sum(fen for _, fen in said["parts"]) == amount for amount, said in decided)


def test_clearing_leaves_exactly_the_catalogue(loaded: Flask) -> None:
    with loaded.app_context():
        before = contents()
        load()
        assert contents() != before
        clear()
        assert contents() == before
        assert set(db.session.scalars(select(ProjectStatus.rests_on_sample))) == {False}


def test_clearing_what_is_not_loaded_changes_nothing(loaded: Flask) -> None:
    with loaded.app_context():
        before = contents()
        with transaction():
            assert not clear_samples(SYSTEM, NOW)
        assert contents() == before


def test_loading_after_clearing_gives_the_same_again(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        counts = {name: len(rows) for name, rows in contents().items()}
        clear()
        load()
        assert {name: len(rows) for name, rows in contents().items()} == counts


def test_what_sample_people_asked_for_goes_with_them_and_what_they_agreed_to_stays(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        people = {one.role: one for one in db.session.scalars(select(User).where(User.is_sample, User.is_active))}
        real, other, third = make_user("admin"), make_user("auditor"), make_user("auditor")
        by = {name: Acting(actor_of(user), NOW, TODAY) for name, user in (("real", real), ("sample", people["admin"]))}
        with transaction():
            ask(by["sample"], "account.stop", str(other.id), {}, Asked("示例"))
            kept = ask(by["real"], "account.stop", str(third.id), {}, Asked("离任")).id
        with transaction():
            decide(Acting(actor_of(people["security"]), NOW, TODAY), kept, agree=False, words="示例")
        clear()
        assert db.session.scalars(select(ConsentRequest.id)).all() == [kept]


def test_real_rows_on_top_of_the_samples_survive(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        subject, manager = (
            project("jn21-03-zhongzheng"),
            db.session.scalars(select(User).where(User.username == "manager")).one(),
        )
        report = make_report(subject, "2021-11", author=manager, structure=31, foundation=100)
        gate = make_gate(project("jdz21-08-jingshen"), "pipeline", dt.date(2021, 10, 8))
        with transaction():
            db.session.add(ProjectAssignment(project_id=subject.id, user_id=make_user(name="somebody").id))
        clear()
        assert db.session.scalars(select(MonthlyReport.id)).all() == [report.id]
        assert db.session.scalar(select(func.count()).select_from(StageProgress)) == 8
        assert db.session.scalars(select(Gate.id)).all() == [gate.id]
        stages = db.session.scalars(select(WorkStage).where(WorkStage.project_id == subject.id)).all()
        assert {(stage.floors_planned, stage.plan_start, stage.is_sample) for stage in stages} == {(None, None, False)}
        assert [one.username for one in db.session.scalars(select(User).where(User.is_active))] == ["somebody"]
        assert [(one.username, one.is_active) for one in db.session.scalars(select(User).where(User.is_sample))] == [
            ("manager", False)
        ]
        assert db.session.scalar(select(func.count()).select_from(ProjectAssignment)) == 1


def test_a_sample_person_with_a_history_is_switched_off_and_comes_back(loaded: Flask, client: FlaskClient) -> None:
    with loaded.app_context():
        load()
        sign_in(client, db.session.scalars(select(User).where(User.username == "leader")).one())
        db.session.rollback()
        clear()
        assert [(one.username, one.is_active) for one in db.session.scalars(select(User))] == [("leader", False)]
        with transaction():
            credentials = load_samples(SYSTEM, NOW)
        assert credentials is not None
        assert all(password_fits(user_by_name(one.username).password_hash, one.password) for one in credentials.people)


@pytest.mark.parametrize("path", ["/", "/projects", "/targets", "/reports"])
@pytest.mark.parametrize("role", ["leader", "manager", "reviewer"])
def test_every_row_that_rests_on_a_sample_says_so(loaded: Flask, client: FlaskClient, role: str, path: str) -> None:
    with loaded.app_context():
        load()
        rebuild_in_steps(SYSTEM, NOW, NOW.date())
        sign_in(client, db.session.scalars(select(User).where(User.username == role)).one())
    page = client.get(f"{path}?as_of={NOW.date()}").get_data(as_text=True)
    rows = [row for row in re.findall(r"<tr[ >].*?</tr>", page, re.DOTALL) if "/projects/" in row]
    told = [row for row in rows if re.search(r"落后|超前|按计划|失联|及时|草稿|待审|已通过|-\d\d \d\d:\d\d<", row)]
    assert [row for row in told if 'class="sample' not in row] == []
    assert told


def test_a_reversal_of_a_sample_entry_goes_with_it_and_other_money_stays(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        with transaction():
            entry = db.session.scalars(
                select(LedgerEntry).where(LedgerEntry.step == "paid").order_by(LedgerEntry.id)
            ).first()
            same = {
                "project_id": entry.project_id,
                "source": "cbi",
                "step": "received",
                "entry_on": NOW.date(),
                "recorded_at": NOW,
            }
            reverse_entry(Acting(SYSTEM, NOW, NOW.date()), entry.project_id, entry.id, "示例登记有误")
            db.session.add(LedgerEntry(**same, amount_fen=5, memo="真实到位"))
        clear()
        assert db.session.scalars(select(LedgerEntry.memo)).all() == ["真实到位"]


def test_a_real_day_in_a_sample_plan_stays_and_what_the_sample_had_planned_is_forgotten(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        subject = project("jn21-03-zhongzheng")
        plan = ProjectPlan(dict(plan_of(subject.id).days) | {"finish": dt.date(2023, 9, 30)})
        with transaction():
            save_plan(Acting(SYSTEM, NOW, TODAY), (subject.id, subject.version), PlanChange(plan, "汛期停工"))
        assert db.session.scalars(select(FormerPlan.is_sample)).all() == [True]
        clear()
        assert db.session.scalars(select(Milestone.plan_on)).all() == [dt.date(2023, 9, 30)]
        assert db.session.scalars(select(FormerPlan)).all() == []
        assert [
            [day for _, day, _, _ in milestones_on(subject.id, on)] for on in (TODAY - dt.timedelta(days=1), TODAY)
        ] == [[], [dt.date(2023, 9, 30)]]


def test_a_project_somebody_works_on_gets_no_samples(loaded: Flask) -> None:
    with loaded.app_context():
        subject = project("jn21-03-zhongzheng")
        make_gate(subject, "pipeline", dt.date(2021, 1, 4))
        load()
        assert (
            db.session.scalar(
                select(func.count()).select_from(MonthlyReport).where(MonthlyReport.project_id == subject.id)
            )
            == 0
        )
        assert db.session.scalar(select(func.count()).select_from(Gate).where(Gate.project_id == subject.id)) == 1
        clear()
        assert db.session.scalar(select(func.count()).select_from(Gate)) == 1


def test_a_name_that_a_real_person_has_is_left_to_them(loaded: Flask) -> None:
    with loaded.app_context():
        real = make_user("leader", "manager")
        with transaction():
            credentials = load_samples(SYSTEM, NOW)
        assert credentials is not None
        assert credentials.people[0].username == "sample-manager"
        clear()
        assert db.session.scalars(select(User.id)).all() == [real.id]


def test_samples_need_the_catalogue_and_the_administrator(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ConflictError), transaction():
            load_samples(SYSTEM, NOW)
        for operation in (load_samples, clear_samples):
            with pytest.raises(ForbiddenError), transaction():
                operation(Actor(None, "someone", "dispatcher"), NOW)


def test_the_sample_import_opens_and_goes_with_the_samples(loaded: Flask) -> None:
    with loaded.app_context():
        load()
        batch = db.session.scalar(select(ImportBatch))
        assert batch is not None
        assert batch.is_sample
        came = select(func.count(), func.sum(TreasuryReceipt.amount_fen)).where(TreasuryReceipt.import_id == batch.id)
        assert tuple(db.session.execute(came).one()) == (batch.counts["new"], batch.counts["amount_fen"])
        found, plan = opened(SYSTEM, "receipts", batch.content, batch.options)
        assert (len(found.rows), found.faults, plan.faults, plan.new, plan.existing) == (7, [], [], [], 7)
        clear()
        assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0
