"""Reads of people and their sessions."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select

from projects.core.permissions import POLICY, Actor
from projects.core.tables import PROJECT
from projects.extensions import db
from projects.people.accounts.tables import KeptForm, LoginSession, PasswordHistory, ProjectAssignment, User, UserPlace
from projects.people.sign_in.policy import Policy, lapsed
from projects.statements import IdsOf, in_places, rows_of

KEPT_FORMS = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Visit:
    """A live session: who, whether the password must be changed or codes be set up first, whether a sample person is
    spared the codes that their role must use, when it ends if it rests, and when it ends at all; when its person last
    proved who they are, and whether at the single sign-on.
    """

    session_id: int
    actor: Actor
    must_change: bool
    must_enrol: bool
    is_spared: bool
    last_seen_at: dt.datetime
    idle_end: dt.datetime
    end: dt.datetime
    proved_at: dt.datetime | None
    by_provider: bool

    @property
    def is_confined(self) -> bool:
        """Whether nothing is open yet but the page that must be done first."""
        return self.must_change or self.must_enrol

    def seconds_left(self, now: dt.datetime) -> int:
        """Until the session ends if nothing happens."""
        return max(0, int((min(self.idle_end, self.end) - now).total_seconds()))


@dataclass(frozen=True)
class Account:
    """A person as checking their password needs them."""

    id: int
    username: str
    display_name: str
    role: str
    is_active: bool
    password_hash: str
    totp_secret: str | None
    password_changed_at: dt.datetime | None
    must_change_password: bool


@dataclass(frozen=True)
class OpenSession:
    """One of a person's own sessions."""

    id: int
    created_at: dt.datetime
    last_seen_at: dt.datetime | None
    address: str
    agent: str


def token_hash(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def visit_of_token(token: str, now: dt.datetime, policy: Policy, address: str = "") -> Visit | None:
    """The live session with this token, with the projects within the person's scopes; one to three statements."""
    found = db.session.execute(_VISIT, {"token": token_hash(token), **_live(now, policy)}).one_or_none()
    if found is None:
        return None
    user, visit = found
    seen = visit.last_seen_at or visit.created_at
    must_change = user.must_change_password or (not user.is_sample and lapsed(user.password_changed_at, now, policy))
    lacks_codes = user.totp_secret is None and user.role in policy.totp_roles
    local = not visit.by_provider  # who comes from the single sign-on has proved themselves there
    end = min(visit.expires_at, visit.created_at + policy.absolute)
    return Visit(
        session_id=visit.id,
        actor=actor_of(user, address),
        must_change=local and must_change,
        must_enrol=local and lacks_codes and not user.is_sample,
        is_spared=local and lacks_codes and user.is_sample,
        last_seen_at=seen,
        idle_end=seen + policy.idle,
        end=end,
        proved_at=visit.proved_at,
        by_provider=visit.by_provider,
    )


_LIVE = (
    LoginSession.ended_at.is_(None),
    LoginSession.expires_at > bindparam("now"),
    LoginSession.created_at > bindparam("oldest"),
    func.coalesce(LoginSession.last_seen_at, LoginSession.created_at) > bindparam("rested"),
)
_VISIT = select(User, LoginSession).join(LoginSession, LoginSession.user_id == User.id)
_VISIT = _VISIT.where(LoginSession.token_hash == bindparam("token"), User.is_active, *_LIVE)


def _live(now: dt.datetime, policy: Policy) -> dict[str, dt.datetime]:
    return {"now": now, "oldest": now - policy.absolute, "rested": now - policy.idle}


def actor_of(user: User, address: str = "") -> Actor:
    """The person as the policy takes them."""
    reaches = set(POLICY[user.role].values())
    places = _places(user) if "place" in reaches else None
    return Actor(
        id=user.id,
        name=user.display_name,
        role=user.role,
        locale=user.locale,
        own_projects=IdsOf(("own", user.id), _OWN.where(ProjectAssignment.user_id == user.id))
        if "own" in reaches and user.role == "manager"
        else frozenset(),
        place_projects=None if places is None else projects_in(places),
        places=places,
        unit_projects=IdsOf(("unit", user.unit_id), _PROJECTS.where(PROJECT.c.unit_id == user.unit_id))
        if "unit" in reaches and user.unit_id
        else frozenset(),
        address=address,
    )


_OWN = select(ProjectAssignment.project_id)
_PROJECTS = select(PROJECT.c.id)
_PLACES = select(UserPlace.place_code).where(UserPlace.user_id == bindparam("user"))


def _places(user: User) -> frozenset[str] | None:
    """The codes of the person's places, None for all of them; where both were stored, the narrower counts."""
    named = frozenset(db.session.scalars(_PLACES, {"user": user.id}))
    return None if user.all_places and not named else named


def projects_in(places: frozenset[str]) -> IdsOf:
    """The ids of the projects in some places."""
    return IdsOf(("places", places), _PROJECTS.where(in_places(PROJECT.c.place_code, places)))


_KNOWN = (User.id, User.username, User.display_name, User.role, User.is_active)
_ACCOUNT = select(*_KNOWN, User.password_hash, User.totp_secret, User.password_changed_at, User.must_change_password)


def account_named(username: str) -> Account | None:
    """The account with this sign-in name."""
    return _account(User.username == username[:60])


def account_of(user_id: int | None) -> Account | None:
    """The account of this person."""
    return _account(User.id == user_id)


def _account(which: ColumnElement[bool]) -> Account | None:
    return next(iter(rows_of(Account, db.session.execute(_ACCOUNT.where(which)))), None)


def barred_hashes(account: Account, policy: Policy) -> tuple[str, ...]:
    """The hashes of the passwords that may not be taken again: the present one and those before it, as many as the
    policy says.
    """
    if not policy.password_history:
        return ()
    former = (
        select(PasswordHistory.password_hash)
        .where(PasswordHistory.user_id == account.id)
        .order_by(PasswordHistory.id.desc())
    )
    return (account.password_hash, *db.session.scalars(former.limit(policy.password_history - 1)))


def open_sessions(user_id: int | None, now: dt.datetime, policy: Policy) -> tuple[OpenSession, ...]:
    """The person's live sessions, the newest first."""
    columns = (
        LoginSession.id,
        LoginSession.created_at,
        LoginSession.last_seen_at,
        LoginSession.address,
        LoginSession.agent,
    )
    statement = select(*columns).where(LoginSession.user_id == user_id, *_LIVE).order_by(LoginSession.id.desc())
    return tuple(rows_of(OpenSession, db.session.execute(statement, _live(now, policy))))


def owner_of_token(token: str) -> int | None:
    """Whose session this is or was: the person's id, of ended sessions too."""
    return db.session.scalar(select(LoginSession.user_id).where(LoginSession.token_hash == token_hash(token)))


def kept_form(user_id: int | None, now: dt.datetime) -> str | None:
    """The sealed form that is kept for this person."""
    return db.session.scalar(
        select(KeptForm.sealed).where(KeptForm.user_id == user_id, KeptForm.kept_at > now - KEPT_FORMS)
    )


def user_by_name(username: str) -> User | None:
    """The account with this sign-in name."""
    return db.session.scalar(select(User).where(User.username == username))


def users() -> list[User]:
    """All accounts, by sign-in name."""
    return list(db.session.scalars(select(User).order_by(User.username)))
