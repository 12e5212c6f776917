"""Rules S-4 to S-10: the verdict on one promise, drawn as schedules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise
from hypothesis import given
from hypothesis import strategies as st

from projects.core.vocabulary import SEVERITY
from projects.verdicts.assess.assess import assess
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleSet
from projects.verdicts.forecast.extract import packaged_reference

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month


def verdict(facts, target=None, as_of="2021-06-30", **rules):
    return assess(target or promise(due="2021-06-30"), facts, dt.date.fromisoformat(as_of), RuleSet(**rules))


def words(made):
    return " ".join(str(text) for text in made.reasons)


def test_on_plan_is_on_track_with_no_slip():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30"), as_of="2021-04-30")
    assert (made.state, made.slip_days, made.forecast_on) == ("on_track", 0, dt.date(2021, 6, 30))


def test_a_month_behind_is_at_risk_by_31_days():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 0 10 20"), as_of="2021-04-30", behind_days=31)
    assert (made.state, made.slip_days) == ("at_risk", 30)
    assert made.required_pace == pytest.approx(30 / (61 / 30.4375))


def test_both_paces_are_told_once_a_project_is_no_longer_young():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30"), as_of="2021-04-30")
    assert made.actual_pace == pytest.approx(30 / (89 / 30.4375))
    assert "近 3 个月平均" in words(made)


def test_the_pace_of_a_young_project_is_not_shown():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 29"), as_of="2021-04-30")
    assert made.actual_pace is None
    assert "不足 30%" in words(made)


def test_the_reasons_say_what_moved_the_forecast_since_last_month():
    """Ten points were planned for April and one was made: the forecast, on the plan's day at March's end, moved by 27
    days (nine tenths of a month).
    """
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 21"), as_of="2021-04-30")
    assert (
        "截至 2021-03-31 时推算为 2021-06-30, 现推后 27 天: 其间总体进度由 20% 到 21%, 计划应增 10 个百分点"
        in words(made)
    )


def test_two_months_behind_is_behind():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 0 0 10"), as_of="2021-04-30")
    assert (made.state, made.slip_days) == ("behind", 61)
    assert "晚于期限 61 天" in words(made)


def test_past_the_due_day_and_not_met_is_overdue_by_the_forecast():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 40"), as_of="2021-07-05")
    assert (made.state, made.slip_days) == ("overdue", 30)
    assert made.forecast_on == dt.date(2021, 7, 30)


@pytest.mark.parametrize(
    ("as_of", "day", "slip"),
    [
        ("2021-07-02", "2021-07-03", 3),
        ("2021-07-03", None, 3),
        ("2021-07-04", None, 4),
        ("2021-12-01", None, 154),
    ],
)
def test_s4_a_forecast_is_not_moved_to_today_and_its_own_day_is_not_told(as_of: str, day: str | None, slip: int):
    """49 % on 06-30, planned for 06-27: half is three days behind; from its day on it is late by the days since."""
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 49"), as_of=as_of)
    assert (made.state, made.slip_days) == ("overdue", slip)
    assert (made.forecast_on and made.forecast_on.isoformat()) == day
    assert ("的数据应于 2021-07-03 达到, 至今没有记录" in words(made)) == (day is None)


@pytest.mark.parametrize(
    ("reported", "state", "slip", "met"),
    [
        ("0 10 20 30 40 50", "met_on_time", 0, "2021-06-30"),
        ("0 10 20 30 50 60", "met_early", -30, "2021-05-31"),
        ("0 10 20 30 40 45 55", "met_late", 16, "2021-07-16"),
        ("0 10 20 30 40 48 52", "met_late", 16, "2021-07-16"),
    ],
)
def test_s7_s8_met_is_interpolated_between_reports(reported, state, slip, met):
    made = verdict(drawn("2021-01", plan=PLAN, reported=reported), as_of="2021-09-01")
    assert (made.state, made.slip_days, made.met_on) == (state, slip, dt.date.fromisoformat(met))


def test_the_first_report_is_not_shown_as_the_latest():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30"), as_of="2021-04-30")
    assert made.current == 30


def test_as_of_never_sees_the_future():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 45 60", gates={"in_use": dt.date(2021, 6, 1)})
    early = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20"), as_of="2021-03-31")
    assert verdict(facts, as_of="2021-03-31") == early


@pytest.mark.parametrize(
    ("as_of", "state"),
    [("2021-06-29", "unknown"), ("2021-06-30", "unknown"), ("2021-07-01", "overdue_no_evidence")],
)
def test_s9_nothing_known_is_unknown_and_lacks_evidence_after_the_due_day(as_of: str, state: str):
    made = verdict(drawn("2021-01", plan=PLAN), as_of=as_of)
    assert (made.state, made.slip_days, made.forecast_on, made.probability) == (state, None, None, None)
    assert ("期限已过 1 天" in words(made)) == (as_of == "2021-07-01")


def test_s9_reports_without_a_plan_are_unknown_and_ask_for_three_dates():
    made = verdict(drawn("2021-01", reported="0 10"), as_of="2021-03-01")
    assert made.state == "unknown"
    assert "25%" in words(made)
    assert made.current == 10


def test_no_due_day_is_never_late():
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 0 0 1"), promise(due=None), as_of="2030-01-01")
    assert (made.state, made.slip_days) == ("undated", None)


def test_an_untestable_measure_is_undated_whatever_happens():
    assert verdict(drawn("2021-01", plan=PLAN, reported="0 90"), promise("accelerate", None)).state == "undated"


def test_s6_before_the_structure_begins_it_stands_where_the_whole_stands():
    """The whole is planned at 20 % (structure begins) on 03-31 and at 35 % (half of it) on 05-16; reported 10 % on
    03-31: 31 days behind.
    """
    made = verdict(
        drawn("2021-01", plan=PLAN, reported="0 5 10", structure="0 0 0"),
        promise("structure_pct", 50, "2021-05-31"),
        as_of="2021-03-31",
    )
    assert made.forecast_on == dt.date(2021, 5, 16) + dt.timedelta(days=31)
    assert made.state == "at_risk"


def test_a_started_structure_is_forecast_on_its_own_curve():
    made = verdict(
        drawn("2021-01", plan=PLAN, reported="0 10 20 23", structure="0 0 0 10"),
        promise("structure_pct", 50, "2021-12-31"),
        as_of="2021-04-30",
    )
    assert made.forecast_on == dt.date(2021, 4, 30) + (dt.date(2021, 5, 16) - dt.date(2021, 4, 9))


def test_s5_a_gate_moves_with_the_whole():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 10", gate_plans={"in_use": dt.date(2021, 12, 20)})
    made = verdict(facts, promise("in_use", None, "2021-12-31"), as_of="2021-03-31")
    assert made.forecast_on == dt.date(2021, 12, 20) + dt.timedelta(days=31)
    assert (made.state, made.slip_days) == ("at_risk", 20)


def test_a_passed_gate_is_met_on_its_day_and_says_when_only_the_month_is_known():
    facts = ProjectFacts(None, (), (), {"start": GateFact(dt.date(2021, 11, 30), "month")}, {})
    made = verdict(facts, promise("start", None, "2021-11-15"), as_of="2021-12-01")
    assert (made.state, made.slip_days) == ("met_late", 15)
    assert "只精确到月" in words(made)


@pytest.mark.parametrize(
    ("due", "state", "slip"),
    [
        ("2021-06-30", "met_on_time", None),
        ("2021-05-31", "met_on_time", None),
        ("2021-05-30", "met_late", 1),
    ],
)
def test_s7_foundation_progress_proves_the_start_by_its_day_at_the_latest(due: str, state: str, slip: int | None):
    """A bound (S-8): never early, and no day is made up for it."""
    facts = ProjectFacts(None, (), (Observation(dt.date(2021, 5, 31), {"foundation": 5.0}, 1.0),), {}, {})
    made = verdict(facts, promise("start", None, due))
    assert (made.state, made.slip_days, made.met_on, made.met_by) == (state, slip, None, dt.date(2021, 5, 31))


@pytest.mark.parametrize(
    ("due", "state", "slip"),
    [
        ("2021-06-30", "met_on_time", None),
        ("2021-06-01", "met_on_time", None),
        ("2021-05-31", "met_late", 1),
    ],
)
def test_s7_putting_into_use_proves_that_the_structure_is_done(due: str, state: str, slip: int | None):
    facts = drawn("2021-01", gates={"in_use": dt.date(2021, 6, 1)})
    made = verdict(facts, promise("structure_done", None, due))
    assert (made.state, made.slip_days, made.met_on, made.met_by) == (state, slip, None, dt.date(2021, 6, 1))


def test_the_public_record_of_the_tcm_centre():
    """±0.00 in 2022-06 and topped out in 2022-10: half of the main structure by 2021-12-31 was missed by 242 days,
    between 181 and 304.
    """
    seen = (
        Observation(dt.date(2022, 6, 30), {"structure": 0.0}, is_report=False),
        Observation(dt.date(2022, 10, 31), {"structure": 100.0}, is_report=False),
    )
    facts = ProjectFacts(None, (), seen, {"start": GateFact(dt.date(2021, 11, 30), "month")}, {})
    made = verdict(facts, promise("structure_pct", 50, "2021-12-31"), as_of="2022-12-31")
    assert (made.state, made.slip_days, made.met_on) == ("met_late", 243, dt.date(2022, 8, 31))
    assert "2022-06-30 为 0%" in words(made)


@pytest.mark.parametrize(
    ("as_of", "state", "said"),
    [
        ("2021-06-05", "on_track", "比期限早 86 天"),
        ("2021-06-06", "at_risk", "应于 2021-06-06 达到, 至今没有记录"),
        ("2021-08-05", "at_risk", "最近数据已是 66 天前"),
        ("2021-08-06", "unknown", "自 2021-05-31 起没有消息, 已 67 天"),
    ],
)
def test_s9_an_old_report_takes_the_green_away(as_of: str, state: str, said: str):
    """48 % on 05-31: half is forecast for 06-06; with the reports of June and July missing it is silent on 08-06."""
    made = verdict(drawn("2021-01", plan=PLAN, reported="0 10 20 30 48"), promise(due="2021-08-31"), as_of=as_of)
    assert made.state == state
    assert said in words(made)


def test_money_is_compared_in_fen_and_met_by_amount():
    seen = (
        Observation(dt.date(2021, 5, 31), {}, 10.0, 6_000_0000_00),
        Observation(dt.date(2021, 6, 30), {}, 20.0, 10_000_0000_00),
    )
    made = verdict(ProjectFacts(None, (), seen, {}, {}), promise("investment", 8_000_0000_00, "2021-06-20"))
    assert made.state == "met_on_time"
    assert made.met_on == dt.date(2021, 6, 15)
    assert "6000.00 万元" in words(made)


reports = st.lists(st.integers(0, 100), min_size=1, max_size=8).map(sorted)


@given(reports, st.integers(1, 30))
def test_more_progress_never_worsens_the_forecast(levels, more):
    def made(values):
        return verdict(
            drawn("2021-01", plan=PLAN, reported=" ".join(str(value) for value in values)),
            promise(due="2022-12-31"),
            as_of=f"2021-{len(levels) + 1:02}-01",
        )

    before, after = made(levels), made([*levels[:-1], min(100, levels[-1] + more)])
    if before.forecast_on is None and before.met_on is None:  # a day that is past is not told
        assert SEVERITY[after.state] >= SEVERITY[before.state]
    elif after.met_on or after.forecast_on:
        assert (after.met_on or after.forecast_on) <= (before.met_on or before.forecast_on)
    else:
        assert "应于" in words(after)


@given(reports, st.integers(0, 700))
def test_an_earlier_due_day_never_brings_a_smaller_slip(levels, days):
    facts = drawn("2021-01", plan=PLAN, reported=" ".join(str(value) for value in levels))
    late, early = dt.date(2022, 12, 31), dt.date(2022, 12, 31) - dt.timedelta(days=days)
    as_of = facts.observations[-1].on.isoformat()
    made = [verdict(facts, promise(due=due.isoformat()), as_of=as_of) for due in (early, late)]
    assert SEVERITY[made[0].state] <= SEVERITY[made[1].state]
    if None not in (made[0].slip_days, made[1].slip_days):
        assert made[0].slip_days >= made[1].slip_days


@pytest.mark.parametrize(
    ("limit", "state", "line"),
    [
        (30, "at_risk", "晚 30 天以内算有风险"),
        (9, "at_risk", "晚 9 天以内算有风险"),
        (8, "behind", "晚 8 天以上算将误期"),
    ],
)
def test_s9_without_a_chance_the_days_decide_and_their_line_is_told(limit: int, state: str, line: str):
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 47")
    made = verdict(facts, promise(due="2021-06-30"), behind_days=limit)
    assert (made.state, made.slip_days, made.probability) == (state, 9, None)
    assert f"晚于期限 9 天 ({line})" in words(made)


@pytest.mark.parametrize("limit", [1, 8, 9, 30])
def test_s9_with_a_chance_that_decides_and_no_line_in_days_is_told(limit: int):
    """Who reads 将误期 beside nine days late is told the chance, not a line that did not decide."""
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 44"), reference=packaged_reference())
    made = verdict(facts, promise(due="2021-07-10"), behind_days=limit)
    assert (made.state, made.slip_days, int(made.probability)) == ("behind", 9, 3)
    said = "晚于期限 9 天; 八成可能在 2021-07-13 至 2021-07-30 之间, 按期达到的可能性 3%"
    assert said in words(made)
    assert "算有风险" not in words(made)


def test_past_the_due_day_or_in_time_no_line_is_drawn():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40 44")
    for due in ("2021-06-29", "2021-12-31", None):
        assert "算有风险" not in words(verdict(facts, promise(due=due)))
        assert "算将误期" not in words(verdict(facts, promise(due=due)))
