"""The table view as markup: the chart's rows for who reads tables, by eye or by ear.

Pure; what people typed is escaped.
"""

from __future__ import annotations

import datetime as dt
from html import escape

from projects.core.text import cut
from projects.sheets.writing.table import Table

GROUP, PROJECT, KIND, NAME = range(4)  # the first columns of gantt.table
NUMBERS = {"integer", "percent"}


def head_markup(table: Table) -> str:
    """The heading cells; the group stands in rows of its own, and a column without a single value is left out."""
    columns = [table.columns[index] for index in _shown(table)]
    return "".join(
        f'<th scope="col"{" class=num" if one.kind in NUMBERS else ""}>{escape(one.heading)}</th>' for one in columns
    )


def body_markup(table: Table, first_kind: str) -> str:
    """The rows; those of `first_kind` (a project's own) head the rows of their parts."""
    shown = _shown(table)
    kinds = [table.columns[index].kind for index in shown]
    found: list[str] = []
    group: object = None
    for row in table.rows:
        if row[GROUP] != group:
            group = row[GROUP]
            found.append(
                f'<tr class="g-band"><th scope="rowgroup" colspan="{len(shown)}">{escape(str(group))}</th></tr>'
            )
        cells = [_cell(index, row[index], kind) for index, kind in zip(shown, kinds, strict=True)]
        found.append(
            f'<tr class="g-own">{"".join(cells)}</tr>' if row[KIND] == first_kind else f"<tr>{''.join(cells)}</tr>"
        )
    return "\n".join(found)


def _shown(table: Table) -> list[int]:
    rows = table.rows
    return [
        index
        for index in range(1, len(table.columns))
        if index <= NAME or any(row[index] not in {None, ""} for row in rows)
    ]


def _cell(index: int, value: object, kind: str) -> str:
    if index == NAME:
        return f'<th scope="row">{escape(str(value))}</th>'
    if value is None or value == "":
        return "<td></td>"
    if isinstance(value, dt.date):
        return f"<td>{value.isoformat()}</td>"
    if kind == "integer":
        return f'<td class="num">{f"{value:+d}".replace("-", "−") if value else "0"}</td>'
    if kind == "percent" and isinstance(value, float):
        return f'<td class="num">{cut(value, 1):.1f}</td>'
    return f"<td>{escape(str(value))}</td>"
