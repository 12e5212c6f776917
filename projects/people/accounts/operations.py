"""Writes on the accounts of others. Whoever keeps accounts gives no rights, and whoever gives rights keeps no accounts
(三员分立).

Rules A-11 to A-13, A-15, A-16. Every one of these ends the person's sessions at once; a stop, a new
password and another role end their tokens for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from projects.core.acting import Acting
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import BEIJING
from projects.core.permissions import IN_PLACES, OFFICES, Actor, require, require_second
from projects.core.tables import PROJECT, Place
from projects.core.text import N_, Text
from projects.core.vocabulary import ROLES
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import Turn, take
from projects.people.accounts.queries import Grant, grant_of, others_in_office, resting
from projects.people.accounts.slip import NewPassword, Slip
from projects.people.accounts.tables import ProjectAssignment, Unit, User, UserPlace
from projects.people.factor.operations import box
from projects.people.requests.kinds import Effect, Kind, Means, Values
from projects.people.sessions.operations import end_sessions, hold_users
from projects.people.sign_in.operations import (
    completed,
    first_half,
    generate_password,
    hash_password,
    replace_password,
)
from projects.people.sign_in.policy import Policy
from projects.people.tokens.operations import end_tokens

SLIP = "password-slip"
CHANGED = N_("这个账号刚被他人改过, 请刷新后再办")
IN_UNIT = frozenset({"reviewer"})
ON_PROJECTS = frozenset({"manager"})


def reset_password(acting: Acting, user_id: int, hashed: str, policy: Policy) -> User:
    """Give the person a password for one sign-in, and lift a lock."""
    user = _other(acting.actor, "user.write", user_id)
    require_second(acting.actor, user.role in OFFICES)
    tokens = replace_password(user, acting.now, hashed, policy)
    user.must_change_password = True
    ended = end_sessions(user.id, acting.now)
    record(acting.actor, acting.now, Tag.PASSWORD_RESET, user, changes={"sessions": [ended, 0]} | tokens)
    return user


def reset_factor(acting: Acting, user_id: int) -> User:
    """Take the person's second factor away, whose phone is lost."""
    user = _other(acting.actor, "user.write", user_id)
    require_second(acting.actor, user.role in OFFICES)
    if user.totp_secret is None:
        raise ConflictError(N_("%(name)s 没有启用动态码"), name=user.display_name)
    user.totp_secret = user.totp_last_step = None
    ended = end_sessions(user.id, acting.now)
    record(acting.actor, acting.now, Tag.FACTOR_REMOVED, user, changes={"sessions": [ended, 0]})
    return user


def unlock(acting: Acting, user_id: int) -> User:
    """Lift the lock that guesses have put on an account; password, codes and sessions stay as they are."""
    user = _other(acting.actor, "user.write", user_id)
    if user.locked_until is None or user.locked_until <= acting.now:
        raise ConflictError(N_("%(name)s 没有被锁定"), name=user.display_name)
    tries, user.failed_sign_ins, user.locked_until = user.failed_sign_ins, 0, None
    record(acting.actor, acting.now, Tag.ACCOUNT_UNLOCKED, user, changes={"failed_sign_ins": [tries, 0]})
    return user


def set_active(acting: Acting, user_id: int, *, active: bool) -> User:
    """Stop an account, or let it sign in again."""
    user = _other(acting.actor, "user.write", user_id)
    require_second(acting.actor, user.role in OFFICES)
    if user.is_active != active:
        if not active:
            leave_somebody(user.role, [user.id])
        user.is_active = active
        end_sessions(user.id, acting.now)
        tokens = {} if active else end_tokens(user.id, acting.now)
        record(
            acting.actor,
            acting.now,
            Tag.ACCOUNT_RESUMED if active else Tag.ACCOUNT_STOPPED,
            user,
            changes={"is_active": [not active, active]} | tokens,
        )
    return user


def stop_resting(acting: Acting, user_ids: Iterable[int], policy: Policy) -> list[User]:
    """Stop accounts that have not been used for as long as the policy says; ConflictError if one of them has been used
    meanwhile or is the actor's own.
    """
    require(acting.actor, "account.review")
    wanted = sorted(set(user_ids))
    take(Turn.OFFICES)
    users = hold_users(wanted)
    found = {one.id: one for one in resting(acting.now, acting.now - policy.stale, wanted)}
    if not wanted or acting.actor.id in found or found.keys() != set(wanted):
        raise ConflictError(N_("选中的账号里有的刚被使用过、已停用或是您自己的, 请刷新后重新选择"))
    for role in {user.role for user in users}:
        leave_somebody(role, wanted)
    for user in users:
        user.is_active = False
        end_sessions(user.id, acting.now)
        tokens = end_tokens(user.id, acting.now)
        record(
            acting.actor,
            acting.now,
            Tag.ACCOUNT_STOPPED,
            user,
            changes={"is_active": [True, False], "unused_days": [None, found[user.id].days]} | tokens,
        )
    return list(users)


def leave_somebody(role: str, user_ids: Iterable[int]) -> None:
    """Raise ConflictError where an office would have nobody left who may sign in (A-16); for rows that are locked."""
    if role in OFFICES and not others_in_office(role, user_ids):
        raise ConflictError(N_("这是最后一位%(role)s, 之后没有人能办理: 请先设立另一位"), role=Text(ROLES[role]))


def grant(
    acting: Acting,
    user_id: int,
    *,
    version: int,
    role: str,
    unit_id: int | None,
    projects: Iterable[int],
    places: Iterable[str] = (),
    all_places: bool = False,
) -> User:
    """Give the person one role and its reach.

    What the role has no use for is dropped: an office holds nothing but itself. A role of places needs some, or all of
    them by name; saving all of them as they were confirms them.
    """
    user = _other(acting.actor, "role.write", user_id)
    before = grant_of(user_id)
    if before.version != version:
        raise ConflictError(N_("这个人的权限刚被他人改过, 请刷新后再改"))
    require_second(acting.actor, bool({before.role, role} & OFFICES))
    wanted = granted(before, role, unit_id=unit_id, all_places=all_places, places=places, projects=projects)
    changes = changes_of(before, wanted)
    if changes:
        _apply(user, before, wanted)
        end_sessions(user.id, acting.now)
        tokens = end_tokens(user.id, acting.now) if before.role != wanted.role else {}
        record(acting.actor, acting.now, Tag.ROLE_CHANGED, user, changes=changes | tokens)
    elif user.places_to_confirm:
        _confirm(acting, user)
    return user


def confirm_places(acting: Acting, user_id: int) -> User:
    """Say that this person is meant to have all places; ConflictError where that was said or changed meanwhile."""
    user = _other(acting.actor, "role.write", user_id)
    if not user.places_to_confirm:
        raise ConflictError(N_("%(name)s 的范围已经确认或改过, 请刷新后再看"), name=user.display_name)
    _confirm(acting, user)
    return user


def _confirm(acting: Acting, user: User) -> None:
    user.places_to_confirm = False
    db.session.flush()
    record(acting.actor, acting.now, Tag.PLACES_CONFIRMED, user, changes={"all_places": [True, True]})


def granted(
    before: Grant,
    role: str,
    *,
    unit_id: int | None,
    all_places: bool,
    places: Iterable[str],
    projects: Iterable[int],
) -> Grant:
    """`before` with another role and reach; InvalidError names what is not there, ConflictError the last of an
    office.
    """
    wanted = replace(
        before,
        role=role,
        unit_id=unit_id if role not in OFFICES else None,
        all_places=all_places and role in IN_PLACES,
        places=tuple(sorted(set(places))) if role in IN_PLACES else (),
        projects=tuple(sorted(set(projects))) if role in ON_PROJECTS else (),
    )
    _check(wanted)
    if role != before.role:
        leave_somebody(before.role, [before.id])
    return wanted


def _other(actor: Actor, action: str, user_id: int) -> User:
    require(actor, action)
    take(Turn.OFFICES)  # so that two who take an office from two people leave one of them
    user = next(iter(hold_users([user_id])), None)
    if user is None:
        raise NotFoundError(N_("没有这个用户"))
    if user.id == actor.id:
        raise ConflictError(N_("不能对自己的账号办理, 请由另一位管理员办理"))
    return user


def _check(wanted: Grant) -> None:
    wrong: dict[str, Text] = {}
    if wanted.role not in ROLES:
        wrong["role"] = Text(N_("没有这个角色: %(role)s"), {"role": wanted.role})
    if wanted.unit_id is not None and db.session.get(Unit, wanted.unit_id) is None:
        wrong["unit_id"] = Text(N_("没有这个单位"))
    if wanted.role in IN_PLACES and not wanted.places and not wanted.all_places:
        wrong["places"] = Text(N_("请选择负责的地区; 负责全部时请明确选“全部地区”"))
    if wanted.places and wanted.all_places:
        wrong["places"] = Text(N_("选了“全部地区”就不再选单个地区: 请去掉其中一样"))
    if wanted.role in IN_UNIT and wanted.unit_id is None:
        wrong["unit_id"] = Text(N_("单位审核员必须属于一个单位"))
    if len(_named(Place.code, Place.name, wanted.places)) < len(wanted.places):
        wrong["places"] = Text(N_("有的地区不存在, 请重新选择"))
    if len(_named(PROJECT.c.id, PROJECT.c.slug, wanted.projects)) < len(wanted.projects):
        wrong["projects"] = Text(N_("有的项目不存在, 请重新选择"))
    if wrong:
        raise InvalidError(wrong)


def _named(key: Any, name: Any, keys: Iterable[Any]) -> dict[Any, str]:
    rows: Iterable[Any] = db.session.execute(select(key, name).where(key.in_(tuple(keys)))).all()
    return dict(rows)


def changes_of(before: Grant, wanted: Grant) -> dict[str, list[Any]]:
    """What another grant changes, by the names of units, places and projects."""
    units = _named(Unit.id, Unit.name, [key for key in (before.unit_id, wanted.unit_id) if key])
    places = _named(Place.code, Place.name, (*before.places, *wanted.places))
    projects = _named(PROJECT.c.id, PROJECT.c.name, (*before.projects, *wanted.projects))

    def said(one: Grant) -> dict[str, Any]:
        return {
            "role": one.role,
            "unit": units.get(one.unit_id) if one.unit_id else None,
            "all_places": one.all_places,
            "places": [places[code] for code in one.places],
            "projects": [projects[key] for key in one.projects],
        }

    old, new = said(before), said(wanted)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _apply(user: User, before: Grant, wanted: Grant) -> None:
    user.role, user.unit_id, user.all_places = wanted.role, wanted.unit_id, wanted.all_places
    user.places_to_confirm = False
    if before.places != wanted.places:
        db.session.execute(delete(UserPlace).where(UserPlace.user_id == user.id))
        db.session.add_all(UserPlace(user_id=user.id, place_code=code) for code in wanted.places)
    if before.projects != wanted.projects:
        db.session.execute(delete(ProjectAssignment).where(ProjectAssignment.user_id == user.id))
        db.session.add_all(ProjectAssignment(user_id=user.id, project_id=key) for key in wanted.projects)
    flag_modified(user, "role")  # a change of reach alone counts as a change of the person, too
    db.session.flush()


# --- with whose consent -----------------------------------------------------------------------------------------------


def sealed_slip(subject: str, means: Means) -> tuple[Values, Slip]:
    """The first half of a password for an office, to be asked for with and handed over on paper."""
    half = first_half(means.policy)
    return {"first": box(means.key, SLIP).encrypt(half.encode()).decode()}, _slip(subject, half, 1)


def prepare_password(subject: str, wanted: Values, means: Means) -> NewPassword:
    """A password for one sign-in with its hash; slow, so not inside a transaction. Where its first half was given to
    who asked, only the other is shown: neither of the two people could sign in.
    """
    if "first" not in wanted:
        password = generate_password(means.policy)
        return NewPassword(hash_password(password), means.policy, _slip(subject, password, 0))
    try:
        first = box(means.key, SLIP).decrypt(wanted["first"].encode()).decode()
    except InvalidToken:
        raise ConflictError(N_("系统密钥已更换, 前半作废: 请不同意这份申请, 由申请人重新提出")) from None
    second = completed(first, means.policy)
    return NewPassword(hash_password(first + second), means.policy, _slip(subject, second, 2))


def _slip(subject: str, secret: str, part: int) -> Slip:
    user = db.session.get(User, int(subject))
    if user is None:
        raise NotFoundError(N_("没有这个用户"))
    return Slip(user.username, user.display_name, secret, part)


def _is_office(subject: str, _wanted: Values) -> bool:
    return db.session.scalar(select(User.role).where(User.id == int(subject))) in OFFICES


def _becomes_office(subject: str, wanted: Values) -> bool:
    return wanted["role"] in OFFICES or _is_office(subject, wanted)


def _effect(user: User, **changes: list[Any]) -> Effect:
    return Effect(f"{user.display_name} ({user.username})", changes, person_id=user.id)


def _password_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    user = _other(acting.actor, "user.write", int(subject))
    if "first" not in wanted:  # a whole password would be shown to one person
        raise ConflictError(CHANGED)
    at = user.password_changed_at
    before = at and at.astimezone(BEIJING).replace(tzinfo=None).isoformat(" ", "milliseconds")
    return _effect(user, new_password=[before, "slip"])


def _give_password(acting: Acting, subject: str, _wanted: Values, new: NewPassword | None) -> User:
    if new is None:
        raise ConflictError(CHANGED)
    return reset_password(acting, int(subject), new.hashed, new.policy)


def _factor_effect(acting: Acting, subject: str, _wanted: Values) -> Effect:
    user = _other(acting.actor, "user.write", int(subject))
    if user.totp_secret is None:
        raise ConflictError(N_("%(name)s 没有启用动态码"), name=user.display_name)
    return _effect(user, factor=["on", "off"])


def _active_effect(acting: Acting, subject: str, _wanted: Values, *, active: bool) -> Effect:
    user = _other(acting.actor, "user.write", int(subject))
    if user.is_active == active:
        return _effect(user)
    if not active:
        leave_somebody(user.role, [user.id])
    return _effect(user, is_active=[not active, active])


def _role_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    user = _other(acting.actor, "role.write", int(subject))
    before = grant_of(user.id)
    if acting.actor.consent is None and before.version != wanted["version"]:
        raise ConflictError(N_("这个人的权限刚被他人改过, 请刷新后再改"))  # who agrees compares the effect instead
    reach = {name: wanted[name] for name in ("unit_id", "all_places", "places", "projects")}
    return _effect(user, **changes_of(before, granted(before, wanted["role"], **reach)))


def _grant_asked(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> User:
    version = wanted["version"] if acting.actor.consent is None else grant_of(int(subject)).version
    return grant(acting, int(subject), **{**wanted, "version": version})


_OFFICE: dict[str, Any] = {"consent": "office.consent", "of_offices": True}
_KEPT: dict[str, Any] = {"action": "user.write", "needs_two": _is_office} | _OFFICE
_GRANTED: dict[str, Any] = {"action": "role.write", "needs_two": _becomes_office} | _OFFICE
ACCOUNT_KINDS = (
    Kind("account.password", effect=_password_effect, apply=_give_password, prepare=prepare_password, **_KEPT),
    Kind(
        "account.factor",
        effect=_factor_effect,
        apply=lambda acting, subject, *_: reset_factor(acting, int(subject)),
        **_KEPT,
    ),
    Kind(
        "account.stop",
        effect=partial(_active_effect, active=False),
        apply=lambda acting, subject, *_: set_active(acting, int(subject), active=False),
        in_emergency=True,
        **_KEPT,
    ),
    Kind(
        "account.resume",
        effect=partial(_active_effect, active=True),
        apply=lambda acting, subject, *_: set_active(acting, int(subject), active=True),
        **_KEPT,
    ),
    Kind("account.role", effect=_role_effect, apply=_grant_asked, **_GRANTED),
)
