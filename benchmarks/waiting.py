"""How long somebody else waits who saves something small while verdicts are renewed: a second process that does so
every 0.2 s.

python -m benchmarks.waiting DATABASE_URL         saves until its input ends, then prints its waits in seconds
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from select import select as readable
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, create_engine, text  # noqa: E402
from sqlalchemy.exc import OperationalError  # noqa: E402

from projects import database  # noqa: E402
from projects.holding import Hold  # noqa: E402

EVERY = 0.2
SAVE = text("UPDATE project SET note = note WHERE id = (SELECT id FROM project ORDER BY id LIMIT 1 OFFSET :at)")


class Waits(NamedTuple):
    """How often somebody tried to save meanwhile, how often in vain (after 15 s), and how long it took in milliseconds:
    at most, and the median.
    """

    saves: int
    lost: int
    longest: float
    median: float


def save_until_told(engine: Engine) -> tuple[int, list[float]]:
    """Save something of one project after the other, durably, until the input ends; how many were lost, and how long
    each took.
    """
    database.watch(engine)
    database._writing.set(Hold())  # noqa: SLF001 - each of its transactions writes
    found: list[float] = []
    lost = 0
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM project")).scalar_one()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not readable([sys.stdin], [], [], EVERY)[0]:
        began = time.perf_counter()
        try:
            with engine.begin() as connection:
                connection.execute(SAVE, {"at": len(found) * 37 % count})
        except OperationalError:
            lost += 1
        found.append(time.perf_counter() - began)
    return lost, found


def beside(url: str, work: Callable[[], object]) -> Waits:
    """Do `work` while another process saves."""
    command = [sys.executable, "-m", "benchmarks.waiting", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        work()
        lost, waits = json.loads(other.communicate("")[0])
    waits.sort()
    return Waits(len(waits), lost, 1000 * max(waits, default=0.0), 1000 * waits[len(waits) // 2] if waits else 0.0)


if __name__ == "__main__":
    json.dump(save_until_told(create_engine(sys.argv[1], **database.engine_options(sys.argv[1]))), sys.stdout)
