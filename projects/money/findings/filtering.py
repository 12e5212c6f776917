"""What the findings page may be narrowed by, besides what chooses projects (projects/money/ladder/filtering.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from projects.core.vocabulary import FINDING_STATES
from projects.money.findings.rules import RULES
from projects.money.ladder.filtering import MoneyFilter


@dataclass(frozen=True)
class FindingFilter(MoneyFilter):
    """Each field narrows the page where it is set."""

    rule: str = ""
    state: str = ""
    NAMED: ClassVar[tuple[str, ...]] = (*MoneyFilter.NAMED, "rule", "state")
    KNOWN: ClassVar[Mapping[str, Collection[str]]] = {"rule": RULES, "state": FINDING_STATES}


read = FindingFilter.read
