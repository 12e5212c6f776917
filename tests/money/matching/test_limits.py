"""Amounts, numbers, names and the desk at the limit itself: rules MT-1 to MT-13, from docs/rules/matching.md."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from projects.core.errors import InvalidError
from projects.core.text import Text
from projects.money.documents.citations import cited, digits_differ, known_prefix, near
from projects.money.documents.numbers import normalise, parse, same
from projects.money.matching.amounts import bases, is_share, oddness, relation
from projects.money.matching.desk import (
    DecisionRow,
    DeskFilter,
    DeskItem,
    DeskReceipt,
    DeskStanding,
    Queue,
    SourceSum,
    beside,
    narrowed,
    parse_parts,
    read,
    searched,
    spell_all,
    spell_parts,
)
from projects.money.matching.doubts import is_slip
from projects.money.matching.echoes import Echoes
from projects.money.matching.evidence import date_score, source_score
from projects.money.matching.facts import Candidate, MatchedPart, OpenLine, Proposal, Receipt, natural
from projects.money.matching.groups import Groups
from projects.money.matching.learning import learned
from projects.money.matching.matching import propose
from projects.money.matching.memo import read as read_memo
from projects.money.matching.together import cited_together, shares_together
from projects.money.matching.world import story

YUAN, WAN = 100, 1_000_000
MAY = dt.date(2025, 5, 1)


def line(key: str, fen: int = 300 * WAN, **more: Any) -> OpenLine:
    unit, works = more.pop("unit", "河口区人民医院"), more.pop("works", "感染性疾病楼")
    own = {
        "document": more.pop("number", "财建〔2025〕23号"),
        "issued_on": dt.date(2025, 3, 1),
        "project": f"P-{unit}{works}",
        "project_name": unit + works,
        "unit": unit,
        "place": "",
        "source": "cbi",
        "amount_fen": fen,
        "open_fen": more.pop("left", fen),
    }
    return OpenLine(key, **(own | more))


def receipt(
    key: str, fen: int, memo: str = "", day: dt.date = MAY, payee: str = "河口区人民医院", payer: str = "市财政局"
) -> Receipt:
    return Receipt(key, day, payer, payee, fen, memo)


# --- MT-3 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "rest", "total", "kind", "percent"),
    [
        (300 * WAN, 300 * WAN, 300 * WAN, "whole", 100),
        (90 * WAN, 300 * WAN, 300 * WAN, "share", 30),
        (210 * WAN, 210 * WAN, 300 * WAN, "rest", 100),
        (100 * WAN, 300 * WAN, 300 * WAN, "share", 100 / 3),
        (200 * WAN, 300 * WAN, 300 * WAN, "share", 200 / 3),
        (170 * WAN, 300 * WAN, 300 * WAN, "part", 170 / 3),
        (45 * WAN, 300 * WAN, 300 * WAN, "share", 15),
        (297 * WAN, 300 * WAN, 300 * WAN, "part", 99),
        (291 * WAN, 300 * WAN, 300 * WAN, "share", 97),
        (301 * WAN, 300 * WAN, 300 * WAN, "none", 0),
        (0, 300 * WAN, 300 * WAN, "none", 0),
        (-1, 300 * WAN, 300 * WAN, "none", 0),
    ],
)
def test_mt3_the_worked_line_of_three_million(amount: int, rest: int, total: int, kind: str, percent: float):
    found = relation(amount, rest, total)
    assert (found.kind, found.percent) == (kind, pytest.approx(percent))


@pytest.mark.parametrize(
    ("short", "rest", "kind"),
    [
        (50 * YUAN, 50_050 * YUAN, "net"),
        (50 * YUAN + 1, 60_000 * YUAN + 1, "part"),
        (1, 50_000 * YUAN + 1, "net"),
        (1, 50_000 * YUAN - 1, "part"),
        (49 * YUAN, 300 * WAN, "net"),
    ],
)
def test_mt3_a_bank_takes_at_most_fifty_yuan_of_fifty_thousand_or_more(short: int, rest: int, kind: str):
    assert relation(rest - short, rest, rest).kind == kind


@pytest.mark.parametrize(
    ("amount", "taken"),
    [(3333, True), (3334, True), (3300, True), (3332, False), (3335, False), (3200, False), (3400, False)],
)
def test_mt3_a_share_is_cut_or_rounded_to_fen_or_yuan(amount: int, taken: bool):
    """A third of 100.00 元: 33.33 and 33.34 to the fen, 33.00 to the yuan."""
    assert is_share(amount, 10_000, 1, 3) == taken


def test_mt3_half_a_yuan_is_rounded_up():
    assert is_share(5_100, 10_101, 1, 2)  # 50.505 元: 51 元
    assert is_share(5_000, 10_101, 1, 2)
    assert not is_share(5_100, 10_098, 1, 2)  # 50.49 元: 50 元
    assert is_share(5_100, 10_100, 1, 2)  # 50.50 元


@pytest.mark.parametrize(
    ("amount", "rest", "kind", "percent"),
    [
        (91 * WAN, 301 * WAN, "rounded", 30),
        (90 * WAN, 301 * WAN, "rounded", 30),
        (92 * WAN, 301 * WAN, "part", 9200 / 301),
        (300 * WAN, 300 * WAN + 999_999, "rounded", 100),
        (300 * WAN, 301 * WAN, "part", 30_000 / 301),
        (300 * WAN - 1, 301 * WAN, "part", 100 * (300 * WAN - 1) / (301 * WAN)),
    ],
)
def test_mt3_whole_ten_thousands_about_a_share_are_rounded(amount: int, rest: int, kind: str, percent: float):
    found = relation(amount, rest, rest)
    assert (found.kind, found.percent) == (kind, pytest.approx(percent))


def test_mt3_a_share_of_what_is_left_or_of_the_whole():
    of_rest, of_whole = relation(60 * WAN, 200 * WAN, 500 * WAN), relation(150 * WAN, 200 * WAN, 500 * WAN)
    assert (of_rest.kind, of_rest.percent, of_rest.of_total) == ("share", 30, False)
    assert (of_whole.kind, of_whole.percent, of_whole.of_total) == ("share", 30, True)
    assert of_rest.score > of_whole.score
    assert relation(75 * WAN, 200 * WAN, 500 * WAN).of_total  # 15 % of the whole
    assert relation(60 * WAN, 200 * WAN, 200 * WAN).of_total
    tiny = relation(60, 200 * YUAN, 200 * YUAN)
    assert tiny.kind == "part"
    assert relation(60 * YUAN, 200 * YUAN, 200 * YUAN).percent == 30
    assert relation(61 * YUAN, 201 * YUAN, 201 * YUAN).kind == "part"


def test_mt3_an_odd_amount_proves_more_than_a_round_one_and_a_usual_share_more_than_another():
    amounts = [10 * WAN, WAN, 1000 * YUAN, 100 * YUAN, YUAN, 1]
    odd = [oddness(300 * WAN + one) for one in amounts]
    assert odd == sorted(odd)
    assert len(set(odd)) == 6
    assert oddness(300 * WAN) == 0
    assert oddness(10 * WAN) == 0
    whole = [relation(fen, fen, fen).score for fen in (300 * WAN, 301 * WAN, 301 * WAN + 1)]
    assert whole == sorted(whole)
    usual, other, third = (relation(fen, 300 * WAN, 300 * WAN).score for fen in (90 * WAN, 60 * WAN, 100 * WAN))
    rounded, part = relation(300 * WAN, 300 * WAN + 5, 300 * WAN + 5), relation(170 * WAN, 300 * WAN, 300 * WAN)
    ranks = [
        whole[0],
        relation(210 * WAN, 210 * WAN, 300 * WAN).score,
        3.0,
        usual,
        rounded.score,
        other,
        third,
        part.score,
    ]
    assert rounded.kind == "net"
    order = [whole[0], usual, other, third, part.score]
    assert all(one > later for one, later in pairwise(order))
    assert len(ranks) == 8


def test_mt3_lines_that_a_share_may_be_of_lie_a_yuan_around():
    for percent, least, most in bases(90 * WAN):
        whole = 90 * WAN * 100 // percent
        assert least <= whole <= most
        for base in (whole - 100, whole, whole + 100):
            assert least <= base <= most
        assert is_share(90 * WAN, whole, percent, 100)
    assert [percent for percent, _, _ in bases(WAN)] == [30, 40, 50]
    assert bases(1000, (50,)) == [(50, 1800, 2201)]


# --- MT-1, MT-2 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("23", "23", 0),
        ("23", "32", 1),
        ("23", "28", 1),
        ("23", "123", 1),
        ("123", "23", 1),
        ("23", "243", 1),
        ("23", "1234", 9),
        ("123", "321", 9),
        ("123", "345", 9),
        ("1234", "2134", 1),
        ("1234", "1243", 1),
        ("12", "345", 9),
    ],
)
def test_mt1_a_digit_missing_strange_or_swapped(one: str, other: str, differ: int):
    assert digits_differ(one, other) == digits_differ(other, one) == differ


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("财建〔2025〕3号", "财建〔2025〕4号", False),  # of one digit nothing can be told
        ("财建〔2025〕3号", "财建〔2025〕13号", True),
        ("财建〔2025〕23号", "财建〔2023〕23号", False),
        ("财建〔2025〕23号", "财建〔2026〕23号", True),
        ("财建〔2025〕23号", "浙财建〔2024〕23号", False),
        ("财建〔2025〕23号", "财建〔2024〕24号", False),
        ("财建〔2025〕23号", "湘浙财建〔2025〕23号", True),
        ("x", "y", False),
    ],
)
def test_mt1_near_is_one_issuer_level_one_year_or_one_digit(one: str, other: str, is_near: bool):
    assert near(one, other) is near(other, one) is is_near


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("财建〔2025〕23号", "财建〔2025〕23号"),
        ("财建[2025]023号文", "财建〔2025〕23号"),
        ("财建（２０２５）第２３号", "财建〔2025〕23号"),
        ("财建〔2025〕123456号", "财建〔2025〕123456号"),
        ("财建〔2025〕1234567号", None),
        ("财建〔3025〕23号", None),
        ("财建〔2025〕23-2号", "财建〔2025〕23-2号"),
        ("〔2025〕23号", None),
    ],
)
def test_mt1_numbers_are_compared_without_brackets_widths_and_zeros(text: str, number: str | None):
    found = parse(text)
    assert (str(found) if found else None) == number
    assert same(text, text) == bool(normalise(text))


@pytest.mark.parametrize(
    ("memo", "keys"),
    [
        ("财建〔1990〕1号", [(1990, "1")]),
        ("财建〔1989〕1号", []),
        ("财建〔2099〕1号", [(2099, "1")]),
        ("(2025)432 拨款", [(2025, "432")]),
        ("(2025)4321 拨款", []),
        ("(2025)4321号 拨款", [(2025, "4321")]),
        ("财建(2025)4321 拨款", [(2025, "4321")]),
        ("财建〔2025〕12345号", [(2025, "12345")]),
        ("财建〔2025〕3.5万元", []),
        ("财建〔2025〕3号楼", []),
        ("财建〔2025〕000号", [(2025, "0")]),
    ],
)
def test_mt2_what_is_cited_and_what_is_a_voucher_a_sum_or_a_house(memo: str, keys: list[tuple[int, str]]):
    assert [one.key for one in cited(memo, ("财建",))] == keys


@pytest.mark.parametrize(
    ("run", "known"),
    [
        ("财建", ("财建", True)),
        ("拨财建", ("财建", True)),
        ("赣财建", ("财建", False)),
        ("浙财建", ("浙财建", True)),
        ("拨浙财建", ("浙财建", True)),
        ("拨赣财建", ("财建", False)),
        ("青川医院财建", ("财建", True)),
        ("教科", None),
    ],
)
def test_mt2_a_letter_before_the_known_prefix_makes_another_issuer(run: str, known: tuple[str, bool] | None):
    assert known_prefix(run, ("财建", "浙财建")) == known


@pytest.mark.parametrize(
    ("memo", "batch", "sums"),
    [
        ("第2批 拨款", 2, ()),
        ("三批次", 3, ()),
        ("2期款", 2, ()),
        ("第九次", 9, ()),
        ("拨120万元", None, (120 * WAN,)),
        ("1,234.56元", None, (123_456,)),
        ("0.001元", None, ()),
        ("1亿", None, (10_000 * WAN,)),
    ],
)
def test_mt2_a_memo_is_read_for_batch_and_sums(memo: str, batch: int | None, sums: tuple[int, ...]):
    found = read_memo(memo, "市财政局", "甲县医院")
    assert (found.batch, found.sums) == (batch, sums)


# --- MT-12 --------------------------------------------------------------------------------------------------


def test_mt12_cited_lines_are_paid_together_where_they_sum_to_the_fen():
    lines = [line("1", 300 * WAN), line("2", 77 * WAN), line("3", 50 * WAN), line("4", 9 * WAN, left=8 * WAN)]
    assert list(cited_together(377 * WAN, lines)) == [(("1", 300 * WAN), ("2", 77 * WAN))]
    assert list(cited_together(377 * WAN + 1, lines)) == []
    assert list(cited_together(300 * WAN, lines)) == []
    assert list(cited_together(308 * WAN, lines)) == []
    assert len(list(cited_together(427 * WAN, lines))) == 1


@pytest.mark.parametrize(
    ("count", "pays", "found"),
    [(10, 2, True), (11, 2, False), (11, 11, True), (6, 5, False), (6, 4, True), (5, 5, True)],
)
def test_mt12_ten_cited_lines_are_tried_in_every_way_of_two_to_four_and_more_only_all_at_once(
    count: int, pays: int, found: bool
):
    lines = [line(str(number), 1 << number) for number in range(1, count + 1)]
    amount = sum(one.amount_fen for one in lines[:pays])
    assert bool(list(cited_together(amount, lines))) == found


def test_mt12_the_same_usual_share_of_each_of_a_project_s_lines():
    lines = [line("1", 875 * WAN), line("2", 735 * WAN, number="湘财建〔2025〕8号")]
    assert list(shares_together(805 * WAN, lines)) == [(("1", 437_500_000), ("2", 367_500_000))]
    assert list(shares_together(805 * WAN - 1, lines)) == []
    assert list(shares_together(805 * WAN, [*lines, line("9", 805 * WAN)])) == []
    assert list(shares_together(805 * WAN, [lines[0], replace(lines[1], open_fen=1)])) == []
    apart = replace(lines[1], project="other", unit="乙县医院")
    assert list(shares_together(805 * WAN, [lines[0], apart])) == []
    to_yuan = [line("1", 333), line("2", 400)]
    assert list(shares_together(300, to_yuan)) == [(("1", 100), ("2", 200))]  # half of each, cut to the yuan
    to_fen = [line("1", 333), line("2", 401)]
    assert list(shares_together(366, to_fen)) == [(("1", 166), ("2", 200))]


def test_mt3_groups_are_two_to_four_untouched_lines_of_a_project_or_all_of_a_shelf():
    groups = Groups()
    lines = [line(str(number), 1 << number) for number in range(1, 6)]
    groups.change([], lines)
    assert groups.summing(2 + 4, 9) == [("1", "2")]
    assert groups.summing(2 + 4 + 8 + 16, 9) == [("1", "2", "3", "4")]
    assert groups.summing(2 + 4 + 8 + 16 + 32, 9) == [("1", "2", "3", "4", "5")]
    assert groups.summing(2, 9) == []
    touched = groups.change([lines[0]], [replace(lines[0], open_fen=1)])
    assert 2 + 4 in touched
    assert groups.summing(2 + 4, 9) == []
    assert groups.summing(4 + 8, 0) == []
    many = Groups()
    many.change([], [line(str(number), 1 << number) for number in range(1, 14)])
    assert many.summing(2 + 4 + 8, 9) == []
    assert many.summing(2 + 4, 9) == [("1", "2")]
    assert many.summing(sum(1 << number for number in range(1, 14)), 9) == [tuple(str(n) for n in range(1, 14))]
    twelve = Groups()
    twelve.change([], [line(str(number), 1 << number) for number in range(1, 13)])
    assert twelve.summing(2 + 4 + 8, 9) == [("1", "2", "3")]
    assert natural("9") < natural("10")


# --- MT-6, MT-10, MT-13 -------------------------------------------------------------------------------------


def test_mt6_a_line_s_story_never_overdraws_it_and_likes_the_right_batch():
    one = line("1")
    now = ((1, 0, "a"), 90 * WAN, None)
    rest = ((2, 0, "b"), 210 * WAN, None)
    assert story(one, ()) == 0
    assert (
        story(one, (now, rest))
        == relation(90 * WAN, 300 * WAN, 300 * WAN).score + relation(210 * WAN, 210 * WAN, 300 * WAN).score
    )
    assert story(one, (rest, ((3, 0, "c"), 91 * WAN, None))) == float("-inf")
    first, second = (story(one, (((1, 0, "a"), 90 * WAN, batch),)) for batch in (1, 2))
    assert first > story(one, (now,)) > second
    assert story(replace(one, parts=1), (((1, 0, "a"), 90 * WAN, 2),)) == first
    long = [story(replace(one, parts=parts), (now,)) for parts in (2, 3)]
    assert long[0] == story(one, (now,)) > long[1]


@pytest.mark.parametrize("days", [(-16, -15), (-1, 0), (160, 161), (300, 301), (500, 501), (800, 801)])
def test_mt7_money_comes_after_its_document_mostly_within_months(days: tuple[int, int]):
    early, late = (date_score(MAY + dt.timedelta(days=one), MAY) for one in days)
    assert (early < late) == (days[0] < 0)
    assert early != late
    assert date_score(MAY, MAY) == date_score(MAY + dt.timedelta(days=160), MAY) == 0


def test_mt13_another_source_speaks_against_a_line_and_a_sibling_does_not():
    assert source_score(None, "cbi") == 0
    assert source_score("cbi", "cbi") > 0 > source_score("county", "cbi")
    assert source_score("provincial", "provincial_budget") == source_score("cbi", "central_special") == 0


@pytest.mark.parametrize(("days", "echo"), [(20, True), (21, True), (22, False), (-21, True), (-22, False)])
def test_mt13_the_same_amount_and_payee_within_21_days_may_have_come_twice(days: int, echo: bool):
    echoes = Echoes()
    one, other = receipt("a", 90), receipt("b", 90, day=MAY + dt.timedelta(days=days))
    assert echoes.change([], [one, other]) == {"a", "b"}
    assert echoes.of(one) == ([other] if echo else [])
    assert echoes.change([other], []) == {"a"}
    assert echoes.of(one) == []


def test_mt13_the_nearest_echo_stands_first_and_another_amount_or_payee_is_none():
    echoes = Echoes()
    own = [
        receipt("a", 90),
        receipt("b", 90, day=MAY + dt.timedelta(days=9)),
        receipt("c", 90, day=MAY - dt.timedelta(days=2)),
    ]
    echoes.change([], [*own, receipt("d", 91), receipt("e", 90, payee="乙县医院")])
    assert [one.key for one in echoes.of(own[0])] == ["c", "b"]


@pytest.mark.parametrize(
    ("amount", "base", "slip"),
    [
        (30_000, 300 * WAN, True),  # 300.00 元 on 3,000,000.00
        (30_001, 300 * WAN, True),
        (30_002, 300 * WAN, False),
        (29_999, 300 * WAN, True),
        (29_998, 300 * WAN, False),
        (9_000, 300 * WAN, True),
        (15_000, 300 * WAN, True),
        (18_000, 300 * WAN, False),
    ],
)
def test_mt13_a_ten_thousandth_of_a_line_or_of_a_usual_share_is_a_slip(amount: int, base: int, slip: bool):
    assert is_slip(amount, base) == slip


@pytest.mark.parametrize(("fen", "doubted"), [(3 * WAN, False), (3 * WAN - 1, True)])
def test_mt13_below_a_hundredth_of_a_line_is_no_progress_payment(fen: int, doubted: bool):
    found = propose([line("1")], [receipt("a", fen, "财建〔2025〕23号 感染性疾病楼")])[0]
    said = " ".join(str(text) for one in found.candidates for text in one.reasons)
    assert ("百分之一" in said) == doubted


@pytest.mark.parametrize(("days", "doubted"), [(20, True), (21, True), (22, False)])
def test_mt13_what_was_booked_on_the_line_within_21_days_is_remembered(days: int, doubted: bool):
    paid = ((MAY - dt.timedelta(days=days), 90 * WAN),)
    one = line("1", left=210 * WAN, parts=1, paid=paid)
    found = propose([one], [receipt("a", 90 * WAN, "财建〔2025〕23号 感染性疾病楼")])[0]
    said = " ".join(str(text) for text in found.candidates[0].reasons)
    assert ("已登记过同样金额的到账" in said, found.confident) == (doubted, False) if doubted else True
    assert ("已登记过同样金额的到账" in said) == doubted


@pytest.mark.parametrize(
    ("payee", "name"),
    [
        ("红十字总院", "红十字总院"),
        ("红十字", None),  # three letters say too little
        ("红十字院", "红十字院"),
        ("红" * 60, "红" * 60),
        ("红" * 61, None),
        ("甲县人民医院", None),
        ("甲县医院", None),
        ("乙县人民医院", None),
        ("甲县财政局专户", None),
        ("红十字 总院", "红十字总院"),
    ],
)
def test_mt10_a_name_is_learned_that_is_nobody_s_own(payee: str, name: str | None):
    assert learned(payee, "甲县人民医院", ["甲县人民医院", "乙县人民医院"]) == name
    assert learned(payee, "", []) is None


# --- MT-9 ---------------------------------------------------------------------------------------------------


def row(number: int, fen: int = 100, **more: Any) -> DeskReceipt:
    own = {
        "voucher": f"V{number}", "received_on": MAY, "payer": "局", "payee": "院", "memo": "拨款", "source": None,
        "place_code": None, "place": None, "matched_fen": 0, "outside_fen": 0, "is_sample": False,
    }  # fmt: skip
    return DeskReceipt(number, amount_fen=fen, **(own | more))


def test_mt9_in_is_matched_outside_and_unmatched_to_the_fen():
    rows = (row(1, 100, matched_fen=60, outside_fen=10),)
    sums = (SourceSum("cbi", 60, 0, 0), SourceSum("", 0, 10, 30))
    queue = Queue(sums, rows, 100)
    assert (queue.matched_fen, queue.outside_fen, queue.unmatched_fen, rows[0].left_fen) == (60, 10, 30, 30)
    for wrong in ({"in_fen": 101}, {"rows": ()}, {"sums": sums[:1]}):
        with pytest.raises(ValueError, match="not what was matched"):
            replace(queue, **wrong)
    assert (row(1).number, row(1, voucher="~abc").number) == ("V1", "")
    assert DecisionRow(1, "x", None, 1, "", None, dt.datetime(2025, 5, 1, tzinfo=dt.UTC), False, ()).parts == ()


@pytest.mark.parametrize(
    ("args", "wrong"),
    [
        ({}, set()),
        ({"show": "", "page": "1"}, set()),
        ({"page": "100000"}, set()),
        ({"page": "100001"}, {"page"}),
        ({"page": "0"}, {"page"}),
        ({"page": "x"}, {"page"}),
        ({"page": ""}, {"page"}),
        ({"show": "x"}, {"show"}),
        ({"source": "x"}, {"source"}),
        ({"source": "cbi"}, set()),
    ],
)
def test_the_desk_is_narrowed_by_known_words(args: dict[str, str], wrong: set[str]):
    if wrong:
        with pytest.raises(InvalidError) as raised:
            read(args)
        assert set(raised.value.fields) == wrong
    else:
        assert read(args).show == "all"


def proposal(key: str, confident: bool = False, parts: tuple[MatchedPart, ...] = (MatchedPart("1", 100),)) -> Proposal:
    return Proposal(key, confident, (Candidate(parts, 99.0, (Text("x"),)),))


def test_the_desk_shows_what_is_sure_unsure_or_without_a_proposal():
    said = {"1": proposal("1", confident=True), "2": proposal("2"), "3": proposal("3", parts=())}
    items = [
        DeskItem(row(number, source="county" if number == 2 else None, memo=f"m{number}"), said.get(str(number)))
        for number in (1, 2, 3, 4)
    ]
    assert [one.show for one in items] == ["sure", "unsure", "none", "none"]
    assert DeskItem(row(9), Proposal("9", confident=True, candidates=())).show == "none"
    lines = {"1": line("1")}

    def left(**chosen: str) -> list[int]:
        return [one.receipt.id for one in narrowed(items, DeskFilter(**chosen), lines)]

    assert left() == [1, 2, 3, 4]
    assert left(show="none") == [3, 4]
    assert left(source="cbi") == [1]
    assert left(source="county") == [2]
    assert left(q="m3") == [3]
    assert left(q="V4 局 院") == [4]
    assert spell_all(items) == "1=1:100;2=1:100;3="
    assert DeskFilter().query() == {}
    assert DeskFilter("sure", "cbi", "x", 2).query() == {"show": "sure", "source": "cbi", "q": "x"}
    standing = DeskStanding(Queue((), (), 0), lines, said)
    assert standing.said("1", (("1", 100),)) == (Text("x"),)
    assert standing.said("1", (("1", 99),)) == ()
    assert standing.said("7", (("1", 100),)) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12:3000,15:200", (("12", 3000), ("15", 200))),
        ("", ()),
        ("1:" + "9" * 16, (("1", int("9" * 16)),)),
        ("1:" + "9" * 17, None),
        ("9" * 18 + ":1", (("9" * 18, 1),)),
        ("9" * 19 + ":1", None),
        ("1", None),
        (":1", None),
        ("1:-1", None),
        ("²:1", None),
        ("1:²", None),
    ],
)
def test_the_parts_of_a_form_are_digits_of_bounded_length(text: str, parts: tuple[tuple[str, int], ...] | None):
    if parts is None:
        with pytest.raises(ValueError, match=r".*"):
            parse_parts(text)
    else:
        assert parse_parts(text) == parts
        assert spell_parts(parts) == text


def test_lines_to_split_on_are_those_proposed_then_of_their_projects_then_of_the_payee():
    own, sibling = line("1"), line("2", number="x")
    payees = line("3", unit="院", works="楼", issued_on=dt.date(2025, 1, 1))
    stranger = line("4", unit="别院", works="楼")
    found = beside([stranger, payees, sibling, own], row(1), proposal("1"))
    assert [one.key for one in found] == ["1", "2", "3"]
    assert [one.key for one in beside([stranger, payees, own], row(1), None)] == ["3"]
    assert len(beside([line(str(n)) for n in range(1, 20)], row(1), proposal("1"))) == 12
    assert [one.key for one in searched([own, payees], "财建 楼")] == ["1", "3"]
    assert [one.key for one in searched([own, payees], "感染性")] == ["1"]
    assert len(searched([line(str(n)) for n in range(40)], "楼")) == 30


def test_mt7_who_gave_way_has_a_likelier_candidate_behind_the_first():
    first, second = Candidate((), 40.0, ()), Candidate((), 60.0, (), "fee")
    assert Proposal("1", False, (first, second)).gave_way
    assert not Proposal("1", False, (second, first)).gave_way
    assert not Proposal("1", False, (first, replace(second, sure=40.0))).gave_way
    assert Proposal("1", False, (first, second)).outside == "fee"
    assert Proposal("1", False, ()).best is None
