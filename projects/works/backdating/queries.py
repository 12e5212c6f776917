"""Which months of a project are closed, and what a day in one of them asks for (rule RQ-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from sqlalchemy import func, select

from projects.core.acting import Acting
from projects.core.complaints import plain, text_complaint
from projects.core.errors import InvalidError
from projects.core.month import month_end
from projects.core.text import N_, Text
from projects.extensions import db
from projects.register.projects.tables import Project
from projects.works.reports.tables import MonthlyReport

LONGEST = 500
Closing = Callable[[str], dt.date | None]
_closings: list[Closing] = []


def also_closed_by(closing: Closing) -> None:
    """Let areas below close months too: `closing` tells the last day closed for a place."""
    _closings[:] = [closing]


def closed_until(project: Project) -> dt.date | None:
    """The last day of the newest month of which a report was approved, or whose accounts were closed for the project's
    place; None where there is none.
    """
    own = MonthlyReport
    month = db.session.scalar(select(func.max(own.month)).where(own.project_id == project.id, own.state == "approved"))
    days = [month_end(month) if month else None, *(closing(project.place_code) for closing in _closings)]
    return max((day for day in days if day), default=None)


def backdated(
    acting: Acting, project: Project, days: Iterable[dt.date | None], reason: str
) -> dict[str, list[str | None]]:
    """What the history says of a change that counts from (or counted from) one of `days`: why it lies in a month that
    was closed; nothing where none does. InvalidError where a person asks for it without a reason.
    """
    closed = closed_until(project)
    if closed is None or not any(day and day <= closed for day in days):
        return {}
    asks = acting.actor.id is not None and acting.actor.consent is None
    if asks and not reason.strip():
        told = N_("%(closed)s 以前已有通过的月报或已结账: 请写明为什么现在才记到那时")
        raise InvalidError({"backdated_reason": Text(told, {"closed": closed})})
    if problem := text_complaint(reason, LONGEST):
        raise InvalidError({"backdated_reason": problem})
    return {"backdated_reason": [None, plain(reason)]} if reason.strip() else {}
