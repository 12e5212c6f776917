"""The portfolio that speed is measured on: so many projects, each of 12 dated tasks and 3 milestones, the same on every
machine.

Where a generator of such a portfolio stands beside the repository (`../shared/tools/peer/gen_portfolio.py`, or below
the folder that SHARED names), its rows are taken, so that another application loaded from the same files holds the same
rows; otherwise this module draws rows of the same shape.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
STATUS_DATE = dt.date(2026, 11, 15)
SEED = 68_2026
OWNERS = 20
MONTHS = 12

# Name, first and last day as shares of the project's length; a milestone has one day.
COURSE = (
    ("立项与可行性研究", 0.00, 0.07),
    ("勘察", 0.05, 0.11),
    ("方案设计", 0.09, 0.17),
    ("资金落实", 0.17, 0.17),
    ("初步设计与施工图", 0.17, 0.31),
    ("规划许可", 0.19, 0.31),
    ("土地取得", 0.21, 0.35),
    ("招标与合同", 0.30, 0.39),
    ("开工", 0.39, 0.39),
    ("场地与管线", 0.39, 0.50),
    ("基础", 0.47, 0.61),
    ("主体结构", 0.57, 0.79),
    ("机电与装修", 0.71, 0.92),
    ("调试", 0.90, 0.99),
    ("完工", 1.00, 1.00),
)
PROGRAMMES = ("综合医院", "中医医院", "疾控中心", "妇幼保健", "基层卫生", "院前急救")
WORKS = ("新建", "扩建", "迁建", "改造", "二期", "加固")


class Task(NamedTuple):
    """A dated task or milestone as planned at first, as planned now, and how far it is."""

    code: str
    seq: int
    name: str
    kind: str
    baseline_start: dt.date
    baseline_due: dt.date
    start: dt.date
    due: dt.date
    percent: int
    owner: int

    @property
    def is_milestone(self) -> bool:
        """Whether it is one day."""
        return self.kind == "milestone"


class Case(NamedTuple):
    """A project: money in yuan, its tasks in order."""

    code: str
    name: str
    programme: str
    budget: float
    spent: float
    baseline_finish: dt.date
    finish: dt.date
    owner: int
    tasks: tuple[Task, ...]


def portfolio(count: int, status_date: dt.date = STATUS_DATE) -> tuple[list[Case], str]:
    """So many projects as of a day, and where their rows come from."""
    generator = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "tools" / "peer" / "gen_portfolio.py"
    if not generator.exists():
        return list(drawn(count, status_date)), "own generator"
    with tempfile.TemporaryDirectory() as folder:
        day = status_date.isoformat()
        subprocess.run(
            [sys.executable, str(generator), "--projects", str(count), "--status-date", day, "--out", folder],
            check=True,
            capture_output=True,
        )
        return list(read(Path(folder))), "the peer scripts' generator"


def read(folder: Path) -> Iterator[Case]:
    """The projects of projects.csv with the tasks of tasks.csv."""
    tasks: dict[str, list[Task]] = {}
    for row in _records(folder / "tasks.csv"):
        a, b, c, d = (dt.date.fromisoformat(row[name]) for name in ("baseline_start", "baseline_due", "start", "due"))
        task = Task(
            row["code"], int(row["seq"]), row["name"], row["kind"], a, b, c, d, int(row["percent"]), int(row["owner"])
        )
        tasks.setdefault(task.code, []).append(task)
    for row in _records(folder / "projects.csv"):
        own = tuple(tasks[row["code"]])
        ends = dt.date.fromisoformat(row["baseline_finish"]), dt.date.fromisoformat(row["forecast_finish"])
        yield Case(
            row["code"],
            row["name"],
            row["programme"],
            float(row["budget"]),
            float(row["spent"]),
            *ends,
            int(row["owner"]),
            own,
        )


def _records(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def drawn(count: int, status_date: dt.date) -> Iterator[Case]:
    """Projects drawn by chance from a fixed seed: begun from two years before the day to half a year after it, one to
    three years long, mostly late.
    """
    chance = random.Random(SEED)
    for number in range(1, count + 1):
        code, owner = f"cp-{number:04d}", (number - 1) % OWNERS + 1
        begin = status_date + dt.timedelta(days=chance.randint(-720, 180))
        length, late = chance.randint(540, 1200), max(-0.03, chance.gauss(0.08, 0.1))
        tasks = tuple(
            _task(chance, (code, seq, name, owner), (begin, length, late), (first, last), status_date)
            for seq, (name, first, last) in enumerate(COURSE, 1)
        )
        budget = float(round(10 ** chance.uniform(5.7, 8.3), -3))
        done = sum(task.percent * _days(task) for task in tasks) / sum(_days(task) for task in tasks) / 100
        name = f"第{number}{PROGRAMMES[number % len(PROGRAMMES)]}{chance.choice(WORKS)}项目"
        ends = max(task.baseline_due for task in tasks), max(task.due for task in tasks)
        spent = round(budget * done * chance.uniform(0.85, 1.25), 2)
        yield Case(code, name, PROGRAMMES[number % len(PROGRAMMES)], budget, spent, *ends, owner, tasks)


def _days(task: Task) -> int:
    return max(1, (task.due - task.start).days)


def _task(
    chance: random.Random,
    own: tuple[str, int, str, int],
    course: tuple[dt.date, int, float],
    shares: tuple[float, float],
    status_date: dt.date,
) -> Task:
    (code, seq, name, owner), (begin, length, late), (first, last) = own, course, shares
    from_day, to_day = (begin + dt.timedelta(days=round(length * share)) for share in (first, last))
    shift = round(length * late * first * chance.uniform(0.7, 1.3))
    start = from_day + dt.timedelta(days=shift)
    if first == last:
        return Task(
            code, seq, name, "milestone", from_day, from_day, start, start, 100 if start < status_date else 0, owner
        )
    due = max(start, to_day + dt.timedelta(days=max(shift, round(length * late * last * chance.uniform(0.7, 1.3)))))
    share = (status_date - start).days / max(1, (due - start).days)
    percent = (
        (100 if chance.random() < 0.93 else 90) if due < status_date else 0 if share <= 0 else 10 * round(9 * share)
    )
    return Task(code, seq, name, "task", from_day, to_day, start, due, percent, owner)
