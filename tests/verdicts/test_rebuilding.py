"""The daily rebuild in short transactions: row for row what one transaction makes, whoever writes in between and
wherever it breaks off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from builders import (
    NOW,
    STAGES,
    TODAY,
    actor_of,
    make_day,
    make_gate,
    make_programme,
    make_project,
    make_report,
    make_target,
    make_user,
    sign_in,
)
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from standing import rebuilt, stored

from projects import database
from projects.commands import rebuilding
from projects.commands.rebuilding import rebuild_in_steps
from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.tags import Tag
from projects.models import AuditEntry, ProgrammeTally, Project, ProjectStatus, ReferenceVersion, ReportStep, Target
from projects.verdicts.days.queries import statuses, were_stored
from projects.verdicts.rules.operations import load_rule_sets
from projects.verdicts.status import operations
from projects.verdicts.status.operations import refresh_reference
from projects.verdicts.status.queries import computed
from projects.verdicts.status.steps import RebuildStep, left, steps
from projects.works.reports.operations import approve

TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict:
    """Five projects in a programme, two in another, one in none, and a programme that promises by tally; a step holds
    two projects. Nothing is stored yet.
    """
    monkeypatch.setattr(rebuilding, "SIZE", 2)
    with app.app_context():
        make_day()
        people = {role: make_user(role, name=role) for role in ("dispatcher", "manager", "leader")}
        large, small, empty = make_programme(), make_programme("小的"), make_programme("只有统计的")
        waiting = {}
        for number in range(8):
            group = large.id if number < 5 else small.id if number < 7 else None
            project = make_project(f"p{number}", manager=people["manager"], programme_id=group)
            make_report(
                project, "2021-09", author=people["manager"], preparation=100, foundation=100, structure=10 + number
            )
            make_target(project, threshold=60, due=dt.date(2021, 12, 10))
            report = make_report(
                project,
                "2021-10",
                author=people["manager"],
                state="submitted",
                preparation=100,
                foundation=100,
                structure=70,
            )
            waiting[project.slug] = report.id, report.version
        with transaction():
            own = {
                "measure": "start",
                "quantifier": "count",
                "due": dt.date(2021, 12, 31),
                "commitment": "must",
                "basis": "tally",
                "wording": "示例",
            }
            for programme in (large, small, empty):
                db.session.add(Target(slug=f"t{programme.id}", programme_id=programme.id, threshold=5, **own))
            db.session.add(
                ProgrammeTally(
                    programme_id=empty.id, measure="start", tallied_on=dt.date(2021, 11, 1), reached=3, source="示例"
                )
            )
            db.session.add_all(
                [
                    ReportStep(report_id=key, round=1, action="submitted", actor_id=people["manager"].id, at=NOW)
                    for key, _ in waiting.values()
                ]
            )
            load_rule_sets(SYSTEM, NOW)
        ids = dict(map(tuple, db.session.execute(select(Project.slug, Project.id))))
        return {
            "dispatcher": actor_of(people["dispatcher"]),
            "leader": people["leader"],
            "waiting": waiting,
            "ids": ids,
            "large": large.id,
        }


def elsewhere(app: Flask, work: Callable[[], object]) -> None:
    """Do something as another request would: with a connection of its own."""
    with app.app_context():
        with transaction():
            work()
        db.session.remove()


def approval(world: dict, slug: str) -> Callable[[], object]:
    return lambda: approve(Acting(world["dispatcher"], NOW, TODAY), *world["waiting"][slug])


def when_worked_out(monkeypatch: pytest.MonkeyPatch, holds: int, work: Callable[[], None]) -> list[RebuildStep]:
    """Let `work` happen once, between the time at which the step that holds a project was worked out and the time at
    which it is stored.
    """
    steps_made, work_out = [], operations.work_out

    def then(step, as_of):
        ahead = work_out(step, as_of)
        if holds in step.projects and not any(holds in one.projects for one in steps_made):
            work()
        steps_made.append(step)
        return ahead

    monkeypatch.setattr(rebuilding, "work_out", then)
    return steps_made


def broken_off(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Rebuild until so many steps are stored, and fail in the next."""
    made, real = [], operations.rebuild_step

    def fails(*args):
        if len(made) == after:
            raise KeyboardInterrupt
        made.append(args)
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "rebuild_step", fails)
        with pytest.raises(KeyboardInterrupt):
            rebuild_in_steps(SYSTEM, NOW, TODAY)


# --- the same rows ----------------------------------------------------------------------------------------------------


def test_all_steps_leave_what_one_transaction_makes_row_for_row(app: Flask, world: dict):
    with app.app_context():
        assert rebuild_in_steps(SYSTEM, NOW, TODAY) == 8
        made = stored()
        assert made == rebuilt()
        assert (len(made[0]), len(made[1])) == (8, 11)
        assert rebuild_in_steps(SYSTEM, NOW, TOMORROW) == 8
        assert {row["as_of"] for table in stored() for row in table.values()} == {TOMORROW}
        assert stored() == rebuilt(TOMORROW)


def test_a_promise_that_no_longer_stands_loses_its_row(app: Flask, world: dict):
    with app.app_context():
        rebuilt()
        for subject in ({"project_id": world["ids"]["p7"]}, {"programme_id": world["large"]}):
            with transaction():
                older = db.session.scalars(select(Target).filter_by(**subject)).one()
                newer = make_target(db.session.get_one(Project, world["ids"]["p0"]), threshold=60, due=TOMORROW)
                older.superseded_by_id = newer.id
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        made = stored()
        assert len(made[1]) == 11  # two went, two came
        assert made == rebuilt()


def test_the_history_holds_one_record_of_a_rebuild(app: Flask, world: dict):
    with app.app_context():
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        row = db.session.scalars(select(AuditEntry).where(AuditEntry.tag == Tag.STATUS_REBUILT)).one()
        assert row.changes["projects"] == [None, 8]


def test_a_project_that_comes_meanwhile_is_judged_as_well(app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch):
    with app.app_context():
        when_worked_out(
            monkeypatch,
            world["ids"]["p7"],
            lambda: elsewhere(app, lambda: make_project("new", programme_id=world["large"])),
        )
        assert rebuild_in_steps(SYSTEM, NOW, TODAY) == 9
        made = stored()
        assert made == rebuilt()
        assert len(made[0]) == 9


# --- others write in between ------------------------------------------------------------------------------------------


def state_of(world: dict, slug: str) -> tuple[dt.date, float]:
    row = (
        db.session.connection()
        .execute(select(ProjectStatus.report_month, ProjectStatus.percent).filter_by(project_id=world["ids"][slug]))
        .one()
    )
    return tuple(row)


@pytest.mark.parametrize("slug", ["p0", "p3", "p6", "p7"])
def test_an_approval_after_a_step_was_worked_out_and_before_it_is_stored_wins(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch, slug: str
):
    """It is stored at once, for a step holds nobody up while it is worked out, and the step is worked out anew."""
    with app.app_context():
        rebuilt()
        old = state_of(world, slug)
        when_worked_out(monkeypatch, world["ids"][slug], lambda: elsewhere(app, approval(world, slug)))
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        made = stored()
        assert state_of(world, slug)[0] == dt.date(2021, 10, 1) != old[0]
        assert made == rebuilt()


def test_without_looking_whether_others_wrote_the_older_verdict_would_win(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    """The control of the test above: it sees a rebuild that stores what it worked out before the approval."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL works a step out under its locks")
        rebuilt()
        monkeypatch.setattr(operations, "what_stands", lambda: "nothing new")
        when_worked_out(monkeypatch, world["ids"]["p3"], lambda: elsewhere(app, approval(world, "p3")))
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        assert state_of(world, "p3")[0] == dt.date(2021, 9, 1)
        assert stored() != rebuilt()


@pytest.mark.parametrize("slug", ["p0", "p7"])
def test_an_approval_between_steps_wins_whether_its_project_was_done_or_not(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch, slug: str
):
    """In the step that holds p6, that of p0 is done and that of p7 is not."""
    with app.app_context():
        rebuilt()
        made = when_worked_out(monkeypatch, world["ids"]["p6"], lambda: elsewhere(app, approval(world, slug)))
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        order = [at for at, step in enumerate(made) for one in ("p0", "p6", "p7") if world["ids"][one] in step.projects]
        assert order == sorted(order)
        assert state_of(world, slug)[0] == dt.date(2021, 10, 1)
        assert stored() == rebuilt()


def test_a_promise_of_a_programme_sees_what_was_approved_of_a_member_meanwhile(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        rebuilt()
        when_worked_out(
            monkeypatch,
            world["ids"]["p6"],
            lambda: elsewhere(app, lambda: make_gate(db.session.get_one(Project, world["ids"]["p5"]))),
        )
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        assert stored() == rebuilt()


def test_what_nobody_overtook_is_worked_out_once_and_outside_the_lock(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    """On SQLite, where a transaction that writes keeps everybody else from writing."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL locks the rows of a step only")
        inside, real = [], operations.computed
        monkeypatch.setattr(operations, "computed", lambda *args: inside.append(database._writing.get()) or real(*args))
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        assert inside == [None] * 7


# --- broken off -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_broken_off_on_a_new_day_pages_work_verdicts_out_and_a_repeat_is_whole(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch, after: int
):
    with app.app_context():
        rebuilt(TODAY - dt.timedelta(days=1))
        broken_off(monkeypatch, after)
        whole = {row.project_id: row for row in computed(None, TODAY)[0]}
        db.session.rollback()
        assert statuses(None, TODAY) == whole
        assert not were_stored(TODAY)
        db.session.rollback()
        assert rebuild_in_steps(SYSTEM, NOW, TODAY) == 8
        assert statuses(None, TODAY) == whole
        assert were_stored(TODAY)
        assert stored() == rebuilt()


@pytest.mark.parametrize("after", range(8))
def test_wherever_it_is_broken_off_no_day_counts_as_stored_whose_promises_are_not(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch, after: int
):
    with app.app_context():
        rebuilt(TODAY - dt.timedelta(days=1))
        if after < 7:
            broken_off(monkeypatch, after)
        else:
            rebuild_in_steps(SYSTEM, NOW, TODAY)
        statuses(None, TODAY)
        days = {row["as_of"] for row in stored()[1].values()}
        assert were_stored(TODAY) is (after == 7)
        assert (days == {TODAY}) is (after == 7)


def test_broken_off_on_the_same_day_every_row_says_what_a_rebuild_says(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        whole = rebuilt()
        broken_off(monkeypatch, 3)
        assert stored() == whole
        assert (
            db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.tag == Tag.STATUS_REBUILT)) == 1
        )  # that of the whole one


def test_what_forecasts_lean_on_changed_no_page_reads_rows_made_before(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    """A version of the reference class made on a day whose rows are stored already: they are forgotten with it, and
    pages work verdicts out until the end.
    """
    with app.app_context():
        quarters = {25 * place: dt.date(2019, 1 + 3 * place, 1) for place in range(4)} | {100: dt.date(2020, 1, 1)}
        for number in range(5):  # finished twice as late as planned, on plans as coarse as the others' (S-18)
            ended = make_project(f"ended{number}", plan=quarters)
            for month, percent in (("2019-06", 20), ("2019-12", 40), ("2020-06", 70), ("2020-12", 100)):
                make_report(ended, month, **dict.fromkeys(STAGES, percent))
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        before = stored()
        with transaction():
            assert refresh_reference(NOW, TODAY) == 5
        assert db.session.scalar(select(func.count(ReferenceVersion.id))) == 1
        broken_off(monkeypatch, 4)
        whole = {row.project_id: row for row in computed(None, TODAY)[0]}
        db.session.rollback()
        assert statuses(None, TODAY) == whole
        assert not were_stored(TODAY)
        assert all(whole[key].probability != before[0][key]["probability"] for key in world["ids"].values()), (
            "so that an old row is seen"
        )
        db.session.rollback()
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        assert stored() == rebuilt()


def test_a_reader_of_a_page_in_the_middle_reads_the_new_day_whole(
    app: Flask, world: dict, monkeypatch: pytest.MonkeyPatch
):
    client = sign_in(app.test_client(), world["leader"])
    with app.app_context():
        rebuilt(TODAY - dt.timedelta(days=1))
        before = client.get("/api/v1/projects").json
        assert len(before["items"]) == 8
        broken_off(monkeypatch, 4)
        assert client.get("/api/v1/projects").json == before
        rebuild_in_steps(SYSTEM, NOW, TODAY)
        assert client.get("/api/v1/projects").json == before


# --- the steps themselves ---------------------------------------------------------------------------------------------

SHAPES = st.lists(st.integers(0, 9), max_size=8)


@given(shape=SHAPES, alone=st.integers(0, 9), size=st.integers(1, 5))
def test_steps_hold_everybody_once_and_no_promise_is_later_than_the_last_project(
    shape: list[int], alone: int, size: int
):
    numbers = iter(range(1000))
    members = {key: [next(numbers) for _ in range(count)] for key, count in enumerate(shape)}
    single = [next(numbers) for _ in range(alone)]
    made = list(steps(members, single, size))
    assert sorted(one for step in made for one in step.projects) == list(range(sum(shape) + alone))
    assert sorted(one for step in made for one in step.programmes) == list(range(len(shape)))
    assert all(len(step.projects) <= size for step in made)
    assert all(step.projects or step.programmes for step in made)
    last = max((at for at, step in enumerate(made) if step.projects), default=len(made))
    assert all(at <= last for at, step in enumerate(made) if step.programmes)
    assert left(members, single, made) == ({}, [])
    some = made[: len(made) // 2]
    again = [*some, *steps(*left(members, single, some), size)]
    assert sorted(one for step in again for one in step.projects) == list(range(sum(shape) + alone))


def test_a_small_programme_goes_with_its_projects_and_a_large_one_before_them():
    assert list(steps({1: [10, 11], 2: [], 3: [12], 4: [13, 14, 15]}, [16, 17, 18], 2)) == [
        RebuildStep((), (2,)),
        RebuildStep((), (4,)),
        RebuildStep((13, 14), ()),
        RebuildStep((15,), ()),
        RebuildStep((10, 11), (1,)),
        RebuildStep((12,), (3,)),
        RebuildStep((16, 17), ()),
        RebuildStep((18,), ()),
    ]


def test_who_came_later_is_left():
    done = list(steps({1: [10], 2: []}, [11], 5))
    assert left({1: [10, 12], 2: [], 3: [13], 4: []}, [11, 14], done) == ({1: [12], 3: [13], 4: []}, [14])
