"""What the worst of 100,000 letters costs each pattern of the product, in milliseconds of processor time; the dearest
twenty, with what they were asked and how the text begins.

    .venv/bin/python -m benchmarks.patterns

The texts are those of tests/adversarial.py; tests/test_patterns.py holds that none grows with the square of its text.
"""

from __future__ import annotations

import re
import time
from collections import deque
from typing import Any, NamedTuple

from tests import adversarial
from tests.test_patterns import PATTERNS

LENGTH = 100_000
BAR = 50.0  # milliseconds
TRIES = 3  # of what seems dear: the least counts


class Cost(NamedTuple):
    """The dearest question to a pattern."""

    milliseconds: float
    place: str
    asked: str
    begins: str


def _cost(pattern: re.Pattern[Any], asked: str, text: Any) -> float:
    began = time.thread_time()
    if asked == "finditer":
        deque(pattern.finditer(text), maxlen=0)
    else:
        getattr(pattern, asked)(text)
    return 1000 * (time.thread_time() - began)


def dearest(pattern: re.Pattern[Any], place: str) -> Cost:
    """What `pattern` takes at worst."""
    worst = Cost(0.0, place, "", "")
    for text in adversarial.texts(pattern, LENGTH):
        for asked in ("fullmatch", "finditer"):
            cost = _cost(pattern, asked, text)
            if cost > worst.milliseconds:
                cost = min(cost, *(_cost(pattern, asked, text) for _ in range(TRIES - 1)))
            worst = max(worst, Cost(cost, place, asked, repr(text[:24])))
    return worst


def main() -> None:
    """Measure and print."""
    found = sorted((dearest(pattern, place) for pattern, place in PATTERNS.items()), reverse=True)
    for one in found[:20]:
        print(f"{one.milliseconds:7.1f} ms  {one.place}  {one.asked}  {one.begins}")
    print(f"{sum(one.milliseconds <= BAR for one in found)} of {len(found)} within {BAR:.0f} ms")


if __name__ == "__main__":
    main()
