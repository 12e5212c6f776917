"""The exports of money in groups and against works."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.money.ladder.sums import LadderLine
from projects.pictures.money.works import MoneyPoint
from projects.portfolio.money.groups import BY, GroupFilter, GroupPage, LadderGroup
from projects.sheets.writing.table import Column, Table


def group_name(group: LadderGroup, by: str) -> str:
    """A group as a person reads it."""
    if by == "source":
        return str(_(vocab.FUNDING_SOURCES[group.key]))
    return group.name or str(_("没有记在文件明细上的") if by == "document" else _("(无)"))


def step_word(name: str) -> str:
    """A step of the ladder, what approves included."""
    return str(_("批复") if name == "approved" else _(vocab.LEDGER_STEPS[name]))


def curve_word(name: str) -> str:
    """A curve of money against works."""
    return str({"works": _("实施进度"), "received": _("到位"), "paid": _("支付")}[name])


def groups(found: GroupPage, as_of: dt.date, chosen: GroupFilter) -> Table:
    """A row for each group and source."""
    columns = (
        Column("group", _(BY[chosen.by])),
        Column("source", _("资金来源")),
        Column("approved", _("批复 (元)"), "money"),
        Column("planned", _("计划 (元)"), "money"),
        Column("allocated", _("下达 (元)"), "money"),
        Column("received", _("到位 (元)"), "money"),
        Column("contracted", _("合同 (元)"), "money"),
        Column("paid", _("支付 (元)"), "money"),
        Column("allocation_rate", _("下达率 (百分比)"), "percent"),
        Column("receipt_rate", _("到位率 (百分比)"), "percent"),
        Column("payment_rate", _("支付率 (百分比)"), "percent"),
    )
    cells = [
        (group_name(group, chosen.by), _(vocab.FUNDING_SOURCES[line.key]), *_amounts(line))
        for group, line in found.rows
    ]
    narrowed = ", ".join(f"{name}={value}" for name, value in chosen.query().items())
    notes = ((_("状态日"), as_of.isoformat()), (_("筛选"), narrowed or _("全部")), (_("来源"), _("项目承诺跟踪")))
    return Table(_("资金阶梯"), columns, cells, notes)


def _amounts(line: LadderLine) -> tuple[object, ...]:
    sums = (line.approved, line.planned, line.allocated, line.received, line.contracted, line.paid)
    return (*sums, line.allocation_rate, line.receipt_rate, line.payment_rate)


def works(name: str, points: Sequence[MoneyPoint], as_of: dt.date) -> Table:
    """A row for each month."""
    columns = (
        Column("on", _("截至"), "date"),
        Column("works", _("实施进度 (百分比)"), "percent"),
        Column("received_fen", _("累计到位 (元)"), "money"),
        Column("paid_fen", _("累计支付 (元)"), "money"),
        Column("received", _("到位占批复 (百分比)"), "percent"),
        Column("paid", _("支付占批复 (百分比)"), "percent"),
        Column("ahead", _("支付超前 (百分点)"), "percent"),
    )
    cells = [(one.on, one.works, one.received_fen, one.paid_fen, one.received, one.paid, one.ahead) for one in points]
    return Table(
        _("资金与进度"),
        columns,
        cells,
        ((_("项目"), name), (_("状态日"), as_of.isoformat()), (_("来源"), _("项目承诺跟踪"))),
    )
