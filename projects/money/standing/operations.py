"""Stores the money of projects as it stands on the installation's day; called by the renewal of verdicts and by their
rebuild, in the transaction of what changed it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, insert

from projects.extensions import db
from projects.money.standing.queries import MODELS, MoneyRows, computed


def recompute_money(project_ids: Collection[int], as_of: dt.date) -> None:
    """Renew the stored money of some projects as of the installation's day."""
    store_money(project_ids, computed(project_ids, as_of))


def store_money(project_ids: Collection[int] | None, rows: MoneyRows) -> None:
    """Store rows in the place of those of these projects (None: of all)."""
    for model, own in zip(MODELS, rows, strict=True):
        table: Any = model
        db.session.execute(delete(table).where(*([] if project_ids is None else [table.project_id.in_(project_ids)])))
        if own:
            db.session.execute(insert(table), own)
