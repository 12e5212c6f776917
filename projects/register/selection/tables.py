"""What projects are searched by."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from projects.extensions import Model


class ProjectSearch(Model):
    """A project's names in the letters that are searched (`extract.py`): its own, its codes, its unit's, those of its
    place and the places that one lies in. Follows from these rows; nobody else writes it.
    """

    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text)
