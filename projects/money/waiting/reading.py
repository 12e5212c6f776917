"""Files that wait to be read, as they stand among the figures of their import (`counts["reading"]`): since when, how
often reading began, and when it last did. Rule IM-11 of docs/rules/imports.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEFT = dt.timedelta(minutes=3)  # begun so long ago, and not kept: whoever read it is gone (a reader has 2 minutes)
MOST_TRIES = 3
READING = "reading"


@dataclass(frozen=True)
class Reading:
    """A file of `size` bytes that was sent at `sent`; `tries` to read it began, the last at `began`."""

    size: int
    sent: dt.datetime
    tries: int = 0
    began: dt.datetime | None = None

    def figures(self) -> dict[str, Any]:
        """As it is stored."""
        began = self.began.isoformat() if self.began else None
        return {READING: {"size": self.size, "sent": self.sent.isoformat(), "tries": self.tries, "began": began}}

    def is_free(self, now: dt.datetime) -> bool:
        """Whether nobody reads it, or whoever did is gone."""
        return self.began is None or now - self.began > LEFT

    def begun(self, now: dt.datetime) -> Reading:
        """Somebody begins."""
        return Reading(self.size, self.sent, self.tries + 1, now)


def reading_of(counts: Mapping[str, Any]) -> Reading | None:
    """What the figures of an import tell of its reading; None where it is read."""
    if not (told := counts.get(READING)):
        return None
    began = dt.datetime.fromisoformat(told["began"]) if told["began"] else None
    return Reading(told["size"], dt.datetime.fromisoformat(told["sent"]), told["tries"], began)
