"""Reads of rule sets, of what other figures would change, and of exemptions: frozen rows, always within the asker's
scope.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, bindparam, case, func, literal, or_, select, union_all

from projects.core.bulk import uncollected
from projects.core.errors import NotFoundError
from projects.core.permissions import Actor, visible_projects
from projects.core.text import N_
from projects.core.vocabulary import PROJECT_LIGHTS, SIGNAL_OF
from projects.extensions import db
from projects.people.accounts.tables import User
from projects.register.projects.queries import programme_known, programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.promises.tables import Target
from projects.statements import held, labelled, rows_of
from projects.verdicts.days.queries import status_tables, were_stored
from projects.verdicts.facts.facts import DEFAULT, RuleBook, StatusRow, rule_set
from projects.verdicts.lights.queries import rules_on
from projects.verdicts.rules.facts import ExemptionLine, ProgrammeLine, RulesPage, SetPage, Shift, VersionLine
from projects.verdicts.rules.renewal import Outstanding, Stands, outstanding
from projects.verdicts.rules.tables import Exemption, RuleChoice, RuleSetVersion
from projects.verdicts.status.queries import known_on, standing
from projects.verdicts.status.rows import rows as judged
from projects.verdicts.status.tables import ProjectStatus, TargetStatus

AT_A_TIME = 1000  # projects that a preview holds in memory


def _rows(statement: Executable) -> Any:
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
    for letters, count in _rows(statement.where(held(table.c.project_id, ids))):
        total += count
        for key, letter in zip(PROJECT_LIGHTS, letters, strict=True):
            found[key][SIGNAL_OF[letter]] += count
    return found, total


def programmes(actor: Actor, book: RuleBook) -> list[ProgrammeLine]:
    """The programmes that `actor` may know of, with their choices."""
    statement = (
        select(Programme.id, Programme.slug, Programme.name, func.count(Project.id).label("projects"))
        .outerjoin(Project, Project.programme_id == Programme.id)
        .where(programme_known(actor))
        .group_by(Programme.id, Programme.slug, Programme.name)
        .order_by(Programme.id)
    )
    return [ProgrammeLine(**row, key=book.choices.get(row["id"])) for row in _rows(statement).mappings()]


def newest_choice() -> int:
    """The id of the newest choice that anybody made; 0 where there is none."""
    return db.session.scalar(select(func.max(RuleChoice.id))) or 0


def set_page(actor: Actor, key: str, as_of: dt.date) -> SetPage:
    """One set with all its versions; NotFoundError where there is none."""
    book = rules_on(as_of)
    following = tuple(one for one in programmes(actor, book) if one.key == key)
    return SetPage(tuple(versions(key)), (book.choices.get(None) or DEFAULT) == key, following)


def versions(key: str | None = None) -> list[VersionLine]:
    """Every version of one set or of all, newest first; NotFoundError where a set is asked for that nobody adopted."""
    own = RuleSetVersion
    columns = (
        own.key,
        own.number,
        own.name,
        own.figures,
        own.source,
        own.reason,
        own.adopted_on,
        User.display_name.label("author"),
        own.is_sample,
    )
    statement = select(*columns).outerjoin(User, User.id == own.author_id).order_by(own.key, own.number.desc())
    wanted = statement if key is None else statement.where(own.key == key)
    found = [_line(row) for row in _rows(wanted).mappings()]
    if key is not None and not found:
        raise NotFoundError(N_("没有这套规则"))
    return found


def _line(row: Mapping[Any, Any]) -> VersionLine:
    own = {name: value for name, value in row.items() if name != "figures"}
    return VersionLine(**own, rules=rule_set(row["key"], row["number"], row["figures"]))


def shifts(actor: Actor, book: RuleBook, as_of: dt.date) -> tuple[tuple[Shift, ...], int]:
    """The visible projects whose state or lights `book` would change, and of how many that follow changed rules; facts
    are read once, nothing is stored.
    """
    now = rules_on(as_of)
    places = [*(key for (key,) in _rows(select(Programme.id))), None]
    changed = [key for key in places if now.of(key) != book.of(key)]
    follows = programme_on(as_of).in_([key for key in changed if key is not None])
    wanted = follows | programme_on(as_of).is_(None) if None in changed else follows
    concerned = select(Project.id, Project.slug, Project.name).where(wanted, *_seen_by(actor)).order_by(Project.slug)
    names = {key: (slug, name) for key, slug, name in _rows(concerned)}
    found: list[Shift] = []
    with uncollected():
        for start in range(0, len(names), AT_A_TIME):
            some = list(names)[start : start + AT_A_TIME]
            known = known_on(set(some), as_of, programmes=())
            before, after = (_by_project(judged(replace(known, book=one), as_of)[0]) for one in (now, book))
            for key in (key for key in some if before[key] != after[key]):
                slug, name = names[key]
                found.append(Shift(slug=slug, name=name, before=before[key], after=after[key]))
    return tuple(found), len(names)


def _seen_by(actor: Actor) -> list[ColumnElement[bool]]:
    seen = visible_projects(actor)
    return [held(Project.id, seen)]


def _by_project(rows: Sequence[StatusRow]) -> dict[int, tuple[str, str, str]]:
    return {row.project_id: (row.state, row.light, row.lights) for row in rows}


# --- renewal (L-10) ---------------------------------------------------------------------------------------------------


def waiting_projects(day: dt.date) -> Select[int]:
    """The ids of the projects whose stored verdict of a day does not follow the rules in force on it, in order."""
    own = select(Project.id).join(ProjectStatus, ProjectStatus.project_id == Project.id)
    late = ProjectStatus.rule_set != _in_force(rules_on(day), ProjectStatus.programme_id)
    return own.where(ProjectStatus.as_of == day, late).order_by(Project.id)


def waiting_programmes(day: dt.date) -> Select[int, int]:
    """The programmes with a promise of their own whose stored verdict of a day waits in the same way, with the number
    of their projects, in order.
    """
    own = (
        select(Target.id)
        .join(TargetStatus, TargetStatus.target_id == Target.id)
        .where(Target.programme_id == Programme.id)
    )
    late = own.where(
        TargetStatus.as_of == day, *standing(day), TargetStatus.rule_set != _in_force(rules_on(day), Programme.id)
    )
    members = select(func.count()).where(Project.programme_id == Programme.id).correlate(Programme).scalar_subquery()
    return select(Programme.id, members).where(late.correlate(Programme).exists()).order_by(Programme.id)


def _in_force(book: RuleBook, programme: Any) -> ColumnElement[str]:
    """The short name of the rules that a programme's verdicts should follow."""
    own = {key: book.of(key).name for key in book.choices if key is not None}
    general = literal(book.of(None).name)
    return case(own, value=programme, else_=general) if own else general


def still_outstanding(actor: Actor, day: dt.date) -> Outstanding:
    """What `actor` may see of the verdicts stored for a day that do not follow the rules in force on it."""
    project, promise = ProjectStatus, TargetStatus
    columns = labelled(
        kind=literal("project"), programme_id=project.programme_id, version=project.rule_set, count=func.count()
    )
    own = select(*columns).join(Project, Project.id == project.project_id)
    own = own.where(project.as_of == day, *_seen_by(actor)).group_by(project.programme_id, project.rule_set)
    promised = select(literal("promise"), Target.programme_id, promise.rule_set, func.count()).join(
        Target, Target.id == promise.target_id
    )
    promised = promised.join(Programme, Programme.id == Target.programme_id).where(promise.as_of == day, *standing(day))
    promised = promised.where(programme_known(actor)).group_by(Target.programme_id, promise.rule_set)
    names: dict[str, str] = dict(
        map(tuple, _rows(select(RuleSetVersion.key, RuleSetVersion.name).order_by(RuleSetVersion.number)))
    )
    return outstanding(rows_of(Stands, _rows(union_all(own, promised))), rules_on(day), names)


def outdated(actor: Actor, day: dt.date) -> Outstanding:
    """What still stands by former rules of the stored verdicts of a day that the page has read.

    Nothing is asked where it has read none, and one small statement on any day on which, or on the eve of which, no
    rules were changed.
    """
    if not were_stored(day):
        return Outstanding()
    eve = day - dt.timedelta(days=1)
    return (
        still_outstanding(actor, day) if db.session.scalar(_just_changed(), {"eve": eve, "day": day}) else Outstanding()
    )


@cache
def _just_changed() -> Select[bool]:
    """Asked by every page with verdicts, so built once."""
    eve: Any = bindparam("eve")
    day: Any = bindparam("day")
    adopted = select(RuleSetVersion.id).where(RuleSetVersion.adopted_on.between(eve, day)).exists()
    chosen = select(RuleChoice.id).where(RuleChoice.chosen_on.between(eve, day)).exists()
    return select(or_(adopted, chosen))


# --- exemptions -------------------------------------------------------------------------------------------------------


def exemptions_of(project_id: int) -> list[ExemptionLine]:
    """All exemptions a project ever had, newest first."""
    own = Exemption
    columns = (
        own.id,
        own.light,
        own.reason,
        own.requested_by,
        User.display_name.label("approver"),
        own.since,
        own.until,
        own.ended_on,
        own.is_sample,
    )
    statement = (
        select(*columns)
        .join(User, User.id == own.approver_id)
        .where(own.project_id == project_id)
        .order_by(own.id.desc())
    )
    return rows_of(ExemptionLine, _rows(statement))
