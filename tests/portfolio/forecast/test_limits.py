"""The answer on top of a project's charts at the limit itself, and for projects drawn by lot. Rules S-12 to S-18."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from charts import drawn
from lots import a_project, day
from pins import pinned

from projects.pictures.curves.facts import Flag
from projects.portfolio.forecast.answer import answer
from projects.verdicts.facts.facts import GateFact
from projects.verdicts.forecast.extract import packaged_reference

PLAN = "0 10 20 30 40 50 60 70 80 90 100"  # 2021-01 … 2021-11: ten points a month
MAY = dt.date(2021, 5, 31)


def words(made) -> list[str]:
    return [str(text) for text in made.words]


def with_class(**values):
    return replace(drawn("2021-01", plan=PLAN, **values), reference=packaged_reference())


@pytest.mark.parametrize(
    ("finished", "said"),
    [
        ("2021-11-29", "已于 2021-11-29 完工, 比计划 (2021-11-30) 早 1 天"),
        ("2021-11-30", "已于 2021-11-30 完工"),
        ("2021-12-01", "已于 2021-12-01 完工, 比计划 (2021-11-30) 晚 1 天"),
    ],
)
def test_s12_a_finish_is_told_against_the_plan_s(finished: str, said: str):
    on = dt.date.fromisoformat(finished)
    facts = drawn("2021-01", plan=PLAN, reported="0 10 20", gates={"works_complete": on})
    assert words(answer(facts, (), dt.date(2021, 12, 31))) == [said]
    planless = replace(facts, curve=None)
    assert words(answer(planless, (), dt.date(2021, 12, 31))) == [f"已于 {finished} 完工"]
    assert answer(facts, (), dt.date(2021, 12, 31)).standings == ()


@pytest.mark.parametrize(
    ("reported", "against"),
    [
        ("0 10 20 30", "与计划 (2021-11-30) 相同"),
        ("0 10 20 29", "比计划 (2021-11-30) 晚 3 天"),
        ("0 10 20 29.6", "比计划 (2021-11-30) 晚 1 天"),
        ("0 10 20 31", "比计划 (2021-11-30) 早 4 天"),  # 31 % is planned 3.1 days on, rounded up
    ],
)
def test_s4_without_a_class_one_day_is_told_against_the_plan(reported: str, against: str):
    facts = drawn("2021-01", plan=PLAN, reported=reported)
    said = words(answer(facts, (), dt.date(2021, 4, 30)))
    assert said[0].startswith("推算 2021-")
    assert "八成" not in said[0]
    assert said[1:] == [against]


def test_s9_without_a_report_or_a_plan_nothing_is_told():
    assert words(answer(drawn("2021-01", plan=PLAN), (), MAY)) == ["还没有已通过的月报, 无法推算"]
    assert words(answer(drawn("2021-01", reported="0 10"), (), MAY)) == [
        "没有计划曲线, 无法推算; 填入 25%、50%、75% 的计划日期即可"
    ]
    assert words(answer(drawn("2021-01", plan=PLAN, reported="0 10"), (), dt.date(2021, 1, 30)))[0].startswith("还没有")


def standings(
    as_of: dt.date, *, reported: str = "0 10 20 30", asked: dt.date | None = None, flags: tuple[Flag, ...] = ()
) -> dict[str, str]:
    made = answer(with_class(reported=reported), flags, as_of, asked)
    return {one.on.isoformat(): "、".join(map(str, one.why)) for one in made.standings}


def test_three_coming_month_ends_are_told_and_the_day_itself_is_not_to_come():
    asked = {"2021-11-30": "计划完工", "2021-12-31": "年末"}
    assert standings(MAY) == {"2021-06-30": "月末", "2021-07-31": "月末", "2021-08-31": "月末"} | asked
    assert standings(dt.date(2021, 5, 30)) == {
        "2021-05-31": "月末", "2021-06-30": "月末", "2021-07-31": "月末", "2021-08-31": "月末",
    } | asked  # fmt: skip
    assert standings(dt.date(2021, 10, 1)) == {}  # nothing is told from data of April (S-22)
    assert standings(dt.date(2021, 10, 1), reported="0 10 20 30 40 50 60 70") == {
        "2021-10-31": "月末", "2021-11-30": "月末、计划完工", "2021-12-31": "月末、年末", "2022-01-31": "月末",
    }  # fmt: skip


@pytest.mark.parametrize(("ahead", "told"), [(-1, False), (0, False), (1, True), (3660, True), (3661, False)])
def test_a_day_that_is_asked_for_lies_ahead_by_at_most_ten_years(ahead: int, told: bool):
    on = MAY + dt.timedelta(days=ahead)
    assert (standings(MAY, asked=on).get(on.isoformat()) == "您问的日期") == told
    assert (standings(MAY, flags=(Flag(on, 50.0, "x"),)).get(on.isoformat()) == "承诺期限") == told


def test_a_day_of_two_meanings_is_told_once_with_both():
    both = standings(MAY, asked=dt.date(2021, 6, 30), flags=(Flag(dt.date(2021, 6, 30), 50.0, "x"),) * 2)
    assert both["2021-06-30"] == "月末、承诺期限、您问的日期"


def test_answers_for_projects_drawn_by_lot():
    lot = random.Random(51)
    answers = []
    for number in range(120):
        as_of = day(30 * lot.randrange(5, 14))
        facts = a_project(lot, as_of=as_of)
        if facts.curve and lot.random() < 0.1:
            gate = GateFact(facts.curve.finish + dt.timedelta(days=lot.choice((-1, 0, 1))))
            facts, as_of = replace(facts, gates={"in_use": gate}), facts.curve.finish + dt.timedelta(days=9)
        flags = [Flag(as_of + dt.timedelta(days=lot.choice((0, 1, 40))), 50.0, "x") for _ in range(lot.choice((0, 1)))]
        made = answer(facts, flags, as_of, lot.choice((None, as_of + dt.timedelta(days=100))))
        rows = "; ".join(
            f"{one.on} {'、'.join(map(str, one.why))} {one.planned:.4f} {one.expected.p10:.4f} {one.expected.p50:.4f}"
            for one in made.standings[:5]
        )
        answers.append(f"{number} {as_of} {'; '.join(words(made))} | {rows}")
    pinned("portfolio_forecast_answers", answers)
