"""What a chart is drawn from: plain values, dates as days, nothing of the database.

Named tuples where a page makes thousands.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from projects.core.text import Text

Day = dt.date | None


class ChartStage(NamedTuple):
    """A part of a project with a beginning and an end: a work stage.

    `percent` is what is done as of the chart's day, None where nothing is known; 100 without an `actual_finish` was
    done on a day that nobody recorded.
    """

    name: str
    plan_start: Day = None
    plan_finish: Day = None
    baseline_start: Day = None
    baseline_finish: Day = None
    actual_start: Day = None
    actual_finish: Day = None
    forecast_finish: Day = None
    percent: float | None = None


class ChartMilestone(NamedTuple):
    """A dated point of a project's plan; `gate` where an approval or acceptance (审批与验收) fulfils it, `done` where
    it is reached, on a day known or not.
    """

    name: str
    plan: Day = None
    actual: Day = None
    baseline: Day = None
    gate: bool = False
    done: bool = False


class Promise(NamedTuple):
    """A target with its due day, its verdict (vocabulary STATES), and the clause it comes from; `slug` leads to it on
    the project's page.
    """

    slug: str
    label: str
    due: Day
    state: str
    slip_days: int | None = None
    clause: str = ""
    met_on: Day = None
    forecast_on: Day = None
    forecast_p10: Day = None
    forecast_p90: Day = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class ChartItem:
    """A project: one line of the chart, with its stages, milestones and promises. `slip_days` is late where positive.

    It finishes between `forecast_p10` and `forecast_p90` with eight chances in ten.
    """

    slug: str
    label: str
    sublabel: str = ""
    state: str = "unknown"
    slip_days: int | None = None
    percent: float | None = None
    plan_start: Day = None
    plan_finish: Day = None
    baseline_start: Day = None
    baseline_finish: Day = None
    actual_start: Day = None
    actual_finish: Day = None
    forecast_finish: Day = None
    stages: tuple[ChartStage, ...] = ()
    milestones: tuple[ChartMilestone, ...] = ()
    promises: tuple[Promise, ...] = ()
    is_sample: bool = False
    forecast_p10: Day = None
    forecast_p90: Day = None
    probability: float | None = None
    works_state: str = "no_plan"
    works_days: int | None = None
    data_state: str = "fresh"
    data_on: Day = None
    unpublished: Day = None  # the day on which its plan was published, where that was still to come (S-20)


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """Projects shown together: a programme, a place or a plan; `promises` are the group's own (a programme's count or
    share).
    """

    key: str
    title: str | Text
    items: tuple[ChartItem, ...]
    promises: tuple[Promise, ...] = ()


class Extent(NamedTuple):
    """How many projects a chart shows of how many that the filter leaves, and whether any row rests on rows marked 示
    例.
    """

    shown: int
    total: int
    rests_on_sample: bool


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything one chart shows as of a day.

    `total` counts the projects that the filter leaves, of which `items` may be the first so many.
    """

    as_of: dt.date
    groups: tuple[ChartGroup, ...]
    title: Text
    total: int = 0
    scope: tuple[Text, ...] = field(default=())

    @property
    def items(self) -> list[ChartItem]:
        """The projects, group by group."""
        return [item for group in self.groups for item in group.items]

    @property
    def extent(self) -> Extent:
        """What a page says of it."""
        return Extent(len(self.items), self.total, self.rests_on_sample)

    @property
    def rests_on_sample(self) -> bool:
        """Whether any row rests on rows marked 示例."""
        return any(item.is_sample for group in self.groups for item in group.items)
