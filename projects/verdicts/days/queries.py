"""Where the verdicts of a day stand: stored for the present day, kept for days that were asked for, or in temporary
tables of this transaction, worked out now. One query serves all of them.

More than `MOST_AT_ONCE` projects are worked out in front of nobody: a page of such a day waits, or shows the day before
and says so (docs/decisions/0017-kept-days.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Select,
    Table,
    bindparam,
    func,
    or_,
    select,
)

from projects import temporary
from projects.core.errors import UnavailableError
from projects.core.text import N_
from projects.database import is_patient
from projects.extensions import db
from projects.register.projects.tables import Project
from projects.statements import among, given, rows_of
from projects.verdicts.facts.facts import StatusRow, TargetStatusRow
from projects.verdicts.status.queries import computed
from projects.verdicts.status.tables import KeptDay, KeptProjectStatus, KeptTargetStatus, ProjectStatus, TargetStatus

Ids = Collection[int] | None
Pair = tuple[FromClause, FromClause]

MOST_AT_ONCE = 500  # projects: half a second
LEASE = dt.timedelta(minutes=1)  # a step takes a second; whoever is silent for longer has gone
MOST_KEPT = 12  # days that somebody asked for: 12 MB each at 10,000 projects
NEAR = dt.timedelta(days=7)  # how far behind a day may lie that stands for another


class DayWaitsError(UnavailableError):
    """The verdicts of `day` are still to be worked out, for more projects than somebody in front of a page waits
    for.
    """

    def __init__(self, day: dt.date) -> None:
        self.day = day
        super().__init__(N_("%(day)s 的状态还没有算过, 正在后台计算"), day=day.isoformat())


@dataclass(frozen=True)
class _Known:
    """What this transaction has found out already of a day, for some projects (None: for all)."""

    transaction: object
    as_of: dt.date
    ids: frozenset[int] | None
    tables: Pair
    is_present: bool = False
    instead: dt.date | None = None


def status_tables(as_of: dt.date, ids: Ids = None) -> Pair:
    """The tables that hold every verdict as of a day, or at least those of some projects and of their programmes'
    promises.

    DayWaitsError where all are asked for, are too many to be worked out now, and no day shortly before can stand for
    it.
    """
    session = db.session()
    some = None if ids is None else frozenset(ids)
    before = session.info.get("status")
    here = session.get_transaction()
    if before and (before.transaction, before.as_of) == (here, as_of) and before.ids in (None, some):
        return cast("_Known", before).tables
    found = _found(as_of, some)
    session.info["status"] = _Known(session.get_transaction(), as_of, *found)
    return found[1]


def _found(as_of: dt.date, ids: frozenset[int] | None) -> tuple[frozenset[int] | None, Pair, bool, dt.date | None]:
    stored, kept, projects = db.session.execute(_state(), {"as_of": as_of}).one()
    if stored:
        return None, PRESENT, True, None
    if kept:
        return None, _kept(as_of), False, None
    if ids is not None:
        return ids, _filled(computed(ids, as_of)), False, None
    if is_patient() or projects <= MOST_AT_ONCE:
        return None, _filled(computed(None, as_of)), False, None
    instead = _day_before(as_of)
    if instead is None:
        raise DayWaitsError(as_of)
    day, tables = instead
    return None, tables, False, day


def _day_before(as_of: dt.date) -> tuple[dt.date, Pair] | None:
    """The newest day shortly before one whose verdicts are whole, and their tables."""
    stored = stored_day()
    if stored and as_of - NEAR <= stored < as_of:
        return stored, PRESENT
    near = select(KeptDay.as_of).where(KeptDay.as_of < as_of, KeptDay.as_of >= as_of - NEAR)
    for day in db.session.scalars(near.order_by(KeptDay.as_of.desc())):
        if is_kept(day):
            return day, _kept(day)
    return None


def stored_day() -> dt.date | None:
    """The day whose verdicts are stored for every project; None where those of several days stand side by side."""
    days = func.min(ProjectStatus.as_of), func.max(ProjectStatus.as_of)
    first, last, count = db.session.execute(select(*days, func.count()).select_from(ProjectStatus)).one()
    return first if first == last and count == _number(Project) else None


PRESENT: Pair = cast("Table", ProjectStatus.__table__), cast("Table", TargetStatus.__table__)


@lru_cache(maxsize=64)
def _kept(as_of: dt.date) -> Pair:
    return tuple(
        select(table).where(table.c.as_of == as_of).subquery(f"{table.name}_then")
        for table in (cast("Table", KeptProjectStatus.__table__), cast("Table", KeptTargetStatus.__table__))
    )  # type: ignore[return-value]


@cache
def _state() -> Any:
    """Whether a day's verdicts are stored for every project, whether they are kept, and how many projects there are."""
    projects = select(func.count()).select_from(Project).scalar_subquery()
    known = select(KeptDay.as_of).where(KeptDay.as_of == bindparam("as_of"), KeptDay.whole_at.is_not(None)).exists()
    return select(_count_of(ProjectStatus) == projects, known & (_count_of(KeptProjectStatus) == projects), projects)


def _count_of(table: Any) -> Any:
    return select(func.count()).select_from(table).where(table.as_of == bindparam("as_of")).scalar_subquery()


def _number(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def is_stored(as_of: dt.date) -> bool:
    """Whether the verdicts of all projects are stored as of a day."""
    return bool(db.session.execute(_state(), {"as_of": as_of}).one()[0])


def is_kept(as_of: dt.date) -> bool:
    """Whether every project's verdict of a day is kept beside the present day's."""
    return bool(db.session.execute(_state(), {"as_of": as_of}).one()[1])


def is_large() -> bool:
    """Whether there are more projects than are worked out in front of somebody."""
    return _number(Project) > MOST_AT_ONCE


def missing(as_of: dt.date) -> Select[int]:
    """The ids of the projects without a verdict kept for a day, in order."""
    there = select(KeptProjectStatus.project_id).where(
        KeptProjectStatus.as_of == as_of, KeptProjectStatus.project_id == Project.id
    )
    return select(Project.id).where(~there.exists()).order_by(Project.id)


def to_do(now: dt.datetime) -> list[ColumnElement[bool]]:
    """Conditions on KeptDay: somebody asked for it, it is not whole, and nobody works at it."""
    free = or_(KeptDay.claimed_at.is_(None), KeptDay.claimed_at < now - LEASE)
    return [KeptDay.asked_at.is_not(None), KeptDay.whole_at.is_(None), free]


def next_day(now: dt.datetime) -> dt.date | None:
    """The day to work out next, the one that was asked for first; None where there is none."""
    return db.session.scalar(select(KeptDay.as_of).where(*to_do(now)).order_by(KeptDay.asked_at).limit(1))


def superfluous(now: dt.datetime) -> list[dt.date]:
    """The days to let go: all but the newest `MOST_KEPT` that were asked for, and what was kept for a rebuild that is
    long over.
    """
    asked = select(KeptDay.as_of).where(KeptDay.asked_at.is_not(None))
    old = asked.order_by(KeptDay.asked_at.desc(), KeptDay.as_of.desc()).offset(MOST_KEPT)
    over = select(KeptDay.as_of).where(KeptDay.asked_at.is_(None), KeptDay.claimed_at < now - dt.timedelta(days=1))
    return [*db.session.scalars(old), *db.session.scalars(over)]


def worked_out(as_of: dt.date) -> tuple[int, int]:
    """How many projects' verdicts are kept for a day, and how many projects there are."""
    kept = select(func.count()).select_from(KeptProjectStatus).where(KeptProjectStatus.as_of == as_of)
    return db.session.scalar(kept) or 0, _number(Project)


def were_stored(as_of: dt.date) -> bool:
    """Whether this transaction has read the verdicts that are stored for a day, the present one, not such as were kept
    or worked out; asks the database nothing.
    """
    known = _known()
    return known is not None and known.as_of == as_of and known.is_present


def shown_instead() -> dt.date | None:
    """The day whose verdicts this transaction has read in another's place, if it has; asks the database nothing."""
    known = _known()
    return known.instead if known else None


def _known() -> _Known | None:
    session = db.session()
    known: _Known | None = session.info.get("status")
    return known if known and known.transaction == session.get_transaction() else None


def _filled(rows: tuple[Sequence[object], Sequence[object]]) -> Pair:
    tables = [cast("Table", table) for table in PRESENT]
    projects, targets = temporary.filled(tables, [[vars(row) for row in some] for some in rows])
    return projects, targets


def statuses(ids: Ids, as_of: dt.date) -> dict[int, StatusRow]:
    """Each project's verdict as of a day."""
    table, _ = status_tables(as_of, ids)
    rows = rows_of(StatusRow, _rows(_stored(table, StatusRow, ids is not None), ids))
    return {row.project_id: row for row in rows}


def target_statuses(target_ids: Ids, as_of: dt.date) -> dict[int, TargetStatusRow]:
    """Each target's verdict as of a day."""
    _, table = status_tables(as_of)
    rows = rows_of(TargetStatusRow, _rows(_stored(table, TargetStatusRow, target_ids is not None), target_ids))
    return {row.target_id: row for row in rows}


def _rows(statement: Executable, ids: Ids) -> Any:
    return db.session.connection().execute(statement, given(ids))


@lru_cache(maxsize=64)
def _stored(table: FromClause, shape: type[StatusRow | TargetStatusRow], some: bool) -> Executable:
    """The rows of a status table as `shape` takes them, whose first field is whom they speak of."""
    columns: list[ColumnElement[Any]] = [table.c[name] for name in shape.__dataclass_fields__]
    return select(*columns).where(*among(columns[0], some))
