"""How long verdicts take on a large portfolio: a rebuild of 10,000 projects with 36 months of reports each, one
approval, one page of another day, other rules; and how long somebody else waits meanwhile who saves something
(benchmarks/waiting.py).

    python -m benchmarks.verdicts
        10,000 projects, in a folder of its own that is removed again; writes benchmarks/verdicts.md
    python -m benchmarks.verdicts --projects 1000     another size
    python -m benchmarks.verdicts --keep FOLDER       keep the database there, and use it again the next time

Reports come in at every month's end; projects began one to five years ago, each at a pace of its own. One machine, one
run; nothing here is a test.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from projects.core.acting import Acting

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import select  # noqa: E402

from benchmarks.many import DAY, GROUP, MONTHS, NOW, STAGES, load  # noqa: E402
from benchmarks.waiting import EVERY, Waits, beside  # noqa: E402
from projects import create_app  # noqa: E402
from projects.commands.main import prepare  # noqa: E402
from projects.commands.rebuilding import rebuild_in_steps  # noqa: E402
from projects.config import make_key  # noqa: E402
from projects.core.month import month_of  # noqa: E402
from projects.core.permissions import SYSTEM, Actor  # noqa: E402
from projects.database import transaction  # noqa: E402
from projects.extensions import db  # noqa: E402
from projects.models import MonthlyReport, Project, ReportStep, StageProgress, Target, User, WorkStage  # noqa: E402
from projects.verdicts.facts.facts import DEFAULT, rule_set  # noqa: E402
from projects.verdicts.lights.queries import rules_on  # noqa: E402
from projects.verdicts.renewal.operations import recompute  # noqa: E402
from projects.verdicts.rules import operations as ruling  # noqa: E402
from projects.verdicts.rules import queries as ruled  # noqa: E402
from projects.verdicts.rules.figures import figures_of, to_entry  # noqa: E402
from projects.verdicts.status.operations import rebuild  # noqa: E402
from projects.verdicts.status.queries import computed  # noqa: E402
from projects.works.reports import operations as reports  # noqa: E402


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
    manager, dispatcher = (
        db.session.scalars(select(User).where(User.username == f"bench-{role}")).one()
        for role in ("manager", "dispatcher")
    )
    actor, author, month = Actor(dispatcher.id, "示例", "dispatcher"), manager.id, month_of(DAY)
    waiting = []
    with transaction():
        done = set(db.session.scalars(select(MonthlyReport.project_id).where(MonthlyReport.month == month)))
        kept = Project.programme_id.in_(select(Target.programme_id).where(Target.programme_id.is_not(None)))
        wanted = select(Project).where(Project.slug.like("v%"), kept if promised else ~kept).order_by(Project.id.desc())
        for project in [one for one in db.session.scalars(wanted) if one.id not in done][:count]:
            stages = db.session.scalars(select(WorkStage).where(WorkStage.project_id == project.id)).all()
            values = {
                "state": "submitted",
                "overall_percent": 90,
                "author_id": author,
                "data_on": DAY,
                "updated_at": NOW,
                "investment_fen": 10**12,
            }
            report = MonthlyReport(project_id=project.id, month=month, decrease_reason="示例", **values)
            db.session.add(report)
            db.session.flush()
            db.session.add_all([StageProgress(report_id=report.id, stage_id=stage.id, percent=90) for stage in stages])
            db.session.add(ReportStep(report_id=report.id, round=1, action="submitted", actor_id=author, at=NOW))
            db.session.flush()
            waiting.append((report.id, report.version))
    db.session.remove()
    return [took(in_transaction(partial(reports.approve, Acting(actor, NOW, DAY), *which))) for which in waiting]


def adopt_others() -> dict[str, Took]:
    """What a change of rules for all takes: its preview and its adoption."""
    current = rules_on(DAY).sets[DEFAULT]
    number = int(current.name.rpartition("-")[2])
    figures = figures_of(current) | {"progress_red": 12.0 + number, "behind_days": 10 + number}
    found = {
        "preview other rules for all, s": took(
            lambda: ruled.shifts(SYSTEM, rules_on(DAY).with_set(DEFAULT, rule_set(DEFAULT, 0, figures)), DAY)
        )
    }
    db.session.remove()
    entry = to_entry(figures) | {"reason": "示例"}
    return found | {
        "adopt them, ms": took(
            in_transaction(lambda: ruling.adopt(Acting(SYSTEM, NOW, DAY), DEFAULT, number, entry))
        ).ms()
    }


def renew_all() -> dict[str, Took]:
    """The steps that renew the verdicts after a change of rules: the whole of each, and what of it nobody else can
    write in on SQLite.
    """
    steps, held = [], []
    while ruled.still_outstanding(SYSTEM, DAY).lines:
        db.session.remove()
        ahead: list[Any] = []
        worked_out = took(lambda: ahead.append(ruling.next_step(DAY)))  # noqa: B023 - called at once
        held.append(took(in_transaction(lambda: ruling.renew_step(Acting(SYSTEM, NOW, DAY), ahead[0]))))  # noqa: B023
        steps.append(Took(worked_out.clock + held[-1].clock, worked_out.processor + held[-1].processor))
    if not steps:
        return {}
    longest = Took(max(one.clock for one in held), max(one.processor for one in held))
    return {
        f"one of {len(steps)} steps of the renewal, median, ms": median(steps).ms(),
        "its transaction, ms": median(held).ms(),
        "the longest of them, ms": longest.ms(),
    }


def in_steps() -> int:
    """The rebuild as the command makes it."""
    count = rebuild_in_steps(SYSTEM, NOW, DAY)
    db.session.remove()
    return count


def measure() -> dict[str, Took]:
    """All figures, in seconds or milliseconds as their names say."""
    found = {"work out all, s": took(lambda: computed(None, DAY))}
    db.session.remove()
    found["rebuild all, s"] = took(in_steps)
    found["the same in one transaction, s"] = took(in_transaction(lambda: rebuild(SYSTEM, NOW, DAY)))
    some = db.session.scalars(select(Project.id).where(Project.slug.like("v%")).order_by(Project.id).limit(30)).all()
    db.session.remove()
    found["renew one, ms"] = median([took(in_transaction(partial(recompute, [key], DAY))) for key in some]).ms()
    found["approve one, ms"] = median(approvals(30, promised=False)).ms()
    found[f"approve one in a programme of {GROUP} with a promise of its own, ms"] = median(
        approvals(30, promised=True)
    ).ms()
    return found | adopt_others() | renew_all()


def waits() -> dict[str, tuple[Took, Waits]]:
    """How long each of these takes while another process saves, and how long that one waits."""
    url, found = db.engine.url.render_as_string(hide_password=False), {}

    def note(name: str, work: Callable[[], Any]) -> None:
        lasted: list[Took] = []
        waited = beside(url, lambda: lasted.append(took(work)))
        found[name] = lasted[0], waited

    note("nothing else", lambda: time.sleep(10 * EVERY))
    note("rebuild all in one transaction", in_transaction(lambda: rebuild(SYSTEM, NOW, DAY)))
    note("rebuild all", in_steps)
    adopt_others()
    note("renew all after other rules", renew_all)
    return found


BARS = {"rebuild all, s": 60.0, "approve one, ms": 50.0}


def told(found: dict[str, Took], waited: dict[str, tuple[Took, Waits]], count: int) -> str:
    """The figures as a page."""
    where = (
        f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python "
        f"{platform.python_version()}, {db.engine.dialect.name}"
    )
    rows = [
        f"| {name} | {one.clock:.1f} | {one.processor:.1f} | {f'≤ {BARS[name]:g}' if name in BARS else ''} |"
        for name, one in found.items()
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    head = (
        f"{count} projects × {MONTHS} monthly reports × {len(STAGES)} stages, as of {DAY}; measured "
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC on {where}."
    )
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
        f"While another process saves something small of one project every {EVERY:g} s, each time durably:",
        "",
        "| meanwhile | takes, s | its saves | lost (after 15 s) | the longest, ms | median, ms |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {lasted.clock:.1f} | {one.saves} | {one.lost} | {one.longest:.0f} | {one.median:.1f} |"
            for name, (lasted, one) in waited.items()
        ),
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
            page = told(measure(), waits(), chosen.projects)
            db.session.remove()
            db.engine.dispose()
    sys.stdout.write(page)
    chosen.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
