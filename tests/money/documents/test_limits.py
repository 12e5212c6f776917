"""Numbers in running text at the limit itself: rules MT-1 and MT-2 of docs/rules/matching.md."""

from __future__ import annotations

from itertools import product

import pytest

from projects.money.documents.citations import Citation, cited, digits_differ, evened, known_prefix, near
from tests.pins import pinned

PREFIXES = ("财建", "浙财建", "发改投资")


def spelled(one: Citation) -> str:
    """A citation in a few letters."""
    return f"{one.run or '-'} {one.year} {one.serial} [{one.start}:{one.end}]"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("财建〔2025〕23号", 0, 11),
        ("拨财建〔2025〕23号 医院", 1, 12),
        ("拨浙财建〔2025〕23号", 1, 13),
        ("财 建〔2025〕23号", 0, 12),
        ("拨 财 建〔2025〕23号", 2, 14),
        ("甲乙丙丁戊己〔2025〕23号", 0, 15),
        ("甲乙丙丁戊己庚〔2025〕23号", 7, 16),
        ("〔2025〕23号", 0, 9),
        ("款 〔2025〕23号", 0, 11),
        ("2025年23号", 0, 8),
        ("医院 2025-23号文", 0, 12),
        ("财建〔25〕23号", 0, 9),
    ],
)
def test_mt2_a_citation_begins_with_its_known_prefix_or_with_at_most_six_letters(text: str, start: int, end: int):
    (found,) = cited(text, PREFIXES)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "serials"),
    [
        ("(2025)444", ["444"]),
        ("(2025)4444", []),
        ("(2025)4444号", ["4444"]),
        ("财建(2025)4444", ["4444"]),
        ("(1990)1", ["1"]),
        ("(1989)1", []),
        ("(2099)1", ["1"]),
        ("(2100)1", []),
        ("(10)1号", ["1"]),
        ("财建〔2025〕3楼", ["3"]),
        ("财建〔2025〕3号室", []),
        ("财建〔2025〕3号发票", []),
        ("财建〔2025〕3号 楼", ["3"]),
        ("财建〔2025〕3号 5万元", ["3"]),
        ("财建〔2025〕3号 2024年8号文", ["3", "8"]),
        ("财建〔2025〕3号20250305", ["3"]),
        ("财建〔2025〕3 5万元", []),
        ("财建〔2025〕3号 甲", ["3"]),
        ("财建〔2025〕3万元", []),
        ("财建〔2025〕3 月", []),
        ("财建〔2025〕3%", []),
        ("财建〔2025〕3号楼 财建〔2025〕4号", ["4"]),
    ],
)
def test_mt2_vouchers_sums_and_houses_cite_nothing(text: str, serials: list[str]):
    assert [one.serial for one in cited(text, PREFIXES)] == serials


@pytest.mark.parametrize(
    ("words", "serial"),
    [
        ("三", "3"),
        ("十", "10"),
        ("十三", "13"),
        ("二十", "20"),
        ("二十三", "23"),
        ("一百", "100"),
        ("一百零五", "105"),
        ("三百二十", "320"),
        ("三百二十一", "321"),
        ("二百一十", "210"),
        ("百二", "2"),
        ("二三", "23"),
        ("一〇五", "105"),
        ("零五", "5"),
    ],
)
def test_mt1_chinese_numerals_are_figures(words: str, serial: str):
    (found,) = cited(f"财建〔二〇二五〕{words}号", PREFIXES)
    assert (found.year, found.serial, found.run) == (2025, serial, "财建")
    assert evened("财建〔二零二四〕十号") == "财建〔2024〕10号"


@pytest.mark.parametrize(
    ("text", "even"),
    [
        ("甲 乙 丙 丁 戊", "甲乙丙丁戊"),  # single letters
        ("甲 乙 丙 丁", "甲 乙 丙 丁"),
        ("甲甲 乙乙 丙丙 丁丁 戊戊", "甲甲乙乙丙丙丁丁戊戊"),
        ("甲甲甲 乙 丙 丁 戊", "甲甲甲 乙 丙 丁 戊"),
        ("甲甲甲甲甲甲 乙乙乙乙乙 丙丙丙丙丙 丁", "甲甲甲甲甲甲 乙乙乙乙乙 丙丙丙丙丙 丁"),  # 3 to 17
        ("甲甲甲甲甲甲 乙乙乙乙 丙丙丙丙 丁丁", "甲甲甲甲甲甲 乙乙乙乙 丙丙丙丙 丁丁"),  # 3 to 16
        ("甲甲甲甲甲甲 乙乙乙乙 丙丙丙 丁丁 戊", "甲甲甲甲甲甲乙乙乙乙丙丙丙丁丁戊"),  # 4 to 16
        ("甲甲甲甲甲甲 乙乙乙乙 丙丙丙 丁 戊", "甲甲甲甲甲甲 乙乙乙乙 丙丙丙 丁 戊"),  # 4 to 15: too short a text
        ("甲甲甲甲甲甲甲 乙乙乙乙乙 丙丙丙丙 丁丁 戊戊", "甲甲甲甲甲甲甲 乙乙乙乙乙 丙丙丙丙 丁丁 戊戊"),  # 4 to 20
        ("甲甲甲甲甲甲甲 乙乙乙乙乙 丙丙丙丙 丁丁 戊", "甲甲甲甲甲甲甲乙乙乙乙乙丙丙丙丙丁丁戊"),  # 4 to 19
    ],
)
def test_mt2_a_memo_of_more_than_one_space_to_five_letters_is_read_without_them(text: str, even: str):
    assert evened(text) == even


@pytest.mark.parametrize(
    ("run", "alone"),
    [
        ("财建", True),
        ("拨财建", True),
        ("赣财建", False),
        ("甲拨财建", True),
        ("拨甲财建", False),
        ("甲乙财建", True),
        ("拨付财建", True),
        ("付拨财建", True),
        ("拨甲乙财建", True),
        ("甲拨乙财建", False),
    ],
)
def test_mt2_one_strange_letter_after_a_verb_is_another_issuer_s(run: str, alone: bool):
    assert known_prefix(run, ("财建",)) == ("财建", alone)
    assert known_prefix(run, ("发改",)) is None


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("", "", 0),
        ("1", "2", 1),
        ("", "1", 1),
        ("12", "21", 1),
        ("12", "34", 9),
        ("121", "211", 1),
        ("1221", "2112", 9),
        ("123", "321", 9),
        ("132", "231", 9),
        ("1324", "2314", 9),
        ("1234", "1432", 9),
        ("12", "13", 1),
        ("12", "24", 9),
        ("12", "31", 9),
        ("123", "234", 9),
        ("123", "12", 1),
        ("123", "13", 1),
        ("123", "23", 1),
        ("123", "32", 9),
        ("1234", "12", 9),
        ("123", "1", 9),
    ],
)
def test_mt1_one_digit_missing_strange_or_swapped_with_its_neighbour(one: str, other: str, differ: int):
    assert digits_differ(one, other) == digits_differ(other, one) == differ


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("财建〔2025〕23号", "财建〔2025〕23号", False),
        ("财建〔2025〕23号", "财建[2025]023号文", False),
        ("财建〔2025〕23号", "财建〔2O25〕23号", True),  # the second is no number as it stands, and may be the first
        ("财建〔2025〕23号", "财建〔2025 23号", True),
        ("财建〔2025 23号", "财建〔2025 23号", True),
        ("财建〔2025〕23号", "财建〔2025〕28号", True),
        ("财建〔2025〕3号", "财建〔2025〕5号", False),
        ("财建〔2025〕3号", "财建〔2025〕53号", True),
        ("财建〔2025〕23号", "财建〔2024〕23号", True),
        ("财建〔2025〕23号", "财建〔2023〕23号", False),
        ("财建〔2025〕23号", "财建〔2024〕28号", False),
        ("财建〔2025〕23号", "浙财建〔2025〕23号", True),
        ("财建〔2025〕23号", "浙财建〔2025〕28号", False),
        ("财建〔2025〕23号", "浙财建〔2024〕23号", False),
        ("财建〔2025〕23号", "财社〔2025〕23号", False),
        ("财建〔2025〕23号", "没有", False),
        ("没有", "没有", False),
        ("财建〔2025〕23号、财建〔2025〕24号", "财建〔2025〕23号", False),
    ],
)
def test_mt1_near_numbers_are_told_and_the_same_is_not_near(one: str, other: str, is_near: bool):
    assert near(one, other) is near(other, one) is is_near


def test_mt1_mt2_citations_in_every_dress():
    opened = ("〔", "(", "")
    years = ("2025", "25", "2O25", "1989", "3025")
    said = []
    for run, left, year, right, serial, tail in product(
        ("财建", "拨 浙财建", "医院", ""), opened, years, ("〕", "年"), ("3", "0230", "l2-2"), ("号", "", "号楼")
    ):
        text = f"{run}{left}{year}{right}{serial}{tail}"
        if found := cited(text, PREFIXES):
            said.append(f"{text} = {', '.join(map(spelled, found))}")
    pinned("money_documents_cited", said[::2])
