"""What the dashboard and the project page need, gathered from the features."""

from __future__ import annotations

import datetime as dt
from typing import Any

from projects.core.permissions import Actor


def home(actor: Actor, as_of: dt.date, business_day: dt.date) -> dict[str, Any]:
    """The dashboard of the role."""
    return {}


def project(actor: Actor, slug: str, as_of: dt.date, business_day: dt.date) -> dict[str, Any]:
    """One project with everything about it."""
    return {}
