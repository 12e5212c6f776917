"""Writes on findings: a step in handling one, and an installation's own caps, deadlines and thresholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from projects.core.acting import Acting
from projects.core.complaints import choice_complaint, text_complaint
from projects.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from projects.core.money import plain_yuan
from projects.core.permissions import Actor, covers, places_for, require, require_second
from projects.core.text import N_, Text
from projects.core.vocabulary import FINDING_STATES
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.documents.tables import FundingDocument
from projects.money.evidence.queries import limits
from projects.money.findings import names
from projects.money.findings.limits import Limit, Limits
from projects.money.findings.queries import steps_taken
from projects.money.findings.sheet import FindingRow
from projects.money.findings.tables import FindingStep, FundingLimit
from projects.money.ledger.operations import lock_money
from projects.people.requests.kinds import Effect, Kind, Values
from projects.people.requests.queries import two_person
from projects.register.projects.queries import options


@dataclass(frozen=True)
class Handling:
    """What is to become of a finding; an exemption needs its reason and may run `until` a day."""

    state: str
    owner: str = ""
    note: str = ""
    until: dt.date | None = None


def handle(acting: Acting, row: FindingRow, handling: Handling, seen: int | None = None) -> FindingStep:
    """Put a finding in another state, with who answers for it and why; InvalidError names the fields that can't be
    taken.

    `seen` is how many steps the person knew of: ConflictError where others took one since.
    """
    require(acting.actor, "finding.handle", row.subject.project_id)
    lock_money()
    if seen is not None and seen != steps_taken(row.key):
        raise ConflictError(N_("这个问题刚被他人处理过: 请看最新的处理情况, 核对后再提交"))
    document = db.session.get(FundingDocument, row.subject.document_id) if row.subject.document_id else None
    if row.subject.document_id and (
        document is None or not covers(places_for(acting.actor, "finding.handle"), document.place_code)
    ):
        raise NotFoundError(N_("没有这份文件, 或不在您的权限范围内"))
    found = {
        "state": choice_complaint(handling.state, FINDING_STATES),
        "owner": text_complaint(handling.owner, 60),
        "note": text_complaint(handling.note, 400),
    }
    if handling.state in {"exempted", "closed"} and not handling.note.strip():
        found["note"] = Text(N_("请写明理由或办理结果"))
    if handling.until is not None and (handling.state != "exempted" or handling.until < acting.day):
        found["until"] = Text(N_("期限只用于豁免, 且不能早于今天"))
    wrong = {name: problem for name, problem in found.items() if problem}
    if wrong:
        raise InvalidError(wrong)
    project_id, document_id, rule, source = row.key
    step = FindingStep(
        project_id=project_id,
        document_id=document_id,
        rule=rule,
        source=source,
        state=handling.state,
        owner=handling.owner.strip(),
        note=handling.note.strip(),
        amount_fen=row.finding.amount_fen,
        until=handling.until,
        by_id=acting.actor.id,
        at=acting.now,
        taken_on=acting.day,
        is_sample=bool(document and document.is_sample),
    )
    db.session.add(step)
    db.session.flush()
    changes = {
        "rule": [rule, rule],
        "finding_state": [row.state, step.state],
        "owner": [row.owner, step.owner],
        "note": [None, step.note],
    }
    changes |= {"until": [None, step.until.isoformat()]} if step.until else {}
    record(
        acting.actor,
        acting.now,
        Tag.FINDING_HANDLED,
        step,
        project_id=project_id,
        changes=changes | {"amount_fen": [step.amount_fen] * 2},
    )
    return step


def set_limit(acting: Acting, key: str, value: Decimal | None, law: str, seen: str | None = None) -> None:
    """Put an installation's own figure in the place of the one of `key`; None goes back to the shipped one.

    `value` is in the row's own unit (yuan for sums). `seen` is the row (`said_by`) as the person saw it, another one
    now is a ConflictError.
    """
    require_second(acting.actor, "limits" in two_person())
    row = _settable(acting, key, value, law, seen)
    own = db.session.scalar(select(FundingLimit).where(FundingLimit.key == key))
    before = figure(row)
    if value is None:
        db.session.execute(delete(FundingLimit).where(FundingLimit.key == key))
    else:
        own = own or FundingLimit(key=key)
        own.rule, own.programme, own.region, own.valid_from, own.valid_to = (
            row.rule,
            row.programme,
            row.region,
            row.valid_from,
            row.valid_to,
        )
        own.rate = float(value) if row.rate is not None else None
        own.number = int(value) if row.number is not None else None
        own.amount_fen = int(value * 100) if row.amount_fen is not None else None
        own.law, own.changed_at = law.strip(), acting.now
        db.session.add(own)
    db.session.flush()
    record(
        acting.actor,
        acting.now,
        Tag.LIMIT_CHANGED,
        key,
        changes={"rule": [row.rule] * 2, "limit": [before, None if value is None else str(value)]},
        kind="funding_limit",
    )


def _settable(acting: Acting, key: str, value: Decimal | None, law: str, seen: str | None) -> Limit:
    """The row of `key`, whose figure may become `value`; ConflictError where it is not the one `seen`."""
    _, row = _found(acting, key)
    if seen is not None and seen != said_by(row):
        raise ConflictError(N_("这项限额刚被他人改为 %(figure)s: 请核对后再提交"), figure=figure(row))
    if value is not None:
        wrong = {name: problem for name, problem in (("value", _value(row, value)), ("law", _law(law))) if problem}
        if wrong:
            raise InvalidError(wrong)
    return row


SCOPED = frozenset({"F-6", "F-7"})  # rules whose rows may speak of a region or a kind of project


@dataclass(frozen=True)
class NewLimit:
    """A row of the installation's own beside another: for a region or a kind of project, from a day or up to one."""

    value: Decimal | None
    law: str = ""
    region: str = ""
    programme: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def add_limit(acting: Acting, key: str, new: NewLimit, kinds: Collection[str]) -> str:
    """Add a row beside the one of `key`, whose rule and unit it takes; its key.

    `kinds` are the projects it may speak of. InvalidError names the fields that can't be taken.
    """
    require_second(acting.actor, "limits" in two_person())
    rows, row = _found(acting, key)
    wrong = _new_complaints(row, new, rows, kinds)
    if wrong or new.value is None:
        raise InvalidError(wrong)
    numbers = [int(one.key.rpartition(".")[2]) for one in rows.rows if one.root == row.root and one.is_added]
    added = f"{row.root}.{1 + max(numbers, default=0)}"
    own = FundingLimit(
        key=added,
        rule=row.rule,
        region=new.region,
        programme=new.programme or ("" if row.rule in SCOPED else row.programme),
    )
    own.valid_from, own.valid_to, own.law, own.changed_at = new.valid_from, new.valid_to, new.law.strip(), acting.now
    own.rate = float(new.value) if row.rate is not None else None
    own.number = int(new.value) if row.number is not None else None
    own.amount_fen = int(new.value * 100) if row.amount_fen is not None else None
    db.session.add(own)
    db.session.flush()
    record(
        acting.actor,
        acting.now,
        Tag.LIMIT_CHANGED,
        added,
        changes={"rule": [row.rule] * 2, "limit": [None, str(new.value)]},
        kind="funding_limit",
    )
    return added


def _found(acting: Acting, key: str) -> tuple[Limits, Limit]:
    """The rows in force, which nobody else changes now, and the one of `key`."""
    require(acting.actor, "funding.limit")
    if acting.actor.places is not None:
        raise ForbiddenError(N_("限额管全部地区, 只有不限地区的财务人员可以修改"))
    lock_money()
    rows = limits()
    row = next((row for row in rows.rows if row.key == key), None)
    if row is None:
        raise NotFoundError(N_("没有这项限额"))
    return rows, row


def said_by(row: Limit) -> str:
    """What a row says, to be compared with what a person saw of it."""
    return f"{figure(row)} {row.law if row.is_own else ''}".strip()


def _new_complaints(row: Limit, new: NewLimit, rows: Limits, kinds: Collection[str]) -> dict[str, Text]:
    found: dict[str, Text | None] = {
        "value": Text(N_("请填限额的数")) if new.value is None else _value(row, new.value),
        "law": _law(new.law),
        "region": None
        if not new.region or (row.rule in SCOPED and new.region in set(rows.regions.values()))
        else Text(N_("这条规则不分地区")),
        "programme": None
        if not new.programme or (row.rule in SCOPED and new.programme in kinds)
        else Text(N_("这条规则不分项目类别")),
        "valid_to": Text(N_("止日不能早于起日"))
        if new.valid_from and new.valid_to and new.valid_to < new.valid_from
        else None,
    }
    if row.rule not in SCOPED and new.valid_from is None:
        found["valid_from"] = Text(N_("请写明从哪天起用这个数"))
    scope = new.region, new.programme or ("" if row.rule in SCOPED else row.programme), new.valid_from
    if any(
        scope == (one.region, one.programme, one.valid_from)
        for one in rows.rows
        if one.rule == row.rule and (row.rule in SCOPED or one.root == row.root)
    ):
        found["valid_from"] = Text(N_("同样范围和起日的一行已经有了: 请修改那一行"))
    return {name: problem for name, problem in found.items() if problem}


def figure(row: Limit) -> str:
    """A row's figure in its own unit: percent, months, days or points, yuan."""
    return (
        plain_yuan(row.amount_fen)
        if row.amount_fen is not None
        else f"{row.rate if row.rate is not None else row.number or 0:g}"
    )


def _value(row: Limit, value: Decimal) -> Text | None:
    most, places = (100, 2) if row.rate is not None else (1200, 0) if row.number is not None else (10**12, 2)
    if not value.is_finite() or not 0 <= value <= most or value != round(value, places):
        return Text(N_("请填 0 到 %(most)s 的数"), {"most": most})
    return None


def _law(law: str) -> Text | None:
    return text_complaint(law, 200) or (None if law.strip() else Text(N_("请写明依据的文件")))


# --- with whose consent -----------------------------------------------------------------------------------------------


def kinds_of(actor: Actor) -> list[str]:
    """What a row of limits may speak of: kinds of projects, and programmes that the person may see."""
    return [*names.PROJECTS, *(one.value for one in options(actor)["programme"])]


def _about(row: Limit) -> Text:
    """Which limit it is, as documents call it."""
    said = [Text(word) for word in (names.name(row), names.part(row), *names.scope(row)) if word]
    named = {f"word{number}": word for number, word in enumerate(said)}
    return Text(" ".join(["%(rule)s", *(f"%({name})s" for name in named)]), {"rule": row.rule, **named})


def _decimal(wanted: Values) -> Decimal | None:
    return None if wanted["value"] is None else Decimal(wanted["value"])


def _new(wanted: Values) -> NewLimit:
    first, last = (wanted[name] and dt.date.fromisoformat(wanted[name]) for name in ("valid_from", "valid_to"))
    return NewLimit(_decimal(wanted), wanted["law"], wanted["region"], wanted["programme"], first, last)


def _set_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    value = _decimal(wanted)
    row = _settable(acting, subject, value, wanted["law"], wanted["seen"])
    law = [row.law if row.is_own else None, wanted["law"].strip() or None]
    return Effect(_about(row), {"limit": [figure(row), wanted["value"]], "law": law})


def _add_effect(acting: Acting, subject: str, wanted: Values) -> Effect:
    new = _new(wanted)
    rows, row = _found(acting, subject)
    if wrong := _new_complaints(row, new, rows, kinds_of(acting.actor)):
        raise InvalidError(wrong)
    told = {name: [None, wanted[name]] for name in ("law", "region", "programme", "valid_from", "valid_to")}
    return Effect(
        _about(row),
        {"limit": [None, wanted["value"]], **{name: pair for name, pair in told.items() if pair[1]}},
    )


_LIMITS: dict[str, Any] = {"action": "funding.limit", "consent": "funding.limit", "group": "limits"}
LIMIT_KINDS = (
    Kind(
        "limits.set",
        effect=_set_effect,
        apply=lambda acting, subject, wanted, _: set_limit(
            acting, subject, _decimal(wanted), wanted["law"], wanted["seen"]
        ),
        **_LIMITS,
    ),
    Kind(
        "limits.add",
        effect=_add_effect,
        apply=lambda acting, subject, wanted, _: add_limit(acting, subject, _new(wanted), kinds_of(acting.actor)),
        **_LIMITS,
    ),
)
