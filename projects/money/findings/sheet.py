"""What the findings page shows: each finding with its subject, where it stands, and the steps that led there."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from projects.core.text import Text
from projects.money.findings.filtering import FindingFilter
from projects.money.findings.finding import MoneyFinding
from projects.money.findings.rules import RULES, Rule

RANKS = {"open": 0, "handling": 1, "exempted": 2, "closed": 3}


@dataclass(frozen=True)
class HandlingStep:
    """A step in handling a finding: the state it was put in, who answers for it, why, on which amount, until when
    (exemptions), by whom.
    """

    state: str
    owner: str
    note: str
    amount_fen: int
    until: dt.date | None
    by: str | None
    at: dt.datetime


@dataclass(frozen=True)
class FindingSubject:
    """Whose finding it is: a project (with its slug), a document, or a receipt (which is handled by matching it)."""

    name: str
    place: str
    slug: str | None = None
    project_id: int | None = None
    document_id: int | None = None
    unit: str = ""
    is_sample: bool = False
    receipt_id: int | None = None


@dataclass(frozen=True)
class FindingRow:
    """A finding with its steps, oldest first, as of a day."""

    subject: FindingSubject
    finding: MoneyFinding
    steps: tuple[HandlingStep, ...]
    as_of: dt.date

    @property
    def rule(self) -> Rule:
        """Its rule."""
        return RULES[self.finding.rule]

    @property
    def last(self) -> HandlingStep | None:
        """The newest step."""
        return self.steps[-1] if self.steps else None

    @cached_property
    def state(self) -> str:
        """Where it stands.

        What is closed and still found is open again; so is an exemption that ran out, or whose amount was exceeded.
        """
        last = self.last
        if last is None or last.state == "closed":
            return "open"
        lapsed = (last.until is not None and last.until < self.as_of) or self.finding.amount_fen > last.amount_fen
        return "open" if last.state == "exempted" and lapsed else last.state

    @property
    def is_again(self) -> bool:
        """Whether it had been closed or exempted and is open again."""
        return self.last is not None and self.state == "open" and self.last.state in {"closed", "exempted"}

    @property
    def owner(self) -> str:
        """Who answers for it: as the last step says, else the project's unit."""
        return (self.last.owner if self.last else "") or self.subject.unit

    @property
    def key(self) -> tuple[int | None, int | None, str, str]:
        """What its steps are kept under."""
        return self.subject.project_id, self.subject.document_id, self.finding.rule, self.finding.source


@dataclass(frozen=True)
class FindingTally:
    """How many findings of a rule there are, how many of them nobody has begun on, and their fen."""

    rule: str
    count: int
    open: int
    amount_fen: int


@dataclass(frozen=True)
class FindingPage:
    """The findings that the filter leaves: those of the page, how many, and by rule."""

    rows: Sequence[FindingRow]
    count: int
    tallies: tuple[FindingTally, ...]
    states: dict[str, int]


def is_wanted(row: FindingRow, chosen: FindingFilter) -> bool:
    """Whether the rule and the state that `chosen` names, where it names one, are those of `row`."""
    return (not chosen.rule or row.finding.rule == chosen.rule) and (not chosen.state or row.state == chosen.state)


def weight(row: FindingRow) -> tuple[int, bool, int]:
    """What a list is sorted by: open before handled, remedies before warnings, larger sums first."""
    return RANKS[row.state], row.rule.is_warning, -row.finding.amount_fen


def page(rows: Sequence[FindingRow], counted: Iterable[tuple[str, str, int, int]]) -> FindingPage:
    """The page of these `rows`, and what there is in all: rule, state, number and fen of some findings each."""
    by_rule: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    states: Counter[str] = Counter()
    for rule, state, count, fen in counted:
        by_rule[rule].append((state, count, fen))
        states[state] += count
    tallies = tuple(
        FindingTally(
            rule,
            sum(count for _, count, _ in own),
            sum(count for state, count, _ in own if state == "open"),
            sum(fen for _, _, fen in own),
        )
        for rule, own in ((rule, by_rule[rule]) for rule in RULES if rule in by_rule)
    )
    return FindingPage(rows, states.total(), tallies, dict(states))


def evidence(row: FindingRow) -> Text:
    """What the finding rests on, in words."""
    return row.finding.text
