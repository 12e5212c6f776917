"""Writes on plans that were read: nothing enters the register but what a person accepts, one proposal after the other,
by the operations that the register's own pages use (RD-40 to RD-46).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from projects.core.acting import Acting
from projects.core.complaints import plain, text_complaint
from projects.core.errors import ConflictError, InvalidError, NotFoundError
from projects.core.month import beijing_day
from projects.core.permissions import Actor, places_for, require
from projects.core.text import N_, Text
from projects.extensions import db
from projects.history.record.operations import record
from projects.history.record.tags import Tag
from projects.money.imports.plan import category_of
from projects.portfolio.readings.drafts import Draft
from projects.portfolio.readings.tables import PlanProposal, PlanReading
from projects.register.cards.operations import ProjectValues, add_project, remove_project
from projects.register.documents.operations import DocumentValues, add_clause, add_document
from projects.register.documents.queries import documents_near
from projects.register.documents.tables import Clause, PlanDocument
from projects.register.programmes.operations import ProgrammeValues, add_programme, members
from projects.register.projects.operations import hold_project, rests_on
from projects.register.projects.tables import Programme, Project
from projects.register.promises.checks import PromiseValues, basis_of
from projects.register.promises.operations import add_promise, take_back
from projects.register.promises.tables import Target
from projects.works.stops.tables import Event

WRITING = "document.write"
CHANGED = N_("这一条刚被他人处理过, 请看过再决定")
LATER = N_("接受承诺的当天才能直接撤回; 以后要撤销, 须另一个人同意: 请到项目页办理")
WHOLE = "全文"  # the clause of what stands in none


@dataclass(frozen=True)
class Sent:
    """A plan that was read, to be kept: its file, its text and what the reader found, with the projects that each of it
    may mean (`likely_projects`).
    """

    filename: str
    content: bytes
    text: str
    head: Mapping[str, Any]
    clauses: Sequence[Mapping[str, Any]]
    unread: Sequence[Mapping[str, Any]]
    notes: Sequence[Mapping[str, Any]]
    drafts: Sequence[Draft]
    likely: Sequence[list[dict[str, Any]]]


@dataclass(frozen=True)
class Choice:
    """How a proposal is accepted: as which project (None: a new one of this name and place), and what it promises."""

    project_id: int | None
    name: str
    place_code: str
    values: PromiseValues


def keep(acting: Acting, sent: Sent, place_code: str) -> PlanReading:
    """Keep what was read of a plan of a place; InvalidError where the place is not the asker's nor around theirs."""
    require(acting.actor, WRITING)
    if not place_code or not documents_near(places_for(acting.actor, WRITING), place_code):
        raise InvalidError({"place_code": Text(N_("请选择您负责的地区, 或它的上级地区"))})
    reading = PlanReading(
        filename=sent.filename[:200],
        sha256=hashlib.sha256(sent.content).hexdigest(),
        content=sent.content,
        text=sent.text,
        head=dict(sent.head),
        clauses=list(sent.clauses),
        unread=list(sent.unread),
        notes=list(sent.notes),
        place_code=place_code,
        by_id=acting.actor.id,
        at=acting.now,
    )
    db.session.add(reading)
    db.session.flush()
    _propose(reading, sent.drafts, sent.likely)
    told = {"filename": [None, reading.filename], "rows": [None, len(sent.drafts)], "sha256": [None, reading.sha256]}
    record(acting.actor, acting.now, Tag.PLAN_READ, reading, changes=told)
    return reading


def _propose(reading: PlanReading, drafts: Sequence[Draft], likely: Sequence[list[dict[str, Any]]]) -> None:
    last = db.session.scalar(
        select(PlanProposal.position)
        .where(PlanProposal.reading_id == reading.id)
        .order_by(PlanProposal.position.desc())
        .limit(1)
    )
    for position, (draft, near) in enumerate(zip(drafts, likely, strict=True), (last or 0) + 1):
        db.session.add(PlanProposal(reading_id=reading.id, position=position, likely=near, **draft.columns()))
    db.session.flush()


def name_document(acting: Acting, reading_id: int, values: DocumentValues) -> PlanDocument:
    """Register the document that a reading is of, from its head as a person corrected it; one of that title, place and
    year that is there already is the same.
    """
    reading = _open(acting.actor, reading_id)
    if reading.document_id is not None:
        raise ConflictError(N_("文件已经登记"))
    same = select(PlanDocument).where(
        PlanDocument.title == plain(values.title),
        PlanDocument.place_code == values.place_code,
        PlanDocument.year == values.year,
    )
    document = db.session.scalar(same) or add_document(acting, values)
    reading.document_id = document.id
    db.session.flush()
    return document


def accept(acting: Acting, reading_id: int, proposal_id: int, version: int, choice: Choice) -> PlanProposal:
    """Let a proposal become a promise, of a project that is there or a new one, or of a programme; InvalidError naming
    the field.
    """
    reading, proposal = _proposal(acting.actor, reading_id, proposal_id, version)
    if proposal.state != "open":
        raise ConflictError(CHANGED)
    if reading.document_id is None:
        raise ConflictError(N_("请先登记这份文件, 再接受承诺"))
    clause = _clause(acting, reading, proposal.locator)
    values = replace(choice.values, clause_id=clause.id)
    if values.quantifier == "project":
        _accept_project(acting, reading, proposal, choice, values)
    else:
        _accept_programme(acting, reading, proposal, choice, values)
    _decided(acting, proposal, "accepted")
    return proposal


def _accept_project(
    acting: Acting, reading: PlanReading, proposal: PlanProposal, choice: Choice, values: PromiseValues
) -> None:
    if choice.project_id is not None:
        require(acting.actor, "promise.write", choice.project_id)
        project = hold_project(choice.project_id)
    else:
        own = ProjectValues(choice.name, choice.place_code, category_of(choice.name), document_id=reading.document_id)
        project = add_project(acting, own)
        proposal.made_project = True
    proposal.project_id = project.id
    proposal.target_id = add_promise(acting, project, values).id


def _accept_programme(
    acting: Acting, reading: PlanReading, proposal: PlanProposal, choice: Choice, values: PromiseValues
) -> None:
    same = select(Programme).where(Programme.name == choice.name, Programme.place_code == choice.place_code)
    programme = db.session.scalar(same) or add_programme(
        acting, ProgrammeValues(choice.name, choice.place_code, reading.document_id)
    )
    named = select(PlanProposal.project_id).where(
        PlanProposal.reading_id == reading.id,
        PlanProposal.project.in_(proposal.members),
        PlanProposal.project_id.is_not(None),
    )
    ids = sorted({key for key in db.session.scalars(named) if key})
    members(acting, programme.id, {"ids": ids, "joins": True})
    proposal.target_id = add_promise(acting, programme, values).id


def note_event(
    acting: Acting, reading_id: int, proposal_id: int, version: int, project_id: int, on: dt.date
) -> PlanProposal:
    """Keep what a review reports as something that happened to a known project; it moves no verdict (RD-45)."""
    reading, proposal = _proposal(acting.actor, reading_id, proposal_id, version)
    if proposal.state != "open" or proposal.part != "review":
        raise ConflictError(CHANGED)
    if on > acting.day:
        raise InvalidError({"on": Text(N_("日期 %(day)s 在将来"), {"day": on})})
    require(acting.actor, "promise.write", project_id)
    hold_project(project_id)
    title = str(reading.head.get("title") or reading.filename)
    event = Event(
        project_id=project_id, happened_on=on, precision="year", text=proposal.quote[:300], source=title[:300]
    )
    db.session.add(event)
    db.session.flush()
    proposal.event_id, proposal.project_id = event.id, project_id
    _decided(acting, proposal, "accepted")
    return proposal


def reject(acting: Acting, reading_id: int, proposal_id: int, version: int, reason: str) -> PlanProposal:
    """Say why a proposal is none."""
    _, proposal = _proposal(acting.actor, reading_id, proposal_id, version)
    if proposal.state != "open":
        raise ConflictError(CHANGED)
    problem = text_complaint(reason, 400) or (None if plain(reason) else Text(N_("请写明为什么不取")))
    if problem:
        raise InvalidError({"reason": problem})
    proposal.reason = plain(reason)
    _decided(acting, proposal, "rejected")
    return proposal


def reopen(acting: Acting, reading_id: int, proposal_id: int, version: int) -> PlanProposal:
    """Take a decision back while the reading goes on, a promise on the day of its acceptance only: it goes as it came,
    with the project that came with it where nothing else rests on that; ConflictError where others have built on it.
    """
    _, proposal = _proposal(acting.actor, reading_id, proposal_id, version)
    if proposal.state == "open":
        raise ConflictError(CHANGED)
    target = db.session.get(Target, proposal.target_id) if proposal.target_id else None
    event = db.session.get(Event, proposal.event_id) if proposal.event_id else None
    project = db.session.get(Project, proposal.project_id) if proposal.project_id else None
    made = proposal.made_project
    if target is not None and proposal.at and beijing_day(proposal.at) != beijing_day(acting.now):
        raise ConflictError(LATER)
    proposal.target_id = proposal.event_id = proposal.project_id = None
    proposal.made_project, proposal.reason = False, ""
    _decided(acting, proposal, "open")
    if target is not None:
        take_back(acting, target)
    if event is not None:
        db.session.delete(event)
        db.session.flush()
    if made and project is not None and not rests_on([project.id]):
        remove_project(acting, project.id, project.version)
    return proposal


def add_by_hand(acting: Acting, reading_id: int, draft: Draft, likely: list[dict[str, Any]]) -> PlanReading:
    """Propose what the program did not see, by its words in the text."""
    reading = _open(acting.actor, reading_id)
    _propose(reading, [draft], [likely])
    return reading


def finish(acting: Acting, reading_id: int) -> PlanReading:
    """End the work on a reading: what is open stays undecided, what was accepted is changed by two from now on."""
    reading = _open(acting.actor, reading_id)
    reading.state = "done"
    db.session.flush()
    record(acting.actor, acting.now, Tag.PLAN_READING_ENDED, reading, changes={"filename": [reading.filename] * 2})
    return reading


def reading_of(actor: Actor, reading_id: int, *, whole: bool = False) -> PlanReading:
    """A reading of the asker's places and those around them; NotFoundError for others. `whole`: with its text."""
    require(actor, WRITING)
    options = [undefer(PlanReading.text)] if whole else []
    reading = db.session.get(PlanReading, reading_id, options=options)
    if reading is None or not documents_near(places_for(actor, WRITING), reading.place_code):
        raise NotFoundError(N_("没有这份读过的文件, 或不在您负责的地区"))
    return reading


def _open(actor: Actor, reading_id: int) -> PlanReading:
    reading = reading_of(actor, reading_id)
    if reading.state != "open":
        raise ConflictError(N_("这份文件的阅读已结束"))
    return reading


def _proposal(actor: Actor, reading_id: int, proposal_id: int, version: int) -> tuple[PlanReading, PlanProposal]:
    reading = _open(actor, reading_id)
    proposal = db.session.get(PlanProposal, proposal_id, populate_existing=True)
    if proposal is None or proposal.reading_id != reading_id:
        raise NotFoundError(N_("没有这条阅读所得"))
    if proposal.version != version:
        raise ConflictError(CHANGED)
    return reading, proposal


def _clause(acting: Acting, reading: PlanReading, locator: str) -> Clause:
    """The clause of the document that a proposal stands in, entered where it is not there yet."""
    number = locator[:40] or WHOLE
    document_id = reading.document_id or 0
    stored = select(Clause).where(Clause.document_id == document_id, Clause.locator == number)
    found = db.session.scalar(stored)
    if found is not None:
        return found
    heading = next((one["heading"] for one in reading.clauses if one["locator"] == locator), "")
    return add_clause(acting, document_id, number, plain(str(heading))[:200] or WHOLE)


def _decided(acting: Acting, proposal: PlanProposal, state: str) -> None:
    proposal.state, proposal.by_id, proposal.at = state, acting.actor.id, acting.now
    db.session.flush()
    tag = {
        "accepted": Tag.PROPOSAL_ACCEPTED,
        "rejected": Tag.PROPOSAL_REJECTED,
        "open": Tag.PROPOSAL_REOPENED,
    }[state]
    told = {"name": [proposal.project] * 2, "wording": [proposal.quote] * 2}
    told |= {"reason": ["", proposal.reason]} if proposal.reason else {}
    record(acting.actor, acting.now, tag, proposal, project_id=proposal.project_id, changes=told)


def chosen_values(draft: PlanProposal) -> PromiseValues:
    """What a proposal promises, before it has a clause."""
    return PromiseValues(
        measure=draft.measure,
        quantifier=draft.quantifier,
        threshold=draft.threshold,
        due=draft.due,
        commitment=draft.commitment,
        basis=basis_of(draft.measure, draft.quantifier),
        wording=draft.quote[:200],
    )
