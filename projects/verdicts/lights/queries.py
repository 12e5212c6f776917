"""Reads the rules in force on a day, or on each day up to one, and what lights are made from; one statement each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Executable, String, func, literal, null, or_, select, union_all

from projects.extensions import db
from projects.money.ladder.sums import APPROVING
from projects.money.ledger.queries import compositions
from projects.money.ledger.tables import LedgerEntry
from projects.people.accounts.tables import User
from projects.statements import among, given
from projects.verdicts.facts.facts import RuleBook, RuleSet, rule_set
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.own import with_own
from projects.verdicts.forecast.reference import Reference
from projects.verdicts.forecast.tables import ReferenceVersion
from projects.verdicts.lights.lights import Exempted, LightFacts
from projects.verdicts.rules.tables import Exemption, RuleChoice, RuleSetVersion

Ids = Collection[int] | None


@dataclass(frozen=True)
class InForce:
    """By what a day is judged: the rule sets and their choices, and the class of finished projects that forecasts lean
    on.
    """

    book: RuleBook
    reference: Reference


def in_force(as_of: dt.date) -> InForce:
    """What was in force on a day; one statement."""
    newest = select(func.max(ReferenceVersion.made_on)).where(ReferenceVersion.made_on <= as_of).scalar_subquery()
    return _of(_adopted(as_of, ReferenceVersion.made_on == newest), as_of)


def in_force_until(until: dt.date) -> Callable[[dt.date], InForce]:
    """What was in force on each day up to one; one statement for all of them."""
    rows = _adopted(until, ReferenceVersion.made_on <= until)
    return lambda day: _of(rows, day)


def _adopted(until: dt.date, wanted: ColumnElement[bool]) -> list[Any]:
    """Versions, choices and the wanted references by their ids: kind, id, day, key, number or programme, content."""
    version, choice, own = RuleSetVersion, RuleChoice, ReferenceVersion
    statement = union_all(
        select(literal("set"), version.id, version.adopted_on, version.key, version.number, version.figures).where(
            version.adopted_on <= until
        ),
        select(literal("choice"), choice.id, choice.chosen_on, choice.key, choice.programme_id, null()).where(
            choice.chosen_on <= until
        ),
        select(literal("own"), own.id, own.made_on, null(), null(), own.members).where(wanted),
    )
    return sorted(db.session.connection().execute(statement), key=lambda row: row[1])


def _of(rows: Iterable[Any], day: dt.date) -> InForce:
    sets: dict[str, RuleSet] = {}
    choices: dict[int | None, str] = {}
    reference = packaged_reference()
    for kind, _, since, key, number, content in rows:
        if since > day:
            continue
        if kind == "set":
            sets[key] = rule_set(key, number, content)
        elif kind == "choice":
            choices[number] = key
        else:
            reference = _blended(_Members(content))
    return InForce(RuleBook(sets, choices), reference)


class _Members(list[dict[str, Any]]):
    """Stored members as a key of the cache, which tells them apart by what they say: a restored backup may use a row's
    number for others.
    """

    def __hash__(self) -> int:  # type: ignore[override]
        return len(self)


@lru_cache(maxsize=8)
def _blended(members: _Members) -> Reference:
    return with_own(packaged_reference(), members)


def rules_on(as_of: dt.date) -> RuleBook:
    """The rule sets and choices in force on a day."""
    return in_force(as_of).book


def reference_on(as_of: dt.date) -> Reference:
    """The class of finished projects that forecasts of a day lean on."""
    return in_force(as_of).reference


def light_facts(ids: Ids, as_of: dt.date) -> dict[int, LightFacts]:
    """What was paid of which approved sum, and exemptions, by project."""
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    taken: dict[int, list[tuple[int, Exempted]]] = defaultdict(list)
    for project_id, kind, number, reason, who, since, until in db.session.connection().execute(
        _light_rows(as_of, some=ids is not None), given(ids)
    ):
        if since is None:
            sums[project_id][kind] = int(number)
        else:
            taken[project_id].append((int(number), Exempted(kind, reason, who, since, until)))
    return {
        key: LightFacts(
            sums[key].get("paid"),
            next((sums[key][kind] for kind in APPROVING if sums[key].get(kind)), None),
            None,
            tuple(one for _, one in sorted(taken[key], key=lambda pair: -pair[0])),
        )
        for key in {*sums, *taken}
    }


@lru_cache(maxsize=8)  # a few days serve all writers
def _light_rows(as_of: dt.date, *, some: bool) -> Executable:
    entry, composed, own = LedgerEntry, compositions(as_of).c, Exemption
    blank = (
        literal("").label("reason"),
        literal("").label("who"),
        null().cast(Date).label("since"),
        null().cast(Date).label("until"),
    )
    paid = select(entry.project_id, literal("paid").label("kind"), func.sum(entry.amount_fen).label("fen"), *blank)
    paid = paid.where(entry.step == "paid", entry.entry_on <= as_of, *among(entry.project_id, some)).group_by(
        entry.project_id
    )
    approved = select(composed.project_id, composed.estimate_kind.cast(String), func.sum(composed.amount_fen), *blank)
    approved = approved.where(composed.estimate_kind.in_(APPROVING), *among(composed.project_id, some)).group_by(
        composed.project_id, composed.estimate_kind
    )
    standing = (own.since <= as_of, or_(own.ended_on.is_(None), own.ended_on > as_of))
    exempted = select(
        own.project_id, own.light, literal(0) + own.id, own.reason, User.display_name, own.since, own.until
    )
    exempted = exempted.join(User, User.id == own.approver_id).where(*standing, *among(own.project_id, some))
    return union_all(paid, approved, exempted)
