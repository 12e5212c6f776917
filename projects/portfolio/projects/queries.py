"""Reads of projects, targets and their surroundings: frozen rows in a fixed number of statements, always within the
asker's scope.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from projects.core import vocabulary as vocab
from projects.core.permissions import Actor, visible_projects
from projects.core.tables import Place
from projects.core.text import Text
from projects.database import labelled, rows_of
from projects.extensions import db
from projects.money.findings.queries import with_money_finding
from projects.people.accounts.tables import Unit
from projects.portfolio.projects.rows import FormerTarget, PortfolioRow, TargetRow, Totals
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.queries import programme_known
from projects.register.projects.tables import FormerProgramme, Programme, Project
from projects.register.promises.tables import Target
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions
from projects.verdicts.assess.programme import conflicts
from projects.verdicts.status.queries import status_tables

LATER = aliased(PlanDocument)  # a plan that was published later
_FORMER = tuple(one.name for one in fields(FormerTarget))

# --- the portfolio ----------------------------------------------------------------------------------------------------


def _ordering(chosen: PortfolioFilter, status: FromClause) -> list[ColumnElement[Any]]:
    falling = chosen.sort.startswith("-")
    column: Any = {
        "slip": status.c.slip_days,
        "state": status.c.severity,
        "name": Project.name,
        "place": Project.place_code,
        "percent": status.c.percent,
        "due": Target.due,
        "forecast": status.c.forecast_finish,
        "probability": status.c.probability,
    }[chosen.sort.removeprefix("-")]
    first = (column.desc() if falling else column.asc()).nulls_last()
    return [first, status.c.lag_days.desc().nulls_last(), Project.id]


def portfolio(actor: Actor, chosen: PortfolioFilter, as_of: dt.date) -> tuple[list[PortfolioRow], Totals]:
    """One page of projects (all of them where `per_page` is 0), and the totals over all that the filter leaves."""
    status, _ = status_tables(as_of)
    wanted = [*conditions(actor, chosen, status, as_of), *with_money_finding(actor, chosen, as_of)]
    s = status.c
    columns = labelled(
        id=Project.id,
        slug=Project.slug,
        name=Project.name,
        category=Project.category,
        place=Place.name,
        programme=Programme.name,
        unit=Unit.name,
        state=s.state,
        works_state=s.works_state,
        works_days=s.works_days,
        data_state=s.data_state,
        data_on=s.data_on,
        slip_days=s.slip_days,
        percent=s.percent,
        plan_percent=s.plan_percent,
        plan_finish=s.plan_finish,
        forecast_finish=s.forecast_finish,
        forecast_p10=s.forecast_p10,
        forecast_p90=s.forecast_p90,
        probability=s.probability,
        lights=s.lights,
        report_month=s.report_month,
        investment_fen=s.investment_fen,
        finding_count=s.finding_count,
        rests_on_sample=s.rests_on_sample,
        measure=Target.measure,
        quantifier=Target.quantifier,
        threshold=Target.threshold,
        due=Target.due,
        commitment=Target.commitment,
        unpublished=LATER.issued_on,
    )
    statement = (
        select(*columns)
        .join(status, s.project_id == Project.id)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == s.programme_id)
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .outerjoin(Target, Target.id == s.target_id)
        .outerjoin(LATER, _unpublished(status, as_of))
        .where(*wanted)
        .order_by(*_ordering(chosen, status))
    )
    if chosen.per_page:
        statement = statement.limit(chosen.per_page).offset((chosen.page - 1) * chosen.per_page)
    return rows_of(PortfolioRow, db.session.connection().execute(statement)), _totals(status, wanted, as_of)


def _unpublished(status: FromClause, as_of: dt.date) -> ColumnElement[bool]:
    """Joins Project and `status` with the plan document that was published only after a day, where nothing else was
    known of the project by then.
    """
    return and_(LATER.id == Project.document_id, LATER.issued_on > as_of, status.c.data_state == "none")


def _totals(status: FromClause, wanted: list[ColumnElement[bool]], as_of: dt.date) -> Totals:
    s = status.c
    kinds = (s.state, s.works_state, s.data_state, s.severity, LATER.issued_on)
    counted = (
        select(Place.code, Place.name, *kinds, func.count())
        .select_from(Project)
        .join(status, status.c.project_id == Project.id)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(LATER, _unpublished(status, as_of))
        .where(*wanted)
        .group_by(Place.code, Place.name, *kinds)
        .order_by(Place.code)
    )
    found = [dict.fromkeys(known, 0) for known in (vocab.STATES, vocab.WORKS_STATES, vocab.DATA_STATES, vocab.LIGHTS)]
    places: dict[str, tuple[str, str, dict[str, int]]] = {}
    unpublished = 0
    for code, name, *answers, severity, issued_on, count in db.session.connection().execute(counted).all():
        if issued_on:
            unpublished += count
            continue
        light = vocab.LIGHT_OF[vocab.RANKED[severity]]
        for counts, answer in zip(found, (*answers, light), strict=True):
            counts[answer] += count
        places.setdefault(code, (code, name, dict.fromkeys(vocab.LIGHTS, 0)))[2][light] += count
    states, works, data, lights = ({key: count for key, count in one.items() if count} for one in found)
    return Totals(states, works, data, lights, list(places.values()), unpublished)


# --- what is known beside projects ------------------------------------------------------------------------------------


def _whole_programme(actor: Actor) -> ColumnElement[bool]:
    """Over Programme: it is known to `actor` and none of its projects, former ones among them, lies outside their
    scope, so that a count over it tells nothing foreign.
    """
    member, seen = aliased(Project), visible_projects(actor) or ()
    foreign = select(member.id).where(member.programme_id == Programme.id, member.id.not_in(seen))
    former = select(FormerProgramme.id).where(
        FormerProgramme.programme_id == Programme.id, FormerProgramme.project_id.not_in(seen)
    )
    return and_(programme_known(actor), ~foreign.correlate(Programme).exists(), ~former.correlate(Programme).exists())


# --- promises ---------------------------------------------------------------------------------------------------------


def promises(
    actor: Actor,
    as_of: dt.date,
    *,
    project_ids: list[int] | None = None,
    plan: str = "",
    state: str = "",
    programme_ids: list[int] | None = None,
) -> list[TargetRow]:
    """The standing promises with their clauses and verdicts, worst first; of all visible projects, or of some with
    their programmes.

    A programme's promise counts its projects, so it is only for those who may see every one of them.
    """
    projects, status = status_tables(as_of)
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
        superseded_by_id=Target.superseded_by_id,
    )
    wanted: list[ColumnElement[bool]] = []
    narrowing: list[ColumnElement[bool]] = [s.target_id.is_not(None)]
    ids = visible_projects(actor)
    if ids is not None:
        wanted.append(or_(Target.project_id.in_(ids), and_(Target.programme_id.is_not(None), _whole_programme(actor))))
    if project_ids is not None:
        wanted.append(or_(Target.project_id.in_(project_ids), Target.programme_id.in_(programme_ids or [])))
    if plan:
        narrowing.append(PlanDocument.slug == plan)
    if state:
        narrowing.append(s.state == state)
    statement = (
        select(*columns, and_(*narrowing).label("is_shown"))
        .outerjoin(status, s.target_id == Target.id)
        .outerjoin(Project, Project.id == Target.project_id)
        .outerjoin(projects, p.project_id == Target.project_id)
        .outerjoin(Programme, Programme.id == Target.programme_id)
        .outerjoin(Clause, Clause.id == Target.clause_id)
        .outerjoin(PlanDocument, PlanDocument.id == Clause.document_id)
        .where(*wanted, or_(and_(*narrowing), Target.superseded_by_id.is_not(None)))
        .order_by(Target.programme_id.is_not(None), Target.position, Target.id)
    )
    found = [dict(row) for row in db.session.execute(statement).mappings()]
    former = _former(found)
    rows = [_target_row(row, former, as_of) for row in found if row["is_shown"]]
    return sorted(rows, key=lambda row: (vocab.SEVERITY[row.state], -(row.slip_days or 0)))


def _target_row(row: Mapping[str, Any], former: Mapping[int, tuple[FormerTarget, ...]], as_of: dt.date) -> TargetRow:
    own = {name: value for name, value in row.items() if name not in {"superseded_by_id", "is_shown"}}
    own["data_age_days"] = (as_of - row["data_on"]).days if row["data_on"] else None
    return TargetRow(**own, former=former.get(own["id"], ()))


def _former(found: Sequence[Mapping[str, Any]]) -> dict[int, tuple[FormerTarget, ...]]:
    """What each standing promise said before, the newest first, along the chain of those it superseded."""
    before: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        if row["superseded_by_id"] is not None:
            before[row["superseded_by_id"]].append(row)

    def chain(key: int, depth: int = 0) -> list[FormerTarget]:
        own = [FormerTarget(**{name: row[name] for name in _FORMER}) for row in before.get(key, ())]
        return own + [one for row in before.get(key, ()) if depth < len(found) for one in chain(row["id"], depth + 1)]

    return {row["id"]: tuple(chain(row["id"])) for row in found if row["id"] in before}


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
