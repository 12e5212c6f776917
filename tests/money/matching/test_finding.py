"""Who looks where, who would finish what another leaves, and what is forgotten: rule MT-11."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from projects.money.matching.candidates import Guess
from projects.money.matching.finding import Finder
from projects.money.matching.groups import Groups
from projects.money.matching.memo import Reading
from tests.money.matching.made import MARCH, NUMBERS, UNITS, WAN, finder, line, receipt

CITED = NUMBERS[0]


def keys(guesses: list[Guess]) -> list[str]:
    return ["+".join(key for key, _ in one.parts) for one in guesses]


def test_mt11_what_might_be_finished_after_another():
    """A share or a rounded part leaves a rest, and usual shares of it, cut to the yuan."""
    lines = [line("1", 300 * WAN), line("2", 999 * WAN, unit=UNITS[2])]
    found = finder(
        lines,
        receipt("1", 90 * WAN, CITED),
        receipt("2", 210 * WAN, "无", payee="某某", day=dt.date(2025, 6, 1)),
        receipt("3", 63 * WAN, "无", payee="某某", day=dt.date(2025, 6, 1)),
        receipt("4", 147 * WAN, "无", payee="某某", day=dt.date(2025, 6, 1)),
        receipt("5", 210 * WAN, "无", payee="某某", day=dt.date(2025, 4, 1)),
        receipt("6", 211 * WAN, "无", payee="某某", day=dt.date(2025, 6, 1)),
        receipt("7", 84 * WAN, "无", payee="某某", day=dt.date(2025, 6, 1)),
    )
    assert {key: keys(found.guesses[key]) for key in "234567"} == {
        "2": ["1"], "3": ["1"], "4": ["1"], "5": [], "6": [], "7": ["1"]
    }  # fmt: skip


def test_mt11_a_line_that_receipts_look_at_by_share_within_two_yuan():
    lines = [line("1", 300 * WAN, number="没有文号")]
    some = [receipt(str(fen), fen, "无", payee="某某") for fen in (
        90 * WAN - 201, 90 * WAN - 200, 90 * WAN, 90 * WAN + 200, 90 * WAN + 201, 300 * WAN, 299 * WAN,
    )]  # fmt: skip
    found = finder(lines, *some)._lookers.of(lines[0])
    assert found == {str(fen) for fen in (90 * WAN - 200, 90 * WAN, 90 * WAN + 200, 300 * WAN)}


def left(found: Finder, *keys: str) -> None:
    found.change([], [], keys, (), lambda *_: None)


def test_mt11_what_no_receipt_looks_for_is_forgotten():
    found = finder([line("1", 300 * WAN)], receipt("1", 90 * WAN, CITED), receipt("2", 90 * WAN), receipt("3", 7 * WAN))
    lookers, sequels = found._lookers, found._sequels
    assert lookers._fens == [7 * WAN, 90 * WAN]
    assert sorted(sequels._said) == ["1", "2"]  # the third pays just a part
    left(found, "1")
    assert lookers._fens == [7 * WAN, 90 * WAN]
    assert lookers.of(line("1", 90 * WAN)) == {"2", "3"}  # three by the unit
    assert lookers.of(line("1", 90 * WAN, unit="某某", number="无")) == {"2"}
    assert 210 * WAN in sequels._left
    left(found, "2", "3")
    assert (lookers._fens, lookers.amounts, sequels._left, sequels._said) == ([], {}, {}, {})


def test_mt11_the_first_six_candidates_of_a_receipt_may_leave_something():
    lines = [line(str(number), 300 * WAN) for number in range(1, 9)]
    later = receipt("2", 210 * WAN, "无", payee="某某", day=dt.date(2025, 6, 1))
    found = finder(lines, receipt("1", 90 * WAN, CITED), later)
    assert keys(found.guesses["1"]) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert keys(found.guesses["2"]) == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("memo", "days", "followed"),
    [
        ("京文卫〔2025〕7号", -5, True),  # another number and too early: -8 to the point
        ("京文卫〔2025〕7号 甲乙", -5, False),  # and words of another name: -9.1
        ("京文卫〔2025〕7号", 0, True),
        ("", -16, True),
        ("京文卫〔2025〕7号", -16, False),
    ],
)
def test_mt11_a_line_is_followed_to_eight_behind_the_best(memo: str, days: int, followed: bool):
    lines = [line("1", 300 * WAN), line("2", 1, works="甲乙")]
    found = finder(
        lines,
        receipt("1", 90 * WAN, CITED, day=MARCH - dt.timedelta(days=20)),
        receipt("2", 210 * WAN, memo, payee="某某", day=MARCH + dt.timedelta(days=days)),
    )
    assert keys(found.guesses["2"]) == (["1"] if followed else [])


def test_mt11_a_receipt_finishes_what_came_before_it_on_the_same_day_too():
    day = dt.date(2025, 6, 1)
    for one, other, followed in (("1", "2", True), ("2", "1", True), ("1", "10", True)):
        found = finder(
            [line("1", 300 * WAN)],
            receipt(one, 90 * WAN, CITED, day=day),
            receipt(other, 210 * WAN, "无", payee="某某", day=day),
        )
        assert (keys(found.guesses[other]) == ["1"]) == followed
    alone = finder([line("1", 300 * WAN)], receipt("1", 150 * WAN, CITED))
    assert keys(alone.guesses["1"]) == ["1"]
    assert alone._sequels.of(receipt("1", 150 * WAN)) == []  # its own rest is none of its business
    assert alone._sequels.of(receipt("2", 150 * WAN)) == ["1"]
    assert alone._sequels.of(receipt("2", 150 * WAN, day=dt.date(2025, 4, 30))) == []


def test_mt11_shares_of_a_rest_are_cut_to_the_yuan():
    found = finder([line("1", 100_001)], receipt("1", 30_000, CITED))
    assert sorted(found._sequels._left) == [21_000, 28_000, 35_000, 35_001, 42_001, 49_001, 70_001]


def test_mt11_the_same_learned_names_are_not_tried_again(monkeypatch: pytest.MonkeyPatch):
    tried: list[str] = []
    renamed = Reading.renamed
    monkeypatch.setattr(Reading, "renamed", lambda self, aliases: tried.append("x") or renamed(self, aliases))
    own, other = receipt("1", WAN, "红十字"), receipt("2", WAN, "拨款")
    found = finder([line("1")], own, other)
    assert found.renamed(()) == []
    assert tried == []
    assert found.renamed((("红十字", UNITS[0]),)) == [own]
    assert len(tried) == 2


def test_mt3_a_group_is_counted_once_for_each_shelf_that_makes_it():
    groups = Groups()
    lines = [
        line(str(number), 1 << number, number=f"无{number}", unit=f"医院{number}", project="P") for number in range(4)
    ]
    groups.change([], lines)
    assert {fen: list(own.values()) for fen, own in groups._found.items()} == {
        fen: [1] for fen in (3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15)
    }
    groups.change([], [line("5", 1 << 5, number="无5", unit="医院5", project="P")])
    assert groups._found[15 + 32] == {("0", "1", "2", "3", "5"): 1}
    groups.change([*lines, line("5", 1 << 5, number="无5", unit="医院5", project="P")], [])
    assert (groups._found, groups._shelves, groups._made) == ({}, {}, {})


def test_mt11_whoever_would_finish_a_line_follows_its_change():
    """Its document is dated later: what it left is the same, and what the follower's words prove of it is not."""
    own = line("1", 300 * WAN)
    late = replace(own, issued_on=dt.date(2025, 7, 1))
    found = finder([own], receipt("1", 90 * WAN, CITED), receipt("2", 210 * WAN, "无", payee="某某"))
    before = found.guesses["2"][0].words
    assert found.change([own], [late], (), (), lambda *_: None) == {"1", "2"}
    assert found.guesses["2"][0].words == before - 5.0
