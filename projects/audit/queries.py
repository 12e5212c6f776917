"""Reads of the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from projects.extensions import db
from projects.models import AuditEntry, User


@dataclass(frozen=True)
class HistoryRow:
    """One change: when, who, what, old → new."""

    at: dt.datetime
    actor: str | None
    tag: str
    changes: Mapping[str, Any]


def history_of(project_id: int, limit: int = 50) -> list[HistoryRow]:
    """A project's newest changes."""
    statement = (
        select(AuditEntry.at, User.display_name, AuditEntry.tag, AuditEntry.changes)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.project_id == project_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [HistoryRow(*row) for row in db.session.execute(statement)]
