"""Puts a portfolio into a fresh installation, in bulk: what a year of use would have left there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

from benchmarks.portfolio import MONTHS, OWNERS, Case, Task
from projects.core.month import add_months, month_end, month_of
from projects.core.permissions import SYSTEM, Actor
from projects.core.settings.queries import DEMO_DATE
from projects.core.vocabulary import CATEGORIES
from projects.database import transaction
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.models import (
    Clause,
    FundingComposition,
    Gate,
    LedgerEntry,
    Milestone,
    MonthlyReport,
    Place,
    PlanDocument,
    Programme,
    Project,
    ProjectAssignment,
    ReportStep,
    Setting,
    StageProgress,
    Target,
    Unit,
    User,
    WorkStage,
)
from projects.people.sign_in.operations import generate_password, hash_password
from projects.verdicts.status.operations import rebuild

PLACES, UNITS = 12, 30
KEYS = {
    11: "foundation",
    12: "structure",
    13: "mep",
    14: "handover",
}  # tasks that are stages of the template, by their number
Rows = list[dict[str, Any]]


class Accounts(NamedTuple):
    """Sign-in names and the one generated password."""

    dispatcher: str
    reviewer: str
    manager: str
    password: str


class Ids:
    """The next free id of each table."""

    def __init__(self) -> None:
        self._next: dict[str, Iterator[int]] = {}

    def __call__(self, model: Any) -> int:
        """One more id of `model`."""
        if model.__tablename__ not in self._next:
            self._next[model.__tablename__] = count((db.session.scalar(db.select(db.func.max(model.id))) or 0) + 1)
        return next(self._next[model.__tablename__])

    def settle(self) -> None:
        """Tell PostgreSQL which ids were given out; SQLite looks by itself."""
        if db.engine.dialect.name == "postgresql":
            for table in self._next:
                db.session.execute(
                    db.text(
                        f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT max(id) FROM "{table}"))"""
                    )
                )


def load(cases: Sequence[Case], status_date: dt.date) -> Accounts:
    """Everything in one transaction, with the verdicts of all projects at its end; needs the catalogue and an
    application context.
    """
    now = dt.datetime.combine(status_date, dt.time(4), dt.UTC)
    with transaction():
        ids = Ids()
        accounts, people = _people(ids, now)
        subjects = _subjects(ids, cases, status_date)
        rows = _Rows(ids, people, subjects, status_date, now)
        for number, case in enumerate(cases):
            rows.add(number, case)
        db.session.merge(Setting(key=DEMO_DATE, value=status_date.isoformat()))
        db.session.flush()
        rows.store()
        ids.settle()
        rows.tell()
        rebuild(SYSTEM, now, status_date)
    return accounts


def _insert(model: Any, rows: Rows) -> None:
    for start in range(0, len(rows), 20_000):
        db.session.connection().execute(model.__table__.insert(), rows[start : start + 20_000])


def _people(ids: Ids, now: dt.datetime) -> tuple[Accounts, list[int]]:
    """Two dispatchers and the managers; returns the sign-ins and the ids, dispatchers first."""
    password = generate_password()
    hashed = hash_password(password)
    names = [
        ("bench", "dispatcher"),
        ("bench-review", "dispatcher"),
        *((f"bench-{number:02d}", "manager") for number in range(1, OWNERS + 1)),
    ]
    rows: Rows = [
        {
            "id": ids(User), "username": name, "display_name": f"示例{name}", "role": role, "password_hash": hashed,
            "created_at": now, "version": 1,
        }
        for name, role in names
    ]  # fmt: skip
    _insert(User, rows)
    return Accounts(names[0][0], names[1][0], names[2][0], password), [row["id"] for row in rows]


class _Subjects(NamedTuple):
    places: Sequence[str]
    units: Sequence[int]
    programmes: dict[str, int]
    document: int
    clauses: dict[str, int]


def _subjects(ids: Ids, cases: Sequence[Case], status_date: dt.date) -> _Subjects:
    """Places of the catalogue, and units, programmes and one plan with a clause for each programme."""
    places = list(
        db.session.scalars(
            db.select(Place.code).where(Place.parent_code.is_not(None)).order_by(Place.code).limit(PLACES)
        )
    )
    units = [
        {"id": ids(Unit), "name": f"示例建设单位{number:02d}", "place_code": places[number % len(places)]}
        for number in range(UNITS)
    ]
    document = {
        "id": ids(PlanDocument), "slug": "bench", "title": "示例规划文件", "number": None, "issuer": "示例",
        "place_code": places[0],
        "issued_on": None, "year": status_date.year,
    }  # fmt: skip
    names = sorted({case.programme for case in cases})
    programmes = [
        {
            "id": ids(Programme),
            "slug": f"bench-{number}",
            "name": name,
            "place_code": places[number % len(places)],
            "document_id": document["id"],
            "note": "",
        }
        for number, name in enumerate(names)
    ]
    clauses = [
        {"id": ids(Clause), "document_id": document["id"], "locator": str(number), "heading": name}
        for number, name in enumerate(names, 1)
    ]
    for model, rows in ((Unit, units), (PlanDocument, [document]), (Programme, programmes), (Clause, clauses)):
        _insert(model, rows)
    by_name = {row["name"]: row["id"] for row in programmes}
    return _Subjects(
        places, [row["id"] for row in units], by_name, document["id"], {row["heading"]: row["id"] for row in clauses}
    )


def weights(tasks: Sequence[Task]) -> list[float]:
    """Shares of the tasks' days in percent with two decimals, 100.00 in all (largest remainders)."""
    days = [max(1, (task.due - task.start).days) for task in tasks]
    exact = [10_000 * one / sum(days) for one in days]
    found = [int(one) for one in exact]
    for index in sorted(range(len(days)), key=lambda index: found[index] - exact[index])[: 10_000 - sum(found)]:
        found[index] += 1
    return [one / 100 for one in found]


def percent_at(task: Task, day: dt.date, last: dt.date) -> float:
    """How far a task was at the end of `day`: evenly from its start to its end, or to `last`, the day its percent was
    told.
    """
    end = min(task.due, last)
    if task.percent == 0 or day < task.start:
        return 0.0 if day < last else float(task.percent)
    share = 1.0 if day >= end else (day - task.start).days / (end - task.start).days
    return round(task.percent * share, 2)


class _Rows:
    """Rows of all tables, gathered project by project."""

    def __init__(
        self, ids: Ids, people: Sequence[int], subjects: _Subjects, status_date: dt.date, now: dt.datetime
    ) -> None:
        self.ids, self.people, self.subjects, self.status_date, self.now = ids, people, subjects, status_date, now
        self.months = [add_months(month_of(status_date), -back) for back in range(MONTHS, 0, -1)]
        self.tables: dict[Any, Rows] = {}
        self.history: list[tuple[int, dt.datetime, Tag, int, int | None]] = []

    def put(self, model: Any, **values: Any) -> int | None:
        """Keep a row; returns its id where the table has one of its own."""
        row = ({"id": self.ids(model)} if "id" in model.__table__.c else {}) | values
        self.tables.setdefault(model, []).append(row)
        return row.get("id")

    def store(self) -> None:
        """Insert everything, parents first."""
        for table in db.metadata.sorted_tables:
            for model, rows in self.tables.items():
                if model.__table__ is table:
                    _insert(model, rows)

    def tell(self) -> None:
        """Record the newest month's steps as the operations would have."""
        for actor, at, tag, project_id, report_id in self.history:
            record(Actor(actor, "示例", "dispatcher"), at, tag, str(report_id), project_id=project_id)
        db.session.flush()

    def add(self, number: int, case: Case) -> None:
        """One project with its plan, a year of approved reports, gates, promise and money."""
        subjects, categories = self.subjects, list(CATEGORIES)
        project_id = self.put(
            Project, slug=case.code, name=case.name, national_code=None, category=categories[number % len(categories)],
            unit_id=subjects.units[number % len(subjects.units)],
            place_code=subjects.places[number % len(subjects.places)],
            programme_id=subjects.programmes[case.programme], document_id=subjects.document, note="", is_sample=False,
            version=1,
        )  # fmt: skip
        assert project_id is not None
        self.put(ProjectAssignment, project_id=project_id, user_id=self.people[1 + case.owner])
        tasks = [task for task in case.tasks if not task.is_milestone]
        shares = weights(tasks)
        stages = [self._stage(project_id, task, weight) for task, weight in zip(tasks, shares, strict=True)]
        self._milestones(project_id, case)
        self._gates(project_id, case)
        self.put(
            Target, slug=f"{case.code}-complete", project_id=project_id, programme_id=None,
            clause_id=subjects.clauses[case.programme], measure="complete",
            quantifier="project", threshold=None, due=case.baseline_finish, commitment=("must", "strive")[number % 2],
            basis="stated", wording="按期完工",
            note="", position=1, superseded_by_id=None,
        )  # fmt: skip
        self._reports(project_id, case, tasks, list(zip(stages, shares, strict=True)))
        self._money(project_id, case)

    def _stage(self, project_id: int, task: Task, weight: float) -> int | None:
        return self.put(
            WorkStage, project_id=project_id, key=KEYS.get(task.seq, f"task-{task.seq}"), name=task.name,
            position=task.seq, weight=weight, basis="judgement",
            floors_planned=None, baseline_start=task.baseline_start, baseline_finish=task.baseline_due,
            plan_start=task.start, plan_finish=task.due,
            is_sample=False,
        )  # fmt: skip

    def _milestones(self, project_id: int, case: Case) -> None:
        """The portfolio's own milestones, and the start; the last one is the finish of the whole."""
        points = [task for task in case.tasks if task.is_milestone]
        first = min(case.tasks, key=lambda task: task.start)
        rows: list[tuple[str, float | None, str | None, dt.date, dt.date]] = [
            ("开始", 0.0, None, first.baseline_start, first.start)
        ]
        for task in points:
            gate = "start" if task is points[1] else None
            rows.append((task.name, 100.0 if task is points[-1] else None, gate, task.baseline_due, task.due))
        for position, (name, percent, gate, baseline, plan) in enumerate(rows):
            self.put(
                Milestone, project_id=project_id, name=name, position=position, percent=percent, gate_key=gate,
                baseline_on=baseline, plan_on=plan,
                actual_on=plan if plan < self.status_date and gate is None else None, source="", is_sample=False,
            )  # fmt: skip

    def _gates(self, project_id: int, case: Case) -> None:
        """Permits before the start of works, where that has come."""
        start = [task for task in case.tasks if task.is_milestone][1]
        for days, key in (
            (60, "feasibility"),
            (30, "eia"),
            (30, "energy"),
            (20, "planning_permit"),
            (10, "construction_permit"),
            (0, "start"),
        ):
            day = start.start - dt.timedelta(days=days)
            if day < self.status_date:
                self.put(
                    Gate, project_id=project_id, key=key, passed_on=day, document_number="", body="", note="",
                    waived_reason="", recorded_at=self.now,
                    is_sample=False, version=1,
                )  # fmt: skip

    def _reports(
        self, project_id: int, case: Case, tasks: Sequence[Task], stages: Iterable[tuple[int | None, float]]
    ) -> None:
        """A year of approved reports whose last one tells the portfolio's percents."""
        last, listed = month_end(self.months[-1]), list(stages)
        whole = sum(task.percent * weight for task, (_, weight) in zip(tasks, listed, strict=True)) / 100 or 1.0
        for month in self.months:
            day = month_end(month)
            percents = [percent_at(task, day, last) for task in tasks]
            overall = round(
                sum(percent * weight for percent, (_, weight) in zip(percents, listed, strict=True)) / 100, 2
            )
            author, reviewer, approved_on = (
                self.people[1 + case.owner],
                self.people[1],
                add_months(month, 1).replace(day=5),
            )
            at = dt.datetime.combine(approved_on, dt.time(2), dt.UTC)
            report_id = self.put(
                MonthlyReport, project_id=project_id, month=month, revision=1, state="approved", round=1,
                overall_percent=overall,
                investment_fen=round(case.spent * 100 * overall / whole), narrative="示例进展", problems="",
                next_plan="", decrease_reason="",
                correction_reason="", author_id=author, data_on=day, approved_on=approved_on, updated_at=at,
                is_sample=False, version=3,
            )  # fmt: skip
            for (stage_id, _), percent in zip(listed, percents, strict=True):
                self.put(StageProgress, report_id=report_id, stage_id=stage_id, percent=percent, floors_done=None)
            for action, actor, tag in (
                ("submitted", author, Tag.REPORT_SUBMITTED),
                ("approved", reviewer, Tag.REPORT_APPROVED),
            ):
                self.put(ReportStep, report_id=report_id, round=1, action=action, actor_id=actor, at=at, comment="")
                if month == self.months[-1]:
                    self.history.append((actor, at, tag, project_id, report_id))

    def _money(self, project_id: int, case: Case) -> None:
        for source, share in (("cbi", 0.4), ("municipal", 0.6)):
            common = {"project_id": project_id, "source": source, "is_sample": False}
            planned = round(case.budget * 100 * share)
            self.put(
                FundingComposition, estimate_kind="approved_estimate", amount_fen=planned, document_number="", **common
            )
            for step, amount in (
                ("allocated", planned),
                ("received", round(planned * 0.8)),
                ("paid", round(case.spent * 100 * share * 0.9)),
            ):
                entry = {
                    "entry_on": self.months[-1],
                    "document_number": "",
                    "memo": "",
                    "reverses_id": None,
                    "recorded_at": self.now,
                }
                self.put(LedgerEntry, step=step, amount_fen=amount, **entry, **common)
