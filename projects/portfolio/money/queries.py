"""Reads of money in groups, and of one project's money over time; a fixed number of statements within the asker's
scope.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from projects.core.month import month_end
from projects.core.permissions import Actor
from projects.core.tables import Place
from projects.core.vocabulary import LEDGER_STEPS
from projects.extensions import db
from projects.money.documents.queries import raw_lines
from projects.money.documents.sheet import through
from projects.money.documents.tables import FundingDocument
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.queries import finding_page, open_counts
from projects.money.findings.sheet import FindingPage
from projects.money.ladder.queries import composition_of
from projects.money.ladder.sums import Ladder, approved, ladder
from projects.money.ledger.queries import compositions, counts_once
from projects.money.ledger.tables import LedgerEntry
from projects.money.receipts.queries import months, place_choice, receipts, year_end
from projects.money.receipts.sheet import ReceiptFilter, ReceiptPage, YearFilter
from projects.money.receipts.statement import YearEnd
from projects.money.standing.queries import money_tables
from projects.pictures.money.works import MoneyPoint, points
from projects.portfolio.money.groups import GroupFilter, GroupPage, GroupPart, page
from projects.portfolio.projects.purse import Purses
from projects.register.projects.queries import programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.selection.queries import conditions
from projects.verdicts.status.queries import facts_of


def groups(actor: Actor, chosen: GroupFilter, as_of: dt.date) -> GroupPage:
    """The ladder in groups over all projects that `actor` may see and `chosen` leaves; few statements."""
    wanted = conditions(actor, chosen.projects, None, as_of)
    if chosen.by == "document":
        return page(_by_document(actor, wanted, chosen, as_of), chosen)
    if chosen.by == "year" or chosen.year:
        return page(_by_year(wanted, chosen, as_of), chosen)
    return page(_by_column(wanted, chosen, as_of), chosen)


def _columns(chosen: GroupFilter, source: Any, year: Any) -> tuple[Any, Any]:
    """What the key and the name of a group are."""
    return {
        "place": (Project.place_code, Place.name),
        "programme": (Programme.slug, Programme.name),
        "project": (Project.slug, Project.name),
        "source": (source, source),
        "year": (year, year),
    }[chosen.by]


def _over_projects(statement: Select[Any], project_id: Any, as_of: dt.date) -> Select[Any]:
    return (
        statement.join(Project, Project.id == project_id)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == programme_on(as_of))
    )


def _by_column(wanted: list[Any], chosen: GroupFilter, as_of: dt.date) -> Iterator[GroupPart]:
    """From each project's sums as they stand."""
    own = money_tables(as_of).ladders.c
    keys = *_columns(chosen, own.source, None), own.source
    steps = ("approved", *LEDGER_STEPS)
    sums = select(*keys, *(func.sum(own[f"{step}_fen"]) for step in steps))
    for key, name, source, *fens in db.session.execute(
        _over_projects(sums, own.project_id, as_of).where(*wanted).group_by(*keys)
    ):
        for step, fen in zip(steps, fens, strict=True):
            if fen is not None:
                yield GroupPart(key=key or "", name=name or "", source=source, step=step, fen=int(fen))


def _by_year(wanted: list[Any], chosen: GroupFilter, as_of: dt.date) -> Iterator[GroupPart]:
    """From the entries of the ledger; what was approved belongs to no year."""
    own = LedgerEntry
    keys = *_columns(chosen, own.source, own.budget_year), own.source, own.step
    sums = _over_projects(select(*keys, func.sum(own.amount_fen)), own.project_id, as_of)
    sums = sums.where(own.entry_on <= as_of, counts_once(), *wanted).group_by(*keys)
    if chosen.year:
        sums = sums.where(own.budget_year == int(chosen.year))
    for key, name, source, step, fen in db.session.execute(sums):
        yield GroupPart(key=str(key or ""), name=str(name or ""), source=source, step=step, fen=int(fen))


def _by_document(actor: Actor, wanted: list[Any], chosen: GroupFilter, as_of: dt.date) -> Iterator[GroupPart]:
    """Each root document with its lines and what was received and paid on them and on the lines below: shared lines
    count once.

    What rests on no document's line (plans, contracts, payments that name no line) stands by itself, so that this cut
    adds up to what the others do.
    """
    lines = raw_lines(actor, as_of)
    totals = through(lines.values())
    own = LedgerEntry
    roots = (
        select(own.id, own.source, FundingDocument.id, FundingDocument.number)
        .join(FundingDocument, FundingDocument.id == own.document_id)
        .join(Project, Project.id == own.project_id)
        .where(own.step == "allocated", own.allocation_id.is_(None), own.entry_on <= as_of, *wanted)
    )
    whole = select(own.source, own.step, func.sum(own.amount_fen)).join(Project, Project.id == own.project_id)
    whole = whole.where(own.entry_on <= as_of, counts_once(), *wanted).group_by(own.source, own.step)
    if chosen.year:
        roots = roots.where(own.budget_year == int(chosen.year))
        whole = whole.where(own.budget_year == int(chosen.year))
    rest: dict[tuple[str, str], int] = {(source, step): int(fen) for source, step, fen in db.session.execute(whole)}
    for key, source, document_id, number in db.session.execute(roots.order_by(own.id)):
        if key in lines:
            for step, fen in (
                ("allocated", lines[key].amount_fen),
                ("received", totals[key].received_fen),
                ("paid", totals[key].paid_fen),
            ):
                rest[source, step] = rest.get((source, step), 0) - fen
                yield GroupPart(key=str(document_id), name=number, source=source, step=step, fen=fen)
    for (source, step), fen in sorted(rest.items()):
        if fen:
            yield GroupPart(key="", name="", source=source, step=step, fen=fen)


def purses(ids: Collection[int], as_of: dt.date) -> Purses:
    """The ladders of these projects and the number of their open findings; a fixed number of statements."""
    own = LedgerEntry
    posted: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    sums = select(own.project_id, own.source, own.step, func.sum(own.amount_fen)).where(
        own.project_id.in_(ids), own.entry_on <= as_of, counts_once()
    )
    for key, source, step, fen in db.session.execute(sums.group_by(own.project_id, own.source, own.step)):
        posted[key][source, step] = int(fen)
    given: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    standing = compositions(as_of).c
    for key, kind, source, fen in db.session.execute(
        select(standing.project_id, standing.estimate_kind, standing.source, standing.amount_fen).where(
            standing.project_id.in_(ids)
        )
    ):
        given[key][kind, source] = fen
    ladders = {key: ladder(approved(given[key])[1], posted[key]) for key in {*posted, *given}}
    return Purses(ladders, open_counts(ids, as_of))


@dataclass(frozen=True)
class Dashboard:
    """What a person of finance begins the day with: the ladder, the findings, what is unmatched, which months are to be
    closed, the oldest first, the year's completion.
    """

    ladder: Ladder
    findings: FindingPage
    receipts: ReceiptPage
    open_months: Sequence[dt.date]
    year_end: YearEnd


def dashboard(actor: Actor, as_of: dt.date) -> Dashboard:
    """The finance home page's figures within the asker's scope."""
    choice = place_choice(actor, "")
    rows = months(choice, as_of)
    first = min((row.month for row in rows if row.covering), default=None)
    over = [
        row.month
        for row in rows
        if month_end(row.month) < as_of and not row.covering and (row.came_fen or row.received_fen or row.paid_fen)
    ]
    due = (
        over[:1] if first is None else [month for month in reversed(over) if month > first]
    )  # what lies before the first closing was never to be closed here
    return Dashboard(
        ladder=groups(actor, GroupFilter(by="source"), as_of).ladder,
        findings=finding_page(actor, FindingFilter(per_page=8), as_of),
        receipts=receipts(actor, ReceiptFilter(state="open", per_page=25), as_of),
        open_months=due,
        year_end=year_end(actor, choice, as_of.year, as_of, YearFilter(per_page=1)),
    )


def against_works(project_id: int, as_of: dt.date) -> list[MoneyPoint]:
    """A project's money month by month beside its works."""
    composition = composition_of(project_id, as_of)
    given = approved({(row.estimate_kind, row.source): row.amount_fen for row in composition})[1]
    own = LedgerEntry
    moves = select(own.entry_on, own.step, func.sum(own.amount_fen)).where(
        own.project_id == project_id, own.step.in_(("received", "paid"))
    )
    rows = [(day, step, int(fen)) for day, step, fen in db.session.execute(moves.group_by(own.entry_on, own.step))]
    facts = facts_of([project_id], as_of)[0][project_id]
    works = [(one.on, one.overall) for one in facts.observations if one.overall is not None]
    return points(sum(given.values()) or None, rows, works, as_of)
