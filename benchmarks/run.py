"""Measures the tracker on 500 projects of 15 dated rows and a year of reports, beside its bars; writes results.md and
results.json here.

    make bench                          all of it, about four minutes
    make bench ARGS="--quick"           fewer repeats
    make bench ARGS="--projects 2000"   another size (the bars are meant for 500)
    make bench ARGS="--against FOLDER"
        also side by side with Redmine: the folder of the peer scripts (docs/performance.md)

One machine, one run, medians; nothing here is a test, and no test is timed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import beside, inside  # noqa: E402
from benchmarks.loading import KEYS, Accounts, load  # noqa: E402
from benchmarks.measuring import WARM, Ask, Client, Figure, Server, WrongAnswerError, alone, crowd  # noqa: E402
from benchmarks.portfolio import STATUS_DATE, Case, portfolio  # noqa: E402
from benchmarks.quiet import Quiet  # noqa: E402
from projects import create_app  # noqa: E402
from projects.commands.main import prepare  # noqa: E402
from projects.config import make_key  # noqa: E402
from projects.core.month import add_months, month_of  # noqa: E402
from projects.database import dispose, sqlite_module  # noqa: E402

CLIENTS = 8
LEISURE = 240  # seconds in which disturbed measures are tried again


class Line(NamedTuple):
    """A measure with its bar: `value` must not be above `bar` (or below, where `least`)."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""
    least: bool = False

    @property
    def met(self) -> str:
        """Whether the bar is met."""
        if self.bar is None:
            return ""
        return "yes" if (self.value >= self.bar if self.least else self.value <= self.bar) else "**no**"


class Bench:
    """The pages to measure and what was measured."""

    def __init__(self, server: Server, clients: Sequence[Client], cases: Sequence[Case], *, quick: bool) -> None:
        self.server, (self.client, self.reviewer), self.cases, self.quick = server, clients, cases, quick
        self.quiet, self.n = Quiet(server.cpu, 0 if quick else LEISURE), 12 if quick else 40
        self.lines: list[Line] = []

    def page(
        self, name: str, ask: Ask | Iterator[Ask], bar: float | None = None, n: int | None = None
    ) -> Figure | None:
        """Measure one page with one client."""
        asks = itertools.repeat(ask) if isinstance(ask, Ask) else ask
        try:
            figure, server_ms, others = self.quiet.measured(lambda: alone(self.client, asks, n or self.n))
        except WrongAnswerError as problem:
            self.lines.append(Line(name, float("nan"), "ms", bar, f"not measured: {problem}"))
            return None
        sizes = f", {_size(figure.wire)} on the wire, {_size(figure.plain)} plain" if figure.plain else ""
        told = (
            f"p95 {figure.p95:.0f}, processor {server_ms / (figure.n + WARM):.0f}{sizes}, n={figure.n}, others "
            f"{others:.0f} %"
        )
        self.lines.append(Line(name, figure.ms, "ms", bar, told))
        return figure

    def crowd(
        self, name: str, ask: Ask | Iterator[Ask], bars: tuple[float | None, float | None] = (None, None)
    ) -> None:
        """Measure one page with eight clients."""
        asks = itertools.repeat(ask) if isinstance(ask, Ask) else ask
        try:
            figure, server_ms, others = self.quiet.measured(
                lambda: crowd(self.client, asks, CLIENTS, 3 if self.quick else 6)
            )
        except (WrongAnswerError, OSError) as problem:
            self.lines.append(Line(name, float("nan"), "ms", bars[0], f"not measured: {problem}"))
            return
        told = f"p95 {figure.p95:.0f}, processor {server_ms / figure.n:.0f}, n={figure.n}, others {others:.0f} %"
        self.lines.append(Line(name, figure.ms, "ms", bars[0], told))
        self.lines.append(Line(f"{name}: requests", figure.per_second, "/s", bars[1], least=True))

    def each(self, form: str, mark: bytes, times: int = 1) -> Iterator[Ask]:
        """One project after another."""
        return (Ask(form.format(case.code), mark, times) for case in itertools.cycle(self.cases))


def _size(count: float) -> str:
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.0f} KB"


def pages(bench: Bench, size: int, status_date: dt.date) -> None:
    """The pages and files that are read."""
    row = b'<tr class="project-row">'
    quarter = (status_date - dt.timedelta(days=92)).isoformat()
    for rows, bar in ((500, 80.0), (100, None), (25, 25.0)):
        if rows <= size:
            bench.page(f"portfolio list, {rows} rows", Ask(f"/projects?per_page={rows}", row, rows), bar)
    bench.page("portfolio, worst slip first, 100 rows", Ask("/projects?sort=-slip&per_page=100", row, min(size, 100)))
    bench.crowd(f"portfolio list, 25 rows, {CLIENTS} clients", Ask("/projects?per_page=25", row, 25), (60, 150))
    bench.crowd(f"portfolio list, 500 rows, {CLIENTS} clients", Ask("/projects?per_page=500", row, min(size, 500)))
    bench.page(
        f"portfolio as of {quarter}, worked out live, 25 rows", Ask(f"/projects?per_page=25&as_of={quarter}", row, 25)
    )
    bench.page(
        "search by name, 25 rows",
        (Ask(f"/projects?per_page=25&q={case.code}", row) for case in itertools.cycle(bench.cases)),
    )
    bench.page("all promises", Ask("/targets", b"<tr>", size), n=bench.n // 2)
    bench.page("first page (leader's dashboard)", Ask("/", b"<h1"))
    gantt = bench.page(
        f"portfolio Gantt, {size} x 15",
        Ask("/gantt?per_page=500", b"<li title=", 15 * size),
        300,
        n=max(8, bench.n // 2),
    )
    if gantt:
        bench.lines.append(
            Line("portfolio Gantt on the wire", gantt.wire / 1e6, "MB", 1.0, f"{_size(gantt.plain)} plain")
        )
    bench.page("portfolio Gantt as PDF", Ask("/gantt.pdf", b"%PDF"), 2000, n=5)
    bench.page("project page", bench.each("/projects/{}", b'id="stages"'), 20)
    bench.page("project Gantt page", bench.each("/projects/{}/gantt", b"<li title=", 15), 30)
    bench.page("project Gantt as PDF", bench.each("/projects/{}/gantt.pdf", b"%PDF"), 400, n=10)
    bench.page("project Gantt as PNG", bench.each("/projects/{}/gantt.png", b"PNG"), 400, n=10)
    bench.page("CSV of all rows of the Gantt", Ask("/gantt.csv", b"\n", 15 * size), 250, n=max(8, bench.n // 2))
    bench.page("CSV of the projects", Ask("/projects.csv", b"\n", size))
    bench.page("Excel of the projects", Ask("/projects.xlsx", b"PK"), n=max(8, bench.n // 2))
    bench.page("Excel of all rows of the Gantt", Ask("/gantt.xlsx", b"PK"), n=5)
    bench.page("funding", Ask("/funding", b"<h1"), n=bench.n // 2)
    bench.page("month's board of reports", Ask("/reports", b"<h1"))


def updates(bench: Bench, status_date: dt.date) -> None:
    """Progress stored: a new draft each time, handed in, approved (verdicts renewed)."""
    fresh = add_months(month_of(status_date), 0)

    def forms(action: str, months: Sequence[dt.date], version: str) -> Iterator[Ask]:
        for month in months:
            for case in bench.cases:
                typed = _entry(case, "0" if month < fresh else None)
                yield Ask(
                    f"/projects/{case.code}/reports/{month:%Y-%m}",
                    form=typed | {"action": action, "version": version},
                    status=302,
                )

    older = [add_months(fresh, -back) for back in range(14, 60)]
    bench.page("store one progress update (draft), durable", forms("save", older[:1], "0"), 30)
    bench.crowd(f"store one progress update, {CLIENTS} clients", forms("save", older[1:], "0"))
    bench.page("hand in a month's report, durable", forms("submit", [fresh], "0"))
    steps = (
        Ask(f"/projects/{case.code}/reports/{fresh:%Y-%m}/1/approve", form={"version": "1"}, status=302)
        for case in bench.cases
    )
    bench.client, mine = bench.reviewer, bench.client
    bench.page("approve a report, verdicts renewed, durable", steps)
    bench.client = mine


def _entry(case: Case, percent: str | None) -> dict[str, str]:
    """A month's form, filled: the percents as last told, or all the same."""
    stages = {
        f"percent_{KEYS.get(task.seq, f'task-{task.seq}')}": percent or str(task.percent)
        for task in case.tasks
        if not task.is_milestone
    }
    money = "0" if percent else f"{case.spent / 10_000 + 1:.2f}"
    return stages | {
        "investment": money,
        "narrative": "示例进展",
        "problems": "",
        "next_plan": "",
        "decrease_reason": "",
    }


def commands(bench: Bench, environment: dict[str, str], size: int) -> None:
    """The command that lists every verdict."""
    times = []
    for _ in range(3 if bench.quick else 5):
        began = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-m", "projects", "assess", "--json"],
            env={**os.environ, **environment},
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout
        times.append(1000 * (time.perf_counter() - began))
        assert told.count(b"\n") >= size
    bench.lines.append(Line("command `projects assess --json`, start included", statistics.median(times), "ms"))


def insides(bench: Bench, app: Any, accounts: Accounts, size: int, status_date: dt.date) -> dict[str, int]:
    """What is measured in this process; returns the statements of each page."""
    client = inside.signed_in(app, accounts.dispatcher)
    for name, ms in inside.verdicts(app, status_date, 5 if bench.quick else 9).items():
        bench.lines.append(Line(f"verdicts: {name}", ms, "ms"))
    for rows in (50, 500):
        if rows <= size:
            limit = inside.against_limit(app, client, f"/projects?per_page={rows}", rows, bench.n)
            told = (
                f"{limit.page_ms:.1f} ms to {limit.sql_ms:.1f} bare SQL + {limit.template_ms:.1f} ready template, "
                f"{_size(limit.size)}"
            )
            bench.lines.append(Line(f"portfolio page against its limit, {rows} rows", limit.ratio, "x", 2.5, told))
    code = bench.cases[0].code
    paths = [
        "/",
        "/projects?per_page=25",
        "/projects?per_page=500",
        "/targets",
        "/gantt?per_page=500",
        f"/projects/{code}",
        f"/projects/{code}/gantt",
        "/reports",
        "/funding",
    ]
    return inside.statements(app, client, paths)


def surroundings(size: int, origin: str, environment: dict[str, str]) -> dict[str, str]:
    """Date, versions, size of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    on_postgres = environment.get("DATABASE_URL", "").startswith("postgres")
    database = "PostgreSQL" if on_postgres else f"SQLite {sqlite_module().sqlite_version}"
    named = ", ".join(f"{name} {version(name)}" for name in ("Flask", "SQLAlchemy", "Jinja2", "gunicorn", "matplotlib"))
    return {
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "data": (
            f"{size} projects x 15 dated rows, a year of approved reports, one promise each ({origin}); the five "
            f"plans' own projects besides"
        ),
        "machine": (
            f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, load at the end "
            f"{os.getloadavg()[0]:.1f}"
        ),
        "software": (
            f"Python {platform.python_version()}, {database}, {named}; gunicorn with 2 workers x 2 threads, answers "
            f"compressed, form tokens on"
        ),
    }


def report(lines: Sequence[Line], about: dict[str, str], counted: dict[str, int]) -> str:
    """The results as a page."""
    text = ["# Results of `make bench`", "", *(f"- {name}: {value}" for name, value in about.items()), ""]
    text += [
        (
            "Medians as a client on the same machine sees them, compressed; `processor` is the server's own time per "
            "request, `others` what other programs took of"
        )
    ]
    text += ["the machine meanwhile: above some 15 % the waiting times are theirs, not the tracker's.", ""]
    text += ["| measure | ours | bar | met | |", "|---|---:|---:|---|---|"]
    for line in lines:
        bar = "" if line.bar is None else f"{'≥' if line.least else '≤'} {line.bar:g} {line.unit}"
        value = (
            "—"
            if line.value != line.value
            else f"{line.value:.{0 if line.value >= 100 else 1 if line.value >= 10 else 2}f} {line.unit}"
        )
        text.append(f"| {line.name} | {value} | {bar} | {line.met} | {line.note} |")
    text += [
        "",
        "Statements per page: " + ", ".join(f"`{path}` {number}" for path, number in counted.items()) + ".",
        "",
    ]
    return "\n".join(text)


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=500)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    parser.add_argument(
        "--database", default="", help="an empty PostgreSQL database's address; default: SQLite in a temporary folder"
    )
    parser.add_argument(
        "--against",
        type=Path,
        help="folder of the peer scripts, with Redmine running: compare instead of measuring against the bars",
    )
    parser.add_argument(
        "--peer-config",
        type=Path,
        help="the peer's list of targets (default: configs/redmine-pg<projects>.json in that folder)",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks")
    return parser.parse_args()


def main() -> None:
    """Build, serve, measure, write."""
    asked = arguments()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = {"INSTANCE_PATH": folder, "DATABASE_URL": asked.database}
        os.environ.update(environment)
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
        make_key(Path(folder))
        app = create_app(INSTANCE_PATH=folder)
        cases, origin = portfolio(asked.projects, STATUS_DATE)
        with app.app_context():
            prepare()
            accounts = load(cases, STATUS_DATE)
            dispose()
        print(f"{len(cases)} projects loaded in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        with Server(environment) as server:
            if asked.against:
                beside.compare(asked, server, accounts, cases)
                return
            clients = [Client(server.port) for _ in range(2)]
            for client, name in zip(clients, accounts[:2], strict=True):
                client.sign_in(name, accounts.password)
            bench = Bench(server, clients, cases, quick=asked.quick)
            pages(bench, len(cases), STATUS_DATE)
            updates(bench, STATUS_DATE)
            memory = server.memory()
            note = (
                f"{memory['processes']:.0f} processes, shared pages counted once; {memory['rss']:.0f} MB counting "
                f"them in each"
            )
            bench.lines.append(Line("memory of the web processes after the run", memory["pss"], "MB", 400, note))
        commands(bench, environment, len(cases))
        counted = insides(bench, app, accounts, len(cases), STATUS_DATE)
        about = surroundings(len(cases), origin, environment)
    text = report(bench.lines, about, counted)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "results.md").write_text(text, encoding="utf-8")
    kept = {"about": about, "lines": [line._asdict() for line in bench.lines], "statements": counted}
    (asked.out / "results.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(text)
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
