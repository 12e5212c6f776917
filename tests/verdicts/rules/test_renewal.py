"""Rule L-10: a change of rules is one short transaction, and the verdicts that it touches are renewed in steps, from
what is stored alone.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import (
    NOW,
    TODAY,
    actor_of,
    make_day,
    make_programme,
    make_project,
    make_report,
    make_target,
    make_user,
    sign_in,
)
from flask import Flask
from sqlalchemy import delete, select, text, update
from standing import rebuilt, stored

from projects.commands.doctor.queries import database_facts
from projects.commands.rebuilding import rebuild_in_steps
from projects.core.acting import Acting
from projects.core.errors import ForbiddenError
from projects.core.permissions import SYSTEM
from projects.core.settings.queries import DEMO_DATE
from projects.core.text import Text
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    AuditEntry,
    Clause,
    PlanDocument,
    ProgrammeTally,
    Project,
    ProjectStatus,
    Target,
    TargetStatus,
    UserPlace,
)
from projects.verdicts.days.queries import statuses, target_statuses
from projects.verdicts.facts.facts import RuleBook, rule_set
from projects.verdicts.lights.queries import rules_on
from projects.verdicts.renewal.operations import recompute
from projects.verdicts.rules import operations, queries, views
from projects.verdicts.rules.figures import figures_of, to_entry
from projects.verdicts.rules.renewal import Stands, outstanding
from projects.verdicts.status import operations as slippage
from projects.verdicts.status.operations import rebuild
from projects.verdicts.status.queries import computed

TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict:
    """Five projects in a programme with a promise of its own, two in none, a programme without projects that promises
    by tally; a step takes two projects.
    """
    monkeypatch.setattr(operations, "BATCH", 2)
    with app.app_context():
        make_day()
        people = {role: make_user(role, name=role) for role in ("dispatcher", "leader", "manager")}
        inner, empty = make_programme(), make_programme("只有统计的")
        for number in range(7):
            project = make_project(
                f"p{number}",
                manager=people["manager"] if number in (0, 6) else None,
                programme_id=inner.id if number < 5 else None,
            )
            make_report(project, "2021-10", author=people["manager"], preparation=100, foundation=100, structure=20)
            make_target(project, threshold=60, due=dt.date(2021, 12, 10))
        with transaction():
            own = {
                "measure": "start",
                "quantifier": "count",
                "due": dt.date(2021, 12, 31),
                "commitment": "must",
                "basis": "tally",
                "wording": "示例",
            }
            db.session.add(Target(slug="inner", programme_id=inner.id, threshold=5, **own))
            db.session.add(Target(slug="empty", programme_id=empty.id, threshold=10, **own))
            db.session.add(
                ProgrammeTally(
                    programme_id=empty.id, measure="start", tallied_on=dt.date(2021, 11, 1), reached=7, source="示例"
                )
            )
            operations.load_rule_sets(SYSTEM, NOW)
            rebuild(SYSTEM, NOW, TODAY)
        return {"dispatcher": actor_of(people["dispatcher"]), "inner": inner.id, "people": people}


def entry(**changes) -> dict[str, str]:
    return (
        to_entry(figures_of(rules_on(TODAY).sets["gap"]))
        | {"reason": "从严"}
        | {name: str(value) for name, value in changes.items()}
    )


def adopt(world: dict, seen: int = 1, today: dt.date = TODAY, **changes) -> None:
    with transaction():
        operations.adopt(
            Acting(world["dispatcher"], NOW, today),
            "gap",
            seen,
            entry(**{"progress_red": 12, "behind_days": 1, "tally_yellow": 99, "tally_red": 98} | changes),
        )


def in_transaction(work) -> None:
    with transaction():
        work()


def step(world: dict, today: dt.date = TODAY) -> int:
    with transaction():
        return operations.renew_step(Acting(world["dispatcher"], NOW, today))


def finish(world: dict, today: dt.date = TODAY) -> list[int]:
    """What each step renewed, until nothing waits."""
    found = []
    while count := step(world, today):
        found.append(count)
        assert len(found) < 20, "a step leaves waiting what it renewed"
    return found


def left(day: dt.date = TODAY, actor=SYSTEM) -> tuple[int, int]:
    found = queries.still_outstanding(actor, day)
    return found.projects, found.promises


# --- steps ------------------------------------------------------------------------------------------------------------


def test_adopting_for_many_stores_the_version_and_its_record_and_no_verdict(app: Flask, world: dict):
    with app.app_context():
        before = stored()
        adopt(world)
        assert stored() == before
        assert rules_on(TODAY).sets["gap"].name == "gap-2"
        assert db.session.scalars(select(AuditEntry.tag).order_by(AuditEntry.id.desc())).first() == "rules:set:adopted"
        assert left() == (7, 2)


def test_steps_renew_a_few_projects_each_in_order_and_programmes_own_promises_last(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        assert step(world) == 2
        assert [row["rule_set"] for row in sorted(stored()[0].values(), key=lambda row: row["project_id"])] == [
            "gap-2"
        ] * 2 + ["gap-1"] * 5
        assert left() == (5, 2)
        assert finish(world) == [2, 2, 1, 1, 1]
        assert left() == (0, 0)


def test_what_all_steps_leave_is_what_a_rebuild_makes_row_for_row(app: Flask, world: dict):
    with app.app_context():
        first = stored()
        adopt(world)
        finish(world)
        renewed = stored()
        assert renewed == rebuilt()
        assert len(renewed[1]) == 9  # seven projects' promises, two of programmes
        assert all(renewed[at][key] != row for at in (0, 1) for key, row in first[at].items()), (
            "the new figures change every row, so that a row left out is seen"
        )


def test_a_step_that_forgot_a_row_would_be_seen(app: Flask, world: dict):
    """The negative control of the test before: one project fewer, or the promises of programmes left out."""
    with app.app_context():
        adopt(world)
        for _ in range(3):
            step(world)
        partly = stored()
        whole = rebuilt()
        assert sum(partly[0][key] != whole[0][key] for key in whole[0]) == 1
        assert sum(partly[1][key] != whole[1][key] for key in whole[1]) == 3


def test_a_choice_renews_only_what_follows_it(app: Flask, world: dict):
    with app.app_context():
        with transaction():
            operations.choose(Acting(world["dispatcher"], NOW, TODAY), world["inner"], "escalating", "按市里办法")
        assert left() == (5, 1)
        finish(world)
        assert stored() == rebuilt()
        assert sorted(row["rule_set"] for row in stored()[0].values()) == ["escalating-1"] * 5 + ["gap-1"] * 2


def test_few_followers_are_renewed_with_the_change_itself(app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(operations, "BATCH", 7)
    with app.app_context():
        adopt(world)
        assert left() == (0, 0)
        assert stored() == rebuilt()


def test_a_second_change_while_one_is_going_on_ends_with_the_newest_rules(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        step(world)
        adopt(world, seen=2, progress_red=20)
        (line,) = queries.still_outstanding(SYSTEM, TODAY).lines
        assert [str(one) for one in line.former] == [
            "按百分点差距 (银川 2025) 第 1 版",
            "按百分点差距 (银川 2025) 第 2 版",
        ]
        finish(world)
        assert stored() == rebuilt()
        assert {row["rule_set"] for row in stored()[0].values()} == {"gap-3"}


def test_what_others_change_meanwhile_is_renewed_by_that_and_not_again(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        last = db.session.scalars(select(Project.id).order_by(Project.id.desc())).first()
        with transaction():
            recompute([last], TODAY)
        assert left() == (6, 2)
        finish(world)
        assert stored() == rebuilt()


def test_a_verdict_judged_by_rules_read_before_the_change_is_found_again(app: Flask, world: dict):
    """On PostgreSQL another transaction may have read the former rules and store its row after the steps are done;
    nothing but the rows says what waits.
    """
    with app.app_context():
        adopt(world)
        finish(world)
        with transaction():
            first = select(Project.id).order_by(Project.id).limit(1).scalar_subquery()
            db.session.execute(
                update(ProjectStatus).where(ProjectStatus.project_id == first).values(rule_set="gap-1", lights="gggg")
            )
        assert left() == (1, 0)
        assert finish(world) == [1]
        assert stored() == rebuilt()


def test_the_daily_rebuild_finishes_what_waits(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        step(world)
        rebuilt()
        assert left() == (0, 0)
        assert step(world) == 0


def test_a_step_is_recorded_and_one_without_work_is_not(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        finish(world)
        told = select(AuditEntry.changes, AuditEntry.actor_id).where(
            AuditEntry.tag == "system:status:rebuilt", AuditEntry.object_id == "rules"
        )
        rows = db.session.execute(told.order_by(AuditEntry.id)).all()
        assert [row.changes.get("projects", [0, 0])[1] for row in rows] == [2, 2, 2, 1, 0, 0]
        assert {row.actor_id for row in rows} == {world["dispatcher"].id}


def test_only_who_answers_for_all_places_may_renew(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        for actor in (replace(world["dispatcher"], place_projects=frozenset({1})), actor_of(world["people"]["leader"])):
            with pytest.raises(ForbiddenError), transaction():
                operations.renew_step(Acting(actor, NOW, TODAY))


# --- days -------------------------------------------------------------------------------------------------------------


def test_midnight_in_the_middle_leaves_no_day_half_judged(app: Flask, world: dict):
    """Rows of yesterday no longer speak for today: pages of today work their verdicts out until the rebuild, by the
    rules in force.
    """
    with app.app_context():
        adopt(world)
        step(world)
        assert left(TOMORROW) == (0, 0)
        before = stored()
        assert step(world, TOMORROW) == 0
        assert stored() == before
        live = computed(None, TOMORROW)
        assert {row.rule_set for row in (*live[0], *live[1])} == {"gap-2"}
        assert list(statuses(None, TOMORROW).values()) == live[0]
        assert queries.outdated(SYSTEM, TOMORROW).lines == ()
        assert {row.rule_set for row in statuses(None, TODAY).values()} == {"gap-1", "gap-2"}
        assert queries.outdated(SYSTEM, TODAY).projects == 5  # whoever asks for yesterday still reads the rows of then
        rebuilt(TOMORROW)
        assert left(TOMORROW) == (0, 0)
        assert {row.rule_set for row in statuses(None, TODAY).values()} == {
            "gap-2"
        }  # worked out now, by the rules of that day
        assert queries.outdated(SYSTEM, TODAY).lines == ()


def test_rows_of_another_day_are_left_to_the_rebuild(app: Flask, world: dict):
    with app.app_context():
        adopt(world, today=TOMORROW)  # its rows are of yesterday, and right for that day
        assert left(TOMORROW) == (0, 0)
        assert left(TODAY) == (0, 0)
        with transaction():
            first = db.session.scalars(select(Project.id).order_by(Project.id)).first()
            recompute([first], TOMORROW)
        adopt(world, seen=2, today=TOMORROW, progress_red=20)
        assert left(TOMORROW) == (0, 0)  # the one row of tomorrow was renewed with the change
        assert {row.rule_set for row in statuses(None, TOMORROW).values()} == {"gap-3"}
        assert {row["as_of"] for row in stored()[0].values()} == {TODAY, TOMORROW}


@pytest.mark.parametrize(("issued", "standing"), [(TODAY, "newer"), (TOMORROW, "older")])
def test_of_a_promise_and_the_one_that_moves_it_the_one_that_stands_is_renewed(
    app: Flask, world: dict, issued: dt.date, standing: str
):
    """A plan published tomorrow moves nothing today (S-20)."""
    with app.app_context():
        with transaction():
            plan = PlanDocument(
                slug="newer", title="newer", issuer="示例", place_code="370800", issued_on=issued, year=2021
            )
            db.session.add(plan)
            db.session.flush()
            clause = Clause(document_id=plan.id, locator="1", heading="示例")
            db.session.add(clause)
            db.session.flush()
            older = db.session.scalars(select(Target).where(Target.slug == "inner")).one()
            values = {
                "measure": "start",
                "quantifier": "count",
                "threshold": 5,
                "due": TOMORROW,
                "commitment": "must",
                "basis": "tally",
                "wording": "示例",
            }
            newer = Target(slug="newer", programme_id=world["inner"], clause_id=clause.id, **values)
            db.session.add(newer)
            db.session.flush()
            older.superseded_by_id = newer.id
            rebuild(SYSTEM, NOW, TODAY)
        keys = {"older": older.id, "newer": newer.id}
        assert {name for name, key in keys.items() if key in stored()[1]} == {standing}
        adopt(world)
        assert left() == (7, 2)
        finish(world)
        assert stored()[1][keys[standing]]["rule_set"] == "gap-2"
        assert stored() == rebuilt()


def test_what_was_never_stored_does_not_wait(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
        finish(world)
        with transaction():
            db.session.execute(delete(TargetStatus))
            db.session.execute(delete(ProjectStatus))
        assert left() == (0, 0)
        assert step(world) == 0
        assert target_statuses(None, TODAY).keys() == {row.target_id for row in computed(None, TODAY)[1]}


# --- two at once (PostgreSQL locks rows; SQLite lets one write at a time) ---------------------------------------------


def test_two_who_renew_at_once_take_different_projects(app: Flask, world: dict):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite lets one transaction write at a time")
        adopt(world)
        first = select(Project.id).order_by(Project.id).limit(2).with_for_update(key_share=True)
        with db.engine.connect() as other, other.begin():
            held = set(other.execute(first).scalars())
            assert step(world) == 2
            assert {key for key, row in stored()[0].items() if row["rule_set"] == "gap-1"} > held
            assert finish(world) == [2, 1, 1, 1]
            assert {key for key, row in stored()[0].items() if row["rule_set"] == "gap-1"} == held
        assert finish(world) == [2]
        assert stored() == rebuilt()


class Deed(threading.Thread):
    """Something done in a thread of its own, with its own connection; it must end, and well."""

    def __init__(self, app: Flask, what: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.app, self.what, self.problem, self.found = app, what, None, None
        self.start()

    def run(self) -> None:
        with self.app.app_context():
            try:
                self.found = self.what()
            except Exception as problem:
                self.problem = problem
            finally:
                db.session.remove()

    def end(self) -> object:
        self.join(120)
        assert not self.is_alive(), "it waits for ever"
        db.session.rollback()  # whoever asks next reads as of a new moment
        if self.problem:
            raise self.problem
        return self.found


class Pause:
    """Holds the first who works verdicts out, with the locks they have taken by then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.over = threading.Event(), threading.Event()
        computed = slippage.computed

        def held(ids, as_of, programmes=None):
            found = computed(ids, as_of, programmes)
            if not self.reached.is_set():
                self.reached.set()
                assert self.over.wait(120)
            return found

        monkeypatch.setattr(slippage, "computed", held)

    def begin(self) -> None:
        assert self.reached.wait(120)


def until_one_waits() -> None:
    """Until a connection waits for another one's lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(6000):
            if connection.scalar(waiting):
                return
            time.sleep(0.01)
    pytest.fail("nobody waits")


def waiting_world(world: dict, phase: str) -> None:
    """Rules were changed, and all verdicts wait, or those of programmes' own promises only."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time")
    adopt(world)
    while phase == "programmes" and left()[0]:
        step(world)


def in_steps() -> None:
    """The rebuild as the commands make it."""
    rebuild_in_steps(SYSTEM, NOW, TODAY)


@pytest.mark.parametrize("again", [rebuilt, in_steps])
@pytest.mark.parametrize("phase", ["projects", "programmes"])
def test_a_rebuild_waits_for_a_step_it_meets_and_loses_nothing(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch, phase: str, again: Callable
):
    with app.app_context():
        waiting_world(world, phase)
        pause = Pause(monkeypatch)
        stepping = Deed(app, lambda: step(world))
        pause.begin()
        rebuilding = Deed(app, again)
        until_one_waits()
        pause.over.set()
        assert stepping.end() == {"projects": 2, "programmes": 1}[phase]
        rebuilding.end()
        assert left() == (0, 0)
        assert (len(stored()[0]), len(stored()[1])) == (7, 9)
        assert stored() == rebuilt()


@pytest.mark.parametrize("again", [rebuilt, in_steps])
@pytest.mark.parametrize("phase", ["projects", "programmes"])
def test_a_step_passes_over_what_a_rebuild_holds_and_ends(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch, phase: str, again: Callable
):
    with app.app_context():
        waiting_world(world, phase)
        pause = Pause(monkeypatch)
        rebuilding = Deed(app, again)
        pause.begin()
        renewed = Deed(app, lambda: step(world)).end()
        assert renewed == 0 if again is rebuilt else renewed <= 2  # of a rebuild in steps only what its step holds
        pause.over.set()
        rebuilding.end()
        assert left() == (0, 0)
        assert stored() == rebuilt()


def test_rules_changed_during_a_rebuild_are_followed_by_the_steps_after_it(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        waiting_world(world, "projects")
        pause = Pause(monkeypatch)
        rebuilding = Deed(app, rebuilt)
        pause.begin()
        adopt(world, seen=2, progress_red=11)
        assert step(world) == 0
        pause.over.set()
        rebuilding.end()
        assert {row["rule_set"] for row in stored()[0].values()} == {"gap-2"}
        assert left() == (7, 2)
        finish(world)
        assert {row["rule_set"] for row in stored()[0].values()} == {"gap-3"}
        assert stored() == rebuilt()


def test_rebuilds_steps_and_approvals_all_at_once_end_in_what_a_rebuild_stores(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        waiting_world(world, "projects")
        monkeypatch.setattr(operations, "BATCH", 1)
        ids = db.session.scalars(select(Project.id).order_by(Project.id.desc())).all()

        def approve() -> None:
            for key in ids:
                with transaction():
                    recompute([key], TODAY)

        everybody = [
            Deed(app, what)
            for what in (
                rebuilt,
                in_steps,
                lambda: finish(world),
                approve,
                rebuilt,
                in_steps,
                lambda: finish(world),
                approve,
            )
        ]
        for one in everybody:
            one.end()
        assert left() == (0, 0)


# --- worked out ahead -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [2, 1, 0])
def test_a_step_that_was_overtaken_is_worked_out_anew(app: Flask, world: dict, stage: int):
    """Between the working out and its storing a report is approved of a project of the step, all steps are made by
    another, or other rules are adopted.
    """

    def approved() -> None:
        project = db.session.scalars(select(Project).where(Project.slug == "p0")).one()
        make_report(project, "2021-11", structure=99)
        recompute([project.id], TODAY)

    overtaking = (
        lambda: adopt(world, seen=2, progress_red=20),
        lambda: finish(world),
        lambda: in_transaction(approved),
    )
    with app.app_context():
        adopt(world)
        ahead = operations.next_step(TODAY)
        with app.app_context():
            overtaking[stage]()
            db.session.remove()
        with transaction():
            operations.renew_step(Acting(world["dispatcher"], NOW, TODAY), ahead)
        finish(world)
        assert stored() == rebuilt()


def test_a_step_that_nobody_overtook_stores_what_was_worked_out(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    """On SQLite, where nobody else can write while a transaction is open that does."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL locks the rows of a step only")
        adopt(world)
        made = 0
        while queries.still_outstanding(SYSTEM, TODAY).lines:
            ahead = operations.next_step(TODAY)
            with monkeypatch.context() as patch, transaction():
                patch.setattr(slippage, "computed", None)
                operations.renew_step(Acting(world["dispatcher"], NOW, TODAY), ahead)
            made += 1
        assert made == 6
        assert stored() == rebuilt()


# --- what people see --------------------------------------------------------------------------------------------------


def test_the_page_shows_how_far_it_is_and_its_button_goes_on(app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(views, "STEPS", 4)
    client = sign_in(app.test_client(), world["people"]["dispatcher"])
    with app.app_context():
        typed = entry(progress_red=12) | {"action": "adopt", "seen": "1"}
    answer = client.post("/rules/gap", data=typed, follow_redirects=True)
    assert answer.request.path == "/rules"
    assert "正在分批更新" in answer.text
    assert "已更新 0 / 7 个项目; 项目群承诺还有 2 条" in answer.text
    assert '<progress max="9" value="0"' in answer.text
    once = client.post("/rules/renewal", follow_redirects=True)
    assert "继续更新" in once.text
    assert "项目群承诺还有 2 条" in once.text
    done = client.post("/rules/renewal", follow_redirects=True)
    assert "判断已全部按现行规则更新" in done.text
    assert "<progress" not in done.text
    assert "<progress" not in client.get("/rules").text


def test_a_leader_sees_what_is_outstanding_and_has_no_button(app: Flask, world: dict):
    with app.app_context():
        adopt(world)
    client = sign_in(app.test_client(), world["people"]["leader"])
    page = client.get("/rules").text
    assert "已更新 0 / 7 个项目" in page
    assert "继续更新</button>" not in page
    assert client.post("/rules/renewal").status_code == 403


def test_a_dispatcher_of_some_places_is_told_who_may_renew(app: Flask, world: dict):
    with app.app_context():
        with transaction():
            db.session.add(UserPlace(user_id=world["people"]["dispatcher"].id, place_code="370800"))
        adopt(world)
    client = sign_in(app.test_client(), world["people"]["dispatcher"])
    page = client.get("/rules").text
    assert "由负责全部地区的调度员打开本页继续" in page
    assert "继续更新</button>" not in page
    told = client.post("/rules/renewal", follow_redirects=True)
    assert "只有负责全部地区的调度员可以修改" in told.text
    with app.app_context():
        assert left() == (7, 2)


def test_everybody_reads_which_version_verdicts_still_stand_by(app: Flask, world: dict):
    """Each within their scope: a manager of two projects reads of two, and of none once these are done."""
    with app.app_context():
        adopt(world)
    manager = sign_in(app.test_client(), world["people"]["manager"])
    leader = sign_in(app.test_client(), world["people"]["leader"])
    words = "规则已改为“按百分点差距 (银川 2025) 第 2 版”, 还有 {}的判断仍按“按百分点差距 (银川 2025) 第 1 版”。"
    assert words.format("7 个项目和 2 条项目群承诺") in leader.get("/projects").text
    assert words.format("2 个项目和 1 条项目群承诺") in manager.get("/projects").text
    assert "查看更新进度" not in manager.get("/projects").text
    assert "仍按" not in leader.get("/projects?as_of=2021-11-29").text  # worked out by the rules of that day
    assert "这些灯还是按 gap-1 判断的" in manager.get("/projects/p6/lights").text
    with app.app_context():
        finish(world)
    assert "仍按" not in manager.get("/projects").text
    assert "仍按" not in leader.get("/").text


def test_the_doctor_names_what_is_outstanding(app: Flask, world: dict):
    with app.app_context():
        folder = app.extensions["migrate"].directory
        assert database_facts(folder, NOW, DEMO_DATE)["outdated"] == (0, 0, [])
        adopt(world)
        step(world)
        assert database_facts(folder, NOW, DEMO_DATE)["outdated"] == (5, 2, ["gap-1"])
        finish(world)
        assert database_facts(folder, NOW, DEMO_DATE)["outdated"] == (0, 0, [])


def test_a_preview_reads_the_facts_once_and_judges_them_twice(app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "AT_A_TIME", 3)
    loaded, known_on = [], queries.known_on
    monkeypatch.setattr(
        queries, "known_on", lambda ids, *rest, **named: loaded.append(sorted(ids)) or known_on(ids, *rest, **named)
    )
    with app.app_context():
        every = sorted(db.session.scalars(select(Project.id)))
        book = rules_on(TODAY).with_set(
            "gap", rule_set("gap", 2, figures_of(rules_on(TODAY).sets["gap"]) | {"progress_red": 12.0})
        )
        shifts, looked_at = queries.shifts(world["dispatcher"], book, TODAY)
        assert (len(shifts), looked_at, sorted(key for some in loaded for key in some)) == (7, 7, every)
        adopt(world, behind_days=30, tally_yellow=80, tally_red=60)
        finish(world)
        rows = dict(
            db.session.execute(
                select(Project.slug, ProjectStatus).join(ProjectStatus, ProjectStatus.project_id == Project.id)
            ).all()
        )
        assert {one.slug: one.after for one in shifts} == {
            slug: (row.state, row.light, row.lights) for slug, row in rows.items()
        }


# --- the rule itself --------------------------------------------------------------------------------------------------

NAMES = {"gap": "差距", "ratio": "比例"}
BOOK = RuleBook({key: rule_set(key, number, {}) for key, number in (("gap", 3), ("ratio", 1))}, {7: "ratio"})


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], []),
        ([("project", None, "gap-3", 4), ("project", 7, "ratio-1", 2), ("promise", 7, "ratio-1", 1)], []),
        ([("project", None, "gap-3", 4), ("project", 1, "gap-2", 6)], [("差距 第 3 版", 4, 10, ["差距 第 2 版"], 0)]),
        ([("project", 7, "gap-3", 6), ("project", None, "gap-3", 1)], [("比例 第 1 版", 0, 6, ["差距 第 3 版"], 0)]),
        ([("project", 7, "ratio-1", 6), ("promise", 7, "gap-3", 1)], [("比例 第 1 版", 6, 6, ["差距 第 3 版"], 1)]),
        (
            [("project", None, "default", 1), ("project", 1, "gap-1", 1)],
            [("差距 第 3 版", 0, 2, ["内置规则", "差距 第 1 版"], 0)],
        ),
    ],
)
def test_what_waits_is_told_from_versions_alone(rows: list, told: list):
    found = outstanding([Stands(*row) for row in rows], BOOK, NAMES)
    assert [
        (str(one.version), one.done, one.total, sorted(map(str, one.former)), one.promises) for one in found.lines
    ] == [(*one[:3], sorted(one[3]), one[4]) for one in told]
    assert all(isinstance(one.words, Text) and str(one.words) for one in found.lines)
