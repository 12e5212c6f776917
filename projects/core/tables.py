"""Tables that every area shares: places, and the settings of this installation.

`PROJECT` and `PERSON` are what the areas above those two tables know of them: the columns by which the history names
its subjects and an account's reach is told. The tables themselves stand in register/projects and people/accounts; a
test holds these columns against them.
"""

from __future__ import annotations

from sqlalchemy import Integer, String, Text, column, table
from sqlalchemy.orm import Mapped, mapped_column

from projects.columns import refers
from projects.extensions import Model


class Setting(Model):
    """A named value of this installation, such as the demo's status date."""

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Place(Model):
    """An administrative division by its GB/T 2260 code; `parent_code` spans the tree."""

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    parent_code: Mapped[str | None] = refers("place.code", nullable=True)


PROJECT = table(
    "project",
    column("id", Integer),
    column("slug", String),
    column("name", String),
    column("place_code", String),
    column("unit_id", Integer),
)
PERSON = table("user", column("id", Integer), column("username", String), column("display_name", String))

DERIVED = frozenset(
    {
        "project_search",  # made again by its migration
        "project_status",  # these by `projects rebuild-status`
        "target_status",
        "money_status",
        "ladder_status",
        "finding_status",
        "completion_status",
        "kept_day",  # these when somebody asks for the day
        "kept_project_status",
        "kept_target_status",
    }
)  # tables whose rows follow from others
