"""Reads of forms that were sent."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select

from projects.core.sent.tables import SentForm
from projects.extensions import db

_SENT = select(SentForm.digest, SentForm.answer).where(SentForm.key_hash == bindparam("key_hash"))


class Sent(NamedTuple):
    """What a key was used for: a hash of what was sent, and the sealed answer."""

    digest: str
    answer: str


def sent(key_hash: str) -> Sent | None:
    """The form that had its effect under this key, None where none had."""
    found = db.session.execute(_SENT, {"key_hash": key_hash}).one_or_none()
    return Sent(*found) if found else None
