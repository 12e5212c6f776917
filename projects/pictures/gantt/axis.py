"""The date axis: which days get a line and which words, by zoom."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from projects.core.month import add_months
from projects.core.text import N_, Text

ZOOMS = {"month": N_("按月"), "quarter": N_("按季"), "year": N_("按年")}
STEP = {"month": 1, "quarter": 3, "year": 12}
WIDEST_BY_MONTH, WIDEST_BY_QUARTER = 18 * 31, 6 * 366


class Tick(NamedTuple):
    """A line at a day and the words of the stretch that begins there and lasts until `end`; `major` begins a year."""

    day: int
    end: int
    major: bool
    label: Text


def auto(days: int) -> str:
    """The zoom that suits a chart of so many days."""
    return "month" if days <= WIDEST_BY_MONTH else "quarter" if days <= WIDEST_BY_QUARTER else "year"


def ticks(start: dt.date, days: int, zoom: str) -> tuple[str, tuple[Tick, ...]]:
    """The zoom chosen and its ticks: a major one per year, minor ones per month or quarter; each clipped to
    the chart.
    """
    chosen = zoom if zoom in STEP else auto(days)
    found = [_tick(start, days, year, 12, major=True) for year in _begins(start, days, 12)]
    if chosen != "year":
        found += [_tick(start, days, begin, STEP[chosen], major=False) for begin in _begins(start, days, STEP[chosen])]
    return chosen, tuple(found)


def _begins(start: dt.date, days: int, step: int) -> list[dt.date]:
    """The first days of the stretches of `step` months that overlap the chart."""
    day = dt.date(start.year, (start.month - 1) // step * step + 1, 1)
    found = []
    while (day - start).days < days:
        found.append(day)
        day = add_months(day, step)
    return found


def _tick(start: dt.date, days: int, begin: dt.date, step: int, *, major: bool) -> Tick:
    first, end = (begin - start).days, (add_months(begin, step) - start).days
    return Tick(max(first, 0), min(end, days), major, _label(begin, step))


def _label(begin: dt.date, step: int) -> Text:
    if step == 12:
        return Text(N_("%(year)s年"), {"year": begin.year})
    if step == 3:
        return Text(N_("%(quarter)s季度"), {"quarter": (begin.month + 2) // 3})
    return Text(N_("%(month)s月"), {"month": begin.month})
