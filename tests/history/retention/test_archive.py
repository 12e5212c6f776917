"""HI-8 to HI-10: the older part of the history is archived, removed when it is old enough, and the rest stays proven; a
restored backup is owned up to.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from history.record.conftest import write as write_entries
from runs import runs
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from projects.core.errors import ConflictError
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.history.record.chain import ChainVerdict
from projects.history.record.extract import Safe
from projects.history.record.operations import record, safe_of
from projects.history.record.queries import verdict
from projects.history.record.tags import Tag
from projects.history.retention import operations
from projects.history.retention.archive import BrokenArchiveError, Found
from projects.models import AuditCheckpoint, AuditEntry

OLD = dt.datetime(2018, 5, 1, 4, 0, tzinfo=dt.UTC)
NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)
KEEP = 1096
DAY = dt.date(2018, 11, 1)


def write(number: int, at: dt.datetime) -> None:
    for count in range(number):
        with transaction():
            record(
                SYSTEM,
                at + dt.timedelta(hours=count),
                Tag.STATUS_REBUILT,
                f"row {count}",
                changes={"words": ["“老”\n", count], "name": ["\ud83c", None]},
            )


@pytest.fixture
def safe(app: Flask) -> Safe:
    found = Safe(Path(app.config["INSTANCE_PATH"]))
    found.head_file.unlink(missing_ok=True)
    return found


@pytest.fixture
def history(app: Flask, safe: Safe) -> Flask:
    """Nine entries of 2018, six of 2021."""
    with app.app_context():
        write(9, OLD)
        write(6, NOW - dt.timedelta(days=30))
    return app


@pytest.fixture
def check(app: Flask, safe: Safe) -> Callable[[], ChainVerdict]:
    def run() -> ChainVerdict:
        with app.app_context(), db.engine.connect() as connection:
            return verdict(connection, safe)

    return run


def archive(app: Flask, path: Path, before: dt.date = DAY) -> Found:
    with app.app_context(), transaction():
        return operations.archive_history(SYSTEM, NOW, before, path)


def purge(app: Flask, path: Path, now: dt.datetime = NOW, keep: int = KEEP) -> Found:
    with app.app_context(), transaction():
        return operations.purge_history(SYSTEM, now, path, keep)


def tags(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.tag).order_by(AuditEntry.id)))


def attack(*statements: str) -> None:
    """Change the tables behind the triggers' back."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in operations.APPEND_ONLY:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for name in (
                connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'"
                )
                .scalars()
                .all()
            ):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def mended(app: Flask):
    """Puts the triggers back."""
    with app.app_context(), db.engine.connect() as connection:
        kept = (
            []
            if connection.dialect.name == "postgresql"
            else connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'"
            )
            .scalars()
            .all()
        )
    yield
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in operations.APPEND_ONLY:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
        for statement in kept:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("name", ["history.jsonl", "history.jsonl.gz"])
def test_an_archive_holds_what_is_older_and_removes_nothing(history: Flask, check, tmp_path: Path, name: str):
    found = archive(history, tmp_path / name)
    assert found.rows == 9
    assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert tags(history) == ["system:status:rebuilt"] * 15 + ["audit:history:archived"]
    assert check().is_whole
    with history.app_context():
        assert operations.check_archive(safe_of(db.engine), tmp_path / name) == found
    if not name.endswith("gz"):
        rows = [json.loads(line) for line in (tmp_path / name).read_bytes().splitlines()]
        assert rows[0]["columns"][:3] == ["id", "at", "actor_id"]
        assert len(rows) == 11
        assert "“老”" in json.loads(rows[1][10])["words"][0]


def test_a_file_is_never_overwritten_and_an_empty_part_is_no_archive(history: Flask, tmp_path: Path):
    archive(history, tmp_path / "a")
    with pytest.raises(ConflictError, match="已经存在"):
        archive(history, tmp_path / "a")
    with pytest.raises(ConflictError, match="没有可归档"):
        archive(history, tmp_path / "b", dt.date(2018, 1, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_archived_and_old_enough_is_removed_and_the_rest_stays_chained(history: Flask, check, tmp_path: Path):
    first = archive(history, tmp_path / "a")
    assert purge(history, tmp_path / "a").last_id == first.last_id
    assert tags(history) == ["system:status:rebuilt"] * 6 + ["audit:history:archived", "audit:history:purged"]
    found = check()
    assert (found.faults, found.rows, found.archived.last_id) == ((), 8, first.last_id)
    with history.app_context():
        write_entries(3)
    assert check().is_whole
    later = NOW + dt.timedelta(days=1200)
    with history.app_context(), transaction():
        second = operations.archive_history(SYSTEM, later, dt.date(2021, 11, 15), tmp_path / "b")
    purge(history, tmp_path / "b", later)
    found = check()
    assert (found.faults, found.archived.last_id, second.head.start.last_id) == ((), second.last_id, first.last_id)
    with history.app_context():
        safe = safe_of(db.engine)
        both = [operations.check_archive(safe, tmp_path / name) for name in ("b", "a")]
    assert not operations.missing_links(both, found.archived)
    assert operations.missing_links(both[:1], found.archived)
    assert operations.missing_links(both[1:], found.archived)


def test_everything_may_be_removed_and_the_chain_goes_on(history: Flask, check, tmp_path: Path):
    later = NOW + dt.timedelta(days=2000)
    with history.app_context(), transaction():
        operations.archive_history(SYSTEM, NOW, dt.date(2022, 1, 1), tmp_path / "a")
    with history.app_context(), transaction():
        operations.archive_history(SYSTEM, NOW, dt.date(2022, 1, 1), tmp_path / "all")
    purge(history, tmp_path / "all", later)
    assert check().is_whole
    purged = tags(history)
    assert purged == ["audit:history:archived", "audit:history:purged"]


@pytest.mark.parametrize(("days", "kept"), [(1096, False), (5000, True)])
def test_what_is_not_old_enough_stays(history: Flask, tmp_path: Path, days: int, kept: bool):
    archive(history, tmp_path / "a")
    if kept:
        with pytest.raises(ConflictError, match="保存期"):
            purge(history, tmp_path / "a", keep=days)
    else:
        purge(history, tmp_path / "a", keep=days)
    with history.app_context():
        assert (db.session.scalar(select(func.count()).select_from(AuditEntry)) == 16) is kept


def test_the_day_is_a_beijing_day_and_the_edge_is_exact(app: Flask, safe: Safe, tmp_path: Path):
    edge = dt.datetime(2018, 10, 31, 16, 0, tzinfo=dt.UTC)
    with app.app_context():
        write(1, edge - dt.timedelta(microseconds=1))
        write(1, edge)
        write(1, edge - dt.timedelta(days=1))
    assert archive(app, tmp_path / "a").rows == 1, "and what was recorded after a younger one stays with it"


def test_an_archive_of_another_part_or_another_history_removes_nothing(history: Flask, tmp_path: Path, safe: Safe):
    archive(history, tmp_path / "a")
    purge(history, tmp_path / "a")
    with pytest.raises(ConflictError, match="开头"):
        purge(history, tmp_path / "a")
    with history.app_context():
        other = Safe(safe.instance, "another key")
        with pytest.raises(BrokenArchiveError):
            operations.check_archive(other, tmp_path / "a")


def test_every_change_of_an_archive_is_found(history: Flask, tmp_path: Path):
    archive(history, tmp_path / "a")
    whole, chance = (tmp_path / "a").read_bytes(), random.Random(7)
    rows = whole.splitlines(keepends=True)
    with history.app_context():
        safe = safe_of(db.engine)
        for number in range(runs(100, 1000)):
            changed = bytearray(whole)
            match number % 4:
                case 0:
                    place = chance.randrange(len(whole) - 1)
                    changed[place] ^= 1 << chance.randrange(7)
                case 1:
                    changed = bytearray(b"".join(rows[: chance.randrange(len(rows))]))
                case 2:
                    gone = chance.randrange(len(rows))
                    changed = bytearray(b"".join(rows[:gone] + rows[gone + 1 :]))
                case _:
                    one, two = chance.sample(range(len(rows)), 2)
                    order = list(rows)
                    order[one], order[two] = order[two], order[one]
                    changed = bytearray(b"".join(order))
            (tmp_path / "a").write_bytes(changed)
            with pytest.raises(BrokenArchiveError):
                operations.check_archive(safe, tmp_path / "a")


@pytest.mark.parametrize("number", ["1 16", "", "-3", "x"])
def test_a_line_whose_number_is_none_is_a_broken_archive(history: Flask, tmp_path: Path, number: str):
    archive(history, tmp_path / "a")
    head, first, *rest = (tmp_path / "a").read_bytes().splitlines(keepends=True)
    row = json.loads(first)
    (tmp_path / "a").write_bytes(b"".join([head, json.dumps([number, *row[1:]]).encode() + b"\n", *rest]))
    with history.app_context(), pytest.raises(BrokenArchiveError):
        operations.check_archive(safe_of(db.engine), tmp_path / "a")


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM audit_checkpoint", "gap"),
        ("UPDATE audit_checkpoint SET rows = rows + 1", "checkpoint"),
        (
            (
                "UPDATE audit_checkpoint SET last_id = last_id + 1, digest = (SELECT digest FROM audit_entry ORDER BY "
                "id "
                "LIMIT 1)"
            ),
            "checkpoint",
        ),
        ("DELETE FROM audit_entry WHERE id = (SELECT min(id) FROM audit_entry)", "gap"),
    ],
)
@pytest.mark.usefixtures("mended")
def test_a_head_cut_without_the_key_is_found(history: Flask, check, tmp_path: Path, statement: str, why: str):
    archive(history, tmp_path / "a")
    purge(history, tmp_path / "a")
    with history.app_context():
        attack(statement)
    assert why in [one.why for one in check().faults]


def test_checkpoints_are_append_only(history: Flask, tmp_path: Path):
    archive(history, tmp_path / "a")
    purge(history, tmp_path / "a")
    with history.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditCheckpoint)) == 1
        for statement in (
            "UPDATE audit_checkpoint SET rows = 1",
            "DELETE FROM audit_checkpoint",
            "DELETE FROM audit_entry",
        ):
            with pytest.raises(DBAPIError), db.engine.begin() as connection:
                connection.execute(text(statement))


@pytest.mark.usefixtures("mended")
def test_a_history_that_is_not_whole_is_neither_archived_nor_removed(history: Flask, tmp_path: Path):
    archive(history, tmp_path / "a")
    with history.app_context():
        attack("UPDATE audit_entry SET object_id = 'other' WHERE id = (SELECT min(id) + 2 FROM audit_entry)")
    for act in (lambda: archive(history, tmp_path / "b"), lambda: purge(history, tmp_path / "a")):
        with pytest.raises(ConflictError, match="校验没有通过"):
            act()


# --- a restored backup ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mended")
def test_after_an_older_backup_the_loss_is_said_and_the_ids_never_come_again(history: Flask, check, safe: Safe):
    with history.app_context():
        last = db.session.scalar(select(func.max(AuditEntry.id)))
        elsewhere = safe.heads()
        attack(f"DELETE FROM audit_entry WHERE id > {last - 4}")
    assert {one.why for one in check().faults} == {"cut"}
    with history.app_context(), transaction():
        lost, aside = operations.accept_restored(SYSTEM, NOW, "磁盘损坏, 恢复到昨晚的备份")
    assert lost == 4
    assert aside.exists()
    with history.app_context():
        newest = db.session.execute(
            select(AuditEntry.id, AuditEntry.tag, AuditEntry.changes).order_by(AuditEntry.id.desc())
        ).first()
        assert (newest.id, newest.tag) == (last + 1, "audit:history:restored")
        assert newest.changes["from_id"] == [None, last - 3]
        with db.engine.connect() as connection:
            assert verdict(connection, safe, elsewhere).is_whole, (
                "heads kept elsewhere of what was lost are accounted for"
            )
    assert check().is_whole


@pytest.mark.usefixtures("mended")
def test_only_a_missing_tail_can_be_owned_up_to(history: Flask, check):
    def accept() -> None:
        with history.app_context(), transaction():
            operations.accept_restored(SYSTEM, NOW, "x")

    with pytest.raises(ConflictError):
        accept()
    with history.app_context():
        last = db.session.scalar(select(func.max(AuditEntry.id)))
        attack(
            f"DELETE FROM audit_entry WHERE id > {last - 2}",
            f"UPDATE audit_entry SET object_id = 'x' WHERE id = {last - 5}",
        )
    with pytest.raises(ConflictError):
        accept()
    assert check().faults
