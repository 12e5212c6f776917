"""Recording a change; called by every operation, in its own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from projects.audit.tags import Tag
from projects.core.permissions import Actor
from projects.extensions import Model, db
from projects.models import AuditEntry


def record(actor: Actor, now: dt.datetime, tag: Tag, subject: object, *, project_id: int | None = None, changes: Mapping[str, Any] | None = None) -> None:
    """Add one entry: `subject` is the row changed (or a name), `changes` maps a field to [old, new], JSON-safe."""
    key = getattr(subject, "id", None) or getattr(subject, "slug", None) or str(subject)
    kind = subject.__tablename__ if isinstance(subject, Model) else "system"
    entry = AuditEntry(at=now, actor_id=actor.id, tag=str(tag), project_id=project_id, object_type=kind, object_id=str(key), changes=dict(changes or {}))
    db.session.add(entry)
