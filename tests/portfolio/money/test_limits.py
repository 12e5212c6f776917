"""Money in groups, money against works, a project's curve and its answer: what pages gather, at the edges."""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple, replace

import pytest
from charts import DEFAULT_STAGES, drawn

from projects.core.errors import InvalidError
from projects.pictures.curves.facts import CurveSubject, Flag, Moment
from projects.pictures.curves.progress import level_of, s_curve
from projects.pictures.money.works import points
from projects.portfolio.forecast.answer import answer
from projects.portfolio.forecast.figures import chance_chart, nice, slip_chart, subjects
from projects.portfolio.forecast.history import month_ends
from projects.portfolio.forecast.table import table
from projects.portfolio.money.groups import GroupPart, page, read
from projects.portfolio.projects.rows import TargetRow
from projects.portfolio.reports.preview import preview, with_report
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts
from projects.verdicts.forecast.extract import packaged_reference
from projects.works.reports.content import Content, ReportedStage

PLAN = "0 10 20 30 40 50 60 70 80 90 100"
JUNE = dt.date(2021, 6, 30)


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# --- groups -----------------------------------------------------------------------------------------------------------


def part(key: str, step: str, fen: int, source: str = "cbi") -> GroupPart:
    return GroupPart(key, f"name {key}", source, step, fen)


def test_groups_stand_by_what_was_allocated_then_approved_then_name_and_years_newest_first():
    parts = [
        part("2020", "allocated", 5),
        part("2021", "allocated", 9),
        part("2022", "allocated", 5),
        part("2022", "approved", 3),
        part("2019", "approved", 1, "county"),
    ]
    by_size = page(parts, read({}))
    assert [group.key for group in by_size.groups] == ["2021", "2022", "2020", "2019"]
    by_year = page(parts, read({"by": "year"}))
    assert [group.key for group in by_year.groups] == ["2022", "2021", "2020", "2019"]
    assert (by_size.ladder.total.allocated, by_size.ladder.total.approved) == (19, 4)
    assert len(by_size.rows) == 4
    county = page(parts, read({"source": "county"}))
    assert [group.key for group in county.groups] == ["2019"]
    with pytest.raises(ValueError, match="add up"):
        replace(by_size, groups=by_size.groups[1:])


@pytest.mark.parametrize(("name", "value"), [("by", "x"), ("source", "x"), ("place", "37"), ("year", "21")])
def test_groups_are_asked_by_known_words(name: str, value: str):
    with pytest.raises(InvalidError) as raised:
        read({name: value})
    assert set(raised.value.fields) == {name}
    assert read({"place": "370800", "year": "2021"}).place == "370800"


# --- money against works ----------------------------------------------------------------------------------------------


def test_a_point_for_each_month_from_the_first_movement_to_the_day():
    moves = [
        (iso("2021-05-31"), "paid", 10),
        (iso("2021-04-15"), "received", 40),
        (JUNE, "paid", 5),
        (iso("2021-07-01"), "paid", 99),
    ]
    works = [(iso("2021-05-31"), 20.0), (iso("2021-03-31"), 10.0), (iso("2021-07-01"), 90.0)]
    found = points(100, moves, works, JUNE)
    assert [astuple(one)[:4] for one in found] == [
        (iso("2021-03-31"), 10.0, 0, 0),
        (iso("2021-04-30"), 10.0, 40, 0),
        (iso("2021-05-31"), 20.0, 40, 10),
        (iso("2021-06-30"), 20.0, 40, 15),
    ]
    assert astuple(found[-1])[4:] == (40.0, 15.0)
    assert astuple(points(None, moves, works, JUNE)[-1])[4:] == (None, None)
    assert astuple(points(0, moves, works, JUNE)[-1])[4:] == (None, None)
    assert points(100, moves, works, iso("2021-03-30")) == []
    assert [astuple(one)[0] for one in points(100, [], [(iso("2021-06-01"), 1.0)], iso("2021-06-01"))] == [
        iso("2021-06-01")
    ]
    long = points(100, [(iso("2001-01-01"), "paid", 1)], [], iso("2021-06-15"))
    assert (len(long), astuple(long[0])[0], astuple(long[-1])[0]) == (120, iso("2011-07-31"), iso("2021-06-15"))


# --- a project's curve ------------------------------------------------------------------------------------------------


def target(
    measure: str, threshold: int | None = None, project: str | None = "a", due: dt.date | None = JUNE
) -> TargetRow:
    empty = dict.fromkeys(TargetRow.__dataclass_fields__)
    values = {"measure": measure, "threshold": threshold, "project_slug": project, "due": due, "wording": "x"}
    return TargetRow(**(empty | values))


@pytest.mark.parametrize(
    ("measure", "threshold", "level"),
    [
        ("progress_pct", 5000, 50),
        ("progress_pct", None, 0),
        ("structure_pct", 5000, 35),
        ("structure_done", None, 50),
        ("in_use", None, 100),
        ("complete", None, 100),
        ("investment", 5, None),
    ],
)
def test_s3_half_of_a_structure_from_20_to_50_percent_stands_at_35(
    measure: str, threshold: int | None, level: float | None
):
    assert level_of(target(measure, threshold).facts, DEFAULT_STAGES) == level
    assert level_of(target("structure_pct", 5000).facts, ()) is None


# --- the answer, and its charts ---------------------------------------------------------------------------------------


def told(facts: ProjectFacts, as_of: dt.date = JUNE) -> str:
    return " ".join(str(text) for text in answer(facts, (), as_of).words)


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        ("0 10 20 30 40 50", "与计划 (2021-11-30) 相同"),
        ("0 10 20 30 40 49", "晚 3 天"),
        ("0 10 20 30 40 51", "早 4 天"),
    ],
)
def test_the_answer_holds_the_forecast_against_the_plan(reported: str, said: str):
    assert said in told(drawn("2021-01", plan=PLAN, reported=reported))
    assert "八成可能" not in told(drawn("2021-01", plan=PLAN, reported=reported))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2021-11-30", "已于 2021-11-30 完工"),
        ("2021-12-01", "已于 2021-12-01 完工, 比计划 (2021-11-30) 晚 1 天"),
        ("2021-11-29", "已于 2021-11-29 完工, 比计划 (2021-11-30) 早 1 天"),
    ],
)
def test_the_answer_of_a_finished_project(day: str, said: str):
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10"), gates={"works_complete": GateFact(iso(day))})
    assert told(facts, iso("2021-12-31")) == said
    assert told(replace(facts, curve=None), iso("2021-12-31")) == f"已于 {day} 完工"
    assert told(drawn("2021-01", plan=PLAN)) == "还没有已通过的月报, 无法推算"
    assert "填入 25%、50%、75%" in told(drawn("2021-01", reported="0 10"))


def test_s15_the_answer_tells_three_month_ends_the_year_s_end_the_plan_s_finish_and_the_day_asked_for():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 44"), reference=packaged_reference())
    found = answer(facts, (Flag(iso("2021-07-31"), 50.0, "甲"), Flag(JUNE, 50.0, "过")), JUNE, iso("2021-08-15"))
    shown = {str(one.on): [str(text) for text in one.why] for one in found.standings}
    assert shown == {
        "2021-07-31": ["月末", "承诺期限"],
        "2021-08-15": ["您问的日期"],
        "2021-08-31": ["月末"],
        "2021-09-30": ["月末"],
        "2021-11-30": ["计划完工"],
        "2021-12-31": ["年末"],
    }
    words = " ".join(str(text) for text in found.words)
    assert "八成可能在" in words
    assert "按计划完工的可能性" in words
    far = answer(facts, (), JUNE, JUNE + dt.timedelta(days=3660)).standings
    assert far[-1].on == JUNE + dt.timedelta(days=3660)
    farther = answer(facts, (), JUNE, JUNE + dt.timedelta(days=3661)).standings
    assert farther[-1].on == iso("2021-12-31")
    assert answer(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 44"), (), JUNE).standings == ()


def test_the_s_curve_draws_plan_reports_and_the_forecast_until_it_is_done():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 44"), reference=packaged_reference())
    made = s_curve("甲", facts, (), JUNE)
    assert [line.style for line in made.lines] == ["plan", "actual", "forecast"]
    middle = made.lines[2].points
    assert middle[0] == (JUNE, 44.0)
    assert middle[-1][1] >= 99.995 > middle[-2][1]
    assert made.band.points[0] == (JUNE, 44.0, 44.0)
    assert (made.low, made.high, made.step, made.is_sample) == (0, 100, 25, False)
    days = [day for day, _, _ in made.band.points]
    assert days == sorted(set(days))
    assert made.band.points[-1][1:] == (100.0, 100.0)
    done = replace(facts, observations=(Observation(JUNE, {}, 100.0),))
    assert s_curve("甲", done, (), JUNE).band is None
    assert [line.style for line in s_curve("甲", replace(facts, reference=None), (), JUNE).lines] == ["plan", "actual"]
    assert s_curve("甲", replace(facts, observations=()), (), JUNE).lines[-1].style == "plan"
    assert s_curve("甲", replace(facts, plan_is_sample=True), (), JUNE).is_sample


MOMENTS = (
    Moment(iso("2021-05-31"), {"a": 5, "b": -3, "": 12}, {"a": 40.0}),
    Moment(JUNE, {"a": 7, "d": 1, "e": 2}, {"a": 30.0, "c": 10.0}),
)


def test_at_most_three_promises_and_the_plan_s_own_finish_are_drawn():
    labels = [CurveSubject(key, key) for key in ("a", "b", "c", "d", "e", "x")]
    facts = drawn("2021-01", plan=PLAN)
    assert [one.key for one in subjects(facts, labels, MOMENTS)] == ["a", "b", "c", ""]
    assert [one.key for one in subjects(drawn("2021-01"), labels, MOMENTS)] == ["a", "b", "c"]
    assert [one.key for one in subjects(facts, labels[5:], MOMENTS[1:])] == []


def test_slips_and_chances_are_drawn_as_they_were_known():
    chosen = [CurveSubject("a", "甲"), CurveSubject("x", "无"), CurveSubject("", "计划")]
    slips = slip_chart("甲", chosen, MOMENTS, JUNE, is_sample=False)
    assert [(line.style, line.points) for line in slips.lines] == [
        ("first", ((iso("2021-05-31"), 5.0), (JUNE, 7.0))),
        ("third", ((iso("2021-05-31"), 12.0),)),
    ]
    assert (slips.low, slips.high, slips.step) == (0, 15, 5)
    chances = chance_chart("甲", chosen, MOMENTS, JUNE, is_sample=True)
    assert [line.points for line in chances.lines] == [((iso("2021-05-31"), 40.0), (JUNE, 30.0))]
    assert (chances.low, chances.high, chances.step, chances.is_sample) == (0, 100, 25, True)
    rows = table(slips, str).rows
    assert rows == [(iso("2021-05-31"), 5, 12), (JUNE, 7, None)]
    assert [column.kind for column in table(chances, str).columns] == ["date", "percent"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, (0, 2, 2)),
        (0, 10, (0, 10, 2)),
        (0, 11, (0, 15, 5)),
        (0, 25, (0, 25, 5)),
        (0, 26, (0, 30, 10)),
        (0, 50, (0, 50, 10)),
        (0, 51, (0, 60, 20)),
        (-30, 400, (-100, 400, 100)),
        (-7, 0, (-8, 0, 2)),
        (0, 1, (0, 2, 2)),
    ],
)
def test_bounds_and_step_of_a_chart_are_round(low: float, high: float, expected: tuple[float, float, float]):
    assert nice(low, high) == expected


def test_months_end_on_their_last_day_and_the_day_itself_stands_last():
    assert month_ends(iso("2021-04-15"), JUNE) == [iso("2021-04-30"), iso("2021-05-31"), JUNE]
    assert month_ends(iso("2021-06-01"), iso("2021-06-15")) == [iso("2021-06-15")]
    assert month_ends(iso("2021-05-01"), iso("2021-06-29")) == [iso("2021-05-31"), iso("2021-06-29")]
    long = month_ends(iso("2001-01-01"), JUNE)
    assert (len(long), long[0]) == (61, JUNE.replace(year=2016))


# --- the preview ------------------------------------------------------------------------------------------------------


def test_a_report_takes_the_place_of_the_one_approved_for_its_month():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20")
    event = Observation(iso("2021-03-15"), {"structure": 0.0}, is_report=False)
    facts = replace(facts, observations=(*facts.observations, event))
    mine = Observation(iso("2021-03-20"), {}, 25.0)
    seen = with_report(facts, iso("2021-03-01"), mine).observations
    assert [(one.on, one.overall) for one in seen] == [
        (iso("2021-01-31"), 0.0),
        (iso("2021-02-28"), 10.0),
        (iso("2021-03-15"), None),
        (iso("2021-03-20"), 25.0),
    ]


def test_the_preview_tells_what_is_added_and_what_was_planned():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20")
    stages = (ReportedStage(1, "a", "a", 100.0),)
    days = {"month": iso("2021-04-01"), "data_on": iso("2021-04-30"), "as_of": iso("2021-04-30")}
    now, before = Content({"a": 35.0}, {}, 900), Content({"a": 20.0}, {}, 700)
    made = preview([], facts, stages, now, before, days)
    assert (made.overall_before, made.overall, made.planned, made.investment_added) == (20.0, 35.0, 30.0, 200)
    assert preview([], facts, stages, replace(now, investment_fen=None), before, days).investment_added is None
    assert preview([], facts, stages, now, replace(before, investment_fen=None), days).investment_added is None
    first = preview([], replace(facts, curve=None), stages, now, None, days)
    assert (first.overall_before, first.planned, first.investment_added) == (None, None, None)
