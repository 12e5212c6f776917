"""A page of a day whose verdicts are still to be worked out: it says how far that is, and asks again by itself.

One process works a day out in its background, whichever was asked: it holds a claim in the database that lapses when
nobody is at it any more.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from flask import Blueprint, current_app, render_template, request

from projects.database import patient, transacted
from projects.verdicts.days import operations, queries
from projects.verdicts.days.queries import DayWaitsError
from projects.verdicts.status.operations import work_out
from projects.web import clock
from projects.web.background import Job, wake
from projects.web.clock import now
from projects.web.errors import page
from projects.web.i18n import speak

bp = Blueprint("days", __name__)
bp.add_app_template_global(queries.shown_instead, "shown_instead")

AGAIN = 3  # seconds until the page asks again


@bp.app_errorhandler(DayWaitsError)
def wait(problem: DayWaitsError) -> Any:
    """The page itself, where only a little was missing; else how far the day is, while somebody is at it."""
    if transacted(lambda: operations.mend(problem.day)):
        try:
            return current_app.dispatch_request()
        except DayWaitsError:
            pass  # somebody changed something else just then
    transacted(lambda: operations.ask_for(problem.day, now()))
    wake()
    if request.path.startswith("/api/"):
        return page(problem.status, speak(problem.text))
    done, count = queries.worked_out(problem.day)
    clock.settle()
    answer = render_template("verdicts/waiting.html", day=problem.day, done=done, count=count, again=AGAIN)
    return answer, problem.status, {"Retry-After": str(AGAIN)}


def work_out_day(day: dt.date) -> None:
    """Work out what is missing of a day, and let others go for it."""
    with patient():
        while not transacted(partial(operations.finish, day, now())):
            for step in operations.steps_of(day):
                transacted(partial(operations.keep_step, work_out(step, day, kept=True), day, now()))
        for old in queries.superfluous(now()):
            while transacted(partial(operations.let_go, old)):
                pass


JOB = Job(queries.next_day, operations.take, work_out_day, lambda *_: None)
