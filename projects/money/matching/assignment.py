"""All receipts at once: each is booked so that the whole fits best, and receipts compete for what is left of a line.
Rules MT-6 and MT-7 of docs/rules/matching.md.

The search starts with the surest receipts and moves single receipts, pushing others away where a line would be
overdrawn, as long as the whole gets better. How sure a booking is follows from what the best other worlds would score.

After a change the same search is made once more, but a turn that moved nobody is not thought through again where
everything that it looked at is as it was. So the outcome is that of a search from nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from projects.money.matching.facts import OpenLine
from projects.money.matching.world import NOWHERE, Case, Moves, When, World

SWEEPS = 6
BELOW = 16.0  # a booking that can't come nearer than this to the best is not weighed
Hope = tuple[float, When, int]  # the most that a receipt could gain on a line, the receipt, its guess


class Seen(NamedTuple):
    """All that a turn looked at."""

    lines: frozenset[str]
    receipts: frozenset[str]

    def any_of(self, lines: AbstractSet[str], receipts: AbstractSet[str]) -> bool:
        """Whether any of these was looked at."""
        return not (self.lines.isdisjoint(lines) and self.receipts.isdisjoint(receipts))


class Moved(NamedTuple):
    """What is otherwise than it was: bookings of lines, receipts, and who would like to have a line."""

    lines: set[str]
    receipts: set[str]
    pulls: set[str]


class Settlement:
    """The settled world, kept from one change to the next."""

    def __init__(self) -> None:
        self.world = World({}, {})
        self.pull: dict[str, list[Hope]] = {}  # line → receipts that might be better off there, the most hopeful first
        self._firsts: dict[str, int] = {}  # where each receipt was put first
        self._quiet: dict[
            str, Seen
        ] = {}  # turns that moved nobody, as long as nothing that they looked at is otherwise
        self._hopes: dict[str, list[tuple[str, Hope]]] = {}

    def change(
        self,
        lines: Mapping[str, OpenLine],
        cases: Mapping[str, Case],
        other_lines: set[str],
        other_cases: Mapping[str, Case | None],
    ) -> Moved:
        """Settle anew where lines or cases are not what they were: `other_lines`, and `other_cases` with what they
        were.
        """
        before, pull = self.world, self.pull
        self.world = World(lines, cases)
        self._begin(other_lines, other_cases)
        self._hush(*_differences(before, self.world, other_lines, other_cases.keys()))
        self._sweep()
        moved, receipts = _differences(before, self.world, other_lines, other_cases.keys())
        self._note_hopes(moved, receipts)
        return Moved(
            moved, receipts, {line for line in pull.keys() | self.pull.keys() if pull.get(line) != self.pull.get(line)}
        )

    def _begin(self, other_lines: set[str], other_cases: Mapping[str, Case | None]) -> None:
        """Put the surest receipts first; one that has the same choice among the same lines as it had goes where it
        went.
        """
        world, cases, firsts, fresh = self.world, self.world.cases, self._firsts, set(other_lines)
        for receipt, was in other_cases.items():
            number = firsts.pop(receipt, NOWHERE)
            if was and number != NOWHERE:
                fresh.update(line for line, _ in was.guesses[number].parts)
        for receipt in sorted(cases, key=lambda key: (-cases[key].margin, cases[key].when)):
            own, was_put = cases[receipt], firsts.get(receipt)
            if was_put is None or not own.lines.isdisjoint(fresh):
                firsts[receipt] = world.best(receipt)[1]
                if firsts[receipt] != was_put:
                    fresh.update(
                        line
                        for one in (was_put, firsts[receipt])
                        if one not in (None, NOWHERE)
                        for line, _ in own.guesses[one or 0].parts
                    )
            world.put(receipt, firsts[receipt])

    def _hush(self, lines: AbstractSet[str], receipts: AbstractSet[str]) -> None:
        """Forget the turns that looked at any of these."""
        for receipt in [
            receipt for receipt, seen in self._quiet.items() if receipt in receipts or seen.any_of(lines, receipts)
        ]:
            del self._quiet[receipt]

    def _sweep(self) -> None:
        """Let every receipt have its turn, the least sure first, until none moves."""
        cases = self.world.cases
        waiting = sorted(
            (key for key, own in cases.items() if own.guesses), key=lambda key: (cases[key].margin, cases[key].when)
        )
        for _ in range(SWEEPS):
            if not sum([self._turn(receipt) for receipt in waiting if receipt not in self._quiet]):
                break

    def _turn(self, receipt: str) -> bool:
        """Let a receipt move where the whole gets better; says whether it did."""
        world = self.world
        world.lines_seen, world.receipts_seen = set(), set()
        moves = improve(world, receipt)
        if not moves:
            self._quiet[receipt] = Seen(frozenset(world.lines_seen), frozenset(world.receipts_seen))
            return False
        ends = [(one, number) for one, start in moves for number in (start, world.where[one]) if number != NOWHERE]
        self._hush(
            {line for one, number in ends for line, _ in world.cases[one].guesses[number].parts},
            {one for one, _ in moves},
        )
        return True

    def _note_hopes(self, lines: AbstractSet[str], receipts: AbstractSet[str]) -> None:
        """For each line, which receipts booked elsewhere might be better off there."""
        world = self.world
        for receipt in receipts | {one[0][-1] for line in lines for one in world.paid(line)}:
            self._hopes.pop(receipt, None)
            if receipt in world.cases:
                self._hopes[receipt] = _hopes(world, receipt)
        self.pull = {}
        for own in self._hopes.values():
            for line, hope in own:
                self.pull.setdefault(line, []).append(hope)
        for found in self.pull.values():
            found.sort(reverse=True)


def _differences(
    before: World, now: World, lines: AbstractSet[str], receipts: AbstractSet[str]
) -> tuple[set[str], set[str]]:
    """The lines and receipts that are booked otherwise, beside those that are not what they were."""
    paid, paid_now = before.all_paid(), now.all_paid()
    moved = {line for line in paid.keys() | paid_now.keys() if paid.get(line) != paid_now.get(line)}
    return moved | lines, {key for key, number in now.where.items() if before.where.get(key) != number} | receipts


def _hopes(world: World, receipt: str) -> list[tuple[str, Hope]]:
    own, start = world.cases[receipt], world.where[receipt]
    value = world.take(receipt)
    world.put(receipt, start)
    found = []
    for number, guess in enumerate(own.guesses):
        hope = _ceiling(own, number) - value
        if hope > 0 and number != start:
            found += [(line, (hope, own.when, number)) for line, _ in guess.parts]
    return found


def improve(world: World, receipt: str) -> Moves:
    """Move one receipt where the whole gets better; who was moved, and from where."""
    start, own = world.where[receipt], world.cases[receipt]
    had = world.take(receipt)
    choice = (had + 1e-6, start)
    for number in (NOWHERE, *range(len(own.guesses))):
        if number == start or _ceiling(own, number) <= choice[0]:
            continue
        change, before = world.push(receipt, number)
        world.restore(before)
        if change > choice[0]:
            choice = (change, number)
    if choice[1] == start:
        world.put(receipt, start)
        return []
    return [(receipt, start), *world.push(receipt, choice[1])[1][1:]]


def _ceiling(own: Case, number: int) -> float:
    """No booking of this guess can add more."""
    return own.outside if number == NOWHERE else own.guesses[number].words + 9.0 * len(own.guesses[number].parts)


def odds(world: World, receipt: str, pull: Mapping[str, list[Hope]]) -> dict[int, float]:
    """The probability of each way to book a receipt, from how the whole would score with the others moved as
    is best.
    """
    start, own = world.where[receipt], world.cases[receipt]
    had = world.take(receipt)
    heirs = _heirs(world, receipt, start, pull)
    scores = {start: had}
    for number in (NOWHERE, *range(len(own.guesses))):
        if number != start and _ceiling(own, number) + heirs > had - BELOW:
            change, before = world.push(receipt, number)
            scores[number] = change + heirs
            world.restore(before)
    world.put(receipt, start)
    most = max(scores.values())
    weights = {number: math.exp(score - most) for number, score in scores.items()}
    total = sum(weights.values())
    return {number: weight / total for number, weight in weights.items()}


def _heirs(world: World, receipt: str, start: int, pull: Mapping[str, list[Hope]]) -> float:
    """The most that another receipt would gain if it took the place that `receipt` left."""
    best = 0.0
    if start != NOWHERE:
        for line, _ in world.cases[receipt].guesses[start].parts:
            for hope, (*_, other), number in pull.get(line, ()):
                if hope <= best:
                    break
                if other != receipt:
                    now, had = world.where[other], world.take(other)
                    best = max(best, world.gain(other, number) - had)
                    world.put(other, now)
    return best
