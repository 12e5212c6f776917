"""The track record as a table: every figure that the page shows."""

from __future__ import annotations

from flask_babel import gettext as _

from projects.sheets.writing.table import Column, Table
from projects.verdicts.track_record.page import RecordPage, figures


def table(page: RecordPage) -> Table:
    """The figures in the reader's words."""
    columns = (
        Column("set", _("项目范围")),
        Column("figure", _("指标")),
        Column("part", _("部分")),
        Column("value", _("数值")),
        Column("unit", _("单位")),
    )
    rows = [(_(one.group), _(one.what), _(one.part), f"{one.value:.4g}", one.unit) for one in figures(page)]
    notes = ((_("截至"), page.known.isoformat()), (_("参照类"), page.reference), (_("来源"), _("项目承诺跟踪")))
    return Table(_("推算的准确度"), columns, rows, notes)
