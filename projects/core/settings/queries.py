"""Reads of what is set for this installation."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from projects.core.tables import Setting
from projects.extensions import db

DEMO_DATE = "demo_status_date"  # the setting that names the day the sample is of
_SETTING = select(Setting.value).where(Setting.key == bindparam("key"))


def setting(key: str) -> str | None:
    """The value of an installation setting, None where it is not set."""
    return db.session.scalar(_SETTING, {"key": key})
