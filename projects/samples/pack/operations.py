"""Loading the pack, and removing it whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from projects.core.errors import ConflictError
from projects.core.permissions import Actor, require
from projects.core.text import N_
from projects.extensions import Model, db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.history.record.words import OBJECTS
from projects.locks import Turn, hold, note
from projects.people.accounts.tables import Unit, User
from projects.register.projects.tables import Programme, Project
from projects.samples.demo.operations import clear_samples, load_samples
from projects.samples.pack.queries import PACK, Leaning, PackRows, leaning, pack_rows
from projects.samples.people.operations import Credentials
from projects.samples.plans.extract import read_catalogue
from projects.samples.plans.facts import Catalogue
from projects.samples.plans.operations import load_catalogue

TURNS: dict[type[Model], Turn] = {Project: Turn.PROJECTS, Programme: Turn.PROGRAMMES}
HELD = (*TURNS, *(model for model in PACK if model not in TURNS))  # in the order in which they are taken


class LeaningError(ConflictError):
    """Somebody has added something of their own to the pack; `leaning` says what, where."""

    def __init__(self, found: Sequence[Leaning]) -> None:
        self.leaning = tuple(found)
        by_subject: dict[str, list[str]] = {}
        for one in found:
            by_subject.setdefault(one.subject, []).append(f"{OBJECTS[one.table]} {one.count}")
        named = "; ".join(f"{subject} ({', '.join(parts)})" for subject, parts in by_subject.items())
        super().__init__(
            N_("五个规划文件上有本单位自己的内容, 所以什么也没有删除: %(named)s。请先撤回这些内容, 或保留这些规划文件"),
            named=named,
        )


@dataclass(frozen=True)
class Removed:
    """How many rows went, by table, and the units that stay because others belong to them."""

    rows: Counter[str]
    kept: tuple[str, ...]


def load_pack(actor: Actor, now: dt.datetime, today: dt.date | None = None) -> Credentials | None:
    """The five plans, and their sample on top; None where the sample is loaded already."""
    load_catalogue(actor, now, today=today)
    return load_samples(actor, now)


def remove_pack(actor: Actor, now: dt.datetime, catalogue: Catalogue | None = None) -> Removed:
    """Remove the sample and all that the five plans brought; what an office has added stays.

    LeaningError, and nothing removed, where it has added something to the pack's own rows. A unit that others belong
    to, or that somebody has described, is left to them. Places stay: they are the country's. The history stays as it
    was sealed.
    """
    require(actor, "user.write")
    facts = catalogue or read_catalogue()
    _hold(pack_rows(facts))
    gone = clear_samples(actor, now)
    rows = pack_rows(facts)
    db.session.execute(
        update(User).where(User.is_sample, User.unit_id.in_(rows[Unit])).values(unit_id=None)  # those switched off
    )
    found = leaning(facts, rows)
    if own := [one for one in found if one.of is not Unit]:
        raise LeaningError(own)
    kept = {one.id: one.subject for one in found}
    for model in PACK:
        gone[model.__tablename__] += _delete(model, rows[model] - kept.keys() if model is Unit else rows[model])
    if +gone:
        record(actor, now, Tag.PACK_REMOVED, "pack", changes={table: [number, 0] for table, number in gone.items()})
    db.session.flush()
    return Removed(+gone, tuple(kept.values()))


def _hold(rows: PackRows) -> None:
    """Keep everybody else from adding to the pack's rows until it is decided whether they go: whatever would refer to
    one of them has to wait. Held besides, as all verdicts are made again: all projects and programmes.
    """
    hold(Turn.USERS, User, User.is_sample.is_(True))
    for model in HELD:
        own: Any = model
        held = select(own.id).order_by(own.id).with_for_update()
        if model in TURNS:
            note(TURNS[model])
        db.session.execute(held if model in TURNS else held.where(own.id.in_(rows[model])))


def _delete(model: type[Model], ids: Collection[int]) -> int:
    own: Any = model
    return cast("CursorResult[Any]", db.session.execute(delete(model).where(own.id.in_(ids)))).rowcount
