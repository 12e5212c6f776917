"""Promises at the limit itself, where the kept table has no line on it: rules S-7 to S-10 of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt

import pytest
from charts import drawn, promise

from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import CountedTally, assess_programme
from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleSet, TargetFacts, Verdict

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def words(made) -> str:
    return "; ".join(map(str, made.reasons))


@pytest.mark.parametrize("measure", ["accelerate", "unspecified"])
def test_s9_what_nobody_can_test_is_shown_only(measure: str):
    made = assess(promise(measure, None), drawn("2021-01", plan=PLAN, reported="0 10"), iso("2021-05-31"))
    assert (made.state, made.reasons[1].msgid) == ("undated", "原文没有可检验的节点, 只展示, 不计误期")


def test_s9_a_promise_without_an_amount_is_shown_only():
    made = assess(promise("progress_pct", None), drawn("2021-01", plan=PLAN, reported="0 10"), iso("2021-05-31"))
    assert (made.state, made.reasons[1].msgid) == ("undated", "原文没有给出数量, 只展示, 不计误期")


def test_s7_the_very_figure_counts_as_having_been_reached():
    made = assess(promise(), drawn("2021-01", plan=PLAN, reported="50 45"), iso("2021-03-01"))
    assert "2021-01-31 曾为 50%, 之后回落到承诺以下, 不算达到" in words(made)


def test_s7_the_first_figure_that_came_in_time_and_stayed_is_the_one_that_counts():
    made = assess(promise(due="2021-03-31"), drawn("2021-01", plan=PLAN, reported="40 55 60"), iso("2021-06-30"))
    assert made.met_on == iso("2021-02-19")  # two thirds of 28 days on, rounded up


@pytest.mark.parametrize(
    ("structure", "whole", "state", "met_on"),
    [
        (100, 90, "met_early", "2021-05-30"),  # 95 % of the way to the 100 % of 05-31
        (100, 0, "met_early", "2021-05-30"),
        (95, 90, "met_early", "2021-05-31"),
        (94.99, 90, "contradicted", None),
        (94.99, 100, "contradicted", None),
    ],
)
def test_s21_a_completion_is_denied_by_a_report_of_its_day_that_does_not_keep_the_promise_itself(
    structure: float, whole: float, state: str, met_on: str | None
):
    """Completed on 05-31, where the structure stood at 0 % on 04-30: what figures fulfil by then stays met."""
    gates = {"works_complete": iso("2021-05-31")}
    facts = drawn("2021-01", plan=PLAN, reported=f"0 0 0 0 {whole}", structure=f". . . 0 {structure}", gates=gates)
    made = assess(promise("structure_pct", 95), facts, iso("2021-06-30"))
    assert (made.state, made.met_on) == (state, met_on and iso(met_on))


@pytest.mark.parametrize(("fen", "shown"), [(298, False), (299, False), (300, True)])
def test_s9_the_pace_of_money_is_shown_from_30_percent_of_the_promised_sum_on(fen: int, shown: bool):
    seen = (Observation(iso("2021-01-31"), {}, 5.0, 0), Observation(iso("2021-02-28"), {}, 10.0, fen))
    made = assess(promise("investment", 1000), ProjectFacts(None, (), seen, {}, {}), iso("2021-03-01"))
    assert (made.actual_pace is not None) == shown


@pytest.mark.parametrize(("base", "points"), [(7, 30.0), (8, 35.0)])
def test_s9_the_pace_looks_back_three_months_give_or_take_a_week(base: int, points: float):
    """Newest on 05-10; a report by 02-17 stands for the one of 02-10, else the earlier one does."""
    days = [iso("2021-01-10"), iso("2021-02-10") + dt.timedelta(days=base), iso("2021-05-10")]
    seen = tuple(Observation(on, {}, percent) for on, percent in zip(days, (35.0, 40.0, 70.0), strict=True))
    made = assess(promise(threshold=90), ProjectFacts(None, (), seen, {}, {}), iso("2021-05-10"))
    since = days[1] if base == 7 else days[0]
    assert made.actual_pace == pytest.approx(points / ((days[2] - since).days / 30.4375))


@pytest.mark.parametrize(
    ("days", "state", "late", "silent"),
    [
        (45, "on_track", False, False),
        (46, "on_track", True, False),
        (66, "on_track", True, False),  # 2021-08-05: the report of July is due on that day
        (67, "unknown", False, True),
    ],
)
def test_s22_late_data_leave_the_forecast_as_it_is_and_silent_ones_take_it(days: int, state: str, late, silent):
    """60 % on 05-31, 61 days ahead: 90 %, planned for 10-31, are expected for 08-31."""
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 60")
    made = assess(promise(threshold=90), facts, iso("2021-05-31") + dt.timedelta(days=days), RuleSet())
    assert (made.state, made.forecast_on) == (state, None if silent else iso("2021-08-31"))
    assert (f"最近数据已是 {days} 天前" in words(made)) == late
    assert (f"自 2021-05-31 起没有消息, 已 {days} 天" in words(made)) == silent


@pytest.mark.parametrize(("as_of", "state"), [("2021-06-15", "on_track"), ("2021-06-16", "at_risk")])
def test_s4_a_forecast_is_told_until_the_day_before_its_own(as_of: str, state: str):
    """60 % on 05-31, 61 days ahead: 65 %, planned for 08-16, are expected for 06-16."""
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 60")
    made = assess(promise(threshold=65), facts, iso(as_of), RuleSet())
    assert (made.state, made.forecast_on) == (state, iso("2021-06-16") if state == "on_track" else None)
    assert ("应于 2021-06-16 达到, 至今没有记录" in words(made)) == (state == "at_risk")


@pytest.mark.parametrize(
    ("due", "state"),
    [("2021-06-30", "on_track"), ("2021-06-29", "at_risk"), ("2021-05-31", "at_risk"), ("2021-05-30", "behind")],
)
def test_s9_a_forecast_more_than_30_days_after_the_due_day_is_behind(due: str, state: str):
    plan = PlanCurve(((iso("2021-01-01"), 0.0), (iso("2021-06-30"), 100.0)), "start_finish")
    seen = (Observation(iso("2021-01-01"), {}, 0.0),)
    made = assess(promise("complete", None, due), ProjectFacts(plan, (), seen, {}, {}), iso("2021-02-01"), RuleSet())
    assert (made.forecast_on, made.state) == (iso("2021-06-30"), state)


@pytest.mark.parametrize(("precision", "said"), [("month", "记录只精确到月 (2021-05)"), ("day", "记录日期 2021-05-31")])
def test_s7_a_record_says_how_precise_it_is(precision: str, said: str):
    facts = ProjectFacts(None, (), (), {"in_use": GateFact(iso("2021-05-31"), precision)}, {})
    assert said in words(assess(promise("in_use", None), facts, iso("2021-06-30")))


@pytest.mark.parametrize(("total", "share", "needed"), [(99, 51.0, 51), (100, 51.0, 51), (10, 50.1, 6), (10, 50.0, 5)])
def test_s11_a_share_is_rounded_up_to_whole_projects(total: int, share: float, needed: int):
    target = TargetFacts("t", "start", "share", share, iso("2021-12-31"), "must")
    made = assess_programme(target, [Verdict("on_track")] * total, [], iso("2021-06-30"))
    assert f"需要 {needed} 个" in words(made)


def reached(day: str) -> Verdict:
    """A project that is there, on that very day."""
    return Verdict("met_on_time", met_on=iso(day), met_by=iso(day))


@pytest.mark.parametrize(
    ("as_of", "state"),
    [("2020-12-31", "unknown"), ("2021-01-01", "unknown"), ("2021-01-02", "on_track"), ("2021-01-03", "behind")],
)
def test_s11_pro_rata_runs_from_1_january_to_the_due_day_however_soon(as_of: str, state: str):
    """Two wanted by 01-03, one there: nothing is due on 01-01 yet, one by 01-02, both by 01-03."""
    target = TargetFacts("t", "start", "count", 2, iso("2021-01-03"), "must")
    members = [reached("2020-12-01"), Verdict("on_track")]
    assert assess_programme(target, members, [], iso(as_of)).state == state


@pytest.mark.parametrize(("count", "state"), [(80, "on_track"), (79, "at_risk"), (60, "at_risk"), (59, "behind")])
def test_s11_eighty_percent_of_pro_rata_are_on_track_and_sixty_at_risk(count: int, state: str):
    """100 wanted by the due day itself: pro rata is all of them."""
    target = TargetFacts("t", "start", "count", 100, iso("2021-12-31"), "must")
    members = [reached("2021-02-01")] * count + [Verdict("on_track")] * (100 - count)
    assert assess_programme(target, members, [], iso("2021-12-31"), RuleSet()).state == state


@pytest.mark.parametrize(
    ("others", "state"),
    [
        (["behind", "on_track"], "on_track"),  # nine there and one to come are enough
        (["behind", "behind"], "behind"),  # nine and none
        (["overdue", "behind"], "behind"),
        (["unknown", "unknown"], "unknown"),
        (["unknown", "on_track"], "on_track"),
        (["contradicted", "overdue_no_evidence"], "unknown"),
    ],
)
def test_s11_what_the_other_projects_leave_possible_comes_before_pro_rata(others: list[str], state: str):
    """Ten wanted, nine there; with a tally the members don't say what is possible."""
    target = TargetFacts("t", "start", "count", 10, iso("2021-12-31"), "must")
    members = [reached("2021-02-01")] * 9 + [Verdict(other) for other in others]
    assert assess_programme(target, members, [], iso("2021-06-30"), RuleSet()).state == state
    tally = [CountedTally(iso("2021-06-30"), 9, 11)]
    assert assess_programme(target, members, tally, iso("2021-06-30"), RuleSet()).state == "on_track"


@pytest.mark.parametrize(("due", "said"), [("2021-02-01", False), ("2021-01-31", True)])
def test_s11_a_count_by_a_bound_after_its_day_is_late_by_at_most_so_many_days(due: str, said: bool):
    target = TargetFacts("t", "start", "count", 1, iso(due), "must")
    made = assess_programme(target, [Verdict("met_on_time", met_by=iso("2021-02-01"))], [], iso("2021-06-30"))
    assert (made.met_on, made.met_by, "至多" in words(made)) == (None, iso("2021-02-01"), said)
