"""Reads of requests: what waits for whom, who may decide, and what others changed of one's own access (RQ-9)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select
from sqlalchemy.orm import aliased

from projects.core.errors import NotFoundError
from projects.core.permissions import IN_PLACES, POLICY, Actor, may
from projects.core.places import prefix
from projects.core.settings.queries import setting
from projects.core.text import N_
from projects.core.vocabulary import TWO_PERSON
from projects.extensions import db
from projects.history.record.tables import AuditEntry
from projects.history.record.tags import WORDS, Tag
from projects.history.record.words import Said, said
from projects.people.accounts.tables import User, UserPlace
from projects.people.requests.kinds import KINDS, Kind
from projects.people.requests.rules import OPEN, Stake, refusal
from projects.people.requests.tables import ConsentRequest
from projects.statements import labelled, rows_of

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

    @property
    def of(self) -> Kind:
        """What kind of act is asked for."""
        return KINDS[self.kind]

    @property
    def stake(self) -> Stake:
        """What decides who may decide."""
        return Stake(self.proposer_id, self.proposer_role, self.person_id, self.place_code)

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


_PROPOSER, _DECIDER = aliased(User), aliased(User)
_OWN = ConsentRequest
_ROWS = (
    select(
        *(getattr(_OWN, name) for name in (
            "id", "kind", "subject", "about", "changes", "reason", "evidence", "place_code", "person_id",
            "proposer_id", "proposer_role",
        )),
        *labelled(proposer=_PROPOSER.display_name),
        *(getattr(_OWN, name) for name in ("proposed_at", "state", "is_emergency", "decider_id")),
        *labelled(decider=_DECIDER.display_name),
        *(getattr(_OWN, name) for name in ("decided_at", "words", "is_sample")),
    )
    .join(_PROPOSER, _PROPOSER.id == _OWN.proposer_id)
    .outerjoin(_DECIDER, _DECIDER.id == _OWN.decider_id)
)  # fmt: skip
_IS_OPEN = _OWN.state.in_(sorted(OPEN))
_PRESSES = and_(_OWN.is_emergency, _OWN.state.in_(("emergency", "returned")))


def two_person() -> frozenset[str]:
    """The groups of acts (`vocabulary.TWO_PERSON`) that need two people here."""
    return frozenset((setting(TWO_PERSON_KEY) or "").split(",")) & TWO_PERSON.keys()


def needs_two(kind: Kind, subject: str, wanted: Any) -> bool:
    """Whether this act needs a second person."""
    return kind.needs_two(subject, wanted) if kind.needs_two else kind.group in two_person()


def open_requests(actor: Actor) -> list[RequestRow]:
    """What this person may see of what is open or was done before anybody agreed, the oldest first; one statement."""
    return _rows(_ROWS.where(_visible(actor), or_(_IS_OPEN, _PRESSES)).order_by(_OWN.id))


def settled(actor: Actor) -> list[RequestRow]:
    """What was decided last, the newest first; one statement."""
    return _rows(_ROWS.where(_visible(actor), ~_IS_OPEN).order_by(_OWN.id.desc()).limit(LATEST))


def request_of(actor: Actor, request_id: int) -> RequestRow:
    """One request; NotFoundError outside of what this person may see."""
    found = _rows(_ROWS.where(_visible(actor), _OWN.id == request_id))
    if not found:
        raise NotFoundError(N_("没有这份申请, 或不在您的权限范围内"))
    return found[0]


def wanted_of(request_id: int) -> dict[str, Any]:
    """The values that the act of an open request needs; they are shown to nobody."""
    return db.session.scalar(select(_OWN.wanted).where(_OWN.id == request_id)) or {}


def _rows(statement: Select[Any]) -> list[RequestRow]:
    return rows_of(RequestRow, db.session.execute(statement))


def _visible(actor: Actor) -> ColumnElement[bool]:
    """One's own, those about oneself, and those of a kind and place in which one has the right to agree."""
    mine = or_(_OWN.proposer_id == actor.id, _OWN.person_id == actor.id, _OWN.decider_id == actor.id)
    theirs: ColumnElement[bool] = _OWN.kind.in_([key for key, kind in KINDS.items() if may(actor, kind.consent)])
    if actor.places is not None:
        within = (_OWN.place_code.startswith(prefix(code)) for code in sorted(actor.places))
        theirs = and_(theirs, or_(false(), *within))
    return or_(mine, theirs)


def deciders(kind: Kind, stake: Stake) -> list[Decider]:
    """Who may decide such a request now; two statements."""
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
        if refusal(kind, stake, Actor(user.id, "", user.role, places=_reach(user, places[user.id]))) is None
    ]


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
