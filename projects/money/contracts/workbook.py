"""The export of contracts, amounts in exact yuan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _

from projects.core import vocabulary as vocab
from projects.money.contracts.queries import ContractRow
from projects.sheets.writing.table import Column, Table


def contracts(name: str, rows: Sequence[ContractRow], as_of: dt.date) -> Table:
    """A row for each contract; what it is worth and what was paid also by source, for the sources that occur."""
    contracted, paid = (_sources(parts) for parts in ([row.parts for row in rows], [row.paid_parts for row in rows]))
    columns = (
        Column("number", _("合同编号")),
        Column("name", _("合同名称")),
        Column("kind", _("类型")),
        Column("party", _("对方单位")),
        Column("signed_on", _("签订日期"), "date"),
        Column("worth", _("合同金额 (元)"), "money"),
        *(
            Column(f"worth_{source}", _("合同金额: %(source)s (元)", source=_(vocab.FUNDING_SOURCES[source])), "money")
            for source in contracted
        ),
        Column("confirmed", _("已确认价款 (元)"), "money"),
        Column("paid", _("支付 (元)"), "money"),
        *(
            Column(f"paid_{source}", _("支付: %(source)s (元)", source=_(vocab.FUNDING_SOURCES[source])), "money")
            for source in paid
        ),
        Column("payment_rate", _("支付占确认 (百分比)"), "percent"),
        Column("retention", _("质量保证金 (百分比)"), "percent"),
        Column("sample", _("示例")),
    )
    cells = [
        (
            row.number,
            row.name,
            _(vocab.CONTRACT_KINDS[row.kind]),
            row.party,
            row.signed_on,
            row.worth_fen,
            *(dict(row.parts).get(source) for source in contracted),
            row.confirmed_fen,
            row.paid_fen,
            *(dict(row.paid_parts).get(source) for source in paid),
            row.payment_rate,
            row.retention,
            _("示例") if row.is_sample else "",
        )
        for row in rows
    ]
    return Table(
        _("合同"), columns, cells, ((_("项目"), name), (_("状态日"), as_of.isoformat()), (_("来源"), _("项目承诺跟踪")))
    )


def _sources(parts: Sequence[Sequence[tuple[str, int]]]) -> list[str]:
    found = {source for one in parts for source, _fen in one}
    return [source for source in vocab.FUNDING_SOURCES if source in found]
