"""BK-1: backups taken while four processes write money, files and history: each restores to one instant, every file
with its checksum. Three in `make test`, twenty in `make test-long`, on each database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from apps import make_app
from commands.backup.places import NOW, closed, empty_database, installed, not_one_instant, write
from flask import Flask
from runs import runs
from sqlalchemy import text

from projects.commands.backup import sqlite
from projects.commands.backup.place import KINDS, place_of
from projects.commands.backup.restoring import restore
from projects.commands.backup.snapshot import Snapshot
from projects.commands.backup.taking import Taken, Wanted, take
from projects.database import transaction
from projects.extensions import db

WRITERS = 4
PHRASE = "a long passphrase for tests"
WANTED = Wanted(with_files=True, passphrase=PHRASE)


@pytest.fixture
def busy(base: str | None, tmp_path: Path) -> Iterator[Flask]:
    app = installed(empty_database(base, tmp_path, "busy"), tmp_path / "instance", WRITERS)
    yield app
    closed(app)


@contextmanager
def writers(app: Flask, stop: Path) -> Iterator[list[Path]]:
    """Four processes that write; what each has printed lies in a file of its own."""
    told = [stop.with_name(f"writer-{number}") for number in range(WRITERS)]
    running = []
    for number, path in enumerate(told):
        with path.open("w") as out:
            command = [sys.executable, str(Path(__file__).with_name("writing.py")), app.config["DATABASE_URL"]]
            more = [app.config["INSTANCE_PATH"], str(number), str(stop)]
            running.append(subprocess.Popen([*command, *more], stdout=out, stderr=subprocess.STDOUT))
    try:
        until = time.monotonic() + 120
        while not all(path.read_text() for path in told) and time.monotonic() < until:
            time.sleep(0.1)
        yield told
    finally:
        stop.touch()
        ends = [one.wait(60) for one in running]
    assert ends == [0] * WRITERS, [path.read_text()[-2000:] for path in told]


def again(base: str | None, folder: Path, taken: Taken, name: str = "again") -> tuple[Flask, list[str]]:
    """Restore a backup, and say what is wrong with what is there then."""
    app = make_app(empty_database(base, folder, name), folder / name, SECRET_KEY=None)
    with app.app_context():
        found = restore(place_of(app), taken.path, PHRASE)
        said = [*found.history, *found.database, *found.differences]
        said += list(not_one_instant(place_of(app), taken.manifest))
    return app, said


def test_each_backup_under_four_writers_restores_to_one_instant(busy: Flask, base: str | None, tmp_path: Path):
    count = runs(3, 20)
    with busy.app_context(), writers(busy, tmp_path / "stop") as told:
        taken = [take(place_of(busy), tmp_path / f"{number}.tar", WANTED, lambda: NOW) for number in range(count)]
        steps = [len(path.read_text().split()) for path in told]
        db.session.remove()
    newest = [one.manifest.newest.id for one in taken]
    assert newest == sorted(set(newest)), "others wrote between any two"
    assert min(steps) > 0, "each of them wrote"
    for one in taken:
        assert one.manifest.is_complete
        app, wrong = again(base, tmp_path, one)
        assert wrong == []
        assert one.manifest.rows["ledger_entry"] == 2 * one.manifest.rows["attachment"] > 0
        closed(app)
        shutil.rmtree(tmp_path / "again")
        (tmp_path / "again.sqlite").unlink(missing_ok=True)
    if os.environ.get("SHOW"):
        print(f"{count} backups, {steps} transactions of the writers, newest entries {newest}")


# --- negative controls ------------------------------------------------------------------------------------------------


@contextmanager
def two_instants(engine, dump: Path, tools: str = "") -> Iterator[Snapshot]:
    """A copy without a snapshot: what is said of it was read a transaction later."""
    own = sqlite if engine.dialect.name == "sqlite" else KINDS["postgresql"]
    with own.snapshot(engine, dump, tools) as found:
        write(two_instants.app, 0, 9)
        with engine.connect() as connection:
            yield Snapshot(connection, found.dump, found.member, found.version, found.tool)


def test_a_copy_without_a_snapshot_is_found_out(
    busy: Flask, base: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with busy.app_context():
        write(busy, 0, 1)
        place = place_of(busy)
        two_instants.app = busy

        class Broken:
            snapshot = staticmethod(two_instants)

        monkeypatch.setattr(type(place), "database", Broken)
        taken = take(place, tmp_path / "b.tar", WANTED, lambda: NOW)
        db.session.remove()
    monkeypatch.undo()
    app, wrong = again(base, tmp_path, taken)
    assert any("ledger_entry: 4 → 2" in one for one in wrong), wrong
    assert any("audit_entry" in one for one in wrong)
    closed(app)


def test_a_plain_copy_of_the_file_is_found_out(busy: Flask, base: str | None, tmp_path: Path, monkeypatch):
    """What was stored last lies in the log beside the file, and a copy of the file alone lacks it."""
    if base is not None:
        pytest.skip("PostgreSQL is no single file")

    def copied(engine, dump: Path, tools: str = "") -> Iterator[Snapshot]:
        shutil.copyfile(str(engine.url.database), dump)
        library = sqlite.sqlite_module()
        connection = library.connect(str(dump), isolation_level=None)
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        own = sqlite.create_engine(f"sqlite:///{dump}", module=library, poolclass=sqlite.NullPool)
        with own.connect() as reading:
            yield Snapshot(reading, dump, sqlite.MEMBER, "")

    monkeypatch.setattr(sqlite, "snapshot", contextmanager(copied))
    with busy.app_context():
        with db.engine.connect() as writer:
            writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        with db.engine.connect() as reader:  # keeps what follows in the log
            reader.execute(text("SELECT count(*) FROM project")).scalar()
            write(busy, 0, 1)
            taken = take(place_of(busy), tmp_path / "b.tar", WANTED, lambda: NOW)
        db.session.remove()
    assert not taken.manifest.is_complete
    assert any("cut" in one for one in taken.manifest.sound.history)
    monkeypatch.undo()
    app, wrong = again(base, tmp_path, taken)
    assert any("cut" in one for one in wrong)
    closed(app)


@pytest.mark.parametrize("wrong", ["money", "file", "row"])
def test_the_proof_finds_half_a_transaction(busy: Flask, wrong: str):
    from apps import let_history_go

    from projects.commands.backup import reading
    from projects.models import Attachment

    with busy.app_context():
        for step in (1, 2):
            write(busy, 0, step)
        place = place_of(busy)
        with place.engine.connect() as connection:
            manifest = type("M", (), {"newest": reading.newest(connection)})
        assert list(not_one_instant(place, manifest)) == []
        with transaction():
            let_history_go()
            if wrong == "money":
                db.session.execute(text("DELETE FROM ledger_entry WHERE id = 1"))
            elif wrong == "row":
                db.session.execute(text("DELETE FROM attachment WHERE id = 1"))
        if wrong == "file":
            key = db.session.scalar(Attachment.__table__.select().with_only_columns(Attachment.storage_key).limit(1))
            place.storage.remove(key)
            place.storage.put(key, b"other")
        db.session.remove()
        assert list(not_one_instant(place, manifest)) != []
