"""The search that settles all receipts at once, on cases made by hand: rules MT-6, MT-7 and MT-11."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from projects.money.matching import assignment
from projects.money.matching import world as worlds
from projects.money.matching.assignment import Settlement, improve, odds
from projects.money.matching.candidates import Guess
from projects.money.matching.facts import OpenLine
from projects.money.matching.world import NEVER, NOWHERE, Case, World, case, story
from tests.money.matching.made import WAN, line
from tests.pins import pinned

ODD = 12_345_678


def claim(
    lines: dict[str, OpenLine],
    key: str,
    day: int,
    *guesses: tuple[float, tuple[tuple[str, int], ...]],
    outside: float = 5.0,
    batch: int | None = None,
) -> Case:
    own = [Guess(parts, words, "P") for words, parts in guesses]
    return case((day, len(key), key), batch, own, outside, lines)


def crowd(seed: int, receipts: int = 5) -> tuple[dict[str, OpenLine], dict[str, Case]]:
    """A few receipts whose claims meet on three lines; their words are whole numbers."""
    dice = random.Random(seed)
    sums = {"1": 300 * WAN, "2": 100 * WAN, "3": 100 * WAN + ODD}
    lines = {key: line(key, fen, parts=dice.choice((0, 0, 2, 3))) for key, fen in sums.items()}
    cases = {}
    for place in range(receipts):
        key = f"r{place}"
        amount = dice.choice((100 * WAN, 100 * WAN, 200 * WAN, 90 * WAN, 300 * WAN, 50 * WAN + ODD // 2))
        guesses = [
            (float(dice.randint(-4, 8)), ((one, amount),))
            for one in lines
            if dice.random() < 0.8 and amount <= sums[one]
        ]
        if dice.random() < 0.4 and amount >= 200 * WAN:
            guesses.append((float(dice.randint(-4, 8)), (("1", amount - 100 * WAN), ("2", 100 * WAN))))
        batch = dice.choice((None, None, 1, 2))
        cases[key] = claim(lines, key, dice.randint(1, 3), *guesses, outside=float(dice.randint(-3, 6)), batch=batch)
    return lines, cases


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a story is told, a gain reckoned, others are pushed: what is looked at in vain costs time."""
    done: Counter[str] = Counter()

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any) -> Any:
            done[name] += 1
            return call(*given)

        return wrapped

    monkeypatch.setattr(worlds, "story", counted("told", story))
    monkeypatch.setattr(World, "gain", counted("gains", World.gain))
    monkeypatch.setattr(World, "push", counted("pushes", World.push))
    return done


def spent(work: Counter[str]) -> str:
    said = " ".join(f"{name} {count}" for name, count in sorted(work.items()))
    work.clear()
    return said


def at(world: World) -> str:
    return " ".join(f"{key}@{number}" for key, number in world.where.items())


def figure(value: float) -> str:
    return "never" if value == NEVER else f"{value:.6f}"


def settled(lines: dict[str, OpenLine], cases: dict[str, Case]) -> Settlement:
    settlement = Settlement()
    settlement.change(lines, cases, set(lines), dict.fromkeys(cases))
    return settlement


@pytest.mark.parametrize("first", [1, 101])
def test_mt6_pushing_others_away_and_putting_them_back(first: int, work: Counter[str]):
    said = []
    for seed in range(first, first + 25):
        lines, cases = crowd(seed, 4)
        world = World(lines, cases)
        for key in list(cases)[:3]:
            world.put(key, world.best(key)[1])
        start = at(world)
        said.append(f"{seed} {start} | " + " ".join(f"{key}={own.margin:.4f}" for key, own in cases.items()))
        for number in (NOWHERE, *range(len(cases["r3"].guesses))):
            rivals = ",".join(world.rivals("r3", number))
            work.clear()
            change, before = world.push("r3", number)
            moved = " ".join(f"{one}<{was}" for one, was in before)
            said.append(f"  {number} [{rivals}] {figure(change)} {moved} -> {at(world)}; {spent(work)}")
            world.restore(before)
            assert at(world) == start
    pinned(f"money_matching_pushed_{first}", said)


@pytest.mark.parametrize("first", [1, 101])
def test_mt6_mt7_where_crowds_settle_and_how_sure_they_are(first: int, work: Counter[str]):
    said = []
    for seed in range(first, first + 40):
        lines, cases = crowd(seed, 7)
        settlement = settled(lines, cases)
        world = settlement.world
        said.append(f"{seed} {at(world)}")
        for key, own in list(cases.items())[:3]:
            if own.guesses:
                work.clear()
                found = odds(world, key, settlement.pull)
                chances = " ".join(f"{number}={chance:.6f}" for number, chance in found.items())
                said.append(f"  {key} {chances}; {spent(work)}")
        pulls = [
            f"{key}:{'/'.join(f'{hope:.3f} {when[-1]} {number}' for hope, when, number in own)}"
            for key, own in sorted(settlement.pull.items())
        ]
        said.append("  " + " ".join(pulls))
    pinned(f"money_matching_settled_{first}", said)


def test_mt6_one_move_that_makes_the_whole_better(work: Counter[str]):
    said = []
    for seed, key in product(range(1, 61), ("r0", "r3")):
        lines, cases = crowd(seed, 5)
        world = World(lines, cases)
        for one in cases:
            world.put(one, world.best(one)[1])
        before = at(world)
        work.clear()
        moves = improve(world, key)
        said.append(f"{seed} {key}: {before} -> {at(world)} {moves}; {spent(work)}")
    pinned("money_matching_improved", said)


def test_mt11_a_settlement_that_follows_says_what_one_from_nothing_says():
    for seed in range(1, 11):
        dice = random.Random(seed)
        lines, cases = crowd(seed, 8)
        kept = settled(lines, cases)
        for _ in range(6):
            other = {key: cases[key] for key in dice.sample(sorted(cases), 2)}
            _, fresh = crowd(dice.randint(500, 900), 8)
            now = {key: one for key, one in cases.items() if key not in other}
            for key in other:
                if dice.random() < 0.7:
                    guesses = [(one.words, one.parts) for one in fresh[key].guesses]
                    now[key] = claim(lines, key, fresh[key].when[0], *guesses, outside=fresh[key].outside)
            for key in sorted(set(fresh) - set(cases))[:1]:
                other[key], now[key] = None, fresh[key]
            cases = now
            moved = kept.change(lines, cases, set(), other)
            anew = settled(lines, cases)
            assert (kept.world.where, kept.pull) == (anew.world.where, anew.pull)
            assert moved.receipts >= set(other)


def test_mt11_turns_that_nothing_touched_are_not_taken_again(monkeypatch: pytest.MonkeyPatch):
    taken: list[str] = []
    placed: list[str] = []
    hoped: list[str] = []
    best, hopes = World.best, assignment._hopes
    monkeypatch.setattr(assignment, "improve", lambda world, key: taken.append(key) or improve(world, key))
    monkeypatch.setattr(World, "best", lambda world, key: placed.append(key) or best(world, key))
    monkeypatch.setattr(assignment, "_hopes", lambda world, key: hoped.append(key) or hopes(world, key))
    said = []
    for seed in range(1, 41):
        dice = random.Random(seed)
        lines, cases = crowd(seed, 8)
        kept = settled(lines, cases)
        for step in range(4):
            counts = f"{seed}.{step} turns {len(taken)} placed {len(placed)} hopes {len(hoped)}"
            for one in (taken, placed, hoped):
                one.clear()
            key = dice.choice(sorted(cases))
            old = cases[key]
            guesses = [(one.words + dice.choice((-3, 0, 3)), one.parts) for one in old.guesses]
            cases = cases | {key: claim(lines, key, old.when[0], *guesses, outside=old.outside)}
            moved = kept.change(lines, cases, set(), {key: old})
            said.append(
                f"{counts}: {key} moves {' '.join(sorted(moved.lines))} | {' '.join(sorted(moved.receipts))}"
                f" | {' '.join(sorted(moved.pulls))}"
            )
    pinned("money_matching_followed", said)


def test_mt6_a_line_s_story_to_the_tenth():
    one = line("1", 300 * WAN)
    part = ((1, 0, "a"), 17 * WAN, None)
    assert story(one, (part,)) == -2.5
    assert story(one, (part, ((2, 0, "b"), 283 * WAN, None))) == pytest.approx(-2.5 + 4.0 + 0.6)
    for parts, score in ((0, -2.5), (2, -2.5), (3, -3.5), (4, -3.5)):
        assert story(line("1", 300 * WAN, parts=parts), (part,)) == score
    for parts, batch, score in ((0, 1, -1.8), (0, 2, -4.5), (1, 2, -1.8), (2, 3, -1.8)):
        assert story(line("1", 300 * WAN, parts=parts), (((1, 0, "a"), 17 * WAN, batch),)) == pytest.approx(score)


def test_mt6_the_margin_is_how_far_the_best_lies_before_the_next():
    lines = {"1": line("1"), "2": line("2")}
    sole = claim(lines, "a", 1, outside=5.0)
    assert (sole.margin, sole.lines) == (0.0, frozenset())
    one = claim(lines, "a", 1, (4.0, (("1", 300 * WAN),)), outside=5.0)
    assert one.margin == pytest.approx(4.0)
    two = claim(lines, "a", 1, (4.0, (("1", 300 * WAN),)), (3.0, (("2", 300 * WAN),)), outside=5.0)
    assert (two.margin, two.lines) == (pytest.approx(1.0), frozenset({"1", "2"}))


@pytest.mark.parametrize(("moves", "turns"), [(True, 6), (False, 1)])
def test_mt6_every_receipt_has_at_most_six_turns(monkeypatch: pytest.MonkeyPatch, moves: bool, turns: int):
    taken: list[str] = []
    monkeypatch.setattr(Settlement, "_turn", lambda _, key: taken.append(key) or moves)
    lines = {"1": line("1")}
    cases = {
        "a": claim(lines, "a", 1, (4.0, (("1", 300 * WAN),))),
        "b": claim(lines, "b", 1),
        "c": claim(lines, "c", 1, (1.0, (("1", 300 * WAN),))),
    }
    settled(lines, cases)
    assert taken == ["c", "a"] * turns  # the least sure first; b has no choice


@pytest.mark.parametrize(("words", "weighed"), [(-19.75, True), (-20.0, False), (-20.75, False)])
def test_mt7_what_can_t_come_within_sixteen_of_the_best_is_not_weighed(words: float, weighed: bool):
    """Outside 5; a line can't add more than its words and 9."""
    lines = {"1": line("1")}
    world = World(lines, {"a": claim(lines, "a", 1, (words, (("1", 300 * WAN),)))})
    assert (0 in odds(world, "a", {})) == weighed


@pytest.mark.parametrize(("words", "pushes"), [(-4.0, 0), (-3.75, 1)])
def test_mt6_what_can_t_be_better_is_not_tried(work: Counter[str], words: float, pushes: int):
    lines = {"1": line("1")}
    world = World(lines, {"a": claim(lines, "a", 1, (words, (("1", 300 * WAN),)))})
    assert improve(world, "a") == []
    assert work["pushes"] == pushes


def test_mt6_a_move_for_less_than_a_millionth_is_none():
    lines = {"1": line("1"), "2": line("2")}
    for more, moved in ((0.0, []), (5e-7, []), (2e-6, [("a", 0)]), (0.5, [("a", 0)])):
        own = claim(lines, "a", 1, (4.0, (("1", 300 * WAN),)), (4.0 + more, (("2", 300 * WAN),)))
        world = World(lines, {"a": own})
        world.put("a", 0)
        assert improve(world, "a") == moved
