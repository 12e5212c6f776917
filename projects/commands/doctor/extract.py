"""Looking at an installation: its settings, files, libraries and disk.

Nothing is changed, but for one small file that is written to the storage and removed.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from projects import config
from projects.core.errors import ProblemError
from projects.database import sqlite_is_sound, sqlite_module
from projects.money.findings.extract import workdays
from projects.sheets.fonts import extract as fonts
from projects.works.files.storage import new_key, open_storage

TRANSLATIONS = config.ROOT / "projects" / "translations"


def settings_facts(settings: Mapping[str, Any], environ: Mapping[str, str], *, debug: bool) -> dict[str, Any]:
    """What settings and environment say."""
    is_sqlite = str(settings["DATABASE_URL"]).startswith("sqlite")
    library = sqlite_module()
    sound = sqlite_is_sound(library.sqlite_version_info) if is_sqlite else None
    return {
        "key": settings.get("SECRET_KEY") or "",
        "debug": debug or environ.get("FLASK_DEBUG", "0") not in {"", "0", "false"},
        "is_root": os.geteuid() == 0,
        "sound_sqlite": sound,
        "sqlite_version": library.sqlite_version,
        "workers": int(environ.get("WORKERS", "1" if sound is False else "2")),
        "mail_host": environ.get("MAIL_SERVER", ""),
        "hosts": tuple(settings.get("TRUSTED_HOSTS") or ()),
        "is_secure": bool(settings["SESSION_COOKIE_SECURE"]),
        "proxies": settings["PROXY_COUNT"],
    }


def machine_facts(settings: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """What the disk, the libraries and the storage say."""
    instance = Path(settings["INSTANCE_PATH"])
    url = settings["STORAGE_URL"]
    return {
        "open_paths": tuple(open_paths(instance)),
        "beijing_offset": _beijing(now),
        "storage": url or str(instance / "uploads"),
        "storage_problem": storage_problem(url, str(instance), now),
        "free_bytes": shutil.disk_usage(instance).free if instance.exists() else None,
        "stale_translations": tuple(stale(TRANSLATIONS)),
        "missing_fonts": tuple(path.name for path in fonts.prepared() if not path.exists()),
        "holidays_until": workdays().last,
    }


def open_paths(instance: Path) -> Iterable[str]:
    """What of an installation others than its owner may read or write."""
    uploads = instance / "uploads"
    for path in (instance, *sorted(instance.glob("*")), *sorted(uploads.glob("*"))):
        if path.name != ".gitkeep" and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield str(path)


def storage_problem(url: str, instance: str, now: dt.datetime) -> str:
    """Why nothing can be kept in the storage, empty where it can."""
    key = new_key(now)
    try:
        storage = open_storage(url, instance)
        storage.put(key, b"doctor")
        storage.remove(key)
    except (OSError, ImportError, ValueError, ProblemError) as problem:
        return str(problem)
    return ""


def stale(folder: Path) -> Iterable[str]:
    """The languages whose compiled texts are missing or older than their source."""
    for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            yield source.parent.parent.name


def _beijing(now: dt.datetime) -> dt.timedelta | None:
    try:
        return now.astimezone(ZoneInfo("Asia/Shanghai")).utcoffset()
    except ZoneInfoNotFoundError:
        return None
