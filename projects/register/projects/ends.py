"""How a project ended, as of a day (PE-1, PE-5): pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple


class End(NamedTuple):
    """A project was `kind` (vocabulary PROJECT_ENDS) since a day, until it was brought back (None: it was not)."""

    kind: str
    since: dt.date
    until: dt.date | None = None


def ended_since(ends: Iterable[End], kind: str, day: dt.date) -> dt.date | None:
    """Since when a project was dropped or archived, as it stood on a day; None where it was not.

    What began and was brought back on one day never was.
    """
    standing = [one.since for one in ends if one.kind == kind and one.since <= day < (one.until or dt.date.max)]
    return max(standing, default=None)
