"""One order in which locks are taken (decision 15), and what it is for.

Every statement of every test is watched (tests/apps.py): a change of a person, project or programme counts as taking
it, and something taken out of order fails the test it happens in, on both databases. Here stands that the watch sees.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from builders import NOW, actor_of, make_programme, make_project, make_user
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from projects import database, locks
from projects.database import transacted, transaction
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import OutOfTurnError, Turn, held_rows, hold, take
from projects.models import AuditEntry, Programme, Project, Setting, User
from projects.people.sessions.operations import hold_users
from projects.register.projects.operations import hold_project, hold_projects


def changes(table: type, key: int) -> None:
    db.session.execute(update(table).where(table.id == key).values(version=table.version + 1))


OUT_OF_TURN = {
    "money after a project": lambda ids: (hold_project(ids[0]), take(Turn.MONEY)),
    "a person after a project": lambda ids: (hold_project(ids[0]), hold_users([ids[2]])),
    "a person changed after a project": lambda ids: (hold_project(ids[0]), changes(User, ids[2])),
    "a project after its programme": lambda ids: (hold(Turn.PROGRAMMES, Programme), hold_project(ids[0])),
    "a project changed after the programme": lambda ids: (hold(Turn.PROGRAMMES, Programme), changes(Project, ids[0])),
    "a smaller id after a greater one": lambda ids: (hold_project(ids[1]), hold_project(ids[0])),
    "anything after the seal": lambda ids: (take(Turn.SEAL), hold_projects(ids[:1])),
    "the offices after money": lambda _ids: (take(Turn.MONEY), take(Turn.OFFICES)),
}
IN_TURN = {
    "what is held already": lambda ids: (
        hold_projects(ids[:2]),
        hold(Turn.PROGRAMMES, Programme),
        hold_project(ids[0]),
    ),
    "a change of what is held": lambda ids: (hold_users([ids[2]]), take(Turn.SEAL), changes(User, ids[2])),
    "a greater id": lambda ids: (hold_project(ids[0]), hold_project(ids[1])),
    "all in order": lambda ids: ([take(one) for one in (Turn.OFFICES, Turn.RULES, Turn.MONEY)], hold_users([ids[2]])),
}


@pytest.fixture
def ids(app: Flask) -> list[int]:
    """Two projects and a person."""
    with app.app_context():
        programme = make_programme()
        return [*(make_project(programme_id=programme.id).id for _ in range(2)), make_user("admin").id]


@pytest.mark.parametrize("name", OUT_OF_TURN)
def test_what_is_taken_out_of_order_is_found(app: Flask, ids: list[int], name: str):
    with app.app_context(), pytest.raises(OutOfTurnError), transaction():
        OUT_OF_TURN[name](ids)


@pytest.mark.parametrize("name", IN_TURN)
def test_what_is_taken_in_order_is_not(app: Flask, ids: list[int], name: str):
    with app.app_context(), transaction():
        IN_TURN[name](ids)
    with app.app_context(), transaction():  # nothing is held over
        take(Turn.OFFICES)


def test_serving_goes_on_and_says_so(app: Flask, ids: list[int], monkeypatch: pytest.MonkeyPatch, caplog):
    monkeypatch.setitem(app.config, "TESTING", False)
    with app.app_context(), transaction():
        OUT_OF_TURN["money after a project"](ids)
    assert "MONEY" in caplog.text


# --- what the order is for --------------------------------------------------------------------------------------------


def cross(app: Flask, write: Any) -> tuple[list[str], int]:
    """Two people act on each other's account at once, each leaving an entry by themselves: what stopped them, and how
    often they tried.
    """
    with app.app_context():
        people = [make_user("admin"), make_user("admin")]
        actors = [actor_of(one) for one in people]
    barrier, stopped, tries = threading.Barrier(2), [], []

    def act(place: int) -> None:
        def stop_the_other() -> None:
            held_rows(Turn.USERS, User, [people[1 - place].id])
            tries.append(place)
            if tries.count(place) == 1:
                barrier.wait(10)
            record(actors[place], NOW, Tag.ACCOUNT_STOPPED, people[1 - place])

        with app.app_context():
            try:
                write(stop_the_other)
            except OperationalError as error:
                stopped.append(str(error))

    threads = [threading.Thread(target=act, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return stopped, len(tries)


def plainly(write: Any) -> None:
    with transaction():
        write()


def postgresql(app: Flask) -> None:
    if app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("SQLite lets one in at a time")


def test_two_who_act_on_each_other_do_not_wait_for_each_other(app: Flask):
    postgresql(app)
    assert cross(app, plainly) == ([], 2)
    with app.app_context():
        assert len(list(db.session.scalars(select(AuditEntry.id)))) == 2


def for_update(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows held with their keys, as FOR UPDATE does."""
    kept = locks._held
    monkeypatch.setattr(
        locks, "_held", lambda *given: kept(*given).with_for_update(key_share=False, of=given[1])
    )  # the last call counts


def test_holding_keys_too_is_a_deadlock(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """The negative control: the history refers to its actor, whose key the other one holds."""
    postgresql(app)
    for_update(monkeypatch)
    stopped, _ = cross(app, plainly)
    assert ["deadlock" in one for one in stopped] == [True]


def test_what_others_overtook_is_tried_once_more(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Where a deadlock happens all the same, nobody sees it, and both entries are there."""
    postgresql(app)
    for_update(monkeypatch)
    assert cross(app, transacted) == ([], 3)
    with app.app_context():
        assert len(list(db.session.scalars(select(AuditEntry.id)))) == 2


def test_nobody_waits_for_ever(app: Flask, ids: list[int], monkeypatch: pytest.MonkeyPatch):
    """A lock that somebody keeps is waited for no longer than the limit."""
    postgresql(app)
    with app.app_context(), db.engine.connect() as other, other.begin():
        assert other.execute(text("SHOW lock_timeout")).scalar() == "10s"
        assert other.execute(text("SHOW statement_timeout")).scalar() == "1min"
        other.execute(select(Project.id).where(Project.id == ids[0]).with_for_update())
        with pytest.raises(OperationalError, match="lock timeout"), transaction():
            db.session.execute(text("SET LOCAL lock_timeout = 100"))
            hold_project(ids[0])


def read_twice(app: Flask) -> list[int]:
    """How many settings a page finds, asking twice, while another person stores one in between."""
    with app.app_context():
        count = select(func.count()).select_from(Setting)
        found = [db.session.scalar(count)]

        def store() -> None:
            with app.app_context(), transaction():
                db.session.add(Setting(key=f"{found}", value=""))

        other = threading.Thread(target=store)
        other.start()
        other.join()
        return [*found, db.session.scalar(count)]


def test_a_page_reads_as_of_one_moment(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Else the sums on a page don't fit its parts while others write; the negative control has READ COMMITTED."""
    assert read_twice(app) == [0, 0]
    if not app.config["DATABASE_URL"].startswith("sqlite"):
        monkeypatch.setattr(database, "REPEATABLE_READ", 2)
        assert read_twice(app) == [1, 2]
