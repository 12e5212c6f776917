"""The exports of money: exactly the rows that a page shows, amounts in exact yuan."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.money.ladder.filtering import FundingFilter
from projects.money.ladder.sheet import FundingPage, ProjectMoney
from projects.sheets.writing.table import Column, Table
from projects.web.i18n import speak


def ladder(page: FundingPage, as_of: dt.date, chosen: FundingFilter) -> Table:
    """The funding page: a row for each project and source."""
    columns = (
        Column("slug", _("编号")),
        Column("name", _("项目")),
        Column("place", _("所在地")),
        Column("programme", _("项目群")),
        Column("source", _("资金来源")),
        Column("level", _("层级")),
        Column("approved", _("批复 (元)"), "money"),
        Column("planned", _("计划 (元)"), "money"),
        Column("allocated", _("下达 (元)"), "money"),
        Column("received", _("到位 (元)"), "money"),
        Column("contracted", _("合同 (元)"), "money"),
        Column("paid", _("支付 (元)"), "money"),
        Column("allocation_rate", _("下达率 (百分比)"), "percent"),
        Column("receipt_rate", _("到位率 (百分比)"), "percent"),
        Column("payment_rate", _("支付率 (百分比)"), "percent"),
        Column("findings", _("问题")),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.project.slug,
            row.project.name,
            row.project.place,
            row.project.programme,
            _(vocab.FUNDING_SOURCES[row.line.key]),
            _("中央") if row.line.key in vocab.CENTRAL_SOURCES else _("地方及其他"),
            row.line.approved,
            row.line.planned,
            row.line.allocated,
            row.line.received,
            row.line.contracted,
            row.line.paid,
            row.line.allocation_rate,
            row.line.receipt_rate,
            row.line.payment_rate,
            "; ".join(f"{one.rule} {speak(one.text)}" for one in row.findings),
            _("示例") if row.project.is_sample else "",
        )
        for row in page.rows
    ]
    narrowed = ", ".join(f"{name}={value}" for name, value in chosen.query().items())
    notes = ((_("状态日"), as_of.isoformat()), (_("筛选"), narrowed or _("全部")), (_("来源"), _("项目承诺跟踪")))
    return Table(_("资金台账"), columns, cells, notes)


def entries(name: str, money: ProjectMoney, as_of: dt.date) -> Table:
    """A project's entries, reversals included."""
    columns = (
        Column("id", _("编号"), "integer"),
        Column("entry_on", _("日期"), "date"),
        Column("source", _("资金来源")),
        Column("step", _("环节")),
        Column("amount", _("金额 (元)"), "money"),
        Column("document_number", _("文号")),
        Column("memo", _("摘要")),
        Column("reverses", _("冲销的编号"), "integer"),
        Column("reversed_by", _("被冲销于编号"), "integer"),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.id,
            row.entry_on,
            _(vocab.FUNDING_SOURCES[row.source]),
            _(vocab.LEDGER_STEPS[row.step]),
            row.amount_fen,
            row.document_number,
            row.memo,
            row.reverses_id,
            row.reversed_by_id,
            _("示例") if row.is_sample else "",
        )
        for row in money.entries
    ]
    return Table(
        _("资金明细"),
        columns,
        cells,
        ((_("项目"), name), (_("状态日"), as_of.isoformat()), (_("来源"), _("项目承诺跟踪"))),
    )
