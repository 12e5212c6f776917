"""Where every receipt is booked, and what that is worth. Rule MT-6 of docs/rules/matching.md.

A line tells a story: its parts in order of time, each all of it, the rest, a usual share, or just a part. The score of
a world is the score of the words of every receipt and of the stories of every line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from projects.money.matching.amounts import relation
from projects.money.matching.candidates import Guess
from projects.money.matching.facts import OpenLine

When = tuple[int, int, str]  # day, and the order of the receipts of a day; the receipt's key comes last
Paid = tuple[When, int, int | None]  # when, fen, batch
Moves = list[tuple[str, int]]
NOWHERE = -1
BATCH_RIGHT, BATCH_WRONG, LONG = 0.7, -2.0, -1.0
NEVER = float("-inf")
_WHEN = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Case:
    """A receipt as it competes: its guesses, what it scores outside, and how far its best chance lies before the next
    while all lines are untouched.
    """

    when: When
    batch: int | None
    guesses: tuple[Guess, ...]
    outside: float
    margin: float
    lines: frozenset[str]  # of all guesses


def case(
    when: When, batch: int | None, guesses: Sequence[Guess], outside: float, lines: Mapping[str, OpenLine]
) -> Case:
    """A receipt made ready to compete for `lines`."""
    alone = [
        guess.words + sum(story(lines[line], ((when, amount, batch),)) for line, amount in guess.parts)
        for guess in guesses
    ]
    gains = sorted([outside, *alone], reverse=True)
    named = frozenset([line for guess in guesses for line, _ in guess.parts])
    return Case(
        when=when,
        batch=batch,
        guesses=tuple(guesses),
        outside=outside,
        margin=gains[0] - gains[1] if len(gains) > 1 else 0.0,
        lines=named,
    )


def story(line: OpenLine, parts: Sequence[Paid]) -> float:
    """How plausible the parts of a line are, in order of time; -inf where they overdraw it."""
    rest, score = line.open_fen, 0.0
    for number, (_, amount, batch) in enumerate(parts, start=line.parts + 1):
        score += relation(amount, rest, line.amount_fen).score + (LONG if number > 3 else 0.0)
        if batch is not None:
            score += BATCH_RIGHT if batch == number else BATCH_WRONG
        rest -= amount
    return score


class World:
    """Where every receipt is booked.

    `lines_seen` and `receipts_seen` collect what was looked at, for whoever empties them first.
    """

    def __init__(self, lines: Mapping[str, OpenLine], cases: Mapping[str, Case]) -> None:
        self.lines, self.cases = lines, cases
        self.where = dict.fromkeys(cases, NOWHERE)
        self.lines_seen: set[str] = set()
        self.receipts_seen: set[str] = set()
        self._paid: dict[str, tuple[Paid, ...]] = {}
        self._stories: dict[str, float] = {}

    def paid(self, line: str) -> tuple[Paid, ...]:
        """What is booked on a line, in order of time."""
        self.lines_seen.add(line)
        return self._paid.get(line, ())

    def all_paid(self) -> dict[str, tuple[Paid, ...]]:
        """What is booked on all lines that anything is booked on."""
        return {line: paid for line, paid in self._paid.items() if paid}

    def gain(self, receipt: str, number: int) -> float:
        """What booking an unbooked receipt so would add to the score."""
        self.receipts_seen.add(receipt)
        own = self.cases[receipt]
        if number == NOWHERE:
            return own.outside
        guess = own.guesses[number]
        score = guess.words
        for line, amount in guess.parts:
            longer = self._story_with(line, (own.when, amount, own.batch))
            if longer == NEVER:
                return NEVER
            score += longer - self._story(line)
        return score

    def _story(self, line: str) -> float:
        if line not in self._stories:
            self._stories[line] = story(self.lines[line], self._paid.get(line, ()))
        return self._stories[line]

    def _story_with(self, line: str, one: Paid) -> float:
        now = self.paid(line)
        if not now:
            return story(self.lines[line], (one,))
        if one[1] + sum([paid[1] for paid in now]) > self.lines[line].open_fen:
            return NEVER
        return story(self.lines[line], sorted((*now, one), key=_WHEN))

    def take(self, receipt: str) -> float:
        """Unbook a receipt; returns what it had added."""
        number = self.where[receipt]
        if number != NOWHERE:
            own = self.cases[receipt]
            for line, _ in own.guesses[number].parts:
                self._set(line, tuple([one for one in self._paid[line] if one[0] != own.when]))
            self.where[receipt] = NOWHERE
        return self.gain(receipt, number)

    def put(self, receipt: str, number: int) -> None:
        """Book an unbooked receipt."""
        self.where[receipt] = number
        if number != NOWHERE:
            own = self.cases[receipt]
            for line, amount in own.guesses[number].parts:
                one = (own.when, amount, own.batch)
                now = self._paid.get(line)
                self._set(line, tuple(sorted((*now, one), key=_WHEN)) if now else (one,))

    def _set(self, line: str, parts: tuple[Paid, ...]) -> None:
        self._paid[line] = parts
        self._stories.pop(line, None)

    def best(self, receipt: str) -> tuple[float, int]:
        """The best way to book an unbooked receipt without pushing others."""
        found = (self.gain(receipt, NOWHERE), NOWHERE)
        for number in range(len(self.cases[receipt].guesses)):
            gain = self.gain(receipt, number)
            if gain > found[0]:
                found = (gain, number)
        return found

    def rivals(self, receipt: str, number: int) -> list[str]:
        """Receipts booked on the lines of a guess, the first to come first."""
        if number == NOWHERE:
            return []
        found = {one[0] for line, _ in self.cases[receipt].guesses[number].parts for one in self.paid(line)}
        return [when[-1] for when in sorted(found) if when[-1] != receipt]

    def push(self, receipt: str, number: int) -> tuple[float, Moves]:
        """Book an unbooked receipt so, moving others where the line is full; returns the change of the whole, and what
        was where before (for `restore`).
        """
        gain = self.gain(receipt, number)
        if gain > NEVER:
            self.put(receipt, number)
            return gain, [(receipt, NOWHERE)]
        return self._displace(receipt, number)

    def _displace(self, receipt: str, number: int) -> tuple[float, Moves]:
        rivals = self.rivals(receipt, number)
        choice: tuple[float, list[str]] = (NEVER, [])
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

    def _settle(self, receipt: str) -> float:
        gain, number = self.best(receipt)
        self.put(receipt, number)
        return gain

    def restore(self, before: Moves) -> None:
        """Put receipts back to where they were."""
        for receipt, _ in before:
            self.take(receipt)
        for receipt, number in before:
            self.put(receipt, number)
