"""Reads of rule sets, of what other figures would change, and of exemptions: frozen rows, always within the asker's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, func, select

from projects.catalogue.queries import programme_known
from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, visible_projects
from projects.core.text import N_
from projects.core.vocabulary import PROJECT_LIGHTS, SIGNAL_OF
from projects.extensions import db
from projects.lights.queries import rules_on
from projects.lights.sets import DEFAULT, RuleBook, rule_set
from projects.models import Exemption, Programme, Project, RuleSetVersion, User
from projects.rules.facts import ExemptionLine, ProgrammeLine, RulesPage, SetPage, Shift, VersionLine
from projects.slippage.facts import StatusRow
from projects.slippage.queries import computed, status_tables


def _rows(statement: Executable) -> Iterable[Any]:
    return db.session.connection().execute(statement)


def rules_page(actor: Actor, as_of: dt.date) -> RulesPage:
    """The sets in force on a day and who follows them, with the lights they give."""
    book = rules_on(as_of)
    newest: dict[str, VersionLine] = {}
    for line in versions():
        if line.adopted_on <= as_of:
            newest.setdefault(line.key, line)
    counts, total = _counts(actor, as_of)
    order = sorted(newest, key=lambda key: (key != DEFAULT, key))
    general = book.choices.get(None) or DEFAULT
    return RulesPage(tuple(newest[key] for key in order), general, tuple(programmes(actor, book)), counts, total)


def _counts(actor: Actor, as_of: dt.date) -> tuple[dict[str, dict[str, int]], int]:
    table, _ = status_tables(as_of)
    ids = visible_projects(actor)
    statement = select(table.c.lights, func.count()).group_by(table.c.lights)
    found: dict[str, dict[str, int]] = {key: dict.fromkeys(SIGNAL_OF.values(), 0) for key in PROJECT_LIGHTS}
    total = 0
    for letters, count in _rows(statement if ids is None else statement.where(table.c.project_id.in_(ids))):
        total += count
        for key, letter in zip(PROJECT_LIGHTS, letters, strict=True):
            found[key][SIGNAL_OF[letter]] += count
    return found, total


def programmes(actor: Actor, book: RuleBook) -> list[ProgrammeLine]:
    """The programmes that `actor` may know of, with their choices."""
    statement = (
        select(Programme.id, Programme.slug, Programme.name, func.count(Project.id))
        .outerjoin(Project, Project.programme_id == Programme.id)
        .where(programme_known(actor))
        .group_by(Programme.id, Programme.slug, Programme.name)
        .order_by(Programme.id)
    )
    return [ProgrammeLine(key, slug, name, book.choices.get(key), count) for key, slug, name, count in _rows(statement)]


def set_page(actor: Actor, key: str, as_of: dt.date) -> SetPage:
    """One set with all its versions; NotFoundError where there is none."""
    book = rules_on(as_of)
    following = tuple(one for one in programmes(actor, book) if one.key == key)
    return SetPage(tuple(versions(key)), (book.choices.get(None) or DEFAULT) == key, following)


def versions(key: str | None = None) -> list[VersionLine]:
    """Every version of one set or of all, newest first; NotFoundError where a set is asked for that nobody adopted."""
    own = RuleSetVersion
    columns = (own.key, own.number, own.name, own.figures, own.source, own.reason, own.adopted_on, User.display_name, own.is_sample)
    statement = select(*columns).outerjoin(User, User.id == own.author_id).order_by(own.key, own.number.desc())
    found = [_line(row) for row in _rows(statement if key is None else statement.where(own.key == key))]
    if key is not None and not found:
        raise NotFoundError(N_("没有这套规则"))
    return found


def _line(row: Sequence[Any]) -> VersionLine:
    key, number, name, figures, *rest = row
    return VersionLine(key, number, name, rule_set(key, number, figures), *rest)


def shifts(actor: Actor, book: RuleBook, as_of: dt.date) -> tuple[tuple[Shift, ...], int]:
    """The visible projects whose state or lights `book` would change, and how many follow changed rules; works out all of those twice, stores nothing."""
    now = rules_on(as_of)
    places = [*(key for (key,) in _rows(select(Programme.id))), None]
    changed = [key for key in places if now.of(key) != book.of(key)]
    follows = Project.programme_id.in_([key for key in changed if key is not None])
    wanted = follows | Project.programme_id.is_(None) if None in changed else follows
    names = {key: (slug, name) for key, slug, name in _rows(select(Project.id, Project.slug, Project.name).where(wanted))}
    before, after = (_by_project(computed(set(names), as_of, one)[0]) for one in (now, book))
    seen = visible_projects(actor)
    found = [Shift(*names[key], before[key], after[key]) for key in names if (seen is None or key in seen) and before[key] != after[key]]
    return tuple(sorted(found, key=lambda one: one.slug)), len(names) if seen is None else len(names.keys() & seen)


def _by_project(rows: Sequence[StatusRow]) -> dict[int, tuple[str, str, str]]:
    return {row.project_id: (row.state, row.light, row.lights) for row in rows}


def followers(book: RuleBook, key: str) -> set[int] | None:
    """The projects that follow a set; None where all may."""
    if (book.choices.get(None) or DEFAULT) == key:
        return None
    own = [programme for programme, choice in book.choices.items() if choice == key]
    return set(db.session.scalars(select(Project.id).where(Project.programme_id.in_(own))))


def exemptions_of(project_id: int) -> list[ExemptionLine]:
    """All exemptions a project ever had, newest first."""
    own = Exemption
    columns = (own.id, own.light, own.reason, own.requested_by, User.display_name, own.since, own.until, own.ended_on, own.is_sample)
    statement = select(*columns).join(User, User.id == own.approver_id).where(own.project_id == project_id).order_by(own.id.desc())
    return [ExemptionLine(*row) for row in _rows(statement)]
