"""What each page costs on a large portfolio: processor time, statements and bytes, at 1,000 and at 10,000 projects with
36 months of reports each, as the people who open them.

    python -m benchmarks.scale
        both sizes, in folders of their own that are removed again; writes benchmarks/scale.md
    python -m benchmarks.scale --projects 1000 --keep FOLDER
        one size, in a database that is kept and used again

Times are of the processor, the best of some; a page that is slower than its bar is marked. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import select  # noqa: E402

from benchmarks.inside import signed_in, watched  # noqa: E402
from benchmarks.many import DAY, MONTHS, NOW, load  # noqa: E402
from projects import create_app  # noqa: E402
from projects.commands.main import prepare  # noqa: E402
from projects.commands.rebuilding import rebuild_in_steps  # noqa: E402
from projects.config import make_key  # noqa: E402
from projects.core.permissions import SYSTEM  # noqa: E402
from projects.core.settings.queries import DEMO_DATE  # noqa: E402
from projects.database import inserted, transaction  # noqa: E402
from projects.extensions import db  # noqa: E402
from projects.models import (  # noqa: E402
    FundingDocument,
    LedgerEntry,
    Project,
    ProjectAssignment,
    Setting,
    TreasuryReceipt,
    User,
    UserPlace,
)

BAR_MS = 300.0  # of the processor, for any page at any size
PAST = dt.date(2026, 3, 31)
ROLES = ("manager", "dispatcher", "leader", "finance")
OWN = 12  # projects of the manager
ONE = "/projects/v00007"
REGISTER = (
    "/plans",
    "/plans/new",
    "/plans/readings",
    "/programmes",
    "/projects/new",
    "/projects/hand-over",
    "/projects/hand-over?q=示例",
    "/ledgers",
    "/units",
    f"{ONE}/identity",
    f"{ONE}/card",
    f"{ONE}/merge",
    f"{ONE}/drop",
    "/projects/archive",
    f"{ONE}/promises/new",
    f"{ONE}/plan",
    f"{ONE}/weights",
    f"{ONE}/gates",
)
PAGES: Sequence[tuple[str, str]] = (
    ("leader", "/"),
    ("manager", "/"),
    ("finance", "/"),
    ("dispatcher", "/"),
    ("leader", "/projects"),
    ("leader", "/projects?page=20"),
    ("leader", "/projects?sort=-slip"),
    ("leader", "/projects?q=示例项目00"),
    ("leader", "/projects?state=behind"),
    ("leader", "/projects?money=any"),
    ("leader", "/projects/v00007"),
    ("leader", "/projects/v00007/gantt"),
    ("leader", "/projects/v00007/forecast"),
    ("leader", "/projects/v00007/funding"),
    ("leader", "/gantt"),
    ("leader", "/targets"),
    ("leader", "/targets?state=behind"),
    ("leader", "/plans"),
    ("leader", "/reports"),
    ("manager", "/reports"),
    ("leader", "/track-record"),
    ("finance", "/funding"),
    ("finance", "/ladder"),
    ("finance", "/findings"),
    ("finance", "/documents"),
    ("finance", "/receipts"),
    ("finance", "/funding/matching"),
    ("finance", "/months"),
    ("finance", "/months/2026-09"),
    ("finance", "/years/2026"),
    ("finance", "/imports"),
    ("leader", f"/?as_of={PAST}"),
    ("leader", f"/projects?as_of={PAST}"),
    ("leader", f"/projects/v00007?as_of={PAST}"),
    ("leader", f"/gantt?as_of={PAST}"),
    ("auditor", "/admin/audit"),
    *(("dispatcher", path) for path in REGISTER),
)


class Cost(NamedTuple):
    """What a page costs: milliseconds of the processor, statements, bytes; its status."""

    ms: float
    statements: int
    size: int
    status: int


def people() -> None:
    """One person of each role who sees everything, a manager of some projects; money beside the works."""
    ids = db.session.scalars(select(Project.id).where(Project.slug.like("v%")).order_by(Project.id)).all()
    top = db.session.scalars(select(Project.place_code).where(Project.id == ids[0])).one()
    with transaction():
        rows = [
            User(username=f"scale-{role}", display_name="示例", role=role, password_hash="x", created_at=NOW)
            for role in (*ROLES, "auditor")
        ]
        db.session.add_all(rows)
        db.session.flush()
        by_role = {row.role: row.id for row in rows}
        db.session.add_all(
            UserPlace(user_id=by_role[role], place_code=f"{top[:2]}0000")
            for role in ("dispatcher", "leader", "finance")
        )
        db.session.add_all(ProjectAssignment(user_id=by_role["manager"], project_id=key) for key in ids[:OWN])
        documents = inserted(
            FundingDocument,
            [
                {
                    "kind": "plan",
                    "number": f"示例发改投资〔2025〕{number}号",
                    "number_normal": f"示例发改投资[2025]{number}号",
                    "issued_on": dt.date(2025, 3, 1),
                    "place_code": top,
                    "recorded_at": NOW,
                    "version": 1,
                }
                for number in range(max(1, len(ids) // 50))
            ],
        )
        common = {"source": "cbi", "document_number": "", "memo": "", "recorded_at": NOW, "is_sample": False}
        lines = inserted(
            LedgerEntry,
            [
                common
                | {
                    "project_id": key,
                    "step": "allocated",
                    "entry_on": dt.date(2025, 3, 1),
                    "budget_year": 2025,
                    "amount_fen": 10**9,
                    "document_id": documents[number % len(documents)],
                    "external_id": f"S{number}",
                }
                for number, key in enumerate(ids)
            ],
        )
        inserted(
            LedgerEntry,
            [
                common
                | {
                    "project_id": key,
                    "step": "received",
                    "entry_on": dt.date(2025, 5, 1 + number % 28),
                    "budget_year": 2025,
                    "amount_fen": 6 * 10**8,
                    "allocation_id": line,
                }
                for number, (key, line) in enumerate(zip(ids, lines, strict=True))
            ],
        )
        inserted(
            TreasuryReceipt,
            [
                {
                    "voucher": f"R{number}",
                    "received_on": dt.date(2026, 1 + number % 9, 1 + number % 28),
                    "payer": "市财政局",
                    "payee": f"示例项目{number:05d}",
                    "amount_fen": 10**8 + number,
                    "memo": "",
                    "place_code": top,
                    "recorded_at": NOW,
                    "is_sample": False,
                }
                for number in range(len(ids) // 4)
            ],
        )
    rebuild_in_steps(SYSTEM, NOW, DAY)


def cost(app, client, path: str, times: int) -> Cost:
    """What a page costs, the best of some times, once its day is worked out; its statements counted once."""
    while client.get(path).status_code == 503:
        time.sleep(1)
    with watched(app) as sent:
        answer = client.get(path)
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        answer = client.get(path)
        best = min(best, 1000 * (time.process_time() - began))
        if best > 2000:
            break
    return Cost(best, len(sent), len(answer.data), answer.status_code)


def measured(instance: Path, count: int, times: int, only: str) -> dict[str, Cost]:
    """Every page at one size."""
    fresh = not (instance / "projects.sqlite").exists()
    make_key(instance)
    app = create_app(INSTANCE_PATH=str(instance))
    with app.app_context():
        if fresh:
            prepare()
            load(count)
            people()
            with transaction():
                db.session.add(Setting(key=DEMO_DATE, value=DAY.isoformat()))
        db.session.remove()
    found = {}
    clients = {role: signed_in(app, f"scale-{role}") for role in (*ROLES, "auditor")}
    for role, path in PAGES:
        name = f"{path} ({role})"
        if only in name:
            found[name] = cost(app, clients[role], path, times)
            sys.stderr.write(f"{count} {name}: {found[name]}\n")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return found


def told(found: dict[int, dict[str, Cost]], memory: float) -> str:
    """The figures as a page."""
    sizes = list(found)
    where = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    head = (
        f"{' and '.join(f'{size:,}' for size in sizes)} projects × {MONTHS} monthly reports, as of {DAY}; milliseconds "
        f"of the processor, the best of some; measured {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC on {where}, Python "
        f"{platform.python_version()}. Bar: {BAR_MS:.0f} ms; what is above it is bold."
    )
    table = [
        f"| page (as) | {' | '.join(f'{size:,}: ms | statements | kB' for size in sizes)} |",
        "|---|" + "---|---|---|" * len(sizes),
        *(
            f"| `{name}` | {' | '.join(_cells(found[size][name]) for size in sizes)} |"
            for name in next(iter(found.values()))
        ),
    ]
    lines = ["# Pages on a large portfolio", "", "`make bench-scale`", "", head, "", *table, ""]
    return "\n".join([*lines, f"Memory of this process at its most: {memory:.0f} MB.", ""])


def _cells(one: Cost) -> str:
    mark = "**" if one.ms > BAR_MS else ""
    status = "" if one.status == 200 else f" ({one.status})"
    return f"{mark}{one.ms:.0f}{mark}{status} | {one.statements} | {one.size // 1000}"


def main() -> None:
    """Load, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    found = {}
    for count in chosen.projects:
        with tempfile.TemporaryDirectory() as folder:
            instance = chosen.keep / str(count) if chosen.keep else Path(folder)
            instance.mkdir(parents=True, exist_ok=True)
            found[count] = measured(instance, count, chosen.times, chosen.only)
    page = told(found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    sys.stdout.write(page)
    if chosen.out:
        chosen.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
