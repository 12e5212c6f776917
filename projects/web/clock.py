"""The two clocks: the instant now, and the status date of the page.

The status date of a page is, first, `?as_of=`; else the day this reader chose for their own view; else the
installation's day: the demo's status date where demo content is loaded, today in Beijing otherwise. Business dates of
what is written (a report's approval) are the installation's day. A past day is for reading: what is written is written
on the installation's day, whatever day this reader chose to look at (S-20 of docs/rules/slippage.md).
"""

from __future__ import annotations

import datetime as dt

from flask import Flask, g, request, session
from sqlalchemy.exc import SQLAlchemyError

from projects.core import month as calendar
from projects.core.errors import InvalidError
from projects.core.month import beijing_day, parse_day
from projects.core.settings.queries import DEMO_DATE, setting
from projects.core.text import N_, Text

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def now() -> dt.datetime:
    """The aware instant now."""
    return dt.datetime.now(dt.UTC)


def business_day() -> dt.date:
    """The installation's day: the demo's status date, or today in Beijing."""
    if "business_day" not in g:
        stored = setting(DEMO_DATE)
        g.demo_date = parse_day(stored) if stored else None
        g.business_day = g.demo_date or beijing_day(now())
    return g.business_day  # type: ignore[no-any-return]


def latest_day() -> dt.date:
    """The last day that is not in the future: the installation's day, or today in Beijing where demo content holds it
    at a former one.
    """
    return calendar.latest_day(now(), business_day())


def demo_date() -> dt.date | None:
    """The demo's status date, None without demo content."""
    business_day()
    return g.demo_date  # type: ignore[no-any-return]


def status_date() -> dt.date:
    """The day the page speaks about; InvalidError where `?as_of=` is no date."""
    if "status_date" not in g:
        g.status_date = business_day()  # what the error page speaks about where the day asked for is none
        g.status_date = _asked() or g.status_date
    return g.status_date  # type: ignore[no-any-return]


def is_past() -> bool:
    """Whether the page speaks of a day before the installation's, on which nothing can be written any more."""
    return status_date() < business_day()


def _asked() -> dt.date | None:
    text = request.args.get("as_of", "")
    try:
        if text:
            return plausible(parse_day(text))
        own = parse_day(session["as_of"]) if "as_of" in session else None
        return own if own and (request.method in READING or own >= business_day()) else None
    except ValueError:
        raise InvalidError(
            {"as_of": Text(N_("“%(text)s”不是日期, 请写成 2021-11-30 的样子"), {"text": text[:40]})}
        ) from None


def settle() -> None:
    """Let an error page speak of a day, though the one asked for is none or the database can't be asked."""
    try:
        status_date()
    except InvalidError:
        return  # the installation's day stands in its place
    except SQLAlchemyError:
        g.demo_date, g.business_day = None, beijing_day(now())
        g.status_date = g.business_day


def plausible(day: dt.date) -> dt.date:
    """`day`, or ValueError outside 2000 to 2100, where nothing can be assessed."""
    if not 2000 <= day.year <= 2100:
        raise ValueError(day)
    return day


def register(app: Flask) -> None:
    """Let templates read the clocks."""
    app.jinja_env.globals.update(
        status_date=status_date, business_day=business_day, demo_date=demo_date, is_past=is_past
    )
