"""What the desk says to small made worlds, kept (tests/pins.py): rules MT-3 to MT-8, MT-12 and MT-13."""

from __future__ import annotations

import pytest

from projects.money.matching.matching import propose
from tests.money.matching.made import made, spelled, told
from tests.pins import pinned


@pytest.mark.parametrize("first", [1, 13, 25, 37])
def test_mt6_mt7_where_receipts_of_made_worlds_go_and_how_sure(first: int):
    said = []
    for seed in range(first, first + 12):
        world = made(seed)
        said += [told(seed, one) for one in propose(world.lines, world.receipts)]
    pinned(f"money_matching_made_{first}", said)


@pytest.mark.parametrize("first", [101, 121])
def test_mt6_mt7_crowds_of_receipts_for_few_lines(first: int):
    said = []
    for seed in range(first, first + 12):
        world = made(seed, lines=4, receipts=16)
        said += [told(seed, one) for one in propose(world.lines, world.receipts)]
    pinned(f"money_matching_crowd_{first}", said)


def test_mt7_mt13_the_reasons_of_every_candidate():
    said = []
    for seed in range(201, 213):
        world = made(seed)
        for one in propose(world.lines, world.receipts):
            for candidate in one.candidates[:2]:
                reasons = "; ".join(map(str, candidate.reasons))
                said.append(f"{seed} {one.receipt} {spelled(candidate).split()[0]}: {reasons}")
    pinned("money_matching_reasons", said)
