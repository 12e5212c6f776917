"""Reads for entering promises: the clauses they can come from, and one's own programmes."""

from __future__ import annotations

from sqlalchemy import or_, select, true

from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, places_for
from projects.core.places import upper
from projects.core.text import N_
from projects.extensions import db
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.queries import programme_known
from projects.register.projects.tables import Programme
from projects.statements import in_places

MOST = 1000


def clause_choices(actor: Actor) -> list[tuple[int, str]]:
    """The clauses of the plans of the asker's places and those around them, the newest plan first: id, and plan, number
    and heading. One statement.
    """
    reach = places_for(actor, "promise.write")
    around = sorted({code for place in reach or () for code in (place, *upper(place))})
    near = or_(in_places(PlanDocument.place_code, sorted(reach or ())), PlanDocument.place_code.in_(around))
    statement = (
        select(Clause.id, PlanDocument.year, PlanDocument.title, Clause.locator, Clause.heading)
        .join(PlanDocument, PlanDocument.id == Clause.document_id)
        .where(true() if reach is None else near)
        .order_by(PlanDocument.year.desc(), PlanDocument.id.desc(), Clause.id)
        .limit(MOST)
    )
    rows = db.session.execute(statement)
    return [(key, f"{year} {title} · {locator} {heading}"[:120]) for key, year, title, locator, heading in rows]


def programme_by_slug(actor: Actor, slug: str) -> Programme:
    """One programme; NotFoundError where there is none that `actor` knows."""
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug, programme_known(actor)))
    if programme is None:
        raise NotFoundError(N_("没有这个项目群, 或不在您负责的地区"))
    return programme
