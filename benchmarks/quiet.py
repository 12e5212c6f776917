"""Measuring on a machine that others use too: waiting for a quiet moment, trying again, and telling how much the others
took. Bounded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
QUIET = 15.0  # percent of the machine that others may take
PATIENCE = 3.0  # seconds of waiting before each try
TRIES = 3
_STAT = Path("/proc/stat")


class Watched(NamedTuple, Generic[T]):
    """What was measured, milliseconds of processor time the server took for it, and the percent of the machine that
    others took meanwhile.
    """

    result: T
    server_ms: float
    others: float


class Quiet:
    """Measures until `seconds` have passed at leisure, after that without waiting or trying again."""

    def __init__(self, server_cpu: Callable[[], float], seconds: float) -> None:
        self.server_cpu, self.until = server_cpu, time.monotonic() + seconds

    def measured(self, work: Callable[[], T]) -> Watched[T]:
        """Do `work` up to three times; the try that others disturbed least counts."""
        best = self._once(work)
        for _ in range(TRIES - 1):
            if best.others < QUIET or time.monotonic() > self.until:
                break
            self._wait()
            best = min(best, self._once(work), key=lambda one: one.others)
        return best

    def _wait(self) -> None:
        stop = time.monotonic() + PATIENCE
        while time.monotonic() < stop:
            began, busy = time.monotonic(), _busy()
            time.sleep(0.5)
            if _share(_busy() - busy, time.monotonic() - began) < QUIET:
                return

    def _once(self, work: Callable[[], T]) -> Watched[T]:
        began, busy, own, server = time.monotonic(), _busy(), time.process_time(), self.server_cpu()
        result = work()
        seconds, server_ms = time.monotonic() - began, self.server_cpu() - server
        others = _busy() - busy - (time.process_time() - own) - server_ms / 1000
        return Watched(result, server_ms, max(0.0, _share(others, seconds)))


def _share(busy: float, seconds: float) -> float:
    return 100 * busy / seconds / (os.cpu_count() or 1)


def _busy() -> float:
    """Seconds that the machine's processors have worked so far; 0 where the system does not tell."""
    if not _STAT.exists():
        return 0.0
    user, nice, system, _idle, _wait, irq, soft, steal = map(int, _STAT.read_text().split()[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")
