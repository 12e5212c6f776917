"""Sends one hostile file to the application, in a process of its own, and measures what it takes (hostile.py)."""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from hostile_sheets import READ, REFUSED, Case, mutations

from benchmarks.inside import signed_in
from projects.extensions import db
from projects.models import ImportBatch
from projects.sheets.bounded import extract as bounded
from projects.web.background import WORKER

CHILD_MB, CHILD_SECONDS, OWN_MB, OWN_SECONDS = 300.0, 5.0, 150.0, 2.0
PEOPLE = {"projects": "dispatcher"}  # who imports a kind; finance all others
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
    if answer.status_code == 302:  # what took longer than a second waits: read here, not in the background
        with app.app_context():
            app.extensions[WORKER].work()
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
