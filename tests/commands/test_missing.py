"""A start works out only what is missing of the day's verdicts, by one process, while others serve."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from builders import TODAY, make_day, make_project, make_report, make_user
from flask import Flask
from sqlalchemy import delete, func, select
from standing import rebuilt, stored

from projects.commands import main, missing, rebuilding
from projects.commands.missing import AT_WORK, LEASE, TakenError, at_work, is_missing, work_out_missing
from projects.core.permissions import SYSTEM
from projects.core.settings.queries import setting
from projects.database import transaction
from projects.extensions import db
from projects.history.record.tags import Tag
from projects.models import AuditEntry, ProjectStatus, Setting
from projects.verdicts.days.queries import is_stored

NOW = dt.datetime(2021, 11, 30, 4, tzinfo=dt.UTC)


def clock() -> dt.datetime:
    return NOW


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Five projects, nothing stored of the day; a step holds one of them."""
    monkeypatch.setattr(rebuilding, "SIZE", 1)
    with app.app_context():
        make_day()
        user = make_user("manager")
        for _ in range(5):
            make_report(make_project(targets=[{}]), "2021-10", author=user, structure=40)
        with transaction():
            db.session.execute(delete(ProjectStatus))
    return app


def rebuilds() -> int:
    return (
        db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.tag == str(Tag.STATUS_REBUILT)))
        or 0
    )


def test_what_is_missing_is_worked_out_once_and_as_one_rebuild_would(world: Flask):
    with world.app_context():
        assert is_missing(TODAY)
        assert work_out_missing(SYSTEM, clock, TODAY) == 5
        assert not is_missing(TODAY)
        assert setting(AT_WORK) is None
        done, found = rebuilds(), stored()
        assert work_out_missing(SYSTEM, clock, TODAY) is None
        assert (rebuilds(), stored()) == (done, found)
        assert rebuilt(TODAY) == found


def test_verdicts_of_other_programs_are_missing(world: Flask, monkeypatch: pytest.MonkeyPatch):
    with world.app_context():
        work_out_missing(SYSTEM, clock, TODAY)
        monkeypatch.setattr(missing, "programs", lambda: "changed")
        assert is_missing(TODAY)


def together(app: Flask, count: int = 3) -> list[int | None]:
    """What `count` processes that start at once did, each in a thread with connections of its own."""
    ready, done = threading.Barrier(count), []

    def start() -> None:
        with app.app_context():
            ready.wait(30)
            done.append(work_out_missing(SYSTEM, clock, TODAY))
            db.session.remove()

    threads = [threading.Thread(target=start) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done


def test_of_several_that_start_at_once_one_works(world: Flask):
    done = together(world)
    with world.app_context():
        assert sorted(done, key=str) == [5, None, None]
        assert (rebuilds(), is_stored(TODAY)) == (1, True)


def test_several_that_work_are_found_out(world: Flask, monkeypatch: pytest.MonkeyPatch):
    """The negative control: who does not ask whether somebody is at it does all of it again."""
    asked = threading.Barrier(3)
    real = missing.is_missing

    def all_find_it_missing(day: dt.date) -> bool:
        found = real(day)
        db.session.rollback()
        asked.wait(30)
        return found

    monkeypatch.setattr(missing, "LEASE", -LEASE)
    monkeypatch.setattr(missing, "is_missing", all_find_it_missing)
    monkeypatch.setattr(missing, "rebuild_in_steps", lambda *_: 5)
    assert together(world) == [5, 5, 5]


def test_who_is_broken_off_is_followed_once_its_time_is_over(world: Flask):
    with world.app_context():
        with transaction():
            db.session.add(Setting(key=AT_WORK, value=f"0123456789abcdef {(NOW + LEASE).isoformat()}"))
        assert work_out_missing(SYSTEM, clock, TODAY) is None
        assert is_missing(TODAY)
        assert work_out_missing(SYSTEM, lambda: NOW + LEASE, TODAY) == 5


def test_who_took_too_long_leaves_it_to_the_next(world: Flask):
    with world.app_context():
        with at_work(clock) as still, at_work(lambda: NOW + LEASE), pytest.raises(TakenError), transaction():
            still()
        assert setting(AT_WORK) is None


def test_serving_does_not_wait_for_verdicts(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """`serve` prepares without them; `init` makes them all, whatever is stored."""
    asked: list[dt.date] = []
    monkeypatch.setattr(main, "rebuild_in_steps", lambda _actor, _now, day: asked.append(day))
    with app.app_context():
        make_day()
        main.prepare(copy=False, verdicts=False)
        assert asked == []
        main.prepare(copy=False)
        assert asked == [TODAY]
