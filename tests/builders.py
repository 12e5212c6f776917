"""Rows with sensible defaults. Every builder needs an application context, and stores its row at once unless a
transaction is open already.

::

    with app.app_context():
        manager = make_user("manager")
        promised = {"measure": "structure_pct", "threshold": 50, "due": dt.date(2021, 12, 31)}
        project = make_project(manager=manager, targets=[promised])
        make_report(project, "2021-10", structure=40)
    sign_in(client, manager)
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from projects import database
from projects.core.month import add_months, month_end, parse_month
from projects.core.permissions import IN_PLACES, Actor
from projects.extensions import db
from projects.models import (
    Gate,
    Milestone,
    MonthlyReport,
    Place,
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
from projects.people.sessions import operations as sessions
from projects.people.sign_in import operations as accounts

NOW = dt.datetime(2021, 11, 30, 4, 0, tzinfo=dt.UTC)
TODAY = dt.date(2021, 11, 30)
PASSWORD = "a-long-password-for-tests"
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
STAGE_NAMES = dict(
    zip(
        STAGES,
        ("前期", "基础 ±0.00", "主体结构", "二次结构", "机电与医疗专项", "装饰装修", "室外", "验收移交"),
        strict=True,
    )
)
PLAN = {
    0: dt.date(2021, 1, 1),
    25: dt.date(2021, 7, 1),
    50: dt.date(2021, 12, 31),
    75: dt.date(2022, 7, 1),
    100: dt.date(2022, 12, 31),
}
_numbers = itertools.count(1)


def stored() -> AbstractContextManager[None]:
    """The open transaction, or one of its own."""
    return nullcontext() if database._writing.get() else database.transaction()


def _add(row: Any) -> Any:
    with stored():
        db.session.add(row)
        db.session.flush()
    return row


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once."""
    return accounts.hash_password(PASSWORD)


def make_day(day: dt.date = TODAY) -> None:
    """Fix the installation's day, as the demo does."""
    with stored():
        db.session.merge(Setting(key="demo_status_date", value=day.isoformat()))


def make_place(code: str = "370800", name: str = "济宁市", parent: str | None = None) -> Place:
    """The place, made where it is missing."""
    return db.session.get(Place, code) or _add(Place(code=code, name=name, parent_code=parent))


def make_unit(name: str = "市人民医院", place_code: str = "370800", **values: Any) -> Unit:
    """A unit, in a place that is made where it is missing."""
    make_place(place_code)
    return _add(Unit(name=name, place_code=place_code, **values))


def make_user(role: str = "manager", name: str | None = None, **values: Any) -> User:
    """A person with PASSWORD; signs in as `name` (default: the role with a number).

    A role of places has all of them, unless a `UserPlace` is added, which counts as the narrower.
    """
    username = name or f"{role}-{next(_numbers)}"
    row = {
        "display_name": f"示例{username}",
        "password_hash": password_hash(),
        "created_at": NOW,
        "locale": "zh",
        "all_places": role in IN_PLACES,
    } | values
    return _add(User(username=username, role=role, **row))


def make_programme(name: str = "五大中心", **values: Any) -> Programme:
    """A group of projects in the default place."""
    with stored():
        place = make_place()
        return _add(
            Programme(**({"slug": f"programme-{next(_numbers)}", "name": name, "place_code": place.code} | values))
        )


def make_project(
    slug: str | None = None,
    *,
    manager: User | None = None,
    targets: Iterable[Mapping[str, Any]] = (),
    stages: Mapping[str, float] = STAGES,
    floors: int | None = None,
    plan: Mapping[float, dt.date] = PLAN,
    **values: Any,
) -> Project:
    """A project with work stages by weight (main structure counted by `floors` where given), a plan of dated
    percentages, and targets.
    """
    number = next(_numbers)
    with stored():
        place = make_place()
        row = {"slug": slug or f"project-{number}", "name": f"第{number}人民医院", "place_code": place.code} | values
        project = _add(Project(**row))
        for position, (key, weight) in enumerate(stages.items()):
            counted = floors if key == "structure" else None
            basis = "floors" if counted else "judgement"
            name = STAGE_NAMES.get(key, key)
            _add(
                WorkStage(
                    project_id=project.id,
                    key=key,
                    name=name,
                    position=position,
                    weight=weight,
                    basis=basis,
                    floors_planned=counted,
                )
            )
        for position, (percent, day) in enumerate(plan.items()):
            _add(
                Milestone(
                    project_id=project.id,
                    name=f"{percent}%",
                    position=position,
                    percent=percent,
                    plan_on=day,
                    baseline_on=day,
                )
            )
        for target in targets:
            make_target(project, **target)
        if manager:
            _add(ProjectAssignment(project_id=project.id, user_id=manager.id))
    return project


def make_target(
    subject: Project | Programme, *, measure: str = "structure_pct", threshold: float | None = None, **values: Any
) -> Target:
    """A promise on a project or a programme; `threshold` in percent, a number for counts, fen for investment."""
    row = {
        "slug": f"target-{next(_numbers)}",
        "measure": measure,
        "due": None,
        "commitment": "must",
        "wording": "年内主体工程完成50%以上",
    } | values
    scaled = threshold is not None and measure != "investment" and row.get("quantifier") != "count"
    row["threshold"] = None if threshold is None else round(threshold * 100) if scaled else int(threshold)
    if isinstance(subject, Project):
        return _add(Target(project_id=subject.id, **row))
    return _add(Target(programme_id=subject.id, **({"quantifier": "share"} | row)))


def make_gate(project: Project, key: str = "start", passed_on: dt.date = dt.date(2021, 1, 10), **values: Any) -> Gate:
    """A gate that was passed."""
    return _add(Gate(project_id=project.id, key=key, passed_on=passed_on, recorded_at=NOW, **values))


def make_report(
    project: Project,
    month: str,
    *,
    author: User | None = None,
    state: str = "approved",
    investment_fen: int | None = 0,
    **values: Any,
) -> MonthlyReport:
    """A report of `month` (2021-10) whose stage percents come by their keys (`structure=40`), the rest 0; approved on
    the 5th of the next month.
    """
    with stored():
        stages = db.session.scalars(
            select(WorkStage).where(WorkStage.project_id == project.id).order_by(WorkStage.position)
        ).all()
        percents = {stage.key: float(values.pop(stage.key, 0.0)) for stage in stages}
        first = parse_month(month)
        overall = sum(percents[stage.key] * stage.weight for stage in stages) / (
            sum(stage.weight for stage in stages) or 1
        )
        who = author or db.session.scalars(select(User).order_by(User.id)).first() or make_user()
        approved_on = add_months(first, 1).replace(day=5) if state == "approved" else None
        row = {
            "overall_percent": overall,
            "data_on": month_end(first),
            "approved_on": approved_on,
            "updated_at": NOW,
            "author_id": who.id,
        } | values
        report = _add(
            MonthlyReport(project_id=project.id, month=first, state=state, investment_fen=investment_fen, **row)
        )
        for stage in stages:
            _add(StageProgress(report_id=report.id, stage_id=stage.id, percent=percents[stage.key]))
        if state in {"submitted", "returned"}:
            _add(ReportStep(report_id=report.id, round=report.round, action="submitted", actor_id=who.id, at=NOW))
    return report


def actor_of(user: User, *own: Project) -> Actor:
    """`user` as operations take it, with their own projects."""
    return Actor(user.id, user.display_name, user.role, user.locale, frozenset(project.id for project in own))


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Sign `user` in with a real server-side session, without the cost of the password; returns the client."""
    with client.application.app_context(), stored():
        token = sessions.sign_in(user, dt.datetime.now(dt.UTC), 8)
    with client.session_transaction() as session:
        session.clear()
        session["sid"] = token
    return client
