"""Writes on gates. A fact that broke a rule is stored all the same: the findings name it, nobody has to hide it.

`version` is that of the row the person saw (None: there was none); another one now is a ConflictError. `today` is the
installation's day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from projects.core.acting import Acting
from projects.core.complaints import day_complaint, plain, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import latest_day
from projects.core.permissions import require
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.register.projects.operations import hold_project
from projects.works.gates.extract import template
from projects.works.gates.queries import gate_of
from projects.works.gates.tables import Gate

LIMITS = {"document_number": 80, "body": 120, "note": 2000, "waived_reason": 500}
FIELDS = ("passed_on", *LIMITS)
RECORD_TEXTS = ("document_number", "body", "note")


def record_gate(
    acting: Acting,
    project_id: int,
    key: str,
    version: int | None,
    texts: Mapping[str, str],
    *,
    passed_on: dt.date | None,
) -> Gate:
    """Store that a gate was passed on a day, with `texts` named in RECORD_TEXTS; InvalidError names the fields that
    can't be taken.
    """
    require(acting.actor, "gate.write", project_id)
    wrong = _text_complaints(texts)
    if problem := day_complaint(passed_on, latest_day(acting.now, acting.day)):
        wrong["passed_on"] = problem
    if wrong:
        raise InvalidError(wrong)
    values = {name: plain(texts.get(name, "")) for name in RECORD_TEXTS}
    return _change(
        acting,
        Tag.GATE_RECORDED,
        (project_id, key, version),
        values | {"passed_on": passed_on, "waived_reason": ""},
    )


def waive_gate(acting: Acting, project_id: int, key: str, version: int | None, *, reason: str) -> Gate:
    """Store that the project does without a gate, and why; a gate that was passed has to be cleared first."""
    require(acting.actor, "gate.write", project_id)
    wrong = _text_complaints({"waived_reason": reason})
    if not reason.strip():
        wrong["waived_reason"] = Text(N_("请写明不办的理由, 例如并入哪一份批复"))
    stored = gate_of(project_id, key)
    if stored and stored.passed_on and stored.version == version:
        wrong["waived_reason"] = Text(
            N_("这一关已登记在 %(day)s 通过: 请先撤销登记, 再登记不办"), {"day": stored.passed_on}
        )
    if wrong:
        raise InvalidError(wrong)
    values = {"passed_on": None, "document_number": "", "body": "", "note": "", "waived_reason": plain(reason)}
    return _change(acting, Tag.GATE_WAIVED, (project_id, key, version), values)


def clear_gate(acting: Acting, project_id: int, key: str, version: int | None) -> Gate:
    """Take a record back: the gate is open again, what it said stays in the history."""
    require(acting.actor, "gate.write", project_id)
    if version is None:
        raise ConflictError(N_("这一关没有登记可撤销, 请刷新后再看"))
    return _change(
        acting, Tag.GATE_CLEARED, (project_id, key, version), {"passed_on": None} | dict.fromkeys(LIMITS, "")
    )


def _text_complaints(texts: Mapping[str, str]) -> dict[str, Text]:
    found = {name: text_complaint(value, LIMITS[name]) for name, value in texts.items()}
    return {name: problem for name, problem in found.items() if problem}


def _change(acting: Acting, tag: Tag, which: tuple[int, str, int | None], values: dict[str, Any]) -> Gate:
    project_id, key, version = which
    if key not in template().by_key:
        raise NotFoundError(N_("没有“%(key)s”这一关"), key=key[:40])
    hold_project(project_id)  # one writer at a time, on PostgreSQL too
    gate = gate_of(project_id, key)
    if gate and all(getattr(gate, name) == value for name, value in values.items()):
        return gate  # the same again, as a double click sends it
    if (gate.version if gate else None) != version:
        raise ConflictError(N_("这一关刚被他人改过: 下面是最新登记和您刚才填写的内容, 核对后可再次提交"))
    if gate is None:
        gate = Gate(project_id=project_id, key=key, document_number="", body="", note="", waived_reason="")
        db.session.add(gate)
    before = {name: getattr(gate, name) for name in FIELDS}
    for name, value in values.items():
        setattr(gate, name, value)
    if not (gate.waived_reason and before["waived_reason"]):
        gate.waived_on = acting.day if gate.waived_reason else None
    gate.recorded_at = acting.now
    gate.is_sample = False
    db.session.flush()
    changes = {name: [_plain(before[name]), _plain(value)] for name, value in values.items() if before[name] != value}
    record(acting.actor, acting.now, tag, gate, project_id=project_id, changes={"key": [key, key]} | changes)
    touched([project_id], acting.day)
    return gate


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
