"""The residuals of the portfolio's own finished projects as stored values, and back: what a forecast leaned on can be read again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from projects.slippage.reference import Member, Reference


def packed(members: Iterable[Member]) -> list[dict[str, Any]]:
    """JSON-safe values of a class's members."""
    return [{"key": one.key, "way": list(one.way), "finish": list(one.finish)} for one in members]


def with_own(reference: Reference, stored: Iterable[Mapping[str, Any]]) -> Reference:
    """The packaged class with the members that `packed` stored, each weighing as much as one of its own."""
    own = tuple(Member(one["key"], tuple(one["way"]), tuple(one["finish"])) for one in stored)
    return replace(reference, members=(*reference.members, *own), name=f"{reference.name}+{len(own)}") if own else reference
