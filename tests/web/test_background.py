"""The worker: one thread that lives as long as there is work, and outlives work that fails."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

import pytest
from flask import Flask

from projects.web import background
from projects.web.background import Job, Worker


@dataclass
class Pile:
    """Numbers that wait, and those that were done."""

    waits: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def find(self, _now: object) -> int | None:
        return next((one for one in self.waits if one not in self.taken), None)

    def take(self, key: int, _now: object) -> bool:
        self.taken.add(key)
        return key % 10 != 0  # tens are taken by another

    def work(self, key: int) -> int:
        self.names.add(threading.current_thread().name)
        if key < 0:
            raise ValueError("no")
        return key * 2

    def keep(self, _key: int, result: int) -> None:
        self.kept.append(result)

    @property
    def job(self) -> Job:
        return Job(self.find, self.take, self.work, self.keep)


def wait_for(worker: Worker) -> None:
    while (thread := worker.thread) is not None:
        thread.join(20)


def test_all_that_waits_is_done_by_one_thread_which_then_ends(app: Flask):
    pile = Pile([1, 2, 10, 3])
    worker = Worker(app, pile.job)
    for _ in range(5):
        worker.wake()
    wait_for(worker)
    assert (pile.kept, pile.names, worker.thread) == ([2, 4, 6], {background.WORKER}, None)
    pile.waits.append(4)
    worker.wake()
    wait_for(worker)
    assert pile.kept == [2, 4, 6, 8]


def test_work_that_fails_is_logged_and_the_next_call_goes_on(app: Flask, caplog: pytest.LogCaptureFixture):
    pile = Pile([-1, 5])
    worker = Worker(app, pile.job)
    with caplog.at_level(logging.ERROR):
        worker.wake()
        wait_for(worker)
    assert "work in the background failed" in caplog.text
    worker.wake()
    wait_for(worker)
    assert pile.kept == [10]


def test_pages_wake_it_where_people_are_served_and_not_in_tests(app: Flask, monkeypatch: pytest.MonkeyPatch):
    woken: list[int] = []
    monkeypatch.setattr(Worker, "wake", lambda _self: woken.append(1))
    with app.app_context():
        background.wake()
        assert not woken
        app.testing = False
        try:
            background.wake()
        finally:
            app.testing = True
    assert woken == [1]
