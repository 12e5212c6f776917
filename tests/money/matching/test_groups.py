"""Several lines at once, and which of them are tried: rules MT-3 and MT-12."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from projects.money.matching.facts import OpenLine, Receipt
from projects.money.matching.groups import Groups
from projects.money.matching.together import cited_together, shares_together
from tests.money.matching.made import MARCH, NUMBERS, UNITS, WAN, WORKS, finder, line, receipt

FEW = 40
CITED, UPPER = NUMBERS[0], NUMBERS[3]
NAMED = UNITS[0] + WORKS[0]


def proposed(lines: list[OpenLine], one: Receipt) -> list[str]:
    return ["+".join(key for key, _ in guess.parts) for guess in finder(lines, one).searches[one.key].guesses()]


def words_of(lines: list[OpenLine], one: Receipt) -> dict[str, float]:
    search = finder(lines, one).searches[one.key]
    owned, cited = search.books.owned(search.units), search.books.cited(search.asked)
    return {"+".join(key for key, _ in guess.parts): guess.words for guess in search._groups(owned, cited)}


def test_mt12_what_several_lines_at_once_score():
    """Named in full 12.5 or what is said of it; less 1.5 for a group, 4 more for shares, 0.5 for a second project."""
    first, second = line("1", 300 * WAN), line("2", 77 * WAN)
    said = f"{CITED} {NAMED}"
    alone = finder([first], receipt("a", 377 * WAN, said)).searches["a"]
    name = alone.fit(first.project).score
    assert words_of([first, second], receipt("a", 377 * WAN, said)) == {"1+2": pytest.approx(name + 5.5 - 1.5)}
    assert words_of([first, second], receipt("a", 188_500_000, said)) == {"1+2": pytest.approx(name + 5.5 - 1.5 - 4.0)}
    upper = replace(second, document=UPPER)
    both = words_of([first, upper], receipt("a", 377 * WAN, f"{CITED} {UPPER} {NAMED}"))
    assert both == {"1+2": pytest.approx(name + 5.5 - 1.5 + 3.0)}
    one_cited = words_of([first, upper], receipt("a", 377 * WAN, said))
    assert one_cited == {"1+2": pytest.approx(name + (5.5 - 5.0) / 2 - 1.5)}
    none = words_of([first, upper], receipt("a", 377 * WAN, NAMED))
    assert none == {"1+2": pytest.approx(name - 1.5)}
    late = replace(second, issued_on=MARCH - dt.timedelta(days=900))
    assert words_of([first, late], receipt("a", 377 * WAN, NAMED)) == {"1+2": pytest.approx(name - 1.5)}


def test_mt12_a_second_project_costs_half_a_point_and_its_words_are_not_strange():
    first, second = line("1", 300 * WAN), line("2", 77 * WAN, works=WORKS[1])
    said = f"{CITED} {NAMED} {WORKS[1]}"
    search = finder([first, second], receipt("a", 377 * WAN, said)).searches["a"]
    fits = [search.fit(one.project) for one in (first, second)]
    best = max(fits, key=lambda fit: fit.score)
    assert best.strange > 0
    assert words_of([first, second], receipt("a", 377 * WAN, said)) == {
        "1+2": pytest.approx(best.score - 0.5 + 5.5 - 1.5 + min(2.0, best.strange / 5.0) * 5.0)
    }


@pytest.mark.parametrize(("payee", "paid"), [(UNITS[0], False), ("河口区财政局", True)])
def test_mt12_lines_of_several_units_are_a_keeper_s_only(payee: str, paid: bool):
    lines = [line("1"), line("2", 120 * WAN, unit=UNITS[1]), line("3", 50 * WAN, unit=UNITS[2])]
    memo = f"{CITED} 河口区卫生项目"
    found = proposed(lines, receipt("a", 420 * WAN, memo, payee=payee))
    assert ("1+2" in found) == paid
    assert "1+3" in proposed(lines, receipt("a", 350 * WAN, f"{CITED} 拨款", payee="市财政局"))
    assert "1+3" not in proposed(lines, receipt("a", 350 * WAN, memo, payee=payee))


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_mt12_shares_are_looked_for_among_forty_lines_of_the_unit_or_those_cited(count: int):
    lines = [
        line(str(number), 9 * WAN + number, works=f"楼{number}", number="苏财社〔2023〕1号")
        for number in range(3, count + 1)
    ]
    lines += [line("1", 875 * WAN, number=UPPER), line("2", 735 * WAN, number=UPPER)]
    assert ("1+2" in words_of(lines, receipt("a", 805 * WAN))) == (count == FEW)
    assert "1+2" in words_of(lines, receipt("a", 805 * WAN, UPPER))


def test_mt12_the_limits_of_groups_of_cited_lines_and_of_shares():
    ten = [line(str(number), 1 << number) for number in range(1, 11)]
    assert len(list(cited_together(6, ten))) == 1
    assert len(list(cited_together(2046, ten))) == 1  # all ten
    eleven = [*ten, line("11", 1 << 11)]
    assert list(cited_together(6, eleven)) == []
    assert len(list(cited_together(4094, eleven))) == 1
    assert list(cited_together(2, ten[:1])) == []
    assert list(cited_together(6, ten[:2])) == [(("1", 2), ("2", 4))]
    assert len(list(cited_together(30, ten[:4]))) == len(list(cited_together(62, ten[:5]))) == 1
    half = [line("1", 2), line("2", 2)]
    assert list(shares_together(2, half)) == []  # the whole of a line is likelier
    assert list(shares_together(1, [line("1", 3), line("2", 0)])) == []
    assert list(shares_together(3, [line("1", 4), line("2", 2)])) == [(("1", 2), ("2", 1))]
    assert list(shares_together(1, [line("1", 2), line("2", 1)])) == []  # nothing for the second
    assert list(shares_together(300, [line("1", 600), line("2", 400)])) == [(("1", 180), ("2", 120))]
    assert list(shares_together(300, [line("1", 1000), line("2", 1)])) == []


def test_mt3_how_many_groups_a_shelf_makes():
    def sums(count: int, **more: Any) -> Groups:
        groups = Groups()
        groups.change([], [line(str(number), 1 << number, **more) for number in range(1, count + 1)])
        return groups

    def few(groups: Groups, *numbers: int) -> bool:
        return bool(groups.summing(sum(1 << number for number in numbers), 9))

    twelve, thirteen = sums(12), sums(13)
    assert [few(twelve, *range(1, last)) for last in (2, 3, 4, 5, 6, 13)] == [False, True, True, True, False, True]
    assert [few(thirteen, *range(1, last)) for last in (2, 3, 4, 14)] == [False, True, False, True]
    many = sums(50)
    assert [few(many, 1, 48), few(many, 1, 49), few(many, *range(1, 51))] == [True, False, True]
    one = sums(1)
    assert not few(one, 1)
    both = sums(2)
    assert both.summing(6, 9) == [("1", "2")]
    lines = [line(str(number), 1 << number) for number in (1, 2)]
    assert both.change(lines[:1], []) == {6}
    assert both.summing(6, 9) == []
    assert both._found == {}
    assert both.change(lines[1:], []) == set()
    assert both._shelves == {}
    assert both.change([], [replace(lines[0], open_fen=1)]) == set()


def test_mt12_all_of_a_place_in_one_document_is_paid_only_at_once():
    groups = Groups()
    lines = [
        line(str(number), 1 << number, unit=f"甲乙县{name}医院", works="楼")
        for number, name in ((1, "中"), (2, "妇"), (3, "儿"))
    ]
    groups.change([], lines)
    assert groups.summing(14, 9) == [("1", "2", "3")]
    assert groups.summing(6, 9) == []


def test_mt12_a_whole_line_stands_before_the_sum_of_two():
    """5 and a quarter for the amount before 6 less one and a half."""
    lines = [line("1", 300 * WAN), line("2", 77 * WAN), line("3", 377 * WAN)]
    assert proposed(lines, receipt("a", 377 * WAN, CITED)) == ["3", "1+2"]
    odd = [line("1", 300 * WAN), line("2", 77 * WAN), line("3", 477 * WAN, left=377 * WAN)]
    assert proposed(odd, receipt("a", 377 * WAN, CITED)) == ["3", "1+2"]  # 4.6 for the rest
    share = [line("1", 300 * WAN), line("2", 77 * WAN), line("3", 754 * WAN)]
    assert proposed(share, receipt("a", 377 * WAN, CITED)) == ["1+2", "3"]  # 2.95 for half


OTHERS = line("2", 77 * WAN, number=UPPER, works=WORKS[1])
BOTH = f"{CITED} {UPPER} {NAMED} {WORKS[1]}"


def test_mt12_lines_of_several_documents_and_projects_where_the_memo_cites_them_all():
    """377 万元 for 300 of the one and 77 of the other."""
    lines, one = [line("1"), OTHERS], receipt("a", 377 * WAN, BOTH)
    assert list(words_of(lines, one)) == ["1+2"]
    search = finder(lines, one).searches["a"]
    fits = [search.fit(own.project) for own in lines]
    best = max(fits, key=lambda fit: fit.score)
    assert words_of(lines, one)["1+2"] == pytest.approx(best.score + min(10.0, best.strange) - 0.5 + 5.5 - 1.5 + 3.0)
    assert words_of(lines, receipt("a", 377 * WAN, f"{CITED} {NAMED}")) == {}
    three = [*lines, line("3", 50 * WAN, number="财建〔2025〕99号", works=WORKS[2])]
    assert list(words_of(three, receipt("a", 427 * WAN, f"{BOTH} 财建〔2025〕99号"))) == ["1+2+3"]


@pytest.mark.parametrize(
    ("memo", "number", "payee", "found"),
    [
        (BOTH, CITED, UNITS[0], True),
        (f"2025年23号文 {UPPER}", CITED, UNITS[0], True),
        (BOTH, "浙财建〔2025〕23号", UNITS[0], False),  # year and serial of another issuer
        (f"赣{BOTH}", CITED, UNITS[0], False),
        (BOTH, CITED, UNITS[2], False),  # a hospital receives no other one's money
        (BOTH, CITED, "河口区财政局", True),
        (BOTH, "浙财建〔2025〕23号", "河口区财政局", False),
    ],
)
def test_mt12_cited_lines_are_the_unit_s_or_a_keeper_s(memo: str, number: str, payee: str, found: bool):
    memo = memo.replace(NAMED, "").replace(WORKS[1], "")
    lines = [line("1", number=number), OTHERS, line("3", 1, unit=UNITS[2]), line("4", 1, number="财建〔2025〕98号")]
    assert ("1+2" in words_of(lines, receipt("a", 377 * WAN, memo, payee=payee))) == found


def test_mt12_a_keeper_pays_lines_of_the_named_place_or_where_none_is_named_of_all():
    lines = [
        line("1", 100 * WAN, unit="住建区医院"),
        line("2", 20 * WAN, unit="住建区中医院", number=UPPER),
        line("3", 7 * WAN, unit=UNITS[2], number=UPPER, works=WORKS[1]),
    ]
    for payee, found in (("住建区", ["1+2"]), ("住建区专户", ["1+2"]), ("专户", ["1+2", "1+3"])):
        said = [
            key
            for fen in (120, 107)
            for key in words_of(lines, receipt("a", fen * WAN, f"{CITED} {UPPER}", payee=payee))
        ]
        assert said == found


def test_mt12_one_cited_line_alone_is_no_group():
    """It would be likelier than shares of others, were it looked at with them."""
    lines = [
        line("1", 875 * WAN, unit="龙潭县中心血站", number="无"),
        line("2", 735 * WAN, unit="龙潭县中心血站", number="无"),
        line("3", 805 * WAN),
    ]
    one = receipt("a", 805 * WAN, f"{CITED} 龙潭县中心血站", payee="财政局")
    assert list(words_of(lines, one)) == ["1+2"]
    assert list(words_of([*lines, replace(OTHERS, document=CITED)], one)) == []


@pytest.mark.parametrize(
    ("cites", "levels", "more"),
    [
        (f"{CITED} {UPPER}", 5.5, 3.0),
        (f"{CITED} 浙发改投资〔2024〕18号", (5.5 + 0.0) / 2, 0.0),  # near
        (f"{CITED} 拨甲浙发改投资〔2024〕8号", (5.5 + 0.5) / 2, 3.0),  # strange
        (f"{CITED} 2024年8号文", (5.5 + 3.5) / 2, 3.0),
        (f"{CITED} {UPPER} 财建〔2025〕99号", 5.5, 0.0),  # three citations for two documents
    ],
)
def test_mt12_as_many_citations_as_documents_speak_for_them(cites: str, levels: float, more: float):
    lines = [line("1"), line("2", 77 * WAN, number=UPPER)]
    one = receipt("a", 377 * WAN, f"{cites} {WORKS[0]}")
    name = finder(lines, one).searches["a"].fit(lines[0].project).score
    assert words_of(lines, one) == {"1+2": pytest.approx(name + levels - 1.5 + more)}


def test_mt12_a_line_counts_for_shares_to_where_the_amount_is_thirty_percent_of_it():
    """An eleventh line that counts leaves only all of them at once."""
    ten = [line("1", 600), line("2", 400), *(line(str(number), 900 + number) for number in range(3, 11))]
    found = (("1", 180), ("2", 120))
    assert found in list(shares_together(300, ten))
    assert list(shares_together(300, [*ten, line("11", 1000)])) == []
    assert found in list(shares_together(300, [*ten, line("11", 1001)]))
