"""The table of what was planned before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, refers
from projects.extensions import Model


class FormerPlan(Model):
    """What a milestone was planned for (None: not planned) before it was changed, counting `since` a day (None: always did). Never edited; a later row wins."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    milestone_id: Mapped[int] = refers("milestone.id", cascade=True)
    plan_on: Mapped[dt.date | None] = mapped_column()
    since: Mapped[dt.date | None] = mapped_column()
    is_sample: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (AUTOINCREMENT,)
