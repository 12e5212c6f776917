"""Two at once, on both databases: a request is decided once, and an office is not emptied from two sides."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

from builders import NOW, TODAY, actor_of, make_user
from flask import Flask

from projects.core.acting import Acting
from projects.database import transaction
from projects.extensions import db
from projects.models import AuditEntry, ConsentRequest, User
from projects.people.accounts import operations
from projects.people.requests.operations import ask, decide
from projects.people.requests.rules import Asked


def by(user: User) -> Acting:
    return Acting(actor_of(user), NOW + dt.timedelta(hours=1), TODAY)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """What became of each, done at the same moment: "done" or the name of the problem."""
    outcomes, together = [""] * len(acts), threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    act()
                outcomes[number] = "done"
            except Exception as problem:
                outcomes[number] = type(problem).__name__
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def asked(app: Flask, user: User, key: str, person: User, **wanted: object) -> int:
    with app.app_context(), transaction():
        row = ask(by(user), key, str(person.id), wanted, Asked("离任"))
        assert row is not None
        return row.id


def test_of_two_who_decide_at_once_one_is_told(app: Flask):
    with app.app_context():
        admin, security, auditor, other = (make_user(role) for role in ("admin", "security", "auditor", "security"))
    row = asked(app, admin, "account.stop", other)
    outcomes = at_once(
        app, lambda: decide(by(security), row, agree=True), lambda: decide(by(auditor), row, agree=False, words="不")
    )
    assert sorted(outcomes) == ["ConflictError", "done"]
    with app.app_context():
        tags = list(db.session.scalars(db.select(AuditEntry.tag).where(AuditEntry.tag.like("consent:%"))))
        assert len(tags) == 2  # asked once, decided once


def test_the_same_asked_for_twice_at_once_waits_once(app: Flask):
    with app.app_context():
        one, two, _security, auditor = (make_user(role) for role in ("admin", "admin", "security", "auditor"))
        make_user("auditor")
    outcomes = at_once(
        app,
        *(lambda user=user: ask(by(user), "account.stop", str(auditor.id), {}, Asked("离任")) for user in (one, two)),
    )
    assert sorted(outcomes) == ["ConflictError", "done"]


def leave_after_a_while(monkeypatch) -> None:
    """Each counts who is left, and takes a while before it goes on: enough for the other to count the same."""
    count = operations.leave_somebody

    def slowly(role: str, user_ids: object) -> None:
        count(role, user_ids)
        time.sleep(0.3)

    monkeypatch.setattr(operations, "leave_somebody", slowly)


def both_taken(app: Flask) -> tuple[list[str], int]:
    """What became of two consents given in one moment: one auditor is stopped, the other's role is taken; and how many
    auditors are left.
    """
    with app.app_context():
        admin, security, first, second = (make_user(role) for role in ("admin", "security", "auditor", "auditor"))
        other = make_user("security")
    stop = asked(app, admin, "account.stop", first)
    wanted = {"version": 1, "role": "leader", "unit_id": None, "all_places": True, "places": [], "projects": []}
    take = asked(app, security, "account.role", second, **wanted)
    outcomes = at_once(app, lambda: decide(by(other), stop, agree=True), lambda: decide(by(admin), take, agree=True))
    with app.app_context():
        left = db.session.scalars(db.select(User).where(User.role == "auditor", User.is_active)).all()
        states = sorted(db.session.scalars(db.select(ConsentRequest.state)))
        return [*outcomes, *states], len(left)


def test_a16_the_last_two_of_an_office_taken_at_once_leave_one(app: Flask, monkeypatch):
    leave_after_a_while(monkeypatch)
    told, left = both_taken(app)
    assert left == 1
    assert told[2:] in (["approved", "overtaken"], ["approved", "waiting"])


def test_without_the_lock_the_office_is_emptied(app: Flask, monkeypatch):
    """The negative control. SQLite has one writer at a time whatever is locked, so there nobody is counted at all."""
    if app.config["DATABASE_URL"].startswith("sqlite"):
        monkeypatch.setattr(operations, "leave_somebody", lambda *_: None)
    else:
        leave_after_a_while(monkeypatch)
        monkeypatch.setattr(operations, "take", lambda _turn: None)
    assert both_taken(app)[1] == 0
