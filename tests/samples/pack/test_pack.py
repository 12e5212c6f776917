"""The pack of five plans: loaded whole, removed whole, and nothing of anybody else's with it."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from builders import NOW, TODAY, actor_of, make_gate, make_project, make_report, make_user, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.history.record.operations import record, safe_of
from projects.history.record.queries import held_against, newest_head
from projects.history.record.tags import Tag
from projects.models import (
    AuditEntry,
    Clause,
    Gate,
    Place,
    PlanDocument,
    Programme,
    Project,
    ProjectStatus,
    Target,
    TargetStatus,
    Unit,
    User,
    WorkStage,
)
from projects.samples.pack.operations import LeaningError, load_pack, remove_pack
from projects.samples.pack.queries import is_there, leaning, pack_rows, was_loaded
from projects.samples.plans.extract import read_catalogue
from projects.works.schedule.checks import PlanChange, ProjectPlan
from projects.works.schedule.operations import save_plan
from projects.works.schedule.queries import plan_of

KEPT = {"place", "audit_entry"}  # places are the country's, and the history only grows


def counts() -> Counter[str]:
    """How many rows each table has, but for those that stay."""
    tables = [table for table in db.metadata.sorted_tables if table.name not in KEPT]
    found = Counter({table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables})
    db.session.rollback()
    return +found


def load() -> None:
    with transaction():
        load_pack(SYSTEM, NOW, TODAY)


def remove() -> object:
    with transaction():
        return remove_pack(SYSTEM, NOW)


def named(slug: str) -> Project:
    return db.session.scalars(select(Project).where(Project.slug == slug)).one()


def test_removed_it_leaves_nothing_and_says_how_much_it_was(app: Flask) -> None:
    with app.app_context():
        load()
        gone = remove()
        assert counts() == Counter()
        assert {name: gone.rows[name] for name in ("plan_document", "project", "target", "monthly_report")} == {
            "plan_document": 5,
            "project": 37,
            "target": 46,
            "monthly_report": gone.rows["monthly_report"],
        }
        assert gone.rows["monthly_report"] > 50
        assert gone.kept == ()
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == Tag.PACK_REMOVED)).one()
        assert told.changes["project"] == [37, 0]


def test_it_can_be_loaded_again_and_what_is_not_there_is_removed_without_a_word(app: Flask) -> None:
    with app.app_context():
        load()
        before = counts()
        remove()
        load()
        assert counts() == before
        remove()
        entries = db.session.scalars(select(AuditEntry.tag)).all()
        assert not remove().rows
        assert db.session.scalars(select(AuditEntry.tag)).all() == entries


def test_an_office_keeps_its_own_projects_promises_and_verdicts(app: Flask) -> None:
    with app.app_context():
        load()
        user = make_user("manager")
        make_report(make_project("own", manager=user, targets=[{}]), "2021-10", author=user, structure=40)
        remove()
        assert db.session.scalars(select(Project.slug)).all() == ["own"]
        assert counts()["target"] == counts()["monthly_report"] == counts()["unit"] + 1 == 1
        assert db.session.scalar(select(func.count()).select_from(ProjectStatus)) == 1
        assert db.session.scalar(select(func.count()).select_from(TargetStatus)) == 1


def gate(project: Project) -> None:
    make_gate(project, "pipeline", dt.date(2021, 1, 4))


def planned(project: Project) -> None:
    days = dict(plan_of(project.id).days) | {"finish": dt.date(2023, 9, 30)}
    with transaction():
        save_plan(Acting(SYSTEM, NOW, TODAY), (project.id, project.version), PlanChange(ProjectPlan(days), "汛期停工"))


def coded(project: Project) -> None:
    with transaction():
        named(project.slug).national_code = "2020-370800-84-01-000001"


def promised(project: Project) -> None:
    with transaction():
        db.session.add(Target(slug="own", project_id=project.id, measure="in_use", commitment="must", wording="自己的"))


def joined(project: Project) -> None:
    with transaction():
        named(make_project("own").slug).programme_id = project.programme_id


OWN = {"gate": gate, "milestone": planned, "project": coded, "target": promised, "programme": joined}


@pytest.mark.parametrize("what", OWN)
def test_what_an_office_added_to_it_is_named_and_nothing_is_removed(app: Flask, what: str) -> None:
    with app.app_context():
        load()
        OWN[what](named("jdz21-08-jingshen" if what == "gate" else "jn21-04-zhongyi"))
        before = counts()
        with pytest.raises(LeaningError) as refused:
            remove()
        assert counts() == before
        table = "project" if what == "programme" else what
        assert table in {one.table for one in refused.value.leaning}
        assert refused.value.leaning[0].subject in str(refused.value)


def test_every_reference_of_the_schema_is_asked(app: Flask) -> None:
    """The control of the promise above: no table that refers to the pack's can be forgotten."""
    with app.app_context():
        load()
        rows = pack_rows(read_catalogue())
        assert {one.table for one in leaning(read_catalogue(), rows)} >= {
            "monthly_report",
            "gate",
            "milestone",
            "contract",
            "ledger_entry",
            "funding_composition",
            "exemption",
            "rule_choice",
            "programme_tally",
            "project_assignment",
            "user",
        }  # fmt: skip - the sample itself, asked before it is cleared


def test_a_unit_that_others_belong_to_is_left_to_them(app: Flask) -> None:
    with app.app_context():
        load()
        unit = db.session.scalars(select(Unit).order_by(Unit.id)).first()
        person = make_user("reviewer", unit_id=unit.id)
        gone = remove()
        assert gone.kept == (unit.name,)
        assert db.session.scalars(select(Unit.name)).all() == [unit.name]
        assert db.session.get(User, person.id).unit_id == unit.id


def test_a_unit_that_somebody_has_described_stays_too(app: Flask) -> None:
    with app.app_context():
        load()
        with transaction():
            unit = db.session.scalars(select(Unit).order_by(Unit.id)).first()
            unit.short_name = "市一院"
            name = unit.name
        assert remove().kept == (name,)
        assert db.session.scalars(select(Unit.short_name)).all() == ["市一院"]


def test_a_sample_person_with_a_history_stays_switched_off_and_in_no_unit(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        load()
        sign_in(client, db.session.scalars(select(User).where(User.role == "reviewer")).one())
        db.session.rollback()
        assert remove().kept == ()
        assert [(one.is_active, one.unit_id) for one in db.session.scalars(select(User))] == [(False, None)]


def test_the_history_tells_of_projects_that_are_gone_and_its_chain_holds(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        load()
        project = named("jn21-04-zhongyi")
        with transaction():
            record(SYSTEM, NOW, Tag.FILE_HANDED_OVER, project, project_id=project.id)
        number = project.id
        sign_in(client, make_user("auditor"))
        remove()
        kept = db.session.scalars(select(AuditEntry).where(AuditEntry.project_id == number)).all()
        assert [one.tag for one in kept] == [Tag.FILE_HANDED_OVER]
        connection = db.session.connection()
        verdict = held_against(connection, safe_of(connection).seal, [newest_head()])
        assert verdict.is_whole
        assert make_project("new").id > number  # no number is given twice
    assert client.get("/admin/audit").status_code == 200


def test_only_the_administrator_removes(app: Flask) -> None:
    with app.app_context(), pytest.raises(ForbiddenError), transaction():
        remove_pack(Actor(None, "someone", "dispatcher"), NOW)
    with app.app_context():
        person = actor_of(make_user("dispatcher"))
        with pytest.raises(ForbiddenError), transaction():
            load_pack(person, NOW)


def test_whether_it_is_there_and_whether_it_ever_was(app: Flask) -> None:
    with app.app_context():
        assert not is_there(read_catalogue())
        assert not was_loaded()
        load()
        assert is_there(read_catalogue())
        remove()
        assert not is_there(read_catalogue())
        assert was_loaded()


def test_who_adds_to_it_meanwhile_waits(app: Flask) -> None:
    """On PostgreSQL a row that refers to the pack cannot slip in between the look and the removal."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has one writer")
        load()
        key = named("jn21-04-zhongyi").id
        db.session.rollback()
        with transaction():
            remove_pack(SYSTEM, NOW)
            with db.engine.connect() as other, pytest.raises(Exception, match="lock"), other.begin():
                other.execute(text("SET LOCAL lock_timeout = '200ms'"))
                other.execute(
                    text(
                        "INSERT INTO gate (project_id, key, document_number, body, note, waived_reason, recorded_at, "
                        f"is_sample, version) VALUES ({key}, 'pipeline', '', '', '', '', now(), false, 1)"
                    )
                )
        assert db.session.scalar(select(func.count()).select_from(Gate)) == 0
        assert not db.session.scalars(select(PlanDocument.id)).all() + db.session.scalars(select(Clause.id)).all()
        assert not db.session.scalars(select(Programme.id)).all() + db.session.scalars(select(WorkStage.id)).all()
        assert db.session.scalars(select(Place.code)).all()
