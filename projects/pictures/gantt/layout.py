"""One layout, drawn twice (page and paper): from dates to bars, diamonds and flags in days from the chart's first day.
Pure.

A bar covers the days from `start` up to, not including, `end`. Every mark lies inside the chart; what lies outside is
left off and noted (rules GA-1 to GA-6, docs/rules/gantt.md)::

    plan      ▬▬▬▬▬▬▬▬▬▬▬▬            planned start to planned finish
    actual    █████████               actual start to actual finish, else to the chart's day
    forecast           ░░░░░░░░       the chart's day to the forecast finish
    slip                   ▨▨▨▨       planned finish to actual, forecast or, overdue, the chart's day
    range                ├──────────┤ eight chances in ten that the finish lies in it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from projects.core.text import N_, Text
from projects.pictures.gantt.axis import Tick, ticks
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Portfolio, Promise
from projects.pictures.gantt.span import Dates, Frame, dates_of, frame_of, range_of

SERIES = ("baseline", "plan", "actual", "forecast", "slip", "range")
DIAMONDS = ("planned", "reached", "missed")
TURNED = Text(N_("计划完成早于计划开始, 请核对日期"))
ACTUAL_TURNED = Text(N_("实际完成早于实际开始, 请核对日期"))
STALE = Text(N_("推算完成日早于状态日, 未画出"))
OUTSIDE = Text(N_("有日期远离其他项目, 在图外, 请核对年份"))
UNDATED = Text(N_("没有日期"))


class Bar(NamedTuple):
    """A stretch of days of one of SERIES."""

    series: str
    start: int
    end: int


class Diamond(NamedTuple):
    """A milestone's day: planned and still ahead, reached, or missed (planned day past, not reached)."""

    series: str
    day: int


class TargetFlag(NamedTuple):
    """A promise's due day."""

    day: int
    promise: Promise


class ChartRow(NamedTuple):
    """One line of the chart; `line` counts from the top, `level` 0 group, 1 project, 2 part; `tail` is where words may
    follow the last mark.
    """

    line: int
    level: int
    kind: str
    label: str
    source: ChartGroup | ChartItem | ChartStage | ChartMilestone | Promise
    bars: tuple[Bar, ...]
    diamonds: tuple[Diamond, ...]
    flags: tuple[TargetFlag, ...]
    tail: int
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A project's own line and the lines of its parts."""

    head: ChartRow
    item: ChartItem
    parts: tuple[ChartRow, ...]


@dataclass(frozen=True, slots=True)
class SlipBand:
    """A group's own line and its projects."""

    head: ChartRow
    group: ChartGroup
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A laid-out chart: `days` long from `start`; `today` is the chart's day in it, None where it lies outside."""

    start: dt.date
    days: int
    as_of: dt.date
    today: int | None
    zoom: str
    ticks: tuple[Tick, ...]
    bands: tuple[SlipBand, ...]

    @property
    def rows(self) -> Iterator[ChartRow]:
        """All lines from the top."""
        for band in self.bands:
            yield band.head
            for block in band.blocks:
                yield block.head
                yield from block.parts

    def fraction(self, day: float) -> float:
        """`day`, counted from the chart's start, as a share of its width."""
        return day / self.days


def layout(portfolio: Portfolio, zoom: str = "auto", *, detail: bool = True) -> Chart:
    """Lay `portfolio` out; `zoom` is auto, month, quarter or year; without `detail` projects have no lines of parts."""
    frame = frame_of(portfolio)
    count = 0
    bands = []
    for group in portfolio.groups:
        head = _group_row(group, count, frame)
        count += 1
        blocks = []
        for item in group.items:
            blocks.append(_block(item, count, frame, detail=detail))
            count += 1 + len(blocks[-1].parts)
        bands.append(SlipBand(head, group, tuple(blocks)))
    start, days = dt.date.fromordinal(frame.first), frame.last - frame.first
    chosen, marks = ticks(start, days, zoom)
    today = frame.today - frame.first
    return Chart(start, days, portfolio.as_of, today if 0 <= today < days else None, chosen, marks, tuple(bands))


# --- the rows ---------------------------------------------------------------------------------------------------------


def _group_row(group: ChartGroup, line: int, frame: Frame) -> ChartRow:
    flags, outside = _flags(group.promises, frame)
    tail = max((flag.day + 1 for flag in flags), default=0)
    return ChartRow(line, 0, "group", str(group.title), group, (), (), flags, tail, (OUTSIDE,) if outside else ())


def _block(item: ChartItem, line: int, frame: Frame, *, detail: bool) -> Block:
    counting = item.data_state != "none" and (item.percent or 0) < 100
    bars, notes, tail = _bars(dates_of(item), frame, _heard(item, frame), counting=counting)
    likely = _likely(item, frame)
    bars, tail = (*bars, *likely), max(tail, *(bar.end for bar in likely), 0)
    diamonds: list[Diamond] = []
    outside = False
    for milestone in item.milestones:
        outside |= _diamonds(milestone, frame, diamonds)
    flags, flag_outside = _flags(item.promises, frame)
    tail = max(tail, *(mark.day + 1 for mark in diamonds), *(flag.day + 1 for flag in flags), 0)
    if outside or flag_outside:
        notes = notes if OUTSIDE in notes else (*notes, OUTSIDE)
    if not (bars or diamonds or flags or notes):
        notes = (UNDATED,)
    head = ChartRow(line, 1, "project", item.label, item, bars, tuple(diamonds), flags, tail, notes)
    return Block(head, item, tuple(_parts(item, line + 1, frame)) if detail else ())


def _parts(item: ChartItem, line: int, frame: Frame) -> Iterator[ChartRow]:
    """Promises first, since they are what the rest serves; then stages, then milestones, each in the given order."""
    for promise in item.promises:
        flags, outside = _flags((promise,), frame)
        yield ChartRow(
            line,
            2,
            "promise",
            promise.label,
            promise,
            (),
            (),
            flags,
            flags[0].day + 1 if flags else 0,
            (OUTSIDE,) if outside else (),
        )
        line += 1
    for stage in item.stages:
        open_ = stage.percent is not None and stage.percent < 100
        bars, notes, tail = _bars(stage[1:8], frame, open_ * _heard(item, frame), counting=open_)
        yield ChartRow(line, 2, "stage", stage.name, stage, bars, (), (), tail, notes)
        line += 1
    for milestone in item.milestones:
        marks: list[Diamond] = []
        outside = _diamonds(milestone, frame, marks)
        tail = max((mark.day + 1 for mark in marks), default=0)
        yield ChartRow(
            line, 2, "milestone", milestone.name, milestone, (), tuple(marks), (), tail, (OUTSIDE,) if outside else ()
        )
        line += 1


def _bars(dates: Dates, frame: Frame, heard: int, *, counting: bool) -> tuple[tuple[Bar, ...], tuple[Text, ...], int]:
    """The bars of a project or stage in the order of SERIES, what is odd about its dates, and the end of its last bar.

    What was begun and has no end reaches to the day up to which it was `heard` of (0: it does not go on). Only where
    `counting` does a planned finish in the past prove slip up to that day: not where nothing was ever reported, nor
    where all is done on a day that nobody recorded (GA-4).
    """
    plan_start, plan_finish, base_start, base_finish, start, finish, forecast = [
        day.toordinal() if day else 0 for day in dates
    ]
    spans: list[tuple[str, int, int]] = []
    notes: list[Text] = []
    if (base_start or base_finish) and (base_start, base_finish) != (plan_start, plan_finish):
        _span("baseline", base_start, base_finish, spans)
    turned = not _span("plan", plan_start, plan_finish, spans)
    if turned:
        notes.append(TURNED)
    until = finish or (max(start, heard) if heard and start and start <= frame.today else 0)
    if not _span("actual", start, until, spans):
        notes.append(ACTUAL_TURNED)
    if forecast and not finish:
        after = max(frame.today, start or plan_start)
        if forecast > after:
            spans.append(("forecast", after, forecast + 1))
        elif forecast < frame.today:
            notes.append(STALE)
    reached = finish or max(forecast, frame.today if counting else 0)
    if plan_finish and reached > plan_finish and not turned:
        spans.append(("slip", plan_finish + 1, reached + 1))
    bars = _clipped(spans, frame)
    if len(bars) < len(spans):
        notes.append(OUTSIDE)
    return bars, tuple(notes), max([bar[2] for bar in bars], default=0)


def _heard(item: ChartItem, frame: Frame) -> int:
    """The day up to which works under way are known to go on: the chart's, but where data are silent or missing the
    newest data's; silence is no progress (GA-4).
    """
    if item.data_state in {"fresh", "late"}:
        return frame.today
    return item.data_on.toordinal() if item.data_on else 1


def _likely(item: ChartItem, frame: Frame) -> tuple[Bar, ...]:
    """The range of the forecast finish (GA-7)."""
    low, high = range_of(item)
    return _clipped([("range", low.toordinal(), high.toordinal() + 1)], frame) if low and high and low < high else ()


def _span(series: str, start: int, finish: int, spans: list[tuple[str, int, int]]) -> bool:
    """Add the days from `start` to `finish` (one of them where the other is unknown); False where they run backwards
    (GA-3), which draws nothing.
    """
    start, finish = start or finish, finish or start
    if finish < start:
        return False
    if start:
        spans.append((series, start, finish + 1))
    return True


def _clipped(spans: list[tuple[str, int, int]], frame: Frame) -> tuple[Bar, ...]:
    """`spans` as bars inside the chart; one wholly outside is left off."""
    first, last, _ = frame
    return tuple(
        [
            Bar(series, max(start, first) - first, min(end, last) - first)
            for series, start, end in spans
            if start < last and end > first
        ]
    )


def _diamonds(milestone: ChartMilestone, frame: Frame, found: list[Diamond]) -> bool:
    """Add a milestone's marks (the planned day too, where it was reached on another); whether one lies outside the
    chart.
    """
    plan, actual = milestone.plan, milestone.actual
    marks = []
    if actual is not None:
        marks.append(("reached", actual.toordinal()))
        if plan is not None and plan != actual:
            marks.append(("planned", plan.toordinal()))
    elif plan is not None:
        day = plan.toordinal()
        marks.append(("missed" if day < frame.today and not milestone.done else "planned", day))
    outside = False
    for series, day in marks:
        if frame.first <= day < frame.last:
            found.append(Diamond(series, day - frame.first))
        else:
            outside = True
    return outside


def _flags(promises: Iterable[Promise], frame: Frame) -> tuple[tuple[TargetFlag, ...], bool]:
    first, last, _ = frame
    dated = [(promise.due.toordinal(), promise) for promise in promises if promise.due is not None]
    inside = tuple(TargetFlag(day - first, promise) for day, promise in dated if first <= day < last)
    return inside, len(inside) < len(dated)
