"""Receipts that may be one and the same money: the same amount for the same payee within three weeks. Rule MT-13 of
docs/rules/matching.md.

A payment that came back and was made again, or one that stands in two files, must not be booked twice, and not once
without a look at which of the two it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from projects.money.matching.candidates import Guess
from projects.money.matching.evidence import Asked
from projects.money.matching.facts import Receipt
from projects.money.matching.names import canonical
from projects.money.matching.world import Case, World, story

DAYS = 21  # within which money that came back is mostly paid again
ALIKE = 1.0  # how far behind its best a receipt's score for the lines may lie
Shelf = tuple[int, str]


class Echoes:
    """Waiting receipts by amount and payee."""

    def __init__(self) -> None:
        self._shelves: dict[Shelf, dict[str, Receipt]] = defaultdict(dict)

    def change(self, left: Iterable[Receipt], arrived: Iterable[Receipt]) -> set[str]:
        """Forget receipts and note others; the receipts that now have other echoes."""
        touched: set[Shelf] = set()
        for receipt in left:
            shelf = _shelf(receipt)
            self._shelves[shelf].pop(receipt.key, None)
            touched.add(shelf)
        for receipt in arrived:
            shelf = _shelf(receipt)
            self._shelves[shelf][receipt.key] = receipt
            touched.add(shelf)
        return {key for shelf in touched for key in self._shelves[shelf]}

    def of(self, receipt: Receipt) -> list[Receipt]:
        """The others that may be the same money, the nearest in time first."""
        found = [
            one
            for one in self._shelves[_shelf(receipt)].values()
            if one.key != receipt.key and abs((one.received_on - receipt.received_on).days) <= DAYS
        ]
        return sorted(
            found, key=lambda one: (abs((one.received_on - receipt.received_on).days), one.received_on, one.key)
        )


def is_echo(world: World, own: Asked, guess: Guess, other: Asked) -> bool:
    """Whether another receipt of the same amount and payee says that it came back, or would be booked on the same lines
    as `guess` if it were alone.
    """
    if own.reading.batch != other.reading.batch and own.reading.batch and other.reading.batch:
        return False
    world.receipts_seen.add(other.receipt.key)
    if other.reading.stray == "refund":
        return True
    case = world.cases.get(other.receipt.key)
    scores = {one.parts: _alone(world, case, one) for one in case.guesses} if case else {}
    return guess.parts in scores and scores[guess.parts] >= max(scores.values()) - ALIKE


def _alone(world: World, case: Case, guess: Guess) -> float:
    return guess.words + sum(story(world.lines[line], ((case.when, fen, case.batch),)) for line, fen in guess.parts)


def _shelf(receipt: Receipt) -> Shelf:
    return receipt.amount_fen, canonical(receipt.payee)
