"""BK-12: no step down loses data. Generated from the migrations themselves, on both databases: for every table and
column that a step takes away, one that says something makes the step refuse.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from builders import make_user
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, MetaData, Table, inspect, select, text
from test_database import own_database

from projects.commands.downgrading import NOTHING_TOLD, guarded
from projects.extensions import db
from projects.models import User

FOLDER = Path(__file__).parents[2] / "migrations"
SCRIPTS = list(reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions())))
FITTING = {  # what a table's checks ask for besides
    "target": {"project_id": 1},
    "alias": {"unit_id": 1},
    "finding_step": {"project_id": 1},
    "ledger_entry": {"step": "paid"},
    "consent_request": {"proposer_id": 2},
}
VALUES: dict[type, Any] = {
    int: 1,
    str: "1",
    bool: True,
    float: 1.0,
    bytes: b"1",
    dict: {"a": 1},
    object: {"a": 1},  # JSON
    dt.date: dt.date(2021, 11, 30),
    dt.datetime: dt.datetime(2021, 11, 30, 4),  # noqa: DTZ001 - as it is stored
}


def shape(connection: Connection) -> dict[str, set[str]]:
    """The columns of each table."""
    found = inspect(connection)
    return {name: {one["name"] for one in found.get_columns(name)} for name in found.get_table_names()}


def row_for(table: Table, checks: str) -> dict[str, Any]:
    """A row that says something in every column, of words that its checks know, none of them the default."""
    row = {}
    for one in table.columns:
        usual = str(getattr(one.server_default, "arg", ""))
        known = re.search(rf"\b{one.name}\b\S* (?:IN \(|= ANY[( ]+ARRAY\[)([^)\]]*)", checks.replace("(", "( "))
        words = [word for word in re.findall(r"'(\w+)'", known[1] if known else "") if f"'{word}'" not in usual]
        value = VALUES[one.type.python_type]
        row[one.name] = words[0] if words else 2 if str(value) == usual.strip("'()") else value
    return row


def insert_into(connection: Connection, name: str, saying: str = "") -> None:
    """Store such a row, whatever it refers to, with nothing in the columns that may be empty, but for one."""
    table = Table(name, MetaData(), autoload_with=connection)
    checks = " ".join(str(one["sqltext"]) for one in inspect(connection).get_check_constraints(name))
    row = row_for(table, checks)
    said = {one: value for one, value in row.items() if one == saying or not table.c[one].nullable}
    connection.execute(table.insert().values(said | FITTING.get(name, {})))


def without_references(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")


def stepped_down(connection: Connection, script: Any) -> None:
    """Run the guarded step within the transaction that is open."""
    how = MigrationContext.configure(connection, opts={"render_as_batch": connection.dialect.name == "sqlite"})
    with Operations.context(how):
        guarded(script.revision, script.module.downgrade, connection)()


@pytest.fixture
def own(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    app = own_database(engine_name, tmp_path, request)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_each_step_down_refuses_to_lose_what_any_of_its_tables_and_columns_says(own: Flask):
    folder, tried = own.extensions["migrate"].directory, 0
    with own.app_context():
        before: dict[str, set[str]] = {}
        for script in SCRIPTS:
            upgrade(directory=folder, revision=script.revision)
            with db.engine.connect() as connection:
                after = shape(connection)
                connection.rollback()
                if own.config["DATABASE_URL"].startswith("sqlite"):
                    connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
                connection.rollback()
                for name in sorted(set(after) - NOTHING_TOLD):
                    gone = after[name] - before[name] if name in before else {""}  # columns, or the whole table
                    for one in sorted(gone):
                        with pytest.raises(RuntimeError, match=rf"lose.*\b{name}\b.*{one}|archived and removed"):
                            with connection.begin():
                                without_references(connection)
                                insert_into(connection, name, one)
                                stepped_down(connection, script)
                        tried += 1
                        assert shape(connection) == after, (script.revision, name, one)
                        connection.rollback()
                with connection.begin() as undone:  # the control: where nothing is said, it goes through
                    stepped_down(connection, script)
                    assert shape(connection) == before or not before
                    undone.rollback()
                if own.config["DATABASE_URL"].startswith("sqlite"):
                    connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
            before = after
    assert tried > 60


def test_by_the_command_nothing_is_changed_and_it_is_said_why(own: Flask, caplog: pytest.LogCaptureFixture):
    folder = own.extensions["migrate"].directory
    with own.app_context():
        upgrade(directory=folder)
        auditor = make_user("auditor")
        db.session.remove()
        with db.engine.connect() as connection:
            before = shape(connection)
        with pytest.raises(SystemExit):
            downgrade(directory=folder, revision="0001")
        assert "0002 would lose" in caplog.text
        assert "user.role" in caplog.text, "a value that is rewritten is lost as well as one that is dropped"
        with db.engine.connect() as connection:
            assert shape(connection) == before
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCRIPTS[-1].revision
        assert db.session.scalar(select(User.role).where(User.id == auditor.id)) == "auditor"


def test_what_says_only_what_an_upgrade_puts_in_may_go(own: Flask):
    folder = own.extensions["migrate"].directory
    with own.app_context():
        upgrade(directory=folder)
        make_user("manager", name="m")
        db.session.remove()
        downgrade(directory=folder, revision="0001")
        upgrade(directory=folder)
        assert db.session.scalar(select(User.username)) == "m"


def test_without_the_guard_the_step_loses_it(own: Flask):
    """The negative control."""
    folder = own.extensions["migrate"].directory
    with own.app_context():
        upgrade(directory=folder, revision="0009")
        with db.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if own.config["DATABASE_URL"].startswith("sqlite"):
                raw.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                without_references(connection)
                insert_into(connection, "gate", "waived_on")
                with Operations.context(MigrationContext.configure(connection)):
                    next(one for one in SCRIPTS if one.revision == "0009").module.downgrade()
                assert "waived_on" not in shape(connection)["gate"]
                connection.rollback()
