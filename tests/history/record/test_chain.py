"""The chain of the history: whole under many writers, and no change of the table goes unseen. Rules
HI-1 and HI-3 to HI-5.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from builders import make_project, make_user
from flask import Flask
from history.record.conftest import NOW, write
from runs import runs
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from projects.core.permissions import SYSTEM, Actor
from projects.database import transaction
from projects.extensions import db
from projects.history.record import operations
from projects.history.record.chain import ALGORITHMS, ChainHead, ChainVerdict, Seal, parse_heads, walk
from projects.history.record.extract import Safe, make_key
from projects.history.record.operations import record
from projects.history.record.queries import verdict
from projects.history.record.tags import Tag
from projects.models import AuditEntry, Setting

Check = Callable[[], ChainVerdict]


def test_what_was_written_verifies(app: Flask, check: Check):
    with app.app_context():
        user, project = make_user("manager"), make_project("one")
        with transaction():
            actor = Actor(user.id, user.display_name, user.role, address="192.0.2.7")
            record(actor, NOW, Tag.PLAN_CHANGED, project, project_id=project.id, changes={"p25": ["2021-01-01", None]})
            record(
                actor,
                NOW.astimezone(dt.timezone(dt.timedelta(hours=8))),
                Tag.PLAN_CHANGED,
                "\ud800\0" * 50,
                result="refused",
            )
        write(5)
    found = check()
    assert (found.faults, found.rows, found.unsealed) == ((), 7, 0)


def test_rows_from_before_the_chain_are_covered_by_its_first_digest(app: Flask, check: Check):
    with app.app_context():
        with transaction():
            db.session.add_all(
                AuditEntry(at=NOW, tag="system:status:rebuilt", object_type="system", object_id=str(one), changes={})
                for one in range(3)
            )
        write(2)
        assert (check().faults, check().unsealed) == ((), 3)
        with as_attacker() as connection:
            connection.execute(text("UPDATE audit_entry SET object_id = 'other' WHERE object_id = '1'"))
            assert [one.why for one in verdict(connection, operations.safe_of(db.engine)).faults] == ["altered"]


def test_another_key_verifies_nothing(app: Flask, safe: Safe):
    with app.app_context():
        write(3)
        with db.engine.connect() as connection:
            other = Safe(safe.instance, "another key")
            assert len(verdict(connection, other).faults) == 3


def test_without_a_kept_head_a_cut_tail_could_not_be_seen_and_that_is_said(app: Flask, check: Check, safe: Safe):
    with app.app_context():
        write(3)
    safe.head_file.unlink()
    assert [one.why for one in check().faults] == ["no_head"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_links(algorithm: str):
    try:
        seal = Seal(b"key", algorithm)
    except ValueError:
        pytest.skip(f"no {algorithm} in this library")
    rows = []
    previous = b""
    for number in range(3):
        row = [str(number + 1).encode(), *[b"x"] * 10]
        previous = seal.link(previous, row)
        rows.append((row, previous, True))
    assert len(previous) == 64
    assert walk(seal, rows).is_whole
    assert not walk(Seal(b"kez", algorithm), rows).is_whole


def test_fields_cannot_flow_into_each_other():
    seal = Seal(b"key")
    assert seal.link(b"", [b"ab", b"c"]) != seal.link(b"", [b"a", b"bc"])
    assert seal.link(b"", [b"", None]) != seal.link(b"", [None, b""])


def test_heads_are_one_line_a_day_and_never_go_back(tmp_path):
    safe = Safe(tmp_path)
    day = dt.date(2021, 11, 30)
    for head in (
        ChainHead(day, 5, "a" * 64),
        ChainHead(day, 9, "b" * 64),
        ChainHead(day, 7, "c" * 64),
        ChainHead(day + dt.timedelta(days=1), 12, "d" * 64),
    ):
        safe.note(head)
    assert [(head.id, head.digest[0]) for head in safe.heads()[0]] == [(9, "b"), (12, "d")]
    assert safe.head_file.stat().st_mode & 0o077 == 0
    assert parse_heads("rubbish\n" + ChainHead(day, 1, "e" * 64).line())[1] == 1


def test_the_key_is_made_once_for_its_owner_only(tmp_path):
    make_key(tmp_path)
    first = (tmp_path / "audit_key").read_bytes()
    make_key(tmp_path)
    assert (tmp_path / "audit_key").read_bytes() == first
    assert (tmp_path / "audit_key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["audit_key"]


# --- many writers -----------------------------------------------------------------------------------------------------


def _race(app: Flask, before: Callable[[], None] = lambda: None) -> None:
    def run(number: int) -> None:
        for count in range(50):
            with app.app_context():
                before()
                with transaction():
                    record(SYSTEM, dt.datetime.now(dt.UTC), Tag.STATUS_REBUILT, f"{number}-{count}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_eight_writers_leave_the_chain_unbroken(app: Flask, check: Check):
    _race(app)
    found = check()
    assert (found.rows, found.faults) == (400, ())


def test_chaining_onto_a_row_read_before_the_lock_breaks_the_chain(
    app: Flask, check: Check, monkeypatch: pytest.MonkeyPatch
):
    """The negative control of the test above."""
    mine, last = threading.local(), operations._last

    def read_too_early() -> None:
        with db.engine.connect() as connection:
            mine.seen = last(connection, operations.safe_of(connection).seal)
        time.sleep(0.002)

    monkeypatch.setattr(operations, "_last", lambda _connection, _seal: mine.seen)
    _race(app, read_too_early)
    assert check().faults


# --- append only ------------------------------------------------------------------------------------------------------

REFUSED = {
    "sqlite": (
        "UPDATE audit_entry SET tag = 'x' WHERE id = (SELECT min(id) FROM audit_entry)",
        "UPDATE OR REPLACE audit_entry SET id = id + 1 WHERE id = (SELECT min(id) FROM audit_entry)",
        "DELETE FROM audit_entry",
        "REPLACE INTO audit_entry SELECT * FROM audit_entry",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE id = (SELECT min(id) FROM audit_entry)",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE true ON CONFLICT (id) DO UPDATE SET tag = 'x'",
    ),
    "postgresql": (
        "UPDATE audit_entry SET tag = 'x' WHERE id = (SELECT min(id) FROM audit_entry)",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "TRUNCATE project CASCADE",
        "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) DO UPDATE SET tag = 'x'",
        (
            "MERGE INTO audit_entry USING (SELECT min(id) AS one FROM audit_entry) AS s ON id = s.one WHEN MATCHED "
            "THEN "
            "DELETE"
        ),
    ),
}


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_database_refuses_to_change_the_history(app: Flask, check: Check, recursive: str):
    with app.app_context():
        write(3)
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.connection.dbapi_connection.execute(f"PRAGMA recursive_triggers={recursive}")
            for statement in REFUSED[connection.dialect.name]:
                with pytest.raises(DBAPIError, match="append-only"), connection.begin():
                    connection.execute(text(statement))
        db.engine.dispose()
    assert (check().rows, check().faults) == (3, ())


def test_an_entry_that_cannot_be_stored_takes_its_change_back(app: Flask, check: Check):
    with app.app_context():
        with pytest.raises(DBAPIError), transaction():
            db.session.add(Setting(key="x", value="y"))
            record(SYSTEM, NOW, Tag.STATUS_REBUILT, "x", result="unheard")
        with pytest.raises(TypeError), transaction():
            db.session.add(Setting(key="x", value="y"))
            record(SYSTEM, NOW, Tag.STATUS_REBUILT, "x", changes={"x": object()})
        db.session.rollback()
        assert db.session.get(Setting, "x") is None
        write(1)
    assert (check().rows, check().faults) == (1, ())


def test_a_change_that_is_taken_back_takes_its_entry_back(app: Flask, check: Check):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            record(SYSTEM, NOW, Tag.STATUS_REBUILT, "x")
            raise ZeroDivisionError
        with transaction():
            db.session.add(Setting(key="x", value="y"))
    assert check().rows == 0


# --- a thousand tamperings --------------------------------------------------------------------------------------------

TEXTS = ("actor_name", "address", "tag", "object_type", "object_id", "changes", "digest", "at", "result")
OTHER = {
    "actor_id": (None, 1, 2),
    "project_id": (None, 1),
    "result": ("done", "refused"),
    "address": ("", "192.0.2.9"),
    "actor_name": ("", "root"),
}


class as_attacker:  # noqa: N801 - reads as a phrase
    """A connection on which nothing stands in the way, as with access to the file; all of it is undone at the end."""

    def __enter__(self) -> Connection:
        self.connection = db.engine.connect()
        self.raw = self.connection.connection.dbapi_connection
        if self.connection.dialect.name == "sqlite":
            for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
                self.raw.execute(f"PRAGMA {pragma}")
            for name in (
                self.connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
                )
                .scalars()
                .all()
            ):
                self.connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            self.connection.exec_driver_sql("DROP TRIGGER audit_entry_append_only ON audit_entry")
            self.connection.exec_driver_sql("ALTER TABLE audit_entry DROP CONSTRAINT ck_audit_entry_result_known")
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.rollback()
        self.connection.invalidate()
        self.connection.close()


class Tamper:
    """One random way to tamper with the table; each returns False where the dice left the table as it was."""

    def __init__(self, connection: Connection, dice: random.Random) -> None:
        self.connection, self.dice = connection, dice
        self.sqlite = connection.dialect.name == "sqlite"
        self.ids = list(connection.execute(text("SELECT id FROM audit_entry ORDER BY id")).scalars())

    def run(self, statement: str, **values: object) -> None:
        self.connection.execute(text(statement), values)

    def one(self) -> int:
        return self.dice.choice(self.ids)

    def byte(self) -> bool:
        name, which = self.dice.choice(TEXTS[:7] if not self.sqlite else TEXTS), self.one()
        kind = "BLOB" if self.sqlite else "TEXT"
        old = self.connection.execute(
            text(f"SELECT CAST({name} AS {kind}) FROM audit_entry WHERE id = :id"), {"id": which}
        ).scalar_one()
        if not old:
            return False
        place = self.dice.randrange(len(old))
        if self.sqlite:
            new = old[:place] + bytes([old[place] ^ self.dice.randrange(1, 256)]) + old[place + 1 :]
            self.run(f"UPDATE audit_entry SET {name} = CAST(:new AS TEXT) WHERE id = :id", new=new, id=which)
            return True
        letters = [at for at, letter in enumerate(old) if letter.isalnum()] if name == "changes" else [place]
        place = self.dice.choice(letters)
        new = old[:place] + ("8" if old[place].isdigit() else "b" if old[place] != "b" else "c") + old[place + 1 :]
        if name == "changes":
            new = old.replace("{", "{ ", 1) if self.dice.random() < 0.5 else old.replace("share", "shave")
        self.run(
            f"UPDATE audit_entry SET {name} = CAST(:new AS {'json' if name == 'changes' else 'text'}) WHERE id = :id",
            new=new,
            id=which,
        )
        return new != old

    def field(self) -> bool:
        name, which = self.dice.choice([*OTHER, "at", "tag", "changes"]), self.one()
        old = self.connection.execute(
            text(f"SELECT CAST({name} AS TEXT) FROM audit_entry WHERE id = :id"), {"id": which}
        ).scalar_one()
        if name in OTHER:
            new = self.dice.choice(OTHER[name])
            self.run(f"UPDATE audit_entry SET {name} = :new WHERE id = :id", new=new, id=which)
            return (None if new is None else str(new)) != old
        source = self.dice.choice([one for one in self.ids if one != which])
        self.run(
            f"UPDATE audit_entry SET {name} = (SELECT other.{name} FROM audit_entry AS other WHERE other.id = :"
            f"source) WHERE id = :id",
            source=source,
            id=which,
        )
        return (
            self.connection.execute(
                text(f"SELECT CAST({name} AS TEXT) FROM audit_entry WHERE id = :id"), {"id": which}
            ).scalar_one()
            != old
        )

    def delete(self) -> bool:
        self.run("DELETE FROM audit_entry WHERE id = :id", id=self.one())
        return True

    def insert(self) -> bool:
        names = "at, actor_id, actor_name, address, tag, result, project_id, object_type, object_id, changes"
        place = self.dice.choice([0, -3, self.ids[-1] + 1, self.ids[-1] + 9, self.one()])
        if place in self.ids:
            self.run("UPDATE audit_entry SET id = -id - 100 WHERE id >= :id", id=place)
            self.run("UPDATE audit_entry SET id = -id - 100 + 1 WHERE id < -100")
        digest = self.dice.choice(["digest", "''"])
        source = self.dice.choice(self.connection.execute(text("SELECT id FROM audit_entry")).scalars().all())
        self.run(
            f"INSERT INTO audit_entry (id, {names}, digest) SELECT :place, {names}, {digest} FROM audit_entry WHERE "
            f"id = :id",
            place=place,
            id=source,
        )
        return True

    def reorder(self) -> bool:
        one, other = self.dice.sample(self.ids, 2)
        for old, new in ((one, -999), (other, one), (-999, other)):
            self.run("UPDATE audit_entry SET id = :new WHERE id = :old", old=old, new=new)
        return True

    def cut_tail(self) -> bool:
        self.run("DELETE FROM audit_entry WHERE id > :id", id=self.ids[-self.dice.randrange(2, len(self.ids) + 1)])
        return True


WAYS = ("byte", "field", "delete", "insert", "reorder", "cut_tail")


def test_hundreds_of_tamperings_are_all_found(app: Flask, safe: Safe):
    dice = random.Random(20211130)
    done: Counter[str] = Counter()
    unseen = []
    with app.app_context():
        user, project = make_user("manager"), make_project("one")
        make_user("finance")
        write(10)
        for number in range(15):
            with transaction():
                actor = Actor(user.id, user.display_name, user.role, address="192.0.2.7")
                record(
                    actor,
                    NOW,
                    Tag.REPORT_SAVED,
                    f"r{number}",
                    project_id=project.id,
                    changes={"share": [number, number + 1]},
                )
        wanted = runs(240, 1000) if db.engine.dialect.name == "sqlite" else runs(60, 100)
        with as_attacker() as connection:
            assert verdict(connection, safe).is_whole  # the negative control: nothing is found where nothing was done
            while sum(done.values()) < wanted:
                way = WAYS[sum(done.values()) % len(WAYS)]
                inner = connection.begin_nested()
                if getattr(Tamper(connection, dice), way)():
                    done[way] += 1
                    if verdict(connection, safe).is_whole:
                        unseen.append((done[way], way))
                inner.rollback()
            assert verdict(connection, safe).is_whole
    assert unseen == []
    assert min(done.values()) >= wanted // len(WAYS)


def test_every_digest_blanked_at_once_is_found(app: Flask, safe: Safe):
    with app.app_context():
        write(5)
        with as_attacker() as connection:
            connection.execute(text("UPDATE audit_entry SET digest = ''"))
            assert "head" in {one.why for one in verdict(connection, safe).faults}
