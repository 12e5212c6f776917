"""Writes on gates. A fact that broke a rule is stored all the same: the findings name it, nobody has to hide it.

`version` is that of the row the person saw (None: there was none); another one now is a ConflictError. `today` is the
installation's day. What moves a verdict is approved by another person (RQ-10) unless the installation wants it
otherwise; the operations refuse what comes without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from projects.core.acting import Acting
from projects.core.complaints import day_complaint, plain, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import latest_day
from projects.core.permissions import require, require_second
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.kinds import Effect, Kind
from projects.people.requests.kinds import Values as Wanted
from projects.people.requests.queries import two_person
from projects.register.projects.operations import hold_project
from projects.works.backdating.queries import backdated
from projects.works.files.operations import accept_evidence
from projects.works.gates.extract import template
from projects.works.gates.queries import gate_of
from projects.works.gates.tables import Gate

LIMITS = {"document_number": 80, "body": 120, "note": 2000, "waived_reason": 500}
FIELDS = ("passed_on", *LIMITS, "backdated_reason")
RECORD_TEXTS = ("document_number", "body", "note")
STILL = frozenset({"body", "note"})  # what no verdict and no finding reads


class Which(NamedTuple):
    """A gate of a project, the version of its row that the person saw, and why its day lies in a month that was
    closed.
    """

    project_id: int
    key: str
    version: int | None
    backdated_reason: str = ""


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
    values = recorded_values(acting, project_id, texts, passed_on)
    which = Which(project_id, key, version, texts.get("backdated_reason", ""))
    return _change(acting, Tag.GATE_RECORDED, which, values)


def waive_gate(acting: Acting, project_id: int, key: str, version: int | None, *, reason: str) -> Gate:
    """Store that the project does without a gate, and why; a gate that was passed has to be cleared first."""
    which = Which(project_id, key, version)
    return _change(acting, Tag.GATE_WAIVED, which, waived_values(acting, which, reason))


def clear_gate(acting: Acting, project_id: int, key: str, version: int | None, *, backdated_reason: str = "") -> Gate:
    """Take a record back: the gate is open again, what it said stays in the history."""
    which = Which(project_id, key, version, backdated_reason)
    return _change(acting, Tag.GATE_CLEARED, which, cleared_values(acting, which))


def recorded_values(
    acting: Acting, project_id: int, texts: Mapping[str, str], passed_on: dt.date | None
) -> dict[str, Any]:
    """What `record_gate` stores."""
    require(acting.actor, "gate.write", project_id)
    wrong = _text_complaints({name: texts.get(name, "") for name in RECORD_TEXTS})
    if problem := day_complaint(passed_on, latest_day(acting.now, acting.day)):
        wrong["passed_on"] = problem
    if wrong:
        raise InvalidError(wrong)
    values = {name: plain(texts.get(name, "")) for name in RECORD_TEXTS}
    return values | {"passed_on": passed_on, "waived_reason": ""}


def waived_values(acting: Acting, which: Which, reason: str) -> dict[str, Any]:
    """What `waive_gate` stores."""
    require(acting.actor, "gate.write", which.project_id)
    wrong = _text_complaints({"waived_reason": reason})
    if not reason.strip():
        wrong["waived_reason"] = Text(N_("请写明不办的理由, 例如并入哪一份批复"))
    stored = gate_of(which.project_id, which.key)
    if stored and stored.passed_on and stored.version == which.version:
        wrong["waived_reason"] = Text(
            N_("这一关已登记在 %(day)s 通过: 请先撤销登记, 再登记不办"), {"day": stored.passed_on}
        )
    if wrong:
        raise InvalidError(wrong)
    return {"passed_on": None} | dict.fromkeys(LIMITS, "") | {"waived_reason": plain(reason)}


def cleared_values(acting: Acting, which: Which) -> dict[str, Any]:
    """What `clear_gate` stores."""
    require(acting.actor, "gate.write", which.project_id)
    if which.version is None:
        raise ConflictError(N_("这一关没有登记可撤销, 请刷新后再看"))
    return {"passed_on": None} | dict.fromkeys(LIMITS, "")


def _text_complaints(texts: Mapping[str, str]) -> dict[str, Text]:
    found = {name: text_complaint(value, LIMITS[name]) for name, value in texts.items()}
    return {name: problem for name, problem in found.items() if problem}


def gate_changes(acting: Acting, which: Which, values: dict[str, Any]) -> tuple[Gate | None, dict[str, list[Any]]]:
    """The gate's row, and what `values` would change of it, as the history writes it; none where it says the same
    already, as a double click sends it. ConflictError where others changed it. `values` learn why the day lies in a
    month that was closed, where it does (RQ-14).
    """
    if which.key not in template().by_key:
        raise NotFoundError(N_("没有“%(key)s”这一关"), key=which.key[:40])
    project = hold_project(which.project_id)  # one writer at a time, on PostgreSQL too
    gate = gate_of(which.project_id, which.key)
    before: dict[str, Any] = {
        name: getattr(gate, name) if gate else None if name == "passed_on" else "" for name in FIELDS
    }
    changes = {name: [_plain(before[name]), _plain(value)] for name, value in values.items() if before[name] != value}
    if (gate is None or changes) and (gate.version if gate else None) != which.version:
        raise ConflictError(N_("这一关刚被他人改过: 下面是最新登记和您刚才填写的内容, 核对后可再次提交"))
    if "passed_on" not in changes:
        return gate, changes
    told = backdated(acting, project, [before["passed_on"], values["passed_on"]], which.backdated_reason)
    values["backdated_reason"] = told["backdated_reason"][1] if told and values["passed_on"] else ""
    return gate, changes | told


def _change(acting: Acting, tag: Tag, which: Which, values: dict[str, Any]) -> Gate:
    project_id, key = which.project_id, which.key
    gate, changes = gate_changes(acting, which, values)
    if gate and not changes:
        return gate
    require_second(acting.actor, moves(changes) and "gates" in two_person())
    if gate is None:
        gate = Gate(project_id=project_id, key=key, **dict.fromkeys(LIMITS, ""), backdated_reason="")
        db.session.add(gate)
    was_waived = bool(gate.waived_reason)
    for name, value in values.items():
        setattr(gate, name, value)
    if not (gate.waived_reason and was_waived):
        gate.waived_on = acting.day if gate.waived_reason else None
    gate.recorded_at = acting.now
    gate.is_sample = False
    db.session.flush()
    record(acting.actor, acting.now, tag, gate, project_id=project_id, changes={"key": [key, key]} | changes)
    touched([project_id], acting.day)
    return gate


def moves(changes: Mapping[str, Any]) -> bool:
    """Whether another record of a gate moves a verdict or a finding; its office and its note do not."""
    return bool(changes.keys() - STILL)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


# --- as another person approves it ------------------------------------------------------------------------------------

Values = Callable[[Acting, Which, Wanted], dict[str, Any]]


def _record_values(acting: Acting, which: Which, wanted: Wanted) -> dict[str, Any]:
    passed_on = dt.date.fromisoformat(wanted["passed_on"]) if wanted["passed_on"] else None
    return recorded_values(acting, which.project_id, wanted["texts"], passed_on)


def _waive_values(acting: Acting, which: Which, wanted: Wanted) -> dict[str, Any]:
    return waived_values(acting, which, wanted["reason"])


def _clear_values(acting: Acting, which: Which, _wanted: Wanted) -> dict[str, Any]:
    return cleared_values(acting, which)


def _which(acting: Acting, subject: str, wanted: Wanted) -> Which:
    """The gate named; who acts with consent acts on what stands, which was compared with what was asked for."""
    project_id, _, key = subject.partition(":")
    gate = gate_of(int(project_id), key)
    version = wanted["version"] if acting.actor.consent is None else gate.version if gate else None
    return Which(int(project_id), key, version, wanted.get("backdated_reason", ""))


def _kind(key: str, tag: Tag, read: Values) -> Kind:
    def effect(acting: Acting, subject: str, wanted: Wanted) -> Effect:
        which = _which(acting, subject, wanted)
        _, changes = gate_changes(acting, which, read(acting, which, wanted))
        project = hold_project(which.project_id)
        about = Text("%(project)s · %(gate)s", {"project": project.name, "gate": template().by_key[which.key].name})
        moving = moves(changes)
        return Effect(about, changes, place_code=project.place_code, project_id=project.id, moves=moving)

    def apply(acting: Acting, subject: str, wanted: Wanted, _prepared: Any) -> Gate:
        which = _which(acting, subject, wanted)
        return _change(acting, tag, which, read(acting, which, wanted))

    return Kind(key, "gate.write", "change.approve", effect, apply, group="gates", in_emergency=True, accept=_accept)


def _accept(_acting: Acting, request_id: int, subject: str) -> None:
    """What came with the request is the gate's papers from now on."""
    project_id, _, key = subject.partition(":")
    gate = gate_of(int(project_id), key)
    if gate is not None:
        accept_evidence(request_id, gate.id)


GATE_KINDS = (
    _kind("gate.record", Tag.GATE_RECORDED, _record_values),
    _kind("gate.waive", Tag.GATE_WAIVED, _waive_values),
    _kind("gate.clear", Tag.GATE_CLEARED, _clear_values),
)
