"""Rules L-1 to L-7: four lights, drawn as schedules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from charts import drawn

from projects.verdicts.facts.facts import Observation, ProjectFacts, RuleSet, rule_set
from projects.verdicts.facts.works import begun
from projects.verdicts.lights.lights import Exempted, LightFacts, letters, project_lights
from projects.verdicts.rules.extract import shipped_sets

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
SETS = {one.key: rule_set(one.key, 1, one.figures) for one in shipped_sets()}
MAY = dt.date(2021, 5, 31)
NOTHING = LightFacts()


def lights(facts, more=NOTHING, as_of=MAY, rules=SETS["gap"], started: str | None = "2021-01-10", finished=None):
    begun = dt.date.fromisoformat(started) if started else None
    return project_lights(facts, more, begun, finished, as_of, rules)


def one(key, *rest, **more):
    return lights(*rest, **more).each[key]


def test_the_shipped_default_is_what_the_rules_are_without_a_database():
    assert SETS["gap"] == RuleSet()


# --- L-1 start --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "state", "said"),
    [
        ("2021-01-31", "green", "当月未过"),
        ("2021-02-01", "yellow", "连续 1 个月"),
        ("2021-03-31", "yellow", "连续 2 个月"),
        ("2021-04-01", "red", "连续 3 个月"),
    ],
)
def test_l1_a_start_missed_in_its_month_is_yellow_and_three_months_running_red(as_of, state, said):
    facts = drawn("2021-01", gate_plans={"start": dt.date(2021, 1, 15)})
    light = one("start", facts, as_of=dt.date.fromisoformat(as_of), started=None)
    assert (light.state, said in str(light.reason)) == (state, True)


def test_l1_a_late_start_is_green_and_says_how_late():
    light = one("start", drawn("2021-01", gate_plans={"start": dt.date(2021, 1, 15)}), started="2021-03-16")
    assert (light.state, str(light.reason)) == ("green", "已于 2021-03-16 开工, 比计划晚 60 天")


def test_l1_the_promised_day_stands_in_for_a_plan_and_works_under_way_prove_the_start():
    assert (
        one("start", drawn("2021-01"), LightFacts(promised_start=dt.date(2021, 3, 31)), started=None).state == "yellow"
    )
    assert one("start", drawn("2021-01"), started=None).state == "grey"
    under_way = ProjectFacts(None, (), (Observation(MAY, {"mep": 40.0}, 30.0),), {}, {"start": dt.date(2020, 1, 1)})
    proven = begun({}, under_way.observations)
    assert (proven.on, proven.precision) == (MAY, "report")
    assert one("start", under_way, started=str(proven.on)).state == "green"
    assert one("start", replace(under_way, observations=()), started=None).state == "red"


# --- L-2, L-3 progress ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reported", "gap", "ratio"),  # planned 40 % at the end of May
    [
        ("40", "green", "green"),
        ("33", "green", "green"),
        ("31.9", "green", "yellow"),
        ("30", "yellow", "yellow"),
        ("23.9", "yellow", "red"),
        ("10", "yellow", "red"),
        ("9.9", "red", "red"),
    ],
)
def test_l2_a_gap_in_points_and_a_ratio_to_plan_judge_the_same_month(reported, gap, ratio):
    facts = drawn("2021-01", plan=PLAN, reported=f". . . . {reported}")
    assert (one("progress", facts).state, one("progress", facts, rules=SETS["ratio"]).state) == (gap, ratio)


def test_l2_the_reason_names_day_percent_plan_and_gap():
    light = one("progress", drawn("2021-01", plan=PLAN, reported="0 10 20 25 28"))
    assert str(light.reason) == "2021-05-31 为 28%, 计划 40%, 落后 12 个百分点"


def test_l2_the_report_is_held_against_the_plan_of_its_own_day():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    assert one("progress", facts, as_of=dt.date(2021, 7, 30)).state == "green"
    old = one("progress", facts, as_of=dt.date(2021, 8, 15))
    assert (old.state, "76 天前" in str(old.reason)) == ("yellow", True)


@pytest.mark.parametrize(
    ("reported", "state"),
    [
        ("0 10 20 30 39", "yellow"),
        ("0 10 20 29 39", "red"),
        ("0 10 20 . 39", "yellow"),
        ("0 10 19 30 39", "yellow"),
        ("0 10 20 30 19", "red"),
        ("0 10 20 29 40", "green"),
    ],
)
def test_l3_two_yellow_months_running_are_red_where_a_set_escalates(reported, state):
    facts = drawn("2021-01", plan=PLAN, reported=reported)
    assert one("progress", facts, rules=SETS["escalating"]).state == state
    assert one("progress", facts).state in {"green", "yellow"}


def test_nothing_to_compare_is_grey():
    assert one("progress", drawn("2021-01", reported="0 10")).state == "grey"
    assert one("progress", drawn("2021-01", plan=PLAN)).state == "grey"
    assert one("progress", drawn("2021-01", plan=PLAN, reported="0 0"), finished=dt.date(2021, 2, 1)).state == "green"


# --- L-4 payment ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("paid", "state"), [(40_00, "green"), (55_00, "green"), (55_01, "red"), (10_00, "green")])
def test_l4_money_more_than_15_points_ahead_of_works_is_red(paid, state):
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    assert one("payment", facts, LightFacts(paid, 100_00)).state == state


def test_l4_without_an_approved_sum_or_payments_it_is_grey():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 40")
    assert {one("payment", facts, LightFacts(*money)).state for money in ((5, None), (None, 100), (5, 0))} == {"grey"}


# --- L-7 statistics entry ---------------------------------------------------------------------------------------------


def told(*answers: bool | None) -> ProjectFacts:
    days = [dt.date(2021, 2, 28), dt.date(2021, 3, 31), dt.date(2021, 4, 30)]
    seen = [
        Observation(day, {}, 10.0, None, True, False, answer, "手续未齐")
        for day, answer in zip(days, answers, strict=False)
    ]
    return ProjectFacts(None, (), tuple(seen), {}, {})


@pytest.mark.parametrize(
    ("answers", "as_of", "state"),
    [
        ((False,), "2021-03-01", "green"),
        ((False,), "2021-04-10", "yellow"),
        ((False, False), "2021-04-11", "red"),
        ((False, True), "2021-04-11", "green"),
        ((False, None), "2021-04-11", "red"),
        ((None,), "2021-04-11", "grey"),
        ((), "2021-04-11", "grey"),
    ],
)
def test_l7_an_unentered_project_is_yellow_a_month_after_its_start_and_red_after_two(answers, as_of, state):
    assert one("entry", told(*answers), as_of=dt.date.fromisoformat(as_of), started="2021-02-10").state == state


def test_l7_before_the_start_nothing_is_asked():
    assert one("entry", told(False), started=None).state == "grey"


# --- L-5, L-6 exemptions and the worst --------------------------------------------------------------------------------


def exempted(light="progress", since="2021-05-01", until="2021-05-31"):
    return Exempted(light, "汛期停工", "示例调度员", dt.date.fromisoformat(since), dt.date.fromisoformat(until))


def test_l5_an_exempted_light_is_out_of_the_count_and_says_what_it_would_be():
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20 30 30")
    assert lights(facts).worst == "yellow"
    made = lights(facts, LightFacts(exemptions=(exempted(),)))
    assert (made.worst, made.each["progress"].state) == ("green", "exempt")
    assert str(made.each["progress"].reason).startswith("豁免至 2021-05-31: 汛期停工 (示例调度员批准); 否则为黄灯")


@pytest.mark.parametrize(
    "other", [exempted("start"), exempted(until="2021-05-30"), exempted(since="2021-06-01", until="2021-07-01")]
)
def test_l5_another_light_or_another_day_exempts_nothing(other):
    assert (
        lights(drawn("2021-01", plan=PLAN, reported="0 10 20 30 30"), LightFacts(exemptions=(other,))).worst == "yellow"
    )


def test_l5_a_green_light_stays_green():
    made = lights(drawn("2021-01", plan=PLAN, reported="0 10 20 30 40"), LightFacts(exemptions=(exempted(),)))
    assert made.each["progress"].state == "green"


def test_l6_the_worst_is_shown_and_four_letters_are_stored():
    made = lights(drawn("2021-01", plan=PLAN, reported="0 0 0 0 9"), LightFacts(30_00, 100_00))
    assert (made.worst, letters({key: light.state for key, light in made.each.items()})) == ("red", "grr-")


def test_l6_lights_see_nothing_later_than_their_day():
    early = drawn("2021-01", plan=PLAN, reported="0 10 20")
    later = drawn("2021-01", plan=PLAN, reported="0 10 20 20 20 20")
    day = dt.date(2021, 3, 31)
    assert lights(later, as_of=day) == lights(early, as_of=day)
