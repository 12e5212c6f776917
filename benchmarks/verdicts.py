"""How long verdicts take on a large portfolio: a rebuild of 10,000 projects with 36 months of reports each, one approval, one page of another day, other rules.

    python -m benchmarks.verdicts                     10,000 projects, in a folder of its own that is removed again; writes benchmarks/verdicts.md
    python -m benchmarks.verdicts --projects 1000     another size
    python -m benchmarks.verdicts --keep FOLDER       keep the database there, and use it again the next time

Reports come in at every month's end; projects began one to five years ago, each at a pace of its own. One machine, one run; nothing here is a test.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert, select  # noqa: E402

from projects import create_app  # noqa: E402
from projects.cli import prepare  # noqa: E402
from projects.config import make_key  # noqa: E402
from projects.core.month import add_months, month_end, month_of  # noqa: E402
from projects.core.permissions import SYSTEM, Actor  # noqa: E402
from projects.database import transaction  # noqa: E402
from projects.extensions import db  # noqa: E402
from projects.lights.queries import rules_on  # noqa: E402
from projects.lights.sets import DEFAULT, figures_of, rule_set, to_entry  # noqa: E402
from projects.models import (  # noqa: E402
    FundingComposition,
    LedgerEntry,
    Milestone,
    MonthlyReport,
    Programme,
    Project,
    ReportStep,
    StageProgress,
    Target,
    User,
    WorkStage,
)
from projects.reports import operations as reports  # noqa: E402
from projects.rules import operations as ruling  # noqa: E402
from projects.rules import queries as ruled  # noqa: E402
from projects.slippage.operations import rebuild, recompute  # noqa: E402
from projects.slippage.queries import computed  # noqa: E402

DAY = dt.date(2026, 10, 31)
NOW = dt.datetime(2026, 10, 31, 4, tzinfo=dt.UTC)
STAGES = {"preparation": 5, "foundation": 15, "structure": 30, "secondary": 8, "mep": 20, "fit_out": 14, "external": 5, "handover": 3}
MEASURES = ("complete", "structure_pct", "start", "in_use", "progress_pct")
MONTHS, GROUP = 36, 25
Row = dict[str, Any]


def stages_at(percent: float) -> dict[str, float]:
    """The stages of a project that is `percent` done, one after the other."""
    found, before = {}, 0.0
    for key, weight in STAGES.items():
        found[key] = round(100 * min(1.0, max(0.0, (percent - before) / weight)), 2)
        before += weight
    return found


def load(count: int) -> None:
    """`count` projects with plan, promise, money and 36 monthly reports each, in bulk."""
    draw = random.Random(count)  # the same portfolio every time
    place = db.session.execute(select(Project.place_code).limit(1)).scalar_one()
    with transaction():
        people = [User(username=f"bench-{role}", display_name="示例", role=role, password_hash="x", created_at=NOW) for role in ("manager", "dispatcher")]
        groups = [Programme(slug=f"bench-{number}", name=f"示例项目群{number}", place_code=place) for number in range(-(-count // GROUP))]
        db.session.add_all([*people, *groups])
        db.session.flush()
        promise = {"measure": "start", "quantifier": "count", "threshold": 12, "due": DAY, "commitment": "must", "basis": "tally", "wording": "示例"}
        db.session.add_all([Target(slug=f"{one.slug}-t", programme_id=one.id, **promise) for one in groups[::2]])
        db.session.flush()
        first = {model: (db.session.scalar(select(db.func.max(model.id))) or 0) + 1 for model in (Project, WorkStage, MonthlyReport)}
        for table, rows in _portfolio(count, draw, place, people[0].id, [one.id for one in groups], first):
            db.session.connection().execute(insert(table), rows)
        if db.engine.dialect.name == "postgresql":  # tell it which ids were given out; SQLite looks by itself
            for model in first:
                table = model.__tablename__
                db.session.execute(db.text(f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT max(id) FROM "{table}"))"""))


def _portfolio(count: int, draw: random.Random, place: str, author: int, groups: list[int], first: dict[Any, int]) -> Iterator[tuple[Any, list[Row]]]:
    """Rows by table, some hundred projects at a time."""
    numbers = iter(range(count))
    while batch := list(islice(numbers, 250)):
        tables: dict[Any, list[Row]] = {}
        for number in batch:
            for table, row in _project(number, draw, place, author, groups[number // GROUP], first):
                tables.setdefault(table, []).append(row)
        yield from tables.items()


def _project(number: int, draw: random.Random, place: str, author: int, group: int, first: dict[Any, int]) -> Iterator[tuple[Any, Row]]:
    project_id, stage_id, report_id = first[Project] + number, first[WorkStage] + number * len(STAGES), first[MonthlyReport] + number * MONTHS
    start, length, pace = DAY - dt.timedelta(days=draw.randint(1150, 1800)), draw.randint(900, 2400), draw.uniform(0.55, 1.15)
    row = {"slug": f"v{number:05d}", "name": f"示例项目{number:05d}", "category": "hospital", "note": "", "is_sample": False, "version": 1}
    yield Project, {"id": project_id, "place_code": place, "programme_id": group, **row}
    for position, (key, weight) in enumerate(STAGES.items()):
        own = {"key": key, "name": key, "position": position, "weight": weight, "basis": "judgement", "is_sample": False}
        yield WorkStage, {"id": stage_id + position, "project_id": project_id, **own}
    for position, share in enumerate((0, 25, 50, 75, 100)):
        day = start + dt.timedelta(days=length * share // 100)
        own = {"percent": share, "plan_on": day, "baseline_on": day, "source": "", "is_sample": False}
        yield Milestone, {"project_id": project_id, "name": f"{share}%", "position": position, **own}
    measure = MEASURES[number % len(MEASURES)]
    amount = 5000 if measure.endswith("_pct") else None
    own = {"measure": measure, "quantifier": "project", "threshold": amount, "due": start + dt.timedelta(days=length), "commitment": "must", "basis": "stated"}
    yield Target, {"slug": f"v{number:05d}-t", "project_id": project_id, "wording": "示例", "note": "", "position": 0, **own}
    given = {"project_id": project_id, "source": "cbi", "estimate_kind": "approved_estimate", "amount_fen": 10**10, "document_number": "", "is_sample": False}
    yield FundingComposition, given
    for back in range(MONTHS, 0, -1):
        month = add_months(month_of(DAY), -back)
        on = month_end(month)
        percent = min(100.0, max(0.0, 100 * pace * (on - start).days / length + draw.uniform(-1, 1)))
        yield MonthlyReport, _report(report_id, project_id, month, on, percent, author)
        for position, done in enumerate(stages_at(percent).values()):
            yield StageProgress, {"report_id": report_id, "stage_id": stage_id + position, "percent": done}
        if back % 6 == 0:
            paid = {"amount_fen": round(percent * 10**7), "entry_on": on, "document_number": "", "memo": "", "recorded_at": NOW, "is_sample": False}
            yield LedgerEntry, {"project_id": project_id, "source": "cbi", "step": "paid", **paid}
        report_id += 1


def _report(report_id: int, project_id: int, month: dt.date, on: dt.date, percent: float, author: int) -> Row:
    texts = dict.fromkeys(("narrative", "problems", "next_plan", "decrease_reason", "correction_reason", "statistics_reason"), "")
    row = {"revision": 1, "state": "approved", "round": 1, "overall_percent": percent, "investment_fen": round(percent * 10**7), "is_sample": False}
    row |= {"author_id": author, "data_on": on, "approved_on": on + dt.timedelta(days=5), "updated_at": NOW, "version": 1, "in_statistics": True}
    return {"id": report_id, "project_id": project_id, "month": month, **row, **texts}


class Took(NamedTuple):
    """Seconds by the clock, and of the processor: on a busy machine the first says little."""

    clock: float
    processor: float

    def ms(self) -> Took:
        """The same in milliseconds."""
        return Took(1000 * self.clock, 1000 * self.processor)


def took(work: Callable[[], Any]) -> Took:
    """How long `work` took."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - began, time.process_time() - used)


def median(found: Sequence[Took]) -> Took:
    """The medians of several."""
    return Took(statistics.median(one.clock for one in found), statistics.median(one.processor for one in found))


def in_transaction(work: Callable[[], Any]) -> Callable[[], None]:
    """`work` as one durable transaction."""

    def run() -> None:
        with transaction():
            work()
        db.session.remove()

    return run


def approvals(count: int, *, promised: bool) -> list[Took]:
    """The step that a reviewer waits for: approve a submitted report, with the verdicts it renews, durable.

    Of projects whose programme has a promise of its own (a count), which is renewed with them, or of others.
    """
    manager, dispatcher = (db.session.scalars(select(User).where(User.username == f"bench-{role}")).one() for role in ("manager", "dispatcher"))
    actor, author, month = Actor(dispatcher.id, "示例", "dispatcher"), manager.id, month_of(DAY)
    waiting = []
    with transaction():
        done = set(db.session.scalars(select(MonthlyReport.project_id).where(MonthlyReport.month == month)))
        kept = Project.programme_id.in_(select(Target.programme_id).where(Target.programme_id.is_not(None)))
        wanted = select(Project).where(Project.slug.like("v%"), kept if promised else ~kept).order_by(Project.id.desc())
        for project in [one for one in db.session.scalars(wanted) if one.id not in done][:count]:
            stages = db.session.scalars(select(WorkStage).where(WorkStage.project_id == project.id)).all()
            values = {"state": "submitted", "overall_percent": 90, "author_id": author, "data_on": DAY, "updated_at": NOW, "investment_fen": 10**12}
            report = MonthlyReport(project_id=project.id, month=month, decrease_reason="示例", **values)
            db.session.add(report)
            db.session.flush()
            db.session.add_all([StageProgress(report_id=report.id, stage_id=stage.id, percent=100) for stage in stages])
            db.session.add(ReportStep(report_id=report.id, round=1, action="submitted", actor_id=author, at=NOW))
            db.session.flush()
            waiting.append((report.id, report.version))
    db.session.remove()
    return [took(in_transaction(partial(reports.approve, actor, NOW, DAY, *which))) for which in waiting]


def other_rules() -> dict[str, Took]:
    """What a change of rules for all takes: its preview, its adoption, and each of the steps that renew the verdicts."""
    current = rules_on(DAY).sets[DEFAULT]
    number = int(current.name.rpartition("-")[2])
    figures = figures_of(current) | {"progress_red": 12.0 + number, "behind_days": 10 + number}
    found = {"preview other rules for all, s": took(lambda: ruled.shifts(SYSTEM, rules_on(DAY).with_set(DEFAULT, rule_set(DEFAULT, 0, figures)), DAY))}
    db.session.remove()
    entry = to_entry(figures) | {"reason": "示例"}
    found["adopt them, ms"] = took(in_transaction(lambda: ruling.adopt(SYSTEM, NOW, DAY, DEFAULT, number, entry))).ms()
    steps = []
    while ruled.still_outstanding(SYSTEM, DAY).lines:
        db.session.remove()
        steps.append(took(in_transaction(lambda: ruling.renew_step(SYSTEM, NOW, DAY))))
    if steps:
        found[f"one of {len(steps)} steps of the renewal, median, ms"] = median(steps).ms()
        found["the longest of them, ms"] = Took(max(one.clock for one in steps), max(one.processor for one in steps)).ms()
    return found


def measure() -> dict[str, Took]:
    """All figures, in seconds or milliseconds as their names say."""
    found = {"work out all, s": took(lambda: computed(None, DAY))}
    db.session.remove()
    found["rebuild all, s"] = took(in_transaction(lambda: rebuild(SYSTEM, NOW, DAY)))
    some = db.session.scalars(select(Project.id).where(Project.slug.like("v%")).order_by(Project.id).limit(30)).all()
    db.session.remove()
    found["renew one, ms"] = median([took(in_transaction(partial(recompute, [key], DAY))) for key in some]).ms()
    found["approve one, ms"] = median(approvals(30, promised=False)).ms()
    found[f"approve one in a programme of {GROUP} with a promise of its own, ms"] = median(approvals(30, promised=True)).ms()
    return found | other_rules()


BARS = {"rebuild all, s": 60.0, "approve one, ms": 50.0}


def told(found: dict[str, Took], count: int) -> str:
    """The figures as a page."""
    where = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {db.engine.dialect.name}"
    rows = [f"| {name} | {one.clock:.1f} | {one.processor:.1f} | {f'≤ {BARS[name]:g}' if name in BARS else ''} |" for name, one in found.items()]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    head = f"{count} projects × {MONTHS} monthly reports × {len(STAGES)} stages, as of {DAY}; measured {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC on {where}."
    table = ["| measure | by the clock | processor | bar |", "|---|---|---|---|", *rows]
    lines = [
        "# Verdicts on a large portfolio",
        "",
        "`python -m benchmarks.verdicts`",
        "",
        head,
        "",
        *table,
        "",
        f"Memory of the whole run: {memory:.0f} MB.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Load, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "verdicts.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        instance = chosen.keep or Path(folder)
        instance.mkdir(parents=True, exist_ok=True)
        fresh = not (instance / "projects.sqlite").exists()
        make_key(instance)
        app = create_app(INSTANCE_PATH=str(instance))
        with app.app_context():
            if fresh:
                prepare()
                sys.stderr.write(f"loaded in {took(lambda: load(chosen.projects)).clock:.0f} s\n")
            page = told(measure(), chosen.projects)
            db.session.remove()
            db.engine.dispose()
    sys.stdout.write(page)
    chosen.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
