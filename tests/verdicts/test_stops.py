"""Rule S-14: a suspension costs as many days as it lasted, wherever the project stood on its plan; drawn as
schedules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs

from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.assess.words import stopped
from projects.verdicts.facts.assembly import PlanPoint, Raw, StoredEvent, StoredReport, assemble, curves, planned
from projects.verdicts.facts.curve import StagePlan
from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.outlook import whole_ahead

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
STOP, RESUME = dt.date(2021, 5, 1), dt.date(2021, 8, 1)  # 92 days
LOST = RESUME - STOP
RULES = RuleSet()
PATIENT = RuleSet(silent_days=365, silent_months=12)  # old news is still told (S-22)


def told(
    facts: ProjectFacts,
    as_of: dt.date,
    measure: str = "progress_pct",
    threshold: float | None = 75,
    rules: RuleSet = RULES,
):
    return assess(promise(measure, threshold, due="2022-12-31"), facts, as_of, rules)


def made(reported: list[tuple[dt.date, float]], *, reference: bool = True, structure: bool = False) -> ProjectFacts:
    seen = tuple(Observation(on, {"structure": percent} if structure else {}, percent) for on, percent in reported)
    return replace(
        drawn("2021-01", plan=PLAN), observations=seen, reference=packaged_reference() if reference else None
    )


@pytest.mark.parametrize("reference", [True, False])
@pytest.mark.parametrize("percent", [5, 15, 29, 30, 31, 45, 70])
@pytest.mark.parametrize(
    ("measure", "structure"), [("progress_pct", False), ("structure_pct", True), ("in_use", False)]
)
def test_a_stop_after_the_report_moves_the_forecast_by_as_long_as_it_lasted(
    percent: float, reference: bool, measure: str, structure: bool
):
    """Behind its plan, on it and ahead of it: what is left starts 92 days later."""
    facts = made([(dt.date(2021, 4, 30), percent)], reference=reference, structure=structure)
    threshold = 75 if measure.endswith("_pct") else None
    plain, stood = (
        told(facts, STOP, measure, threshold, PATIENT),
        told(with_stops(facts, [(STOP, RESUME)], RESUME), RESUME, measure, threshold, PATIENT),
    )
    assert stood.forecast_on - plain.forecast_on == LOST
    if reference:
        assert (stood.forecast_p10 - plain.forecast_p10, stood.forecast_p90 - plain.forecast_p90) == (LOST, LOST)


@pytest.mark.parametrize("reference", [True, False])
@pytest.mark.parametrize("percent", [5, 15, 29, 31, 45, 70])
def test_a_stop_before_the_report_is_not_counted_a_second_time(percent: float, reference: bool):
    """The report of a project behind its plan came after the stop: it has as far to go as one that never stood still
    and is judged 92 days sooner.
    """
    later = dt.date(2021, 9, 30)
    plain = told(made([(later - LOST, percent)], reference=reference), later - LOST)
    stood = told(with_stops(made([(later, percent)], reference=reference), [(STOP, RESUME)], later), later)
    assert stood.forecast_on - plain.forecast_on == LOST


def test_a_stop_after_the_planned_finish_counts_too():
    facts, stop, resume = made([(dt.date(2021, 12, 31), 80.0)]), dt.date(2022, 1, 10), dt.date(2022, 3, 10)
    assert (
        told(with_stops(facts, [(stop, resume)], resume), resume, threshold=90, rules=PATIENT).forecast_on
        - told(facts, stop, threshold=90).forecast_on
        == resume - stop
    )


def test_finish_chance_and_percents_on_the_way_come_from_the_same_days():
    facts = made([(dt.date(2021, 4, 30), 20.0)])
    stood = with_stops(facts, [(STOP, RESUME)], RESUME)
    plain = whole_ahead(facts, facts.observations, STOP, PATIENT)
    ahead = whole_ahead(stood, stood.observations, RESUME, PATIENT)
    assert plain
    assert ahead
    assert ahead.finish.p90 - plain.finish.p90 == LOST
    day = dt.date(2021, 12, 15)
    assert ahead.percent_on(day + LOST) == plain.percent_on(day)
    assert ahead.probability(75, day + LOST) == plain.probability(75, day)
    assert assess_project(stood, {}, RESUME, PATIENT).forecast_finish == ahead.finish.p50
    assert assess_project(stood, {}, RESUME).forecast_finish is None, "silent since 2021-07-06 (S-22)"


@settings(max_examples=runs(50, 500), deadline=None)
@given(st.integers(1, 99), st.integers(0, 200), st.integers(1, 150), st.integers(0, 60))
def test_a_longer_stop_is_never_forecast_earlier(percent: int, begun: int, length: int, more: int):
    stop = dt.date(2021, 2, 1) + dt.timedelta(days=begun)
    as_of = dt.date(2022, 3, 1)
    facts = made([(dt.date(2021, 4, 30), float(percent))])
    days = [
        told(with_stops(facts, [(stop, stop + dt.timedelta(days=one))], as_of), as_of, rules=PATIENT).forecast_on
        for one in (length, length + more)
    ]
    assert days == sorted(day for day in days if day) or None in days


def test_works_that_still_stand_say_so():
    """After three months the reason says since when, how long, and that each further day costs one."""
    facts = with_stops(
        made([(dt.date(2021, 4, 30), 30.0)]), [(dt.date(2021, 2, 1), dt.date(2021, 2, 11)), (STOP, None)], RESUME
    )
    said = " ".join(map(str, told(facts, RESUME).reasons))
    assert "自 2021-05-01 起停工, 尚未复工, 累计停工 102 天" in said
    assert "停工 102 天, 计划相应顺延" in " ".join(
        map(str, told(with_stops(facts, [(dt.date(2021, 2, 1), dt.date(2021, 5, 14))], RESUME), RESUME).reasons)
    )


def test_a_stop_before_the_plan_begins_costs_nothing_anywhere():
    """Nothing was planned yet: neither the curve nor the start's own day moves, and no reason speaks of it."""
    facts = replace(made([(dt.date(2021, 4, 30), 30.0)]), gate_plans={"start": dt.date(2021, 2, 1)})
    early = with_stops(facts, [(dt.date(2020, 10, 1), dt.date(2020, 11, 15))], RESUME)
    assert (early.curve, early.gate_plans) == (facts.curve, facts.gate_plans)
    assert not stopped(early.pauses)
    straddling = with_stops(facts, [(dt.date(2021, 1, 1), dt.date(2021, 2, 10))], RESUME)
    moved_by = straddling.curve.finish - facts.curve.finish
    assert moved_by == straddling.gate_plans["start"] - facts.gate_plans["start"] == dt.timedelta(days=10), (
        "only since the plan's own start, 2021-01-31"
    )


# --- plans made anew --------------------------------------------------------------------------------------------------


def point(number: int, percent: float, plan_on: str, since: str | None = None) -> PlanPoint:
    return PlanPoint(
        1, number, percent, None, dt.date.fromisoformat(plan_on), dt.date.fromisoformat(since) if since else None, False
    )


FIRST = (point(1, 0, "2021-01-01"), point(2, 50, "2021-06-30"), point(3, 100, "2021-12-31"))
STAGES = (StagePlan("structure", 100),)


def facts_of(points, as_of: str) -> ProjectFacts:
    events = [
        StoredEvent(1, RESUME, None, None, None, "resume", "day", False),
        StoredEvent(1, STOP, None, None, None, "stop", "day", False),
    ]
    report = StoredReport(
        9, 1, dt.date(2021, 4, 1), dt.date(2021, 4, 30), dt.date(2021, 5, 1), 30.0, None, False, None, ""
    )
    raw = Raw([1], {1: STAGES}, {1: points}, {1: [report]}, {}, {1: events}, {})
    return assemble(raw, dt.date.fromisoformat(as_of), packaged_reference())[0][1]


def test_a_day_planned_anew_after_the_stop_is_not_moved_again():
    """After the stop the finish is planned for 2022-04-02 (92 days later): that is the plan, not 2022-07-03."""
    assert facts_of(FIRST, "2021-09-01").curve.finish == dt.date(2022, 4, 2)
    anew = facts_of((*FIRST, point(3, 100, "2022-04-02", "2021-08-10")), "2021-09-01")
    assert anew.curve.finish == dt.date(2022, 4, 2)
    assert anew.curve.day_at(50) == dt.date(2021, 9, 30), "what was not planned anew still moves"
    assert (
        told(anew, dt.date(2021, 9, 1)).forecast_on
        == told(facts_of(FIRST, "2021-09-01"), dt.date(2021, 9, 1)).forecast_on
    )


def test_a_day_planned_anew_during_the_stop_moves_by_what_was_still_to_come():
    anew = facts_of((*FIRST, point(3, 100, "2022-01-31", "2021-06-01")), "2021-09-01")
    assert anew.curve.finish == dt.date(2022, 1, 31) + (RESUME - dt.date(2021, 6, 1))


def test_a_first_plan_entered_after_the_stop_is_moved_by_it():
    """Who enters the plan as it was made before the stop, and then the stop, sees the plan move."""
    late = tuple(one._replace(since=dt.date(2021, 8, 10)) for one in FIRST)
    assert facts_of(late, "2021-09-01").curve.finish == dt.date(2022, 4, 2)


def test_the_track_record_plans_alike():
    points = (*FIRST, point(3, 100, "2022-04-02", "2021-08-10"))
    made_anew = curves(points, STAGES, [(STOP, RESUME)])[-1]
    assert made_anew == (dt.date(2021, 8, 10), planned(FIRST, dt.date(2021, 9, 1)).curve(STAGES))
    assert Pauses.of([(STOP, RESUME)], dt.date(2021, 9, 1)).moved(made_anew[1].finish) == dt.date(2022, 4, 2)
