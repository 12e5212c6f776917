"""The filter as conditions of a statement, within what the asker may see."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from projects.core import vocabulary as vocab
from projects.core.permissions import Actor, visible_projects
from projects.people.accounts.tables import Unit
from projects.register.documents.tables import PlanDocument
from projects.register.projects.queries import ended_by, programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.selection.extract import folded
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.tables import ProjectSearch
from projects.statements import held, in_places


def conditions(
    actor: Actor, chosen: PortfolioFilter, status: FromClause | None, as_of: dt.date
) -> list[ColumnElement[bool]]:
    """What `actor` may see and asked for as of a day, over Project joined with `status`; None where the filter speaks
    of no verdict, as those of money. Lists of verdicts leave out what is archived unless it is asked for; what was paid
    is told all the same (PE-5).
    """
    ids = visible_projects(actor)
    found: list[ColumnElement[bool]] = [held(Project.id, ids)]
    if chosen.q:
        found.append(called(chosen.q))
    if chosen.place:
        found.append(in_places(Project.place_code, [chosen.place]))
    if chosen.programme:
        found.append(programme_on(as_of).in_(select(Programme.id).where(Programme.slug == chosen.programme)))
    if chosen.plan:
        found.append(Project.document_id.in_(select(PlanDocument.id).where(PlanDocument.slug == chosen.plan)))
    if chosen.category:
        found.append(Project.category == chosen.category)
    if chosen.archived == "only":
        found.append(ended_by(as_of, "archived"))
    if status is not None:
        found += [] if chosen.archived else [~ended_by(as_of, "archived")]
        found += _by_verdict(chosen, status)
    elif chosen.state or chosen.works or chosen.data or chosen.light or chosen.signal:
        raise ValueError("a filter by verdict needs the verdicts")
    return found


def called(asked: str) -> ColumnElement[bool]:
    """Over Project: it is called by every word asked for, in whatever writing (`extract.py`)."""
    words = asked.split()
    plain = [word for word in map(folded, words) if word]
    wanted: list[ColumnElement[bool]] = []
    if plain:
        texts = (ProjectSearch.text.contains(word, autoescape=True) for word in plain)
        wanted.append(Project.id.in_(select(ProjectSearch.project_id).where(*texts)))
    for word in words:
        if not folded(word):  # nothing but punctuation
            units = select(Unit.id).where(Unit.name.contains(word, autoescape=True))
            wanted.append(or_(Project.name.contains(word, autoescape=True), Project.unit_id.in_(units)))
    return and_(*wanted)


def _by_verdict(chosen: PortfolioFilter, status: FromClause) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.state:
        found.append(status.c.state == chosen.state)
    if chosen.works:
        found.append(status.c.works_state == chosen.works)
    if chosen.data:
        found.append(status.c.data_state == chosen.data)
    if chosen.light:
        found.append(
            status.c.severity.in_(
                [vocab.SEVERITY[state] for state, one in vocab.LIGHT_OF.items() if one == chosen.light]
            )
        )
    if chosen.signal:
        found.append(status.c.light == chosen.signal)
    return found
