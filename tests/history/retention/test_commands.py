"""The commands of HI-8 to HI-10, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from history.retention.test_archive import NOW, OLD, write

from projects.history.record.extract import Safe


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Runs a command at NOW; returns its exit status and what it said."""
    Safe(Path(app.config["INSTANCE_PATH"])).head_file.unlink(missing_ok=True)
    monkeypatch.setattr("projects.commands.history.now", lambda: NOW)

    def command(*arguments: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=["projects", *arguments])
        return done.exit_code, done.output

    with app.app_context():
        write(4, OLD)
    return command


def test_archive_then_purge_then_verify_with_the_archive(run, tmp_path: Path):
    file = str(tmp_path / "2018.jsonl.gz")
    assert run("archive-audit", "--before", "2018-11-01", "--out", file)[0] == 0
    assert "would remove 4 entries" in run("purge-audit", "--archive", file)[1]
    assert "5 条记录" in run("verify-audit")[1]
    assert run("purge-audit", "--archive", file, "--yes")[0] == 0
    status, said = run("verify-audit", "--archive", file)
    assert (status, "归档清除" in said) == (0, True)
    found = json.loads(run("verify-audit", "--json")[1])
    assert (found["whole"], found["rows"], found["archived_until"] > 0) == (True, 2, True)
    other = str(tmp_path / "later.jsonl")
    assert run("archive-audit", "--before", "2018-12-01", "--out", other)[0] == 1, "nothing of then is left"
    Path(other).write_bytes(b"{}\n")
    status, said = run("verify-audit", "--archive", other)
    assert (status, "归档文件" in said) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["archive-audit", "--before", "2018-01-01", "--out", "x"], "没有可归档"),
        (["accept-restored-backup", "--reason", "x"], "没有缺失的尾部"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run, arguments: list[str], said: str):
    status, words = run(*arguments)
    assert (status, said in words, "Traceback" in words) == (1, True, False)


def test_young_entries_are_kept_whatever_is_asked(run, app: Flask, tmp_path: Path):
    with app.app_context():
        write(1, NOW)
    file = str(tmp_path / "all.jsonl")
    assert run("archive-audit", "--before", "2022-01-01", "--out", file)[0] == 0
    status, said = run("purge-audit", "--archive", file, "--yes")
    assert (status, "保存期" in said) == (1, True)


def test_the_pages_say_what_was_archived(run, app: Flask, tmp_path: Path):
    from builders import make_day, make_user, sign_in

    with app.app_context():
        make_day()
        client = sign_in(app.test_client(), make_user("auditor"))
    assert "及以前的记录已归档" not in client.get("/admin/audit?until=2019-01-01").text
    file = str(tmp_path / "2018.jsonl")
    run("archive-audit", "--before", "2018-11-01", "--out", file)
    run("purge-audit", "--archive", file, "--yes")
    assert "及以前的记录已归档" in client.get("/admin/audit?until=2019-01-01").text
