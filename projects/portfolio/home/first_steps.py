"""What a new office still has to do before its promises can live: told by what is stored, not by clicks (OF-6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from projects.core.vocabulary import ROLES


@dataclass(frozen=True)
class Standing:
    """What there is: whether the office has said where it is, units, roles that somebody who may sign in has, and
    projects or plan documents; samples do not count.
    """

    has_home: bool
    has_units: bool
    roles: Collection[str]
    has_projects: bool


@dataclass(frozen=True)
class FirstStep:
    """One of the steps: `key` says which; `missing` are the roles that nobody has."""

    key: str
    is_done: bool
    missing: tuple[str, ...] = ()


def first_steps(standing: Standing) -> tuple[FirstStep, ...]:
    """All of them, in the order in which they are best done; none where nothing is left to do."""
    missing = tuple(role for role in ROLES if role not in standing.roles)
    steps = (
        FirstStep("place", standing.has_home),
        FirstStep("people", not missing, missing),
        FirstStep("units", standing.has_units),
        FirstStep("projects", standing.has_projects),
    )
    return () if all(one.is_done for one in steps) else steps
