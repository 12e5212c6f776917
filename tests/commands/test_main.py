"""Commands as a person runs them: in a process of their own, on a fresh instance."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from projects.core import vocabulary

ROOT = Path(__file__).parents[2]
KEYS = {"project", "measure", "threshold", "due", "commitment", "state", "slip_days", "forecast", "reasons", "source"}
STATES = set(vocabulary.STATES)
ANSWERS = {"promise_state", "works_state", "works_days", "data_state", "data_age_days", "met_by", "base_rate"}


def run(folder: Path, *arguments: str, expect: int = 0, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "projects", *arguments],
        cwd=ROOT,
        env=clean(folder, **env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stderr
    return done.stdout + done.stderr


def clean(folder: Path, **env: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLASK_", "DATABASE_URL", "SECRET_KEY"))
    }
    return {**kept, "INSTANCE_PATH": str(folder), "PYTHONWARNINGS": "error", **env}


@pytest.fixture(scope="module")
def instance(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("instance")
    run(folder, "init")
    folder.joinpath("sign-ins").write_text(run(folder, "demo"), encoding="utf-8")
    return folder


def assess(folder: Path, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in run(folder, "assess", "--json", *arguments).splitlines()]


def test_demo_prints_generated_sign_ins_once(instance: Path):
    first = instance.joinpath("sign-ins").read_text(encoding="utf-8")
    assert (
        len(
            re.findall(
                r"^  (manager|finance|dispatcher|leader|reviewer|admin|security|auditor) +\S{14} ", first, re.MULTILINE
            )
        )
        == 8
    )
    assert "printed only once" in run(instance, "demo")


def test_assess_speaks_of_every_target_in_the_promised_shape(instance: Path):
    rows = assess(instance, "--as-of", "2021-11-30")
    assert all(set(row) >= KEYS | ANSWERS and row["state"] in STATES and row["reasons"] for row in rows)
    assert all(row["promise_state"] == row["state"] for row in rows)
    own = [row for row in rows if row["project_slug"]]
    assert {row["works_state"] for row in own} <= set(vocabulary.WORKS_STATES)
    assert {row["data_state"] for row in own} <= set(vocabulary.DATA_STATES)
    by_project = {(row["project"], row["measure"]): row for row in rows}
    tcm = by_project["市公共卫生中医医疗中心", "structure_pct"]
    assert (tcm["threshold"], tcm["due"], tcm["commitment"], tcm["state"]) == (50, "2021-12-31", "must", "behind")
    assert tcm["source"]["number"] == "济卫规划字〔2021〕1号"
    assert by_project["市公共卫生检验检测中心", "in_use"]["state"] == "met_early"
    soon = by_project["泗水县中医院综合楼建设项目", "in_use"]
    assert soon["due"] is None
    assert soon["state"] in {"undated", "met_on_time"}


def test_the_missed_promise_of_2021_on_public_record(instance: Path):
    row = next(row for row in assess(instance, "--as-of", "2022-12-31") if row["project"] == "市公共卫生中医医疗中心")
    assert (row["state"], row["slip_days"], row["rests_on_sample"]) == ("met_late", 243, False)


def test_assess_in_english_and_as_a_table(instance: Path):
    assert "Promised" in str(assess(instance, "--lang", "en", "--plan", "jining-2021")[0]["reasons"])
    assert "市公共卫生中医医疗中心" in run(instance, "assess", "--as-of", "2021-11-30")


def test_the_wall_chart_is_a_pdf_with_every_project(instance: Path, tmp_path: Path):
    from pypdf import PdfReader

    run(instance, "gantt", "--out", str(tmp_path / "chart.pdf"))
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "chart.pdf").pages)
    assert "市公共卫生中医医疗中心" in text
    assert "2021-11-30" in text
    assert "must end in" in run(instance, "gantt", "--out", str(tmp_path / "chart.doc"), expect=1)


def test_a_day_that_is_none_and_an_unknown_project_are_named(instance: Path):
    assert "is no date" in run(instance, "assess", "--as-of", "2021-02-30", expect=2)
    assert "no promise of a project" in run(instance, "assess", "--project", "none", expect=1)


def test_an_unknown_plan_is_named_and_a_project_is_told_with_amount_and_reasons(instance: Path):
    assert "no promise of a plan document 'none'" in run(instance, "assess", "--plan", "none", expect=1)
    said = run(instance, "assess", "--as-of", "2021-11-30", "--project", "jn21-04-zhongyi", "--lang", "en")
    assert "Main structure ≥ 50%" in said
    assert "\n    Promised: " in said
    assert "with eight chances in ten between" in said


@pytest.mark.parametrize("command", ["demo", "assess", "match", "rebuild-status"])
def test_without_a_database_a_command_says_what_to_do(tmp_path: Path, command: str):
    said = run(tmp_path, command, expect=1)
    assert "projects init" in said
    assert "Traceback" not in said


def test_rebuilding_changes_nothing(instance: Path):
    before = assess(instance)
    assert "37 projects" in run(instance, "rebuild-status")
    assert assess(instance) == before


def test_clearing_the_demo_leaves_the_catalogue_and_the_public_record(tmp_path: Path):
    run(tmp_path, "init")
    run(tmp_path, "demo")
    assert "the five plans stay" in run(tmp_path, "demo", "--clear")
    rows = assess(tmp_path, "--as-of", "2021-11-30")
    assert len(rows) > 40
    assert not any(row["rests_on_sample"] for row in rows)
    assert (
        next(row for row in assess(tmp_path, "--as-of", "2022-12-31") if row["project"] == "市公共卫生中医医疗中心")[
            "slip_days"
        ]
        == 243
    )


def test_init_promises_nothing_and_the_pack_goes_as_it_came(tmp_path: Path):
    run(tmp_path, "init")
    assert assess(tmp_path) == []
    assert "nothing was there" in run(tmp_path, "demo", "--remove", "--yes")
    run(tmp_path, "demo")
    run(tmp_path, "init")  # an upgrade of an installation that has the plans
    assert len(assess(tmp_path)) > 40
    asked = run(tmp_path, "demo", "--remove", expect=1)  # nobody answers
    assert "would remove: " in asked
    assert " 37 project," in asked
    assert len(assess(tmp_path)) > 40
    assert "give one of them" in run(tmp_path, "demo", "--remove", "--clear", expect=2)
    assert "removed: " in run(tmp_path, "demo", "--remove", "--yes")
    assert assess(tmp_path) == []
    run(tmp_path, "init")
    assert assess(tmp_path) == []


def test_a_user_is_made_once(tmp_path: Path):
    run(tmp_path, "init")
    assert re.match(r"boss \S{14}", run(tmp_path, "create-user", "boss", "--role", "leader"))
    run(tmp_path, "create-user", "boss", "--role", "leader", expect=1)


def test_what_an_instance_holds_is_its_owners_only(instance: Path):
    for path in (instance, instance / "secret_key", instance / "projects.sqlite"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


# --- serving ----------------------------------------------------------------------------------------------------------


def refusal(folder: Path, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=clean(folder, **env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0, "it would have served"
    return done.stderr


def test_a_served_process_refuses_unsafe_set_ups(instance: Path, tmp_path: Path):
    assert (
        subprocess.run([sys.executable, "-c", "import wsgi"], cwd=ROOT, env=clean(instance), check=False).returncode
        == 0
    )
    assert "FLASK_DEBUG" in refusal(instance, FLASK_DEBUG="1")
    assert "密钥" in refusal(tmp_path)
    assert "密钥" in refusal(instance, SECRET_KEY="changeme")
    assert "密钥" in refusal(instance, SECRET_KEY="a" * 64)
    (instance / "secret_key").chmod(0o644)
    try:
        assert "chmod" in refusal(instance)
    finally:
        (instance / "secret_key").chmod(0o600)


def test_the_debug_server_is_refused(instance: Path):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", "0"],
        cwd=ROOT,
        env=clean(instance),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode != 0
    assert "debug server" in done.stderr


def test_two_instances_serve_side_by_side_and_stop_cleanly(instance: Path, tmp_path: Path):
    from apps import free_port

    served = []
    for folder in (instance, tmp_path):
        port = free_port()
        command = [sys.executable, "-m", "projects", "serve", "--port", str(port)]
        served.append(
            (
                port,
                subprocess.Popen(
                    command, cwd=ROOT, env=clean(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
                ),
            )
        )
    try:
        for port, _ in served:
            assert "登录" in fetch(f"http://127.0.0.1:{port}/sign-in")
    finally:
        for _, process in served:
            process.send_signal(signal.SIGINT)
    for port, process in served:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
        assert f"http://127.0.0.1:{port}" in output
        assert "Traceback" not in output


def fetch(url: str) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answered at {url}")
