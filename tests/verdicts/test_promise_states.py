"""Not met yet, row by row and at each limit: rules S-9, S-10 and S-14."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs

from projects.core.vocabulary import UNTESTABLE
from projects.verdicts.assess.assess import assess, by_chance
from projects.verdicts.facts.facts import GateFact, Observation, ProjectFacts, RuleSet
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
CLASS = packaged_reference()


def iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def facts(reported: str, *, known: bool = False, **rest) -> ProjectFacts:
    return replace(drawn("2021-01", plan=PLAN, reported=reported, **rest), reference=CLASS if known else None)


def verdict(made: ProjectFacts, due: str | None, as_of: str, percent: float = 50, **rules: float):
    return assess(promise("progress_pct", percent, due), made, iso(as_of), RuleSet(**rules))


def words(made) -> str:
    return " ".join(str(text) for text in made.reasons)


# --- undated ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("as_of", "day"), [("2021-04-30", "2021-06-30"), ("2021-07-06", None)])
def test_s9_without_a_due_day_the_forecast_is_told_where_it_may_be_and_no_slip(as_of: str, day: str | None):
    made = verdict(facts("0 10 20 30"), None, as_of)
    assert (made.state, made.slip_days, made.forecast_on and made.forecast_on.isoformat()) == ("undated", None, day)


@pytest.mark.parametrize("measure", sorted(UNTESTABLE))
def test_s9_what_can_not_be_tested_is_undated_also_with_a_due_day(measure: str):
    made = assess(promise(measure, None, "2021-01-31"), facts("0 10"), iso("2021-12-31"))
    assert (made.state, made.forecast_on, made.slip_days) == ("undated", None, None)
    assert "原文没有可检验的节点" in words(made)


def test_s9_a_share_of_the_structure_without_a_figure_is_undated():
    made = assess(promise("structure_pct", None, "2021-01-31"), facts("", structure="0 50"), iso("2021-12-31"))
    assert (made.state, "原文没有给出数量" in words(made)) == ("undated", True)


def test_s9_a_missing_plan_is_told_only_where_it_is_missing_and_something_is_due():
    gate = promise("in_use", None, "2021-12-31")
    assert "没有计划曲线" not in words(assess(gate, facts("0 10"), iso("2021-03-05")))
    assert "没有计划曲线" in words(assess(gate, drawn("2021-01", reported="0 10"), iso("2021-03-05")))
    undated = replace(gate, due=None)
    assert "没有计划曲线" not in words(assess(undated, drawn("2021-01", reported="0 10"), iso("2021-03-05")))


def test_s9_an_open_gate_rests_on_a_sample_where_the_newest_report_does():
    plain = facts("0 10")
    older, newer = (
        tuple(replace(one, is_sample=place == which) for place, one in enumerate(plain.observations))
        for which in (0, 1)
    )
    made = [assess(promise("in_use"), replace(plain, observations=seen), iso("2021-03-05")) for seen in (older, newer)]
    assert [one.rests_on_sample for one in made] == [False, True]


# --- past the due day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "as_of", "state"),
    [
        ("2021-06-29", "2021-09-06", "overdue"),
        ("2021-06-30", "2021-09-06", "overdue"),  # the newest report is of the due day itself
        ("2021-07-01", "2021-09-06", "overdue_no_evidence"),
        ("2021-07-01", "2021-09-05", "overdue"),  # not silent yet
        ("2021-09-05", "2021-09-06", "overdue_no_evidence"),
        ("2021-09-06", "2021-09-06", "unknown"),
    ],
)
def test_s9_past_the_due_day_silent_data_older_than_it_are_no_evidence(due: str, as_of: str, state: str):
    """45 % on 06-30, of which reports are missing from 09-06 on; half of it was expected in July."""
    made = verdict(facts("0 10 20 30 40 45"), due, as_of)
    assert made.state == state
    assert (made.forecast_on, made.probability) == (None, None)
    assert made.slip_days == ((iso(as_of) - iso(due)).days if state == "overdue" else None)


@pytest.mark.parametrize(("percent", "slip"), [(45, 45), (30, 90)])
@pytest.mark.parametrize("known", [True, False])
def test_s9_overdue_is_as_late_as_the_forecast_else_as_today_and_has_no_chance(percent: float, slip: int, known: bool):
    made = verdict(facts(f"0 10 20 30 . {percent}", known=known), "2021-05-31", "2021-07-05")
    assert (made.state, made.probability, made.forecast_on is not None) == ("overdue", None, True)
    assert made.slip_days == (made.forecast_on - iso("2021-05-31")).days
    if not known:
        assert made.slip_days == pytest.approx(slip, abs=1)
    old = verdict(facts("0 10 20 30 . 49", known=known), "2021-05-31", "2021-08-31")
    assert (old.state, old.slip_days, old.forecast_on) == ("overdue", 92, None)


# --- works that stand still -------------------------------------------------------------------------------------------


def stopped(reported: str, as_of: str, *, known: bool = False) -> ProjectFacts:
    return with_stops(facts(reported, known=known), [(iso("2021-05-01"), None)], iso(as_of))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("due", "state"), [("2021-11-10", "behind"), ("2021-11-11", "behind"), ("2021-11-12", "at_risk")]
)
def test_s14_works_that_stop_are_behind_where_the_due_day_is_at_most_180_days_away(due: str, state: str, known: bool):
    """Spoken of on 2021-05-15, ahead of the plan: the old forecast was in time."""
    made = verdict(stopped("0 10 20 40", "2021-05-15", known=known), due, "2021-05-15")
    assert (made.state, made.forecast_on, made.slip_days, made.probability) == (state, None, None, None)
    assert "自 2021-05-01 起停工, 尚未复工, 累计停工 14 天" in words(made)
    assert "复工前不给可能性和日期" in words(made)
    assert "推算" not in words(made)


def test_s14_works_that_stop_are_behind_where_the_old_forecast_was_and_the_rule_set_says_how_near_is_near():
    late = stopped("0 0 0 2", "2021-05-15")
    assert verdict(late, "2021-11-12", "2021-05-15", percent=80).state == "behind"
    assert verdict(stopped("0 10 20 40", "2021-05-15"), "2021-11-12", "2021-05-15", stop_days=181).state == "behind"


@pytest.mark.parametrize(("as_of", "told"), [("2021-07-31", False), ("2021-08-01", True)])
def test_s14_once_they_go_on_the_day_is_told_again(as_of: str, told: bool):
    seen = (*facts("0 10 20 40").observations, Observation(iso("2021-07-20"), {}, 40.0))
    plain = replace(facts(""), observations=seen)
    made = verdict(with_stops(plain, [(iso("2021-05-01"), iso("2021-08-01"))], iso(as_of)), "2022-12-31", as_of)
    assert (made.forecast_on is not None) == told
    assert ("尚未复工" in words(made)) == (not told)


@pytest.mark.parametrize(
    ("percent", "as_of", "day"),
    [(40, "2021-07-09", "2021-07-10"), (40, "2021-07-10", None), (40.1, "2021-07-10", "2021-07-11")],
)
def test_s4_a_day_is_not_told_on_itself_also_where_works_go_on_that_day(percent: float, as_of: str, day: str | None):
    """39.9 % on 05-31, when the works stopped until 07-10: 40 % are expected for that day, 40.1 % for the next."""
    stopped = with_stops(facts("0 10 20 30 39.9"), [(iso("2021-05-31"), None)], iso(as_of), iso("2021-07-10"))
    for due in ("2021-12-31", "2021-07-08", None):
        made = verdict(stopped, due, as_of, percent)
        assert made.forecast_on == (day and iso(day))
        assert ("应于 2021-07-10 达到, 至今没有记录" in words(made)) == (day is None)


@pytest.mark.parametrize(
    ("as_of", "due", "state"),
    [
        ("2021-09-06", "2022-03-05", "behind"),
        ("2021-09-06", "2022-03-06", "at_risk"),
        ("2021-12-31", "2021-12-30", "overdue_no_evidence"),
    ],
)
def test_s14_a_stop_is_told_also_where_nothing_was_ever_reported(as_of: str, due: str, state: str):
    """S-9 asks for the stop before it asks for the data."""
    nothing = with_stops(ProjectFacts(None, (), (), {}, {}), [(iso("2021-05-01"), None)], iso(as_of))
    assert verdict(nothing, due, as_of).state == state
    gate = assess(promise("start", None, due), nothing, iso(as_of))
    assert gate.state == state
    assert "尚未复工" in words(gate)


# --- the forecast may not be told -------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("reported", "as_of", "state"),
    [
        ("0 10 20 40", "2021-07-05", "at_risk"),  # its day is past, the data are usable
        ("0 10 20 40", "2021-07-06", "unknown"),  # silent
        ("0 0 0 1", "2021-07-06", "behind"),  # silent, and the forecast of what was last known is behind
        ("", "2021-07-06", "unknown"),
    ],
)
def test_s9_where_the_forecast_may_not_be_told_silence_is_no_good_news(reported, as_of, state, known: bool):
    made = verdict(facts(reported, known=known), "2021-08-15", as_of)
    assert (made.state, made.forecast_on, made.probability, made.slip_days) == (state, None, None, None)


def test_s9_fresh_data_without_a_forecast_are_unknown():
    made = verdict(drawn("2021-01", reported="0 10 20 40"), "2021-09-30", "2021-05-05")
    assert made.state == "unknown"
    other = drawn("2021-01", plan=PLAN, reported="0 10 20 40")
    assert assess(promise("structure_pct", 50, "2021-09-30"), other, iso("2021-05-05")).state == "unknown"


@pytest.mark.parametrize(
    ("due", "as_of", "state", "slip"),
    [
        ("2021-05-04", "2021-05-05", "overdue", 1),
        ("2021-05-01", "2021-07-05", "overdue", 65),
        ("2021-05-01", "2021-07-06", "overdue_no_evidence", None),  # silent, and older than the due day
        ("2021-04-30", "2021-07-06", "overdue", 67),  # silent, of the due day itself
    ],
)
def test_s9_usable_data_without_a_figure_of_the_stage_make_it_overdue(due, as_of: str, state: str, slip: int | None):
    """Reported on 04-30, the structure never: reports that don't name it don't say that it is there."""
    other = drawn("2021-01", plan=PLAN, reported="0 10 20 40")
    made = assess(promise("structure_pct", 50, due), other, iso(as_of))
    assert (made.state, made.slip_days) == (state, slip)


# --- the chance decides, else the day ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "slip", "state"),
    [
        (4.0, 20, "behind"),
        (49.0, 5, "behind"),
        (49.99, 1, "behind"),
        (50.0, 0, "at_risk"),
        (79.96, -9, "at_risk"),
        (79.99, -29, "at_risk"),
        (80.0, -30, "on_track"),
        (97.0, -300, "on_track"),
        (79.999999999, -30, "on_track"),  # eighty but for the arithmetic: as it is kept and told
        (None, 31, "behind"),
        (None, 30, "at_risk"),
        (None, 1, "at_risk"),
        (None, 0, "on_track"),
        (None, -1, "on_track"),
    ],
)
def test_s9_the_chance_decides_from_80_and_50_percent_and_days_only_without_one(chance, slip: int, state: str):
    assert by_chance(chance, slip, RuleSet()) == state


def test_s9_the_rule_set_says_from_which_chance_on():
    rules = RuleSet(kept_from=90, risk_from=60, behind_days=5)
    assert [by_chance(one, -50, rules) for one in (90.0, 89.99, 60.0, 59.99)] == [
        *("on_track", "at_risk", "at_risk", "behind"),
    ]
    assert [by_chance(None, slip, rules) for slip in (5, 6)] == ["at_risk", "behind"]


LEVELS = st.lists(st.integers(0, 99), min_size=1, max_size=10).map(sorted)


@settings(max_examples=runs(150, 2000), deadline=None)
@given(LEVELS, st.sampled_from(["progress_pct", "in_use", "start"]), st.integers(0, 700), st.integers(0, 70))
def test_s9_behind_is_never_in_time_and_on_track_never_late(levels: list[int], measure: str, wait: int, age: int):
    """The forecast is the day of even odds: below 50 % it lies after the due day, from 50 % on it does not."""
    known = facts(" ".join(map(str, levels)), known=True)
    as_of = known.observations[-1].on + dt.timedelta(days=age)
    target = replace(promise(measure, 50 if measure == "progress_pct" else None), due=as_of + dt.timedelta(days=wait))
    made = assess(target, known, as_of)
    if made.forecast_on and made.probability is not None:
        assert (made.probability < 50) == (made.forecast_on > target.due)
        assert made.slip_days == (made.forecast_on - target.due).days
        steps = [(80, "on_track"), (50, "at_risk"), (0, "behind")]
        assert made.state == next(state for least, state in steps if made.probability >= least)
        assert made.forecast_on >= as_of


def test_s9_chance_day_and_state_side_by_side():
    """50 % on plan: 75 % is expected 94 days after the report; the four rows of the table in their order."""
    known = facts("0 10 20 30 40 50", known=True)
    day = verdict(known, "2021-12-31", "2021-06-30", percent=75).forecast_on
    rows = [verdict(known, str(day - dt.timedelta(days=slip)), "2021-06-30", percent=75) for slip in (20, 0, -9, -60)]
    assert [one.slip_days for one in rows] == [20, 0, -9, -60]
    assert [one.state for one in rows] == ["behind", "at_risk", "at_risk", "on_track"]
    chances = [one.probability for one in rows]
    assert chances == sorted(chances)
    assert all(f"按期达到的可能性 {int(one.probability)}%" in words(one) for one in rows)


# --- S-10: days of work -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resumed", "days"), [("2021-06-30", 62), ("2021-06-29", 63)])
def test_s10_a_stall_counts_days_of_work(resumed: str, days: int):
    """40 % on 05-31 and on 08-31, and works that stood still from 06-01: of 92 days 29 and 28 are no stall's."""
    seen = (Observation(iso("2021-05-31"), {}, 40.0), Observation(iso("2021-08-31"), {}, 40.0))
    stop = iso(resumed) - dt.timedelta(days=1)
    plain = replace(facts("", known=True), observations=seen)
    until = dt.date(2021, 6, 1) + dt.timedelta(days=92 - days)
    made = with_stops(plain, [(dt.date(2021, 6, 1), until)], iso("2021-08-31"))
    assert (until, stop < until) == (iso(resumed) + dt.timedelta(days=1), True)
    said = verdict(made, "2022-12-31", "2021-08-31")
    assert ("没有增加" in words(said)) == (days > 62)


def test_s10_a_stall_of_the_whole_puts_off_a_gate_and_a_stage_alike():
    months = ["2021-05-31", "2021-06-30", "2021-07-31", "2021-08-31"]
    plain = facts("", known=True)
    for measure, stage in (("in_use", 10.0), ("structure_done", 0.0), ("structure_done", 10.0)):
        seen = tuple(Observation(iso(on), {"structure": stage}, 15.0) for on in months)
        whole, once = (
            assess(promise(measure, None, "2023-12-31"), replace(plain, observations=one), iso("2021-09-05"))
            for one in (seen, seen[-1:])
        )
        assert whole.forecast_on - once.forecast_on == dt.timedelta(days=92)
        assert whole.probability <= once.probability


def test_s5_a_start_does_not_wait_less_because_reports_stand_still():
    """Waiting since 01-31: a further report at 0 % is no reason to tell a chance."""
    for reported in ("0", "0 0", "0 0 0", "0 0 0 0"):
        known = facts(reported, known=True, gate_plans={"start": iso("2021-01-31")})
        made = assess(promise("start", None, "2021-12-31"), known, iso("2021-05-05"))
        assert (made.state, made.probability) == ("unknown" if reported == "0" else "at_risk", None)


@pytest.mark.parametrize(("as_of", "waits"), [("2021-05-05", False), ("2021-05-28", False), ("2021-05-29", True)])
def test_s5_a_start_waits_from_the_day_on_which_its_forecast_is_no_longer_in_the_future(as_of: str, waits: bool):
    """Planned for 03-01, the whole 89 days behind by 04-30: 05-29, by the bare rule, which knows no stalls."""
    made = assess(
        promise("start", None, "2021-12-31"), facts("0 0 0 0", gate_plans={"start": iso("2021-03-01")}), iso(as_of)
    )
    assert made.forecast_on == (None if waits else iso("2021-05-29"))
    assert ("仍无记录" in words(made)) == waits


def test_s7_on_the_due_day_itself_the_paper_may_still_come():
    done = facts("0 30 60 90 100")
    for as_of, state in (("2021-06-10", "on_track"), ("2021-06-11", "overdue_no_evidence")):
        assert assess(promise("complete", None, "2021-06-10"), done, iso(as_of)).state == state


def test_s5_a_whole_that_is_far_behind_moves_the_start_and_no_wait_is_told():
    known = facts("0 0 0 0", known=True, gate_plans={"start": iso("2021-03-31")})
    made = assess(promise("start", None, "2021-12-31"), known, iso("2021-05-05"))
    assert "仍无记录" not in words(made)
    assert made.forecast_on > iso("2021-05-05")
    passed = replace(known, gates={"start": GateFact(iso("2021-05-01"))})
    assert assess(promise("start", None, "2021-12-31"), passed, iso("2021-05-05")).state == "met_early"
