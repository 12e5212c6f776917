"""The template of stage gates as plain values: gates in order, hard edges of the law, clocks.

Read from projects/data/gates.yaml by extract.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from dateutil.relativedelta import relativedelta

from projects.core.text import N_, Text


@dataclass(frozen=True)
class Law:
    """An article of a law; `name` and `number` are message ids.

    What is no law or regulation has its `number`, and was read in a reprint (docs/laws.md). `then` is the article in
    its place, and the day it came into force.
    """

    name: str
    article: int
    number: str = ""
    then: tuple[dt.date, Law] | None = None

    def on(self, day: dt.date) -> Law:
        """The article in force on `day`."""
        return self.then[1].on(day) if self.then and self.then[0] <= day else self

    @property
    def text(self) -> Text:
        """The law and its article, as they are cited."""
        params: dict[str, object] = {"law": Text(self.name), "article": self.article}
        if not self.number:
            return Text(N_("《%(law)s》第 %(article)s 条"), params)
        params["number"] = Text(self.number)
        return Text(N_("《%(law)s》(%(number)s) 第 %(article)s 条, 据转载"), params)


@dataclass(frozen=True)
class GateSpec:
    """A gate: its names, what it follows in practice, and the gate whose approval may stand in for it where a law
    allows merging.
    """

    key: str
    zh: str
    en: str
    follows: tuple[str, ...] = ()
    merged_into: str | None = None
    waiver_law: Law | None = None

    @property
    def name(self) -> Text:
        """The gate's name, translatable."""
        return Text(self.zh)


@dataclass(frozen=True)
class Edge:
    """An order that the law demands: `gate` only once any one of `needs` is passed; `name` says what a breach is
    called.
    """

    rule: str
    name: str
    gate: str
    needs: tuple[str, ...]
    law: Law


@dataclass(frozen=True)
class Clock:
    """A time limit from one gate to another.

    A `reminder` rests on the paper's own text and is never counted; `configurable`: no nation-wide figure.
    """

    rule: str
    name: str
    start: str
    until: str
    months: int = 0
    days: int = 0
    extension_months: int = 0
    extensions: int = 0
    law: Law | None = None
    configurable: bool = False
    reminder: bool = False

    def due(self, day: dt.date) -> dt.date:
        """The last day for `until` when the clock started on `day`."""
        return day + relativedelta(months=self.months, days=self.days)

    def latest(self, day: dt.date) -> dt.date:
        """The last day with every extension granted; `due` where there are none."""
        return day + relativedelta(months=self.months + self.extension_months * self.extensions, days=self.days)


@dataclass(frozen=True)
class Template:
    """All gates in order, with edges and clocks; ValueError names what does not fit together."""

    gates: tuple[GateSpec, ...]
    edges: tuple[Edge, ...] = ()
    clocks: tuple[Clock, ...] = ()
    laws: tuple[tuple[str, str], ...] = field(default=())  # names of laws: Chinese, English

    def __post_init__(self) -> None:
        known = [gate.key for gate in self.gates]
        self._refuse("named twice", {key for key in known if known.count(key) > 1})
        used = [key for gate in self.gates for key in (*gate.follows, *filter(None, [gate.merged_into]))]
        used += [key for edge in self.edges for key in (edge.gate, *edge.needs)] + [
            key for clock in self.clocks for key in (clock.start, clock.until)
        ]
        self._refuse("used but not a gate", set(used) - set(known))
        rules = [edge.rule for edge in self.edges] + [clock.rule for clock in self.clocks]
        self._refuse("a rule's number used twice", {rule for rule in rules if rules.count(rule) > 1})
        self._refuse("an edge without needs", {edge.rule for edge in self.edges if not edge.needs})
        self._refuse(
            "a clock without a length", {clock.rule for clock in self.clocks if not clock.months and not clock.days}
        )
        self._refuse(
            "listed before what it follows",
            {gate.key for place, gate in enumerate(self.gates) if not set(gate.follows) <= set(known[:place])},
        )

    @staticmethod
    def _refuse(problem: str, keys: Iterable[str]) -> None:
        if keys := sorted(keys):
            raise ValueError(f"the template of gates: {problem}: {', '.join(keys)}")

    @cached_property
    def by_key(self) -> dict[str, GateSpec]:
        """Each gate by its key."""
        return {gate.key: gate for gate in self.gates}
