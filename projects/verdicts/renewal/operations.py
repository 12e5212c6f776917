"""Notices whatever bears on a verdict or on the stored money of a project, and renews what waits, as the last act of a
transaction before its history is sealed.

The factory registers `renew_touched`. Every row that a verdict is made from is named in `BEARING`, every row that
stored money is made from in `MONEY`: no operation has to remember either. Writes past the session
(`db.session.connection()`) are not seen; tests/test_purity.py lets nobody but the history and the stored verdicts make
such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Insert, Update, delete, event, insert, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session

from projects.core.touched import forget_touched, touched, touched_money, waiting
from projects.extensions import Model, db
from projects.money.contracts.tables import Contract, WorkValue
from projects.money.ladder.tables import CompositionRevision, FundingComposition
from projects.money.ledger.tables import LedgerEntry
from projects.money.standing.operations import recompute_money
from projects.money.standing.tables import MoneyStatus
from projects.register.projects.operations import hold_programmes, hold_projects
from projects.register.projects.queries import ever_in, programme_on
from projects.register.projects.tables import FormerProgramme, Programme, Project, ProjectEnd
from projects.register.promises.tables import ProgrammeTally, Target
from projects.verdicts.facts.facts import StatusRow, TargetStatusRow
from projects.verdicts.rules.tables import Exemption
from projects.verdicts.status.queries import computed
from projects.verdicts.status.tables import KeptDay, KeptProjectStatus, KeptTargetStatus, ProjectStatus, TargetStatus
from projects.works.gates.tables import Gate
from projects.works.reports.tables import MonthlyReport, StageProgress
from projects.works.schedule.tables import FormerPlan, FormerWeight, Milestone, WorkStage
from projects.works.stops.tables import Event

Values = Mapping[str, Any]
Say = Callable[[Iterable[int]], None]


@dataclass(frozen=True)
class Bearing:
    """How rows of a table bear on verdicts or money: the columns that name their projects and programmes, which of them
    count, and which changes of a row do (None: all). Where `project` names something else that is a project's,
    `through` tells the projects of such ids, or of a statement of them.
    """

    project: str | None = "project_id"
    programme: str | None = None
    counts: Callable[[Values], bool] = lambda _values: True
    changes: frozenset[str] | None = None
    through: Callable[[Any], Sequence[int]] | None = None


def _of_reports(ids: Any) -> Sequence[int]:
    """The projects of some reports that were approved."""
    known = select(MonthlyReport.project_id).where(MonthlyReport.id.in_(ids), MonthlyReport.approved_on.is_not(None))
    with db.session.no_autoflush:
        return db.session.scalars(known.distinct()).all()


def _of_contracts(ids: Any) -> Sequence[int]:
    with db.session.no_autoflush:
        return db.session.scalars(select(Contract.project_id).where(Contract.id.in_(ids)).distinct()).all()


def _is_approved(values: Values) -> bool:
    return values.get("approved_on") is not None


def _is_telling(values: Values) -> bool:
    """An event bears on verdicts where it passes a gate, states a percent, stops or resumes the works."""
    return bool(values.get("gate_key") or values.get("stage_key") or values.get("effect"))


BEARING: dict[type[Model], Bearing] = {
    CompositionRevision: Bearing(),
    Event: Bearing(counts=_is_telling),
    Exemption: Bearing(),
    FormerPlan: Bearing(),
    FormerProgramme: Bearing(programme="programme_id"),
    FormerWeight: Bearing(),
    FundingComposition: Bearing(),
    Gate: Bearing(),
    LedgerEntry: Bearing(counts=lambda values: values.get("step") == "paid"),
    Milestone: Bearing(),
    MonthlyReport: Bearing(counts=_is_approved),
    ProgrammeTally: Bearing(project=None, programme="programme_id"),
    Project: Bearing("id", "programme_id", changes=frozenset({"place_code", "programme_id", "programme_since"})),
    ProjectEnd: Bearing(),
    StageProgress: Bearing("report_id", through=_of_reports),
    Target: Bearing(programme="programme_id"),
    WorkStage: Bearing(),
}
MONEY: dict[type[Model], Bearing] = {
    CompositionRevision: Bearing(),
    Contract: Bearing(),
    FormerProgramme: Bearing(),
    FundingComposition: Bearing(),
    Gate: Bearing(),
    LedgerEntry: Bearing(),
    MonthlyReport: Bearing(counts=_is_approved),
    Project: Bearing("id", changes=frozenset({"place_code", "category", "programme_id", "programme_since"})),
    WorkValue: Bearing("contract_id", through=_of_contracts),
}


def renew_touched() -> None:
    """Renew the verdicts and the money that wait: as of the day that was named, else of the days they are stored for;
    what was never stored waits for the first rebuild.
    """
    db.session.flush()
    found = forget_touched()
    if found.money:
        hold_projects(found.projects | found.money)
        _renew_money(found.money, found.day)
    if not (found.projects or found.programmes):
        return
    _let_go(found.projects, found.programmes)
    days = [found.day] if found.day else list(db.session.scalars(select(ProjectStatus.as_of).distinct()))
    if len(days) > 1 or (found.projects and found.programmes):  # all of it before any of it is renewed
        _hold(found.projects, found.programmes, days)
    if found.day is not None:
        _renew(found.projects, found.programmes, found.day)
        return
    by_day: dict[dt.date, set[int]] = {day: set() for day in days}
    stored = select(ProjectStatus.as_of, ProjectStatus.project_id)
    for day, project_id in db.session.execute(stored.where(ProjectStatus.project_id.in_(found.projects))):
        by_day[day].add(project_id)
    for day, ids in by_day.items():
        _renew(ids, found.programmes, day)


def _renew(projects: Collection[int], programmes: Collection[int], day: dt.date) -> None:
    if projects:
        recompute(projects, day)
    if programmes:
        recompute((), day, programmes)


def _renew_money(ids: Collection[int], day: dt.date | None) -> None:
    if day is not None:
        recompute_money(ids, day)
        return
    by_day: dict[dt.date, set[int]] = {}
    stored = select(MoneyStatus.as_of, MoneyStatus.project_id).where(MoneyStatus.project_id.in_(ids))
    for as_of, project_id in db.session.execute(stored):
        by_day.setdefault(as_of, set()).add(project_id)
    for as_of, own in by_day.items():
        recompute_money(own, as_of)


def recompute(project_ids: Collection[int], as_of: dt.date, programmes: Collection[int] | None = None) -> None:
    """Renew the verdicts of some projects and of their programmes' promises (or of those of exactly the `programmes`
    named), as of the installation's day.
    """
    ids = set(project_ids)
    db.session.flush()
    _hold(ids, programmes or (), [as_of] if programmes is None else [])
    status, targets = computed(ids, as_of, programmes)
    db.session.execute(delete(ProjectStatus).where(ProjectStatus.project_id.in_(ids)))
    db.session.execute(delete(TargetStatus).where(TargetStatus.target_id.in_([row.target_id for row in targets])))
    store_verdicts(status, targets)
    waiting().projects.difference_update(ids)


def _let_go(projects: Collection[int], programmes: Collection[int]) -> None:
    """Let the verdicts kept for other days be worked out again when somebody looks, where these bear on them: a
    programme's promise is, whenever one of its projects is.
    """
    days = db.session.scalars(select(KeptDay.as_of)).all()
    if not days:
        return
    kept = KeptProjectStatus
    ids = set(projects).union(db.session.scalars(ever_in(), {"ids": list(programmes)}) if programmes else ())
    db.session.execute(delete(kept).where(kept.as_of.in_(days), kept.project_id.in_(ids)))
    empty = set(programmes).difference(db.session.scalars(select(Project.programme_id).where(Project.id.in_(ids))))
    for day in days if empty else ():
        _, targets = computed((), day, empty)
        keep_verdicts(day, (), [row.target_id for row in targets], (), targets)


def _hold(projects: Collection[int], programmes: Collection[int], days: Collection[dt.date]) -> None:
    """Hold the projects, the programmes named, and those that the projects belong to on each of the days."""
    hold_projects(projects)
    belongs = [Programme.id.in_(select(programme_on(day)).where(Project.id.in_(projects))) for day in days]
    hold_programmes(or_(Programme.id.in_(programmes), *belongs))


def store_verdicts(status: Sequence[StatusRow], targets: Sequence[TargetStatusRow]) -> None:
    """Store rows whose predecessors are gone."""
    if status:
        db.session.execute(insert(ProjectStatus), [vars(row) for row in status])
    if targets:
        db.session.execute(insert(TargetStatus), [vars(row) for row in targets])


def keep_verdicts(
    as_of: dt.date,
    project_ids: Collection[int],
    target_ids: Any,
    status: Sequence[StatusRow],
    targets: Sequence[TargetStatusRow],
) -> None:
    """Keep rows of a day beside the present one's, in the place of what was kept of these."""
    project, target = KeptProjectStatus, KeptTargetStatus
    db.session.execute(delete(project).where(project.as_of == as_of, project.project_id.in_(project_ids)))
    db.session.execute(delete(target).where(target.as_of == as_of, target.target_id.in_(target_ids)))
    if status:
        db.session.execute(insert(project), [vars(row) for row in status])
    if targets:
        db.session.execute(insert(target), [vars(row) for row in targets])


# --- noticing ---------------------------------------------------------------------------------------------------------


@event.listens_for(db.session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    """Rows added, deleted or changed one by one."""
    for row in (*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))):
        for bearing, say in _borne_by(type(row)):
            if _is_changed(row, bearing):
                _note(bearing, say, [vars(row)])


def _borne_by(table: Any) -> Iterator[tuple[Bearing, Say]]:
    """How rows of a table bear on verdicts and on stored money, each with whom to tell."""
    for tables, say in ((BEARING, touched), (MONEY, touched_money)):
        if table in tables:
            yield tables[table], say


def _is_changed(row: Any, bearing: Bearing) -> bool:
    state = inspect(row)
    return (
        bearing.changes is None
        or not state.persistent
        or any(state.attrs[name].history.has_changes() for name in bearing.changes)
    )


@event.listens_for(db.session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    """Rows written many at a time, by `insert`, `update` or `delete`."""
    statement, table = state.statement, state.bind_mapper.class_ if state.bind_mapper else None
    for bearing, say in _borne_by(table):
        if isinstance(statement, Insert):
            _note(bearing, say, _inserted(state))
        elif isinstance(statement, Update | Delete):
            _note_all(state.session, bearing, say, table, _where(statement))


def _note(bearing: Bearing, say: Say, rows: Iterable[Values]) -> None:
    counted = [values for values in rows if bearing.counts(values)]
    if bearing.project and (ids := _named(counted, bearing.project)):
        say(bearing.through(ids) if bearing.through else ids)
    if bearing.programme and (ids := _named(counted, bearing.programme)):
        touched((), programmes=ids)


def _named(rows: Iterable[Values], column: str) -> set[int]:
    return {values[column] for values in rows if values.get(column) is not None}


def _note_all(session: Session, bearing: Bearing, say: Say, table: Any, where: Sequence[Any]) -> None:
    """Of rows about to be changed, whatever changes in them: more may be renewed than must be."""
    if bearing.project:
        ids = select(getattr(table, bearing.project)).where(getattr(table, bearing.project).is_not(None), *where)
        say(bearing.through(ids) if bearing.through else session.scalars(ids.distinct()).all())
    if bearing.programme:
        touched((), programmes=_told(session, getattr(table, bearing.programme), where))


def _told(session: Session, column: Any, where: Sequence[Any]) -> Sequence[int]:
    return session.scalars(select(column).where(column.is_not(None), *where).distinct()).all()


def _inserted(state: ORMExecuteState) -> list[Values]:
    statement: Any = state.statement
    given: Any = state.parameters or statement.compile().params
    return list(given) if isinstance(given, Sequence) else [given]


def _where(statement: Any) -> list[Any]:
    return [] if statement.whereclause is None else [statement.whereclause]
