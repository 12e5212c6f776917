"""Months and days as Beijing counts them.

Instants are stored in UTC and shown in Beijing time; a month is the Beijing month, written as its first day.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

BEIJING = ZoneInfo("Asia/Shanghai")

_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}")
ALWAYS = dt.date(2000, 1, 1)  # no page speaks about an earlier day


def beijing_day(instant: dt.datetime) -> dt.date:
    """The Beijing calendar day of an aware instant (17:00 UTC on 31 March is 1 April)."""
    return instant.astimezone(BEIJING).date()


def latest_day(now: dt.datetime, today: dt.date) -> dt.date:
    """The last day that is not in the future: the installation's day `today`, or the Beijing day of `now` where demo
    content holds the installation at a former one.
    """
    return max(today, beijing_day(now))


def month_of(day: dt.date) -> dt.date:
    """The first day of `day`'s month."""
    return day.replace(day=1)


def month_end(month: dt.date) -> dt.date:
    """The last day of the month that `month` lies in."""
    return month_of(month) + relativedelta(months=1, days=-1)


def add_months(month: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months after (negative: before) that of `month`."""
    return month_of(month) + relativedelta(months=count)


def months_before(day: dt.date, count: int) -> dt.date:
    """The latest day from which `count` months are over by `day`; a month that has no such day ends on its last: three
    months from 31 August end on 30 November.
    """
    found = day - relativedelta(months=count)
    while found + dt.timedelta(1) + relativedelta(months=count) <= day:
        found += dt.timedelta(1)
    return found


def months_between(earlier: dt.date, later: dt.date) -> int:
    """How many months `later`'s month lies after `earlier`'s."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def parse_month(text: str) -> dt.date:
    """The month written as 2021-11; anything else is a ValueError."""
    if not _MONTH.fullmatch(text):
        raise ValueError(text)
    return dt.date(int(text[:4]), int(text[5:]), 1)


def format_month(month: dt.date) -> str:
    """`month` as 2021-11."""
    return f"{month:%Y-%m}"


def parse_day(text: str) -> dt.date:
    """The day written as 2021-11-30; anything else is a ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)
