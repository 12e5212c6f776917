"""BK-9: the doctor makes the history's check and the database's own, on both databases, and refuses fitness."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps import let_history_go
from commands.backup.places import closed, empty_database, installed, write
from flask import Flask
from sqlalchemy import text

from projects.commands.backup.soundness import own_check
from projects.commands.doctor.queries import database_facts
from projects.core.settings.queries import DEMO_DATE
from projects.database import sqlite_module, transaction
from projects.extensions import db

NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def own(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    base = request.getfixturevalue("postgres_url") if engine_name == "postgresql" else None
    app = installed(empty_database(base, tmp_path, "sound"), tmp_path / "instance")
    with app.app_context():
        write(app, 0, 1)
        db.session.remove()
    yield app
    closed(app)


def facts(app: Flask) -> dict:
    with app.app_context():
        return database_facts(app.extensions["migrate"].directory, NOW, DEMO_DATE)


def levels(app: Flask) -> dict[str, str]:
    done = app.test_cli_runner().invoke(args=["projects", "doctor", "--json"])
    found = json.loads(done.output)
    assert done.exit_code == (0 if found["ok"] else 1)
    return {one["name"]: one["level"] for one in found["checks"]}


def test_what_is_sound_passes_and_the_check_is_named(own: Flask, engine_name: str):
    found = facts(own)
    assert (found["history_faults"], found["database_faults"]) == ((), ())
    assert (
        found["database_check"] == {"sqlite": "integrity_check, foreign_key_check", "postgresql": "light"}[engine_name]
    )
    assert {levels(own)[name] for name in ("chain", "integrity")} == {"ok"}


def test_a_row_that_refers_to_nothing_makes_it_unfit(own: Flask, engine_name: str):
    with own.app_context():
        with db.engine.connect() as connection:
            if engine_name == "postgresql":
                connection.exec_driver_sql("SET session_replication_role = replica")
            else:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("UPDATE milestone SET project_id = 999")
            connection.commit()
            if engine_name == "postgresql":
                connection.exec_driver_sql("SET session_replication_role = DEFAULT")
                connection.commit()
            else:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
    assert "milestone" in facts(own)["database_faults"][0]
    assert levels(own)["integrity"] == "fail"


def test_a_history_that_was_changed_makes_it_unfit(own: Flask):
    with own.app_context(), transaction():
        back = let_history_go()
        db.session.execute(text("UPDATE audit_entry SET object_id = 'x' WHERE id = 1"))
        for statement in back:
            db.session.connection().exec_driver_sql(statement)
    assert facts(own)["history_faults"] == ("1: altered",)
    assert levels(own)["chain"] == "fail"


def test_a_lost_key_is_told_and_none_is_made(own: Flask):
    (Path(own.config["INSTANCE_PATH"]) / "audit_key").unlink()
    assert facts(own)["history_faults"] == ("-: no_key",)
    assert levels(own)["chain"] == "fail"
    assert not (Path(own.config["INSTANCE_PATH"]) / "audit_key").exists()


def test_a_broken_page_of_sqlite_is_found(own: Flask, engine_name: str):
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL's pages are its server's; its own check is below")
    closed(own)
    file = own.config["DATABASE_URL"].removeprefix("sqlite:///")
    connection = sqlite_module().connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_milestone_project_id'").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with Path(file).open("r+b") as opened:
        opened.seek(root * size - 8)
        opened.write(b"\xff" * 8)
    assert facts(own)["database_faults"] != ()
    assert levels(own)["integrity"] == "fail"


def test_postgresqls_own_check_is_made_where_it_is_installed(own: Flask, engine_name: str):
    if engine_name != "postgresql":
        pytest.skip("this one is about PostgreSQL")
    with own.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION amcheck")
        with db.engine.connect() as connection:
            found = own_check(connection)
            assert (found.name, found.faults) == ("amcheck", ())
        with db.engine.begin() as connection:  # what it finds: an index that lacks what its table holds
            connection.exec_driver_sql(
                "UPDATE pg_index SET indisready = false WHERE indexrelid = 'ix_place_parent_code'::regclass"
            )
        with db.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO place (code, name, parent_code) VALUES ('370801', 'x', '370800')")
        with db.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE pg_index SET indisready = true WHERE indexrelid = 'ix_place_parent_code'::regclass"
            )
        with db.engine.connect() as connection:
            assert "ix_place_parent_code" in own_check(connection).faults[0]


def test_an_index_that_is_not_valid_is_found_by_the_light_check(own: Flask, engine_name: str):
    if engine_name != "postgresql":
        pytest.skip("this one is about PostgreSQL")
    with own.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_milestone_project_id'::regclass"
            )
        with db.engine.connect() as connection:
            assert own_check(connection).faults == ("ix_milestone_project_id: not a valid index",)
