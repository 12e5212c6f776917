"""Which days a chart shows, and what lies a day outside: GA-5 of docs/rules/gantt.md."""

from __future__ import annotations

import datetime as dt

import pytest
from gantt_samples import portfolio

from projects.pictures.gantt.facts import ChartItem, ChartMilestone, ChartStage, Promise
from projects.pictures.gantt.layout import OUTSIDE, Chart, layout

ONE = dt.timedelta(days=1)
LONGEST = 15 * 366 * ONE
MIDDLE = dt.date(2021, 11, 30)


def days_of(chart: Chart) -> tuple[str, str]:
    return str(chart.start), str(chart.start + (chart.days - 1) * ONE)


def chart(*days: dt.date, as_of: dt.date = MIDDLE, **values: object) -> Chart:
    stones = tuple(ChartMilestone("m", day) for day in days)
    return layout(portfolio(ChartItem("a", "甲", milestones=stones, **values), as_of=as_of))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2021-02-28", "2021-02-01", "2021-02-28"),
        ("2021-02-01", "2021-02-01", "2021-02-28"),
        ("2021-01-31", "2021-01-01", "2021-01-31"),
        ("2021-12-31", "2021-12-01", "2021-12-31"),
        ("2024-02-29", "2024-02-01", "2024-02-29"),
    ],
)
def test_ga5_a_month_is_shown_to_its_last_day(day: str, first: str, last: str):
    one = dt.date.fromisoformat(day)
    assert days_of(chart(one, as_of=one)) == (first, last)


@pytest.mark.parametrize(("spare", "shown"), [(-1, True), (0, True), (1, False)])
def test_ga5_something_running_reaches_to_the_day_within_fifteen_years(spare: int, shown: bool):
    begun = MIDDLE - LONGEST - spare * ONE
    assert (chart(actual_start=begun).today is not None) == shown
    assert chart(actual_start=begun, actual_finish=begun).today is None


def test_ga5_the_day_a_milestone_was_first_planned_for_draws_nothing_and_stretches_no_chart():
    stone = ChartMilestone("m", MIDDLE, baseline=MIDDLE - 60 * ONE)
    assert days_of(layout(portfolio(ChartItem("a", "甲", milestones=(stone,)), as_of=MIDDLE))) == days_of(chart(MIDDLE))


@pytest.mark.parametrize(
    ("day", "side"), [(dt.date(2036, 12, 1), 1), (dt.date(2036, 3, 1), 1), (dt.date(2006, 6, 30), -1)]
)
def test_ga5_what_lies_a_day_beside_the_last_month_shown_is_left_off(day: dt.date, side: int):
    """The day before it is the last within fifteen years of the middle one, and the last of its month."""
    inner = day - side * ONE
    middle = inner - side * LONGEST
    stones = tuple(
        ChartMilestone("m", one) for one in (middle - side * 2 * ONE, middle - side * ONE, middle, inner, day)
    )
    promises = (Promise("p", "p", day, "behind"),)
    item = ChartItem(
        "a", "甲", plan_start=day, plan_finish=day, milestones=stones, promises=promises, data_state="none"
    )
    made = layout(portfolio(item, as_of=middle))
    head = made.bands[0].blocks[0].head
    assert days_of(made)[side == 1] == str(inner)
    assert (head.bars, len(head.diamonds), head.flags, OUTSIDE in head.notes) == ((), 4, (), True)


@pytest.mark.parametrize("day", [dt.date(2021, 11, 1), MIDDLE])
def test_ga5_the_first_and_the_last_day_of_a_chart_are_in_it(day: dt.date):
    head = chart(day, promises=(Promise("p", "p", day, "behind"),)).bands[0].blocks[0].head
    assert [flag.day for flag in head.flags] == [mark.day for mark in head.diamonds] == [day.day - 1]
    assert head.notes == ()


@pytest.mark.parametrize(
    ("data_state", "data_on", "end"),
    [
        ("fresh", dt.date(2021, 5, 31), dt.date(2021, 6, 30)),
        ("late", dt.date(2021, 5, 1), dt.date(2021, 6, 30)),
        ("silent", dt.date(2021, 3, 5), dt.date(2021, 3, 5)),
        ("silent", dt.date(2020, 12, 31), dt.date(2021, 1, 10)),  # nothing runs backwards
        ("none", None, dt.date(2021, 1, 10)),
    ],
)
def test_ga4_works_under_way_are_drawn_no_further_than_they_were_heard_of(data_state, data_on, end):
    values = {"actual_start": dt.date(2021, 1, 10), "percent": 20.0, "data_state": data_state, "data_on": data_on}
    made = chart(as_of=dt.date(2021, 6, 30), **values)
    bar = next(bar for bar in made.bands[0].blocks[0].head.bars if bar.series == "actual")
    assert made.start + (bar.end - 1) * ONE == end


def test_ga5_the_planned_start_of_a_stage_is_shown_too():
    stage = ChartStage("structure", plan_start=dt.date(2021, 2, 3), plan_finish=dt.date(2021, 5, 6))
    made = layout(portfolio(ChartItem("a", "甲", stages=(stage,)), as_of=dt.date(2021, 4, 1)))
    assert days_of(made) == ("2021-02-01", "2021-05-31")
