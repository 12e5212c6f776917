"""What follows a backup (BK-8, BK-10), the copy before an upgrade (BK-11), PostgreSQL's programs (BK-7)."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from apps import KEY, make_app
from builders import make_user
from commands.backup.places import closed, empty_database, write
from commands.backup.test_drill import run
from flask import Flask
from flask_migrate import downgrade, upgrade

from projects.commands.backup import postgresql
from projects.commands.backup.keeping import before_upgrade, prune
from projects.commands.backup.place import place_of
from projects.commands.backup.postgresql import find
from projects.commands.backup.taking import Wanted, take
from projects.commands.backup.verifying import read_manifest, verify
from projects.core.errors import ConfigError, ConflictError
from projects.database import transaction
from projects.extensions import db
from projects.history.retention.operations import harden

ROOT = Path(__file__).parents[3]
NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


# --- copied out -------------------------------------------------------------------------------------------------------


def test_the_command_gets_the_finished_file_and_no_shell_sees_it(live: Flask, tmp_path: Path):
    folder = tmp_path / "out; touch x `id` $HOME"
    folder.mkdir()
    away = script(
        tmp_path / "away", 'printf "%s\\n" "$@" > ' + str(tmp_path / "said") + '; cp "$2" ' + str(tmp_path / "c")
    )
    live.config["BACKUP_COPY"] = f"{away} '--to a;b'"
    file = folder / "b.tar"
    status, said = run(live, "backup", str(file))
    assert (status, "外送命令已完成" in said) == (0, True), said
    assert (tmp_path / "said").read_text().splitlines() == ["--to a;b", str(file)]
    assert verify(tmp_path / "c").is_whole
    assert sorted(path.name for path in folder.iterdir()) == ["b.tar"]


@pytest.mark.parametrize(
    ("command", "said"), [("{} 7", "退出码 7"), ("/nowhere/at-all", "不能运行"), ("'", "引号不成对")]
)
def test_its_failure_is_told_with_its_exit_code_and_the_file_stays(
    live: Flask, tmp_path: Path, command: str, said: str
):
    away = script(tmp_path / "away", "exit $1")
    live.config["BACKUP_COPY"] = command.format(away)
    for name in ("1.tar", "2.tar"):
        status, words = run(live, "backup", str(tmp_path / name), "--keep", "1")
        assert (status, said in words) == (1, True), words
        assert verify(tmp_path / name).is_whole
    assert (tmp_path / "1.tar").exists(), "what was not copied out removes no older one"


# --- kept -------------------------------------------------------------------------------------------------------------


def test_so_many_remain_and_only_older_ones_of_this_installation_go(live: Flask, base: str | None, tmp_path: Path):
    folder = tmp_path / "night"
    folder.mkdir()
    clock = (NOW + dt.timedelta(days=days) for days in itertools.count())
    with live.app_context():
        place = place_of(live)
        other = make_app(live.config["DATABASE_URL"], tmp_path / "foreign", AUDIT_KEY="f" * 64)
        (folder / "note.tar").write_bytes(b"mine")
        (folder / "readme.txt").write_bytes(b"mine")
        for number in range(5):
            taken = take(place, folder / f"{number}.tar", Wanted(), lambda: next(clock))
        take(place, folder / "whole.tar", Wanted(with_files=True), lambda: NOW)
        db.session.remove()
        with other.app_context():
            take(place_of(other), folder / "foreign.tar", Wanted(), lambda: NOW)
        closed(other)
        broken = folder / "0.tar"
        broken.write_bytes(broken.read_bytes()[:-700])
        gone = prune(taken, 2)
    assert sorted(path.name for path in gone) == ["1.tar", "2.tar"]
    left = {"0.tar", "3.tar", "4.tar", "note.tar", "readme.txt", "whole.tar", "foreign.tar"}
    assert {path.name for path in folder.iterdir()} == left


def test_by_the_command_older_ones_go_after_a_complete_one(live: Flask, tmp_path: Path):
    for number in range(3):
        assert run(live, "backup", str(tmp_path / f"{number}.tar"), "--keep", "2")[0] == 0
    assert sorted(path.name for path in tmp_path.glob("*.tar")) == ["1.tar", "2.tar"]


# --- before an upgrade ------------------------------------------------------------------------------------------------


@pytest.fixture
def earlier(base: str | None, tmp_path: Path):
    """An installation in use that lacks the last migration."""
    app = make_app(empty_database(base, tmp_path, "earlier"), tmp_path / "earlier-instance")
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        make_user("manager", name="one")
        db.session.remove()
        downgrade(directory=app.extensions["migrate"].directory, revision="0010")
        db.engine.dispose()
    yield app
    closed(app)


def command(app: Flask, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
    own = {name: app.config[name] for name in ("INSTANCE_PATH", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "projects", *arguments],
        cwd=ROOT,
        env={**kept, **own, "SECRET_KEY": KEY, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_database_is_copied_before_an_upgrade_and_it_is_said_where(
    earlier: Flask, base: str | None, tmp_path: Path
):
    done = command(earlier, "init")
    assert done.returncode == 0, done.stderr
    (copy,) = (Path(earlier.config["INSTANCE_PATH"]) / "backups").iterdir()
    assert f"copied before the upgrade: {copy}" in done.stdout
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    manifest = read_manifest(copy)
    assert (manifest.migration, manifest.rows["user"], manifest.is_complete) == ("0010", 1, True)
    assert verify(copy).is_whole
    again = command(earlier, "init")
    assert (again.returncode, "copied" in again.stdout) == (0, False), "nothing is to be upgraded any more"

    back = make_app(empty_database(base, tmp_path, "back"), tmp_path / "back-instance")
    instance = Path(back.config["INSTANCE_PATH"])
    instance.mkdir(mode=0o700)
    (instance / "audit_key").write_bytes((copy.parents[1] / "audit_key").read_bytes())
    status, said = run(back, "restore", str(copy))
    assert (status, "缺少这些升级: 0011" in said) == (0, True), said
    with back.app_context():
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0010"
    closed(back)


def newest() -> str:
    """The newest migration."""
    folder = Path(__file__).parents[3] / "migrations" / "versions"
    return max(path.name for path in folder.glob("[0-9]*.py")).partition("_")[0]


def test_restore_upgrades_only_when_asked(earlier: Flask, base: str | None, tmp_path: Path):
    with earlier.app_context():
        taken = before_upgrade(place_of(earlier), lambda: NOW)
    back = make_app(empty_database(base, tmp_path, "back"), tmp_path / "back-instance")
    status, said = run(back, "restore", str(taken.path), "--upgrade")
    assert (status, f"已升级到 {newest()}" in said) == (0, True), said
    closed(back)


def test_where_no_copy_can_be_made_nothing_is_upgraded(earlier: Flask):
    folder = Path(earlier.config["INSTANCE_PATH"]) / "backups"
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("no folder")
    done = command(earlier, "serve", "--port", "0")
    assert (done.returncode, "--without-copy" in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    with earlier.app_context():
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0010"
    done = command(earlier, "init", "--without-copy")
    assert done.returncode == 0, done.stderr


def test_a_new_or_empty_database_is_not_copied(base: str | None, tmp_path: Path):
    app = make_app(empty_database(base, tmp_path, "fresh"), tmp_path / "fresh-instance")
    with app.app_context():
        assert before_upgrade(place_of(app), lambda: NOW) is None
        upgrade(directory=app.extensions["migrate"].directory, revision="0010")
        assert before_upgrade(place_of(app), lambda: NOW) is None
    closed(app)


def test_a_database_of_a_later_version_is_neither_copied_nor_touched(live: Flask):
    with live.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(ConfigError, match="9999 比本程序新"):
            before_upgrade(place_of(live), lambda: NOW)


# --- PostgreSQL's programs --------------------------------------------------------------------------------------------


def test_a_program_that_is_missing_or_too_old_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match="找不到 PostgreSQL 的程序 pg_dump"):
        find("pg_dump", str(tmp_path), 15)
    script(tmp_path / "pg_dump", 'echo "pg_dump (PostgreSQL) 13.4 (Debian 13.4-1)"')
    with pytest.raises(ConfigError, match=r"13\.4 版, 旧于所需的 15 版"):
        find("pg_dump", str(tmp_path), 15)
    assert find("pg_dump", str(tmp_path), 13).version == "13.4"


def test_a_program_that_fails_is_told_in_its_own_words(live: Flask, base: str | None, tmp_path: Path):
    if base is None:
        pytest.skip("SQLite needs no program")
    tools = tmp_path / "tools"
    tools.mkdir()
    script(
        tools / "pg_dump",
        'case $1 in --version) echo "pg_dump (PostgreSQL) 99.1";; *) echo "x: error: no" >&2; exit 3;; esac',
    )
    live.config["PG_BIN"] = str(tools)
    status, said = run(live, "backup", str(tmp_path / "b.tar"))
    assert (status, "退出码 3" in said, "error: no" in said) == (1, True, True)
    assert not list(tmp_path.glob("b.tar*"))


def test_a_password_stands_in_no_argument(
    base: str | None, live: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    if base is None:
        pytest.skip("SQLite has no password")
    seen: list[list[str]] = []
    real = postgresql._run

    def noted(command: list[str], env: dict[str, str]) -> None:
        seen.append(command)
        assert env["PGPASSWORD"] == "hush-hush"
        real(command, env)

    monkeypatch.setattr(postgresql, "_run", noted)
    app = make_app(live.config["DATABASE_URL"].replace("tester@", "tester:hush-hush@"), tmp_path / "instance")
    with app.app_context():
        take(place_of(app), tmp_path / "b.tar", Wanted(), lambda: NOW)
    closed(app)
    assert seen
    assert "hush" not in str(seen)


def test_an_older_server_is_not_given_a_newer_dump(live: Flask, empty, base: str | None, tmp_path: Path, monkeypatch):
    if base is None:
        pytest.skip("a file of SQLite has no server")
    run(live, "backup", str(tmp_path / "b.tar"))
    other = empty(AUDIT_KEY=(Path(live.config["INSTANCE_PATH"]) / "audit_key").read_text())
    monkeypatch.setattr(postgresql, "server_version", lambda _: "9.6")
    status, said = run(other, "restore", str(tmp_path / "b.tar"))
    assert (status, "更旧的 9.6" in said) == (1, True), said


def test_writing_goes_on_while_a_backup_is_taken(live: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file stored, and a row written, after the snapshot: neither is in it, and nobody waited."""
    from projects.commands.backup import taking

    files = taking._files

    def later(*rest):
        write(live, 0, 4)
        return files(*rest)

    with live.app_context():
        monkeypatch.setattr(taking, "_files", later)
        taken = take(place_of(live), tmp_path / "b.tar", Wanted(with_files=True), lambda: NOW)
        db.session.remove()
    assert (taken.manifest.rows["attachment"], taken.manifest.files.named) == (3, 3)
    assert taken.manifest.is_complete
    with pytest.raises(ConflictError):
        with live.app_context():
            take(place_of(live), tmp_path / "b.tar", Wanted(), lambda: NOW)


def test_the_role_that_may_only_append_to_the_history_takes_backups(live: Flask, base: str | None, tmp_path: Path):
    if base is None:
        pytest.skip("SQLite has no roles")
    with live.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE ROLE clerk_of_backups LOGIN")
        try:
            with transaction():
                harden(db.session.connection(), "clerk_of_backups")
            url = live.config["DATABASE_URL"].replace("tester@", "clerk_of_backups@")
            bound = make_app(url, Path(live.config["INSTANCE_PATH"]))
            with bound.app_context():
                taken = take(place_of(bound), tmp_path / "b.tar", Wanted(with_files=True), lambda: NOW)
            closed(bound)
            assert taken.manifest.is_complete
        finally:
            with db.engine.begin() as connection:
                connection.exec_driver_sql("DROP OWNED BY clerk_of_backups")
                connection.exec_driver_sql("DROP ROLE clerk_of_backups")
