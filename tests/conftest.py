"""Fixtures: one migrated database per engine (SQLite file, PostgreSQL where a server is at hand), emptied for each
test.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from projects.extensions import db
from projects.history.record.words import OBJECTS, has_words

sys.path.insert(0, str(Path(__file__).parent))

from apps import MADE, empty_all, free_port, make_app

ODD = frozenset({"重量", "share", "words", "x"})  # fields that tests of the chain made up
NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2021, 11, 30)
settings.register_profile(
    "busy", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # a busy machine is no fault of what is tested
settings.load_profile("busy")
PG_BIN = Path(
    os.environ.get("PG_BIN")
    or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/nowhere"))
)


@event.listens_for(db.session, "before_commit", insert=True)
def _only_words(session: Any) -> None:
    """No test stores an entry of the history that its readers would not understand (HI-12)."""
    noted = session.info.get("audit_noted") or ()
    nameless = {name for entry in noted for name in entry["changes"] if not has_words(name)} - ODD
    strange = {entry["object_type"] for entry in noted} - OBJECTS.keys()
    assert not nameless, f"fields without words: {sorted(nameless)}"
    assert not strange, f"objects without words: {sorted(strange)}"


@pytest.fixture(scope="session", autouse=True)
def close_all() -> Iterator[None]:
    """No connection outlives the tests."""
    yield
    for app in MADE:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL cluster of our own on a socket-less loopback port; TEST_POSTGRES_URL uses another server.

    Skips loudly where there is none.
    """
    if os.environ.get("TEST_POSTGRES_URL"):
        yield os.environ["TEST_POSTGRES_URL"]
        return
    if not (PG_BIN / "initdb").exists():
        pytest.skip(
            "NO POSTGRESQL HERE: install Debian's `postgresql` package, or set TEST_POSTGRES_URL; half of the "
            "database promises are unchecked"
        )
    folder = Path(tempfile.mkdtemp(prefix="projects-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    port = free_port()

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd="/")

    run(str(PG_BIN / "initdb"), "-D", f"{folder}/data", "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(str(PG_BIN / "pg_ctl"), "-D", f"{folder}/data", "-w", "-o", options, "-l", f"{folder}/log", "start")
    try:
        run(str(PG_BIN / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "tester", "tests")
        yield f"postgresql+psycopg://tester@127.0.0.1:{port}/tests"
    finally:
        run(str(PG_BIN / "pg_ctl"), "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if engine_name == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path_factory.mktemp('db') / 'tests.sqlite'}"


@pytest.fixture(scope="session")
def migrated(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on a database that the migrations built."""
    app = make_app(database_url, tmp_path_factory.mktemp("instance"))
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
    return app


@pytest.fixture
def app(migrated: Flask) -> Iterator[Flask]:
    """The application on an empty database. No context is pushed: use `with app.app_context()` or the client."""
    with migrated.app_context():
        empty_all()
    yield migrated
    with migrated.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
