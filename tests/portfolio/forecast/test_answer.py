"""The answer in words on top of a project's charts: finish, range, chance, and the percents of days to come, the same
as the curve says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from builders import make_day, make_project, make_report, make_user, sign_in
from charts import drawn
from flask import Flask

from projects.pictures.curves.facts import Flag
from projects.pictures.curves.progress import s_curve
from projects.portfolio.forecast.answer import answer
from projects.verdicts.facts.facts import RuleSet
from projects.verdicts.facts.stops import with_stops
from projects.verdicts.forecast.extract import packaged_reference
from projects.verdicts.forecast.outlook import whole_ahead

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11
AS_OF = dt.date(2021, 5, 5)


def told(
    reported: str, *, plan: str = PLAN, as_of: dt.date = AS_OF, asked: dt.date | None = None, flags=(), stops=(), **rest
):
    facts = replace(drawn("2021-01", plan=plan, reported=reported, **rest), reference=packaged_reference())
    return answer(with_stops(facts, stops, as_of) if stops else facts, flags, as_of, asked)


def words(made) -> str:
    return "; ".join(map(str, made.words))


def test_the_finish_is_told_with_range_plan_and_chance():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    span = whole_ahead(facts, facts.observations, AS_OF, RuleSet()).finish
    said = words(answer(facts, (), AS_OF))
    assert f"推算 {span.p50} 完工, 八成可能在 {span.p10} 至 {span.p90} 之间" in said
    assert f"比计划 (2021-11-30) 晚 {(span.p50 - dt.date(2021, 11, 30)).days} 天" in said
    assert "按计划完工的可能性" in said


def test_days_to_come_are_those_of_the_curve():
    made = told("0 10 15 20", asked=dt.date(2021, 8, 15), flags=[Flag(dt.date(2021, 12, 31), 50.0, "年内")])
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    ahead = whole_ahead(facts, facts.observations, AS_OF, RuleSet())
    assert [one.on.isoformat() for one in made.standings] == [
        "2021-05-31",
        "2021-06-30",
        "2021-07-31",
        "2021-08-15",
        "2021-08-31",
        "2021-11-30",
        "2021-12-31",
    ]
    assert all(one.expected == ahead.percent_on(one.on) for one in made.standings)
    assert [str(why) for why in made.standings[-1].why] == ["年末", "承诺期限"]
    assert made.standings[0].planned == 40


@pytest.mark.parametrize(
    ("reported", "plan", "said"),
    [
        ("0 50 100", PLAN, "已于 2021-03-31 完工, 比计划 (2021-11-30) 早 244 天"),
        ("", PLAN, "还没有已通过的月报, 无法推算"),
        ("0 10", "", "没有计划曲线, 无法推算"),
    ],
)
def test_where_nothing_is_left_to_forecast_it_says_why(reported: str, plan: str, said: str):
    made = told(reported, plan=plan)
    assert said in words(made)
    assert not made.standings


@pytest.mark.parametrize(
    ("as_of", "told_day", "said"),
    [
        ("2021-07-05", True, "八成可能在"),
        ("2021-07-06", False, "自 2021-04-30 起没有消息, 已 67 天: 不给可能性和日期"),
    ],
)
def test_s22_from_silent_data_no_finish_is_told_and_the_reason_is(as_of: str, told_day: bool, said: str):
    made = told("0 10 15 20", as_of=dt.date.fromisoformat(as_of))
    assert (said in words(made), bool(made.standings), "按计划完工的可能性" in words(made)) == (
        True,
        told_day,
        told_day,
    )


def test_s4_a_finish_that_should_have_come_is_told_as_missing_and_not_as_a_forecast():
    reported = "0 10 20 30 40 50 60 70 80 90 98"
    facts = replace(drawn("2021-01", plan=PLAN, reported=reported), reference=packaged_reference())
    finish = whole_ahead(facts, facts.observations, dt.date(2021, 11, 30), RuleSet()).finish.p50
    for days, is_told in ((-1, True), (0, False), (1, False)):
        made = told(reported, as_of=finish + dt.timedelta(days=days))
        assert (f"推算 {finish} 完工" in words(made), bool(made.standings)) == (is_told, is_told)
        assert (f"应于 {finish} 达到, 至今没有记录" in words(made)) == (not is_told)


def test_s21_facts_that_contradict_each_other_are_both_told_and_nothing_is_forecast():
    made = told("0 10 15 20", gates={"in_use": dt.date(2021, 5, 1)})
    assert "2021-05-01 有完成记录, 而 2021-04-30 的月报总体进度为 20%: 两者矛盾" in words(made)
    assert not made.standings
    assert "已于 2021-05-01 完工" in words(told("0 10 15 90", gates={"in_use": dt.date(2021, 5, 1)}))


def test_works_that_stand_still_are_told_and_the_past_is_not_asked():
    stopped = told("0 10 15 20", stops=[(dt.date(2021, 5, 1), None)])
    assert "自 2021-05-01 起停工, 尚未复工" in words(stopped)
    assert ("完工" in words(stopped), stopped.standings) == (False, ())
    assert dt.date(2021, 3, 1) not in [one.on for one in told("0 10 15 20", asked=dt.date(2021, 3, 1)).standings]


@pytest.mark.parametrize("asked", ["2022-03-15", "2021-01-01", "x", "9999-12-31", ""])
def test_the_page_answers_in_words_and_takes_any_question(app: Flask, asked: str):
    with app.app_context():
        make_day()
        user = make_user("leader")
        make_report(make_project("one"), "2021-10", author=user, preparation=100, foundation=100, structure=20)
    page = sign_in(app.test_client(), user).get(f"/projects/one/forecast?on={asked}")
    assert page.status_code == 200
    assert "八成可能在" in page.text
    assert ("您问的日期" in page.text) == (asked == "2022-03-15")


def test_s27_nothing_is_forecast_of_what_was_dropped():
    facts = replace(drawn("2021-01", plan=PLAN, reported="0 10 15 20"), reference=packaged_reference())
    dropped = replace(facts, dropped_on=dt.date(2021, 5, 1))
    made = answer(dropped, (), AS_OF)
    assert (words(made), made.standings) == ("项目已于 2021-05-01 终止, 不再推算", ())
    kinds = [[line.style for line in s_curve("甲", one, (), AS_OF).lines] for one in (facts, dropped)]
    assert kinds == [["plan", "actual", "forecast"], ["plan", "actual"]]
