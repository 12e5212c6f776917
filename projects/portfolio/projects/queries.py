"""Reads of projects, targets and their surroundings: frozen rows in a fixed number of statements, always within the
asker's scope.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, select
from sqlalchemy.orm import aliased

from projects.core import vocabulary as vocab
from projects.core.permissions import Actor
from projects.core.tables import Place
from projects.extensions import db
from projects.money.findings.queries import with_money_finding
from projects.people.accounts.tables import Unit
from projects.portfolio.projects.rows import PortfolioRow, Totals
from projects.register.documents.tables import PlanDocument
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import Target
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions
from projects.statements import labelled, rows_of
from projects.verdicts.days.queries import status_tables

LATER = aliased(PlanDocument)  # a plan that was published later
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
    return [first, status.c.lag_days.desc().nulls_last(), status.c.project_id]


def portfolio(actor: Actor, chosen: PortfolioFilter, as_of: dt.date) -> tuple[list[PortfolioRow], Totals]:
    """One page of projects (all of them where `per_page` is 0), and the totals over all that the filter leaves."""
    status, _ = status_tables(as_of)
    wanted = [*conditions(actor, chosen, status, as_of), *with_money_finding(chosen, as_of)]
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
        .order_by(*_ordering(chosen, status))
    )
    if chosen.per_page:
        page = _page(chosen, status, wanted)
        statement = statement.join(page, page.c.project_id == Project.id)
    else:
        statement = statement.where(*wanted)
    return rows_of(PortfolioRow, db.session.connection().execute(statement)), _totals(status, wanted, as_of)


def _page(chosen: PortfolioFilter, status: FromClause, wanted: list[ColumnElement[bool]]) -> FromClause:
    """The ids of the page's projects: only what filters and sorts is read of the others."""
    keys = select(status.c.project_id).join(Project, Project.id == status.c.project_id)
    if chosen.sort.removeprefix("-") == "due":
        keys = keys.outerjoin(Target, Target.id == status.c.target_id)
    keys = keys.where(*wanted).order_by(*_ordering(chosen, status))
    return keys.limit(chosen.per_page).offset((chosen.page - 1) * chosen.per_page).subquery()


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
