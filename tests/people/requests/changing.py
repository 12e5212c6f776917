"""What tests of changes that somebody else approves share: who is there, and ways through the forms."""

from __future__ import annotations

import datetime as dt

from builders import (
    STAGES,
)
from flask import Flask
from flask.testing import FlaskClient
from pages import fields_of

from projects.extensions import db
from projects.models import (
    Project,
    TargetStatus,
)
from projects.works.gates.queries import gate_of
from projects.works.schedule.queries import plan_of

BUILT = dict.fromkeys(STAGES, 95.0) | {"foundation": 100.0, "structure": 100.0}
PROMISE = {"measure": "in_use", "due": dt.date(2021, 12, 31)}


STOP = {"effect": "stop", "on": "2021-11-10", "reason": "停工令〔2021〕3号", "why": "监理通知"}


def acceptance(client: FlaskClient, **typed: str):
    values = {"action": "record", "version": "", "passed_on": "2021-11-20", "why": "已组织验收"} | typed
    return client.post("/projects/own/gates/in_use", data=values)


def project_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(db.select(Project.id)).one()


def gate_now(app: Flask):
    with app.app_context():
        return gate_of(project_id(app), "in_use")


def passed(app: Flask) -> dt.date | None:
    gate = gate_now(app)
    return gate and gate.passed_on


def state(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(db.select(TargetStatus.state)).one()


def plan_typed(client: FlaskClient, **typed: str) -> dict[str, str]:
    return fields_of(client.get("/projects/own/plan").text) | {"reason": "甲方要求"} | typed


def plan_days(app: Flask) -> tuple[dt.date | None, int | None]:
    with app.app_context():
        plan = plan_of(project_id(app))
        return plan.days["finish"], plan.floors
