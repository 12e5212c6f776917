"""Reads of the past months that ledgers brought, within the asker's places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, false, func, select

from projects.core.errors import ConflictError, NotFoundError
from projects.core.month import parse_month
from projects.core.permissions import Actor, covers, may, places_for, projects_for, require, scope
from projects.core.text import N_
from projects.extensions import db
from projects.money.ledger.queries import chunks
from projects.money.ledger.tables import LedgerEntry
from projects.people.accounts.tables import User
from projects.people.requests.queries import two_person
from projects.portfolio.ledger.tables import LedgerItem, LedgerUpload
from projects.register.projects.tables import Project
from projects.statements import held, in_places, rows_of
from projects.works.reports.tables import MonthlyReport
from projects.works.schedule.tables import Milestone

REVIEWING = "report.review"


@dataclass(frozen=True)
class WaitingRow:
    """An upload whose past months wait for another person."""

    id: int
    filename: str
    by: str | None
    by_id: int | None
    posted_at: dt.datetime | None
    counts: dict[str, Any]


@dataclass(frozen=True)
class MonthsRow:
    """The past months of a project: their number, the first and last, and the percents in order."""

    slug: str
    name: str
    months: tuple[tuple[dt.date, float, int | None], ...]

    @property
    def falls(self) -> bool:
        """Whether a percent falls from one month to the next."""
        percents = [percent for _, percent, _ in self.months]
        return percents != sorted(percents)


def settled(ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Which groups of facts of these projects only two people change (P-6, M-19), as this installation has it: its plan
    once there is one or anybody reported, its approved sums once anybody reported or anything was posted.
    """
    two, reported, posted, planned = two_person(), set[int](), set[int](), set[int]()
    for part in chunks(ids):
        report, entry, point = MonthlyReport.project_id, LedgerEntry.project_id, Milestone.project_id
        reported |= set(db.session.scalars(select(report).where(report.in_(part)).distinct()))
        posted |= set(db.session.scalars(select(entry).where(entry.in_(part)).distinct()))
        is_planned = (point.in_(part), Milestone.plan_on.is_not(None))
        planned |= set(db.session.scalars(select(point).where(*is_planned).distinct()))
    groups = {"plan": reported | planned, "sums": reported | posted}
    return {key: frozenset(name for name, own in groups.items() if name in two and key in own) for key in ids}


def waiting_upload(actor: Actor, upload_id: int) -> LedgerUpload:
    """An upload whose past months wait, for who reviews all that lies in its place, or some of its projects as their
    unit's; NotFoundError for anybody else, ConflictError where they do not wait any more.
    """
    require(actor, REVIEWING)
    upload = db.session.get(LedgerUpload, upload_id)
    if upload is None or not _reviews(actor, upload):
        raise NotFoundError(N_("没有这份台账, 或不在您的权限范围内"))
    if upload.months != "waiting" or upload.state != "posted":
        raise ConflictError(N_("这份台账的历史月报已经处理过, 请刷新后再看"))
    return upload


def _reviews(actor: Actor, upload: LedgerUpload) -> bool:
    if scope(actor, REVIEWING) != "unit":
        return covers(places_for(actor, REVIEWING), upload.place_code)
    own = select(LedgerItem.id).where(LedgerItem.upload_id == upload.id, *waits(actor))
    return db.session.scalar(own.limit(1)) is not None


def waits(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Over items of uploads: whose past months wait for somebody like `actor`, of their unit's projects only where they
    review for a unit.
    """
    some = cast(LedgerItem.months, String) != "[]"
    if scope(actor, REVIEWING) != "unit":
        return (some,)
    return some, held(LedgerItem.project_id, projects_for(actor, REVIEWING))


def waiting_items(actor: Actor, upload_id: int, after: int, limit: int | None) -> list[LedgerItem]:
    """The next items of an upload whose past months wait for `actor`, behind the item `after`."""
    own = LedgerItem
    statement = select(own).where(own.upload_id == upload_id, own.id > after, *waits(actor))
    return list(db.session.scalars(statement.order_by(own.id).limit(limit)))


def left_waiting(upload_id: int) -> int:
    """How many past months of an upload wait still."""
    own = LedgerItem
    total = select(func.coalesce(func.sum(func.json_array_length(own.months)), 0)).where(own.upload_id == upload_id)
    return int(db.session.scalar(total) or 0)


def waiting(actor: Actor) -> list[WaitingRow]:
    """The uploads whose past months wait for somebody like `actor`; one statement."""
    if not may(actor, REVIEWING):
        return []
    own, places = LedgerUpload, places_for(actor, REVIEWING)
    columns = (own.id, own.filename, User.display_name.label("by"), own.by_id, own.posted_at, own.counts)
    statement = select(*columns).outerjoin(User, User.id == own.by_id).where(own.months == "waiting")
    if scope(actor, REVIEWING) == "unit":
        statement = statement.where(select(LedgerItem.id).where(LedgerItem.upload_id == own.id, *waits(actor)).exists())
    elif places is not None:
        statement = statement.where(in_places(own.place_code, sorted(places)) if places else false())
    return rows_of(WaitingRow, db.session.execute(statement.order_by(own.id)))


def months_of(actor: Actor, upload_id: int) -> list[MonthsRow]:
    """The projects of an upload whose past months wait for `actor`, with these; one statement."""
    own = LedgerItem
    statement = select(Project.slug, Project.name, own.months).join(Project, Project.id == own.project_id)
    return [
        MonthsRow(slug, name, tuple((parse_month(month), percent / 100, fen) for month, percent, fen, _ in months))
        for slug, name, months in db.session.execute(
            statement.where(own.upload_id == upload_id, *waits(actor)).order_by(own.id)
        )
    ]
