"""Recording, waiving and clearing gates: who may, what is refused, what is kept, on both databases."""

import datetime as dt
import threading

import pytest
from approving import with_consent
from builders import NOW, TODAY, actor_of, make_gate, make_project, make_target, make_user
from counting import counted
from sqlalchemy import select

from projects.core.acting import Acting
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, Event, Gate, ProjectStatus, TargetStatus
from projects.works.gates import queries
from projects.works.gates.operations import clear_gate, record_gate, waive_gate

DAY = dt.date(2021, 3, 1)


@pytest.fixture
def project(app):
    with app.app_context():
        return make_project()


def pass_gate(project, key="start", passed_on=DAY, version=None, actor=SYSTEM, **texts):
    with transaction():
        return record_gate(Acting(actor, NOW, TODAY), project.id, key, version, texts, passed_on=passed_on)


def refusal(project, **values):
    with pytest.raises(InvalidError) as refused:
        pass_gate(project, **values)
    return {name: str(text) for name, text in refused.value.fields.items()}


def test_a_gate_is_stored_with_its_paper_and_leaves_a_record(app, project):
    with app.app_context():
        gate = pass_gate(
            project,
            "construction_permit",
            document_number=" 370801202103010101 ",
            body="市住房和城乡建设局",
            note="一期",
        )
        assert (gate.passed_on, gate.document_number, gate.body, gate.note, gate.version) == (
            DAY,
            "370801202103010101",
            "市住房和城乡建设局",
            "一期",
            1,
        )
        (entry,) = db.session.scalars(select(AuditEntry))
        assert (entry.tag, entry.project_id, entry.object_type) == ("project:gate:recorded", project.id, "gate")
        assert entry.changes["passed_on"] == [None, "2021-03-01"]


def test_a_fact_that_broke_the_law_is_stored_flagged_and_counted(app, project):
    with app.app_context():
        pass_gate(project, "start")
        assert queries.finding_counts([project.id], TODAY) == {project.id: 3}
        assert db.session.scalar(select(ProjectStatus.finding_count).where(ProjectStatus.project_id == project.id)) == 3
        pass_gate(project, "eia", passed_on=dt.date(2020, 1, 1))
        assert db.session.scalar(select(ProjectStatus.finding_count).where(ProjectStatus.project_id == project.id)) == 2


def test_passing_a_gate_renews_the_verdict_in_the_same_transaction(app, project):
    with app.app_context():
        target = make_target(project, measure="start", due=dt.date(2021, 6, 30))
        pass_gate(project, "start")
        assert db.session.scalar(select(TargetStatus.state).where(TargetStatus.target_id == target.id)).startswith(
            "met"
        )
        with transaction():
            clear_gate(Acting(SYSTEM, NOW, TODAY), project.id, "start", 1)
        assert not db.session.scalar(select(TargetStatus.state).where(TargetStatus.target_id == target.id)).startswith(
            "met"
        )


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"passed_on": None}, "passed_on", "请填写日期"),
        ({"passed_on": TODAY + dt.timedelta(1)}, "passed_on", "在将来"),
        ({"passed_on": dt.date(1921, 3, 1)}, "passed_on", "请核对年份"),
        ({"document_number": "文" * 81}, "document_number", "最多 80 字"),
        ({"body": "局" * 10_000}, "body", "最多 120 字"),
        ({"note": "注" * 10_000}, "note", "最多 2000 字"),
        ({"note": "有\0零"}, "note", "控制字符"),
        ({"document_number": "半\ud800字"}, "document_number", "控制字符"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field_and_nothing_is_stored(app, project, values, field, words):
    with app.app_context():
        complaints = refusal(project, **values)
        assert list(complaints) == [field]
        assert words in complaints[field]
        assert db.session.scalars(select(Gate)).all() == []


def test_every_wrong_field_is_named_at_once(app, project):
    with app.app_context():
        assert set(refusal(project, passed_on=None, body="局" * 200, note="\x07")) == {"passed_on", "body", "note"}


def test_today_is_not_the_future(app, project):
    with app.app_context():
        assert pass_gate(project, passed_on=TODAY).passed_on == TODAY


def test_a_key_outside_the_template_and_a_project_that_is_none_are_not_found(app, project):
    with app.app_context():
        with pytest.raises(NotFoundError):
            pass_gate(project, "ribbon_cutting")
        project.id = 999_999
        with pytest.raises(NotFoundError):
            pass_gate(project, "start")


@pytest.mark.parametrize("role", ["finance", "leader", "admin"])
def test_other_roles_may_not_write(app, project, role):
    with app.app_context():
        actor = actor_of(make_user(role))
        for write in (
            lambda: pass_gate(project, actor=actor),
            lambda: waive_gate(Acting(actor, NOW, TODAY), project.id, "start", None, reason="并入"),
            lambda: clear_gate(Acting(actor, NOW, TODAY), project.id, "start", 1),
        ):
            with pytest.raises(ForbiddenError):
                write()


def test_a_manager_writes_own_projects_only_and_a_dispatcher_all(app, project):
    with app.app_context():
        manager, other = make_user("manager"), make_project()
        pass_gate(project, actor=with_consent(actor_of(manager, project)))
        pass_gate(project, "eia", actor=with_consent(actor_of(make_user("dispatcher"))))
        with pytest.raises(ForbiddenError):
            pass_gate(other, actor=with_consent(actor_of(manager, project)))


# --- waiving and clearing ---------------------------------------------------------------------------------------------


def test_a_gate_is_waived_with_a_reason_only(app, project):
    with app.app_context():
        with pytest.raises(InvalidError, match="1"), transaction():
            waive_gate(Acting(SYSTEM, NOW, TODAY), project.id, "proposal", None, reason="  ")
        with transaction():
            gate = waive_gate(Acting(SYSTEM, NOW, TODAY), project.id, "proposal", None, reason="建议书代可研")
        assert (gate.passed_on, gate.waived_reason) == (None, "建议书代可研")
        assert [row.state for row in queries.gate_list(project.id, TODAY) if row.spec.key == "proposal"] == ["waived"]


def test_a_passed_gate_is_not_waived_away(app, project):
    with app.app_context():
        pass_gate(project, "eia")
        with pytest.raises(InvalidError) as refused, transaction():
            waive_gate(Acting(SYSTEM, NOW, TODAY), project.id, "eia", 1, reason="不需要")
        assert "先撤销登记" in str(refused.value.fields["waived_reason"])
        assert queries.gate_of(project.id, "eia").passed_on == DAY


def test_passing_a_waived_gate_ends_the_waiver(app, project):
    with app.app_context():
        with transaction():
            waive_gate(Acting(SYSTEM, NOW, TODAY), project.id, "eia", None, reason="登记表备案")
        gate = pass_gate(project, "eia", version=1)
        assert (gate.passed_on, gate.waived_reason) == (DAY, "")


def test_clearing_opens_the_gate_again_and_the_history_keeps_what_it_said(app, project):
    with app.app_context():
        pass_gate(project, "eia", document_number="济环审〔2021〕1号")
        with transaction():
            clear_gate(Acting(SYSTEM, NOW, TODAY), project.id, "eia", 1)
        assert [row.state for row in queries.gate_list(project.id, TODAY) if row.spec.key == "eia"] == ["open"]
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry.tag == "project:gate:cleared"
        assert entry.changes["document_number"] == ["济环审〔2021〕1号", ""]
        with pytest.raises(ConflictError), transaction():
            clear_gate(Acting(SYSTEM, NOW, TODAY), project.id, "start", None)


# --- two people -------------------------------------------------------------------------------------------------------


def test_the_second_writer_is_told_and_changes_nothing(app, project):
    with app.app_context():
        pass_gate(project, body="甲局")
        pass_gate(project, body="乙局", version=1)
        for version in (1, None, 7):
            with pytest.raises(ConflictError):
                pass_gate(project, body="丙局", version=version)
        assert queries.gate_of(project.id, "start").body == "乙局"


def test_a_cleared_gate_does_not_take_an_old_form(app, project):
    with app.app_context():
        pass_gate(project, body="甲局")
        with transaction():
            clear_gate(Acting(SYSTEM, NOW, TODAY), project.id, "start", 1)
        with pytest.raises(ConflictError):
            pass_gate(project, body="乙局", version=1)


def test_a_double_click_is_one_effect(app, project):
    with app.app_context():
        first, second = pass_gate(project), pass_gate(project)
        assert (first.id, first.version) == (second.id, second.version)
        assert len(db.session.scalars(select(AuditEntry)).all()) == 1


def test_of_eight_writers_at_once_exactly_one_wins(app, project):
    outcomes, gate_open = [], threading.Barrier(8)

    def write(number):
        with app.app_context():
            gate_open.wait()
            try:
                pass_gate(project, body=f"第{number}局")
                outcomes.append(number)
            except ConflictError:
                outcomes.append(None)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [number for number in outcomes if number is not None]
    assert len(outcomes) == 8
    assert len(winners) == 1
    with app.app_context():
        assert queries.gate_of(project.id, "start").body == f"第{winners[0]}局"
        assert len(db.session.scalars(select(AuditEntry)).all()) == 1


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_list_joins_register_events_and_plan_as_of_a_day(app, project):
    with app.app_context(), transaction():
        db.session.add(
            Event(
                project_id=project.id,
                happened_on=dt.date(2021, 2, 28),
                precision="month",
                text="开工",
                gate_key="start",
                source="新闻",
            )
        )
        db.session.add(
            Event(
                project_id=project.id, happened_on=dt.date(2021, 12, 31), text="启用", gate_key="in_use", source="新闻"
            )
        )
    with app.app_context():
        rows = {row.spec.key: row for row in queries.gate_list(project.id, TODAY)}
        assert (rows["start"].state, rows["start"].entry.precision, rows["start"].version) == ("passed", "month", None)
        assert rows["in_use"].state == "open"
        assert queries.finding_counts(None, TODAY) == {}  # the register is still empty: reminders only
        pass_gate(project, "start", passed_on=dt.date(2021, 2, 20))
        rows = {row.spec.key: row for row in queries.gate_list(project.id, TODAY)}
        assert (rows["start"].entry.on, rows["start"].version) == (dt.date(2021, 2, 20), 1)
        assert queries.finding_counts(None, TODAY) == {project.id: 3}
        assert queries.finding_counts(None, dt.date(2021, 2, 19)) == {}


def test_counting_costs_two_statements_however_many_projects(app):
    with app.app_context():
        for many in (3, 12):
            with transaction():
                projects = [make_project() for _ in range(many)]
                for project in projects:
                    make_gate(project, "start")
            with counted(app) as sent:
                found = queries.finding_counts([project.id for project in projects], TODAY)
            assert found == {project.id: 3 for project in projects}
            assert len(sent) == 2
        with counted(app) as sent:
            assert len(queries.finding_counts(None, TODAY)) == 15
        assert len(sent) == 2


def test_one_projects_list_costs_three_statements(app, project):
    with app.app_context():
        make_gate(project, "start")
        with counted(app) as sent:
            queries.gate_list(project.id, TODAY)
        assert len(sent) == 3
