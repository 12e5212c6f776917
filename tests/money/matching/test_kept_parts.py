"""Amounts, groups, names and words of made inputs, kept (tests/pins.py): rules MT-3, MT-4, MT-6, MT-11 and MT-12."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations, product

import pytest

from projects.money.matching import matching
from projects.money.matching.amounts import NONE, OTHER, USUAL, bases, is_share, oddness, relation
from projects.money.matching.books import Register
from projects.money.matching.candidates import Guess, Search
from projects.money.matching.evidence import NameFit
from projects.money.matching.facts import OpenLine, Receipt
from projects.money.matching.finding import Finder
from projects.money.matching.matching import Matcher, propose
from projects.money.matching.names import Lexicon, canonical, pairs, parts, place_of
from projects.money.matching.together import cited_together, shares_together
from tests.money.matching.made import UNITS, WAN, YUAN, made, receipt
from tests.pins import pinned


def near(exact: int) -> list[int]:
    """About an amount: itself, one fen and one yuan around, whole yuan and whole 万元."""
    return sorted({
        exact, exact - 1, exact + 1, exact - YUAN, exact + YUAN, exact - YUAN + 1, exact + YUAN - 1,
        exact // YUAN * YUAN, -(-exact // YUAN) * YUAN, exact // WAN * WAN, -(-exact // WAN) * WAN,
    })  # fmt: skip


def test_mt3_what_an_amount_is_of_a_line():
    said = []
    for rest, total in (
        (300 * WAN, 300 * WAN), (210 * WAN, 300 * WAN), (391_764_285, 391_764_285), (391_764_285, 700_000_000),
        (30_000, 30_000), (20_000, 20_000), (20_001, 20_001), (20_000, 30_000), (101 * WAN, 301 * WAN),
    ):  # fmt: skip
        exact = {base * percent // 100 for base in (rest, total) for percent in (*USUAL, *OTHER, 100)}
        exact |= {base * part // 3 for base in (rest, total) for part in (1, 2)}
        for middle in sorted(exact):
            found = [(fen, relation(fen, rest, total)) for fen in near(middle)]
            told = [
                f"{fen}={one.kind}{' of total' if one.of_total else ''} {one.percent:.3f} {one.score:.3f}"
                for fen, one in found
                if one.kind not in ("none", "part")
            ]
            said.append(f"{rest} of {total}: " + ", ".join(told))
    pinned("money_matching_relations", said)


def test_mt3_which_amounts_are_a_share_to_fen_or_yuan():
    said = []
    for base, (part, of) in product((10_000, 10_001, 10_050, 10_099, 33_333, 777_777), ((1, 3), (30, 100), (95, 100))):
        middle = base * part // of
        taken = [fen - middle for fen in range(middle - 250, middle + 251) if is_share(fen, base, part, of)]
        said.append(f"{part}/{of} of {base}: {middle} {taken}")
    pinned("money_matching_shares", said)


@pytest.mark.parametrize(
    ("amount", "odd"),
    [
        (20 * WAN, 0.0), (10 * WAN, 0.0), (11 * WAN, 1.0), (WAN, 1.0), (WAN // 10, 3.0), (11 * WAN // 10, 3.0),
        (WAN // 100, 4.5), (11 * WAN // 100, 4.5), (YUAN, 5.5), (101 * YUAN, 5.5), (YUAN + 1, 6.0), (1, 6.0),
    ],
)  # fmt: skip
def test_mt3_how_odd_an_amount_is(amount: int, odd: float):
    assert oddness(amount) == odd


def test_mt3_scores_of_the_kinds_of_amounts():
    odd = 391_764_285
    for amount, rest, total, kind, score in (
        (300 * WAN, 300 * WAN, 300 * WAN, "whole", 5.0),
        (odd, odd, odd, "whole", 6.5),
        (210 * WAN, 210 * WAN, 300 * WAN, "rest", 4.0),
        (odd, odd, odd + 1, "rest", 7.6),
        (90 * WAN, 300 * WAN, 300 * WAN, "share", 2.2),
        (60 * WAN, 200 * WAN, 500 * WAN, "share", 2.2),
        (150 * WAN, 200 * WAN, 500 * WAN, "share", 1.7),
        (odd // 2, odd, odd, "share", 2.2 + 0.75 * 6),
        (60 * WAN, 300 * WAN, 300 * WAN, "share", 0.0),
        (100 * WAN, 300 * WAN, 300 * WAN, "share", -0.5),
        (odd // 5, odd, odd, "share", 3.6),
        (odd // 3, odd, odd, "share", 3.1),
        (300 * WAN, 300 * WAN + 5000, 300 * WAN + 5000, "net", 3.0),
        (300 * WAN, 300 * WAN + 5001, 300 * WAN + 5001, "rounded", 1.5),
        (91 * WAN, 301 * WAN, 301 * WAN, "rounded", -0.5),
        (17 * WAN, 300 * WAN, 300 * WAN, "part", -2.5),
        (1, 1, 1, "whole", 6.5),
    ):
        found = relation(amount, rest, total)
        assert (found.kind, found.score) == (kind, pytest.approx(score)), amount
    assert relation(0, 1, 1) == relation(2, 1, 1) == NONE == ("none", 0.0, float("-inf"), False)
    assert bases(YUAN, (30, 50)) == [(30, 0, 667), (50, 0, 401)]
    assert bases(1_000_000) == [(30, 3_333_000, 3_333_667), (40, 2_499_750, 2_500_251), (50, 1_999_800, 2_000_201)]


def test_mt12_lines_paid_together():
    said = []
    for seed in range(1, 41):
        dice = random.Random(seed)
        lines = [
            replace(one, amount_fen=fen, open_fen=fen if dice.random() < 0.9 else fen - 1)
            for one in made(seed, lines=dice.choice((3, 5, 10, 11))).lines
            if (fen := dice.choice((100, 200, 333, 400, 777)) * dice.choice((1, 100)))
        ]
        few = dice.sample(lines, 3)
        for amount in (
            few[0].amount_fen + few[1].amount_fen,
            sum(one.amount_fen for one in few) * 50 // 100,
            sum(one.amount_fen * 30 // 100 for one in few[:2]),
            sum(one.amount_fen * 40 // 10_000 * 100 for one in few),
        ):
            whole = ["+".join(key for key, _ in one) for one in cited_together(amount, lines)]
            shared = ["+".join(f"{key}:{fen}" for key, fen in one) for one in shares_together(amount, lines)]
            said.append(f"{seed} {amount} of {len(lines)}: {' '.join(whole[:9])} | {' '.join(shared[:9])}")
    pinned("money_matching_together", said)


NAMES = (
    "河口区人民医院感染性疾病楼", "龙潭县中医院门诊医技楼", "云岭区第二医院改扩建项目", "河口区疾控中心(二期)建设项目",
    "云和畲族自治县妇保院住院楼III期", "望江县人民医院科研楼12#楼", "某省平川市凤台县精卫中心迁建", "县医院内科楼",
    "血站A楼", "河口区人民医院(一期)感染楼(二期)", "北湖区急救站1期工程项目", "甲", "",
)  # fmt: skip


def test_mt4_names_taken_apart():
    said = []
    for name, unit, place in product(
        NAMES, (*UNITS[:2], "河口区疾控中心", "云和畲族自治县妇幼保健院", "县"), ("", "河口区")
    ):
        own = parts(name, unit, place)
        apart = " | ".join(" ".join(sorted(some)) for some in (own.place, own.unit, own.works, own.phase))
        said.append(f"{name} of {unit} in {place}: {apart} | {own.words}")
    said += [f"{name}: {canonical(name)} = {' '.join(sorted(pairs(canonical(name))))}" for name in NAMES]
    said += [f"{name}: {place_of(canonical(name))} {place_of(canonical(name), '云岭')}" for name in NAMES]
    pinned("money_matching_names", said)


def test_mt4_what_is_rare_weighs_more_and_sums_are_the_same_in_any_order():
    lexicon = Lexicon({name: pairs(canonical(name)) for name in NAMES if name})
    said = [f"{pair} {weight:.5f}" for pair, weight in sorted(lexicon.weight.items())]
    for words in ("河口医院感染", "中医门诊", "二院改扩建", "无关文字"):
        wanted = pairs(words)
        near_by = [f"{key} {weight:.4f}" for key, weight in lexicon.nearest(wanted)]
        few = [key for key, _ in lexicon.nearest(wanted, 2, 1)]
        said.append(f"{words} {lexicon.sum(wanted):.5f} {lexicon.known(wanted):.5f} {near_by} {few}")
    pinned("money_matching_lexicon", said)
    some = sorted(lexicon.weight)[:6]
    assert len({sum(lexicon.weight[pair] for pair in order) for order in permutations(some)}) == 1
    assert lexicon.known(frozenset()) == 0.0
    asked = pairs("人民医院")
    first = lexicon.known(asked)
    lexicon.weight = {}
    assert lexicon.known(asked) == first > lexicon.known(pairs("人民")) == 0.0


def finder(seed: int) -> tuple[Finder, list[OpenLine], list[Receipt]]:
    world = made(seed)
    found = Finder(Register(world.lines), ())
    found.change([], world.lines, (), world.receipts, lambda *_: None)
    return found, world.lines, world.receipts


def guessed(guesses: list[Guess]) -> str:
    return " ".join(f"{'+'.join(f'{key}:{fen}' for key, fen in one.parts)} {one.words:.4f}" for one in guesses)


@pytest.mark.parametrize("first", [1, 301])
def test_mt6_the_candidates_of_made_receipts(first: int):
    said = []
    for seed in range(first, first + 16):
        found, _, receipts = finder(seed)
        said += [f"{seed} {one.key}: {guessed(found.guesses[one.key])}" for one in receipts]
    pinned(f"money_matching_guesses_{first}", said)


def test_mt4_how_names_fit():
    said = []
    for seed in range(1, 13):
        found, lines, receipts = finder(seed)
        for one in receipts[:8]:
            search = found.searches[one.key]
            fits: list[NameFit] = [search.fit(key) for key in dict.fromkeys(line.project for line in lines[:3])]
            told = " ".join(
                f"({fit.place:.3f} {fit.unit:.3f} {fit.works:.3f} {fit.phase:.0f} {fit.strange:.3f} {fit.score:.4f})"
                for fit in fits
            )
            relief = found.books.names.relief(search.asked, fits[0], [line.project for line in lines[:4]])
            said.append(f"{seed} {one.key}: {' '.join(map(search.level, lines))} {told} {relief:.4f}")
    pinned("money_matching_fits", said)


@pytest.mark.parametrize("first", [1, 3, 5, 7])
def test_mt11_what_a_change_has_searched_settled_and_weighed_again(monkeypatch: pytest.MonkeyPatch, first: int):
    asked: list[str] = []
    weighed: list[str] = []
    guesses, proposal = Search.guesses, matching._proposal
    monkeypatch.setattr(Search, "guesses", lambda search: asked.append(search.asked.receipt.key) or guesses(search))
    monkeypatch.setattr(matching, "_proposal", lambda *given: weighed.append(given[3]) or proposal(*given))
    said = []
    for seed in range(first, first + 2):
        dice = random.Random(seed)
        world, matcher, barred = made(seed, lines=10, receipts=14), Matcher(), {}
        lines, receipts = list(world.lines), list(world.receipts[:10])
        aliases: list[tuple[str, str]] = []
        for step in range(10):
            asked.clear()
            weighed.clear()
            one = dice.randrange(len(lines))
            match dice.choice(("pay", "come", "go", "bar", "learn", "none", "document")):
                case "pay":
                    lines[one] = replace(lines[one], open_fen=max(1, lines[one].open_fen * 70 // 100), parts=1)
                case "come":
                    receipts = [*receipts, *world.receipts[10:]]
                    receipts = list({each.key: each for each in receipts}.values())
                case "go":
                    receipts.pop(dice.randrange(len(receipts)))
                case "bar" if step:
                    chosen = dice.choice(receipts).key
                    barred = barred | {chosen: {((lines[one].key, lines[one].open_fen),)}}
                case "learn":
                    aliases = [*aliases, (dice.choice(receipts).payee, lines[one].unit)]
                case "document":
                    lines[one] = replace(lines[one], document=dice.choice(lines).document)
            found = matcher.update(lines, receipts, aliases, None, barred)
            again = sorted(asked), sorted(weighed)
            assert found == propose(lines, receipts, aliases, None, barred)
            said.append(f"{seed}.{step} searched {' '.join(again[0])} weighed {' '.join(again[1])}")
    pinned(f"money_matching_again_{first}", said)


def test_mt11_whoever_would_finish_a_line_is_found():
    said = []
    for seed in range(1, 15):
        found, lines, receipts = finder(seed)
        for one in lines[:4]:
            looked = sorted(found._lookers.of(one))
            less = replace(one, open_fen=one.open_fen * 50 // 100)
            again = found.change([one], [less], (), (), lambda *_: None)
            back = found.change([less], [one], [receipts[0].key], [receipts[0]], lambda *_: None)
            said.append(f"{seed} {one.key}: {' '.join(looked)} | {' '.join(sorted(again))} | {' '.join(sorted(back))}")
        sequels = [f"{one.key}>{'/'.join(found._sequels.of(one))}" for one in receipts if found._sequels.of(one)]
        said.append(f"{seed} {' '.join(sequels)}")
    pinned("money_matching_sequels", said)


@pytest.mark.parametrize(("count", "told"), [(499, []), (500, [500]), (1000, [500, 1000])])
def test_mt11_every_five_hundred_receipts_are_told(count: int, told: list[int]):
    said: list[tuple[str, int, int]] = []
    propose([], [receipt(str(place), place + 1) for place in range(count)], progress=lambda *step: said.append(step))
    assert said == [(stage, done, count) for stage in ("find", "weigh") for done in told]


@pytest.mark.parametrize(("amount", "base", "percent"), [(1500, 5100, 30), (10_100, 20_100, 50), (10_000, 20_100, 50)])
def test_mt3_a_share_of_little_is_rounded_by_much(amount: int, base: int, percent: int):
    """15.30 元 as 15 is 29.4 percent of 51; 100.50 as 101 is 50.2 of 201."""
    assert relation(amount, base, base)[:2] == ("share", percent)
