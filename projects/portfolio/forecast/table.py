"""A chart's values as a table: the twin beside the picture, and its CSV and Excel. Pure."""

from __future__ import annotations

from collections.abc import Callable

from projects.core.text import N_, Text, cut
from projects.pictures.curves.facts import CurveFigure
from projects.sheets.writing.table import Column, Table


def table(figure: CurveFigure, speak: Callable[[Text], str]) -> Table:
    """A row for each day that the chart shows something on."""
    lines = [(line.label, dict(line.points)) for line in figure.lines]
    band = {day: (low, high) for day, low, high in figure.band.points} if figure.band else {}
    kind = "integer" if figure.key == "slip" else "percent"
    columns = [Column("day", speak(Text(N_("日期"))), "date")]
    columns += [Column(f"line_{index}", speak(label), kind) for index, (label, _) in enumerate(lines)]
    if figure.band:
        columns += [Column("p10", "P10", "percent"), Column("p90", "P90", "percent")]
    if figure.flags:
        columns.append(Column("promise", speak(Text(N_("承诺期限")))))
    rows = []
    for day in figure.days:
        values = [
            None if points.get(day) is None else round(points[day]) if kind == "integer" else cut(points[day], 2)
            for _, points in lines
        ]
        limits = [cut(value, 2) for value in band[day]] if day in band else [None, None]
        flags = ["; ".join(flag.label for flag in figure.flags if flag.on == day)] if figure.flags else []
        rows.append((day, *values, *(limits if figure.band else []), *flags))
    notes = ((speak(Text(N_("状态日"))), figure.as_of.isoformat()), (speak(Text(N_("单位"))), speak(figure.unit)))
    return Table(speak(figure.title), tuple(columns), rows, notes)
