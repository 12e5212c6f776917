"""What a chart is drawn from: plain values, the same for the page, the table and the file. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from projects.core.text import Text
from projects.verdicts.facts.facts import DataVerdict, WorksVerdict
from projects.verdicts.forecast.forecast import PercentSpan

Point = tuple[dt.date, float]
STYLES = ("plan", "actual", "forecast", "first", "second", "third", "fourth")


@dataclass(frozen=True)
class CurveLine:
    """Values over days; `style` is one of STYLES, which differ in dash and marker too."""

    label: Text
    points: tuple[Point, ...]
    style: str


@dataclass(frozen=True)
class Band:
    """A range over days: low and high."""

    label: Text
    points: tuple[tuple[dt.date, float, float], ...]


@dataclass(frozen=True)
class Flag:
    """A promise: its due day, the value it stands at (None: on the axis), its words."""

    on: dt.date
    value: float | None
    label: str


@dataclass(frozen=True)
class CurveFigure:
    """A chart: `low` and `high` bound the values, `step` parts them; `unit` names them."""

    key: str
    title: Text
    unit: Text
    lines: tuple[CurveLine, ...]
    as_of: dt.date
    low: float
    high: float
    step: float
    band: Band | None = None
    flags: tuple[Flag, ...] = ()
    is_sample: bool = False

    @property
    def days(self) -> list[dt.date]:
        """Every day that something is shown on, in order."""
        found = {day for line in self.lines for day, _ in line.points} | {flag.on for flag in self.flags}
        return sorted(found | {point[0] for point in (self.band.points if self.band else ())})

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(line.points for line in self.lines)

    @property
    def ticks(self) -> list[float]:
        """The values at which a line stands across."""
        count = round((self.high - self.low) / self.step)
        return [self.low + index * self.step for index in range(count + 1)]


@dataclass(frozen=True)
class Moment:
    """How things stood on a day: slip in days and chance in percent, by subject (a promise's slug; empty: the plan's
    own finish).
    """

    on: dt.date
    slips: dict[str, int]
    chances: dict[str, float]


@dataclass(frozen=True)
class CurveSubject:
    """What a line of slip or chance is about."""

    key: str
    label: Text


@dataclass(frozen=True)
class CurveStanding:
    """What is planned and expected for a day, in percent of the whole, and why that day is told."""

    on: dt.date
    why: tuple[Text, ...]
    planned: float | None
    expected: PercentSpan


@dataclass(frozen=True)
class Answer:
    """The finish in words, and the days to come; no days where nothing can be forecast or all is done."""

    words: tuple[Text, ...]
    standings: tuple[CurveStanding, ...]


@dataclass(frozen=True)
class ChartPage:
    """A project with its charts as of a day, and the answer in words."""

    name: str
    slug: str
    project_id: int
    figures: tuple[CurveFigure, ...]
    plan_kind: str
    stops: Sequence[tuple[dt.date, dt.date | None]]
    is_sample: bool
    state: str  # the worst of its dated promises
    works: WorksVerdict
    data: DataVerdict
    answer: Answer
