"""What the database says of itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from projects.commands.backup import reading
from projects.commands.backup.reading import history_faults
from projects.commands.backup.soundness import own_check
from projects.core.errors import ConfigError
from projects.core.month import beijing_day, parse_day
from projects.core.permissions import SYSTEM
from projects.core.settings.queries import setting
from projects.extensions import db
from projects.history.record.operations import safe_of
from projects.register.projects.tables import Project
from projects.verdicts.rules.queries import still_outstanding
from projects.verdicts.status.tables import ProjectStatus


def database_facts(migrations: str, now: dt.datetime, demo_date: str) -> dict[str, Any]:
    """Whether it answers, which migrations it lacks, and of which day its verdicts are; `demo_date` is the name of the
    setting of the demo's day.
    """
    found: dict[str, Any] = {
        "database_problem": "",
        "pending": (),
        "projects": 0,
        "statuses_today": 0,
        "today": beijing_day(now),
        "history_rights": (),
        "outdated": (0, 0, ()),
        "history_faults": (),
        "database_check": "",
        "database_faults": (),
    }
    if reading.without_database(db.engine):
        return found | {"database_problem": f"{db.engine.url.database}: no such file"}
    try:
        found["pending"] = tuple(reading.pending(db.session.connection(), migrations))
        if not found["pending"]:
            stored = setting(demo_date)
            found["today"] = parse_day(stored) if stored else beijing_day(now)
            found["projects"] = db.session.scalar(select(func.count()).select_from(Project)) or 0
            found["history_rights"] = tuple(history_rights())
            fresh = select(func.count()).select_from(ProjectStatus).where(ProjectStatus.as_of == found["today"])
            found["statuses_today"] = db.session.scalar(fresh) or 0
            waiting = still_outstanding(SYSTEM, found["today"])
            found["outdated"] = (waiting.projects, waiting.promises, waiting.versions)
        found |= soundness()
    except SQLAlchemyError as problem:
        found["database_problem"] = str(problem.__cause__ or problem).splitlines()[0]
    except ConfigError as problem:
        found["database_problem"] = str(problem)
    finally:
        db.session.remove()
    return found


def soundness() -> dict[str, Any]:
    """What the history's chain and the database's own check say; both read everything, and change nothing."""
    with db.engine.connect() as connection:
        check = own_check(connection)
        faults = history_faults(connection, safe_of(db.engine))
    return {"history_faults": faults, "database_check": check.name, "database_faults": check.faults}


def history_rights() -> list[str]:
    """What this PostgreSQL role may do to the history besides reading and appending; on SQLite nothing is asked, since
    the file's owner may do anything.
    """
    if db.engine.dialect.name != "postgresql":
        return []
    owner = (
        "SELECT pg_has_role(current_user, tableowner, 'MEMBER') FROM pg_tables WHERE schemaname = current_schema() "
        "AND tablename = 'audit_entry'"
    )
    held = [
        one
        for one in ("UPDATE", "DELETE", "TRUNCATE")
        if db.session.scalar(select(func.has_table_privilege("audit_entry", one)))
    ]
    return [*held, *(["OWNER"] if db.session.scalar(text(owner)) else [])]
