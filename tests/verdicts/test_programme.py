"""Rules S-11 to S-13: programmes, projects as a whole, contradictions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn

from projects.verdicts.assess.programme import CountedTally, assess_programme, assess_project, conflicts
from projects.verdicts.facts.facts import TargetFacts, Verdict

DAY = dt.date


def count(threshold=24, due="2020-12-31", quantifier="count", measure="start"):
    return TargetFacts("p", measure, quantifier, threshold, DAY.fromisoformat(due) if due else None, "none")


def met(on):
    return Verdict("met_on_time", met_on=on, met_by=on)


def test_s11_a_count_is_compared_with_pro_rata_not_forecast():
    made = assess_programme(count(), [], [CountedTally(DAY(2020, 6, 30), 9, 40)], DAY(2020, 6, 30))
    assert made.state == "at_risk"  # 9 of 24 × 181/365 = 11.9, which is 75.6 %
    assert made.forecast_on is None
    assert made.current == 9


@pytest.mark.parametrize(("reached", "state"), [(10, "on_track"), (9, "at_risk"), (7, "behind")])
def test_s11_eighty_and_sixty_percent_of_pro_rata(reached, state):
    assert assess_programme(count(), [], [CountedTally(DAY(2020, 6, 30), reached)], DAY(2020, 6, 30)).state == state


def test_s11_a_count_reached_by_registered_projects_is_met_on_the_day_of_the_last_needed():
    members = [met(DAY(2020, 3, day)) for day in (1, 2, 3)] + [Verdict("behind")]
    made = assess_programme(count(3), members, [], DAY(2020, 12, 31))
    assert (made.state, made.met_on) == ("met_early", DAY(2020, 3, 3))


def test_s11_all_means_every_project():
    members = [met(DAY(2021, 3, 1)), Verdict("undated")]
    made = assess_programme(count(100, None, "share", "in_use"), members, [], DAY(2021, 12, 31))
    assert made.state == "undated"
    assert made.current == 50


@pytest.mark.parametrize("members", [[], [Verdict("unknown")], [Verdict("contradicted")]])
@pytest.mark.parametrize(
    ("as_of", "state"),
    [(DAY(2020, 6, 30), "unknown"), (DAY(2020, 12, 31), "unknown"), (DAY(2021, 1, 1), "overdue_no_evidence")],
)
def test_s11_without_any_count_nothing_is_known(members: list[Verdict], as_of: DAY, state: str):
    made = assess_programme(count(1), members, [], as_of)
    assert (made.state, made.current, made.slip_days, made.probability) == (state, None, None, None)


def test_s11_a_tally_of_the_future_is_not_seen():
    tallies = [CountedTally(DAY(2020, 9, 30), 30)]
    assert assess_programme(count(), [], tallies, DAY(2020, 9, 29)).state == "unknown"
    assert assess_programme(count(), [], tallies, DAY(2020, 9, 30)).state == "met_early"


def test_s12_a_project_is_as_bad_as_its_worst_dated_promise():
    verdicts = {
        "a": Verdict("on_track", 0),
        "b": Verdict("behind", 40),
        "c": Verdict("behind", 70),
        "d": Verdict("undated"),
    }
    made = assess_project(drawn("2021-01", plan="0 50 100", reported="0 10"), verdicts, DAY(2021, 2, 28))
    assert (made.state, made.slip_days, made.worst) == ("behind", 70, "c")


def test_s12_a_project_without_promises_is_undated_and_its_plan_is_another_question():
    facts = drawn("2021-01", plan="0 50 100", reported="0 25", gates={"start": DAY(2021, 1, 31)})
    made = assess_project(facts, {}, DAY(2021, 2, 28))
    assert (made.state, made.slip_days, made.worst) == ("undated", None, None)
    assert (made.plan_percent, made.works.state, made.works.days) == (50, "on_plan", 14)


def test_s12_undated_promises_never_make_a_project_late():
    made = assess_project(
        drawn("2021-01", plan="0 50 100", reported="0 0"), {"a": Verdict("undated")}, DAY(2021, 12, 31)
    )
    assert (made.state, made.slip_days) == ("undated", None)


def target(key, measure, threshold=None, due=None):
    return TargetFacts(key, measure, "project", threshold, DAY.fromisoformat(due) if due else None, "none")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (target("a", "structure_done", due="2021-12-31"), target("b", "start")),
        (target("a", "start", due="2021-12-31"), target("b", "complete", due="2021-12-31")),
        (target("a", "structure_pct", 50, "2021-12-31"), target("b", "structure_pct", 60, "2021-12-31")),
        (target("a", "in_use", due="2021-06-30"), target("b", "in_use", due="2021-12-31")),
    ],
)
def test_s13_contradictions_are_found(one, other):
    assert [(first, second) for first, second, _ in conflicts([one, other])] == [("a", "b")]
    assert [(first, second) for first, second, _ in conflicts([other, one])] == [("b", "a")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (target("a", "start", due="2021-03-31"), target("b", "structure_done", due="2021-12-31")),
        (target("a", "in_use", due="2021-06-30"), target("b", "full_operation", due="2021-12-31")),
        (
            replace(target("a", "start", 24, "2020-12-31"), quantifier="count"),
            replace(target("b", "complete", 10, "2020-12-31"), quantifier="count"),
        ),
        (target("a", "accelerate"), target("b", "structure_done", due="2021-12-31")),
    ],
)
def test_s13_promises_that_agree_are_left_alone(one, other):
    assert conflicts([one, other]) == []
