"""Where the marks of a chart lie: rules GA-1 to GA-5 and GA-7 of docs/rules/gantt.md."""

from __future__ import annotations

import datetime as dt
import itertools

from gantt_samples import DAY, TODAY, item, portfolio, portfolios
from hypothesis import given

from projects.pictures.gantt.facts import ChartMilestone, ChartStage, Promise
from projects.pictures.gantt.layout import (
    ACTUAL_TURNED,
    OUTSIDE,
    SERIES,
    STALE,
    TURNED,
    UNDATED,
    Chart,
    ChartRow,
    layout,
)
from projects.pictures.gantt.span import LONGEST


def head(chart: Chart) -> ChartRow:
    return chart.bands[0].blocks[0].head


def spans(chart: Chart, row: ChartRow | None = None) -> dict[str, tuple[dt.date, dt.date]]:
    """Each bar's first and last day."""
    bars = (row or head(chart)).bars
    return {
        bar.series: (chart.start + dt.timedelta(bar.start), chart.start + dt.timedelta(bar.end - 1)) for bar in bars
    }


def one(**values: object) -> Chart:
    bare = {
        "plan_start": None,
        "plan_finish": None,
        "actual_start": None,
        "forecast_finish": None,
        "stages": (),
        "milestones": (),
        "promises": (),
    }
    return layout(portfolio(item(**(bare | values))))


# --- what holds for any dates -----------------------------------------------------------------------------------------


@given(portfolios)
def test_every_mark_lies_inside_the_chart(shown):
    chart = layout(shown)
    for row in chart.rows:
        assert all(0 <= bar.start < bar.end <= chart.days for bar in row.bars)
        assert all(0 <= mark.day < chart.days for mark in (*row.diamonds, *row.flags))
        assert 0 <= row.tail <= chart.days
    assert chart.today is None or 0 <= chart.today < chart.days


@given(portfolios)
def test_rows_keep_their_order_and_none_shares_a_line(shown):
    chart = layout(shown)
    rows = list(chart.rows)
    assert [row.line for row in rows] == list(range(len(rows)))
    assert [band.group for band in chart.bands] == list(shown.groups)
    assert [block.item for band in chart.bands for block in band.blocks] == shown.items
    for band in chart.bands:
        for block in band.blocks:
            assert [row.source for row in block.parts] == [
                *block.item.promises,
                *block.item.stages,
                *block.item.milestones,
            ]


@given(portfolios)
def test_the_same_input_gives_the_same_chart(shown):
    assert layout(shown) == layout(shown)


@given(portfolios)
def test_nothing_that_is_left_out_goes_unsaid(shown):
    for row in layout(shown).rows:
        source = row.source
        if row.kind == "promise" and source.due is not None:
            assert row.flags or OUTSIDE in row.notes
        if row.kind == "milestone" and (source.plan or source.actual):
            assert row.diamonds or OUTSIDE in row.notes


@given(portfolios)
def test_ticks_cover_the_chart_without_gap_or_overlap(shown):
    chart = layout(shown)
    for major in (True, False):
        marks = [tick for tick in chart.ticks if tick.major is major]
        if marks:
            assert marks[0].day == 0
            assert marks[-1].end == chart.days
            assert all(left.end == right.day for left, right in itertools.pairwise(marks))


# --- bars -------------------------------------------------------------------------------------------------------------


def test_a_running_project_has_its_actual_bar_up_to_the_day_and_its_forecast_from_there():
    days = {"forecast_finish": DAY(2022, 7, 20), "forecast_p10": DAY(2022, 5, 1), "forecast_p90": DAY(2022, 11, 9)}
    chart = one(plan_start=DAY(2021, 1, 1), plan_finish=DAY(2022, 6, 30), actual_start=DAY(2021, 2, 1), **days)
    assert spans(chart) == {
        "plan": (DAY(2021, 1, 1), DAY(2022, 6, 30)),
        "actual": (DAY(2021, 2, 1), TODAY),
        "forecast": (TODAY, DAY(2022, 7, 20)),
        "slip": (DAY(2022, 7, 1), DAY(2022, 7, 20)),
        "range": (DAY(2022, 5, 1), DAY(2022, 11, 9)),
    }
    assert [bar.series for bar in head(chart).bars] == [series for series in SERIES if series != "baseline"]


def test_a_finished_project_has_no_forecast_and_slips_by_its_actual_days():
    chart = one(
        plan_start=DAY(2021, 1, 1),
        plan_finish=DAY(2021, 6, 30),
        actual_start=DAY(2021, 1, 1),
        actual_finish=DAY(2021, 7, 10),
        forecast_finish=DAY(2022, 1, 1),
    )
    assert spans(chart)["slip"] == (DAY(2021, 7, 1), DAY(2021, 7, 10))
    assert "forecast" not in spans(chart)


def test_an_early_finish_is_no_slip():
    chart = one(
        plan_start=DAY(2021, 1, 1),
        plan_finish=DAY(2021, 6, 30),
        actual_start=DAY(2021, 1, 1),
        actual_finish=DAY(2021, 6, 1),
    )
    assert "slip" not in spans(chart)


def test_an_overdue_stage_slips_up_to_the_day():
    row = (
        one(
            stages=(
                ChartStage("主体结构", DAY(2021, 4, 1), DAY(2021, 10, 31), actual_start=DAY(2021, 5, 1), percent=40.0),
            )
        )
        .bands[0]
        .blocks[0]
        .parts[0]
    )
    assert [bar.series for bar in row.bars] == ["plan", "actual", "slip"]


def test_a_planned_finish_in_the_past_proves_no_slip_where_nothing_was_reported():
    row = one(stages=(ChartStage("主体结构", DAY(2021, 4, 1), DAY(2021, 10, 31)),)).bands[0].blocks[0].parts[0]
    assert [bar.series for bar in row.bars] == ["plan"]
    assert "slip" not in spans(one(state="no_data", plan_start=DAY(2021, 1, 1), plan_finish=DAY(2021, 6, 30)))


def test_a_stage_done_on_an_unknown_day_is_neither_running_nor_late():
    row = (
        one(stages=(ChartStage("前期", DAY(2019, 1, 1), DAY(2019, 6, 30), percent=100.0),)).bands[0].blocks[0].parts[0]
    )
    assert [bar.series for bar in row.bars] == ["plan"]


def test_a_baseline_is_drawn_only_where_it_differs_from_the_plan():
    same = {
        "plan_start": DAY(2021, 1, 1),
        "plan_finish": DAY(2021, 6, 30),
        "baseline_start": DAY(2021, 1, 1),
        "baseline_finish": DAY(2021, 6, 30),
    }
    assert "baseline" not in spans(one(**same))
    assert spans(one(**same | {"baseline_finish": DAY(2021, 5, 31)}))["baseline"] == (DAY(2021, 1, 1), DAY(2021, 5, 31))


# --- odd dates --------------------------------------------------------------------------------------------------------


def test_an_empty_portfolio_shows_the_month_of_its_day():
    chart = layout(portfolio())
    assert (chart.start, chart.days, chart.today) == (DAY(2021, 11, 1), 30, 29)


def test_a_project_without_dates_is_shown_and_said_to_have_none():
    assert head(one()).notes == (UNDATED,)


def test_a_single_day_is_a_bar_of_one_day():
    assert spans(one(plan_start=DAY(2021, 5, 5), plan_finish=DAY(2021, 5, 5)))["plan"] == (
        DAY(2021, 5, 5),
        DAY(2021, 5, 5),
    )


def test_a_start_after_the_finish_is_flagged_and_not_drawn():
    chart = one(plan_start=DAY(2021, 6, 30), plan_finish=DAY(2021, 1, 1), state="on_track")
    assert head(chart).bars == ()
    assert TURNED in head(chart).notes
    chart = one(actual_start=DAY(2021, 6, 30), actual_finish=DAY(2021, 1, 1))
    assert ACTUAL_TURNED in head(chart).notes


def test_a_forecast_before_the_day_is_not_drawn_but_named():
    chart = one(
        plan_start=DAY(2021, 1, 1),
        plan_finish=DAY(2021, 6, 30),
        forecast_finish=DAY(2021, 7, 20),
        actual_start=DAY(2021, 1, 1),
    )
    assert "forecast" not in spans(chart)
    assert STALE in head(chart).notes


def test_one_mistyped_year_does_not_squash_the_chart():
    items = [item(f"p{number}") for number in range(3)]
    chart = layout(
        portfolio(
            *items,
            item(
                "typo", plan_start=DAY(2100, 1, 1), plan_finish=DAY(2100, 2, 1), stages=(), milestones=(), promises=()
            ),
        )
    )
    assert chart.days < LONGEST / 4
    row = chart.bands[0].blocks[3].head
    assert OUTSIDE in row.notes


def test_dates_far_apart_but_within_reason_are_all_shown():
    chart = one(plan_start=DAY(2009, 1, 1), plan_finish=DAY(2021, 1, 1))
    assert spans(chart)["plan"] == (DAY(2009, 1, 1), DAY(2021, 1, 1))


def test_a_day_far_after_all_dates_adds_no_empty_years():
    done = {
        "plan_start": DAY(2019, 1, 1),
        "plan_finish": DAY(2019, 12, 31),
        "actual_start": DAY(2019, 1, 1),
        "actual_finish": DAY(2019, 12, 31),
    }
    chart = layout(
        portfolio(item(**done, forecast_finish=None, stages=(), milestones=(), promises=()), as_of=DAY(2026, 1, 1))
    )
    assert chart.today is None
    assert chart.start + dt.timedelta(chart.days) == DAY(2020, 1, 1)


# --- points -----------------------------------------------------------------------------------------------------------


def diamonds(milestone: ChartMilestone) -> list[tuple[str, dt.date]]:
    chart = one(milestones=(milestone,))
    return [(mark.series, chart.start + dt.timedelta(mark.day)) for mark in head(chart).diamonds]


def test_a_milestone_shows_its_planned_day_and_the_day_it_was_reached():
    assert diamonds(ChartMilestone("开工", DAY(2021, 3, 1), DAY(2021, 3, 9), done=True)) == [
        ("reached", DAY(2021, 3, 9)),
        ("planned", DAY(2021, 3, 1)),
    ]
    assert diamonds(ChartMilestone("开工", DAY(2021, 3, 1), DAY(2021, 3, 1), done=True)) == [
        ("reached", DAY(2021, 3, 1))
    ]


def test_a_milestone_is_missed_once_its_day_is_past():
    assert diamonds(ChartMilestone("开工", DAY(2021, 11, 29))) == [("missed", DAY(2021, 11, 29))]
    assert diamonds(ChartMilestone("开工", TODAY)) == [("planned", TODAY)]
    assert diamonds(ChartMilestone("开工", DAY(2021, 3, 1), done=True)) == [("planned", DAY(2021, 3, 1))]


def test_a_promise_flies_its_flag_on_its_due_day():
    chart = one(
        promises=(Promise("a", "年内开工", DAY(2021, 12, 31), "at_risk"), Promise("b", "加快推进", None, "undated"))
    )
    assert [(chart.start + dt.timedelta(flag.day), flag.promise.slug) for flag in head(chart).flags] == [
        (DAY(2021, 12, 31), "a")
    ]
    assert [row.kind for row in chart.bands[0].blocks[0].parts] == ["promise", "promise"]


def test_without_detail_only_projects_have_lines():
    assert [row.kind for row in layout(portfolio(item()), detail=False).rows] == ["group", "project"]
