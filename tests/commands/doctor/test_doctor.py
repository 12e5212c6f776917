"""The doctor names each fault with its fix, and only faults make it exit non-zero."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders import make_day, make_project
from flask import Flask

from projects.commands.doctor import extract
from projects.commands.doctor.checks import CHECKS, LEAST_FREE, Facts, examine, is_fit
from projects.commands.doctor.queries import database_facts
from projects.core.permissions import SYSTEM
from projects.core.settings.queries import DEMO_DATE
from projects.database import transaction
from projects.extensions import db
from projects.verdicts.status.operations import rebuild

ROOT = Path(__file__).parents[3]
NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)
FIT = Facts(
    key="7d1f0a9c3b5e8264" * 4,
    debug=False,
    is_root=False,
    open_paths=(),
    sound_sqlite=True,
    sqlite_version="3.51.3",
    workers=2,
    beijing_offset=dt.timedelta(hours=8),
    database_problem="",
    pending=(),
    storage="uploads",
    storage_problem="",
    free_bytes=LEAST_FREE,
    mail_host="",
    hosts=("tracker.example",),
    is_secure=True,
    proxies=1,
    projects=3,
    statuses_today=3,
    today=dt.date(2021, 11, 30),
    outdated=(0, 0, ()),
    stale_translations=(),
    missing_fonts=(),
    holidays_until=2026,
    history_rights=(),
    history_faults=(),
    database_check="light",
    database_faults=(),
)


def test_a_fit_installation_passes_every_check():
    found = examine(FIT)
    assert {one.level for one in found} == {"ok"}
    assert len(found) == len(CHECKS) == len({one.name for one in found})
    assert is_fit(found)


@pytest.mark.parametrize(
    ("name", "fault", "word", "fix"),
    [
        ("key", {"key": ""}, "密钥", "projects init"),
        ("key", {"key": "changeme"}, "密钥", "SECRET_KEY"),
        ("key", {"key": "a" * 64}, "密钥", "SECRET_KEY"),
        ("debug", {"debug": True}, "调试", "FLASK_DEBUG"),
        (
            "permissions",
            {"open_paths": ("/srv/instance/secret_key",)},
            "secret_key",
            "chmod go-rwx /srv/instance/secret_key",
        ),
        ("sqlite", {"sound_sqlite": False, "sqlite_version": "3.40.1"}, "3.40.1", "WORKERS"),
        ("time_zone", {"beijing_offset": None}, "时区", "tzdata"),
        ("time_zone", {"beijing_offset": dt.timedelta(0)}, "时区", "tzdata"),
        ("database", {"pending": ("0002", "0003")}, "0002, 0003", "projects init"),
        ("database", {"database_problem": "unable to open database file"}, "unable to open", "DATABASE_URL"),
        ("storage", {"storage_problem": "Permission denied"}, "Permission denied", "STORAGE_URL"),
        ("space", {"free_bytes": 5 * 1024**2}, "5 MB", "1024 MB"),
        ("web", {"hosts": ()}, "主机名", "TRUSTED_HOSTS"),
        ("web", {"is_secure": False}, "cookie", "SECURE_COOKIES=1"),
        ("status", {"statuses_today": 2}, "2", "rebuild-status"),
        (
            "rules",
            {"outdated": (40, 3, ("gap-1", "gap-2"))},
            "40 个项目和 3 条项目群承诺的判断仍按旧规则 (gap-1, gap-2)",
            "亮灯规则",
        ),
        ("rules", {"outdated": (0, 3, ("gap-1",))}, "0 个项目和 3 条", "rebuild-status"),
        ("integrity", {"database_faults": ("row 2 missing from index",)}, "row 2 missing", "恢复最近的完整备份"),
        ("chain", {"history_faults": ("2: altered", "3: gap")}, "2 处. 审计记录 2: 内容与摘要不符", "verify-audit"),
        ("chain", {"history_faults": ("-: no_key",)}, "没有审计密钥", "verify-audit"),
        ("translations", {"stale_translations": ("en",)}, "en", "make install"),
    ],
)
def test_each_fault_is_named_with_its_fix_and_fails(name: str, fault: dict, word: str, fix: str):
    found = examine(replace(FIT, **fault))
    wrong = [one for one in found if one.level == "fail"]
    assert [one.name for one in wrong] == [name]
    assert word in str(wrong[0].text)
    assert fix in str(wrong[0].fix)
    assert not is_fit(found)


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("mail", {"mail_host": "mail.example"}),
        ("history", {"history_rights": ("DELETE",)}),
        ("user", {"is_root": True}),
        ("fonts", {"missing_fonts": ("x.ttf",)}),
        ("holidays", {"holidays_until": 2020}),
        ("sqlite", {"sound_sqlite": False, "workers": 1}),
        ("web", {"is_secure": False, "proxies": 0}),
    ],
)
def test_a_remark_is_a_note_with_advice_and_no_fault(name: str, remark: dict):
    found = examine(replace(FIT, **remark))
    assert [(one.name, one.level, bool(one.fix)) for one in found if one.level != "ok"] == [(name, "note", True)]
    assert is_fit(found)


# --- gathering --------------------------------------------------------------------------------------------------------


def test_files_that_others_may_read_are_found(tmp_path: Path):
    tmp_path.chmod(0o700)
    for name, mode in (("secret_key", 0o600), ("projects.sqlite", 0o640), ("audit_key", 0o604)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    assert sorted(Path(path).name for path in extract.open_paths(tmp_path)) == ["audit_key", "projects.sqlite"]
    tmp_path.chmod(0o755)
    assert str(tmp_path) in extract.open_paths(tmp_path)


def test_a_storage_that_takes_nothing_is_found(tmp_path: Path):
    assert extract.storage_problem("", str(tmp_path), NOW) == ""
    assert list((tmp_path / "uploads").iterdir()) == []
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "uploads").write_text("a file where the folder should be", encoding="utf-8")
    assert extract.storage_problem("", str(blocked), NOW) != ""


def test_texts_older_than_their_source_are_found(tmp_path: Path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").touch()
    assert list(extract.stale(tmp_path)) == ["en"]
    (folder / "messages.mo").touch()
    os.utime(folder / "messages.po", (1, 1))
    assert list(extract.stale(tmp_path)) == []


def test_the_database_tells_its_day_and_its_missing_steps(app: Flask):
    folder = app.extensions["migrate"].directory
    with app.app_context():
        make_day()
        make_project("one")
        assert (
            database_facts(folder, NOW, DEMO_DATE)["projects"],
            database_facts(folder, NOW, DEMO_DATE)["statuses_today"],
        ) == (1, 0)
        with transaction():
            rebuild(SYSTEM, NOW, dt.date(2021, 11, 30))
        fresh = database_facts(folder, NOW, DEMO_DATE)
        assert (fresh["statuses_today"], fresh["pending"], fresh["database_problem"], fresh["today"]) == (
            1,
            (),
            "",
            dt.date(2021, 11, 30),
        )
        with transaction():
            (head,) = db.session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
            db.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        try:
            missing = database_facts(folder, NOW, DEMO_DATE)["pending"]
        finally:
            with transaction():
                db.session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{head}'")
        assert missing[0] == "0002"
        assert missing[-1] == head


# --- the command ------------------------------------------------------------------------------------------------------


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLASK_", "DATABASE_URL", "SECRET_KEY", "WORKERS"))
    }
    settings = {**kept, "INSTANCE_PATH": str(folder), "PYTHONWARNINGS": "error", **env}
    return subprocess.run(
        [sys.executable, "-m", "projects", *arguments],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_speaks_both_languages_and_exits_with_its_verdict(tmp_path: Path):
    new = run(tmp_path, "doctor")
    assert new.returncode == 1
    assert "projects init" in new.stdout
    assert not (tmp_path / "projects.sqlite").exists()
    assert run(tmp_path, "init").returncode == 0
    found = json.loads(run(tmp_path, "doctor", "--json").stdout)
    names = {one["name"]: one["level"] for one in found["checks"]}
    fine = ("key", "debug", "permissions", "database", "integrity", "chain", "status", "storage", "time_zone")
    assert {names[name] for name in fine} == {"ok"}
    assert found["ok"] is ("fail" not in names.values())
    debug = run(tmp_path, "doctor", "--lang", "en", FLASK_DEBUG="1")
    assert debug.returncode == 1
    assert "FLASK_DEBUG" in debug.stdout
    (tmp_path / "secret_key").chmod(0o644)
    assert f"chmod go-rwx {tmp_path / 'secret_key'}" in run(tmp_path, "doctor").stdout
