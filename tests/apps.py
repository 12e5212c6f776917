"""Applications for tests: how one is made, emptied, and on which port it may listen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from sqlalchemy import event

from projects import create_app
from projects.database import _writing, transaction
from projects.extensions import db
from projects.locks import Turn, note
from projects.people.sign_in.policy import Policy

KEY = "a-key-for-tests-only-0123456789-abcdefghij"


def make_app(url: str, folder: Path, **settings: object) -> Flask:
    """An application on its own database and instance folder, CSRF off unless asked for; nobody must use codes."""
    values = {
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        "SECRET_KEY": KEY,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": url,
        "ACCOUNT_POLICY": Policy(totp_roles=frozenset()),
    }
    app = create_app(**(values | settings))
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _in_turn)
    MADE.append(app)
    return app


CHANGED = re.compile(r'\s*(?:UPDATE|DELETE FROM) "?(user|project|programme)"? ', re.IGNORECASE)
ROWS = {"user": Turn.USERS, "project": Turn.PROJECTS, "programme": Turn.PROGRAMMES}


def _in_turn(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    """A change of a row takes it, too: every statement of every test is watched for the order of locks."""
    found = CHANGED.match(statement)
    if found and has_app_context() and _writing.get():
        turn = ROWS[found[1].lower()]
        if turn not in db.session.info.get("held", {}):
            note(turn)


MADE: list[Flask] = []


class _Forgetful(dict[Any, Any]):
    """Keeps nothing."""

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forget it."""


@contextmanager
def building() -> Iterator[None]:
    """One transaction that makes a whole world of many operations, in whatever order: nobody else is there to wait."""
    with transaction():
        db.session.info["held"] = _Forgetful()
        yield


def free_port() -> int:
    """A port that nobody listens on, below those that systems give to outgoing connections: nobody takes it before its
    server does.
    """
    import random
    import socket

    for port in random.SystemRandom().sample(range(20_000, 32_000), 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port in fifty tries")


NUMBERS = (  # begin at one again
    "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, start_value, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)


def empty_all() -> None:
    """Delete every row of every table; on PostgreSQL row by row in one statement without a look at foreign keys, as
    TRUNCATE makes every file of every index anew: 0.3 s instead of 5 ms.
    """
    tables = reversed(db.metadata.sorted_tables)
    with transaction():
        connection = db.session.connection()
        open_again = let_history_go()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            deleted = " ".join(f'DELETE FROM "{table.name}";' for table in tables)
            connection.exec_driver_sql(f"DO $$ BEGIN {deleted} END $$")
            connection.exec_driver_sql(NUMBERS)
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for table in tables:
                connection.execute(table.delete())
            connection.exec_driver_sql("DELETE FROM sqlite_sequence")  # numbers begin at one again here, too
        for statement in open_again:
            connection.exec_driver_sql(statement)


def let_history_go() -> list[str]:
    """Take away what keeps the history and posted money from being deleted; returns the statements that put it back."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        ).all()
        for table in {table for table, _ in found}:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in found]
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [made for _, made in found]
