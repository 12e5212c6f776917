"""Importing a file step by step, as the pages and commands do it."""

from __future__ import annotations

from typing import Any

from projects.core.acting import Acting
from projects.money.imports import operations, queries
from projects.money.imports.plan import PostingPlan
from projects.money.imports.reading import Read
from projects.money.imports.tables import ImportBatch


def opened(actor: Any, kind: str, content: bytes, options: dict[str, Any]) -> tuple[Read, PostingPlan]:
    """What a file holds and what importing it would do."""
    file = queries.opened(actor, kind, "a.csv", content, options)
    return file.found, file.plan


def previewed(acting: Acting, kind: str, filename: str, content: bytes, options: dict[str, Any]) -> ImportBatch:
    """The file kept."""
    return operations.preview(acting, queries.opened(acting.actor, kind, filename, content, options))


def posted(acting: Acting, batch_id: int) -> ImportBatch:
    """The import written, step by step."""
    ready = queries.ready(acting, batch_id)
    while not ready.is_last:
        ready = ready.after(operations.post(acting, ready))
    return operations.post(acting, ready)
