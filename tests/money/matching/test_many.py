"""Where a receipt looks when lines are many, and how far: rules MT-2 to MT-6."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from projects.money.matching.books import Books, Register
from projects.money.matching.candidates import Guess
from projects.money.matching.evidence import Names, ask
from projects.money.matching.facts import OpenLine, Receipt
from projects.money.matching.memo import read
from projects.money.matching.names import Lexicon, pairs
from tests.money.matching.made import MARCH, NUMBERS, UNITS, WAN, WORKS, YUAN, finder, line, receipt

FEW, MOST_LINES, KEPT = 40, 160, 10
CITED, UPPER = NUMBERS[0], NUMBERS[3]
NAMED = UNITS[0] + WORKS[0]


def looked(lines: list[OpenLine], one: Receipt) -> set[str]:
    """The lines that a receipt looks at."""
    search = finder(lines, one).searches[one.key]
    return search._lines(search.books.owned(search.units), search.books.cited(search.asked))


def guessed(lines: list[OpenLine], one: Receipt) -> list[Guess]:
    return finder(lines, one).searches[one.key].guesses()


def keys(guesses: list[Guess]) -> list[str]:
    return ["+".join(key for key, _ in one.parts) for one in guesses]


def silent(number: int, fen: int = 999 * WAN, **more: Any) -> OpenLine:
    """A line that no memo here cites, of another building of the hospital."""
    return line(str(number), fen, number=f"苏财社〔2023〕{number}号", works=more.pop("works", "药房甲乙丙"), **more)


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_mt6_of_more_than_forty_lines_of_a_unit_those_are_looked_at_that_works_or_share_speak_for(count: int):
    """Works half named, or a usual share; forty are all looked at."""
    lines = [silent(number) for number in range(1, count - 2)]
    lines += [line("901", 999 * WAN, works="感染性疾病楼"), line("902", 20 * WAN), line("903", 25 * WAN)]
    found = looked(lines, receipt("a", 6 * WAN, "感染性疾病楼"))
    assert found == ({one.key for one in lines} if count == FEW else {"901", "902", "903"})


@pytest.mark.parametrize(
    ("works", "memo", "worth"),
    [
        ("甲乙丙丁戊", "甲乙丙", True),  # two of four pairs
        ("甲乙丙丁戊", "甲乙", False),
        ("甲乙丙丁戊己庚", "甲乙丙", False),  # two of six: a third
        ("甲乙", "甲乙", True),
        ("", "甲乙", False),
    ],
)
def test_mt6_half_of_the_works_named_is_worth_a_look(works: str, memo: str, worth: bool):
    lines = [silent(number) for number in range(1, 45)] + [
        line("901", 999 * WAN, works=works, number="苏财社〔2023〕901号")
    ]
    assert ("901" in looked(lines, receipt("a", 6 * WAN, memo))) == worth


def test_mt6_a_usual_share_is_worth_a_look():
    lines = [silent(number) for number in range(1, 45)]
    lines += [silent(902, 20 * WAN), silent(903, 25 * WAN), silent(904, 15 * WAN), silent(905, 12 * WAN)]
    assert looked(lines, receipt("a", 6 * WAN)) == {"902", "904", "905"}  # 30, 40, 50 percent


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_mt6_of_more_than_forty_cited_lines_those_are_looked_at_that_unit_or_issuer_speak_for(count: int):
    lines = [line(str(number), 999 * WAN, unit=UNITS[2], works=f"楼{number}") for number in range(2, count + 1)]
    lines += [line("1", 998 * WAN), line("990", 997 * WAN, number="京文卫〔2025〕1号")]
    assert len(looked(lines, receipt("a", 6 * WAN, "2025年23号文"))) == (count + 1 if count == FEW else 2)
    assert len(looked(lines, receipt("a", 6 * WAN, CITED))) == count + 1


@pytest.mark.parametrize(("count", "found"), [(FEW, FEW), (FEW + 1, 1)])
def test_mt6_of_more_than_forty_lines_of_the_amount_those_of_the_unit_are_looked_at(count: int, found: int):
    lines = [line(str(number), 7 * WAN, unit=UNITS[2], works=f"楼{number}") for number in range(2, count + 1)]
    assert len(looked([*lines, line("1", 7 * WAN)], receipt("a", 7 * WAN))) == found


@pytest.mark.parametrize(("count", "found"), [(MOST_LINES - 1, 159), (MOST_LINES, 160), (MOST_LINES + 1, 160)])
def test_mt6_where_no_unit_speaks_a_hundred_and_sixty_lines_of_the_amount_are_looked_at(count: int, found: int):
    lines = [line(str(number), 7 * WAN, unit=UNITS[2], works=f"楼{number}") for number in range(1, count + 1)]
    assert len(looked(lines, receipt("a", 7 * WAN, payee="某某"))) == found


@pytest.mark.parametrize(
    ("fen", "total", "found"),
    [
        (3 * WAN // 10, WAN, True),  # 3,000 元 of 10,000
        (3 * WAN, 10 * WAN, False),  # too round to search by it
        (60_300 * YUAN, 201_000 * YUAN, True),
        (3 * WAN + 1, 10 * WAN, True),
        (3 * WAN + 99, 10 * WAN, True),
        (3 * WAN + 201, 10 * WAN, False),
    ],
)
def test_mt3_lines_are_looked_for_by_a_share_where_the_amount_is_odd(fen: int, total: int, found: bool):
    lines = [line("1", total, unit=UNITS[2])]
    assert looked(lines, receipt("a", fen, payee="某某")) == ({"1"} if found else set())


def test_mt3_forty_lines_are_taken_of_each_share():
    lines = [line(str(number), 20 * WAN, unit=UNITS[2], works=f"楼{number}") for number in range(1, 50)]
    lines += [line("900", 25 * WAN, unit=UNITS[2])]
    assert len(looked(lines, receipt("a", 6 * WAN + 1, payee="某某"))) == FEW
    assert len(looked(lines, receipt("a", 10 * WAN + 1, payee="某某"))) == FEW + 1


@pytest.mark.parametrize(
    ("number", "memo", "unit", "found"),
    [
        ("财建〔2025〕24号", CITED, UNITS[0], True),
        ("财建〔2025〕45号", CITED, UNITS[0], False),
        ("财建〔2025〕23号", "拨款", UNITS[0], False),
        ("财建〔2025〕24号", CITED, UNITS[2], False),
        ("财建〔2024〕24号", CITED, UNITS[0], False),
    ],
)
def test_mt2_nearly_cited_lines_of_the_unit_are_looked_at_unless_it_has_a_cited_one(
    number: str, memo: str, unit: str, found: bool
):
    lines = [silent(place) for place in range(1, 45)]
    lines.append(line("901", 999 * WAN, number=number, unit=unit, works="药房甲乙丙"))
    assert ("901" in looked(lines, receipt("a", 6 * WAN, memo))) == found
    if found:
        cited = line("902", 999 * WAN, works="药房甲乙丙")
        assert "901" not in looked([*lines, cited], receipt("a", 6 * WAN, memo))


def asked_of(memo: str, payee: str = UNITS[0], prefixes: tuple[str, ...] = ("财建",)) -> Any:
    one = receipt("a", 6 * WAN, memo, payee=payee)
    return ask(one, read(one.memo, one.payer, one.payee, (), prefixes), prefixes)


def test_mt2_the_shelves_of_the_books():
    lines = [
        line("1", 100),
        line("2", 200, number="浙财建〔2025〕23号"),
        line("3", 300, number="财建〔2025〕24号"),
        line("4", 301, number="财建〔2025〕56号", parents=(CITED,)),
        line("5", 302, number="没有文号"),
    ]
    books = Books(Register(lines))
    books.change([], lines)
    asked = asked_of(CITED)
    assert books.cited(asked) == {"1", "2", "4"}
    assert books.cited_whole(asked) == {"1", "4"}
    assert books.cited_whole(asked_of("2025年23号文")) == set()
    assert books.nearly_cited(asked) == {"3"}
    assert books.amounting(200, 300) == ["2", "3"]
    assert books.amounting(200, 299) == ["2"]
    assert books.amounting(300, 300) == ["3"]
    assert books.amounting(302, 400) == ["5"]
    assert books.amounting(0, 99) == books.amounting(303, 303) == []
    assert books.register.prefixes == ["浙财建", "财建"]
    assert books.register.covers(lines)
    assert not books.register.covers([replace(lines[0], project_name="x"), *lines[1:]])
    assert not books.register.covers([*lines[:-1], replace(lines[-1], document="苏财社〔2025〕1号")])
    other = Register(lines)
    assert other.covers([*lines[:-1], replace(lines[-1], document="财建〔2025〕1号")])
    assert "1" in other.serials[2025]


@pytest.mark.parametrize(
    ("units", "lines", "found"),
    [
        (3, MOST_LINES + 1, MOST_LINES + 1),
        (4, MOST_LINES, MOST_LINES),
        (4, MOST_LINES + 1, 0),
        (4, MOST_LINES - 1, 159),
    ],
)
def test_mt6_many_lines_of_more_than_three_units_mean_nothing(units: int, lines: int, found: int):
    names = [f"{place}县医院" for place in ("甲乙", "丙丁", "戊己", "庚辛")[:units]]
    books = Books(Register([]))
    books.register = Register([line("1")])
    books.change([], [line(str(number), unit=names[number % units], works="楼") for number in range(lines)])
    assert len(books.owned(sorted(books._by_unit))) == found


def test_mt4_units_named_like_the_best_and_at_most_twelve():
    units = [f"{place}山县人民医院" for place in "甲乙丙丁戊己庚辛壬癸子丑寅"]
    register = Register([line(str(place), unit=unit) for place, unit in enumerate(units)])
    assert len(register.owners(asked_of("", "人民医院"))) == 12
    assert register.owners(asked_of("", "甲山县人民医院")) == ["甲山县人民医院"]
    assert register.owners(asked_of("", "无")) == []


def test_mt4_a_unit_that_shares_85_percent_of_the_best_one_s_weight_is_named_as_well(monkeypatch: pytest.MonkeyPatch):
    register = Register([line("1")])
    monkeypatch.setattr(register.names.units, "nearest", lambda *_: [("a", 20.0), ("b", 17.0), ("c", 16.99)])
    assert register.owners(asked_of("")) == ["a", "b"]


def test_mt4_names_that_share_the_most_weight():
    lexicon = Lexicon({str(place): pairs("人民医院") for place in range(8)} | {"a": pairs("儿童医院")})
    assert [key for key, _ in lexicon.nearest(pairs("人民医院"))] == ["0", "1", "2", "3", "4", "5"]
    assert [key for key, _ in lexicon.nearest(pairs("儿童医院"), 2)] == ["a", "0"]
    rare = lexicon.nearest(pairs("儿童医院"), 9, 2)
    assert rare == [("a", pytest.approx(2 * lexicon.weight["儿童"]))]  # 童医 as well, then 医院 of nine
    assert lexicon.nearest(pairs("儿童医院"), 9, 1)[0][1] == pytest.approx(lexicon.weight["儿童"])
    assert len(lexicon.nearest(pairs("儿童医院"), 9, 11)) == 9  # one, one, nine
    assert len(lexicon.nearest(pairs("儿童医院"), 9, 10)) == 1
    assert len(lexicon.nearest(pairs("医院"), 9, 1)) == 9  # the first pair counts in any case
    many = Lexicon({str(place): pairs("甲乙丙") for place in range(2000)} | {"a": frozenset({"丁戊"})})
    assert len(many.nearest(pairs("甲乙丙"), 9999)) == 2000
    two = many.nearest(pairs("甲乙丙"), 9999)[0][1]
    assert two == pytest.approx(2 * many.weight["甲乙"])  # 4,000 names seen
    more = Lexicon({str(place): pairs("甲乙丙") for place in range(2001)} | {"a": frozenset({"丁戊"})})
    assert more.nearest(pairs("甲乙丙"), 9999)[0][1] == pytest.approx(more.weight["甲乙"])


def test_mt4_weights_of_few_names():
    assert Lexicon({"a": pairs("甲乙")}).weight["甲乙"] == pytest.approx(0.893147, abs=2e-6)  # ln(3 / 1.5) + 0.2
    three = Lexicon({"a": pairs("甲乙丙"), "b": pairs("甲乙丁"), "c": pairs("戊己")}).weight
    assert three["甲乙"] == pytest.approx(0.670004, abs=2e-6)  # ln(4 / 2.5) + 0.2
    assert three["戊己"] == pytest.approx(1.180829, abs=2e-6)  # ln(4 / 1.5) + 0.2
    assert Lexicon({"a": pairs("甲乙")}).sum(["甲乙", "丙丁"]) == pytest.approx(0.893147, abs=2e-6)
    assert Lexicon({}).known(frozenset()) == 0.0


def test_mt6_ten_candidates_are_kept_the_first_in_order_of_their_keys():
    lines = [line(str(number), 7 * WAN) for number in range(1, 14)]
    assert keys(guessed(lines, receipt("a", 7 * WAN))) == [str(number) for number in range(1, KEPT + 1)]


@pytest.mark.parametrize(("days", "kept"), [(300, True), (301, True), (501, False), (-1, False)])
def test_mt6_what_lies_twelve_behind_the_best_is_kept(days: int, kept: bool):
    """Cited whole 5.5 before another number -5.0; a late document costs 0.7, 1.5, 2.5."""
    received = MARCH + dt.timedelta(days=1000)
    lines = [
        line("1", issued_on=received),
        line("2", number="京文卫〔2025〕7号", issued_on=received - dt.timedelta(days=days)),
    ]
    found = guessed(lines, receipt("a", 300 * WAN, f"{CITED} {WORKS[0]}", day=received))
    assert keys(found) == (["1", "2"] if kept else ["1"])
    if days == 301:
        assert found[0].words - found[1].words == 12.0


def test_mt6_names_that_can_t_come_near_the_best_are_not_compared(monkeypatch: pytest.MonkeyPatch):
    compared: list[str] = []
    fit = Names.fit
    monkeypatch.setattr(Names, "fit", lambda self, asked, key: compared.append(key) or fit(self, asked, key))
    far = line("2", 999 * WAN, works="外科大楼", number="京文卫〔2025〕7号", issued_on=MARCH - dt.timedelta(days=2000))
    lines = [line("1"), far]
    search = finder(lines, receipt("a", 300 * WAN, f"{CITED} {WORKS[0]}")).searches["a"]
    assert compared == [lines[0].project]
    for _ in range(2):
        search.fit(far.project)
        search.words(far)
    assert compared == [lines[0].project, far.project]
    search.guesses()
    search.words(far)
    assert compared == [lines[0].project, far.project]
    assert list(search._fits) == [lines[0].project]


def test_mt2_how_a_document_is_cited_is_worked_out_once():
    search = finder([line("1")], receipt("a", 300 * WAN, CITED)).searches["a"]
    own = search.books.lines["1"]
    assert search.level(own) == "full"
    search._levels[own.document, own.parents] = "kept"
    assert search.level(own) == "kept"
    assert search.level(replace(own, document=UPPER)) == "other"


@pytest.mark.parametrize(("fen", "found"), [(0, []), (-1, []), (1, ["1"]), (2, [])])
def test_mt6_a_receipt_of_nothing_is_proposed_for_nothing(fen: int, found: list[str]):
    assert keys(guessed([line("1", 1)], receipt("a", fen, CITED))) == found


@pytest.mark.parametrize(("memo", "more"), [("总额300万元", 1.5), ("总额90万元", 0.0), ("总额301万元", 0.0), ("", 0.0)])
def test_mt2_the_sum_of_the_line_in_the_memo_speaks_for_it(memo: str, more: float):
    """Not where it is the receipt's own."""
    for fen, counts in ((90 * WAN, more), (300 * WAN, 0.0)):
        search = finder([line("1")], receipt("a", fen, memo)).searches["a"]
        plain = finder([line("1")], receipt("a", fen)).searches["a"]
        assert search._beside(line("1")) - plain._beside(line("1")) == counts
