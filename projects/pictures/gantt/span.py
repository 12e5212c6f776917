"""Which days a chart shows: whole months that hold its dates, without those that lie far from all others
(GA-5). Pure.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from projects.core.month import add_months, month_of
from projects.pictures.gantt.facts import ChartItem, Portfolio

LONGEST = 15 * 366  # days shown to either side of the middle date, so that one mistyped year can't squash the chart
NEAR = 92  # the chart's day is drawn where it lies within the dates or so many days beside them
Dates = tuple[
    dt.date | None, ...
]  # plan start and finish, baseline start and finish, actual start and finish, forecast finish


class Frame(NamedTuple):
    """The chart's first day and length as day numbers, and its day."""

    first: int
    last: int  # the first day after the chart
    today: int


def dates_of(item: ChartItem) -> Dates:
    """A project's own days, as bars take them."""
    planned = (item.plan_start, item.plan_finish, item.baseline_start, item.baseline_finish)
    return (*planned, item.actual_start, item.actual_finish, item.forecast_finish)


def range_of(item: ChartItem) -> tuple[dt.date | None, dt.date | None]:
    """Where the finish lies with eight chances in ten, while it is ahead."""
    return (None, None) if item.actual_finish else (item.forecast_p10, item.forecast_p90)


def _dates(portfolio: Portfolio) -> set[dt.date]:
    found: set[dt.date | None] = set()
    for group in portfolio.groups:
        found.update(promise.due for promise in group.promises)
        for item in group.items:
            found.update(dates_of(item))
            found.update(range_of(item))
            found.update(promise.due for promise in item.promises)
            for stage in item.stages:
                found.update(stage[1:8])
            for milestone in item.milestones:
                found.update(milestone[1:3])
    return {day for day in found if day is not None}


def frame_of(portfolio: Portfolio) -> Frame:
    """Whole months that hold all dates, but not those further than LONGEST from the middle one (GA-5)."""
    as_of = portfolio.as_of
    days = sorted(_dates(portfolio))
    if days:
        middle = days[len(days) // 2].toordinal()
        days = [day for day in days if abs(day.toordinal() - middle) <= LONGEST]
    low, high = (days[0], days[-1]) if days else (as_of, as_of)
    running = any(item.actual_start and not item.actual_finish for item in portfolio.items)
    beside = max((low - as_of).days, (as_of - high).days)  # below 0 among the dates
    if beside <= NEAR or (running and beside <= LONGEST):
        low, high = min(low, as_of), max(high, as_of)
    return Frame(month_of(low).toordinal(), add_months(high, 1).toordinal(), as_of.toordinal())
