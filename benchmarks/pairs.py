"""Two people press save at the same moment: pairs of requests per kind of object, on SQLite and PostgreSQL.

    .venv/bin/python benchmarks/pairs.py [--pairs 2000] [--only desk,accounts] [--url postgresql+psycopg://…]

Without --url on a SQLite file of its own. Prints a line per object: pairs, answers by status, transactions that were
tried once more, deadlocks that the database saw, faults (crashes, "try again", entries lost), seconds.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from apps import make_app  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from moves import OBJECTS  # noqa: E402
from races import race  # noqa: E402


class Heard(logging.Handler):
    """Counts what the application says of its transactions."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.count: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a retry by its reason."""
        said = record.getMessage()
        if "once more" in said:
            self.count["deadlock" if "eadlock" in said else "once more"] += 1
        elif record.levelno >= logging.WARNING:
            self.count["warnings"] += 1


def main() -> None:
    """Let them go, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20211130)
    parser.add_argument("--only", default="")
    parser.add_argument("--url", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(asked.url or f"sqlite:///{folder}/pairs.sqlite", Path(folder))
        with app.app_context():
            upgrade(directory=app.extensions["migrate"].directory)
        heard = Heard()
        app.logger.addHandler(heard)
        app.logger.setLevel(logging.INFO)
        app.logger.propagate = False
        total: Counter[str] = Counter()
        for name in asked.only.split(",") if asked.only else [*OBJECTS, "mixed"]:
            heard.count.clear()
            began = time.monotonic()
            found = race(app, name, asked.pairs, asked.seed, mixed=name == "mixed")
            total += heard.count + Counter(faults=len(found.faults), pairs=asked.pairs)
            print(
                f"{name:<13}{asked.pairs} pairs  {dict(sorted(found.answers.items()))}  {dict(heard.count)}  "
                f"faults {len(found.faults)}  {time.monotonic() - began:.0f} s",
                flush=True,
            )
            for fault in found.faults[:5]:
                print("   ", fault, flush=True)
        print(dict(total))


if __name__ == "__main__":
    main()
