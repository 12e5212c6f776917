"""The table of what projects belonged to before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import AUTOINCREMENT, refers
from projects.extensions import Model


class FormerProgramme(Model):
    """The programme that a project belonged to (None: to none) before it joined another, counting `since` a day (None: always did). Never edited; a later row wins."""

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = refers("project.id", cascade=True)
    programme_id: Mapped[int | None] = refers("programme.id", nullable=True)
    since: Mapped[dt.date | None] = mapped_column()
    __table_args__ = (AUTOINCREMENT,)
