"""What is sure and what needs a look, at the limits of words and amounts themselves: rules MT-7, MT-8 and MT-13."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from projects.money.matching.books import Register
from projects.money.matching.candidates import Guess, Search
from projects.money.matching.echoes import Echoes, is_echo
from projects.money.matching.evidence import NameFit
from projects.money.matching.facts import OpenLine
from projects.money.matching.finding import Finder
from projects.money.matching.reasons import is_confident, outside_reasons, reasons, strange_letters
from projects.money.matching.world import World, case
from tests.money.matching.made import MARCH, NUMBERS, UNITS, WAN, WORKS, YUAN, line, receipt

CITED = NUMBERS[0]
NAMED = f"{CITED} {WORKS[0]}"


class Asked:
    """One receipt that would pay some lines, with how well names and numbers fit set by hand."""

    def __init__(
        self,
        fen: int,
        memo: str = NAMED,
        lines: tuple[OpenLine, ...] = (line("1"),),
        parts: tuple[tuple[str, int], ...] = (),
        levels: dict[str, str] | None = None,
        fit: dict[str, float] | None = None,
        **more: Any,
    ) -> None:
        finder = Finder(Register(lines), ())
        finder.change([], lines, (), [receipt("a", fen, memo, **more)], lambda *_: None)
        self.search: Search = finder.searches["a"]
        self.guess = Guess(parts or ((lines[0].key, fen),), 10.0, lines[0].project)
        self.world = World(
            {one.key: one for one in lines},
            {"a": case((9, 1, "a"), None, [self.guess], 0.0, {one.key: one for one in lines})},
        )
        if levels:
            found = {one.key: levels.get(one.key, "silent") for one in lines}
            self.search.level = lambda one: found[one.key]
        if fit:
            own = NameFit(
                **({"place": 0.0, "unit": 0.0, "works": 0.0, "phase": 0.0, "strange": 0.0, "score": 0.0} | fit)
            )
            self.search.fit = lambda _: own

    def sure(self, chance: float = 1.0) -> bool:
        return is_confident(self.world, self.search, "a", self.guess, chance)

    def said(self) -> str:
        return "; ".join(map(str, reasons(self.world, self.search, "a", self.guess)))


PART, SHARE, WHOLE = 17 * WAN, 90 * WAN, 300 * WAN
TWO = (line("1", 300 * WAN), line("2", 77 * WAN, number=NUMBERS[3]))


@pytest.mark.parametrize(("chance", "sure"), [(0.985, True), (0.9849, False), (1.0, True)])
def test_mt8_nothing_is_ticked_below_98_5_percent(chance: float, sure: bool):
    assert Asked(WHOLE).sure(chance) == sure


@pytest.mark.parametrize(
    ("level", "fit", "fen", "chance", "sure"),
    [
        ("other", {"works": 0.6}, WHOLE, 0.995, True),
        ("other", {"works": 0.6}, WHOLE, 0.9949, False),
        ("other", {"works": 0.59}, WHOLE, 1.0, False),
        ("other", {"works": 1.0}, PART, 1.0, False),
        ("near", {"works": 0.6}, WHOLE, 0.995, True),
        ("near", {"works": 0.6}, WHOLE, 0.99, False),
        ("strange", {"works": 0.6}, WHOLE, 0.99, False),
        ("full", {"works": 0.6}, WHOLE, 0.99, True),
        ("full", {"works": 0.6}, PART, 0.99, True),
        ("full", {"works": 0.59, "place": 0.8, "unit": 0.8}, PART, 1.0, False),  # 1.6 of the owner
        ("full", {"works": 0.59, "place": 0.8, "unit": 0.81}, PART, 1.0, True),
        ("bare", {"works": 0.59, "place": 0.8, "unit": 0.81}, PART, 1.0, True),
        ("full", {"place": 0.4, "unit": 0.5}, WHOLE, 1.0, False),  # 0.9 of the owner
        ("full", {"place": 0.4, "unit": 0.51}, WHOLE, 1.0, True),
        ("full", {"place": 0.4, "unit": 0.51}, SHARE, 1.0, True),
        ("full", {"place": 0.5, "unit": 0.4}, PART, 1.0, False),
        ("silent", {"works": 0.6}, WHOLE, 1.0, True),
        ("silent", {"works": 0.6}, PART, 1.0, False),
        ("silent", {"works": 0.6}, WHOLE - 20 * YUAN, 1.0, True),  # less a bank's fee
        ("silent", {"works": 0.59, "place": 1.0, "unit": 1.0}, WHOLE - 20 * YUAN, 1.0, False),
        ("silent", {"place": 0.4, "unit": 0.51}, WHOLE, 1.0, True),
        ("silent", {"place": 0.4, "unit": 0.5}, WHOLE, 1.0, False),
        ("silent", {"works": 0.6, "place": 0.0}, WHOLE + 1, 1.0, False),  # more than is left
    ],
)
def test_mt8_number_name_and_amount_say_enough_together(
    level: str, fit: dict[str, float], fen: int, chance: float, sure: bool
):
    own = line("1") if fen <= WHOLE else line("1", 301 * WAN)
    memo = f"{WORKS[0]}" if level == "silent" else NAMED
    assert Asked(fen, memo, (own,), levels={"1": level}, fit=fit).sure(chance) == sure


@pytest.mark.parametrize(
    ("level", "works", "sure"),
    [("full", 0.6, True), ("full", 0.59, False), ("silent", 1.0, False), ("bare", 1.0, True)],
)
def test_mt8_a_payer_that_is_no_treasury_needs_number_and_name(level: str, works: float, sure: bool):
    fit = {"works": works, "place": 1.0, "unit": 1.0}
    assert Asked(WHOLE, levels={"1": level}, fit=fit, payer="某某公司").sure() == sure
    assert Asked(WHOLE, levels={"1": level}, fit=fit, payer="某某").sure()


@pytest.mark.parametrize(
    ("memo", "letters"),
    [
        ("", 0),
        ("拨款", 0),
        ("救", 1),
        ("公立", 2),
        ("公立改", 3),
        ("公立医院改革", 4),  # 医院 is of the name
        ("医院公", 1),
        ("公医院", 1),
        ("ab1", 0),
        ("公ab立", 2),
        ("感染性疾病楼", 0),
        ("感染", 0),
        ("感救", 2),
    ],
)
def test_mt8_strange_letters_belong_to_no_known_word(memo: str, letters: int):
    assert strange_letters(Asked(WHOLE, memo).search, Asked(WHOLE).guess.project) == letters


@pytest.mark.parametrize(("memo", "sure"), [("拨款", True), ("公立", True), ("公立改", False), ("公立医院改革", False)])
def test_mt8_a_memo_without_words_of_its_own_says_less_than_three_strange_letters(memo: str, sure: bool):
    assert Asked(WHOLE, memo).sure() == sure


@pytest.mark.parametrize(
    ("fen", "sure"),
    [(300 * WAN, False), (300 * WAN + 1000 * YUAN, False), (300 * WAN + 100 * YUAN, True), (300 * WAN + YUAN, True)],
)
def test_mt8_a_round_sum_of_several_lines_may_be_met_by_chance(fen: int, sure: bool):
    """Whole hundreds of 元 are odd enough, whole thousands are not."""
    lines = (line("1", fen), line("2", 100 * WAN))
    parts = (("1", fen), ("2", 100 * WAN))
    assert Asked(fen + 100 * WAN, "拨款", lines, parts).sure() == sure
    assert Asked(fen, "拨款", lines[:1]).sure()
    assert Asked(fen + 100 * WAN, NAMED, lines, parts).sure()


def test_mt8_a_sign_of_other_money_is_never_ticked_unless_the_name_says_it():
    assert not Asked(WHOLE, f"{NAMED} 利息").sure()
    research = line("1", works="科研楼")
    assert Asked(WHOLE, f"{CITED} 科研楼", (research,)).sure()


@pytest.mark.parametrize(
    ("more", "word", "said"),
    [
        ({"fen": 3 * WAN}, "百分之一", False),
        ({"fen": 3 * WAN - 1}, "百分之一", True),
        ({"fen": 30_000}, "万分之一", True),
        ({"fen": 30_002}, "万分之一", False),
        ({"fen": 1, "lines": (line("1", left=1),)}, "百分之一", False),  # its rest
        ({"fen": 21_000, "lines": (line("1", left=210 * WAN),)}, "万分之一", True),  # of what is left
        ({"fen": 30_000, "lines": (line("1", left=210 * WAN),)}, "万分之一", True),  # of the whole
    ],
)
def test_mt13_wan_may_stand_for_yuan(more: dict[str, Any], word: str, said: bool):
    found = Asked(**more)
    assert (word in found.said()) == said
    assert not (said and found.sure())


def test_mt13_of_several_lines_none_is_too_small():
    assert "百分之一" not in Asked(2, NAMED, TWO, (("1", 1), ("2", 1))).said()


@pytest.mark.parametrize(
    ("projects", "fens", "said"),
    [
        ((WORKS[0], WORKS[1]), (225 * WAN, 245 * WAN), True),
        ((WORKS[0], WORKS[0]), (225 * WAN, 245 * WAN), False),
        ((WORKS[0], WORKS[1]), (450 * WAN, 490 * WAN), False),
    ],
)
def test_mt13_the_same_share_of_several_projects_may_be_met_by_chance(
    projects: tuple[str, str], fens: tuple[int, int], said: bool
):
    lines = (line("1", 450 * WAN, works=projects[0]), line("2", 490 * WAN, works=projects[1]))
    found = Asked(sum(fens), NAMED, lines, (("1", fens[0]), ("2", fens[1])))
    assert ("按同一比例付几个项目" in found.said()) == said


OTHER = "摘要还写有文号"


@pytest.mark.parametrize(
    ("total", "fen", "said"),
    [
        (300 * WAN, PART, True),
        (300 * WAN, 300 * WAN, False),
        (300 * WAN, 90 * WAN, True),  # a share, and round
        (310 * WAN, 93 * WAN, True),
        (301 * WAN, 903_000 * YUAN, False),  # a share to the thousand: odd enough
        (301 * WAN, 903_010 * YUAN, True),  # odd, and no share
    ],
)
def test_mt13_another_cited_document_with_a_line_of_the_unit_is_told(total: int, fen: int, said: bool):
    lines = (line("1", total), line("2", 999 * WAN, number=NUMBERS[3], works=WORKS[1]))
    assert (OTHER in Asked(fen, f"{NAMED} {NUMBERS[3]}", lines).said()) == said


@pytest.mark.parametrize(
    ("memo", "other", "said"),
    [
        (f"{NAMED} {NUMBERS[3]}", {}, True),
        (NAMED, {}, False),
        (WORKS[0], {}, False),
        (f"{NAMED} {NUMBERS[3]}", {"number": CITED}, False),
        (f"{NAMED} {NUMBERS[3]}", {"unit": UNITS[2]}, False),
        (f"{NAMED} 浙发改投资〔2024〕18号", {}, False),  # near it
        (f"{NAMED} {NUMBERS[3]}", {"parents": (CITED,)}, False),  # it hands on what is paid
    ],
)
def test_mt13_what_is_another_cited_document(memo: str, other: dict[str, Any], said: bool):
    lines = (line("1"), line("2", 999 * WAN, **({"number": NUMBERS[3], "works": WORKS[1]} | other)))
    assert (OTHER in Asked(PART, memo, lines).said()) == said


@pytest.mark.parametrize(
    ("level", "said"), [("full", False), ("bare", False), ("other", True), ("near", True), ("strange", True)]
)
def test_mt13_one_of_several_lines_is_of_a_document_that_is_not_the_cited_one(level: str, said: bool):
    found = Asked(377 * WAN, NAMED, TWO, (("1", 300 * WAN), ("2", 77 * WAN)), {"1": "full", "2": level})
    assert ("与其中一笔下达不符" in found.said()) == said
    assert "与其中一笔下达不符" not in Asked(WHOLE, NAMED, levels={"1": level}).said()


@pytest.mark.parametrize(
    ("fen", "memo", "source", "said"),
    [
        (170 * WAN, "及市级配套", "cbi", True),
        (170 * WAN, "及市级配套", "municipal", False),
        (170 * WAN, "", "cbi", False),
        (170 * WAN, "中央财政", "cbi", False),  # a sibling
        (90 * WAN, "及市级配套", "cbi", False),
        (300 * WAN, "及市级配套", "cbi", False),
    ],
)
def test_mt13_the_memo_names_another_source(fen: int, memo: str, source: str, said: bool):
    found = Asked(fen, f"{NAMED} {memo}", (line("1", source=source),))
    assert ("资金来源与该笔下达不同" in found.said()) == said


@pytest.mark.parametrize(
    ("fen", "days", "said"), [(PART, 21, True), (PART, -21, True), (PART, 22, False), (PART + 1, 21, False)]
)
def test_mt13_so_much_was_booked_on_the_line_within_21_days(fen: int, days: int, said: bool):
    paid = ((dt.date(2025, 5, 1) + dt.timedelta(days=days), fen),)
    found = Asked(PART, NAMED, (line("1", paid=paid, left=200 * WAN, parts=1),))
    assert ("已登记过同样金额" in found.said()) == said


@pytest.mark.parametrize(
    ("own", "other", "echo"),
    [("", "", True), ("第1批", "第1批", True), ("第1批", "第2批", False), ("第1批", "", True), ("", "第2批", True)],
)
def test_mt13_two_batches_are_told_apart(own: str, other: str, echo: bool):
    asked, mate = Asked(WHOLE, f"{NAMED} {own}"), Asked(WHOLE, f"{NAMED} {other}")
    assert is_echo(asked.world, asked.search.asked, asked.guess, mate.search.asked) == echo


def test_mt13_a_refund_is_an_echo_whatever_it_would_be_booked_on():
    asked, mate = Asked(WHOLE), Asked(WHOLE, "退汇")
    away = World(asked.world.lines, {})
    assert is_echo(away, asked.search.asked, asked.guess, mate.search.asked)
    assert not is_echo(away, asked.search.asked, asked.guess, asked.search.asked)
    assert away.receipts_seen == {"a"}


@pytest.mark.parametrize(("behind", "echo"), [(0.0, True), (1.0, True), (1.25, False), (2.0, False)])
def test_mt13_an_echo_would_be_booked_on_the_same_lines_within_a_point_of_its_best(behind: float, echo: bool):
    lines = {"1": line("1"), "2": line("2")}
    best = Guess((("2", WHOLE),), 9.0, "P")
    own = Guess((("1", WHOLE),), 9.0 - behind, "P")
    world = World(lines, {"a": case((9, 1, "a"), None, [own, best], 0.0, lines)})
    asked = Asked(WHOLE).search.asked
    assert is_echo(world, asked, own, asked) == echo
    assert not is_echo(world, asked, Guess((("1", 1),), 9.0, "P"), asked)


def test_mt13_echoes_are_waiting_receipts_nearest_first():
    echoes = Echoes()
    some = [receipt(str(place), 90, day=MARCH + dt.timedelta(days=place)) for place in (0, 3, 21, 22)]
    assert echoes.change([], some) == {"0", "3", "21", "22"}
    assert [one.key for one in echoes.of(some[0])] == ["3", "21"]
    assert [one.key for one in echoes.of(some[1])] == ["0", "21", "22"]


@pytest.mark.parametrize(
    ("fit", "memo", "payee", "word"),
    [
        ({"works": 0.51}, NAMED, "某", "摘要写有项目“河口区人民医院感染性疾病楼”"),
        ({"works": 0.5}, NAMED, "某", ""),
        ({"works": 1.0}, CITED, "某", ""),  # what the payee says of it is not the memo's
        ({}, CITED, UNITS[0], "收款单位是河口区人民医院"),
        ({}, CITED, "人民医院", "收款单位与河口区人民医院同名, 未写地名"),
        ({}, CITED, "人民", ""),
        ({"unit": 0.81}, CITED, "某", "摘要写有单位河口区人民医院"),
        ({"unit": 0.8}, CITED, "某", ""),
        ({"unit": 1.0, "works": 0.51}, NAMED, "某", "摘要写有项目“河口区人民医院感染性疾病楼”"),
    ],
)
def test_mt7_which_names_are_said_to_speak_for_a_line(fit: dict[str, float], memo: str, payee: str, word: str):
    said = Asked(WHOLE, memo, fit={"strange": 0.0} | fit, payee=payee).said().split("; ")
    names = [one for one in said if one.startswith(("摘要写有项目", "摘要写有单位", "收款单位"))]
    assert names == ([word] if word else [])


@pytest.mark.parametrize(
    ("unit", "payee", "word"),
    [
        # of the six pairs of 甲乙县丙丁戊己 five are four fifths and more, four are not
        ("甲乙县丙丁戊己", "甲乙县丙丁戊", "收款单位是"),
        ("甲乙县丙丁戊己", "甲乙县丙丁", ""),
        ("甲乙县丙丁戊己庚辛", "乙县丙丁戊己庚辛", "收款单位是"),
        ("甲县丙丁戊己庚", "丙丁戊己庚", "收款单位是"),  # four of the five of place and kind
        ("甲县丙丁戊己庚辛", "丙丁戊己庚", "同名, 未写地名"),  # four of five
        ("甲县丙丁戊己庚辛", "丙丁戊己", ""),
        ("甲县丙丁", "丙丁", "同名, 未写地名"),
    ],
)
def test_mt7_four_fifths_of_a_unit_s_name_are_the_unit(unit: str, payee: str, word: str):
    said = Asked(WHOLE, CITED, (line("1", unit=unit, works="楼"),), fit={"strange": 0.0}, payee=payee).said()
    assert [part for part in said.split("; ") if part.startswith("收款单位") and word in part] != [] or not word
    assert word or "收款单位" not in said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "在下达后 0 天到账"), (1, "在下达后 1 天到账"), (-1, "到账早于下达 1 天"), (-16, "到账早于下达 16 天")],
)
def test_mt7_days_after_issue(days: int, said: str):
    assert said in Asked(WHOLE, day=MARCH + dt.timedelta(days=days)).said()


def test_mt7_the_document_above_is_said_where_the_memo_names_it():
    own = line("1", number=NUMBERS[3], parents=(NUMBERS[2], CITED))
    assert f"摘要写有上级文件的文号 {CITED}, 由 {NUMBERS[3]} 转发分解" in Asked(WHOLE, NAMED, (own,)).said()
    cites_both = Asked(WHOLE, f"{NUMBERS[3]} {NAMED}", (own,)).said()
    assert f"摘要写有文号 {NUMBERS[3]}" in cites_both
    assert "上级文件" not in cites_both
    bare = Asked(WHOLE, "2024年8号文", (replace(own, parents=()),)).said()
    assert "摘要写有年份和序号" in bare
    assert "摘要写有文号 财建〔2025〕23号" in Asked(WHOLE).said()
    assert "文号" not in Asked(WHOLE, WORKS[0]).said()


def test_mt12_how_several_lines_are_told():
    lines = (line("1", 300 * WAN), line("2", 77 * WAN, number=NUMBERS[3]))
    both = (("1", 300 * WAN), ("2", 77 * WAN))
    assert "该项目 2 笔下达之和" in Asked(377 * WAN, NAMED, lines, both).said()
    other = (lines[0], replace(lines[1], project="Q", project_name=UNITS[0] + WORKS[1]))
    assert "同一单位 2 笔下达之和" in Asked(377 * WAN, NAMED, other, both).said()
    strangers = (lines[0], line("2", 77 * WAN, unit=UNITS[2]))
    assert "该文件 2 笔下达之和, 收款方代管资金" in Asked(377 * WAN, NAMED, strangers, both).said()
    mixed = (("1", 300 * WAN), ("2", 77 * WAN // 2))
    assert "该项目 2 笔下达之和" in Asked(338_500_000, NAMED, lines, mixed).said()
    shares = (("1", 90 * WAN), ("2", 231_000 * YUAN))
    assert "2 笔下达各 30% 之和" in Asked(113_100_000, NAMED, lines, shares).said()


@pytest.mark.parametrize(
    ("memo", "payer", "fits", "kind", "words"),
    [
        ("拨款", "市财政局", True, "other", ["没有足够的依据归到某一笔下达"]),
        ("拨款", "市财政局", False, "other", ["没有余额足够且文号、名称相近的下达"]),
        ("利息", "市财政局", True, "interest", ["摘要像是利息"]),
        ("退款", "某某公司", True, "refund", ["摘要像是退款或更正", "付款方不像财政部门"]),
    ],
)
def test_mt5_mt7_what_other_money_it_would_be(memo: str, payer: str, fits: bool, kind: str, words: list[str]):
    found = outside_reasons(Asked(WHOLE, memo, payer=payer).search, fits=fits)
    assert (found[0], [str(text) for text in found[1]]) == (kind, words)
