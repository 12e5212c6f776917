"""The export of the queue: each receipt with its best proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from projects.core.money import exact_yuan
from projects.money.matching.desk import SHOWN_NAMES, DeskItem
from projects.money.matching.facts import OpenLine
from projects.sheets.writing.table import Column, Table
from projects.web.i18n import speak


def queue(items: Sequence[DeskItem], lines: Mapping[str, OpenLine], narrowed: Mapping[str, str]) -> Table:
    """A row for each receipt with something left."""
    columns = (
        Column("voucher", _("凭证号")),
        Column("received_on", _("到账日期"), "date"),
        Column("payer", _("付款单位")),
        Column("payee", _("收款单位")),
        Column("amount", _("金额 (元)"), "money"),
        Column("left", _("未匹配 (元)"), "money"),
        Column("memo", _("摘要")),
        Column("show", _("把握")),
        Column("sure", _("可能性 (百分比)"), "percent"),
        Column("proposal", _("建议")),
        Column("reasons", _("理由")),
        Column("sample", _("示例")),
    )
    cells = []
    for item in items:
        row, best = item.receipt, item.proposal.best if item.proposal else None
        parts = (
            [
                f"{lines[part.line].document} {lines[part.line].project_name} {exact_yuan(part.amount_fen)}"
                for part in best.parts
            ]
            if best
            else []
        )
        said = "; ".join(speak(text) for text in best.reasons) if best else ""
        cells.append(
            (
                row.number,
                row.received_on,
                row.payer,
                row.payee,
                row.amount_fen,
                row.left_fen,
                row.memo,
                speak(SHOWN_NAMES[item.show]),
                best.sure if best else None,
                "; ".join(parts),
                said,
                _("示例") if row.is_sample else "",
            )
        )
    chosen = ", ".join(f"{name}={value}" for name, value in narrowed.items())
    return Table(_("到账匹配"), columns, cells, ((_("筛选"), chosen or _("全部")), (_("来源"), _("项目承诺跟踪"))))
