"""Histories an experienced controller has seen: falls, stalls, a start that doesn't come, days that meet.

Rules S-5, S-7, S-9, S-10, drawn as schedules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise

from projects.verdicts.assess.assess import assess
from projects.verdicts.facts.facts import GateFact, Observation, RuleSet
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.lights.lights import LightFacts, project_lights

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month


def facts(reported: str, plan: str = PLAN, **rest):
    return replace(drawn("2021-01", plan=plan, reported=reported, **rest), reference=packaged_reference())


def verdict(known, as_of: str, due: str = "2022-12-31", measure: str = "progress_pct", threshold: float | None = 50):
    return assess(promise(measure, threshold, due=due), known, dt.date.fromisoformat(as_of))


def words(made) -> str:
    return " ".join(str(text) for text in made.reasons)


# --- S-7: what falls back ---------------------------------------------------------------------------------------------


def test_s7_what_fell_back_below_the_promise_before_its_due_day_is_not_met():
    """55 % in June and 45 % in July: half is not there, whatever June said."""
    made = verdict(facts("0 10 20 30 45 55 45"), "2021-08-05", due="2021-12-31")
    assert (made.state, made.current) == ("on_track", 45)
    assert "2021-06-30 曾为 55%, 之后回落到承诺以下, 不算达到" in words(made)


def test_s7_and_is_met_where_it_came_again():
    made = verdict(facts("0 10 20 30 45 55 45 55"), "2021-09-05", due="2021-12-31")
    assert made.met_on == dt.date(2021, 8, 16), "halfway between the reports of July and August, the second time"


def test_s7_a_fall_after_the_due_day_leaves_a_promise_kept_and_is_told():
    made = verdict(facts("0 10 20 30 45 55 45"), "2021-08-05", due="2021-06-30")
    assert (made.state, made.met_on) == ("met_early", dt.date(2021, 6, 15))
    assert "之后回落: 2021-07-31 为 45%, 低于承诺" in words(made)


def test_s7_what_came_late_and_fell_back_is_overdue_again():
    assert verdict(facts("0 10 20 30 45 55 45"), "2021-08-05", due="2021-05-31").state == "overdue"


def test_s21_a_passed_gate_and_a_later_report_with_less_are_both_told():
    """In use since June, and a report of July says 95 % of the structure: neither is preferred."""
    known = drawn("2021-01", plan=PLAN, structure="0 10 20 30 40 50 95", gates={"in_use": dt.date(2021, 6, 30)})
    made = verdict(known, "2021-08-05", measure="structure_done", threshold=None)
    assert (made.state, made.met_on, made.met_by, made.slip_days) == ("contradicted", None, None, None)
    assert "2021-06-30 有完成记录, 而 2021-07-31 的月报" in words(made)
    assert "主体或基础为 95%" in words(made)


def test_s7_progress_that_proves_the_start_is_called_that_and_counts_on_its_reports_day():
    known = replace(facts(""), observations=(Observation(dt.date(2021, 3, 25), {"foundation": 5.0}, 1.0),))
    made = verdict(known, "2021-04-05", measure="start", threshold=None)
    assert (made.met_on, made.met_by) == (None, dt.date(2021, 3, 25))
    assert "开工: 不晚于 2021-03-25 (月报已有施工进度)" in words(made)
    assert "当月最后一天" not in words(made)


# --- S-10: reports that stand still -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reported", "since"),
    [("0 10 20 30 40 40 40 40", "2021-05-31 (40%) 起 92 天"), ("0 0 0 0", "2021-01-31 (0%) 起 89 天")],
)
def test_s10_reports_that_bring_nothing_put_off_the_forecast_by_as_long_again(reported: str, since: str):
    known = facts(reported)
    newest = replace(known, observations=known.observations[-1:])
    as_of = str(known.observations[-1].on + dt.timedelta(days=5))
    made, fresh = verdict(known, as_of, due="2021-12-31"), verdict(newest, as_of, due="2021-12-31")
    assert (fresh.probability > made.probability, "没有增加" in words(fresh)) == (True, False)
    assert f"总体进度自 {since}没有增加" in words(made)
    assert made.forecast_on - fresh.forecast_on == dt.timedelta(days=int(since.split(" 起 ")[1].split(maxsplit=1)[0]))


def test_s10_a_year_at_99_percent_is_no_calm():
    known = facts("0 10 20 30 40 50 60 70 80 90 99 " + "99 " * 12)
    made = verdict(known, "2022-12-05", threshold=100, due="2023-06-30")
    assert (made.state, made.forecast_on > dt.date(2023, 11, 30)) == ("behind", True)
    assert "自 2021-11-30 (99%) 起 365 天没有增加" in words(made)


@pytest.mark.parametrize("reported", ["0 10 20 30 40 40 41 41", "0 10 20 30 40 41 42 43", "0 10 20 30 40 40"])
def test_s10_little_progress_or_a_short_wait_is_no_stall(reported: str):
    known = facts(reported)
    assert "没有增加" not in words(verdict(known, str(known.observations[-1].on)))


def test_s10_before_the_plan_begins_after_the_end_and_while_works_are_stopped_nothing_stalls():
    early = facts("0 0 0 0", plan=". . . . . 0 20 40 60 80 100")
    assert "没有增加" not in words(verdict(early, "2021-05-05"))
    done = facts("0 50 100 100 100 100 100")
    assert "没有增加" not in words(verdict(done, "2021-08-05", measure="in_use", threshold=None))
    stopped = with_stops(facts("0 10 20 30 30 30 30"), [(dt.date(2021, 4, 30), None)], dt.date(2021, 8, 5))
    assert "没有增加" not in words(verdict(stopped, "2021-08-05"))


# --- S-5: a start that doesn't come -----------------------------------------------------------------------------------


def test_s5_a_start_long_past_its_planned_day_is_at_risk_and_its_chance_is_not_told():
    """Planned for January, not there in May, due in December: no finished project says how long such a wait is. That
    reports stand still makes the wait no shorter.
    """
    made = verdict(facts("0 0 0 0"), "2021-05-05", due="2021-12-31", measure="start", threshold=None)
    assert (made.state, made.forecast_on, made.probability, made.forecast_p90) == (
        "at_risk",
        None,
        None,
        None,
    )
    assert "计划 2021-01-31 开工, 已过 94 天仍无记录" in words(made)
    assert "八成可能" not in words(made)


@pytest.mark.parametrize(("as_of", "told"), [("2021-01-31", True), ("2021-02-01", False), ("2021-03-02", False)])
def test_s5_a_start_is_forecast_before_its_day_and_then_missed_before_it_waits(as_of: str, told: bool):
    """Planned for 01-31, expected for 02-01, and within 30 days of it: what should have come by now is said so."""
    made = verdict(facts("0"), as_of, due="2021-12-31", measure="start", threshold=None)
    assert (made.state, made.probability is not None) == (("on_track", True) if told else ("at_risk", False))
    assert ("应于 2021-02-01 达到, 至今没有记录" in words(made)) == (not told)
    assert "仍无记录" not in words(made)


def test_a_gate_without_any_report_says_what_is_missing():
    known = replace(facts(""), gates={"project_proposal": GateFact(dt.date(2020, 10, 1))})
    assert "还没有已通过的月报, 无法推算" in words(verdict(known, "2021-04-05", measure="start", threshold=None))


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_forecast_on_the_due_day_is_called_that():
    made = assess(promise(due="2021-06-30"), drawn("2021-01", plan=PLAN, reported="0 10 20 30"), dt.date(2021, 4, 30))
    assert "恰在期限当日" in words(made)
    assert "早 0 天" not in words(made)


def test_s4_a_day_long_past_has_no_range_and_is_said_to_have_passed():
    made = verdict(facts("0 10 20"), "2022-11-05", due="2021-12-31")
    assert (made.forecast_on, made.forecast_p10, made.forecast_p90) == (None, None, None)
    assert "按 2021-03-31 的数据应于 2021-07-09 达到, 至今没有记录: 请补报月报或证明" in words(made)
    assert "八成可能" not in words(made)


def test_a_project_on_its_plan_is_not_ahead_by_nothing():
    lights = project_lights(facts("0 10 20 30"), LightFacts(), None, None, dt.date(2021, 5, 5), RuleSet())
    assert str(lights.each["progress"].reason) == "2021-04-30 为 30%, 与计划一致"
