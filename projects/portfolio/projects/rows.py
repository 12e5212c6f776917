"""The rows of the portfolio and of the list of promises: plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from projects.core.text import N_, Text, from_json
from projects.verdicts.facts.facts import TargetFacts, in_own_unit

UNPUBLISHED = N_("当日尚无计划: 规划文件 %(on)s 才发布")


class PortfolioRow(NamedTuple):
    """One project in a list, with the promise that decides its light."""

    id: int
    slug: str
    name: str
    category: str
    place: str
    programme: str | None
    unit: str | None
    state: str
    works_state: str
    works_days: int | None
    data_state: str
    data_on: dt.date | None
    slip_days: int | None
    percent: float | None
    plan_percent: float | None
    plan_finish: dt.date | None
    forecast_finish: dt.date | None
    forecast_p10: dt.date | None
    forecast_p90: dt.date | None
    probability: float | None
    lights: str
    report_month: dt.date | None
    investment_fen: int | None
    finding_count: int
    rests_on_sample: bool
    measure: str | None
    quantifier: str | None
    threshold: int | None
    due: dt.date | None
    commitment: str | None
    unpublished: dt.date | None  # the day on which its plan was published, where that was still to come


@dataclass(frozen=True)
class Totals:
    """How many projects stand in each state of the promise, the works and the data, over all the rows shown; and their
    lights (S-24), in all and by place. `unpublished`: those of which nothing was known because their plan did not exist
    yet, which are in none of the other counts (S-20).
    """

    states: dict[str, int]
    works: dict[str, int]
    data: dict[str, int]
    lights: dict[str, int]
    places: list[tuple[str, str, dict[str, int]]]
    unpublished: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.states.values()) + self.unpublished


@dataclass(frozen=True)
class FormerTarget:
    """What a promise said before a later plan moved it: amount, due day, and where it stood."""

    threshold: int | None
    due: dt.date | None
    wording: str
    document: str | None
    number: str | None
    locator: str | None

    def to_json(self) -> dict[str, Any]:
        """The former promise for scripts."""
        return {
            "due": self.due.isoformat() if self.due else None,
            "threshold": self.threshold,
            "quote": self.wording,
            "number": self.number or self.document,
        }


@dataclass(frozen=True)
class TargetRow:
    """One promise in a list: whose, what, by when, in which clause, and its verdict."""

    id: int
    slug: str
    subject: str
    project_slug: str | None
    measure: str
    quantifier: str
    threshold: int | None
    due: dt.date | None
    commitment: str
    wording: str
    document: str | None
    document_slug: str | None
    number: str | None
    locator: str | None
    state: str
    slip_days: int | None
    forecast_on: dt.date | None
    met_on: dt.date | None
    met_by: dt.date | None
    current: int | None
    reasons: Sequence[dict[str, Any]]
    rests_on_sample: bool
    basis: str = "stated"
    forecast_p10: dt.date | None = None
    forecast_p90: dt.date | None = None
    probability: float | None = None
    rule_set: str = ""
    works_state: str | None = None  # of the project, None for a programme
    works_days: int | None = None
    data_state: str | None = None
    data_on: dt.date | None = None
    data_age_days: int | None = None
    former: tuple[FormerTarget, ...] = ()

    @property
    def facts(self) -> TargetFacts:
        """The promise as the rules take it."""
        return TargetFacts(
            self.slug,
            self.measure,
            self.quantifier,
            in_own_unit(self.measure, self.quantifier, self.threshold),
            self.due,
            self.commitment,
        )

    @property
    def words(self) -> list[Text]:
        """The reasons as texts."""
        return [from_json(packed) for packed in self.reasons]

    def to_json(self, speak: Callable[[Text], str]) -> dict[str, Any]:
        """The promise and its verdict for scripts: dates ISO, threshold in its own unit (percent, number, fen), chance
        in percent, reasons in words.
        """
        threshold = in_own_unit(self.measure, self.quantifier, self.threshold)
        return {
            "project": self.subject,
            "measure": self.measure,
            "threshold": int(threshold) if threshold is not None and threshold == int(threshold) else threshold,
            "due": self.due.isoformat() if self.due else None,
            "commitment": self.commitment,
            "state": self.state,
            "promise_state": self.state,
            "slip_days": self.slip_days,
            "forecast": self.forecast_on.isoformat() if self.forecast_on else None,
            "reasons": [speak(text) for text in self.words],
            "source": {"document": self.document, "number": self.number, "clause": self.locator, "quote": self.wording},
            "quantifier": self.quantifier,
            "slug": self.slug,
            "project_slug": self.project_slug,
            "met": self.met_on.isoformat() if self.met_on else None,
            "met_by": self.met_by.isoformat() if self.met_by else None,
            "rests_on_sample": self.rests_on_sample,
            "basis": self.basis,
            "forecast_p10": self.forecast_p10.isoformat() if self.forecast_p10 else None,
            "forecast_p90": self.forecast_p90.isoformat() if self.forecast_p90 else None,
            "probability": self.probability,
            "base_rate": None,
            "works_state": self.works_state,
            "works_days": self.works_days,
            "data_state": self.data_state,
            "data_age_days": self.data_age_days,
            "rule_set": self.rule_set,
            "moved_from": [one.to_json() for one in self.former],
        }
