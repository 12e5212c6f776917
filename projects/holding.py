"""For how long transactions that write hold others up: from the lock of SQLite's only writer, or the first write or
lock of a row in PostgreSQL, until their end is on disk.

Each process keeps count and logs what held others up for longer than `MOST`, with the page or command that did.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import click
from flask import Flask, current_app, request

HELD = "held"
MOST = 1.0  # seconds
TAKES = ("INSERT", "UPDATE", "DELETE", "LOCK", "ALTER", "TRUNCATE")
HOLDS = (" FOR UPDATE", " FOR NO KEY UPDATE", "pg_advisory_xact_lock")


class Hold:
    """One transaction that may write; `seconds` until now, 0 while it holds nobody up."""

    def __init__(self) -> None:
        self._since: float | None = None

    def begin(self) -> None:
        """From now on others have to wait."""
        self._since = self._since or time.monotonic()

    def saw(self, statement: str) -> None:
        """Begin with a statement that writes or locks."""
        if self._since is None and (
            statement.lstrip()[:8].upper().startswith(TAKES) or any(one in statement for one in HOLDS)
        ):
            self.begin()

    @property
    def seconds(self) -> float:
        """How long it has held others up."""
        return time.monotonic() - self._since if self._since else 0.0


@dataclass
class Held:
    """The transactions of a process that held others up: how many, how many for longer than `MOST`, the longest in
    seconds, and what it was for.
    """

    count: int = 0
    over: int = 0
    longest: float = 0.0
    where: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, seconds: float, where: str) -> None:
        """One more."""
        with self._lock:
            self.count += 1
            self.over += seconds > MOST
            if seconds > self.longest:
                self.longest, self.where = seconds, where


writing: ContextVar[Hold | None] = ContextVar("writing", default=None)


@contextmanager
def alone(otherwise: str) -> Iterator[None]:
    """Let connections of this thread write meanwhile, and count for how long; RuntimeError where it writes already."""
    if writing.get():
        raise RuntimeError(otherwise)
    token = writing.set(hold := Hold())
    try:
        yield
    finally:
        writing.reset(token)
        _note(hold)


def see(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    """Look at a statement that PostgreSQL is about to be sent."""
    if hold := writing.get():
        hold.saw(statement)


def held(app: Flask) -> Held:
    """What this process has counted so far."""
    found: Held = app.extensions.setdefault(HELD, Held())
    return found


def _note(hold: Hold) -> None:
    if not (seconds := hold.seconds):
        return
    where = _where()
    held(current_app).add(seconds, where)
    if seconds > MOST:
        current_app.logger.warning("a transaction held others up for %.1f s: %s", seconds, where)


def _where() -> str:
    """The page or command that is at work."""
    if request:
        return request.endpoint or request.path
    command = click.get_current_context(silent=True)
    return (command.info_name if command else None) or threading.current_thread().name
