"""Sends hostile files of tables to the application and measures what each takes; writes hostile.md here.

    python benchmarks/hostile.py                     all of it, about 25 minutes on two cores
    python benchmarks/hostile.py --only "zip" --times 0

Each file goes the way of any upload: POST /imports, in a process forked for it, which reads it by the bounded child;
then the preview's page and both its exports are asked for, and the preview is dropped. Linux only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "money" / "imports")]

from flask import Flask  # noqa: E402
from hostile_sheets import READ, Case, all_files  # noqa: E402
from sqlalchemy import insert  # noqa: E402

from benchmarks.sending import CHILD_MB, CHILD_SECONDS, OWN_MB, OWN_SECONDS, Seen, mutated, watched  # noqa: E402
from projects import create_app  # noqa: E402
from projects.commands.main import prepare  # noqa: E402
from projects.database import transaction  # noqa: E402
from projects.extensions import db  # noqa: E402
from projects.models import FundingDocument, FundingPeriod, Place, Project, User  # noqa: E402

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def installation(folder: Path, *, places: int = 3000, projects: int = 2000, documents: int = 5000) -> Flask:
    """An application with much to compare rows with."""
    app = create_app(
        SECRET_KEY="hostile-files-are-sent-to-this-installation-only",
        INSTANCE_PATH=str(folder),
        DATABASE_URL=f"sqlite:///{folder / 'hostile.sqlite'}",
        WTF_CSRF_ENABLED=False,
    )
    with app.app_context():
        prepare()
        furnish(places, projects, documents)
        db.session.remove()
        db.engine.dispose()
    return app


def furnish(places: int, projects: int, documents: int) -> None:
    """Fill an empty installation: people, places, projects of two names a row may use, documents, closed months."""
    codes = [
        f"{province}{city:02}{county:02}"
        for province in range(91, 97)  # which no real place has
        for city in range(1, 26)
        for county in range(1, 21)
    ]
    months = [dt.date(year, month, 1) for year in range(2010, 2020) for month in range(1, 13)]
    with transaction():
        for name in ("finance", "dispatcher"):
            db.session.add(
                User(
                    username=name,
                    role=name,
                    display_name=name,
                    password_hash="!",
                    created_at=NOW,
                    locale="zh",
                    all_places=True,
                )
            )
        db.session.flush()
        _add(
            Place,
            (
                {"code": code, "name": f"示例第{place}县", "parent_code": None}
                for place, code in enumerate(codes[:places])
            ),
        )
        rows = (
            {"slug": f"h-{place}", "name": f"示例项目{place}", "place_code": codes[place % places]}
            for place in range(projects)
        )
        _add(Project, rows)
        _add(
            FundingDocument,
            (
                {
                    "kind": "quota",
                    "number": one,
                    "number_normal": one,
                    "issued_on": months[0],
                    "recorded_at": NOW,
                    "version": 1,
                }
                for one in (f"示例财建〔2024〕{place * 7 + 3}号" for place in range(documents))
            ),
        )
        _add(
            FundingPeriod,
            (
                {"month": month, "place_code": code, "figures": {}, "locked_at": NOW}
                for month in months
                for code in codes[: max(places // 30, 1)]
            ),
        )


def _add(table: type, rows: Iterable[dict[str, Any]]) -> None:
    db.session.execute(
        insert(table), [row | {"is_sample": False} if hasattr(table, "is_sample") else row for row in rows]
    )


# --- all of them ------------------------------------------------------------------------------------------------------


def measured(app: Flask, cases: Sequence[Case], folder: Path) -> Iterator[tuple[Case, Seen]]:
    """Each file with what it took; a file that seems to take too long is sent once more, as others use the machine."""
    for case in cases:
        seen = watched(app, case, folder)
        if {"time", "not read"} & set(seen.broken(case)):
            seen = min(seen, watched(app, case, folder), key=lambda one: (len(one.broken(case)), one.own_seconds))
        yield case, seen


def report(found: Sequence[tuple[Case, Seen]], statuses: Counter[int], wrong: Sequence[str]) -> str:
    """The verdict, and the worst."""
    faults = [(case, seen, seen.broken(case)) for case, seen in found]
    broken = [one for one in faults if one[2]]
    read = sum(seen.is_read for _, seen in found)
    must = [(case, seen) for case, seen in found if case.answer == READ]
    rows = [
        ("memory of the child, MB", CHILD_MB, max(seen.child_mb for _, seen in found)),
        ("processor time of the child, s", CHILD_SECONDS, max(seen.child_seconds for _, seen in found)),
        ("growth of the serving process, MB", OWN_MB, max(seen.own_mb for _, seen in found)),
        (
            "processor time of the serving process for a request, s",
            OWN_SECONDS,
            max(seen.own_seconds for _, seen in found),
        ),
    ]
    verdict = (
        f"**{len(found)} files, {len(found) - len(broken)} within all bounds.** {read} were read, "
        f"{len(found) - read} refused with a sentence or by their cells; "
        f"{sum(not seen.broken(case) for case, seen in must)} of the {len(must)} that must be read were read right."
    )
    lines = [
        "# Hostile files",
        "",
        "What `python benchmarks/hostile.py` found: tables sent to the application as uploads, each read by the",
        "bounded child (IM-6 of [the rules of imports](../docs/rules/imports.md)), shown, and exported.",
        "",
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores.",
        "",
        verdict,
        "",
        "| | bound | worst |",
        "|---|--:|--:|",
        *(f"| {name} | {bound:g} | {worst:.2f} |" for name, bound, worst in rows),
        "",
    ]
    if statuses:
        told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
        lines += [
            f"**{sum(statuses.values())} damaged files:** {told}; {len(wrong)} answers that are none.",
            "",
            *(f"- {one}" for one in wrong),
        ]
    lines += (
        ["", "## Not within the bounds", "", *(f"- {case.name}: {', '.join(why)}" for case, _, why in broken)]
        if broken
        else []
    )
    for title, key in (
        ("memory of the child", lambda one: one.child_mb),
        ("time of the child", lambda one: one.child_seconds),
        ("memory of the serving process", lambda one: one.own_mb),
        ("time of the serving process", lambda one: one.own_seconds),
    ):
        lines += [
            "",
            f"## Most {title}",
            "",
            "| file | child, MB | child, s | own, MB | own, s | rows | says |",
            "|---|--:|--:|--:|--:|--:|---|",
        ]
        lines += (one.line for _, one in sorted(found, key=lambda one: -key(one[1]))[:10])
    return "\n".join(lines) + "\n"


def asked_for(only: str) -> list[Case]:
    """The files whose names match."""
    return [one for one in all_files() if re.search(only, one.name)]


def shard(only: str, jobs: int, at: int, mutants: int) -> dict[str, Any]:
    """Some of the files sent to an installation of their own: what each took, answers to damaged files."""
    with tempfile.TemporaryDirectory() as name:
        app = installation(Path(name))
        found = []
        for case, seen in measured(app, asked_for(only)[at::jobs], Path(name)):
            print(told(case, seen), flush=True)
            found.append(asdict(seen))
        statuses, wrong = mutated(app, mutants, at + 1)
        return {"found": found, "statuses": statuses, "wrong": wrong}


def told(case: Case, seen: Seen) -> str:
    """A line for those who watch."""
    return (
        f"{seen.child_mb:6.0f} MB {seen.child_seconds:5.2f} s  own {seen.own_mb:4.0f} MB {seen.own_seconds:5.2f} s "
        f"{seen.slowest:4} {seen.answers} {seen.rows:6} {seen.faults:6} {seen.name}: {seen.said[:60]} "
        f"{'✖ ' if seen.broken(case) else ''}{', '.join(seen.broken(case))}{seen.problem}"
    )


def main() -> int:
    """Measure and write."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", default="", help="files whose name matches")
    asked.add_argument("--times", type=int, default=2000, help="damaged files")
    asked.add_argument("--jobs", type=int, default=2, help="how many at a time")
    asked.add_argument("--untimed", action="store_true", help="no verdict on the time of the serving process")
    asked.add_argument("--into", default=str(ROOT / "benchmarks" / "hostile.md"))
    given = asked.parse_args()
    cases = asked_for(given.only)
    parts = [(given.only, given.jobs, at, given.times // given.jobs) for at in range(given.jobs)]
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        shards = list(pool.map(shard, *zip(*parts, strict=True)))
    by_name = {seen["name"]: Seen(**seen) for one in shards for seen in one["found"]}
    found = [(case, by_name[case.name]) for case in cases]
    statuses = sum((one["statuses"] for one in shards), Counter[int]())
    wrong = [line for one in shards for line in one["wrong"]]
    if given.untimed:
        found = [(case, replace(seen, own_seconds=0.0)) for case, seen in found]
    said = report(found, statuses, wrong)
    Path(given.into).write_text(said, encoding="utf-8")
    print(said)
    return int(any(seen.broken(case) for case, seen in found) or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
