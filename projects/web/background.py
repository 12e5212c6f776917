"""Long work that nobody should have to wait for in front of a page: one thread for each process that serves does it,
one after the other.

What waits stands in the database, so that nothing is lost with a process: whoever looks at it wakes the worker, which
takes up what another process left lying. Nothing is done unless somebody looks or adds more.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, current_app

from projects.database import transacted
from projects.extensions import db
from projects.web import clock

WORKER = "background"


@dataclass(frozen=True)
class Job:
    """A kind of work: `find` tells what waits next, None where nothing does; `take` claims it in a transaction, False
    where another was faster; `work` does it, outside of any; `keep` stores what came of it in another.
    """

    find: Callable[[dt.datetime], Any]
    take: Callable[[Any, dt.datetime], bool]
    work: Callable[[Any], Any]
    keep: Callable[[Any, Any], None]


class Worker:
    """Does the work of `app` in a thread that lives as long as there is some."""

    def __init__(self, app: Flask, *jobs: Job) -> None:
        self.app, self.jobs = app, jobs
        self._lock = threading.Lock()
        self._again = False
        self.thread: threading.Thread | None = None

    def wake(self) -> None:
        """Let the thread look for work, once more where it is just looking."""
        with self._lock:
            self._again = True
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name=WORKER, daemon=True)
                self.thread.start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._again:
                    self.thread = None
                    return
                self._again = False
            with self.app.app_context():
                self.work()

    def work(self) -> None:
        """Do what waits, one kind after the other. What fails is logged, and left until it counts as left lying."""
        for job in self.jobs:
            try:
                _all(job)
            except Exception:
                current_app.logger.exception("work in the background failed")


def _all(job: Job) -> None:
    while (key := job.find(clock.now())) is not None:
        db.session.rollback()
        if transacted(partial(job.take, key, clock.now())):
            result = job.work(key)
            db.session.rollback()
            transacted(partial(job.keep, key, result))


def register(app: Flask, *jobs: Job) -> None:
    """Give `app` its worker; tests let it work when they want to."""
    app.extensions[WORKER] = Worker(app, *jobs)


def wake() -> None:
    """Say that there may be work."""
    if not current_app.testing:
        current_app.extensions[WORKER].wake()
