"""Reads of receipts and of the end of months, always within the asker's places; a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, or_, select

from projects.core.errors import NotFoundError
from projects.core.month import add_months, month_end, month_of, parse_month
from projects.core.permissions import Actor, covers, places_for, visible_projects
from projects.core.places import upper
from projects.core.tables import Place
from projects.core.text import N_
from projects.extensions import db
from projects.money.evidence.queries import limits
from projects.money.ledger.numbers import Number, numbered
from projects.money.ledger.queries import (
    chunks,
    closed_months,
    counts_once,
    outside_sums,
    own_number,
    stands,
    taken_back_by,
    whole_fen,
)
from projects.money.ledger.tables import LedgerEntry
from projects.money.receipts.sheet import (
    MonthRow,
    PlaceChoice,
    ReceiptFilter,
    ReceiptPage,
    ReceiptRow,
    ReportedFilter,
    YearFilter,
)
from projects.money.receipts.statement import (
    Completion,
    LedgerSum,
    ReceiptFigures,
    Reported,
    ReportedPage,
    Statement,
    YearEnd,
    statement,
)
from projects.money.receipts.tables import FundingPeriod, TreasuryReceipt
from projects.money.standing.queries import money_tables
from projects.people.accounts.tables import User
from projects.register.projects.tables import Project
from projects.register.selection.filtering import PortfolioFilter
from projects.register.selection.queries import conditions
from projects.statements import held, in_places, rows_of
from projects.works.reports.tables import MonthlyReport


def taken_vouchers(numbers: Iterable[str]) -> set[Number]:
    """Which of the voucher numbers stand already, in which place and of which year."""
    own = TreasuryReceipt
    found = select(own.place_code, own.received_on, own.voucher).where(stands(own))
    return {
        numbered("receipt", (None, place), day, voucher)
        for part in chunks(numbers)
        for place, day, voucher in db.session.execute(found.where(own.voucher.in_(part)))
    }


def receipts_seen(actor: Actor, action: str = "treasury.read") -> list[ColumnElement[bool]]:
    """Conditions on TreasuryReceipt: those of the asker's places; what has no place is seen by who sees everywhere."""
    reach, code = places_for(actor, action), TreasuryReceipt.place_code
    if reach is None:
        return []
    return [in_places(code, reach)]


def receipts(actor: Actor, chosen: ReceiptFilter, as_of: dt.date) -> ReceiptPage:
    """The receipts that the asker may see and `chosen` leaves, with what was decided on them up to a day, newest first:
    those of the page, and the sums of all; two statements.
    """
    own = TreasuryReceipt
    matched = select(LedgerEntry.receipt_id, func.sum(LedgerEntry.amount_fen).label("fen")).where(
        LedgerEntry.receipt_id.is_not(None)
    )
    matched_sums = matched.where(LedgerEntry.entry_on <= as_of).group_by(LedgerEntry.receipt_id).subquery()
    outside = outside_sums(as_of).subquery()
    columns = (
        own.id,
        own_number(own.voucher).label("voucher"),
        own.received_on,
        own.payer,
        own.payee,
        own.amount_fen,
        own.memo,
        func.coalesce(Place.name, "").label("place"),
        whole_fen(matched_sums.c.fen).label("matched_fen"),
        whole_fen(outside.c.fen).label("outside_fen"),
        own.reverses_id,
        taken_back_by(own, as_of).label("reversed_by_id"),
        own.is_sample,
    )
    found = (
        select(*columns)
        .outerjoin(Place, Place.code == own.place_code)
        .outerjoin(matched_sums, matched_sums.c.receipt_id == own.id)
        .outerjoin(outside, outside.c.receipt_id == own.id)
        .where(own.received_on <= as_of, *receipts_seen(actor))
    )
    if chosen.q:
        words = (own.voucher, own.payer, own.payee, own.memo)
        found = found.where(or_(*(column.contains(chosen.q, autoescape=True) for column in words)))
    if chosen.month:
        first = parse_month(chosen.month)
        found = found.where(own.received_on.between(first, month_end(first)))
    every = found.subquery()
    one = every.c
    is_back = func.coalesce(one.reverses_id, one.reversed_by_id).is_not(None)
    left = case((is_back, 0), else_=one.amount_fen - one.matched_fen - one.outside_fen)
    states = {"back": is_back, "open": left != 0, "done": and_(~is_back, left == 0)}
    wanted = [states[chosen.state]] if chosen.state else []
    sums = [whole_fen(func.sum(fen)) for fen in (one.amount_fen, one.matched_fen, one.outside_fen, left)]
    rows = select(every).where(*wanted).order_by(one.received_on.desc(), one.id.desc())
    if chosen.per_page:
        rows = rows.offset((chosen.page - 1) * chosen.per_page).limit(chosen.per_page)
    total = db.session.execute(select(func.count(), *sums).where(*wanted)).one()
    return ReceiptPage(rows_of(ReceiptRow, db.session.execute(rows)), *map(int, total))


def receipt(actor: Actor, receipt_id: int) -> TreasuryReceipt:
    """A receipt that the asker may write to; NotFoundError outside their places."""
    row = db.session.scalar(
        select(TreasuryReceipt).where(TreasuryReceipt.id == receipt_id, *receipts_seen(actor, "funding.write"))
    )
    if row is None:
        raise NotFoundError(N_("没有这笔到账, 或不在您的权限范围内"))
    return row


# --- the end of a month -----------------------------------------------------------------------------------------------


def place_choice(actor: Actor, asked: str, action: str = "treasury.read") -> PlaceChoice:
    """The places whose statements the asker may read, and the one asked for; NotFoundError outside of them.

    Offered are those in which there is a project or a receipt, those around them, and the asker's own; two statements.
    """
    reach = places_for(actor, action)
    used = (select(own.id).where(own.place_code == Place.code).exists() for own in (Project, TreasuryReceipt))
    codes: set[str] = {*db.session.scalars(select(Place.code).where(or_(*used))), *(reach or ())}
    codes |= {above for code in codes for above in upper(code)} | ({asked} - {""})
    named = select(Place.code, Place.name).where(Place.code.in_(codes)).order_by(Place.code)
    names = {code: name for code, name in db.session.execute(named) if covers(reach, code)}
    options = list(names.items())
    if reach is None:
        options = [("", ""), *options]
    code = asked or (options[0][0] if options else "")
    if code not in dict(options):
        raise NotFoundError(N_("没有这个地区, 或不在您的权限范围内"))
    return PlaceChoice(options, code, names.get(code, ""))


def _in_place(column: Any, code: str) -> list[ColumnElement[bool]]:
    return [in_places(column, [code])] if code else []


def statement_of(choice: PlaceChoice, month: dt.date) -> Statement:
    """The statement of a month for a place and all in it; seven statements."""
    end = month_end(month)
    return statement(
        month_of(month),
        choice.code,
        _receipt_figures(choice.code, end),
        _receipt_figures(choice.code, month_of(month) - dt.timedelta(1)),
        _ledger_sums(choice.code, end),
    )


def _receipt_figures(code: str, end: dt.date) -> list[ReceiptFigures]:
    """The receipts up to a day and what was decided on them, summed by the source that the treasury named."""
    own = TreasuryReceipt
    reach = [own.received_on <= end, *_in_place(own.place_code, code)]
    matched: dict[str | None, dict[str, int]] = defaultdict(dict)
    sums = select(own.source, LedgerEntry.source, func.sum(LedgerEntry.amount_fen))
    sums = sums.join(own, own.id == LedgerEntry.receipt_id).where(LedgerEntry.entry_on <= end, *reach)
    for named, source, fen in db.session.execute(sums.group_by(own.source, LedgerEntry.source)):
        matched[named][source] = int(fen)
    away = outside_sums(end).subquery()
    outside = select(own.source, func.sum(away.c.fen)).join(away, away.c.receipt_id == own.id).where(*reach)
    outside_fen = {named: int(fen) for named, fen in db.session.execute(outside.group_by(own.source))}
    came = select(own.source, func.sum(own.amount_fen)).where(*reach).group_by(own.source)
    return [
        ReceiptFigures(
            on=end,
            amount_fen=int(fen),
            source=named,
            matched=matched.get(named, {}),
            outside_fen=outside_fen.get(named, 0),
        )
        for named, fen in db.session.execute(came)
    ]


def _ledger_sums(code: str, end: dt.date) -> list[LedgerSum]:
    own = LedgerEntry
    in_month = func.sum(case((own.entry_on >= month_of(end), own.amount_fen), else_=0))
    bare = func.sum(case((own.receipt_id.is_(None), own.amount_fen), else_=0))
    found = select(own.source, own.step, func.sum(own.amount_fen), in_month, bare).join(
        Project, Project.id == own.project_id
    )
    found = found.where(own.entry_on <= end, counts_once(), *_in_place(Project.place_code, code)).group_by(
        own.source, own.step
    )
    return [
        LedgerSum(source=source, step=step, fen=int(fen), month_fen=int(month_fen), bare_fen=int(without))
        for source, step, fen, month_fen, without in db.session.execute(found)
    ]


def reported(actor: Actor, choice: PlaceChoice, month: dt.date, chosen: ReportedFilter) -> ReportedPage:
    """Each project's newest approved report up to the month's end beside the ledger's sums (M-16): the rows of the
    page, and how many there are; four statements.
    """
    end, own, report = month_end(month), LedgerEntry, MonthlyReport
    posted, approved = own.entry_on <= end, and_(report.state == "approved", report.month <= end)
    known = [select(own.id).where(own.project_id == Project.id, posted), select(report.id).where(approved)]
    known[1] = known[1].where(report.project_id == Project.id)
    wanted = [
        *_in_place(Project.place_code, choice.code),
        *conditions(actor, PortfolioFilter(q=chosen.q), None, end),
        or_(*(one.correlate(Project).exists() for one in known)),
    ]
    columns = (Project.id, Project.slug, Project.name, Place.name.label("place"))
    projects = select(*columns).join(Place, Place.code == Project.place_code).where(*wanted)
    projects = projects.order_by(Project.name, Project.id)
    if chosen.per_page:
        projects = projects.offset((chosen.page - 1) * chosen.per_page).limit(chosen.per_page)
    found = db.session.execute(projects).all()
    ids = {row.id for row in found} if chosen.per_page else None
    sums = [func.sum(case((own.step == step, own.amount_fen), else_=0)) for step in ("received", "paid")]
    moved = select(own.project_id, *sums).where(posted, *_among(own.project_id, ids)).group_by(own.project_id)
    money = {key: (int(came), int(paid)) for key, came, paid in db.session.execute(moved)}
    newest = select(report.id).where(report.project_id == Project.id, approved).correlate(Project)
    newest = newest.order_by(report.month.desc(), report.revision.desc()).limit(1)
    reports = (
        select(report.project_id, report.month, report.investment_fen, report.is_sample)
        .join(Project, report.id == newest.scalar_subquery())
        .where(*_among(Project.id, ids))
    )
    last = {row.project_id: row for row in db.session.execute(reports)}
    rows = []
    for row in found:
        filed, (came, paid) = last.get(row.id), money.get(row.id, (0, 0))
        rows.append(
            Reported(
                slug=row.slug,
                name=row.name,
                place=row.place,
                report_month=filed.month if filed else None,
                invested_fen=filed.investment_fen if filed else None,
                received_fen=came,
                paid_fen=paid,
                is_sample=bool(filed and filed.is_sample),
            )
        )
    count = db.session.scalar(select(func.count(Project.id)).where(*wanted)) if chosen.per_page else len(rows)
    return ReportedPage(rows, count or 0)


def _among(column: Any, ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if ids is None else [column.in_(ids)]


def year_end(actor: Actor, choice: PlaceChoice, year: int, as_of: dt.date, chosen: YearFilter) -> YearEnd:
    """The year-end check of central-budget investment (Y-1): what was paid by the year's end, however late it is looked
    at; the projects of the page, those behind first, and the sums over all.
    """
    own, on = money_tables(as_of).completions.c, min(as_of, dt.date(year, 12, 31))
    wanted = [own.year == year, *_in_place(Project.place_code, choice.code), held(Project.id, visible_projects(actor))]
    own_rate = cast(own.paid_fen, Float) / cast(own.allocated_fen, Float)
    amounts = own.allocated_fen, own.paid_fen, own.since_fen
    sums = select(func.count().label("count"), *(whole_fen(func.sum(one)).label(one.name) for one in amounts))
    total: Any = db.session.execute(sums.join(Project, Project.id == own.project_id).where(*wanted)).one()
    columns = (Project.slug, Project.name, Place.name.label("place"), *amounts, own.rests_on_sample.label("is_sample"))
    rows = select(*columns).join(Project, Project.id == own.project_id).join(Place, Place.code == Project.place_code)
    rows = rows.where(*wanted).order_by(own_rate, Project.name, Project.slug)
    if chosen.per_page:
        rows = rows.offset((chosen.page - 1) * chosen.per_page).limit(chosen.per_page)
    asked = limits()
    return YearEnd(
        year=year,
        on=on,
        rows=rows_of(Completion, db.session.execute(rows)),
        count=total.count,
        allocated_fen=total.allocated_fen,
        paid_fen=total.paid_fen,
        since_fen=total.since_fen,
        least=asked.rate("Y-1", on, ("cbi",)),
        law=asked.of("Y-1", on, ("cbi",)).basis,
    )


def months(choice: PlaceChoice, as_of: dt.date) -> list[MonthRow]:
    """The months in which money moved, newest first, with the closings that stand; four statements."""
    came = _by_month(
        TreasuryReceipt.received_on,
        TreasuryReceipt.amount_fen,
        [TreasuryReceipt.received_on <= as_of, *_in_place(TreasuryReceipt.place_code, choice.code)],
    )
    own = LedgerEntry
    per_day = select(own.entry_on, own.step, func.sum(own.amount_fen)).join(Project, Project.id == own.project_id)
    per_day = per_day.where(
        own.step.in_(("received", "paid")), own.entry_on <= as_of, *_in_place(Project.place_code, choice.code)
    ).group_by(own.entry_on, own.step)
    moved: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, step, fen in db.session.execute(per_day):
        moved[month_of(day)][step] += int(fen)
    closed = closed_months()
    standing = select(FundingPeriod.month, FundingPeriod.id, User.display_name, FundingPeriod.locked_at).outerjoin(
        User, User.id == FundingPeriod.locked_by_id
    )
    standing = standing.where(FundingPeriod.reopened_at.is_(None), FundingPeriod.place_code == choice.code)
    own_closings = {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(standing)}
    first = min((*came, *moved, *own_closings), default=month_of(as_of))
    found: list[MonthRow] = []
    month = month_of(as_of)
    while month >= first and len(found) < 240:
        period, closer, closed_at = own_closings.get(month, (None, None, None))
        covering = closed.covers(choice.code or None, month)
        found.append(
            MonthRow(
                month=month,
                came_fen=came.get(month, 0),
                received_fen=moved[month]["received"],
                paid_fen=moved[month]["paid"],
                period_id=period,
                closed_by=closer,
                closed_at=closed_at,
                covering=covering,
            )
        )
        month = add_months(month, -1)
    return found


def _by_month(day_column: Any, amount: Any, wanted: list[Any]) -> dict[dt.date, int]:
    found: dict[dt.date, int] = defaultdict(int)
    for day, fen in db.session.execute(select(day_column, func.sum(amount)).where(*wanted).group_by(day_column)):
        found[month_of(day)] += int(fen)
    return dict(found)


def period_of(choice: PlaceChoice, month: dt.date) -> FundingPeriod | None:
    """The closing of a month that stands for exactly this place."""
    wanted = (
        FundingPeriod.month == month_of(month),
        FundingPeriod.place_code == choice.code,
        FundingPeriod.reopened_at.is_(None),
    )
    return db.session.scalar(select(FundingPeriod).where(*wanted))


def is_covered(choice: PlaceChoice, month: dt.date) -> bool:
    """Whether a month is closed for the place, by its own closing or by that of one it lies in."""
    return closed_months().covers(choice.code or None, month)
