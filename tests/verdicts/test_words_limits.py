"""What verdicts say, a day to each side: rules S-9, S-11, L-10 and F-4 in words and figures."""

from __future__ import annotations

import datetime as dt

import pytest
from charts import promise

from projects.core.text import Text
from projects.verdicts.assess import words
from projects.verdicts.facts.facts import RuleSet
from projects.verdicts.facts.pauses import Pauses
from projects.verdicts.forecast.outlook import Outlook
from projects.verdicts.rules.renewal import listed

DUE = dt.date(2021, 6, 30)


def on(days: int) -> dt.date:
    return DUE + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "现提前 1 天"), (0, "相同"), (1, "现推后 1 天"), (2, "现推后 2 天"), (-2, "现提前 2 天")]
)
def test_s9_a_forecast_moved_by_a_day_says_so(days: int, said: str):
    assert said in str(words.moved(on(-60), DUE, on(days), (20.0, 21.0), 10.0))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "比期限早 1 天"),
        (0, "恰在期限当日"),
        (1, "晚于期限 1 天 (晚 30 天以内算有风险)"),
        (30, "晚于期限 30 天 (晚 30 天以内算有风险)"),
        (31, "晚于期限 31 天 (晚 30 天以上算将误期)"),
    ],
)
def test_s9_the_line_between_at_risk_and_behind_is_told(days: int, said: str):
    assert said in str(words.forecast(Outlook(on(days)), DUE, 30))
    assert "算" not in str(words.forecast(Outlook(on(days)), DUE)).replace("推算", "")
    assert str(words.forecast(Outlook(on(days)), None)) == f"按计划曲线推算 {on(days)} 达到"


def test_s9_range_and_chance_are_told_where_they_are_known():
    def told(p10: int | None, p90: int | None, chance: float | None) -> str:
        days = [None if day is None else on(day) for day in (p10, p90)]
        return str(words.forecast(Outlook(DUE, *days, chance), DUE))

    assert "八成" not in told(None, 5, 40.0)
    assert "八成" not in told(-5, None, 40.0)
    assert told(-5, 5, None).endswith("八成可能在 2021-06-25 至 2021-07-05 之间")
    for chance, said in ((49.96, "49"), (50.0, "50"), (79.6, "79"), (79.99999999, "80"), (80.0, "80")):
        assert told(-5, 5, chance).endswith(f"之间, 按期达到的可能性 {said}%")


def test_s9_paces_and_amounts_are_told_in_their_own_unit():
    money, percent = promise("investment", 8_000_0000_00), promise()
    assert str(words.pace(money, 1_000_000.0, None, RuleSet())) == "到期前每月需完成 1.00 万元"
    assert "近 3 个月平均 2.00 万元" in str(words.pace(money, 1_000_000.0, 2_000_000.0, RuleSet()))
    assert "不足 30%" in str(words.pace(percent, 5.0, None, RuleSet(), young=True))
    assert "只有一期数据" in str(words.pace(percent, 5.0, None, RuleSet()))
    assert "近 3 个月平均 0 个百分点" in str(words.pace(percent, 5.0, 0.0, RuleSet()))
    assert [str(words.against_due(slip)) for slip in (1, 0, -1)] == ["比期限晚 1 天", "与期限同日", "比期限早 1 天"]
    assert str(words.chance_of_count(2, 49.9)).startswith("按各项目的推算, 到期达到 2 个的可能性 49%")


def test_s14_a_stop_is_told_open_or_over_and_none_not_at_all():
    assert words.stopped(Pauses()) == []
    assert "停工 1 天" in str(words.stopped(Pauses(((DUE, on(1)),)))[0])
    assert "自 2021-06-30 起停工, 尚未复工, 累计停工 0 天" in str(words.stopped(Pauses((), DUE))[0])


def test_l10_versions_are_listed_one_by_one():
    one, two, three = Text("甲"), Text("乙"), Text("丙")
    assert [str(listed(some)) for some in ((one,), (one, two), (one, two, three))] == ["甲", "甲、乙", "甲、乙、丙"]
