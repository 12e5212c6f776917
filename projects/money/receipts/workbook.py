"""The exports of receipts and of the month's end, amounts in exact yuan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.core.money import exact_yuan
from projects.core.month import format_month
from projects.money.receipts.paper import StatementPaper
from projects.money.receipts.sheet import STATES, ReceiptFilter, ReceiptPage, ReportedFilter
from projects.money.receipts.statement import AMOUNTS, UNKNOWN, Reported, Statement, YearEnd
from projects.sheets.writing.table import Column, Table


def source_word(source: str) -> str:
    """A source as a person reads it."""
    return str(
        _("合计") if source == "total" else _("未注明来源") if source == UNKNOWN else _(vocab.FUNDING_SOURCES[source])
    )


def headings() -> dict[str, str]:
    """The amounts of a statement by the names of their fields."""
    return {
        "in_fen": _("累计到账 (元)"),
        "matched_fen": _("其中已匹配 (元)"),
        "outside_fen": _("列为项目外 (元)"),
        "unmatched_fen": _("未匹配 (元)"),
        "allocated_fen": _("台账下达 (元)"),
        "received_fen": _("台账到位 (元)"),
        "bare_fen": _("其中无到账凭据 (元)"),
        "paid_fen": _("台账支付 (元)"),
        "month_allocated_fen": _("本月下达 (元)"),
        "month_received_fen": _("本月到位 (元)"),
        "month_paid_fen": _("本月支付 (元)"),
    }


def receipts(page: ReceiptPage, as_of: dt.date, chosen: ReceiptFilter) -> Table:
    """A row for each receipt."""
    columns = (
        Column("id", _("编号"), "integer"),
        Column("voucher", _("凭证号")),
        Column("received_on", _("到账日期"), "date"),
        Column("payer", _("付款人")),
        Column("payee", _("收款人")),
        Column("amount", _("金额 (元)"), "money"),
        Column("memo", _("摘要")),
        Column("place", _("地区")),
        Column("matched", _("已匹配 (元)"), "money"),
        Column("outside", _("列为项目外 (元)"), "money"),
        Column("open", _("未匹配 (元)"), "money"),
        Column("state", _("状态")),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.id,
            row.voucher,
            row.received_on,
            row.payer,
            row.payee,
            row.amount_fen,
            row.memo,
            row.place,
            row.matched_fen,
            row.outside_fen,
            row.open_fen,
            _(STATES[row.state]),
            _("示例") if row.is_sample else "",
        )
        for row in page.rows
    ]
    narrowed = ", ".join(f"{name}={value}" for name, value in chosen.query().items())
    return Table(
        _("到账"),
        columns,
        cells,
        ((_("状态日"), as_of.isoformat()), (_("筛选"), narrowed or _("全部")), (_("来源"), _("项目承诺跟踪"))),
    )


def flow(found: Statement) -> str:
    """The month's way from what was open to what is."""
    return str(
        _(
            "本月: 月初未匹配 %(opened)s, 到账 %(came)s, 匹配 %(matched)s, 列为项目外 %(outside)s, 月末未匹配 %(left)s",
            opened=exact_yuan(found.opened_fen),
            came=exact_yuan(found.came_fen),
            matched=exact_yuan(found.matched_fen),
            outside=exact_yuan(found.outside_fen),
            left=exact_yuan(found.total.unmatched_fen),
        )
    )


def statement(found: Statement, place: str, closing: str) -> Table:
    """A row for each source, and the total; the notes tell the month's flow and whether it is closed."""
    words = headings()
    columns = (
        Column("source", _("资金来源")),
        *(Column(name.removesuffix("_fen"), words[name], "money") for name in AMOUNTS),
    )
    cells = [
        (source_word(line.source), *(getattr(line, name) for name in AMOUNTS)) for line in (*found.lines, found.total)
    ]
    notes = (
        (_("月份"), format_month(found.month)),
        (_("地区"), place or _("全部")),
        (_("单位: %(unit)s", unit=_("元")), flow(found)),
        (_("结账"), closing),
        (_("来源"), _("项目承诺跟踪")),
    )
    return Table(_("资金对账单"), columns, cells, notes)


def reported(rows: Sequence[Reported], month: dt.date, place: str, chosen: ReportedFilter) -> Table:
    """What projects reported beside what the ledger says."""
    columns = (
        Column("slug", _("编号")),
        Column("name", _("项目")),
        Column("place", _("所在地")),
        Column("report_month", _("月报月份"), "month"),
        Column("invested", _("月报累计投资 (元)"), "money"),
        Column("received", _("台账到位 (元)"), "money"),
        Column("paid", _("台账支付 (元)"), "money"),
        Column("gap", _("支付减投资 (元)"), "money"),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.slug,
            row.name,
            row.place,
            row.report_month,
            row.invested_fen,
            row.received_fen,
            row.paid_fen,
            row.gap_fen,
            _("示例") if row.is_sample else "",
        )
        for row in rows
    ]
    notes = (
        (_("月份"), format_month(month)),
        (_("地区"), place or _("全部")),
        (_("筛选"), chosen.q or _("全部")),
        (_("来源"), _("项目承诺跟踪")),
    )
    return Table(_("财政与项目对照"), columns, cells, notes)


def year_end(found: YearEnd, place: str) -> Table:
    """The year-end check."""
    columns = (
        Column("slug", _("编号")),
        Column("name", _("项目")),
        Column("place", _("所在地")),
        Column("allocated", _("下达 (元)"), "money"),
        Column("paid", _("年底前支付 (元)"), "money"),
        Column("rate", _("完成率 (百分比)"), "percent"),
        Column("short", _("低于要求")),
        Column("since", _("至今支付 (元)"), "money"),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.slug,
            row.name,
            row.place,
            row.allocated_fen,
            row.paid_fen,
            row.rate,
            _("低于要求") if found.is_short(row.rate) else "",
            row.since_fen,
            _("示例") if row.is_sample else "",
        )
        for row in found.rows
    ]
    notes = (
        (_("年度"), str(found.year)),
        (_("截至"), found.on.isoformat()),
        (_("要求 (百分比)"), f"{found.least:g}"),
        (_("地区"), place or _("全部")),
        (_("来源"), _("项目承诺跟踪")),
    )
    return Table(_("年末完成率"), columns, cells, notes)


def printed(found: Statement, place: str, day: dt.date, closing: str) -> StatementPaper:
    """The statement as it is printed and signed; `closing` says whether the month is closed."""
    names = (
        "in_fen",
        "matched_fen",
        "outside_fen",
        "unmatched_fen",
        "received_fen",
        "bare_fen",
        "month_received_fen",
        "month_paid_fen",
        "paid_fen",
    )
    words = {name: text.partition(" (")[0] for name, text in headings().items()}
    rows = [
        (source_word(line.source), *(exact_yuan(getattr(line, name)) for name in names))
        for line in (*found.lines, found.total)
    ]
    about = (
        _("月份 %(month)s; 地区 %(place)s; 单位: 元", month=format_month(found.month), place=place or _("全部")),
        flow(found),
        closing,
    )
    signs = (_("制表:"), _("复核:"), _("单位 (盖章):"), _("打印日期 %(day)s", day=day.isoformat()))
    return StatementPaper(_("资金对账单"), about, (_("资金来源"), *(words[name] for name in names)), rows, signs)
