"""All receipts at once: each is booked so that the whole fits best, and receipts compete for what is left of a line. Rule MT-6 of docs/rules/matching.md.

A line tells a story: its parts in order of time, each all of it, the rest, a usual share, or just a part. The score of a booking is the score of the
words of every receipt and of the stories of every line. The search starts with the surest receipts and moves single receipts, pushing others away
where a line would be overdrawn, as long as the whole gets better. How sure a booking is follows from what the best other worlds would score.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from operator import itemgetter

from projects.matching.amounts import relation
from projects.matching.candidates import Guess
from projects.matching.facts import OpenLine

Paid = tuple[dt.date, int, int, int | None]  # day, receipt, fen, batch
NOWHERE = -1
BATCH_RIGHT, BATCH_WRONG, LONG = 0.7, -2.0, -1.0
NEVER = float("-inf")
_WHEN = itemgetter(0, 1)
BELOW = 16.0  # a booking that can't come nearer than this to the best is not weighed


def story(line: OpenLine, parts: Sequence[Paid]) -> float:
    """How plausible the parts of a line are, in order of time; -inf where they overdraw it."""
    rest, score = line.open_fen, 0.0
    for number, (_, _, amount, batch) in enumerate(parts, start=line.parts + 1):
        one = relation(amount, rest, line.amount_fen).score
        if one == NEVER:
            return NEVER
        score += one + (LONG if number > 3 else 0.0)
        if batch is not None:
            score += BATCH_RIGHT if batch == number else BATCH_WRONG
        rest -= amount
    return score


class World:
    """Where every receipt is booked."""

    def __init__(self, lines: Sequence[OpenLine], days: Sequence[dt.date], batches: Sequence[int | None], guesses: Sequence[Sequence[Guess]], outside: Sequence[float]) -> None:  # fmt: skip
        self.lines, self.days, self.batches, self.guesses, self.outside = lines, days, batches, guesses, outside
        self.where = [NOWHERE] * len(guesses)
        self.value: list[float] = []  # what each booking adds, once all is settled
        self.paid: dict[int, list[Paid]] = {}
        self._told: dict[int, float] = {}
        self.pull: dict[int, list[tuple[float, int, int]]] = {}  # line → (the most a receipt could gain there, receipt, guess), once all is settled

    def gain(self, receipt: int, number: int) -> float:
        """What booking an unbooked receipt so would add to the score."""
        if number == NOWHERE:
            return self.outside[receipt]
        guess = self.guesses[receipt][number]
        score = guess.words
        for line, amount in guess.parts:
            told = self._story_with(line, receipt, amount)
            if told == NEVER:
                return NEVER
            score += told - self._told.get(line, 0.0)
        return score

    def _story_with(self, line: int, receipt: int, amount: int) -> float:
        now = self.paid.get(line)
        one = (self.days[receipt], receipt, amount, self.batches[receipt])
        if not now:
            return story(self.lines[line], (one,))
        if amount + sum([paid[2] for paid in now]) > self.lines[line].open_fen:
            return NEVER
        return story(self.lines[line], sorted((*now, one), key=_WHEN))

    def take(self, receipt: int) -> float:
        """Unbook a receipt; returns what it had added."""
        number = self.where[receipt]
        if number != NOWHERE:
            for line, _ in self.guesses[receipt][number].parts:
                self._set(line, [one for one in self.paid[line] if one[1] != receipt])
            self.where[receipt] = NOWHERE
        return self.gain(receipt, number)

    def put(self, receipt: int, number: int) -> None:
        """Book an unbooked receipt."""
        self.where[receipt] = number
        if number != NOWHERE:
            for line, amount in self.guesses[receipt][number].parts:
                one = (self.days[receipt], receipt, amount, self.batches[receipt])
                self._set(line, sorted((*self.paid.get(line, ()), one), key=_WHEN))

    def _set(self, line: int, parts: list[Paid]) -> None:
        self.paid[line] = parts
        self._told[line] = story(self.lines[line], parts) if parts else 0.0

    def best(self, receipt: int, barred: int | None = None) -> tuple[float, int]:
        """The best way to book an unbooked receipt without pushing others, other than `barred`."""
        found = (NEVER, NOWHERE) if barred == NOWHERE else (self.outside[receipt], NOWHERE)
        for number in range(len(self.guesses[receipt])):
            if number != barred:
                gain = self.gain(receipt, number)
                if gain > found[0]:
                    found = (gain, number)
        return found

    def rivals(self, receipt: int, number: int) -> list[int]:
        """Receipts booked on the lines of a guess."""
        if number == NOWHERE:
            return []
        return sorted({one[1] for line, _ in self.guesses[receipt][number].parts for one in self.paid.get(line, ()) if one[1] != receipt})

    def push(self, receipt: int, number: int) -> tuple[float, list[tuple[int, int]]]:
        """Book an unbooked receipt so, moving others where the line is full; returns the change of the whole, and what was where before (for `restore`)."""
        gain = self.gain(receipt, number)
        if gain > NEVER:
            self.put(receipt, number)
            return gain, [(receipt, NOWHERE)]
        return self._displace(receipt, number)

    def _displace(self, receipt: int, number: int) -> tuple[float, list[tuple[int, int]]]:
        rivals = self.rivals(receipt, number)
        choice: tuple[float, list[int]] = (NEVER, [])
        for leaving in [[one] for one in rivals] + ([rivals] if len(rivals) > 1 else []):
            before = [(one, self.where[one]) for one in leaving]
            lost = sum(self.take(one) for one in leaving)
            gain = self.gain(receipt, number)
            if gain > NEVER:
                self.put(receipt, number)
                total = gain - lost + sum(self._settle(one) for one in leaving)
                if total > choice[0]:
                    choice = (total, leaving)
            self.restore([(receipt, NOWHERE), *before])
        if choice[0] == NEVER:
            return NEVER, [(receipt, NOWHERE)]
        before = [(one, self.where[one]) for one in choice[1]]
        for one in choice[1]:
            self.take(one)
        self.put(receipt, number)
        for one in choice[1]:
            self._settle(one)
        return choice[0], [(receipt, NOWHERE), *before]

    def _settle(self, receipt: int) -> float:
        gain, number = self.best(receipt)
        self.put(receipt, number)
        return gain

    def restore(self, before: Sequence[tuple[int, int]]) -> None:
        """Put receipts back to where they were."""
        for receipt, _ in before:
            self.take(receipt)
        for receipt, number in before:
            if number != NOWHERE:
                self.put(receipt, number)


def settle(world: World, sweeps: int = 6) -> None:
    """Book every receipt: the surest first, then move single receipts as long as the whole gets better."""
    order = []
    for receipt, own in enumerate(world.guesses):
        gains = sorted([world.outside[receipt], *(world.gain(receipt, number) for number in range(len(own)))], reverse=True)
        order.append((gains[0] - gains[1] if len(gains) > 1 else 0.0, receipt))
    for _, receipt in sorted(order, key=lambda item: (-item[0], item[1])):
        world.put(receipt, world.best(receipt)[1])
    waiting = [receipt for margin, receipt in sorted(order) if world.guesses[receipt]]
    for _ in range(sweeps):
        if not sum(improve(world, receipt) for receipt in waiting):
            break
    for receipt in range(len(world.guesses)):
        number = world.where[receipt]
        world.value.append(world.take(receipt))
        world.put(receipt, number)
    _note_pulls(world)


def _note_pulls(world: World) -> None:
    """For each line, which receipts booked elsewhere might be better off there."""
    for receipt, own in enumerate(world.guesses):
        for number in range(len(own)):
            hope = _ceiling(world, receipt, number) - world.value[receipt]
            if hope > 0 and world.where[receipt] != number:
                for line, _ in own[number].parts:
                    world.pull.setdefault(line, []).append((hope, receipt, number))
    for found in world.pull.values():
        found.sort(reverse=True)


def improve(world: World, receipt: int) -> bool:
    """Move one receipt where the whole gets better; says whether it did."""
    start = world.where[receipt]
    had = world.take(receipt)
    choice = (had + 1e-6, start)
    for number in (NOWHERE, *range(len(world.guesses[receipt]))):
        if number == start or _ceiling(world, receipt, number) <= choice[0]:
            continue
        change, before = world.push(receipt, number)
        world.restore(before)
        if change > choice[0]:
            choice = (change, number)
    if choice[1] == start:
        world.put(receipt, start)
        return False
    world.push(receipt, choice[1])
    return True


def _ceiling(world: World, receipt: int, number: int) -> float:
    """No booking of this guess can add more."""
    return world.outside[receipt] if number == NOWHERE else world.guesses[receipt][number].words + 9.0 * len(world.guesses[receipt][number].parts)


def odds(world: World, receipt: int) -> dict[int, float]:
    """The probability of each way to book a receipt, from how the whole would score with the others moved as is best."""
    start = world.where[receipt]
    had = world.take(receipt)
    heirs = _heirs(world, receipt, start)
    scores = {start: had}
    for number in (NOWHERE, *range(len(world.guesses[receipt]))):
        if number != start and _ceiling(world, receipt, number) + heirs > had - BELOW:
            change, before = world.push(receipt, number)
            scores[number] = change + heirs
            world.restore(before)
    world.put(receipt, start)
    most = max(scores.values())
    weights = {number: math.exp(score - most) for number, score in scores.items()}
    total = sum(weights.values())
    return {number: weight / total for number, weight in weights.items()}


def _heirs(world: World, receipt: int, start: int) -> float:
    """The most that another receipt would gain if it took the place that `receipt` left."""
    best = 0.0
    if start != NOWHERE:
        for line, _ in world.guesses[receipt][start].parts:
            for hope, other, number in world.pull.get(line, ()):
                if hope <= best:
                    break
                if other != receipt:
                    now, had = world.where[other], world.take(other)
                    best = max(best, world.gain(other, number) - had)
                    world.put(other, now)
    return best
