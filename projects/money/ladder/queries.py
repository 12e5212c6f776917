"""Reads of money: one project's, or all that the asker may see; a fixed number of statements, always within the asker's
scope.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, and_, bindparam, case, func, or_, select

from projects.core.permissions import Actor
from projects.core.tables import Place
from projects.core.vocabulary import CENTRAL_SOURCES, FUNDING_SOURCES, LADDER_RULES, LEDGER_STEPS
from projects.extensions import db
from projects.money.evidence.queries import limits
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.ladder import findings
from projects.money.ladder import sheet
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.sheet import (
    CompositionRow,
    EntryRow,
    FundingPage,
    LadderRow,
    ProjectLadder,
    ProjectMoney,
    RevisionRow,
)
from projects.money.ladder.sums import LadderLine, PostedSum, approved, gather, ladder, sums
from projects.money.ladder.tables import CompositionRevision
from projects.money.ledger.queries import compositions, own_number, stands, taken_back_by
from projects.money.ledger.tables import LedgerEntry
from projects.money.standing.queries import MoneyTables, money_tables, unpacked
from projects.register.projects.queries import programme_on
from projects.register.projects.tables import Programme, Project
from projects.register.selection.queries import conditions
from projects.statements import labelled, rows_of

STEPS = ("approved", *LEDGER_STEPS)
ORDER = {source: place for place, source in enumerate(FUNDING_SOURCES)}


def money_of(project_id: int, as_of: dt.date) -> ProjectMoney:
    """A project's money as of a day; three statements."""
    composition = composition_of(project_id, as_of)
    entries = _entries(project_id, as_of)
    kind, given = approved({(row.estimate_kind, row.source): row.amount_fen for row in composition})
    posted = sums(
        (PostedSum(row.source, row.step, row.entry_on, row.amount_fen) for row in entries if row.counts), as_of
    )
    whole = ladder(given, posted)
    return ProjectMoney(
        ladder=whole,
        approved_kind=kind,
        composition=composition,
        entries=entries,
        findings=findings(whole, as_of, limits()),
    )


def composition_of(project_id: int, as_of: dt.date = dt.date.max) -> tuple[CompositionRow, ...]:
    """What was approved by source as of a day, or is now, in every kind of estimate."""
    return tuple(rows_of(CompositionRow, db.session.execute(_composition(as_of), {"project": project_id})))


@lru_cache(maxsize=8)
def _composition(as_of: dt.date) -> Executable:
    own = compositions(as_of).c
    columns = tuple(own[name] for name in CompositionRow.__dataclass_fields__)
    return select(*columns).where(own.project_id == bindparam("project")).order_by(own.estimate_kind, own.id)


def revisions_of(project_id: int) -> list[RevisionRow]:
    """Every value that the approved amounts ever had, newest first."""
    columns = tuple(getattr(CompositionRevision, name) for name in RevisionRow.__dataclass_fields__)
    statement = (
        select(*columns).where(CompositionRevision.project_id == project_id).order_by(CompositionRevision.id.desc())
    )
    return rows_of(RevisionRow, db.session.execute(statement))


def _entries(project_id: int, as_of: dt.date) -> tuple[EntryRow, ...]:
    asked = {"project": project_id, "as_of": as_of}
    return tuple(rows_of(EntryRow, db.session.execute(_posted_entries(), asked)))


@cache
def _posted_entries() -> Select[Any]:
    own = LedgerEntry
    columns = (
        own.id,
        own.source,
        own.step,
        own.entry_on,
        own.amount_fen,
        own.document_number,
        own.memo,
        own.reverses_id,
        taken_back_by(own, bindparam("as_of")).label("reversed_by_id"),
        own.recorded_at,
        own.is_sample,
        own.kind,
        own.budget_year,
        own_number(own.external_id).label("external_id"),
        own.document_id,
        own.allocation_id,
        own.contract_id,
    )
    statement = select(*columns).where(own.project_id == bindparam("project"), own.entry_on <= bindparam("as_of"))
    return statement.order_by(own.entry_on.desc(), own.id.desc())


def entry_of(project_id: int, entry_id: int) -> LedgerEntry | None:
    """An entry of that project and no other."""
    return db.session.scalar(
        select(LedgerEntry).where(LedgerEntry.project_id == project_id, LedgerEntry.id == entry_id)
    )


def standing_entries(project_id: int, source: str, step: str, day: dt.date, amount_fen: int) -> list[LedgerEntry]:
    """Entries that say the same of the same day and were not taken back."""
    statement = select(LedgerEntry).where(
        LedgerEntry.project_id == project_id,
        LedgerEntry.source == source,
        LedgerEntry.step == step,
        LedgerEntry.entry_on == day,
        LedgerEntry.amount_fen == amount_fen,
        stands(LedgerEntry),
    )
    return list(db.session.scalars(statement))


def portfolio_money(actor: Actor, chosen: FundingFilter, as_of: dt.date) -> FundingPage:
    """The money of all projects that `actor` may see and `chosen` leaves, summed, and the rows of the page: projects
    with findings of their ladder first, the larger sums before the smaller.
    """
    tables = money_tables(as_of)
    own, wanted = tables.ladders.c, _wanted(tables, actor, chosen, as_of)

    def of_lines(*columns: Any) -> Select[Any]:
        return select(*columns).join(Project, Project.id == own.project_id).where(*wanted)

    sums = [func.sum(own[f"{step}_fen"]) for step in STEPS]
    by_source = db.session.execute(of_lines(own.source, func.count(), *sums).group_by(own.source)).all()
    lines = [_line(source, fens) for source, _, *fens in by_source]
    return FundingPage(
        ladder=gather(lines),
        rows=_rows(of_lines, tables, chosen, as_of),
        count=sum(count for _, count, *_ in by_source),
        project_count=db.session.scalar(of_lines(func.count(own.project_id.distinct()))) or 0,
        finding_counts=_finding_counts(of_lines, tables),
    )


def _line(source: str, fens: Sequence[Any]) -> LadderLine:
    """A line of the sums of STEPS in their order, None where nothing was approved."""
    given, *posted = fens
    whole = {step: int(fen) for step, fen in zip(LEDGER_STEPS, posted, strict=True)}
    return LadderLine(None if given is None else int(given), key=source, **whole)


def _concerns(finding: Any, line: Any) -> ColumnElement[bool]:
    """Whether a finding of a project's ladder speaks of a line: the counterpart's of each local source."""
    local = and_(finding.source == "local", line.source.not_in(sorted(CENTRAL_SOURCES)))
    return and_(finding.project_id == line.project_id, or_(finding.source == line.source, local))


def _wanted(tables: MoneyTables, actor: Actor, chosen: FundingFilter, as_of: dt.date) -> list[ColumnElement[bool]]:
    own, said = tables.ladders.c, tables.findings.alias().c
    found = conditions(actor, chosen.projects, None, as_of)
    if chosen.source:
        found.append(own.source == chosen.source)
    if chosen.finding:
        rules = sorted(LADDER_RULES) if chosen.finding == "any" else [chosen.finding]
        found.append(select(said.position).where(said.rule.in_(rules), _concerns(said, own)).exists())
    return found


def _finding_counts(of_lines: Callable[..., Select[Any]], tables: MoneyTables) -> dict[str, int]:
    """How many findings concern any of the lines, each once, by rule."""
    own, said = tables.ladders.c, tables.findings.c
    concerned = of_lines(own.project_id).where(_concerns(said, own)).correlate(tables.findings).exists()
    counts = select(said.rule, func.count()).where(said.rule.in_(sorted(LADDER_RULES)), concerned)
    return {rule: count for rule, count in db.session.execute(counts.group_by(said.rule).order_by(said.rule))}  # noqa: C416 - typed


def _rows(
    of_lines: Callable[..., Select[Any]], tables: MoneyTables, chosen: FundingFilter, as_of: dt.date
) -> list[LadderRow]:
    own, status, said = tables.ladders.c, tables.status.c, tables.findings.c
    columns = labelled(
        id=Project.id,
        slug=Project.slug,
        project=Project.name,
        place=Place.name,
        programme=Programme.name,
        is_sample=status.rests_on_sample,
        source=own.source,
    )
    statement = (
        of_lines(*columns, *(own[f"{step}_fen"] for step in STEPS))
        .join(tables.status, status.project_id == own.project_id)
        .join(Place, Place.code == Project.place_code)
        .outerjoin(Programme, Programme.id == programme_on(as_of))
        .order_by(case((status.ladder_count == 0, 1), else_=0), status.ladder_fen.desc(), Project.name, Project.slug)
        .order_by(case(ORDER, value=own.source))
    )
    if chosen.per_page:
        statement = statement.offset((chosen.page - 1) * chosen.per_page).limit(chosen.per_page)
    lines = db.session.execute(statement).all()
    shown = {line.id for line in lines} if chosen.per_page else of_lines(own.project_id)
    found: dict[int, list[MoneyFinding]] = defaultdict(list)
    of_ladders = select(tables.findings).where(said.rule.in_(sorted(LADDER_RULES)), said.project_id.in_(shown))
    for row in db.session.execute(of_ladders.order_by(said.project_id, said.position)):
        found[row.project_id].append(unpacked(row))
    return [
        sheet.row(
            ProjectLadder(one.slug, one.project, one.place, one.programme, one.is_sample, tuple(found[one.id])),
            _line(one.source, one[-len(STEPS) :]),
        )
        for one in lines
    ]
