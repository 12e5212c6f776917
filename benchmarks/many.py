"""Very many projects: each with a plan, a promise, money and 36 monthly reports, put into the database in bulk.

Reports come in at every month's end; projects began one to five years ago, each at a pace of its own.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert, select

from projects.core.month import add_months, month_end, month_of
from projects.database import transaction
from projects.extensions import db
from projects.models import (
    FundingComposition,
    LedgerEntry,
    Milestone,
    MonthlyReport,
    Programme,
    Project,
    StageProgress,
    Target,
    User,
    WorkStage,
)
from projects.register.selection.operations import renew

DAY = dt.date(2026, 10, 31)
NOW = dt.datetime(2026, 10, 31, 4, tzinfo=dt.UTC)
STAGES = {
    "preparation": 5,
    "foundation": 15,
    "structure": 30,
    "secondary": 8,
    "mep": 20,
    "fit_out": 14,
    "external": 5,
    "handover": 3,
}
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
        people = [
            User(username=f"bench-{role}", display_name="示例", role=role, password_hash="x", created_at=NOW)
            for role in ("manager", "dispatcher")
        ]
        groups = [
            Programme(slug=f"bench-{number}", name=f"示例项目群{number}", place_code=place)
            for number in range(-(-count // GROUP))
        ]
        db.session.add_all([*people, *groups])
        db.session.flush()
        promise = {
            "measure": "start",
            "quantifier": "count",
            "threshold": 12,
            "due": DAY,
            "commitment": "must",
            "basis": "tally",
            "wording": "示例",
        }
        db.session.add_all([Target(slug=f"{one.slug}-t", programme_id=one.id, **promise) for one in groups[::2]])
        db.session.flush()
        first = {
            model: (db.session.scalar(select(db.func.max(model.id))) or 0) + 1
            for model in (Project, WorkStage, MonthlyReport)
        }
        for table, rows in _portfolio(count, draw, place, people[0].id, [one.id for one in groups], first):
            db.session.connection().execute(insert(table), rows)
        renew(db.session.scalars(select(Project.id)))  # written past the session, which would notice
        if db.engine.dialect.name == "postgresql":  # tell it which ids were given out; SQLite looks by itself
            for model in first:
                table = model.__tablename__
                db.session.execute(
                    db.text(
                        f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT max(id) FROM "{table}"))"""
                    )
                )


def _portfolio(
    count: int, draw: random.Random, place: str, author: int, groups: list[int], first: dict[Any, int]
) -> Iterator[tuple[Any, list[Row]]]:
    """Rows by table, some hundred projects at a time."""
    numbers = iter(range(count))
    while batch := list(islice(numbers, 250)):
        tables: dict[Any, list[Row]] = {}
        for number in batch:
            for table, row in _project(number, draw, place, author, groups[number // GROUP], first):
                tables.setdefault(table, []).append(row)
        yield from tables.items()


def _project(
    number: int, draw: random.Random, place: str, author: int, group: int, first: dict[Any, int]
) -> Iterator[tuple[Any, Row]]:
    project_id, stage_id, report_id = (
        first[Project] + number,
        first[WorkStage] + number * len(STAGES),
        first[MonthlyReport] + number * MONTHS,
    )
    start, length, pace = (
        DAY - dt.timedelta(days=draw.randint(1150, 1800)),
        draw.randint(900, 2400),
        draw.uniform(0.55, 1.15),
    )
    row = {
        "slug": f"v{number:05d}",
        "name": f"示例项目{number:05d}",
        "category": "hospital",
        "note": "",
        "is_sample": False,
        "version": 1,
    }
    yield Project, {"id": project_id, "place_code": place, "programme_id": group, **row}
    for position, (key, weight) in enumerate(STAGES.items()):
        own = {
            "key": key,
            "name": key,
            "position": position,
            "weight": weight,
            "basis": "judgement",
            "is_sample": False,
        }
        yield WorkStage, {"id": stage_id + position, "project_id": project_id, **own}
    for position, share in enumerate((0, 25, 50, 75, 100)):
        day = start + dt.timedelta(days=length * share // 100)
        own = {"percent": share, "plan_on": day, "baseline_on": day, "source": "", "is_sample": False}
        yield Milestone, {"project_id": project_id, "name": f"{share}%", "position": position, **own}
    measure = MEASURES[number % len(MEASURES)]
    amount = 5000 if measure.endswith("_pct") else None
    own = {
        "measure": measure,
        "quantifier": "project",
        "threshold": amount,
        "due": start + dt.timedelta(days=length),
        "commitment": "must",
        "basis": "stated",
    }
    yield (
        Target,
        {"slug": f"v{number:05d}-t", "project_id": project_id, "wording": "示例", "note": "", "position": 0, **own},
    )
    given = {
        "project_id": project_id,
        "source": "cbi",
        "estimate_kind": "approved_estimate",
        "amount_fen": 10**10,
        "document_number": "",
        "is_sample": False,
    }
    yield FundingComposition, given
    for back in range(MONTHS, 0, -1):
        month = add_months(month_of(DAY), -back)
        on = month_end(month)
        percent = min(100.0, max(0.0, 100 * pace * (on - start).days / length + draw.uniform(-1, 1)))
        yield MonthlyReport, _report(report_id, project_id, month, on, percent, author)
        for position, done in enumerate(stages_at(percent).values()):
            yield StageProgress, {"report_id": report_id, "stage_id": stage_id + position, "percent": done}
        if back % 6 == 0:
            paid = {
                "amount_fen": round(percent * 10**7),
                "entry_on": on,
                "document_number": "",
                "memo": "",
                "recorded_at": NOW,
                "is_sample": False,
            }
            yield LedgerEntry, {"project_id": project_id, "source": "cbi", "step": "paid", **paid}
        report_id += 1


def _report(report_id: int, project_id: int, month: dt.date, on: dt.date, percent: float, author: int) -> Row:
    texts = dict.fromkeys(
        ("narrative", "problems", "next_plan", "decrease_reason", "correction_reason", "statistics_reason"), ""
    )
    row = {
        "revision": 1,
        "state": "approved",
        "round": 1,
        "overall_percent": percent,
        "investment_fen": round(percent * 10**7),
        "is_sample": False,
    }
    row |= {
        "author_id": author,
        "data_on": on,
        "approved_on": on + dt.timedelta(days=5),
        "updated_at": NOW,
        "version": 1,
        "in_statistics": True,
    }
    return {"id": report_id, "project_id": project_id, "month": month, **row, **texts}
