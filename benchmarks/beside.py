"""Side by side with another application: writes our list of targets for the peer scripts' measure.py, and runs it with
theirs, in turns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.loading import KEYS, Accounts
from benchmarks.measuring import Server
from benchmarks.portfolio import STATUS_DATE, Case
from projects.core.month import add_months, month_of


def compare(asked: argparse.Namespace, server: Server, accounts: Accounts, cases: Sequence[Case]) -> None:
    """Measure ours and theirs in turns; the result goes to beside.json in the output folder, its table to the
    terminal.
    """
    folder: Path = asked.against
    theirs = asked.peer_config or folder / "configs" / f"redmine-pg{len(cases)}.json"
    ours = Path(server.environment["INSTANCE_PATH"]) / "ours.json"
    ours.write_text(json.dumps(targets(server, accounts, cases)), encoding="utf-8")
    asked.out.mkdir(parents=True, exist_ok=True)
    out = asked.out / "beside.json"
    command = [
        sys.executable,
        str(folder / "measure.py"),
        "-c",
        str(ours),
        "-c",
        str(theirs),
        "--rounds",
        str(asked.rounds),
        "--out",
        str(out),
    ]
    only = [target["name"] for target in json.loads(ours.read_text())["targets"]]
    subprocess.run([*command, "--only", ",".join(only)], check=True, timeout=3000)


def targets(server: Server, accounts: Accounts, cases: Sequence[Case]) -> dict[str, Any]:
    """Our pages under the names that the peer's list uses."""
    count, row = len(cases), '<tr class="project-row">'
    code = {"code": {"list": [case.code for case in cases]}}
    slow: dict[str, Any] = {"n": 10, "warmup": 1, "budget_s": 60, "load_s": 20}
    pages: list[dict[str, Any]] = [
        {"name": f"portfolio_list_{rows}", "path": f"/projects?per_page={rows}", "expect": {"min_count": [row, rows]}}
        for rows in (25, 100, 500)
        if rows <= count
    ]
    pages += [
        {
            "name": "portfolio_worst_slip",
            "path": "/projects?sort=-slip&per_page=100",
            "expect": {"min_count": [row, min(count, 100)]},
        },
        {"name": "project_page", "path": "/projects/{code}", "vars": code, "expect": {"contains": 'id="stages"'}},
        {
            "name": "project_gantt",
            "path": "/projects/{code}/gantt",
            "vars": code,
            "expect": {"min_count": ["<li title=", 15]},
        },
        {
            "name": "project_gantt_pdf",
            "path": "/projects/{code}/gantt.pdf",
            "vars": code,
            "n": 20,
            "expect": {"starts": "%PDF"},
        },
        {
            "name": "project_gantt_png",
            "path": "/projects/{code}/gantt.png",
            "vars": code,
            "n": 20,
            "expect": {"contains": "PNG"},
        },
        {
            "name": "update_progress",
            "method": "POST",
            "path": "{url}",
            "n": 100,
            "vars": {"url": {"list": _drafts(cases)}},
            "form": _draft(cases[0]),
        }
        | {"expect": {"status": 302}},
        {"name": "export_tasks_csv", "path": "/gantt.csv", "expect": {"min_count": ["\n", count * 15]}, **slow},
        {
            "name": "export_projects_csv",
            "path": "/projects.csv",
            "n": 20,
            "expect": {"min_count": ["cp-" if "cp-" in cases[0].name else "\n", count]},
        },
        {
            "name": "portfolio_gantt",
            "path": f"/gantt?per_page={count}",
            "expect": {"min_count": ["<li title=", count * 15]},
            **slow,
        },
        {  # a line for each project; its peers draw one for each of the 15 rows, too: docs/performance.md
            "name": "portfolio_gantt_pdf",
            "path": "/gantt.pdf",
            "expect": {"starts": "%PDF"},
            **slow | {"n": 4, "budget_s": 120, "load": False},
        },
    ]
    signed = {"username": accounts.dispatcher, "password": accounts.password}
    return {
        "app": f"ours-{count}",
        "notes": f"the tracker, {count} projects x 15 rows, 2 workers x 2 threads",
        "base_url": f"http://127.0.0.1:{server.port}",
        "process_groups": {"web": [f"pid:{server.pid}"]},
        "login": {
            "page": "/sign-in",
            "fields": signed,
            "verify": {"path": "/projects", "contains": 'name="csrf_token"'},
        },
        "csrf": {"page": "/projects", "field": "csrf_token"},
        "defaults": {"n": 60, "warmup": 5, "budget_s": 25, "load_s": 10, "concurrency": 8},
        "targets": pages,
    }


def _drafts(cases: Sequence[Case]) -> list[str]:
    """Addresses of months that nobody has reported yet: each is stored once."""
    first = month_of(STATUS_DATE)
    months = [add_months(first, -back) for back in range(14, 134)]
    return [f"/projects/{case.code}/reports/{month:%Y-%m}" for month in months for case in cases]


def _draft(case: Case) -> dict[str, str]:
    percents = {
        f"percent_{KEYS.get(task.seq, f'task-{task.seq}')}": "0" for task in case.tasks if not task.is_milestone
    }
    return percents | {
        "action": "save",
        "version": "0",
        "investment": "0",
        "narrative": "示例进展",
        "problems": "",
        "next_plan": "",
        "decrease_reason": "",
    }
