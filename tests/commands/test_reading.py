"""`projects read-plan` says what a plan promises, without a database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAN = "2021年工作要点\n1.确保市松鹤医院年底前启用，完成12家乡镇卫生院改造。\n2.启动市望湖医院薪酬分配工作。\n"


def told(*arguments: str, data: bytes = PLAN.encode()) -> subprocess.CompletedProcess[bytes]:
    """The command with `data` on stdin, where there is no database."""
    return subprocess.run(
        [sys.executable, "-m", "projects", "read-plan", *arguments],
        input=data,
        capture_output=True,
        cwd=ROOT,
        env={"DATABASE_URL": "sqlite:////nowhere/at/all.db", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def test_a_list_in_json_with_groups_only_where_asked_for():
    answer = told("-", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout) == [
        {
            "project": "市松鹤医院",
            "target": "in_use",
            "threshold": None,
            "due": "2021-12-31",
            "commitment": "must",
            "quote": "确保市松鹤医院年底前启用",
            "locator": "1",
        }
    ]
    both = json.loads(told("-", "--json", "--groups").stdout)
    assert [one.get("quantifier") for one in both] == [None, "count"]
    assert both[1]["threshold"] == 12


def test_a_year_that_is_given_counts():
    assert json.loads(told("-", "--json", "--year", "2022").stdout)[0]["due"] == "2022-12-31"


def test_a_table_for_people_and_what_was_not_read():
    answer = told("-")
    assert answer.returncode == 0
    assert "市松鹤医院" in answer.stdout.decode()
    assert "启动市望湖医院薪酬分配工作" in answer.stderr.decode()


def test_a_file_and_what_is_no_document(tmp_path: Path):
    file = tmp_path / "plan.txt"
    file.write_text(PLAN, encoding="gb18030")
    assert json.loads(told(str(file), "--json").stdout)[0]["project"] == "市松鹤医院"
    broken = told("-", data=b"%PDF-1.4")
    assert broken.returncode == 1
    assert b"Error" in broken.stderr
    assert told(str(tmp_path / "none.txt")).returncode == 2
