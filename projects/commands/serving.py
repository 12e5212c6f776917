"""gunicorn's settings. A SQLite with the WAL-reset bug is served by one process only
(docs/decisions/0002-sqlite.md).
"""

import os
import subprocess
import sys
from importlib import import_module

from projects.database import sqlite_is_sound, sqlite_module

os.umask(0o077)
_sqlite = not os.environ.get("DATABASE_URL", "sqlite:").startswith("postgres")
_sound = not _sqlite or sqlite_is_sound(sqlite_module().sqlite_version_info)
worker_class = "gthread"
preload_app = True  # the workers share what importing took: a third less memory
if os.environ.get("PRELOAD_CHARTS") == "1":  # else each process that draws loads the 60 MB of it for itself
    import_module("projects.pictures.gantt.render")
workers = int(os.environ.get("WORKERS", "2")) if _sound else 1
threads = 4 if workers == 1 else 2
timeout = 120
graceful_timeout = 30
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
pidfile = os.environ.get("PIDFILE")
loglevel = os.environ.get("LOGLEVEL", "warning")
accesslog = os.environ.get("ACCESSLOG")


_missing: list[subprocess.Popen[bytes]] = []


def when_ready(_server: object) -> None:
    """Let one process beside the workers work out what is missing of the day's verdicts."""
    command = [sys.executable, "-m", "projects", "rebuild-status", "--missing"]
    _missing.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True))  # noqa: S603


def on_exit(_server: object) -> None:
    """End it, too: what it has stored stays, the next start goes on."""
    for process in _missing:
        if process.poll() is None:
            process.terminate()
            process.wait()


def on_starting(_server: object) -> None:
    """Say when one process has to do."""
    if not _sound:
        print(
            f"SQLite {sqlite_module().sqlite_version} has the WAL-reset bug: serving with one process; pysqlite3 or "
            f"PostgreSQL lifts this"
        )
