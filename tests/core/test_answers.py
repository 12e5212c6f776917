"""The answers about works and data in words: S-22 and S-23 of docs/rules/slippage.md."""

import datetime as dt

import pytest

from projects.core.answers import data_text, works_text

DAY = dt.date(2021, 6, 30)


@pytest.mark.parametrize(
    ("state", "days", "said"),
    [
        ("behind", 214, "落后 214 天"),
        ("ahead", -30, "超前 30 天"),
        ("stopped", 0, "停工 0 天"),
        ("not_begun", 94, "未开工, 已过计划 94 天"),
        ("not_begun", None, "未开工"),
        ("on_plan", 3, "按计划"),
        ("finished", -178, "已完工"),
        ("no_plan", None, "无计划"),
    ],
)
def test_s23_works_are_told_with_their_days_where_these_say_something(state: str, days: int | None, said: str):
    assert str(works_text(state, days)) == said


@pytest.mark.parametrize(
    ("state", "on", "said"),
    [
        ("fresh", DAY, "及时, 0 天前"),
        ("late", dt.date(2021, 5, 1), "迟报, 60 天前"),
        ("silent", dt.date(2021, 1, 31), "失联, 自 2021-01-31"),
        ("none", None, "无数据"),
    ],
)
def test_s22_data_are_told_with_their_age_or_since_when_they_are_silent(state: str, on: dt.date | None, said: str):
    assert str(data_text(state, on, DAY)) == said
