"""What the second implementation found in the first, each by its rule of docs/rules/slippage.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn, promise

from projects.verdicts.assess.assess import assess
from projects.verdicts.assess.programme import CountedTally, assess_programme, assess_project
from projects.verdicts.facts.facts import Observation, ProjectFacts, TargetFacts, Verdict
from projects.verdicts.facts.stops import with_stops

PLAN = "0 10 20 30 40 50 60 70 80 90 100"
day = dt.date.fromisoformat


def reported(*seen: Observation, **gates: str) -> ProjectFacts:
    made = drawn("2021-01", plan=PLAN, gates={key: day(on) for key, on in gates.items()})
    return replace(made, observations=seen)


def report(on: str, overall: float, **stages: float) -> Observation:
    return Observation(day(on), stages, overall)


def event(on: str, **stages: float) -> Observation:
    return Observation(day(on), stages, is_report=False)


@pytest.mark.parametrize(("first", "state"), [("2021-07-31", "overdue_no_evidence"), ("2021-08-01", "overdue")])
def test_s7_a_hundred_percent_counts_from_its_first_report_however_often_it_is_said_again(first: str, state: str):
    facts = reported(report("2021-06-30", 90), report(first, 100), report("2021-08-31", 100))
    assert assess(promise("complete", None, "2021-07-31"), facts, day("2021-09-10")).state == state


def test_s7_a_hundred_percent_that_was_taken_back_counts_from_when_it_was_said_again():
    facts = reported(report("2021-06-30", 100), report("2021-07-31", 95), report("2021-08-31", 100))
    assert assess(promise("complete", None, "2021-07-31"), facts, day("2021-09-10")).state == "overdue"


def test_s7_a_share_of_the_structure_is_proven_by_the_first_gate_that_proves_it():
    facts = reported(report("2021-02-28", 80), topped_out="2021-08-15", in_use="2021-07-01")
    share = assess(promise("structure_pct", 50, "2021-07-10"), facts, day("2021-09-10"))
    assert (share.state, share.met_on, share.met_by) == ("met_on_time", None, day("2021-07-01"))


def test_s7_a_hundred_percent_of_the_structure_is_topped_out_on_that_day():
    facts = reported(report("2021-02-28", 20), topped_out="2021-06-15")
    whole = assess(promise("structure_pct", 100, "2021-07-10"), facts, day("2021-09-10"))
    assert (whole.state, whole.met_on, whole.slip_days) == ("met_early", day("2021-06-15"), -25)
    share = assess(promise("structure_pct", 99.99, "2021-07-10"), facts, day("2021-09-10"))
    assert (share.state, share.met_on, share.slip_days) == ("met_on_time", None, None)


def test_s9_what_no_report_speaks_of_is_overdue_while_the_data_are_fresh():
    facts = reported(report("2021-07-31", 40, foundation=100))
    late = assess(promise("fit_out", None, "2021-07-31"), facts, day("2021-08-20"))
    assert (late.state, late.slip_days) == ("overdue", 20)
    nothing = assess(promise("fit_out", None, "2021-07-31"), reported(), day("2021-08-20"))
    assert nothing.state == "overdue_no_evidence"


@pytest.mark.parametrize(("due", "state"), [("2022-01-31", "behind"), ("2022-02-01", "at_risk")])
def test_s9_works_that_stand_still_are_behind_also_where_nothing_was_ever_reported(due: str, state: str):
    stopped = with_stops(reported(), [(day("2021-03-01"), None)], day("2021-08-04"))
    for measure in ("structure_done", "in_use"):
        assert assess(promise(measure, None, due), stopped, day("2021-08-04")).state == state
    assert assess(promise("in_use", None, due), reported(), day("2021-08-04")).state == "unknown"


def test_s21_a_topping_out_stands_beside_a_completion_that_a_report_contradicts():
    facts = reported(report("2021-06-30", 20), topped_out="2021-07-05", in_use="2021-08-31")
    topped = assess(promise("topped_out", None, "2021-07-31"), facts, day("2021-09-10"))
    assert (topped.state, topped.met_on) == ("met_early", day("2021-07-05"))
    assert assess(promise("fit_out", None, "2021-09-30"), facts, day("2021-09-10")).state == "contradicted"


def test_s21_an_acceptance_proven_by_its_filing_is_none_of_what_being_in_use_fulfils():
    facts = reported(report("2021-06-30", 20), filing="2021-08-15", in_use="2021-08-31")
    accepted = assess(promise("accept", None, "2021-09-30"), facts, day("2021-09-10"))
    assert (accepted.state, accepted.met_by) == ("met_on_time", day("2021-08-15"))
    assert assess(promise("complete", None, "2021-09-30"), facts, day("2021-09-10")).state == "contradicted"


def test_s21_what_a_report_says_beside_an_event_of_the_same_day_is_kept_whatever_is_reported_later():
    later = report("2021-08-31", 30, structure=45)
    seen = (report("2021-05-31", 20, structure=0), event("2021-06-30", structure=60))
    target = promise("structure_pct", 50, "2021-07-31")
    alone = assess(target, reported(*seen, later), day("2021-09-10"))
    beside = assess(target, reported(*seen, report("2021-06-30", 25, structure=60), later), day("2021-09-10"))
    assert (alone.state, beside.state) == ("contradicted", "met_early")


def met(on: str, *, is_bound: bool = False) -> Verdict:
    return Verdict("met_on_time", met_on=None if is_bound else day(on), met_by=day(on))


def counted(*members: Verdict, tallies: tuple[CountedTally, ...] = ()) -> Verdict:
    target = TargetFacts("p", "in_use", "count", 2, day("2021-12-31"), "none")
    return assess_programme(target, members, tallies, day("2021-10-31"))


def test_s11_a_day_that_rests_on_a_bound_is_one():
    exact = counted(met("2021-06-01", is_bound=True), met("2021-06-30"))
    assert (exact.state, exact.met_on) == ("met_early", day("2021-06-30"))
    beside_a_bound = counted(met("2021-06-30"), met("2021-06-30", is_bound=True))
    assert (beside_a_bound.state, beside_a_bound.met_on) == ("met_on_time", None)
    too_few_tallied = (CountedTally(day("2021-06-30"), 1),)
    tallied = counted(met("2021-06-01"), met("2021-06-30", is_bound=True), tallies=too_few_tallied)
    assert (tallied.state, tallied.met_on, tallied.met_by) == ("met_on_time", None, day("2021-06-30"))


def test_s12_what_was_met_without_a_due_day_counts_and_what_is_open_without_one_does_not():
    facts = reported(start="2021-03-01")
    verdicts = {due: assess(promise("start", None, due), facts, day("2021-09-10")) for due in (None, "2021-03-01")}
    assert assess_project(facts, {"t": verdicts[None]}, day("2021-09-10")).state == "met_on_time"
    still_open = assess(promise("in_use", None, None), facts, day("2021-09-10"))
    assert assess_project(facts, {"t": still_open}, day("2021-09-10")).state == "undated"


@pytest.mark.parametrize(("expected", "told"), [("2021-05-14", None), ("2021-05-15", "2021-05-15")])
def test_s4_no_forecast_is_told_for_today_also_where_works_go_on_today(expected: str, told: str | None):
    facts = replace(reported(report("2021-05-10", 10)), gate_plans={"application": day("2021-02-28")})
    as_of = day("2021-05-14")  # 10 % and the gate were planned for 02-28, the works stand since 05-01
    stopped = with_stops(facts, [(day("2021-05-01"), None)], as_of, day(expected))
    made = assess(promise("apply", None, "2021-12-31"), stopped, as_of)
    assert made.forecast_on == (told and day(told))
