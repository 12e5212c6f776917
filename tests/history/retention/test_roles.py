"""HI-3 on PostgreSQL: with a role of its own, the application appends to the history and can do nothing else to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps import make_app
from builders import PASSWORD, make_day, make_project, make_user
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from projects.commands.doctor.queries import history_rights
from projects.core.errors import ConflictError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.operations import record, safe_of
from projects.history.record.queries import verdict
from projects.history.record.tags import Tag
from projects.history.retention import operations

NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)
REFUSED = (
    "UPDATE audit_entry SET object_id = 'x'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "TRUNCATE audit_entry CASCADE",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "DROP TABLE audit_entry CASCADE",
    "ALTER TABLE audit_entry RENAME TO other",
    "ALTER TABLE audit_entry OWNER TO clerk",
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "DROP FUNCTION audit_entry_refuse() CASCADE",
    "CREATE TABLE audit_copy (id int)",
    "CREATE RULE skip AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    (
        "INSERT INTO audit_entry (id, at, tag, object_type, object_id, changes) SELECT 1, now(), 'x', 'x', 'x', '{}' "
        "ON "
        "CONFLICT (id) DO UPDATE SET tag = 'y'"
    ),
    (
        "INSERT INTO audit_checkpoint (made_at, last_id, last_at, digest, rows, file_sha256, mac) VALUES (now(), 9, "
        "now(), 'x', 1, 'x', 'x')"
    ),
    "DELETE FROM audit_checkpoint",
    "UPDATE alembic_version SET version_num = '0001'",
    "SELECT setval('audit_entry_id_seq', 1)",
    "CREATE ROLE other SUPERUSER",
)


@pytest.fixture
def owner(app: Flask) -> Flask:
    """The application of the tables' owner, and a role without any right beside it."""
    if not app.config["DATABASE_URL"].startswith("postgresql"):
        pytest.skip("SQLite has no roles: whoever may write the file may do anything, and the chain shows it")
    with app.app_context():
        make_day()
        make_user("manager", name="manager")
        make_project("own")
        with db.engine.begin() as connection:
            connection.execute(text("CREATE ROLE clerk LOGIN"))
    yield app
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP OWNED BY clerk"))
        connection.execute(text("DROP ROLE clerk"))


@pytest.fixture
def clerk(owner: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application as the owner bound it."""
    with owner.app_context(), transaction():
        operations.harden(db.session.connection(), "clerk")
    url = make_url(owner.config["DATABASE_URL"]).set(username="clerk").render_as_string(hide_password=False)
    bound = make_app(url, tmp_path)
    yield bound
    with bound.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_application_works_as_ever(clerk: Flask):
    client = clerk.test_client()
    assert client.post("/sign-in", data={"username": "manager", "password": PASSWORD}).status_code == 302
    for address in ("/", "/projects", "/projects?as_of=2021-06-30", "/gantt", "/reports", "/funding", "/account"):
        assert client.get(address).status_code == 200, address
    assert client.post("/language/en").status_code == 302
    with clerk.app_context():
        with db.engine.connect() as connection:
            found = verdict(connection, safe_of(db.engine))
        assert (found.faults, found.rows >= 2) == ((), True)
        assert history_rights() == []


def test_as_the_owner_the_doctor_advises_it(owner: Flask):
    with owner.app_context():
        assert set(history_rights()) >= {"UPDATE", "DELETE", "TRUNCATE", "OWNER"}


@pytest.mark.parametrize("statement", REFUSED)
def test_nothing_else_can_be_done_to_the_history(clerk: Flask, statement: str):
    with (
        clerk.app_context(),
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be superuser|be able to SET ROLE"),
    ):
        with db.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [one for one in REFUSED if one.startswith(("ALTER TABLE audit_entry DISABLE", "CREATE TABLE", "SET session"))],
)
def test_the_owner_could(owner: Flask, statement: str):
    """The negative control: it is the role that is refused, not the statement that is wrong."""
    with owner.app_context(), db.engine.connect() as connection:
        connection.execute(text(statement))
        connection.rollback()


def test_the_application_cannot_remove_what_is_archived_and_the_owner_can(clerk: Flask, owner: Flask, tmp_path: Path):
    old = NOW - dt.timedelta(days=2000)
    with clerk.app_context():
        with transaction():
            record(SYSTEM, old, Tag.STATUS_REBUILT, "x")
        with transaction():
            operations.archive_history(SYSTEM, NOW, dt.date(2020, 1, 1), tmp_path / "a")
        with pytest.raises(ProgrammingError, match="must be owner"), transaction():
            operations.purge_history(SYSTEM, NOW, tmp_path / "a", 1096)
        db.session.remove()
    as_owner = make_app(owner.config["DATABASE_URL"], tmp_path)  # the same key and heads
    with as_owner.app_context():
        with transaction():
            assert operations.purge_history(SYSTEM, NOW, tmp_path / "a", 1096).rows == 1
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("role", "said"),
    [("nobody-there", "没有角色"), ("tester", "超级用户"), ('x"; DROP TABLE audit_entry; --', "没有角色")],
)
def test_a_role_that_cannot_be_bound_is_named(owner: Flask, role: str, said: str):
    with owner.app_context(), pytest.raises(ConflictError, match=said), transaction():
        operations.harden(db.session.connection(), role)


def test_a_member_of_the_owner_cannot_be_bound(owner: Flask):
    with owner.app_context(), pytest.raises(ConflictError, match="所有者"), transaction():
        connection = db.session.connection()
        connection.execute(text("CREATE ROLE landlord"))
        connection.execute(text("ALTER TABLE audit_entry OWNER TO landlord"))
        connection.execute(text("GRANT landlord TO clerk"))
        operations.harden(connection, "clerk")


def test_on_sqlite_the_command_says_why_not(app: Flask):
    if app.config["DATABASE_URL"].startswith("postgresql"):
        pytest.skip("this one is about SQLite")
    with app.app_context(), pytest.raises(ConflictError, match="SQLite"), transaction():
        operations.harden(db.session.connection(), "clerk")
