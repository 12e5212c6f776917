"""Writes on what a ledger of projects brought: its past months approved or refused by another person, all of it taken
back. Rules LG-10 to LG-12 of docs/rules/ledger.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from projects.core.acting import Acting
from projects.core.errors import ConflictError
from projects.core.month import parse_month
from projects.core.permissions import Actor, require
from projects.core.text import N_
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.ladder.operations import take_over
from projects.money.ladder.tables import FundingComposition
from projects.money.ledger.operations import lock_money
from projects.portfolio.ledger.fields import BY_KEY, CARD, SOURCE
from projects.portfolio.ledger.kept import packed, unpacked
from projects.portfolio.ledger.operations import DAYS, correct, dates, units_named, years
from projects.portfolio.ledger.queries import KIND, SHELF, WRITING, facts_of, items_of
from projects.portfolio.ledger.tables import LedgerItem, LedgerUpload
from projects.portfolio.posting.steps import BUSY, posting_of
from projects.portfolio.taken.queries import left_waiting, waiting_items, waiting_upload
from projects.portfolio.uploads.queries import CHANGED, upload_of
from projects.register.cards.operations import remove_project
from projects.register.projects.operations import hold_projects
from projects.register.projects.tables import Project
from projects.register.promises.tables import Target
from projects.works.reports.operations import TakenMonth, take_over_months
from projects.works.reports.tables import MonthlyReport
from projects.works.reports.workflow import require_other_eyes
from projects.works.schedule.tables import Milestone

STEP = 50  # projects whose months are kept in one transaction
NUMBERS = frozenset({"money", "count", "area"})


def undo(acting: Acting, upload_id: int, version: int, reason: str) -> LedgerUpload:
    """Take an upload back: what it added is removed, what it changed is as it was. ConflictError naming the project
    where others built on it, or changed it since.
    """
    lock_money()
    require(acting.actor, WRITING)
    upload = upload_of(acting.actor, SHELF, upload_id)
    if posting_of(upload.counts):
        raise ConflictError(BUSY)
    if upload.state == "undone" or not upload.counts.get("posted"):
        raise ConflictError(N_("只有已入库的台账可以撤销"))
    if upload.version != version:
        raise ConflictError(CHANGED)
    broken_off = upload.months == "waiting" and left_waiting(upload_id) < upload.counts.get("months", 0)
    if upload.months == "approved" or upload.counts.get("taken") or broken_off:
        raise ConflictError(N_("历史月报已经通过, 不能再撤销这份台账"))
    items = items_of(upload_id)
    ids = [item.project_id for item in items]
    hold_projects(ids)
    facts = facts_of(ids)
    said = reason.strip()[:200] or "撤销台账"
    for item in sorted(items, key=lambda one: one.project_id):
        require(acting.actor, WRITING, item.project_id)
        if packed(facts.get(item.project_id, {})) != item.after:
            name = item.after.get("name", "")
            raise ConflictError(N_("“%(name)s”入库后又有改动, 不能撤销: 请在项目页更正"), name=str(name))
        _take_back(acting, item, said)
    upload.state, upload.undone_at, upload.undone_by_id = "undone", acting.now, acting.actor.id
    upload.months = ""
    db.session.flush()
    changes = {"filename": [upload.filename] * 2, "rows": [len(items), 0], "reason": [None, said]}
    record(acting.actor, acting.now, Tag.LEDGER_UNDONE, upload, changes=changes)
    return upload


def _take_back(acting: Acting, item: LedgerItem, reason: str) -> None:
    project = db.session.get_one(Project, item.project_id)
    before, after = unpacked(item.before), unpacked(item.after)
    _without_promises(item, {one.wording for one in before.get("promises", ())})
    if item.is_new:
        _forget(project.id, after)
        try:
            remove_project(acting, project.id, project.version)
        except ConflictError as problem:
            raise ConflictError(N_("“%(name)s”: %(why)s"), name=project.name, why=problem.text) from None
        return
    _forget(project.id, {key: value for key, value in after.items() if key not in before})
    old = {
        key: before.get(key) for key in {**before, **after} if key != "promises" and before.get(key) != after.get(key)
    }
    words = {key for key in old if key in {"code", "note", "unit"} or (key in CARD and BY_KEY[key].kind not in NUMBERS)}
    old |= {key: "" for key in words if old[key] is None}
    correct(acting, project, old, units_named([str(old.get("unit") or "")]))
    dates(acting, project, {key: old[key] for key in DAYS if old.get(key)}, reason)
    years(acting, project, old)
    sums = {key.removeprefix(SOURCE): value for key, value in old.items() if key.startswith(SOURCE) and value}
    if sums:
        take_over(acting, project.id, sums, reason)


def _forget(project_id: int, added: Mapping[str, Any]) -> None:
    """Remove the plan and the sums that came first with the upload."""
    own = FundingComposition
    sources = [key.removeprefix(SOURCE) for key in added if key.startswith(SOURCE)]
    db.session.execute(
        delete(own).where(own.project_id == project_id, own.estimate_kind == KIND, own.source.in_(sources))
    )
    if "plan_start" in added and "plan_finish" in added:
        points = (Milestone.project_id == project_id, Milestone.percent.in_((0, 100)))
        db.session.execute(delete(Milestone).where(*points))
    db.session.flush()


def _without_promises(item: LedgerItem, there: set[str]) -> None:
    """Remove the promises that came with the upload."""
    own = {one["wording"] for one in item.after.get("promises", ())} - there
    if own:
        which = select(Target.id).where(Target.project_id == item.project_id, Target.wording.in_(own))
        db.session.execute(delete(Target).where(Target.id.in_(which)))
        db.session.flush()


# --- past months ------------------------------------------------------------------------------------------------------


def approve_months(acting: Acting, upload_id: int, version: int, after: int = 0) -> int | None:
    """Keep the past months of the next projects of an upload, behind the item `after`; the last item that was kept, or
    None with the last step. Who reviews for a unit keeps those of its projects; once none waits any more the whole is
    approved. ForbiddenError for whoever brought them.
    """
    upload = waiting_upload(acting.actor, upload_id)
    if upload.version != version:
        raise ConflictError(CHANGED)
    require_other_eyes(acting.actor.id, [upload.by_id] if upload.by_id else [])
    items = waiting_items(acting.actor, upload_id, after, STEP)
    months = [
        TakenMonth(item.project_id, parse_month(month), percent / 100, fen, words, upload.filename)
        for item in items
        for month, percent, fen, words in item.months
    ]
    if months:
        take_over_months(acting, months, upload.by_id)
    for item in items:
        item.months = []
    db.session.flush()
    if len(items) == STEP:
        return items[-1].id
    _settle(acting, upload, kept=True)
    own = MonthlyReport
    projects = select(LedgerItem.project_id).where(LedgerItem.upload_id == upload_id)
    count = db.session.scalar(
        select(func.count()).where(own.taken_from == upload.filename, own.project_id.in_(projects))
    )
    changes = {"filename": [upload.filename] * 2, "reports": [0, count or 0]}
    record(acting.actor, acting.now, Tag.MONTHS_TAKEN_OVER, upload, changes=changes)
    return None


def is_more(actor: Actor, upload_id: int, after: int) -> bool:
    """Whether the step behind the item `after` is not the last one."""
    return len(waiting_items(actor, upload_id, after, STEP)) == STEP


def _settle(acting: Acting, upload: LedgerUpload, *, kept: bool) -> None:
    """Note that months were taken over, or refused: how many of them wait still, or else how many were taken over in
    all, by the unit's reviewers and others.
    """
    left, before, taken = left_waiting(upload.id), upload.counts.get("months", 0), upload.counts.get("taken", 0)
    taken += before - left if kept else 0
    upload.counts = upload.counts | {"months": left or taken or before, "taken": taken}
    upload.months_at, upload.months_by_id = acting.now, acting.actor.id
    if not left:
        upload.months = "approved" if taken else "refused"
    db.session.flush()


def refuse_months(acting: Acting, upload_id: int, version: int, reason: str) -> LedgerUpload:
    """Do not take the past months of an upload over that the person reviews; they count nowhere."""
    upload = waiting_upload(acting.actor, upload_id)
    if upload.version != version:
        raise ConflictError(CHANGED)
    for item in waiting_items(acting.actor, upload_id, 0, None):
        item.months = []
    db.session.flush()
    _settle(acting, upload, kept=False)
    changes = {"filename": [upload.filename] * 2, "reason": [None, reason.strip()[:200]]}
    record(acting.actor, acting.now, Tag.MONTHS_REFUSED, upload, changes=changes)
    return upload
