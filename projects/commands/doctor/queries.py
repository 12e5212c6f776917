"""What the database says of itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from projects.core.month import beijing_day, parse_day
from projects.core.permissions import SYSTEM
from projects.core.settings.queries import setting
from projects.extensions import db
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
    }
    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if file and not Path(file).exists():  # looking would make it
        return found | {"database_problem": f"{file}: no such file"}
    try:
        found["pending"] = tuple(pending(migrations))
        if not found["pending"]:
            stored = setting(demo_date)
            found["today"] = parse_day(stored) if stored else beijing_day(now)
            found["projects"] = db.session.scalar(select(func.count()).select_from(Project)) or 0
            found["history_rights"] = tuple(history_rights())
            fresh = select(func.count()).select_from(ProjectStatus).where(ProjectStatus.as_of == found["today"])
            found["statuses_today"] = db.session.scalar(fresh) or 0
            waiting = still_outstanding(SYSTEM, found["today"])
            found["outdated"] = (waiting.projects, waiting.promises, waiting.versions)
    except SQLAlchemyError as problem:
        found["database_problem"] = str(problem.__cause__ or problem).splitlines()[0]
    finally:
        db.session.remove()
    return found


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


def pending(migrations: str) -> list[str]:
    """The migrations that this database lacks, the first to run first."""
    script = ScriptDirectory(migrations)
    present = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    known = {one.revision for head in present for one in script.iterate_revisions(head, "base")}
    return [one.revision for one in reversed(list(script.walk_revisions())) if one.revision not in known]
