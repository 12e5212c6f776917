"""For how long the largest imports hold other writers up, step by step; fails where a step takes more than a second.

    python -m benchmarks.holding                       an installation of 2,000 projects, made for it
    python -m benchmarks.holding --keep FOLDER         one that `python -m benchmarks.scale --keep` made: a copy of it

Each kind is imported at its bound: as many rows as one import may add, each line with a document of its own, payments
of all projects. Processor time is told beside the time by the clock, which others on the machine make longer.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks.hostile import installation
from projects import create_app
from projects.core.acting import Acting
from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.holding import HELD, MOST, Held, held
from projects.models import Project, ProjectStatus
from projects.money.imports import operations, queries
from projects.money.imports.plan import MOST_NEW, MOST_PROJECTS

HEADS = {
    "projects": "project_code,project_name,project_unit",
    "allocations": "line_id,document_number,issued_on,project_name,source,amount_yuan",
    "receipts": "voucher,received_on,payer,payee,amount_yuan,memo",
    "payments": "voucher,paid_on,project_name,source,amount_yuan,payee",
}


def rows(kind: str, day: dt.date, names: list[str]) -> str:
    """A file of a kind at its bound."""
    of = {
        "projects": lambda n: f"2501-{430000 + n // 1000}-84-01-{100000 + n},撑满的项目{n},撑满的单位{n}",
        "allocations": lambda n: (
            f"BL{n},撑财建〔{day.year}〕{n}号,{day},{names[n % len(names)]},中央预算内投资,{n + 1}"
        ),
        "receipts": lambda n: f"BV{n},{day},市财政局,示例人民医院,{n + 1},拨款 撑财建〔{day.year}〕{n}号",
        "payments": lambda n: f"BP{n},{day},{names[n % len(names)]},中央预算内投资,1,某公司",
    }[kind]
    count = MOST_PROJECTS if kind == "projects" else MOST_NEW
    return "\n".join((HEADS[kind], *map(of, range(count))))


def step(app: Flask, name: str, work: Callable[[], object]) -> float:
    """Run one transaction; tells and returns for how long it held others up."""
    app.extensions[HELD], began = Held(), time.process_time()
    with transaction():
        work()
    seconds, used = held(app).longest, time.process_time() - began
    print(f"{name:<28} {seconds:6.2f} s   processor {used:5.2f} s{'  ✖' if used > MOST else ''}", flush=True)
    return used


def measured(app: Flask) -> list[float]:
    """Import, step by step, a file of each kind."""
    day = db.session.scalar(select(func.max(ProjectStatus.as_of))) or dt.date(2026, 11, 1)
    names = list(db.session.scalars(select(Project.name).where(Project.name.not_like("%,%"))))
    acting, found = Acting(SYSTEM, dt.datetime.now(dt.UTC), day), []
    db.session.rollback()
    for kind in HEADS:
        file = queries.opened(SYSTEM, kind, f"{kind}.csv", rows(kind, day, names).encode(), {})
        if file.plan.faults:
            raise SystemExit(f"{kind}: {file.plan.faults[0]}")
        made: list[int] = []
        found.append(step(app, f"{kind}: kept", lambda: made.append(operations.preview(acting, file).id)))  # noqa: B023
        ready = queries.ready(acting, made[0])
        number = 0
        while ready.step:
            number += 1
            posted: list[queries.Ready] = []
            work = lambda: posted.append(ready.after(operations.post(acting, ready)))  # noqa: B023, E731
            found.append(step(app, f"{kind}: step {number}, {len(ready.step)} rows", work))
            ready = posted[0]
    return found


def main() -> int:
    """Measure; 1 where a step took more than a second of processor time."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--keep", type=Path, help="the folder of an installation, which is copied")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.keep:
            folder = Path(shutil.copytree(given.keep, folder / "copy"))
            url = f"sqlite:///{folder / 'projects.sqlite'}"
            app = create_app(
                SECRET_KEY="a-copy-that-is-measured-and-thrown-away", INSTANCE_PATH=str(folder), DATABASE_URL=url
            )
        else:
            app = installation(folder)
        with app.app_context():
            found = measured(app)
    print(f"the longest: {max(found):.2f} s of processor time")
    return int(max(found) > MOST)


if __name__ == "__main__":
    sys.exit(main())
