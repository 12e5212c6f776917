"""Telling the reader that what was just kept is dated after the day their pages speak about, so that it does not seem
lost.
"""

from __future__ import annotations

import datetime as dt

from flask import flash
from flask_babel import gettext

from projects.web import clock


def tell_later(day: dt.date | None) -> None:
    """Say so where `day` lies after the page's status date; an installation with demo content stands at a
    former day.
    """
    if day is not None and day > clock.status_date():
        flash(
            gettext(
                "它的日期 %(day)s 在页面状态日 %(status)s 之后: 把页面上方的日期选到那天才看得到",
                day=day.isoformat(),
                status=clock.status_date().isoformat(),
            )
        )
