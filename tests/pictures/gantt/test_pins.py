"""What charts of seeded projects look like, row by row: rules GA-1 to GA-7 of docs/rules/gantt.md, in tests/pins."""

from __future__ import annotations

import datetime as dt
import random

from pins import pinned

from projects.core.text import Text
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Portfolio, Promise
from projects.pictures.gantt.layout import Chart, ChartRow, layout

TODAY = dt.date(2021, 11, 30)
# Days that meet each other often: the chart's own with its neighbours, ends of months, and some far away.
NEAR = (-1, 0, 1, 31, -31)
FAR = (-400, 400, 92, -92, 93, 7000, -7000)


def day(luck: random.Random, known: float = 0.6) -> dt.date | None:
    if luck.random() > known:
        return None
    return TODAY + dt.timedelta(days=luck.choice(NEAR if luck.random() < 0.9 else FAR))


def days(luck: random.Random, known: float) -> list[dt.date | None]:
    found = [day(luck, known) for _ in range(7)]
    if luck.random() < 0.3:
        found[2:4] = found[:2]
    return found


def item(luck: random.Random, name: str) -> ChartItem:
    known = luck.choice((0.15, 0.5, 0.9))
    stages = [
        ChartStage("s", *days(luck, known), luck.choice((None, 0.0, 99.9, 100.0))) for _ in range(luck.randrange(2))
    ]
    stones = [
        ChartMilestone("m", day(luck, known), day(luck, known / 2), done=luck.random() < 0.3)
        for _ in range(luck.randrange(2))
    ]
    promises = [Promise("p", "p", day(luck, known), "behind") for _ in range(luck.randrange(2))]
    data = luck.choice(("none", "fresh"))
    percent = luck.choice((None, 0.0, 99.9, 100.0))
    parts = (tuple(stages), tuple(stones), tuple(promises))
    return ChartItem(
        "a",
        name,
        "",
        "behind",
        None,
        percent,
        *days(luck, known),
        *parts,
        False,
        day(luck, known),
        day(luck, known),
        data_state=data,
    )


def told(row: ChartRow) -> str:
    bars = " ".join(f"{bar.series[:2]}{bar.start}-{bar.end}" for bar in row.bars)
    marks = " ".join(f"{mark.series[:2]}{mark.day}" for mark in row.diamonds)
    flags = " ".join(f"f{flag.day}" for flag in row.flags)
    notes = " ".join(str(note)[:4] for note in row.notes)
    return f"{row.line}.{row.level} {row.kind[:2]} [{bars}|{marks}|{flags}] {row.tail} {notes}".rstrip()


def charted(chart: Chart) -> str:
    rows = "; ".join(told(row) for row in chart.rows)
    return f"{chart.start} {chart.days} {chart.today} {chart.zoom} {len(chart.ticks)}: {rows}"


def test_ga_1_to_7_seeded_charts_are_laid_out_as_they_were():
    luck = random.Random(20211130)
    answers = []
    for number in range(240):
        items = tuple(item(luck, f"{number}") for _ in range(luck.choice((0, 1, 1, 1, 2, 3))))
        promises = (Promise("g", "g", day(luck), "behind"),) if luck.random() < 0.2 else ()
        shown = Portfolio(TODAY, (ChartGroup("1", "组", items, promises),), Text("x"))
        answers.append(charted(layout(shown, detail=number % 5 > 0)))
    pinned("pictures_gantt_layout", answers)
