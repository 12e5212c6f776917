"""For how long transactions that write hold others up is counted by each process; what takes longer than a second is
logged with the page or command it was for.
"""

from __future__ import annotations

import logging
import time

import pytest
from builders import make_day, make_user, sign_in
from flask import Flask
from sqlalchemy import func, select, text

from projects import holding
from projects.database import refresh_statistics, transaction
from projects.extensions import db
from projects.holding import Held, Hold, held
from projects.locks import Turn, take
from projects.models import Setting


@pytest.fixture
def counted(app: Flask) -> Held:
    """What is counted from now on."""
    app.extensions[holding.HELD] = Held()
    return held(app)


def write(seconds: float = 0.0, key: str = "n") -> None:
    db.session.add(Setting(key=key, value="1"))
    db.session.flush()
    time.sleep(seconds)


def test_a_transaction_that_writes_is_counted_and_one_that_fails_too(app: Flask, counted: Held):
    with app.app_context():
        with transaction():
            write()
        assert (counted.count, counted.over) == (1, 0)
        assert counted.longest > 0
        with pytest.raises(ZeroDivisionError), transaction():
            write(key="m")
            raise ZeroDivisionError
        assert counted.count == 2


def test_control_a_slow_one_is_counted_and_logged_with_what_it_was_for(
    app: Flask, counted: Held, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with app.app_context():
        make_day()
        client = sign_in(app.test_client(), make_user("finance"))
    monkeypatch.setattr(holding, "MOST", 0.05)
    monkeypatch.setattr("projects.people.sign_in.operations.choose_language", lambda *_: write(0.2))
    with caplog.at_level(logging.WARNING):
        client.post("/language/en")
    assert counted.over == 1
    assert counted.longest >= 0.2
    assert counted.where == "accounts.choose_language"
    assert "held others up for 0." in caplog.text


def test_waiting_for_ones_turn_holds_nobody_up(app: Flask, counted: Held):
    with app.app_context(), transaction():
        time.sleep(0.5)  # nothing was asked of the database yet
        write()
    assert counted.longest < 0.5


def test_on_postgresql_who_only_reads_holds_nobody_up_and_who_locks_does(app: Flask, counted: Held):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one lock for all writers, held from the beginning")
        with transaction():
            db.session.execute(text("SELECT 1"))
        assert counted.count == 0
        with transaction():
            take(Turn.MONEY)
        with transaction():
            db.session.execute(select(Setting).with_for_update()).all()
        assert counted.count == 2


def test_reading_is_not_counted_and_statistics_are(app: Flask, counted: Held):
    with app.app_context():
        db.session.scalar(select(func.count()).select_from(Setting))
        assert counted.count == 0
        refresh_statistics()
        assert counted.count == (db.engine.dialect.name == "sqlite")


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("INSERT INTO place VALUES (1)", True),
        ("\n  update place SET name = ''", True),
        ("DELETE FROM place", True),
        ("SELECT place.code FROM place ORDER BY place.code FOR NO KEY UPDATE OF place", True),
        ("SELECT pg_advisory_xact_lock(1)", True),
        ("SELECT code FROM place", False),
        ("SET LOCAL x = 1", False),
    ],
)
def test_what_begins_to_hold(statement: str, begins: bool):
    hold = Hold()
    hold.saw(statement)
    assert (hold.seconds > 0) is begins
