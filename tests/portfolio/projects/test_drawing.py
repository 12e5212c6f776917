"""The portfolio's rows are drawn as markup without a template, so what people typed must be escaped here."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from projects.core.money import in_unit, shown_wan
from projects.money.ladder.sums import ladder
from projects.portfolio.projects.drawing import RowWords, draw
from projects.portfolio.projects.purse import Purses
from projects.portfolio.projects.purse import draw as draw_purse
from projects.portfolio.projects.rows import PortfolioRow

WORDS = RowWords(
    lights={"behind": "<b>behind</b>"},
    works=lambda state, days: f"<u>{state} {days}</u>",
    data=lambda state, on: f"<s>{state} {on}</s>",
    unpublished=lambda on: f"<i>& 规划文件 {on} 才发布",
    measures={"progress_pct": "总体进度"},
    commitments={"must": "确保", "none": "未写明"},
    threshold=lambda value, _measure, _quantifier: f"≥ {(value or 0) / 100:g}%",
    project=lambda slug: f"/projects/{slug}?a=1&b=2",
    gates=lambda slug: f"/projects/{slug}/gates",
    findings=lambda count: f"{count} 项问题",
    sample=("示例", "示例数据"),
    four=lambda letters: f"<i>{letters}</i>",
)


def row(**changes: object) -> PortfolioRow:
    values: dict[str, object] = dict.fromkeys(PortfolioRow._fields)
    values |= {
        "id": 1,
        "slug": "p",
        "name": "北院",
        "category": "hospital",
        "place": "宜春市",
        "state": "behind",
        "works_state": "behind",
        "works_days": 16,
        "data_state": "fresh",
        "data_on": dt.date(2021, 11, 30),
        "finding_count": 0,
        "rests_on_sample": False,
        "lights": "gyr-",
    }
    return PortfolioRow(**{**values, **changes})


def test_a_row_says_its_name_promise_dates_and_money():
    full = row(
        measure="progress_pct",
        quantifier="project",
        threshold=5000,
        commitment="must",
        due=dt.date(2021, 12, 31),
        slip_days=17,
        percent=33.29,
        plan_percent=49.96,
        probability=79.6,
        forecast_finish=dt.date(2022, 7, 20),
    )
    drawn = draw([full._replace(investment_fen=163_300_000_000, finding_count=2, rests_on_sample=True)], WORDS)
    for said in (
        "北院",
        "总体进度 ≥ 50%",
        "(确保)",
        "2021-12-31",
        "+17",
        '<td class="num nowrap">33.2 <span class="note">/ 49.9</span></td>',
        "<td><u>behind 16</u></td><td><s>fresh 2021-11-30</s></td>",
        '<td class="nowrap">2022-07-20</td>',
        "2 项问题",
        "示例",
        "<b>behind</b>",
        "<i>gyr-</i>",
        '<td class="num">79</td>',
    ):
        assert said in drawn
    assert "1,633,000,000.00" not in drawn  # money has columns of its own


def test_the_three_answers_stand_before_the_four_lights_and_every_cell_has_its_heading(app):
    page = app.jinja_env.loader.get_source(app.jinja_env, "portfolio/projects/portfolio.html")[0]
    usual = page.split("{% else %}\n  <caption>")[1].split("</thead>")[0]
    headings = usual.count("<th ") + usual.count("sort_heading(")
    drawn = draw([row()], WORDS)
    assert drawn.count("<td") + drawn.count("<th ") == headings
    marks = ("<b>behind</b>", "<u>behind 16</u>", "<s>fresh 2021-11-30</s>", "<i>gyr-</i>")
    assert sorted(marks, key=drawn.index) == list(marks)


def test_a_project_whose_plan_was_not_published_yet_says_so_over_all_columns_and_nothing_else():
    known, drawn = draw([row()], WORDS), draw([row(unpublished=dt.date(2021, 3, 12))], WORDS)
    assert "&lt;i&gt;&amp; 规划文件 2021-03-12 才发布" in drawn
    assert "behind" not in drawn
    assert drawn.count("<td") - 1 + int(re.search(r'colspan="(\d+)"', drawn)[1]) == known.count("<td")


def test_the_money_columns_say_too_that_a_plan_was_not_published_yet_and_cut_what_they_show():
    known, later = row(percent=49.96), row(unpublished=dt.date(2021, 3, 12))
    drawn = [draw_purse([one], Purses(), WORDS, {"p": "/findings"}) for one in (known, later)]
    assert "<td><b>behind</b></td>" in drawn[0]
    assert '<td class="num">49.9</td>' in drawn[0]
    assert '<td class="note">&lt;i&gt;&amp; 规划文件 2021-03-12 才发布</td>' in drawn[1]
    assert "behind" not in drawn[1]
    assert drawn[0].count("<td") == drawn[1].count("<td")
    money = ladder({}, {("cbi", "allocated"): 100_000, ("cbi", "received"): 99_996})
    assert '<div class="note">99.9%</div>' in draw_purse([known], Purses({1: money}), WORDS, {"p": "/findings"})


def test_nothing_known_shows_as_a_dash_and_nought_as_nought():
    drawn = draw([row(slip_days=0, percent=0.0)], WORDS)
    assert '<td class="num">0</td>' in drawn
    assert '<td class="num nowrap">0.0 <span class="note">/ —</span></td>' in drawn
    assert drawn.count("—") == 3  # plan, chance, forecast


@pytest.mark.parametrize("field", ["name", "place", "slug"])
def test_what_people_typed_is_escaped(field):
    drawn = draw([row(**{field: '"><script>x</script>'})], WORDS)
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_addresses_are_escaped():
    assert "a=1&amp;b=2" in draw([row()], WORDS)


@pytest.mark.parametrize(
    "fen", [0, 1, 4_999, 5_000, 14_999, 15_000, -5_000, -4_999, 163_300_000_000, 99_999_999_999_995_000]
)
def test_money_in_whole_numbers_is_money_in_decimals(fen):
    assert shown_wan(fen) == f"{in_unit(fen):,.2f}".replace("-0.00", "0.00")
