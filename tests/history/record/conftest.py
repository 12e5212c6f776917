"""Each test of the history starts without heads of the tests before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.chain import ChainVerdict
from projects.history.record.extract import Safe
from projects.history.record.operations import record
from projects.history.record.queries import verdict
from projects.history.record.tags import Tag


@pytest.fixture
def safe(app: Flask) -> Safe:
    """Key and heads of the application's instance, the heads of other tests removed."""
    found = Safe(Path(app.config["INSTANCE_PATH"]))
    found.head_file.unlink(missing_ok=True)
    return found


@pytest.fixture
def check(app: Flask, safe: Safe) -> Callable[[], ChainVerdict]:
    """Verify the chain as the command does."""

    def run() -> ChainVerdict:
        with app.app_context(), db.engine.connect() as connection:
            return verdict(connection, safe)

    return run


def write(number: int, **values: object) -> None:
    """`number` entries, each in a transaction of its own."""
    for count in range(number):
        with transaction():
            changes = {"重量": [None, count], "share": [0.1, 1e-7 * count], "words": ["", "“结构封顶” ok\n"]}
            record(
                SYSTEM, NOW + dt.timedelta(seconds=count), Tag.STATUS_REBUILT, f"row {count}", changes=changes, **values
            )


NOW = dt.datetime(2021, 11, 30, 4, 0, 0, 120, tzinfo=dt.UTC)
