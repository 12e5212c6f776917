"""The database done right: pragmas, write locks, exact money, whole migrations.

Each promise with a broken variant that turns it red.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing as mp
import re
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from apps import make_app
from builders import make_place, make_project
from flask import Flask
from flask_migrate import downgrade, upgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import runs
from sqlalchemy import CheckConstraint, delete, inspect, literal, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from projects import database
from projects.database import inserted, refresh_statistics, sqlite_is_sound, transaction
from projects.extensions import db
from projects.models import LedgerEntry, MonthlyReport, Project, Setting, Unit
from projects.statements import rows_of

NOW = dt.datetime(2021, 11, 30, tzinfo=dt.UTC)


def is_sqlite(app: Flask) -> bool:
    return app.config["DATABASE_URL"].startswith("sqlite")


def test_every_sqlite_connection_has_its_pragmas(app: Flask):
    if not is_sqlite(app):
        pytest.skip("PostgreSQL has no pragmas")
    with app.app_context():
        for _ in range(3):
            with db.engine.connect() as connection:
                values = {
                    name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
                }
            assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_a_sqlite_with_the_wal_reset_bug_is_known(version, sound):
    assert sqlite_is_sound(version) is sound


def _count_up(app: Flask, times: int) -> None:
    for _ in range(times):
        with app.app_context(), transaction():
            row = db.session.execute(select(Setting).where(Setting.key == "n").with_for_update()).scalar_one()
            row.value = str(int(row.value) + 1)


def _race(app: Flask, writers: int, times: int) -> int:
    with app.app_context(), transaction():
        db.session.add(Setting(key="n", value="0"))
    threads = [threading.Thread(target=_count_up, args=(app, times)) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        return int(db.session.scalar(select(Setting.value).where(Setting.key == "n")))


def test_eight_writers_lose_no_update(app: Flask):
    assert _race(app, 8, 25) == 200


def test_without_the_write_lock_updates_are_lost(app: Flask, monkeypatch):
    """The negative control: deferred transactions on SQLite, no row lock on PostgreSQL."""
    import contextlib

    @contextlib.contextmanager
    def careless():
        session = db.session()
        try:
            yield
            session.commit()
        except Exception:
            session.rollback()

    def count(app: Flask, times: int) -> None:
        for _ in range(times):
            with app.app_context(), careless():
                row = db.session.execute(select(Setting).where(Setting.key == "n")).scalar_one()
                time.sleep(0.002)
                row.value = str(int(row.value) + 1)

    monkeypatch.setattr(sys.modules[__name__], "_count_up", count)
    assert _race(app, 8, 25) < 200


def _submit(url: str, folder: str, times: int) -> None:
    app = make_app(url, Path(folder))
    _count_up(app, times)


def test_processes_lose_no_update_either(app: Flask, tmp_path):
    with app.app_context(), transaction():
        db.session.add(Setting(key="n", value="0"))
    runs = [
        mp.get_context("spawn").Process(target=_submit, args=(app.config["DATABASE_URL"], str(tmp_path), 25))
        for _ in range(4)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    with app.app_context():
        assert db.session.scalar(select(Setting.value).where(Setting.key == "n")) == "100"


def test_a_second_writer_of_a_row_meets_its_version(app: Flask):
    with app.app_context():
        project = make_project("one")
        with pytest.raises(StaleDataError), transaction():
            db.session.execute(text("UPDATE project SET version = version + 1"))
            mine = db.session.merge(project)
            mine.version, mine.name = 1, "neu"
            db.session.execute(text("UPDATE project SET version = 99"))
            db.session.flush()


def test_rows_changed_outside_a_transaction_are_refused(app: Flask):
    with app.app_context():
        db.session.add(Setting(key="x", value="y"))
        with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
            pass
        db.session.rollback()


def test_an_operation_inside_an_operation_does_not_commit(app: Flask):
    with app.app_context(), transaction(), pytest.raises(RuntimeError, match="open already"), transaction():
        pass


def test_what_fails_half_way_leaves_nothing(app: Flask):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            db.session.add(Setting(key="x", value="y"))
            db.session.flush()
            raise ZeroDivisionError
        assert db.session.get(Setting, "x") is None


@settings(max_examples=runs(200, 1000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-999_999_999_999_999, 999_999_999_999_999))
def test_money_comes_back_to_the_fen(app: Flask, fen: int):
    with app.app_context():
        project = db.session.scalar(select(Project)) or make_project("one")
        with transaction():
            row = LedgerEntry(
                project_id=project.id, source="cbi", step="paid", entry_on=NOW.date(), amount_fen=fen, recorded_at=NOW
            )
            db.session.add(row)
        db.session.expire_all()
        assert db.session.scalar(select(LedgerEntry.amount_fen).where(LedgerEntry.id == row.id)) == fen


@pytest.mark.parametrize("amount", [1.5, "100", True])
def test_money_that_is_no_integer_never_reaches_the_database(app: Flask, amount):
    with app.app_context():
        project = make_project("one")
        with pytest.raises((StatementError, TypeError)), transaction():
            db.session.add(
                LedgerEntry(
                    project_id=project.id,
                    source="cbi",
                    step="paid",
                    entry_on=NOW.date(),
                    amount_fen=amount,
                    recorded_at=NOW,
                )
            )


def test_no_column_is_a_float():
    kinds = {type(column.type).__name__ for table in db.metadata.sorted_tables for column in table.columns}
    assert not kinds & {"Float", "Numeric", "REAL", "Double"}


def test_an_instant_without_a_zone_is_refused(app: Flask):
    with app.app_context(), pytest.raises(StatementError), transaction():
        make_project("one")
        db.session.add(
            LedgerEntry(
                project_id=1,
                source="cbi",
                step="paid",
                entry_on=NOW.date(),
                amount_fen=1,
                recorded_at=NOW.replace(tzinfo=None),
            )
        )
        db.session.flush()


def test_the_database_itself_refuses_what_rules_forbid(app: Flask):
    with app.app_context():
        project = make_project("one")
        for broken in (
            LedgerEntry(
                project_id=project.id, source="unheard", step="paid", entry_on=NOW.date(), amount_fen=1, recorded_at=NOW
            ),
            LedgerEntry(project_id=4711, source="cbi", step="paid", entry_on=NOW.date(), amount_fen=1, recorded_at=NOW),
            MonthlyReport(
                project_id=project.id,
                month=NOW.date(),
                state="approved",
                overall_percent=1,
                author_id=4711,
                data_on=NOW.date(),
                updated_at=NOW,
            ),
        ):
            with pytest.raises(IntegrityError), transaction():
                db.session.add(broken)


# --- migrations -------------------------------------------------------------------------------------------------------


def shape(app: Flask) -> dict:
    with app.app_context():
        found = inspect(db.engine)
        return {
            name: (
                sorted(str(column["name"]) for column in found.get_columns(name)),
                sorted(str(one["name"]) for one in found.get_check_constraints(name)),
                sorted(str(one["name"]) for one in found.get_indexes(name)),
                sorted(str(one["name"]) for one in found.get_foreign_keys(name)),
            )
            for name in found.get_table_names()
        }


def test_migrations_build_what_the_models_say(app: Flask):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def can_be_told(_thing: object, name: str | None, *_: object) -> bool:
        """SQLite doesn't tell in which direction an index sorts."""
        return connection.dialect.name != "sqlite" or name != "ix_project_status_severity"

    with app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": can_be_told}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def own_database(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Flask:
    """An application on an empty database of its own."""
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    if engine_name == "postgresql":
        base = request.getfixturevalue("postgres_url")
        admin = make_app(base, tmp_path)
        with admin.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("DROP DATABASE IF EXISTS updown")
            connection.exec_driver_sql("CREATE DATABASE updown")
        url = base.rsplit("/", 1)[0] + "/updown"
    return make_app(url, tmp_path)


def test_migrations_go_down_and_up_on_an_own_database(engine_name: str, tmp_path, request):
    own = own_database(engine_name, tmp_path, request)
    folder = own.extensions["migrate"].directory
    with own.app_context():
        upgrade(directory=folder)
        before = shape(own)
        downgrade(directory=folder, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(directory=folder)
        assert shape(own) == before
        db.engine.dispose()


def test_migrations_lose_no_row_of_a_populated_database(engine_name: str, tmp_path, request):
    from builders import make_report, make_user

    own = own_database(engine_name, tmp_path, request)
    folder = own.extensions["migrate"].directory

    def rows() -> dict:
        with own.app_context():
            tables = (
                "user",
                "project",
                "work_stage",
                "milestone",
                "monthly_report",
                "stage_progress",
                "target",
                "setting",
            )
            return {name: sorted(map(repr, db.session.execute(db.metadata.tables[name].select()))) for name in tables}

    with own.app_context():
        upgrade(directory=folder)
        user = make_user("manager")
        make_report(make_project("one", manager=user, targets=[{}]), "2021-10", author=user, structure=40)
    before = rows()
    with own.app_context():
        db.session.remove()
        for revision in ("0001", "head"):
            (downgrade if revision == "0001" else upgrade)(directory=folder, revision=revision)
    assert rows() == before
    assert all(before[name] for name in ("user", "stage_progress", "target"))
    with own.app_context():
        db.engine.dispose()


def test_rebuilding_a_table_keeps_its_children(engine_name: str, tmp_path):
    """The trap: a batch migration with foreign keys on deletes children through ON DELETE CASCADE.

    Ours turns them off first.
    """
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL alters tables in place")
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    app = make_app(f"sqlite:///{tmp_path / 'own.sqlite'}", tmp_path)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        make_place()
        make_project("one", targets=[{}])

        def rebuild(foreign_keys: str) -> int:
            with db.engine.connect() as connection:
                connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={foreign_keys}")
                with (
                    connection.begin(),
                    Operations.context(MigrationContext.configure(connection, opts={"render_as_batch": True})) as op,
                ):
                    with op.batch_alter_table("project", recreate="always") as batch:
                        batch.alter_column("note", nullable=False)
                return int(connection.exec_driver_sql("SELECT count(*) FROM work_stage").scalar())

        assert rebuild("OFF") == 8
        db.engine.dispose()
        try:
            kept = rebuild("ON")
        except IntegrityError:
            kept = 0
        assert kept == 0  # the negative control: this is what env.py keeps from happening
        db.engine.dispose()


def test_env_turns_foreign_keys_off_for_sqlite():
    source = (Path(database.__file__).parent.parent / "migrations" / "env.py").read_text(encoding="utf-8")
    assert (
        source.index("PRAGMA foreign_keys=OFF")
        < source.index("context.run_migrations()")
        < source.index("foreign_key_check")
    )


def test_migrations_keep_every_check_and_autoincrement(app: Flask):
    """What a rebuilt SQLite table forgets without an error."""
    with app.app_context():
        found = inspect(db.engine)
        missing = [
            (table.name, str(one.name))
            for table in db.metadata.sorted_tables
            for one in table.constraints
            if isinstance(one, CheckConstraint)
            and str(one.name) not in {str(known["name"]) for known in found.get_check_constraints(table.name)}
        ]
        assert missing == []
        if is_sqlite(app):
            made = dict(db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
            wanted = [
                table.name for table in db.metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]
            ]
            assert [name for name in wanted if "AUTOINCREMENT" not in made[name]] == []


@dataclass(frozen=True)
class Named:
    name: str
    place: str
    former: tuple[str, ...] = ()


class NamedPair(NamedTuple):
    name: str
    place: str


NAME, PLACE = literal("医院").label("name"), literal("宜春").label("place")


BY_NAME = ("verdicts", "pictures", "portfolio/gantt", "portfolio/forecast", "portfolio/projects", "portfolio/home",
           "works/gates", "works/reports", "works/schedule", "works/stops")  # fmt: skip
BY_POSITION = re.compile(r"\b[A-Z]\w+(?:\._make\(|\(\*)(?:row|rest)\b(?!\.)[^,)]*\)")


def test_no_row_is_built_by_the_position_of_its_columns():
    root = Path(database.__file__).parent
    files = [path for area in BY_NAME for path in (root / area).rglob("queries.py")]
    assert len(files) > 8
    assert {path: found for path in files if (found := BY_POSITION.findall(path.read_text(encoding="utf-8")))} == {}
    for broken in ("PortfolioRow._make(row)", "TargetRow(*row[:-2])", "StageRow(*row)", "StagePlan(*rest)"):
        assert BY_POSITION.search(broken)


@pytest.mark.parametrize("kind", [Named, NamedPair])
def test_rows_are_built_by_the_names_of_their_columns(app: Flask, kind):
    with app.app_context():
        assert rows_of(kind, db.session.execute(select(NAME, PLACE))) == [kind("医院", "宜春")]


@pytest.mark.parametrize("kind", [Named, NamedPair])
@pytest.mark.parametrize(
    "columns",
    [(PLACE, NAME), (NAME,), (NAME, PLACE.label("city")), (NAME, PLACE, literal(1).label("extra"))],
    ids=["swapped", "too few", "another name", "too many"],
)
def test_columns_that_are_not_the_fields_of_a_row_are_refused(app: Flask, kind, columns):
    with app.app_context(), pytest.raises(TypeError, match="doesn't fit Named"):
        rows_of(kind, db.session.execute(select(*columns)))


def test_the_database_chooses_its_indexes_by_what_is_there(app: Flask):
    """A rebuild gathers statistics; without them SQLite reads every project's rows for one project's chart."""
    with app.app_context():
        make_project("p")
        db.session.rollback()
        before = _statistics()
        refresh_statistics()
        assert _statistics() > before
        with pytest.raises(RuntimeError, match="transaction"), transaction():
            refresh_statistics()


def _statistics() -> int:
    if db.engine.dialect.name == "sqlite":
        known = db.session.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"))
        return db.session.scalar(text("SELECT count(*) FROM sqlite_stat1")) if known else 0
    counted = "SELECT coalesce(sum(analyze_count), 0) FROM pg_stat_user_tables"
    found = db.session.scalar(text(counted))
    db.session.rollback()
    return int(found)


def test_rows_inserted_many_at_a_time_are_named_in_their_order(app: Flask):
    with app.app_context():
        home = make_project("p").place_code
        with transaction():
            first = inserted(Unit, [{"name": f"甲{number}", "place_code": home} for number in range(3)])
        with transaction():
            db.session.execute(delete(Unit).where(Unit.id == first[1]))
            again = inserted(Unit, [{"name": f"乙{number}", "place_code": home} for number in range(2500)])
        assert inserted(Unit, []) == []
        names = dict(db.session.execute(select(Unit.id, Unit.name)).all())
        assert [names[key] for key in again] == [f"乙{number}" for number in range(2500)]
        assert names[first[2]] == "甲2"
