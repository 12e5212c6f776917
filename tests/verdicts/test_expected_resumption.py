"""Rule S-14: works that stand still until a day that somebody named, at the limit itself, one below and one above."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import promise
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs

from projects.pictures.curves.progress import s_curve
from projects.portfolio.forecast.answer import answer
from projects.verdicts.assess import words
from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import assess_project
from projects.verdicts.facts.assembly import StoredEvent, resumption
from projects.verdicts.facts.curve import from_dated_percents
from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference

RULES = RuleSet()
START = dt.date(2021, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


QUARTERS = from_dated_percents([(day(0), 0.0), (day(90), 25.0), (day(180), 50.0), (day(270), 75.0), (day(360), 100.0)])
STOP = 220


def project(expected: int | None, as_of: int, *, reported: int = 210, reference: bool = False, **rest) -> ProjectFacts:
    """40 % on day 210, stopped on day 220 and still so."""
    facts = ProjectFacts(
        QUARTERS,
        (),
        (Observation(day(reported), {}, 40.0),),
        {},
        rest.get("gate_plans", {}),
        reference=packaged_reference() if reference else None,
    )
    return with_stops(facts, [(day(STOP), None)], day(as_of), day(expected) if expected else None)


def told(expected: int | None, as_of: int = 230, due: int | None = 480, *, threshold: float = 100, **rest):
    target = promise("progress_pct", threshold, due=day(due).isoformat() if due is not None else None)
    return assess(target, project(expected, as_of, **rest), day(as_of))


def said(verdict) -> str:
    return " ".join(map(str, verdict.reasons))


# --- the forecast -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "state", "slip"), [(485, "behind", 1), (486, "at_risk", 0), (487, "at_risk", -1), (800, "at_risk", -314)]
)
def test_s14_the_worked_example_behind_if_the_forecast_is_later_than_the_due_day_else_at_risk(due, state, slip):
    """40 % on day 210 ends on day 426; stopped on day 220 until day 280: day 486."""
    made = told(280, due=due)
    assert (made.state, made.forecast_on, made.slip_days) == (state, day(486), slip)
    assert made.probability is None


@pytest.mark.parametrize(
    ("as_of", "forecast"), [(220, 486), (221, 486), (279, 486), (280, 486), (281, None), (300, None)]
)
def test_s14_a_day_that_is_past_without_a_resumption_counts_as_none(as_of, forecast):
    made = told(280, as_of=as_of, due=800, reported=215)
    expected = None if forecast is None else day(forecast + 5)
    assert (made.forecast_on, made.state, made.probability) == (expected, "at_risk", None)
    assert (made.slip_days is None) == (forecast is None)


@pytest.mark.parametrize(("due", "state"), [(460, "behind"), (461, "behind"), (462, "at_risk")])
def test_s14_after_that_day_it_is_as_before_behind_only_where_the_due_day_is_at_most_180_days_away(due, state):
    """Half was to come on day 246, so what was last known is not behind; asked on day 281."""
    made = told(280, as_of=281, due=due, threshold=50)
    assert (made.state, made.forecast_on, made.slip_days) == (state, None, None)


def test_s14_with_the_day_a_due_day_that_is_near_is_no_longer_behind_for_that_alone():
    assert told(None, due=350, threshold=50).state == "behind"
    made = told(280, due=350, threshold=50)
    assert (made.state, made.forecast_on) == ("at_risk", day(306))


def test_s14_past_the_due_day_the_slip_comes_from_the_day_told():
    made = told(280, due=229)
    assert (made.state, made.forecast_on, made.slip_days) == ("overdue", day(486), 486 - 229)
    assert told(280, due=None).state == "undated"
    assert told(280, due=None).forecast_on == day(486)


def test_s14_silent_data_tell_no_day_though_the_works_are_to_go_on():
    """Data of 07-30 (day 210) are silent from 10-06 (day 278): September's report was due by 10-05."""
    assert told(330, as_of=277, due=900).forecast_on == day(536)
    made = told(330, as_of=278, due=900)
    assert (made.state, made.forecast_on, made.slip_days) == ("at_risk", None, None)
    assert "没有消息" in said(made)
    assert told(330, as_of=278, due=500).state == "behind", "what was last known, put back to day 536"


def test_s14_what_should_have_come_before_the_stop_is_not_told_for_a_day_of_standing_still():
    """By 40 % on day 210 there should have been 42 % on day 218, before the stop; 43 % on day 221 comes on day 281."""
    made = told(280, due=800, threshold=42)
    assert made.forecast_on is None
    assert "至今没有记录" in said(made)
    assert made.state == "at_risk"
    assert told(280, due=800, threshold=43).forecast_on == day(281)


def test_s14_a_gate_comes_as_much_later_as_the_works_stand_still():
    facts = project(280, 230, gate_plans={"start": day(0), "in_use": day(360)})
    made = assess(promise("in_use", None, due=day(490).isoformat()), facts, day(230))
    assert (made.state, made.forecast_on, made.slip_days) == ("at_risk", day(486), -4)


def test_s14_with_a_reference_class_the_day_is_told_without_range_or_chance():
    plain = assess(
        promise("progress_pct", 75, due=day(800).isoformat()),
        replace(project(None, 230, reference=True), stops=(), pauses=Pauses(), curve=QUARTERS, as_planned=None),
        day(220),
    )
    made = told(280, due=800, threshold=75, reference=True)
    assert made.forecast_on == plain.forecast_on + dt.timedelta(days=60)
    assert (made.forecast_p10, made.forecast_p90, made.probability) == (None, None, None)
    assert plain.probability > 80
    assert made.state == "at_risk", "never on track while works stand still"


@settings(max_examples=runs(50, 300), deadline=None)
@given(st.integers(230, 246), st.integers(0, 400), st.integers(0, 100), st.integers(250, 900))
def test_s14_a_later_day_is_never_forecast_earlier_nor_judged_better(as_of, ahead, more, due):
    one, other = told(as_of + ahead, as_of, due), told(as_of + ahead + more, as_of, due)
    assert other.forecast_on - one.forecast_on == dt.timedelta(days=more)
    assert not (one.state == "behind" and other.state == "at_risk")


# --- the plan, the finish and the pages -------------------------------------------------------------------------------


def test_s14_the_plan_stands_still_until_the_works_go_on():
    assert project(None, 230).curve.finish == day(370)
    assert project(280, 230).curve.finish == day(420)
    assert project(280, 281).curve.finish == day(421)


def test_s14_the_finish_is_told_without_range_and_chance():
    whole = assess_project(project(280, 230, reference=True), {}, day(230))
    assert whole.forecast_finish > day(480)
    assert (whole.forecast_p10, whole.forecast_p90, whole.finish_chance) == (None, None, None)
    assert (whole.works.state, whole.works.days) == ("stopped", 10)
    assert assess_project(project(None, 230, reference=True), {}, day(230)).forecast_finish is None
    assert assess_project(project(280, 230), {}, day(230)).forecast_finish == day(486)
    assert assess_project(project(280, 281), {}, day(281)).forecast_finish is None


def test_s14_the_page_tells_the_day_and_draws_no_range():
    facts = project(280, 230, reference=True)
    made = answer(facts, (), day(230))
    text = " ".join(map(str, made.words))
    assert f"推算 {assess_project(facts, {}, day(230)).forecast_finish} 完工" in text
    assert f"按 {day(280)} 复工计" in text
    assert "可能性 " not in text
    assert made.standings == ()
    figure = s_curve("北院", facts, (), day(230))
    assert [line.style for line in figure.lines] == ["plan", "actual", "forecast"]
    assert figure.band is None
    middle = dict(figure.lines[2].points)
    assert middle[day(230)] == middle[day(280)] < 50, "level until the works go on"
    past = answer(project(280, 281, reference=True), (), day(281))
    assert f"原定 {day(280)} 复工, 已过而尚未复工" in " ".join(map(str, past.words))


# --- words ------------------------------------------------------------------------------------------------------------


def test_s14_the_reason_names_the_day_until_it_is_past():
    assert f"自 {day(220)} 起停工, 累计停工 10 天, 预计 {day(280)} 复工: 按 {day(280)} 复工计" in said(told(280))
    assert "累计停工 60 天" in said(told(280, as_of=280))
    assert f"原定 {day(280)} 复工, 已过而尚未复工, 累计停工 61 天" in said(told(280, as_of=281))
    assert "尚未复工, 累计停工 10 天" in said(told(None))
    assert "算将误期" not in said(told(280)), "no chance and no 30 days decide"


def test_s14_days_lost_before_an_open_stop_count_as_lost():
    stops = [(day(10), day(20)), (day(30), None)]
    known = Pauses.of(stops, day(40), day(0), day(60))
    assert (known.days, known.to_come, known.lost(day(40)), known.resumes_on) == (20, 20, 40, day(60))
    assert known.lost(day(25)) == 10, "before the stop nothing was known of it"
    assert known.lost(day(30)) == 40
    assert Pauses.of(stops, day(40), day(0)).lost(day(40)) == 20


@pytest.mark.parametrize(("start", "days", "lost"), [(30, 10, 30), (35, 5, 25), (40, 0, 20), (50, 0, 10), (60, 0, 0)])
def test_s14_nothing_is_lost_before_the_plan_begins_though_the_works_stand_still_until_a_day(start, days, lost):
    known = Pauses.of([(day(30), None)], day(40), day(start), day(60))
    assert (known.days, known.lost(day(40))) == (days, lost)


def test_s14_an_expected_day_of_works_that_went_on_says_nothing():
    known = Pauses.of([(day(30), day(35))], day(40), day(0), day(60))
    assert (known.resumes_on, known.expected_on, known.lost(day(40)), known.is_endless) == (None, None, 5, False)
    assert "停工 5 天" in str(words.stopped(known)[0])


# --- what is stored ---------------------------------------------------------------------------------------------------


def event(on: int, effect: str, expected: int | None = None) -> StoredEvent:
    return StoredEvent(1, day(on), None, None, None, effect, "day", False, day(expected) if expected else None)


@pytest.mark.parametrize(
    ("newest_first", "expected"),
    [
        ([], None),
        ([event(10, "stop")], None),
        ([event(10, "stop", 20)], day(20)),
        ([event(12, ""), event(10, "stop", 20)], day(20)),
        ([event(15, "resume"), event(10, "stop", 20)], None),
        ([event(18, "stop"), event(15, "resume"), event(10, "stop", 20)], None),
        ([event(18, "stop", 30), event(15, "resume"), event(10, "stop", 20)], day(30)),
    ],
)
def test_s14_the_newest_stop_says_when_works_are_to_go_on(newest_first, expected):
    assert resumption(newest_first) == expected
