"""Reads of promises: which stand, with their clauses and verdicts, a page of them or all; within the asker's scope."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from projects.core import vocabulary as vocab
from projects.core.permissions import Actor, visible_projects
from projects.core.text import Text
from projects.extensions import db
from projects.portfolio.projects.rows import FormerTarget, TargetRow
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.queries import whole_programme
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import Target
from projects.statements import held, labelled, rows_of
from projects.verdicts.assess.programme import conflicts
from projects.verdicts.days.queries import status_tables

_FORMER = tuple(one.name for one in fields(FormerTarget))
_COUNT = func.count()


@dataclass(frozen=True)
class Wanted:
    """Which promises are asked for: of some projects and programmes (None: of all in sight), of a plan, in some states
    (none: in any), of subjects with more than one; `most` of them after the first `skip`.
    """

    project_ids: Sequence[int] | None = None
    programme_ids: Sequence[int] = ()
    plan: str = ""
    states: Collection[str] = ()
    shared: bool = False
    most: int | None = None
    skip: int = 0


@dataclass(frozen=True)
class PromiseCount:
    """How many promises of a document are in a state, by what they promise."""

    document: str | None
    state: str
    measure: str
    quantifier: str
    count: int


def promises(actor: Actor, as_of: dt.date, wanted: Wanted = Wanted()) -> list[TargetRow]:
    """The standing promises with their clauses and verdicts, worst first.

    A programme's promise counts its projects, so it is only for those who may see every one of them.
    """
    projects, status = status_tables(as_of, wanted.project_ids)
    s, p = status.c, projects.c
    columns = labelled(
        id=Target.id,
        slug=Target.slug,
        subject=func.coalesce(Project.name, Programme.name),
        project_slug=Project.slug,
        measure=Target.measure,
        quantifier=Target.quantifier,
        threshold=Target.threshold,
        due=Target.due,
        commitment=Target.commitment,
        wording=Target.wording,
        document=PlanDocument.title,
        document_slug=PlanDocument.slug,
        number=PlanDocument.number,
        locator=Clause.locator,
        state=s.state,
        slip_days=s.slip_days,
        forecast_on=s.forecast_on,
        met_on=s.met_on,
        met_by=s.met_by,
        current=s.current,
        reasons=s.reasons,
        rests_on_sample=or_(s.rests_on_sample, func.coalesce(p.rests_on_sample, false())),
        basis=Target.basis,
        forecast_p10=s.forecast_p10,
        forecast_p90=s.forecast_p90,
        probability=s.probability,
        rule_set=s.rule_set,
        works_state=p.works_state,
        works_days=p.works_days,
        data_state=p.data_state,
        data_on=p.data_on,
    )
    earlier = aliased(Target)
    moved = exists().where(earlier.superseded_by_id == Target.id).label("is_moved")
    order = (case(vocab.SEVERITY, value=s.state), func.coalesce(s.slip_days, 0).desc())
    statement = _in_sight(select(*columns, moved), status, actor, wanted).outerjoin(
        projects, p.project_id == Target.project_id
    )
    statement = statement.order_by(*order, Target.programme_id.is_not(None), Target.position, Target.id)
    found = [dict(row) for row in db.session.execute(statement.limit(wanted.most).offset(wanted.skip)).mappings()]
    former = _former([row["id"] for row in found if row["is_moved"]])
    return [_target_row(row, former, as_of) for row in found]


def counted(actor: Actor, as_of: dt.date, wanted: Wanted = Wanted()) -> list[PromiseCount]:
    """How many of them there are, by document, state and what they promise; one statement."""
    _, status = status_tables(as_of, wanted.project_ids)
    columns = {
        "document": PlanDocument.slug,
        "state": status.c.state,
        "measure": Target.measure,
        "quantifier": Target.quantifier,
    }
    statement = _in_sight(select(*labelled(**columns, count=_COUNT)), status, actor, wanted)
    return rows_of(PromiseCount, db.session.execute(statement.group_by(*columns.values())))


def _in_sight(statement: Select[Any], status: FromClause, actor: Actor, wanted: Wanted) -> Select[Any]:
    """`statement` over the standing promises that `actor` may see and asked for."""
    conditions: list[ColumnElement[bool]] = []
    ids = visible_projects(actor)
    if ids is not None:
        whole = and_(Target.programme_id.is_not(None), whole_programme(actor))
        conditions.append(or_(held(Target.project_id, ids), whole))
    if wanted.project_ids is not None:
        own = Target.project_id.in_(wanted.project_ids)
        conditions.append(or_(own, Target.programme_id.in_(wanted.programme_ids)))
    if wanted.plan:
        conditions.append(PlanDocument.slug == wanted.plan)
    if wanted.states:
        conditions.append(status.c.state.in_(sorted(wanted.states)))
    if wanted.shared:
        conditions.append(or_(*map(_is_shared, (Target.project_id, Target.programme_id))))
    return (
        statement.select_from(Target)
        .join(status, status.c.target_id == Target.id)
        .outerjoin(Project, Project.id == Target.project_id)
        .outerjoin(Programme, Programme.id == Target.programme_id)
        .outerjoin(Clause, Clause.id == Target.clause_id)
        .outerjoin(PlanDocument, PlanDocument.id == Clause.document_id)
        .where(*conditions)
    )


def _is_shared(subject: Any) -> ColumnElement[bool]:
    """Over Target: its project (or programme) has more than one promise."""
    other = aliased(Target)
    column = getattr(other, subject.key)
    return subject.in_(select(column).where(column.is_not(None)).group_by(column).having(_COUNT > 1))  # type: ignore[no-any-return]


def _target_row(row: Mapping[str, Any], former: Mapping[int, tuple[FormerTarget, ...]], as_of: dt.date) -> TargetRow:
    own = {name: value for name, value in row.items() if name != "is_moved"}
    own["data_age_days"] = (as_of - row["data_on"]).days if row["data_on"] else None
    return TargetRow(**own, former=former.get(own["id"], ()))


def _former(ids: Collection[int]) -> dict[int, tuple[FormerTarget, ...]]:
    """What each of these promises said before, the newest first, along the chain of those it superseded; one statement
    for each link.
    """
    columns = labelled(
        id=Target.id,
        after=Target.superseded_by_id,
        threshold=Target.threshold,
        due=Target.due,
        wording=Target.wording,
        document=PlanDocument.title,
        number=PlanDocument.number,
        locator=Clause.locator,
    )
    statement = (
        select(*columns)
        .outerjoin(Clause, Clause.id == Target.clause_id)
        .outerjoin(PlanDocument, PlanDocument.id == Clause.document_id)
        .order_by(Target.position, Target.id)
    )
    before: dict[int, list[Any]] = defaultdict(list)
    waiting, seen = set(ids), set[int]()
    while waiting:
        seen |= waiting
        rows = db.session.execute(statement.where(Target.superseded_by_id.in_(waiting))).mappings().all()
        for row in rows:
            before[row["after"]].append(row)
        waiting = {row["id"] for row in rows} - seen

    def chain(key: int, depth: int = 0) -> list[FormerTarget]:
        own = [FormerTarget(**{name: row[name] for name in _FORMER}) for row in before.get(key, ())]
        return own + [one for row in before.get(key, ()) if depth < len(seen) for one in chain(row["id"], depth + 1)]

    return {key: tuple(chain(key)) for key in ids}


def conflicting(rows: Sequence[TargetRow]) -> dict[int, list[tuple[TargetRow, Text]]]:
    """Of the promises given, those that contradict others of the same subject: by id, each other one and the reason."""
    found: dict[int, list[tuple[TargetRow, Text]]] = defaultdict(list)
    by_subject: dict[str, list[TargetRow]] = defaultdict(list)
    for row in rows:
        by_subject[row.subject].append(row)
    for own in by_subject.values():
        by_key = {row.slug: row for row in own}
        for one, other, reason in conflicts([row.facts for row in own]):
            found[by_key[one].id].append((by_key[other], reason))
            found[by_key[other].id].append((by_key[one], reason))
    return dict(found)
