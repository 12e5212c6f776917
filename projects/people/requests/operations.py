"""Writes on requests. `ask` does an act at once where one person may, and keeps it as a request where it needs two;
`decide` does it in the transaction of the consent (RQ-1 to RQ-8).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from projects.core.acting import Acting
from projects.core.complaints import plain
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, ProblemError
from projects.core.permissions import Actor, may, require
from projects.core.tables import Setting
from projects.core.text import N_
from projects.core.vocabulary import TWO_PERSON
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import Turn, held_rows
from projects.people.accounts.tables import User
from projects.people.requests.kinds import KINDS, Effect, Kind, Values
from projects.people.requests.queries import TWO_PERSON_KEY, deciders, needs_two, request_of, two_person
from projects.people.requests.rules import OPEN, Asked, Stake, complaints, refusal, words_complaint
from projects.people.requests.tables import ConsentRequest
from projects.people.sign_in.queries import actor_of

NOBODY = N_("现在没有第二个人能同意这件事: 请先设立一位")
TAGS = {
    "waiting": Tag.CONSENT_ASKED,
    "emergency": Tag.CONSENT_FORESTALLED,
    "approved": Tag.CONSENT_GIVEN,
    "returned": Tag.CONSENT_RETURNED,
    "withdrawn": Tag.CONSENT_WITHDRAWN,
    "overtaken": Tag.CONSENT_OVERTAKEN,
}


def ask(
    acting: Acting, key: str, subject: str, wanted: Values, asked: Asked | None = None, prepared: Any = None
) -> Any:
    """Do the act of kind `key` and return what its operation returns; or ask for it where it needs two people, and
    return the request. None where it would change nothing.

    InvalidError names the fields `reason`, `evidence`, `emergency`, or those of the act; ConflictError where the same
    waits already or nobody could agree.
    """
    kind, asked = KINDS[key], asked or Asked()
    require(acting.actor, kind.action)
    if not needs_two(kind, subject, wanted):
        return kind.apply(acting, subject, wanted, prepared)
    effect = kind.effect(acting, subject, wanted)
    if not effect.changes:
        return None
    if wrong := complaints(kind, asked):
        raise InvalidError(wrong)
    row = _put(acting, kind, subject, wanted, effect, asked)
    if row.is_emergency:
        kind.apply(acting._replace(actor=replace(acting.actor, consent="")), subject, wanted, prepared)
        row.wanted = {}
    db.session.flush()
    return row


def _put(acting: Acting, kind: Kind, subject: str, wanted: Values, effect: Effect, asked: Asked) -> ConsentRequest:
    actor = acting.actor
    if actor.id is None:
        raise ConflictError(N_("系统账号不能登录"))
    stake = Stake(actor.id, actor.role, effect.person_id, effect.place_code)
    if not asked.emergency and not deciders(kind, stake):
        raise ConflictError(NOBODY)
    same = ConsentRequest.kind == kind.key, ConsentRequest.subject == subject, ConsentRequest.state == "waiting"
    if not asked.emergency and db.session.scalar(select(ConsentRequest.id).where(*same)):
        raise ConflictError(N_("同样的申请已经有一份在等, 请先看那一份"))
    people = select(User.id).where(User.id.in_([actor.id, effect.person_id]), User.is_sample)
    row = ConsentRequest(
        kind=kind.key,
        subject=subject,
        about=effect.about[:200],
        wanted=dict(wanted),
        changes=_plain(effect.changes),
        reason=plain(asked.reason),
        evidence=plain(asked.evidence),
        place_code=effect.place_code,
        person_id=effect.person_id,
        proposer_id=actor.id,
        proposer_role=actor.role,
        proposed_at=acting.now,
        state="emergency" if asked.emergency else "waiting",
        is_emergency=asked.emergency,
        is_sample=db.session.scalars(people).first() is not None,
    )
    db.session.add(row)
    db.session.flush()
    _note(acting, row, {"reason": [None, row.reason], "evidence": [None, row.evidence], **effect.changes})
    return row


def decide(acting: Acting, request_id: int, *, agree: bool, words: str = "", prepared: Any = None) -> ConsentRequest:
    """Agree, and do it; or not. What was done in an emergency is confirmed or objected to, and not done again; what was
    objected to is agreed to once it was put right, which is told in words.

    A request whose effect is another than when it was asked for, or whose proposer may no longer ask, is not done but
    marked as overtaken. ConflictError where others decided it; ForbiddenError for who may not.
    """
    row = _held(acting.actor, request_id)
    kind = KINDS[row.kind]
    stake = Stake(row.proposer_id, row.proposer_role, row.person_id, row.place_code)
    mends = row.is_emergency and row.state == "returned" and agree
    if row.state not in OPEN and not mends:
        raise ConflictError(N_("这份申请已经有了结果, 请刷新后再看"))
    if problem := refusal(kind, stake, acting.actor):
        raise ForbiddenError(problem.msgid)
    if problem := words_complaint(words, needed=mends or not agree):
        raise InvalidError({"words": problem})
    said, state = plain(words), "approved" if agree else "returned"
    if agree and row.state == "waiting":
        by = acting._replace(actor=_proposer(row, acting.actor))
        problem_now = _overtaken(by, kind, row)
        if problem_now:
            said, state = problem_now, "overtaken"
        else:
            kind.apply(by, row.subject, row.wanted, prepared)
    _settle(acting, row, state, said)
    return row


def withdraw(acting: Acting, request_id: int) -> ConsentRequest:
    """Take back what one asked for oneself, while it waits."""
    row = _held(acting.actor, request_id)
    if row.proposer_id != acting.actor.id:
        raise ForbiddenError(N_("只有申请人能撤回"))
    if row.state != "waiting":
        raise ConflictError(N_("这份申请已经有了结果, 请刷新后再看"))
    _settle(acting, row, "withdrawn", "")
    return row


def know(acting: Acting) -> None:
    """Note that the person has read what others changed of their access."""
    db.session.execute(
        update(User)
        .where(User.id == acting.actor.id)
        .values(told_at=acting.now)
        .execution_options(synchronize_session=False)
    )


def _held(actor: Actor, request_id: int) -> ConsentRequest:
    """The request, held before all that its act takes; NotFoundError outside of what the person may see."""
    row = next(iter(held_rows(Turn.REQUESTS, ConsentRequest, [request_id])), None)
    if row is None:
        raise NotFoundError(N_("没有这份申请, 或不在您的权限范围内"))
    request_of(actor, request_id)
    return row


def _proposer(row: ConsentRequest, decider: Actor) -> Actor:
    """Who asked, as they are now, with the consent of who decides."""
    return replace(actor_of(db.session.get_one(User, row.proposer_id)), consent=decider.name)


def _overtaken(by: Acting, kind: Kind, row: ConsentRequest) -> str:
    """Why what was asked for can't be done any more; "" where it can."""
    asker = db.session.get_one(User, row.proposer_id)
    if not asker.is_active or asker.role != row.proposer_role or not may(by.actor, kind.action):
        return N_("申请人已不再办理这类事")
    try:
        effect = kind.effect(by, row.subject, row.wanted)
    except ProblemError as problem:
        return str(problem.text)
    if _plain(effect.changes) != row.changes:
        return N_("提出申请之后情况有变: 请按现在的情况重新提出")
    return ""


def _settle(acting: Acting, row: ConsentRequest, state: str, words: str) -> None:
    row.state, row.words, row.wanted = state, words[:400], {}
    if row.proposer_id != acting.actor.id:
        row.decider_id = acting.actor.id
    row.decided_at = acting.now
    db.session.flush()
    proposer = db.session.scalar(select(User.display_name).where(User.id == row.proposer_id))
    _note(acting, row, {"proposer": [proposer, proposer], "words": [None, row.words]})


def _note(acting: Acting, row: ConsentRequest, changes: Mapping[str, Any]) -> None:
    about = {"act": [row.kind] * 2, **({"about": [row.about] * 2} if row.about else {})}
    emergency = {"is_emergency": [None, True]} if row.is_emergency else {}
    told = {name: pair for name, pair in changes.items() if pair != [None, ""]}
    record(acting.actor, acting.now, TAGS[row.state], row, changes={**about, **emergency, **told})


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as the database gives them back."""
    found: dict[str, Any] = json.loads(json.dumps(changes))
    return found


# --- which acts need two ----------------------------------------------------------------------------------------------


def _two_person_effect(_acting: Acting, _subject: str, wanted: Values) -> Effect:
    before, after = two_person(), frozenset(wanted["groups"])
    if after - TWO_PERSON.keys():
        raise InvalidError({})
    return Effect(
        about="",
        changes={
            f"two_person_{group}": [group in before, group in after]
            for group in TWO_PERSON
            if (group in before) != (group in after)
        },
    )


def _set_two_person(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> None:
    changes = _two_person_effect(acting, subject, wanted).changes
    db.session.merge(Setting(key=TWO_PERSON_KEY, value=",".join(sorted(wanted["groups"]))))
    db.session.flush()
    record(acting.actor, acting.now, Tag.TWO_PERSON_CHANGED, TWO_PERSON_KEY, changes=changes, kind="setting")


REQUEST_KINDS = (
    Kind(
        key="two_person",
        action="role.write",
        consent="office.consent",
        effect=_two_person_effect,
        apply=_set_two_person,
        needs_two=lambda _subject, _wanted: True,
        of_offices=True,
    ),
)
