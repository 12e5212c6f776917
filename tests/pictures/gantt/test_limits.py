"""Marks, months and words of the Gantt at the limit itself: rules G-1 to G-7, from docs/rules/gantt.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from gantt_samples import portfolio

from projects.core.errors import InvalidError
from projects.core.text import Text
from projects.pictures.gantt.choices import read
from projects.pictures.gantt.facts import ChartGroup, ChartItem, ChartMilestone, ChartStage, Portfolio, Promise
from projects.pictures.gantt.layout import ACTUAL_TURNED, OUTSIDE, STALE, TURNED, UNDATED, ChartRow, layout
from projects.pictures.gantt.table import table
from projects.pictures.gantt.twin import body_markup, head_markup
from projects.pictures.gantt.wording import ChartWords, number
from projects.sheets.writing.table import Column, Table

TODAY = dt.date(2021, 11, 30)
ONE = dt.timedelta(days=1)
AHEAD = (ChartMilestone("m", dt.date(2022, 1, 31)),)  # so that the chart reaches beyond its day


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def item(**values: object) -> ChartItem:
    days = {
        name: iso(value) if isinstance(value, str) and not name.endswith("state") else value
        for name, value in values.items()
    }
    return ChartItem("a", "甲", **days)


def row(one: ChartItem, as_of: dt.date = TODAY) -> tuple[dict[str, str], ChartRow]:
    chart = layout(portfolio(one, as_of=as_of))
    head = chart.bands[0].blocks[0].head
    shown = {bar.series: f"{chart.start + bar.start * ONE} {chart.start + (bar.end - 1) * ONE}" for bar in head.bars}
    return shown, head


def test_g1_the_worked_example_slips_by_twenty_days():
    bars, head = row(
        item(
            plan_start="2021-01-01",
            plan_finish="2022-06-30",
            actual_start="2021-02-01",
            forecast_finish="2022-07-20",
            state="behind",
            percent=40.0,
        )
    )
    assert bars == {
        "plan": "2021-01-01 2022-06-30",
        "actual": "2021-02-01 2021-11-30",
        "forecast": "2021-11-30 2022-07-20",
        "slip": "2022-07-01 2022-07-20",
    }
    slip = next(bar for bar in head.bars if bar.series == "slip")
    assert slip.end - slip.start == 20
    assert head.notes == ()
    assert head.tail == max(bar.end for bar in head.bars)


@pytest.mark.parametrize(
    ("finish", "slip"), [("2021-06-29", None), ("2021-06-30", None), ("2021-07-01", "2021-07-01 2021-07-01")]
)
def test_g1_the_day_after_the_planned_finish_is_the_first_of_slip(finish, slip):
    bars, _ = row(
        item(plan_start="2021-01-01", plan_finish="2021-06-30", actual_start="2021-01-01", actual_finish=finish)
    )
    assert bars.get("slip") == slip
    assert "forecast" not in bars


@pytest.mark.parametrize(
    ("data_state", "percent", "slips"),
    [
        ("fresh", 99.9, True),
        ("late", 0.0, True),
        ("silent", 99.9, True),
        ("silent", None, True),
        ("fresh", 100.0, False),
        ("none", 50.0, False),
    ],
)
def test_g4_a_planned_finish_in_the_past_proves_slip_only_while_something_is_reported_and_not_all(
    data_state, percent, slips
):
    known = {"data_state": data_state, "percent": percent}
    bars, _ = row(item(plan_start="2021-01-01", plan_finish="2021-06-30", **known, milestones=AHEAD))
    assert bars.get("slip") == ("2021-07-01 2021-11-30" if slips else None)


@pytest.mark.parametrize(
    ("start", "finish", "noted"),
    [("2021-06-30", "2021-06-30", False), ("2021-07-01", "2021-06-30", True), ("2021-06-29", "2021-06-30", False)],
)
def test_g3_dates_that_run_backwards_draw_nothing_and_say_so(start, finish, noted):
    plan, head = row(item(plan_start=start, plan_finish=finish, data_state="fresh", percent=5.0, milestones=AHEAD))
    assert ("plan" not in plan, TURNED in head.notes, "slip" not in plan) == (noted, noted, noted)
    actual, head = row(item(actual_start=start, actual_finish=finish))
    assert ("actual" not in actual, ACTUAL_TURNED in head.notes) == (noted, noted)


@pytest.mark.parametrize(
    ("forecast", "drawn", "stale"),
    [("2021-11-29", False, True), ("2021-11-30", False, False), ("2021-12-01", True, False)],
)
def test_g3_a_forecast_before_the_chart_s_day_is_stale(forecast, drawn, stale):
    bars, head = row(item(plan_start="2021-01-01", actual_start="2021-02-01", forecast_finish=forecast))
    assert ("forecast" in bars, STALE in head.notes) == (drawn, stale)


def test_g1_what_has_one_day_only_is_drawn_on_it_and_a_forecast_starts_where_the_works_do():
    assert row(item(plan_finish="2021-06-30"))[0]["plan"] == "2021-06-30 2021-06-30"
    assert row(item(plan_start="2021-06-30"))[0]["plan"] == "2021-06-30 2021-06-30"
    assert row(item(actual_finish="2021-06-30"))[0]["actual"] == "2021-06-30 2021-06-30"
    assert row(item(plan_start="2022-03-01", forecast_finish="2022-05-01"))[0]["forecast"] == "2022-03-01 2022-05-01"
    assert row(item(actual_start="2021-12-01", plan_start="2021-01-01"))[0]["actual"] == "2021-12-01 2021-12-01"
    assert row(item(actual_start="2021-11-30"))[0]["actual"] == "2021-11-30 2021-11-30"


def test_g1_the_original_plan_is_drawn_where_it_differs():
    plan = {"plan_start": "2021-01-01", "plan_finish": "2021-06-30"}
    assert "baseline" not in row(item(**plan, baseline_start="2021-01-01", baseline_finish="2021-06-30"))[0]
    assert row(item(**plan, baseline_start="2021-01-01", baseline_finish="2021-06-29"))[0]["baseline"] == (
        "2021-01-01 2021-06-29"
    )
    assert "baseline" in row(item(**plan, baseline_start="2020-12-31"))[0]
    assert "baseline" not in row(item(**plan))[0]


def test_g2_a_milestone_is_planned_reached_or_missed_and_a_promise_has_its_flag():
    stones = (
        ChartMilestone("a", iso("2021-11-29")),
        ChartMilestone("b", iso("2021-11-30")),
        ChartMilestone("c", iso("2021-11-29"), done=True),
        ChartMilestone("d", iso("2021-11-01"), iso("2021-11-05")),
        ChartMilestone("e", iso("2021-11-01"), iso("2021-11-01")),
        ChartMilestone("f", None, iso("2021-11-02")),
        ChartMilestone("g"),
    )
    one = item(
        milestones=stones, promises=(Promise("p", "p", iso("2021-12-31"), "behind"), Promise("q", "q", None, "undated"))
    )
    chart = layout(portfolio(one))
    parts = chart.bands[0].blocks[0].parts
    marks = {part.label: [mark.series for mark in part.diamonds] for part in parts if part.kind == "milestone"}
    assert marks == {
        "a": ["missed"],
        "b": ["planned"],
        "c": ["planned"],
        "d": ["reached", "planned"],
        "e": ["reached"],
        "f": ["reached"],
        "g": [],
    }
    assert [len(part.flags) for part in parts if part.kind == "promise"] == [1, 0]
    flag = parts[0].flags[0]
    assert chart.start + flag.day * ONE == iso("2021-12-31")
    assert [parts[0].tail, parts[1].tail] == [flag.day + 1, 0]
    assert all(part.tail == max((mark.day + 1 for mark in part.diamonds), default=0) for part in parts[2:])
    assert (parts[0].line, parts[-1].line, parts[0].level) == (2, 10, 2)


def test_g2_a_row_without_any_date_says_so():
    assert row(item())[1].notes == (UNDATED,)
    assert row(item(milestones=(ChartMilestone("a", TODAY),)))[1].notes == ()
    assert row(item(promises=(Promise("p", "p", TODAY, "behind"),)))[1].notes == ()


@pytest.mark.parametrize(
    ("percent", "actual", "slips"), [(99.0, True, True), (100.0, False, False), (None, False, False)]
)
def test_g4_g6_a_stage_runs_to_the_day_while_it_is_reported_and_not_done(percent, actual, slips):
    stage = ChartStage("s", iso("2021-01-01"), iso("2021-06-30"), actual_start=iso("2021-02-01"), percent=percent)
    chart = layout(portfolio(item(stages=(stage,), plan_finish="2022-06-30")))
    bars = {bar.series: bar for bar in chart.bands[0].blocks[0].parts[0].bars}
    assert chart.start + (bars["actual"].end - 1) * ONE == (TODAY if actual else iso("2021-02-01"))
    assert ("slip" in bars) == slips


# --- G-5, G-7 -----------------------------------------------------------------------------------------------


def span(as_of: str, *days: str, **values: object) -> tuple[str, str, bool]:
    one = item(milestones=tuple(ChartMilestone("m", iso(day)) for day in days), **values)
    chart = layout(portfolio(one, as_of=iso(as_of)))
    return str(chart.start), str(chart.start + (chart.days - 1) * ONE), chart.today is not None


def test_g5_whole_months_hold_every_date():
    assert span("2021-06-15", "2021-06-15") == ("2021-06-01", "2021-06-30", True)
    assert span("2021-06-15", "2021-05-31", "2021-07-01") == ("2021-05-01", "2021-07-31", True)
    assert span("2021-06-15", "2021-06-01", "2021-12-31") == ("2021-06-01", "2021-12-31", True)
    assert span("2021-06-15") == ("2021-06-01", "2021-06-30", True)
    assert span("2020-02-29", "2020-02-29") == ("2020-02-01", "2020-02-29", True)


@pytest.mark.parametrize(("days", "shown"), [(91, True), (92, True), (93, False)])
def test_g5_the_chart_s_day_is_drawn_up_to_92_days_beside_the_dates(days, shown):
    """Dates of one month, so far away that their whole months do not reach the day."""
    as_of = iso("2021-01-01") + days * ONE
    assert span(str(as_of), "2021-01-01")[2] == shown
    before = iso("2021-12-31") - days * ONE
    assert span(str(before), "2021-12-31")[2] == shown


def test_g5_or_where_something_is_still_running():
    assert span("2021-11-30", "2020-01-01", actual_start="2020-01-01")[2]
    assert not span("2021-11-30", "2020-01-01", actual_start="2020-01-01", actual_finish="2020-02-01")[2]


@pytest.mark.parametrize(("days", "shown"), [(15 * 366, True), (15 * 366 + 1, False)])
def test_g5_a_date_more_than_fifteen_years_from_the_middle_is_left_off_and_named(days, shown):
    far = TODAY + days * ONE
    one = item(milestones=tuple(ChartMilestone("m", day) for day in (TODAY - ONE, TODAY, far)))
    head = layout(portfolio(one)).bands[0].blocks[0].head
    assert (OUTSIDE not in head.notes) == shown
    assert len(head.diamonds) == (3 if shown else 2)


def test_g5_what_lies_outside_is_named_beside_its_row():
    far = iso("1921-01-01")
    one = item(
        plan_start=far,
        plan_finish=far,
        milestones=(ChartMilestone("m", TODAY), ChartMilestone("n", TODAY), ChartMilestone("far", far)),
        promises=(Promise("p", "p", far, "behind"), Promise("q", "q", TODAY, "behind")),
        actual_start=TODAY,
    )
    chart = layout(portfolio(one))
    block = chart.bands[0].blocks[0]
    assert block.head.notes.count(OUTSIDE) == 1
    assert {part.label: OUTSIDE in part.notes for part in block.parts} == {
        "p": True,
        "q": False,
        "m": False,
        "n": False,
        "far": True,
    }
    group = ChartGroup("1", "组", (one,), (Promise("g", "g", far, "behind"), Promise("h", "h", TODAY, "behind")))
    band = layout(Portfolio(TODAY, (group,), Text("x"))).bands[0]
    assert (band.head.notes, len(band.head.flags)) == ((OUTSIDE,), 1)
    assert band.head.tail == band.head.flags[0].day + 1


def test_g7_a_running_project_carries_its_range_and_a_finished_one_none():
    likely = {"plan_start": "2021-01-01", "forecast_p10": "2022-01-01", "forecast_p90": "2022-03-01"}
    assert row(item(**likely))[0]["range"] == "2022-01-01 2022-03-01"
    assert row(item(**likely))[1].tail == layout(portfolio(item(**likely))).bands[0].blocks[0].head.bars[-1].end
    assert "range" not in row(item(**likely, actual_finish="2021-10-01"))[0]
    assert "range" not in row(item(**(likely | {"forecast_p90": "2022-01-01"})))[0]
    assert "range" not in row(item(**(likely | {"forecast_p90": None})))[0]


def test_without_detail_a_project_has_no_lines_of_parts_and_lines_are_counted_on():
    one = item(milestones=(ChartMilestone("m", TODAY),))
    chart = layout(Portfolio(TODAY, (ChartGroup("1", "组", (one, one)),), Text("x")), detail=False)
    assert [each.line for each in chart.rows] == [0, 1, 2]
    full = layout(Portfolio(TODAY, (ChartGroup("1", "组", (one, one)), ChartGroup("2", "组", ())), Text("x")))
    assert [each.line for each in full.rows] == [0, 1, 2, 3, 4, 5]
    assert full.fraction(full.days) == 1


# --- words, table, choices ----------------------------------------------------------------------------------


WORDS = ChartWords(lambda msgid: msgid)


def test_the_words_of_a_row_name_what_is_known_of_its_dates():
    full = item(
        plan_start="2021-01-01",
        plan_finish="2021-06-30",
        baseline_start="2021-01-01",
        baseline_finish="2021-05-31",
        actual_start="2021-02-01",
        forecast_finish="2021-08-01",
        forecast_p10="2021-07-01",
        forecast_p90="2021-09-01",
        percent=48.5,
    )
    assert WORDS.dates(full) == [
        "原计划 2021-01-01 至 2021-05-31",
        "计划 2021-01-01 至 2021-06-30",
        "实际 2021-02-01 开始, 尚未完成",
        "推算 2021-08-01 完成",
        "八成可能在 2021-07-01 至 2021-09-01 之间",
        "完成 48.5%",
    ]
    done = replace(full, actual_finish=iso("2021-07-01"), percent=100.0)
    assert WORDS.dates(done)[2:] == ["实际 2021-02-01 至 2021-07-01", "完成 100%"]
    unknown = replace(full, actual_start=None, actual_finish=iso("2021-07-01"), baseline_finish=iso("2021-06-30"))
    assert WORDS.dates(unknown)[:2] == ["计划 2021-01-01 至 2021-06-30", "实际 2021-07-01 完成"]
    assert WORDS.dates(replace(full, percent=100.0))[-1] == "已达到, 具体日期未记录"
    assert WORDS.dates(replace(full, percent=99.9))[-1] == "完成 99.9%"
    assert WORDS.dates(replace(full, forecast_p10=None))[-2:] == ["推算 2021-08-01 完成", "完成 48.5%"]
    assert WORDS.dates(item()) == ["没有日期"]
    assert WORDS.dates(item(baseline_start="2021-01-01"))[0] == "原计划 2021-01-01 至 ?"
    assert WORDS.dates(item(plan_finish="2021-01-01")) == ["计划 ? 至 2021-01-01"]
    assert number(48.04) == "48"


def test_the_words_of_a_milestone_and_a_promise():
    assert WORDS.milestone(ChartMilestone("m", TODAY), TODAY) == ["计划 2021-11-30"]
    assert WORDS.milestone(ChartMilestone("m", TODAY - ONE), TODAY) == ["计划 2021-11-29", "计划日已过, 未见达成"]
    assert WORDS.milestone(ChartMilestone("m", TODAY, TODAY), TODAY) == ["计划 2021-11-30", "实际 2021-11-30"]
    assert WORDS.milestone(ChartMilestone("m", TODAY - ONE, done=True), TODAY)[1] == "已达到, 具体日期未记录"
    assert WORDS.milestone(ChartMilestone("m"), TODAY) == ["没有日期"]
    assert WORDS.promise(Promise("p", "甲", None, "undated")) == "承诺“甲”, 未定期限, 未定期限"
    assert (
        WORDS.promise(Promise("p", "甲", TODAY, "behind", -3, "第1条"))
        == "承诺“甲”, 期限 2021-11-30, 将误期 −3 天, 第1条"
    )
    assert [WORDS.days(slip) for slip in (None, 0, 1, -1)] == ["", "0 天", "+1 天", "−1 天"]
    assert WORDS.say("") == ""
    assert WORDS.title(ChartGroup("1", Text("按地区"), ())) == "按地区"


def test_the_table_tells_days_late_of_what_is_done_early_ones_too_and_of_what_is_open_once_past():
    stages = (
        ChartStage("done", plan_finish=iso("2021-06-30"), actual_finish=iso("2021-06-25"), percent=100.0),
        ChartStage("open", plan_finish=iso("2021-11-29"), percent=50.0),
        ChartStage("due", plan_finish=iso("2021-11-30"), percent=50.0),
        ChartStage("unreported", plan_finish=iso("2021-06-30")),
        ChartStage("sometime", plan_finish=iso("2021-06-30"), percent=100.0),
    )
    stones = (
        ChartMilestone("missed", iso("2021-11-29")),
        ChartMilestone("today", iso("2021-11-30")),
        ChartMilestone("late", iso("2021-11-01"), iso("2021-11-05"), done=True),
        ChartMilestone("sometime", iso("2021-11-01"), done=True),
        ChartMilestone("unplanned", None, iso("2021-11-05")),
    )
    likely = {"forecast_finish": "2022-01-01", "forecast_p10": "2021-12-01", "forecast_p90": "2022-02-01"}
    one = item(stages=stages, milestones=stones, promises=(Promise("p", "承诺", TODAY, "behind", 5),), **likely)
    group = ChartGroup("1", "组", (one, replace(one, stages=(), milestones=(), actual_finish=TODAY)), one.promises)
    made = table(Portfolio(TODAY, (group,), Text("图")), lambda msgid: msgid)
    keys = [column.key for column in made.columns]
    slips = [(line[keys.index("name")], line[keys.index("slip_days")], line[keys.index("state")]) for line in made.rows]
    assert slips[3:13] == [
        ("done", -5, ""),
        ("open", 1, ""),
        ("due", None, ""),
        ("unreported", None, ""),
        ("sometime", None, ""),
        ("missed", 1, "计划日已过, 未见达成"),
        ("today", None, ""),
        ("late", 4, ""),
        ("sometime", None, "已达到, 具体日期未记录"),
        ("unplanned", None, ""),
    ]
    p90 = keys.index("forecast_p90")
    assert [line[p90] for line in made.rows][:2] == [None, iso("2022-02-01")]
    assert made.rows[13][p90] is None
    assert all(len(line) == len(keys) for line in made.rows)


def test_the_twin_leaves_out_columns_without_a_value_and_escapes_what_was_typed():
    columns = tuple(
        Column(key, key, kind)
        for key, kind in [
            ("group", "text"), ("project", "text"), ("kind", "text"), ("name", "text"), ("slip", "integer"),
            ("done", "percent"),
            ("day", "date"), ("none", "text"), ("blank", "text"),
        ]
    )  # fmt: skip
    lines = [
        ("<g>", "p", "项目", "<n>", -3, 48.0, TODAY, None, ""),
        ("<g>", "p", "阶段", "s", 0, None, None, None, ""),
        ("h", "q", "阶段", "t", 7, None, None, None, ""),
    ]
    made = Table("t", columns, lines, ())
    assert head_markup(made).count("<th") == 6
    assert head_markup(made).count("class=num") == 2
    body = body_markup(made, "项目")
    assert body.count("g-band") == 2
    assert body.count('colspan="6"') == 2
    assert body.count('class="g-own"') == 1
    assert '<th scope="row">&lt;n&gt;</th>' in body
    assert '<td class="num">−3</td>' in body
    assert '<td class="num">0</td>' in body
    assert '<td class="num">+7</td>' in body
    assert '<td class="num">48.0</td>' in body
    assert "<td>2021-11-30</td>" in body
    assert "<td></td>" in body


def test_a_chart_is_asked_by_known_words_and_keeps_what_is_not_usual():
    usual = read({})
    assert (usual.look, usual.query, usual.detail, usual.unfolded) == ({}, {}, False, False)
    asked = read(
        {"group": "place", "zoom": "year", "view": "table", "paper": "a3", "detail": "1", "unfold": "1", "q": "x"}
    )
    assert asked.look == {"group": "place", "zoom": "year", "view": "table"}
    assert asked.query == {"q": "x", "group": "place"}
    assert (asked.detail, asked.unfolded, asked.paper) == (True, True, "a3")
    assert read({"detail": "0", "unfold": ""}).detail is False
    with pytest.raises(InvalidError) as raised:
        read({"group": "x" * 41, "zoom": "y", "view": "z", "paper": "b5"})
    assert set(raised.value.fields) == {"group", "zoom", "view", "paper"}
    assert f"“{'x' * 40}”" in str(raised.value.fields["group"])
