"""Lights at the limit itself, where the kept table has no line on it: rules L-2 to L-4 of docs/rules/lights.md."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.verdicts.facts.curve import PlanCurve
from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet
from projects.verdicts.lights.lights import LightFacts, progress_state, project_lights

MAY = dt.date(2021, 5, 31)
GAP, RATIO = RuleSet(), RuleSet(progress_kind="ratio", progress_yellow=80.0, progress_red=60.0)


def lights(percent: float, planned: float, rules: RuleSet = GAP, more: LightFacts | None = None):
    """Reported on 05-31, for which so much is planned."""
    curve = PlanCurve(((MAY - dt.timedelta(days=90), 0.0), (MAY, planned), (dt.date(2021, 12, 31), 100.0)), "x")
    facts = ProjectFacts(curve, (), (Observation(MAY, {}, percent),), {}, {})
    return project_lights(facts, more or LightFacts(), MAY, None, MAY, rules).each


@pytest.mark.parametrize(
    ("percent", "planned", "said"),
    [
        (0.0, 0.0, "2021-05-31 为 0%, 计划尚未开始"),
        (0.0, 0.5, "2021-05-31 为 0%, 计划 0.5%, 落后 0.5 个百分点"),
        (0.0, 0.1, "2021-05-31 为 0%, 计划 0.1%, 落后 0.1 个百分点"),
        (0.0, 0.09, "2021-05-31 为 0%, 与计划一致"),
        (40.0, 40.1, "2021-05-31 为 40%, 计划 40.1%, 落后 0.1 个百分点"),
        (40.1, 40.0, "2021-05-31 为 40.1%, 计划 40%, 超前 0.1 个百分点"),
        (40.09, 40.0, "2021-05-31 为 40%, 与计划一致"),
        (40.0, 40.0, "2021-05-31 为 40%, 与计划一致"),
        (41.0, 40.0, "2021-05-31 为 41%, 计划 40%, 超前 1 个百分点"),
    ],
)
def test_l2_a_gap_is_told_from_a_tenth_of_a_point_on_as_it_is_told(percent: float, planned: float, said: str):
    assert str(lights(percent, planned)["progress"].reason) == said


def test_l2_all_done_is_green_even_where_no_gap_is_borne():
    none = RuleSet(progress_yellow=0.0, progress_red=0.0)
    assert progress_state(100.0, 100.0, none) == "green"
    assert progress_state(99.9, 99.9, none) == "yellow"


@pytest.mark.parametrize(
    ("percent", "planned", "rules", "state"),
    [
        (0.0, 10.0, GAP, "yellow"),
        (0.0, 9.9999997, GAP, "yellow"),  # a millionth of a point is the finest that counts
        (0.0, 9.999999, GAP, "green"),
        (0.0, 30.0, GAP, "yellow"),
        (0.0, 30.000001, GAP, "red"),
        (79.9999997, 100.0, RATIO, "green"),
        (79.999999, 100.0, RATIO, "yellow"),
        (60.0, 100.0, RATIO, "yellow"),
        (59.999999, 100.0, RATIO, "red"),
    ],
)
def test_l2_yellow_and_red_begin_at_their_figures(percent: float, planned: float, rules: RuleSet, state: str):
    assert progress_state(percent, planned, rules) == state


def test_l3_a_month_with_nothing_reported_done_counts_as_such():
    assert lights(0.0, 10.5, RuleSet(progress_running=1))["progress"].state == "red"
    assert lights(1.0, 10.5, RuleSet(progress_running=1))["progress"].state == "green"
    assert lights(0.0, 10.5, RuleSet(progress_running=2))["progress"].state == "yellow"
    assert lights(0.0, 10.5, RuleSet(progress_running=0))["progress"].state == "yellow"


@pytest.mark.parametrize(
    ("paid", "state"), [(550_000_000, "green"), (550_000_003, "green"), (550_000_010, "red"), (550_100_000, "red")]
)
def test_l4_money_more_than_15_points_ahead_of_the_works_is_red(paid: int, state: str):
    """40 % done; of 10 million yuan."""
    assert lights(40.0, 40.0, more=LightFacts(paid, 1_000_000_000))["payment"].state == state
