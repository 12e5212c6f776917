"""Reads of requests: what waits for whom, who may decide, and what others changed of one's own access (RQ-9)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.permissions import (
    IN_PLACES,
    POLICY,
    Actor,
    covers,
    may,
    places_for,
    projects_for,
    visible_projects,
)
from projects.core.places import prefix
from projects.core.settings.queries import setting
from projects.core.tables import PROJECT
from projects.core.text import N_, Text, from_json
from projects.core.vocabulary import CHANGES, MEASURING, TWO_PERSON
from projects.extensions import db
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import WORDS, Tag
from projects.history.record.words import Said, said
from projects.people.accounts.tables import User, UserPlace
from projects.people.requests.effects import Turn, turns
from projects.people.requests.kinds import KINDS, Kind, filers_of
from projects.people.requests.rules import OPEN, Stake, refusal
from projects.people.requests.tables import ConsentRequest
from projects.statements import IdsOf, held, labelled, rows_of

TWO_PERSON_KEY = "two_person"
LATEST = 50
NEWS = 5
NEWS_OF = (
    Tag.PASSWORD_RESET,
    Tag.FACTOR_REMOVED,
    Tag.ROLE_CHANGED,
    Tag.ACCOUNT_STOPPED,
    Tag.ACCOUNT_RESUMED,
    Tag.ACCOUNT_UNLOCKED,
)


@dataclass(frozen=True)
class RequestRow:
    """One request as lists and its page show it."""

    id: int
    kind: str
    subject: str
    about: str
    title: dict[str, Any] | None
    changes: dict[str, Any]
    reason: str
    evidence: str
    place_code: str | None
    person_id: int | None
    proposer_id: int
    proposer_role: str
    proposer: str
    proposed_at: dt.datetime
    state: str
    is_emergency: bool
    decider_id: int | None
    decider: str | None
    decided_at: dt.datetime | None
    words: str
    is_sample: bool
    project_id: int | None
    project_slug: str | None
    project_name: str | None
    effects: list[dict[str, Any]]
    steps: int
    first_id: int | None
    first: str | None
    first_at: dt.datetime | None
    first_words: str
    filers: frozenset[int] = frozenset()

    @property
    def of(self) -> Kind:
        """What kind of act is asked for."""
        return KINDS[self.kind]

    @property
    def called(self) -> Text | str:
        """What it is about; of requests from before texts were kept, in Chinese."""
        return from_json(self.title) if self.title else self.about

    @property
    def stake(self) -> Stake:
        """What decides who may decide."""
        steps = (self.project_id, self.steps, self.first_id)
        return Stake(self.proposer_id, self.proposer_role, self.person_id, self.place_code, *steps, self.filers)

    @property
    def turns(self) -> list[Turn]:
        """What it does to each verdict."""
        return turns(self.effects)

    @property
    def is_backdated(self) -> bool:
        """Whether it counts from a day in a month that was closed."""
        return "backdated_reason" in self.changes

    @property
    def said(self) -> list[Said]:
        """The changes in words."""
        return said(self.changes)

    @property
    def presses(self) -> bool:
        """Whether something was done before anybody agreed, and nobody has agreed since."""
        return self.is_emergency and self.state in {"emergency", "returned"}

    def waits_for(self, actor: Actor) -> bool:
        """Whether it is open and this person may decide it."""
        return (self.state in OPEN or self.presses) and refusal(self.of, self.stake, actor) is None


@dataclass(frozen=True)
class Decider:
    """Somebody who may decide a request."""

    name: str
    role: str


@dataclass(frozen=True)
class News:
    """What another person changed of one's own access."""

    at: dt.datetime
    by: str
    what: str
    changes: list[Said]


_PROPOSER, _DECIDER, _FIRST = aliased(User), aliased(User), aliased(User)
_OWN = ConsentRequest
_ROWS = (
    select(
        *(getattr(_OWN, name) for name in (
            "id", "kind", "subject", "about", "title", "changes", "reason", "evidence", "place_code", "person_id",
            "proposer_id", "proposer_role",
        )),
        *labelled(proposer=_PROPOSER.display_name),
        *(getattr(_OWN, name) for name in ("proposed_at", "state", "is_emergency", "decider_id")),
        *labelled(decider=_DECIDER.display_name),
        *(getattr(_OWN, name) for name in ("decided_at", "words", "is_sample", "project_id")),
        *labelled(project_slug=PROJECT.c.slug, project_name=PROJECT.c.name, effects=_OWN.effects, steps=_OWN.steps),
        *labelled(first_id=_OWN.first_id, first=_FIRST.display_name, first_at=_OWN.first_at),
        _OWN.first_words,
    )
    .join(_PROPOSER, _PROPOSER.id == _OWN.proposer_id)
    .outerjoin(_DECIDER, _DECIDER.id == _OWN.decider_id)
    .outerjoin(_FIRST, _FIRST.id == _OWN.first_id)
    .outerjoin(PROJECT, PROJECT.c.id == _OWN.project_id)
)  # fmt: skip
_IS_OPEN = _OWN.state.in_(sorted(OPEN))
_PRESSES = and_(_OWN.is_emergency, _OWN.state.in_(("emergency", "returned")))


def approvals() -> dict[str, int]:
    """How many people must agree here to an act of each group (`vocabulary.TWO_PERSON`): what the setting names
    (`months`, `gates:0`, `plan:2`), else one for what moves a project's verdicts and nobody for the rest (RQ-10).
    """
    found = {group: int(group in CHANGES) for group in TWO_PERSON}
    for part in (setting(TWO_PERSON_KEY) or "").split(","):
        group, _, steps = part.partition(":")
        if group in found:
            found[group] = int(steps) if steps in {"0", "2"} else 1
    return found


def two_person() -> frozenset[str]:
    """The groups of acts that need two people or more here."""
    return frozenset(group for group, steps in approvals().items() if steps)


def needs_two(kind: Kind, subject: str, wanted: Any) -> bool:
    """Whether this act needs a second person."""
    return kind.needs_two(subject, wanted) if kind.needs_two else kind.group in two_person()


def open_requests(actor: Actor) -> list[RequestRow]:
    """What this person may see of what is open or was done before anybody agreed, the oldest first; three statements
    at most.
    """
    found = _judged(_ROWS.where(_visible(actor), or_(_IS_OPEN, _PRESSES)).order_by(_OWN.id))
    ids = {row.project_id for row in found if row.project_id is not None}
    for reach in {projects_for(actor, row.of.consent) for row in found if row.project_id is not None}:
        if isinstance(reach, IdsOf):
            reach.learn(ids)
    return found


def settled(actor: Actor) -> list[RequestRow]:
    """What was decided last, the newest first; one statement."""
    return _rows(_ROWS.where(_visible(actor), ~_IS_OPEN).order_by(_OWN.id.desc()).limit(LATEST))


def pending_of(project_id: int, *groups: str) -> list[RequestRow]:
    """What waits for a project, or was done before anybody agreed, of some groups of changes (none named: all), for
    whoever sees the project; the oldest first, one statement.
    """
    kinds = [key for key, kind in KINDS.items() if not groups or kind.group in groups]
    of_project = (_OWN.project_id == project_id, _OWN.kind.in_(kinds), or_(_IS_OPEN, _PRESSES))
    return _rows(_ROWS.where(*of_project).order_by(_OWN.id))


def request_of(actor: Actor, request_id: int) -> RequestRow:
    """One request, one's own, to decide, or of a project in sight; NotFoundError for any other."""
    seen = visible_projects(actor)
    in_sight = and_(_OWN.project_id.is_not(None), held(_OWN.project_id, seen))
    found = _judged(_ROWS.where(or_(_visible(actor), in_sight), _OWN.id == request_id))
    if not found:
        raise NotFoundError(N_("没有这份申请, 或不在您的权限范围内"))
    return found[0]


def wanted_of(request_id: int) -> dict[str, Any]:
    """The values that the act of an open request needs; they are shown to nobody."""
    return db.session.scalar(select(_OWN.wanted).where(_OWN.id == request_id)) or {}


def _rows(statement: Select[Any]) -> list[RequestRow]:
    return rows_of(RequestRow, db.session.execute(statement))


def _judged(statement: Select[Any]) -> list[RequestRow]:
    """The rows with who handed in figures of their projects, which decides who may agree (RQ-15)."""
    found = _rows(statement)
    measured = {row.project_id for row in found if row.project_id is not None and row.of.group in MEASURING}
    who = filers_of(measured)
    return [replace(row, filers=who.get(row.project_id or 0, frozenset())) for row in found] if who else found


def _visible(actor: Actor) -> ColumnElement[bool]:
    """One's own, those about oneself, and those of a kind and place or project in which one has the right to agree."""
    mine = or_(*(one == actor.id for one in (_OWN.proposer_id, _OWN.person_id, _OWN.first_id, _OWN.decider_id)))
    return or_(mine, *(_decidable(actor, action) for action in sorted({one.consent for one in KINDS.values()})))


def _decidable(actor: Actor, action: str) -> ColumnElement[bool]:
    """Requests that need this action, within its scope."""
    if not may(actor, action):
        return false()
    kinds = _OWN.kind.in_([key for key, kind in KINDS.items() if kind.consent == action])
    within = (
        or_(false(), *(_OWN.place_code.startswith(prefix(code)) for code in sorted(places)))
        for places in (actor.places, places_for(actor, action))
        if places is not None
    )
    of_project = and_(_OWN.project_id.is_not(None), held(_OWN.project_id, projects_for(actor, action)))
    return and_(kinds, or_(and_(_OWN.project_id.is_(None), *within), of_project))


def deciders(kind: Kind, stake: Stake) -> list[Decider]:
    """Who may decide such a request now; three statements at most."""
    of_project = select(PROJECT.c.place_code, PROJECT.c.unit_id).where(PROJECT.c.id == stake.project_id)
    project = db.session.execute(of_project).one_or_none() if stake.project_id is not None else None
    roles = [role for role, actions in POLICY.items() if kind.consent in actions]
    places: dict[int, set[str]] = defaultdict(set)
    for user_id, code in db.session.execute(select(UserPlace.user_id, UserPlace.place_code)):
        places[user_id].add(code)
    people = db.session.scalars(
        select(User)
        .where(User.role.in_(roles), User.is_active)
        .order_by(case((User.role == "auditor", 1), else_=0), User.display_name)
    )
    return [
        Decider(user.display_name, user.role)
        for user in people
        if refusal(kind, stake, _as_actor(user, _reach(user, places[user.id]), stake, project)) is None
    ]


def _as_actor(user: User, places: frozenset[str] | None, stake: Stake, project: Any) -> Actor:
    """A person with as much of their reach as the decision about one project needs."""
    ids = frozenset({stake.project_id} - {None})
    return Actor(
        user.id,
        "",
        user.role,
        places=places,
        place_projects=ids if project and covers(places, project.place_code) else frozenset(),
        unit_projects=ids if project and user.unit_id and user.unit_id == project.unit_id else frozenset(),
    )


def _reach(user: User, places: set[str]) -> frozenset[str] | None:
    return frozenset(places) if user.role in IN_PLACES and (places or not user.all_places) else None


def news(actor: Actor) -> list[News]:
    """What others changed of this person's access since they last said that they know; one statement."""
    statement = (
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.tag, AuditEntry.changes)
        .join(User, User.id == actor.id)
        .where(
            AuditEntry.tag.in_([str(tag) for tag in NEWS_OF]),
            AuditEntry.object_type == "user",
            AuditEntry.object_id == str(actor.id),
            AuditEntry.actor_id.is_distinct_from(actor.id),
            AuditEntry.result == "done",
            or_(User.told_at.is_(None), AuditEntry.at > User.told_at),
        )
    )
    rows = db.session.execute(statement.order_by(AuditEntry.id.desc()).limit(NEWS))
    return [News(at, by, WORDS[Tag(tag)], said(changes)) for at, by, tag, changes in rows]
