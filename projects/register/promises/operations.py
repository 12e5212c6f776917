"""Writes on promises. One person adds one, which can only make more of what is owed; to correct, move or end one needs
another's consent (`PROMISE_KINDS`), and counts from the day of that consent: no day before it changes (PR-4 to PR-8).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from projects.core.acting import Acting
from projects.core.complaints import plain
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.permissions import Actor, covers, places_for, require, require_second
from projects.core.text import N_, Text
from projects.core.touched import touched
from projects.core.vocabulary import ENDINGS, UNTESTABLE
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.people.requests.tables import ConsentRequest
from projects.register.documents.queries import documents_near
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.projects.operations import hold_programmes, hold_project
from projects.register.projects.tables import Programme, Project
from projects.register.promises.checks import PromiseValues, as_typed, complaints, unit_of
from projects.register.promises.tables import Target

WRITING, AGREEING, GROUP = "promise.write", "change.approve", "promises"
GONE = N_("这条承诺已不再有效, 请刷新后再看")
Subject = Project | Programme


def add_promise(acting: Acting, subject: Subject, values: PromiseValues) -> Target:
    """Keep a new promise of a project or programme; it stands since its plan was published. InvalidError naming the
    fields that can't be taken.
    """
    require_for(acting.actor, subject)
    _hold(subject)
    _check(acting.actor, subject, values)
    target = _made(subject, values)
    target.slug, target.position = _free_slug(subject), _next_position(subject)
    db.session.add(target)
    db.session.flush()
    told = {field: [None, value] for field, value in told_of(values).items() if value not in (None, "")}
    _record(acting, Tag.PROMISE_ADDED, target, subject, told)
    return target


def require_for(actor: Actor, subject: Subject) -> None:
    """Raise unless `actor` may write promises of this project, or of this programme in their places."""
    if isinstance(subject, Project):
        require(actor, WRITING, subject.id)
        return
    require(actor, WRITING)
    if not covers(places_for(actor, WRITING), subject.place_code):
        raise NotFoundError(N_("没有这个项目群, 或不在您负责的地区"))


def standing_target(target_slug: str) -> Target:
    """A promise that stands, with whose it is and where; ConflictError where it was superseded or ended."""
    whole = (joinedload(Target.project), joinedload(Target.programme), joinedload(Target.clause))
    target = db.session.scalar(select(Target).where(Target.slug == target_slug).options(*whole))
    if target is None:
        raise NotFoundError(N_("没有这条承诺, 或不在您的权限范围内"))
    if target.superseded_by_id is not None or target.ended_on is not None:
        raise ConflictError(GONE)
    return target


def subject_of(target: Target) -> Subject:
    """Whose promise it is."""
    subject: Subject = target.project or target.programme  # type: ignore[assignment]  # a check of the table: one of both
    return subject


def values_of(target: Target) -> PromiseValues:
    """What a stored promise says."""
    return PromiseValues(**{field: getattr(target, field) for field in PromiseValues.__dataclass_fields__})


def told_of(values: PromiseValues) -> dict[str, Any]:
    """The fields as the history calls them."""
    told = asdict(values)
    named = select(PlanDocument.title, Clause.locator).join(Clause, Clause.document_id == PlanDocument.id)
    clause = db.session.execute(named.where(Clause.id == told.pop("clause_id"))).first()
    amount = as_typed(values.threshold, values.measure, values.quantifier)
    mark = {"percent": "%", "money": "万元"}.get(unit_of(values.measure, values.quantifier), "")
    return told | {
        "threshold": f"{amount}{mark}" if amount else "",
        "due": str(values.due) if values.due else "",
        "clause": f"{clause.title} {clause.locator}" if clause else "",
    }


def take_back(acting: Acting, target: Target) -> None:
    """Take a promise back that was entered by mistake, while the plan that it was read from is still worked on;
    ConflictError where somebody asks for something of it, or it was followed by another (PR-9).
    """
    subject = subject_of(standing_target(target.slug))
    require_for(acting.actor, subject)
    _hold(subject)
    asked = ConsentRequest.subject == target.slug, ConsentRequest.state == "waiting"
    earlier = db.session.scalar(select(Target.id).where(Target.superseded_by_id == target.id).limit(1))
    if earlier is not None or db.session.scalar(select(ConsentRequest.id).where(*asked).limit(1)) is not None:
        raise ConflictError(N_("这条承诺已有后续办理, 不能收回: 请走撤销承诺"))
    told = {field: [value, None] for field, value in told_of(values_of(target)).items() if value not in (None, "")}
    _record(acting, Tag.PROMISE_REMOVED, target, subject, told)
    db.session.delete(target)
    db.session.flush()


# --- what needs two people --------------------------------------------------------------------------------------------


def _revision(_acting: Acting, subject: str, wanted: Values) -> Effect:
    target = standing_target(subject)
    new, old = PromiseValues.from_json(wanted["values"]), values_of(target)
    _check(_acting.actor, subject_of(target), new)
    before, after = told_of(old), told_of(new)
    return _effect(target, {field: [before[field], after[field]] for field in after if before[field] != after[field]})


def _effect(target: Target, changes: Mapping[str, list[Any]]) -> Effect:
    subject = subject_of(target)
    about = f"{subject.name}: {target.wording}" if changes else subject.name
    return Effect(
        about=about,
        changes=changes,
        place_code=subject.place_code,
        project_id=target.project_id,
        programme_id=target.programme_id,
    )


def _revise(tag: Tag) -> Any:
    def apply(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> Target:
        old = standing_target(subject)
        whose = subject_of(old)
        require_for(acting.actor, whose)
        require_second(acting.actor, GROUP in two_person())
        _hold(whose)
        effect = _revision(acting, subject, wanted)
        new = _made(whose, PromiseValues.from_json(wanted["values"]))
        new.slug, new.position, new.since = _free_slug(whose), old.position, acting.day
        db.session.add(new)
        db.session.flush()
        old.superseded_by_id = new.id
        db.session.flush()
        _record(acting, tag, new, whose, {**effect.changes, "since": [None, str(acting.day)]})
        return new

    return apply


def _ending(_acting: Acting, subject: str, wanted: Values) -> Effect:
    target = standing_target(subject)
    how = wanted["ended_as"]
    if how not in ENDINGS:
        raise InvalidError({"ended_as": Text(N_("请从列表中选择"))})
    if how == "finished" and target.measure not in UNTESTABLE:
        raise InvalidError({"ended_as": Text(N_("这条承诺有可检验的节点, 由证据判断兑现, 不能办结"))})
    return _effect(target, {"ended_as": [None, how]})


def _end(acting: Acting, subject: str, wanted: Values, _prepared: Any) -> Target:
    target = standing_target(subject)
    require_for(acting.actor, subject_of(target))
    require_second(acting.actor, GROUP in two_person())
    _hold(subject_of(target))
    effect = _ending(acting, subject, wanted)
    target.ended_as, target.ended_on = wanted["ended_as"], acting.day
    db.session.flush()
    _record(acting, Tag.PROMISE_ENDED, target, subject_of(target), {**effect.changes, "since": [None, str(acting.day)]})
    return target


PROMISE_KINDS = tuple(
    Kind(key=key, action=WRITING, consent=AGREEING, effect=effect, apply=apply, group=GROUP)
    for key, effect, apply in (
        ("promise.correct", _revision, _revise(Tag.PROMISE_CORRECTED)),
        ("promise.move", _revision, _revise(Tag.PROMISE_MOVED)),
        ("promise.end", _ending, _end),
    )
)


# --- parts ------------------------------------------------------------------------------------------------------------


def _hold(subject: Subject) -> None:
    if isinstance(subject, Project):
        hold_project(subject.id)
    else:
        hold_programmes(Programme.id == subject.id)


def _made(subject: Subject, values: PromiseValues) -> Target:
    own = asdict(values) | {"wording": plain(values.wording), "note": plain(values.note)}
    whose = {"project_id": subject.id} if isinstance(subject, Project) else {"programme_id": subject.id}
    return Target(**own, **whose)


def _check(actor: Actor, subject: Subject, values: PromiseValues) -> None:
    issued_on = None
    if values.clause_id is not None:
        document = select(PlanDocument).join(Clause, Clause.document_id == PlanDocument.id)
        plan = db.session.scalar(document.where(Clause.id == values.clause_id))
        if plan is None or not documents_near(places_for(actor, WRITING), plan.place_code):
            raise InvalidError({"clause_id": Text(N_("请从列表中选择"))})
        issued_on = plan.issued_on
    wrong = complaints(values, issued_on, of_programme=isinstance(subject, Programme))
    if values.clause_id is None and "clause_id" not in wrong:
        wrong["clause_id"] = Text(N_("请选择承诺出自哪份文件的哪一条"))
    if wrong:
        raise InvalidError(wrong)


def _next_position(subject: Subject) -> int:
    own = Target.project_id if isinstance(subject, Project) else Target.programme_id
    last = db.session.scalar(select(Target.position).where(own == subject.id).order_by(Target.position.desc()).limit(1))
    return (last or 0) + 1


def _free_slug(subject: Subject) -> str:
    return f"{subject.slug}-{secrets.token_hex(5)}"


def _record(acting: Acting, tag: Tag, target: Target, subject: Subject, changes: Mapping[str, Any]) -> None:
    about = {"promise": [target.wording, target.wording], "name": [subject.name, subject.name]}
    record(acting.actor, acting.now, tag, target, project_id=target.project_id, changes={**about, **changes})
    if isinstance(subject, Project):
        touched([subject.id], acting.day)
    else:
        touched((), acting.day, programmes=[subject.id])
