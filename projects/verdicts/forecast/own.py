"""The residuals of the portfolio's own finished projects as stored values, and back: what a forecast leaned on can be
read again. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from projects.verdicts.forecast.reference import Member, Reference

# percent from one dated point to the next of what was stored before that was: plans are mostly dated by quarters
OLDER = 25


def packed(members: Iterable[Member]) -> list[dict[str, Any]]:
    """JSON-safe values of a class's members."""
    return [{"key": one.key, "way": list(one.way), "finish": list(one.finish), "step": one.step} for one in members]


def with_own(reference: Reference, stored: Iterable[Mapping[str, Any]]) -> Reference:
    """The packaged class with the members that `packed` stored, each weighing as much as one of its own."""
    return reference.joined(
        Member(one["key"], tuple(one["way"]), tuple(one["finish"]), one.get("step", OLDER)) for one in stored
    )
