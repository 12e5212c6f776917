"""The exports of documents, amounts in exact yuan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.money.documents.filtering import DocumentFilter
from projects.money.documents.sheet import DocumentPage, DocumentRow
from projects.sheets.writing.table import Column, Table


def documents(rows: Sequence[DocumentRow], as_of: dt.date, chosen: DocumentFilter) -> Table:
    """A row for each document."""
    columns = (
        Column("number", _("文号")),
        Column("kind", _("类型")),
        Column("title", _("标题")),
        Column("issuer", _("发文机关")),
        Column("issued_on", _("发文日期"), "date"),
        Column("received_on", _("收文日期"), "date"),
        Column("source", _("资金来源")),
        Column("year", _("预算年度"), "integer"),
        Column("place", _("地区")),
        Column("parent", _("上级文件的文号")),
        Column("total", _("文件总额 (元)"), "money"),
        Column("lines", _("明细合计 (元)"), "money"),
        Column("handed", _("已往下分解 (元)"), "money"),
        Column("received", _("到位 (元)"), "money"),
        Column("paid", _("支付 (元)"), "money"),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.number,
            _(vocab.DOCUMENT_KINDS[row.kind]),
            row.title,
            row.issuer,
            row.issued_on,
            row.received_on,
            _(vocab.FUNDING_SOURCES[row.source]) if row.source else "",
            row.budget_year,
            row.place,
            row.parent_number,
            row.total_fen,
            row.lines_fen,
            row.handed_fen,
            row.received_fen,
            row.paid_fen,
            _("示例") if row.is_sample else "",
        )
        for row in rows
    ]
    narrowed = ", ".join(f"{name}={value}" for name, value in chosen.query().items())
    return Table(
        _("资金文件"),
        columns,
        cells,
        ((_("状态日"), as_of.isoformat()), (_("筛选"), narrowed or _("全部")), (_("来源"), _("项目承诺跟踪"))),
    )


def lines(page: DocumentPage, as_of: dt.date) -> Table:
    """The lines of a document."""
    columns = (
        Column("id", _("编号"), "integer"),
        Column("external_id", _("外部编号")),
        Column("slug", _("项目编号")),
        Column("project", _("项目")),
        Column("source", _("资金来源")),
        Column("amount", _("金额 (元)"), "money"),
        Column("handed", _("已往下分解 (元)"), "money"),
        Column("received", _("到位 (元)"), "money"),
        Column("paid", _("支付 (元)"), "money"),
        Column("memo", _("摘要")),
    )
    cells = [
        (
            one.id,
            one.external_id,
            one.slug,
            one.project,
            _(vocab.FUNDING_SOURCES[one.source]),
            one.amount_fen,
            one.handed_fen,
            one.received_fen,
            one.paid_fen,
            one.memo,
        )
        for one in page.lines
    ]
    return Table(
        _("下达明细"),
        columns,
        cells,
        ((_("文号"), page.row.number), (_("状态日"), as_of.isoformat()), (_("来源"), _("项目承诺跟踪"))),
    )
