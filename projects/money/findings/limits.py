"""Caps, deadlines and thresholds as dated rows: which one holds for a project, a rule and a day.

The shipped ones stand in projects/data/funding_limits.yaml.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from projects.core.text import N_, Text

Figure = TypeVar("Figure", int, float)
AS_WRITTEN = "%(law)s"
COUNTY_HOSPITALS = frozenset({"hospital", "tcm", "maternal"})


@dataclass(frozen=True)
class Limit:
    """A row: `rate` in percent, `amount_fen`, or a `number` of months, days or points, whichever its rule asks for;
    blank `programme` or `region` means all.

    `key` is its own name; a row of the installation with the same key stands in place of the shipped one (`is_own`).
    """

    key: str
    rule: str
    law: str
    programme: str = ""
    region: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    rate: float | None = None
    amount_fen: int | None = None
    number: int | None = None
    source: str = ""
    is_own: bool = False

    @property
    def root(self) -> str:
        """The key of the row that it was added beside, its own where it was not."""
        return self.key.partition(".")[0]

    @property
    def is_added(self) -> bool:
        """Whether the installation added it beside another: it stands in no shipped row's place."""
        return "." in self.key

    @property
    def is_usual(self) -> bool:
        """Whether no document states its figure: a usual one (通行数), for an office to put its own in its place."""
        return "通行数" in self.law

    @property
    def basis(self) -> Text | str:
        """What it rests on: a message id where it is shipped, else as it was written."""
        return self.law if self.is_own else Text(self.law)

    def over(self, law: str) -> Text:
        """The law of a rule with the figure that was asked, and what the figure rests on."""
        figure, by = self.rate if self.rate is not None else self.number or 0, self.basis
        params = {"law": Text(law), "figure": figure, "by": by}
        if self.rate is not None:
            return Text(N_("%(law)s; 界线 %(figure)s%% (%(by)s)"), params)
        if "points" in self.key:
            return Text(N_("%(law)s; 界线 %(figure)s 个百分点 (%(by)s)"), params)
        if "days" in self.key:
            return Text(N_("%(law)s; 期限 %(figure)s 天 (%(by)s)"), params)
        return Text(N_("%(law)s; 期限 %(figure)s 个月 (%(by)s)"), params)

    @property
    def cited(self) -> Text:
        """What it rests on alone."""
        return Text(self.law) if not self.is_own else Text(AS_WRITTEN, {"law": self.law})

    def holds(self, day: dt.date, kinds: Collection[str], region: str) -> bool:
        """Whether it holds on `day` for a project of these kinds in that region."""
        in_time = (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )
        return (
            in_time and (not self.programme or self.programme in kinds) and (not self.region or self.region == region)
        )


@dataclass(frozen=True)
class Limits:
    """All rows in force, and the region that each province (or prefecture) belongs to, by the first digits of
    its code.
    """

    rows: Sequence[Limit]
    regions: Mapping[str, str] = field(default_factory=dict)

    def region(self, place_code: str) -> str:
        """`east`, `central`, `west`, `tibet` or blank."""
        return next(
            (self.regions[place_code[:length]] for length in (6, 4, 2) if place_code[:length] in self.regions), ""
        )

    def choose(
        self, rule: str, day: dt.date, kinds: Collection[str] = (), region: str = "", key: str = ""
    ) -> Limit | None:
        """The row for a rule: the one that names programme or region before the general one, then the newest."""
        asked = rule, day, frozenset(kinds), region, key
        if asked not in self._chosen:
            found = [
                row
                for row in self.rows
                if row.rule == rule and row.holds(day, kinds, region) and (not key or row.key.startswith(key))
            ]
            best = max(
                found,
                key=lambda row: (bool(row.programme), bool(row.region), row.valid_from or dt.date.min),
                default=None,
            )
            self._chosen[asked] = best
        return self._chosen[asked]

    @cached_property
    def _chosen(self) -> dict[tuple[str, dt.date, frozenset[str], str, str], Limit | None]:
        """What was asked before: a list of projects asks the same of each."""
        return {}

    def of(self, rule: str, day: dt.date, kinds: Collection[str] = ()) -> Limit:
        """The row of a rule that must have one: a figure stands nowhere but in its row, so LookupError where none
        holds.
        """
        row = self.choose(rule, day, kinds)
        if row is None:
            raise LookupError(f"no row of {rule} holds on {day}: funding_limits.yaml must ship one")
        return row

    def number(self, rule: str, day: dt.date) -> int:
        """The number of months, days or points of the row for a rule; LookupError where there is none."""
        return _stated(self.of(rule, day).number, rule, "number")

    def over(self, rule: str, day: dt.date, law: str, *, always: bool = True) -> Text | None:
        """What a finding of a rule rests on, its figure told: `always`, or only where the figure is the installation's
        own.
        """
        row = self.of(rule, day)
        return row.over(law) if always or row.is_own else None

    def rate(self, rule: str, day: dt.date, kinds: Collection[str] = ()) -> float:
        """The percentage of the row for a rule; LookupError where there is none."""
        return _stated(self.of(rule, day, kinds).rate, rule, "rate")


def _stated(figure: Figure | None, rule: str, name: str) -> Figure:
    if figure is None:
        raise LookupError(f"the row of {rule} has no {name}")
    return figure


def kinds_of(category: str, place_code: str, programme: str | None) -> frozenset[str]:
    """What a project is called in rows: its category, its programme, and `county_hospital` for a hospital of a
    county.
    """
    kinds = {category} | ({programme} if programme else set())
    if category in COUNTY_HOSPITALS and not place_code.endswith("00"):
        kinds.add("county_hospital")
    return frozenset(kinds)
