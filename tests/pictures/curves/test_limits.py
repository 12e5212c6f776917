"""The S-curve at the limit itself: what is drawn of the forecast (S-15 of docs/rules/slippage.md), and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from charts import drawn, promise

from projects.pictures.curves import progress
from projects.pictures.curves.facts import CurveFigure, Flag
from projects.pictures.curves.progress import flags_of, level_of, s_curve
from projects.verdicts.facts.curve import StagePlan
from projects.verdicts.facts.facts import ProjectFacts
from projects.verdicts.facts.pauses import NEVER, Pauses
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.forecast import PercentSpan, Span

APRIL = dt.date(2021, 4, 30)
PLAN = "0 10 20 30 40 50 60 70 80 90 100"


def after(days: int) -> dt.date:
    return APRIL + dt.timedelta(days=days)


@dataclass(frozen=True)
class Straight:
    """A forecast of one point a day from 20 % on, half as much and twice as much at the ends of the range."""

    p10: int = 32
    p50: int = 40
    p90: int = 64
    said: Mapping[int, float] = field(default_factory=dict)
    pauses: Pauses = NEVER

    @property
    def finish(self) -> Span:
        return Span(after(self.p10), after(self.p50), after(self.p90))

    def percent_on(self, day: dt.date) -> PercentSpan:
        gone = (day - APRIL).days
        return PercentSpan(20 + gone / 2, self.said.get(gone, 20.0 + gone), 20 + gone * 2)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch):
    def put(forecast: Straight | None) -> None:
        monkeypatch.setattr(progress, "told_ahead", lambda *_: forecast)

    return put


def figure(facts: ProjectFacts | None = None, as_of: dt.date = APRIL) -> CurveFigure:
    return s_curve("北院", facts or drawn("2021-01", plan=PLAN, reported="0 10 15 20"), (), as_of)


def shown(made: CurveFigure, style: str = "forecast") -> list[tuple[int, float]]:
    line = next(line for line in made.lines if line.style == style)
    return [((day - APRIL).days, value) for day, value in line.points]


def test_s15_the_median_runs_from_the_newest_report_in_sixteen_steps_to_p90(ahead):
    ahead(Straight())
    made = figure()
    assert shown(made) == [(days, 20.0 + days) for days in range(0, 65, 4)]
    assert [((day - APRIL).days, low, high) for day, low, high in made.band.points] == [
        (days, 20 + days / 2, 20 + days * 2) for days in range(0, 65, 4)
    ]


def test_s15_steps_are_whole_days_and_p10_and_p50_are_among_them(ahead):
    ahead(Straight(p10=10, p50=20, p90=50))
    days = [0, 3, 6, 9, 10, 12, 16, 19, 20, 22, 25, 28, 31, 34, 38, 41, 44, 47, 50]
    assert [day for day, _ in shown(figure())] == days
    assert [(day - APRIL).days for day, _, _ in figure().band.points] == days


def test_a_report_from_before_the_day_is_where_the_forecast_begins_and_the_day_its_first_step(ahead):
    ahead(Straight(p10=8, p50=16, p90=32))
    made = figure(drawn("2021-01", plan=PLAN, reported="0 10 15"))
    assert shown(made)[:3] == [(-30, 15.0), (0, 20.0), (2, 22.0)]
    assert made.band.points[0] == (dt.date(2021, 3, 31), 15.0, 15.0)
    assert made.band.points[1] == (APRIL, 20.0, 20)
    assert len(made.band.points) == 18


@pytest.mark.parametrize(("percent", "last"), [(99.994, 44), (99.999, 44), (100.0, 40)])
def test_the_median_ends_where_all_is_done_as_two_decimals_show_it(ahead, percent: float, last: int):
    ahead(Straight(said={40: percent, 44: 100.0, 48: 100.0}))
    assert shown(figure())[-1][0] == last


def test_a_median_that_never_gets_there_is_drawn_to_its_end(ahead):
    ahead(Straight(said=dict.fromkeys(range(65), 50.0)))
    assert shown(figure())[-1] == (64, 50.0)


def test_no_forecast_of_what_is_done_of_what_nobody_reports_or_where_there_is_none(ahead):
    ahead(Straight())
    done = drawn("2021-01", plan=PLAN, reported="0 50 100")
    assert ([line.style for line in figure(done).lines], figure(done).band) == (["plan", "actual"], None)
    passed = drawn("2021-01", plan=PLAN, reported="0 50", gates={"in_use": APRIL})
    assert [line.style for line in figure(passed).lines] == ["plan", "actual"]
    assert [line.style for line in figure(passed, after(-1)).lines] == ["plan", "actual", "forecast"]
    unreported = drawn("2021-01", plan=PLAN)
    assert ([line.style for line in figure(unreported).lines], figure(unreported).band) == (["plan"], None)
    unplanned = drawn("2021-01", reported="0 10")
    assert [line.style for line in figure(unplanned).lines] == ["actual", "forecast"]
    ahead(None)
    assert [line.style for line in figure().lines] == ["plan", "actual"]
    assert figure(drawn("2021-01")).is_empty


def test_the_axis_runs_to_a_hundred_in_quarters_and_a_chart_says_what_it_rests_on(ahead):
    ahead(None)
    assert (figure().low, figure().high) == (0, 100)
    assert (figure().ticks, figure().key, figure().as_of) == ([0, 25, 50, 75, 100], "curve", APRIL)
    facts = drawn("2021-01", plan=PLAN, reported="0 10")
    assert not figure(facts).is_sample
    assert figure(replace(facts, plan_is_sample=True)).is_sample
    first, last = facts.observations
    assert figure(replace(facts, observations=(first, replace(last, is_sample=True)))).is_sample
    assert not figure(
        replace(facts, observations=(first, replace(last, is_sample=True))), dt.date(2021, 2, 27)
    ).is_sample


STAGES = (StagePlan("foundation", 20), StagePlan("structure", 30), StagePlan("fit_out", 30))


@pytest.mark.parametrize(
    ("measure", "threshold", "level"),
    [
        ("progress_pct", 50.0, 50.0),
        ("progress_pct", None, 0.0),
        ("complete", None, 100.0),
        ("accept", None, 100.0),
        ("foundation", None, 25.0),
        ("structure_pct", 50.0, 43.75),
        ("structure_pct", None, 25.0),
        ("topped_out", 50.0, 62.5),
        ("fit_out", None, 100.0),
        ("start", None, None),
        ("investment", 50.0, None),
    ],
)
def test_a_promise_stands_where_its_stage_ends_on_the_axis_of_the_whole(measure, threshold, level):
    """Weights of 20, 30 and 30: half the structure is 35 of 80."""
    assert level_of(promise(measure, threshold), STAGES) == level


def test_without_weights_a_stage_stands_nowhere():
    assert level_of(promise("foundation", None), (StagePlan("foundation", 0),)) is None
    assert level_of(promise("foundation", None), ()) is None


def test_a_promise_without_a_day_has_no_flag():
    dated, undated = promise(), promise(due=None)
    assert flags_of([(dated, "甲"), (undated, "乙")], STAGES) == [Flag(dt.date(2021, 12, 31), 50, "甲")]


@pytest.mark.parametrize(("plan_is_sample", "report_is_sample"), [(False, False), (True, False), (False, True)])
def test_each_line_says_itself_whether_it_is_a_sample(plan_is_sample: bool, report_is_sample: bool):
    facts = drawn("2021-01", plan=PLAN, reported="0 10 15 20")
    seen = tuple(replace(one, is_sample=report_is_sample) for one in facts.observations)
    made = figure(replace(facts, observations=seen, plan_is_sample=plan_is_sample))
    marked = {line.style: "[示例]" in str(line.label) for line in made.lines if line.style in {"plan", "actual"}}
    assert marked == {"plan": plan_is_sample, "actual": report_is_sample}


def test_s22_nothing_is_drawn_ahead_of_silent_data():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    styles = {day: [line.style for line in figure(facts, day).lines] for day in (APRIL, dt.date(2021, 12, 31))}
    assert styles == {APRIL: ["plan", "actual", "forecast"], dt.date(2021, 12, 31): ["plan", "actual"]}
