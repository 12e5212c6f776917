"""What words prove, in figures: rules MT-2, MT-4, MT-5 and MT-6."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.money.documents.numbers import parse
from projects.money.matching.evidence import (
    DOCUMENT,
    Asked,
    Names,
    ask,
    date_score,
    document_level,
    outside_score,
    source_score,
)
from projects.money.matching.memo import Reading, read, stray_outside
from tests.money.matching.made import MARCH, NUMBERS, UNITS, WAN, WORKS, finder, line, receipt

PREFIXES = ("财建", "浙财建", "发改投资")


def asked(memo: str, payee: str = UNITS[0], payer: str = "市财政局") -> Asked:
    return ask(receipt("a", WAN, memo, payee=payee, payer=payer), reading(memo, payee, payer), PREFIXES)


def reading(memo: str, payee: str = UNITS[0], payer: str = "市财政局") -> Reading:
    return read(memo, payer, payee, (), PREFIXES)


@pytest.mark.parametrize(
    ("memo", "number", "parents", "level"),
    [
        ("拨款", "财建〔2025〕23号", (), "silent"),
        ("财建〔2025〕23号", "财建〔2025〕23号", (), "full"),
        ("拨财建〔2025〕23号", "财建〔2025〕23号", (), "full"),
        ("赣财建〔2025〕23号", "财建〔2025〕23号", (), "strange"),
        ("2025年23号文", "财建〔2025〕23号", (), "bare"),
        ("浙财建〔2025〕23号", "财建〔2025〕23号", (), "other"),
        ("财建〔2025〕24号", "财建〔2025〕23号", (), "near"),
        ("2025年24号文", "财建〔2025〕23号", (), "near"),
        ("浙财建〔2025〕24号", "财建〔2025〕23号", (), "other"),
        ("财建〔2025〕45号", "财建〔2025〕23号", (), "other"),
        ("财建〔2024〕23号", "财建〔2025〕23号", (), "near"),
        ("财建〔2026〕23号", "财建〔2025〕23号", (), "near"),
        ("财建〔2023〕23号", "财建〔2025〕23号", (), "other"),
        ("财建〔2024〕24号", "财建〔2025〕23号", (), "other"),
        ("浙财建〔2024〕23号", "财建〔2025〕23号", (), "other"),
        ("2024年23号文", "财建〔2025〕23号", (), "other"),
        ("财建〔2025〕23号", "没有文号", (), "other"),
        ("财建〔2025〕23号", "发改投资〔2025〕7号", ("财建〔2025〕23号",), "bare"),
        ("2025年23号文", "发改投资〔2025〕7号", ("财建〔2025〕23号",), "other"),
        ("财建〔2025〕24号", "发改投资〔2025〕7号", ("财建〔2025〕23号",), "other"),
        ("财建〔2025〕23号", "发改投资〔2025〕7号", ("没有文号",), "other"),
        ("财建〔2025〕45号 财建〔2025〕23号", "财建〔2025〕23号", (), "full"),
    ],
)
def test_mt2_how_a_document_is_cited(memo: str, number: str, parents: tuple[str, ...], level: str):
    assert document_level(asked(memo), parse(number), [parse(one) for one in parents]) == level


def test_mt6_what_citations_and_sources_prove():
    assert DOCUMENT == {"full": 5.5, "bare": 3.5, "strange": 0.5, "near": 0.0, "other": -5.0, "silent": 0.0}
    assert [source_score(said, "cbi") for said in (None, "cbi", "central_special", "county")] == [0.0, 1.0, 0.0, -2.5]


@pytest.mark.parametrize(
    ("days", "score"),
    [
        (-16, -5.0), (-15, -3.0), (-1, -3.0), (0, 0.0), (1, 0.0), (160, 0.0), (161, -0.7), (300, -0.7), (301, -1.5),
        (500, -1.5), (501, -2.5), (800, -2.5), (801, -4.0),
    ],
)  # fmt: skip
def test_mt6_what_days_after_issue_prove(days: int, score: float):
    assert date_score(MARCH + dt.timedelta(days=days), MARCH) == score


@pytest.mark.parametrize(
    ("memo", "payer", "names", "score"),
    [
        ("拨款", "市财政局", "", 5.0),
        ("拨款", "某某", "", 6.0),
        ("拨款", "某某公司", "", 9.0),
        ("利息", "市财政局", "", 12.0),
        ("科研楼", "市财政局", "科研楼", 5.0),
        ("科研楼", "市财政局", "外科大楼", 12.0),
        ("财建〔2025〕23号", "市财政局", "", 2.0),
        ("财建〔2025〕23号 利息", "某某公司", "", 13.0),
    ],
)
def test_mt5_what_speaks_for_other_money(memo: str, payer: str, names: str, score: float):
    assert outside_score(asked(memo, payer=payer), names) == score


@pytest.mark.parametrize(
    ("memo", "stray", "words"),
    [
        ("拨款", None, ()),
        ("利息", "interest", ("利息",)),
        ("退汇 水费", "refund", ("退汇", "水费")),
        ("第2批 保证金", "deposit", ("保证金",)),
        ("门诊收入", "fee", ("门诊收入", "收入")),
        ("药品", "income", ("药品",)),
        ("课题", "other", ("课题",)),
    ],
)
def test_mt5_signs_of_other_money(memo: str, stray: str | None, words: tuple[str, ...]):
    found = reading(memo)
    assert (found.stray, found.stray_words) == (stray, words)
    assert stray_outside(found, "") == bool(words)
    assert not stray_outside(found, "".join(words))


@pytest.mark.parametrize(
    ("memo", "sums"),
    [
        ("1.5亿元", (150_000_000_00,)),
        ("2亿", (200_000_000_00,)),
        ("120万元", (120 * WAN,)),
        ("0.5万", (500_000,)),
        ("1,234,567.89元", (123_456_789,)),
        ("12.34元", (1234,)),
        ("12.345元 1元", (100,)),
        ("0.0000001万元 3万", (3 * WAN,)),
        ("拨款", ()),
    ],
)
def test_mt2_sums_in_a_memo_to_the_fen(memo: str, sums: tuple[int, ...]):
    assert reading(memo).sums == sums


@pytest.mark.parametrize(
    ("memo", "batch"),
    [
        ("第1批", 1), ("第一批", 1), ("九批次", 9), ("2期款", 2), ("三期款", 3), ("第4次", 4), ("第五笔", 5),
        ("批", None), ("第十批", None), ("第2批 第3笔", 2),
    ],
)  # fmt: skip
def test_mt2_batches_in_a_memo(memo: str, batch: int | None):
    assert reading(memo).batch == batch


def test_mt2_the_words_left_of_a_memo():
    found = reading("拨财建〔2025〕23号 第2批 120万元 2025年3月 中央预算内投资 感染楼", "甲县卫健局", "某某银行")
    assert (found.names, found.source, found.is_outsider, found.is_treasury) == ("感染性疾病楼", "cbi", True, False)
    assert (found.is_custodian, reading("拨款").is_custodian) == (True, False)
    assert asked("感染楼", "甲县卫健局").payee_pairs == frozenset()
    assert asked("感染楼", "甲县医院").payee_pairs != frozenset()


WHOLE_NAME = UNITS[0] + WORKS[0]


@pytest.mark.parametrize(
    ("name", "unit", "memo", "payee", "fit"),
    [
        (WHOLE_NAME, UNITS[0], WORKS[0], UNITS[0], (1.0, 1.0, 1.0, 0.0)),
        (WHOLE_NAME, UNITS[0], "", UNITS[0], (1.0, 1.0, 0.0, 0.0)),
        (WHOLE_NAME, UNITS[0], WORKS[0], "某", (0.0, 0.0, 1.0, 0.0)),
        ("人民医院楼房", "人民医院", "楼房", "人民医院", (0.5, 1.0, 1.0, 0.0)),  # no place
        ("河口区人民医院", UNITS[0], "", UNITS[0], (1.0, 1.0, 0.5, 0.0)),  # no works
        (f"{WHOLE_NAME}(二期)", UNITS[0], f"{WORKS[0]}(二期)", UNITS[0], (1.0, 1.0, 1.0, 1.0)),
        (f"{WHOLE_NAME}(二期)", UNITS[0], WORKS[0], UNITS[0], (1.0, 1.0, 1.0, -1.0)),
        (f"{WHOLE_NAME}(二期)", UNITS[0], "", UNITS[0], (1.0, 1.0, 0.0, 0.0)),
        (f"{UNITS[0]}(二期)", UNITS[0], "", UNITS[0], (1.0, 1.0, 0.5, 0.0)),  # half is not enough
    ],
)
def test_mt4_place_unit_works_and_phase_count_for_themselves(
    name: str, unit: str, memo: str, payee: str, fit: tuple[float, ...]
):
    names = Names([line("1", unit=unit, project="P", project_name=name)])
    found = names.fit(asked(memo, payee), "P")
    assert (found.place, found.unit, found.works, found.phase) == pytest.approx(fit)
    assert found.strange == pytest.approx(0.0)
    assert found.score == pytest.approx(3.0 * fit[0] + 3.0 * fit[1] + 4.5 * fit[2] + 2.0 * fit[3])


@pytest.mark.parametrize("letters", [2, 4, 6, 9, 12])
def test_mt4_words_of_another_name_cost_at_most_ten_points(letters: int):
    """Five for each five of weight."""
    other = "甲乙丙丁戊己庚辛壬癸子丑寅"[:letters]
    lines = [line("1"), line("2", unit=UNITS[0], project="Q", project_name=UNITS[0] + other)]
    names = Names(lines)
    own = lines[0].project
    plain, mixed = (names.fit(asked(memo), own) for memo in (WORKS[0], f"{WORKS[0]} {other}"))
    weight = names.lexicon.sum({other[place : place + 2] for place in range(letters - 1)})
    assert mixed.strange == pytest.approx(weight)
    assert plain.score - mixed.score == pytest.approx(min(10.0, weight))
    both = asked(f"{WORKS[0]} {other}")
    assert names.relief(both, mixed, [own, "Q"]) == pytest.approx(min(10.0, weight))
    assert names.relief(both, mixed, [own]) == pytest.approx(0.0)
    assert names.relief(both, names.fit(both, "Q"), ["Q"]) == pytest.approx(0.0)


def test_mt4_a_project_is_named_by_its_first_line():
    names = Names([line("1", project="P"), line("2", project="P", unit=UNITS[1])])
    assert names.fit(asked("", UNITS[0]), "P").unit == pytest.approx(1.0)


def test_mt4_a_name_of_no_weight_divides_nothing():
    """A part whose pairs are few is not less than a hundredth."""
    names = Names([line("1", unit="甲", project="P", project_name="甲")])
    found = names.fit(asked("甲", "甲"), "P")
    assert (found.place, found.unit, found.works) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(("days", "compared"), [(301, 1), (300, 2)])
def test_mt6_a_line_is_compared_only_if_it_could_come_within_twelve_of_the_best(
    monkeypatch: pytest.MonkeyPatch, days: int, compared: int
):
    """The best: 5.5, 5.0, and 10.5 for the name; the other: -5.0, 2.2 for a share, -0.7 or -1.5, at most 12.5."""
    seen: list[str] = []
    fit = Names.fit
    monkeypatch.setattr(Names, "fit", lambda self, asked, key: seen.append(key) or fit(self, asked, key))
    received = MARCH + dt.timedelta(days=1000)
    lines = [
        line("1", issued_on=received),
        line("2", 1000 * WAN, works=WORKS[1], number=NUMBERS[3], issued_on=received - dt.timedelta(days=days)),
    ]
    finder(lines, receipt("a", 300 * WAN, f"{NUMBERS[0]} {WORKS[0]}", received))
    assert len(seen) == compared
