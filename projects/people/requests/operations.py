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
from projects.core.text import N_, Text
from projects.core.vocabulary import APPROVALS, CHANGES, MEASURING, TWO_PERSON
from projects.database import tried
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.locks import Turn, held_rows
from projects.people.accounts.tables import User
from projects.people.requests.effects import compared
from projects.people.requests.kinds import KINDS, Effect, Kind, Values, filers_of, looked
from projects.people.requests.queries import TWO_PERSON_KEY, approvals, deciders, needs_two, request_of
from projects.people.requests.rules import (
    MOST_STEPS,
    OPEN,
    WORDS,
    Asked,
    Stake,
    complaints,
    refusal,
    words_complaint,
)
from projects.people.requests.tables import ConsentRequest
from projects.people.sign_in.queries import actor_of

NOBODY = N_("现在没有第二个人能同意这件事: 请先设立一位")
NO_APPROVER = N_(
    "现在没有人能审批这项改动: 请安全管理员为项目的单位设一位单位审核员, 或为本地区再设一位调度员; "
    "本单位不要审批的, 由安全管理员在“哪些事要两个人办”里改定"
)
NO_TWO_APPROVERS = N_("这项改动要先由单位审核员、再由调度员审批, 现在缺少其中一级: 请安全管理员补设, 或改为一级审批")
ONLY_FILERS = N_(
    "能审批这项改动的人都报送过这个项目的月报, 不能再改衡量它的尺子: "
    "请安全管理员为项目的单位设一位单位审核员, 或为本地区再设一位调度员"
)
NO_ONE = 0  # stands for whoever will have agreed first
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
    if not effect.moves:
        return kind.apply(acting, subject, wanted, prepared)
    if wrong := complaints(kind, asked):
        raise InvalidError(wrong)
    row = _put(acting, kind, subject, wanted, effect, asked)
    if row.is_emergency:
        kind.apply(acting._replace(actor=replace(acting.actor, consent="")), subject, wanted, prepared)
        row.wanted = {}
    db.session.flush()
    return row


def foresee(acting: Acting, key: str, subject: str, wanted: Values) -> list[dict[str, Any]]:
    """What an act would do to each verdict it bears on (`effects.compared`), by trial: nothing stays of it. Errors as
    of the act.
    """
    kind = KINDS[key]
    require(acting.actor, kind.action)
    return _foreseen(acting, kind, subject, wanted, kind.effect(acting, subject, wanted))


def foresee_again(acting: Acting, request_id: int) -> list[dict[str, Any]]:
    """The same for a request that waits, with what stands now; ProblemError where it can't be done any more."""
    row = db.session.get_one(ConsentRequest, request_id)
    kind, by = KINDS[row.kind], acting._replace(actor=_proposer(row, acting.actor))
    return _foreseen(by, kind, row.subject, row.wanted, kind.effect(by, row.subject, row.wanted))


def _foreseen(acting: Acting, kind: Kind, subject: str, wanted: Values, effect: Effect) -> list[dict[str, Any]]:
    before = looked(effect, acting.day)
    if not before or not effect.changes:
        return []
    by = acting._replace(actor=replace(acting.actor, consent=acting.actor.consent or ""))
    with tried():
        kind.apply(by, subject, wanted, None)
        db.session.flush()
        return compared(before, looked(effect, acting.day))


def _put(acting: Acting, kind: Kind, subject: str, wanted: Values, effect: Effect, asked: Asked) -> ConsentRequest:
    actor = acting.actor
    if actor.id is None:
        raise ConflictError(N_("系统账号不能登录"))
    steps = 1 if asked.emergency else max(1, approvals().get(kind.group or "", 1))
    measured = [effect.project_id] if effect.project_id is not None and kind.group in MEASURING else []
    filers = frozenset[int]().union(*filers_of(measured).values())
    stake = Stake(actor.id, actor.role, effect.person_id, effect.place_code, effect.project_id, steps, None, filers)
    if not asked.emergency:
        _require_deciders(kind, stake)
    same = ConsentRequest.kind == kind.key, ConsentRequest.subject == subject, ConsentRequest.state == "waiting"
    if not asked.emergency and db.session.scalar(select(ConsentRequest.id).where(*same)):
        raise ConflictError(N_("同样的申请已经有一份在等, 请先看那一份"))
    people = select(User.id).where(User.id.in_([actor.id, effect.person_id]), User.is_sample)
    row = ConsentRequest(
        kind=kind.key,
        subject=subject,
        about=str(effect.about)[:200],
        title=effect.about.to_json() if isinstance(effect.about, Text) else None,
        wanted=dict(wanted),
        changes=_plain(effect.changes),
        reason=plain(asked.reason),
        evidence=plain(asked.evidence),
        place_code=effect.place_code,
        project_id=effect.project_id,
        effects=_foreseen(acting, kind, subject, wanted, effect),
        steps=steps,
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


def _require_deciders(kind: Kind, stake: Stake) -> None:
    """ConflictError, naming what to do, where nobody could agree."""
    if stake.filers and not _could(kind, stake) and _could(kind, stake._replace(filers=frozenset())):
        raise ConflictError(ONLY_FILERS)
    if not deciders(kind, stake):
        lacks = NO_TWO_APPROVERS if stake.steps == MOST_STEPS else NO_APPROVER
        raise ConflictError(NOBODY if stake.project_id is None else lacks)
    if stake.steps == MOST_STEPS and not deciders(kind, stake._replace(first_id=NO_ONE)):
        raise ConflictError(NO_TWO_APPROVERS)


def _could(kind: Kind, stake: Stake) -> bool:
    """Whether there is somebody for each step."""
    later = stake._replace(first_id=NO_ONE)
    return bool(deciders(kind, stake)) and (stake.steps < MOST_STEPS or bool(deciders(kind, later)))


def decide(acting: Acting, request_id: int, *, agree: bool, words: str = "", prepared: Any = None) -> ConsentRequest:
    """Agree, and do it; or not. What was done in an emergency is confirmed or objected to, and not done again; what was
    objected to is agreed to once it was put right, which is told in words.

    A request whose effect is another than when it was asked for, or whose proposer may no longer ask, is not done but
    marked as overtaken. ConflictError where others decided it; ForbiddenError for who may not.
    """
    row = _held(acting.actor, request_id)
    kind = KINDS[row.kind]
    stake = request_of(acting.actor, request_id).stake
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
        elif stake.role == "reviewer":
            return _agreed_first(acting, row, said)
        else:
            _do(by, kind, row, prepared)
    _settle(acting, row, state, said)
    return row


def _do(by: Acting, kind: Kind, row: ConsentRequest, prepared: Any) -> None:
    """The act, with what it did to each verdict."""
    effect = kind.effect(by, row.subject, row.wanted)
    before = looked(effect, by.day)
    kind.apply(by, row.subject, row.wanted, prepared)
    db.session.flush()
    if kind.accept:
        kind.accept(by, row.id, row.subject)
    if before:
        row.effects = compared(before, looked(effect, by.day))


def _agreed_first(acting: Acting, row: ConsentRequest, words: str) -> ConsentRequest:
    """The first of two agrees: nothing is done yet, and it waits for the second."""
    row.first_id, row.first_at, row.first_words = acting.actor.id, acting.now, words[:WORDS]
    db.session.flush()
    record(acting.actor, acting.now, Tag.CONSENT_FIRST, row, project_id=row.project_id, changes=_about(row))
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
    if not asker.is_active or asker.role != row.proposer_role or not may(by.actor, kind.action, row.project_id):
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
    emergency = {"is_emergency": [None, True]} if row.is_emergency else {}
    told = {name: pair for name, pair in changes.items() if pair != [None, ""]}
    said = {**_about(row), **emergency, **told}
    record(acting.actor, acting.now, TAGS[row.state], row, project_id=row.project_id, changes=said)


def _about(row: ConsentRequest) -> dict[str, Any]:
    return {"act": [row.kind] * 2, **({"about": [row.title or row.about] * 2} if row.about else {})}


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as the database gives them back."""
    found: dict[str, Any] = json.loads(json.dumps(changes))
    return found


# --- which acts need two ----------------------------------------------------------------------------------------------


def _two_person_effect(_acting: Acting, _subject: str, wanted: Values) -> Effect:
    before, after = approvals(), _approvals_wanted(wanted)
    return Effect(
        about="",
        changes={
            f"two_person_{group}": [_as_said(group, before[group]), _as_said(group, after[group])]
            for group in TWO_PERSON
            if before[group] != after[group]
        },
    )


def _approvals_wanted(wanted: Values) -> dict[str, int]:
    """How many must agree to an act of each group; `groups` names those that need a second person, `steps` how many
    agree to a change of a project's.
    """
    groups, steps = frozenset(wanted["groups"]), {**approvals(), **wanted.get("steps", {})}
    if groups - TWO_PERSON.keys() or any(str(steps[group]) not in APPROVALS for group in CHANGES):
        raise InvalidError({})
    return {group: steps[group] if group in CHANGES else int(group in groups) for group in TWO_PERSON}


def _as_said(group: str, steps: int) -> Any:
    """As the history has words for it."""
    return str(steps) if group in CHANGES else bool(steps)


def _set_two_person(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> None:
    changes = _two_person_effect(acting, subject, wanted).changes
    steps = _approvals_wanted(wanted)
    value = ",".join(f"{group}:{steps[group]}" for group in TWO_PERSON)
    db.session.merge(Setting(key=TWO_PERSON_KEY, value=value))
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
