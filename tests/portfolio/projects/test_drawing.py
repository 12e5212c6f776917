"""The portfolio's rows are drawn as markup without a template, so what people typed must be escaped here."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.core.money import in_unit, shown_wan
from projects.portfolio.projects.drawing import RowWords, draw
from projects.portfolio.projects.rows import PortfolioRow

WORDS = RowWords(
    lights={"behind": "<b>behind</b>"},
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
        percent=33.25,
        probability=72.6,
    )
    drawn = draw([full._replace(investment_fen=163_300_000_000, finding_count=2, rests_on_sample=True)], WORDS)
    for said in (
        "北院",
        "总体进度 ≥ 50%",
        "(确保)",
        "2021-12-31",
        "+17",
        "33.2",
        '<span title="¥1,633,000,000.00">163,300.00</span>',
        "2 项问题",
        "示例",
        "<b>behind</b>",
        "<i>gyr-</i>",
        '<td class="num">73</td>',
    ):
        assert said in drawn


def test_nothing_known_shows_as_a_dash_and_nought_as_nought():
    drawn = draw([row(slip_days=0, percent=0.0)], WORDS)
    assert '<td class="num">0</td>' in drawn
    assert '<td class="num nowrap">0.0 <span class="note">/ —</span></td>' in drawn
    assert drawn.count("—") == 6  # plan, due, forecast, report, money, chance


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
