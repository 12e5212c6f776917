"""What pages about rule sets and exemptions show: plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.verdicts.facts.facts import RuleSet


@dataclass(frozen=True)
class VersionLine:
    """One version of a rule set."""

    key: str
    number: int
    name: str
    rules: RuleSet
    source: str
    reason: str
    adopted_on: dt.date
    author: str | None
    is_sample: bool = False


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme with the rule set it follows (None: the general one), and how many projects it has."""

    id: int
    slug: str
    name: str
    key: str | None
    projects: int


@dataclass(frozen=True)
class RulesPage:
    """The sets in force, which one is general, and which programmes follow another."""

    current: tuple[VersionLine, ...]
    general: str
    programmes: tuple[ProgrammeLine, ...]
    counts: Mapping[str, Mapping[str, int]]  # projects by light and signal
    total: int


@dataclass(frozen=True)
class SetPage:
    """One set: its versions, newest first, and who follows it."""

    versions: tuple[VersionLine, ...]
    is_general: bool
    programmes: tuple[ProgrammeLine, ...]

    @property
    def current(self) -> VersionLine:
        """The version in force."""
        return self.versions[0]


@dataclass(frozen=True)
class Shift:
    """A project whose verdict or lights another rule set would change: (state, worst light, four lights) before and
    after.
    """

    slug: str
    name: str
    before: tuple[str, str, str]
    after: tuple[str, str, str]


@dataclass(frozen=True)
class RulePreview:
    """What would change, of how many projects looked at; `figures` are those asked about."""

    shifts: tuple[Shift, ...]
    looked_at: int
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class ExemptionLine:
    """An exemption of a light of a project."""

    id: int
    light: str
    reason: str
    requested_by: str
    approver: str
    since: dt.date
    until: dt.date
    ended_on: dt.date | None
    is_sample: bool

    def is_valid(self, day: dt.date) -> bool:
        """Whether it counts on `day`."""
        return self.since <= day <= self.until and (self.ended_on is None or self.ended_on > day)
