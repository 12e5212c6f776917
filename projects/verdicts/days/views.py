"""A page of a day whose verdicts are still to be worked out: it says how far that is, and asks again by itself.

One thread of one process works a day out, whichever process was asked: it holds a claim in the database that lapses
when nobody is at it any more.
"""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any, cast

from flask import Blueprint, Flask, current_app, render_template, request
from flask.sansio.blueprints import BlueprintSetupState

from projects.database import patient, transacted, transaction
from projects.verdicts.days import operations, queries
from projects.verdicts.days.queries import DayWaitsError
from projects.verdicts.status.operations import work_out
from projects.web import clock
from projects.web.clock import now
from projects.web.errors import page
from projects.web.i18n import speak

bp = Blueprint("days", __name__)
bp.add_app_template_global(queries.shown_instead, "shown_instead")

WORKER = "works out days"
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
    current_app.extensions[WORKER].start()
    if request.path.startswith("/api/"):
        return page(problem.status, speak(problem.text))
    done, count = queries.worked_out(problem.day)
    clock.settle()
    answer = render_template("verdicts/waiting.html", day=problem.day, done=done, count=count, again=AGAIN)
    return answer, problem.status, {"Retry-After": str(AGAIN)}


class Worker:
    """The thread of this process that works out what was asked for."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Let it run, unless it does already."""
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self.work, name=WORKER, daemon=True)
            self.thread.start()

    def work(self) -> None:
        """Work out the days that were asked for, one after the other, until there is none that nobody works at."""
        with self.app.app_context(), patient():
            while (day := _claimed()) is not None:
                _work_out(day)
            for old in _superfluous():
                while _part_let_go(old):
                    pass


@bp.record_once
def _employ(state: BlueprintSetupState) -> None:
    state.app.extensions[WORKER] = Worker(cast("Flask", state.app))


def _claimed() -> dt.date | None:
    with transaction():
        return operations.claim(now())


def _work_out(day: dt.date) -> None:
    whole = False
    while not whole:
        for step in operations.steps_of(day):
            ahead = work_out(step, day)
            with transaction():
                operations.keep_step(ahead, day, now())
        with transaction():
            whole = operations.finish(day, now())


def _superfluous() -> list[dt.date]:
    with transaction():
        return operations.superfluous(now())


def _part_let_go(day: dt.date) -> bool:
    with transaction():
        return operations.let_go(day)
