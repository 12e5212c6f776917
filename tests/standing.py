"""What tests compare: every stored verdict, and what a rebuild makes of it."""

from __future__ import annotations

import datetime as dt

from builders import NOW, TODAY
from sqlalchemy import select

from projects.core.permissions import SYSTEM
from projects.database import transaction
from projects.extensions import db
from projects.models import ProjectStatus, TargetStatus
from projects.verdicts.status.operations import rebuild


def stored() -> tuple[dict, dict]:
    """Every stored row, whatever its day."""
    tables = []
    for model in (ProjectStatus, TargetStatus):
        rows = db.session.connection().execute(select(*model.__table__.columns)).mappings()
        tables.append({next(iter(row.values())): dict(row) for row in rows})
    return tables[0], tables[1]


def rebuilt(day: dt.date = TODAY) -> tuple[dict, dict]:
    with transaction():
        rebuild(SYSTEM, NOW, day)
    return stored()
