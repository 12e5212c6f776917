"""A writer in a process of its own: `python writing.py URL INSTANCE NUMBER STOP` stores transaction after transaction
until the file STOP is there, and prints how many.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

TESTS = Path(__file__).parents[2]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from apps import make_app  # noqa: E402
from commands.backup.places import write  # noqa: E402

url, instance, number, stop = sys.argv[1:]
app = make_app(url, Path(instance))
with app.app_context():
    for step in count(1):
        if Path(stop).exists():
            break
        write(app, int(number), step, size=20_000)
        print(step, flush=True)
