"""An installation on each database, and an empty place beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apps import make_app
from commands.backup.places import closed, empty_database, installed, write
from flask import Flask


@pytest.fixture
def base(engine_name: str, request: pytest.FixtureRequest) -> str | None:
    """Where databases are made; None for SQLite, whose databases are files."""
    return request.getfixturevalue("postgres_url") if engine_name == "postgresql" else None


@pytest.fixture
def live(base: str | None, tmp_path: Path) -> Iterator[Flask]:
    """An installation in use: 3 transactions, each with money, a file and their history."""
    app = installed(empty_database(base, tmp_path, "live"), tmp_path / "instance")
    with app.app_context():
        for step in range(1, 4):
            write(app, 0, step)
    yield app
    closed(app)


@pytest.fixture
def empty(base: str | None, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes applications on an empty database and folder, without keys."""
    made: list[Flask] = []

    def make(name: str = "other", **settings: object) -> Flask:
        url = empty_database(base, tmp_path, name)
        made.append(make_app(url, tmp_path / f"{name}-instance", **({"SECRET_KEY": None} | settings)))
        return made[-1]

    yield make
    for app in made:
        closed(app)
