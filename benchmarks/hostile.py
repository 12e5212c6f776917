"""Sends hostile files of tables to the application and measures what each takes; writes hostile.md here.

    python benchmarks/hostile.py                     all of it, about 25 minutes on two cores
    python benchmarks/hostile.py --only "zip" --times 0

Each file goes the way of any upload: POST /imports, in a process forked for it, which reads it by the bounded child;
then the preview's page and both its exports are asked for, and the preview is dropped. Linux only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from html import unescape
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "money" / "imports")]

from flask import Flask  # noqa: E402
from hostile_sheets import READ, REFUSED, Case, all_files, mutations  # noqa: E402
from sqlalchemy import insert  # noqa: E402

from benchmarks.inside import signed_in  # noqa: E402
from projects import create_app  # noqa: E402
from projects.commands.main import prepare  # noqa: E402
from projects.database import transaction  # noqa: E402
from projects.extensions import db  # noqa: E402
from projects.models import FundingDocument, FundingPeriod, ImportBatch, Place, Project, User  # noqa: E402
from projects.sheets.bounded import extract as bounded  # noqa: E402

CHILD_MB, CHILD_SECONDS, OWN_MB, OWN_SECONDS = 300.0, 5.0, 150.0, 2.0
PEOPLE = {"projects": "dispatcher"}  # who imports a kind; finance all others
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# runs the real child between a file and its reader, and tells what it took: a small process, whose own memory counts
# for nothing in the child's peak
TELL = """
import json, os, sys
told, command = sys.argv[1], sys.argv[2:]
child = os.posix_spawn(command[0], command, {})
_, status, used = os.wait4(child, 0)
with open(told, 'w') as file:
    json.dump([used.ru_maxrss * 1024, used.ru_utime + used.ru_stime], file)
code = os.waitstatus_to_exitcode(status)
os.kill(os.getpid(), -code) if code < 0 else os._exit(code)
"""


@dataclass
class Seen:
    """What one file took: answers by request, the child's peak and processor time, the serving process's growth and
    most processor time for one request, and what was said.
    """

    name: str
    size: int
    answers: list[int] = field(default_factory=list)
    child_mb: float = 0.0
    child_seconds: float = 0.0
    own_mb: float = 0.0
    own_seconds: float = 0.0
    slowest: str = ""
    rows: int = -1
    faults: int = 0
    said: str = ""
    problem: str = ""

    @property
    def is_read(self) -> bool:
        """Whether its rows could be posted."""
        return bool(self.answers) and self.answers[0] == 302 and not self.faults

    @property
    def line(self) -> str:
        """A row of the tables."""
        own = f"{self.own_mb:.0f} | {self.own_seconds:.2f} ({self.slowest})"
        said = self.said[:60].replace("|", "¦")
        name = self.name.replace("|", "¦")
        return f"| {name} | {self.child_mb:.0f} | {self.child_seconds:.2f} | {own} | {max(self.rows, 0)} | {said} |"

    def broken(self, case: Case) -> list[str]:
        """Which promises do not hold for it."""
        wrong = {
            "crash": bool(self.problem),
            "status": not self.answers or not set(self.answers) <= {200, 302, 422},
            "child memory": self.child_mb > CHILD_MB,
            "child time": self.child_seconds > CHILD_SECONDS + 0.5,  # its end is noticed a little later
            "memory": self.own_mb > OWN_MB,
            "time": self.own_seconds > OWN_SECONDS,
            "no sentence": not self.is_read and not CHINESE.search(self.said),
            "not read": case.answer == READ and (self.faults > 1 or case.rows not in {-1, self.rows}),
            "not refused": case.answer == REFUSED and self.is_read,
        }
        return [name for name, holds in wrong.items() if holds]


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


# --- one file ---------------------------------------------------------------------------------------------------------


def watched(app: Flask, case: Case, folder: Path) -> Seen:
    """Send a file by a process forked for it, and say what it took."""
    seen = Seen(case.name, 0)
    out, into = os.pipe()
    if not (child := os.fork()):
        os.close(out)
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
        try:
            _send(app, case, seen, folder)
        except BaseException:  # whatever happened is told by the parent
            seen.problem = traceback.format_exc()[-2000:]
        with os.fdopen(into, "w") as file:
            json.dump(asdict(seen), file)
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as file:
        told = file.read()
    _, status = os.waitpid(child, 0)
    return Seen(**json.loads(told)) if told else Seen(case.name, 0, problem=f"the process ended with {status}")


def _send(app: Flask, case: Case, seen: Seen, folder: Path) -> None:
    told, command = folder / f"told-{os.getpid()}", bounded.command
    bounded.command = lambda *given: [sys.executable, "-I", "-S", "-c", TELL, str(told), *command(*given)]  # type: ignore[assignment]
    content = case.make()
    seen.size = len(content)
    client = signed_in(app, PEOPLE.get(case.kind, "finance"))
    client.get("/imports")
    path = folder / f"sent-{os.getpid()}"
    path.write_bytes(content)
    del content
    with path.open("rb") as stream:
        form = {"kind": case.kind, "place": "", "unit": "", "file": (stream, "表.xlsx")}
        answer = _timed(seen, "POST", lambda: client.post("/imports", data=form, content_type="multipart/form-data"))
    path.unlink()
    if told.exists():
        memory, seconds = json.loads(told.read_text())
        seen.child_mb, seen.child_seconds = memory / 1e6, seconds
        told.unlink()
    if answer.status_code != 302:
        seen.said = _sentence(answer.text)
        return
    where = answer.headers["Location"].partition("?")[0]
    with app.app_context():
        batch = db.session.get_one(ImportBatch, int(where.rpartition("/")[2]))
        seen.rows, seen.faults = batch.counts["rows"], batch.counts["faults"]
    seen.said = _sentence(_timed(seen, "page", lambda: client.get(where)).text)
    _timed(seen, "csv", lambda: client.get(f"{where}.csv"))
    _timed(seen, "xlsx", lambda: client.get(f"{where}.xlsx"))
    client.post(f"{where}/drop")


def _timed(seen: Seen, name: str, ask: Callable[[], Any]) -> Any:
    """A request; what it took is kept where it is more than before."""
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _memory("VmRSS"), time.process_time()
    answer = ask()
    seconds, growth = time.process_time() - began, _memory("VmHWM") - before
    if seconds > seen.own_seconds:
        seen.own_seconds, seen.slowest = seconds, name
    seen.own_mb = max(seen.own_mb, growth)
    seen.answers.append(answer.status_code)
    return answer


def _memory(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _sentence(page: str) -> str:
    """What a page says is wrong with a file: its first sentence."""
    found = re.search(r'class="error"[^>]*>(.*?)</|✖</span>\s*(.*?)</td>', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>|\s+", " ", found[1] or found[2])).strip()[:200] if found else ""


def mutated(app: Flask, count: int, seed: int = 1) -> tuple[Counter[int], list[str]]:
    """Send damaged files; answers by status, and which of them are none."""
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    client = signed_in(app, "finance")
    for name, content in mutations(count, seed):
        form = {"kind": "receipts", "place": "", "unit": "", "file": (BytesIO(content), "a.csv")}
        answer = client.post("/imports", data=form, content_type="multipart/form-data")
        statuses[answer.status_code] += 1
        if answer.status_code not in {302, 422}:
            wrong.append(f"{name}: {answer.status_code}")
        elif answer.status_code == 302:
            where = answer.headers["Location"].partition("?")[0]
            pages = {ending: client.get(f"{where}{ending}").status_code for ending in ("", ".csv", ".xlsx")}
            wrong += (f"{name}: {ending} {status}" for ending, status in pages.items() if status != 200)
            client.post(f"{where}/drop")
    return statuses, wrong


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
