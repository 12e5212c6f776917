"""Reads of gates: one project's list, and how many findings each project has; a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from functools import cache, lru_cache

from sqlalchemy import Executable, Select, bindparam, func, literal, select

from projects.extensions import db
from projects.statements import among, given
from projects.works.gates.extract import template
from projects.works.gates.findings import count, findings
from projects.works.gates.sheet import GateEntry, GateRow, known, register_first, rows
from projects.works.gates.tables import Gate
from projects.works.schedule.queries import planned
from projects.works.schedule.tables import Milestone
from projects.works.stops.tables import Event

Ids = Collection[int] | None


def gate_list(project_id: int, as_of: dt.date) -> tuple[GateRow, ...]:
    """The template's gates in order with record, planned day and findings as of a day; three statements."""
    plans = {key: day for key, day in db.session.execute(_gate_days(as_of), {"project": project_id}) if key and day}
    return rows(template(), _register([project_id])[project_id], _events([project_id], as_of)[project_id], plans, as_of)


@lru_cache(maxsize=8)
def _gate_days(as_of: dt.date) -> Executable:
    own = Milestone.project_id == bindparam("project")
    plan = planned(as_of, own)
    days = select(Milestone.gate_key, plan.c.plan_on).join(plan, plan.c.milestone_id == Milestone.id)
    days = days.where(own, Milestone.gate_key.is_not(None), plan.c.plan_on.is_not(None))
    return days.order_by(Milestone.position, Milestone.id)


def finding_counts(project_ids: Ids, as_of: dt.date) -> dict[int, int]:
    """How many findings count against each project as of a day; projects without one are left out; two statements for
    any number of projects.
    """
    register, events = _register(project_ids), _events(project_ids, as_of)
    plan = template()
    counted = {}
    for project_id in register.keys() | events.keys():
        entries = known(register[project_id], events[project_id], as_of)
        counted[project_id] = count(findings(plan, {key: entry.record for key, entry in entries.items()}, as_of))
    return {project_id: number for project_id, number in counted.items() if number}


def gate_days(project_ids: Ids, as_of: dt.date) -> dict[tuple[int, str], dt.date]:
    """When each gate of each project was passed: by the register, else by the earliest event; one statement."""
    days: tuple[dict[tuple[int, str], dt.date], ...] = {}, {}
    for recorded, project_id, key, day in db.session.connection().execute(
        _days_passed(project_ids is not None), given(project_ids, as_of=as_of)
    ):
        days[recorded][project_id, key] = day
    return register_first(days[1], days[0])


@cache
def _days_passed(some: bool) -> Executable:
    recorded = select(literal(1), Gate.project_id, Gate.key, Gate.passed_on).where(
        Gate.passed_on <= bindparam("as_of"), *among(Gate.project_id, some)
    )
    events = select(literal(0), Event.project_id, Event.gate_key, func.min(Event.happened_on)).where(
        Event.gate_key.is_not(None), Event.happened_on <= bindparam("as_of"), *among(Event.project_id, some)
    )
    return recorded.union_all(events.group_by(Event.project_id, Event.gate_key))


def past_gates(keys: Collection[str], as_of: dt.date) -> Select[int]:
    """The ids of the projects that had passed one of some gates by a day, by the register or by an event."""
    recorded = select(Gate.project_id.label("project_id")).where(Gate.key.in_(keys), Gate.passed_on <= as_of)
    published = select(Event.project_id).where(Event.gate_key.in_(keys), Event.happened_on <= as_of)
    return select(recorded.union(published).subquery().c.project_id)


def gate_of(project_id: int, key: str) -> Gate | None:
    """The register's row of a gate."""
    return db.session.scalar(select(Gate).where(Gate.project_id == project_id, Gate.key == key))


def _register(ids: Ids) -> dict[int, dict[str, GateEntry]]:
    found: dict[int, dict[str, GateEntry]] = defaultdict(dict)
    for row in db.session.execute(_recorded(ids is not None), given(ids)):
        found[row.project_id][row.key] = GateEntry(
            on=row.passed_on,
            document_number=row.document_number,
            body=row.body,
            note=row.note,
            waived_reason=row.waived_reason,
            is_sample=row.is_sample,
            version=row.version,
            waived_on=row.waived_on,
            backdated_reason=row.backdated_reason,
        )
    return found


@cache
def _recorded(some: bool) -> Executable:
    about = (
        Gate.passed_on,
        Gate.document_number,
        Gate.body,
        Gate.note,
        Gate.waived_reason,
        Gate.waived_on,
        Gate.backdated_reason,
        Gate.is_sample,
        Gate.version,
    )
    return select(Gate.project_id, Gate.key, *about).where(*among(Gate.project_id, some))


def _events(ids: Ids, as_of: dt.date) -> dict[int, dict[str, GateEntry]]:
    """Gates that published events tell of; of several, the earliest day."""
    found: dict[int, dict[str, GateEntry]] = defaultdict(dict)
    for row in db.session.execute(_published(ids is not None), given(ids, as_of=as_of)):
        found[row.project_id][row.gate_key] = GateEntry(
            on=row.happened_on, precision=row.precision, note=row.text, source=row.source, is_sample=row.is_sample
        )
    return found


@cache
def _published(some: bool) -> Executable:
    statement = select(
        Event.project_id, Event.gate_key, Event.happened_on, Event.precision, Event.text, Event.source, Event.is_sample
    )
    statement = statement.where(
        Event.gate_key.is_not(None), Event.happened_on <= bindparam("as_of"), *among(Event.project_id, some)
    )
    return statement.order_by(Event.happened_on.desc(), Event.id.desc())


def gates_recorded(ids: Collection[int] | None, until: dt.date) -> dict[int, list[tuple[str, dt.date, bool]]]:
    """The gates that the register has a day for up to a day, by project: key, day, whether a sample."""
    found: dict[int, list[tuple[str, dt.date, bool]]] = defaultdict(list)
    for project_id, *gate in db.session.connection().execute(_gates_passed(ids is not None), given(ids, until=until)):
        found[project_id].append(tuple(gate))
    return found


@cache
def _gates_passed(some: bool) -> Executable:
    return select(Gate.project_id, Gate.key, Gate.passed_on, Gate.is_sample).where(
        Gate.passed_on <= bindparam("until"), *among(Gate.project_id, some)
    )
