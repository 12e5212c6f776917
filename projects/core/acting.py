"""Who acts, at which instant, and on which day of the installation: what every business operation is told first."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from projects.core.permissions import Actor


class Acting(NamedTuple):
    """An actor at an aware instant `now`, and the installation's `day`, on which what is written counts."""

    actor: Actor
    now: dt.datetime
    day: dt.date
