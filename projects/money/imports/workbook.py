"""The export of a preview: every row as it was read, and every cell that could not be."""

from __future__ import annotations

from flask_babel import gettext as _

from projects.core.vocabulary import FUNDING_SOURCES
from projects.money.imports.fields import FIELDS
from projects.money.imports.plan import PostingPlan
from projects.money.imports.reading import Read
from projects.sheets.writing.table import Column, Table
from projects.web.i18n import speak

_KINDS = {"text": "text", "amount": "money", "day": "date"}


def rows(kind: str, filename: str, found: Read, plan: PostingPlan) -> Table:
    """The rows of a file; those that can't be taken stand below as sheet, cell, value and reason."""
    fields = FIELDS[kind]
    new = {(row.sheet, row.number) for row, _project, _key in plan.new}
    columns = (
        Column("sheet", _("工作表")),
        Column("row", _("行"), "integer"),
        *(
            Column(
                one.key,
                _("%(name)s (元)", name=speak(one.label)) if one.kind == "amount" else speak(one.label),
                _KINDS[one.kind],
            )
            for one in fields
        ),
        Column("result", _("结果")),
    )
    is_new, is_returned, is_other = _("新增"), _("退回相抵, 未读入"), _("已登记或有问题")
    sources = {key: _(name) for key, name in FUNDING_SOURCES.items()}
    keys = [one.key for one in fields]
    cells: list[tuple[object, ...]] = []
    for row in found.rows:
        values = {**row.values, "source": sources.get(row.text("source"), row.values.get("source"))}
        place = row.sheet, row.number
        result = is_new if place in new else is_returned if place in plan.returned else is_other
        cells.append((*place, *map(values.get, keys), result))
    blank = (None,) * len(fields)
    cells += [(one.sheet, None, *blank, f"✖ {one.cell} {one.value}: {speak(one.text)}") for one in plan.faults]
    cells += [(one.sheet, None, *blank, f"▲ {one.cell} {one.value}: {speak(one.text)}") for one in plan.notes]
    return Table(_("导入核对"), columns, cells, ((_("文件名"), filename), (_("来源"), _("项目承诺跟踪"))))
